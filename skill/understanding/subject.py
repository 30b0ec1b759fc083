"""What goes on with a subject that is not a place: the next question about a fact, the next thing to throw away."""

from __future__ import annotations

from itertools import dropwhile
from typing import Final

from skill.city.fold import light
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
    heard = list(dropwhile(ear.small["interjection"].__contains__, e.heard))
    return not ear.small["leaning"].isdisjoint((heard[0], " ".join(heard[:2]))) if heard else False


def same_subject(e: Evidence, choice: Choice, focus: Focus, ear: Ear, city: City) -> Choice | None:
    """After a fact, a short question is first about the same subject: "qui l'a fait ?", "c'est gratuit ?", "combien d'arbres ?".

    The fact must know every word of the new sentence. Where none does and the sentence points back, the answer is not known:
    the price of another thing would be worse.
    """
    last = city.facts.get(focus.slots.fact) if focus.intent == "TownQuestionIntent" else None
    said = {light(e.words[i]) for i in e.time}
    named = any(m.whole >= 0.75 for t in ("place", "collection", "series") for m in e.mentions.get(t, ())[:1]) or e.kinds
    if last is None or named or e.foreign or len(e.heard) > _SHORT or not e.heard:
        return None
    new = ear.questions.tokens(e.words)
    meant = {t for t in new if t[0] != "?"}
    asked = {t for t in new if t[0] == "?"}
    before = split(next(iter(last.questions.get(ear.language, ())), ""), ear.language)
    subject = {t for t in ear.questions.tokens(before) if t[0] != "?"}
    for hit in ear.questions.ask([*e.words, *before], e.strange, most=_MANY) if new or said else ():
        fact = city.facts[hit.id]
        related = fact.topic == last.topic and fact.id != last.id and bool(subject & hit.roots)
        if said and not ear.questions.speaks_of(hit.id, said):
            continue
        if related and meant <= hit.roots and asked - {"?what"} <= hit.asks and hit.score >= _RELATED:
            return Choice("TownQuestionIntent", Slots(fact=fact.id, aspects=("plainly",)), SURE)
    if e.when:
        return None
    pointing = not ear.small["pointing"].isdisjoint(e.heard) or len(e.heard) <= 2 or e.content <= 1
    elsewhere = choice.intent == "TownQuestionIntent" and not subject & e.hits[0].roots and e.content <= 2
    return Choice("AMAZON.FallbackIntent", focus.slots.but(places=()), SURE) if pointing and elsewhere else None


_MANY: Final = 30
"""Facts looked through for one on the same subject."""
_RELATED: Final = 0.5
"""Least score of a fact that goes on with the subject, its own words and the last question's taken together."""
_ELSE: Final = ("phone", "price", "access", "age", "area", "where", "ask_open", "ask_close", "state", "hours", "days", "about", "podcast", "remind", "list")
"""Cues of questions that are not about throwing away."""
_LONGEST_THING: Final = 6


def next_thing(e: Evidence, focus: Focus, ear: Ear) -> Choice | None:
    """After a thing to throw away, the next one: "et le bouchon ?"; one that nobody here knows is said unknown: "et les ampoules ?"."""
    words = e.heard[1:] if leans(e, ear) else e.heard
    if len(words) > _LONGEST_THING or not words or words[0] not in ear.small["article"] or any(e.has(c) for c in _ELSE):
        return None
    item = e.best("item")
    if item and item.whole >= 0.75:
        return Choice("WhereToThrowIntent", Slots(items=item.ids), SURE)
    known = item or any(e.mentions.get(t) for t in ("collection", "place", "bin", "district")) or e.kinds or e.when or e.has("emergency")
    return None if known else Choice("WhereToThrowIntent", Slots(), SURE)
