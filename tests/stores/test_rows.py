"""One set of promises for every store of listening: in memory, in SQLite, in DynamoDB (moto, over real HTTP)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from skill.conversation.listening import MOST_GUIDS, MOST_MARKS, Listening
from skill.conversation.ports import StoreUnavailable
from skill.stores.rows import LISTENING
from skill.stores.rows_dynamo import DynamoRows
from skill.stores.rows_memory import InMemory
from skill.stores.rows_sqlite import SQLiteRows
from tests.stores.conftest import TABLE, Time

USER = "amzn1.ask.account.SOMEBODY"
NOW = datetime(2025, 10, 15, 18, tzinfo=UTC)


@pytest.fixture(params=["memory", "sqlite", "dynamo"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Time) -> Iterator[Any]:
    if request.param == "memory":
        yield InMemory()
    elif request.param == "sqlite":
        made = SQLiteRows(tmp_path / "home" / "listening.sqlite3", clock)
        yield made
        made.close()
    else:
        client = request.getfixturevalue("dynamo")
        yield DynamoRows(TABLE, client, clock)
        for item in client.scan(TableName=TABLE)["Items"]:
            client.delete_item(TableName=TABLE, Key={"person": item["person"]})


@pytest.fixture
def lasting(store: Any) -> Any:
    """The stores that outlive the process."""
    if isinstance(store, InMemory):
        pytest.skip("kept in this process only")
    return store


def heard(guid: str = "épisode « 1 »", offset_ms: int = 300_000, **more: Any) -> Callable[[Listening], Listening]:
    return lambda old: old.marked(guid, NOW, offset_ms=offset_ms, **more).but(current=guid)


def counted(old: Listening) -> Listening:
    return old.but(failures=old.failures + 1)


def test_an_unknown_person_has_heard_nothing(store: Any) -> None:
    assert store.get(USER) == Listening()


def test_what_was_changed_is_what_is_read(store: Any) -> None:
    after = store.change(USER, heard(series="metamorphoses", published="2025-10-01T00:00:00.000+00:00", seen="2025-10-15T18:00:00.000+00:00"))
    store.change(USER, lambda old: old.but(loop=True, shuffle=7, failures=2))
    assert store.get(USER) == after.but(loop=True, shuffle=7, failures=2)
    assert store.get("somebody else") == Listening()


def test_a_change_that_changes_nothing_is_no_harm(store: Any) -> None:
    store.change(USER, heard())
    assert store.change(USER, lambda old: old) == store.get(USER)


def test_a_fault_of_ours_in_a_change_leaves_all_as_it_was(store: Any) -> None:
    before = store.change(USER, heard())
    with pytest.raises(ZeroDivisionError):
        store.change(USER, lambda old: old.but(failures=1 // 0))
    assert store.get(USER) == before
    store.change(USER, counted)
    assert store.get(USER).failures == 1


def test_forgetting_erases(store: Any) -> None:
    store.change(USER, heard())
    store.change("another", heard())
    store.forget(USER)
    store.forget(USER)
    assert store.get(USER) == Listening()
    assert store.get("another").current


def test_no_change_is_lost_among_threads(store: Any) -> None:
    kept, busy = list[int](), list[int]()

    def press() -> None:
        for _ in range(10):
            try:
                store.change(USER, counted)
                kept.append(1)
            except StoreUnavailable:
                busy.append(1)

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get(USER).failures == len(kept)
    assert not busy


def test_two_speakers_in_between_reading_and_writing(lasting: Any, request: pytest.FixtureRequest) -> None:
    """The other speaker writes after we read: both places are kept."""
    if isinstance(lasting, SQLiteRows):
        pytest.skip("there nobody can come in between")
    meanwhile = [True]

    def slow(old: Listening) -> Listening:
        if meanwhile.pop() if meanwhile else False:
            lasting.change(USER, heard("kitchen", 1_000_000))
        return heard("living room", 2_000_000)(old)

    lasting.change(USER, slow)
    assert {g: m.offset_ms for g, m in lasting.get(USER).marks.items()} == {"kitchen": 1_000_000, "living room": 2_000_000}


def test_a_row_that_nobody_touched_for_long_is_gone(lasting: Any, clock: Time) -> None:
    lasting.change(USER, heard())
    clock.now += LISTENING.seconds - 1
    assert lasting.get(USER).current
    clock.now += 2
    assert lasting.get(USER) == Listening()
    lasting.change("another", heard())
    clock.now -= 2
    assert isinstance(lasting, DynamoRows) or lasting.get(USER) == Listening()  # swept by the other's change; DynamoDB does it by itself


def test_each_change_keeps_the_row_for_longer(lasting: Any, clock: Time) -> None:
    for _ in range(3):
        lasting.change(USER, counted)
        clock.now += LISTENING.seconds - 10
    assert lasting.get(USER).failures == 3


def test_many_long_names_still_fit(lasting: Any) -> None:
    listening = Listening()
    for n in range(MOST_MARKS + 50):
        listening = listening.marked(f"{n:04}" + "é" * 900, NOW.replace(minute=n // 60, second=n % 60), offset_ms=n, series="s" * 60)
    lasting.change(USER, lambda _: listening)
    kept = lasting.get(USER).marks
    assert f"{MOST_MARKS + 49:04}" + "é" * 900 in kept
    assert sum(map(len, kept)) <= MOST_GUIDS
    assert len(kept) > 50


def test_strange_names_are_kept_as_they_are(store: Any) -> None:
    for guid in ("a\u200bb", "tag:example,2025:é", " blank ", "🎙", '"}', "a\x00b", "x" * 1024):
        store.change(USER, heard(guid))
        assert store.get(USER).mark(guid).offset_ms == 300_000


# SQLite's own.


def test_nothing_personal_stands_in_the_file(tmp_path: Path) -> None:
    store = SQLiteRows(tmp_path / "listening.sqlite3")
    store.change(USER, heard())
    assert store.path.stat().st_mode & 0o077 == 0
    store.close()
    for path in tmp_path.iterdir():
        assert USER.encode() not in path.read_bytes()
        assert b"SOMEBODY" not in path.read_bytes()
