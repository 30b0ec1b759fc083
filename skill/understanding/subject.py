"""What goes on with a subject that is not a place: the next question about a fact, the next thing to throw away."""

from __future__ import annotations

from typing import Final

from skill.city.lexicon import split
from skill.city.model import City
from skill.conversation.turn import Focus, Slots
from skill.understanding.decide import Choice
from skill.understanding.ear import Ear
from skill.understanding.evidence import Evidence
from skill.understanding.weigh import SURE

_SHORT: Final = 8


def leans(e: Evidence, ear: Ear) -> bool:
    """Whether a sentence begins as one that goes on with the last: "et...", "non,...", "je voulais..."."""
    return not ear.small["leaning"].isdisjoint((e.heard[0], " ".join(e.heard[:2]))) if e.heard else False


def same_subject(e: Evidence, choice: Choice, focus: Focus, ear: Ear, city: City) -> Choice | None:
    """After a fact, a short question is first about the same subject: "qui l'a fait ?", "c'est gratuit ?", "combien d'arbres ?".

    The fact must know every word of the new sentence. Where none does and the sentence points back, the answer is not known:
    the price of another thing would be worse.
    """
    last = city.facts.get(focus.slots.fact) if focus.intent == "TownQuestionIntent" else None
    named = any(m.whole >= 0.75 for t in ("place", "collection", "series") for m in e.mentions.get(t, ())[:1]) or e.kinds
    if last is None or named or e.foreign or e.when or len(e.heard) > _SHORT or not e.heard:
        return None
    new = ear.questions.tokens(e.words)
    meant = {t for t in new if t[0] != "?"}
    asked = {t for t in new if t[0] == "?"}
    before = split(next(iter(last.questions.get(ear.language, ())), ""), ear.language)
    subject = {t for t in ear.questions.tokens(before) if t[0] != "?"}
    for hit in ear.questions.ask([*e.words, *before], e.strange, most=12) if new else ():
        fact = city.facts[hit.id]
        related = fact.topic == last.topic and fact.id != last.id and bool(subject & hit.roots)
        if related and meant <= hit.roots and asked - {"?what"} <= hit.asks and hit.score >= _RELATED:
            return Choice("TownQuestionIntent", Slots(fact=fact.id, aspects=("plainly",)), SURE)
    pointing = not ear.small["pointing"].isdisjoint(e.heard) or len(e.heard) <= 2 or e.content <= 1
    elsewhere = choice.intent == "TownQuestionIntent" and not subject & e.hits[0].roots and e.content <= 2
    return Choice("AMAZON.FallbackIntent", focus.slots.but(places=()), SURE) if pointing and elsewhere else None


_RELATED: Final = 0.5
"""Least score of a fact that goes on with the subject, its own words and the last question's taken together."""
_ELSE: Final = ("phone", "price", "access", "age", "area", "where", "ask_open", "ask_close", "state", "hours", "days", "about", "podcast", "remind", "list")
"""Cues of questions that are not about throwing away."""
_LONGEST_THING: Final = 6


def unknown_thing(e: Evidence, focus: Focus, ear: Ear) -> bool:
    """After a thing to throw away, another is named that nobody here knows: "et les ampoules ?"."""
    words = e.heard[1:] if leans(e, ear) else e.heard
    if focus.intent != "WhereToThrowIntent" or len(words) > _LONGEST_THING or not words or words[0] not in ear.small["article"]:
        return False
    known = any(e.mentions.get(t) for t in ("item", "collection", "place", "bin", "district")) or e.kinds or e.when
    return not known and not any(e.has(c) for c in _ELSE)
