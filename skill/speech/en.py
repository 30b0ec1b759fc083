"""How English sounds: the 12-hour clock, days, lists. Pure functions, for the ear; the mirror of fr.py."""

from __future__ import annotations

from datetime import date, time
from typing import Final

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
YES: Final = "Yes, "
NO: Final = "No, "
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def hour(at: time) -> str:
    """ "8:30 pm", "noon", "midnight", "9 am"."""
    if at == time(12):
        return "noon"
    if at == time(0):
        return "midnight"
    clock = at.hour % 12 or 12
    return f"{clock}{f':{at.minute:02d}' if at.minute else ''} {'am' if at.hour < 12 else 'pm'}"


def at_hour(at: time) -> str:
    """ "at 8.30 am", "at noon"."""
    return f"at {hour(at)}"


def hours(opens: time, closes: time, ends_next_day: bool) -> str:
    """ "from 8:30 am to 1 pm"."""
    return f"from {hour(opens)} to {hour(closes)}"


def calendar_day(day: date, today: date) -> str:
    """ "Saturday 22 November", the year only if it is another."""
    year = f" {day.year}" if day.year != today.year else ""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}{year}"


def near_day(day: date, today: date) -> str:
    """ "today", "tomorrow", "on Saturday", or the whole date when it is not within the week."""
    ahead = (day - today).days
    if ahead in (0, 1):
        return ("today", "tomorrow")[ahead]
    return f"on {WEEKDAYS[day.weekday()]}" if 2 <= ahead <= 6 else f"on {calendar_day(day, today)}"


def part_of_day(day: date, part: str, today: date) -> str:
    """ "this morning", "tomorrow evening", "on Saturday afternoon"."""
    if day == today:
        return {"morning": "this morning", "afternoon": "this afternoon", "evening": "this evening", "night": "tonight"}[part]
    return f"{near_day(day, today)} {part}" if (day - today).days <= 6 else f"{near_day(day, today)}, in the {part}"


def full_day(day: date, today: date) -> str:
    """ "today", "tomorrow", else the whole date with "on"."""
    return near_day(day, today) if (day - today).days in (0, 1) else f"on {calendar_day(day, today)}"


def between(first: date, last: date, today: date) -> str:
    """ "today", "until Sunday 22 November", "on Saturday 21 and Sunday 22 November", "from Monday 23 to Friday 27 November"."""
    if first <= today and (last - today).days == 1:
        return "today and tomorrow"
    if first <= today:
        return "today" if last == today else f"until {full_day(last, today).removeprefix('on ')}"
    if first == last:
        return full_day(first, today)
    begins = calendar_day(first, today)
    if (first.year, first.month) == (last.year, last.month):
        begins = f"{WEEKDAYS[first.weekday()]} {first.day}"
    ends = calendar_day(last, today)
    return f"on {begins} and {ends}" if (last - first).days == 1 else f"from {begins} to {ends}"


def plain_date(day: date, today: date) -> str:
    """ "24 November 2025"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def month(day: date) -> str:
    """ "in December"."""
    return f"in {MONTHS[day.month - 1]}"


def weekdays(days: tuple[int, ...]) -> str:
    """ "on Mondays and Tuesdays", "from Monday to Friday", "every day"."""
    if len(days) == 7:
        return "every day"
    if len(days) > 2 and days == tuple(range(days[0], days[-1] + 1)):
        return f"from {WEEKDAYS[days[0]]} to {WEEKDAYS[days[-1]]}"
    return "on " + join([f"{WEEKDAYS[d]}s" for d in days])


def join(parts: list[str], word: str = "and") -> str:
    """ "a, b and c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}" if parts else ""


def with_article(name: str, article: str, form: str) -> str:
    """Names carry their own article in English; `form` is ignored."""
    return name


def ages(start: float, to: float | None) -> str:
    """ "2 to 5", "6 months to 5 years", "4 and over"."""
    first = f"{int(start * 12)} months" if start < 1 else f"{start:g}"
    if to is None:
        return f"{first} and over"
    return f"{first} to {to:g}{' years' if start < 1 else ''}"


def number(value: float) -> str:
    """ "21.5"."""
    return f"{value:g}"


def lasting(seconds: int) -> str:
    """ "12 minutes", "a minute and a half", "1 hour and 5 minutes"."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 55:
        return f"{round(seconds / 10) * 10 or 10} seconds"
    if seconds < 105:
        return "a minute and a half" if seconds >= 75 else "1 minute"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} minutes"
    rest = f" and {minutes % 60} minute{'s' if minutes % 60 > 1 else ''}" if minutes % 60 else ""
    return f"{minutes // 60} hour{'s' if minutes >= 120 else ''}{rest}"


def reminders(count: int) -> str:
    """ "your reminder", "your 3 reminders"."""
    return "your reminder" if count == 1 else f"your {count} reminders"
