"""Free questions: which fact answers a sentence, by the ways people ask it.

Each fact brings its own question forms. A sentence is compared by word roots, each weighted by how few facts use it; a form's
score is how much of the form was said and how much of the sentence the fact explains. Words that no fact knows weigh against
every fact, which is what keeps "combien de lumières sont allumées" from being answered. The plain form is JSON, made ahead of time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

from skill.city.fold import fold, light
from skill.city.lexicon import split
from skill.city.roots import Roots
from skill.record import Record

ASKED: Final = 0.45
"""Weight of the question word ("qui", "quand", "combien") against a rare word's 1.0."""
GENERIC: Final = 0.45
"""Words such as "parc" or "marché", which many facts share, count for less."""
EVERYDAY: Final = 0.6
"""Words of everyday speech, rare or not among the facts."""
SHORT: Final = 0.3
"""What a question form lacks by being short: one ordinary word is weak proof."""
SAID: Final = 0.34
EXPLAINED: Final = 0.34
HEARD: Final = 0.2
ALIKE: Final = 0.12
"""What the parts of a score weigh: share of the form said, share of the sentence explained, how much was heard, small words alike."""
MISSED: Final = 0.05
"""What each question word of the sentence costs a fact that does not answer it."""
PLENTY: Final = 1.7
"""Weight of words heard beyond which more proves nothing more."""
STRANGE: Final = 0.85
"""Weight of a word that the town has never heard of."""


class Hit(Record):
    """A fact and how well it answers, 0 to 1."""

    id: str
    score: float
    said: float
    """Share of the best question form that was heard."""
    explained: float
    """Share of the sentence that the fact accounts for."""
    weight: float = 0.0
    """Sum of the weights of the words heard: how much was there to go by."""
    roots: frozenset[str] = frozenset()
    """Roots of the sentence that the fact accounts for, question marks apart."""
    asks: frozenset[str] = frozenset()
    """Question words ("?who", "?many") that the sentence and the fact's form share."""


def build(
    facts: Iterable[tuple[str, Iterable[str], str]],
    roots: Roots,
    days: frozenset[str],
    generic: Iterable[str],
    everyday: Iterable[str],
    language: str,
) -> dict[str, Any]:
    """The plain index of (id, question forms, answer) triples. `days` are weekdays: a fact asked only of one answers no other day."""
    ids: list[str] = []
    forms: list[list[Any]] = []
    union: list[list[str]] = []
    df: dict[str, int] = {}
    only: dict[str, list[str]] = {}
    for key, questions, answer in facts:
        questions = list(questions)
        dated = [days.intersection(light(w) for w in split(q, language)) for q in questions]
        if dated and all(dated):
            only[key] = sorted(frozenset().union(*dated))
        number = len(ids)
        ids.append(key)
        words: set[str] = set()
        for question in questions:
            tokens = roots.of(split(question, language))
            if tokens:
                forms.append([number, tokens, sorted({light(t) for t in split(question, language)})])
                words.update(tokens)
        for token in sorted(words):
            df[token] = df.get(token, 0) + 1
        words.update(roots.of(split(answer, language)))
        union.append(sorted(words))
    top = math.log(len(ids) + 1) or 1.0
    plain = {roots.one(fold(g)) for g in generic}
    common = {roots.one(fold(g)) for g in everyday} - plain
    weight = {
        t: round(ASKED if t[0] == "?" else (0.3 + 0.7 * (1 - math.log(n) / top)) * (GENERIC if t in plain else EVERYDAY if t in common else 1.0), 3)
        for t, n in df.items()
    }
    return {"only": only, "ids": ids, "forms": forms, "union": union, "weight": weight}


class Questions:
    """The facts of one town in one language, ready to be asked."""

    def __init__(self, plain: dict[str, Any], roots: Roots) -> None:
        self._roots = roots
        self._ids: list[str] = plain["ids"]
        self._weight: dict[str, float] = plain["weight"]
        self._only = {self._ids.index(key): frozenset(days) for key, days in plain["only"].items()}
        self._union = [frozenset(u) for u in plain["union"]]
        self._forms: list[tuple[int, frozenset[str], float, list[str]]] = []
        self._posts: dict[str, list[int]] = {}
        for number, tokens, surface in plain["forms"]:
            total = sum(self._weight[t] for t in tokens)
            self._forms.append((number, frozenset(tokens), total, surface))
            for token in tokens:
                if token[0] != "?":
                    self._posts.setdefault(token, []).append(len(self._forms) - 1)

    def ask(self, words: list[str], strange: frozenset[str] = frozenset(), most: int = 5) -> list[Hit]:
        """The best facts for the (mended) words of a sentence, best first. `strange` words are known to nobody in town."""
        tokens = self._roots.of(words)
        weigh = {t: self._weight.get(t, STRANGE) if t[0] != "?" else ASKED for t in tokens}
        for word in strange:
            weigh[self._roots.one(word)] = STRANGE
        whole = sum(weigh.values())
        if not whole:
            return []
        got: dict[int, float] = {}
        for token in tokens:
            value = weigh[token]
            for form in self._posts.get(token, ()):
                got[form] = got.get(form, 0.0) + value
        asked = [t for t in tokens if t[0] == "?"]
        surface = {light(w) for w in words}
        best: dict[int, tuple[float, float, float, int]] = {}
        for form, value in got.items():
            number, own, total, _ = self._forms[form]
            if number in self._only and self._only[number].isdisjoint(surface):
                continue
            answered = sum(ASKED for a in asked if a in own)
            said = min(1.0, (value + answered) / (total + SHORT))
            score = said + answered / whole
            if score > best.get(number, (0.0,))[0] - 0.15:
                alike = self._alike(form, surface) * ALIKE
                if score + alike > best.get(number, (0.0,))[0]:
                    best[number] = (score + alike, said, answered, form)
        hits = []
        for number, (_, said, answered, form) in best.items():
            union = self._union[number]
            known = frozenset(t for t in tokens if t[0] != "?" and t in union)
            heard = sum(weigh[t] for t in tokens if t in known)  # in the order of the sentence: a set's order would make near ties a matter of chance
            explained = (heard + answered) / whole
            missed = MISSED * sum(1 for a in asked if a not in self._forms[form][1])
            score = -missed + SAID * said + EXPLAINED * explained + HEARD * min(1.0, (heard + answered) / PLENTY) + ALIKE * self._alike(form, surface)
            asks = frozenset(a for a in asked if a in self._forms[form][1])
            hits.append(Hit(self._ids[number], score, said, explained, heard + answered, known, asks))
        hits.sort(key=lambda h: (-h.score, h.id))
        return hits[:most]

    def _alike(self, form: int, surface: set[str]) -> float:
        """Share of all the words, small ones included, that the sentence and a form have in common: settles near ties."""
        own = self._forms[form][3]
        common = sum(1 for w in own if w in surface)
        return common / (len(own) + len(surface) - common)

    def speaks_of(self, fact: str, words: set[str]) -> bool:
        """Whether one of a fact's question forms has one of these (light) words, small words of time included."""
        number = self._ids.index(fact)
        return any(form[0] == number and not words.isdisjoint(form[3]) for form in self._forms)

    def tokens(self, words: Iterable[str]) -> list[str]:
        """Roots and question marks of a sentence's words."""
        return self._roots.of(words)

    def root(self, word: str) -> str:
        """The root by which a word is compared."""
        return self._roots.one(word)
