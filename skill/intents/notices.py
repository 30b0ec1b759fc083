"""What staff announce, said with the answers that it concerns, and when somebody asks for the news."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from skill.city import notices
from skill.city.notices import CANCELLED, CLOSED, INFO, MOVED, Notice
from skill.conversation import terms
from skill.conversation.messages import hours
from skill.conversation.messages import notices as m
from skill.conversation.messages.talk import HelpReprompt
from skill.conversation.turn import ASKED_NEWS, MAX_CHOICES, Focus, Reply, Turn
from skill.intents.common import Handler, Services, contact, district_name, local, name, tell

AHEAD: Final = timedelta(days=7)
"""How far ahead a notice is told to somebody who names no day."""
NEWS_AHEAD: Final = timedelta(days=14)
CONCERNED: Final = frozenset({
    "OpeningHoursIntent", "PlaceWhereIntent", "PlaceAccessIntent", "PlaceAboutIntent", "FindPlaceIntent", "HasFacilityIntent", "NextCollectionIntent",
    "WhatTonightIntent",
})  # fmt: skip
"""Intents of answers that a notice may make wrong, or late."""
MOST_OF_COLLECTIONS: Final = 2
_HOURS_TOLD: Final = (
    hours.OpenBetween, hours.ClosesAt, hours.ClosesTonight, hours.OpensAt, hours.OpenYes, hours.OpenThen, hours.ClosedThen, hours.ClosedNo, hours.ShutYes,
    hours.OpenNotShut, hours.AlreadyClosed, hours.OpenSince,
)  # fmt: skip
_CLOSED: Final = (hours.ClosedOn, hours.ClosedBoth, hours.ClosedOver)


def noticed(reply: Reply, turn: Turn, services: Services) -> Reply:
    """The answer with the first notice about what it speaks of; a closing says itself why it is closed."""
    if reply.message is None or reply.intent not in CONCERNED:
        return reply
    for found in _about(reply, turn, services)[: MOST_OF_COLLECTIONS if reply.intent == "NextCollectionIntent" else 1]:
        reply = _with(reply, found, turn, services)
    return reply


def _about(reply: Reply, turn: Turn, services: Services) -> list[Notice]:
    """The notices that concern the place or collection of an answer, on the days that it speaks of."""
    slots, now = reply.focus.slots, local(turn)
    first = slots.when.day or now.date()
    last = slots.when.last or slots.when.day or now.date() + AHEAD
    city = services.city
    found: list[Notice] = []
    if reply.intent == "NextCollectionIntent" and slots.collection:
        found = notices.about_collection(city, slots.collection, slots.district, first, max(last, first + AHEAD))
    elif reply.intent in ("NextCollectionIntent", "WhatTonightIntent"):
        door = [c.id for c in city.collections.values() if c.door]
        found = [n for key in door for n in notices.about_collection(city, key, slots.district, first, first + timedelta(days=1))]
    elif len(slots.places) == 1 and slots.places[0] in city.places:
        found = notices.about_place(city, city.places[slots.places[0]], first, last)
    return [n for n in found if not (first <= now.date() and n.over(now)) and sentence(n, turn, services) is not None]


def _with(reply: Reply, found: Notice, turn: Turn, services: Services) -> Reply:
    message, notice = reply.message, sentence(found, turn, services)
    assert message is not None
    assert notice is not None
    here = reply.focus.slots.places[:1] == (found.place,)  # not merely around it: what is inside opens again at hours of its own
    if found.effect == CLOSED and found.hours and here and isinstance(message, _HOURS_TOLD) and not found.say:
        return reply  # the hours that were told leave it out already
    if found.effect == CLOSED and not found.hours and here:
        if isinstance(message, hours.ShutYes) and "why" not in turn.slots.aspects:
            return reply.but(message=m.YesByNotice(notice, message.next))
        if isinstance(message, hours.ClosedNo):
            return reply.but(message=m.NoByNotice(notice, message.next))
        if isinstance(message, (*_CLOSED, hours.ShutYes)):
            return reply.but(message=m.ClosedByNotice(notice, message.next))  # type: ignore[attr-defined]
    if found.effect == CLOSED and isinstance(message, hours.HoursNotKnown | m.TheseClosed):
        return reply.but(message=notice)
    return reply.but(message=m.WithNotice(message, notice))


def sentence(notice: Notice, turn: Turn, services: Services) -> terms.Message | None:
    """What is said of a notice on the day of a turn: its dates and staff's words, or those alone while they are true; None for nothing."""
    today = local(turn).date()
    words = notice.wording_on(today)
    own = words if turn.language in words else {}
    early = today < notice.first
    dated = _dated(notice, services)
    if dated is None or notice.effect == INFO:
        if not words:
            return None
        said: terms.Message = m.NoticeSaid(words) if own else m.NoticeInFrench(words)
        return m.NoticeAhead(terms.Between(notice.first, notice.last), words) if own and early and not notice.true_from and not _tells_when(own, turn) else said
    if not own or (notice.whole and early and not notice.true_from):
        return dated
    if notice.whole:
        return m.NoticeSaid(own)
    return m.NoticeBecause(dated, own) if own[turn.language][:1].islower() else m.NoticeAnd(dated, own)


def _tells_when(words: dict[str, str], turn: Turn) -> bool:
    """Whether a sentence names a day by itself: a figure is enough."""
    return any(c.isdigit() for c in words[turn.language])


def _dated(notice: Notice, services: Services) -> terms.Message | None:
    """The sentence that a notice's dates make; None where its effect says nothing by itself."""
    city, days = services.city, terms.Between(notice.first, notice.last)
    if notice.effect == CLOSED and notice.place in city.places:
        place, span = name(city.places[notice.place]), notice.span()
        if span is None:
            return m.NoticeClosed(place, days)
        return (m.NoticeClosedHours if notice.first == notice.last else m.NoticeClosedDaily)(place, days, terms.Hours(*span))
    collection, district = city.collections.get(notice.collection), city.districts.get(notice.district)
    if collection is None:
        return None
    if notice.effect == MOVED and notice.moved_to:
        day, to = terms.Full(notice.first), terms.Full(notice.moved_to)
        return m.NoticeMovedIn(collection.say, day, to, district_name(district)) if district else m.NoticeMoved(collection.say, day, to)
    if notice.effect == CANCELLED:
        return m.NoticeCancelledIn(collection.say, days, district_name(district)) if district else m.NoticeCancelled(collection.say, days)
    return None


def news(turn: Turn, services: Services) -> Reply:
    """What is announced for the coming days, three at a time; asked again in the session, those that were not told yet."""
    now = local(turn)
    found = [(n.id, s) for n in notices.running(services.city, now, now.date() + NEWS_AHEAD) if (s := sentence(n, turn, services)) is not None]
    if not found:
        return tell(m.NoNotices(contact(services)), turn)
    left = [pair for pair in found if f"notice-{pair[0]}" not in turn.focus.offered] or found
    shown, rest = left[:MAX_CHOICES], left[MAX_CHOICES:]
    parts = [s for _, s in shown] + ([m.OneMoreNotice() if len(rest) == 1 else m.MoreNotices(len(rest))] if rest else [])
    told = parts[-1]
    for each in reversed(parts[:-1]):
        told = m.WithNotice(each, told)
    focus = Focus(turn.intent, offered=tuple(f"notice-{key}" for key, _ in shown), asked=ASKED_NEWS if rest else "")
    return Reply(told, reprompt=HelpReprompt() if rest else None, focus=focus, intent=turn.intent)


HANDLERS: Final[dict[str, Handler]] = {"NewsIntent": news}
