"""The conversation itself: welcome, help, courtesy, what is not ours, and people in danger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from skill.city.fold import fold
from skill.conversation import plain, terms
from skill.conversation.messages import lists
from skill.conversation.messages import talk as m
from skill.conversation.turn import MAX_CHOICES, Focus, Reply, Turn
from skill.intents import lessons, person
from skill.intents.common import Handler, Services, ask, contact, district_name, kind_name, name, tell, which_place

WELCOMED: Final = "welcome"
"""What those have tried who were here once."""
_OPEN: Final = "anything"
"""What is asked when the floor is simply given back."""


def launch(turn: Turn, services: Services) -> Reply:
    """Opened without a question: what can be asked, to those who come for the first time."""
    welcome = services.city.welcome
    known = bool(turn.user) and bool(person.profile(turn, services).tried)
    if turn.user and not known:
        person.change(turn, services, lambda old: old if old.tried else old.but(tried=(WELCOMED,)))
    return ask(m.WelcomeBack(welcome) if known else m.Welcome(welcome), m.HelpReprompt(), turn, _OPEN)


def help_(turn: Turn, services: Services) -> Reply:
    """One example at a time: first the town's own, then what was not tried yet."""
    examples = services.city.examples
    fit = {language: [e for e in some if turn.device.can_play or "podcast" not in fold(e)] for language, some in examples.items()}
    example = {language: some[turn.now.minute % len(some)] for language, some in fit.items() if some}
    lesson = lessons.next_lesson(turn, services)
    first = lessons.TAUGHT + "first"
    if first not in turn.focus.offered and not person.profile(turn, services).tried:
        reply = ask(m.Help(example) if example else m.HelpAtLarge(), m.HelpReprompt(), turn, _OPEN)
        return reply.but(focus=reply.focus.but(offered=(first,)))
    if lesson is None:
        return ask(m.HelpAtLarge(), m.HelpReprompt(), turn, _OPEN)
    subject, message = lesson
    reply = ask(message, m.HelpReprompt(), turn, _OPEN)
    return reply.but(focus=reply.focus.but(offered=(lessons.TAUGHT + subject,)))


def goodbye(turn: Turn, services: Services) -> Reply:
    """Leave is taken at once, whatever was going on."""
    return Reply(m.Goodbye(), intent=turn.intent)


def thanks(turn: Turn, services: Services) -> Reply:
    """Answer to thanks."""
    return Reply(m.YouAreWelcome(), intent=turn.intent, focus=turn.focus.but(asked="", choices=()))


def hello(turn: Turn, services: Services) -> Reply:
    """Answer to a bare greeting."""
    return ask(m.HelloBack(), m.HelpReprompt(), turn, _OPEN)


def repeat(turn: Turn, services: Services) -> Reply:
    """The last speech again, with the question it asked still open."""
    if not turn.focus.said:
        return ask(m.NothingToRepeat(), m.HelpReprompt(), turn, _OPEN)
    return Reply(m.Again(turn.focus.said), reprompt=still_open(turn, services), focus=turn.focus, intent=turn.intent)


def still_open(turn: Turn, services: Services) -> terms.Message | None:
    """The question that was asked and has no answer yet; None where nothing was asked."""
    asked, city = turn.focus.asked, services.city
    if asked == "place":
        choices = tuple(city.places[c] for c in turn.focus.choices if c in city.places)
        reprompt: terms.Message = which_place(choices, turn.focus.slots.kind, turn, services).reprompt if choices else lists.WhichPlaceAtAll()
        return reprompt
    if asked == "collection":
        return lists.WhichCollection(tuple([c.say for c in city.collections.values() if c.rounds][:MAX_CHOICES]))
    return m.HelpReprompt() if asked else None


def yes(turn: Turn, services: Services) -> Reply:
    """Yes to what was offered."""
    return ask(m.HelpReprompt(), m.HelpReprompt(), turn, _OPEN, slots=turn.focus.slots)


def no(turn: Turn, services: Services) -> Reply:
    """No to what was offered."""
    return Reply(m.AllRight(), intent=turn.intent, focus=turn.focus.but(asked="", choices=()))


def source(turn: Turn, services: Services) -> Reply:
    """Where the last fact comes from."""
    page, day = turn.focus.source
    if not page or not _ours(page, services):
        return tell(m.NoSource(), turn)
    shown = page.removeprefix("https://").removeprefix("www.").split("/")[0] if page.startswith("http") else page
    updated = plain.day(day)
    message: terms.Message = m.SourceIs(shown, terms.Dated(updated)) if updated else m.SourcePage(shown)
    return Reply(message, focus=turn.focus, intent=turn.intent)


def _ours(page: str, services: Services) -> bool:
    """Whether a record of the town names the page: a session that says otherwise is forged, or older than the town's files."""
    city = services.city
    tables: tuple[Mapping[str, Any], ...] = (city.places, city.collections, city.bins, city.series, city.items, city.facts)
    return any(record.source.page == page for table in tables for record in table.values())


def emergency(turn: Turn, services: Services) -> Reply:
    """The number, at once."""
    aspects = set(turn.slots.aspects)
    kind = m.EmergencyDistress if "suicide" in aspects else m.EmergencyFire if "fire" in aspects else m.EmergencyPolice if "police" in aspects else m.Emergency
    return Reply(kind(), intent=turn.intent)


