"""What comes back: "tous les jours", "le lundi et le jeudi", "du lundi au vendredi", "toutes les deux heures", "matin et soir".

Each reader looks through the words that no other has taken, and takes those that it understood.
"""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Final

from skill.understanding.days_said import WEEKDAYS
from skill.understanding.scanner import PARTS

_DAYS: Final = {name: n % 7 for n, name in enumerate(WEEKDAYS["fr"] + WEEKDAYS["en"])}
_WORKING, _WEEKEND, _ALL = (0, 1, 2, 3, 4), (5, 6), tuple(range(7))
_PHRASES: Final[tuple[tuple[str, tuple[int, ...]], ...]] = (
    ("tous les jours de la semaine", _WORKING), ("tous les jours ouvrables", _WORKING), ("les jours de semaine", _WORKING), ("en semaine", _WORKING),
    ("les jours ouvrables", _WORKING), ("on weekdays", _WORKING), ("every weekday", _WORKING), ("weekdays", _WORKING), ("every working day", _WORKING),
    ("tous les week ends", _WEEKEND), ("chaque week end", _WEEKEND), ("les week ends", _WEEKEND), ("le week end", _WEEKEND), ("every weekend", _WEEKEND),
    ("at weekends", _WEEKEND), ("on weekends", _WEEKEND), ("at the weekends", _WEEKEND), ("tous les samedis et dimanches", _WEEKEND),
    ("tous les jours", _ALL), ("chaque jour", _ALL), ("tous les 24 heures", _ALL), ("quotidiennement", _ALL),
    ("quotidien", _ALL), ("quotidienne", _ALL), ("every single day", _ALL), ("every day", _ALL),
    ("each day", _ALL), ("daily", _ALL), ("7 jours sur 7", _ALL), ("par jour", _ALL), ("a day", _ALL), ("jour apres jour", _ALL),
)  # fmt: skip
_EVERY_PART: Final = ("tous les", "toutes les", "chaque", "every", "each")
DAY_PARTS: Final = {**{w: p for w, p in PARTS.items() if p}, "matins": "morning", "matinees": "morning", "soirs": "evening", "soirees": "evening",
                 "nuits": "night", "mornings": "morning", "evenings": "evening", "afternoons": "afternoon", "nights": "night"}  # fmt: skip
_EXCEPT: Final = frozenset({"sauf", "except", "hormis", "excepte"})
_SMALL: Final = {"une": 1, "un": 1, "an": 1, "a": 1, "one": 1}
_WHOLE: Final = (
    ("de l apres midi", "afternoon"), ("l apres midi", "afternoon"), ("du matin", "morning"), ("de la matinee", "morning"), ("du soir", "evening"),
    ("dans la journee", "day"), ("de la journee", "day"), ("pendant la journee", "day"), ("la journee", "day"), ("during the day", "day"),
    ("in the afternoon", "afternoon"), ("in the morning", "morning"), ("all day", "day"),
)  # fmt: skip
"""Parts of the day through which something rings every few hours."""


class Reading:
    """A sentence under way."""

    def __init__(self, words: list[str], now: datetime, language: str) -> None:
        self.w, self.now, self.language = words, now, language
        self.used: set[int] = set()
        self.days: set[int] = set()
        self.daily = False
        self.parts: list[str] = []
        self.step = 0
        """Minutes between two rings."""

    def at(self, i: int, phrase: str) -> int:
        """How many words a phrase takes at a position, 0 where it is not there or already read."""
        tokens = phrase.split()
        end = i + len(tokens)
        return len(tokens) if self.w[i:end] == tokens and self.used.isdisjoint(range(i, end)) else 0

    def take(self, i: int, n: int) -> None:
        """Counts words as understood."""
        self.used.update(range(i, i + n))

    def word(self, i: int) -> str:
        """A word, "" beyond the ends."""
        return self.w[i] if 0 <= i < len(self.w) else ""


def interval(r: Reading) -> None:
    """ "toutes les deux heures", "every two hours"; with "de 9 heures à 18 heures" read by the clocks."""
    for i, word in enumerate(r.w):
        start = i + 2 if r.at(i, "toutes les") else i + 1 if word == "every" else 0
        if not start:
            continue
        count = number_at(r.word(start))
        j = start + 1 if count else start
        if r.at(start, "demi heures") or r.at(start, "half hour"):
            r.step = 30
            r.take(i, start + 2 - i)
        elif r.word(j) in ("heures", "hours", "heure", "hour"):
            r.step = 60 * (count or 1)
            r.take(i, j + 1 - i)
        elif r.word(j) in ("minutes", "minute"):
            r.step = count or 1
            r.take(i, j + 1 - i)


