"""Finds the town's names in a sentence, by letters and by sound, whatever their order or the words between.

The method corrects words rather than names: each word of the sentence that the town does not know is brought to the nearest
word that it does know (same sound, or few letters apart); names are then found by exact words, each weighted by how rare it
is, street-type words lightest. So the cost hardly grows with the number of names, and one mended word serves names, cues and
free questions alike. The plain form (`build`) is JSON and can be made ahead of time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

from skill.city.fold import fold, light, sound
from skill.city.many_names import HEARD_WELL, LEAST_LETTERS, LIKE_SOUND, RESEMBLES, Shared, resembling
from skill.city.numbers import digits
from skill.record import Record

ACCEPT: Final = 0.6
"""Share of a name's weight that must be heard."""
LONE: Final = 0.38
"""The same where the word heard belongs to one thing only in the whole town."""
WHOLE: Final = {"district": 0.8, "neighbour": 0.8, "facility": 0.75, "item": 0.62, "collection": 0.62, "bin": 0.62}
"""Tables whose names must be heard more fully than others; a lone word is not enough for them."""
TIE: Final = 0.93
"""Two names whose scores are nearer than this cannot be told apart."""
GENERIC: Final = 0.3
"""Weight of words such as "parc" or "rue"."""
EVERYDAY: Final = 0.5
"""Share of its weight that a word of everyday speech keeps in a name."""
SAME_SOUND: Final = 0.94
NEAR: Final = ((9, 0.78), (7, 0.8), (5, 0.84))
"""Least length of a word, least likeness of its letters."""
VAST: Final = 5_000
"""Names from which on not every one that shares a word is scored."""
_GAP: Final = 4
"""Words of a name may be this far apart in the sentence."""


_Found = tuple[float, float, frozenset[int], float, str]
"""Score, share, positions, faithfulness, id."""


class Mention(Record):
    """Names of one table heard at one spot. Several ids: the words fit them equally well."""

    table: str
    ids: tuple[str, ...]
    score: float
    """Weight of the words heard times the share of the name that they make."""
    start: int
    end: int
    """Word positions, end excluded."""
    sure: float = 1.0
    """How faithfully it was heard: 1.0 letter by letter, less where words were mended."""
    whole: float = 1.0
    """Share of the name that was heard."""
    at: frozenset[int] = frozenset()
    """Positions of the words that are the name's own; others may stand between them."""


def split(text: str, language: str) -> list[str]:
    """Folded words of a text, numbers in digits."""
    return digits(fold(text).split(), language)


def build(
    names: Iterable[tuple[str, str, str, tuple[str, ...]]],
    words: Iterable[str],
    generic: Iterable[str],
    stop: Iterable[str],
    common: Iterable[str],
    language: str,
) -> dict[str, Any]:
    """The plain index of (table, id, name, musts). `words` are other words known to the town (never mended into another).

    `musts` are words of which one must be heard where the name has one: "Sainte-Lucie" alone is not the market.
    """
    small, empty, everyday = {light(g) for g in generic}, frozenset(stop), {light(fold(c)) for c in common}
    forms: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    spoken = list(names)
    for table, key, name, musts in spoken:
        tokens = tuple(dict.fromkeys(light(t) for t in split(name, language) if t not in empty))
        if tokens:
            forms[table, key, tokens] = sorted({light(w) for w in musts} & set(tokens))
    owners: dict[str, set[tuple[str, str]]] = {}
    for table, key, tokens in forms:
        for token in tokens:
            owners.setdefault(token, set()).add((table, key))
    most = math.log(len({(t, k) for t, k, _ in forms}) + 1) or 1.0
    weight = {
        t: GENERIC if t in small else (0.4 + 0.6 * max(0.0, 1 - math.log(len(o)) / most)) * (EVERYDAY if t in everyday else 1.0) for t, o in owners.items()
    }
    rows: list[list[Any]] = []
    posts: dict[str, list[int]] = {}
    for table, key, tokens in forms:
        rows.append([table, key, list(tokens), forms[table, key, tokens]])
        rare = [t for t in tokens if t not in small] or [min(tokens, key=lambda t: len(owners[t]))]
        for token in rare:
            posts.setdefault(token, []).append(len(rows) - 1)
    surface: dict[str, str] = {}
    for text in (*(w for w in words), *(name for _, _, name, _ in spoken)):
        for token in split(text, language):
            surface.setdefault(light(token), token)
    heard: dict[str, list[str]] = {}
    for key, word in sorted(surface.items()):
        if len(key) >= 3 and key.isalpha() and word not in empty:
            heard.setdefault(sound(word), []).append(word)
    return {
        "forms": rows,
        "weight": {t: round(w, 3) for t, w in weight.items()},
        "lone": sorted(t for t, o in owners.items() if len(o) == 1 and t not in small and t not in everyday),
        "posts": posts,
        "known": dict(sorted(surface.items())),
        "heard": heard,
    }


