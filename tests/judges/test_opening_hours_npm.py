"""The npm reference for opening hours agrees with us, place by place, on every day of 2025 to 2027 (slow; development only, LGPL)."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import date
from pathlib import Path

import pytest

from skill.city.hours import timetable
from skill.stores.town_files import load_town
from tests.conftest import TOWNS
from tests.judges.npm import judge

FIRST, LAST = date(2025, 1, 1), date(2027, 12, 31)


@pytest.fixture(scope="module")
def node() -> Path:
    return judge("opening_hours", "3.15.0", "opening_hours.mjs")


@pytest.mark.slow
@pytest.mark.parametrize("town", sorted(TOWNS))
def test_every_place_on_every_day_of_three_years(node: Path, town: str) -> None:
    city = load_town(TOWNS[town])
    asked = {p.id: {"hours": p.hours, "first": FIRST.isoformat(), "last": LAST.isoformat()} for p in city.places.values() if p.hours and p.hours != "24/7"}
    done = subprocess.run(
        ["node", "judge.mjs"], cwd=node, input=json.dumps(asked), capture_output=True, text=True, timeout=600, check=True, env={**os.environ, "TZ": city.zone}
    )
    theirs = json.loads(done.stdout)
    different = []
    for key in asked:
        table = timetable(city.places[key].hours, city.zone, city.country)
        for day in table.days(FIRST, LAST):
            ours = [[f"{s.opens:%H:%M}", f"{s.closes:%H:%M}"] for s in day.spans]
            if ours != theirs[key][day.day.isoformat()]:
                different.append((key, day.day.isoformat(), ours, theirs[key][day.day.isoformat()]))
    assert len(asked) >= (20 if town == "issy" else 4)
    assert different == []
