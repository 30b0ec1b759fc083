"""In and out: proposals before anything changes, files that are not what they should be, portals that are down or lie."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from podcasts.fetch import Limits
from skill.city.parse import parse
from skill.console import opendatasoft
from skill.console.accounts import Refused
from skill.console.tables import iso, phone, read_csv, to_row, write_csv
from skill.stores.changes import plain
from skill.stores.town_files import load_town, read_tables
from tests.console.conftest import Clerk, Town
from tests.podcasts.servers import Server, dripped, saying, serving, silent, whole

CSV = "nom;type;adresse;téléphone;horaires (OSM)\nparc des Tilleuls;;9 rue des Tilleuls;0102030405;\nsquare Hélène;square;3 rue du Lac;;Mo-Su 08:00-20:00\n"


def send_file(clerk: Clerk, data: bytes, name: str = "lieux.csv", table: str = "place") -> Clerk:
    return clerk.go("/echanges").send({"table": table, "kind": "square", "file": (io.BytesIO(data), name)}, form=0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_csv_becomes_proposals_and_only_what_is_chosen_is_kept(town: Town, clerk: Clerk, encoding: str) -> None:
    send_file(clerk, CSV.encode(encoding))
    assert "2 différences" in clerk.text(), clerk.text()
    assert "9 rue des Tilleuls" in clerk.text()
    assert not town.log()
    clerk.send({"chosen": ["1"]})
    assert "1 fiche enregistrée. 1 fiche laissée de côté." in clerk.text()
    assert town.skill.city.places["square-helene"].hours == "Mo-Su 08:00-20:00"
    assert town.skill.city.places["parc-des-tilleuls"].address == "4 rue des Tilleuls"


def test_a_bad_row_is_shown_and_the_others_can_be_taken(town: Town, clerk: Clerk) -> None:
    send_file(clerk, b"nom,type,horaires (OSM)\nsquare Un,square,lundi\nsquare Deux,square,Mo-Su 08:00-20:00\n")
    assert "à corriger" in clerk.text()
    assert "illisible" in clerk.text()
    clerk.send({"chosen": ["0", "1"]})
    assert "square-deux" in town.skill.city.places
    assert "square-un" not in town.skill.city.places


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "est vide"),
        (b"nom\nparc\n", "séparées"),
        (b"nom|type\nparc|park\n", "séparées"),
        (b"couleur;taille\nbleu;3\n", "aucune colonne"),
        (b"nom;type\nparc;park;trop\n", "la ligne 2 a 3 colonnes"),
        (b'nom;type\n"parc;park\n', "ne se lit pas comme un CSV"),
        (b"nom;nom\na;b\n", "la même chose"),
        (b"nom;type\n", "pas de ligne"),
        (b"PK\x03\x04rest", "classeur"),
        (b"nom;type\n\x00\x01\x02", "pas un fichier de texte"),
        (b"nom;type\n" + b"a;b\n" * 2_001, "plus de 2000 lignes"),
        (b"nom;type\nparc\x81;park\n", "accents"),
    ],
)
def test_files_that_cannot_be_read_say_what_to_do(town: Town, clerk: Clerk, data: bytes, said: str) -> None:
    send_file(clerk, data)
    assert clerk.status == 422
    assert said in clerk.text().lower() or said in clerk.text()
    assert not town.log()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[[place]\n", "Ligne 1"),
        (b"\xff\xfe", "UTF-8"),
        (b'[town]\nid = "x"\n', "[[place]]"),
        (b"[[place]]\nname = 3\n", "leur id"),
        (b"[" * 50_000, "Ligne 1"),
        (b"", "sont attendues"),
    ],
)
def test_toml_that_cannot_be_read(town: Town, clerk: Clerk, data: bytes, said: str) -> None:
    send_file(clerk, data, "fiches.toml")
    assert clerk.status == 422
    assert said in clerk.text()


def test_toml_in_and_the_whole_town_out(town: Town, clerk: Clerk, tmp_path: Path) -> None:
    text = '[[place]]\nid = "parc-des-tilleuls"\nphone = "01 02 03 04 05"\n\n[[fact]]\nid = "zebre"\ntopic = "t"\nanswer = { fr = "Au zoo.", en = "At the zoo." }\nquestions = { fr = ["où est le zèbre"], en = ["where is the zebra"] }\nsource = "x"\nupdated = 2026-01-02\n'
    send_file(clerk, text.encode(), "fiches.toml")
    clerk.send()
    assert len(town.log()) == 2, clerk.text()
    clerk.announce({"effect": "info", "place": "", "first": town.skill.now().date().isoformat(), "say_fr": "Oui."})
    clerk.go("/lieux/marche-du-lavoir").press("Retirer ce lieu")
    data = clerk.client.get("/console/echanges/ville.zip").get_data()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(tmp_path / "out")
    folder = tmp_path / "out" / "valfleuri"
    city = load_town(folder)
    assert city == town.skill.town.city
    assert plain(read_tables(folder)[0]["place"]) == plain(town.skill.live.current()["place"])
    assert (folder / "town.toml").read_text(encoding="utf-8") == (town.folder / "town.toml").read_text(encoding="utf-8").replace(
        "\r\n", "\n"
    ) or "# Une ville inventée" in (folder / "town.toml").read_text(encoding="utf-8")


def test_csv_there_and_back_changes_nothing(town: Town, clerk: Clerk) -> None:
    for table in ("place", "fact", "item"):
        data = clerk.client.get(f"/console/echanges/{table}.csv").get_data()
        assert data.startswith(b"\xef\xbb\xbf")
        send_file(clerk, data, table=table)
        assert "Rien à changer" in clerk.text(), clerk.text()


def test_no_cell_is_a_formula() -> None:
    data = write_csv("place", [{"id": "x", "name": "=HYPERLINK(1)", "phone": "+33", "address": "-1+2", "about": {"fr": "@x"}}])
    assert b";=" not in data
    assert b";+" not in data
    assert b";-" not in data
    assert read_csv(data, "place")[0]["name"] == "=HYPERLINK(1)"


def test_somebody_else_changed_it_meanwhile(town: Town, clerk: Clerk) -> None:
    send_file(clerk, CSV.encode())
    Clerk(town).login("jeanne").go("/lieux/parc-des-tilleuls").send({"phone": "01 09 08 07 06", "do": "save"})
    clerk.send({"chosen": ["0", "1"]})
    assert "a été changée par" in clerk.text()
    assert town.skill.city.places["parc-des-tilleuls"].phone == "01 09 08 07 06"
    assert "square-helene" not in town.skill.city.places  # all or none


def test_values_as_people_write_them() -> None:
    assert phone("+33 1 02 03 04 05") == phone("01.02.03.04.05") == phone("0102030405") == "01 02 03 04 05"
    assert phone("0800101021") == "0 800 10 10 21"
    assert phone("standard") == "standard"
    assert iso("3/4/2026") == "2026-04-03"
    assert iso("2026-04-03T10:00:00+00:00") == "2026-04-03"
    assert to_row({"questions.fr": "un | deux", "answer.fr": "Oui.", "aliases": "a|b", "phone": ""}) == {
        "questions": {"fr": ["un", "deux"]},
        "answer": {"fr": "Oui."},
        "aliases": ["a", "b"],
    }


RECORDS = [{"nom": "Square Hélène", "adresse_complete": "3 rue du Lac", "telephone": "+33102030405", "geo": {"lon": 1, "lat": 2}, "tags": ["a", "b"]}, {"nom": "parc des Tilleuls", "adresse_complete": "8 rue des Tilleuls", "telephone": None}]  # fmt: skip


@pytest.fixture
def portal(monkeypatch):
    monkeypatch.setattr(opendatasoft, "SCHEME", "http")
    monkeypatch.setattr(opendatasoft, "LIMITS", Limits(seconds=1.0, most_bytes=100_000, inside=True))


def host(server: Server) -> str:
    return server.url.removeprefix("http://").split("/")[0]


def test_a_portal_becomes_proposals(town: Town, clerk: Clerk, portal) -> None:
    body = json.dumps({"total_count": 2, "results": RECORDS}).encode()
    with serving(saying(whole(body))) as server:
        clerk.go("/echanges/opendatasoft").send({"portal": host(server), "dataset": "equipements", "do": "fields"})
        assert "Quel champ est quoi" in clerk.text(), clerk.text()
        assert 'value="adresse_complete" selected' in clerk.page
        clerk.send({"kind": "square", "do": "preview"})
    assert "2 différences" in clerk.text(), clerk.text()
    clerk.send()
    assert town.skill.city.places["square-helene"].phone == "01 02 03 04 05"
    assert town.skill.city.places["parc-des-tilleuls"].address == "8 rue des Tilleuls"


@pytest.mark.parametrize(
    ("behave", "said"),
    [
        (saying(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"), "ne répond pas comme il faut"),
        (saying(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"), "n'a pas de jeu de données"),
        (saying(whole(b"<html>hello</html>")), "pas comme un portail"),
        (saying(whole(b'{"total_count": 9, "results": "all"}')), "pas comme un portail"),
        (saying(whole(b'{"total_count": "9", "results": []}')), "pas comme un portail"),
        (saying(whole(b'{"total_count": 0, "results": []}')), "est vide"),
        (saying(whole(b"[" * 90_000)), "pas comme un portail"),
        (saying(whole(b"x" * 200_000)), "ne répond pas comme il faut"),
        (silent, "ne répond pas comme il faut"),
        (dripped(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 100), "ne répond pas comme il faut"),
        (saying(b"HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/x\r\nContent-Length: 0\r\n\r\n"), "ne répond pas comme il faut"),
    ],
)
def test_a_portal_that_is_down_or_lies(town: Town, clerk: Clerk, portal, behave, said: str) -> None:
    with serving(behave) as server:
        clerk.go("/echanges/opendatasoft").send({"portal": host(server), "dataset": "equipements", "do": "fields"})
    assert clerk.status == 422
    assert said in clerk.text()
    assert not town.log()


@pytest.mark.parametrize(("where", "dataset"), [("127.0.0.1:1", "x"), ("169.254.169.254", "latest"), ("localhost", "x"), ("data.example.com@127.0.0.1", "x"), ("ftp://etc", "x"), ("data.example.com", "../../x"), ("", "")])  # fmt: skip
def test_no_portal_inside_the_house(where: str, dataset: str) -> None:
    with pytest.raises(Refused):
        opendatasoft.read(where, dataset)


def test_a_portal_that_never_ends_is_read_so_far(portal) -> None:
    body = json.dumps({"total_count": 10**9, "results": [{"nom": f"lieu {n}"} for n in range(100)]}).encode()
    with serving(saying(whole(body))) as server:
        assert len(opendatasoft.read(host(server), "x")) == 2_000


def test_the_tables_of_the_export_are_those_that_are_parsed(town: Town) -> None:
    assert parse(town.skill.live.current()) == town.skill.town.city
