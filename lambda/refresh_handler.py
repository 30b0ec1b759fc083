"""AWS Lambda entry point of the schedule: reads the feeds that changed, and puts episodes that came due into our own."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from skill.app import Settings, make_skill

_skill = make_skill(Settings.from_environment())


def handler(event, context):
    """What became of each series, for whoever looks at the schedule's results."""
    return {series: [outcome.state, outcome.episodes, outcome.fault] for series, outcome in _skill.programmes.refresh().items()}
