"""When one place is open."""

from __future__ import annotations

from datetime import date, time

from skill.conversation.terms import Contact, DayPart, Days, Hours, Message, Month, Name, Words


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


class ThatDay(Message):
    """The hours of a day of which another part was asked about."""

    hours: tuple[Hours, ...]


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


class ReopensOn(Message):
    """From the first hour of a day on."""

    day: date


class ReopensAt(Message):
    opens: time
    day: date


class NotSoon(Message):
    """No coming opening is known."""
