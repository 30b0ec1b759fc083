"""Every town loads; broken data is refused with every problem named, its file and its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from skill.stores.compiled import compile_town, from_files
from skill.stores.town import read_compiled
from skill.stores.town_files import BrokenFiles, find_town, load_town
from tests.conftest import TOWNS


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TOWNS["valfleuri"], tmp_path / "town"))


def problems(folder: Path) -> list[str]:
    with pytest.raises(BrokenFiles) as caught:
        load_town(folder)
    return [str(p) for p in caught.value.located]


@pytest.mark.parametrize("name", sorted(TOWNS))
def test_every_town_loads_and_names_its_sources(name: str) -> None:
    city = load_town(TOWNS[name])
    for table in (city.places, city.collections, city.items, city.facts, city.bins):
        for record in table.values():
            assert record.source.page, f"{record.id} has no source"


def test_all_problems_at_once_with_file_and_line(town: Path) -> None:
    places = town / "places.toml"
    text = places.read_text(encoding="utf-8")
    text = text.replace('hours = "Fr 15:00-20:00"', 'hours = "vendredi 15h"').replace('phone = "01 99 00 11 33"', 'phone = "0199001133"')
    text = text.replace('district = "moulin"', 'district = "moulinn"').replace("area_ha = 1.5", 'arear_ha = "grand"')
    places.write_text(text, encoding="utf-8")
    found = problems(town)
    lines = text.splitlines()
    for needle, word in (
        ('hours = "vendredi', "opening_hours"),
        ('phone = "0199', "par paires"),
        ('district = "moulinn"', "n'existe pas"),
        ("arear_ha", "clé inconnue"),
    ):
        line = next(n for n, t in enumerate(lines, 1) if needle in t)
        assert any(p.startswith(f"places.toml:{line}:") and word in p for p in found), (needle, found)
    assert len(found) == 4


def test_a_second_id_a_missing_text_and_a_dated_fact_without_after(town: Path) -> None:
    (town / "more.toml").write_text(
        '[[fact]]\nid = "fair"\nanswer = { fr = "Oui." }\nquestions = { fr = ["a"], en = ["b"] }\nvalid_until = 2026-01-01\nsource = "x"\n', encoding="utf-8"
    )
    found = "\n".join(problems(town))
    assert "existe déjà" in found
    assert "le texte en manque" in found
    assert "after" in found


@pytest.mark.parametrize(
    ("text", "word"), [("[[place]\nid=1", "TOML illisible"), ('[[tramway]]\nid = "a"\n', "table inconnue"), ('[[place]]\nid = "É t"\n', "lettres minuscules")]
)
def test_what_is_not_toml_or_not_ours(town: Path, text: str, word: str) -> None:
    (town / "zz.toml").write_text(text, encoding="utf-8")
    assert any(word in p and p.startswith("zz.toml:") for p in problems(town)) or any(word in p for p in problems(town))


def test_not_utf8(town: Path) -> None:
    (town / "zz.toml").write_bytes('[[fact]]\nid = "café"'.encode("latin-1"))
    assert any("UTF-8" in p for p in problems(town))


def test_an_empty_folder_and_no_folder(tmp_path: Path) -> None:
    assert problems(tmp_path)
    with pytest.raises(FileNotFoundError, match="issy-les-moulineaux"):
        find_town("atlantis")


def test_no_name_is_no_town() -> None:
    with pytest.raises(FileNotFoundError):
        find_town("")


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ('[[fact]]\nid = "a"\nupdated = 14/03/2025\n', 3, "2025-03-14"),
        ('[[fact]]\nid = "a"\nupdated = 14-3-2025\n', 3, "2025-03-14"),
        ('[[fact]]\nid = "a\ntopic = "b"\n', 2, "guillemet n'est pas fermé"),
        ("[[fact]]\nid = «a»\n", 2, "guillemets droits"),
        ("[[fact]]\nid = le texte\n", 2, "guillemets droits"),
        ('[[fact]]\nid "a"\n', 2, "signe ="),
        ('[[fact]]\nid = "a"\nid = "b"\n', 3, "deux fois"),
        ('[[fact]]\nid = "a"\nquestions = { fr = ["a", "b" }\n', 3, "n'est pas fermée"),
        ("[[fact]\n", 1, "crochet"),
        ('[fact]\nid = "a"\n', 1, "[fact] : écrire [[fact]]"),
        ('[[contact]]\nphone = "17"\n', 1, "[contact.town]"),
        ('# rien\n\nplace = "ici"\n', 3, "« place »"),
        ("", 1, "vide"),
        ("# rien\n", 1, "vide"),
        ('[town]\nname = "Autre"\n', 2, "déjà écrit dans town.toml"),
    ],
)
def test_what_is_not_toml_is_explained_in_french(town: Path, text: str, line: int, hint: str) -> None:
    (town / "zz.toml").write_text(text, encoding="utf-8")
    found = problems(town)
    assert any(p.startswith(f"zz.toml:{line}:") and hint in p for p in found), found
    assert not any(word in " ".join(found) for word in ("Illegal", "Expected", "Invalid", "Cannot", "Unclosed"))


def test_a_byte_order_mark_is_nothing(town: Path) -> None:
    path = town / "waste.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_town(town).bins


@pytest.mark.parametrize("name", ["ville.TOML", "ville.toml.txt", "annexe/ville.toml"])
def test_files_that_would_be_passed_over_are_refused(town: Path, name: str) -> None:
    (town / name).parent.mkdir(exist_ok=True)
    (town / name).write_text('[[fact]]\nid = "a"\n', encoding="utf-8")
    assert any(p.startswith(name.split("/")[0]) for p in problems(town))


def test_a_draft_of_an_editor_is_nothing(town: Path) -> None:
    for name in (".ville.toml.swp", "ville.toml~", ".#ville.toml", "LISEZMOI.md"):
        (town / name).write_text("{", encoding="utf-8")
    assert load_town(town).places


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


@pytest.mark.parametrize(
    ("name", "article"), [("parc Zed", "le"), ("médiathèque Zed", "la"), ("aire de jeux", "l'"), ("hôtel de ville", "l'"), ("serres Zed", "les"), ("Zed", "")]
)
def test_a_place_without_article_is_read_with_the_one_of_its_noun(town: Path, name: str, article: str) -> None:
    (town / "zz.toml").write_text(ADDED["place"].replace('article = "le"\n', "").replace("parc Zed", name), encoding="utf-8")
    assert load_town(town).places["zz"].article == article


HEARD_ONLY = {"questions": {}, "topic": "", "names": {}, "aliases": {"fr": (), "en": ()}, "misheard": (), "words": {}}


@pytest.mark.parametrize("name", sorted(TOWNS))
def test_the_compiled_town_is_the_town(name: str, tmp_path: Path) -> None:
    compile_town(TOWNS[name], tmp_path)
    compiled, plain = read_compiled(str(tmp_path)), from_files(TOWNS[name])
    assert compiled is not None
    for table in ("places", "facilities", "districts", "collections", "bins", "items", "facts", "series"):
        full, bare = getattr(plain.city, table), getattr(compiled.city, table)
        assert set(full) == set(bare), table
        for key, record in full.items():
            heard = {k: v for k, v in HEARD_ONLY.items() if k in type(record)._fields and table not in ("districts", "series", "bins")}
            assert bare[key] == record.but(**heard), (table, key)
    assert compiled.city.contacts == plain.city.contacts
    for part in ("ear-fr", "ear-en", "voice-fr", "voice-en"):
        assert compiled.part(part) == __import__("json").loads(__import__("json").dumps(plain.part(part)))


def test_an_absent_or_broken_compiled_town_is_none(tmp_path: Path) -> None:
    assert read_compiled(str(tmp_path / "nowhere")) is None
    (tmp_path / "town.json").write_text("{", encoding="utf-8")
    assert read_compiled(str(tmp_path)) is None
    (tmp_path / "town.json").write_text("[]", encoding="utf-8")
    assert read_compiled(str(tmp_path)) is None
