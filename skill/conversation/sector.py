"""A sector of collections as a territory's own calendar tells it: the days of each collection, and when they were asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from skill.city.model import Round
from skill.conversation import plain
from skill.record import Record

MOST_ROUNDS: Final = 60
LONGEST_SCHEDULE: Final = 4_000


class Located(Record):
    """What became of an address."""

    sector: str = ""
    """Key of its sector; "" where it is not known, or where `number` is needed."""
    street: str = ""
    """Name of the street, where one was found."""
    number: bool = False
    """True where the street is known and the number is needed to tell its sector."""


class Sector(Record):
    """What is known of a sector; blank where it was never asked for."""

    address: str = ""
    """Id of an address in it, by which it is asked for again; a building's, no person's."""
    rounds: Mapping[str, tuple[Round, ...]] = {}
    """Collection, to its rounds. A collection that is not here is not known."""
    asked: datetime | None = None
    """When the territory last answered."""

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        rows = {key: [_plain(r) for r in rounds] for key, rounds in self.rounds.items()}
        return {"address": self.address, "rounds": rows, "asked": self.asked.isoformat() if self.asked else ""}

    @classmethod
    def from_plain(cls, data: Any) -> Sector:
        """The inverse. Raises ValueError where the whole is not ours."""
        if not isinstance(data, dict) or not isinstance(data.get("rounds"), dict):
            raise ValueError("not a sector")
        rounds = {plain.word(k): tuple(_round(r) for r in rows[:MOST_ROUNDS]) for k, rows in data["rounds"].items() if isinstance(rows, list)}
        return cls(plain.word(data.get("address")), rounds, plain.moment(data.get("asked")))


def _plain(each: Round) -> dict[str, str]:
    first, last = each.valid_from, each.valid_until
    return {"schedule": each.schedule, "from": first.isoformat() if first else "", "until": last.isoformat() if last else ""}


def _round(row: Any) -> Round:
    if not isinstance(row, dict) or not isinstance(row.get("schedule"), str) or len(row["schedule"]) > LONGEST_SCHEDULE:
        raise ValueError("not a round")
    return door(row["schedule"], plain.day(row.get("from")), plain.day(row.get("until")))


def door(schedule: str, first: date | None, last: date | None) -> Round:
    """A round at one's door, whose hours are never spoken: a territory's calendar gives a lorry's, not ours."""
    return Round(schedule=schedule, part="day", valid_from=first, valid_until=last)
