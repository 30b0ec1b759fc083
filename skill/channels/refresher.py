"""Keeps a running server's podcasts fresh: takes what staff published at once, episodes when they come due, feeds from time to time.

Everything happens here, in the background: no answer ever waits for a feed.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Final

from skill.app import Skill
from skill.channels.faults import described

LOG: Final = logging.getLogger("mairie.podcasts")
LOOK_EVERY_S: Final = 3.0
LOOK_FAR_S: Final = 60.0
"""The same where each look is a request to a bucket."""
DUE_EVERY_S: Final = 30.0
"""How late a scheduled episode may appear."""


class Refresher(threading.Thread):
    """Looks whether staff published something, and reads the feeds every so many minutes."""

    def __init__(self, skill: Skill, minutes: int, every: float = LOOK_EVERY_S) -> None:
        super().__init__(name="podcast-refresher", daemon=True)
        self._skill, self._minutes, self._every = skill, minutes, every
        self._seen: object = None
        self._read = self._due = 0.0
        self._done = threading.Event()

    def run(self) -> None:
        """Looks until stopped. A failure of any kind is told to staff and looked at again."""
        while not self._done.is_set():
            try:
                self.look(time.monotonic())
            except Exception as error:
                LOG.error("podcasts were not looked at: %s", described(error))
            self._done.wait(self._every)

    def look(self, now: float) -> None:
        """One look, at a moment of a clock that only goes forward."""
        programmes = self._skill.programmes
        if self._minutes and (not self._read or now - self._read > self._minutes * 60):
            self._read = now
            for series, outcome in programmes.refresh().items():
                if outcome.read:
                    self._skill.measures.feed_read(series, outcome.read.timestamp())
                LOG.info("series %s: %s, %d episodes%s", series, outcome.state, outcome.episodes, f" ({outcome.fault})" if outcome.fault else "")
        seen = (id(programmes), programmes.versions())
        if seen != self._seen or now - self._due > DUE_EVERY_S:
            self._seen, self._due = seen, now
            programmes.reload().prepared()

    def read_every(self, minutes: int) -> None:
        """From now on, reads the feeds too."""
        self._minutes = minutes

    def stop(self) -> None:
        """Ends the thread."""
        self._done.set()
