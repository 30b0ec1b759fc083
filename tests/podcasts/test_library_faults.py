"""Publishing: whatever breaks, and whoever publishes at the same time, nothing published is lost."""

from __future__ import annotations

import errno
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from podcasts.catalogue import LibraryBroken
from podcasts.check import ADVICE, ERROR
from podcasts.folder import Folder
from podcasts.library import Refused
from podcasts.read import read
from podcasts.storage import Storage, StorageUnavailable
from tests.podcasts.sounds import ADDRESS, NOW, SHOW, feed_of, heard, library, png, sound

ROOT = Path(__file__).resolve().parent.parent.parent
HOUR = timedelta(hours=1)


def test_a_sound_that_vanished_is_named_and_comes_back(storage: Storage, tmp_path: Path) -> None:
    lib = library(storage)
    entry = lib.add(sound(tmp_path), "Le marché", "D", NOW)
    lib.add(sound(tmp_path, 1), "Autre", "D", NOW)
    storage.delete(entry.file)
    (fault,) = lib.check(NOW)
    assert (fault.level, fault.where) == (ERROR, "« Le marché »")
    assert f"{entry.file} a disparu" in fault.text
    assert sorted(heard(lib)) == ["Autre", "Le marché"]  # its GUID stays: players would play it anew
    lib.withdraw(entry.guid, NOW)
    assert [f.level for f in lib.check(NOW)] == [ADVICE]
    with pytest.raises(Refused, match="a disparu"):
        lib.restore(entry.guid, NOW)
    with pytest.raises(Refused, match="restore"):
        lib.add(sound(tmp_path), "Le marché", "D", NOW)
    assert lib.restore(entry.guid, NOW).guid == entry.guid
    storage.delete(entry.file)
    assert lib.add(sound(tmp_path), "Le marché", "D", NOW).guid == entry.guid
    assert lib.check(NOW) == []
    storage.put(entry.file, b"half")
    assert "4 octets au lieu de" in lib.check(NOW)[0].text


def test_the_cover_of_the_series_is_looked_at_too(storage: Storage, tmp_path: Path) -> None:
    lib = library(storage, show=SHOW._replace(image="ville/cover.png"))
    lib.add(sound(tmp_path), "Un", "D", NOW)
    assert [f.text for f in lib.check(NOW)] == ["l'image ville/cover.png a disparu"]
    storage.put("ville/cover.png", png(300, 300))
    assert "300 × 300" in lib.check(NOW)[0].text
    storage.put("ville/cover.png", png())
    assert lib.check(NOW) == []
    assert feed_of(lib).show.image == f"{ADDRESS}/ville/cover.png"