def phrases(r: Reading) -> None:
    """Every day, working days, weekends, each morning; "une fois par semaine" takes no part."""
    for phrase, days in _PHRASES:
        for i in range(len(r.w)):
            if n := r.at(i, phrase):
                if days == _ALL:
                    r.daily = True
                elif phrase not in ("le week end",) or r.word(i - 1) not in ("ce", "pour"):
                    r.days.update(days)
                r.take(i, n)
    for i in range(len(r.w)):
        for lead in _EVERY_PART:
            n = r.at(i, lead)
            part = DAY_PARTS.get(r.word(i + n)) if n else None
            if (n and r.at(i + n, "apres midi")) or (n and r.at(i + n, "apres midis")):
                part, n = "afternoon", n + 1
            elif n and r.word(i + n) in ("midi", "midis"):
                part = "midi"
            if part:
                r.daily = True
                r.take(i, n if part == "midi" and r.word(i + n) == "midi" else n + 1)
                if part != "midi":
                    r.parts.append(part)
                elif r.word(i + n) == "midis":
                    r.w[i + n] = "midi"
    for i in range(len(r.w)):
        for n in (4, 3):
            said = r.w[i : i + n]
            often = said[1:2] in (["fois"], ["times"]) and said[2:] in (["par", "jour"], ["a", "day"])
            if often or said in (["twice", "a", "day"], ["once", "a", "day"]):
                r.daily = True
                r.take(i, n)
    for phrase in ("le matin le midi et le soir", "matin midi et soir", "matin midi soir", "matin et midi", "midi et soir", "morning noon and night"):
        for i in range(len(r.w)):
            if n := r.at(i, phrase):  # two hours or three, and none of them said
                r.daily = True
                r.parts.append("morning")
                r.take(i, n)
    for i in range(len(r.w)):  # "une fois par semaine", "toutes les semaines": the day says when
        for phrase in ("une fois par semaine", "1 fois par semaine", "toutes les semaines", "chaque semaine", "once a week", "every week"):
            if n := r.at(i, phrase):
                r.take(i, n)


def weekdays(r: Reading) -> None:
    """Weekdays that come back: "le lundi", "les jeudis", "lundi et jeudi", "du lundi au vendredi", "sauf le dimanche"."""
    found = [(i, day) for i, w in enumerate(r.w) if i not in r.used and (day := _weekday(w)) is not None]
    if not found:
        return
    for (i, first), (j, last) in pairwise(found):
        if (r.word(i - 1) in ("du", "from", "de") and r.word(j - 1) in ("au", "to", "through", "till", "a") and j - i == 2) or (
            j - i == 2 and r.word(j - 1) == "to"
        ):
            r.days.update((first + n) % 7 for n in range((last - first) % 7 + 1))
            r.take(i - 1 if r.word(i - 1) in ("du", "from", "de") else i, j + 1 - i + (1 if r.word(i - 1) in ("du", "from", "de") else 0))
    found = [(i, d) for i, d in found if i not in r.used]
    first = next((i for i, w in enumerate(r.w) if w in _EXCEPT), len(r.w))
    without = {d for i, d in found if first < i <= first + 2 + 3 * sum(1 for j, _ in found if first < j < i)}
    if without:
        r.days = (r.days or set(_ALL)) - without
        r.daily = False
        for i in [k for k, w in enumerate(r.w) if w in _EXCEPT]:
            r.take(i, 1)
        for i, _ in [f for f in found if f[1] in without]:
            r.take(i - 1 if r.word(i - 1) in ("le", "les", "on") else i, 2 if r.word(i - 1) in ("le", "les", "on") else 1)
        found = [(i, d) for i, d in found if i not in r.used]
    comes_back = len(found) > 1 or any(_again(r, i) for i, _ in found)
    if not comes_back or any(_dated(r, i) for i, _ in found):
        return
    for i, day in found:
        r.days.add(day)
        lead = 2 if r.at(i - 2, "tous les") else 1 if r.word(i - 1) in ("le", "les", "chaque", "every", "each", "on") else 0
        r.take(i - lead, lead + 1)


def _again(r: Reading, i: int) -> bool:
    """Whether the weekday at a position comes back every week."""
    return r.w[i].endswith("days") or (r.w[i].endswith("s") and r.w[i] not in _DAYS) or r.word(i - 1) in ("le", "les", "chaque", "every", "each")


def _dated(r: Reading, i: int) -> bool:
    """Whether the weekday belongs to one day: "mercredi prochain", "samedi 14 mars", "next monday"."""
    following = r.word(i + 1)
    hours = r.word(i + 2) in ("heures", "heure", "h", "am", "pm")
    return following in ("prochain", "en") or r.word(i - 1) in ("next", "this", "ce", "de") or (following.isdigit() and not hours and r.language == "fr")


def _weekday(word: str) -> int | None:
    return _DAYS.get(word, _DAYS.get(word[:-1]) if word.endswith("s") else None)


def parts(r: Reading) -> None:
    """ "matin et soir", "le soir": parts of the day beside what comes back."""
    for i, word in enumerate(r.w):
        if (
            i in r.used
            or word not in DAY_PARTS
            or r.word(i - 1) in ("du", "ce", "cet", "cette", "this", "de", "demain", "good", "the")
            or _weekday(r.word(i - 1)) is not None
        ):
            continue
        both = r.at(i, "matin et soir") or r.at(i, "morning and evening") or r.at(i, "matin midi et soir")
        if r.daily or r.days or r.step or both or r.word(i - 1) in ("le", "l", "la"):
            r.parts.append(DAY_PARTS[word])
            lead = 1 if r.word(i - 1) in ("le", "la", "l", "et", "and", "at") else 0
            r.take(i - lead, lead + 1)
            r.daily = r.daily or not r.days
    if r.step:
        for phrase, part in _WHOLE:
            for i in range(len(r.w)):
                if n := r.at(i, phrase):
                    r.parts.append(part)
                    r.take(i, n)


def number_at(word: str) -> int:
    """A small number, in digits or as an article: "une" is 1; 0 for what is none."""
    return int(word) if word.isdigit() and len(word) < 4 else _SMALL.get(word, 0)
