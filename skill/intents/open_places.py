"""Which places of a kind are open: on a day, in a part of it, at an hour, now. Three at most, then an offer to go on."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from skill.city.hours import is_holiday, speaks_of_holidays
from skill.city.model import Place
from skill.city.notices import about_place
from skill.conversation import terms
from skill.conversation.messages import hours, talk
from skill.conversation.messages import lists as m
from skill.conversation.messages.notices import NoneClosed, TheseClosed
from skill.conversation.messages.waste import Confirm
from skill.conversation.turn import MAX_CHOICES, Reply, Turn
from skill.intents.common import Handler, Services, ask, contact, hours_of, kind_name, local, name, tell
from skill.intents.help import fallback

_LONGEST_SEARCH: Final = 92
"""Days looked through for a place that is open, in a span."""
_SAME_MOMENT: Final = 300
"""Seconds within which an hour said is now."""
PARTS: Final = {"morning": (time(5), time(12)), "afternoon": (time(13, 30), time(18)), "evening": (time(18), time(23, 59)), "night": (time(21), time(23, 59))}
"""Bounds of the parts of a day, as people mean them."""


def these_open(places: tuple[Place, ...], kind: str, turn: Turn, services: Services) -> Reply:
    """The places of a kind that are open then, three at most."""
    when, now = turn.slots.when, local(turn)
    first = when.day or now.date()
    last = when.last or first
    if "shut" in turn.slots.aspects:
        return _closed_then(places, kind, first, turn, services)
    is_now = (when.now or "now" in turn.slots.aspects or ("state" in turn.slots.aspects and not when.day)) and first == now.date() and not when.part
    if is_now or when.at:
        moment = datetime.combine(first, when.at, tzinfo=now.tzinfo) if when.at else now
        return _open_at(places, kind, moment, turn, services)
    day, found = first, []
    if first < last <= first + timedelta(days=1):
        both = [(d, spans) for d in (first, last) if (spans := _open_on(places, d, turn, services))]
        if len(both) == 2 and sum(len(f) for _, f in both) <= MAX_CHOICES + 1:
            one, two = (m.TheseOpen(d, _entries(f)) for d, f in both)
            return tell(m.TheseOpenBoth(one, two), turn, turn.slots.but(places=(), kind=kind), source=both[0][1][0][0].source)
    while day <= min(last, first + timedelta(days=_LONGEST_SEARCH)):
        found = _open_on(places, day, turn, services)
        if found:
            break
        day += timedelta(days=1)
    if not found:
        spoken = terms.DayPart(first, when.part) if when.part and first == last else first
        after = max(now, datetime.combine(last, PARTS[when.part][1] if when.part else time(23, 59), tzinfo=now.tzinfo))
        return tell(m.NoneOpen(kind_name(kind, services), spoken, _soonest(places, after, services)), turn)
    entries = _entries(found)
    shown, rest = found[:MAX_CHOICES], found[MAX_CHOICES:]
    message: terms.Message = m.TheseOpen(day, entries[:MAX_CHOICES])
    if is_holiday(day, services.city.country) and any((t := hours_of(p, services)) and not speaks_of_holidays(t, day) for p, _ in shown):
        message = Confirm(message, contact(services))
    slots = turn.slots.but(places=tuple(p.id for p, _ in shown) if len(shown) == 1 else (), kind=kind)
    if rest:
        return ask(m.MoreOfThem(message), talk.HelpReprompt(), turn, "more", tuple(p.id for p, _ in rest), slots)
    reply = tell(message, turn, slots, source=shown[0][0].source)
    return reply.but(focus=reply.focus.but(choices=tuple(p.id for p, _ in shown)))


def _closed_then(places: tuple[Place, ...], kind: str, day: date, turn: Turn, services: Services) -> Reply:
    """The places of a kind that are closed all day: those that staff announce first."""
    closed = [p for p in places if (t := hours_of(p, services)) and not t.on(day).spans]
    closed.sort(key=lambda p: not about_place(services.city, p, day, day))
    if not closed:
        return tell(NoneClosed(kind_name(kind, services), day), turn, turn.slots.but(places=(), kind=kind))
    slots = turn.slots.but(places=tuple(p.id for p in closed) if len(closed) == 1 else (), kind=kind)
    return tell(TheseClosed(day, tuple(name(p) for p in closed[:MAX_CHOICES])), turn, slots, source=closed[0].source)


_Found = list[tuple[Place, tuple[terms.Hours, ...]]]


def _open_on(places: tuple[Place, ...], day: date, turn: Turn, services: Services) -> _Found:
    return [(p, spans) for p in places if (spans := _relevant(p, day, turn, services)) is not None]


def _entries(found: _Found) -> tuple[terms.Message, ...]:
    return tuple(m.PlaceHours(name(p), spans) if spans else m.PlaceAlways(name(p)) for p, spans in found)


def _relevant(place: Place, day: date, turn: Turn, services: Services) -> tuple[terms.Hours, ...] | None:
    """The hours of a day that matter for the part of day asked and are not over; () for always open, None for none."""
    table, now = hours_of(place, services), local(turn)
    if table is None:
        return None
    if table.always:
        return ()
    low, high = PARTS.get(turn.slots.when.part, (time(0), time(23, 59)))
    spans = [
        s for s in table.on(day).spans
        if s.opens.time() < high and s.closes > datetime.combine(day, low, tzinfo=table.zone) and (day != now.date() or s.closes > now)
    ]  # fmt: skip
    return tuple(terms.Hours(s.opens.time(), s.closes.time()) for s in spans) or None


def _open_at(places: tuple[Place, ...], kind: str, moment: datetime, turn: Turn, services: Services) -> Reply:
    open_ones = [(p, t) for p in places if (t := hours_of(p, services)) and t.open_at(moment)]
    later = abs((moment - local(turn)).total_seconds()) >= _SAME_MOMENT
    if not open_ones:
        soonest = _soonest(places, moment, services)
        none = m.NoneOpenAt(kind_name(kind, services), moment.time(), moment.date(), soonest) if later else m.NoneOpenNow(kind_name(kind, services), soonest)
        return tell(none, turn)
    entries: list[terms.Message] = []
    for place, table in open_ones:
        closes = table.closes_after(moment)
        entries.append(m.PlaceUntil(name(place), closes.time()) if closes and not table.always else m.PlaceAlways(name(place)))
    slots = turn.slots.but(places=(open_ones[0][0].id,) if len(open_ones) == 1 else (), kind=kind)
    shown = tuple(entries[:MAX_CHOICES])
    message: terms.Message = m.TheseOpenAt(moment.time(), moment.date(), shown) if later else m.TheseOpenNow(shown)
    if len(open_ones) > MAX_CHOICES:
        return ask(m.MoreOfThem(message), talk.HelpReprompt(), turn, "more", tuple(p.id for p, _ in open_ones[MAX_CHOICES:]), slots)
    return tell(message, turn, slots, source=open_ones[0][0].source)


def extreme_hours(turn: Turn, services: Services) -> Reply:
    """Which place of a kind closes last, or opens first: on the day asked, else on the first day of the week ahead that does best."""
    kind, when, now = turn.slots.kind, turn.slots.when, local(turn)
    if not kind:  # a session that speaks of no kind is not one that we wrote
        return fallback(turn, services)
    tables = [(p, t) for p in services.city.of_kind(kind) if (t := hours_of(p, services))]
    always = tuple(name(p) for p, t in tables if t.always)
    days = [when.day] if when.day else [now.date() + timedelta(days=n) for n in range(7)]
    spans = [(p, day, s) for day in days for p, t in tables if not t.always for s in t.on(day).spans if s.closes > now]
    if not spans:
        return tell(hours.HoursNotKnown(kind_name(kind, services, many=True), contact(services)), turn)
    earliest = "earliest" in turn.slots.aspects
    best = min(s.opens.time() for _, _, s in spans) if earliest else max(s.closes - datetime.combine(d, time(), tzinfo=now.tzinfo) for _, d, s in spans)
    found = [(p, d, s) for p, d, s in spans if (s.opens.time() if earliest else s.closes - datetime.combine(d, time(), tzinfo=now.tzinfo)) == best]
    day = found[0][1]
    winners = tuple(p for p, d, _ in found if d == day)
    names = tuple(name(p) for p in winners[:MAX_CHOICES])
    text: terms.Message = m.Earliest(names, found[0][2].opens.time(), day) if earliest else m.Latest(names, found[0][2].closes.time(), day)
    message = m.BesidesAlways(always, text) if always else text
    slots = turn.slots.but(places=(winners[0].id,) if len(winners) == 1 else (), aspects=())
    return tell(message, turn, slots, source=winners[0].source)


def _soonest(places: tuple[Place, ...], after: datetime, services: Services) -> terms.Message:
    coming = [(opens, p) for p in places if (t := hours_of(p, services)) and (opens := t.opens_after(after))]
    if not coming:
        return hours.NotSoon()
    opens, place = min(coming, key=lambda c: c[0])
    return m.NextOpen(opens.date(), name(place), opens.time())


HANDLERS: Final[dict[str, Handler]] = {"ExtremeHoursIntent": extreme_hours}
