"""AWS Lambda entry point of the schedule: reads the feeds that changed, puts episodes that came due into our own, and sees that the skill's
function finds the town as staff changed it.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from skill.app import Settings, make_skill
from skill.channels.emf import measure

_skill = make_skill(Settings.from_environment())
NEVER_READ_MINUTES = 7 * 24 * 60
"""The age of a feed that never answered, for the alarm."""


def handler(event, context):
    """What became of each series, for whoever looks at the schedule's results; how old the oldest reading is, for the alarm."""
    outcomes = _skill.programmes.refresh()
    now = _skill.now()
    ages = [(now - o.read).total_seconds() / 60 if o.read else NEVER_READ_MINUTES for o in outcomes.values()]
    measure("FeedAgeMinutes", max(ages, default=0.0))
    _skill.refresh()  # after the feeds, which a fault of the town's must not keep from being read
    _skill.publish()
    return {series: [outcome.state, outcome.episodes, outcome.fault] for series, outcome in outcomes.items()}
