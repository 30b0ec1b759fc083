"""The last good reading is kept whatever happens to the feed, and says since when."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podcasts.fetch import FeedUnavailable, Fetched, Limits, fetch
from podcasts.folder import Folder
from podcasts.model import Episode, Feed, Show
from podcasts.snapshots import Snapshot, key_of, load, refresh, save
from tests.podcasts.servers import BOMB, FEED, OK, dripped, endless, known, redirect, saying, serving, whole

MORNING = datetime(2024, 1, 5, 8, tzinfo=UTC)
NOON = MORNING + timedelta(hours=4)
URL = "https://feed.example/"


def document(*titles: str) -> bytes:
    items = "".join(f"<item><title>{t}</title><guid>{t}</guid></item>" for t in titles)
    return f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()


class Publisher:
    """A feed somewhere: what it says today, or why it cannot be had. Remembers what it was asked."""

    def __init__(self, *titles: str) -> None:
        self.answer: Fetched | Exception = Fetched(None, "")
        self.asked: list[tuple[str, str, str]] = []
        self.says(document(*titles))

    def says(self, body: bytes | None, etag: str = '"1"') -> None:
        self.answer = Fetched(body, URL, "application/rss+xml", etag, "Mon, 01 Jan 2024 00:00:00 GMT")

    def fails(self, reason: str, text: str = "en panne") -> None:
        self.answer = FeedUnavailable(reason, text)

    def __call__(self, url: str, etag: str = "", modified: str = "") -> Fetched:
        self.asked.append((url, etag, modified))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def home(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def publisher() -> Publisher:
    return Publisher("un", "deux")


def kept(home: Folder) -> Snapshot:
    found = load(home, "s")
    assert found is not None
    return found


def test_a_first_reading_is_kept(home: Folder, publisher: Publisher) -> None:
    outcome = refresh("s", URL, home, MORNING, publisher)
    assert (outcome.state, outcome.episodes, outcome.fault, outcome.read) == ("new", 2, "", MORNING)
    assert [e.title for e in kept(home).feed.episodes] == ["un", "deux"]
    assert publisher.asked == [(URL, "", "")]


def test_a_first_failure_says_why_and_keeps_nothing(home: Folder, publisher: Publisher) -> None:
    publisher.fails("name", "le nom est introuvable")
    outcome = refresh("s", URL, home, MORNING, publisher)
    assert (outcome.state, outcome.episodes, outcome.fault, outcome.read) == ("failed", 0, "le nom est introuvable", None)
    assert load(home, "s") is None


BAD_BODIES = {
    "web page": b"<!DOCTYPE html><html>perdu</html>", "empty": b"", "JSON": b"{}", "no episode": document(), "cut": document("un", "deux")[:80], "bomb": b'<!DOCTYPE rss [<!ENTITY a "b">]><rss/>',
    "cut before the first": b"<rss version='2.0'><channel><title>T</title>",
}  # fmt: skip


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_body_that_is_no_whole_feed_takes_nothing_away(body: bytes, home: Folder, publisher: Publisher) -> None:
    refresh("s", URL, home, MORNING, publisher)
    publisher.says(body, '"2"')
    outcome = refresh("s", URL, home, NOON, publisher)
    assert (outcome.state, outcome.episodes, outcome.read) == ("failed", 2, MORNING)
    after = kept(home)
    assert ([e.title for e in after.feed.episodes], after.read, after.tried, after.etag) == (["un", "deux"], MORNING, NOON, '"1"')
    assert after.fault == outcome.fault != ""


@pytest.mark.parametrize("reason", ["unreachable", "http-404", "large", "redirect", "private", "cut", "name", "encoding"])
def test_a_feed_that_cannot_be_had_takes_nothing_away(reason: str, home: Folder, publisher: Publisher) -> None:
    refresh("s", URL, home, MORNING, publisher)
    publisher.fails(reason)
    for hour in range(3):
        assert refresh("s", URL, home, NOON + timedelta(hours=hour), publisher)[:2] == ("failed", 2)
    assert (kept(home).read, kept(home).tried, kept(home).fault) == (MORNING, NOON + timedelta(hours=2), "en panne")
    publisher.says(document("trois"))
    assert refresh("s", URL, home, NOON, publisher)[:3] == ("new", 1, "")
    assert (kept(home).fault, kept(home).read) == ("", NOON)


def test_a_feed_that_shrinks_is_believed_where_it_is_whole(home: Folder, publisher: Publisher) -> None:
    refresh("s", URL, home, MORNING, publisher)
    publisher.says(document("deux"))
    assert refresh("s", URL, home, NOON, publisher).state == "new"


def test_a_feed_never_closed_is_read_as_long_as_it_loses_nothing(home: Folder, publisher: Publisher) -> None:
    publisher.says(document("un", "deux").removesuffix(b"</channel></rss>"))
    assert refresh("s", URL, home, MORNING, publisher)[:2] == ("new", 2)
    publisher.says(document("un", "deux", "trois").removesuffix(b"</channel></rss>"))
    assert refresh("s", URL, home, NOON, publisher)[:2] == ("new", 3)


def test_nothing_new_renews_what_is_kept(home: Folder, publisher: Publisher) -> None:
    refresh("s", URL, home, MORNING, publisher)
    publisher.fails("slow")
    refresh("s", URL, home, MORNING, publisher)
    publisher.says(None)
    outcome = refresh("s", URL, home, NOON, publisher)
    assert (outcome.state, outcome.episodes, outcome.read) == ("same", 2, NOON)
    assert (kept(home).read, kept(home).fault, kept(home).etag) == (NOON, "", '"1"')
    assert publisher.asked[-1] == (URL, '"1"', "Mon, 01 Jan 2024 00:00:00 GMT")


def test_another_address_is_asked_without_what_the_first_one_said(home: Folder, publisher: Publisher) -> None:
    refresh("s", URL, home, MORNING, publisher)
    publisher.fails("http-404")
    assert refresh("s", "https://new.example/", home, NOON, publisher)[:2] == ("failed", 2)
    assert publisher.asked[-1] == ("https://new.example/", "", "")
    assert kept(home).url == URL
    publisher.says(document("trois"))
    refresh("s", "https://new.example/", home, NOON, publisher)
    assert (kept(home).url, publisher.asked[-1][1]) == ("https://new.example/", "")


@given(
    data=st.binary(max_size=200)
    | st.sampled_from(
        [b"{}", b"[]", b"null", b"1", b'"a"', b"[" * 100_000, b'{"version": 1}', b'{"version": 1, "url": "", "read": "hier", "show": {}, "episodes": []}']
    )
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_spoilt_snapshot_is_read_again(data: bytes, home: Folder) -> None:
    home.put(key_of("s"), data)
    assert load(home, "s") is None
    publisher = Publisher("un")
    assert refresh("s", URL, home, NOON, publisher).state == "new"
    assert publisher.asked == [(URL, "", "")]
    assert len(kept(home).feed.episodes) == 1


@pytest.mark.parametrize(
    "change", [{"version": 2}, {"episodes": [{"nonsense": 1}]}, {"episodes": 3}, {"show": 3}, {"read": None}, {"episodes": [{"published": "x", "guid": "g"}]}]
)
def test_a_snapshot_of_another_making_is_read_again(change: dict[str, Any], home: Folder, publisher: Publisher) -> None:
    refresh("s", URL, home, MORNING, publisher)
    found = home.get(key_of("s"))
    assert found is not None
    home.put(key_of("s"), json.dumps(json.loads(found.data) | change).encode())
    assert load(home, "s") is None
    assert refresh("s", URL, home, NOON, publisher).state == "new"


def test_what_is_kept_comes_back_as_it_was(home: Folder) -> None:
    episode = Episode("g", "", MORNING, "https://a/1.mp3", "audio/mpeg", 1, 2, "d\ne", "", "", 1, 2, "bonus", False, ("A", "B"), "", "")
    whole_one = Snapshot(Feed(Show("", categories=(("A", "B"), ("C",)), explicit=False), (episode, Episode("h", "é"))), URL, MORNING, '"e"', "m", "faute", NOON)
    save(home, "s", whole_one)
    assert load(home, "s") == whole_one


# The faults that are asked about, from real servers to what is kept.

HURRIED = Limits(seconds=0.4, most_bytes=2_000_000, inside=True)
FAULTS = {
    "404": saying(b"HTTP/1.1 404 Not Found\r\n\r\n"), "a web page": saying(whole(b"<!DOCTYPE html><html>x")), "empty": saying(whole(b"")),
    "truncated": saying(OK + b"Content-Length: 900\r\n\r\n" + FEED), "truncated in silence": saying(OK + b"\r\n" + FEED[:-60]),
    "50 MB": endless(OK + b"Content-Length: 52428800\r\n\r\n", b" " * 65_536), "dripping slowly": dripped(OK + b"\r\n", FEED), "gzip bomb": saying(whole(BOMB, b"Content-Encoding: gzip\r\n")),
    "redirect loop": saying(redirect("/feed.xml")), "entity bomb": saying(whole(b'<!DOCTYPE rss [<!ENTITY a "ha">]>' + FEED)), "not HTTP": saying(b"220 smtp\r\n"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_every_fault_of_a_server_keeps_the_last_good_one(fault: Any, home: Folder) -> None:
    def get(url: str, etag: str = "", modified: str = "") -> Fetched:
        return fetch(url, etag, modified, HURRIED)

    with serving(known('"1"')) as good:
        assert refresh("s", good.url, home, MORNING, get).state == "new"
        assert refresh("s", good.url, home, MORNING, get).state == "same"
    with serving(fault) as bad:
        outcome = refresh("s", bad.url, home, NOON, get)
    assert (outcome.state, outcome.episodes, outcome.read) == ("failed", 1, MORNING)
    assert kept(home).fault
    assert refresh("s", good.url, home, NOON, get).state == "failed"  # nobody is there any more
    assert refresh("s", "http://169.254.169.254/feed", home, NOON, lambda url, *_: fetch(url)).fault.endswith("interne à un réseau")
    assert [e.guid for e in kept(home).feed.episodes] == ["g"]
