"""The Reminders port over Alexa's Reminders API, in the session of the request.

One call for each dated moment, and for each hour of the day that comes back: rules of one reminder less than four hours apart are
refused. Everything else is Amazon's documents, as gathered in guide/peers.md (d) 25-27: local times without zone, `timeZoneId`
beside them, `recurrenceRules` with one weekday each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from skill.channels.alexa_api import AlexaApi
from skill.conversation import plain
from skill.conversation.ports import NO_DEVICE, NOT_ALLOWED, OUTAGE, REFUSED, TOO_MANY, UNSURE, ReminderRefused
from skill.conversation.reminders import LONGEST_TEXT, Reminder, Rule
from skill.stores.https_json import NoAnswer

PATH: Final = "/v1/alerts/reminders"
AT_ONCE: Final = 4
"""Calls made together: Amazon throttles more."""
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_STAMP: Final = "%Y-%m-%dT%H:%M:%S.000"
_PART: Final = re.compile(r"([A-Z]+)=([A-Z0-9,]+)")
_TOKEN: Final = re.compile(r"[A-Za-z0-9-]{1,200}")


class AlexaReminders:
    """The speaker's own reminders, as far as they are ours."""

    rings = True

    def __init__(self, api: AlexaApi, zone: ZoneInfo, now: Callable[[], datetime]) -> None:
        self._api, self._zone, self._now = api, zone, now

    def set(self, reminder: Reminder) -> Reminder:
        """Sets every moment of it that is not set already. Of dated ones those that were taken are kept; one that comes back is set whole or not at all."""
        held = self._held(reminder)
        wanted = [*_dated(reminder.rule.dates), *_recurring(reminder.rule, self._now())]
        keys = [*reminder.rule.dates, *reminder.rule.times] if not reminder.rule.dates else list(reminder.rule.dates)
        missing = [trigger for key, trigger in zip(keys, wanted, strict=True) if key not in held]
        made, refused = self._each(missing, lambda trigger: self._create(reminder, trigger))
        fresh = iter(made)
        tokens = [held[key] if key in held else next(fresh) for key in keys]
        if refused and (not reminder.rule.dates or not any(tokens)):
            _, left = self._each([t for t in made if t], self._delete)
            raise ReminderRefused(UNSURE) if left else refused
        kept = [(key, token) for key, token in zip(keys, tokens, strict=True) if token]
        dates = tuple(key for key, _ in kept if isinstance(key, datetime))
        return reminder.but(rule=reminder.rule.but(dates=dates), tokens=tuple(token for _, token in kept))

    def _held(self, reminder: Reminder) -> dict[Any, str]:
        """The moments of a reminder that are set already, with their tokens: asked twice, it rings once."""
        held: dict[Any, str] = {}
        for each in self._alerts():
            if each.text == reminder.text and each.rule.days == reminder.rule.days and bool(each.rule.dates) == bool(reminder.rule.dates):
                held |= dict.fromkeys((*each.rule.dates, *each.rule.times), each.tokens[0])
        return held

    def all(self) -> tuple[Reminder, ...]:
        """What is set and still to come; the hours of one text that comes back together."""
        found: dict[object, Reminder] = {}
        for n, each in enumerate(self._alerts()):
            key = n if each.rule.dates else (each.text, each.rule.days)
            found[key] = _joined(found[key], each) if key in found else each
        return tuple(found.values())

    def _alerts(self) -> list[Reminder]:
        """Each alert by itself."""
        status, data = self._call("GET", PATH)
        if status != 200:
            raise _refusal(status, data)
        alerts = data.get("alerts") if isinstance(data, dict) else None
        return [each for alert in (alerts if isinstance(alerts, list) else ()) if (each := self._read(alert)) is not None]

    def cancel(self, reminder: Reminder) -> None:
        """Takes every moment of it away; one that is gone already is no trouble."""
        _, refused = self._each(reminder.tokens, self._delete)
        if refused:
            raise refused

    def link(self) -> str:
        """None: the speaker rings by itself."""
        return ""

    def _each(self, wanted: Iterable[Any], work: Callable[[Any], str]) -> tuple[list[str], ReminderRefused | None]:
        """What came of each, "" where it was refused, and the first refusal."""
        from concurrent.futures import ThreadPoolExecutor  # only where reminders are set

        def tried(each: Any) -> str | ReminderRefused:
            try:
                return work(each)
            except ReminderRefused as refused:
                return refused

        items = list(wanted)
        if len(items) == 1:
            results = [tried(items[0])]
        else:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                results = list(pool.map(tried, items))
        refused = next((r for r in results if isinstance(r, ReminderRefused)), None)
        return [r if isinstance(r, str) else "" for r in results], refused

    def _create(self, reminder: Reminder, trigger: dict[str, Any]) -> str:
        text = reminder.text[:LONGEST_TEXT]
        body = {
            "requestTime": self._now().astimezone(self._zone).strftime(_STAMP),
            "trigger": {"type": "SCHEDULED_ABSOLUTE", "timeZoneId": self._zone.key, **trigger},
            "alertInfo": {"spokenInfo": {"content": [{"locale": reminder.locale, "text": text}]}}, "pushNotification": {"status": "ENABLED"},
        }  # fmt: skip
        try:
            status, data = self._api.call("POST", PATH, body)
        except NoAnswer as error:  # it may have been set all the same
            raise ReminderRefused(UNSURE) from error
        token = data.get("alertToken") if isinstance(data, dict) else None
        if not 200 <= status < 300:
            raise _refusal(status, data)
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise ReminderRefused(UNSURE)  # an answer that is none proves nothing
        return token

    def _delete(self, token: str) -> str:
        if not _TOKEN.fullmatch(token):
            return ""
        status, data = self._call("DELETE", f"{PATH}/{token}")
        if not 200 <= status < 300 and status != 404:
            raise _refusal(status, data)
        return ""

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        try:
            return self._api.call(method, path, body)
        except NoAnswer as error:
            raise ReminderRefused(OUTAGE) from error

    def _read(self, alert: Any) -> Reminder | None:
        """One alert; None for what is over, or not as agreed."""
        if not isinstance(alert, dict) or alert.get("status") not in ("ON", None):
            return None
        token, trigger = alert.get("alertToken"), alert.get("trigger")
        content = _at(alert, "alertInfo", "spokenInfo", "content")
        first = content[0] if isinstance(content, list) and content and isinstance(content[0], dict) else {}
        if not isinstance(token, str) or not _TOKEN.fullmatch(token) or not isinstance(trigger, dict):
            return None
        rules = _at(trigger, "recurrence", "recurrenceRules")
        rule = _rule(rules) if isinstance(rules, list) and rules else Rule(dates=self._moment(trigger.get("scheduledTime")))
        text = plain.text(first.get("text"), LONGEST_TEXT)
        return Reminder(text=text, rule=rule, locale=plain.word(first.get("locale")) or "fr-FR", tokens=(token,)) if text and rule else None

    def _moment(self, value: Any) -> tuple[datetime, ...]:
        try:
            return (datetime.fromisoformat(str(value)[:19]).replace(tzinfo=self._zone),)
        except ValueError:
            return ()


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _dated(dates: Iterable[datetime]) -> list[dict[str, Any]]:
    return [{"scheduledTime": d.strftime(_STAMP)} for d in dates]


