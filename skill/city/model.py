"""What a town knows, as plain records. One town is one `City`; nothing here knows which one.

Texts for people are `Words`: language code ("fr", "en") to text. Ids are ASCII kebab-case and unique within their table.
Hours and schedules are OSM `opening_hours` strings, read in the town's zone with its country's public holidays.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from skill.city.fold import fold
from skill.city.notices import Notice
from skill.record import Record

Words = dict[str, str]
WordLists = dict[str, tuple[str, ...]]


class Source(Record):
    """Where a record comes from."""

    page: str = ""
    updated: date | None = None
    """Day on which the page said it was last updated; None where it does not say."""
    review: date | None = None
    """Day on which staff should look at it again, where it is not a year after `updated`."""


class PlayArea(Record):
    """Ages a play area is made for, in years (0.5 is six months); `to` is None for "and over"."""

    start: float
    to: float | None = None


class Fare(Record):
    """One price: for whom, how much, and whom it covers by age (years) and by living in town."""

    label: Words
    say: Words
    start: float = 0.0
    to: float | None = None
    resident: bool = False


class Place(Record):
    """A place of the town that people ask about."""

    id: str
    kind: str
    name: Words
    """As inside a sentence, without article in French."""
    article: str = "le"
    """French article: "le", "la", "l'" or "les"; "" for names that take none."""
    aliases: WordLists = {}
    misheard: tuple[str, ...] = ()
    part_of: str = ""
    district: str = ""
    address: str = ""
    where: Words = {}
    entrances: tuple[str, ...] = ()
    transport: tuple[str, ...] = ()
    phone: str = ""
    hours: str = ""
    """OSM opening_hours, or "" where no hours are published: unknown, which is not closed."""
    hours_note: Words = {}
    facilities: tuple[str, ...] = ()
    play_areas: tuple[PlayArea, ...] = ()
    area_ha: float | None = None
    prices: Words = {}
    """All prices in one sentence."""
    fares: tuple[Fare, ...] = ()
    """The same, one by one."""
    about: Words = {}
    outside: bool = False
    """True for a place in another town: named when asked for, never listed."""
    source: Source = Source()


class Facility(Record):
    """Something that people look for in a place: a skate park, ping-pong tables."""

    id: str
    name: Words
    """Fits "Il y a ... au parc X" and "There are ... at X"."""
    words: WordLists


class District(Record):
    """A district of the town, as residents name it."""

    id: str
    name: Words
    article: str = ""
    aliases: WordLists = {}


class Stretch(Record):
    """Some numbers of a street, served like one district."""

    district: str
    start: int = 1
    to: int | None = None
    """Last number; None to the end."""
    side: str = ""
    """"odd", "even", or "" for both."""


class Street(Record):
    """A street of the town's index."""

    id: str
    name: str
    """As written on its signs: "rue Ernest Renan". Always French."""
    district: str = ""
    """Of all of it; "" where its stretches differ, or where it is not known."""
    stretches: tuple[Stretch, ...] = ()
    source: Source = Source()


class Round(Record):
    """One regular or dated passage of a collection."""

    schedule: str
    """OSM opening_hours; its days are the days of collection."""
    usual: str = ""
    """The same without what staff announce for some days, where that is another."""
    district: str = ""
    """Id of the district served, "" for the whole town."""
    part: str = ""
    """"morning" and the like where the page gives no hours: then the schedule's hours are never spoken."""
    where: Words = {}
    """Where to bring it; empty where it is collected at the door."""
    at_place: str = ""
    """Id of the place where it stops, for questions that name it."""
    valid_from: date | None = None
    valid_until: date | None = None


class Collection(Record):
    """A kind of waste and when it is collected."""

    id: str
    say: Words
    """Subject of a sentence, with its article in French."""
    plural: dict[str, bool] = {}
    """Grammatical number of `say` in each language."""
    names: WordLists = {}
    bin: str = ""
    rounds: tuple[Round, ...] = ()
    """Empty where the days are published by street only, or on the phone."""
    door: bool = True
    """True where it is collected at one's door, False where one brings it."""
    put_out: Words = {}
    """When and how to put it out, one sentence."""
    only: Words = {}
    """Whom it is for, where not everybody, one sentence."""
    source: Source = Source()


