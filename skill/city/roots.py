"""Word roots, by which free questions are compared: small words gone, synonyms joined, question words kept apart as marks ("?who").

What each word asks is the language's data (`[asks]` and `[nouns]` of words.toml). A word that asks may be a noun too ("ferme");
the words beside it tell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from skill.city.fold import stem

Asks = Mapping[str, Iterable[str]]
Nouns = Mapping[str, Mapping[str, Iterable[str]]]


class Roots:
    """The roots of one language."""

    def __init__(self, stop: Collection[str], synonyms: Mapping[str, str], asks: Asks, nouns: Nouns) -> None:
        self._stop, self._synonyms = frozenset(stop), synonyms
        self._asks = {word: f"?{mark}" for mark, words in asks.items() for word in words if " " not in word}
        self._phrases = [(tuple(words.split()), f"?{mark}") for mark, several in asks.items() for words in several if " " in words]
        self._nouns = {word: (frozenset(beside["after"]), frozenset(beside["before"])) for word, beside in nouns.items()}

    def one(self, word: str) -> str:
        """The root of a word that carries meaning."""
        return stem(self._synonyms.get(word, word))

    def of(self, words: Iterable[str]) -> list[str]:
        """Distinct roots and marks of a sentence's folded words, in their order."""
        heard = list(words)
        out: dict[str, None] = {}
        for phrase, mark in self._phrases:
            if any(tuple(heard[i : i + len(phrase)]) == phrase for i in range(len(heard) - len(phrase) + 1)):
                out[mark] = None
        for i, word in enumerate(heard):
            if word in self._asks and word not in self._synonyms and not self._noun(heard, i):
                out[self._asks[word]] = None
            elif word not in self._stop:
                out[self.one(word)] = None
        if "?many" in out:
            out.pop("?how", None)
        if len(out) > 1:
            out.pop("?what", None)
        return list(out)

    def _noun(self, words: list[str], i: int) -> bool:
        if words[i] not in self._nouns:
            return False
        after, before = self._nouns[words[i]]
        return (i > 0 and words[i - 1] in after) or (i + 1 < len(words) and words[i + 1] in before)


def from_words(words: Mapping[str, Any], stop: Collection[str]) -> Roots:
    """The roots of a language from its words.toml, or from a compiled ear."""
    return Roots(stop, words["synonyms"], words["asks"], words["nouns"])
