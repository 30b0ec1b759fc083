"""A clerk's announcements, hours and answers: seen before they are kept, said at once, undone, never overwritten in silence."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from skill.console import hours_form
from skill.console.hours_form import ALWAYS, NONE, NOTATION, PLAIN, Line, Week, to_notation, to_week
from skill.console.true_days import doubts, true_days
from tests.conftest import TOWNS
from tests.console.conftest import Clerk, Town

PARK = "parc-des-tilleuls"
EVIL = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>'{{7*7}}"


def tomorrow(town: Town, days: int = 1) -> str:
    return (town.skill.now().date() + timedelta(days=days)).isoformat()


def test_a_closing_is_seen_said_undone(town: Town, clerk: Clerk) -> None:
    today = tomorrow(town, 0)
    clerk.go("/annonces/nouvelle").send(
        {
            "effect": "closed",
            "place": PARK,
            "first": today,
            "last": tomorrow(town, 2),
            "say_fr": "Le parc des Tilleuls est fermé : un arbre est tombé.",
            "do": "preview",
        }
    )
    assert clerk.status == 200, clerk.text()
    assert "Le parc des Tilleuls est fermé : un arbre est tombé." in clerk.text()
    assert not town.log()
    clerk.send({"do": "save"})
    assert "dès maintenant" in clerk.text()
    assert town.hear("est-ce que le parc des Tilleuls est ouvert").startswith("Non. Le parc des Tilleuls est fermé : un arbre est tombé.")
    assert "is closed until" in town.hear("is Tilleuls park open", "en-GB")
    assert [(c.who, c.table) for c in town.log()] == [("paul", "notice")]
    clerk.go("/journal").press("Annuler")
    assert "un arbre" not in town.hear("est-ce que le parc des Tilleuls est ouvert")
    assert town.log()[-1].undoes == town.log()[0].id


def test_a_notice_is_changed_and_taken_away(town: Town, clerk: Clerk) -> None:
    clerk.announce({"effect": "info", "place": "", "first": tomorrow(town, 0), "say_fr": "La mairie ferme à midi.", "do": "save"})
    assert "La mairie ferme à midi." in town.hear("quoi de neuf")
    key = town.log()[0].key
    clerk.go(f"/annonces/{key}").send({"say_fr": "La mairie ferme à onze heures.", "do": "save"})
    assert "La mairie ferme à midi." in town.hear("quoi de neuf")  # not seen as it will be: shown first
    clerk.send({"do": "save"})
    assert town.hear("quoi de neuf") == "La mairie ferme à onze heures."
    clerk.go("/annonces").press("Retirer")
    assert "pas d'annonce" in town.hear("quoi de neuf")
    assert "n'existe plus" in clerk.go(f"/annonces/{key}").text()


def test_a_notice_of_one_district_stays_of_that_district(town: Town, clerk: Clerk) -> None:
    """Changing its words must not tell the whole town that its yellow bins stay in."""
    days = tomorrow(town, 14)
    clerk.announce({"effect": "cancelled", "collection": "packaging", "district": "gare", "first": tomorrow(town, 0), "last": days, "do": "save"})
    key = town.log()[0].key
    clerk.go(f"/annonces/{key}").send({"say_fr": "Le camion est en panne.", "do": "preview"})
    clerk.send({"do": "save"})
    notice = town.skill.city.notices[key]
    assert (notice.district, notice.say["fr"]) == ("gare", "Le camion est en panne.")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"first": ""}, "premier jour"),
        ({"first": "28/13/2026"}, "n'est pas une date"),
        ({"first": "2026-02-30"}, "n'est pas une date"),
        ({"last": "2020-01-01"}, "avant le premier"),
        ({"first": "2020-01-01", "last": "2020-01-02"}, "sont passés"),
        ({"place": ""}, "Dire quel lieu"),
        ({"place": "lune"}, "n'existe pas"),
        ({"from": "18:00", "to": "09:00"}, "le début avant la fin"),
        ({"from": "9h"}, "les deux heures"),
        ({"from": "25h", "to": "26h"}, "n'est pas une heure"),
        ({"say_en": "Closed."}, "française manque"),
        ({"say_fr": "x" * 161}, "160 au plus"),
        ({"say_fr": "Fermé <b>"}, "serait lu à haute voix"),
        ({"last": "2099-01-01"}, "un an"),
        ({"effect": "info", "say_fr": ""}, "phrase"),
        ({"effect": "cancelled"}, "quelle collecte"),
        ({"effect": "moved", "collection": "glass", "moved_to": ""}, "reporté"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_kept(town: Town, clerk: Clerk, fields: dict, said: str) -> None:
    good = {"effect": "closed", "place": PARK, "first": tomorrow(town), "last": tomorrow(town, 2), "say_fr": "", "do": "save"}
    clerk.announce({**good, **fields})
    assert clerk.status == 422
    assert said in clerk.text()
    assert not town.log()
    for name, value in fields.items():  # what was written is still there
        if name not in ("place", "effect", "collection") and value:
            assert re.search(rf'name="{name}"[^>]*value="{re.escape(value)}"', clerk.page) or value.replace("<", "&lt;").replace(">", "&gt;") in clerk.page


def test_overlapping_and_useless_notices_are_pointed_out(town: Town, clerk: Clerk) -> None:
    friday = town.skill.now().date() + timedelta(days=(4 - town.skill.now().weekday()) % 7 or 7)
    fields = {"effect": "closed", "place": "marche-de-la-gare", "first": friday.isoformat(), "last": friday.isoformat(), "do": "save"}
    clerk.announce(fields)
    assert "une autre annonce existe" in clerk.go("/annonces/nouvelle").send({**fields, "do": "preview"}).text().lower()
    saturday = (friday + timedelta(days=1)).isoformat()
    assert "déjà fermé" in clerk.go("/annonces/nouvelle").send({**fields, "first": saturday, "last": saturday, "do": "preview"}).text()


@pytest.mark.parametrize(
    ("sentence", "bounds"),
    [
        ("Le parc est fermé ce week-end.", (date(2026, 11, 23), date(2026, 11, 29))),
        ("Le parc est fermé cette semaine.", (date(2026, 11, 23), date(2026, 11, 29))),
        ("Le parc est fermé aujourd'hui.", (date(2026, 11, 28), date(2026, 11, 29))),
        ("Le parc ferme demain.", (date(2026, 11, 27), date(2026, 11, 27))),
        ("Le parc est fermé pour travaux.", (None, None)),
        ("The park is closed this weekend.", (date(2026, 11, 23), date(2026, 11, 29))),
    ],
)
def test_a_sentence_is_said_only_while_it_is_true(sentence: str, bounds: tuple) -> None:
    assert true_days(sentence, date(2026, 11, 28), date(2026, 11, 29)) == bounds


def test_a_weekday_that_is_not_among_the_dates_is_doubted() -> None:
    today = date(2026, 11, 22)
    assert doubts("Fermé mardi.", date(2026, 11, 28), date(2026, 11, 29), today)
    assert not doubts("Fermé samedi.", date(2026, 11, 28), date(2026, 11, 29), today)
    assert doubts("Fermé prochainement.", date(2026, 11, 28), date(2026, 11, 29), today)


def test_hours_through_the_plain_form(town: Town, clerk: Clerk) -> None:
    clerk.go("/lieux/bibliotheque-jean-giono")
    fields = {f"l0d{d}": "on" for d in range(1, 6)} | {"mode": "plain", "l0s0": "10:00", "l0e0": "12:00", "l0s1": "14h", "l0e1": "18 h 30", "holidays": "off"}
    clerk.send({**fields, "do": "preview"})
    assert "de 10 heures à midi et de 14 heures à 18 heures 30" in clerk.text()
    assert "La semaine, en ce moment : du mardi au samedi de 10 heures à midi" in clerk.text()
    assert not town.log()
    clerk.send({"do": "save"})
    assert town.skill.city.places["bibliotheque-jean-giono"].hours == "Tu-Sa 10:00-12:00,14:00-18:30; PH off"
    assert "10 heures" in town.hear("quels sont les horaires de la médiathèque Jean Giono mardi")
    clerk.go("/lieux/bibliotheque-jean-giono")
    assert 'name="l0s1" value="14:00"' in clerk.page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"l0s0": "18:00", "l0e0": "09:00", "l0d0": "on"}, "ferme avant d'ouvrir"),
        ({"l0s0": "09:00", "l0e0": "09:00", "l0d0": "on"}, "est celle du début"),
        ({"l0s0": "09:00", "l0e0": "12:00"}, "cocher les jours"),
        ({"l0d0": "on"}, "donner les heures"),
        ({"l0d0": "on", "l0s0": "09:00"}, "l'heure de fin"),
        ({"l0d0": "on", "l0s0": "09:00", "l0e0": "12:00", "l0s1": "11:00", "l0e1": "13:00"}, "avant la fin des premières"),
        ({"l0d0": "on", "l0s0": "neuf heures", "l0e0": "12:00"}, "n'est pas une heure"),
        ({}, "aucune heure"),
        ({"mode": "notation", "notation": "lundi"}, "illisible"),
        ({"phone": "01 02"}, "par paires"),
    ],
)
def test_hours_that_cannot_be(town: Town, clerk: Clerk, fields: dict, said: str) -> None:
    given = {"mode": "plain" if "phone" not in fields else "none", **fields, "do": "save"}
    clerk.go("/lieux/bibliotheque-jean-giono").send(given)
    assert clerk.status == 422
    assert said.lower() in clerk.text().lower()
    assert not town.log()


def test_a_new_place_and_its_end(town: Town, clerk: Clerk) -> None:
    clerk.go("/lieux/nouveau").send(
        {"name": "square du Dragon", "kind": "square", "mode": "always", "address": "3 rue du Lac", "aliases": "le Dragon\n\nsquare des Dragons", "do": "save"}
    )
    assert clerk.status == 200, clerk.text()
    assert "rue du Lac" in town.hear("où est le square du Dragon")
    assert "jour et nuit" in town.hear("à quelle heure ferme le square du Dragon")
    clerk.go("/lieux/square-du-dragon").press("Retirer ce lieu")
    assert "square-du-dragon" not in town.skill.city.places
    clerk.go("/journal").press("Annuler")
    assert "square-du-dragon" in town.skill.city.places


def test_a_place_that_others_need_stays(town: Town, clerk: Clerk) -> None:
    clerk.go("/lieux/nouveau").send({"name": "aire du Lutin", "kind": "playground", "mode": "none", "part_of": PARK, "do": "save"})
    clerk.go(f"/lieux/{PARK}").press("Retirer ce lieu")
    assert "ne peut pas être retiré" in clerk.text()
    assert PARK in town.skill.city.places


def test_the_second_of_two_clerks_is_told_and_nothing_is_lost(town: Town, clerk: Clerk) -> None:
    other = Clerk(town).login("jeanne").go(f"/lieux/{PARK}")
    clerk.go(f"/lieux/{PARK}").send({"phone": "01 02 03 04 05", "do": "save"})
    other.send({"phone": "01 09 08 07 06", "address": "5 rue des Tilleuls", "do": "save"})
    assert other.status == 422
    assert "a été changée par paul" in other.text()
    assert "01 02 03 04 05" in other.text()
    assert 'value="01 09 08 07 06"' in other.page
    assert town.skill.city.places[PARK].phone == "01 02 03 04 05"
    other.send({"do": "save"})  # having read what the other did
    assert town.skill.city.places[PARK].phone == "01 09 08 07 06"


def test_an_undo_does_not_take_back_what_came_after(town: Town, clerk: Clerk) -> None:
    clerk.go(f"/lieux/{PARK}").send({"phone": "01 02 03 04 05", "do": "save"})
    clerk.go(f"/lieux/{PARK}").send({"phone": "01 09 08 07 06", "do": "save"})
    first = town.log()[0].id
    clerk.go("/journal")
    clerk.send(to=f"/console/journal/{first}/annuler")
    assert "annulez d'abord" in clerk.text()
    assert town.skill.city.places[PARK].phone == "01 09 08 07 06"


def test_an_editor_undoes_only_what_is_theirs(town: Town, clerk: Clerk) -> None:
    clerk.go(f"/lieux/{PARK}").send({"phone": "01 02 03 04 05", "do": "save"})
    editor = Clerk(town).login("jeanne").go("/journal")
    editor.send(to=f"/console/journal/{town.log()[0].id}/annuler")
    assert editor.status == 403
    assert town.skill.city.places[PARK].phone == "01 02 03 04 05"


def test_html_in_every_field_is_shown_as_it_is_written(town: Town, clerk: Clerk) -> None:
    for path, fields in (
        ("/annonces/nouvelle", ("say_fr", "say_en", "first", "last", "from", "to", "place", "collection")),
        ("/lieux/nouveau", ("name", "address", "phone", "aliases", "notation", "about_fr", "source", "district", "l0s0")),
        ("/reponses/nouvelle", ("questions_fr", "answer_fr", "answer_en", "after_fr", "source", "valid_until", "answers")),
        ("/echanges/opendatasoft", ("portal", "dataset")),
        ("/connexion", ("name",)),
    ):
        clerk.go(path)
        clerk.send({**dict.fromkeys(fields, EVIL), "do": "save"}) if path != "/connexion" else Clerk(town).login(EVIL, EVIL)
        assert clerk.status in (200, 422)
        assert "<script>alert" not in clerk.page
        assert "<img src=x" not in clerk.page
        assert "49" not in re.sub(r"\d{3,}", "", clerk.text()) or "{{7*7}}" in clerk.page
    for path in ("/lieux", "/reponses"):
        assert "<script>alert" not in clerk.client.get(f"/console{path}", query_string={"q": EVIL}).get_data(as_text=True)


@pytest.mark.parametrize("key", sorted(p.stem for p in TOWNS["issy"].glob("lieux-*.toml")))
def test_the_form_of_hours_keeps_every_day(key: str) -> None:
    import tomllib

    from skill.city.hours import Timetable

    for place in tomllib.loads((TOWNS["issy"] / f"{key}.toml").read_text(encoding="utf-8")).get("place", []):
        if place.get("hours"):
            again = to_notation(to_week(place["hours"]))
            days = (date(2026, 1, 1), date(2026, 12, 31))
            assert Timetable(again, "Europe/Paris", "FR").days(*days) == Timetable(place["hours"], "Europe/Paris", "FR").days(*days), place["hours"]


def test_weeks_there_and_back() -> None:
    for week in (
        Week(PLAIN, (Line((0, 1, 2, 3, 4), (("09:00", "12:00"), ("14:00", "17:00"))), Line((5,), (("09:00", "12:00"),))), "off"),
        Week(PLAIN, (Line((0, 2, 5, 6), (("09:00", "12:00"),), 4, 9), Line((0,), (("09:00", "12:00"),), 10, 3)), ""),
        Week(PLAIN, (Line(tuple(range(7)), (("09:00", "12:00"),)),), "same"),
        Week(ALWAYS),
        Week(NONE),
    ):
        assert to_notation(to_week(to_notation(week))) == to_notation(week)
        assert hours_form.fields_of(week)["mode"] == week.mode
    assert to_week("We[1] 10:00-12:00").mode == NOTATION
