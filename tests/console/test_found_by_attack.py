"""What somebody who meant harm found, once each: races, expired sessions, stale changes, floods, ids, and stores that fail at the wrong moment."""

from __future__ import annotations

import io
import re
import threading
from pathlib import Path

import pytest

from podcasts.storage import StorageUnavailable
from skill.channels.server import MOST_BYTES, MOST_OF_STAFF, Parser, _logged_in
from skill.console import guard, tries
from skill.console.accounts import Accounts
from skill.stores.changes import ADDED, Edit
from tests.conftest import TOWNS
from tests.console.conftest import PASSWORDS, QUICK, Clerk, Town

PARK = "parc-des-tilleuls"
CLOSED = {"effect": "closed", "place": PARK}


def today(town: Town) -> str:
    return town.skill.now().date().isoformat()


def test_a_store_that_fails_once_leaves_the_last_good_town(town: Town, clerk: Clerk, monkeypatch) -> None:
    clerk.announce({**CLOSED, "first": today(town)})
    with monkeypatch.context() as patched:
        patched.setattr(town.skill.live.changes, "load", lambda: (_ for _ in ()).throw(StorageUnavailable("away")))
        (town.folder / "town.toml").write_text((town.folder / "town.toml").read_text(encoding="utf-8") + "\n# touched\n", encoding="utf-8")
        with pytest.raises(StorageUnavailable):
            town.skill.refresh()
        assert "fermé" in town.hear("est-ce que le parc des Tilleuls est ouvert")
    assert town.skill.refresh()
    assert "fermé" in town.hear("est-ce que le parc des Tilleuls est ouvert")


def test_a_spoilt_document_is_shown_to_staff(town: Town, clerk: Clerk) -> None:
    clerk.announce({**CLOSED, "first": today(town)})
    town.storage.put("changes.json", b"{")
    town.skill.refresh()
    assert "ne se lit plus" in clerk.go("/sante").text() or clerk.status == 503


@pytest.mark.parametrize("turn", range(3))
def test_of_two_who_save_in_the_same_moment_one_is_told(town: Town, turn: int) -> None:
    clerks = [Clerk(town).login(name).go(f"/lieux/{PARK}") for name in ("jeanne", "paul")]
    start = threading.Barrier(2)

    def save(clerk: Clerk, fields: dict) -> None:
        start.wait()
        clerk.send({**fields, "do": "save"})

    threads = [
        threading.Thread(target=save, args=(c, f)) for c, f in zip(clerks, ({"phone": "01 02 03 04 05"}, {"address": "5 rue des Tilleuls"}), strict=True)
    ]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sorted(c.status for c in clerks) == [200, 422]
    late = next(c for c in clerks if c.status == 422)
    late.send({"do": "save"})  # what the other wrote is in the form now
    place = town.skill.city.places[PARK]
    assert (place.phone, place.address) == ("01 02 03 04 05", "5 rue des Tilleuls")


def test_logging_in_again_does_not_pass_over_what_another_saved(town: Town, clerk: Clerk, monkeypatch) -> None:
    late = Clerk(town).login("jeanne").go(f"/lieux/{PARK}")
    clerk.go(f"/lieux/{PARK}").send({"phone": "01 02 03 04 05", "do": "save"})
    late.client.delete_cookie("mairie_console", path="/console")
    late.send({"address": "5 rue des Tilleuls", "do": "save"})
    assert late.status == 401
    assert 'name="name" value=""' in late.page.replace("  ", " ") or "parc des Tilleuls" not in re.search(r'id="name"[^>]*', late.page)[0]
    late.send({"name": "jeanne", "password": PASSWORDS["jeanne"]}).send()
    late.send({"do": "save"})
    assert late.status == 422
    assert town.skill.city.places[PARK].phone == "01 02 03 04 05"


def test_an_account_that_comes_back_has_no_old_sessions(town: Town) -> None:
    clerk = Clerk(town).login("paul")
    accounts = Accounts(town.storage, QUICK)
    accounts.remove("paul")
    accounts.add("paul", "admin", "cinq poissons sans vélo")
    assert "Connexion" in clerk.go("/comptes").text()


