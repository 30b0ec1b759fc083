"""How French sounds: hours, days, lists, articles that melt into prepositions. Pure functions, for the ear."""

from __future__ import annotations

from datetime import date, time
from typing import Final

WEEKDAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
YES: Final = "Oui, "
NO: Final = "Non, "
MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def hour(at: time) -> str:
    """ "20 heures 30", "midi", "minuit", "1 heure"."""
    if at == time(12):
        return "midi"
    if at == time(0):
        return "minuit"
    unit = "heure" if at.hour in (0, 1) else "heures"
    return f"{at.hour} {unit}{f' {at.minute:02d}' if at.minute else ''}"


def at_hour(at: time) -> str:
    """ "à 8 heures 30", "à midi"."""
    return f"à {hour(at)}"


def hours(opens: time, closes: time, ends_next_day: bool) -> str:
    """ "de 8 heures 30 à 13 heures"; midnight at the end is said so."""
    return f"de {hour(opens)} à {hour(closes)}"


def number_of_day(day: date) -> str:
    """ "1er" for the first, digits otherwise."""
    return "1er" if day.day == 1 else str(day.day)


def calendar_day(day: date, today: date) -> str:
    """ "samedi 22 novembre", the year only if it is another."""
    year = f" {day.year}" if day.year != today.year else ""
    return f"{WEEKDAYS[day.weekday()]} {number_of_day(day)} {MONTHS[day.month - 1]}{year}"


def near_day(day: date, today: date) -> str:
    """ "aujourd'hui", "demain", "samedi", or the whole date when it is not within the week."""
    ahead = (day - today).days
    if ahead in (0, 1):
        return ("aujourd'hui", "demain")[ahead]
    return WEEKDAYS[day.weekday()] if 2 <= ahead <= 6 else calendar_day(day, today)


def part_of_day(day: date, part: str, today: date) -> str:
    """ "ce soir", "demain matin", "samedi après-midi"."""
    if day == today:
        return {"morning": "ce matin", "afternoon": "cet après-midi", "evening": "ce soir", "night": "cette nuit"}[part]
    spoken = {"morning": "matin", "afternoon": "après-midi", "evening": "soir", "night": "dans la nuit"}[part]
    return f"{near_day(day, today)} {spoken}"


def full_day(day: date, today: date) -> str:
    """ "aujourd'hui", "demain", else the whole date: for what one must not miss."""
    return near_day(day, today) if (day - today).days in (0, 1) else calendar_day(day, today)


def between(first: date, last: date, today: date) -> str:
    """ "aujourd'hui", "jusqu'au dimanche 22 novembre", "samedi 21 et dimanche 22 novembre", "du lundi 23 au vendredi 27 novembre"."""
    if first <= today:
        ends = full_day(last, today)
        if ends == "demain":
            return "aujourd'hui et demain"
        return ends if last == today else f"jusqu'au {ends}"
    if first == last:
        return full_day(first, today)
    begins = calendar_day(first, today)
    if (first.year, first.month) == (last.year, last.month):
        begins = f"{WEEKDAYS[first.weekday()]} {number_of_day(first)}"
    ends = calendar_day(last, today)
    return f"{begins} et {ends}" if (last - first).days == 1 else f"du {begins} au {ends}"


def plain_date(day: date, today: date) -> str:
    """ "le 24 novembre 2025" without weekday, the year always said."""
    return f"{number_of_day(day)} {MONTHS[day.month - 1]} {day.year}"


def month(day: date) -> str:
    """ "en décembre"."""
    return f"en {MONTHS[day.month - 1]}"


def weekdays(days: tuple[int, ...]) -> str:
    """ "le lundi et le mardi", "du lundi au vendredi", "tous les jours"."""
    if len(days) == 7:
        return "tous les jours"
    if len(days) > 2 and days == tuple(range(days[0], days[-1] + 1)):
        return f"du {WEEKDAYS[days[0]]} au {WEEKDAYS[days[-1]]}"
    return join([f"le {WEEKDAYS[d]}" for d in days])


def join(parts: list[str], word: str = "et") -> str:
    """ "a, b et c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}" if parts else ""


def with_article(name: str, article: str, form: str) -> str:
    """A name with its article: form "le" (as is), "de" (du, de la, de l', des) or "a" (au, à la, à l', aux)."""
    if form == "de":
        melted = {"le": "du ", "la": "de la ", "l'": "de l'", "les": "des ", "": "d'" if name[:1].lower() in "aeiouyéèêàâîôh" else "de "}
    elif form == "a":
        melted = {"le": "au ", "la": "à la ", "l'": "à l'", "les": "aux ", "": "à "}
    else:
        melted = {"le": "le ", "la": "la ", "l'": "l'", "les": "les ", "": ""}
    return melted.get(article, f"{article} ") + name


def ages(start: float, to: float | None) -> str:
    """ "2 à 5 ans", "6 mois à 5 ans", "4 ans et plus"."""
    first = f"{int(start * 12)} mois" if start < 1 else f"{start:g} an{'s' if to is None and start > 1 else ''}" if to is None else f"{start:g}"
    if to is None:
        return f"{first} et plus"
    return f"{first} à {to:g} ans"


def number(value: float) -> str:
    """ "21,5" with a decimal comma."""
    return f"{value:g}".replace(".", ",")


def lasting(seconds: int) -> str:
    """ "12 minutes", "1 minute 30", "1 heure 5": to the half minute below two minutes, to the minute above."""
    if seconds < 10:
        return "quelques secondes"
    if seconds < 55:
        return f"{round(seconds / 10) * 10 or 10} secondes"
    if seconds < 105:
        return "1 minute 30" if seconds >= 75 else "1 minute"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} minutes"
    return f"{minutes // 60} heure{'s' if minutes >= 120 else ''}" + (f" {minutes % 60}" if minutes % 60 else "")


def reminders(count: int) -> str:
    """ "votre rappel", "vos 3 rappels"."""
    return "votre rappel" if count == 1 else f"vos {count} rappels"
