"""Dates of feeds as people really write them: RFC 2822, ISO 8601, and what a hasty hand makes of both, in English or French."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Final

from podcasts.values import one_line

_MONTHS: Final = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
    "fév": 2, "fev": 2, "avr": 4, "mai": 5, "juin": 6, "juil": 7, "aoû": 8, "aou": 8, "déc": 12,
}  # fmt: skip
_ZONES: Final = {
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "cet": 1, "cest": 2, "met": 1, "mest": 2, "eet": 2, "eest": 3, "west": 1, "bst": 1,
}  # fmt: skip
"""Hours of the zones that feeds name; any other name is taken for UTC."""
_HUMAN: Final = re.compile(
    r"(?:[^\W\d]+\.?(?:,\s*|\s+))?(?:(\d{1,2})(?:er|st|nd|rd|th)?[\s-]+([^\W\d]{3,9})\.?|([^\W\d]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?),?[\s-]+(\d{4}|\d{2})"
    r"(?:,?\s+(?:(?:à|at)\s+)?(\d{1,2})\s?[:h]\s?(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*([ap]m)?)?"
    r"\s*([a-z]{1,5})?\s*(?:([+-])\s?(\d{1,2}):?(\d{2})?)?\s*(?:\(.{0,30}\))?",
    re.IGNORECASE,
)
_ISO: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?", re.IGNORECASE)
_PLAUSIBLE_YEARS: Final = range(1990, 2101)


def moment(value: Any) -> datetime | None:
    """A date, in UTC where no zone is named; None for what is no date."""
    text = one_line(value)
    if not text or len(text) > 80 or re.search(r"(?:^|[^\W\d]\s)-\d{4}", text):  # a year before Christ is a database's zero
        return None
    try:
        found = _iso(text) or _human(text) or parsedate_to_datetime(text)
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.year in _PLAUSIBLE_YEARS else None


def _iso(text: str) -> datetime | None:
    found = _ISO.fullmatch(text)
    if found:
        day, clock, zone = found[1], found[2].replace(",", ".").zfill(5), (found[3] or "").upper()
        text = f"{day}T{clock if clock[2] == ':' else '0' + clock}{'+00:00' if zone in ('Z', 'UTC', 'GMT') else zone}"
    elif re.fullmatch(r"\d{4}-\d{2}", text):
        text += "-01"
    elif not re.match(r"\d{4}-?\d{2}-?\d{2}|\d{4}-?W\d{2}", text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _human(text: str) -> datetime | None:
    found = _HUMAN.fullmatch(text)
    if not found:
        return None
    day, month, month_first, day_after, year, hours, minutes, seconds, half, name, sign, ahead, more = found.groups()
    named = (month or month_first).lower()
    number = _MONTHS.get(named[:4]) or _MONTHS.get(named[:3], 0)
    hour = int(hours or 0)
    if half:
        hour = hour % 12 + (12 if half.lower() == "pm" else 0)
    if hour > 24 or (hour == 24 and int(minutes)) or not number:
        return None
    whole = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 69 else 1900)
    offset = timedelta(hours=int(ahead), minutes=int(more or 0)) if sign else timedelta(hours=_ZONES.get((name or "").lower(), 0))
    zone = timezone(-offset if sign == "-" else offset)
    start = datetime(whole, number, int(day or day_after), tzinfo=UTC if not offset else zone)
    return start + timedelta(hours=hour, minutes=int(minutes or 0), seconds=min(int(seconds or 0), 59))
