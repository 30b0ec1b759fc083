"""Opening hours: the few questions people ask, each with its moment handed in.

The notation is read by opening-hours-py (OSM `opening_hours`, French public holidays included). What it would read wrongly is
refused when the town is loaded (notation.py). "No hours published" is *unknown*, which is neither open nor closed.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, State  # type: ignore[attr-defined]

from skill.record import Record

HORIZON: Final = 400
"""Days ahead in which a next opening is looked for: every yearly season comes round within it."""
_YEARS: Final = 12
"""Looked through for one closing: the library's own search goes on for eight thousand years."""
_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)


MOST_DAYS: Final = 60
"""Days of one timetable that are kept once worked out: today and those to come are asked for all day long."""


class Span(Record):
    """A stretch of opening, both ends zoned; it may end after midnight."""

    opens: datetime
    closes: datetime


class DayHours(Record):
    """One day of a place."""

    day: date
    spans: tuple[Span, ...]
    """Empty when the place is closed all day."""
    all_day: bool = False


class Timetable:
    """The hours of one thing in one zone and country."""

    def __init__(self, notation: str, zone: str, country: str) -> None:
        self.notation = notation
        self.zone = ZoneInfo(zone)
        self._days: dict[date, DayHours] = {}
        self._hours = OpeningHours(notation, timezone=self.zone, country=country)
        start = self._midnight(date(2024, 1, 1))
        stretches = self._hours.intervals(start, self._local(start, timedelta(days=_YEARS * 366)))
        self.always = all(state == State.OPEN for _, _, state, _ in stretches)
        """Open day and night, however it is written."""

    def _local(self, moment: datetime, later: timedelta = timedelta()) -> datetime:
        """A moment, or one some time later, in the zone. Through UTC, so that it is never an hour that the clocks skip."""
        return (moment.astimezone(UTC) + later).astimezone(self.zone)

    def _midnight(self, day: date) -> datetime:
        return self._local(datetime.combine(day, time(), tzinfo=self.zone))

    def on(self, day: date) -> DayHours:
        """The spans that begin on that day."""
        found = self._days.get(day)
        if found is None:
            if len(self._days) >= MOST_DAYS:
                self._days.clear()
            found = self._days[day] = self._on(day)
        return found

    def _on(self, day: date) -> DayHours:
        start, end = self._midnight(day), self._midnight(day + _DAY)
        spans = []
        for opens, closes, state, _ in self._hours.intervals(start, self._local(end, timedelta(hours=12))):
            if state == State.OPEN and start <= opens < end:
                if opens == start and self._hours.is_open(self._local(start, -_MINUTE)):
                    continue
                spans.append(Span(opens, closes if closes is not None else end))
        whole = len(spans) == 1 and spans[0].opens == start and spans[0].closes >= end
        if not spans and self._hours.is_open(start) and self._hours.is_open(self._local(end, -_MINUTE)):
            return DayHours(day, (Span(start, end),), all_day=True)
        return DayHours(day, tuple(spans), all_day=whole)

    def open_at(self, moment: datetime) -> bool:
        """Whether it is open at that moment."""
        return bool(self._hours.is_open(self._local(moment)))

    def closes_after(self, moment: datetime) -> datetime | None:
        """End of the span that covers the moment; None if it is closed then, or does not close within the horizon."""
        local = self._local(moment)
        if self.always or not self._hours.is_open(local):
            return None
        far = self._local(local, timedelta(days=HORIZON))
        closes: datetime | None = next((end for _, end, _, _ in self._hours.intervals(local, far)), None)
        return closes if closes is not None and closes < far else None

    def opens_after(self, moment: datetime) -> datetime | None:
        """Start of the next span strictly after the moment, within the horizon; None if there is none."""
        local = self._local(moment)
        for opens, _, state, _ in self._hours.intervals(local, self._local(local, timedelta(days=HORIZON))):
            if state == State.OPEN and opens > local:
                start: datetime = opens
                return start
        return None

    def days(self, start: date, last: date) -> tuple[DayHours, ...]:
        """Each day from start to last included."""
        return tuple(self.on(start + n * _DAY) for n in range((last - start).days + 1))


@lru_cache(maxsize=4096)
def timetable(notation: str, zone: str, country: str) -> Timetable:
    """The parsed timetable, kept: parsing costs ten times an evaluation."""
    return Timetable(notation, zone, country)


@lru_cache(maxsize=16)
def _holidays(country: str) -> OpeningHours:
    return OpeningHours("PH", country=country)


@lru_cache(maxsize=4096)
def is_holiday(day: date, country: str) -> bool:
    """Whether the day is a public holiday in the country."""
    return bool(_holidays(country).is_open(datetime.combine(day, time(12))))


def names_day(notation: str, day: date) -> bool:
    """Whether a notation names a day of the year: "Dec 25 off"."""
    from skill.city.notation import MONTHS  # only on a public holiday

    return re.search(rf"\b{MONTHS[day.month - 1]} 0?{day.day}\b(?!:)", notation) is not None


def speaks_of_holidays(table: Timetable, day: date) -> bool:
    """Whether hours hold on public holidays: they name them or the date, or are those of every day of the week."""
    return "PH" in table.notation or names_day(table.notation, day) or all(d.spans for d in table.days(day, day + timedelta(days=6)))


class Pattern(Record):
    """Weekdays (0 is Monday) that share the same hours."""

    weekdays: tuple[int, ...]
    spans: tuple[tuple[time, time], ...]
    """Empty when closed."""
    all_day: bool = False


def weekly(table: Timetable, around: date, country: str) -> tuple[Pattern, ...]:
    """The usual week at a date, grouped by hours, public holidays apart.

    Each weekday is read on the coming one or, where a season changes meanwhile, on the past one if that has the date's own hours.
    """
    groups: dict[tuple[tuple[tuple[time, time], ...], bool], list[int]] = {}

    def hours_on(day: date) -> tuple[tuple[tuple[time, time], ...], bool]:
        hours = table.on(day)
        return tuple((s.opens.time(), s.closes.time()) for s in hours.spans), hours.all_day

    own = hours_on(around) if not is_holiday(around, country) else None
    for weekday in range(7):
        ahead = (weekday - around.weekday()) % 7
        days = [around + timedelta(days=n) for n in (ahead, ahead - 7, ahead + 7, ahead - 14)]
        ordinary = [d for d in days if not is_holiday(d, country)] or days
        key = hours_on(ordinary[0])
        if key != own and own is not None and len(ordinary) > 1 and hours_on(ordinary[1]) == own and ordinary[1].month == around.month:
            key = own
        groups.setdefault(key, []).append(weekday)
    ordered = sorted(groups.items(), key=lambda g: g[1][0])
    return tuple(Pattern(tuple(days), spans, all_day) for (spans, all_day), days in ordered)
