"""When waste is collected: the next round, computed from rules and never guessed.

A round's schedule is an opening_hours string: "Th[4] 09:00-12:00; PH off" is the fourth Thursday, not on public holidays.
Dated seasons carry their bounds; past them the answer is *over*, with no date, because the next ones are not known here.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from skill.city.hours import Span, is_holiday, timetable
from skill.city.model import City, Collection, Round
from skill.record import Record

_HORIZON_DAYS: Final = 400


class Passage(Record):
    """One coming round on one day."""

    round: Round
    day: date
    span: Span | None
    """Hours of the round, None where only the part of the day is published."""
    holiday: bool
    """The day is a public holiday and the rule does not speak of holidays: to be confirmed, and said so."""
    ends: datetime
    """When it is over, told or not."""

    @property
    def sort_key(self) -> tuple[date, float]:
        """Soonest first."""
        return (self.day, self.span.opens.timestamp() if self.span else 0.0)


def rounds_for(collection: Collection, district: str) -> tuple[Round, ...]:
    """The rounds that serve a district; all of them where none is named."""
    return tuple(r for r in collection.rounds if not district or not r.district or r.district == district)


def by_district(collection: Collection) -> tuple[str, ...]:
    """Ids of the districts whose days are known; empty where the days do not depend on the district."""
    return tuple(dict.fromkeys(r.district for r in collection.rounds if r.district))


def next_passage(city: City, each: Round, moment: datetime) -> Passage | None:
    """The first round that has not ended at that moment, or None when its season is over or too far off."""
    table = timetable(each.schedule, city.zone, city.country)
    local = moment.astimezone(table.zone)
    day = max(local.date(), each.valid_from or local.date())
    last = min(each.valid_until or date.max, day + timedelta(days=_HORIZON_DAYS))
    while day <= last:
        span = next((s for s in table.on(day).spans if s.closes > local), None)
        if span:
            certain = "PH" in each.schedule or not is_holiday(day, city.country)
            return Passage(each, day, None if each.part else span, not certain, span.closes)
        evening = datetime.combine(day, time(23, 59), tzinfo=table.zone)
        coming = table.opens_after(evening)
        if coming is None:
            return None
        day = coming.date()
    return None


def next_passages(city: City, collection: Collection, moment: datetime, district: str = "", at_places: tuple[str, ...] = ()) -> tuple[Passage, ...]:
    """The next round of each rule, soonest first; those of one place only where places are named and one of them is a stop."""
    rules = rounds_for(collection, district)
    if at_places and any(r.at_place in at_places for r in rules):
        rules = tuple(r for r in rules if r.at_place in at_places)
    found = [p for p in (next_passage(city, r, moment) for r in rules) if p]
    return tuple(sorted(found, key=lambda p: p.sort_key))


def passages_on(city: City, collection: Collection, day: date, district: str = "") -> tuple[Passage, ...]:
    """The rounds of one day, whatever the hour."""
    out = []
    for each in rounds_for(collection, district):
        if (each.valid_from and day < each.valid_from) or (each.valid_until and day > each.valid_until):
            continue
        spans = timetable(each.schedule, city.zone, city.country).on(day).spans
        if spans:
            certain = "PH" in each.schedule or not is_holiday(day, city.country)
            out.append(Passage(each, day, None if each.part else spans[0], not certain, spans[-1].closes))
    return tuple(out)


def certain(city: City, collection: Collection, first: date, last: date, district: str = "") -> list[Passage]:
    """Every round of a span of days that is sure to come, in order: not those of a holiday of which the rule says nothing."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [p for day in days for p in passages_on(city, collection, day, district) if not p.holiday]


def season_over(collection: Collection, day: date) -> date | None:
    """Last day of the last known season, when all of it is past; None while some rule is still good."""
    if collection.rounds and all(r.valid_until and r.valid_until < day for r in collection.rounds):
        return max(r.valid_until for r in collection.rounds if r.valid_until)
    return None
