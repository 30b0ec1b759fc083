"""Every fact is found by its own questions, none steals another's, and sentences that are not ours find none."""

from __future__ import annotations

import pytest

from skill.app import Skill
from tests.conftest import at

NOW = at("2025-06-10 10:00")
REFUSALS = {
    "OffTopicIntent",
    "ChitchatIntent",
    "TransportIntent",
    "OtherTownIntent",
    "AMAZON.FallbackIntent",
    "AsideIntent",
    "AMAZON.StopIntent",
    "UnknownPlaceIntent",
}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_index_finds_each_fact_by_its_own_questions(skill: Skill, language: str) -> None:
    ear = skill.ear(language)
    lost = []
    total = 0
    for fact in skill.city.facts.values():
        for question in fact.questions[language]:
            total += 1
            from skill.city.lexicon import split

            words, _ = ear.lexicon.mend(split(question, language))
            hits = ear.questions.ask(words)
            best = hits[0].score if hits else 0.0
            if fact.id not in [h.id for h in hits if h.score >= best - 0.02]:
                lost.append((fact.id, question, hits[0].id if hits else ""))
    assert len(lost) <= 0.03 * total, lost[:20]


@pytest.mark.parametrize(("language", "locale"), [("fr", "fr-FR"), ("en", "en-GB")])
def test_no_room_steals_the_questions_of_facts(issy: Skill, language: str, locale: str) -> None:
    """Through the whole of understanding: the first question of each fact comes back as that fact, or as a structured answer on the same thing."""
    stolen = []
    for fact in issy.city.facts.values():
        question = fact.questions[language][0]
        choice, _ = issy.understand(question, locale, NOW, focus=__import__("skill.conversation.turn", fromlist=["Focus"]).Focus())
        if choice.intent in REFUSALS:
            stolen.append((fact.id, question, choice.intent))
    assert len(stolen) <= 0.06 * len(issy.city.facts), stolen[:20]


def test_out_of_scope_sentences_get_no_answer(issy: Skill, shared) -> None:
    lines = [t for t in (shared / "data/utterances/out_of_scope_fr.txt").read_text(encoding="utf-8").splitlines() if t.strip()]
    answered = [t for t in lines if issy.hear(t, "fr-FR", NOW).reply.intent not in REFUSALS]
    assert len(answered) <= 2, answered


def test_answers_are_short_and_open_with_the_fact(issy: Skill) -> None:
    for fact in issy.city.facts.values():
        for text in (*fact.answer.values(), *fact.after.values()):
            assert len(text) <= 160, fact.id
            assert not text.startswith(("D'après", "Selon", "According"))
