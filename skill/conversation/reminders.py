"""What somebody wants to be reminded of, and when. Plain data and pure changes; who rings is a port's business (ports.py)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from skill.conversation import plain
from skill.record import Record

LONGEST_TEXT: Final = 200
"""Characters of what is said when it rings."""
MOST_DATES: Final = 24
MOST_TIMES: Final = 12
MOST_TOKENS: Final = 24


class Rule(Record):
    """When it rings: at given moments, or at hours of every day or of some weekdays."""

    dates: tuple[datetime, ...] = ()
    """Zoned, in the town's zone. Where there are some, the rest is empty."""
    times: tuple[time, ...] = ()
    """Local hours."""
    days: tuple[int, ...] = ()
    """Weekdays, 0 is Monday; empty for every day."""

    def __bool__(self) -> bool:
        return bool(self.dates or self.times)

    def moments(self, after: datetime, days: int = 400) -> Iterator[datetime]:
        """When it rings after a moment, soonest first, for some days on."""
        if self.dates:
            yield from sorted(d for d in self.dates if d > after)
            return
        for n in range(days if self.times else 0):
            day = after.date() + timedelta(days=n)
            if not self.days or day.weekday() in self.days:
                yield from (m for t in self.times if (m := datetime.combine(day, t, after.tzinfo)) > after)

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {"dates": [d.isoformat() for d in self.dates], "times": [t.isoformat("minutes") for t in self.times], "days": list(self.days)}

    @classmethod
    def from_plain(cls, data: Any) -> Rule:
        """The inverse; what is not as we write it is left out."""
        if not isinstance(data, dict):
            return cls()
        days = data.get("days")
        return cls(
            dates=tuple(d for v in _listed(data.get("dates"), MOST_DATES) if (d := plain.moment(v))),
            times=tuple(sorted({t for v in _listed(data.get("times"), MOST_TIMES) if (t := plain.clock(v))})),
            days=tuple(sorted({d for d in _listed(days, 7) if type(d) is int and 0 <= d <= 6})),
        )


class Moments(Record):
    """When somebody wants to be reminded, as far as it was said."""

    times: tuple[time, ...] = ()
    part: str = ""
    """Part of the day, where it was said without an hour."""
    day: date | None = None
    """The one day meant, for a reminder that rings once."""
    days: tuple[int, ...] = ()
    """Weekdays meant, for one that comes back."""
    daily: bool = False
    moment: datetime | None = None
    """"dans deux heures": the moment itself."""
    often: bool = False
    """More often than one can be reminded: "toutes les dix minutes"."""
    odd: bool = False
    """To come back in a way that cannot be set: "un jour sur deux"."""
    nowhere: bool = False
    """On a day that does not exist."""

    def moments(self) -> dict[str, Any]:
        """What was said of when, and nothing else."""
        return {key: value for key in Moments._fields if (value := getattr(self, key))}


class Wish(Moments):
    """What somebody asks to be reminded of: what is missing is asked for."""

    text: str = ""
    """"prendre vos médicaments"; "" where it was not said, or where a collection is meant."""
    collection: str = ""
    district: str = ""
    instead: tuple[str, ...] = ()
    """Tokens of the reminder whose place this one takes."""

    def rule(self, now: datetime) -> Rule | None:
        """When to ring; None while the hour is missing, and for a moment that is past."""
        if self.moment:
            return Rule(dates=(self.moment,)) if self.moment > now else None
        if not self.times or self.odd or self.nowhere or (self.day and not plain.near(self.day, None, now.date())):
            return None
        if self.daily or self.days:
            return Rule(times=self.times, days=() if len(self.days) == 7 else self.days)
        if self.day:
            dates = tuple(m for t in self.times if (m := datetime.combine(self.day, t, now.tzinfo)) > now)
            return Rule(dates=dates) if dates else None
        today = [datetime.combine(now.date(), t, now.tzinfo) for t in self.times]
        return Rule(dates=tuple(sorted(m if m > now else m + timedelta(days=1) for m in today)))

    def plain(self) -> dict[str, Any]:
        """As JSON values, empty ones left out."""
        out: dict[str, Any] = {k: v for k in ("text", "part", "collection", "district") if (v := getattr(self, k))}
        out |= {k: v.isoformat() for k in ("day", "moment") if (v := getattr(self, k))}
        out |= {k: True for k in ("daily", "often", "odd", "nowhere") if getattr(self, k)}
        if self.times:
            out["times"] = [t.isoformat("minutes") for t in self.times]
        if self.days:
            out["days"] = list(self.days)
        if self.instead:
            out["instead"] = list(self.instead)
        return out

    @classmethod
    def from_plain(cls, data: Any) -> Wish | None:
        """The inverse; None for what is no wish."""
        if not isinstance(data, dict):
            return None
        rule = Rule.from_plain(data)
        return cls(
            text=plain.text(data.get("text"), LONGEST_TEXT), times=rule.times, days=rule.days, part=data["part"] if data.get("part") in plain.PARTS else "",
            day=plain.day(data.get("day")), daily=data.get("daily") is True, moment=plain.moment(data.get("moment")),
            collection=plain.word(data.get("collection")), district=plain.word(data.get("district")), often=data.get("often") is True,
            odd=data.get("odd") is True, nowhere=data.get("nowhere") is True, instead=_tokens(data.get("instead")),
        )  # fmt: skip


class Reminder(Record):
    """One reminder, asked for or set."""

    text: str = ""
    """What is said when it rings, in the words of whoever asked: "prendre vos médicaments"."""
    rule: Rule = Rule()
    collection: str = ""
    """Id of a collection, for one that follows its computed days (`rule` then holds those that are set)."""
    district: str = ""
    at: time | None = None
    """Hour of the evening before a collection."""
    locale: str = "fr-FR"
    tokens: tuple[str, ...] = ()
    """By which whoever rings knows it; one for each moment where dates are given."""

    @property
    def until(self) -> date | None:
        """The last day for which it is set, where it is set for days."""
        return max(self.rule.dates).date() if self.rule.dates else None

    def plain(self) -> dict[str, Any]:
        """As JSON values, empty ones left out."""
        out: dict[str, Any] = {k: v for k in ("text", "collection", "district", "locale") if (v := getattr(self, k))}
        if self.rule:
            out["rule"] = self.rule.plain()
        if self.at:
            out["at"] = self.at.isoformat("minutes")
        if self.tokens:
            out["tokens"] = list(self.tokens)
        return out

    @classmethod
    def from_plain(cls, data: Any) -> Reminder | None:
        """The inverse; None for what is no reminder."""
        if not isinstance(data, dict):
            return None
        return cls(
            text=plain.text(data.get("text"), LONGEST_TEXT), rule=Rule.from_plain(data.get("rule")), collection=plain.word(data.get("collection")),
            district=plain.word(data.get("district")), at=plain.clock(data.get("at")), locale=plain.word(data.get("locale")) or "fr-FR",
            tokens=_tokens(data.get("tokens")),
        )  # fmt: skip


def reminders_from(value: Any, most: int) -> tuple[Reminder, ...]:
    """Reminders of a list, as many as may be kept."""
    return tuple(r for v in _listed(value, most) if (r := Reminder.from_plain(v)) is not None)


def _tokens(value: Any) -> tuple[str, ...]:
    return tuple(t for v in _listed(value, MOST_TOKENS) if (t := plain.text(v, 200)))


def _listed(value: Any, most: int) -> list[Any]:
    return value[:most] if isinstance(value, list) else []