BROKEN = {
    "cut": lambda text: text[:-20],
    "empty": lambda text: "",
    "no JSON": lambda text: "<xml/>",
    "a list": lambda text: "[]",
    "another version": lambda text: text.replace('"version": 1', '"version": 2'),
    "a row that is a text": lambda text: text.replace("[\n", '["x",\n', 1),
    "an unknown field": lambda text: text.replace('"guid"', '"gid"', 1),
    "no guid": lambda text: text.replace('"guid": "', '"guid": "", "title": "', 1),
    "a date without a zone": lambda text: text.replace("+00:00", "", 1),
    "no date": lambda text: text.replace('"published": "2026', '"published": "x', 1),
    "a size in words": lambda text: text.replace('"size": ', '"size": "x", "seconds": ', 1),
    "a negative length": lambda text: text.replace('"seconds": ', '"seconds": -', 1),
    "a title that is a number": lambda text: text.replace('"title": "Un"', '"title": 1', 1),
    "a file outside": lambda text: text.replace('"file": "', '"file": "../../', 1),
    "a kind of another world": lambda text: text.replace('"kind": "full"', '"kind": "x"', 1),
    "one GUID twice": lambda text: text.replace(json.loads(text)["episodes"][1]["guid"], json.loads(text)["episodes"][0]["guid"]),
    "without end": lambda text: "[" * 200_000,
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_list_that_cannot_be_read_is_left_as_it_is(folder: Folder, tmp_path: Path, how: str) -> None:
    lib = library(folder)
    entry = lib.add(sound(tmp_path), "Un", "D", NOW)
    lib.add(sound(tmp_path, 1), "Deux", "D", NOW)
    path = folder.root / "ville/catalogue.json"
    path.write_text(BROKEN[how](path.read_text(encoding="utf-8")), encoding="utf-8")
    before = {p: p.read_bytes() for p in folder.root.rglob("*") if p.is_file()}
    for ask in (
        lib.entries, lambda: lib.feed(NOW), lambda: lib.publish(NOW), lambda: lib.add(sound(tmp_path, 2), "Trois", "D", NOW), lambda: lib.check(NOW),
        lambda: lib.edit(entry.guid, NOW, title="x"), lambda: lib.withdraw(entry.guid, NOW), lambda: lib.restore(entry.guid, NOW), lambda: lib.find("1"),
    ):  # fmt: skip
        with pytest.raises(LibraryBroken, match=r"Rien n'a été changé.*catalogue\.before\.json"):
            ask()
    assert {p: p.read_bytes() for p in folder.root.rglob("*") if p.is_file()} == before
    path.write_bytes((folder.root / "ville/catalogue.before.json").read_bytes())
    assert [e.title for e in lib.entries()] == ["Un"]


class Breaking:
    """A storage that dies at the n-th write, before or after it took effect."""

    def __init__(self, inner: Storage, at: int, after: bool) -> None:
        self.inner, self.left, self.after = inner, at, after

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.inner, name)
        return self._write(found) if name in ("put", "put_file", "delete") else found

    def _write(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def writing(*given: Any, **more: Any) -> Any:
            self.left -= 1
            if self.left == 0 and not self.after:
                raise StorageUnavailable("down")
            done = write(*given, **more)
            if self.left == 0:
                raise StorageUnavailable("down")
            return done

        return writing


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, 7))
def test_a_crash_between_any_two_writes_loses_nothing(folder: Folder, tmp_path: Path, at: int, after: bool) -> None:
    (tmp_path / "i.png").write_bytes(png())
    (tmp_path / "t.txt").write_text("Bonjour", encoding="utf-8")
    lib = library(folder)
    old = lib.add(sound(tmp_path), "Un", "D", NOW)
    broken = library(Breaking(folder, at, after))  # type: ignore[arg-type]
    extras = {"image": tmp_path / "i.png", "transcript": tmp_path / "t.txt"}
    with pytest.raises(StorageUnavailable):
        broken.add(sound(tmp_path, 1), "Deux", "D", NOW + HOUR, **extras)
    assert lib.find(old.guid) == old
    assert feed_of(lib).episodes[-1].guid == old.guid
    assert all(lib.storage.info(e.file) for e in lib.entries())
    if after and at == 6:  # everything was done but the answer
        with pytest.raises(Refused, match="déjà publié"):
            lib.add(sound(tmp_path, 1), "Deux", "D", NOW + HOUR, **extras)
    else:
        lib.add(sound(tmp_path, 1), "Deux", "D", NOW + HOUR, **extras)
    assert heard(lib) == ["Deux", "Un"] == [e.title for e in lib.entries()]
    assert lib.check(NOW + HOUR) == []


@pytest.mark.parametrize("at", range(1, 4))
def test_a_crash_while_editing_or_withdrawing_is_mended_by_asking_again(folder: Folder, tmp_path: Path, at: int) -> None:
    lib = library(folder)
    entry = lib.add(sound(tmp_path), "Un", "D", NOW)
    for act in (lambda b: b.edit(entry.guid, NOW, title="Autre"), lambda b: b.withdraw(entry.guid, NOW), lambda b: b.restore(entry.guid, NOW)):
        with pytest.raises(StorageUnavailable):
            act(library(Breaking(folder, at, False)))  # type: ignore[arg-type]
        act(lib)
        assert feed_of(lib).episodes == lib.feed(NOW).episodes


