"""Whatever bytes come as a feed: read by the laws of feeds, or refused, and nothing else ever happens."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from podcasts.read import read
from tests.podcasts.feeds import lawful, rss, tried


@given(st.binary(max_size=300) | st.binary(max_size=200).map(b"<rss><channel><item>".__add__), st.text(max_size=20))
@settings(max_examples=40)
@example(rss("<title>a</title>").replace(b"UTF-8", b"shift_jis"), "")
@example(rss("<title>a</title>").replace(b"UTF-8", b"idna"), "text/xml; charset=undefined")
def test_any_bytes_are_a_feed_or_refused(data: bytes, content_type: str) -> None:
    tried(data, content_type)


TAGS = st.sampled_from(
    ["<rss>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<guid>", "<entry>", "<link href='http://[' rel='enclosure'/>", "<enclosure url='a'/>", "x", "&", "<pubDate>",
     "<itunes:duration>", "]]>", "<![CDATA[", "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://['>", "</rss>", "<itunes:image href='&amp;'/>", "<!--", "\x00", "<content type='xhtml'>"]
)  # fmt: skip


@given(st.lists(TAGS, max_size=25).map("".join))
@settings(max_examples=40)
def test_any_tags_are_a_feed_or_refused(text: str) -> None:
    tried(f"<rss><channel>{text}".encode())
    tried(text.encode())


@pytest.fixture(scope="module")
def real(shared: Path) -> list[bytes]:
    found = [p.read_bytes() for p in sorted((shared / "data" / "feeds").rglob("*.*")) if p.suffix in (".xml", ".rss")]
    if not found:
        pytest.skip("../shared/data/feeds is empty")
    return found


def mutants(data: bytes, chance: random.Random) -> Iterator[bytes]:
    a, b = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    yield data[:a]
    yield data[:a] + data[b:]
    yield data[:a] + data[a:b][:5_000] * 2 + data[b:]
    yield data[:a] + bytes(chance.randrange(256) for _ in range(3)) + data[a:]
    yield data.replace(chance.choice([b">", b"<", b'"', b"</", b"&", b"item", b"http"]), chance.choice([b"", b"&", b"<", b"\x00"]), chance.randrange(1, 9))
    yield data.decode("utf-8", "replace").encode(chance.choice(["utf-16", "latin-1", "cp1252", "utf-7"]), "replace")


def test_real_feeds_are_read(real: list[bytes]) -> None:
    for data in real:
        tried(data)
    assert sum(len(lawful(read(d)).episodes) for d in real if len(d) > 5_000) > 3


def test_real_feeds_however_damaged_break_nothing(real: list[bytes]) -> None:
    chance = random.Random(7)
    for data in real:
        for mutant in mutants(data[:30_000], chance):
            tried(mutant)
