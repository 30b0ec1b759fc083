"""What a podcast is: a show and its episodes, as plain frozen data.

Named tuples rather than dataclasses: whoever only reads a snapshot should not pay for `dataclasses` and `inspect`.
Times are zoned; sizes are bytes; lengths are seconds; a value that nobody gave is None or "".
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

EPISODIC: Final = "episodic"
SERIAL: Final = "serial"
KINDS: Final = ("full", "trailer", "bonus")
LONGEST_GUID: Final = 1024
"""Characters of the longest token that an Alexa player takes; a longer GUID is replaced by its hash."""


class Episode(NamedTuple):
    """One episode, as a listener's application would show it."""

    guid: str
    """Unique in its feed, at most 1,024 characters, never changed."""
    title: str
    published: datetime | None = None
    audio: str = ""
    """https address of the sound; "" where the feed has none that can be played safely."""
    mime: str = ""
    size: int | None = None
    seconds: int | None = None
    description: str = ""
    """Plain text."""
    link: str = ""
    image: str = ""
    season: int | None = None
    number: int | None = None
    kind: str = "full"
    explicit: bool | None = None
    people: tuple[str, ...] = ()
    """Names of those who speak, hosts and guests."""
    transcript: str = ""
    chapters: str = ""


class Show(NamedTuple):
    """What holds for all the episodes of a series."""

    title: str
    description: str = ""
    link: str = ""
    language: str = ""
    """BCP 47: "fr", "fr-fr"."""
    author: str = ""
    owner: str = ""
    email: str = ""
    image: str = ""
    categories: tuple[tuple[str, ...], ...] = ()
    """("News",) or ("Society & Culture", "Documentary"), in the words of Apple's list."""
    explicit: bool | None = None
    type: str = EPISODIC
    copyright: str = ""
    guid: str = ""
    """podcast:guid, a UUID that stays when the feed moves; made of the address where it is empty."""


class Feed(NamedTuple):
    """A series with its episodes, newest first; undated ones last, in the order of the file."""

    show: Show
    episodes: tuple[Episode, ...] = ()


class FeedUnavailable(OSError):
    """Nothing was read, for a reason that staff can act upon. `reason` is a short key, the text says more."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__("".join(c if c.isprintable() else " " for c in text)[:500])  # a server may have written part of it
        self.reason = reason


class Fetched(NamedTuple):
    """What came back. `body` is None where nothing changed since the ETag or date that was sent."""

    body: bytes | None
    url: str
    """Where it came from in the end."""
    content_type: str = ""
    etag: str = ""
    modified: str = ""
    status: int = 200
    headers: dict[str, str] = {}


class FeedRefused(ValueError):
    """The bytes are no podcast feed, or one that it would be unsafe to read."""


def newest_first(episodes: list[Episode]) -> tuple[Episode, ...]:
    """By date, the newest first; of the same date as they came; undated ones last."""
    dated = sorted((e for e in episodes if e.published), key=lambda e: e.published or _NEVER, reverse=True)
    return (*dated, *(e for e in episodes if not e.published))


_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def to_plain(feed: Feed) -> dict[str, Any]:
    """As JSON values, empty ones left out, an empty title too; what a snapshot keeps."""
    return {"show": _plain(feed.show), "episodes": [_plain(e) for e in feed.episodes]}


def _plain(row: Show | Episode) -> dict[str, Any]:
    out = {}
    for key, value in row._asdict().items():
        if value not in (None, "", ()):
            out[key] = value.isoformat() if isinstance(value, datetime) else value
    return out


def episode_from_plain(row: dict[str, Any]) -> Episode:
    """The inverse of `to_plain` for one episode. Raises TypeError or ValueError for what it did not write."""
    given = dict(row)
    if given.get("published"):
        given["published"] = datetime.fromisoformat(given["published"])
    given["people"] = tuple(given.get("people", ()))
    return Episode(**{"title": "", **given})


def feed_from_plain(data: dict[str, Any]) -> Feed:
    """The inverse of `to_plain`. Raises KeyError, TypeError or ValueError for what it did not write."""
    show = dict(data["show"])
    show["categories"] = tuple(tuple(c) for c in show.get("categories", ()))
    return Feed(Show(**{"title": "", **show}), tuple(episode_from_plain(e) for e in data["episodes"]))
