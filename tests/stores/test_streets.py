"""A town's index of streets: from the files that towns have, to the home that is understood."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from skill.app import Skill
from skill.city.streets import find
from skill.cli import main
from skill.conversation.turn import Focus
from skill.stores.compiled import from_files
from skill.stores.town_files import load_town
from tests.conftest import TOWNS, at

SQUARE = {  # two districts side by side, one with a hole
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "properties": {"quartier": "Épinettes"}, "geometry": {"type": "Polygon", "coordinates": [
            [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], [[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6], [0.4, 0.4]]]}},
        {"type": "Feature", "properties": {"quartier": "centre-ville"}, "geometry": {"type": "MultiPolygon", "coordinates": [[[[1, 0], [2, 0], [2, 1], [1, 1], [1, 0]]]]}},
    ],
}  # fmt: skip
BAN = """id;id_fantoir;numero;rep;nom_voie;code_postal;code_insee;nom_commune;lon;lat
1;;2;;Rue Ernest Renan;92130;92040;Issy-les-Moulineaux;0.1;0.1
2;;4;bis;Rue Ernest Renan;92130;92040;Issy-les-Moulineaux;1.5;0.5
3;;6;;Rue Ernest Renan;92130;92040;Issy-les-Moulineaux;1.5;0.5
4;;1;;Rue Ernest Renan;92130;92040;Issy-les-Moulineaux;0.1;0.1
5;;1;;Allée d’Exemple;92130;92040;Issy-les-Moulineaux;0.2;0.9
6;;1;;Rue du Trou;92130;92040;Issy-les-Moulineaux;0.5;0.5
7;;1;;Rue d'Ailleurs;92170;92075;Vanves;0.1;0.1
8;;;;Rue sans point;92130;92040;Issy-les-Moulineaux;;
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TOWNS["issy"], tmp_path / "issy"))


def imported(folder: Path, text: str, *more: str, name: str = "f.csv") -> int:
    path = folder.parent / name
    path.write_text(text, encoding="utf-8")
    return main(["--town", str(folder), "streets", str(path), *more])


def streets(folder: Path) -> dict[str, tuple[str, list[tuple[str, int, int | None, str]]]]:
    return {s.name: (s.district, [(t.district, t.start, t.to, t.side) for t in s.stretches]) for s in load_town(folder).streets.values()}


@pytest.mark.parametrize(
    "text",
    [
        "rue;quartier\nRue Ernest Renan;Épinettes\nAvenue Victor Cresson;centre-ville\n",
        "Rue,Quartier\nRue Ernest Renan,epinettes\nAvenue Victor Cresson,le centre\n",
        "\ufeffnom_voie\tsecteur\nRue Ernest Renan\tLes Épinettes\nAvenue Victor Cresson\tCentre-Ville\n",
        json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "geometry": None, "properties": {"name": "Rue Ernest Renan", "quartier": "Épinettes"}},
            {"type": "Feature", "geometry": None, "properties": {"name": "Avenue Victor Cresson", "quartier": "Centre-Ville"}}]}),
        json.dumps({"total_count": 2, "results": [{"voie": "Rue Ernest Renan", "secteur": "Épinettes"}, {"voie": "Avenue Victor Cresson", "secteur": "Centre-Ville"}]}),
    ],
)  # fmt: skip
def test_files_that_name_the_district(folder: Path, text: str) -> None:
    assert imported(folder, text) == 0
    assert streets(folder) == {"rue Ernest Renan": ("epinettes", []), "avenue Victor Cresson": ("centre-ville", [])}


def test_the_national_addresses_with_polygons(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder.parent / "p.geojson").write_text(json.dumps(SQUARE), encoding="utf-8")
    assert imported(folder, BAN, "--polygones", str(folder.parent / "p.geojson"), "--insee", "92040") == 0
    assert streets(folder) == {
        "allée d'Exemple": ("epinettes", []),
        "rue Ernest Renan": ("", [("epinettes", 1, 1, "odd"), ("epinettes", 2, 2, "even"), ("centre-ville", 4, 6, "even")]),
    }
    assert "2 rues ; sans quartier : rue du Trou, rue sans point" in capsys.readouterr().err


def test_opendatasoft_points_are_latitude_first(folder: Path) -> None:
    (folder.parent / "p.geojson").write_text(json.dumps(SQUARE), encoding="utf-8")
    text = "geo_point_2d;voie\n0.5, 1.5;Rue de l'Est\n0.1, 0.9;Rue de l'Ouest\n"
    assert imported(folder, text, "--polygones", str(folder.parent / "p.geojson")) == 0
    assert streets(folder) == {"rue de l'Est": ("centre-ville", []), "rue de l'Ouest": ("epinettes", [])}


