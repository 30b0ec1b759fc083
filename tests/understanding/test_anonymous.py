"""What staff may read of a question without an answer: words alone."""

from __future__ import annotations

import pytest

from skill.app import Skill
from skill.conversation.turn import Focus
from skill.understanding.anonymous import anonymous
from tests.conftest import at


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("où est le dojo de kendo", "ou est le dojo de kendo"),
        ("bonjour je m'appelle Ginette Pluvinage je cherche le dojo", "bonjour je m appelle je cherche le dojo"),
        ("monsieur Kowalczyk du 06 12 34 56 78 voudrait un dojo", "monsieur du voudrait un dojo"),
        ("mon numéro c'est zéro six douze trente-quatre cinquante-six", "mon numero c est"),
        ("écrivez-moi à ginette.p@example.org pour le dojo", "ecrivez moi a pour le dojo"),
        ("où habite jean-claude bidochon", ""),
        ("12 34 56", ""),
    ],
)
def test_figures_and_names_go(issy: Skill, said: str, kept: str) -> None:
    assert anonymous(said, issy.ear("fr")) == kept


def test_names_of_places_stay(issy: Skill) -> None:
    assert anonymous("qui a dessiné le parc Henri Barbusse", issy.ear("fr")).endswith("barbusse")


def test_only_what_has_no_answer_is_noted_and_it_says_nothing_of_who(issy: Skill) -> None:
    skill = Skill(issy.town)
    for words in (
        "à quelle heure ferme le parc barbusse",
        "où est le dojo de kendo de madame Pluvinage",
        "où est le dojo de kendo de madame Pluvinage",
        "je suis tombée",
    ):
        skill.hear(words, "fr-FR", at("2026-03-10 09:00"), Focus(), user="anna")
    ((row, _),) = skill.memory.unanswered.real._rows.values()  # type: ignore[attr-defined]
    assert len(row.counts) == 1
    ((words, count),) = row.counts.items()
    assert (count, "pluvinage" in words, "dojo" in words) == (2, False, True)


@pytest.mark.parametrize("name", ["dubreuil", "kowalczyk", "petit", "boulanger", "bouchard", "durand", "martin", "blanc"])
@pytest.mark.parametrize(
    "before", ["ma voisine {} fait du bruit", "monsieur {} au troisieme", "je suis yolande {} du quatrieme", "ici {} rue du bac", "ma fille s'appelle zoé {}"]
)
def test_a_name_is_a_name_also_when_it_is_a_word(issy: Skill, name: str, before: str) -> None:
    assert name not in anonymous(before.format(name), issy.ear("fr")).split()
