"""Days and times as people say them, in French and English, from words already folded and with numbers in digits.

One scanner for both languages: each rule looks at the words from one position, and says how many it took. A weekday is the
coming one, today included unless "prochain" was said; a month or a season is the running or coming one. Nothing is guessed:
what is not said stays empty.
"""

from __future__ import annotations

from datetime import datetime

from skill.conversation.turn import When
from skill.record import Record
from skill.understanding.days_said import month, numbered, relative, span, weekday
from skill.understanding.feasts import feast
from skill.understanding.hours_said import clock, now_word, part
from skill.understanding.scanner import Scan


class Heard(Record):
    """What was said of time, and which words said it."""

    when: When
    words: frozenset[int] = frozenset()


def scan(words: list[str], now: datetime, language: str) -> Heard:
    """What the words say of time, at a zoned moment."""
    s = Scan(words, now, language)
    i = 0
    rules = (feast, relative, numbered, weekday, span, clock, month, part, now_word)
    while i < len(words):
        i += next((n for rule in rules if (n := rule(s, i))), 1)
    at = s.at
    if at and at.hour < 12 and (s.part in ("evening", "afternoon") or s.half == "pm") and not (s.part == "evening" and at.hour < 4):
        at = at.replace(hour=at.hour + 12)
    if s.half == "am" and at and at.hour == 12:
        at = at.replace(hour=0)
    when = When(day=s.day, last=s.last, at=at, now=s.is_now, part=s.part, month=s.month, holidays=s.holidays)
    return Heard(when, frozenset(s.used))
