"""What staff announce changes what is answered, on its days, in words that are true on the day they are said."""

from __future__ import annotations

from datetime import date

import pytest

from skill.app import Skill
from skill.city.notice_rows import problems_of
from skill.city.notices import CANCELLED, CLOSED, INFO, MOVED, Notice, amended
from tests.conftest import at
from tests.fakes import announcing

BARBUSSE = "parc-henri-barbusse"
SATURDAY, SUNDAY = date(2026, 11, 28), date(2026, 11, 29)
WORKS = Notice(
    "n1",
    CLOSED,
    SATURDAY,
    SUNDAY,
    place=BARBUSSE,
    say={"fr": "Le parc Henri Barbusse est fermé ce week-end pour travaux."},
    true_from=date(2026, 11, 23),
    true_until=SUNDAY,
)


@pytest.fixture(scope="module")
def closed(issy: Skill) -> Skill:
    return announcing(issy, WORKS)


@pytest.mark.parametrize(
    ("moment", "asked", "said"),
    [
        ("2026-11-28 10:00", "est-ce que le parc Barbusse est ouvert", "Non. Le parc Henri Barbusse est fermé ce week-end pour travaux. Prochaine ouverture lundi, à 7 heures 30."),
        ("2026-11-28 10:00", "est-ce que le parc Barbusse est fermé", "Oui. Le parc Henri Barbusse est fermé ce week-end pour travaux. Prochaine ouverture lundi, à 7 heures 30."),
        ("2026-11-28 10:00", "pourquoi le parc Barbusse est fermé", "Le parc Henri Barbusse est fermé ce week-end pour travaux. Prochaine ouverture lundi, à 7 heures 30."),
        ("2026-11-28 10:00", "à quelle heure ferme le parc Barbusse", "Le parc Henri Barbusse est fermé ce week-end pour travaux. Prochaine ouverture lundi, à 7 heures 30."),
        ("2026-11-20 10:00", "le parc Barbusse est ouvert samedi 28 novembre", "Le parc Henri Barbusse est fermé samedi 28 et dimanche 29 novembre. Réouverture lundi 30 novembre, à 7 heures 30."),
        ("2026-11-26 10:00", "où est le parc Barbusse", "Le parc Henri Barbusse est fermé ce week-end pour travaux."),
    ],
)  # fmt: skip
def test_a_closing_is_said_in_words_true_on_the_day(closed: Skill, moment: str, asked: str, said: str) -> None:
    assert closed.hear(asked, "fr-FR", at(moment)).speech.text.endswith(said)


def test_before_and_after_nothing_is_said(closed: Skill, issy: Skill) -> None:
    for moment in ("2026-11-10 10:00", "2026-11-30 10:00"):
        question = ("à quelle heure ferme le parc Barbusse", "fr-FR", at(moment))
        assert closed.hear(*question).speech == issy.hear(*question).speech


def test_the_usual_week_stays_what_it_is(closed: Skill) -> None:
    said = closed.hear("quels sont les horaires du parc Barbusse en décembre", "fr-FR", at("2026-11-28 10:00")).speech.text
    assert "fermé à partir" not in said


def test_lists_of_what_is_open_leave_it_out(closed: Skill, issy: Skill) -> None:
    ask = ("le parc Henri Barbusse est ouvert à quelle heure samedi", "fr-FR", at("2026-11-27 10:00"))
    assert "fermé" in closed.hear(*ask).speech.text
    assert "fermé" not in issy.hear(*ask).speech.text
    tables = closed.ready.services
    from skill.intents.common import hours_of

    assert not hours_of(tables.city.places[BARBUSSE], tables).on(SATURDAY).spans


def test_what_is_inside_is_closed_with_it(issy: Skill) -> None:
    inner = next(p for p in issy.city.places.values() if p.part_of and issy.city.places[p.part_of].hours)
    skill = announcing(issy, Notice("n1", CLOSED, SATURDAY, SUNDAY, place=inner.part_of))
    from skill.intents.common import hours_of

    assert inner.part_of in [n.place for n in skill.city.notices.values()]
    table = hours_of(skill.city.places[inner.part_of], skill.ready.services)
    assert table is not None
    assert not table.on(SATURDAY).spans


