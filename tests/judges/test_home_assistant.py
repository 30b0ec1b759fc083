"""A real Home Assistant core with its Wyoming integration speaks with us: its own config flow finds us, and its conversations say what ours say."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from skill.channels.abilities import WYOMING
from skill.ready import REFUSALS, UNANSWERED
from tests.conformance.house import CONVERSATIONS, open_house
from tests.conformance.test_every_speaker import expected
from tests.judges.homes import Home, python

RELEASES = {"3.14": ("2026.11.0", ""), "3.13": ("2026.2.3", "3.13.2")}
"""Python to the release that it runs, and the Python that this release asks for where ours may be a little older."""
WALK = """
import json, pathlib, homeassistant, homeassistant.bootstrap as b
base, seen = pathlib.Path(homeassistant.__file__).parent, {}
def walk(name):
    if name not in seen:
        made = json.loads((base / "components" / name / "manifest.json").read_text())
        seen[name] = made.get("requirements", [])
        for each in made.get("dependencies", []):
            walk(each)
for name in {"hassio", "wyoming", "conversation", "api", "auth", "onboarding", "http", "config", "isal", "zeroconf",
             *b.CORE_INTEGRATIONS, *b.DEFAULT_INTEGRATIONS, *b.FRONTEND_INTEGRATIONS}:
    walk(name)
print("\\n".join(sorted({r for rows in seen.values() for r in rows})))
"""
"""What the integrations that are loaded want, from their own manifests."""


def home() -> Home:
    least = "3.14" if shutil.which("python3.14") else "3.13"
    release, claimed = RELEASES[least]
    made = Home(f"home-assistant-{release}", python(least)).install([f"homeassistant=={release}"], version=claimed)
    wanted = subprocess.run([str(made.python), "-c", WALK], capture_output=True, text=True, check=True).stdout.split("\n")
    limits = next(made.folder.glob("lib/python*/site-packages/homeassistant/package_constraints.txt"))
    return made.install([w for w in wanted if w], "-c", str(limits), version=claimed)


@pytest.mark.slow
def test_home_assistant_hears_what_we_say(tmp_path: Path) -> None:
    judge = home()
    plans = [c for c in CONVERSATIONS if "needs" not in c]
    with open_house() as house:
        told = judge.ask("judge_home_assistant.py", {"port": house.wyoming, "folder": str(tmp_path / "ha"), "conversations": plans})
        assert told["entry"] == "create_entry"
        assert "mairie_vocale" in told["agent"]
        new = not told["version"].startswith("2026.2")
        for plan, said in zip(plans, told["told"], strict=True):
            if not new and plan.get("language") == "en":
                continue  # that release does not say which language is spoken
            wanted = expected(house, plan, WYOMING)
            assert [text for _, text in said] == [s.text for s in wanted], plan
            for (kind, _), text in zip(said, plan["turns"], strict=True):
                intent = house.skill.hear(text, "fr-FR", house.skill.now()).reply.intent if text == plan["turns"][0] and plan.get("language") != "en" else ""
                assert kind == "error" if intent in REFUSALS | UNANSWERED else True, text
