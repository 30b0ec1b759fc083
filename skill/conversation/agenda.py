"""The reminders of somebody whose speaker cannot ring: kept here, and read by a calendar at an address that nobody can guess."""

from __future__ import annotations

from typing import Any, Final

from skill.conversation import plain
from skill.conversation.reminders import Reminder, reminders_from
from skill.record import Record

MOST_REMINDERS: Final = 60


class Agenda(Record):
    """One person's reminders, in the order in which they were asked for."""

    reminders: tuple[Reminder, ...] = ()
    seen: str = ""
    """Month in which it was last kept for longer."""

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {"reminders": [r.plain() for r in self.reminders], "seen": self.seen}

    @classmethod
    def from_plain(cls, data: Any) -> Agenda:
        """The inverse. Raises ValueError where the whole is not ours."""
        if not isinstance(data, dict) or not isinstance(data.get("reminders"), list):
            raise ValueError("not an agenda")
        return cls(reminders_from(data["reminders"], MOST_REMINDERS), plain.word(data.get("seen")))
