"""How fast answers come and how often we fail, of this process, for the staff's health page and for whoever watches a server."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Final

MOST: Final = 1_000
"""Answers that are remembered."""


class Measures:
    """Counted while the process runs; nothing about anybody, nor what was said."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: deque[float] = deque(maxlen=MOST)
        self.answers = 0
        self.since = time.time()
        self.errors: Counter[str] = Counter()
        self._watchers: list[tuple[Callable[[str], None], Callable[[str, float], None] | None]] = []

    def watch(self, failed: Callable[[str], None], feed_read: Callable[[str, float], None] | None = None) -> None:
        """Has somebody else told of each fault, and of when each feed was last read well (seconds since 1970)."""
        self._watchers.append((failed, feed_read))

    def feed_read(self, series: str, at: float) -> None:
        """A feed that was read well."""
        for _, tell in self._watchers:
            if tell is not None:
                tell(series, at)

    def answered(self, seconds: float) -> None:
        """An answer that took so long."""
        with self._lock:
            self.answers += 1
            self._last.append(seconds)

    def failed(self, what: str) -> None:
        """A fault of ours, by its kind."""
        with self._lock:
            self.errors[what] += 1
        for tell, _ in self._watchers:
            tell(what)

    def speeds(self) -> tuple[float, float]:
        """Median and 99th percentile of the last answers, in milliseconds; 0 where there is none."""
        with self._lock:
            times = sorted(self._last)
        if not times:
            return 0.0, 0.0
        return 1000 * times[len(times) // 2], 1000 * times[min(len(times) - 1, int(0.99 * len(times)))]
