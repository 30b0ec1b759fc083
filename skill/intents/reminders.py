"""Reminders: what is wanted is said back, set only after a yes, and never claimed before whoever rings has taken it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from skill.city.fold import fold
from skill.city.numbers import ordinal
from skill.conversation import terms
from skill.conversation.messages import reminders as m
from skill.conversation.ports import NOT_ALLOWED, ReminderRefused, Reminders
from skill.conversation.reminders import Reminder, Rule, Wish
from skill.conversation.turn import ASKED_ALL, ASKED_REMINDER, ASKED_TIME, ASKED_WHAT, ASKED_WHICH, Focus, Reply, Slots, Turn
from skill.intents import eves, hours
from skill.intents.common import Handler, Services, ask, local, name, places_meant, tell
from skill.intents.refusals import calendar_card, not_allowed, refusal, ringing

MOST_TOLD: Final = 3


def remind(turn: Turn, services: Services) -> Reply:
    """A reminder is asked for; where its words are an alarm, the number is said before anything."""
    reply = _asked(turn, services)
    return reply.but(message=m.UrgentFirst(reply.message)) if "urgent" in turn.slots.aspects else reply


def _asked(turn: Turn, services: Services) -> Reply:
    """What is missing is asked, then all of it is said back."""
    wish = _wished(turn, services)
    if wish.collection:
        return eves.propose(turn, services, wish)
    if services.reminders() is None:
        return _cannot(turn, services)
    if not wish.text:
        return ask(m.WhatToRemind(), m.WhatToRemindReprompt(), turn, ASKED_WHAT, slots=Slots(wish=wish))
    if wish.often or wish.odd or wish.nowhere:
        return _when(m.TooOften() if wish.often else m.NotOnThoseDays() if wish.odd else m.NoSuchDay(), turn, wish)
    rule = wish.rule(local(turn))
    if rule is None:
        past = wish.moment or wish.times
        kind = m.WhichTimePart if wish.part else m.WhichTime
        return _when(m.MomentPast() if past else kind(wish.text), turn, wish.but(moment=None, times=()) if past else wish)
    return ask(m.ReminderConfirm(wish.text, ringing(rule)), m.ReminderConfirmReprompt(), turn, ASKED_REMINDER, slots=Slots(wish=wish))


def _when(message: terms.Message, turn: Turn, wish: Wish) -> Reply:
    return ask(message, m.WhichTimeReprompt(), turn, ASKED_TIME, slots=Slots(wish=wish))


def _wished(turn: Turn, services: Services) -> Wish:
    """What is wished for: as our own ear read it, or from the slots of a speaker that understood by itself."""
    wish, slots = turn.slots.wish, turn.slots
    if wish is None:
        at = slots.when.at
        wish = Wish(day=slots.when.day, times=(at,) if at else (), part=slots.when.part, collection=slots.collection, district=slots.district)
        wish = wish.but(collection="") if wish.collection and wish.day else wish
    if not wish.text and not wish.collection and slots.collection and slots.collection in services.city.collections:
        wish = wish.but(text=services.say(m.PlaceText(terms.Name(services.city.collections[slots.collection].say, "")), turn))
    if slots.kind or slots.places:
        wish = _about_place(wish, turn, services)
    return wish


def _about_place(wish: Wish, turn: Turn, services: Services) -> Wish:
    """Of a place without an hour: when it opens that day is what is useful."""
    found = places_meant(turn, services) or services.city.of_kind(turn.slots.kind)
    if len(found) != 1:
        return wish
    text = wish.text or services.say(m.PlaceText(name(found[0])), turn)
    if wish.times or not wish.day:
        return wish.but(text=text)
    opens = hours.opening_on(found[0], wish.day, services)
    return wish.but(text=text, times=(opens,) if opens and not wish.part else ())


def _cannot(turn: Turn, services: Services) -> Reply:
    """Nobody rings here; the useful date all the same."""
    if len(turn.slots.places) == 1 or turn.slots.kind:
        reply = hours.opening_hours(turn.but(slots=turn.slots.but(aspects=(), wish=None)), services)
        if reply.reprompt is None and reply.message is not None:
            return tell(m.CannotRemindBut(reply.message), turn, turn.slots.but(wish=None))
    return tell(m.CannotRemind(), turn, turn.slots.but(wish=None))


def confirmed(turn: Turn, services: Services) -> Reply:
    """Yes to what was said back: it is set now, or it is said that it was not."""
    wish, port = turn.focus.slots.wish, services.reminders()
    if wish is None or port is None or not (wish.text or wish.collection):
        return tell(m.CannotRemind(), turn, Slots())
    if wish.collection:
        return eves.confirmed(turn, services, wish, port)
    rule = wish.rule(local(turn))
    if rule is None:
        return _when(m.MomentPast(), turn, wish.but(moment=None, times=()))
    try:
        done = port.set(Reminder(text=wish.text, rule=rule, locale=turn.locale))
    except ReminderRefused as refused:
        return refusal(refused, turn, services, Slots(wish=wish))
    message: terms.Message = (m.ReminderSet if port.rings else m.ReminderWritten)(wish.text, ringing(done.rule))
    if wish.instead:
        try:
            port.cancel(Reminder(tokens=wish.instead))
        except ReminderRefused:
            message = m.OldReminderStays(message)
    slots = Slots(wish=wish.but(instead=done.tokens))
    return Reply(message, card=calendar_card(port, services), focus=Focus(turn.intent, slots), intent=turn.intent)


def permission(turn: Turn, services: Services) -> Reply:
    """What was said to Alexa's question whether we may remind."""
    if "granted" not in turn.slots.aspects:
        return not_allowed(turn)
    return confirmed(turn, services)


