"""One contract, two homes: what `Storage` promises, a folder and a bucket keep alike; then each one's own faults."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from podcasts.storage import NEW, Changed, Storage, attempts, checked, safe_name


def test_what_was_put_is_got_whole(storage: Storage) -> None:
    assert storage.get("a/b.json") is None
    version = storage.put("a/b.json", b"one")
    assert storage.get("a/b.json") == (b"one", version)
    assert storage.put("a/b.json", b"two") != version
    assert storage.get("a/b.json").data == b"two"  # type: ignore[union-attr]
    storage.put("a/empty.json", b"")
    assert storage.get("a/empty.json").data == b""  # type: ignore[union-attr]


def test_a_file_is_replaced_only_by_who_saw_its_last_version(storage: Storage) -> None:
    first = storage.put("a/b.json", b"one", expected=NEW)
    with pytest.raises(Changed):
        storage.put("a/b.json", b"other", expected=NEW)
    second = storage.put("a/b.json", b"two", expected=first)
    with pytest.raises(Changed):
        storage.put("a/b.json", b"three", expected=first)
    assert storage.get("a/b.json") == (b"two", second)
    storage.delete("a/b.json")
    with pytest.raises(Changed):
        storage.put("a/b.json", b"four", expected=second)
    assert storage.get("a/b.json") is None


def test_a_large_file_is_taken_in_opened_and_measured(storage: Storage, tmp_path: Path) -> None:
    source = tmp_path / "s.mp3"
    source.write_bytes(os.urandom(3_000_000))
    assert storage.info("m/s.mp3") is None
    assert storage.open("m/s.mp3") is None
    storage.put_file("m/s.mp3", source, "audio/mpeg")
    assert storage.info("m/s.mp3").size == 3_000_000  # type: ignore[union-attr]
    with storage.open("m/s.mp3") as found:  # type: ignore[union-attr]
        found.seek(2_999_000)
        assert found.read() == source.read_bytes()[2_999_000:]
    before = storage.info("m/s.mp3").version  # type: ignore[union-attr]
    source.write_bytes(b"other")
    storage.put_file("m/s.mp3", source, "audio/mpeg")
    assert storage.info("m/s.mp3").version != before  # type: ignore[union-attr]


def test_a_source_that_is_not_there_is_no_fault_of_the_storage(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        storage.put_file("m/s.mp3", tmp_path / "none.mp3", "audio/mpeg")
    assert storage.info("m/s.mp3") is None


def test_a_folder_is_no_file(storage: Storage) -> None:
    storage.put("a/b/c.json", b"x")
    assert storage.get("a/b") is None
    assert storage.info("a/b") is None
    assert storage.open("a/b") is None


def test_keys_and_delete(storage: Storage) -> None:
    assert list(storage.keys("")) == []
    for key in ("b/2.json", "a/1.json", "a/media/x.mp3", "ab.json"):
        storage.put(key, b"x", expected=NEW)
    assert list(storage.keys("")) == ["a/1.json", "a/media/x.mp3", "ab.json", "b/2.json"]
    assert list(storage.keys("a/")) == ["a/1.json", "a/media/x.mp3"]
    storage.delete("a/1.json")
    storage.delete("a/1.json")
    assert list(storage.keys("a")) == ["a/media/x.mp3", "ab.json"]


HOSTILE = [
    "",
    "/etc/passwd",
    "../x",
    "a/../../x",
    "a//b",
    "a/",
    ".lock",
    "a/.part",
    "A.json",
    "é.json",
    "a b",
    "a\n",
    "a\x00b",
    "a\\b",
    "x" * 121,
    "a/b/c/d/e/f",
]


@pytest.mark.parametrize("key", HOSTILE)
def test_a_hostile_key_goes_nowhere(storage: Storage, key: str, tmp_path: Path) -> None:
    for ask in (storage.get, storage.info, storage.open, storage.delete, lambda k: storage.put(k, b"x"), lambda k: storage.put_file(k, Path(__file__), "x/y")):
        with pytest.raises(ValueError, match="is not a key"):
            ask(key)
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize(
    "text", ["Le Fort d'Issy !", "../../etc/passwd", "CON", "😀", "", "a\x00b\nc", "Œuvre à Noël", "x" * 500, "-.-", "con|<>:*?", "‮gpj.exe", "ﬁn"]
)
def test_a_name_made_safe_is_a_key(text: str) -> None:
    assert checked(f"a/{safe_name(text)}.mp3")


def test_eight_writers_at_once_lose_no_update(storage: Storage) -> None:
    storage.put("a/n.json", b"", expected=NEW)

    def add(writer: int) -> None:
        for turn in range(3):
            for _ in attempts():
                found = storage.get("a/n.json")
                assert found is not None
                try:
                    storage.put("a/n.json", found.data + b"%d.%d\n" % (writer, turn), expected=found.version)
                    break
                except Changed:
                    continue
            else:
                raise AssertionError("never its turn")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(8)))
    found = storage.get("a/n.json")
    assert found is not None
    assert sorted(found.data.split()) == sorted(b"%d.%d" % (w, t) for w in range(8) for t in range(3))


def test_of_eight_who_make_a_file_one_does(storage: Storage) -> None:
    def make(writer: int) -> bool:
        try:
            storage.put("a/new.json", b"%d" % writer, expected=NEW)
        except Changed:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(make, range(8)))
    assert sum(made) == 1
    assert storage.get("a/new.json").data == b"%d" % made.index(True)  # type: ignore[union-attr]
