"""A conversation that its speaker does not carry: a telephone call, messages from a number, a household's assistant.

What the next turn needs is kept for ten minutes, then it is over. And whoever asked for silence is left in peace until they say otherwise.
"""

from __future__ import annotations

from typing import Any, Final

from skill.conversation import plain
from skill.conversation.turn import Focus
from skill.record import Record

KEPT_SECONDS: Final = 600
MOST_SILENCES: Final = 9
LONGEST_TOKEN: Final = 1_024


class Thread(Record):
    """Where a conversation stands."""

    focus: Focus = Focus()
    locale: str = ""
    """As chosen in this conversation; "" for the channel's own."""
    playing: str = ""
    """Token of the sound that was started last."""
    silences: int = 0
    """How many times in a row nothing was heard."""
    menu: str = ""
    """Name of the keypad's menu that was read out last."""

    def plain(self) -> dict[str, Any]:
        """As JSON values, empty ones left out."""
        out = {"focus": self.focus.plain(), "locale": self.locale, "playing": self.playing, "silences": self.silences, "menu": self.menu}
        return {k: v for k, v in out.items() if v}

    @classmethod
    def from_plain(cls, data: Any) -> Thread:
        """The inverse. Raises ValueError where the whole is not ours."""
        if not isinstance(data, dict):
            raise ValueError("not a conversation")
        silences = data.get("silences")
        return cls(
            Focus.from_plain(data.get("focus")), plain.word(data.get("locale")), plain.text(data.get("playing"), LONGEST_TOKEN),
            silences if type(silences) is int and 0 <= silences <= MOST_SILENCES else 0, plain.word(data.get("menu")),
        )  # fmt: skip


class Quiet(Record):
    """Whether somebody asked never to be written to again (STOP)."""

    asked: bool = False

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {"asked": self.asked}

    @classmethod
    def from_plain(cls, data: Any) -> Quiet:
        """The inverse. Raises ValueError."""
        if not isinstance(data, dict) or type(data.get("asked")) is not bool:
            raise ValueError("not a wish for silence")
        return cls(data["asked"])
