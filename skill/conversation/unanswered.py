"""What was asked and could not be answered, a day at a time: words alone, of nobody. Kept for thirty days, for staff to answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from skill.conversation import plain
from skill.record import Record

if TYPE_CHECKING:
    from skill.conversation.ports import Kept

KEPT_DAYS: Final = 30
MOST_QUESTIONS: Final = 300
"""Different ones of one day: beyond, those already noted are still counted."""
LONGEST: Final = 160


class Unanswered(Record):
    """One day's questions."""

    counts: Mapping[str, int] = {}
    """Words, to how often they were asked."""

    def noted(self, words: str) -> Unanswered:
        """With one more."""
        words = words[:LONGEST]
        if words not in self.counts and len(self.counts) >= MOST_QUESTIONS:
            return self
        return Unanswered({**self.counts, words: self.counts.get(words, 0) + 1})

    def without(self, words: Iterable[str]) -> Unanswered:
        """With some of them taken out."""
        gone = set(words)
        return Unanswered({w: n for w, n in self.counts.items() if w not in gone})

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {"counts": dict(self.counts)}

    @classmethod
    def from_plain(cls, data: Any) -> Unanswered:
        """The inverse. Raises ValueError where the whole is not ours."""
        if not isinstance(data, dict) or not isinstance(data.get("counts"), dict):
            raise ValueError("not a day of questions")
        return cls({plain.text(k, LONGEST): v for k, v in data["counts"].items() if isinstance(k, str) and type(v) is int and v > 0})


def days_kept(today: date) -> list[str]:
    """Names of the rows that may still be there: today's, and those before it."""
    return [(today - timedelta(days=n)).isoformat() for n in range(KEPT_DAYS + 1)]


def lately(store: Kept[Unanswered], today: date) -> Counter[str]:
    """Every question that is kept, and how often it was asked. Raises StoreUnavailable."""
    total: Counter[str] = Counter()
    for day in days_kept(today):
        total.update(store.get(day).counts)
    return total
