"""AWS Lambda entry point of the Alexa skill. The runtime loads it by path; the town is read once, while Lambda gives its start-up CPU."""

import gc
import os
import sys

gc.disable()  # nothing of what is loaded here is garbage, and a cold start has no time to look for it
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from skill.app import FIRST_WAIT_SECONDS, Settings, make_skill
from skill.channels.alexa import AlexaChannel

_settings = Settings.from_environment()
_skill = make_skill(_settings, patient=False)
_channel = AlexaChannel(_skill, _settings.skill_id, trying=False)
_skill.refresh_if_old(FIRST_WAIT_SECONDS)  # a container that begins must not say open what is announced closed
if _settings.bucket:
    from skill.channels.emf import measure

    _skill.measures.watch(lambda _: measure("Faults", 1))
gc.freeze()
gc.enable()


def handler(event, context):
    """One Alexa request in, one response out. A request for another skill fails, and Lambda says so."""
    _skill.refresh_if_old()
    return _channel.invoke(event)
