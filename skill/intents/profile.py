"""How somebody likes to be spoken to, what we know of them, and forgetting it; and no medical advice."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from skill.conversation import terms
from skill.conversation.messages import care as m
from skill.conversation.messages.talk import NothingToRepeat
from skill.conversation.ports import NOT_ALLOWED, ReminderRefused, StoreUnavailable
from skill.conversation.profile import FAST, SLOW, Manner, Profile, said_manner
from skill.conversation.reminders import Reminder
from skill.conversation.turn import Card, Focus, Reply, Slots, Turn
from skill.intents import person
from skill.intents.common import Handler, Services, district_name, tell
from skill.intents.help import still_open

_WHOLE: Final = re.compile(r"\b0 ?\d(?:\d\d)?(?:,? \d\d){3,4}\b")
_NO_NAMES: Final = frozenset(
    {"moi", "nous", "adresse", "address", "nom", "mot", "rue", "cela", "name", "word", "street", "that", "this", "please", "plait", "vous", "merci"}
)
"""Words that ask for a spelling and are not what is to be spelt."""
LONGEST_WORD: Final = 24
"""Letters that are spelt; nobody writes down more at once."""
_MANNERS: Final[tuple[tuple[str, Callable[[Manner], Manner], type[terms.Message]], ...]] = (
    ("slower", lambda old: old.but(rate="" if old.rate == FAST else SLOW), m.Slower),
    ("faster", lambda old: old.but(rate="" if old.rate == SLOW else FAST), m.Faster),
    ("normal", lambda _: Manner(), m.NormalPace),
    ("shorter", lambda old: old.but(short=True), m.Shorter),
    ("longer", lambda old: old.but(short=False), m.Longer),
)


def manner(turn: Turn, services: Services) -> Reply:
    """Slower, faster, shorter: from the next word on, and for every day to come."""
    aspects = turn.slots.aspects
    edit, said = next(((e, s) for a, e, s in _MANNERS if a in aspects), (_MANNERS[0][1], m.Slower))
    message: terms.Message = m.SlowerAgain(turn.focus.said) if "again" in aspects and turn.focus.said else said()
    after = edit(said_manner(turn.focus.manner) if turn.focus.manner else person.profile(turn, services).manner)
    if not person.change(turn, services, lambda old: old.but(manner=edit(old.manner))):
        message = m.OnlyForNow(message)
        kept = tuple(w for w in (after.rate, "short" if after.short else "") if w)
    else:
        kept = ()
    return Reply(message, reprompt=still_open(turn, services), focus=turn.focus.but(manner=kept), intent=turn.intent, manner=after)


def repeat_number(turn: Turn, services: Services) -> Reply:
    """The last number said, alone."""
    found = _WHOLE.findall(turn.focus.said)
    if not found:
        return Reply(m.NoNumberYet() if turn.focus.said else NothingToRepeat(), focus=turn.focus, intent=turn.intent)
    digits = found[-1].replace(",", "")
    return Reply(m.NumberAgain(terms.Phone(digits)), card=Card(services.city.name, digits), focus=turn.focus, intent=turn.intent)


def spell(turn: Turn, services: Services) -> Reply:
    """A word letter by letter: the one named, else the name of the place last spoken of."""
    word = _word(turn, services)
    if not word:
        return Reply(m.WhatToSpell(), focus=turn.focus, intent=turn.intent)
    return Reply(m.Spelled(word, tuple(word.upper())), card=Card(services.city.name, word), focus=turn.focus, intent=turn.intent)


def _word(turn: Turn, services: Services) -> str:
    places = turn.slots.places or turn.focus.slots.places
    said = turn.slots.word.strip(" ?!.,'\"«»")
    if said and not turn.slots.places and not {w.lower() for w in re.findall(r"[^\W\d_]{3,}", said)} <= _NO_NAMES:
        words: list[str] = [w for w in re.findall(r"[^\W\d_]+", said) if w.lower() not in _NO_NAMES]
        longest = max((w for w in words), key=len, default="")
        return longest[:LONGEST_WORD] if len(longest) > 2 else ""
    if places and places[0] in services.city.places:
        own: list[str] = re.findall(r"[^\W\d_]+", services.city.places[places[0]].name["fr"])
        return max(own[1:] or own, key=len)[:LONGEST_WORD]
    return _name_in(turn.focus.said)[:LONGEST_WORD]


def _name_in(text: str) -> str:
    """The last word of the first name in a text: "André Santini est le maire" has "Santini"; "" where there is none."""
    words = re.findall(r"[^\W\d_]+|[.?!:]", text)
    run: list[str] = []
    for i, word in enumerate(words):
        begins = i == 0 or words[i - 1] in ".?!:"
        follows = words[i + 1][:1].isupper() if i + 1 < len(words) else False
        if word[:1].isupper() and len(word) > 1 and (not begins or follows):  # a capital at a sentence's head proves nothing alone
            run.append(word)
        elif run:
            break
    return run[-1] if run else ""


def forget(turn: Turn, services: Services) -> Reply:
    """Everything about the person is erased at once: it was asked for, so no question back. What others of the household told of themselves stays theirs."""
    quiet = _quiet(turn, services)
    try:
        if turn.user:
            services.memory.forget(turn.user, members=False)
        if turn.household:
            services.memory.listeners.forget(turn.household)
            services.memory.people.change(turn.household, lambda old: Profile(members=tuple(k for k in old.members if k != turn.user)))
            if not services.memory.people.get(turn.household).members:
                services.memory.people.forget(turn.household)
    except StoreUnavailable as error:
        services.warn(f"a person cannot be forgotten: {error}")
        return Reply(m.NotForgotten(), focus=Focus(), intent=turn.intent)
    return Reply(m.Forgotten() if quiet else m.ForgottenButReminders(), focus=Focus(), intent=turn.intent, manner=Manner())


def _quiet(turn: Turn, services: Services) -> bool:
    """The speaker's own reminders of ours go too; False where it would not give them up."""
    port = services.reminders() if turn.user else None
    if port is None or not port.rings:
        return True
    try:
        port.cancel(Reminder(tokens=tuple(t for each in port.all() for t in each.tokens)))
    except ReminderRefused as refused:
        return refused.why == NOT_ALLOWED and not person.profile(turn, services).watches
    return True


