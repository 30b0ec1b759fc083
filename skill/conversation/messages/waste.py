"""Collections and sorting."""

from __future__ import annotations

from datetime import date

from skill.conversation.terms import Contact, Dated, Days, Full, Hours, Message, Name, Words


class NextRound(Message):
    what: Words
    day: Full
    hours: Hours
    where: Words


class NextRoundPart(Message):
    what: Words
    plural: str
    day: Full
    part: str


class NextRoundDoor(Message):
    what: Words
    plural: str
    day: Full


class RoundHours(Message):
    what: Words
    hours: Hours
    day: Full
    where: Words


class RoundYes(Message):
    text: Message


class RoundNo(Message):
    text: Message


class EveryWeek(Message):
    what: Words
    days: Days
    next: Full


class EveryWeekPart(Message):
    what: Words
    days: Days
    part: str
    next: Full


class ByDistricts(Message):
    what: Words
    plural: str
    entries: tuple[Message, ...]


class DistrictDays(Message):
    district: Name
    days: Days


class Confirm(Message):
    """Added when the day is a public holiday of which the rule says nothing."""

    text: Message
    contact: Contact


class WithNote(Message):
    text: Message
    note: Words


class SeasonOver(Message):
    what: Words
    plural: str
    last: Dated
    contact: Contact


class RoundsOver(Message):
    what: Words
    plural: str
    last: Dated
    contact: Contact


class DaysNotPublished(Message):
    what: Words
    contact: Contact


class DaysNotPublishedHere(Message):
    what: Words
    district: Name
    contact: Contact


class PutOutTonight(Message):
    day: date
    entries: tuple[Message, ...]
    contact: Contact


class PutOutHoliday(Message):
    """The same on a public holiday of which the rules say nothing."""

    day: date
    entries: tuple[Message, ...]
    contact: Contact


class NothingKnownTonight(Message):
    contact: Contact


class TonightEntry(Message):
    what: Words
    districts: tuple[Name, ...]


class TonightEntryAll(Message):
    what: Words


class GoesTo(Message):
    item: Words
    plural: str
    to: Words


class ItemAnswer(Message):
    answer: Words


class GoesToWithNext(Message):
    text: Message
    day: Full
    hours: Hours
    where: Words


class GoesToNoDates(Message):
    text: Message
    contact: Contact


class BinRule(Message):
    rule: Words


class ItemNotKnown(Message):
    contact: Contact
