"""Publishing: what directories or players would not take is refused before anything is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from podcasts.audio import NotAudio
from podcasts.cover import NotACover
from podcasts.folder import Folder
from podcasts.library import Refused
from podcasts.storage import Storage
from tests.podcasts.sounds import NOW, feed_of, heard, library, mp3, mp4, png, sound


@pytest.mark.parametrize("name", ["é à ü.mp3", "..mp3", "-rf.mp3", "a b;c&d.mp3", "CON.mp3", "😀.mp3", "a\nb.mp3", "x" * 200 + ".mp3", "son.pdf", "%2e%2e.mp3"])
def test_hostile_file_names(folder: Folder, tmp_path: Path, name: str) -> None:
    lib = library(folder)
    entry = lib.add(sound(tmp_path, name=name), "Titre", "D", NOW)
    assert entry.file.startswith("ville/media/titre-")
    assert lib.check(NOW) == []


TITLES = [
    "../../etc/passwd",
    "😀 Fête 👩‍👩‍👧",
    "a\x00b\x0bc",
    "<script>alert(1)</script> La suite",
    "]]><x>",
    "&amp;amp;amp; &lt;b&gt;",
    "l'été & l\u2019hiver",
    "x" * 255,
    "\u202eesrever",
    "𝕋",
    "שלום",
    "e\u0301",
]


@pytest.mark.parametrize("title", TITLES)
def test_hostile_titles(folder: Folder, tmp_path: Path, title: str) -> None:
    lib = library(folder)
    entry = lib.add(sound(tmp_path), title, f"Sur {title} !", NOW, people=[title[:90]])
    assert feed_of(lib).episodes == lib.feed(NOW).episodes
    assert lib.check(NOW) == []
    assert {p.relative_to(folder.root).parts[0] for p in folder.root.rglob("*")} == {"ville"}
    assert all(c >= " " for c in entry.title)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no title": ({"title": " \x00 "}, "il faut le titre"),
    "a long title": ({"title": "x" * 256}, "256 caractères : 255 au plus"),
    "no description": ({"description": "<p> </p>"}, "il faut la description"),
    "a long description": ({"description": "é" * 2001}, "4002 octets"),
    "a date without a zone": ({"published": datetime(2026, 11, 21)}, "fuseau"),
    "a date that is a text": ({"published": "2026-11-21"}, "fuseau"),
    "a year that cannot be": ({"published": datetime(1, 1, 1, tzinfo=UTC)}, "année 1 "),
    "number nought": ({"number": 0}, "le numéro 0"),
    "a number that is a flag": ({"number": True}, "le numéro True"),
    "a number that is a text": ({"number": "7"}, "le numéro 7"),
    "a season too far": ({"season": 10_000}, "le numéro 10000"),
    "a kind": ({"kind": "video"}, "full, trailer, bonus"),
    "explicit in words": ({"explicit": "no"}, "vrai ou faux"),
    "a crowd": ({"people": [f"N{i}" for i in range(21)]}, "trop d'intervenants"),
    "a name without end": ({"people": ["x" * 101]}, "un nom est trop long"),
    "a field of ours": ({"digest": "x"}, "on ne change pas digest"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_said_is_refused_before_anything_is_kept(folder: Folder, tmp_path: Path, what: str) -> None:
    changes, words = REFUSED[what]
    lib = library(folder)
    with pytest.raises(Refused, match=words):
        lib.add(sound(tmp_path), now=NOW, **{"title": "T", "description": "D", **changes})
    assert not folder.root.exists()
    entry = lib.add(sound(tmp_path), "T", "D", NOW)
    with pytest.raises(Refused, match=words):
        lib.edit(entry.guid, NOW, **changes)
    assert lib.entries() == (entry,)


BAD_FILES: dict[str, tuple[str, bytes, type[Exception], str]] = {
    "zero bytes": ("sound", b"", NotAudio, "vide"),
    "no sound": ("sound", b"%PDF-1.7", NotAudio, "un PDF"),
    "a video": ("sound", mp4(handlers=(b"vide", b"soun")), NotAudio, "une vidéo"),
    "a small picture": ("image", png(300, 300), NotACover, "300 × 300"),
    "no picture": ("image", b"x", NotACover, "ni un JPEG"),
    "a transcript of octets": ("transcript", b"WEBVTT\n\xff\xfe", Refused, "UTF-8"),
    "a transcript that is no WebVTT": ("transcript", b"Bonjour", Refused, "WEBVTT"),
    "an empty transcript": ("transcript", b"", Refused, "vide"),
    "chapters that are no JSON": ("chapters", b"0:00 Intro", Refused, "JSON"),
    "chapters of another shape": ("chapters", b'[{"startTime": 0}]', Refused, "JSON"),
    "chapters at no moment": ("chapters", b'{"chapters":[{"startTime": NaN}]}', Refused, "JSON"),
    "chapters without end": ("chapters", b"[" * 200_000, Refused, "JSON"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_file_that_directories_would_not_take_is_refused_before_anything_is_kept(folder: Folder, tmp_path: Path, what: str) -> None:
    place, data, kind, words = BAD_FILES[what]
    path = tmp_path / ("bad.vtt" if place == "transcript" else "bad.x")
    path.write_bytes(data)
    files: dict[str, Any] = {"sound": sound(tmp_path), place: path}
    with pytest.raises(kind, match=words):
        library(folder).add(title="T", description="D", now=NOW, **files)
    assert not folder.root.exists()


def test_a_huge_file_and_one_that_is_not_there(folder: Folder, tmp_path: Path) -> None:
    with open(tmp_path / "huge.mp3", "wb") as out:
        out.truncate(600 * 1024 * 1024)
    lib = library(folder)
    with pytest.raises(NotAudio, match="600 Mo"):
        lib.add(tmp_path / "huge.mp3", "T", "D", NOW)
    for files in ({"sound": tmp_path / "none.mp3"}, {"sound": tmp_path}, {"sound": sound(tmp_path), "image": tmp_path / "none.png"}):
        with pytest.raises(Refused, match="ne se lit pas"):
            lib.add(title="T", description="D", now=NOW, **files)
    assert not folder.root.exists()


def test_the_same_sound_twice_is_refused(storage: Storage, tmp_path: Path) -> None:
    lib = library(storage)
    entry = lib.add(sound(tmp_path), "Un", "D", NOW)
    with pytest.raises(Refused, match=r"déjà publié sous le titre « Un »$"):
        lib.add(sound(tmp_path), "Un", "D", NOW)
    lib.withdraw(entry.guid, NOW)
    with pytest.raises(Refused, match="restore"):
        lib.add(sound(tmp_path), "Deux", "D", NOW)
    assert len(lib.entries()) == 1
    with pytest.raises(Refused, match="aucun épisode"):
        lib.edit("urn:uuid:none", NOW, title="x")


def test_a_sound_that_changes_while_it_is_copied_is_refused(folder: Folder, tmp_path: Path) -> None:
    path, lib = sound(tmp_path), library(folder)
    with pytest.raises(Refused, match="a changé pendant sa copie"):
        lib.add(path, "T", "D", NOW, progress=lambda step: path.write_bytes(mp3(5)) and None if step.startswith("copie") else None)
    assert lib.entries() == ()
    assert heard(lib) == []
    assert lib.add(path, "T", "D", NOW).seconds == 5
