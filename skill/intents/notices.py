"""What staff announce, said with the answers that it concerns, and when somebody asks for the news."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from skill.city import notices
from skill.city.notices import CANCELLED, CLOSED, MOVED, Notice
from skill.conversation import terms
from skill.conversation.messages import hours
from skill.conversation.messages import notices as m
from skill.conversation.turn import MAX_CHOICES, Focus, Reply, Turn
from skill.intents.common import Handler, Services, contact, local, name, tell

AHEAD: Final = timedelta(days=7)
"""How far ahead a notice is told to somebody who names no day."""
NEWS_AHEAD: Final = timedelta(days=14)
CONCERNED: Final = frozenset({
    "OpeningHoursIntent", "PlaceWhereIntent", "PlaceAccessIntent", "PlaceAboutIntent", "FindPlaceIntent", "NextCollectionIntent", "WhatTonightIntent",
})  # fmt: skip
"""Intents of answers that a notice may make wrong, or late."""
_CLOSED: Final = (hours.ClosedOn, hours.ClosedBoth, hours.ClosedOver)


def noticed(reply: Reply, turn: Turn, services: Services) -> Reply:
    """The answer with the first notice about what it speaks of; a closing says itself why it is closed."""
    if reply.message is None or reply.intent not in CONCERNED:
        return reply
    found = _about(reply, turn, services)
    if found is None:
        return reply
    notice = sentence(found, turn, services)
    return reply if notice is None else reply.but(message=_with(reply.message, notice, found))


def _about(reply: Reply, turn: Turn, services: Services) -> Notice | None:
    """The notice that concerns the place or collection of an answer, on the days that it speaks of."""
    slots, today = reply.focus.slots, local(turn).date()
    first = slots.when.day or today
    last = slots.when.last or slots.when.day or today + AHEAD
    city = services.city
    found: list[Notice] = []
    if reply.intent in ("NextCollectionIntent", "WhatTonightIntent"):
        wanted = [slots.collection] if slots.collection else [c.id for c in city.collections.values() if c.door]
        if not slots.collection:
            first, last = (first, first + timedelta(days=1))
        found = [
            n for key in wanted for n in notices.about_collection(city, key, slots.district, first, max(last, first + AHEAD) if slots.collection else last)
        ]
    elif len(slots.places) == 1 and slots.places[0] in city.places:
        found = notices.about_place(city, city.places[slots.places[0]], first, last)
    return next((n for n in found if sentence(n, turn, services) is not None), None)


def _with(message: terms.Message, notice: terms.Message, found: Notice) -> terms.Message:
    if found.effect == CLOSED and not found.hours:
        if isinstance(message, _CLOSED):
            return m.ClosedByNotice(notice, message.next)  # type: ignore[attr-defined]
        if isinstance(message, hours.ClosedNo):
            return m.NoByNotice(notice, message.next)
        if isinstance(message, hours.ShutYes):
            return m.YesByNotice(notice, message.next)
        if isinstance(message, hours.HoursNotKnown):
            return notice
    return m.WithNotice(message, notice)


def sentence(notice: Notice, turn: Turn, services: Services) -> terms.Message | None:
    """What is said of a notice on the day of a turn: staff's own words while they are true, else what its dates say; None for nothing."""
    today, city = local(turn).date(), services.city
    words = notice.wording_on(today)
    if words and turn.language in words:
        return m.NoticeSaid(words)
    days = terms.Between(notice.first, notice.last)
    if notice.effect == CLOSED and notice.place in city.places:
        place = name(city.places[notice.place])
        span = notice.span()
        return m.NoticeClosedHours(place, days, terms.Hours(*span)) if span else m.NoticeClosed(place, days)
    if notice.effect == MOVED and notice.collection in city.collections and notice.moved_to:
        return m.NoticeMoved(city.collections[notice.collection].say, terms.Full(notice.first), terms.Full(notice.moved_to))
    if notice.effect == CANCELLED and notice.collection in city.collections:
        return m.NoticeCancelled(city.collections[notice.collection].say, days)
    return m.NoticeInFrench(words) if words else None


def news(turn: Turn, services: Services) -> Reply:
    """Everything that is announced for the coming days, three at most."""
    today: date = local(turn).date()
    found = [s for n in notices.running(services.city, today, today + NEWS_AHEAD) if (s := sentence(n, turn, services)) is not None]
    if not found:
        return tell(m.NoNotices(contact(services)), turn)
    told: terms.Message = m.MoreNotices(len(found) - MAX_CHOICES) if len(found) > MAX_CHOICES else found[min(len(found), MAX_CHOICES) - 1]
    for each in reversed(found[:MAX_CHOICES] if len(found) > MAX_CHOICES else found[:-1]):
        told = m.WithNotice(each, told)
    return Reply(told, focus=Focus(turn.intent), intent=turn.intent)


HANDLERS: Final[dict[str, Handler]] = {"NewsIntent": news}
