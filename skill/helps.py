"""What a turn brings with it beside its words: what the speaker can do for the person, and how the person likes to be spoken to."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from skill.conversation.ports import StoreUnavailable, no_address
from skill.conversation.profile import Manner, said_manner
from skill.conversation.turn import Turn
from skill.intents.common import Services
from skill.record import Record

if TYPE_CHECKING:
    from skill.conversation.ports import Reminders

PLAINLY: Final = Manner()
REST_SECONDS: Final = 30.0
"""For which a store of profiles that failed is not asked how to speak."""


class Helps(Record):
    """What a speaker can do for the person who speaks, beside playing."""

    reminders: Callable[[], Reminders | None] | None = None
    """Rings; None where a calendar must do."""
    address: Callable[[], str] = no_address


class Manners:
    """How each person likes to be spoken to. A store that is out is left alone for a while: nobody waits for it at every word."""

    def __init__(self) -> None:
        self._rest_until = 0.0

    def of(self, turn: Turn, services: Services) -> Manner:
        """As was said in this session, else as the person's profile has it."""
        if turn.focus.manner:
            return said_manner(turn.focus.manner)
        if not turn.user or time.monotonic() < self._rest_until:
            return PLAINLY
        try:
            return services.memory.people.get(turn.user).manner
        except StoreUnavailable as error:
            services.warn(f"profiles cannot be read: {error}")
            self._rest_until = time.monotonic() + REST_SECONDS
            return PLAINLY
