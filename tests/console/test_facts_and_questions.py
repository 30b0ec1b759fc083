"""Free answers are tried against all others before they are kept; questions without an answer find one, or leave the list."""

from __future__ import annotations

from skill.city.notices import Notice
from tests.conftest import TOWNS
from tests.console.conftest import Clerk, Town
from tests.fakes import living

ASKED = "est-ce que la mairie vend des timbres"


def test_a_question_is_answered_from_the_list(town: Town, clerk: Clerk) -> None:
    before = town.hear(ASKED)
    for text in (ASKED, "la mairie vend-elle des timbres", "où pêcher des licornes"):
        town.hear(text)
    clerk.go("/questions")
    assert "timbres" in clerk.text()
    groups = clerk.page.count("Pas pour nous")
    link = clerk.page.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&").removeprefix("/console")
    clerk.go(link)
    assert "timbres" in clerk.page
    clerk.send(
        {
            "questions_fr": "est-ce que la mairie vend des timbres\noù acheter des timbres\nje veux des timbres",
            "answer_fr": "Non, les timbres se vendent à la poste.",
            "do": "save",
        }
    )
    assert clerk.status == 200, clerk.text()
    assert town.hear(ASKED) == "Non, les timbres se vendent à la poste." != before
    assert town.hear("où est-ce que je peux acheter des timbres ?") == "Les timbres se vendent à la poste."  # no "non" to a question that is none
    assert clerk.go("/questions").page.count("Pas pour nous") == groups - 1
    clerk.press("Pas pour nous")
    assert "Aucune" in clerk.go("/questions").text()
    assert "poste" not in town.hear("do you sell stamps", "en-GB")  # it has no translation: nobody hears French for English


def test_a_fact_that_would_steal_is_not_kept_unless_one_insists(town: Town, clerk: Clerk) -> None:
    fields = {"questions_fr": "à quel âge le vieux pont", "answer_fr": "C'est une autre réponse.", "do": "save"}  # the words of another, in another order
    clerk.go("/reponses/nouvelle").send(fields)
    assert "Rien n'est enregistré" in clerk.text()
    assert not town.log()
    clerk.send({"do": "save", "_anyway": "1"})
    assert len(town.log()) == 1


def test_a_question_that_something_else_answers_is_told(town: Town, clerk: Clerk) -> None:
    clerk.go("/reponses/nouvelle").send({"questions_fr": "à quelle heure ferme le parc des Tilleuls", "answer_fr": "Il ferme tard.", "do": "save"})
    assert "trouvent autre chose" in clerk.text()
    assert "à 18 heures" in clerk.text() or "à 21 heures" in clerk.text()
    assert not town.log()


def test_what_is_missing_in_an_answer(town: Town, clerk: Clerk) -> None:
    for fields, said in (
        ({"questions_fr": "", "answer_fr": "Oui."}, "au moins une question"),
        ({"questions_fr": "où est le zèbre", "answer_fr": ""}, "écrire la réponse"),
        ({"questions_fr": "où est le zèbre", "answer_fr": "Au zoo.", "answer_en": "At the zoo."}, "ou ni l'un ni l'autre"),
        ({"questions_fr": "où est le zèbre", "answer_fr": "a" * 161}, "160 au plus"),
        ({"questions_fr": "où est-il", "answer_fr": "Au zoo."}, "petits mots"),
        ({"questions_fr": "où est le zèbre", "answer_fr": "Au zoo.", "valid_until": "2026-12-31"}, "ce qu'on dira ensuite"),
        ({"questions_fr": "où est le zèbre", "answer_fr": "Au zoo.", "valid_until": "bientôt"}, "n'est pas une date"),
    ):
        clerk.go("/reponses/nouvelle").send({**fields, "do": "save"})
        assert clerk.status == 422
        assert said.lower() in clerk.text().lower()
    assert not town.log()


def test_a_fact_is_changed_taken_away_and_put_back(town: Town, clerk: Clerk) -> None:
    key, fact = next(iter(town.skill.city.facts.items()))
    clerk.go(f"/reponses/{key}").send({"answer_fr": "Voici la nouvelle réponse.", "do": "save"})
    if "Rien n'est enregistré" in clerk.text():
        clerk.send({"do": "save", "_anyway": "1"})
    assert town.skill.city.facts[key].answer["fr"] == "Voici la nouvelle réponse."
    assert town.skill.city.facts[key].questions == fact.questions
    clerk.go(f"/reponses/{key}").press("Retirer cette réponse")
    assert key not in town.skill.city.facts
    clerk.go("/journal").press("Annuler")
    assert key in town.skill.city.facts


def test_the_health_page_shows_the_oldest_first(town: Town, clerk: Clerk) -> None:
    clerk.go("/sante")
    assert clerk.status == 200
    for part in ("À relire", "Podcasts", "répond", "Aucune erreur"):
        assert part in clerk.text()


def test_reviews_come_when_they_are_due() -> None:
    from datetime import date

    from skill.city.model import Source
    from skill.console.freshness import oldest, review_of

    assert review_of(Source("x", date(2025, 1, 1))) == date(2026, 1, 1)
    assert review_of(Source("x", date(2025, 1, 1), date(2030, 1, 1))) == date(2030, 1, 1)
    city = living(TOWNS["valfleuri"]).city
    assert not oldest(city, date(2026, 3, 2))
    due = oldest(city, date(2028, 1, 1))
    assert due == sorted(due, key=lambda a: (a.review, a.table, a.id))
    assert due


def test_a_notice_of_the_files_can_be_ended_and_given_back(town: Town, clerk: Clerk) -> None:
    (town.folder / "annonces.toml").write_text(
        '[[notice]]\nid = "n1"\neffect = "info"\nfirst = 2020-01-01\nlast = 2021-01-01\nsay = { fr = "Ancienne." }\n', encoding="utf-8"
    )
    town.skill.refresh()
    assert isinstance(town.skill.city.notices["n1"], Notice)
    assert "Ancienne." in clerk.go("/annonces").text()
