"""Rows kept in this process only: for a speaker in a terminal without a home, and for tests. Same promises as the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from skill.stores.rows import LISTENING, Kind, Plain

T = TypeVar("T", bound=Plain)


class InMemory(Generic[T]):
    """What is known of people, until the process ends."""

    def __init__(self, kind: Kind[T] = LISTENING, clock: Callable[[], float] = time.time) -> None:  # type: ignore[assignment]
        self.kind, self._clock = kind, clock
        self._rows: dict[str, tuple[T, float]] = {}
        self._lock = threading.Lock()

    def get(self, user: str) -> T:
        """What is known of a person."""
        value, until = self._rows.get(user) or (self.kind.blank(), 0.0)
        return value if until >= self._clock() else self.kind.blank()

    def change(self, user: str, edit: Callable[[T], T]) -> T:
        """Changes it."""
        with self._lock:
            after = edit(self.get(user))
            self._rows[user] = (after, self._clock() + self.kind.seconds)
        return after

    def forget(self, user: str) -> None:
        """Erases a person."""
        with self._lock:
            self._rows.pop(user, None)

    def sweep(self) -> int:
        """Lets go of what is over, and says how much it was."""
        with self._lock:
            over = [user for user, (_, until) in self._rows.items() if until < self._clock()]
            for user in over:
                del self._rows[user]
        return len(over)
