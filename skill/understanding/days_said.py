"""Days as people say them: each rule looks at the words from one position, and says how many it took."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Final

from skill.city.numbers import ordinal
from skill.understanding.feasts import coming
from skill.understanding.scanner import PARTS, Scan, by_first_word

WEEKDAYS: Final = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
}
_DAY_NAMES: Final = WEEKDAYS["fr"] + WEEKDAYS["en"]
MONTHS: Final = {
    "fr": ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
    "en": ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"),
}
_EVERY_MONTH: Final = {m: k + 1 for language in MONTHS.values() for k, m in enumerate(language)}
_UNSURE_MONTHS: Final = frozenset({"mars", "mai", "march", "may"})
"""Months that are words of another sense too: they need a preposition or a number before them."""
_BEFORE_MONTH: Final = frozenset({"en", "de", "d", "mois", "in", "of", "debut", "fin", "mi", "during", "since", "from"})
_SEASONS: Final = {
    "hiver": (12, 2), "hivernal": (12, 2), "ete": (6, 8), "estival": (6, 8), "printemps": (3, 5), "automne": (9, 11),
    "winter": (12, 2), "summer": (6, 8), "spring": (3, 5), "autumn": (9, 11), "fall": (9, 11),
}  # fmt: skip
_RELATIVE: Final = by_first_word((
        (("apres", "demain"), 2), (("avant", "hier"), -2), (("aujourd", "hui"), 0), (("aujourdhui",), 0), (("day", "after", "tomorrow"), 2), (("demain",), 1),
        (("tomorrow", "week"), 8), (("a", "week", "tomorrow"), 8), (("a", "week", "today"), 7), (("tomorrow",), 1), (("today",), 0), (("hier",), -1),
        (("yesterday",), -1), (("day", "before", "yesterday"), -2), (("ce", "jour"), 0),
))  # fmt: skip
_SMALL: Final = {"un": 1, "une": 1, "a": 1, "one": 1, "quelques": 3}
_DAYS_OF: Final = {
    "jour": 1, "jours": 1, "day": 1, "days": 1, "semaine": 7, "semaines": 7,
    "week": 7, "weeks": 7, "mois": 30, "month": 30, "months": 30}  # fmt: skip
_MINUTES_OF: Final = {"heure": 60, "heures": 60, "hour": 60, "hours": 60, "minute": 1, "minutes": 1}
_ORDINALS: Final = {
    "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11,
     "twelfth": 12, "fourteenth": 14, "fifteenth": 15, "twentieth": 20}  # fmt: skip


def relative(s: Scan, i: int) -> int:
    """ "demain", "après-demain", "ce soir", "dans deux jours", "in an hour"."""
    found = s.longest(i, _RELATIVE)
    if found:
        n, days = found
        if s.at_word(i + n, "en", "8"):
            days, n = days + 7, n + 2
        s.set_day(s.today + timedelta(days=days))
        return s.take(i, n)
    if s.at_word(i, "tonight"):
        s.set_day(s.today)
        s.part = "evening"
        return s.take(i, 1)
    if s.w[i] in ("ce", "cet", "cette", "this") and i + 1 < len(s.w):
        following = s.w[i + 1]
        if s.at_word(i + 1, "apres", "midi"):
            s.set_day(s.today)
            s.part = "afternoon"
            return s.take(i, 3)
        if following == "midi":
            s.set_day(s.today)
            s.at = time(12)
            return s.take(i, 2)
        if following in PARTS:
            s.set_day(s.today)
            s.part = PARTS[following]
            return s.take(i, 2)
    if s.w[i] in ("dans", "in", "d") and i + 2 < len(s.w):
        start = i + 2 if s.at_word(i, "d", "ici") else i + 1
        if start + 1 < len(s.w):
            count = int(s.w[start]) if s.w[start].isdigit() and len(s.w[start]) < 4 else _SMALL.get(s.w[start])
            unit = s.w[start + 1]
            if count is not None and unit in _DAYS_OF:
                s.set_day(s.today + timedelta(days=count * _DAYS_OF[unit]))
                return s.take(i, start + 2 - i)
            if count is not None and unit in _MINUTES_OF:
                moment = s.now + timedelta(minutes=count * _MINUTES_OF[unit])
                s.set_day(moment.date())
                s.at = moment.time().replace(second=0, microsecond=0)
                return s.take(i, start + 2 - i)
    return 0


def numbered(s: Scan, i: int) -> int:
    """ "le 14 juillet", "1er mai 2026", "11 november", "july 14th", "the 3rd of may", "le 15"."""
    number, n = _day_number(s, i)
    months = MONTHS[s.language] if s.language in MONTHS else MONTHS["fr"]
    if number:
        j = i + n + (1 if s.at_word(i + n, "of") or s.at_word(i + n, "de") else 0)
        if j < len(s.w) and s.w[j] in _EVERY_MONTH:
            return _dated(s, i, number, _EVERY_MONTH[s.w[j]], j + 1)
        if s.w[i - 1 : i] == ["le"] and i + n < len(s.w) and s.w[i + n].isdigit() and 1 <= int(s.w[i + n]) <= 12:
            return _dated(s, i, number, int(s.w[i + n]), i + n + 1)
        follows = s.w[i + n] if i + n < len(s.w) else ""
        alone = (
            s.w[i - 1 : i] in (["le"], ["the"])
            and follows not in ("heures", "heure", "ans", "mois", "rue", "avenue", "boulevard", "eme", "bis")
            and not follows.isdigit()
        )
        if (
            alone
            and s.language == "fr"
            and s.w[i].isdigit()
            and (not follows or follows in ("c", "est", "il", "elle", "y", "on", "le", "la", "les", "s", "svp", "a", "au"))
        ):
            day = s.today.replace(day=1)
            for _ in range(14):
                try:
                    candidate = day.replace(day=number)
                except ValueError:
                    candidate = None
                if candidate and candidate >= s.today:
                    s.set_day(candidate)
                    return s.take(i, n)
                day = (day + timedelta(days=32)).replace(day=1)
    if s.w[i] in _EVERY_MONTH and s.w[i] in months and i + 1 < len(s.w):
        number, n = _day_number(s, i + 1)
        if number and s.language == "en":
            return _dated(s, i, number, _EVERY_MONTH[s.w[i]], i + 1 + n)
    return 0


def _day_number(s: Scan, i: int) -> tuple[int, int]:
    if i >= len(s.w):
        return 0, 0
    word = s.w[i]
    if word.isdigit() and len(word) <= 2:
        value = int(word)
        rest = ordinal(s.w[i + 1]) if i + 1 < len(s.w) else None
        if value in (20, 30) and rest and s.language == "en":
            return value + rest, 2
        return (value, 1) if 1 <= value <= 31 else (0, 0)
    for suffix in ("th", "st", "nd", "rd"):
        if word.endswith(suffix) and word[:-2].isdigit() and 1 <= int(word[:-2]) <= 31:
            return int(word[:-2]), 1
    value = ordinal(word) or _ORDINALS.get(word, 0)
    return (value, 1) if value else (0, 0)


def _dated(s: Scan, i: int, number: int, month: int, end: int) -> int:
    year = 0
    if end < len(s.w) and s.w[end].isdigit() and len(s.w[end]) == 4 and 2000 <= int(s.w[end]) <= 2100:
        year, end = int(s.w[end]), end + 1
    try:
        s.set_day(date(year, month, number) if year else coming(s.today, number, month))
    except ValueError:
        return 0
    return s.take(i, end - i)


_NEXT_WEEK: Final = (
    ("de", "la", "semaine", "prochaine"), ("la", "semaine", "prochaine"), ("semaine", "prochaine"), ("of", "next", "week"), ("next", "week"),
)  # fmt: skip
"""After a weekday: the one of that week, which need not be the coming one."""


def weekday(s: Scan, i: int) -> int:
    """ "dimanche", "jeudi prochain", "mardi en huit"."""
    word = s.w[i]
    single = word[:-1] if word.endswith("s") and word[:-1] in _DAY_NAMES else word
    if single not in _DAY_NAMES:
        return 0
    target = _DAY_NAMES.index(single) % 7
    ahead = (target - s.today.weekday()) % 7
    n = 1
    following = s.w[i + 1] if i + 1 < len(s.w) else ""
    before = s.w[i - 1] if i else ""
    if following in ("prochain", "prochains") or before == "next":
        ahead = ahead or 7
        n = 2 if following in ("prochain", "prochains") else 1
    elif following in ("dernier", "passe") or before == "last":
        ahead -= 7
        n = 2 if following in ("dernier", "passe") else 1
    elif s.at_word(i + 1, "en", "8"):
        ahead += 7
        n = 3
    elif s.at_word(i + 1, "en", "15"):
        ahead += 14
        n = 3
    elif s.at_word(i + 1, "week"):
        ahead += 7
        n = 2
    elif found := next((p for p in _NEXT_WEEK if s.at_word(i + 1, *p)), None):
        ahead = 7 - s.today.weekday() + target
        n = 1 + len(found)
    # "jeudi 15 mai": the date rules, the weekday only repeats it.
    if i + n < len(s.w) and n == 1:
        taken = numbered(s, i + 1) if not s.at_word(i + 1, "the") else numbered(s, i + 2)
        if taken:
            return s.take(i, 1) + taken + (1 if s.at_word(i + 1, "the") else 0)
    s.set_day(s.today + timedelta(days=ahead))
    return s.take(i, n)


_SPANS: Final = frozenset({"week", "weekend", "weekends", "semaine", "next", "cette", "this"})
"""Words that begin one."""


def span(s: Scan, i: int) -> int:
    """ "ce week-end", "la semaine prochaine"."""
    if s.w[i] not in _SPANS:
        return 0
    monday = s.today - timedelta(days=s.today.weekday())
    weekend = 0
    if s.at_word(i, "week", "end") or s.at_word(i, "week", "ends"):
        weekend = 2
    elif s.w[i] in ("weekend", "weekends"):
        weekend = 1
    if weekend:
        following = s.w[i + weekend] if i + weekend < len(s.w) else ""
        start = monday + timedelta(days=5)
        if following == "prochain" or (i and s.w[i - 1] == "next" and s.today.weekday() >= 5):
            start += timedelta(days=7 if s.today.weekday() >= 5 else 0)
            weekend += 1 if following == "prochain" else 0
        s.set_day(max(start, s.today), start + timedelta(days=1))
        if s.day == s.last:
            s.last = None
        return s.take(i, weekend)
    for phrase, weeks in ((("semaine", "prochaine"), 1), (("next", "week"), 1), (("cette", "semaine"), 0), (("this", "week"), 0)):
        if s.at_word(i, *phrase):
            start = monday + timedelta(days=7 * weeks)
            s.set_day(max(start, s.today), start + timedelta(days=6))
            return s.take(i, 2)
    return 0


def month(s: Scan, i: int) -> int:
    """ "en mars", "cet hiver"."""
    word = s.w[i]
    before = s.w[i - 1] if i else ""
    for language in MONTHS.values():
        if word in language and (word not in _UNSURE_MONTHS or before in _BEFORE_MONTH):
            number = language.index(word) + 1
            year = s.today.year + (1 if number < s.today.month else 0)
            n = 1
            if i + 1 < len(s.w) and s.w[i + 1].isdigit() and len(s.w[i + 1]) == 4 and 2000 <= int(s.w[i + 1]) <= 2100:
                year, n = int(s.w[i + 1]), 2
            start = date(year, number, 1)
            s.set_day(start, (start + timedelta(days=31)).replace(day=1) - timedelta(days=1), month=True)
            return s.take(i, n)
    if (
        word in _SEASONS
        and not (word == "ete" and before in ("a", "ont", "avait", "avez", "j"))
        and not (word in ("spring", "fall") and before not in ("in", "this", "next", "the"))
    ):
        first, last = _SEASONS[word]
        year = s.today.year
        end = date(year + (1 if last < first else 0), last, 28)
        if end < s.today:
            year += 1
        if last < first and s.today.month <= last:
            year -= 1
        start = date(year, first, 1)
        end = (date(year + (1 if last < first else 0), last, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        s.set_day(start, end, month=True)
        return s.take(i, 1)
    return 0
