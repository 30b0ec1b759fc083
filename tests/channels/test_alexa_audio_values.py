"""The values in the JSON of Alexa's player: time stamps, what plays, orders."""

from __future__ import annotations

from typing import Any

import pytest

from skill.channels.alexa_audio import REPORTS, directives, event_of, player_of
from skill.conversation.audio import Behavior, Clear, Happened, Play, Stop
from tests.channels.test_alexa_audio import PLAYER


@pytest.mark.parametrize(
    ("stamp", "known"),
    [
        ("2025-10-15T18:00:00Z", True),
        (1760551200000, True),
        ("2025-10-15T18:00:00", False),
        ("x", False),
        ("0001-01-01T00:00:00+23:00", False),
        (10**30, False),
        (None, False),
        (True, False),
    ],
)
def test_time_stamps(stamp: Any, known: bool) -> None:
    found = event_of({"request": {"type": PLAYER + "Started", "timestamp": stamp}})
    assert found
    assert (found.at is not None) is known


def test_a_speaker_that_is_spoken_to_still_plays() -> None:
    for activity, playing in (
        ("PLAYING", True),
        ("PAUSED", True),
        ("BUFFER_UNDERRUN", True),
        ("STOPPED", False),
        ("FINISHED", False),
        ("IDLE", False),
        (3, False),
    ):
        assert player_of({"context": {"AudioPlayer": {"playerActivity": activity, "token": "t"}}}).playing is playing


def test_orders_are_whole() -> None:
    play = Play("https://x/1.mp3", "g", 5, "t" * 300, "s", "https://x/1.jpg", behavior=Behavior.AFTER, previous="p")
    (found,) = directives(play)
    assert found["audioItem"]["stream"]["expectedPreviousToken"] == "p"
    assert len(found["audioItem"]["metadata"]["title"]) == 200
    for what in (Happened.STARTED, Happened.STOPPED, Happened.FINISHED, Happened.PAUSE):
        assert directives(play, event_of({"request": {"type": next(k for k, v in REPORTS.items() if v is what)}})) == []
    assert directives(play.but(url="https://x/" + "y" * 8_000)) == directives(play.but(token="")) == directives(None) == []
    assert directives(Clear()) == [{"type": "AudioPlayer.ClearQueue", "clearBehavior": "CLEAR_ENQUEUED"}]
    assert directives(Stop()) == [{"type": "AudioPlayer.Stop"}]