def test_a_change_that_no_longer_fits_freezes_nothing_and_can_be_forgotten(town: Town, clerk: Clerk) -> None:
    clerk.announce({**CLOSED, "first": today(town)})
    places = town.folder / "places.toml"
    places.write_text(places.read_text(encoding="utf-8").replace(f'id = "{PARK}"', 'id = "parc-neuf"'), encoding="utf-8")
    town.skill.refresh()
    clerk.announce({"effect": "info", "place": "", "first": today(town), "say_fr": "Alerte : eau non potable."})
    assert "eau non potable" in town.hear("quoi de neuf")
    assert "ne vont plus avec les fichiers" in clerk.go("/").text()
    clerk.press("Oublier ce changement")
    assert "ne vont plus" not in clerk.go("/").text()


def test_staff_can_announce_while_a_file_has_a_fault(town: Town, clerk: Clerk) -> None:
    (town.folder / "zz.toml").write_text("[[place\n", encoding="utf-8")
    clerk.announce({"effect": "info", "place": "", "first": today(town), "say_fr": "Alerte : eau non potable."})
    assert clerk.status == 200, clerk.text()
    assert "eau non potable" in town.hear("quoi de neuf")
    assert "dernière bonne version" in clerk.go("/sante").text()


def test_what_was_kept_is_not_called_lost(town: Town, clerk: Clerk, monkeypatch) -> None:
    clerk.go("/annonces/nouvelle").send({"effect": "info", "place": "", "first": today(town), "say_fr": "Oui.", "do": "preview"})
    real, calls = town.skill.refresh, []

    def refresh() -> bool:
        calls.append(1)
        if len(calls) > 1:
            raise StorageUnavailable("away")
        return real()

    monkeypatch.setattr(town.skill, "refresh", refresh)
    clerk.send({"do": "save"})
    assert "C'est publié" in clerk.text()
    assert len(town.log()) == 1


def test_a_whole_file_is_judged_at_once(town: Town, clerk: Clerk, monkeypatch) -> None:
    from skill.stores.live import Live

    judged = []
    real = Live.city_with
    monkeypatch.setattr(Live, "city_with", lambda self, *a, **k: (judged.append(1), real(self, *a, **k))[1])
    rows = "\n".join(f"square Numéro {n};square;;{'123456789' if n % 3 else '0102030405'}" for n in range(60))
    clerk.go("/echanges").send({"table": "place", "kind": "square", "file": (io.BytesIO(f"nom;type;adresse;téléphone\n{rows}\n".encode()), "x.csv")}, form=0)
    assert clerk.text().count("à corriger") == 40
    assert len(judged) == 1


def test_every_shipped_answer_can_be_saved_as_it_is(tmp_path: Path) -> None:
    from skill.app import make_skill
    from skill.console import fact_pages
    from skill.console.desk import make_desk
    from skill.console.forms import Form
    from skill.settings import Settings

    settings = Settings(town=str(TOWNS["issy"]), data=str(tmp_path))
    desk = make_desk(make_skill(settings), settings, __import__("skill.homes", fromlist=["desk_of"]).desk_of(settings, "issy-les-moulineaux"), None, None)
    rows = []
    for key in desk.city.facts:
        stored = desk.row("fact", key)
        rows.append(("fact", fact_pages._row(Form(fact_pages._stored(stored, [])), key, stored, desk)))
    assert not desk.faults(rows)


def test_typing_errors_of_months_do_not_add_up(town: Town, monkeypatch) -> None:
    now = [1_000_000]
    monkeypatch.setattr(guard.time, "time", lambda: now[0])
    clerk = Clerk(town)
    for _ in range(60):
        clerk.login("jeanne", "faux")
        now[0] += 2 * tries.HALF_S
    assert "Que voulez-vous faire" in clerk.login("jeanne").text()


