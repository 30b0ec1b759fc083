"""What only shows when a town's records are read together: references, doubles, circles; and the town's own zone and country."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from zoneinfo import ZoneInfo

from skill.city.fold import fold
from skill.city.model import City, Collection, Place
from skill.city.notation import known_country
from skill.city.rows import Problem

Records = dict[str, list[tuple[int, Any]]]
"""Every record read, with its number in its table: a second id keeps its own."""

_SMALL_WORDS: Final = (
    "a an and are at by can comment dans de des do does du elle en es est et for how i il ils in is it j je l la le les m me mon n ne no of oh on ou où par pas"
    " pour qu que quel quelle qui quoi s se si sur t te the there to tu un une vous what when where who why y you ce c d the"
)
_SMALL: Final = frozenset(_SMALL_WORDS.split())
"""Words that say nothing of what is asked."""


def country(tables: dict[str, Any]) -> str:
    """The country that hours are to be read in: France where the town names none that is known."""
    town = tables.get("town")
    value = town.get("country") if isinstance(town, dict) else None
    return value if isinstance(value, str) and known_country(value) else "FR"


def town(tables: dict[str, Any]) -> Iterable[Problem]:
    """The zone and the country exist."""
    data = tables.get("town")
    if not isinstance(data, dict):
        return
    code, zone = data.get("country"), data.get("zone")
    if isinstance(code, str) and code and not known_country(code):
        yield Problem("town", 0, "country", f"« {code} » : le code du pays en deux lettres capitales est attendu, FR pour la France")
    if isinstance(zone, str) and zone:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            yield Problem("town", 0, "zone", f"« {zone} » n'est pas un fuseau horaire connu : Europe/Paris en France")


def across(city: City, records: Records) -> Iterable[Problem]:
    """Every problem between records."""
    yield from _dangling(city, records)
    yield from _circles(city, records["place"])
    yield from _doubles(records["fact"], "fact", "questions", "la question")
    yield from _doubles(records["item"], "item", "names", "le nom")
    for index, collection in records["collection"]:
        yield from _rounds(index, collection)
    for index, fact in records["fact"]:
        for text in (t for texts in fact.questions.values() for t in texts if t.strip()):
            if not set(fold(text).split()) - _SMALL:
                yield Problem("fact", index, "questions", f"« {text} » n'a que de petits mots : nommer ce qui est demandé")


def _dangling(city: City, records: Records) -> Iterable[Problem]:
    """References to records that do not exist."""

    def check(table: str, index: int, key: str, value: str, known: Iterable[str], inner: str = "", nth: int = 0) -> Iterable[Problem]:
        if value and value not in known:
            yield Problem(table, index, key, f"« {value} » n'existe pas", inner, nth)

    for n, place in records["place"]:
        yield from check("place", n, "part_of", place.part_of, city.places)
        yield from check("place", n, "district", place.district, city.districts)
        for facility in place.facilities:
            yield from check("place", n, "facilities", facility, city.facilities)
    for n, collection in records["collection"]:
        yield from check("collection", n, "bin", collection.bin, city.bins)
        for nth, each in enumerate(collection.rounds):
            yield from check("collection", n, "district", each.district, city.districts, "round", nth)
            yield from check("collection", n, "at_place", each.at_place, city.places, "round", nth)
    for n, street in records["street"]:
        yield from check("street", n, "district", street.district, city.districts)
        for nth, stretch in enumerate(street.stretches):
            yield from check("street", n, "district", stretch.district, city.districts, "stretch", nth)
    for n, item in records["item"]:
        yield from check("item", n, "bin", item.bin, city.bins)
    for n, notice in records["notice"]:
        yield from check("notice", n, "place", notice.place, city.places)
        yield from check("notice", n, "collection", notice.collection, city.collections)
        yield from check("notice", n, "district", notice.district, city.districts)


def _circles(city: City, places: list[tuple[int, Place]]) -> Iterable[Problem]:
    """Places that are part of themselves, directly or through others."""
    for index, place in places:
        seen, outer = [place.id], place.part_of
        while outer and outer in city.places and outer not in seen:
            seen.append(outer)
            outer = city.places[outer].part_of
        if outer == place.id:
            yield Problem("place", index, "part_of", f"cercle : {' dans '.join([*seen, place.id])} ; enlever part_of de l'un d'eux")


def _doubles(records: list[tuple[int, Any]], table: str, key: str, what: str) -> Iterable[Problem]:
    """The same words heard for two records: one of them would never be found."""
    first: dict[tuple[str, str], str] = {}
    for index, record in records:
        for language, texts in getattr(record, key).items():
            for text in dict.fromkeys(texts):
                other = first.setdefault((language, fold(text)), record.id)
                if other != record.id and fold(text):
                    yield Problem(table, index, key, f"{what} « {text} » ({language}) est à la fois dans « {other} » et « {record.id} » : en garder un")


def _rounds(index: int, collection: Collection) -> Iterable[Problem]:
    """Rounds at one's door are by district, or for the whole town: not both."""
    named = [bool(r.district) for r in collection.rounds]
    if collection.door and any(named) and not all(named):
        message = 'les autres passages disent leur quartier : ajouter district = "…", ou l\'enlever partout'
        yield Problem("collection", index, "district", message, "round", named.index(False))
