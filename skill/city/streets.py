"""Which street was meant, and how it is served: names compared by letters and by sound, numbers by stretch and side.

"Rue Ernest Renan", "ernest renand", "au 12 bis de la rue Renan" are one street. What is close to several is a question back;
what is close to none is said unknown, with the nearest names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from skill.city.fold import fold, sound
from skill.city.model import Street
from skill.city.numbers import digits
from skill.record import Record

SURE: Final = 88.0
"""Least likeness, of 100, at which a name is taken for a street's."""
NEAR: Final = 62.0
"""Least likeness at which a name is worth proposing."""
APART: Final = 6.0
"""Of two names this close to what was said, neither is taken."""
MOST: Final = 3
KINDS: Final = frozenset({
    "rue", "avenue", "boulevard", "place", "allee", "impasse", "quai", "chemin", "sentier", "sente", "villa", "square", "passage", "cours", "esplanade", "mail",
    "promenade", "rond", "point", "route", "ruelle", "voie", "cite", "residence", "parvis", "av", "bd", "all", "imp", "pl", "r",
})  # fmt: skip
_SMALL: Final = frozenset({
    "de", "du", "des", "la", "le", "les", "l", "d", "a", "au", "aux", "et", "en", "sur", "dans", "je", "j", "habite", "suis", "bis", "ter", "numero", "chez",
    "moi", "c", "est", "maintenant", "vis", "nous", "on", "habitons", "i", "live", "at", "in", "the", "number", "street", "road", "s", "il", "vous", "plait",
    "bien", "alors", "euh", "ma", "mon", "adresse",
})  # fmt: skip
_NUMBER: Final = re.compile(r"\b(\d{1,4})\b")


class Lookup(Record):
    """What was found: one street, or several that it may be; none of either where nothing is near."""

    street: Street | None = None
    near: tuple[Street, ...] = ()
    number: int | None = None

    @property
    def district(self) -> str:
        """Id of the district that serves it, "" where the number is needed to tell, or where it is not known."""
        return "" if self.street is None else district_at(self.street, self.number)


def find(text: str, streets: Mapping[str, Street]) -> Lookup:
    """The street that a sentence names, with the number where one was said."""
    words = digits(fold(text).split(), "fr")
    number = house_number(text)
    said = _own(words)
    if not said or not streets:
        return Lookup(number=number)
    kinds = {w for w in words if w in KINDS}
    scored = []
    for key, own, heard in _index(tuple((s.id, s.name) for s in streets.values())):
        score = max(fuzz.token_sort_ratio(said, own), fuzz.token_sort_ratio(_sounds(said), heard))
        if (said != own and set(own.split()) <= set(said.split())) or set(said.split()) <= set(own.split()):
            score = max(score, SURE + 2)
        if kinds and kinds.isdisjoint(fold(streets[key].name).split()):
            score -= APART
        scored.append((score, key))
    scored.sort(key=lambda s: (-s[0], s[1]))
    best = scored[0][0]
    close = [streets[k] for s, k in scored[:MOST] if s >= SURE and best - s < APART]
    if len(close) == 1 and best >= SURE:
        return Lookup(close[0], (), number)
    near = tuple(close) or tuple(streets[k] for s, k in scored[:MOST] if s >= NEAR)
    return Lookup(None, near, number)


def house_number(text: str) -> int | None:
    """The number of a house in a sentence."""
    found = _NUMBER.search(" ".join(digits(fold(text).split(), "fr")))
    return int(found[1]) if found else None


def district_at(street: Street, number: int | None) -> str:
    """Id of the district that serves a number of a street; "" where the number is needed and not given, or lies in no stretch."""
    if not street.stretches:
        return street.district
    districts = {s.district for s in street.stretches}
    if len(districts) == 1 and number is None:
        return districts.pop()
    if number is None:
        return ""
    side = "odd" if number % 2 else "even"
    return next((s.district for s in street.stretches if s.start <= number <= (s.to or number) and s.side in ("", side)), "")


def _own(words: list[str]) -> str:
    """The words that tell a street from the others."""
    return " ".join(w for w in words if w not in KINDS and w not in _SMALL and not w.isdigit())


def _sounds(text: str) -> str:
    return " ".join(sound(w) for w in text.split())


@lru_cache(maxsize=4)
def _index(names: tuple[tuple[str, str], ...]) -> list[tuple[str, str, str]]:
    """Each street's id, own words and their sound. Made once for a town."""
    out = []
    for key, name in names:
        own = _own(digits(fold(name).split(), "fr")) or fold(name)
        out.append((key, own, _sounds(own)))
    return out