def test_nobody_is_kept_out_of_their_own_office_from_elsewhere(town: Town, monkeypatch) -> None:
    now = [1_000_000]
    monkeypatch.setattr(guard.time, "time", lambda: now[0])
    Clerk(town).login("jeanne").go("/").press("Se déconnecter")
    for n in range(90):
        other = Clerk(town)
        other.client.environ_base["REMOTE_ADDR"] = f"127.0.1.{n}"
        other.login("jeanne", "faux")
    assert other.status == 429
    assert "Que voulez-vous faire" in Clerk(town).login("jeanne").text()


@pytest.mark.parametrize("path", ["/annonces/abc%0A", "/annonces/abc", "/annonces/ABC", "/lieux/x%0A", "/reponses/x%20"])
def test_nothing_is_made_under_an_id_of_an_address(town: Town, clerk: Clerk, path: str) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', clerk.go("/annonces/nouvelle").page)[1]
    clerk.client.post(f"/console{path}", data={"csrf_token": token, "effect": "info", "first": today(town), "say_fr": "Oui.", "do": "save"})
    assert not town.log()


@pytest.mark.parametrize("key", ["abc\n", " abc", "abc ", "ABC", "a b", ""])
def test_ids_are_whole(town: Town, key: str) -> None:
    from skill.city.parse import BrokenTown

    document, _ = town.skill.live.changes.load()
    row = {ADDED: True, "effect": "info", "first": "2026-11-22", "say": {"fr": "Oui."}, "id": key}
    with pytest.raises(BrokenTown):
        town.skill.live.city_with(document.but(rows={"notice": {key: row}}))


def test_addresses_and_origins_that_cannot_be_read(town: Town) -> None:
    client = town.app.test_client()
    assert client.get("/console/connexion?next=//[").status_code == 200
    assert client.post("/console/connexion", headers={"Origin": "http://["}).status_code == 403


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/lieux/parc-des-tilleuls", {"l0from": "9" * 5000, "mode": "plain"}),
        ("/lieux/parc-des-tilleuls", {"kind": "foo"}),
        ("/lieux/parc-des-tilleuls", {"name": "x" * 20_000}),
        ("/lieux/nouveau", {"name": "Mairie", "kind": "park", "mode": "none"}),
        ("/lieux/parc-des-tilleuls", {"aliases": "quoi de neuf"}),
        ("/lieux/parc-des-tilleuls", {"aliases": "marché du Lavoir"}),
    ],
)
def test_what_would_spoil_the_town_is_refused(town: Town, clerk: Clerk, path: str, fields: dict) -> None:
    clerk.go(path).send({**fields, "do": "save"})
    assert clerk.status == 422, clerk.text()
    assert not town.log()


@pytest.mark.parametrize(
    "text",
    [
        '[[place]]\nid = ["a"]\n',
        '[[fact]]\nid = "a"\nquestions = "x"\n',
        '[[fact]]\nid = "a"\nquestions = { fr = 5 }\n',
        f'[[place]]\nid = "a"\narea_ha = {"9" * 5000}\n',
        '[[place]]\nid = "parc-des-tilleuls"\n_removed = true\n',
    ],
)
def test_toml_with_our_own_marks_or_wrong_kinds(town: Town, clerk: Clerk, text: str) -> None:
    clerk.go("/echanges").send({"table": "place", "kind": "square", "file": (io.BytesIO(text.encode()), "x.toml")}, form=0)
    assert clerk.status == 422, clerk.text()


def test_unticked_rows_stay_unticked_after_a_log_in(town: Town, clerk: Clerk) -> None:
    clerk.go("/echanges").send({"table": "place", "kind": "square", "file": (io.BytesIO(b"nom;type\nsquare Un;square\nsquare Deux;square\n"), "x.csv")}, form=0)
    clerk.client.delete_cookie("mairie_console", path="/console")
    clerk.send({"chosen": ["1"]})
    clerk.send({"name": "paul", "password": PASSWORDS["paul"]}).send()
    assert clerk.page.count(" checked>") == 1
    clerk.send()
    assert {"square-deux"} == set(town.skill.city.places) & {"square-un", "square-deux"}


