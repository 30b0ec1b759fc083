"""One example at a time of what can be asked."""

from __future__ import annotations

from skill.conversation.terms import Message


class TeachHours(Message):
    """Opening hours."""


class TeachCollections(Message):
    """Days of collection."""


class TeachSorting(Message):
    """What goes in which bin."""


class TeachPodcasts(Message):
    """Podcasts."""


class TeachReminders(Message):
    """Reminders."""


class TeachPlaces(Message):
    """Addresses and numbers."""


class TeachHome(Message):
    """Where one lives."""


class TeachManner(Message):
    """How to be spoken to."""
