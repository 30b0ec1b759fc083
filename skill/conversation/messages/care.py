"""What concerns the person: where they live, how to speak to them, what is kept of them, and their health, which is not ours."""

from __future__ import annotations

from skill.conversation.terms import Message, Name, Phone


class HomeForNow(Message):
    """Somebody lives somewhere, and nobody knows who they are: it cannot be remembered, and is not offered to be."""

    district: Name


class HomeConfirm(Message):
    district: Name


class HomeConfirmStreet(Message):
    street: str


class YesOrNo(Message):
    """After silence."""


class HomeKept(Message):
    """Remembered."""


class HomeNotKept(Message):
    """Not remembered."""


class HomeForgotten(Message):
    """Erased."""


class HomeIs(Message):
    district: Name


class HomeIsStreet(Message):
    street: str
    district: Name


class HomeIsStreetOnly(Message):
    street: str


class HomeNotKnown(Message):
    """Nobody told us."""


class WhereReprompt(Message):
    """After silence."""


class WhereDoYouLive(Message):
    """The question."""


class WhichStreet(Message):
    streets: tuple[str, ...]


class WhichNumber(Message):
    street: str


class WhichNumberIn(Message):
    street: str


class HomeIsSector(Message):
    """Only the sector is kept."""


class KnowsSector(Message):
    """Only the sector is kept."""


class StreetNotKnown(Message):
    choices: tuple[Name, ...]


class AddressNotAllowed(Message):
    """The speaker's owner has not allowed it: a card is in the application."""


class NoAddressHere(Message):
    """The speaker gives none."""


class Slower(Message):
    """From now on."""


class SlowerAgain(Message):
    text: str


class Faster(Message):
    """From now on."""


class NormalPace(Message):
    """From now on, and answers are whole again."""


class Shorter(Message):
    """From now on."""


class Longer(Message):
    """From now on."""


class OnlyForNow(Message):
    """It cannot be remembered: we do not know who speaks, or the store is out."""

    text: Message


class NumberAgain(Message):
    phone: Phone


class NoNumberYet(Message):
    """No number was said."""


class Spelled(Message):
    word: str
    letters: tuple[str, ...]


class WhatToSpell(Message):
    """Nothing that can be spelt was named."""


class Forgotten(Message):
    """Everything is erased."""


class ForgottenButReminders(Message):
    """Erased here; the speaker would not give up its reminders."""


class NotForgotten(Message):
    """The store is out: nothing could be erased."""


class KnownOfYou(Message):
    things: tuple[Message, ...]


class NothingKnown(Message):
    """We know nothing of who speaks."""


class KnowsDistrict(Message):
    district: Name


class KnowsStreet(Message):
    street: str


class KnowsManner(Message):
    """How they like to be spoken to."""


class KnowsListening(Message):
    """Where they are in podcasts."""


class KnowsReminders(Message):
    count: int


class NoAdvice(Message):
    """No medical advice: who to ask, and the number."""
