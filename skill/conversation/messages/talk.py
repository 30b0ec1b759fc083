"""The conversation itself: facts, help, courtesy, what is not known, what is not ours, people in danger, what is not there yet."""

from __future__ import annotations

from skill.conversation.terms import Contact, Dated, Message, Name, Words


class FactAnswer(Message):
    answer: Words


class FactPlainly(Message):
    """Without its "yes" or "no", where the question was turned the other way."""

    answer: Words


class Welcome(Message):
    welcome: Words


class WelcomeBack(Message):
    """For those who have been here before."""

    welcome: Words


class Help(Message):
    """What one can ask, by an example of the town's own."""

    example: Words


class HelpAtLarge(Message):
    """What one can ask, where the town proposes no example."""


class HelpReprompt(Message):
    """Said when nothing follows."""


class Goodbye(Message):
    """Taking leave."""


class YouAreWelcome(Message):
    """Answer to thanks."""


class HelloBack(Message):
    """Answer to a bare greeting."""


class Again(Message):
    text: str


class NothingToRepeat(Message):
    """ "Répète" before anything was said."""


class SourceIs(Message):
    page: str
    updated: Dated


class SourcePage(Message):
    page: str


class NoSource(Message):
    """Asked where from, before any fact was given."""


class NotUnderstood(Message):
    """First time: one example."""

    example: Words


class NotUnderstoodAtLarge(Message):
    """The same, where the town proposes no example."""


class NotUnderstoodAgain(Message):
    """Second time: two choices."""


class NotUnderstoodAtAll(Message):
    contact: Contact


class NotOurs(Message):
    """A clear question that is not for a town hall."""


class Misunderstood(Message):
    """To somebody who says that we understand nothing."""


class NotEither(Message):
    """Once more something that we do not do."""

    contact: Contact


class NoTransportTimes(Message):
    """Metro and bus times are others' business."""


class NotOurTown(Message):
    town: str


class WhatAbout(Message):
    district: Name


class WhichDay(Message):
    """The day said was not understood, or is too far to be known."""


class UnknownPlace(Message):
    kind: Name


class NotKnownAbout(Message):
    place: Name
    contact: Contact


class NotKnown(Message):
    contact: Contact


class Kindly(Message):
    """Insults, jokes, declarations: a light word and back to work."""


class Ready(Message):
    """An aside was heard: quietly there."""


class AllRight(Message):
    """ "Non merci" after an offer."""


class Emergency(Message):
    """A person in danger: the number first."""


class EmergencyFire(Message):
    """Fire, smoke, gas."""


class EmergencyPolice(Message):
    """Violence, burglary."""


class EmergencyDistress(Message):
    """Thoughts of suicide: 3114."""


class PerhapsUrgent(Message):
    """A cry that says no more."""


class Trouble(Message):
    contact: Contact


class Somebody(Message):
    """On the telephone, after words that came back wrong: a person."""

    contact: Contact


class NobodyHere(Message):
    """To a caller who asks for a person, where nobody can be put through."""

    contact: Contact


class Lonely(Message):
    """To somebody who is alone: kindness, and what we can do."""


class Privacy(Message):
    """What becomes of what is said."""


class Call(Message):
    contact: Contact
