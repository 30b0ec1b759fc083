"""Reminders: what was understood, what was set, what is still to come, and why one could not be set."""

from __future__ import annotations

from datetime import time

from skill.conversation.terms import Full, Message, Name, Ringing, Words


class ReminderConfirm(Message):
    """Said back before anything is set: the words, the hour, how often."""

    text: str
    when: Ringing


class ReminderConfirmReprompt(Message):
    """After silence."""


class ReminderSet(Message):
    text: str
    when: Ringing


class OldReminderStays(Message):
    """The one that this one was to replace would not go."""

    text: Message


class ReminderWritten(Message):
    """Written into a calendar: this speaker does not ring."""

    text: str
    when: Ringing


class EveConfirm(Message):
    """The evening before each round of a collection."""

    what: Words
    at: time
    next: Full


class EveSet(Message):
    at: time
    until: Full


class EveSetOnly(Message):
    """Set, and it cannot be remembered to be renewed."""

    at: time
    until: Full


class EveSetOnce(Message):
    """Only one round is known."""

    at: time
    on: Full


class EveWritten(Message):
    what: Words
    at: time


class EveAlert(Message):
    """What is said when it rings."""

    what: Words
    plural: str


class WhichTime(Message):
    """The hour is missing."""

    text: str


class WhichTimePart(Message):
    """The part of the day was said, the hour is missing."""

    text: str


class WhichTimeReprompt(Message):
    """After silence."""


class WhatToRemindReprompt(Message):
    """After silence, or a yes."""


class WhatToRemind(Message):
    """The thing is missing."""


class TooOften(Message):
    """More than once an hour."""


class MomentPast(Message):
    """The moment asked for is over."""


class NotReminded(Message):
    """ "Non" to what was said back: nothing was set."""


class CannotRemind(Message):
    """Nobody rings here."""


class CannotRemindBut(Message):
    text: Message


class MayIRemind(Message):
    """Before Alexa asks for the permission by itself."""


class NotAllowed(Message):
    """The permission was refused: a card is in the application."""


class SpeakerCannotRemind(Message):
    """The speaker has no reminders."""


class TooManyReminders(Message):
    """The speaker holds as many as it can."""


class ReminderNotTaken(Message):
    """Refused for another reason."""


class RemindersOut(Message):
    """Nobody answered in time: nothing was set, as far as we know."""


class NoReminders(Message):
    """None is to come."""


class ReminderEntry(Message):
    text: str
    when: Ringing


class RemindersAre(Message):
    entries: tuple[Message, ...]


class RemindersAreMore(Message):
    count: int
    entries: tuple[Message, ...]


class NextReminder(Message):
    text: str
    when: Ringing


class ReminderCancelled(Message):
    text: str
    when: Ringing


class CancelAll(Message):
    count: int


class CancelAllReprompt(Message):
    """After silence."""


class AllCancelled(Message):
    """None is left."""


class NoneCancelled(Message):
    """ "Non": all are kept."""


class WhichReminder(Message):
    entries: tuple[Message, ...]


class NoSuchReminder(Message):
    """None that fits what was said."""


class NotAllCancelled(Message):
    """Some could not be taken away."""


class OfferEve(Message):
    """After a collection's day: one offer."""

    text: Message
    at: time


class PlaceText(Message):
    """A place as the text of a reminder: "le marché Corentin Celton"."""

    place: Name


class WhichDistrictFor(Message):
    """The days depend on where one lives."""

    what: Words


class UrgentFirst(Message):
    """Words of alarm in a reminder: the number, then what was asked."""

    text: Message


class NotOnThoseDays(Message):
    """A way of coming back that no reminder has: every other day, each month, for ten days."""


class NoSuchDay(Message):
    """The thirtieth of February."""


class RemindersUnsure(Message):
    """Nobody answered in time: it may have been set all the same."""