def test_stretches_by_hand(folder: Path) -> None:
    assert imported(folder, "rue;quartier;de;a;cote\nRue Ernest Renan;Épinettes;1;45;impair\nRue Ernest Renan;Centre-Ville;2;;pair\n") == 0
    city = load_town(folder)
    for said, district in (("12 rue ernest renan", "centre-ville"), ("au 13 rue renan", "epinettes"), ("47 rue ernest renan", ""), ("rue ernest renan", "")):
        assert find(said, city.streets).district == district, said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "aucune rue"),
        ("rue quartier\nx y\n", "colonnes séparées"),
        ("a;b\n1;2\n", "aucune colonne de rues parmi a, b"),
        ("rue;quartier\nRue X;Montmartre\n", "ligne 2 : quartier inconnu « Montmartre » ; la ville connaît Centre-Ville"),
        ("rue;quartier;de;a\nRue X;Épinettes;9;3\n", "ligne 2 : le numéro 3 est avant 9"),
        ("rue\nRue X\n", "colonnes séparées"),
        ("rue;autre\nRue X;1\n", "aucune rue n'a de quartier"),
        ("{", "illisible"),
        ('{"a": 1}', "ni du GeoJSON ni un export"),
        ('{"features": [{"properties": null, "geometry": null}]}', "aucune propriété de rue"),
        ("[" * 100_000, "illisible"),
        ("rue;quartier\n" + "x" * 140_000 + ";Épinettes\n", "illisible"),
        ('rue;quartier\n<b>Rue</b> "x";Épinettes\n', "rien n'est changé"),
        ("rue;quartier\n...;Épinettes\n", "« ... » n'est pas un nom de rue"),
        ("rue;quartier\nRue A;Épinettes\nRue A;Centre-Ville\n", "ligne 3 : « rue A » est déjà dans un autre quartier, ligne 2"),
        ("rue;quartier;de;a;cote\nRue A;Épinettes;1;50;impair\nRue A;Centre-Ville;10;60;\n", "est déjà dans un autre quartier"),
    ],
)
def test_faults_are_told_and_nothing_is_written(folder: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert imported(folder, text) == 1
    assert said in capsys.readouterr().err
    assert not (folder / "rues.toml").exists()


@pytest.mark.parametrize("shapes", ['{"features": null}', '{"features": [1]}', '{"features": [{"properties": "x", "geometry": [1, 2]}]}', "[" * 100_000,
    '{"features": [{"properties": {"quartier": "Épinettes"}, "geometry": {"type": "Polygon", "coordinates": null}}]}',
    '{"features": [{"properties": {"quartier": "Épinettes"}, "geometry": {"type": "Polygon", "coordinates": [[[1]]]}}]}'])  # fmt: skip
def test_polygons_that_are_none(folder: Path, shapes: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder.parent / "p.geojson").write_text(shapes, encoding="utf-8")
    assert imported(folder, BAN, "--polygones", str(folder.parent / "p.geojson")) == 1
    assert "p.geojson" in capsys.readouterr().err


def test_a_good_file_is_kept_where_the_next_is_bad(folder: Path) -> None:
    assert imported(folder, "rue;quartier\nRue Ernest Renan;Épinettes\n") == 0
    before = (folder / "rues.toml").read_bytes()
    assert imported(folder, 'rue;quartier\n<b>Rue</b> "x";Épinettes\n') == 1
    assert (folder / "rues.toml").read_bytes() == before


def test_another_encoding(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder.parent / "f.csv"
    path.write_bytes("rue;quartier\nRue de l'Église;Épinettes\n".encode("latin-1"))
    assert main(["--town", str(folder), "streets", str(path)]) == 1
    assert "UTF-8" in capsys.readouterr().err


NAMES = "rue;quartier\nRue Ernest Renan;Épinettes\nRue Ernest Ruben;Centre-Ville\nAvenue Victor Cresson;Centre-Ville\nRue du Général Leclerc;Fort d'Issy\nPlace du Général Leclerc;Épinettes\nRue de l'Égalité;Centre-Ville\n"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("rue ernest renan", "rue Ernest Renan"), ("12 bis rue ernest renand", "rue Ernest Renan"), ("avenue victor kresson", "avenue Victor Cresson"),
        ("avenue cresson", "avenue Victor Cresson"), ("rue du general leclair", "rue du Général Leclerc"), ("place du général leclerc", "place du Général Leclerc"),
        ("rue de l egalite", "rue de l'Égalité"), ("rue des acacias", ""), ("", ""),
    ],
)  # fmt: skip
def test_streets_as_people_say_them(folder: Path, said: str, name: str) -> None:
    imported(folder, NAMES)
    found = find(said, load_town(folder).streets)
    assert (found.street.name if found.street else "") == name, found


def test_two_that_are_close_are_a_question_and_remembering_needs_a_yes(folder: Path) -> None:
    imported(folder, NAMES)
    skill = Skill(from_files(folder))
    said, focus = [], Focus()
    for words in ("j'habite rue ernest", "la deuxième", "oui", "où est-ce que j'habite", "c'est quel jour les déchets alimentaires"):
        answer = skill.hear(words, "fr-FR", at("2025-10-14 09:00"), focus, user="u")
        focus = answer.reply.focus
        said.append(answer.speech.text if answer.speech else "")
    assert said[0].startswith("Est-ce la rue Ernest Re")
    assert said[1].startswith("Vous habitez rue Ernest Ru")
    assert said[2] == "C'est retenu."
    assert said[3] == "Vous m'avez dit que vous habitez rue Ernest Ruben, au Centre-Ville."
    assert "le mardi et le vendredi" in said[4]
