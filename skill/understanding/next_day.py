"""Days said from the day that was spoken of: "et le lendemain ?", "et la veille ?", "and the day after?". Put into words that stand by themselves."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

from skill.conversation.turn import Focus
from skill.understanding.days_said import MONTHS

LONGEST: Final = 9
"""Words of a sentence that leans on the last one; a longer one tells a story of its own."""
_STEPS: Final = {
    "fr": (
        (re.compile(r"\b(?:le |au )?surlendemain\b", re.I), 2), (re.compile(r"\b(?:le |au )?lendemain\b", re.I), 1),
        (re.compile(r"\ble jour (?:suivant|d['’ ]apr[eè]s)\b", re.I), 1),
        (re.compile(r"^(?:et )?(?:la veille|le jour (?:d['’ ]avant|pr[eé]c[eé]dent))\b", re.I), -1),
    ),
    "en": (
        (re.compile(r"\bthe (?:day after|next day|following day)\b(?! tomorrow)", re.I), 1),
        (re.compile(r"^(?:and |what about )?the (?:day before|previous day)\b", re.I), -1),
    ),
}  # fmt: skip


def dated(text: str, focus: Focus, now: datetime, language: str) -> str:
    """The text with such a day as a date; as it was where nothing was spoken of, or where it is no such sentence."""
    steps = _STEPS.get(language, ())
    if not focus.intent or not steps or len(text.split()) > LONGEST:
        return text
    base = focus.slots.when.last or focus.slots.when.day or now.date()
    for pattern, step in steps:
        if pattern.search(text):
            return pattern.sub(_said(base + timedelta(days=step), language), text, count=1)
    return text


def _said(day: date, language: str) -> str:
    month = MONTHS[language][day.month - 1]
    return f"le {day.day} {month} {day.year}" if language == "fr" else f"on {day.day} {month} {day.year}"
