"""Lengths of time as one says them to a player: "une minute et demie", "trente secondes", "half a minute"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_UNITS: Final = {
    "seconde": 1, "secondes": 1, "sec": 1, "second": 1, "seconds": 1, "minute": 60, "minutes": 60, "min": 60, "mn": 60, "heure": 3600, "heures": 3600,
    "hour": 3600, "hours": 3600,
}  # fmt: skip
_ONE: Final = ("un", "une", "a", "an", "one", "1")
_HALF: Final = ("demi", "demie", "half")
_QUARTER: Final = ("quart", "quarter")
_SMALL: Final = ("petite", "petites", "petit", "bonne", "bonnes", "little", "good")
_A_FEW: Final = ("quelques", "few", "couple")
_FEW: Final = 3.0
_JOINTS: Final = ("d", "de", "a", "an", "of")
MOST_SECONDS: Final = 24 * 3600


def span_said(words: Sequence[str], last: bool = False) -> tuple[int, frozenset[int]] | None:
    """(seconds, positions of its words) of the first length of time in folded words (the last one: somebody corrected themselves), numbers in digits; None."""
    for i in range(len(words) - 1, -1, -1) if last else range(len(words)):
        word = words[i]
        unit = _UNITS.get(word)
        if unit is None:
            continue
        amount, start = _before(words, i)
        if not amount:
            continue
        extra, end = _after(words, i + 1, unit)
        seconds = round(amount * unit + extra)
        if 0 < seconds <= MOST_SECONDS:
            return seconds, frozenset(range(start, end))
    return None


def _before(words: Sequence[str], i: int) -> tuple[float, int]:
    """How many of the unit at i, and where its words begin; 0 where nobody says how many: "tout à l'heure" is no hour."""
    j = i - 1
    while j >= 0 and words[j] in _JOINTS and j and words[j - 1] in (*_HALF, *_QUARTER):
        j -= 1
    while j > 0 and words[j] in _SMALL:
        j -= 1
    word = words[j] if j >= 0 else ""
    if word in _HALF or word in _QUARTER:
        share = 0.5 if word in _HALF else 0.25
        if j and words[j - 1].isdigit() and len(words[j - 1]) < 3:
            return share * int(words[j - 1]), j - 1
        return share, j - (j > 0 and words[j - 1] in _ONE)
    if word.isdigit() and len(word) < 5:
        return float(word), j
    if word in _ONE:
        return 1.0, j
    if word in _A_FEW:
        return _FEW, j
    return 0.0, i


def _after(words: Sequence[str], i: int, unit: int) -> tuple[float, int]:
    """What follows the unit: "et demie", "30", "et 30 secondes"."""
    rest = list(words[i : i + 4])
    if rest[:2] in (["et", "demie"], ["et", "demi"]):
        return unit / 2, i + 2
    if rest[:3] == ["and", "a", "half"]:
        return unit / 2, i + 3
    if rest[:2] == ["et", "quart"]:
        return unit / 4, i + 2
    skip = 1 if rest[:1] in (["et"], ["and"]) else 0
    if len(rest) > skip and rest[skip].isdigit() and len(rest[skip]) < 3 and unit > 1:
        named = len(rest) > skip + 1 and _UNITS.get(rest[skip + 1], unit) < unit
        if named or (not skip and (len(rest) == 1 or rest[1] not in _UNITS)):
            return int(rest[skip]) * unit / 60, i + skip + 1 + named
    return 0.0, i
