"""Yes and no: what they mean depends on what was asked. Each question's room knows; this file knows which room."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from skill.conversation.turn import (
    ASKED_ALL,
    ASKED_HOME,
    ASKED_LATEST,
    ASKED_NEWS,
    ASKED_OFFER,
    ASKED_REMINDER,
    ASKED_TIME,
    ASKED_WHAT,
    ASKED_WHICH,
    Reply,
    Turn,
)
from skill.intents.common import Handler, Services

_MEANT: Final = {
    ASKED_REMINDER: ("reminders", "confirmed", "declined"),
    ASKED_TIME: ("reminders", "again", "declined"),
    ASKED_WHAT: ("reminders", "again", "declined"),
    ASKED_WHICH: ("reminders", "manage", "keep_all"),
    ASKED_ALL: ("reminders", "cancel_all", "keep_all"),
    ASKED_HOME: ("home", "keep", "drop"),
    ASKED_OFFER: ("eves", "accepted", "refused"),
    ASKED_LATEST: ("podcasts", "offered", ""),
    ASKED_NEWS: ("notices", "news", ""),
    "more": ("places", "more", ""),
}
"""What was asked: the room, what yes does there, and no."""


def _said(agreed: bool) -> Handler:
    def answer(turn: Turn, services: Services) -> Reply:
        """Yes or no to what was asked."""
        room, *functions = _MEANT.get(turn.focus.asked, ("help", "yes", "no"))
        name = functions[0 if agreed else 1]
        found: Handler = getattr(import_module(f"skill.intents.{room if name else 'help'}"), name or "no")
        return found(turn, services)

    return answer


HANDLERS: Final[dict[str, Handler]] = {"AMAZON.YesIntent": _said(True), "AMAZON.NoIntent": _said(False)}
