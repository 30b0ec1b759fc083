"""The speakers of one person, for every test of listening by voice."""

from __future__ import annotations

import pytest

from skill.channels.alexa import AlexaChannel
from tests.fakes import Clock, Radio
from tests.speaker import Speaker


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def channel(radio: Radio, clock: Clock) -> AlexaChannel:
    return AlexaChannel(radio, clock=clock)


@pytest.fixture
def echo(channel: AlexaChannel, clock: Clock) -> Speaker:
    return Speaker(channel, clock)


@pytest.fixture
def living_room(channel: AlexaChannel, clock: Clock) -> Speaker:
    """Another speaker of the same person."""
    return Speaker(channel, clock, "living room")