def test_a_place_goes_with_its_notices(town: Town, clerk: Clerk) -> None:
    clerk.announce({**CLOSED, "first": today(town)})
    clerk.go(f"/lieux/{PARK}").press("Retirer ce lieu")
    assert PARK not in town.skill.city.places
    assert not town.skill.city.notices


def test_an_editor_exports_nothing(town: Town) -> None:
    clerk = Clerk(town).login("jeanne")
    assert clerk.go("/echanges/place.csv").status == 403
    assert clerk.go("/echanges/ville.zip").status == 403


def test_wrong_old_passwords_are_counted(town: Town) -> None:
    clerk = Clerk(town).login("paul")
    for _ in range(7):
        clerk.go("/mon-compte").send({"old": "faux", "new": "cinq poissons sans vélo", "repeated": "cinq poissons sans vélo"})
    clerk.send({"old": PASSWORDS["paul"], "new": "cinq poissons sans vélo", "repeated": "cinq poissons sans vélo"})
    assert "n'est pas celui-là" in clerk.text()


def test_large_bodies_are_for_those_who_logged_in(town: Town) -> None:
    clerk = Clerk(town)
    clerk.go("/connexion")
    stranger = clerk.client.get_cookie("mairie_console", path="/console").value
    clerk.login("paul")
    known = clerk.client.get_cookie("mairie_console", path="/console").value
    assert _logged_in(town.app, f"mairie_console={known}")
    for cookie in (stranger, "x", "", known[:-2], known.replace(".", "", 1)):
        assert not _logged_in(town.app, f"mairie_console={cookie}")

    class Adj:
        max_request_body_size, max_request_header_size, url_scheme, inbuf_overflow = MOST_BYTES, 32_768, "http", 100_000

    for path, cookie, most in (
        ("/console/podcasts/envois/x/0", known, MOST_OF_STAFF),
        ("/console/lieux/x", known, MOST_BYTES),
        ("/api/ask", known, MOST_BYTES),
        ("/console/echanges", stranger, MOST_BYTES),
    ):
        parser = type("P", (Parser,), {"trusts": staticmethod(lambda cookies: _logged_in(town.app, cookies))})(Adj())
        parser.received(f"POST {path} HTTP/1.1\r\nHost: x\r\nCookie: mairie_console={cookie}\r\nContent-Length: 5\r\n\r\n".encode())
        assert parser.adj.max_request_body_size == most


def test_words_of_residents_are_not_kept_in_the_list_of_changes(town: Town, clerk: Clerk) -> None:
    town.hear("où pêcher des licornes mauves")
    clerk.go("/questions").press("Pas pour nous")
    assert "licornes" not in str([c.plain() for c in town.log()])


def test_a_flood_of_questions_does_not_hold_the_first_page(town: Town, clerk: Clerk) -> None:
    from skill.console.fact_pages import MOST_GROUPED, grouped, waiting

    memory = town.skill.memory.unanswered
    for day in range(3):
        memory.change(
            (town.skill.now().date().replace(day=1)).isoformat() if day else today(town),
            lambda old: __import__("functools").reduce(lambda o, n: o.noted(f"mot{n} chose{n * 7}"), range(300), old),
        )
    assert clerk.go("/").status == 200
    from skill.console.desk import make_desk
    from skill.homes import guard_of

    desk = make_desk(town.skill, town.settings, town.storage, *guard_of(town.settings))
    assert waiting(desk) >= 300
    assert sum(len(g["words"]) for g in grouped(desk)) <= MOST_GROUPED


def test_an_edit_of_the_files_own_record_is_found_again(town: Town) -> None:
    made = town.skill.live.changes.apply(
        lambda _: [(Edit("place", PARK, {"phone": "01 02 03 04 05"}), "x")], "paul", town.skill.now(), lambda d: town.skill.live.city_with(d)
    )
    assert made
    town.skill.refresh()
    assert town.skill.city.places[PARK].phone == "01 02 03 04 05"