def test_an_answer_that_was_lost_is_no_double(folder: Folder, tmp_path: Path) -> None:
    """S3's client asks again where an answer was lost: the second attempt finds its own first one."""
    from podcasts.storage import Changed

    class Lossy(Folder):
        lost = False

        def put(self, key: str, data: bytes, expected: str | None = None) -> str:
            version = super().put(key, data, expected)
            if key.endswith("catalogue.json") and not self.lost:
                self.lost = True
                raise Changed(key)
            return version

    lib = library(Lossy(folder.root))
    lib.add(sound(tmp_path), "Un", "D", NOW)
    assert heard(lib) == ["Un"]


def test_a_storage_out_of_reach_or_full_is_named_and_loses_nothing(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lib = library(folder)
    lib.add(sound(tmp_path), "Un", "D", NOW)
    before = {p: p.read_bytes() for p in folder.root.rglob("*") if p.is_file()}

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("podcasts.folder.os.fsync", full)
        with pytest.raises(StorageUnavailable, match="disque est plein"):
            lib.add(sound(tmp_path, 1), "Deux", "D", NOW)
    assert {p: p.read_bytes() for p in folder.root.rglob("*") if p.is_file()} == before
    lib.add(sound(tmp_path, 1), "Deux", "D", NOW)
    assert sorted(heard(lib)) == ["Deux", "Un"]


def test_several_publishers_at_once_lose_no_episode(storage: Storage, tmp_path: Path) -> None:
    paths = [sound(tmp_path, n) for n in range(6)]
    other = library(storage).add(sound(tmp_path, 99), "Ancien", "D", NOW)

    def act(n: int) -> None:
        lib = library(storage)
        lib.add(paths[n], f"E{n}", "D", NOW + HOUR)
        lib.edit(other.guid, NOW + HOUR, title=f"Ancien {n}")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(act, range(6)))
    lib = library(storage)
    assert len(lib.entries()) == 7
    assert feed_of(lib).episodes == lib.feed(NOW + HOUR).episodes


def test_the_same_sound_from_two_publishers_is_published_once(folder: Folder, tmp_path: Path) -> None:
    path = sound(tmp_path)

    def act(n: int) -> bool:
        try:
            library(folder).add(path, f"E{n}", "D", NOW)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(act, range(4))) == 1
    assert len(heard(library(folder))) == 1


def test_an_older_list_never_ends_on_top(folder: Folder, tmp_path: Path) -> None:
    """A publisher that stops between reading the list and writing the feed must not take the next one's episode away."""
    lib = library(folder)
    lib.add(sound(tmp_path), "Un", "D", NOW)

    class Slow(Folder):
        met = False

        def put(self, key: str, data: bytes, expected: str | None = None) -> str:
            if key.endswith("feed.xml") and not self.met:
                self.met = True
                library(folder).add(sound(tmp_path, 2), "Trois", "D", NOW)
            return super().put(key, data, expected)

    library(Slow(folder.root)).add(sound(tmp_path, 1), "Deux", "D", NOW)
    assert sorted(heard(lib)) == ["Deux", "Trois", "Un"]


PUBLISHER = """
import sys
from pathlib import Path
from tests.podcasts.sounds import NOW, library, sound
from podcasts.folder import Folder
lib, n = library(Folder(Path(sys.argv[1]))), int(sys.argv[3])
while True:
    n += 1
    lib.add(sound(Path(sys.argv[2]), n), f"E{n}", "D", NOW)
"""


def test_a_publisher_killed_at_any_moment_loses_no_episode(folder: Folder, tmp_path: Path) -> None:
    lib, known = library(folder), 0
    for turn in range(4):
        with subprocess.Popen([sys.executable, "-c", PUBLISHER, str(folder.root), str(tmp_path), str(turn * 50)], cwd=ROOT) as publisher:
            try:
                until = time.monotonic() + 10
                while len(lib.entries()) < known + 2 and time.monotonic() < until:
                    read(lib.storage.get("ville/feed.xml").data) if known else None  # type: ignore[union-attr]
                time.sleep(0.004 * turn)
            finally:
                publisher.send_signal(signal.SIGKILL)
        entries = lib.entries()
        assert len(entries) >= known + 2
        known = len(entries)
        lib.publish(NOW)
        assert {e.guid for e in feed_of(lib).episodes} == {e.guid for e in entries}
        assert lib.check(NOW) == []
