"""Publishing: what is added, changed, withdrawn and kept for later is what listeners get, whatever the order."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podcasts import catalogue
from podcasts.folder import Folder
from podcasts.library import Refused
from podcasts.read import read
from podcasts.storage import Storage
from tests.podcasts.sounds import ADDRESS, NOW, feed_of, heard, jpeg, library, mp3, sound

HOUR = timedelta(hours=1)


def test_add_list_edit_withdraw_restore(storage: Storage, tmp_path: Path) -> None:
    lib = library(storage)
    steps: list[str] = []
    first = lib.add(sound(tmp_path), "Le marché", "Où et quand.", NOW, number=1, people=["Anne"], progress=steps.append)
    second = lib.add(sound(tmp_path, 1), "La fête", "Programme.", NOW + HOUR, season=2, kind="bonus", explicit=True)
    assert steps[0] == "mesure du son"
    assert (first.mime, first.seconds, first.size) == ("audio/mpeg", 2, len(mp3()))
    assert first.guid.startswith("urn:uuid:")
    assert [e.title for e in lib.entries()] == ["La fête", "Le marché"] == heard(lib)
    with storage.open(first.file) as kept:  # type: ignore[union-attr]
        assert kept.read() == mp3()
    edited = lib.edit(first.guid, NOW + HOUR, title="Le marché de Noël", number=3)
    assert (edited.guid, edited.file, edited.title, edited.number, edited.description) == (first.guid, first.file, "Le marché de Noël", 3, "Où et quand.")
    lib.withdraw(first.guid, NOW + HOUR)
    assert heard(lib) == ["La fête"]
    assert storage.info(first.file) is not None
    lib.restore(first.guid, NOW + HOUR)
    assert heard(lib) == ["La fête", "Le marché de Noël"]
    assert {e.guid for e in feed_of(lib).episodes} == {first.guid, second.guid}
    assert feed_of(lib).episodes == lib.feed(NOW + HOUR).episodes


def test_picture_transcript_and_chapters(storage: Storage, tmp_path: Path) -> None:
    for name, data in (
        ("i.jpg", jpeg()),
        ("t.vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nBonjour"),
        ("c.json", b'{"version":"1.2.0","chapters":[{"startTime":0}]}'),
    ):
        (tmp_path / name).write_bytes(data)
    lib = library(storage)
    entry = lib.add(sound(tmp_path), "T", "D", NOW, image=tmp_path / "i.jpg", transcript=tmp_path / "t.vtt", chapters=tmp_path / "c.json")
    found = feed_of(lib).episodes[0]
    assert found == lib.feed(NOW).episodes[0]
    assert (found.image, found.transcript, found.chapters) == tuple(f"{ADDRESS}/{key}" for key in (entry.image, entry.transcript, entry.chapters))
    assert storage.get(entry.transcript).data.startswith(b"WEBVTT")  # type: ignore[union-attr]
    assert lib.check(NOW) == []


def test_a_date_ahead_is_kept_until_it_comes(storage: Storage, tmp_path: Path) -> None:
    lib = library(storage)
    lib.add(sound(tmp_path), "Maintenant", "D", NOW)
    coming = lib.add(sound(tmp_path, 1), "Demain", "D", NOW, published=NOW + 24 * HOUR)
    assert [e.title for e in lib.entries()] == ["Demain", "Maintenant"]
    assert heard(lib) == ["Maintenant"]
    assert lib.publish(NOW + 23 * HOUR) is False
    assert lib.publish(NOW + 24 * HOUR) is True
    assert lib.publish(NOW + 25 * HOUR) is False
    assert heard(lib) == ["Demain", "Maintenant"]
    lib.edit(coming.guid, NOW + 25 * HOUR, published=NOW + 48 * HOUR)
    assert heard(lib) == ["Maintenant"]


def test_an_old_moment_takes_nothing_back(folder: Folder, tmp_path: Path) -> None:
    """A publisher whose copy takes minutes comes with the moment at which it began."""
    lib = library(folder)
    lib.add(sound(tmp_path), "Prévu", "D", NOW, published=NOW + HOUR)
    lib.publish(NOW + HOUR)
    lib.add(sound(tmp_path, 1), "Lent", "D", NOW)
    assert heard(lib) == ["Prévu", "Lent"]


def test_find(folder: Folder, tmp_path: Path) -> None:
    lib = library(folder)
    first = lib.add(sound(tmp_path), "A", "D", NOW)
    second = lib.add(sound(tmp_path, 1), "B", "D", NOW + HOUR)
    assert (lib.find("1"), lib.find("2")) == (second, first)
    assert lib.find(first.guid) == lib.find(first.guid[9:15]) == first
    for said in ("", "0", "3", "²", "urn:", "urn:uuid:", "zzzz", "-1"):
        with pytest.raises(Refused):
            lib.find(said)


# feedparser mends a title that looks like UTF-8 read as Latin-1 ("Ã©"): no text with the second halves of such pairs.
CHARACTERS = st.characters(exclude_characters=[chr(c) for c in range(0xA0, 0xC0)])
TEXT = st.text(CHARACTERS, min_size=1, max_size=40) | st.sampled_from(["&amp;amp;amp;lt;b&gt;", "<p>a</p>", "a\n\nb", "x &", "&#0;&#xD800;", "<", "]]>", "😀"])
STEP = st.one_of(
    st.tuples(st.just("add"), st.integers(0, 5), TEXT, TEXT, st.integers(-50, 50), st.none() | st.integers(1, 99)),
    st.tuples(st.sampled_from(["edit", "withdraw", "restore"]), st.integers(0, 5), TEXT, TEXT, st.integers(-50, 50), st.none() | st.integers(1, 99)),
    st.tuples(st.just("publish"), st.integers(0, 5), TEXT, TEXT, st.just(0), st.none()),
)


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("sounds")
    return [sound(folder, n) for n in range(6)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(STEP, min_size=1, max_size=8))
def test_any_sequence_keeps_guids_and_a_feed_that_reads_the_same(sounds: list[Path], tmp_path_factory: pytest.TempPathFactory, steps: list[Any]) -> None:
    lib, now, guids = library(Folder(tmp_path_factory.mktemp("home"))), NOW, {}
    for n, (act, which, title, description, hours, number) in enumerate(steps):
        now += HOUR
        told = {"title": title, "description": description, "published": now + hours * HOUR, "number": number, "people": [title]}
        try:
            if act == "add":
                guids[sounds[which]] = lib.add(sounds[which], now=now, **told).guid  # type: ignore[arg-type]
            elif act == "publish" or sounds[which] not in guids:
                lib.publish(now)  # by schedule: what came due since the last step
            else:
                getattr(lib, act)(guids[sounds[which]], now, **(told if act == "edit" else {}))
        except Refused:
            lib.publish(now)
        assert {e.guid for e in lib.entries()} == set(guids.values()), n
        expected = lib.feed(now).episodes
        assert read(lib.feed_xml(now)).episodes == expected
        assert feed_of(lib).episodes == expected
        assert {e.guid for e in expected} == {e.guid for e in lib.entries() if not e.withdrawn and e.published <= now}
        assert [f for f in lib.check(now) if f.text != "le flux n'a aucun épisode"] == []


def test_what_is_kept_reads_the_same(folder: Folder, tmp_path: Path) -> None:
    lib = library(folder)
    entry = lib.add(sound(tmp_path), "T", "D", NOW.replace(microsecond=5), people=["Anne", "Anne"], explicit=True, number=2, season=1, kind="trailer")
    assert catalogue.load(folder, "ville")[0] == (entry._replace(added=NOW.replace(microsecond=5)),)
    assert entry.published == NOW
    assert entry.people == ("Anne",)
    assert os.listdir(folder.root) == ["ville"]
