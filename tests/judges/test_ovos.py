"""OpenVoiceOS' own core and harness, with our skill installed as anybody would: the same conversations, follow-ups by converse, podcasts in common play."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from skill.channels.abilities import OVOS
from tests.conformance.house import CONVERSATIONS, PLAN, open_house
from tests.conformance.test_every_speaker import expected
from tests.judges.homes import ROOT, Home
from tests.utterances.shelf import SHELF

NOT_FOR_US = ("quel temps fera-t-il demain", "raconte-moi une blague", "zigoto farfelu trucmuche", "ferme les volets du salon")
ELSEWHERE = frozenset({
    "OffTopicIntent", "ChitchatIntent", "AMAZON.FallbackIntent", "AsideIntent", "ThanksIntent", "OtherTownIntent", "SpellIntent", "TransportIntent",
    "UnknownPlaceIntent",
})  # fmt: skip
"""Openings that we leave to other skills of the house."""


def home() -> Home:
    pins = [line for line in (Path(__file__).parent / "ovos-requirements.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    made = Home("ovos").install(
        [*pins, "opening-hours-py>=2.1.4,<3", "tzdata", "ask-sdk-core==1.19.0", "feedparser>=6.0.14", "certifi", "setuptools>=77", "wheel"]
    )
    command = [
        str(made.python),
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--no-deps",
        "--no-build-isolation",
        "--force-reinstall",
        str(ROOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2_000:]
    return made


@pytest.mark.slow
def test_openvoiceos_says_what_we_say() -> None:
    judge = home()
    rows: list[dict[str, Any]] = [
        {"guid": e.guid, "series": e.series, "title": e.title, "url": e.url, "published": e.published.isoformat(), "seconds": e.seconds, "number": e.number,
         "description": e.description, "mime": e.mime, "people": list(e.people)}
        for episodes in SHELF.series.values() for e in episodes if e.published
    ]  # fmt: skip
    with open_house() as house:
        plans = []
        for plan in CONVERSATIONS:
            intent = house.skill.hear(plan["turns"][0], "fr-FR" if plan.get("language") != "en" else "en-GB", house.skill.now()).reply.intent
            if intent not in ELSEWHERE and "qu'est-ce que vous savez" not in plan["turns"][0]:
                plans.append(plan)
        assert len(plans) >= 50
        given = {"at": PLAN["at"], "episodes": rows, "conversations": plans, "searches": ["les jardins partagés", "métamorphoses"], "alone": NOT_FOR_US}
        told = judge.ask("judge_ovos.py", given, seconds=500)
        wrong = []
        for plan, turns in zip(plans, told["told"], strict=True):
            for text, want, got in zip(plan["turns"], expected(house, plan, OVOS), turns, strict=True):
                if got["spoken"] != [want.text]:
                    wrong.append((text, got["spoken"], want.text))
        assert not wrong
    assert "site-packages" in told["from"]
    assert told["offline"]
    played = {plan["turns"][0]: turns[0]["played"] for plan, turns in zip(plans, told["told"], strict=True) if plan.get("needs") == "play"}
    assert played["mets le podcast sur les jardins"] == ["https://son.example/2026-04-01.mp3"]
    assert any(turn["asks"] for turns in told["told"] for turn in turns)
    assert told["alone"] == [[]] * len(NOT_FOR_US)
    best = max(told["searched"][0])
    assert best[1] == "https://son.example/2026-04-01.mp3"
    assert {row[1][:25] for row in told["searched"][1]} >= {"https://son.example/2026-"}
