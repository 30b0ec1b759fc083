"""Sound in the contract: what to start or stop, what a player does at the moment, what happened at it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from skill.record import Record


class Behavior(StrEnum):
    """When a sound begins."""

    NOW = "now"
    """At once, instead of everything else."""
    AFTER = "after"
    """When the present one ends, behind whatever waits; only if the present one is `Play.previous`."""
    INSTEAD = "instead"
    """When the present one ends, instead of what waits."""


class Play(Record):
    """Audio to start. The token is the episode's GUID, never an index."""

    url: str
    token: str
    offset_ms: int = 0
    title: str = ""
    subtitle: str = ""
    art: str = ""
    mime: str = ""
    seconds: int | None = None
    """How long the whole lasts, where it is known."""
    behavior: Behavior = Behavior.NOW
    previous: str = ""
    """Token of the sound that must be playing for AFTER to be obeyed."""


class Stop(Record):
    """Audio to stop."""


class Clear(Record):
    """What waits behind the present sound is dropped; the present one goes on."""


class Player(Record):
    """What the speaker in front of the person plays, or played last."""

    token: str = ""
    offset_ms: int = 0
    playing: bool = False
    """True also while it is silenced for the person to speak: it goes on by itself afterwards."""
    at: datetime | None = None
    """When that was so, by the speaker's clock."""


class Happened(StrEnum):
    """What a player reports, and the buttons of a remote control."""

    STARTED = "started"
    STOPPED = "stopped"
    FINISHED = "finished"
    NEARLY_FINISHED = "nearly_finished"
    FAILED = "failed"
    NEXT = "next"
    PREVIOUS = "previous"
    PLAY = "play"
    PAUSE = "pause"


class Event(Record):
    """One report of a player."""

    what: Happened
    token: str = ""
    offset_ms: int = 0
    at: datetime | None = None
    """When it happened by the speaker's clock: reports may arrive in another order."""
    error: str = ""
    """Of a failure, what the speaker calls it: "MEDIA_ERROR_SERVICE_UNAVAILABLE"."""
