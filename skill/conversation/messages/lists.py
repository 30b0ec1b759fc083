"""Which places of a kind, which of several; and the offer to go on."""

from __future__ import annotations

from datetime import date, time

from skill.conversation.terms import DayPart, Hours, Message, Name, Words


class TheseOpen(Message):
    day: date
    entries: tuple[Message, ...]


class PlaceHours(Message):
    place: Name
    hours: tuple[Hours, ...]


class PlaceAlways(Message):
    place: Name


class TheseOpenBoth(Message):
    """Two days of a span."""

    first: Message
    second: Message


class TheseOpenAt(Message):
    at: time
    day: date
    entries: tuple[Message, ...]


class NoneOpenAt(Message):
    kind: Name
    at: time
    day: date
    next: Message


class TheseOpenNow(Message):
    entries: tuple[Message, ...]


class PlaceUntil(Message):
    place: Name
    closes: time


class NoneOpen(Message):
    kind: Name
    day: date | DayPart
    next: Message


class NoneOpenNow(Message):
    kind: Name
    next: Message


class NextOpen(Message):
    day: date
    place: Name
    opens: time


class MoreOfThem(Message):
    text: Message


class TheRest(Message):
    entries: tuple[Message, ...]


class JustPlace(Message):
    place: Name


class WhichPlace(Message):
    kind: Name
    choices: tuple[Name, ...]


class WhichPlaceAtAll(Message):
    """Hours or an address were asked, of no place in particular."""


class WhichOf(Message):
    choices: tuple[Name, ...]


class WhichCollection(Message):
    choices: tuple[Words, ...]


class WhichReprompt(Message):
    choices: tuple[Name, ...]


class Latest(Message):
    """The place that closes last, that day."""

    places: tuple[Name, ...]
    closes: time
    day: date


class Earliest(Message):
    places: tuple[Name, ...]
    opens: time
    day: date


class BesidesAlways(Message):
    """Some are never closed, and said first."""

    always: tuple[Name, ...]
    text: Message
