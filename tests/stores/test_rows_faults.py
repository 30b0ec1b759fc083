"""A store of listening that is locked, full, killed, spoilt or out of reach: it says so within two seconds, and nothing kept is lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from skill.conversation.listening import Listening
from skill.conversation.ports import StoreUnavailable
from skill.stores import rows_sqlite
from skill.stores.rows import LISTENING
from skill.stores.rows_sqlite import SQLiteRows
from tests.stores.test_rows import USER, counted, heard

PATIENCE = 2.0
"""Seconds after which a listener would wonder; a little is added for a busy machine."""
SHORT, SLACK = 0.3, 0.4
"""A patience for tests, so that they need less of ours; how much longer a busy machine may take."""
WRITER = """
import sys, time
from pathlib import Path
from datetime import datetime, UTC
from skill.conversation.ports import StoreUnavailable
from skill.stores.rows_sqlite import SQLiteRows
store = SQLiteRows(Path(sys.argv[1]))
done, until = 0, time.monotonic() + 50
while done < int(sys.argv[2]):
    try:
        after = store.change("u", lambda old: old.but(failures=old.failures + 1).marked("g", datetime.now(UTC), offset_ms=1000 * done))
    except StoreUnavailable:  # too many at once for its two seconds: said, nothing written, and tried again
        if time.monotonic() > until:
            raise
        continue
    done += 1
    print(after.failures, flush=True)
