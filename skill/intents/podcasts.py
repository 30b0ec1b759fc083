"""Podcasts. No feed is connected yet (issue 3): said plainly instead of pretending to play."""

from __future__ import annotations

from typing import Final

from skill.conversation import terms
from skill.conversation.messages import talk as m
from skill.conversation.turn import Reply, Turn
from skill.intents.common import Handler, Services, tell


def play(turn: Turn, services: Services) -> Reply:
    """Says that the series cannot be played yet."""
    series = services.city.series.get(turn.slots.series)
    if series is None:
        return tell(m.PodcastNotYet(), turn)
    return tell(m.PodcastNamedNotYet(terms.Name(series.name)), turn, source=series.source)


HANDLERS: Final[dict[str, Handler]] = {"PlayPodcastIntent": play}