def what_known(turn: Turn, services: Services) -> Reply:
    """All that is kept of the person, told plainly."""
    if not turn.user:
        return tell(m.NothingKnown(), turn, turn.focus.slots)
    own, house = person.profile(turn, services), person.profile(turn, services, household=True)
    things: list[terms.Message] = []
    street, district = services.city.streets.get(house.home.street), services.city.districts.get(house.home.district)
    if street:
        things.append(m.KnowsStreet(street.name))
    elif district:
        things.append(m.KnowsDistrict(district_name(district)))
    elif house.home.sector:
        things.append(m.KnowsSector())
    if own.manner != Manner():
        things.append(m.KnowsManner())
    count = len(own.watches)
    try:
        count += len(services.memory.agendas.get(own.link).reminders) if own.link else 0
        if services.memory.listeners.get(turn.household or turn.user).marks:
            things.append(m.KnowsListening())
    except StoreUnavailable as error:
        services.warn(f"what is known cannot be read: {error}")
    if count:
        things.append(m.KnowsReminders(count))
    return tell(m.KnownOfYou(tuple(things)) if things else m.NothingKnown(), turn, Slots())


def health(turn: Turn, services: Services) -> Reply:
    """No medical advice, ever: who to ask, and the number if it is urgent."""
    return Reply(m.NoAdvice(), card=None, focus=Focus(turn.intent), intent=turn.intent)


HANDLERS: Final[dict[str, Handler]] = {
    "MannerIntent": manner,
    "RepeatNumberIntent": repeat_number,
    "SpellIntent": spell,
    "ForgetMeIntent": forget,
    "WhatKnownIntent": what_known,
    "HealthIntent": health,
}
