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


@pytest.mark.parametrize("name", ["ville.TOML", "ville.toml.txt", "annexe/ville.toml", "ville.toml/note"])
def test_files_that_would_be_passed_over_are_refused(town: Path, name: str) -> None:
    (town / name).parent.mkdir(exist_ok=True)
    (town / name).write_text('[[fact]]\nid = "a"\n', encoding="utf-8")
    assert any(p.startswith(name.split("/")[0]) for p in problems(town))


def test_a_draft_of_an_editor_is_nothing(town: Path) -> None:
    for name in (".ville.toml.swp", "ville.toml~", ".#ville.toml", "LISEZMOI.md"):
        (town / name).write_text("{", encoding="utf-8")
    assert load_town(town).places


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
