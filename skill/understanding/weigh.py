"""What a free question's best fact is worth against the other intents: what it accounts for beyond names, and what it leaves out."""

from __future__ import annotations

from typing import Any, Final

from skill.city.questions import Hit
from skill.understanding.ear import Ear
from skill.understanding.evidence import Evidence

Rules = dict[str, dict[str, Any]]

NEARLY_ALL: Final = 0.75
"""Share of a fact's question form beyond which it was asked, not merely touched."""
SENTENCE: Final = 6
"""Fewest words of a question that is more than a name."""
FACT_FLOOR: Final = 0.5
"""Least score of a fact; learnt from sentences that are not ours."""
FACT_SAID: Final = 0.43
"""Least share of its question form that must be heard."""
HALF_SAID: Final = 0.65
HALF_EXPLAINED: Final = 0.6
"""A fact of which less was heard, and which accounts for less of the sentence, only brushes it."""
TIMETABLE_FIRST: Final = 2.5
"""What a fact loses where the hours of a place are asked: the timetable answers, not a sentence about it."""
OTHER_NAME: Final = 2.5
"""What a fact loses that does not know the place named."""
TELLING: Final = frozenset({"?who", "?many", "?why", "?how"})
"""Question words that only a fact answers."""
ASKED_SO: Final = 1.0
NAME_ONLY: Final = 5.0
"""What a fact loses that shares with the sentence nothing but a place's name."""
FOREIGN_SURE: Final = 0.8
"""A sentence with another assistant's words needs at least this score to be answered."""
BEYOND: Final = 0.7
"""What a fact gains for each word it accounts for and the best other intent does not."""
MOST_BEYOND: Final = 3
_STREET_WORDS: Final = 4
"""A street's type and the words of its name: where a person lives explains itself."""
ENOUGH: Final = 3.0
"""Least sum for an intent made of names and cues."""
SURE: Final = 5.0
"""A sum that needs no second look."""
FACT_SCALE: Final = 15.0
"""A perfect fact is worth (1 - FACT_ZERO) * FACT_SCALE, about what a place with two cues sums to."""
FACT_ZERO: Final = 0.38
FOREIGN_COST: Final = 2.6


def _beyond_names(e: Evidence, hit: Hit, ear: Ear) -> bool:
    """Whether a fact accounts for some word that is not part of a place's or kind's name."""
    if hit.asks & TELLING:
        return True
    names = set(e.kind_words)
    for table in ("place", "item", "collection", "facility", "district"):
        for mention in e.mentions.get(table, ())[:1]:
            names |= mention.at
    return any(ear.questions.root(e.words[i]) in hit.roots for i in e.loose if i not in names)


def _joins_names(e: Evidence, hit: Hit, ear: Ear) -> bool:
    """Whether a fact knows two things named apart: "Recyclivre" and "encyclopédies"."""
    known = [
        m for table in ("place", "item", "facility") for m in e.mentions.get(table, ())[:1]
        if all(ear.questions.root(e.words[i]) in hit.roots for i in m.at if i in e.loose)
    ]  # fmt: skip
    return any(a.end <= b.start for a in known for b in known)


def _same_names(e: Evidence, hit: Hit, ear: Ear) -> bool:
    """Whether the fact knows the place or the kind of place that was named; of "parc Barbusse", "parc" alone is no proof."""
    place = e.best("place")
    spots = set(range(place.start, place.end)) if place else e.kind_words
    own = {i for i in spots if place and not ear.lexicon.generic(e.words[i])} or spots
    return any(ear.questions.root(e.words[i]) in hit.roots for i in e.loose if i in own)


def _beyond(e: Evidence, hit: Hit, ear: Ear, wants: dict[str, float]) -> int:
    """How many words the fact accounts for that an intent leaves unexplained."""
    used = _explained(e, wants, ear)
    return sum(1 for i in e.loose if i not in used and ear.questions.root(e.words[i]) in hit.roots)


def unexplained(e: Evidence, wants: dict[str, float], ear: Ear) -> int:
    """How many meaningful words are neither names nor cues that the intent wants."""
    used = _explained(e, wants, ear)
    return sum(1 for i in e.loose if i not in used)


def _explained(e: Evidence, wants: dict[str, float], ear: Ear) -> set[int]:
    """Positions of the words that are names or cues the intent wants."""
    used = set(e.kind_words) if "kind" in wants else set()
    for name in wants:
        used.update(i for s in e.cues.get("age" if name == "age_cue" else name, ()) for i in range(s.start, s.end))
        for mention in e.mentions.get(name, ())[:2]:
            used.update(range(mention.start, mention.end))
    for i, word in enumerate(e.words):
        if word in ear.small["street"]:
            used.update(range(i, i + _STREET_WORDS))
    if "place" in wants or "collection" in wants:
        used.update(i for m in e.mentions.get("district", ())[:1] for i in range(m.start, m.end))
    return used


def fact_sum(e: Evidence, f: dict[str, float], sums: list[tuple[str, float, str]], ear: Ear, rules: Rules) -> tuple[str, float, str] | None:
    """What the best fact is worth against the other intents; None where it cannot be an answer."""
    if not e.hits:
        return None
    top = e.hits[0]
    if top.score < FACT_FLOOR or top.said < FACT_SAID or (top.said < HALF_SAID and top.explained < HALF_EXPLAINED) or (e.foreign and top.score < FOREIGN_SURE):
        return None
    total = (top.score - FACT_ZERO) * FACT_SCALE - FOREIGN_COST * min(2, len(e.foreign)) * (0.5 if top.score > 0.85 else 1.0)
    rival = max(sums, key=lambda s: s[1], default=None)
    beyond = min(MOST_BEYOND, _beyond(e, top, ear, rules[rival[0]]["wants"])) if rival and rival[1] > 0 else 0
    total += BEYOND * beyond + (ASKED_SO if top.asks & TELLING else 0.0)
    named = f.get("place", 0) > 0.5 or "kind" in f
    timed = (named and any(n in f for n in ("ask_open", "ask_close", "state", "hours"))) or (
        f.get("collection") and any(n in f for n in ("when", "district", "days"))
    )
    if timed and (not beyond or top.score < 0.7):
        total -= TIMETABLE_FIRST
    if timed and rival and rival[1] >= ENOUGH and not unexplained(e, rules[rival[0]]["wants"], ear) and not top.asks & TELLING:
        total = min(total, rival[1] - 0.1)
    thing = any(f.get(n, 0) > 0.5 for n in ("item", "collection", "facility"))
    if any(e.has(c) for c in ("ask_open", "ask_close", "hours")) and "?hour" not in top.asks and not e.has("since"):
        total -= TIMETABLE_FIRST
    if rival and rival[1] >= SURE and not beyond and top.said < NEARLY_ALL:
        total -= TIMETABLE_FIRST
    whole = top.said >= NEARLY_ALL and ((top.explained >= 0.95 and len(e.words) >= SENTENCE) or _joins_names(e, top, ear))
    if (named or thing) and not whole and not _beyond_names(e, top, ear):
        total -= NAME_ONLY
    if named and not _same_names(e, top, ear):
        total -= OTHER_NAME
    return "TownQuestionIntent", total, f"{top.id} score={top.score:.2f} said={top.said:.2f} explained={top.explained:.2f} beyond={beyond}"
