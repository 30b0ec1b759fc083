"""All that the skill can say. Each class is one reply; its wording, in every language, is in locales/*/prompts.toml under its name.

Fields are plain values: `Name` is a thing with its article, a `time` is an hour, a `date` is a day, a `Span` is "from ... to ...",
`Phone` is a number to be said in pairs, `Words` is a text in each language, a tuple is a list, a message inside a message is a clause.
A test holds this module and the catalogues together: same names, same placeholders, in every language.
"""

from __future__ import annotations

from datetime import date, time

from skill.record import Record

Words = dict[str, str]


class Name(Record):
    """A thing of the town as it is named inside a sentence."""

    words: Words
    article: str = ""
    plural: bool = False


class Phone(Record):
    """A telephone number, written by pairs."""

    digits: str


class Hours(Record):
    """From one hour to another."""

    opens: time
    closes: time


class Days(Record):
    """Weekdays, 0 is Monday."""

    days: tuple[int, ...]


class Month(Record):
    """A month of the year."""

    first: date


class Ages(Record):
    """An age range in years."""

    start: float
    to: float | None = None


class Full(Record):
    """A day that must not be missed: said with its number and month."""

    day: date


class Dated(Record):
    """A date with its year, without weekday."""

    day: date


class Contact(Record):
    """Who knows: their own sentence, with their number in it."""

    say: Words
    phone: Phone


class Message(Record):
    """Base of everything that can be said."""


# ---- opening hours


class ClosesAt(Message):
    place: Name
    closes: time
    day: date


class ClosesTonight(Message):
    place: Name
    closes: time


class AlreadyClosed(Message):
    place: Name
    closed: time
    next: Message


class DayPart(Record):
    """A part of a day: "ce soir", "samedi matin". `part` is "morning", "afternoon", "evening" or "night"."""

    day: date
    part: str


class OpensAt(Message):
    place: Name
    opens: time
    day: date


class OpenSince(Message):
    place: Name
    opened: time
    closes: time


class OpenBetween(Message):
    place: Name
    hours: tuple[Hours, ...]
    day: date


class OpenYes(Message):
    place: Name
    closes: time


class OpenYesAllDay(Message):
    place: Name


class OpenNotShut(Message):
    """Asked whether it is closed, and it is not."""

    place: Name
    closes: time


class ShutYes(Message):
    """Asked whether it is closed, and it is."""

    place: Name
    next: Message


class ClosedNo(Message):
    place: Name
    next: Message


class OpenThen(Message):
    place: Name
    day: date
    hours: tuple[Hours, ...]


class ClosedThen(Message):
    place: Name
    day: date
    hours: tuple[Hours, ...]


class ClosedOn(Message):
    place: Name
    day: date | DayPart
    next: Message


class AlwaysOpen(Message):
    place: Name


class AlwaysOpenNote(Message):
    place: Name
    note: Words


class HoursNotKnown(Message):
    place: Name
    contact: Contact


class Usually(Message):
    place: Name
    times: tuple[Message, ...]


class DaysAndHours(Message):
    days: Days
    hours: tuple[Hours, ...]


class DaysAllDay(Message):
    days: Days


class InMonth(Message):
    place: Name
    month: Month
    times: tuple[Message, ...]


class InMonthClosesAt(Message):
    place: Name
    month: Month
    closes: time


class InMonthOpensAt(Message):
    place: Name
    month: Month
    opens: time


class InMonthClosed(Message):
    place: Name
    month: Month


class JustHours(Message):
    hours: tuple[Hours, ...]


class OverPeriods(Message):
    """A season of several months."""

    place: Name
    periods: tuple[Message, ...]


class InPeriods(Message):
    place: Name
    month: Month
    periods: tuple[Message, ...]


class FirstPeriod(Message):
    times: tuple[Message, ...]


class FirstPeriodClosed(Message):
    """Closed at the beginning of the span."""


class LaterPeriod(Message):
    day: date
    times: tuple[Message, ...]


class LaterPeriodClosed(Message):
    day: date


class OverDays(Message):
    place: Name
    entries: tuple[Message, ...]


class DayOpen(Message):
    day: date
    hours: tuple[Hours, ...]


class DayClosed(Message):
    day: date


class ClosedBoth(Message):
    place: Name
    first: date
    last: date
    next: Message


class ClosedOver(Message):
    place: Name
    last: date
    next: Message


class OnHolidays(Message):
    place: Name
    hours: tuple[Hours, ...]


class OnHolidaysClosed(Message):
    place: Name


class OnHolidaysNotSaid(Message):
    place: Name
    contact: Contact


class ReopensThen(Message):
    """The first opening after a day to come, which need not be the next one from now."""

    opens: time
    day: date


class ReopensAt(Message):
    opens: time
    day: date


class NotSoon(Message):
    """No coming opening is known."""


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


# ---- which one?


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


# ---- collections


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


class NothingKnownTonight(Message):
    contact: Contact


