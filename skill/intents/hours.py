"""Opening hours: when a place opens, closes, is open; which places of a kind are open. The fact first, for the moment of asking."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from skill.city.hours import DayHours, Timetable, is_holiday, speaks_of_holidays, weekly
from skill.city.model import Place, in_district
from skill.conversation import terms
from skill.conversation.messages import hours as m
from skill.conversation.messages import lists
from skill.conversation.messages.waste import Confirm
from skill.conversation.turn import MAX_CHOICES, Reply, Turn
from skill.intents.common import Handler, Services, ask, card_for, contact, hours_of, kind_name, local, name, places_meant, tell, which_place
from skill.intents.open_places import PARTS, these_open

_EVENING: Final = time(17)
_OPEN: Final = (m.OpenThen, m.OpenBetween, m.ClosesAt, m.ClosesTonight, m.OpensAt, m.OpenSince, m.OpenYes, m.OpenNotShut)
"""Answers that promise an open door."""


def opening_hours(turn: Turn, services: Services) -> Reply:
    """Answers for the place named, or for the places of a kind."""
    places = places_meant(turn, services)
    kind = turn.slots.kind
    if len(places) > 1:
        with_hours = tuple(p for p in places if p.hours)
        places = with_hours if with_hours else places
    if len(places) == 1:
        return _one(places[0], turn, services)
    if places:
        return which_place(places, kind if kind and all(p.kind == kind for p in places) else "", turn, services)
    if not kind:
        return ask(lists.WhichPlaceAtAll(), lists.WhichPlaceAtAll(), turn, "place")
    members = services.city.of_kind(kind)
    if turn.slots.district:
        members = tuple(p for p in members if in_district(p, services.city.districts.get(turn.slots.district), services.city)) or members
    if len(members) == 1:
        return _one(members[0], turn.but(slots=turn.slots.but(places=(members[0].id,))), services)
    known = tuple(p for p in members if p.hours)
    if not known and not {"open", "close", "hours", "days", "state"} & set(turn.slots.aspects):
        from skill.intents.places import find_place  # another room, for the rare case

        return find_place(turn.but(intent="FindPlaceIntent"), services)
    if not known:
        return tell(m.HoursNotKnown(kind_name(kind, services, many=True), contact(services)), turn)
    when = turn.slots.when
    if (when and not when.month and not when.holidays) or "now" in turn.slots.aspects or {"list", "state"} <= set(turn.slots.aspects):
        return these_open(known, kind, turn, services)
    spoken_of = services.city.places.get(turn.focus.slots.places[0]) if len(turn.focus.slots.places) == 1 else None
    if spoken_of in members:
        return _one(spoken_of, turn, services)  # type: ignore[arg-type] # "et à quelle heure ferme le parc ?": the one that we speak of
    return which_place(members, kind, turn, services)


def _one(place: Place, turn: Turn, services: Services) -> Reply:
    turn = turn.but(slots=turn.slots.but(places=(place.id,), kind=""))
    table = hours_of(place, services)
    card = card_for(place, turn.language)
    if table is None:
        outer = services.city.places.get(place.part_of)
        if outer and outer.hours and place.kind in ("playground", "dog_park", "venue", "shared_garden"):
            return _one(outer, turn, services)
        return tell(m.HoursNotKnown(name(place), contact(services)), turn, source=place.source, card=card)
    usual = hours_of(place, services, usual=True)
    if usual and usual.always and not table.always:  # open day and night, but for what staff announce
        now = local(turn)
        day = turn.slots.when.day or now.date()
        hours = table.on(day)
        if not hours.spans or (day == now.date() and not table.open_at(now)):
            return tell(m.ClosedOn(name(place), day, _next(table, now, _start(table, day))), turn, source=place.source, card=card)
        table = usual
    if table.always:
        yes = turn.slots.when.now or {"state", "now"} & set(turn.slots.aspects)
        message: terms.Message = m.AlwaysOpenNote(name(place), place.hours_note) if place.hours_note else m.AlwaysOpen(name(place))
        return tell(m.OpenYesAllDay(name(place)) if yes and "shut" not in turn.slots.aspects else message, turn, source=place.source, card=card)
    message = _answer(place, table, turn, services)
    day = turn.slots.when.day or local(turn).date()
    if is_holiday(day, services.city.country) and isinstance(message, _OPEN) and not speaks_of_holidays(usual or table, day):
        message = Confirm(message, contact(services))
    return tell(message, turn, source=place.source, card=card)


def _answer(place: Place, table: Timetable, turn: Turn, services: Services) -> terms.Message:
    when, aspects = turn.slots.when, set(turn.slots.aspects)
    now = local(turn)
    usual = hours_of(place, services, usual=True) or table
    if when.holidays:
        return _on_holidays(place, usual, now.date(), services)
    if when.month and when.day and when.last:
        return _in_month(place, usual, when.day, when.last, aspects, services.city.country)
    if when.day and when.last:
        return _over(place, table, when.day, when.last, now)
    day = when.day or now.date()
    if when.at and not ({"open", "close"} & aspects and day == now.date() and "state" not in aspects):
        return _at(place, table, _start(table, day, when.at), now)
    wants_state = bool({"state", "now"} & aspects) or when.now
    if wants_state and when.part and when.day and (spans := table.on(day)).spans and not spans.all_day and not _during(spans, when.part):
        return m.ClosedOn(name(place), terms.DayPart(day, when.part), m.ThatDay(_hours(spans)))
    if wants_state and not {"open", "close"} & aspects and (when.now or not {"hours", "days"} & aspects):
        return _state(place, table, now, "shut" in aspects) if day == now.date() else _state_on(place, table, day, now, "shut" in aspects)
    if not when.day and not when.part and not {"open", "close"} & aspects and ("days" in aspects or not _same_every_day(usual, now.date(), services)):
        return _usually(place, usual, now.date(), services)
    hours = table.on(day)
    if not hours.spans:
        return m.ClosedOn(name(place), day, _next(table, now, _start(table, day)))
    if when.part and when.day and not hours.all_day and not _during(hours, when.part) and ("open" in aspects or "close" not in aspects):
        return m.ClosedOn(name(place), terms.DayPart(day, when.part), _next(table, now, _start(table, day, PARTS[when.part][0])))
    if {"open", "close"} <= aspects or not {"open", "close"} & aspects or len(hours.spans) > 1:
        return m.OpenBetween(name(place), _hours(hours), day) if not hours.all_day else m.OpenYesAllDay(name(place))
    if "close" in aspects:
        return _closing(place, table, hours, now)
    return _opening(place, table, hours, now)


def opening_on(place: Place, day: date, services: Services) -> time | None:
    """When a place opens on a day; None where it does not, or where its hours are not known."""
    table = hours_of(place, services)
    spans = table.on(day).spans if table else ()
    return spans[0].opens.time() if spans and not table.always else None  # type: ignore[union-attr]


def _hours(day: DayHours) -> tuple[terms.Hours, ...]:
    return tuple(terms.Hours(s.opens.time(), s.closes.time()) for s in day.spans)


def _next(table: Timetable, now: datetime, after: datetime | None = None) -> terms.Message:
    """The next opening; or, after a moment to come, the one that follows it, which need not be the next."""
    later = after is not None and after > now
    opens = table.opens_after(after if after is not None and later else now)
    if opens is None:
        return m.NotSoon()
    if opens.time() == time(0):
        return m.ReopensOn(opens.date())  # "à minuit" would be heard as the end of that day
    return m.ReopensThen(opens.time(), opens.date()) if later else m.ReopensAt(opens.time(), opens.date())


def _start(table: Timetable, day: date, at: time = time()) -> datetime:
    return datetime.combine(day, at, tzinfo=table.zone)


def _during(hours: DayHours, part: str) -> bool:
    """Whether a place is open at some moment of a part of the day."""
    low, high = PARTS[part]
    return any(s.opens.time() < high and (s.closes.date() > hours.day or s.closes.time() > low) for s in hours.spans)


def _closing(place: Place, table: Timetable, hours: DayHours, now: datetime) -> terms.Message:
    today = hours.day == now.date()
    if today and hours.spans[-1].closes <= now:
        return m.AlreadyClosed(name(place), hours.spans[-1].closes.time(), _next(table, now))
    current = next((s for s in hours.spans if today and s.opens <= now < s.closes), hours.spans[-1])
    closes = current.closes.time()
    if today and closes >= _EVENING:
        return m.ClosesTonight(name(place), closes)
    return m.ClosesAt(name(place), closes, current.closes.date() if closes else hours.day)


def _opening(place: Place, table: Timetable, hours: DayHours, now: datetime) -> terms.Message:
    if hours.day != now.date():
        return m.OpensAt(name(place), hours.spans[0].opens.time(), hours.day)
    coming = next((s for s in hours.spans if s.opens > now), None)
    current = next((s for s in hours.spans if s.opens <= now < s.closes), None)
    if current:
        return m.OpenSince(name(place), current.opens.time(), current.closes.time())
    if coming:
        return m.OpensAt(name(place), coming.opens.time(), hours.day)
    return m.AlreadyClosed(name(place), hours.spans[-1].closes.time(), _next(table, now))


def _state(place: Place, table: Timetable, now: datetime, shut: bool = False) -> terms.Message:
    """Open or closed now; `shut` where it was asked whether it is closed, so that yes and no change places."""
    closes = table.closes_after(now) if table.open_at(now) else None
    if closes:
        return m.OpenNotShut(name(place), closes.time()) if shut else m.OpenYes(name(place), closes.time())
    if table.open_at(now):
        return m.AlwaysOpen(name(place)) if shut else m.OpenYesAllDay(name(place))
    return m.ShutYes(name(place), _next(table, now)) if shut else m.ClosedNo(name(place), _next(table, now))


def _state_on(place: Place, table: Timetable, day: date, now: datetime, shut: bool) -> terms.Message:
    hours = table.on(day)
    if hours.spans:
        return m.OpenBetween(name(place), _hours(hours), day) if shut else m.OpenThen(name(place), day, _hours(hours))
    return m.ClosedOn(name(place), day, _next(table, now, _start(table, day)))


def _at(place: Place, table: Timetable, moment: datetime, now: datetime) -> terms.Message:
    if abs((moment - now).total_seconds()) < 60:
        return _state(place, table, now)
    hours = table.on(moment.date())
    if table.open_at(moment):
        return m.OpenThen(name(place), moment.date(), _hours(hours))
    if hours.spans:
        return m.ClosedThen(name(place), moment.date(), _hours(hours))
    return m.ClosedOn(name(place), moment.date(), _next(table, now, moment))


def _same_every_day(table: Timetable, day: date, services: Services) -> bool:
    return len(weekly(table, day, services.city.country)) == 1


def _times(table: Timetable, day: date, country: str) -> tuple[terms.Message, ...]:
    out: list[terms.Message] = []
    for pattern in weekly(table, day, country):
        if pattern.all_day:
            out.append(m.DaysAllDay(terms.Days(pattern.weekdays)))
        elif pattern.spans:
            out.append(m.DaysAndHours(terms.Days(pattern.weekdays), tuple(terms.Hours(a, b) for a, b in pattern.spans)))
    return tuple(out)


def _usually(place: Place, table: Timetable, day: date, services: Services) -> terms.Message:
    country = services.city.country
    for ahead in range(0, 400, 7):
        times = _times(table, day + timedelta(days=ahead), country)
        if times:
            break
    else:
        return m.ClosedOn(name(place), day, m.NotSoon())
    if not _open_this_week(table, day):
        return m.ClosedOn(name(place), day, _next(table, _start(table, day)))
    return m.Usually(name(place), times)


def _open_this_week(table: Timetable, day: date) -> bool:
    return any(d.spans for d in table.days(day, day + timedelta(days=7)))


def _in_month(place: Place, table: Timetable, first: date, last: date, aspects: set[str], country: str) -> terms.Message:
    """A month or season in general: its usual week, and the day from which it changes."""
    periods: list[tuple[date, dict[int, tuple[terms.Hours, ...]]]] = []
    since: list[tuple[date, tuple[terms.Hours, ...]]] = []
    for day in table.days(first, last):
        spans = _hours(day)
        if is_holiday(day.day, country):
            since.append((day.day, spans))
            continue
        if not periods or periods[-1][1].get(day.day.weekday(), spans) != spans:
            begins = since[0][0] if since and all(s == spans for _, s in since) else day.day
            periods.append((begins, {}))
        periods[-1][1][day.day.weekday()] = spans
        since = []
    months = terms.Month(first)
    if len(periods) == 1:
        week = periods[0][1]
        distinct = set(week.values())
        if distinct == {()}:
            return m.InMonthClosed(name(place), months)
        if len(distinct) == 1 and "close" in aspects and "open" not in aspects:
            return m.InMonthClosesAt(name(place), months, next(iter(week.values()))[-1].closes)
        if len(distinct) == 1 and "open" in aspects and "close" not in aspects:
            return m.InMonthOpensAt(name(place), months, next(iter(week.values()))[0].opens)
        return m.InMonth(name(place), months, _week(week)) if first.month == last.month else m.Usually(name(place), _week(week))
    entries: list[terms.Message] = []
    alike = all(len(set(week.values())) == 1 for _, week in periods)
    for start, week in periods[:3]:
        times: tuple[terms.Message, ...] = _week(week)
        if alike and times:
            times = (m.JustHours(next(iter(week.values()))),)
        if start == first or not entries:
            entries.append(m.FirstPeriod(times) if times else m.FirstPeriodClosed())
        else:
            entries.append(m.LaterPeriod(start, times) if times else m.LaterPeriodClosed(start))
    return m.InPeriods(name(place), months, tuple(entries)) if first.month == last.month else m.OverPeriods(name(place), tuple(entries))


def _week(week: dict[int, tuple[terms.Hours, ...]]) -> tuple[terms.Message, ...]:
    if len(set(week.values())) == 1 and () not in week.values():
        return (m.DaysAndHours(terms.Days(tuple(range(7))), next(iter(week.values()))),)
    groups: dict[tuple[terms.Hours, ...], list[int]] = {}
    for weekday in sorted(week):
        if week[weekday]:
            groups.setdefault(week[weekday], []).append(weekday)
    return tuple(m.DaysAndHours(terms.Days(tuple(days)), spans) for spans, days in groups.items())


def _over(place: Place, table: Timetable, first: date, last: date, now: datetime) -> terms.Message:
    days = table.days(first, min(last, first + timedelta(days=6)))
    open_days = [d for d in days if d.spans]
    if not open_days:
        coming = _next(table, now, _start(table, days[-1].day, time(23, 59)))
        return m.ClosedBoth(name(place), first, days[-1].day, coming) if len(days) == 2 else m.ClosedOver(name(place), days[-1].day, coming)
    if len(days) > MAX_CHOICES:
        return m.OverDays(name(place), tuple(m.DayOpen(d.day, _hours(d)) for d in open_days[: MAX_CHOICES + 1]))
    return m.OverDays(name(place), tuple(m.DayOpen(d.day, _hours(d)) if d.spans else m.DayClosed(d.day) for d in days))


def _on_holidays(place: Place, table: Timetable, today: date, services: Services) -> terms.Message:
    if "PH" not in table.notation:
        return m.OnHolidaysNotSaid(name(place), contact(services))
    day = today
    while not is_holiday(day, services.city.country):
        day += timedelta(days=1)
    hours = table.on(day)
    return m.OnHolidays(name(place), _hours(hours)) if hours.spans else m.OnHolidaysClosed(name(place))


HANDLERS: Final[dict[str, Handler]] = {"OpeningHoursIntent": opening_hours}
