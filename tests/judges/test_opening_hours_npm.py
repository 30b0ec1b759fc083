"""The npm reference for opening hours agrees with us, place by place, on every day of 2025 to 2027 (slow; development only, LGPL)."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import date
from pathlib import Path

import ics
import pytest

from skill.channels import calendars
from skill.city.hours import timetable
from skill.stores.town_files import load_town
from tests.conftest import TOWNS
from tests.judges.npm import judge

FIRST, LAST = date(2025, 1, 1), date(2027, 12, 31)


@pytest.fixture(scope="module")
def node() -> Path:
    return judge("opening_hours", "3.15.0", "opening_hours.mjs")


def evaluated(node: Path, asked: dict[str, dict[str, str]], zone: str) -> dict[str, dict[str, list[list[str]]]]:
    """What npm's opening_hours makes of schedules, day by day."""
    done = subprocess.run(
        ["node", "judge.mjs"], cwd=node, input=json.dumps(asked), capture_output=True, text=True, timeout=600, check=True, env={**os.environ, "TZ": zone}
    )
    found: dict[str, dict[str, list[list[str]]]] = json.loads(done.stdout)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("town", sorted(TOWNS))
def test_the_calendars_of_collections_date_for_date(node: Path, town: str) -> None:
    """Every .ics, read by ics.py, over three years: the days on which npm says that there is a round, holidays that no rule speaks of left out."""
    city = load_town(TOWNS[town])
    span = {"first": FIRST.isoformat(), "last": LAST.isoformat()}
    schedules = {r.schedule for c in city.collections.values() for r in c.rounds}
    theirs = evaluated(node, {"PH": {"hours": "PH", **span}, **{s: {"hours": s, **span} for s in schedules}}, city.zone)
    for sector in calendars.sectors(city):
        wanted = set()
        for c in city.collections.values():
            for r in c.rounds:
                if r.district not in ("", sector) and not (sector == calendars.WHOLE_TOWN and not c.door):
                    continue
                for day, spans in theirs[r.schedule].items():
                    within = (r.valid_from or FIRST).isoformat() <= day <= (r.valid_until or LAST).isoformat()
                    if spans and within and ("PH" in r.schedule or not theirs["PH"][day]):
                        wanted.add((day, c.say["fr"][:1].upper() + c.say["fr"][1:]))
        found = set()
        for today in (date(2025, 1, 31), date(2026, 2, 1), date(2027, 2, 1)):
            for event in ics.Calendar(calendars.collections_calendar(city, sector, today).decode()).events:
                found.add((event.begin.date().isoformat() if event.all_day else event.begin.to(city.zone).date().isoformat(), event.name))
        assert {f for f in found if FIRST.isoformat() <= f[0] <= LAST.isoformat()} == wanted, sector


@pytest.mark.slow
@pytest.mark.parametrize("town", sorted(TOWNS))
def test_every_place_on_every_day_of_three_years(node: Path, town: str) -> None:
    city = load_town(TOWNS[town])
    asked = {p.id: {"hours": p.hours, "first": FIRST.isoformat(), "last": LAST.isoformat()} for p in city.places.values() if p.hours and p.hours != "24/7"}
    theirs = evaluated(node, asked, city.zone)
    different = []
    for key in asked:
        table = timetable(city.places[key].hours, city.zone, city.country)
        for day in table.days(FIRST, LAST):
            ours = [[f"{s.opens:%H:%M}", f"{s.closes:%H:%M}"] for s in day.spans]
            if ours != theirs[key][day.day.isoformat()]:
                different.append((key, day.day.isoformat(), ours, theirs[key][day.day.isoformat()]))
    assert len(asked) >= (20 if town == "issy" else 4)
    assert different == []
