"""On which days a clerk's sentence is true: "ce week-end", said a fortnight ahead, would name another one."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from skill.speech import fr

_THIS_WEEK: Final = re.compile(
    r"\b(?:(?:ce|tout le) week-?end|cette semaine|ce (?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche))\b|this week|this week-?end", re.I
)
_TODAY: Final = re.compile(
    r"\b(?:aujourd['’]hui|ce soir|ce matin|ce midi|cet apr[eè]s-?midi|cette nuit|en ce moment|actuellement|today|tonight|right now)\b", re.I
)
_TOMORROW: Final = re.compile(r"\b(?:demain|tomorrow)\b", re.I)
_VAGUE: Final = re.compile(
    r"\b(?:hier|apr[eè]s-demain|la semaine prochaine|le mois prochain|(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) prochain|prochainement"
    r"|bient[oô]t|next week)\b",
    re.I,
)
_CLOSING: Final = re.compile(r"\bferm(?:é|ée|és|ées|e|ent|era|eront|eture)\b|\bn['’]ouvr|\bclos\b|\bclosed\b", re.I)
_COLLECTING: Final = re.compile(r"\bcollecte|\bpassage|\bramass|\bcollection|\bcollected", re.I)
_WEEKDAY: Final = re.compile(r"\b(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b", re.I)


def true_days(sentence: str, first: date, last: date) -> tuple[date | None, date | None]:
    """First and last day on which a sentence about a span of days is true as worded; None for no bound."""
    if _TOMORROW.search(sentence):
        return first - timedelta(days=1), first - timedelta(days=1)
    if _TODAY.search(sentence):
        return first, last
    if _THIS_WEEK.search(sentence):
        return first - timedelta(days=first.weekday()), last
    return None, None


def is_whole(sentence: str, effect: str) -> bool:
    """Whether a clerk's words are the announcement itself, and not what is added to it ("en raison de travaux")."""
    return bool((_CLOSING if effect == "closed" else _COLLECTING).search(sentence))


def doubts(sentence: str, first: date, last: date, today: date) -> list[str]:
    """What somebody should look at twice in a sentence, in French."""
    out = []
    vague = _VAGUE.search(sentence)
    if vague:
        out.append(f"« {vague[0]} » changera de sens d'un jour à l'autre : écrire la date")
    start, until = true_days(sentence, first, last)
    if start is not None and until is not None and today < start:
        out.append(f"cette phrase n'est juste que {_span(start, until, today)} : avant, la voix dira les dates à sa place")
    named = {fr.WEEKDAYS.index(d.lower()) for d in _WEEKDAY.findall(sentence)}
    held = {(first + timedelta(days=n)).weekday() for n in range(min((last - first).days, 6) + 1)}
    if named and not named & held:
        days = "le " + fr.calendar_day(first, today) if first == last else fr.between(first, last, first - timedelta(days=9))
        out.append(f"la phrase dit « {fr.WEEKDAYS[min(named)]} », et les dates choisies sont {days}")
    return out


def _span(start: date, until: date, today: date) -> str:
    return f"le {fr.calendar_day(start, today)}" if start == until else f"du {fr.calendar_day(start, today)} au {fr.calendar_day(until, today)}"
