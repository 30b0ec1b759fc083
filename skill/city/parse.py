"""From the plain tables of a town's files to a `City`, or to the list of everything that is wrong with them.

No file is opened here: a store hands in the tables, each with the file and number it came from. Every problem is found in one
pass, worded for the clerk who will mend it: where, what, and what to write instead. rows.py reads values, checks.py compares
records, notation.py judges hours; the last two are read only when a town is checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

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
    Street,
    Stretch,
)  # fmt: skip
from skill.city.notice_rows import read_notice
from skill.city.own import read_own
from skill.city.rows import LANGUAGES, LONGEST_ANSWER, BrokenTown, Problem, Row

__all__ = ["TABLES", "BrokenTown", "Problem", "head", "make", "parse"]

ARTICLES: Final = ("le", "la", "l'", "les", "")
PARTS: Final = ("morning", "afternoon", "evening", "day")
"""Of the day, where a page gives no hours for a round."""
_LEADING: Final = re.compile(r"(?:le|la|les) |l['’]", re.IGNORECASE)
_FEMININE_WORDS: Final = (
    "aire allée bibliothèque boîte boulangerie boutique borne caserne chapelle clinique crèche déchetterie école église esplanade fabrique ferme gare halle île"
    " ludothèque mairie maison médiathèque mosquée pépinière pharmacie piscine place poste promenade résidence ressourcerie rue salle serre"
    " station synagogue tour villa vigne"
)
_FEMININE: Final = frozenset(_FEMININE_WORDS.split())
"""First words of places that are feminine: what a name without article is read with."""
_VOWELS: Final = "aeiouéèêîœ"


def _article(row: Row, name: str) -> str:
    """The article given, else the one that the first word of the name takes: none before a proper noun."""
    if "article" not in row.data:
        first = re.split(r"[ '’-]", name)[0]
        if first.lower() in _FEMININE:
            return "l'" if first[0].lower() in _VOWELS else "la"
        if not first[:1].islower():
            return ""
        return "les" if first[-1] in "sx" else "l'" if first[0] in _VOWELS or first.startswith("hô") else "le"
    article = row.text("article")
    if article not in ARTICLES:
        row.wrong("article", "le, la, l' ou les est attendu ; \"\" pour un nom qui n'en prend pas")
    elif article and _LEADING.match(name):
        row.wrong("name", f'« {name} » : enlever l\'article du nom, article = "{article}" le dit déjà')
    return article


def _place(row: Row, country: str) -> Place:
    name, name_en = row.text("name", needed=True), row.text("name_en")
    hectares = row.number("area_ha")
    if hectares == 0:
        row.wrong("area_ha", "un nombre d'hectares est attendu : 4.2")
    return Place(
        id=row.key(), kind=row.text("kind", needed=True), name={"fr": name, "en": name_en or name[:1].upper() + name[1:]}, article=_article(row, name),
        aliases={"fr": row.texts("aliases"), "en": row.texts("aliases_en")}, misheard=row.texts("misheard"), part_of=row.text("part_of"),
        district=row.text("district"), address=row.text("address"), where=row.words("where"), entrances=row.texts("entrances"),
        transport=row.texts("transport"), phone=row.phone(), hours=row.hours("hours", country), hours_note=row.words("hours_note"),
        facilities=row.texts("facilities"), play_areas=tuple(_play_area(r) for r in row.inside("play_areas")), area_ha=hectares,
        prices=row.words("prices"), fares=tuple(_fare(r) for r in row.inside("fares")), about=row.words("about"),
        outside=row.flag("outside", False), source=row.source(),
    )  # fmt: skip


def _play_area(row: Row) -> PlayArea:
    if "from" not in row.data:
        row.wrong("from", "des âges sont attendus : play_areas = [{ from = 2, to = 6 }]")
    start, to = row.between()
    row.done()
    return PlayArea(start, to)


def _fare(row: Row) -> Fare:
    start, to = row.between()
    fare = Fare(row.words("label", needed=True), row.words("say", needed=True), start, to, row.flag("resident", False))
    row.done()
    return fare


def _round(row: Row, country: str) -> Round:
    each = Round(
        schedule=row.hours("schedule", country, needed=True), district=row.text("district"), part=row.text("part"), where=row.words("where"),
        at_place=row.text("at_place"), valid_from=row.day("valid_from"), valid_until=row.day("valid_until"),
    )  # fmt: skip
    if each.part and each.part not in PARTS:
        row.wrong("part", f"« {each.part} » : {', '.join(PARTS[:-1])} ou {PARTS[-1]} est attendu")
    if each.valid_from and each.valid_until and each.valid_until < each.valid_from:
        row.wrong("valid_until", "cette date est avant valid_from : les échanger")
    row.done()
    return each


def _collection(row: Row, country: str) -> Collection:
    rounds = tuple(_round(r, country) for r in row.inside("round"))
    return Collection(
        id=row.key(), say=row.words("say", needed=True), plural=row.booleans("plural"), names=row.lists("names", needed=True), bin=row.text("bin"),
        rounds=rounds, door=row.flag("door", True), put_out=row.words("put_out"), only=row.words("only"), source=row.source(),
    )  # fmt: skip


def _street(row: Row, _: str) -> Street:
    stretches = tuple(_stretch(r) for r in row.inside("stretch"))
    street = Street(row.key(), row.text("name", needed=True), row.text("district"), stretches, row.source())
    if street.district and stretches:
        row.wrong("district", "les tronçons disent déjà le quartier : enlever district, ou les [[street.stretch]]")
    return street


def _stretch(row: Row) -> Stretch:
    start, to = row.between()
    side = row.text("side")
    if side not in ("", "odd", "even"):
        row.wrong("side", f"« {side} » : écrire odd (côté impair), even (côté pair), ou enlever la ligne")
    stretch = Stretch(row.text("district", needed=True), int(start) or 1, int(to) if to is not None else None, side)
    row.done()
    return stretch


def _district(row: Row, _: str) -> District:
    name = row.words("name", needed=True)
    article = _article(row, name.get("fr", "")) if "article" in row.data else ""
    return District(id=row.key(), name=name, article=article, aliases=row.lists("aliases"))


def _fact(row: Row, _: str) -> Fact:
    spoken = ("fr",) if row.flag("french_only", False) else LANGUAGES  # a fact without translation is found in French, and by nobody else
    fact = Fact(
        id=row.key(), topic=row.text("topic"), answer=row.words("answer", needed=True, longest=LONGEST_ANSWER, languages=spoken),
        questions=row.lists("questions", needed=True, languages=spoken), valid_until=row.day("valid_until"),
        after=row.words("after", longest=LONGEST_ANSWER, languages=spoken), card=row.words("card", languages=spoken), source=row.source(),
    )  # fmt: skip
    if fact.valid_until and not fact.after:
        row.wrong("after", 'une réponse datée a besoin de ce qu\'on dira ensuite : after = { fr = "…", en = "…" }')
    if fact.after and not fact.valid_until:
        row.wrong("after", "ne sera jamais dit : ajouter le dernier jour de la réponse, valid_until = 2026-03-14, ou enlever after")
    return fact


def _item(row: Row, _: str) -> Item:
    return Item(
        id=row.key(), bin=row.text("bin", needed=True), say=row.words("say", needed=True), plural=row.flag("plural", False),
        feminine=row.flag("feminine", False), names=row.lists("names", needed=True), answer=row.words("answer", longest=LONGEST_ANSWER),
        source=row.source(),
    )  # fmt: skip


LONGEST_DESCRIPTION: Final = 4_000
"""Characters of a description of a podcast: read on pages, never whole by a voice."""


def _series(row: Row, _: str) -> Series:
    made = Series(
        id=row.key(), name=row.words("name", needed=True), aliases=row.lists("aliases"), feed=row.text("feed"), own=row.flag("own", False),
        demonstration=row.flag("demonstration", False), description=row.words("description", longest=LONGEST_DESCRIPTION), author=row.text("author"),
        email=row.text("email"), image=row.text("image"), categories=row.texts("categories"), serial=row.flag("serial", False), source=row.source(dated=False),
    )  # fmt: skip
    if made.feed and not made.feed.startswith(("https://", "http://")):
        row.wrong("feed", f"« {made.feed} » : écrire une adresse entière, https://…")
    if made.id == "snapshots":
        row.wrong("id", "« snapshots » sert déjà à ranger les flux : choisir un autre nom")
    if made.feed and made.own:
        row.wrong("own", "feed dit que la série est publiée ailleurs : enlever l'une des deux lignes")
    return made


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
    "district": _district,
    "series": _series,
    "street": _street,
    "notice": read_notice,
}
TABLES: Final = tuple(_MAKERS)
"""Tables of records, written [[name]]; `town` and `contact` are written [name]."""


def make(table: str, data: dict[str, Any]) -> Any:
    """One record from a row that was checked before: its hours are not read again until they are needed."""
    return _MAKERS[table](Row(table, 0, data, []), "")


def head(data: dict[str, Any], tables: Mapping[str, Mapping[str, Any]]) -> City:
    """The city whose own data (`town` and `contact`) was checked before, around tables of records."""
    return _city(data, tables, [])


def parse(tables: dict[str, Any]) -> City:
    """The city made of a town's merged tables. Raises BrokenTown with every problem found."""
    from skill.city import checks  # not on the path of a compiled town

    problems: list[Problem] = []
    country = checks.country(tables)
    made: dict[str, dict[str, Any]] = {}
    records: checks.Records = {}
    for table, maker in _MAKERS.items():
        made[table], records[table] = {}, []
        rows = tables.get(table, [])
        if not isinstance(rows, list):
            problems.append(Problem(table, 0, "", f"[{table}] : écrire [[{table}]], avec deux crochets"))
            continue
        for index, data in enumerate(rows):
            row = Row(table, index, data, problems)
            record = maker(row, country)
            row.done()
            if record.id in made[table]:
                row.wrong("id", f"« {record.id} » existe déjà : choisir un autre id")
            made[table][record.id] = record
            records[table].append((index, record))
    city = _city(tables, made, problems)
    for table in sorted(tables.keys() - _MAKERS.keys() - {"town", "contact"}):
        problems.append(Problem(table, 0, "", f"table inconnue « {table} » : {', '.join(sorted(_MAKERS))}"))
    problems.extend(checks.across(city, records))
    problems.extend(checks.town(tables))
    if problems:
        raise BrokenTown(problems)
    return city


