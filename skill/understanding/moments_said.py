"""When to ring, as people say it: hours of every day or of some weekdays, every few hours, a day, a moment from now.

`dates.scan` reads one day and one hour; a reminder may have several of each, and comes back. What comes back is read here first,
the hours next, and what is left of days by the same rules as everywhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Final

from skill.conversation.reminders import MOST_TIMES, Moments
from skill.understanding.cannot_be import cannot_be, no_such_day
from skill.understanding.comes_back import DAY_PARTS, Reading, interval, number_at, parts, phrases, weekdays
from skill.understanding.dates import scan
from skill.understanding.hours_said import clock
from skill.understanding.scanner import Scan

_RANGE: Final = {"morning": (8, 12), "afternoon": (14, 18), "evening": (18, 22), "day": (8, 20)}
"""Hours between which "toutes les deux heures" rings, where only the part of the day was said."""
_LEAST_MINUTES: Final = 60
_BEFORE_HOUR: Final = frozenset({"a", "vers", "de", "entre", "et", "at", "from", "between", "to", "and", "pour", "around", "jusqu"})
_FRACTIONS: Final = (
    ("une demi heure", 30), ("1 demi heure", 30), ("une petite demi heure", 30), ("half an hour", 30), ("a half hour", 30), ("un quart d heure", 15),
    ("un petit quart d heure", 15), ("3 quarts d heure", 45), ("three quarters of an hour", 45), ("3 quarters of an hour", 45), ("a quarter of an hour", 15),
)  # fmt: skip
"""Parts of an hour from now, in minutes."""


class Said(Moments):
    """What was said of when, and which words said it."""

    words: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.moments())


def when_said(words: list[str], now: datetime, language: str) -> Said:
    """What folded words, numbers in digits, say of when to ring, at a zoned moment. What is taken back ("non, mardi", "pas dimanche") does not count."""
    for k in range(len(words) - 1, 0, -1):
        if words[k] not in _TAKEN_BACK:
            continue
        left, right = _read(words[:k], now, language), _read(words[k + 1 :], now, language)
        if left and right and 0 in {min(right.words) - n for n in range(_NEAR)}:
            return _replaced(left, right, k)
    for k, word in enumerate(words):
        if word in ("pas", "not"):
            refused = _read(words[k + 1 : k + 1 + _LONGEST_REFUSED], now, language)
            length = next((n for n in range(_LONGEST_REFUSED + 1) if n not in refused.words and n >= min(refused.words, default=99)), 0)
            if refused and min(refused.words) < _NEAR:
                rest = _read(["…" if k <= i <= k + length else w for i, w in enumerate(words)], now, language)
                return rest.but(words=rest.words | set(range(k, k + 1 + length)))
    return _read(list(words), now, language)


_TAKEN_BACK: Final = frozenset({"non", "pardon", "plutot", "no", "sorry", "rather"})
_NEAR: Final = 3
"""Words between what takes back and what is said instead."""
_LONGEST_REFUSED: Final = 4


def _replaced(left: Said, right: Said, k: int) -> Said:
    """The first reading with what the second says anew."""
    day = right if right.day or right.days or right.daily or right.moment else left
    clock = right if right.times or right.part else left
    words = left.words | {k} | {w + k + 1 for w in right.words} | ({k - 1} if k - 1 not in left.words else set())
    return left.but(
        times=clock.times, part=clock.part, day=day.day, days=day.days, daily=day.daily, moment=day.moment, often=left.often or right.often,
        odd=left.odd or right.odd, nowhere=right.nowhere, words=frozenset(words),
    )  # fmt: skip


def _read(words: list[str], now: datetime, language: str) -> Said:
    r = Reading(words, now, language)
    odd = cannot_be(r)
    before = _before(r)
    soon = _soon(r)
    moment = _from_now(r)
    interval(r)
    phrases(r)
    weekdays(r)
    parts(r)
    spans = _clocks(r)
    times = _times(r, [at for at, _ in spans], bool(r.step))
    left = [w if i not in r.used else "…" for i, w in enumerate(words)]
    heard = scan(left, now, language)
    if heard.when.day and heard.when.day < now.date():  # "je suis tombée hier": told, not wished for
        heard = scan([w if i not in heard.words else "…" for i, w in enumerate(left)], now, language)
    day = None if r.days or r.daily or moment or heard.when.month else heard.when.day
    if heard.when.day and not heard.when.month:
        r.used |= heard.words
    part = (r.parts or [heard.when.part])[0] if not times else ""
    if heard.when.part:
        r.used |= {i for i in heard.words if words[i] in DAY_PARTS or words[i] in ("ce", "cet", "cette", "this", "apres", "midi")}
        if times and day and heard.when.part in ("evening", "afternoon"):
            times = tuple(t.replace(hour=t.hour + 12) if 0 < t.hour < 12 and (heard.when.part == "evening" or t.hour < 8) else t for t in times)
            if times == (time(0),):  # midnight of an evening is the next day's first minute
                day += timedelta(days=1)
    if part and not times and not day and any(words[i] in ("ce", "cet", "cette", "this", "tonight") for i in heard.words):
        day = now.date()
    if soon and len(times) == 1 and not day:
        times = tuple(t if datetime.combine(now.date(), t, now.tzinfo) > now else t.replace(hour=(t.hour + 12) % 24) for t in times)
    too_often = bool(r.step) and (r.step < _LEAST_MINUTES or len(times) > MOST_TIMES)
    daily = r.daily or bool(r.step and not r.days and not day)
    if before and times:
        times = tuple(sorted((datetime.combine(now.date(), t) - timedelta(minutes=before)).time() for t in times))
    nowhere = not day and not r.days and not daily and no_such_day(r)
    return Said(times[:MOST_TIMES], part, day, tuple(sorted(r.days)), daily, moment, too_often, odd, nowhere, frozenset(r.used))


def _before(r: Reading) -> int:
    """Minutes before something: "une heure avant mon rendez-vous de dix heures", "half an hour before"."""
    for i in range(len(r.w)):
        for phrase, minutes in _FRACTIONS:
            n = r.at(i, phrase)
            if n and r.word(i + n) in ("avant", "before"):
                r.take(i, n + 1)
                return minutes
        count, unit = number_at(r.word(i)), r.word(i + 1)
        if count and unit in ("heure", "heures", "hour", "hours", "minute", "minutes") and r.word(i + 2) in ("avant", "before"):
            r.take(i, 3)
            return count * (60 if unit[0] == "h" else 1)
    return 0


def _soon(r: Reading) -> bool:
    """ "tout à l'heure", "later today": the hour said is the next that the clock shows."""
    found = False
    for phrase in ("tout a l heure", "tantot", "later today", "later on", "later", "plus tard"):
        for i in range(len(r.w)):
            if n := r.at(i, phrase):
                r.take(i, n)
                found = True
    return found


def _from_now(r: Reading) -> datetime | None:
    """ "dans deux heures", "dans trois quarts d'heure", "in an hour and a half"."""
    for i, word in enumerate(r.w):
        if word not in ("dans", "in", "d"):
            continue
        j = i + 2 if r.at(i, "d ici") else i + 1
        for phrase, minutes in _FRACTIONS:
            if n := r.at(j, phrase):
                r.take(i, j - i + n)
                return _later(r.now, minutes)
        count = number_at(r.word(j))
        unit = r.word(j + 1)
        if count and unit in ("heure", "heures", "hour", "hours", "minute", "minutes", "min", "h"):
            minutes, n = count * (60 if unit[0] == "h" else 1), 2
            if unit[0] == "h" and r.word(j + n).isdigit() and int(r.word(j + n)) < 60:
                minutes, n = minutes + int(r.word(j + n)), n + 1
            for phrase, more in (("et demie", 30), ("et demi", 30), ("and a half", 30), ("et quart", 15), ("3 quarts", 45)):
                if taken := r.at(j + n, phrase):
                    minutes, n = minutes + more, n + taken
                    break
            r.take(i, j - i + n)
            return _later(r.now, minutes)
    return None


def _later(now: datetime, minutes: int) -> datetime:
    """Some real minutes later, also over a change of clocks."""
    return (now.replace(second=0, microsecond=0).astimezone(UTC) + timedelta(minutes=minutes)).astimezone(now.tzinfo)


def _clocks(r: Reading) -> list[tuple[time, range]]:
    """Every hour said, with its words; each with the half of the day that was said beside it."""
    found = []
    i = 0
    while i < len(r.w):
        if i in r.used:
            i += 1
            continue
        one = r.word(i) in ("une", "1") and r.word(i + 1) == "heure"
        words = [("1" if one and k == i else w) if k not in r.used else "…" for k, w in enumerate(r.w)]
        s = Scan(words, r.now, r.language)
        n = clock(s, i)
        if not n and words[i].isdigit() and len(words[i]) <= 2 and int(words[i]) < 24 and _beside(r, i, words):
            s.at, n = time(int(words[i])), 1
        if not n or s.at is None:
            i += 1
            continue
        found.append((_half(s.at, s.part, s.half, r), range(i, i + n)))
        lead = 2 if r.w[max(0, i - 2) : i] == ["vers", "les"] else 1 if r.word(i - 1) in _BEFORE_HOUR else 0
        r.take(i - lead, n + lead)
        i += n
    return found


def _beside(r: Reading, i: int, words: list[str]) -> bool:
    """A bare number that is an hour because another hour follows it: "à 8 et 20 heures", "between 2 and 6 pm"."""
    unit = any(w in ("heures", "heure", "pm", "am", "midi") for w in words[i + 2 : i + 4])
    return unit and r.word(i + 1) in ("et", "and", "a", "to") and r.word(i - 1) in _BEFORE_HOUR


def _half(at: time, part: str, half: str, r: Reading) -> time:
    """An hour of the clock in the half of the day that is meant."""
    hour = at.hour
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    elif part == "evening" and 4 <= hour < 12:
        hour += 12
    elif part == "evening" and hour < 4:
        hour = hour + 12 if "apres" in r.w else hour
    elif not half and not part and 1 <= hour <= _EARLY and not _morning(r):
        hour += 12
    return at.replace(hour=hour % 24)


_EARLY: Final = 5
"""Up to this hour, nobody means the night unless it is said: "à trois heures" is 15."""


def _morning(r: Reading) -> bool:
    return any(w in ("matin", "matins", "matinee", "morning", "mornings", "nuit", "night") for w in r.w)


def _times(r: Reading, clocks: Iterable[time], stepped: bool) -> tuple[time, ...]:
    """The hours at which to ring."""
    times = list(clocks)
    if stepped:
        if len(times) >= 2:
            first, last = times[0], times[1]
        elif r.parts and r.parts[0] in _RANGE:
            first, last = (time(h) for h in _RANGE[r.parts[0]])
        else:
            return ()
        start, end = first.hour * 60 + first.minute, last.hour * 60 + last.minute
        end = end + 720 if end < start and end + 720 < 1440 else end
        return tuple(time(m // 60, m % 60) for m in range(start, end + 1, r.step)) if r.step >= _LEAST_MINUTES // 4 else ()
    out = set()
    for at in times:
        if len(times) == 1 and at.hour < 12 and {"morning", "evening"} <= set(r.parts):
            out |= {at, at.replace(hour=at.hour + 12)}
        elif 0 < at.hour < 12 and (set(r.parts) in ({"evening"}, {"afternoon"}) or (set(r.parts) == {"night"} and at.hour > _EARLY)):
            out.add(at.replace(hour=at.hour + 12))
        else:
            out.add(at)
    return tuple(sorted(out))
