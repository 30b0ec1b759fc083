"""What of a turn the town knows. A session may be older than the town's files, or forged: the rest is dropped before a handler sees it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from skill.conversation.turn import ASKED_HOME, ASKED_WHICH, Focus, Slots, Turn
from skill.intents.common import Services
from skill.intents.router import HANDLERS

_NOTHING: Final = Slots()
_OUTSIDE: Final = (ASKED_HOME, ASKED_WHICH)
"""What was asked whose choices are no records of the town."""
FALLBACK: Final = "AMAZON.FallbackIntent"


def known_slots(slots: Slots, services: Services) -> Slots:
    """The slots without ids that the town does not have."""
    city, gone = services.city, dict[str, Any]()
    if slots.places and not all(p in city.places for p in slots.places):
        gone["places"] = tuple(p for p in slots.places if p in city.places)
    if slots.items and not all(i in city.items for i in slots.items):
        gone["items"] = tuple(i for i in slots.items if i in city.items)
    for key, value, table in (
        ("collection", slots.collection, city.collections), ("bin", slots.bin, city.bins), ("facility", slots.facility, city.facilities),
        ("district", slots.district, city.districts), ("series", slots.series, city.series), ("fact", slots.fact, city.facts),
    ):  # fmt: skip
        if value and value not in table:
            gone[key] = ""
    if slots.episode and services.shelf.by_key(slots.episode) is None:
        gone["episode"] = ""
    if slots.kind and not _kind(slots.kind, services):
        gone["kind"] = ""
    return slots.but(**gone) if gone else slots


def _kind(kind: str, services: Services) -> bool:
    """Whether there is such a sort of place or of equipment: most have words of their own, so that no record needs to be read."""
    if any(kind in kinds for kinds in services.kinds.values()) or kind in services.city.facilities:
        return True
    return any(place.kind == kind for place in services.city.places.values())


def known_focus(focus: Focus, services: Services, today: date) -> Focus:
    """The focus without intents, ids and days that are not ours."""
    changes: dict[str, Any] = {}
    if focus.intent and focus.intent not in HANDLERS and focus.intent != "LaunchIntent":
        changes["intent"] = ""
    if focus.slots != _NOTHING:
        slots = known_slots(focus.slots, services)
        when = slots.when.near(today)
        slots = slots if when is slots.when else slots.but(when=when)
        if slots is not focus.slots:
            changes["slots"] = slots
    if focus.choices:
        tables: tuple[Mapping[str, Any], ...] = (
            services.city.places, services.city.collections, services.city.districts, services.city.series, services.city.streets,
        )  # fmt: skip
        choices = tuple(
            c
            for c in focus.choices
            if any(c in table for table in tables) or (focus.asked == "episode" and services.shelf.by_key(c)) or focus.asked in _OUTSIDE
        )
        if choices != focus.choices:
            changes["choices"] = choices
    return focus.but(**changes) if changes else focus


def known_turn(turn: Turn, services: Services) -> Turn:
    """The turn with nothing in it that the town does not know; an intent of nobody is a question not understood."""
    slots = known_slots(turn.slots, services) if turn.slots is not _NOTHING else turn.slots
    intent = turn.intent if turn.intent in HANDLERS or turn.intent == "LaunchIntent" else FALLBACK
    focus = known_focus(turn.focus, services, turn.now.date())
    if slots is turn.slots and intent == turn.intent and focus is turn.focus:
        return turn
    return turn.but(slots=slots, intent=intent, focus=focus)
