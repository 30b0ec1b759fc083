"""What somebody has tried, so that help can teach the rest: one example at a time, fitted to what their speaker can do."""

from __future__ import annotations

from typing import Final

from skill.conversation import terms
from skill.conversation.messages import lessons as m
from skill.conversation.profile import Profile
from skill.conversation.turn import Turn
from skill.intents import person
from skill.intents.common import Services

SUBJECTS: Final = {
    "OpeningHoursIntent": "hours", "ExtremeHoursIntent": "hours", "NextCollectionIntent": "collections", "WhatTonightIntent": "collections",
    "WhereToThrowIntent": "sorting", "BinRuleIntent": "sorting", "PlayPodcastIntent": "podcasts", "ListPodcastsIntent": "podcasts",
    "ReminderIntent": "reminders", "RemindersIntent": "reminders", "HomeIntent": "home", "MannerIntent": "manner", "PlaceWhereIntent": "places",
    "PlacePhoneIntent": "places", "FindPlaceIntent": "places",
}  # fmt: skip
"""What an intent shows to be known."""
_LESSONS: Final[dict[str, type[terms.Message]]] = {
    "hours": m.TeachHours, "collections": m.TeachCollections, "sorting": m.TeachSorting, "podcasts": m.TeachPodcasts, "reminders": m.TeachReminders,
    "places": m.TeachPlaces, "home": m.TeachHome, "manner": m.TeachManner,
}  # fmt: skip
TAUGHT: Final = "teach-"
"""Before the subject of a lesson, among what was offered in a session."""


def learned(turn: Turn, services: Services) -> None:
    """Takes note of a subject that somebody asked about for the first time."""
    subject = SUBJECTS.get(turn.intent, "")
    if subject and turn.user and subject not in person.profile(turn, services).tried:
        person.change(turn, services, lambda old: _with(old, subject))


def _with(old: Profile, subject: str) -> Profile:
    return old if subject in old.tried else old.but(tried=(*old.tried, subject))


def next_lesson(turn: Turn, services: Services) -> tuple[str, terms.Message] | None:
    """A subject that was neither tried nor taught in this session, and its example; None where nothing is left."""
    known = {*person.profile(turn, services).tried, *(o.removeprefix(TAUGHT) for o in turn.focus.offered if o.startswith(TAUGHT))}
    for subject, message in _LESSONS.items():
        fits = turn.device.can_play if subject == "podcasts" else services.reminders() is not None if subject in ("reminders", "home") else True
        if subject not in known and fits:
            return subject, message()
    return None
