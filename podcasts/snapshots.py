"""The last good reading of each feed, kept so that a feed that is down, broken or slow takes nothing away.

`refresh` is the only thing that reads a feed; it runs from the command line, in the background of a server, or on a schedule in
the cloud, never while somebody waits for an answer. A snapshot is plain JSON in a storage: the feed, when it was read, what
the server said to recognise it by, and the last fault, for staff.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

from podcasts.mend import decoded, is_cut
from podcasts.model import Feed, FeedRefused, FeedUnavailable, Fetched, feed_from_plain, to_plain
from podcasts.storage import Storage

VERSION: Final = 1


class Snapshot(NamedTuple):
    """One feed as it was last read."""

    feed: Feed
    url: str
    read: datetime
    """When the feed was last known to be so: a 304 counts."""
    etag: str = ""
    modified: str = ""
    fault: str = ""
    """Why the last attempt failed; "" after a good one."""
    tried: datetime | None = None


class Outcome(NamedTuple):
    """What one refresh did: "new", "same" or "failed", and the reason for staff."""

    state: str
    episodes: int
    fault: str = ""
    read: datetime | None = None


Fetch = Callable[..., Fetched]


def key_of(series: str) -> str:
    """Where the snapshot of a series is kept."""
    return f"snapshots/{series}.json"


def load(storage: Storage, series: str) -> Snapshot | None:
    """The snapshot of a series, or None where there is none that can be read."""
    found = storage.get(key_of(series))
    if found is None:
        return None
    try:
        data = json.loads(found.data)
        if data["version"] != VERSION:
            return None
        tried = datetime.fromisoformat(data["tried"]) if data.get("tried") else None
        return Snapshot(
            feed_from_plain(data),
            data["url"],
            datetime.fromisoformat(data["read"]),
            data.get("etag", ""),
            data.get("modified", ""),
            data.get("fault", ""),
            tried,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def save(storage: Storage, series: str, snapshot: Snapshot) -> None:
    """Keeps a snapshot, whole or not at all."""
    data = {
        "version": VERSION, "url": snapshot.url, "read": snapshot.read.isoformat(), "etag": snapshot.etag, "modified": snapshot.modified,
        "fault": snapshot.fault, "tried": snapshot.tried.isoformat() if snapshot.tried else "", **to_plain(snapshot.feed),
    }  # fmt: skip
    storage.put(key_of(series), json.dumps(data, ensure_ascii=False).encode())


def refresh(series: str, url: str, storage: Storage, now: datetime, fetch: Fetch) -> Outcome:
    """Reads one feed where it changed. A failure keeps what was there and says why; never raises for the feed's own faults."""
    from podcasts.read import read  # feedparser is a twentieth of a second to load: only where a feed came

    old = load(storage, series)
    if old is not None and old.url != url:
        old = old._replace(etag="", modified="")
    try:
        answer = fetch(url, old.etag if old else "", old.modified if old else "")
        if answer.body is None and old is not None:
            save(storage, series, old._replace(read=now, fault="", tried=now, url=url))
            return Outcome("same", len(old.feed.episodes), read=now)
        feed = read(answer.body or b"", answer.url, answer.content_type)
        if old is not None and old.feed.episodes and not feed.episodes:
            raise FeedRefused("le flux n'a plus aucun épisode : les anciens sont gardés")
        if old is not None and len(feed.episodes) < len(old.feed.episodes) and is_cut(decoded(answer.body or b"", answer.content_type)):
            raise FeedRefused("le flux est coupé avant sa fin : l'ancien, plus complet, est gardé")
    except (FeedUnavailable, FeedRefused) as error:
        if old is None:
            return Outcome("failed", 0, str(error))
        save(storage, series, old._replace(fault=str(error), tried=now))
        return Outcome("failed", len(old.feed.episodes), str(error), old.read)
    save(storage, series, Snapshot(feed, url, now, answer.etag, answer.modified, "", now))
    return Outcome("new", len(feed.episodes), read=now)