def test_a_part_of_the_day(issy: Skill) -> None:
    skill = announcing(issy, Notice("n1", CLOSED, SATURDAY, SATURDAY, place=BARBUSSE, hours="14:00-16:00"))
    said = skill.hear("est-ce que le parc Barbusse est ouvert à quinze heures", "fr-FR", at("2026-11-28 10:00")).speech.text
    assert (
        said == "Non, le parc Henri Barbusse sera fermé à cette heure-là. Les horaires aujourd'hui : de 7 heures 30 à 14 heures et de 16 heures à 18 heures 30."
    )
    assert skill.hear("quoi de neuf", "fr-FR", at("2026-11-28 10:00")).speech.text == "Le parc Henri Barbusse est fermé aujourd'hui, de 14 heures à 16 heures."
    assert "pas d'annonce" in skill.hear("quoi de neuf", "fr-FR", at("2026-11-28 17:00")).speech.text
    daily = announcing(issy, Notice("n1", CLOSED, SATURDAY, date(2026, 12, 2), place=BARBUSSE, hours="14:00-16:00"))
    assert (
        daily.hear("quoi de neuf", "fr-FR", at("2026-11-28 10:00")).speech.text
        == "Le parc Henri Barbusse est fermé chaque jour de 14 heures à 16 heures, jusqu'au mercredi 2 décembre."
    )


def test_a_place_without_hours_is_closed_all_the_same(issy: Skill) -> None:
    place = next(p for p in issy.city.places.values() if not p.hours and not p.part_of and not p.outside)
    skill = announcing(issy, Notice("n1", CLOSED, SATURDAY, SATURDAY, place=place.id))
    said = skill.hear(f"quels sont les horaires {place.name['fr']}", "fr-FR", at("2026-11-28 10:00")).speech.text
    assert "fermé" in said
    assert "aujourd'hui" in said


def test_a_round_cancelled_and_one_moved(valfleuri: Skill) -> None:
    from skill.city.waste import next_passages

    for collection in (c for c in valfleuri.city.collections.values() if c.rounds and c.door):
        coming = next_passages(valfleuri.city, collection, at("2026-11-22 10:00"))
        if not coming:
            continue
        day = coming[0].day
        off = announcing(valfleuri, Notice("n1", CANCELLED, day, day, collection=collection.id))
        assert day not in [p.day for p in next_passages(off.city, off.city.collections[collection.id], at("2026-11-22 10:00"))]
        other = date(2026, 12, 30)
        moved = announcing(valfleuri, Notice("n1", MOVED, day, day, collection=collection.id, moved_to=other))
        from skill.city.waste import passages_on

        assert not passages_on(moved.city, moved.city.collections[collection.id], day, coming[0].round.district)
        assert passages_on(moved.city, moved.city.collections[collection.id], other, coming[0].round.district)
        assert "Pas de passage" in off.hear("quoi de neuf", "fr-FR", at("2026-11-22 10:00")).speech.text
        return
    pytest.fail("no collection with rounds to try")


def test_the_one_that_is_closed_is_said_once(closed: Skill) -> None:
    said = closed.hear("quels parcs sont fermés aujourd'hui", "fr-FR", at("2026-11-28 10:00")).speech.text
    assert said == "Le parc Henri Barbusse est fermé ce week-end pour travaux."
    assert closed.hear("quels parcs sont fermés aujourd'hui", "fr-FR", at("2026-12-01 10:00")).speech.text.startswith("Je ne vois aucun parc fermé")


def test_a_round_of_one_district_names_it(issy: Skill) -> None:
    off = Notice("n1", CANCELLED, date(2026, 11, 24), date(2026, 11, 28), collection="food-waste", district="centre-ville")
    skill = announcing(issy, off)
    assert (
        skill.hear("quoi de neuf", "fr-FR", at("2026-11-24 10:00")).speech.text
        == "Pas de passage au Centre-Ville jusqu'au samedi 28 novembre pour les déchets alimentaires."
    )
    assert "Pas de passage" not in skill.hear("quand passent les déchets alimentaires aux Épinettes", "fr-FR", at("2026-11-24 10:00")).speech.text


