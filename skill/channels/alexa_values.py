"""The values inside Alexa's JSON: tables that may not be there, slots as spoken and as resolved, dates and times as Amazon writes them."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Any, Final

from skill.conversation import plain
from skill.conversation.plain import table
from skill.conversation.turn import When

LONGEST_SPOKEN: Final = 300
_SEASONS: Final = {"WI": (12, 2), "SP": (3, 5), "SU": (6, 8), "FA": (9, 11)}
_PARTS: Final = {"MO": "morning", "AF": "afternoon", "EV": "evening", "NI": "night"}


def first(ids: tuple[str, ...]) -> str:
    """The best of ids, or ""."""
    return ids[0] if ids else ""


def spoken(slot: Any) -> str:
    """What was said, as text."""
    value = slot.get("value") if isinstance(slot, dict) else None
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value) if -1e6 < value < 1e6 else ""
    return plain.text(value, LONGEST_SPOKEN) if value != "?" else ""


def spoken_age(slot: Any) -> float | None:
    """Years, where the slot holds a number of them in plain digits."""
    text = spoken(slot)
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 3 else None


def resolved(slot: Any) -> tuple[str, ...]:
    """Ids that Alexa's own entity resolution matched, best first."""
    if slot is None:
        return ()
    ids: list[str] = []
    authorities = table(slot, "resolutions").get("resolutionsPerAuthority")
    for authority in authorities if isinstance(authorities, list) else ():
        if not isinstance(authority, dict) or table(authority, "status").get("code") != "ER_SUCCESS_MATCH":
            continue
        values = authority.get("values")
        for value in values if isinstance(values, list) else ():
            found = table(value, "value").get("id")
            if isinstance(found, str) and plain.word(found) and found not in ids:
                ids.append(found)
    return tuple(ids[:8])


def amazon_date(text: str, today: date) -> When:
    """A value of AMAZON.DATE ("2025-10-12", "2025-W41-WE", "2025-10", "2025-WI") as a When; empty for what says nothing."""
    try:
        return _amazon_date(text, today).near(today)
    except (ValueError, OverflowError):
        return When()


def _amazon_date(text: str, today: date) -> When:
    if text == "PRESENT_REF":
        return When(now=True)
    parts = text.rstrip("-X").split("-")
    if len(parts) == 3 and parts[1].startswith("W") and parts[2] == "WE":
        saturday = date.fromisocalendar(int(parts[0]), int(parts[1][1:]), 6)
        return When(day=max(saturday, today) if saturday <= today <= saturday + timedelta(days=1) else saturday, last=saturday + timedelta(days=1))
    if len(parts) == 2 and parts[1].startswith("W") and parts[1][1:].isdigit():
        monday = date.fromisocalendar(int(parts[0]), int(parts[1][1:]), 1)
        return When(day=max(monday, today) if monday <= today <= monday + timedelta(days=6) else monday, last=monday + timedelta(days=6))
    if len(parts) == 2 and parts[1] in _SEASONS:
        start_month, end_month = _SEASONS[parts[1]]
        year = int(parts[0])
        end = date(year + (end_month < start_month), end_month, 1) + timedelta(days=32)
        return When(day=date(year, start_month, 1), last=end.replace(day=1) - timedelta(days=1), month=True)
    if len(parts) == 2:
        start = date(int(parts[0]), int(parts[1]), 1)
        return When(day=start, last=(start + timedelta(days=31)).replace(day=1) - timedelta(days=1), month=True)
    return When(day=date.fromisoformat(text)) if len(parts) == 3 else When()


def amazon_time(text: str) -> When:
    """A value of AMAZON.TIME ("19:30", "EV") as a When."""
    if text in _PARTS:
        return When(part=_PARTS[text])
    try:
        return When(at=time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)) if text else When()
    except ValueError:
        return When()


def day_words(day: date, french: bool) -> str:
    """A day as one says it."""
    from skill.speech import en, fr

    voice = fr if french else en
    return f"{'le ' if french else ''}{day.day} {voice.MONTHS[day.month - 1]} {day.year}"


def month_words(day: date, french: bool) -> str:
    """A month as one says it."""
    from skill.speech import en, fr

    return f"{'en' if french else 'in'} {(fr if french else en).MONTHS[day.month - 1]} {day.year}"


def spoken_number(slot: Any) -> int | None:
    """A whole number above zero, as AMAZON.NUMBER gives it."""
    text = spoken(slot)
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 5 and int(text) else None


_DURATION: Final = re.compile(r"P(?:(\d{1,2})D)?(?:T(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,5})S)?)?")


def amazon_duration(text: str) -> int | None:
    """Seconds of a value of AMAZON.DURATION ("PT1M30S"); None for none."""
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    days, hours, minutes, seconds = (int(g or 0) for g in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds or None
