"""Rows kept in this process only: for a speaker in a terminal without a home, and for tests. Same promises as the others."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from skill.stores.rows import LISTENING, Kind, Plain

T = TypeVar("T", bound=Plain)


class InMemory(Generic[T]):
    """What is known of people, until the process ends."""

    def __init__(self, kind: Kind[T] = LISTENING) -> None:  # type: ignore[assignment]
        self.kind = kind
        self._rows: dict[str, T] = {}
        self._lock = threading.Lock()

    def get(self, user: str) -> T:
        """What is known of a person."""
        return self._rows.get(user) or self.kind.blank()

    def change(self, user: str, edit: Callable[[T], T]) -> T:
        """Changes it."""
        with self._lock:
            after = self._rows[user] = edit(self.get(user))
        return after

    def forget(self, user: str) -> None:
        """Erases a person."""
        with self._lock:
            self._rows.pop(user, None)
