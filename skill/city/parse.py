"""From the plain tables of a town's files to a `City`, or to the list of everything that is wrong with them.

No file is opened here: a store hands in the tables, each with the file and number it came from. Every problem is found in one
pass, worded for the clerk who will mend it: where, what, and what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final

from skill.city.hours import problems_in
from skill.city.model import (
    Bin,
    City,
    Collection,
    Contact,
    District,
    Facility,
    Fact,
    Fare,
    Item,
    Place,
    PlayArea,
    Round,
    Series,
    Source,
    WordLists,
    Words,
)  # fmt: skip
from skill.city.own import read_own
from skill.record import Record

LANGUAGES: Final = ("fr", "en")
ID: Final = re.compile(r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$")
PHONE: Final = re.compile(r"^0\d(?: \d{2}){4}$|^0 \d{3}(?: \d{2}){3}$|^\d{2,4}$")
LONGEST_ANSWER: Final = 200
"""Characters: what a person can hear and keep."""
ARTICLES: Final = ("le", "la", "l'", "les", "")


class Problem(Record):
    """One thing to mend."""

    table: str
    index: int
    """Which record of the table, counted over all files."""
    key: str
    message: str


class BrokenTown(Exception):
    """The town's data cannot be used. `problems` has everything that is wrong."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problem(s) in the town's data: {problems[0].message if problems else ''}")
        self.problems = problems