def cry(turn: Turn, services: Services) -> Reply:
    """ "Aidez-moi": perhaps somebody in danger, perhaps somebody lost in what can be asked; the number first."""
    return ask(m.PerhapsUrgent(), m.HelpReprompt(), turn, _OPEN)


def off_topic(turn: Turn, services: Services) -> Reply:
    """Clearly another assistant's business."""
    return tell(m.NotOurs(), turn)


def chitchat(turn: Turn, services: Services) -> Reply:
    """Jokes, declarations, insults."""
    return tell(m.Kindly(), turn)


def lonely(turn: Turn, services: Services) -> Reply:
    """Somebody is alone: kindly, and still there."""
    return ask(m.Lonely(), m.HelpReprompt(), turn, _OPEN)


def privacy(turn: Turn, services: Services) -> Reply:
    """Whether we listen, keep, record."""
    return tell(m.Privacy(), turn, turn.focus.slots)


def call(turn: Turn, services: Services) -> Reply:
    """The number to call about what was just spoken of: waste, here."""
    return tell(m.Call(contact(services, "waste")), turn)


def transport(turn: Turn, services: Services) -> Reply:
    """Times of metro, bus and train."""
    return tell(m.NoTransportTimes(), turn)


def other_town(turn: Turn, services: Services) -> Reply:
    """A question about a neighbour."""
    town = turn.slots.town if turn.slots.town in services.city.neighbours else ""
    return tell(m.NotOurTown(town) if town else m.NotOurs(), turn, turn.focus.slots)


def district(turn: Turn, services: Services) -> Reply:
    """A district was named and nothing else."""
    found = services.city.districts.get(turn.slots.district)
    if found is None:
        return fallback(turn, services)
    return ask(m.WhatAbout(district_name(found)), m.HelpReprompt(), turn, _OPEN)


def unknown_place(turn: Turn, services: Services) -> Reply:
    """A park, a market... of a name that is not in town."""
    return tell(m.UnknownPlace(kind_name(turn.slots.kind, services)), turn, turn.focus.slots)


def unclear_day(turn: Turn, services: Services) -> Reply:
    """A day or an hour was said that cannot be made out, or is years away."""
    return ask(m.WhichDay(), m.WhichDay(), turn, _OPEN, slots=turn.slots)


def aside(turn: Turn, services: Services) -> Reply:
    """Words that were not for us."""
    return Reply(m.Ready(), reprompt=still_open(turn, services), intent=turn.intent, focus=turn.focus)


def fallback(turn: Turn, services: Services) -> Reply:
    """Not understood: an example, then two choices, then the human number and silence. A place that was named is named again."""
    named = [services.city.places[p] for p in turn.slots.places if p in services.city.places]
    if len(named) == 1 and turn.focus.misses == 0 and "complaint" not in turn.slots.aspects:
        return tell(m.NotKnownAbout(name(named[0]), contact(services)), turn)
    misses = 2 if "complaint" in turn.slots.aspects else turn.focus.misses + 1
    focus = turn.focus.but(misses=misses, asked=_OPEN, choices=())
    if misses == 1:
        shown, message = _example(turn, services)
        focus = focus.but(offered=(*focus.offered, *shown))
        return Reply(message, reprompt=m.HelpReprompt(), focus=focus, intent=turn.intent)
    if misses == 2:
        return Reply(
            m.Misunderstood() if "complaint" in turn.slots.aspects else m.NotUnderstoodAgain(), reprompt=m.HelpReprompt(), focus=focus, intent=turn.intent
        )
    return Reply(m.NotUnderstoodAtAll(contact(services)), focus=Focus(), intent=turn.intent)


def _example(turn: Turn, services: Services) -> tuple[tuple[str, ...], terms.Message]:
    """A question that the town can answer, the nearest to what was heard, and none that was shown in this session already."""
    examples = services.city.examples
    several = examples.get("fr", ())
    left = [n for n in range(len(several)) if f"example-{n}" not in turn.focus.offered and (turn.device.can_play or "podcast" not in fold(several[n]))]
    if not left:
        return (), m.NotUnderstoodAtLarge()
    heard = {w for w in fold(turn.text).split() if len(w) > 3}
    near = max(left, key=lambda n: len(heard & set(fold(several[n]).split())))
    return (f"example-{near}",), m.NotUnderstood({language: some[near] for language, some in examples.items() if near < len(some)})


HANDLERS: Final[dict[str, Handler]] = {
    "AMAZON.HelpIntent": help_,
    "AMAZON.NavigateHomeIntent": launch,
    "AMAZON.FallbackIntent": fallback,
    "GoodbyeIntent": goodbye,
    "ThanksIntent": thanks,
    "HelloIntent": hello,
    "SourceIntent": source,
    "EmergencyIntent": emergency,
    "CryIntent": cry,
    "OffTopicIntent": off_topic,
    "ChitchatIntent": chitchat,
    "LonelyIntent": lonely,
    "PrivacyIntent": privacy,
    "CallIntent": call,
    "TransportIntent": transport,
    "OtherTownIntent": other_town,
    "AsideIntent": aside,
    "UnknownPlaceIntent": unknown_place,
    "UnclearDayIntent": unclear_day,
    "DistrictIntent": district,
}
LAUNCH: Final = launch
