"""npm's virtual-alexa opens, plays, pauses, resumes and goes on to the next episode, over HTTP, with `mairie run` (slow; development only)."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.judges.npm import ROOT, judge

PATIENCE = 30
FIRST, SECOND, THIRD = (f"urn:mairie-vocale:demonstration:{n}" for n in (1, 2, 3))


@pytest.fixture(scope="module")
def node() -> Path:
    return judge("virtual-alexa", "0.7.8", "virtual_alexa.mjs")


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A server of ours, which knows only its demonstration."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    given = {"MAIRIE_VERIFY": "off", "MAIRIE_DATA": str(tmp_path), "MAIRIE_PUBLIC_URL": "https://mairie.example", "MAIRIE_REFRESH_MINUTES": "0"}
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MAIRIE_")}
    with open(tmp_path / "log", "wb") as log:
        server = subprocess.Popen([sys.executable, "-m", "skill.cli", "run", "--port", str(port)], cwd=ROOT, env={**kept, **given}, stdout=log, stderr=log)
    try:
        for _ in range(PATIENCE * 10):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert server.poll() is None, (tmp_path / "log").read_text(encoding="utf-8")
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/alexa"
    finally:
        server.terminate()
        server.wait(PATIENCE)


@pytest.mark.slow
def test_a_listener_of_virtual_alexa(node: Path, address: str) -> None:
    model = ROOT / "interaction_model" / "fr-FR.json"
    done = subprocess.run(["node", "judge.mjs", address, str(model)], cwd=node, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    happened: dict[str, dict[str, Any]] = {row["what"]: row for row in json.loads(done.stdout)}
    assert happened["launch"]["ends"] is False
    assert "démonstration" in happened["play"]["said"]
    seen = {what: (row["playing"], row.get("token"), row.get("offset")) for what, row in happened.items() if what != "launch"}
    assert seen == {
        "play": (True, FIRST, 0), "pause": (False, FIRST, 12_000), "resume": (True, FIRST, 12_000), "nearly finished": (True, FIRST, 12_000),
        "finished": (True, SECOND, 0), "next": (True, THIRD, 0), "stop": (False, THIRD, 0),
    }  # fmt: skip
    assert [what for what, row in happened.items() if row["ends"] is not True] == ["launch", "nearly finished", "finished"]
    for what in ("nearly finished", "finished"):
        assert set(happened[what]["answer"]["response"]) <= {"directives"}