class Row:
    """One record being read; what is wrong is noted, and a harmless value returned so that reading goes on."""

    def __init__(self, table: str, index: int, data: Any, problems: list[Problem]) -> None:
        self.table, self.index, self._problems = table, index, problems
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        self._read: set[str] = {"source", "updated"}
        if not isinstance(data, dict):
            self.wrong("", "une table est attendue")

    def wrong(self, key: str, message: str) -> None:
        """Notes a problem."""
        self._problems.append(Problem(self.table, self.index, key, message))

    def text(self, key: str, needed: bool = False) -> str:
        """A string, "" where absent."""
        self._read.add(key)
        value = self.data.get(key)
        if value is None:
            if needed:
                self.wrong(key, f'manque : ajouter {key} = "…"')
            return ""
        if not isinstance(value, str) or (needed and not value.strip()):
            self.wrong(key, "un texte entre guillemets est attendu")
            return ""
        return value.strip()

    def key(self) -> str:
        """The record's id."""
        value = self.text("id", needed=True)
        if value and not ID.match(value):
            self.wrong("id", f"« {value} » : lettres minuscules sans accent, chiffres et tirets, par exemple parc-rodin")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings, empty where absent."""
        self._read.add(key)
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            self.wrong(key, 'une liste de textes est attendue : ["…", "…"]')
            return ()
        return tuple(v.strip() for v in value)

    def words(self, key: str, needed: bool = False, longest: int = 0) -> Words:
        """A text in each language."""
        self._read.add(key)
        value = self.data.get(key)
        if value is None:
            if needed:
                self.wrong(key, f'manque : ajouter {key} = {{ fr = "…", en = "…" }}')
            return {}
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            self.wrong(key, 'un texte par langue est attendu : { fr = "…", en = "…" }')
            return {}
        for language in LANGUAGES:
            if not value.get(language, "").strip():
                self.wrong(key, f"le texte {language} manque")
            elif longest and len(value[language]) > longest:
                self.wrong(key, f"le texte {language} a {len(value[language])} caractères : {longest} au plus, pour être retenu à l'oreille")
        return {k: v.strip() for k, v in value.items()}

    def lists(self, key: str, needed: bool = False) -> WordLists:
        """A list of texts in each language."""
        self._read.add(key)
        value = self.data.get(key)
        if value is None:
            if needed:
                self.wrong(key, f'manque : ajouter {key} = {{ fr = ["…"], en = ["…"] }}')
            return {}
        if not isinstance(value, dict) or not all(isinstance(v, list) and all(isinstance(t, str) for t in v) for v in value.values()):
            self.wrong(key, 'des listes par langue sont attendues : { fr = ["…"], en = ["…"] }')
            return {}
        if needed:
            for language in LANGUAGES:
                if not value.get(language):
                    self.wrong(key, f"la liste {language} manque")
        return {k: tuple(v) for k, v in value.items()}

    def day(self, key: str) -> date | None:
        """A TOML date; JSON text from the compiled town is taken too."""
        self._read.add(key)
        value = self.data.get(key)
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                value = 0
        if value is not None and type(value) is not date:
            self.wrong(key, "une date est attendue, sans guillemets : 2025-11-24")
            return None
        return value

    def flag(self, key: str, default: bool) -> bool:
        """A boolean."""
        self._read.add(key)
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            self.wrong(key, "true ou false est attendu")
            return default
        return value

    def hours(self, key: str, country: str, needed: bool = False) -> str:
        """An opening_hours string. An empty country means that it was checked before."""
        value = self.text(key, needed)
        for message in problems_in(value, country) if value and country else ():
            self.wrong(key, message)
        return value

    def source(self, needed: bool = True) -> Source:
        """Where the record comes from."""
        page = self.text("source", needed=needed)
        return Source(page, self.day("updated"))

    def done(self) -> None:
        """Notes every key that nobody reads: a misspelt key would otherwise be lost in silence."""
        for key in sorted(self.data.keys() - self._read):
            self.wrong(key, f"clé inconnue « {key} » : vérifier l'orthographe")


def _place(row: Row, country: str) -> Place:
    name, name_en = row.text("name", needed=True), row.text("name_en")
    areas = []
    raw = row.data.get("play_areas", [])
    row._read |= {"play_areas", "area_ha"}
    for area in raw if isinstance(raw, list) else [None]:
        start, to = (area.get("from"), area.get("to")) if isinstance(area, dict) else (None, None)
        if not isinstance(start, int | float) or (to is not None and (not isinstance(to, int | float) or to < start)):
            row.wrong("play_areas", "des âges sont attendus : [{ from = 2, to = 6 }]")
        else:
            areas.append(PlayArea(start, to))
    hectares = row.data.get("area_ha")
    if hectares is not None and not isinstance(hectares, int | float):
        row.wrong("area_ha", "un nombre d'hectares est attendu : 4.2")
        hectares = None
    article, phone = row.text("article"), row.text("phone")
    if article not in ARTICLES:
        row.wrong("article", "le, la, l' ou les est attendu")
    if phone and not PHONE.match(phone):
        row.wrong("phone", f"« {phone} » : écrire le numéro par paires, 01 23 45 67 89")
    return Place(
        id=row.key(), kind=row.text("kind", needed=True), name={"fr": name, "en": name_en or name[:1].upper() + name[1:]}, article=article,
        aliases={"fr": row.texts("aliases"), "en": row.texts("aliases_en")}, misheard=row.texts("misheard"), part_of=row.text("part_of"),
        district=row.text("district"), address=row.text("address"), where=row.words("where"), entrances=row.texts("entrances"),
        transport=row.texts("transport"), phone=phone, hours=row.hours("hours", country), hours_note=row.words("hours_note"),
        facilities=row.texts("facilities"), play_areas=tuple(areas), area_ha=hectares, prices=row.words("prices"),
        fares=_fares(row), about=row.words("about"),
        outside=row.flag("outside", False), source=row.source(),
    )  # fmt: skip


def _fares(row: Row) -> tuple[Fare, ...]:
    raw = row.data.get("fares", [])
    row._read.add("fares")
    fares = []
    for each in raw if isinstance(raw, list) else [None]:
        inner = Row(row.table, row.index, each, row._problems)
        start, to = inner.data.get("from", 0), inner.data.get("to")
        inner._read |= {"from", "to"}
        if not isinstance(start, int | float) or (to is not None and not isinstance(to, int | float)):
            row.wrong("fares", "des âges sont attendus : from = 3, to = 12")
            start, to = 0, None
        fares.append(Fare(inner.words("label", needed=True), inner.words("say", needed=True), start, to, inner.flag("resident", False)))
        inner.done()
    return tuple(fares)


def _collection(row: Row, country: str) -> Collection:
    rounds = []
    raw = row.data.get("round", [])
    row._read |= {"round", "plural"}
    for each in raw if isinstance(raw, list) else [None]:
        inner = Row(row.table, row.index, each, row._problems)
        rounds.append(
            Round(
                schedule=inner.hours("schedule", country, needed=True),
                district=inner.text("district"),
                part=inner.text("part"),
                where=inner.words("where"),
                at_place=inner.text("at_place"),
                valid_from=inner.day("valid_from"),
                valid_until=inner.day("valid_until"),
            )
        )
        inner.done()
    plural = row.data.get("plural", {})
    if not isinstance(plural, dict):
        row.wrong("plural", "un true ou false par langue est attendu : { fr = true, en = false }")
        plural = {}
    return Collection(
        id=row.key(), say=row.words("say", needed=True), plural=plural, names=row.lists("names", needed=True), bin=row.text("bin"),
        rounds=tuple(rounds), door=row.flag("door", True), put_out=row.words("put_out"), only=row.words("only"), source=row.source(),
    )  # fmt: skip


def _fact(row: Row, _: str) -> Fact:
    fact = Fact(
        id=row.key(), topic=row.text("topic"), answer=row.words("answer", needed=True, longest=LONGEST_ANSWER),
        questions=row.lists("questions", needed=True), valid_until=row.day("valid_until"), after=row.words("after", longest=LONGEST_ANSWER),
        card=row.words("card"), source=row.source(),
    )  # fmt: skip
    if fact.valid_until and not fact.after:
        row.wrong("after", 'une réponse datée a besoin de ce qu\'on dira ensuite : after = { fr = "…", en = "…" }')
    return fact


def _item(row: Row, _: str) -> Item:
    return Item(
        id=row.key(), bin=row.text("bin", needed=True), say=row.words("say", needed=True), plural=row.flag("plural", False),
        feminine=row.flag("feminine", False), names=row.lists("names", needed=True), answer=row.words("answer", longest=LONGEST_ANSWER),
        source=row.source(),
    )  # fmt: skip


_MAKERS: Final[dict[str, Callable[[Row, str], Any]]] = {
    "place": _place,
    "collection": _collection,
    "fact": _fact,
    "item": _item,
    "facility": lambda row, _: Facility(id=row.key(), name=row.words("name", needed=True), words=row.lists("words", needed=True)),
    "bin": lambda row, _: Bin(
        id=row.key(),
        name=row.words("name", needed=True),
        rule=row.words("rule", needed=True, longest=LONGEST_ANSWER),
        names=row.lists("names"),
        to=row.words("to", needed=True),
        source=row.source(),
    ),
    "district": lambda row, _: District(id=row.key(), name=row.words("name", needed=True), article=row.text("article"), aliases=row.lists("aliases")),
    "series": lambda row, _: Series(
        id=row.key(), name=row.words("name", needed=True), aliases=row.lists("aliases"), feed=row.text("feed"), source=row.source()
    ),
}


def make(table: str, data: dict[str, Any]) -> Any:
    """One record from a row that was checked before: its hours are not read again until they are needed."""
    return _MAKERS[table](Row(table, 0, data, []), "")


def head(data: dict[str, Any], tables: Mapping[str, Mapping[str, Any]]) -> City:
    """The city whose own data (`town` and `contact`) was checked before, around tables of records."""
    return _city(data, tables, [])


def parse(tables: dict[str, Any]) -> City:
    """The city made of a town's merged tables. Raises BrokenTown with every problem found."""
    problems: list[Problem] = []
    country = str(tables.get("town", {}).get("country", "FR") if isinstance(tables.get("town"), dict) else "FR")
    made: dict[str, dict[str, Any]] = {}
    for table, maker in _MAKERS.items():
        made[table] = {}
        for index, data in enumerate(tables.get(table, [])):
            row = Row(table, index, data, problems)
            record = maker(row, country)
            row.done()
            if record.id in made[table]:
                row.wrong("id", f"« {record.id} » existe déjà : choisir un autre id")
            made[table][record.id] = record
    city = _city(tables, made, problems)
    for table in sorted(tables.keys() - _MAKERS.keys() - {"town", "contact"}):
        problems.append(Problem(table, 0, "", f"table inconnue « {table} » : {', '.join(sorted(_MAKERS))}"))
    problems.extend(_dangling(city))
    if problems:
        raise BrokenTown(problems)
    return city


