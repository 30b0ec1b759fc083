"""Hours as people write them in a table ("du lundi au vendredi 9h-12h30 et 14h-18h ; samedi 10h-13h") as the notation; nothing is guessed."""

from __future__ import annotations

import re
from typing import Final

from skill.city.fold import fold
from skill.console.hours_form import DAYS
from skill.speech import fr

_HOUR: Final = r"(\d{1,2})\s?[h:]\s?(\d{2})?"
_SPAN: Final = re.compile(rf"(?:de\s)?{_HOUR}\s?(?:-|–|à|a)\s?{_HOUR}")
_SHORT: Final = {day[:3]: n for n, day in enumerate(fr.WEEKDAYS)} | {day: n for n, day in enumerate(fr.WEEKDAYS)}


def notation_of(text: str) -> str:
    """The notation of hours written in French; the text itself where it is not plain."""
    rules = []
    for part in re.split(r"\s*[;/\n]\s*|\.\s+", text.strip().rstrip(".")):
        spans = [_span(m) for m in _SPAN.finditer(part)]
        named = _SPAN.sub(" ", part)
        days = _days(fold(re.sub(r"\bet\b|[,:]", " , ", named)))
        if not spans or not all(spans) or days is None:
            return text
        rules.append(f"{days}{' ' if days else ''}{','.join(spans)}")
    return "; ".join(rules)


def _span(found: re.Match[str]) -> str:
    hours = int(found[1]), int(found[2] or 0), int(found[3]), int(found[4] or 0)
    good = hours[0] < 24 and hours[2] <= 24 and hours[1] < 60 and hours[3] < 60
    return f"{hours[0]:02d}:{hours[1]:02d}-{hours[2]:02d}:{hours[3]:02d}" if good else ""


def _days(words: str) -> str | None:
    """ "Mo-Fr" of "du lundi au vendredi", "" of every day, None of anything else."""
    said = [w for w in words.split() if w not in ("le", "les", "de", "des", "ouvert", "horaires", "et", "ouverture", "s")]
    if not said or said in (["tous", "jours"], ["tous", "les", "jours"], ["7j", "7"]):
        return ""
    out: list[str] = []
    n = 0
    while n < len(said):
        word = said[n].removesuffix("s") if said[n].removesuffix("s") in _SHORT else said[n]
        if word in ("du", "au", "a"):
            n += 1
            continue
        if word not in _SHORT:
            return None
        if n + 2 < len(said) and said[n + 1] in ("au", "a") and said[n + 2].removesuffix("s") in _SHORT:
            out.append(f"{DAYS[_SHORT[word]]}-{DAYS[_SHORT[said[n + 2].removesuffix('s')]]}")
            n += 3
            continue
        out.append(DAYS[_SHORT[word]])
        n += 1
    return ",".join(out)
