"""What messages are made of: things with their article, hours, days, numbers, ages, who to ask.

`Name` is a thing with its article, `Words` a text in each language, a `time` is an hour, a `date` is a day, `Phone` a number to be
said in pairs; a tuple is a list, a `Message` inside a message is a clause.
"""

from __future__ import annotations

from datetime import date, datetime, time

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


class Between(Record):
    """A span of days, both ends included."""

    first: date
    last: date


class Contact(Record):
    """Who knows: their own sentence, with their number in it."""

    say: Words
    phone: Phone


class Lasting(Record):
    """A length of time, in seconds, told as one tells it: "12 minutes", "1 heure 5"."""

    seconds: int


class Message(Record):
    """Base of everything that can be said."""


class DayPart(Record):
    """A part of a day: "ce soir", "samedi matin". `part` is "morning", "afternoon", "evening" or "night"."""

    day: date
    part: str


class Ringing(Record):
    """When something rings: at moments, or at hours of every day or of some weekdays."""

    dates: tuple[datetime, ...] = ()
    times: tuple[time, ...] = ()
    days: tuple[int, ...] = ()
