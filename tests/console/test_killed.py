"""A process killed in the middle of a save or of an upload leaves the old state or the new one, whole; and two processes save at once."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from podcasts.folder import Folder
from skill.console.uploads import PART, Uploads
from skill.stores.changes import ADDED, Changes, Edit
from tests.conftest import at

SAVER = """
import sys
from pathlib import Path
from podcasts.folder import Folder
from skill.stores.changes import ADDED, Changes, Edit
from tests.conftest import at
changes = Changes(Folder(Path(sys.argv[1]), private=True))
print("ready", flush=True)
for n in range(100_000):
    row = {ADDED: True, "effect": "info", "first": "2026-11-22", "say": {"fr": f"{sys.argv[2]} {n} " + "x" * 2000}}
    changes.apply(lambda _: [(Edit("notice", sys.argv[2], row), str(n))], sys.argv[2], at("2026-11-22 09:00"), lambda _: None)
"""
UPLOADER = """
import sys
from pathlib import Path
from podcasts.folder import Folder
from skill.console.uploads import PART, Uploads
uploads = Uploads(Folder(Path(sys.argv[1]), private=True))
made = uploads.begin(40 * PART)
print(made.id, flush=True)
for n in range(40):
    uploads.take(made.id, n, bytes([n]) * PART)
"""


def started(code: str, *args: str) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    return subprocess.Popen([sys.executable, "-c", code, *args], stdout=subprocess.PIPE, text=True, env=env)


@pytest.mark.parametrize("turn", range(4))
def test_a_save_that_is_killed_is_the_old_one_or_the_new_one(tmp_path: Path, turn: int) -> None:
    saver = started(SAVER, str(tmp_path), "a")
    assert saver.stdout.readline() == "ready\n"
    time.sleep(random.Random(turn).uniform(0.02, 0.25))
    saver.send_signal(signal.SIGKILL)
    saver.wait()
    saver.stdout.close()
    changes = Changes(Folder(tmp_path, private=True))
    document, _ = changes.load()
    if document.log:
        assert document.rows["notice"]["a"] == document.log[-1].after
        assert document.rows["notice"]["a"]["say"]["fr"].endswith("x" * 2000)
    made = changes.apply(lambda _: [(Edit("notice", "b", {ADDED: True, "effect": "info"}), "after")], "b", at("2026-11-22 09:00"), lambda _: None)
    assert len(made) == 1  # nobody holds the lock any more


def test_an_upload_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    uploader = started(UPLOADER, str(tmp_path))
    key = uploader.stdout.readline().strip()
    uploads = Uploads(Folder(tmp_path, private=True))
    while uploads.find(key).got < 3:
        time.sleep(0.005)
    uploader.send_signal(signal.SIGKILL)
    uploader.wait()
    uploader.stdout.close()
    found = uploads.find(key)
    assert 3 <= found.got <= 40
    for n in range(found.got, 40):
        uploads.take(key, n, bytes([n]) * PART)
    with uploads.file(uploads.find(key)) as path:
        data = path.read_bytes()
    assert len(data) == 40 * PART
    assert all(data[n * PART] == data[(n + 1) * PART - 1] == n for n in range(40))


def test_two_processes_save_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    savers = [started(SAVER.replace("100_000", "25"), str(tmp_path), name) for name in ("a", "b")]
    for saver in savers:
        assert saver.wait(60) == 0
        saver.stdout.close()
    document, _ = Changes(Folder(tmp_path, private=True)).load()
    assert [sum(c.who == name for c in document.log) for name in ("a", "b")] == [25, 25]
    assert {row["say"]["fr"][:4] for row in document.rows["notice"].values()} == {"a 24", "b 24"}
    json.dumps(document.rows)