def _city(data: dict[str, Any], made: Mapping[str, Mapping[str, Any]], problems: list[Problem]) -> City:
    town = Row("town", 0, data.get("town", {}), problems)
    contacts = {}
    given = data.get("contact", {})
    if not isinstance(given, dict):
        town.wrong("contact", "[[contact]] : écrire [contact.town] et [contact.waste], avec un seul crochet")
        given = {}
    for key, value in given.items():
        contacts[key] = _contact(Row(f"contact.{key}", 0, value, problems))
    for key in ("town", "waste"):
        if key not in contacts:
            town.wrong(f"contact.{key}", f'manque : ajouter [contact.{key}] avec say = {{ fr = "… {{phone}}", en = "… {{phone}}" }} et phone = "…"')
    city = City(
        id=town.key(), name=town.text("name", needed=True), country=town.text("country", needed=True) or "FR",
        zone=town.text("zone", needed=True) or "Europe/Paris", contacts=contacts, neighbours=town.texts("neighbours"), places=made["place"],
        facilities=made["facility"], districts=made["district"], collections=made["collection"], bins=made["bin"], items=made["item"],
        facts=made["fact"], series=made["series"], streets=made.get("street", {}), notices=made.get("notice", {}),
        welcome=town.words("welcome", needed=True), network=town.texts("network"),
        examples=town.lists("examples"), **read_own(town),
    )  # fmt: skip
    town.done()
    return city


def _contact(row: Row) -> Contact:
    contact = Contact(row.words("say", needed=True, allowed="{phone}"), row.phone(needed=True))
    for language in LANGUAGES:
        if contact.say.get(language) and "{phone}" not in contact.say[language]:
            row.wrong("say", f"le texte {language} ne dit pas le numéro : y mettre {{phone}}")
    row.done()
    return contact
