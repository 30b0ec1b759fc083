"""What a process does beside answering: takes what staff change and publish, reads feeds, lets conversations go that are over."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from skill.app import Settings, Skill
from skill.channels.refresher import LOOK_EVERY_S, LOOK_FAR_S, Refresher
from skill.channels.reloader import Reloader


@contextlib.contextmanager
def in_background(skill: Skill, settings: Settings) -> Iterator[None]:
    """While it lasts."""
    refresher = Refresher(skill, settings.refresh_minutes, LOOK_FAR_S if settings.bucket else LOOK_EVERY_S)
    reloader = Reloader(skill)
    refresher.start()
    reloader.start()
    try:
        yield
    finally:
        refresher.stop()
        reloader.stop()
