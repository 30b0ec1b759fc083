"""The evening before a collection: reminders at computed dates, set ahead, renewed when the person next speaks to us.

Why dates and not a weekly rule: a week with a public holiday, or the fifty-third of a year, makes a weekly rule wrong, and a wrong
day is worse than none. A day that is a holiday of which the town says nothing is not certain, and is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Final

from skill.city import waste
from skill.city.model import Collection
from skill.city.waste import Passage
from skill.conversation.messages import reminders as m
from skill.conversation.messages.talk import AllRight
from skill.conversation.ports import ReminderRefused, Reminders, StoreUnavailable
from skill.conversation.profile import MOST_WATCHES, Profile
from skill.conversation.reminders import Reminder, Rule, Wish
from skill.conversation.terms import Full
from skill.conversation.turn import ASKED_ADDRESS, ASKED_OFFER, ASKED_REMINDER, Focus, Reply, Slots, Turn, When
from skill.intents import person
from skill.intents.common import Services, ask, local, tell
from skill.intents.refusals import calendar_card, refusal
from skill.intents.waste import next_collection, plural

EVENING: Final = time(19)
"""When nothing else was asked for."""
AHEAD: Final = 4
"""Rounds that are set at a time on a speaker: each is a reminder of its own, and it holds so many."""
RENEW_DAYS: Final = 21
"""Renewed when fewer days than this are left."""


def coming(services: Services, collection: Collection, district: str, now: datetime, most: int, days: int = 120) -> list[Passage]:
    """The next rounds that are certain, one a day, soonest first."""
    found = {p.day: p for p in reversed(waste.certain(services.city, collection, now.date(), now.date() + timedelta(days=days), district)) if p.ends > now}
    return [found[day] for day in sorted(found)][:most]


def eve_of(passage: Passage, at: time, now: datetime) -> datetime:
    """The moment to ring for a round."""
    return datetime.combine(passage.day - timedelta(days=1), at, now.tzinfo)


def propose(turn: Turn, services: Services, wish: Wish) -> Reply:
    """Says back which rounds, and asks; or says why it cannot be."""
    collection = services.city.collections.get(wish.collection)
    if collection is None:
        return tell(m.CannotRemind(), turn, Slots())
    wish = _at_home(wish, collection, turn, services)
    collection = person.at_home(collection, turn, services)
    served = waste.by_district(collection)
    if collection.door and served and not wish.district:
        return ask(m.WhichDistrictFor(collection.say), m.WhichDistrictFor(collection.say), turn, ASKED_ADDRESS, slots=Slots(wish=wish))
    now = local(turn)
    at = wish.times[0] if wish.times else EVENING
    passages = [p for p in coming(services, collection, wish.district, now, AHEAD) if eve_of(p, at, now) > now]
    if not passages or services.reminders() is None or (collection.door and served and wish.district not in served):
        slots = turn.slots.but(collection=collection.id, district=wish.district, when=When(), aspects=(), wish=None)
        answer = next_collection(turn.but(slots=slots, intent="NextCollectionIntent"), services)
        return tell(m.CannotRemindBut(answer.message), turn, slots, source=collection.source)
    message = m.EveConfirm(collection.say, at, Full(passages[0].day))
    return ask(message, m.ReminderConfirmReprompt(), turn, ASKED_REMINDER, slots=Slots(wish=wish.but(times=(at,))))


def _at_home(wish: Wish, collection: Collection, turn: Turn, services: Services) -> Wish:
    if wish.district or not collection.door:
        return wish
    return wish.but(district=person.district_of(turn, services))


def confirmed(turn: Turn, services: Services, wish: Wish, port: Reminders) -> Reply:
    """Yes: set for the rounds that are known, and said how far."""
    collection = services.city.collections.get(wish.collection)
    if collection is None:
        return tell(m.CannotRemind(), turn, Slots())
    collection, now = person.at_home(collection, turn, services), local(turn)
    at = wish.times[0] if wish.times else EVENING
    passages = [p for p in coming(services, collection, wish.district, now, AHEAD) if eve_of(p, at, now) > now]
    if not passages:
        return propose(turn, services, wish)
    text = services.say(m.EveAlert(collection.say, plural(collection, turn)), turn)
    wanted = Reminder(text, Rule(dates=tuple(eve_of(p, at, now) for p in passages)), collection.id, wish.district, at, turn.locale)
    try:
        done = port.set(wanted)
    except ReminderRefused as refused:
        return refusal(refused, turn, services, Slots(wish=wish))
    if not port.rings:
        return Reply(m.EveWritten(collection.say, at), card=calendar_card(port, services), focus=Focus(turn.intent, Slots(wish=wish)), intent=turn.intent)
    replaced = tuple(t for w in person.profile(turn, services).watches if w.collection == done.collection for t in w.tokens if t not in done.tokens)
    kept = _watch(turn, services, done)
    if replaced:
        with suppress(ReminderRefused):  # asked again for another hour, or from another district: the old ones are silenced
            port.cancel(Reminder(tokens=replaced))
    last = next((p for p in reversed(passages) if eve_of(p, at, now) in done.rule.dates), passages[0])
    message = m.EveSetOnce(at, Full(last.day)) if len(done.rule.dates) == 1 else m.EveSet(at, Full(last.day)) if kept else m.EveSetOnly(at, Full(last.day))
    return Reply(message, focus=Focus(turn.intent, Slots(wish=wish)), intent=turn.intent)


def _watch(turn: Turn, services: Services, done: Reminder) -> bool:
    """Remembers it, so that it can be renewed; in the place of one for the same collection. False where it cannot be remembered."""

    def edit(old: Profile) -> Profile:
        others = tuple(w for w in old.watches if w.collection != done.collection)
        return old.but(watches=(*others, done.but(text=""))[-MOST_WATCHES:], renewed=local(turn).date().isoformat())

    return person.change(turn, services, edit)


def refreshed(reminder: Reminder, services: Services, now: datetime) -> Reminder:
    """A reminder of a collection that a calendar holds, with the eves that are to come: the calendar goes on by itself."""
    collection = services.city.collections.get(reminder.collection)
    if collection is None:
        return reminder
    eves = (eve_of(p, reminder.at or EVENING, now) for p in coming(services, collection, reminder.district, now, AHEAD))
    return reminder.but(rule=Rule(dates=tuple(e for e in eves if e > now)))


def forget(turn: Turn, services: Services, cancelled: Iterable[Reminder]) -> None:
    """Renews no more what was taken away."""
    gone = {t for each in cancelled for t in each.tokens}
    if turn.user and gone:
        person.change(turn, services, lambda old: old.but(watches=tuple(w for w in old.watches if gone.isdisjoint(w.tokens))))


def renew(turn: Turn, services: Services) -> None:
    """Sets the next rounds of what is watched, once a day at most; what is refused is for another day. What was taken away elsewhere is watched no more."""
    profile, now = person.profile(turn, services), local(turn)
    today = now.date().isoformat()
    port = services.reminders() if profile.watches and profile.renewed != today else None
    if port is None or not port.rings or not person.change(turn, services, lambda old: old.but(renewed=today)):
        return
    due = [w for w in profile.watches if w.until is None or (w.until - now.date()).days <= RENEW_DAYS]
    try:
        there = {t for each in port.all() for t in each.tokens} if due else set()
        done = {w.tokens: _renewed(w, turn, services, port, now) for w in due if not there.isdisjoint(w.tokens)}
    except ReminderRefused:
        person.change(turn, services, lambda old: old.but(renewed=""))
        return
    if due:
        gone = {w.tokens for w in due} - done.keys()
        person.change(turn, services, lambda old: old.but(watches=tuple(done.get(w.tokens, w) for w in old.watches if w.tokens not in gone)))


def _renewed(watch: Reminder, turn: Turn, services: Services, port: Reminders, now: datetime) -> Reminder:
    collection, until = services.city.collections.get(watch.collection), watch.until
    if collection is None or until is None:
        return watch
    at, collection = watch.at or EVENING, person.at_home(collection, turn, services)
    fresh = [eve_of(p, at, now) for p in coming(services, collection, watch.district, now, AHEAD)]
    fresh = [f for f in fresh if f > now and f.date() > until]
    if not fresh:
        return watch
    text = services.say(m.EveAlert(collection.say, plural(collection, turn)), turn)
    done = port.set(watch.but(text=text, rule=Rule(dates=tuple(fresh)), tokens=()))
    past = sum(1 for d in watch.rule.dates if d <= now)
    return watch.but(rule=Rule(dates=watch.rule.dates[past:] + done.rule.dates), tokens=watch.tokens[past:] + done.tokens)


def accepted(turn: Turn, services: Services) -> Reply:
    """Yes to the offer."""
    wish, port = turn.focus.slots.wish, services.reminders()
    return confirmed(turn, services, wish, port) if wish and wish.collection and port else tell(m.CannotRemind(), turn, Slots())


def refused(turn: Turn, services: Services) -> Reply:
    """No to the offer: none is made again."""
    person.change(turn, services, lambda old: old.but(declined=True))
    return Reply(AllRight(), focus=Focus(turn.intent), intent=turn.intent)


def offer(reply: Reply, turn: Turn, services: Services) -> Reply:
    """After the day of a collection, one offer to be told the evening before: once in a session, and never to those who said no."""
    slots = reply.focus.slots
    collection = services.city.collections.get(slots.collection)
    port = services.reminders() if collection and collection.door and reply.message is not None and reply.reprompt is None else None
    if port is None or not port.rings or collection is None or "eve" in turn.focus.offered or not turn.user:
        return reply
    try:
        profile = services.memory.people.get(turn.user)
    except StoreUnavailable:
        return reply
    served = waste.by_district(collection)
    if profile.declined or profile.manner.short or (served and slots.district not in served) or any(w.collection == collection.id for w in profile.watches):
        return reply
    now = local(turn)
    if not any(eve_of(p, EVENING, now) > now for p in coming(services, collection, slots.district, now, 2, days=30)):
        return reply
    wish = Wish(collection=collection.id, district=slots.district)
    focus = reply.focus.but(slots=slots.but(wish=wish), asked=ASKED_OFFER, offered=(*turn.focus.offered, "eve"))
    return reply.but(message=m.OfferEve(reply.message, EVENING), reprompt=m.ReminderConfirmReprompt(), focus=focus)