class Lexicon:
    """The names of one town in one language."""

    def __init__(self, plain: dict[str, Any], stop: Iterable[str], common: Iterable[str]) -> None:
        self._forms: list[tuple[str, str, list[str], list[str]]] = plain["forms"]
        self._weight: dict[str, float] = plain["weight"]
        self._posts: dict[str, list[int]] = plain["posts"]
        self._lone = frozenset(plain["lone"])
        self._stop = frozenset(stop)
        self._keep = self._stop | frozenset(common)
        self._known: dict[str, str] = plain["known"]
        self._heard: dict[str, list[str]] = plain["heard"]
        self._near: dict[str, list[str]] | None = None
        self._mended: dict[str, tuple[str, float]] = {}
        self._shared = Shared(self._posts, self._weight, lambda form: self._forms[form][2]) if len(self._forms) > VAST else None

    def knows(self, word: str) -> bool:
        """Whether a folded word is one of the town's, a cue or a small word."""
        return word in self._keep or light(word) in self._known

    def generic(self, word: str) -> bool:
        """Whether a folded word is one that many names share: "parc", "rue"."""
        return self._weight.get(light(word), 1.0) <= GENERIC

    def mend(self, words: list[str]) -> tuple[list[str], list[float]]:
        """Each word brought to one the town knows where it is close enough, with how sure that is; lengths may shrink.

        Two neighbours that make one known word ("cel ton") are joined.
        """
        out, sure = [], []
        i = 0
        while i < len(words):
            word = words[i]
            following = words[i + 1] if i + 1 < len(words) else ""
            if following and not (self.knows(word) and self.knows(following)) and word.isalpha() and following.isalpha():
                joined = word + following
                target = self._join(joined) if len(joined) >= 6 else ""
                if target and min(self._nearest(word)[1], self._nearest(following)[1]) < 0.9:
                    out.append(target)
                    sure.append(0.9)
                    i += 2
                    continue
            mended, likeness = self._nearest(word)
            out.append(mended)
            sure.append(likeness)
            i += 1
        return out, sure

    def _join(self, word: str) -> str:
        key = light(word)
        if key in self._known:
            return word
        for other in self._heard.get(sound(word), ()):
            if light(other) in self._weight:
                return other
        return ""

    def _nearest(self, word: str) -> tuple[str, float]:
        if self.knows(word) or len(word) < 4 or not word.isalpha():
            return word, 1.0 if self.knows(word) else 0.0
        if word not in self._mended:
            if len(self._mended) > 4096:
                self._mended.clear()
            self._mended[word] = self._search(word)
        return self._mended[word]

    def _search(self, word: str) -> tuple[str, float]:
        from rapidfuzz.distance import Indel  # 11 ms, for words that need mending only
        from rapidfuzz.process import extract

        alike = self._heard.get(sound(word), ())
        if self._shared:
            scored = {w: Indel.normalized_similarity(word, w) + LIKE_SOUND for w in alike}
            for other, score, _ in extract(word, self._alike(word), scorer=Indel.normalized_similarity, score_cutoff=RESEMBLES, limit=3):
                scored.setdefault(other, score)
            best = max(scored, key=lambda w: (scored[w], w), default=word)
            return best, min(SAME_SOUND, scored.get(best, 0.0))
        if alike:
            best = max(alike, key=lambda w: (Indel.normalized_similarity(word, w), w))
            if Indel.normalized_similarity(word, best) >= 0.5:
                return best, SAME_SOUND
        for length, least in NEAR:
            if len(word) >= length:
                found = extract(word, self._alike(word), scorer=Indel.normalized_similarity, score_cutoff=least, limit=5)
                return next(((other, float(score)) for other, score, _ in found if _same_onset(word, other)), (word, 0.0))
        return word, 0.0

    def _alike(self, word: str) -> list[str]:
        """The known words that begin nearly as a word does, by which alone they may be taken for it (_same_onset)."""
        if self._near is None:
            self._near = {}
            for known in self._known.values():
                if len(known) >= 5 and known.isalpha() and known not in self._keep:
                    for onset in (known[0], f"_{known[1:4]}", known[:3]):
                        self._near.setdefault(onset, []).append(known)
        near = self._near
        return [*near.get(word[0], ()), *near.get(f"_{word[:3]}", ()), *near.get(word[1:4], ())]

    def find(self, words: list[str], sure: list[float]) -> list[Mention]:
        """Every name heard in the mended words, best first, mentions of one table never overlapping."""
        keys = [light(w) if w not in self._stop else "" for w in words]
        spots = self._spots(keys)
        by_table: dict[str, list[_Found]] = {}
        for form, positions in spots.items():
            table, key, tokens, musts = self._forms[form]
            hit = self._score(tokens, musts, positions, keys, sure, WHOLE.get(table, ACCEPT))
            if hit:
                by_table.setdefault(table, []).append((*hit, key))
        found: list[Mention] = []
        for table, hits in by_table.items():
            found.extend(_untangle(table, hits))
        found.sort(key=lambda m: (-m.score, m.start))
        return found

    def _spots(self, keys: list[str]) -> dict[int, list[int]]:
        """Names that share a word with the sentence, and where; in a vast town those that are likely."""
        spots: dict[int, list[int]] = {}
        likely = self._shared.likely(keys) if self._shared else None
        if likely is not None:
            return {form: [p for p, key in enumerate(keys) if key in self._forms[form][2]] for form in likely}
        for position, key in enumerate(keys):
            for form in self._posts.get(key, ()):
                spots.setdefault(form, []).append(position)
        return spots

    def _score(
        self, tokens: list[str], musts: list[str], anchors: list[int], keys: list[str], sure: list[float], least: float
    ) -> tuple[float, float, frozenset[int], float] | None:
        """(score, share, positions, faithfulness) of the best cluster around an anchor, or None below the thresholds."""
        total = sum(self._weight[t] for t in tokens)
        best: tuple[float, float, frozenset[int], float] | None = None
        for anchor in anchors:
            if self._shared and best is not None and anchor in best[2]:
                continue
            low, high = max(0, anchor - _GAP - len(tokens)), min(len(keys), anchor + _GAP + len(tokens))
            got, start, end, faith, seen, at = 0.0, anchor, anchor + 1, 1.0, set(), set()
            for p in sorted(range(low, high), key=lambda p: abs(p - anchor)):
                key = keys[p]
                if key in seen or key not in tokens or (p < start - _GAP or p > end + _GAP - 1):
                    continue
                seen.add(key)
                at.add(p)
                got += self._weight[key] * (sure[p] or 1.0)
                faith = min(faith, sure[p] or 1.0)
                start, end = min(start, p), max(end, p + 1)
            if musts and not seen.intersection(musts):
                continue
            if self._shared and all(sure[p] < HEARD_WELL for p in at if self._weight[keys[p]] > GENERIC):
                continue  # of so many names, some resemble any words
            if self._shared and len(seen) < len(tokens):
                strange = [keys[p] for p in range(low, high) if len(keys[p]) >= LEAST_LETTERS and sure[p] < 1.0 and keys[p] not in tokens]
                got += resembling([t for t in tokens if t not in seen], strange, self._weight) if strange else 0.0
            share = got / total
            lone = any(k in self._lone for k in seen)
            if share >= least or (lone and share >= LONE and least == ACCEPT):
                score = got * (0.5 + 0.5 * share)
                if best is None or score > best[0]:
                    best = (score, share, frozenset(at), faith)
        return best


def _same_onset(heard: str, known: str) -> bool:
    """Mishearing keeps the beginning of a word, but for one vowel: "pinettes" may be "épinettes", "cassette" is no "assiette"."""
    return heard[0] == known[0] or known[1:].startswith(heard[:3]) or heard[1:].startswith(known[:3])


def _untangle(table: str, hits: list[_Found]) -> list[Mention]:
    """Best hits first; weaker ones that overlap a taken spot are dropped, equal ones share it."""
    hits.sort(key=lambda h: (-h[0], h[4]))
    mentions: list[Mention] = []
    for score, share, at, faith, key in hits:
        start, end = min(at), max(at) + 1
        for n, m in enumerate(mentions):
            if start < m.end and m.start < end:
                if score >= m.score * TIE and share >= m.whole * TIE and key not in m.ids:
                    mentions[n] = m.but(ids=(*m.ids, key))
                break
        else:
            mentions.append(Mention(table, (key,), score, start, end, faith, share, at))
    return mentions
