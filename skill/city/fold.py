"""One folding of words, used on both sides of every comparison, and the French sound of a word.

`fold` brings any text to lower-case ASCII words: accents, ligatures, apostrophes, hyphens and punctuation gone.
`sound` is a phonetic key for French, ours: two words that a French ear can confuse share it ("barbus" and "barbusse",
"selton" and "celton"). It is only ever compared with itself.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_TABLE: Final = str.maketrans(
    {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "ð": "d", "€": " euros ", "²": "2", "°": " ", "ª": "a", "№": "n"}
)
_ACCENTS: Final = re.compile("[\u0300-\u036f]+")
"""Marks that stand apart once letters are taken apart; those of other scripts are looked for one by one."""
_DIGIT: Final = re.compile(r"\d")
_NOT_WORD: Final = re.compile(r"[^a-z0-9]+")
_CLOCK: Final = re.compile(r"\b(\d{1,2}) ?[h:](?: ?([0-5]\d))?\b(?!\w)")
_HOUR: Final = re.compile(r"\b(\d{1,2}) ?h\b")


def fold(text: str) -> str:
    """Lower-case ASCII words separated by single spaces; "" for a text without letters or digits."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_TABLE))
        text = _ACCENTS.sub("", text)
        if not text.isascii():
            text = "".join(c for c in text if not unicodedata.combining(c))
    text = text.lower()
    if _DIGIT.search(text):
        text = clocks_in_words(text)
    text = _NOT_WORD.sub(" ", text).strip()
    return _HOUR.sub(r"\1 heures", text) if " h" in text or text.endswith("h") else text


def clocks_in_words(text: str) -> str:
    """A text whose hours in figures are words apart: "8h30" is "8 heures 30"."""
    text = _CLOCK.sub(lambda m: f"{m[1]} heures {m[2]}" if m[2] and m[2] != "00" else f"{m[1]} heures", text)
    return re.sub(r"\b(\d{1,2}) h\b", r"\1 heures", text)


_RULES: Final = tuple(
    (re.compile(pattern), value)
    for pattern, value in (
        (r"(.)\1+", r"\1"),
        (r"^h", ""),
        (r"([^cps])h", r"\1"),
        (r"ph", "f"),
        (r"sch|sh|ch", "S"),
        (r"gn|ni(?=[aeou])", "N"),
        (r"eaux?|aux?|au", "o"),
        (r"oe?u|oo", "u"),
        (r"oi|oy", "wa"),
        (r"eu", "e"),
        (r"tion", "sIon"),
        (r"qu|q|ck", "k"),
        (r"sc(?=[eiy])|c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"gu(?=[eiy])", "G"),
        (r"ge(?=[ao])", "j"),
        (r"g(?=[eiy])", "j"),
        (r"g", "G"),
        (r"ill|ll(?=[aeiou])", "y"),
        (r"(?:[ae]i|[iy]|u)[nm](?![aeiouy])", "1"),
        (r"[ae][nm](?![aeiouy])", "2"),
        (r"o[nm](?![aeiouy])", "3"),
        (r"ai|ei|ay|ey|ez$|er$|et$|es$|ed$", "e"),
        (r"y", "i"),
        (r"w", "v"),
        (r"z", "s"),
        (r"x$", ""),
        (r"x", "ks"),
        (r"e$", ""),
        (r"(?<=.)[tdpsx]+$", ""),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=8192)
def sound(word: str) -> str:
    """Phonetic key of one folded word; digits are kept as they are."""
    if not word.isalpha():
        return word
    for pattern, value in _RULES:
        word = pattern.sub(value, word)
    return word


@lru_cache(maxsize=16384)
def light(word: str) -> str:
    """The word without its mark of plural or feminine: what names and cues are compared by."""
    if len(word) > 3 and word[-1] in "sx":
        word = word[:-1]
    if len(word) > 4 and word[-1] == "e":
        word = word[:-1]
    return f"{word[:-1]}i" if len(word) > 3 and word[-1] == "y" else word


_ENDINGS: Final = re.compile(
    r"(?:issements?|ations?|ateurs?|atrices?|ements?|itions?|utions?|ions?|euses?|eurs?|trices?|ables?|antes?|ants?|aient|ais|ait"
    r"|erait?|eront|era|ees?|ent|ing|ed|ez|er|ir|is|it|es|s|x|e|i|a)$"
)


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A rougher root, for free questions: "adopter", "adoption" and "adopté" agree."""
    if len(word) < 4 or not word.isalpha():
        return word
    cut = _ENDINGS.sub("", word)
    if len(cut) < 3:
        cut = light(word)
    if len(cut) > 3 and cut[-1] == cut[-2]:
        cut = cut[:-1]
    return cut
