"""Collections: nth weekdays, holidays, seasons, 53-week years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from dateutil.rrule import MONTHLY, SA, TH, rrule

from skill.city import waste
from skill.city.hours import is_holiday
from skill.stores.town_files import load_town
from tests.conftest import TOWNS, at

ISSY, VALFLEURI = load_town(TOWNS["issy"]), load_town(TOWNS["valfleuri"])


def upcoming(city, collection: str, moment: str, district: str = "", places: tuple[str, ...] = ()) -> list[str]:
    return [p.day.isoformat() for p in waste.next_passages(city, city.collections[collection], at(moment), district, places)]


@pytest.mark.parametrize(
    ("moment", "place", "expected"),
    [
        ("2025-05-05 09:00", "marche-corentin-celton", "2025-05-15"),  # the second Thursday is 8 May
        ("2025-10-20 09:00", "marche-des-epinettes", "2025-10-23"),
        ("2026-11-20 09:00", "marche-sainte-lucie", "2026-11-28"),
        ("2025-10-31 18:00", "marche-sainte-lucie", "2025-11-22"),  # the first Saturday is 1 November
        ("2026-05-10 09:00", "marche-corentin-celton", "2026-05-21"),  # the second Thursday is Ascension
        ("2025-10-23 11:59", "marche-des-epinettes", "2025-10-23"),
        ("2025-10-23 12:00", "marche-des-epinettes", "2025-11-27"),
    ],
)
def test_the_hazardous_waste_van(moment: str, place: str, expected: str) -> None:
    assert upcoming(ISSY, "hazardous-waste", moment, places=(place,)) == [expected]


def test_the_van_agrees_with_an_independent_calendar_for_three_years() -> None:
    start, end = date(2025, 1, 1), date(2027, 12, 31)
    rules = {"marche-des-epinettes": [TH(4)], "marche-sainte-lucie": [SA(1), SA(4)], "marche-corentin-celton": [TH(2), TH(3)]}
    van = ISSY.collections["hazardous-waste"]
    for place, days in rules.items():
        expected = {
            d.date()
            for d in rrule(MONTHLY, byweekday=days, dtstart=at("2025-01-01 00:00").replace(tzinfo=None), until=at("2027-12-31 00:00").replace(tzinfo=None))
        }
        expected = {d for d in expected if not is_holiday(d, "FR")}
        only = van.but(rounds=tuple(r for r in van.rounds if r.at_place == place))
        found = {start + timedelta(days=n) for n in range((end - start).days + 1) if waste.passages_on(ISSY, only, start + timedelta(days=n))}
        assert found == expected, place


def test_a_season_ends_and_nothing_is_invented_after() -> None:
    assert upcoming(ISSY, "green-waste", "2025-11-21 10:00") == ["2025-11-24"]
    assert upcoming(ISSY, "green-waste", "2025-12-02 10:00") == []
    assert waste.season_over(ISSY.collections["green-waste"], date(2025, 12, 2)) == date(2025, 11, 24)
    assert upcoming(ISSY, "green-waste", "2025-02-02 10:00") == ["2025-04-14"]


def test_a_holiday_of_which_the_rule_says_nothing_is_not_certain() -> None:
    easter_monday = waste.passages_on(ISSY, ISSY.collections["green-waste"], date(2025, 4, 21))
    assert [p.holiday for p in easter_monday] == [True]


def test_even_weeks_across_a_53_week_year() -> None:
    assert upcoming(VALFLEURI, "packaging", "2026-12-23 09:00", "moulin") == ["2026-12-29"]  # ISO week 53 is odd
    assert upcoming(VALFLEURI, "packaging", "2026-12-30 09:00", "moulin") == ["2027-01-05"]  # and week 1 follows it


def test_days_by_district() -> None:
    assert waste.by_district(ISSY.collections["food-waste"]) == ("centre-ville", "epinettes")
    assert upcoming(ISSY, "food-waste", "2025-10-15 18:00", "centre-ville") == ["2025-10-17"]
    assert upcoming(ISSY, "food-waste", "2025-10-14 18:00", "epinettes") == ["2025-10-15"]
