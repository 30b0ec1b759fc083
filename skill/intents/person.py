"""What is known of whoever speaks, and of the household: read once a turn, changed with care. Light, because every answer passes here."""

from __future__ import annotations

from collections.abc import Callable

from skill.city.model import Collection
from skill.city.notices import amended_rounds
from skill.conversation.ports import StoreUnavailable
from skill.conversation.profile import Profile
from skill.conversation.turn import Turn
from skill.intents.common import Services


def profile(turn: Turn, services: Services, household: bool = False) -> Profile:
    """What the person told us, or the household; a blank one where nobody is known, or the store cannot say."""
    who = turn.household if household else turn.user
    if not who:
        return Profile()
    try:
        return services.memory.people.get(who)
    except StoreUnavailable as error:
        services.warn(f"profiles cannot be read: {error}")
        return Profile()


def change(turn: Turn, services: Services, edit: Callable[[Profile], Profile], household: bool = False) -> bool:
    """Remembers something of the person, or of the household; False where it cannot be."""
    who = turn.household if household else turn.user
    if not who:
        return False
    try:
        if who != turn.household and turn.user not in services.memory.people.get(turn.household).members:
            services.memory.people.change(turn.household, lambda old: old.but(members=(*(k for k in old.members if k != turn.user), turn.user)))
        services.memory.people.change(who, edit)
    except StoreUnavailable as error:
        services.warn(f"profiles cannot be kept: {error}")
        return False
    return True


def touch(turn: Turn, services: Services, known: Profile) -> None:
    """Once a month the row is written again, with the agenda behind it, so that both are kept for as long as somebody speaks to us."""
    month = f"{turn.now:%Y-%m}"
    if known.seen == month or not change(turn, services, lambda old: old.but(seen=month)) or not known.link:
        return
    try:
        services.memory.agendas.change(known.link, lambda old: old.but(seen=month))
    except StoreUnavailable as error:
        services.warn(f"an agenda cannot be kept for longer: {error}")


def district_of(turn: Turn, services: Services) -> str:
    """Id of the district that serves the household, "" where it is not known."""
    district = profile(turn, services, household=True).home.district
    return district if district in services.city.districts else ""


def at_home(collection: Collection, turn: Turn, services: Services) -> Collection:
    """The collection with the days of the household's own sector, where the territory tells them; without any where it is not certain of them."""
    sector = profile(turn, services, household=True).home.sector if services.territory and collection.door else ""
    if not sector or services.territory is None:
        return collection
    rounds = services.territory.rounds(sector, collection, services.city) or ()  # not certain is not said
    return collection.but(rounds=amended_rounds(collection, rounds, services.city))
