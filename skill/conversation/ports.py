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
