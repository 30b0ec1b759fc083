"""What staff announce for some days: a place closed, a round cancelled or moved, a word to everybody. It ends by itself.

A closing changes the hours that are answered, a cancelled round its dates, so that no answer says otherwise; the usual week of a
place stays what it is. Clerks write sentences with "ce week-end" in them: such a sentence is said only on the days on which it is
true (`true_from`, `true_until`), and on the others a dated one is made.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

from skill.record import Record

if TYPE_CHECKING:
    from skill.city.model import City, Collection, Place, Round

CLOSED, CANCELLED, MOVED, INFO = "closed", "cancelled", "moved", "info"
EFFECTS: Final = (CLOSED, CANCELLED, MOVED, INFO)
_HOURS: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


class Notice(Record):
    """One announcement."""

    id: str
    effect: str
    """One of EFFECTS."""
    first: date
    last: date
    """Last day on which it holds."""
    place: str = ""
    collection: str = ""
    """Id of the place or collection that it is about; neither for the whole town."""
    district: str = ""
    """Where only the rounds of one district are concerned."""
    hours: str = ""
    """ "14:00-16:00" where a place is closed for a part of each day only."""
    moved_to: date | None = None
    say: dict[str, str] = {}
    """As staff worded it: the whole announcement where `whole`, else what is added to the sentence that its dates make."""
    whole: bool = True
    true_from: date | None = None
    true_until: date | None = None
    """Days on which `say` is true as worded: all of them where None."""

    def holds(self, first: date, last: date) -> bool:
        """Whether it concerns some day of a span."""
        return self.first <= last and first <= self.last

    def wording_on(self, day: date) -> dict[str, str]:
        """The sentence of staff, where it may be said on that day."""
        early = self.true_from is not None and day < self.true_from
        late = self.true_until is not None and day > self.true_until
        return {} if early or late else self.say

    def span(self) -> tuple[time, time] | None:
        """The hours of the day concerned; None for all of it."""
        found = _HOURS.fullmatch(self.hours)
        return (time(int(found[1]), int(found[2])), time(int(found[3]) % 24, int(found[4]))) if found else None

    def over(self, moment: datetime) -> bool:
        """Whether nothing of it is to come at a (local) moment."""
        span = self.span()
        ended = span is not None and span[1] != time(0) and moment.time() >= span[1]
        return self.last < moment.date() or (self.last == moment.date() and ended)

    def rule(self) -> str:
        """As a rule of an opening_hours string, to stand last."""
        return f"{_day(self.first)}-{_day(self.last)}{f' {self.hours}' if self.hours else ''} off"


def _day(day: date) -> str:
    from skill.city.notation import MONTHS  # only where there is a notice

    return f"{day.year} {MONTHS[day.month - 1]} {day.day:02d}"


def around(place: Place, city: City) -> list[str]:
    """Ids of a place and of those that it is part of."""
    found = [place.id]
    while place.part_of and place.part_of in city.places and place.part_of not in found:
        place = city.places[place.part_of]
        found.append(place.id)
    return found


def about_place(city: City, place: Place, first: date, last: date) -> list[Notice]:
    """Notices about a place, or about what it is part of, for some day of a span; closings first, soonest first."""
    here = around(place, city)
    found = [n for n in city.notices.values() if n.place in here and n.holds(first, last)]
    return sorted(found, key=lambda n: (n.effect != CLOSED, n.first, n.id))


def about_collection(city: City, collection: str, district: str, first: date, last: date) -> list[Notice]:
    """Notices about a collection, in a district where one is named."""
    found = [n for n in city.notices.values() if n.collection == collection and n.holds(first, last)]
    return sorted((n for n in found if not district or n.district in ("", district)), key=lambda n: (n.first, n.id))


def running(city: City, now: datetime, ahead: date) -> list[Notice]:
    """Everything announced from a moment on, for whatever begins before another day; the whole town's first."""
    found = [n for n in city.notices.values() if n.holds(now.date(), ahead) and not n.over(now)]
    return sorted(found, key=lambda n: (bool(n.place or n.collection), n.first, n.id))


def amended_hours(place: Place, city: City) -> str:
    """The place's hours with what closes it, or what it is part of; "" where none are published."""
    if not place.hours or not city.notices:
        return place.hours
    here = around(place, city)
    return "; ".join([place.hours, *(n.rule() for n in city.notices.values() if n.effect == CLOSED and n.place in here)])


def amended_rounds(collection: Collection, rounds: Iterable[Round], city: City) -> tuple[Round, ...]:
    """Rounds without the days that are cancelled, and with those that they are moved to."""
    out = []
    for each in rounds:
        rules = [each.schedule]
        for notice in city.notices.values():
            if notice.collection != collection.id or notice.effect not in (CANCELLED, MOVED) or (notice.district and notice.district != each.district):
                continue
            rules.append(notice.rule())
            if notice.moved_to and _has(each, notice, city):
                rules.append(f"{_day(notice.moved_to)} {_times(each)}")
        out.append(each.but(schedule="; ".join(rules), usual=each.usual or each.schedule) if len(rules) > 1 else each)
    return tuple(out)


def _has(each: Round, notice: Notice, city: City) -> bool:
    """Whether there is a round to move."""
    from skill.city.hours import timetable

    days = timetable(each.schedule, city.zone, city.country).days(notice.first, notice.last)
    bounds = (each.valid_from or notice.first) <= notice.last and notice.first <= (each.valid_until or notice.last)
    return bounds and any(d.spans for d in days)


def _times(each: Round) -> str:
    found = re.search(r"\d{1,2}:\d{2} ?- ?\d{1,2}:\d{2}(?: ?, ?\d{1,2}:\d{2} ?- ?\d{1,2}:\d{2})*", each.schedule)
    return found[0] if found else "00:00-24:00"


def amended(city: City) -> City:
    """The city whose collections keep to its notices."""
    touched = {n.collection for n in city.notices.values() if n.collection in city.collections and n.effect in (CANCELLED, MOVED)}
    if not touched:
        return city
    changed = {key: (c := city.collections[key]).but(rounds=amended_rounds(c, c.rounds, city)) for key in touched}
    return city.but(collections=ChainMap(changed, dict(city.collections)))
