"""Spoken numbers to digits, word by word, in French and English: "vingt et un" is 21, "nineteen forty-five" stays a year.

Applied to names and to questions alike, so that "parc Jean-Paul deux" and "parc Jean-Paul II" are one name.
"""

from __future__ import annotations

from typing import Final

_FR_UNITS: Final = {
    "zero": 0, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9, "dix": 10,
    "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16,
}  # fmt: skip
_FR_TENS: Final = {"vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
_EN_UNITS: Final = {
    "zero": 0, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_EN_TENS: Final = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_ORDINALS: Final = {
    "premier": 1, "premiere": 1, "1er": 1, "1ere": 1, "deuxieme": 2, "second": 2, "seconde": 2, "2e": 2, "2eme": 2, "troisieme": 3, "3e": 3,
    "3eme": 3, "quatrieme": 4, "4e": 4, "4eme": 4, "cinquieme": 5, "first": 1, "1st": 1, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4,
    "4th": 4, "fifth": 5, "5th": 5,
}  # fmt: skip
_ONES: Final = {"fr": ("un", "une"), "en": ("one",)}


def ordinal(word: str) -> int | None:
    """1 to 5 for a folded ordinal word of either language, else None."""
    return _ORDINALS.get(word)


def digits(words: list[str], language: str) -> list[str]:
    """The same words with runs of cardinal numbers written in digits; a lone "un", "une" or "one" is an article and stays."""
    return [word for word, _ in runs(words, language)]


def runs(words: list[str], language: str) -> list[tuple[str, int]]:
    """The words of `digits`, each with how many words it was made of."""
    units, tens = (_EN_UNITS, _EN_TENS) if language == "en" else (_FR_UNITS, _FR_TENS)
    out: list[tuple[str, int]] = []
    i = 0
    while i < len(words):
        word = words[i]
        if word not in units and word not in tens:  # no number begins there: nearly always
            out.append(("2" if word == "ii" else word, 1))
            i += 1
            continue
        value, used = _read(words, i, units, tens, _ONES.get(language, ()), language)
        out.append((str(value) if used else word, used or 1))
        i += used or 1
    return out


def _read(words: list[str], i: int, units: dict[str, int], tens: dict[str, int], ones: tuple[str, ...], language: str) -> tuple[int, int]:
    """The number that starts at word i, and how many words it takes (0 where none starts)."""
    total, used = _below_hundred(words, i, units, tens, ones, language)
    n = len(words)
    hundred, thousand = ("hundred", "thousand") if language == "en" else ("cent", "mille")
    if used and i + used < n and words[i + used] == thousand:
        total, used = total * 1000, used + 1
        rest, more = _below_hundred(words, i + used, units, tens, ones, language)
        if more and not (i + used + more < n and words[i + used + more] == hundred):
            return total + rest, used + more
        if more:
            total, used = total + rest * 100, used + more + 1
            rest, more = _below_hundred(words, i + used, units, tens, ones, language)
            return total + rest, used + more
        return total, used
    if used and i + used < n and words[i + used] in (hundred, hundred + "s"):
        total, used = total * 100, used + 1
        rest, more = _below_hundred(words, i + used, units, tens, ones, language)
        return total + rest, used + more
    return total, used


def _below_hundred(words: list[str], i: int, units: dict[str, int], tens: dict[str, int], ones: tuple[str, ...], language: str) -> tuple[int, int]:
    if i >= len(words):
        return 0, 0
    word = words[i]
    following = words[i + 1] if i + 1 < len(words) else ""
    if language == "fr" and word == "quatre" and following in ("vingt", "vingts"):
        rest, used = _tail(words, i + 2, units, ones, 19)
        return 80 + rest, 2 + used
    if language == "fr" and word == "dix" and following in ("sept", "huit", "neuf"):
        return 10 + units[following], 2
    if word in tens:
        top = 19 if language == "fr" and word == "soixante" else 9
        rest, used = _tail(words, i + 1, units, ones, top)
        return tens[word] + rest, 1 + used
    if word in units:
        return units[word], 1
    return 0, 0


def _tail(words: list[str], i: int, units: dict[str, int], ones: tuple[str, ...], top: int) -> tuple[int, int]:
    """What follows a ten: "et un", "deux", and up to nineteen after "soixante" and "quatre-vingt"."""
    start = i
    if i < len(words) and words[i] == "et" and i + 1 < len(words) and words[i + 1] in (*ones, "onze"):
        i += 1
    if i >= len(words):
        return 0, 0
    if words[i] in ones and (i > start or ones == ("one",)):
        return 1, i - start + 1
    if top == 19 and words[i] == "dix" and i + 1 < len(words) and words[i + 1] in ("sept", "huit", "neuf"):
        return 10 + units[words[i + 1]], i - start + 2
    value = units.get(words[i])
    if value is not None and 0 < value <= top:
        return value, i - start + 1
    return 0, 0
