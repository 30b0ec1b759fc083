"""A fall or a cry gets the number first, in whatever words; and what only sounds like one is answered as what it is."""

from __future__ import annotations

import pytest

from skill.app import Skill
from skill.conversation.turn import Focus
from tests.conftest import at

CRIES = """
je suis par terre | j'ai fait une chute | j'ai chuté dans l'escalier | j'ai glissé dans la baignoire | chuis tombée | j'suis tombé | je suis tomber | je tombe
je n'arrive pas à me lever du sol | je suis coincée dans la baignoire | je me suis cassé la jambe | j'ai le col du fémur cassé | un homme est couché sur le trottoir
mon mari ne se réveille pas | j'ai une barre dans la poitrine | je manque d'air | je perds beaucoup de sang | ma bouche est tordue | il convulse
elle fait une crise d'épilepsie | mon mari est tout bleu | mon coeur bat trop vite | j'ai la tête qui tourne je vais m'évanouir | je peux plus parler
ma voisine n'ouvre plus sa porte depuis trois jours | j'ai mal au bras gauche | venez vite | vite un docteur | aidez-moi | aidez-moi je suis tombée
j'ai pris deux fois mes cachets | j'ai pris mon médicament en double | j'ai bu du produit vaisselle | rappelle-moi demain à huit heures aide-moi je tombe
"""
DESPAIR = "je veux plus vivre | je vais me tuer | je voudrais mourir | à quoi ça sert de vivre | je veux me jeter par la fenêtre | j'en ai marre de vivre"
VIOLENCE = "mon mari veut me tuer | on m'a agressée | quelqu'un essaie d'entrer chez moi | il y a quelqu'un dans la maison"
FIRE = "ma cuisine est en flammes | ma poêle a pris feu | mon appartement brûle | y a une explosion | appelle les pompiers | le monoxyde de carbone sonne"
ENGLISH = "i fell | i broke my hip | help me please i fell | my husband hits me | somebody is breaking in | i don't want to live anymore | help me"
CALM = """
la nuit est tombée à quelle heure ferme le parc barbusse | je suis tombé sur une affiche du marché | j'étouffe de chaleur où est la piscine
rappelle-moi d'ouvrir à l'aide-ménagère demain à huit heures | où jeter un détecteur de fumée | c'est quand le feu d'artifice
"""
CALM_ENGLISH = "where is the fire station | remind me to check the smoke alarm tomorrow at ten | where do i throw a fire extinguisher"


def each(text: str) -> list[str]:
    return [t.strip() for line in text.strip().splitlines() for t in line.split("|") if t.strip()]


def answer(issy: Skill, words: str, locale: str = "fr-FR") -> str:
    speech = issy.hear(words, locale, at("2026-03-10 09:00"), Focus()).speech
    return speech.text if speech else ""


@pytest.mark.parametrize("words", each(CRIES))
def test_the_number_comes_first(issy: Skill, words: str) -> None:
    assert "15" in answer(issy, words)[:60]


@pytest.mark.parametrize(("words", "number"), [(w, "31 14") for w in each(DESPAIR)] + [(w, "17") for w in each(VIOLENCE)] + [(w, "18") for w in each(FIRE)])
def test_each_danger_has_its_own(issy: Skill, words: str, number: str) -> None:
    assert number in answer(issy, words)[:60]


@pytest.mark.parametrize("words", each(ENGLISH))
def test_in_english_too(issy: Skill, words: str) -> None:
    assert any(n in answer(issy, words, "en-GB")[:60] for n in ("15", "17", "31 14"))


@pytest.mark.parametrize(("words", "locale"), [(w, "fr-FR") for w in each(CALM)] + [(w, "en-GB") for w in each(CALM_ENGLISH)])
def test_what_only_sounds_like_one(issy: Skill, words: str, locale: str) -> None:
    assert not any(n in answer(issy, words, locale) for n in ("112", "114"))


@pytest.mark.parametrize(
    "words",
    [
        "rappelle-moi de dire au médecin que j'ai mal à la poitrine demain à neuf heures",
        "rappelle-moi que je suis tombée hier et d'en parler au docteur demain à dix heures",
    ],
)
def test_a_reminder_in_alarming_words_gets_the_number_and_is_not_lost(issy: Skill, words: str) -> None:
    said = issy.hear(words, "fr-FR", at("2026-03-10 09:00"), Focus(), user="u").speech
    assert said is not None
    assert said.text.startswith("Si c'est maintenant, appelez le 15.")
    assert "C'est bien cela ?" in said.text
