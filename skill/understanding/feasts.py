"""Feasts and public holidays as people say them: "Noël", "lundi de Pâques", "les jours fériés"."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from skill.understanding.scanner import Scan, by_first_word

_FIXED: Final = by_first_word({
    ("noel",): (12, 25), ("christmas",): (12, 25), ("christmas", "day"): (12, 25), ("christmas", "eve"): (12, 24), ("boxing", "day"): (12, 26),
    ("jour", "de", "l", "an"): (1, 1), ("nouvel", "an"): (1, 1), ("premier", "de", "l", "an"): (1, 1), ("new", "year", "s", "day"): (1, 1),
    ("new", "year"): (1, 1), ("new", "year", "s", "eve"): (12, 31), ("reveillon",): (12, 31), ("saint", "sylvestre"): (12, 31),
    ("toussaint",): (11, 1), ("all", "saints"): (11, 1), ("armistice",): (11, 11), ("armistice", "day"): (11, 11), ("fete", "nationale"): (7, 14),
    ("bastille", "day"): (7, 14), ("assomption",): (8, 15), ("fete", "du", "travail"): (5, 1), ("may", "day"): (5, 1), ("labour", "day"): (5, 1),
    ("15", "aout"): (8, 15),
}.items())  # fmt: skip
_FROM_EASTER: Final = by_first_word({
    ("lundi", "de", "paques"): 1, ("easter", "monday"): 1, ("paques",): 0, ("easter",): 0, ("easter", "sunday"): 0, ("vendredi", "saint"): -2,
    ("good", "friday"): -2, ("ascension",): 39, ("jeudi", "de", "l", "ascension"): 39, ("ascension", "day"): 39, ("lundi", "de", "pentecote"): 50,
    ("pentecote",): 49, ("whit", "monday"): 50, ("whitsun",): 49, ("pentecost",): 49,
}.items())  # fmt: skip
_HOLIDAYS: Final = by_first_word(
    (w, True) for w in (("jour", "ferie"), ("jours", "feries"), ("public", "holiday"), ("public", "holidays"), ("bank", "holiday"), ("bank", "holidays"))
)
_OF_FEASTS: Final = frozenset(
    {"sapin", "sapins", "marche", "marches", "arbre", "arbres", "vacances", "cadeau", "cadeaux", "chants", "tree", "trees", "market", "markets", "lights"}
)


def feast(s: Scan, i: int) -> int:
    """ "les jours fériés", "Noël", "lundi de Pâques"."""
    holidays = s.longest(i, _HOLIDAYS)
    if holidays:
        s.holidays = True
        return s.take(i, holidays[0])
    moving, fixed = s.longest(i, _FROM_EASTER), s.longest(i, _FIXED)
    if moving and (not fixed or moving[0] >= fixed[0]):
        from dateutil.easter import easter

        after = timedelta(days=moving[1])
        day = easter(s.today.year) + after
        s.set_day(day if day >= s.today else easter(s.today.year + 1) + after)
        return s.take(i, moving[0])
    if fixed and not _named_after(s, i, fixed[0]):
        month, number = fixed[1]
        s.set_day(coming(s.today, number, month))
        return s.take(i, fixed[0])
    return 0


def _named_after(s: Scan, i: int, n: int) -> bool:
    """Whether a feast names a thing and no day: "les sapins de Noël", "Christmas trees"."""
    return (i > 1 and s.w[i - 1] in ("de", "d") and s.w[i - 2] in _OF_FEASTS) or (i + n < len(s.w) and s.w[i + n] in _OF_FEASTS)


def coming(today: date, number: int, month: int) -> date:
    """The next such day, today included; 29 February waits for a leap year."""
    for year in range(today.year, today.year + 9):
        try:
            day = date(year, month, number)
        except ValueError:
            continue
        if day >= today:
            return day
    raise ValueError("no such day")
