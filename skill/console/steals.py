"""Whether a new answer is found by its own questions, and takes none that another answer has: tried on the town as it would be."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from skill.app import Ready
from skill.city.lexicon import split
from skill.conversation.turn import Focus, Turn, TurnKind
from skill.record import Record
from skill.understanding.ear import Ear

MOST_TRIED: Final = 400
LOCALES: Final = {"fr": "fr-FR", "en": "en-GB"}


class Trial(Record):
    """What was found: each question with what answers it instead."""

    missed: tuple[tuple[str, str], ...] = ()
    """The fact's own questions that another answer takes, and what that answer says."""
    stolen: tuple[tuple[str, str], ...] = ()
    """Questions of other facts that the new one would take, and the fact they belong to."""

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.missed or self.stolen)


def attempt(key: str, after: Ready, before: Ready, now: datetime) -> Trial:
    """Tries the fact `key` of a town to be against the town that answers now."""
    missed: list[tuple[str, str]] = []
    stolen: list[tuple[str, str]] = []
    fact = after.city.facts[key]
    for language, questions in fact.questions.items():
        for question in questions:
            choice, _ = after.understand(question, LOCALES[language], now, Focus())
            if (choice.intent, choice.slots.fact) != ("TownQuestionIntent", key):
                missed.append((question, _said(question, LOCALES[language], before, now)))
        for question, owner in _near(key, after.ear(language), after, language):
            choice, _ = after.understand(question, LOCALES[language], now, Focus())
            if choice.slots.fact == key and choice.intent == "TownQuestionIntent":
                was, _ = before.understand(question, LOCALES[language], now, Focus())
                if was.slots.fact == owner or was.intent != "TownQuestionIntent":
                    stolen.append((question, owner))
        for question in after.city.examples.get(language, ()):
            choice, _ = after.understand(question, LOCALES[language], now, Focus())
            if choice.slots.fact == key:
                stolen.append((question, ""))
    return Trial(tuple(missed), tuple(stolen))


def _near(key: str, ear: Ear, ready: Ready, language: str) -> list[tuple[str, str]]:
    """Questions of other facts for which the new one comes first in the index: only these can be taken."""
    out = []
    own = {t for q in ready.city.facts[key].questions.get(language, ()) for t in ear.questions.tokens(split(q, language)) if not t.startswith("?")}
    for fact in ready.city.facts.values():
        if fact.id == key:
            continue
        for question in fact.questions.get(language, ()):
            if own.isdisjoint(ear.questions.tokens(split(question, language))):
                continue  # the index finds a fact only by a word that both have
            words, _ = ear.lexicon.mend(split(question, language))
            hits = ear.questions.ask(words, most=2)
            if hits and hits[0].id == key:
                out.append((question, fact.id))
    return out[:MOST_TRIED]


def _said(question: str, locale: str, ready: Ready, now: datetime) -> str:
    choice, _ = ready.understand(question, locale, now, Focus())
    answer = ready.answer(Turn(TurnKind.INTENT, locale, now, choice.intent, choice.slots))
    return answer.speech.text if answer.speech else ""
