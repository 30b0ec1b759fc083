"""What cannot be set: ways of coming back that no reminder has, ends that none has, and days that do not exist.

Said plainly rather than set as something near: a reminder every day where every other was meant is a wrong one.
"""

from __future__ import annotations

from typing import Final

from skill.understanding.comes_back import Reading
from skill.understanding.days_said import MONTHS, WEEKDAYS

_MONTHS: Final = frozenset(m for several in MONTHS.values() for m in several)
_ODD: Final = (
    "jour sur 2", "semaine sur 2", *(f"{day} sur 2" for day in WEEKDAYS["fr"]), "tous les 2 jours", "tous les 3 jours", "tous les 15 jours",
    "toutes les 2 semaines", "toutes les 3 semaines", "tous les mois", "chaque mois", "de chaque mois", "du mois", "par mois", "tous les ans", "chaque annee",
    "tous les trimestres", "every other day", "every 2 days", "every other week", "every 2 weeks", "every month", "each month", "of the month", "of each month",
    "every year", "once a month", "every fortnight",
)  # fmt: skip
"""Ways of coming back that no reminder has."""
_BOUNDS: Final = ("jusqu a", "jusqu au", "jusqu en", "pendant", "a partir de", "a partir du", "until", "for the next", "starting from", "starting on", "till")
"""What begins a bound in days: a reminder comes back without end."""


def cannot_be(r: Reading) -> bool:
    """Whether it should come back in a way that cannot be set; its words are taken."""
    found = False
    for phrase in _ODD:
        for i in range(len(r.w)):
            if n := r.at(i, phrase):
                r.take(i, n)
                found = True
    for phrase in _BOUNDS:
        for i in range(len(r.w)):
            n = r.at(i, phrase)
            if n and any(w in _UNITS or _is_day(w) for w in r.w[i + n : i + n + 3]):
                r.take(i, n)
                found = True
    return found


_UNITS: Final = frozenset({"jour", "jours", "semaine", "semaines", "mois", "days", "weeks", "months", "demain", "tomorrow", "noel", "fin"})


def _is_day(word: str) -> bool:
    return word in _MONTHS or any(word.rstrip("s") == d for d in WEEKDAYS["fr"] + WEEKDAYS["en"])


def no_such_day(r: Reading) -> bool:
    """Whether a day was named that no month has: "le trente février"."""
    return any(w in _MONTHS and r.word(i - 1).isdigit() and i not in r.used for i, w in enumerate(r.w))