def test_a_round_that_moved_once_is_no_habit(issy: Skill) -> None:
    moved = Notice("n1", MOVED, date(2026, 11, 27), date(2026, 11, 27), collection="food-waste", district="centre-ville", moved_to=date(2026, 11, 28))
    said = announcing(issy, moved).hear("quand passent les déchets alimentaires au centre-ville", "fr-FR", at("2026-11-24 10:00")).speech.text
    assert said.startswith("Les déchets alimentaires : le mardi et le vendredi, le matin.")
    assert said.endswith("est déplacé au samedi 28 novembre.")


def test_a_word_added_and_a_day_to_come(issy: Skill) -> None:
    works = WORKS.but(say={"fr": "en raison de travaux."}, whole=False, true_from=None, true_until=None)
    skill = announcing(issy, works)
    assert (
        "samedi 28 et dimanche 29 novembre, en raison de travaux."
        in skill.hear("le parc Barbusse est ouvert samedi", "fr-FR", at("2026-11-24 10:00")).speech.text
    )
    ahead = announcing(issy, Notice("n1", INFO, SATURDAY, SUNDAY, say={"fr": "Le marché est déplacé place Voltaire."}))
    assert (
        ahead.hear("quoi de neuf", "fr-FR", at("2026-11-24 10:00")).speech.text == "Samedi 28 et dimanche 29 novembre : Le marché est déplacé place Voltaire."
    )
    assert ahead.hear("quoi de neuf", "fr-FR", at("2026-11-28 10:00")).speech.text == "Le marché est déplacé place Voltaire."


def test_the_rest_of_the_news_is_told_when_asked_for(issy: Skill) -> None:
    many = [Notice(f"n{n}", INFO, SATURDAY, SUNDAY, say={"fr": f"Annonce {'abcd'[n]}."}) for n in range(4)]
    skill, moment = announcing(issy, *many), at("2026-11-28 10:00")
    first = skill.hear("quoi de neuf", "fr-FR", moment)
    assert first.speech.text == "Annonce a. Annonce b. Annonce c. Il y a encore une annonce. Voulez-vous l'entendre ?"
    assert skill.hear("la suite", "fr-FR", moment, first.reply.focus).speech.text == "Annonce d."
    assert skill.hear("oui", "fr-FR", moment, first.reply.focus).speech.text == "Annonce d."


def test_news_are_three_at_most_and_the_towns_own_first(issy: Skill) -> None:
    many = [Notice(f"n{n}", INFO, SATURDAY, SUNDAY, place=BARBUSSE if n else "", say={"fr": f"Annonce {n}."}) for n in (3, 2, 1, 0, 4)]
    said = announcing(issy, *many).hear("quelles sont les annonces de la mairie", "fr-FR", at("2026-11-28 10:00")).speech.text
    assert said.startswith("Annonce 0. Annonce 1. Annonce 2. Il y a encore 2 annonces")
    assert "pas d'annonce" in issy.hear("quoi de neuf", "fr-FR", at("2026-11-28 10:00")).speech.text


def test_a_sentence_without_translation(issy: Skill) -> None:
    skill = announcing(issy, Notice("n1", INFO, SATURDAY, SUNDAY, say={"fr": "Le marché est place Voltaire."}))
    assert skill.hear("what's new", "en-GB", at("2026-11-28 10:00")).speech.text == "The town hall announces, in French: Le marché est place Voltaire."


def test_amending_without_rounds_costs_nothing(issy: Skill) -> None:
    assert amended(issy.city) is issy.city


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"last": date(2026, 11, 1)}, "last"),
        ({"last": date(2029, 1, 1)}, "last"),
        ({"effect": "burnt"}, "effect"),
        ({"place": ""}, "place"),
        ({"collection": "glass"}, "collection"),
        ({"effect": MOVED, "place": "", "collection": "glass"}, "moved_to"),
        ({"effect": MOVED, "place": "", "collection": "glass", "moved_to": SATURDAY}, "moved_to"),
        ({"effect": INFO, "say": {}}, "say"),
        ({"hours": "16:00-14:00"}, "hours"),
        ({"hours": "deux heures"}, "hours"),
        ({"effect": CANCELLED, "place": "", "collection": "glass", "hours": "14:00-16:00"}, "hours"),
    ],
)
def test_what_cannot_be_is_said(changes: dict, key: str) -> None:
    assert key in [k for k, _ in problems_of(WORKS.but(**changes))]
    assert not list(problems_of(WORKS))
