"""podcast-partytime, the parser of the Podcast Index, sees the same series in our feeds as we do (slow; development only, MIT)."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from podcasts.folder import Folder
from podcasts.library import Library
from tests.judges.npm import judge
from tests.podcasts.sounds import ADDRESS, NOW, SHOW, jpeg, library, mp4, sound


@pytest.fixture(scope="module")
def node() -> Path:
    return judge("podcast-partytime", "5.0.0", "partytime.mjs")


def judged(node: Path, xml: bytes) -> Any:
    done = subprocess.run(["node", "judge.mjs"], cwd=node, input=json.dumps({"feed": xml.decode()}), capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)["feed"]


def full(folder: Path) -> Library:
    """A series with everything that an episode may have."""
    (folder / "i.jpg").write_bytes(jpeg())
    (folder / "t.vtt").write_text("WEBVTT\n", encoding="utf-8")
    (folder / "c.json").write_text('{"version": "1.2.0", "chapters": [{"startTime": 0}]}', encoding="utf-8")
    (folder / "b.m4a").write_bytes(mp4())
    lib = library(Folder(folder / "home"))
    extras: dict[str, Any] = {"image": folder / "i.jpg", "transcript": folder / "t.vtt", "chapters": folder / "c.json"}
    lib.add(sound(folder), "Le marché & la fête 😀 — « l'été »", "Où & quand ? 1 < 2", NOW, number=7, season=2, kind="bonus", people=["Anne", "Zoë"], **extras)
    lib.add(folder / "b.m4a", "Un M4A", "D", NOW, explicit=True)
    return lib


@pytest.mark.slow
def test_the_podcast_index_sees_our_series(node: Path, tmp_path: Path) -> None:
    lib = full(tmp_path)
    feed, theirs = lib.feed(NOW), judged(node, lib.feed_xml(NOW))
    assert (theirs["title"], theirs["description"], theirs["link"], theirs["language"]) == (SHOW.title, SHOW.description, SHOW.link, "fr")
    assert (theirs["author"], theirs["owner"]) == (SHOW.author, {"name": SHOW.owner, "email": SHOW.email})
    assert (theirs["itunesImage"], theirs["itunesType"], theirs["explicit"]) == (SHOW.image, "episodic", False)
    assert theirs["itunesCategory"] == ["Government", "News > Daily News"]
    assert theirs["pubsub"]["self"] == lib.feed_url == f"{ADDRESS}/ville/feed.xml"
    assert theirs["locked"] is True
    assert {"locked", "transcript", "chapters"} <= set(theirs["pc20support"]["1"])
    assert len(theirs["items"]) == len(feed.episodes) == 2
    for their, ours in zip(theirs["items"], feed.episodes, strict=True):
        assert (their["guid"], their["title"], their["description"]) == (ours.guid, ours.title, ours.description)
        assert their["enclosure"] == {"url": ours.audio, "length": ours.size, "type": ours.mime}
        assert (their["duration"], their["explicit"], their["itunesEpisodeType"]) == (ours.seconds, ours.explicit, ours.kind)
        assert datetime.fromisoformat(their["pubDate"]).astimezone(UTC) == ours.published
        assert (their.get("itunesEpisode"), their.get("itunesSeason")) == (ours.number, ours.season)
        assert [p["name"] for p in their.get("podcastPeople", [])] == list(ours.people)
        assert [t["url"] for t in their.get("podcastTranscripts", [])] == [u for u in [ours.transcript] if u]
        assert their.get("podcastChapters", {}).get("url", "") == ours.chapters


@pytest.mark.slow
@pytest.mark.parametrize("title", ["a\x00b\x0bc", "<b>x</b> &amp; y", "]]><x>", "😀 👩‍👩‍👧", "\u202eesrever", "x" * 255, "Tom &amp; Léa"])
def test_no_title_hides_an_episode_from_the_podcast_index(node: Path, tmp_path: Path, title: str) -> None:
    lib = library(Folder(tmp_path / "home"))
    entry = lib.add(sound(tmp_path), title, "D", NOW)
    theirs = judged(node, lib.feed_xml(NOW))
    assert [i["guid"] for i in theirs["items"]] == [entry.guid]
