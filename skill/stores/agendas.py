"""Reminders for those whose speaker cannot ring: kept in an agenda that a calendar reads at an address nobody can guess."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Final

from skill.conversation.agenda import MOST_REMINDERS, Agenda
from skill.conversation.ports import OUTAGE, REFUSED, TOO_MANY, Memory, ReminderRefused, StoreUnavailable
from skill.conversation.profile import Profile
from skill.conversation.reminders import Reminder

SECRET_BYTES: Final = 16
"""Of chance in an address: 128 bits."""


class CalendarReminders:
    """One person's reminders, under the secret that their profile holds."""

    rings = False

    def __init__(self, memory: Memory, user: str, address: str, now: Callable[[], datetime]) -> None:
        """`address`: what comes before the secret in the calendar's address."""
        self._memory, self._user, self._address, self._now = memory, user, address, now

    def set(self, reminder: Reminder) -> Reminder:
        """Writes it down; in the place of one for the same collection."""
        secret = self._secret(make=True)
        done = reminder.but(tokens=tuple(secrets.token_hex(8) for _ in (*reminder.rule.dates, *reminder.rule.times)[: 1 if reminder.collection else None]))
        now = self._now()

        def edit(old: Agenda) -> Agenda:
            kept = tuple(r for r in old.reminders if not _replaced(r, done) and (r.collection or next(r.rule.moments(now), None)))
            if len(kept) >= MOST_REMINDERS:
                raise ReminderRefused(TOO_MANY)
            return old.but(reminders=(*kept, done))

        self._change(secret, edit)
        return done

    def all(self) -> tuple[Reminder, ...]:
        """What is written down."""
        secret = self._secret()
        try:
            return self._memory.agendas.get(secret).reminders if secret else ()
        except StoreUnavailable as error:
            raise ReminderRefused(OUTAGE) from error

    def cancel(self, reminder: Reminder) -> None:
        """Strikes it out."""
        gone = set(reminder.tokens)
        self._change(self._secret(), lambda old: old.but(reminders=tuple(left for r in old.reminders if (left := _without(r, gone)) is not None)))

    def link(self) -> str:
        """Address of the calendar, "" before anything is in it."""
        secret = self._secret()
        return f"{self._address}/{secret}.ics" if secret else ""

    def _change(self, secret: str, edit: object) -> None:
        try:
            self._memory.agendas.change(secret, edit)  # type: ignore[arg-type]
        except StoreUnavailable as error:
            raise ReminderRefused(OUTAGE) from error

    def _secret(self, make: bool = False) -> str:
        """The person's secret, made when first needed."""
        if not self._user:
            raise ReminderRefused(REFUSED)
        fresh = secrets.token_hex(SECRET_BYTES) if make else ""
        try:
            found = self._memory.people.get(self._user).link
            if found or not make:
                return found
            return self._memory.people.change(self._user, lambda old: _linked(old, fresh)).link
        except StoreUnavailable as error:
            raise ReminderRefused(OUTAGE) from error


def _linked(old: Profile, fresh: str) -> Profile:
    return old if old.link else old.but(link=fresh)


def _replaced(old: Reminder, done: Reminder) -> bool:
    """Whether one stands in the place of another: for the same collection, or the very same again."""
    if done.collection:
        return (old.collection, old.district) == (done.collection, done.district)
    return (old.text, old.rule) == (done.text, done.rule)


def _without(reminder: Reminder, gone: set[str]) -> Reminder | None:
    """A reminder without the hours or moments whose tokens are struck out; None where nothing is left."""
    if gone.isdisjoint(reminder.tokens):
        return reminder
    moments = reminder.rule.dates or reminder.rule.times
    kept = [(m, t) for m, t in zip(moments, reminder.tokens, strict=False) if t not in gone]
    if not kept or reminder.collection:
        return None
    name = "dates" if reminder.rule.dates else "times"
    return reminder.but(rule=reminder.rule.but(**{name: tuple(m for m, _ in kept)}), tokens=tuple(t for _, t in kept))
