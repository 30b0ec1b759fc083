"""Calendars (RFC 5545) of collections and of one's reminders, with alarms: for Home Assistant, Apple and Google calendars, and any other.

Only rounds that are sure to come stand in them. Written by icalendar, so that folding, escaping and time zones are as they should be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from icalendar import Alarm, Calendar, Event

from skill.city import waste
from skill.city.model import City, Collection
from skill.city.waste import Passage
from skill.conversation.agenda import Agenda
from skill.conversation.reminders import Reminder
from skill.intents.eves import EVENING, eve_of

PAST_DAYS: Final = 31
AHEAD_DAYS: Final = 370
"""How far rounds are written down: calendars come back every day."""
BEFORE: Final = timedelta(hours=2)
"""When the alarm of a round rings that one goes to."""
WHOLE_TOWN: Final = "ville"
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LASTS: Final = timedelta(minutes=15)
"""Length of a reminder in a calendar."""


def sectors(city: City) -> tuple[str, ...]:
    """Ids of the calendars of collections: each district that has days of its own, and the whole town for what all share."""
    own = dict.fromkeys(d for c in city.collections.values() if c.door for d in waste.by_district(c))
    return (*own, WHOLE_TOWN)


def collections_calendar(city: City, sector: str, today: date, language: str = "fr") -> bytes:
    """The rounds of a sector from a month ago to a year on, each with an alarm."""
    calendar = _calendar(city, f"{_titles(language)[0]} - {_called(city, sector, language)}")
    first, last = today - timedelta(days=PAST_DAYS), today + timedelta(days=AHEAD_DAYS)
    for collection in city.collections.values():
        for each in waste.certain(city, collection, first, last, "" if sector == WHOLE_TOWN else sector):
            if each.round.district and sector == WHOLE_TOWN and collection.door:
                continue
            calendar.add_component(_round(city, collection, each, sector, today, language))
    return _written(calendar)


def own_calendar(city: City, agenda: Agenda, now: datetime) -> bytes:
    """Somebody's reminders: those that come back as rules, the others at their moments, the eves of collections for a year."""
    calendar = _calendar(city, _titles("fr")[1])
    for reminder in agenda.reminders:
        language = reminder.locale[:2]
        collection = city.collections.get(reminder.collection)
        if collection:
            last = now.date() + timedelta(days=AHEAD_DAYS)
            at = reminder.at or EVENING
            eves = (eve_of(p, at, now) for p in waste.certain(city, collection, now.date(), last, reminder.district))
            for moment in eves:
                calendar.add_component(_event(city, reminder, moment, collection.say.get(language, collection.say["fr"]), now))
        else:
            for moment, rule in _moments(reminder, now):
                calendar.add_component(_event(city, reminder, moment, reminder.text, now, rule))
    return _written(calendar)


def _moments(reminder: Reminder, now: datetime) -> Iterable[tuple[datetime, dict[str, Any] | None]]:
    """Where each hour of a reminder begins, and how it comes back."""
    if reminder.rule.dates:
        return [(d.astimezone(now.tzinfo), None) for d in reminder.rule.dates]
    days = reminder.rule.days
    rule: dict[str, Any] = {"freq": "weekly", "byday": [_DAYS[d] for d in days]} if days else {"freq": "daily"}
    first = now.date() - timedelta(days=7)  # a week ago: so that it stands in the calendar whatever the hour
    begin = next(first + timedelta(days=n) for n in range(7) if not days or (first + timedelta(days=n)).weekday() in days)
    return [(datetime.combine(begin, t, now.tzinfo), rule) for t in reminder.rule.times]


def _round(city: City, collection: Collection, each: Passage, sector: str, today: date, language: str) -> Event:
    event = Event()
    words = collection.say.get(language, collection.say["fr"])
    event.add("uid", f"{_id(collection.id, sector, each.day, each.round.schedule)}@{city.id}")
    event.add("dtstamp", datetime.combine(today, time()).astimezone(each.ends.tzinfo))
    event.add("summary", words[:1].upper() + words[1:])
    if each.round.where:
        where = each.round.where.get(language, each.round.where["fr"])
        event.add("location", where[:1].upper() + where[1:])
    if each.span and each.round.where:
        event.add("dtstart", each.span.opens)
        event.add("dtend", each.span.closes)
        event.add_component(_alarm(words, -BEFORE))
    else:
        event.add("dtstart", each.day)
        event.add("dtend", each.day + timedelta(days=1))
        event.add_component(_alarm(words, timedelta(hours=EVENING.hour - 24)))
    if collection.only:
        event.add("description", collection.only.get(language, collection.only["fr"]))
    if collection.source.page.startswith("https://"):
        event.add("url", collection.source.page)
    event.add("transp", "TRANSPARENT")
    return event


def _event(city: City, reminder: Reminder, moment: datetime, text: str, now: datetime, rule: dict[str, Any] | None = None) -> Event:
    event = Event()
    event.add("uid", f"{_id(*reminder.tokens, moment.isoformat() if rule is None else moment.time().isoformat())}@{city.id}")
    event.add("dtstamp", now.replace(hour=0, minute=0, second=0, microsecond=0))
    event.add("dtstart", moment)
    event.add("dtend", moment + LASTS)
    event.add("summary", text[:1].upper() + text[1:])
    if rule:
        event.add("rrule", rule)
    event.add_component(_alarm(text, timedelta()))
    return event


def _alarm(text: str, trigger: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    alarm.add("trigger", trigger)
    return alarm


def _calendar(city: City, name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//Mairie vocale//{city.id}//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", f"{city.name} : {name}")
    calendar.add("x-wr-calname", f"{city.name} : {name}")
    calendar.add("x-wr-timezone", city.zone)
    calendar.add("refresh-interval;value=duration", "P1D")
    calendar.add("x-published-ttl", "P1D")
    return calendar


def _titles(language: str) -> tuple[str, str]:
    return ("Collections", "My reminders") if language == "en" else ("Collectes", "Mes rappels")


def _called(city: City, sector: str, language: str) -> str:
    district = city.districts.get(sector)
    return district.name.get(language, district.name["fr"]) if district else city.name


def _id(*parts: object) -> str:
    return hashlib.sha256("\n".join(str(p) for p in parts).encode()).hexdigest()[:24]


def _written(calendar: Calendar) -> bytes:
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
