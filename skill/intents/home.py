"""Where somebody lives: a district, or a street that the town's index knows. Remembered only after a yes, without the number.

The home is the household's: everybody who speaks to the same speaker shares it. Manner, reminders and listening are the person's.
"""

from __future__ import annotations

from typing import Final

from skill.city import streets, waste
from skill.city.fold import fold
from skill.city.model import Street
from skill.city.numbers import ordinal
from skill.conversation.messages import care as m
from skill.conversation.messages.podcasts import CannotRemember
from skill.conversation.ports import AddressRefused
from skill.conversation.profile import Home
from skill.conversation.turn import ASKED_ADDRESS, ASKED_HOME, MAX_CHOICES, Focus, Reply, Slots, Turn
from skill.intents.common import Handler, Services, ask, district_name, tell
from skill.intents.person import change, profile


def answer(turn: Turn, services: Services) -> Reply:
    """Told, asked, forgotten, or looked up at the speaker's maker."""
    aspects = turn.slots.aspects
    if "where" in aspects:
        return _where(turn, services)
    if "forget" in aspects:
        done = change(turn, services, lambda old: old.but(home=Home()), household=True)
        return tell(m.HomeForgotten() if done else CannotRemember(), turn, Slots())
    if "device" in aspects:
        return _from_device(turn, services)
    return _told(turn, services, turn.slots.street)


def _where(turn: Turn, services: Services) -> Reply:
    home = profile(turn, services, household=True).home
    street, district = services.city.streets.get(home.street), services.city.districts.get(home.district)
    if street and district:
        return tell(m.HomeIsStreet(street.name, district_name(district)), turn, Slots())
    if street:
        return tell(m.HomeIsStreetOnly(street.name), turn, Slots())
    if home.sector and not district:
        return tell(m.HomeIsSector(), turn, Slots())
    if district:
        return tell(m.HomeIs(district_name(district)), turn, Slots())
    return ask(m.HomeNotKnown(), m.WhereReprompt(), turn, ASKED_ADDRESS, slots=Slots())


def _told(turn: Turn, services: Services, text: str) -> Reply:
    """A street or a district was said."""
    wish = turn.focus.slots.wish if turn.focus.asked in (ASKED_ADDRESS, ASKED_HOME) else None
    index = services.city.streets
    offered = {k: index[k] for k in turn.focus.choices if k in index} if turn.focus.asked == ASKED_ADDRESS else {}
    found = streets.Lookup()
    if len(offered) == 1 and streets.house_number(text):
        (street,) = offered.values()
        found = streets.Lookup(street, (), streets.house_number(text))
    elif offered:
        rank = next((r for w in fold(text).split() if (r := ordinal(w))), 0)
        found = streets.Lookup(list(offered.values())[rank - 1]) if 0 < rank <= len(offered) else streets.find(text, offered)
    if found.street is None and not turn.slots.district:
        found = streets.find(text, index)
    if found.street is not None:
        return _street(found, turn, Slots(wish=wish))
    district = services.city.districts.get(turn.slots.district)
    if not district and services.territory is not None and text:
        located = services.territory.locate(text, services.city)
        if located and located.number:
            return ask(m.WhichNumberIn(located.street), m.WhichNumberIn(located.street), turn, ASKED_ADDRESS, slots=Slots(wish=wish))
        if located and located.sector:
            return ask(m.HomeConfirmStreet(located.street), m.YesOrNo(), turn, ASKED_HOME, (located.sector,), Slots(wish=wish))
    if district and not turn.user and not turn.household:
        return tell(m.HomeForNow(district_name(district)), turn, Slots(district=district.id, wish=wish))
    if district:
        return ask(m.HomeConfirm(district_name(district)), m.YesOrNo(), turn, ASKED_HOME, slots=Slots(district=district.id, wish=wish))
    if found.near:
        names = tuple(s.name for s in found.near)
        return ask(m.WhichStreet(names), m.WhichStreet(names), turn, ASKED_ADDRESS, tuple(s.id for s in found.near), Slots(wish=wish))
    served = [d for c in services.city.collections.values() if c.door for d in waste.by_district(c)]
    known = [d for d in dict.fromkeys((*served, *services.city.districts)) if d in services.city.districts]
    choices = tuple(district_name(services.city.districts[d]) for d in known[:MAX_CHOICES])
    unknown = m.StreetNotKnown(choices) if text and choices else m.WhereDoYouLive()
    return ask(unknown, m.WhereReprompt(), turn, ASKED_ADDRESS, slots=Slots(wish=wish))


def _street(found: streets.Lookup, turn: Turn, slots: Slots) -> Reply:
    street: Street = found.street  # type: ignore[assignment]
    if street.stretches and not found.district:
        return ask(m.WhichNumber(street.name), m.WhichNumber(street.name), turn, ASKED_ADDRESS, (street.id,), slots)
    return ask(m.HomeConfirmStreet(street.name), m.YesOrNo(), turn, ASKED_HOME, (street.id,), slots.but(district=found.district))


def _from_device(turn: Turn, services: Services) -> Reply:
    """The address that the speaker's owner gave its maker, where they allow it."""
    try:
        text = services.address()
    except AddressRefused as refused:
        if refused.allowed:
            return ask(m.NoAddressHere(), m.WhereReprompt(), turn, ASKED_ADDRESS, slots=Slots())
        return Reply(m.AddressNotAllowed(), reprompt=None, focus=Focus(turn.intent), intent=turn.intent, permission="address-card")
    return _told(turn, services, text)


def keep(turn: Turn, services: Services) -> Reply:
    """Yes: remembered; and what was waiting for it goes on."""
    slots, chosen = turn.focus.slots, next((c for c in turn.focus.choices if c in services.city.streets), "")
    sector = next((c for c in turn.focus.choices if not chosen), "") if services.territory else ""
    home = Home(slots.district, chosen, sector)
    if not home:
        return tell(m.HomeNotKept(), turn, Slots())
    if not change(turn, services, lambda old: old.but(home=home), household=True):
        return _go_on(turn, services, tell(CannotRemember(), turn, Slots(district=home.district)))
    return _go_on(turn, services, tell(m.HomeKept(), turn, Slots(district=home.district)))


def drop(turn: Turn, services: Services) -> Reply:
    """No: not remembered."""
    return tell(m.HomeNotKept(), turn, Slots())


def _go_on(turn: Turn, services: Services, reply: Reply) -> Reply:
    """What was asked for before the address goes on."""
    wish = turn.focus.slots.wish
    if wish is None or not wish.collection:
        return reply
    from skill.intents import eves

    wish = wish.but(district=reply.focus.slots.district)
    return eves.propose(turn.but(intent="ReminderIntent", slots=Slots(wish=wish)), services, wish)


HANDLERS: Final[dict[str, Handler]] = {"HomeIntent": answer}
