"""A scanner over the words of a sentence, for days and hours: the words, what was taken, what was understood."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Final, TypeVar

T = TypeVar("T")
Phrases = dict[str, list[tuple[tuple[str, ...], T]]]


def by_first_word(phrases: Iterable[tuple[tuple[str, ...], T]]) -> Phrases[T]:
    """Phrases under their first word, so that a word which begins none costs one look."""
    index: Phrases[T] = {}
    for words, meaning in phrases:
        index.setdefault(words[0], []).append((words, meaning))
    return index


PARTS: Final = {
    "matin": "morning", "matinee": "morning", "morning": "morning", "midi": "", "soir": "evening", "soiree": "evening", "evening": "evening",
    "tonight": "evening", "nuit": "night", "night": "night", "afternoon": "afternoon",
}  # fmt: skip


class Scan:
    """A sentence under way: its words, the moment, and what was understood so far."""

    def __init__(self, words: list[str], now: datetime, language: str) -> None:
        self.w, self.now, self.today, self.language = words, now, now.date(), language
        self.used: set[int] = set()
        self.day: date | None = None
        self.last: date | None = None
        self.at: time | None = None
        self.part = ""
        self.month = False
        self.is_now = False
        self.holidays = False
        self.half = ""

    def at_word(self, i: int, first: str, *rest: str) -> bool:
        """Whether these words begin at a position."""
        return i < len(self.w) and self.w[i] == first and (not rest or tuple(self.w[i + 1 : i + 1 + len(rest)]) == rest)

    def longest(self, i: int, phrases: Phrases[T]) -> tuple[int, T] | None:
        """How many words the longest phrase at a position has, and what it means."""
        under = phrases.get(self.w[i])
        if not under:
            return None
        found = [(len(words), meaning) for words, meaning in under if self.at_word(i, *words)]
        return max(found, key=lambda f: f[0], default=None)

    def take(self, i: int, n: int) -> int:
        """Counts words as understood."""
        self.used.update(range(i, i + n))
        return n

    def set_day(self, day: date, last: date | None = None, month: bool = False) -> None:
        """The first day said counts; a day is more than a month."""
        if self.day is None or (self.month and not month):
            self.day, self.last, self.month = day, last, month
