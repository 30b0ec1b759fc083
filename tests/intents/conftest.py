"""A radio of three episodes and the speakers of one person, for every test of listening by voice."""

from __future__ import annotations

import pytest

from skill.app import Skill
from skill.channels.alexa import AlexaChannel
from tests.fakes import Clock, Moody, Radio, episode, feed
from tests.speaker import Speaker


@pytest.fixture
def store() -> Moody:
    return Moody()


@pytest.fixture
def radio(issy: Skill, store: Moody) -> Radio:
    return Radio(issy.town, store, metamorphoses=feed(*(episode(n) for n in (1, 2, 3))))


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
