"""Which opening_hours strings are good: those the library would read as the clerk meant them. Read only when a town is checked."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from opening_hours import OpeningHours, ParserError, State, UnknownCountryError  # type: ignore[attr-defined]

from skill.record import Record

_BANNED: Final = (
    (re.compile(r"\|\|"), "« || » : l'écrire comme une règle de plus, séparée par « ; »"),
    (re.compile(r"\bSH\b"), "« SH » (vacances scolaires) n'est pas lu : écrire les dates"),
    (re.compile(r"\""), "pas de commentaire dans les horaires : utiliser hours_note"),
    (re.compile(r"\bunknown\b"), "horaires inconnus : laisser le champ vide"),
    (re.compile(r"\d\+"), "heure ouverte « 12:00+ » : écrire l'heure de fin"),
    (re.compile(r"\b(?:sunrise|sunset|dawn|dusk)\b"), "lever ou coucher du soleil : écrire des heures"),
)
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LISTED: Final = re.compile(rf"\b({'|'.join(MONTHS)})((?:, ?(?:{'|'.join(MONTHS)}))+) (?=(?:Mo|Tu|We|Th|Fr|Sa|Su)\[)")
"""Months told one by one before an nth weekday: the library drops the months."""
_DATE: Final = re.compile(rf"(?:\b(\d{{4}}) )?\b({'|'.join(MONTHS)}) (\d{{1,2}})(?![\d:])(?:-(\d{{1,2}})(?![\d:]))?")
_SPAN: Final = re.compile(r"(\d{1,2}):(\d{2}) ?- ?(\d{1,2}):(\d{2})")
_TIMES: Final = re.compile(rf"{_SPAN.pattern}(?: ?, ?{_SPAN.pattern})*")
_MORE: Final = re.compile(r"(?<=\d), ?(?=[A-Z])")
"""Between a time and the next days: a rule that adds to the one before."""
_OFF: Final = re.compile(r"\b(?:off|closed)$")
_WEEKDAYS_ONLY: Final = re.compile(r"^(?:(?:Mo|Tu|We|Th|Fr|Sa|Su)[-, ]*)*$")
_LONGEST: Final = 18 * 60
"""Minutes of a span that may be meant."""
_LAST_NIGHT: Final = 6 * 60
"""Minute until which a night that closes the next day may be meant."""
_YEARS_AHEAD: Final = 12


class _Rule(Record):
    text: str
    selector: str
    times: str
    off: bool
    days: frozenset[int]
    """Days, counted from the first one looked at, that the rule speaks of."""


@lru_cache(maxsize=64)
def known_country(code: str) -> bool:
    """Whether public holidays are known for a country."""
    try:
        OpeningHours("PH", country=code)
    except UnknownCountryError:
        return False
    return True


@lru_cache(maxsize=1024)
def problems_in(notation: str, country: str) -> tuple[str, ...]:
    """What is wrong with an opening_hours string, each with what to write instead; empty when it is good."""
    found = [advice for pattern, advice in _BANNED if pattern.search(notation)]
    listed = _LISTED.search(notation)
    if listed:
        found.append(f"« {listed[0].strip()} Sa[1] » serait mal lu : mettre deux-points après les mois, « {listed[0].strip()}: Sa[1] »")
    if not found:
        try:
            hours = OpeningHours(notation, country=country)
        except (ParserError, ValueError, SyntaxError):
            return (
                *_dates(notation),
                "notation opening_hours illisible ; exemple : Mo-Fr 09:00-17:00, ou dans un tableau « du lundi au vendredi 9h-17h »",
            )
        found = [*_dates(notation), *_spans(notation)]
        found = found or _order(_rules(notation, country)) or _never(hours, notation)
    return tuple(dict.fromkeys(found))


def safe(notation: str) -> str:
    """The same rules as somebody else wrote them, in a form that the library reads as they meant it."""
    return _LISTED.sub(lambda m: f"{m[1]}{m[2]}: ", notation)


def _dates(notation: str) -> list[str]:
    found = []
    for year, month, *days in _DATE.findall(notation):
        number = MONTHS.index(month) + 1
        longest = calendar.monthrange(int(year or 2024), number)[1]
        found += [f"« {year} {month} {d} » n'existe pas : ce mois a {longest} jours".replace("«  ", "« ") for d in days if d and not 1 <= int(d) <= longest]
    return found


def _spans(notation: str) -> list[str]:
    found = []
    for span in _SPAN.finditer(notation):
        hour, minute, last_hour, last_minute = map(int, span.groups())
        opens, closes = 60 * hour + minute, 60 * last_hour + last_minute
        night = opens >= 12 * 60 and closes <= _LAST_NIGHT
        if opens == closes:
            found.append(f"« {span[0]} » : écrire 24/7, ou 00:00-24:00, si c'est ouvert jour et nuit")
        elif closes < opens and not night:
            advice = f"si c'est vraiment la nuit, {hour:02}:{minute:02}-{last_hour + 24:02}:{last_minute:02}"
            found.append(f"« {span[0]} » ferme avant d'ouvrir : écrire {span[3]}:{span[4]}-{span[1]}:{span[2]} ; {advice}")
        elif closes - opens > _LONGEST and closes - opens != 24 * 60:
            found.append(f"« {span[0]} » fait plus de {_LONGEST // 60} heures : vérifier ; 24/7 si c'est ouvert jour et nuit")
    return found


def _window(notation: str) -> tuple[datetime, int]:
    """First day and number of days to look at: two years with a 29 February, or the years that the notation names."""
    years = [int(y) for y in re.findall(r"\b(20\d\d)\b(?!:)", notation)]
    first = min(years, default=2024)
    return datetime(first, 1, 1), 366 * (min(max(years, default=first + 1) - first, _YEARS_AHEAD) + 1)


def _rules(notation: str, country: str) -> list[_Rule]:
    first, count = _window(notation)
    rules = []
    for rule in (r.strip() for r in notation.split(";") if r.strip()):
        selectors, times = [], []
        for part in _MORE.split(rule):
            found = _TIMES.search(part)
            selectors.append(_OFF.sub("", part[: found.start()] if found else part.replace("24/7", "")).removesuffix("open").strip())
            times.append(found[0] if found else "")
        days: set[int] = set()
        for selector in selectors:
            try:
                hours = OpeningHours(f"{selector} 00:00-24:00".strip(), country=country)
            except (ParserError, ValueError, SyntaxError):
                continue
            days.update(n for n in range(count) if hours.is_open(first + timedelta(days=n, hours=12)))
        rules.append(_Rule(rule, selectors[0], ",".join(times), bool(_OFF.search(rule)), frozenset(days)))
    return rules


def _order(rules: list[_Rule]) -> list[str]:
    """Rules that undo an earlier one: of two that speak of a day, only the later one counts."""
    found = []
    for n, rule in enumerate(rules):
        later = [r for r in rules[n + 1 :] if not r.off]
        if rule.off and re.search(r"\bPH\b", rule.selector):
            if any(_reopens(r, rule) for r in later):
                found.append("« PH off » doit venir en dernier, sinon la règle suivante rouvre les jours fériés")
        elif not rule.off:
            hiding = [r for r in later if _hides(r, rule)] or ([r for r in later if r.days & rule.days] if _covered(rule, later) else [])
            if hiding:
                found.append(f"« {hiding[0].text} » remplace « {rule.text} » : {_instead(rule, hiding[0])}")
    return found


def _reopens(rule: _Rule, closed: _Rule) -> bool:
    """A later rule opens days that were closed, and names neither holidays nor a date of the year."""
    return bool(rule.days & closed.days) and "PH" not in rule.selector and not _DATE.search(rule.selector)


def _covered(rule: _Rule, later: Iterable[_Rule]) -> bool:
    return bool(rule.days) and rule.days <= frozenset().union(*(r.days for r in later))


def _hides(later: _Rule, rule: _Rule) -> bool:
    """On the same weekdays, other hours of the day: they were meant to be added."""
    if not (later.days & rule.days and _WEEKDAYS_ONLY.match(rule.selector) and _WEEKDAYS_ONLY.match(later.selector)):
        return False
    return _apart(rule.times, later.times)


def _apart(one: str, other: str) -> bool:
    ends = [sorted((f"{a:0>2}:{b}", f"{c:0>2}:{d}") for a, b, c, d in _SPAN.findall(times)) for times in (one, other)]
    return all(ends) and (ends[0][-1][1] <= ends[1][0][0] or ends[1][-1][1] <= ends[0][0][0])


def _instead(rule: _Rule, later: _Rule) -> str:
    if not _apart(rule.times, later.times):
        return "n'écrire chaque jour qu'une fois"
    times = ",".join(sorted((rule.times, later.times)))
    if rule.days <= later.days:
        return f"écrire {rule.selector} {times}".replace("  ", " ")
    return f"écrire les jours qui ont les deux une seule fois, {later.selector} {times}, puis les autres jours".replace("  ", " ")


def _never(hours: OpeningHours, notation: str) -> list[str]:
    first, count = _window(notation)
    if any(state == State.OPEN for _, _, state, _ in hours.intervals(first, first + timedelta(days=count))):
        return []
    return ["ces horaires n'ouvrent jamais : les corriger, ou laisser le champ vide et le dire dans hours_note"]
