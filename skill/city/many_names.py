"""Names of a vast town: which of two hundred thousand may be meant, without a look at each.

In a town of some hundreds of names every name that shares a word with the sentence is scored. Where words are shared by thousands of names,
the rarest words heard choose whom to look at, two by two; a word that nobody knows then counts for a word of such a name that it resembles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from heapq import nsmallest
from itertools import combinations
from typing import Final

MOST_SHARED: Final = 300
"""Names that may share a word for it to choose by itself."""
MOST_WORDS: Final = 4
"""Words of a sentence that choose, the rarest first."""
ENOUGH: Final = 120
"""Names that share two of the words, after which no other pair is looked at."""
MOST_RANKED: Final = 60
"""Names looked at word by word."""
MOST_SCORED: Final = 12
"""Names scored in full, those of the most weight first."""
RESEMBLES: Final = 0.6
"""Likeness of a word that nobody knows to one of a name."""
RESEMBLING: Final = 0.8
"""Share of its weight that such a word brings."""
HEARD_WELL: Final = 0.84
"""Likeness that at least one word of a name must have."""
LEAST_LETTERS: Final = 4
LIKE_SOUND: Final = 0.12
"""What the same sound adds to the likeness of letters."""


class Shared:
    """Which names share each word."""

    def __init__(self, posts: Mapping[str, list[int]], weight: Mapping[str, float], tokens: Callable[[int], Sequence[str]]) -> None:
        self._posts, self._weight, self._tokens = posts, weight, tokens
        self._sets = {key: frozenset(forms) for key, forms in posts.items()}

    def likely(self, keys: Sequence[str]) -> list[int] | None:
        """The names worth scoring for these words, the likeliest first; None where all that share one of them are few."""
        held = sorted({key for key in keys if key in self._posts}, key=lambda key: len(self._posts[key]))
        if sum(len(self._posts[key]) for key in held) <= MOST_SCORED:
            return None
        those = [(self._sets[key], self._weight[key]) for key in held[:MOST_WORDS]]
        votes: dict[int, float] = {}
        for (a, v), (b, w) in combinations(those, 2):  # the rarest pairs first
            if len(votes) > ENOUGH:
                break
            for form in a & b:
                votes[form] = votes.get(form, 0.0) + v + w
        if len(votes) < MOST_SCORED:  # a name of which one word only was heard
            for form in self._posts[held[0]][:MOST_SHARED]:
                votes.setdefault(form, 0.0)
        heard, first = frozenset(keys), nsmallest(MOST_RANKED, votes, key=lambda form: (-votes[form], form))
        return nsmallest(MOST_SCORED, first, key=lambda form: (-votes[form], -self._told(form, heard), form))

    def _told(self, form: int, heard: frozenset[str]) -> float:
        """The share of a name's words that were said, "rue" and "parc" among them, which choose nothing by themselves."""
        tokens = self._tokens(form)
        return sum(token in heard for token in tokens) / len(tokens)


def resembling(missing: Sequence[str], strange: Sequence[str], weight: Mapping[str, float]) -> float:
    """What words that nobody knows bring to a name whose `missing` words they resemble, each once."""
    from rapidfuzz.distance import Indel  # where something was misheard only

    got, left = 0.0, list(missing)
    for word in strange:
        best = max(left, key=lambda token: Indel.normalized_similarity(word, token), default="")
        likeness = Indel.normalized_similarity(word, best) if best else 0.0
        if likeness >= RESEMBLES:
            got += weight[best] * likeness * RESEMBLING
            left.remove(best)
    return got
