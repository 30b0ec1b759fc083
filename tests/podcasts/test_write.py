"""A feed as directories read it: well-formed whatever it is given, the same bytes for the same series."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from podcasts.model import Episode, Feed, Show
from podcasts.read import read
from podcasts.write import ATOM, ITUNES, PODCAST, write
from tests.podcasts.sounds import NOW, SHOW

URL = "https://ville.example/podcasts/ville/feed.xml"
EPISODE = Episode(
    guid="urn:uuid:1", title="Le marché", published=NOW, audio="https://ville.example/a.mp3?x=1&y=2", mime="audio/mpeg", size=1234, seconds=61,
    description="Où et quand.\nEt comment.", image="https://ville.example/a.png", season=2, number=7, kind="bonus", explicit=False,
    people=("Anne Le Goff", "Zoë"), transcript="https://ville.example/a.vtt", chapters="https://ville.example/a.json",
)  # fmt: skip


def channel(data: bytes) -> ET.Element:
    found = ET.fromstring(data).find("channel")
    assert found is not None
    return found


def test_every_part_stands_where_directories_look_for_it() -> None:
    data = write(Feed(SHOW, (EPISODE,)), URL, NOW)
    show = channel(data)
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<rss xmlns:')
    for prefix, uri in (("itunes", ITUNES), ("podcast", PODCAST), ("atom", ATOM)):
        assert f'xmlns:{prefix}="{uri}"'.encode() in data
    assert show.find(f"{{{ATOM}}}link").attrib == {"href": URL, "rel": "self", "type": "application/rss+xml"}  # type: ignore[union-attr]
    assert [show.findtext(t) for t in ("title", "link", "description", "language")] == [SHOW.title, SHOW.link, SHOW.description, "fr"]
    assert show.findtext(f"{{{ITUNES}}}explicit") == "false"
    assert show.find(f"{{{ITUNES}}}image").attrib == {"href": SHOW.image}  # type: ignore[union-attr]
    assert [c.get("text") for c in show.iter(f"{{{ITUNES}}}category")] == ["Government", "News", "Daily News"]
    assert show.findtext(f"{{{ITUNES}}}owner/{{{ITUNES}}}email") == SHOW.email
    locked = show.find(f"{{{PODCAST}}}locked")
    assert locked is not None
    assert (locked.text, locked.attrib) == ("yes", {"owner": SHOW.email})
    assert show.findtext(f"{{{PODCAST}}}guid") == str(uuid.uuid5(uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6"), "ville.example/podcasts/ville/feed.xml"))
    item = show.find("item")
    assert item is not None
    assert item.find("enclosure").attrib == {"url": EPISODE.audio, "length": "1234", "type": "audio/mpeg"}  # type: ignore[union-attr]
    assert (item.findtext("guid"), item.find("guid").attrib) == ("urn:uuid:1", {"isPermaLink": "false"})  # type: ignore[union-attr]
    assert item.findtext("pubDate") == "Sat, 21 Nov 2026 08:00:00 +0000"
    assert item.findtext(f"{{{ITUNES}}}duration") == "61"
    assert item.find(f"{{{PODCAST}}}transcript").attrib == {"url": EPISODE.transcript, "type": "text/vtt"}  # type: ignore[union-attr]
    assert item.find(f"{{{PODCAST}}}chapters").attrib == {"url": EPISODE.chapters, "type": "application/json+chapters"}  # type: ignore[union-attr]


def test_podcast_guid_is_the_one_of_the_specification() -> None:
    """The example of podcastindex.org: the address without its scheme and last slashes."""
    for url in ("https://podnews.net/rss", "http://podnews.net/rss/"):
        assert channel(write(Feed(SHOW), url)).findtext(f"{{{PODCAST}}}guid") == "9b024349-ccf0-5f69-a609-6b82873eab3c"


def test_the_same_feed_is_the_same_bytes() -> None:
    assert write(Feed(SHOW, (EPISODE,)), URL, NOW) == write(Feed(SHOW, (EPISODE,)), URL, NOW)


def test_our_reader_reads_what_we_wrote() -> None:
    found = read(write(Feed(SHOW, (EPISODE,)), URL, NOW))
    assert found.episodes == (EPISODE,)
    assert found.show._replace(categories=SHOW.categories) == SHOW


@pytest.mark.parametrize("lacks", ["guid", "audio", "mime", "size"])
def test_an_episode_that_a_directory_would_drop_is_refused(lacks: str) -> None:
    with pytest.raises(ValueError, match="lacks"):
        write(Feed(SHOW, (EPISODE._replace(**{lacks: None if lacks == "size" else ""}),)), URL)


def test_a_show_that_says_nothing_still_makes_a_feed() -> None:
    show = channel(write(Feed(Show("Ville")), URL))
    assert [show.findtext(t) for t in ("link", "description", "language")] == [URL, "Ville", "fr"]
    assert [c.get("text") for c in show.iter(f"{{{ITUNES}}}category")] == ["Government"]
    assert show.find(f"{{{ITUNES}}}owner") is None


@given(st.datetimes(min_value=datetime(1990, 1, 2), max_value=datetime(2100, 1, 1)), st.integers(-12 * 4, 14 * 4))
def test_dates_are_of_rfc_2822(moment: datetime, quarters: int) -> None:
    published = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=15 * quarters)))
    date = channel(write(Feed(SHOW, (EPISODE._replace(published=published),)), URL)).findtext("item/pubDate") or ""
    assert re.fullmatch(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", date)
    assert parsedate_to_datetime(date) == published


ANY = st.text(st.characters(), max_size=60)


@example("", "", [], "\ud800")  # half a character, in the address of the feed itself
@given(ANY, ANY, st.lists(ANY, max_size=3), ANY)
def test_no_text_breaks_the_feed(title: str, description: str, people: list[str], place: str) -> None:
    episode = EPISODE._replace(
        guid=f"g{title}", title=title, description=description, people=tuple(people), audio=f"https://x.example/{place}", mime=f"audio/{place}"
    )
    show = SHOW._replace(title=f"S{title}", description=description, image=f"https://x.example/{place}", email=place, categories=((place,),), copyright=title)
    data = write(Feed(show, (episode,)), f"https://x.example/{place}", NOW)
    data.decode("utf-8")
    assert len(list(channel(data).iter("item"))) == 1
    assert len(read(data).episodes) == 1


def test_undated_and_zoned() -> None:
    assert channel(write(Feed(SHOW, (EPISODE._replace(published=None),)), URL)).find("item/pubDate") is None
    assert channel(write(Feed(SHOW), URL, datetime(2026, 7, 1, tzinfo=UTC))).findtext("lastBuildDate") == "Wed, 01 Jul 2026 00:00:00 +0000"
