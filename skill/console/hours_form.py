"""Opening hours as a plain form: lines of days and hours, by season where there are seasons, to the notation and back.

What the form cannot show (the fourth Thursday, dates of one year) is left as its notation, which can be edited as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from skill.city.hours import Timetable, is_holiday, weekly
from skill.city.notation import MONTHS
from skill.console.forms import Form
from skill.record import Record
from skill.speech import fr

DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
FEWEST_LINES: Final = 3
MOST_LINES: Final = 12
ALWAYS, NONE, PLAIN, NOTATION = "always", "none", "plain", "notation"
HOLIDAYS: Final = {"": "je ne sais pas", "off": "fermé", "same": "ouvert comme les autres jours"}
_RULE: Final = re.compile(
    r"(?:(?P<months>[A-Z][a-z]{2}(?:[-,][A-Z][a-z]{2})*):? )?(?:(?P<days>(?:Mo|Tu|We|Th|Fr|Sa|Su)(?:[-,](?:Mo|Tu|We|Th|Fr|Sa|Su))*)(?P<ph>,PH)? )?"
    r"(?P<times>\d{2}:\d{2}-\d{2}:\d{2}(?:,\d{2}:\d{2}-\d{2}:\d{2})?)"
)


class Line(Record):
    """Some days, with one or two spans of hours; `start` and `to` are months, 0 for the whole year."""

    days: tuple[int, ...] = ()
    spans: tuple[tuple[str, str], ...] = ()
    start: int = 0
    to: int = 0


class Week(Record):
    """What the form shows."""

    mode: str = PLAIN
    lines: tuple[Line, ...] = ()
    holidays: str = ""
    notation: str = ""


def to_week(notation: str) -> Week:
    """The form of a notation."""
    notation = notation.strip()
    if not notation:
        return Week(NONE)
    if notation in ("24/7", "24/7; PH open"):
        return Week(ALWAYS, notation=notation)
    lines, holidays = [], ""
    rules = [r.strip() for r in notation.split(";")]
    for n, rule in enumerate(rules):
        if rule == "PH off" and n == len(rules) - 1:
            holidays = "off"
            continue
        found = _RULE.fullmatch(re.sub(r" ?([,-]) ?(?=[A-Z0-9])", r"\1", rule))
        if not found:
            return Week(NOTATION, notation=notation)
        if found["ph"]:
            holidays = "same"
        spans = tuple((span[:5], span[6:]) for span in found["times"].split(","))
        for season in (found["months"] or "").split(","):
            months = [MONTHS.index(m) + 1 for m in season.split("-") if m in MONTHS]
            if season and len(months) != season.count("-") + 1:
                return Week(NOTATION, notation=notation)
            lines.append(Line(_days(found["days"] or "Mo-Su"), spans, months[0] if months else 0, months[-1] if months else 0))
    return Week(PLAIN, tuple(lines), holidays, notation)


def _days(text: str) -> tuple[int, ...]:
    out: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        start, end = DAYS.index(first), DAYS.index(last or first)
        out |= set(range(start, end + 1)) if start <= end else {*range(start, 7), *range(end + 1)}
    return tuple(sorted(out))


def to_notation(week: Week) -> str:
    """The notation of a form."""
    if week.mode == NONE:
        return ""
    if week.mode == ALWAYS:
        return week.notation or "24/7"
    if week.mode == NOTATION:
        return week.notation
    rules = []
    for line in week.lines:
        if not line.spans:
            continue
        months = f"{MONTHS[line.start - 1]}{f'-{MONTHS[line.to - 1]}' if line.to != line.start else ''} " if line.start else ""
        holiday = ",PH" if week.holidays == "same" else ""
        rules.append(f"{months}{_named(line.days)}{holiday} {','.join(f'{a}-{b}' for a, b in line.spans)}")
    if rules and week.holidays == "off":
        rules.append("PH off")
    return "; ".join(rules)


def _named(days: tuple[int, ...]) -> str:
    """ "Mo-Fr", "Mo,We,Sa-Su"."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(DAYS[r[0]] if len(r) == 1 else f"{DAYS[r[0]]}-{DAYS[r[-1]]}" if len(r) > 2 else f"{DAYS[r[0]]},{DAYS[r[1]]}" for r in runs)


