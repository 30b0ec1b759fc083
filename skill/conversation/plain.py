"""Values that came back from a stranger: each is taken if it is what it should be, and dropped otherwise.

A session returns with the next request, and anybody can write one. Nothing here fails and nothing here is kept by halves.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any, Final

LONGEST_SAID: Final = 1_200
"""Characters of the last speech that are kept to be said again."""
MOST_DAYS: Final = 366
MOST_YEARS_AWAY: Final = 3
OLDEST: Final = 120
PARTS: Final = ("morning", "afternoon", "evening", "night")
_WORD: Final = re.compile(r"[A-Za-z0-9._-]{1,80}")
_SPACES: Final = frozenset("\u00a0\u202f")
"""Printed in French before "?" and ":"; Python does not count them as printable."""


def text(value: Any, longest: int) -> str:
    """A text without control characters nor lone surrogates, cut; "" for anything else."""
    if not isinstance(value, str):
        return ""
    value = value[:longest]
    return value if value.isprintable() else "".join(c for c in value if c.isprintable() or c in _SPACES)


def table(value: Any, key: str) -> dict[str, Any]:
    """The object under a key; an empty one where there is none."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def opaque(user: str) -> str:
    """The name of a person within this house: a hash, so that no id of a speaker's maker goes further than its channel. "" for nobody."""
    import hashlib  # only where somebody is known

    return hashlib.sha256(b"mairie-vocale\n" + user.encode("utf-8", "replace")).hexdigest() if user else ""


def word(value: Any) -> str:
    """An id or a name of ours; "" for what cannot be one."""
    return value if isinstance(value, str) and _WORD.fullmatch(value) else ""


def words(value: Any, most: int) -> tuple[str, ...]:
    """Ids, each once, in their order."""
    return tuple(dict.fromkeys(w for v in value[:most] if (w := word(v)))) if isinstance(value, list) else ()


def day(value: Any) -> date | None:
    """A date as ISO writes it."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def clock(value: Any) -> time | None:
    """A time of day, local."""
    try:
        return time.fromisoformat(value).replace(microsecond=0, tzinfo=None) if isinstance(value, str) and len(value) <= 32 else None
    except ValueError:
        return None


def moment(value: Any) -> datetime | None:
    """A zoned moment."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def age(value: Any) -> float | None:
    """Years of a life; not a truth value, not endless, not below zero."""
    return float(value) if type(value) in (int, float) and 0 <= value <= OLDEST else None


def days(first: date | None, last: date | None) -> tuple[date | None, date | None]:
    """A day or a span of days, if it is one and not longer than a year."""
    if first is None or (last is not None and not 0 <= (last - first).days < MOST_DAYS):
        return None, None
    return first, last


def near(first: date, last: date | None, today: date) -> bool:
    """Whether days are so close that the town can know of them."""
    return abs(first.year - today.year) <= MOST_YEARS_AWAY and abs((last or first).year - today.year) <= MOST_YEARS_AWAY
