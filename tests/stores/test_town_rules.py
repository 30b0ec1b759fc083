"""What a clerk can write and cannot mean: refused when the town loads, with what to write instead."""

from __future__ import annotations

import contextlib
import copy
import random
from pathlib import Path
from typing import Any

import pytest

from skill.city.parse import BrokenTown, parse
from skill.stores.town_files import load_town, read_tables
from tests.conftest import TOWNS
from tests.stores.test_town_files import problems, town

__all__ = ["town"]

SOURCE = 'source = "x"\nupdated = 2026-01-01\n'
BOTH = '{ fr = "Oui.", en = "Yes." }'
ADDED = {
    "place": '[[place]]\nid = "zz"\nkind = "park"\nname = "parc Zed"\narticle = "le"\n' + SOURCE,
    "fact": f'[[fact]]\nid = "zz"\ntopic = "t"\nanswer = {BOTH}\nquestions = {{ fr = ["où est le zèbre"], en = ["where is the zebra"] }}\n' + SOURCE,
    "item": f'[[item]]\nid = "zz"\nbin = "yellow"\nsay = {BOTH}\nnames = {{ fr = ["zèbre"], en = ["zebra"] }}\n' + SOURCE,
    "collection": f'[[collection]]\nid = "zz"\nsay = {BOTH}\nnames = {{ fr = ["zèbre"], en = ["zebra"] }}\n' + SOURCE,
}


@pytest.mark.parametrize("table", sorted(ADDED))
def test_what_the_cases_below_begin_with_is_good(town: Path, table: str) -> None:
    (town / "zz.toml").write_text(ADDED[table], encoding="utf-8")
    load_town(town)


@pytest.mark.parametrize(
    ("table", "extra", "hint"),
    [
        ("place", "area_ha = nan\n", "un nombre"),
        ("place", "area_ha = -1\n", "un nombre"),
        ("place", "area_ha = 0\n", "hectares"),
        ("place", "play_areas = [{ from = true, to = 6 }]\n", "un nombre"),
        ("place", "play_areas = [{ from = 6, to = 2 }]\n", "échanger"),
        ("place", "play_areas = [{ to = 2 }]\n", "des âges"),
        ("place", f"fares = [{{ label = {BOTH}, say = {BOTH}, from = 12, to = 3 }}]\n", "échanger"),
        ("place", f"fares = [{{ say = {BOTH} }}]\n", "place.fares.label"),
        ("place", 'part_of = "zz"\n', "cercle"),
        ("place", 'about = { fr = "<b>Oui</b>", en = "Yes" }\n', "« < »"),
        ("place", f'about = {{ fr = "{"a" * 301}", en = "Yes" }}\n', "300 au plus"),
        ("place", 'hours = "20:30-07:30"\n', "07:30-20:30"),
        ("place", 'article = "un"\n', "le, la, l' ou les"),
        ("fact", f"after = {BOTH}\n", "valid_until"),
        ("fact", 'card = { fr = "{phone}", en = "Yes" }\n', "« { »"),
        ("collection", "plural = { fr = \"oui\", en = false }\n", "sans guillemets"),
        ("collection", "plural = { fr = true, an = false }\n", "sans guillemets"),
        ("collection", '[[collection.round]]\nschedule = "Mo"\npart = "matin"\n', "morning, afternoon, evening ou day"),
        ("collection", '[[collection.round]]\nschedule = "Mo"\nvalid_from = 2026-05-01\nvalid_until = 2026-04-01\n', "avant valid_from"),
        ("collection", '[[collection.round]]\nschedule = "Mo"\ndistrict = "gare"\n[[collection.round]]\nschedule = "Tu"\n', "disent leur quartier"),
        ("collection", '[[collection.round]]\nschedule = "Feb 30"\n', "Feb 30"),
        ("item", "updated_unknown = true\n", "donne déjà la date"),
    ],
)  # fmt: skip
def test_values_that_cannot_be_meant(town: Path, table: str, extra: str, hint: str) -> None:
    (town / "zz.toml").write_text(ADDED[table].replace('article = "le"\n', "") + extra, encoding="utf-8")
    found = problems(town)
    assert all(p.startswith("zz.toml:") for p in found)
    assert any(hint in p for p in found), found


@pytest.mark.parametrize(
    ("table", "old", "new", "hint"),
    [
        ("fact", "updated = 2026-01-01\n", "", "updated_unknown = true"),
        ("item", "updated = 2026-01-01\n", "", "updated_unknown = true"),
        ("place", 'source = "x"\n', "", "source"),
        ("place", '"parc Zed"', '"le parc Zed"', "enlever l'article"),
        ("fact", '"où est le zèbre"', '"où est-ce"', "petits mots"),
        ("fact", '"où est le zèbre"', '""', "vide"),
        ("fact", '"Oui."', f'"{"a" * 161}"', "160 au plus"),
        ("item", '"zèbre"', '"Bouteille d’eau"', "« bottle » et « zz »"),
    ],
)
def test_records_that_lack_something(town: Path, table: str, old: str, new: str, hint: str) -> None:
    assert old in ADDED[table]
    (town / "zz.toml").write_text(ADDED[table].replace(old, new), encoding="utf-8")
    assert any(hint in p for p in problems(town)), problems(town)


