"""What every subject needs: names of things as messages want them, who to ask, which place was meant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from skill.city.hours import Timetable, timetable
from skill.city.model import City, District, Place, Source, in_district
from skill.city.notices import amended_hours
from skill.city.shelf import Shelf
from skill.conversation import terms
from skill.conversation.messages import lists as m
from skill.conversation.ports import Memory, Reminders, Territory, no_address, no_reminders
from skill.conversation.turn import MAX_CHOICES, Card, Focus, Reply, Slots, Turn
from skill.record import Record


def warn(text: str) -> None:
    """A trouble, into the log."""
    import logging  # only when something broke

    logging.getLogger("mairie").warning(text)


def _mute(message: terms.Message, turn: Turn) -> str:
    return ""


class Services(Record):
    """Everything an intent may use, wired once in app.py. Later issues add their ports here."""

    city: City
    kinds: dict[str, dict[str, dict[str, str]]]
    """Language, then kind of place, to its words: one, many, article."""
    memory: Memory
    """What is known of people."""
    shelves: Callable[[], Shelf] = Shelf
    """Gives the episodes that can be played, read when first needed."""
    say: Callable[[terms.Message, Turn], str] = _mute
    """A message in the words of a turn's language: for what is written down to be said later."""
    reminders: Callable[[], Reminders | None] = no_reminders
    """Whoever rings for the person of this turn; None where nobody does."""
    address: Callable[[], str] = no_address
    """The address of the speaker. Raises AddressRefused."""
    territory: Territory | None = None
    """Days of collection street by street, where the town's server asks for them."""
    warn: Callable[[str], None] = warn
    """Where troubles are told to staff; never with anything about a person."""

    @property
    def shelf(self) -> Shelf:
        """The episodes that can be played at the moment."""
        return self.shelves()


Handler = Callable[[Turn, Services], Reply]


def name(place: Place) -> terms.Name:
    """A place as messages name it."""
    return terms.Name(place.name, place.article, place.article == "les")


def district_name(district: District) -> terms.Name:
    """A district as messages name it."""
    return terms.Name(district.name, district.article)


def kind_name(kind: str, services: Services, many: bool = False) -> terms.Name:
    """A kind of place: "marché", "marchés"."""
    words, article = {}, "le"
    for language, kinds in services.kinds.items():
        data = kinds.get(kind, {})
        words[language] = data.get("many" if many else "one", kind)
        if language == "fr":
            article = "les" if many else data.get("article", "le")
    return terms.Name(words, article, many)


def contact(services: Services, key: str = "town") -> terms.Contact:
    """Who knows what we do not."""
    found = services.city.contacts[key]
    return terms.Contact(found.say, terms.Phone(found.phone))


def table_of(place: Place, city: City, usual: bool = False) -> Timetable | None:
    """The place's timetable, or None where no hours are published; with what closes it for some days, unless its `usual` one is wanted."""
    hours = place.hours if usual else amended_hours(place, city)
    return timetable(hours, city.zone, city.country) if hours else None


def hours_of(place: Place, services: Services, usual: bool = False) -> Timetable | None:
    """The same, of a turn's town."""
    return table_of(place, services.city, usual)


def source_of(source: Source) -> tuple[str, str]:
    """As the focus keeps it."""
    return (source.page, source.updated.isoformat() if source.updated else "")


def card_for(place: Place, language: str) -> Card | None:
    """Phone and address, for reading again."""
    lines = [x for x in (place.address, place.phone) if x]
    title = place.name.get(language, place.name["fr"])
    return Card(title[:1].upper() + title[1:], "\n".join(lines)) if lines else None


def tell(message: terms.Message, turn: Turn, slots: Slots | None = None, source: Source | None = None, card: Card | None = None) -> Reply:
    """A reply that asks nothing: the session may close."""
    focus = Focus(turn.intent, slots if slots is not None else turn.slots, source=source_of(source) if source else ("", ""))
    return Reply(message, card=card, focus=focus, intent=turn.intent)


def ask(message: terms.Message, reprompt: terms.Message, turn: Turn, asked: str, choices: tuple[str, ...] = (), slots: Slots | None = None) -> Reply:
    """A reply that asks for one thing; the focus remembers what and between which."""
    focus = Focus(turn.intent, slots if slots is not None else turn.slots, asked=asked, choices=choices)
    return Reply(message, reprompt=reprompt, focus=focus, intent=turn.intent)


def which_place(places: tuple[Place, ...], kind: str, turn: Turn, services: Services) -> Reply:
    """Asks which of several places; at most three are named, four where there are just four."""
    shown = places if len(places) <= MAX_CHOICES + 1 else places[:MAX_CHOICES]
    ids = tuple(p.id for p in shown)
    short = tuple(terms.Name(_short(p, kind, services), "") for p in shown)
    slots = turn.slots.but(places=(), kind=kind)
    if kind:
        message: terms.Message = m.WhichPlace(kind_name(kind, services), short)
    else:
        message = m.WhichOf(tuple(name(p) for p in shown))
    return ask(message, m.WhichReprompt(short), turn, "place", ids, slots)


def _short(place: Place, kind: str, services: Services) -> dict[str, str]:
    """The name without its kind: "Corentin Celton" for "marché Corentin Celton", to be said back."""
    out = {}
    for language, text in place.name.items():
        word = services.kinds.get(language, {}).get(kind, {}).get("one", "")
        bare = text.removeprefix("the ").removesuffix(f" {word}").removeprefix(f"{word} ").removeprefix(f"{word.capitalize()} ")
        out[language] = bare.removeprefix("des ").removeprefix("de la ").removeprefix("de l'").removeprefix("du ").removeprefix("de ")
        out[language] = out[language][:1].upper() + out[language][1:]
    return out


def places_meant(turn: Turn, services: Services) -> tuple[Place, ...]:
    """The places that the slots name, known ones only, the kind spoken narrowing a tie."""
    city = services.city
    found = tuple(city.places[p] for p in turn.slots.places if p in city.places)
    if len(found) > 1 and turn.slots.kind:
        found = tuple(p for p in found if p.kind == turn.slots.kind) or found
    if len(found) > 1 and turn.slots.district:
        found = tuple(p for p in found if in_district(p, city.districts.get(turn.slots.district), city)) or found
    return found


def local(turn: Turn) -> datetime:
    """The moment of the turn without seconds."""
    return turn.now.replace(second=0, microsecond=0)