def fields_of(week: Week) -> dict[str, str]:
    """As fields of a form."""
    out = {"mode": week.mode, "holidays": week.holidays, "notation": week.notation}
    for n, line in enumerate(week.lines):
        out |= {f"l{n}d{d}": "on" for d in line.days} | {f"l{n}from": str(line.start or ""), f"l{n}to": str(line.to or "")}
        for m, (start, end) in enumerate(line.spans):
            out |= {f"l{n}s{m}": start, f"l{n}e{m}": end}
    return out


def count_lines(given: Mapping[str, str]) -> int:
    """How many lines to show: two more than are filled in."""
    used = [int(found[1]) for key, value in given.items() if value and (found := re.fullmatch(r"l(\d{1,2})(?:d\d|s\d|e\d)", key))]
    return min(MOST_LINES, max(FEWEST_LINES, max(used, default=-1) + 2))


def read_week(form: Form, given: Mapping[str, str]) -> Week:
    """The week of a filled form; what is missing or contrary is noted in the form."""
    mode = form.chosen("mode", (PLAIN, ALWAYS, NONE, NOTATION)) or PLAIN
    if mode == NOTATION:
        return Week(mode, notation=form.text("notation", 1000))
    if mode != PLAIN:
        return Week(mode)
    lines = []
    for n in range(MOST_LINES):
        days = tuple(d for d in range(7) if given.get(f"l{n}d{d}"))
        spans = []
        for m in range(2):
            start, end = form.hour(f"l{n}s{m}"), form.hour(f"l{n}e{m}")
            if bool(start) != bool(end):
                form.wrong.append((f"l{n}{'e' if start else 's'}{m}", f"ligne {n + 1} : donner l'heure de début et l'heure de fin"))
            elif start and start == end:
                form.wrong.append((f"l{n}e{m}", f"ligne {n + 1} : l'heure de fin est celle du début"))
            elif start:
                spans.append((start, end))
        months = [int(v) if (v := given.get(f"l{n}{k}", "")).isdecimal() and v.isascii() and len(v) < 3 and 1 <= int(v) <= 12 else 0 for k in ("from", "to")]
        if bool(months[0]) != bool(months[1]):
            form.wrong.append((f"l{n}d0", f"ligne {n + 1} : dire de quel mois à quel mois"))
        if spans and not days:
            form.wrong.append((f"l{n}d0", f"ligne {n + 1} : cocher les jours"))
        elif days and not spans:
            form.wrong.append((f"l{n}s0", f"ligne {n + 1} : donner les heures, ou décocher les jours"))
        elif spans:
            if len(spans) == 2 and spans[1][0] < spans[0][1]:
                form.wrong.append((f"l{n}s1", f"ligne {n + 1} : les secondes heures commencent avant la fin des premières"))
            lines.append(Line(days, tuple(spans), months[0], months[1]))
    if not lines:
        form.wrong.append(("mode", "aucune heure n'est donnée : en donner, ou choisir « horaires inconnus »"))
    return Week(PLAIN, tuple(lines), form.chosen("holidays", HOLIDAYS))


def spelled(notation: str, zone: str, country: str, today: date, days: int = 14) -> list[dict[str, Any]]:
    """The coming days of a notation, as they will be said. Raises what a bad notation raises."""
    table = Timetable(notation, zone, country)
    out = []
    for each in table.days(today, today + timedelta(days=days - 1)):
        hours = "jour et nuit" if each.all_day else fr.join([fr.hours(s.opens.time(), s.closes.time(), False) for s in each.spans]) or "fermé"
        out.append({"day": fr.calendar_day(each.day, today), "hours": hours, "holiday": is_holiday(each.day, country), "weekend": each.day.weekday() > 4})
    return out


def usual_week(notation: str, zone: str, country: str, today: date) -> str:
    """The week of the season in words, as the voice tells it: "du mardi au samedi de 10 heures à 18 heures 30"."""
    parts = []
    for pattern in weekly(Timetable(notation, zone, country), today, country):
        if pattern.all_day or pattern.spans:
            hours = "jour et nuit" if pattern.all_day else fr.join([fr.hours(a, b, False) for a, b in pattern.spans])
            parts.append(f"{fr.weekdays(pattern.weekdays)} {hours}")
    return fr.join(parts, "et") or "fermé toute la semaine"