def test_the_same_question_of_two_facts(town: Path) -> None:
    (town / "zz.toml").write_text(ADDED["fact"] + ADDED["fact"].replace('"zz"', '"zy"').replace("où est le zèbre", "Où est le ZEBRE ?"), encoding="utf-8")
    assert any(p.startswith("zz.toml:12:") and "« zz » et « zy »" in p for p in problems(town)), problems(town)


def test_a_circle_of_places(town: Path) -> None:
    one = ADDED["place"] + 'part_of = "zy"\n'
    (town / "zz.toml").write_text(one + one.replace('"zy"', '"zx"').replace('"zz"', '"zy"').replace('"zx"', '"zz"'), encoding="utf-8")
    assert sum("cercle" in p for p in problems(town)) == 2


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ('zone = "Europe/Paris"', 'zone = "Europe/Issy"', "fuseau"),
        ('zone = "Europe/Paris"', 'zone = "Europe"', "fuseau"),
        ('country = "FR"', 'country = "FRA"', "deux lettres"),
        ('country = "FR"', 'country = "FR"\nlanguage = "fr"', "clé inconnue"),
        ('phone = "0 800 99 00 11"', 'phone = "0800990011"', "par paires"),
        ('phone = "0 800 99 00 11"', 'phonee = "0 800 99 00 11"', "contact.waste.phone: manque"),
        ("Le {phone} vous", "Le {telephone} vous", "seul {phone}"),
        ("Le {phone} vous", "Il vous", "ne dit pas le numéro"),
        ("[contact.waste]", "[contact.dechets]", "ajouter [contact.waste]"),
        ("[contact.town]", "[[contact]]", "contact"),
        ("[town]", "[[town]]", "écrire [town]"),
    ],
)
def test_the_town_and_its_contacts(town: Path, old: str, new: str, hint: str) -> None:
    path = town / "town.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    found = problems(town)
    assert any(hint in p for p in found), found


@pytest.mark.parametrize(
    ("name", "article"), [("parc Zed", "le"), ("médiathèque Zed", "la"), ("aire de jeux", "l'"), ("hôtel de ville", "l'"), ("serres Zed", "les"), ("Zed", "")]
)
def test_a_place_without_article_is_read_with_the_one_of_its_noun(town: Path, name: str, article: str) -> None:
    (town / "zz.toml").write_text(ADDED["place"].replace('article = "le"\n', "").replace("parc Zed", name), encoding="utf-8")
    assert load_town(town).places["zz"].article == article


def line_of(path: Path, needle: str) -> int:
    return next(n for n, t in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if needle in t)


def test_problems_are_where_they_are(town: Path) -> None:
    head = town / "town.toml"
    head.write_text(head.read_text(encoding="utf-8").replace('phone = "0 800 99 00 11"', 'phone = "0800990011"'), encoding="utf-8")
    rounds = '[[collection.round]]\nschedule = "Mo"\n[[collection.round]]\nschedule = "lundi"\n[[collection.round]]\nschedule = "Tu"\ndistrict = "nulle"\n'
    twice = ADDED["place"] + ADDED["place"] + ADDED["place"].replace('"zz"', '"zy"') + 'district = "nul-part"\n'
    fares = f"fares = [\n  {{ label = {BOTH}, say = {BOTH} }},\n  {{ say = {BOTH}, lable = {BOTH} }},\n]\n"
    (town / "zz.toml").write_text(ADDED["collection"] + rounds + twice + fares, encoding="utf-8")
    found = problems(town)
    assert any(p.startswith(f"town.toml:{line_of(head, '0800990011')}: contact.waste.phone") for p in found), found
    for needle, what in (('"lundi"', "round.schedule"), ('"nulle"', "round.district"), ('"nul-part"', "place.district"), ("lable", "place.fares.lable")):
        assert any(p.startswith(f"zz.toml:{line_of(town / 'zz.toml', needle)}: ") and what in p for p in found), (needle, found)


JUNK: tuple[Any, ...] = (None, True, 0, -1, 1.5, float("nan"), "", "x", "{", [], [1], [[]], [{}], {}, {"fr": 1}, {"fr": "x"}, {"fr": []}, {"fr": [1]}, 10**400)


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(spot for key, each in inner for spot in spots(each, (*path, key)))]


def test_no_junk_is_a_traceback() -> None:
    tables, _ = read_tables(TOWNS["valfleuri"])
    chance = random.Random(7)
    for spot in spots(tables)[1:]:
        broken = copy.deepcopy(tables)
        holder = broken
        for key in spot[:-1]:
            holder = holder[key]
        for junk in chance.sample(JUNK, 6):
            holder[spot[-1]] = junk
            with contextlib.suppress(BrokenTown):
                parse(broken)