"""


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rows_sqlite.LONGEST_SECONDS + SLACK <= PATIENCE
    monkeypatch.setattr(rows_sqlite, "LONGEST_SECONDS", SHORT)


@pytest.fixture
def store(tmp_path: Path) -> Any:
    made = SQLiteRows(tmp_path / "listening.sqlite3")
    yield made
    made.close()


def unavailable(work: Any) -> tuple[str, float]:
    """The reason, and how long it took to say."""
    start = time.monotonic()
    with pytest.raises(StoreUnavailable) as found:
        work()
    return str(found.value), time.monotonic() - start


def test_killed_while_it_writes_everything_that_was_promised_is_there(tmp_path: Path) -> None:
    path = tmp_path / "listening.sqlite3"
    last = 0
    for _ in range(2):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path), "1000000"], stdout=subprocess.PIPE, text=True)
        assert writer.stdout
        for _ in range(40):
            last = int(writer.stdout.readline())
        os.kill(writer.pid, signal.SIGKILL)
        last = max([last, *(int(line) for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n"))])
        writer.stdout.close()
        writer.wait()
    store = SQLiteRows(path)
    assert last <= store.get("u").failures <= last + 1
    assert store.change("u", counted).failures > last
    store.close()
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()


def test_processes_lose_nothing_of_each_other(tmp_path: Path) -> None:
    path = tmp_path / "listening.sqlite3"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), "25"], stdout=subprocess.DEVNULL) for _ in range(4)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0, 0]
    store = SQLiteRows(path)
    assert store.get("u").failures == 100
    store.close()


def test_a_locked_file_is_said_in_time_and_reading_goes_on(short: None, store: SQLiteRows) -> None:
    before = store.change(USER, heard())
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    why, took = unavailable(lambda: store.change(USER, counted))
    assert "locked" in why
    assert SHORT / 2 < took < SHORT + SLACK
    assert store.get(USER) == before
    other.execute("ROLLBACK")
    other.close()
    assert store.change(USER, counted).failures == 1


def test_a_file_locked_before_it_was_opened(short: None, tmp_path: Path) -> None:
    path = tmp_path / "listening.sqlite3"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    store = SQLiteRows(path)
    assert unavailable(lambda: store.change(USER, counted))[1] < SHORT + SLACK
    assert unavailable(lambda: store.get(USER))[1] < SHORT + SLACK
    other.close()
    assert store.change(USER, counted).failures == 1
    store.close()


def test_waiting_for_threads_and_for_the_file_is_one_waiting(short: None, store: SQLiteRows) -> None:
    store.change(USER, counted)
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    took: list[float] = []
    threads = [threading.Thread(target=lambda: took.append(unavailable(lambda: store.change(USER, counted))[1])) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert max(took) < SHORT + SLACK


def test_a_full_disk_takes_nothing(store: SQLiteRows) -> None:
    before = store.change(USER, heard())
    db = store._open
    assert db
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0]}")
    why, _ = unavailable(lambda: store.change(USER, lambda old: old.but(current="x" * 1_000_000)))
    assert "full" in why
    assert store.get(USER) == before
    assert store.change(USER, counted).failures == 1


@pytest.mark.parametrize("kind", ["folder is a file", "is a folder"])
def test_a_home_that_is_none(tmp_path: Path, kind: str) -> None:
    (tmp_path / "home").touch()
    path = tmp_path / "home" / "listening.sqlite3" if kind == "folder is a file" else tmp_path
    store = SQLiteRows(path)
    assert "cannot be used" in unavailable(lambda: store.get(USER))[0]
    assert "cannot be used" in unavailable(lambda: store.change(USER, counted))[0]


def test_a_read_only_disk(store: SQLiteRows) -> None:
    before = store.change(USER, heard())
    assert store._open
    store._open.execute("PRAGMA query_only = ON")
    assert "readonly" in unavailable(lambda: store.change(USER, counted))[0]
    assert store.get(USER) == before


@pytest.mark.parametrize("data", ["{", "[]", "", "null", '{"marks": 3}', "[" * 100_000, b"\xff\xfe", 3, '{"marks":{},"loop":' + "9" * 5_000 + "}"])
def test_a_spoilt_row_is_set_aside(store: SQLiteRows, data: Any, caplog: pytest.LogCaptureFixture) -> None:
    store.change("another", heard())
    store.change(USER, heard())
    with sqlite3.connect(store.path) as db:
        db.execute("UPDATE listening SET data = ? WHERE person = ?", (data, LISTENING.key_of(USER)))
    db.close()
    assert store.get(USER) == Listening()
    assert store.change(USER, counted) == Listening(failures=1)
    assert store.get("another").current
    with sqlite3.connect(store.path) as db:
        ((person, kept),) = db.execute("SELECT person, data FROM spoilt").fetchall()
    assert (person, kept) == (LISTENING.key_of(USER), str(data) if data == 3 else data)
    assert "spoilt row" in caplog.text
    store.forget(USER)
    assert db.execute("SELECT count(*) FROM spoilt").fetchone() == (0,)
    db.close()


@pytest.mark.parametrize(
    "mark", [3, None, [], {"offset_ms": -1}, {"offset_ms": 1.5}, {"offset_ms": True}, {"seen": 3}, {"seen": "yesterday"}, {"seen": "2025-01-01T00:00:00"}]
)
def test_a_strange_mark_spoils_no_other(mark: Any) -> None:
    found = Listening.from_plain({"marks": {"a": mark, "b": {"offset_ms": 20_000}}})
    assert found.mark("b").offset_ms == 20_000
    assert found.mark("a").start_ms == 0
    assert found.settling("a", None) is False


@pytest.mark.parametrize("spoil", ["all of it", "its head", "a page"])
def test_a_spoilt_file_is_set_aside_whole_and_a_fresh_one_begun(tmp_path: Path, spoil: str, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "listening.sqlite3"
    first = SQLiteRows(path)
    for n in range(50):
        first.change(f"{USER}{n}", heard("g" * 500))
    first.close()
    whole = bytearray(path.read_bytes())
    start = {"all of it": 0, "its head": 0, "a page": 4096}[spoil]
    whole[start : start + (100 if spoil == "its head" else len(whole))] = os.urandom(100 if spoil == "its head" else len(whole) - start)
    path.write_bytes(whole)
    store, other = SQLiteRows(path), SQLiteRows(path)
    unavailable(lambda: store.change(USER, counted))
    assert store.change(USER, counted).failures == 1
    assert other.change(USER, counted).failures == 2
    (aside,) = tmp_path.glob("*.spoilt-*")
    assert aside.read_bytes() == whole
    assert "is now listening.sqlite3.spoilt-" in caplog.text
    store.close()
    other.close()


def test_a_file_that_staff_put_back_is_taken(store: SQLiteRows, tmp_path: Path) -> None:
    saved = SQLiteRows(tmp_path / "saved.sqlite3")
    saved.change(USER, heard("saved"))
    saved.close()
    store.change(USER, heard("present"))
    for end in ("-wal", "-shm"):
        Path(f"{store.path}{end}").unlink(missing_ok=True)
    saved.path.rename(store.path)
    assert store.get(USER).current == "saved"