def _recurring(rule: Rule, now: datetime) -> list[dict[str, Any]]:
    """A trigger for each hour of the day: its rules, one a weekday."""
    if rule.dates:
        return []
    start = now.strftime("%Y-%m-%dT00:00:00.000")
    out = []
    for at in rule.times:
        clock = f"BYHOUR={at.hour};BYMINUTE={at.minute};BYSECOND=0;INTERVAL=1;"
        rules = [f"FREQ=WEEKLY;BYDAY={_DAYS[d]};{clock}" for d in rule.days] or [f"FREQ=DAILY;{clock}"]
        out.append({"recurrence": {"startDateTime": start, "recurrenceRules": rules}})
    return out


def _rule(rules: list[Any]) -> Rule:
    """Rules as Amazon keeps them, as ours."""
    times, days = set(), set()
    for text in rules:
        parts = dict(_PART.findall(str(text)))
        try:
            times.add(time(int(parts["BYHOUR"]), int(parts.get("BYMINUTE", "0"))))
            days |= {_DAYS.index(d) for d in parts["BYDAY"].split(",")} if "BYDAY" in parts else set()
        except (KeyError, ValueError):
            continue
    return Rule(times=tuple(sorted(times)), days=tuple(sorted(days)))


def _joined(one: Reminder, other: Reminder) -> Reminder:
    """Two alerts of one text as one reminder: its hours in order, each with its token at the same place."""
    both = sorted(zip((*one.rule.times, *other.rule.times), (*one.tokens, *other.tokens), strict=False))
    return one.but(rule=one.rule.but(times=tuple(t for t, _ in both)), tokens=tuple(token for _, token in both))


def _refusal(status: int, data: Any) -> ReminderRefused:
    """Why, from a status and a code that Amazon is not strict about."""
    code = str(data.get("code", "")) if isinstance(data, dict) else ""
    if "DEVICE_NOT_SUPPORTED" in code:
        return ReminderRefused(NO_DEVICE)
    if "MAX_REMINDERS" in code:
        return ReminderRefused(TOO_MANY)
    if status in (401, 403):
        return ReminderRefused(NOT_ALLOWED)
    return ReminderRefused(REFUSED if status in (400, 404, 409) else OUTAGE)
