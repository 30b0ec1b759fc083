"""A timetable as schema.org writes it: a week for each season, and the days that differ from it.

Closed speakers and search engines read OpeningHoursSpecification, not the notation of OpenStreetMap. The weeks are found by looking at each day, so that
seasons, public holidays and announced closures come out as they are; a day of which the hours are not sure is covered by nothing.

https://schema.org/OpeningHoursSpecification, https://developers.google.com/search/docs/appearance/structured-data/local-business
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, time, timedelta
from typing import Any, Final

from skill.city.hours import DayHours

AHEAD_DAYS: Final = 190
"""The coming season: half a year."""
_WEEKS: Final = 3
"""Looked at for what is usual."""
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY: Final = timedelta(days=1)
Key = tuple[tuple[str, str], ...]
"""Spans of a day, "HH:MM" twice; empty where it is closed."""


def specifications(hours: Callable[[date], DayHours | None], first: date, days: int = AHEAD_DAYS) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What `openingHoursSpecification` and `specialOpeningHoursSpecification` say. `hours` gives a day, None where it is not sure."""
    known = [(first + n * _DAY, hours(first + n * _DAY)) for n in range(days)]
    keys = {day: _key(found) for day, found in known if found is not None}
    usual: list[dict[str, Any]] = []
    special: list[dict[str, Any]] = []
    for stretch in _stretches([day for day, _ in known], keys):
        while stretch:
            week = _week(stretch, keys)
            until = _until(stretch, keys, week)
            usual += _weeks(week, stretch[0], stretch[until - 1]) or _closed(stretch[0], stretch[until - 1])
            special += [row for day in stretch[:until] if keys[day] != week.get(day.weekday(), ()) for row in _rows(keys[day], day, day)]
            stretch = stretch[until:]
    return usual, special


def _key(found: DayHours) -> Key:
    """The spans of a day. Midnight at the end is written 23:59, as readers expect it of a day that is open to its end."""
    if found.all_day:
        return (("00:00", "23:59"),)
    return tuple((f"{s.opens:%H:%M}", "23:59" if s.closes.time() == time() else f"{s.closes:%H:%M}") for s in found.spans)


def _stretches(days: list[date], keys: dict[date, Key]) -> list[list[date]]:
    """Days in a row that are all sure."""
    out: list[list[date]] = [[]]
    for day in days:
        if day in keys:
            out[-1].append(day)
        elif out[-1]:
            out.append([])
    return [s for s in out if s]


def _week(stretch: list[date], keys: dict[date, Key]) -> dict[int, Key]:
    """The usual hours of each weekday at the beginning of a stretch."""
    out: dict[int, Key] = {}
    for weekday in range(7):
        near = [keys[d] for d in stretch[: 7 * _WEEKS] if d.weekday() == weekday]
        if near:
            out[weekday] = Counter(near).most_common(1)[0][0] if len(near) == _WEEKS else near[0]
    return out


def _until(stretch: list[date], keys: dict[date, Key], week: dict[int, Key]) -> int:
    """How many days the week holds for: until a weekday differs, and differs again the week after."""
    for n, day in enumerate(stretch):
        again, usual = day + 7 * _DAY, week[day.weekday()]
        if n and keys[day] != usual and again <= stretch[-1] and keys[again] != usual:
            return n
    return len(stretch)


def _weeks(week: dict[int, Key], first: date, last: date) -> list[dict[str, Any]]:
    """A season's rows: weekdays of the same hours together, each span of theirs a row."""
    groups: dict[Key, list[int]] = {}
    for weekday, key in sorted(week.items()):
        if key:
            groups.setdefault(key, []).append(weekday)
    return [{**row, "dayOfWeek": [f"https://schema.org/{DAYS[d]}" for d in days]} for key, days in groups.items() for row in _rows(key, first, last)]


def _closed(first: date, last: date) -> list[dict[str, Any]]:
    """A season in which it never opens: said, since silence would mean that nothing is known."""
    return [{**row, "dayOfWeek": [f"https://schema.org/{d}" for d in DAYS]} for row in _rows((), first, last)]


def _rows(key: Key, first: date, last: date) -> Iterable[dict[str, Any]]:
    """A day's spans; closed all day is midnight to midnight."""
    return [
        {"@type": "OpeningHoursSpecification", "opens": a, "closes": b, "validFrom": first.isoformat(), "validThrough": last.isoformat()}
        for a, b in key or (("00:00", "00:00"),)
    ]