def again(turn: Turn, services: Services) -> Reply:
    """ "Oui" to "À quelle heure ?": the question is still open, and is put in other words."""
    message = m.WhatToRemindReprompt() if turn.focus.asked == ASKED_WHAT else m.WhichTimeReprompt()
    return Reply(message, reprompt=message, focus=turn.focus, intent=turn.intent)


def declined(turn: Turn, services: Services) -> Reply:
    """No to what was said back, or to an hour: nothing is set."""
    return Reply(m.NotReminded(), focus=Focus(turn.intent, Slots(wish=turn.focus.slots.wish)), intent=turn.intent)


def manage(turn: Turn, services: Services) -> Reply:
    """List, next, cancel one, cancel all."""
    port = services.reminders()
    if port is None:
        return tell(m.CannotRemind(), turn, Slots())
    try:
        known = sorted((eves.refreshed(r, services, local(turn)) for r in port.all()), key=lambda r: _next(r, local(turn)))
    except ReminderRefused as refused:
        return not_allowed(turn) if refused.why == NOT_ALLOWED else refusal(refused, turn, services, Slots())
    known = [r for r in known if next(r.rule.moments(local(turn)), None)]
    if not known:
        return tell(m.NoReminders(), turn, Slots())
    if "cancel" not in turn.slots.aspects:
        return _told(turn, known, services, port)
    if "all" in turn.slots.aspects:
        return ask(m.CancelAll(len(known)), m.CancelAllReprompt(), turn, ASKED_ALL, slots=Slots())
    chosen = _chosen(turn, known)
    if not chosen and turn.slots.word and turn.focus.asked != ASKED_WHICH:
        return tell(m.NoSuchReminder(), turn, Slots())
    if len(chosen) != 1 and len(known) > 1:
        some = (chosen or known)[:MOST_TOLD]
        names = m.WhichReminder(tuple(_entry(r, local(turn)) for r in some))
        if turn.focus.asked == ASKED_WHICH:  # asked already: never the same sentence twice
            return tell(m.NoSuchReminder(), turn, Slots())
        return ask(names, names, turn, ASKED_WHICH, tuple(r.tokens[0] for r in some if r.tokens), Slots())
    gone = _at_hour((chosen or known)[0], turn)
    try:
        port.cancel(gone)
    except ReminderRefused as refused:
        return refusal(refused, turn, services, Slots())
    eves.forget(turn, services, (gone,))
    return tell(m.ReminderCancelled(gone.text, ringing(_coming(gone.rule, local(turn)))), turn, Slots())


