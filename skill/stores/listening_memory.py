"""Listening kept in this process only: for a speaker in a terminal without a home, and for tests. Same promises as the others."""

from __future__ import annotations

import threading
from collections.abc import Callable

from skill.conversation.listening import Listening


class InMemory:
    """What people have heard, until the process ends."""

    def __init__(self) -> None:
        self._rows: dict[str, Listening] = {}
        self._lock = threading.Lock()

    def get(self, user: str) -> Listening:
        """What a person has heard."""
        return self._rows.get(user, Listening())

    def change(self, user: str, edit: Callable[[Listening], Listening]) -> Listening:
        """Changes it."""
        with self._lock:
            after = self._rows[user] = edit(self.get(user))
        return after

    def forget(self, user: str) -> None:
        """Erases a person."""
        with self._lock:
            self._rows.pop(user, None)
