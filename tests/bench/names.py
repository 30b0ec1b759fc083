"""A town with very many names: how long a name takes to find, and whether it is the right one, beside a scan of every name with the same noise.

Names are synthetic, of three to five words of a vocabulary of 6,000 with Zipf's frequencies (guide/performance.md §5). The noise of `HELD_OUT` was never
used to tune anything. The scan is rapidfuzz over all names, scored 0.65 token_sort + 0.35 token_set.
"""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable

from rapidfuzz import fuzz, process

from skill.city.fold import fold
from skill.city.lexicon import Lexicon, build, split

VOCABULARY, QUERIES, SCANNED = 6_000, 400, 150
TYPES = ("rue", "avenue", "place", "square", "parc", "jardin", "allée", "passage", "école", "gymnase", "crèche", "stade")
_ON = ("b", "br", "c", "ch", "cl", "d", "f", "fl", "g", "gr", "j", "l", "m", "n", "p", "pl", "pr", "qu", "r", "s", "t", "tr", "v", "vr")
_MID = ("a", "ai", "an", "au", "e", "é", "eau", "en", "eu", "i", "in", "o", "oi", "on", "ou", "u")
_END = ("", "", "c", "d", "l", "lle", "n", "nne", "r", "rd", "s", "t", "tte", "x")


def vocabulary(rng: random.Random) -> list[str]:
    """Words that look French."""
    out: dict[str, None] = {}
    while len(out) < VOCABULARY:
        word = "".join(rng.choice(_ON) + rng.choice(_MID) for _ in range(rng.choice((1, 2, 2, 3)))) + rng.choice(_END)
        if len(word) >= 4:
            out[word] = None
    return list(out)


def town(count: int, rng: random.Random) -> dict[str, str]:
    """Id to name: a type, then two to four words, frequent ones more often."""
    words = vocabulary(rng)
    weights = [1 / (n + 10) for n in range(len(words))]
    names: dict[str, None] = {}
    while len(names) < count:
        batch = rng.choices(words, weights, k=4 * 5_000)
        for at in range(0, len(batch), 4):
            many = rng.randint(2, 4)
            names[" ".join((rng.choice(TYPES), *dict.fromkeys(batch[at : at + many])))] = None
            if len(names) == count:
                break
    return {f"n{n}": name for n, name in enumerate(names)}


def typo(word: str, rng: random.Random) -> str:
    """One letter wrong, lost, doubled or swapped; the first stays, as a mishearing leaves it."""
    if len(word) < 4:
        return word
    at = rng.randrange(1, len(word) - 1)
    return rng.choice((
        word[:at] + rng.choice("aeiourstlnm") + word[at + 1 :], word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ))  # fmt: skip


def one(words: list[str], rng: random.Random) -> list[str]:
    """At most one typo, a lost or moved word."""
    kind = rng.randrange(4) if len(words) > 1 else 3
    if kind == 0:
        at = rng.randrange(1, len(words))
        return [typo(w, rng) if n == at else w for n, w in enumerate(words)]
    if kind == 1 and len(words) > 3:
        lost = rng.randrange(1, len(words))
        return [w for n, w in enumerate(words) if n != lost]
    if kind == 2:
        at = rng.randrange(1, len(words))
        return [*words[:at], *reversed(words[at:])]
    return words


def twice(words: list[str], rng: random.Random) -> list[str]:
    """The same noise, two times over."""
    return one(one(words, rng), rng)


def longest(words: list[str], rng: random.Random) -> list[str]:
    """Two typos in the longest word."""
    at = max(range(len(words)), key=lambda n: len(words[n]))
    return [typo(typo(w, rng), rng) if n == at else w for n, w in enumerate(words)]


NOISES: dict[str, Callable[[list[str], random.Random], list[str]]] = {
    "at most one typo": one,
    "noise applied twice": twice,
    "two typos in the longest word": longest,
}
HELD_OUT = ("noise applied twice", "two typos in the longest word")


def scan(names: dict[str, str], folded: list[str], query: str) -> str:
    """The best of every name."""
    keys = list(names)
    best = process.extract(query, folded, scorer=lambda a, b, **_: 0.65 * fuzz.token_sort_ratio(a, b) + 0.35 * fuzz.token_set_ratio(a, b), limit=1)
    return keys[best[0][2]]


def measure(count: int, seed: int = 11) -> dict[str, tuple[float, float, float, float]]:
    """For each noise: median and 99th percentile in ms, hit@1 of ours and of the scan, over the same part of the queries."""
    rng = random.Random(seed)
    names = town(count, rng)
    plain = build(((("place", key, name, ()) for key, name in names.items())), (), tuple(map(fold, TYPES)), ("de", "du", "la", "le", "les", "des"), (), "fr")
    folded = [fold(name) for name in names.values()]
    gc.collect()
    gc.freeze()  # as a server does once its town is there
    out = {}
    for noise, make in NOISES.items():
        ours = Lexicon(plain, ("de", "du", "la", "le", "les", "des"), ())
        picked = rng.sample(list(names), QUERIES)
        asked = [(key, " ".join(make(names[key].split(), rng))) for key in picked]
        for _, query in asked[:20]:
            ours.find(*ours.mend(split(query, "fr")))
        times: list[float] = []
        scanned = ours_of_scanned = 0
        for n, (key, query) in enumerate(asked):
            words = split(query, "fr")
            began = time.perf_counter()
            found = ours.find(*ours.mend(words))
            times.append((time.perf_counter() - began) * 1000)
            hit = bool(found) and found[0].ids[0] == key
            if n < SCANNED:
                ours_of_scanned += hit
                scanned += scan(names, folded, fold(query)) == key
        times.sort()
        out[noise] = (statistics.median(times), times[int(len(times) * 0.99)], ours_of_scanned / SCANNED, scanned / SCANNED)
    return out


if __name__ == "__main__":
    import sys

    for each in map(int, sys.argv[1:] or ["2000", "20000"]):
        for noise, (median, late, hit, scanned) in measure(each).items():
            print(f"{each:>7} names  {noise:<30}  p50 {median:6.3f} ms  p99 {late:6.3f} ms  hit@1 {hit:.3f}  scan {scanned:.3f}")
