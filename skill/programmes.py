"""The town's programmes: where each series comes from, and the shelf of episodes that answers read.

A series is the staff's own (a library in our storage), somebody else's (a feed, of which a snapshot is kept), or the demonstration
that ships with us. Reading feeds is `refresh`, called from the command line, a server's background or a schedule; answers only
ever see `shelf`, which is in memory.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from skill.city.model import City, Series
from skill.city.shelf import Shelf

if TYPE_CHECKING:
    from podcasts.library import Library
    from podcasts.model import Feed
    from podcasts.snapshots import Outcome
    from podcasts.storage import Storage

    Home = Storage | Callable[[], Storage | None] | None
else:
    Home = object  # podcasts are read about when first asked for

OLD_SECONDS: Final = 300
"""After this a function in the cloud looks whether there is something new, while no one waits."""
RETRY_SECONDS: Final = 20
"""After this a series that could not be read at all is tried again, also for somebody who waits."""


class Programmes:
    """Every series of a town."""

    def __init__(self, city: City, storage: Home, address: str, clock: Callable[[], datetime]) -> None:
        """`address` is what stands before the storage's keys on the web: "https://mairie.example/podcasts"."""
        self.city, self._home, self.address, self._clock = city, storage, address.rstrip("/"), clock
        self._shelf: Shelf | None = None
        self._read = 0.0
        self._lacking = False
        self._lock = threading.Lock()

    @property
    def storage(self) -> Storage | None:
        """The home of podcasts, made when first needed; None where nothing is kept."""
        if callable(self._home):
            self._home = self._home()
        return self._home

    @property
    def shelf(self) -> Shelf:
        """The episodes that can be played: read when first asked for, and again by `reload`, or where a series is lacking."""
        if self._shelf is None or (self._lacking and time.monotonic() - self._read > RETRY_SECONDS):
            self.reload()
        return self._shelf or Shelf()

    def reload(self) -> Shelf:
        """Reads the snapshots and libraries again, whole or not at all."""
        from skill.stores.shelf import shelf_of

        with self._lock:
            self._read = time.monotonic()
            feeds: dict[str, Feed] = {}
            unread: set[str] = set()
            for series in sorted(self.city.series.values(), key=lambda s: not s.own):  # ours first: no other feed takes a GUID from them
                try:
                    feed = self._feed(series)
                except (OSError, ValueError) as error:
                    _log().error("series %s cannot be read, what was known of it stays: %s", series.id, error)
                    unread.add(series.id)
                    continue
                if feed is not None:
                    feeds[series.id] = feed
            fresh = shelf_of(feeds, [s.id for s in self.city.series.values() if s.demonstration])
            kept = {key: episodes for key, episodes in (self._shelf.series if self._shelf else {}).items() if key in unread}
            self._lacking = not unread <= kept.keys()
            serial = fresh.serial | (self._shelf.serial & kept.keys() if self._shelf else set())
            self._shelf = Shelf({**fresh.series, **kept}, serial, fresh.demonstration) if kept else fresh
            return self._shelf

    def reload_if_old(self) -> None:
        """For a function in the cloud, called where nobody waits for a voice."""
        if time.monotonic() - self._read > OLD_SECONDS:
            self.reload()

    def _feed(self, series: Series) -> Feed | None:
        library = self.library(series.id)
        if library is not None:
            if self.lost(series.id):
                raise OSError("its list of episodes is gone: is the disk there?")
            return library.feed(self._clock())
        if self.storage is None or not series.feed:
            return None
        from podcasts import snapshots

        found = snapshots.load(self.storage, series.id)
        return found.feed if found else None

    def feed_of(self, series_id: str) -> Feed | None:
        """What is known of a series: its library's episodes of the moment, or its snapshot."""
        series = self.city.series.get(series_id)
        return self._feed(series) if series else None

    def lost(self, series_id: str) -> bool:
        """Whether the list of a series of ours was there and is not any more, as when its disk is taken away: that is no empty series."""
        if self.storage is None or self._shelf is None or series_id not in self.own() or not self._shelf.of(series_id):
            return False
        from podcasts import catalogue

        return self.storage.info(catalogue.key_of(series_id)) is None

    def versions(self) -> tuple[str, ...]:
        """Of every file that the shelf is made from: they differ once anything was published or refreshed."""
        if self.storage is None:
            return ()
        from podcasts import catalogue, snapshots

        keys = [catalogue.key_of(s.id) if s.own else snapshots.key_of(s.id) for s in self.city.series.values() if not s.demonstration]
        found = [self.storage.info(key) for key in keys]
        return tuple(info.version if info else "" for info in found)

    def library(self, series_id: str) -> Library | None:
        """The library of a series that is published here, the demonstration's too; None for any other."""
        from podcasts.cover import cover_of
        from podcasts.library import Library

        series = self.city.series.get(series_id)
        if series is None or not (series.own or series.demonstration):
            return None
        storage = self.storage
        if series.demonstration:
            from pathlib import Path

            from podcasts.folder import Folder

            storage = Folder(Path(__file__).resolve().parent.parent / "podcasts" / "shipped")
        if storage is None:
            return None
        show = show_of(series, self.city)
        return Library(storage, series.id, show if show.image else show._replace(image=cover_of(storage, series.id)), self.address)

    def own(self) -> list[str]:
        """Ids of the series that staff publish here."""
        return [s.id for s in self.city.series.values() if s.own]

    def refresh(self, fetch: Callable[..., Any] | None = None) -> dict[str, Outcome]:
        """Reads every feed that changed, puts episodes that came due into our own, and takes the shelf anew."""
        from podcasts.fetch import fetch as real
        from podcasts.snapshots import Outcome, refresh

        outcomes: dict[str, Outcome] = {}
        if self.storage is None:
            return outcomes
        for series in self.city.series.values():
            try:
                library = self.library(series.id) if series.own else None
                if library is not None:
                    changed = library.publish(self._clock())
                    outcomes[series.id] = Outcome("new" if changed else "same", len(library.feed(self._clock()).episodes), read=self._clock())
                elif series.feed:
                    outcomes[series.id] = refresh(series.id, series.feed, self.storage, self._clock(), fetch or real)
            except (OSError, ValueError) as error:
                outcomes[series.id] = Outcome("failed", 0, str(error))
            outcome = outcomes.get(series.id)
            if outcome and outcome.state == "failed":
                _log().error("series %s was not refreshed: %s", series.id, outcome.fault)
        self.reload()
        return outcomes


def show_of(series: Series, city: City) -> Any:
    """What the feed of a series of our own says of it, from the town's file."""
    import uuid

    from podcasts.model import EPISODIC, SERIAL, Show

    return Show(
        title=series.name["fr"], description=series.description.get("fr", "") or series.name["fr"], language="fr", author=series.author or city.name,
        owner=series.author or city.name, email=series.email, image=series.image, explicit=False, type=SERIAL if series.serial else EPISODIC,
        guid=str(uuid.uuid5(uuid.NAMESPACE_URL, f"mairie-vocale:{city.id}/{series.id}")),
        categories=tuple(tuple(part.strip() for part in c.split(" / ")) for c in series.categories),
    )  # fmt: skip


def _log() -> Any:
    import logging  # only when something is wrong

    return logging.getLogger("mairie.podcasts")
