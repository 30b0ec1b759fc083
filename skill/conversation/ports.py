"""What intents may ask of the world, as promises; stores keep them. A fake for tests keeps the same ones (tests/fakes.py)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from skill.conversation.listening import Listening


class StoreUnavailable(OSError):
    """A store cannot do its work just now: locked, full, unreachable. Nothing that was kept is lost."""


class Listeners(Protocol):
    """What each person has heard. A person is an opaque id; an unknown one has heard nothing.

    `change` reads, applies a pure function and writes; should another speaker of the same person write in between, it begins
    again, so that no place is lost. Both raise StoreUnavailable, within two seconds.
    """

    def get(self, user: str) -> Listening:
        """What a person has heard."""
        ...

    def change(self, user: str, edit: Callable[[Listening], Listening]) -> Listening:
        """Changes it, and gives it as it stands after."""
        ...

    def forget(self, user: str) -> None:
        """Erases everything about a person."""
        ...


class OneTurn:
    """The store as one turn asks it: what was read is not read again, and one that failed is not asked twice while somebody waits.

    Nor is anything written over what could not be read.
    """

    def __init__(self, store: Listeners) -> None:
        self._store = store
        self._read: dict[str, Listening] = {}
        self._fault: StoreUnavailable | None = None

    def get(self, user: str) -> Listening:
        """What a person has heard."""
        return self._read[user] if user in self._read else self._ask(user, self._store.get)

    def change(self, user: str, edit: Callable[[Listening], Listening]) -> Listening:
        """Changes it."""
        return self._ask(user, lambda of: self._store.change(of, edit))

    def forget(self, user: str) -> None:
        """Erases a person."""
        self._store.forget(user)
        self._read.pop(user, None)

    def _ask(self, user: str, work: Callable[[str], Listening]) -> Listening:
        if self._fault is not None:
            raise self._fault
        try:
            found = self._read[user] = work(user)
        except StoreUnavailable as error:
            self._fault = error
            raise
        return found
