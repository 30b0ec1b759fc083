"""Hours, parts of the day and "now" as people say them."""

from __future__ import annotations

from datetime import time
from typing import Final

from skill.understanding.scanner import PARTS, Scan, by_first_word

_NOW: Final = by_first_word((words, True) for words in (
        ("maintenant",), ("en", "ce", "moment"), ("actuellement",), ("tout", "de", "suite"), ("a", "cette", "heure"), ("right", "now"), ("at", "the", "moment"),
        ("currently",), ("now",), ("a", "l", "heure", "actuelle"), ("a", "present"), ("immediatement",), ("at", "this", "hour"), ("at", "this", "time"),
        ("ouvert", "la"),
))  # fmt: skip

_PAST: Final = (
    (("et", "demie"), 30), (("et", "demi"), 30), (("et", "quart"), 15), (("un", "quart"), 15), (("moins", "le", "quart"), -15), (("moins", "quart"), -15),
    (("3", "quarts"), 45),
)  # fmt: skip


def clock(s: Scan, i: int) -> int:
    """ "18 heures 30", "midi et demi", "half past eight", "5 pm"."""
    if s.at is not None:
        return 0
    if s.at_word(i, "24", "heures", "24") or s.at_word(i, "24", "heures", "sur", "24"):
        return s.take(i, 3)
    if s.w[i] in ("midi", "noon", "midday", "minuit", "midnight") and (i == 0 or s.w[i - 1] != "apres"):
        hour = 0 if s.w[i] in ("minuit", "midnight") else 12
        minutes, n = _past(s, i + 1)
        s.at = _clocked(hour, minutes)
        return s.take(i, 1 + n)
    for phrase, minutes in ((("half", "past"), 30), (("quarter", "past"), 15), (("quarter", "to"), -15)):
        j = i + len(phrase)
        if s.at_word(i, *phrase) and j < len(s.w) and s.w[j].isdigit() and 1 <= int(s.w[j]) <= 23:
            hour = int(s.w[j]) - (1 if minutes < 0 else 0)
            s.at = time(hour, minutes % 60)
            return s.take(i, len(phrase) + 1 + _half_day(s, j + 1))
    if not (s.w[i].isdigit() and len(s.w[i]) <= 2 and int(s.w[i]) <= 24):
        return 0
    hour, j, minute = int(s.w[i]) % 24, i + 1, 0
    sure: bool = False
    if j < len(s.w) and s.w[j] in ("heure", "heures", "h"):
        sure, j = True, j + 1
        another = j + 1 < len(s.w) and s.w[j + 1] in ("heure", "heures")
        if j < len(s.w) and s.w[j].isdigit() and len(s.w[j]) <= 2 and int(s.w[j]) < 60 and (len(s.w[j]) == 2 or int(s.w[j]) == 5) and not another:
            minute, j = int(s.w[j]), j + 1
        else:
            minute, n = _past(s, j)
            j += n
        if s.at_word(j, "du", "matin"):
            j += 2
            s.part = s.part or "morning"
        elif s.at_word(j, "du", "soir") or s.at_word(j, "de", "l", "apres", "midi"):
            s.part = s.part or "evening"
            j += 2 if s.at_word(j, "du", "soir") else 4
    elif s.language == "en":
        if j < len(s.w) and s.w[j] in ("o", "oclock"):
            sure, j = True, j + (2 if s.at_word(j, "o", "clock") else 1)
        elif j < len(s.w) and s.w[j].isdigit() and len(s.w[j]) == 2 and int(s.w[j]) < 60:
            minute, sure = int(s.w[j]), True
            j += 1
        taken = _half_day(s, j)
        sure, j = sure or taken > 0, j + taken
        sure = sure or (i > 0 and s.w[i - 1] in ("at", "until", "till", "by", "after"))
    if not sure or (i > 0 and s.w[i - 1] in ("dans", "in", "toutes", "every")):
        return 0
    s.at = _clocked(hour, minute)
    return s.take(i, j - i)


def _past(s: Scan, j: int) -> tuple[int, int]:
    """Minutes after or before an hour ("et quart", "moins dix"), and how many words say so."""
    for phrase, minutes in _PAST:
        if s.at_word(j, *phrase):
            return minutes, len(phrase)
    if s.at_word(j, "moins") and j + 1 < len(s.w) and s.w[j + 1].isdigit() and 0 < int(s.w[j + 1][:3]) < 30:
        return -int(s.w[j + 1]), 2
    return 0, 0


def _clocked(hour: int, minutes: int) -> time:
    """An hour with minutes that may be before it."""
    past = (hour * 60 + minutes) % 1440
    return time(past // 60, past % 60)


def _half_day(s: Scan, j: int) -> int:
    for word in ("am", "pm"):
        if s.at_word(j, word) or s.at_word(j, word[0], "m"):
            s.half = word
            return 1 if s.at_word(j, word) else 2
    for phrase, half in ((("in", "the", "morning"), "am"), (("in", "the", "evening"), "pm"), (("in", "the", "afternoon"), "pm"), (("at", "night"), "pm")):
        if s.at_word(j, *phrase):
            s.half = half
            return len(phrase)
    return 0


def part(s: Scan, i: int) -> int:
    """ "le matin", "cet après-midi"."""
    if s.at_word(i, "apres", "midi"):
        s.part = s.part or "afternoon"
        return s.take(i, 2)
    part = PARTS.get(s.w[i], "")
    if part and not s.part and not (s.language == "en" and i and s.w[i - 1] == "good"):
        s.part = part
        return s.take(i, 1)
    return 0


def now_word(s: Scan, i: int) -> int:
    """ "maintenant", "en ce moment"."""
    found = s.longest(i, _NOW)
    if not found:
        return 0
    s.is_now = True
    return s.take(i, found[0])