class Bin(Record):
    """A destination of waste: a bin, a container, a counter."""

    id: str
    name: Words
    rule: Words
    names: WordLists = {}
    to: Words = {}
    """What follows "va" or "goes": "dans le bac jaune"."""
    source: Source = Source()


class Item(Record):
    """A thing to throw away."""

    id: str
    bin: str
    say: Words
    plural: bool = False
    feminine: bool = False
    names: WordLists = {}
    answer: Words = {}
    source: Source = Source()


class Fact(Record):
    """An answer to a free question, with the ways in which people ask it."""

    id: str
    topic: str
    answer: Words
    questions: WordLists
    valid_until: date | None = None
    """Last day on which `answer` is right as worded."""
    after: Words = {}
    card: Words = {}
    source: Source = Source()

    def answer_on(self, day: date) -> Words:
        """The answer as it stands on that day."""
        return self.after if self.valid_until and day > self.valid_until and self.after else self.answer


class Series(Record):
    """A podcast series that the town publishes or recommends."""

    id: str
    name: Words
    aliases: WordLists = {}
    feed: str = ""
    """Address of the RSS feed, or "" where none is known or the town publishes the series itself."""
    own: bool = False
    """True where the town's staff publish it here (`mairie podcasts add`)."""
    demonstration: bool = False
    """True for the series that ships with us, played only where there is nothing else, and said to be one."""
    description: Words = {}
    author: str = ""
    email: str = ""
    image: str = ""
    """Cover of a series of our own: an https address, or the key of a file in the storage."""
    categories: tuple[str, ...] = ()
    """Apple's, as "Society & Culture / Places & Travel"."""
    serial: bool = False
    """True where episodes are to be heard in their order, from the first."""
    source: Source = Source()


class Contact(Record):
    """Who knows what we do not."""

    say: Words
    """A sentence that names them, with `{phone}` where the number is said."""
    phone: str


class City(Record):
    """Everything one town knows."""

    id: str
    name: str
    country: str
    zone: str
    """IANA zone of every date and hour here."""
    contacts: dict[str, Contact]
    """"town" for questions at large, "waste" for collections."""
    neighbours: tuple[str, ...]
    """Other towns that residents name: a question about them is not ours."""
    places: Mapping[str, Place]
    facilities: Mapping[str, Facility]
    districts: Mapping[str, District]
    collections: Mapping[str, Collection]
    bins: Mapping[str, Bin]
    items: Mapping[str, Item]
    facts: Mapping[str, Fact]
    series: Mapping[str, Series]
    streets: Mapping[str, Street] = {}
    """Empty where the town has given none."""
    notices: Mapping[str, Notice] = {}
    """What staff announce for some days."""
    welcome: Words = {}
    network: tuple[str, ...] = ()
    """Names of the town's own buses."""
    examples: WordLists = {}
    """Questions to propose, which the town can answer."""
    own_words: Mapping[str, WordLists] = {}
    """Language, then cue, to the words of this town alone."""
    alexa: Mapping[str, Any] = {}
    """What the Alexa skill is called and says of itself, where the names made from the town's do not do (interaction_model/town.py)."""

    publidata: Mapping[str, Any] = {}
    """Instance, INSEE code and types of the territory's calendar of collections, where it is kept at Publidata."""

    def of_kind(self, kind: str) -> tuple[Place, ...]:
        """The places of one kind inside the town, in the order of the town's file."""
        return tuple(p for p in self.places.values() if p.kind == kind and not p.outside)


def in_district(place: Place, district: District | None, city: City) -> bool:
    """Whether a place is in a district: its record says so, the place around it does, or the district is part of its name."""
    if district is None:
        return False
    outer = city.places.get(place.part_of)
    if district.id in (place.district, outer.district if outer else ""):
        return True
    if place.district:
        return False
    names = {fold(n) for n in (district.name["fr"], *district.aliases.get("fr", ()))}
    own = f" {fold(place.name['fr'])} "
    return any(f" {n} " in own for n in names if n)
