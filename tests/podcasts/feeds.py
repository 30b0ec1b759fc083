"""Feeds written by hand, and the laws of every feed that is read."""

from __future__ import annotations

import contextlib

import pytest

from podcasts.model import LONGEST_GUID, Episode, Feed, FeedRefused, feed_from_plain, to_plain
from podcasts.read import read
from podcasts.values import address

NS = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:media="http://search.yahoo.com/mrss/"'
URL = "https://feeds.example/show/feed.xml"


def rss(*items: str, channel: str = "<title>Série</title>", root: str = NS) -> bytes:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {root}><channel>{channel}{body}</channel></rss>'.encode()


def only(item: str, **more: str) -> Episode:
    (episode,) = read(rss(item, **more), URL).episodes
    return episode


def refusal(data: bytes) -> str:
    with pytest.raises(FeedRefused) as caught:
        read(data, URL)
    return str(caught.value)


def lawful(feed: Feed) -> Feed:
    """The laws of every feed that is read."""
    guids = [e.guid for e in feed.episodes]
    assert all(guids)
    assert len(set(guids)) == len(guids)
    assert max(map(len, guids), default=0) <= LONGEST_GUID
    dated = [e.published for e in feed.episodes if e.published]
    assert dated == sorted(dated, reverse=True)
    assert all(e.published is None for e in feed.episodes[len(dated) :])
    for e in feed.episodes:
        assert e.audio == "" or e.audio.startswith("https://")
        assert all(address(a) == a for a in (e.audio, e.link, e.image, e.transcript, e.chapters))
        assert "\n" not in e.title
    assert feed_from_plain(to_plain(feed)) == feed
    return feed


def tried(data: bytes, content_type: str = "") -> None:
    with contextlib.suppress(FeedRefused):
        lawful(read(data, URL, content_type))
