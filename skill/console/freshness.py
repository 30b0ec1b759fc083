"""How old what the town knows is, and what should be looked at again first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

from skill.city.model import City, Source
from skill.record import Record

REVIEW_AFTER: Final = timedelta(days=365)
"""A record is to be looked at again a year after its page was last updated, or on the day that its `review` says."""
NEVER: Final = date(1970, 1, 1)
_TABLES: Final = (("place", "places"), ("fact", "facts"), ("collection", "collections"), ("item", "items"), ("bin", "bins"))


class Aged(Record):
    """A record and the day on which it should be looked at again."""

    table: str
    id: str
    name: str
    updated: date | None
    review: date


def review_of(source: Source) -> date:
    """When a record should be looked at again; long ago where nobody knows how old it is."""
    return source.review or (source.updated + REVIEW_AFTER if source.updated else NEVER)


def oldest(city: City, today: date) -> list[Aged]:
    """Records past their review, the longest past first."""
    return [a for a in sorted(_all(city), key=lambda a: (a.review, a.table, a.id)) if a.review <= today]


def shown_age(source: Source, today: date) -> dict[str, Any]:
    """For a list: the day of the last update, and whether it is to be looked at again."""
    return {"updated": source.updated.strftime("%d/%m/%Y") if source.updated else "date inconnue", "old": review_of(source) <= today}


def _all(city: City) -> Iterable[Aged]:
    for table, name in _TABLES:
        for each in getattr(city, name).values():
            label = each.name["fr"] if table in ("place", "bin") else each.say["fr"] if table in ("collection", "item") else _question(each)
            yield Aged(table, each.id, label, each.source.updated, review_of(each.source))


def _question(fact: Any) -> str:
    questions = fact.questions.get("fr", ())
    return str(questions[0] if questions else fact.id)