def _chosen(turn: Turn, known: list[Reminder]) -> list[Reminder]:
    """The reminders that are meant: by their rank among those just named, or by the words."""
    words = fold(turn.slots.word).split()
    offered = [r for token in turn.focus.choices for r in known if token in r.tokens] if turn.focus.asked == ASKED_WHICH else []
    rank = next((r for w in words if (r := ordinal(w))), 0) or (len(offered) if {"dernier", "derniere", "last"} & set(words) else 0)
    return [offered[rank - 1]] if 0 < rank <= len(offered) else _fitting(turn, known)


def _at_hour(reminder: Reminder, turn: Turn) -> Reminder:
    """Of a reminder of several hours the one that was named: the others stay."""
    times = turn.slots.wish.times if turn.slots.wish else ()
    kept = [(t, token) for t, token in zip(reminder.rule.times, reminder.tokens, strict=False) if t in times]
    if not kept or len(reminder.tokens) != len(reminder.rule.times) or len(kept) == len(reminder.tokens):
        return reminder
    return reminder.but(rule=reminder.rule.but(times=tuple(t for t, _ in kept)), tokens=tuple(token for _, token in kept))


def _told(turn: Turn, known: list[Reminder], services: Services, port: Reminders) -> Reply:
    now = local(turn)
    card = calendar_card(port, services)
    if "next" in turn.slots.aspects:
        first = known[0]
        at = next(first.rule.moments(now))
        return tell(m.NextReminder(first.text, terms.Ringing((at,))), turn, Slots(), card=card)
    entries = tuple(_entry(r, now) for r in known[:MOST_TOLD])
    return tell(m.RemindersAreMore(len(known), entries) if len(known) > MOST_TOLD else m.RemindersAre(entries), turn, Slots(), card=card)


def _entry(reminder: Reminder, now: datetime) -> terms.Message:
    return m.ReminderEntry(reminder.text, ringing(_coming(reminder.rule, now)))


def _coming(rule: Rule, now: datetime) -> Rule:
    """A rule without what is past; of many dates the next one is told."""
    return Rule(dates=(next(rule.moments(now)),)) if rule.dates else rule


def _next(reminder: Reminder, now: datetime) -> float:
    first = next(reminder.rule.moments(now), None)
    return first.timestamp() if first else float("inf")


def _fitting(turn: Turn, known: list[Reminder]) -> list[Reminder]:
    """The reminders that the words point at: by an hour, a weekday, or the words they share."""
    wish = turn.slots.wish
    times = set(wish.times) if wish else set()
    said = {w for w in fold(turn.slots.word).split() if len(w) > 3}
    scored = []
    for each in known:
        own = {w for w in fold(each.text).split() if len(w) > 3}
        rings = set(each.rule.times) | {d.time() for d in each.rule.dates}
        scored.append((2 * len(times & rings) + sum(1 for w in said if any(w[:5] == o[:5] for o in own)), each))
    best = max((s for s, _ in scored), default=0)
    return [each for s, each in scored if s == best and best]


def cancel_all(turn: Turn, services: Services) -> Reply:
    """Yes to taking every reminder away."""
    port = services.reminders()
    if port is None:
        return tell(m.CannotRemind(), turn, Slots())
    try:
        known = port.all()
        port.cancel(Reminder(tokens=tuple(t for each in known for t in each.tokens)))
    except ReminderRefused as refused:
        return tell(m.NotAllCancelled(), turn, Slots()) if refused.why != NOT_ALLOWED else not_allowed(turn)
    eves.forget(turn, services, known)
    return tell(m.AllCancelled(), turn, Slots())


def keep_all(turn: Turn, services: Services) -> Reply:
    """No to taking them away."""
    return Reply(m.NoneCancelled(), focus=Focus(turn.intent), intent=turn.intent)


HANDLERS: Final[dict[str, Handler]] = {"ReminderIntent": remind, "RemindersIntent": manage, "PermissionIntent": permission}