class TonightEntry(Message):
    what: Words
    districts: tuple[Name, ...]


class TonightEntryAll(Message):
    what: Words


# ---- sorting


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


# ---- places


class PlaceIsAt(Message):
    place: Name
    address: str


class PlaceWhere(Message):
    where: Words


class PlaceInside(Message):
    place: Name
    outer: Name


class PlaceInsideAt(Message):
    place: Name
    outer: Name
    address: str


class PlaceEntrance(Message):
    place: Name
    entrance: str


class WhereNotKnown(Message):
    place: Name
    contact: Contact


class PhoneIs(Message):
    place: Name
    phone: Phone


class PhoneNotKnown(Message):
    place: Name
    contact: Contact


class EntrancesAre(Message):
    place: Name
    entrances: tuple[str, ...]


class EntranceIs(Message):
    place: Name
    entrance: str


class ReachedBy(Message):
    place: Name
    transport: tuple[str, ...]


class AccessNotKnown(Message):
    place: Name
    contact: Contact


class PricesAre(Message):
    prices: Words


class FareIs(Message):
    place: Name
    who: Words
    amount: Words


class PriceNotKnown(Message):
    place: Name
    contact: Contact


class AgesAre(Message):
    place: Name
    ages: Ages


class AgesAreMany(Message):
    place: Name
    areas: tuple[Ages, ...]


class AgesNotKnown(Message):
    place: Name
    contact: Contact


class AreaIs(Message):
    place: Name
    hectares: float


class AreaIsSmall(Message):
    place: Name
    metres: int


class AreaNotKnown(Message):
    place: Name


class AboutPlace(Message):
    place: Name
    about: Words


class AboutNotKnown(Message):
    place: Name


class HasFacility(Message):
    place: Name
    facility: Words


class NoFacility(Message):
    place: Name
    facility: Words
    choices: tuple[Name, ...]


class FacilityAt(Message):
    facility: Words
    places: tuple[Name, ...]


class PlacesAre(Message):
    kind: Name
    places: tuple[Name, ...]
    count: int


class NoneInDistrict(Message):
    kind: Name
    district: Name
    places: tuple[Name, ...]


class NoPlayAreaForAge(Message):
    age: Ages


class PlayAreasFor(Message):
    age: Ages
    places: tuple[Name, ...]


# ---- facts


class FactAnswer(Message):
    answer: Words


class FactPlainly(Message):
    """Without its "yes" or "no", where the question was turned the other way."""

    answer: Words


# ---- podcasts and reminders: what the later issues will do, said plainly meanwhile


class PodcastNotYet(Message):
    """No feed is connected: said instead of pretending to play."""


class PodcastNamedNotYet(Message):
    series: Name


class ReminderNotYet(Message):
    """Reminders are not there yet."""


class ReminderNotYetBut(Message):
    text: Message


# ---- the conversation itself


class Welcome(Message):
    welcome: Words


class Help(Message):
    """What one can ask, by an example of the town's own."""

    example: Words


class HelpAtLarge(Message):
    """What one can ask, where the town proposes no example."""


class HelpReprompt(Message):
    """Said when nothing follows."""


class Goodbye(Message):
    """Taking leave."""


class YouAreWelcome(Message):
    """Answer to thanks."""


class HelloBack(Message):
    """Answer to a bare greeting."""


class Again(Message):
    text: str


class NothingToRepeat(Message):
    """ "Répète" before anything was said."""


class SourceIs(Message):
    page: str
    updated: Dated


class SourcePage(Message):
    page: str


class NoSource(Message):
    """Asked where from, before any fact was given."""


class NotUnderstood(Message):
    """First time: one example."""


class NotUnderstoodAgain(Message):
    """Second time: two choices."""


class NotUnderstoodAtAll(Message):
    contact: Contact


class NotOurs(Message):
    """A clear question that is not for a town hall."""


class NoTransportTimes(Message):
    """Metro and bus times are others' business."""


class NotOurTown(Message):
    town: str


class WhatAbout(Message):
    district: Name


class WhichDay(Message):
    """The day said was not understood, or is too far to be known."""


class UnknownPlace(Message):
    kind: Name


class NotKnownAbout(Message):
    place: Name
    contact: Contact


class NotKnown(Message):
    contact: Contact


class Kindly(Message):
    """Insults, jokes, declarations: a light word and back to work."""


class Ready(Message):
    """An aside was heard: quietly there."""


class AllRight(Message):
    """ "Non merci" after an offer."""


class Emergency(Message):
    """A person in danger: the number first."""


class EmergencyFire(Message):
    """Fire, smoke, gas."""


class EmergencyPolice(Message):
    """Violence, burglary."""


class EmergencyDistress(Message):
    """Thoughts of suicide: 3114."""


class CannotPlay(Message):
    """A player command on a device or in a state that has nothing to play."""


class Trouble(Message):
    contact: Contact
