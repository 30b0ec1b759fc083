"""A store of listening that is locked, full, killed, spoilt or out of reach: it says so within two seconds, and nothing kept is lost."""

from __future__ import annotations

import os
import signal
import socket
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
from skill.stores import listening_sqlite
from skill.stores.listening_dynamo import DynamoListeners
from skill.stores.listening_rows import key_of
from skill.stores.listening_sqlite import SQLiteListeners
from tests.stores.test_listening import USER, counted, heard

PATIENCE = 2.0
"""Seconds after which a listener would wonder; a little is added for a busy machine."""
SHORT, SLACK = 0.3, 0.4
"""A patience for tests, so that they need less of ours; how much longer a busy machine may take."""
WRITER = """
import sys
from pathlib import Path
from datetime import datetime, UTC
from skill.stores.listening_sqlite import SQLiteListeners
store = SQLiteListeners(Path(sys.argv[1]))
for n in range(int(sys.argv[2])):
    after = store.change("u", lambda old: old.but(failures=old.failures + 1).marked("g", datetime.now(UTC), offset_ms=1000 * n))
    print(after.failures, flush=True)
"""


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    assert listening_sqlite.LONGEST_SECONDS + SLACK <= PATIENCE
    monkeypatch.setattr(listening_sqlite, "LONGEST_SECONDS", SHORT)


@pytest.fixture
def store(tmp_path: Path) -> Any:
    made = SQLiteListeners(tmp_path / "listening.sqlite3")
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
    store = SQLiteListeners(path)
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
    store = SQLiteListeners(path)
    assert store.get("u").failures == 100
    store.close()


def test_a_locked_file_is_said_in_time_and_reading_goes_on(short: None, store: SQLiteListeners) -> None:
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
    store = SQLiteListeners(path)
    assert unavailable(lambda: store.change(USER, counted))[1] < SHORT + SLACK
    assert unavailable(lambda: store.get(USER))[1] < SHORT + SLACK
    other.close()
    assert store.change(USER, counted).failures == 1
    store.close()


def test_waiting_for_threads_and_for_the_file_is_one_waiting(short: None, store: SQLiteListeners) -> None:
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


def test_a_full_disk_takes_nothing(store: SQLiteListeners) -> None:
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
    store = SQLiteListeners(path)
    assert "cannot be used" in unavailable(lambda: store.get(USER))[0]
    assert "cannot be used" in unavailable(lambda: store.change(USER, counted))[0]


def test_a_read_only_disk(store: SQLiteListeners) -> None:
    before = store.change(USER, heard())
    assert store._open
    store._open.execute("PRAGMA query_only = ON")
    assert "readonly" in unavailable(lambda: store.change(USER, counted))[0]
    assert store.get(USER) == before


@pytest.mark.parametrize("data", ["{", "[]", "", "null", '{"marks": 3}', "[" * 100_000, b"\xff\xfe", 3, '{"marks":{},"loop":' + "9" * 5_000 + "}"])
def test_a_spoilt_row_is_set_aside(store: SQLiteListeners, data: Any, caplog: pytest.LogCaptureFixture) -> None:
    store.change("another", heard())
    store.change(USER, heard())
    with sqlite3.connect(store.path) as db:
        db.execute("UPDATE listening SET data = ? WHERE person = ?", (data, key_of(USER)))
    db.close()
    assert store.get(USER) == Listening()
    assert store.change(USER, counted) == Listening(failures=1)
    assert store.get("another").current
    with sqlite3.connect(store.path) as db:
        ((person, kept),) = db.execute("SELECT person, data FROM spoilt").fetchall()
    assert (person, kept) == (key_of(USER), str(data) if data == 3 else data)
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
    first = SQLiteListeners(path)
    for n in range(50):
        first.change(f"{USER}{n}", heard("g" * 500))
    first.close()
    whole = bytearray(path.read_bytes())
    start = {"all of it": 0, "its head": 0, "a page": 4096}[spoil]
    whole[start : start + (100 if spoil == "its head" else len(whole))] = os.urandom(100 if spoil == "its head" else len(whole) - start)
    path.write_bytes(whole)
    store, other = SQLiteListeners(path), SQLiteListeners(path)
    unavailable(lambda: store.change(USER, counted))
    assert store.change(USER, counted).failures == 1
    assert other.change(USER, counted).failures == 2
    (aside,) = tmp_path.glob("*.spoilt-*")
    assert aside.read_bytes() == whole
    assert "is now listening.sqlite3.spoilt-" in caplog.text
    store.close()
    other.close()


def test_a_file_that_staff_put_back_is_taken(store: SQLiteListeners, tmp_path: Path) -> None:
    saved = SQLiteListeners(tmp_path / "saved.sqlite3")
    saved.change(USER, heard("saved"))
    saved.close()
    store.change(USER, heard("present"))
    for end in ("-wal", "-shm"):
        Path(f"{store.path}{end}").unlink(missing_ok=True)
    saved.path.rename(store.path)
    assert store.get(USER).current == "saved"


# DynamoDB out of reach.


def client(port: int) -> Any:
    boto3 = pytest.importorskip("boto3")
    from botocore.config import Config

    from skill.stores.listening_dynamo import CONNECT_SECONDS, READ_SECONDS

    limits = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries={"total_max_attempts": 1, "mode": "standard"})
    return boto3.client(
        "dynamodb", endpoint_url=f"http://127.0.0.1:{port}", region_name="eu-west-3", aws_access_key_id="a", aws_secret_access_key="b", config=limits
    )


@pytest.mark.parametrize("kind", ["refused", "silent"])
def test_a_table_out_of_reach_is_said_in_time(kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        if kind == "refused":
            listener.close()
        store = DynamoListeners("mairie-listening", client(port))
        for work in (lambda: store.get(USER), lambda: store.change(USER, counted)):
            why, took = unavailable(work)
            assert "cannot be reached" in why
            assert took < PATIENCE


def test_a_table_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    assert "NoRegionError" in unavailable(lambda: DynamoListeners("mairie-listening").get(USER))[0]


def test_without_boto3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    assert "not installed" in unavailable(lambda: DynamoListeners("mairie-listening").get(USER))[0]


def test_the_client_is_made_when_first_needed_only() -> None:
    code = "import sys; from skill.stores.listening_dynamo import DynamoListeners; DynamoListeners('t'); sys.exit('boto3' in sys.modules or 'botocore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_refusals_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("botocore")
    from botocore.exceptions import ClientError

    class Refusing:
        """A table that refuses, a number of times."""

        def __init__(self, code: str, times: int) -> None:
            self.code, self.times, self.asked = code, times, 0

        def get_item(self, **_: Any) -> Any:
            self.asked += 1
            if self.asked > self.times:
                return {}
            raise ClientError({"Error": {"Code": self.code}}, "GetItem")

    passing, lasting = Refusing("ThrottlingException", 1), Refusing("AccessDeniedException", 99)
    assert DynamoListeners("t", passing).get(USER) == Listening()
    assert "AccessDenied" in unavailable(lambda: DynamoListeners("t", lasting).get(USER))[0]
    assert lasting.asked == 1