def _city(data: dict[str, Any], made: Mapping[str, Mapping[str, Any]], problems: list[Problem]) -> City:
    town = Row("town", 0, data.get("town", {}), problems)
    contacts = {}
    for key, value in data.get("contact", {}).items():
        row = Row("contact", 0, value, problems)
        contacts[key] = Contact(row.words("say", needed=True), row.text("phone"))
    for key in ("town", "waste"):
        if key not in contacts:
            town.wrong(f"contact.{key}", f"manque : ajouter [contact.{key}] avec say et phone")
    return City(
        id=town.key(), name=town.text("name", needed=True), country=town.text("country", needed=True) or "FR",
        zone=town.text("zone", needed=True) or "Europe/Paris", contacts=contacts, neighbours=town.texts("neighbours"), places=made["place"],
        facilities=made["facility"], districts=made["district"], collections=made["collection"], bins=made["bin"], items=made["item"],
        facts=made["fact"], series=made["series"], welcome=town.words("welcome", needed=True), network=town.texts("network"),
        examples=town.lists("examples"), **read_own(town),
    )  # fmt: skip


def _dangling(city: City) -> Iterable[Problem]:
    """References to records that do not exist."""

    def check(table: str, index: int, key: str, value: str, known: Iterable[str]) -> Iterable[Problem]:
        if value and value not in known:
            yield Problem(table, index, key, f"« {value} » n'existe pas")

    for n, place in enumerate(city.places.values()):
        yield from check("place", n, "part_of", place.part_of, city.places)
        yield from check("place", n, "district", place.district, city.districts)
        for facility in place.facilities:
            yield from check("place", n, "facilities", facility, city.facilities)
    for n, collection in enumerate(city.collections.values()):
        yield from check("collection", n, "bin", collection.bin, city.bins)
        for each in collection.rounds:
            yield from check("collection", n, "district", each.district, city.districts)
            yield from check("collection", n, "at_place", each.at_place, city.places)
    for n, item in enumerate(city.items.values()):
        yield from check("item", n, "bin", item.bin, city.bins)
