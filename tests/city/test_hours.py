"""Opening hours: tables of moments, and the laws that hold on any day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.city.hours import is_holiday, timetable, weekly
from skill.city.notation import problems_in
from skill.stores.town_files import load_town
from tests.conftest import PARIS, TOWNS, at

ISSY = load_town(TOWNS["issy"])
WITH_HOURS = sorted(p.id for p in ISSY.places.values() if p.hours)


def table(place: str):
    return timetable(ISSY.places[place].hours, ISSY.zone, ISSY.country)


def spans(place: str, day: str) -> list[tuple[str, str]]:
    return [(f"{s.opens:%H:%M}", f"{s.closes:%H:%M}") for s in table(place).on(date.fromisoformat(day)).spans]


@pytest.mark.parametrize(
    ("place", "day", "expected"),
    [
        # Île Saint-Germain: the next month's hours from the day the clocks change.
        ("parc-ile-saint-germain", "2025-03-29", [("07:30", "19:00")]),
        ("parc-ile-saint-germain", "2025-03-30", [("07:00", "20:30")]),
        ("parc-ile-saint-germain", "2026-10-24", [("08:00", "19:00")]),
        ("parc-ile-saint-germain", "2026-10-25", [("08:00", "17:00")]),
        ("parc-ile-saint-germain", "2028-02-29", [("08:00", "18:00")]),
        # Les Varennes: Sundays and public holidays open at nine.
        ("parc-des-varennes", "2025-05-29", [("09:00", "20:00")]),
        ("parc-des-varennes", "2025-11-11", [("09:00", "19:00")]),
        ("parc-des-varennes", "2025-11-12", [("07:00", "19:00")]),
        # The farm: closed 25 December, 1-15 January, 1-20 August; weekends only.
        ("bergeries-d-issy", "2027-12-25", []),
        ("bergeries-d-issy", "2026-01-11", []),
        ("bergeries-d-issy", "2026-01-17", [("15:30", "18:00")]),
        ("bergeries-d-issy", "2026-08-15", []),
        ("bergeries-d-issy", "2026-08-22", [("15:30", "19:00")]),
        ("bergeries-d-issy", "2026-05-13", []),
        ("marche-corentin-celton", "2026-11-26", [("12:30", "20:00")]),
        ("jardin-japonais", "2025-04-15", [("09:00", "19:30")]),
        ("jardin-japonais", "2025-05-15", [("09:00", "20:30")]),
    ],
)
def test_published_hours(place: str, day: str, expected: list[tuple[str, str]]) -> None:
    assert spans(place, day) == expected


def test_open_all_year_is_not_unknown() -> None:
    assert table("parc-abbe-derry").always
    assert ISSY.places["hotel-de-ville"].hours == ""


@pytest.mark.parametrize(("day", "holiday"), [("2025-05-29", True), ("2026-04-06", True), ("2026-04-03", False), ("2027-05-17", True), ("2028-02-29", False)])
def test_public_holidays_of_france(day: str, holiday: bool) -> None:
    assert is_holiday(date.fromisoformat(day), "FR") is holiday


def test_clock_change_nights_keep_local_time() -> None:
    night = timetable("Sa 20:00-26:00", "Europe/Paris", "FR")
    assert night.open_at(datetime(2025, 3, 30, 1, 30, tzinfo=PARIS))
    assert night.closes_after(datetime(2025, 3, 29, 23, 0, tzinfo=PARIS)).astimezone(PARIS).date() == date(2025, 3, 30)


@pytest.mark.parametrize(
    "bad", ['Mo-Fr 09:00-17:00 || "sur rendez-vous"', "SH Mo-Fr 10:00-18:00", '"on demand"', "Mo 12:00+", "PH,Su off; Mo-Fr 09:00-17:00", "lundi 9h-17h"]
)
def test_what_would_be_misread_is_refused_with_advice(bad: str) -> None:
    assert problems_in(bad, "FR")


@pytest.mark.parametrize(
    ("notation", "advice"),
    [
        ("Mo-Fr 08:30-12:00; 13:30-17:30", "écrire Mo-Fr 08:30-12:00,13:30-17:30"),
        ("Mo-Fr 08:30-12:00; Mo-Fr 13:30-17:30", "écrire Mo-Fr 08:30-12:00,13:30-17:30"),
        ("Mo-Fr 08:30-12:00; Mo-Th 13:30-17:30", "Mo-Th 08:30-12:00,13:30-17:30"),
        ("Mo-Fr 08:30-12:00; Mo-Sa 08:30-18:00", "n'écrire chaque jour qu'une fois"),
        ("Apr-Sep 09:00-12:00; Apr-Sep 14:00-18:00; Oct-Mar 10:00-12:00", "écrire Apr-Sep 09:00-12:00,14:00-18:00"),
        ("PH off; 09:00-17:00", "en dernier"),
        ("PH off; May-Aug 07:30-20:30", "en dernier"),
        ("PH,Su off; Mo-Fr 09:00-17:00", "en dernier"),
        ("Mo-Fr 09:00-17:00; Feb 30 off", "Feb 30"),
        ("Feb 30 09:00-12:00", "Feb 30"),
        ("Apr 20-31 10:00-12:00", "Apr 31"),
        ("2025 Feb 29 10:00-12:00", "28 jours"),
        ("off", "n'ouvrent jamais"),
        ("closed", "n'ouvrent jamais"),
        ("Mo-Fr 09:00-17:00; off", "n'ouvrent jamais"),
        ("20:30-07:30", "écrire 07:30-20:30"),
        ("12:00-09:00", "écrire 09:00-12:00"),
        ("09:00-09:00", "24/7"),
        ("01:00-22:00", "plus de 18 heures"),
    ],
)
def test_hours_that_say_something_else_are_refused_with_the_right_spelling(notation: str, advice: str) -> None:
    assert any(advice in p for p in problems_in(notation, "FR")), problems_in(notation, "FR")


@pytest.mark.parametrize(
    "good",
    [
        "24/7", "Mo-Su 00:00-24:00", "open", "Mo-Fr 08:30-12:00,13:30-17:30; Sa 09:00-12:00; PH off", "Mo-Sa 09:00-17:00; We 09:00-20:00",
        "18:00-02:00", "Fr,Sa 22:00-05:00", "Fr 20:30-31:30", "PH off; Dec 24 09:00-12:00", "Feb 29 10:00-12:00", "2025 Jun 28 10:00-14:00",
        "Mo-Fr 08:30-12:00, We 14:00-18:00", "week 1-53/2 Tu 06:00-12:00", "Mo-Sa 09:00-17:00; Dec 25 off; Su,PH 10:00-12:00",
    ],
)  # fmt: skip
def test_hours_that_are_meant_pass(good: str) -> None:
    assert problems_in(good, "FR") == ()


def test_the_shared_hours_of_the_wild_are_judged_without_a_crash(shared: Path) -> None:
    wild = (shared / "data" / "opening_hours" / "wild.txt").read_text(encoding="utf-8").splitlines()
    judged = [problems_in(line, "FR") for line in wild if line and not line.startswith(("#", '"'))]
    assert sum(not p for p in judged) > 150


@pytest.mark.parametrize("notation", ["24/7", "open", "00:00-24:00", "Mo-Su 00:00-24:00", "Mo-Su,PH 00:00-24:00"])
def test_open_day_and_night_however_it_is_written(notation: str) -> None:
    assert timetable(notation, "Europe/Paris", "FR").always


@pytest.mark.parametrize("notation", ["Mo-Fr 00:00-24:00", "00:00-23:00", "Mo-Su 00:00-24:00; Dec 25 off", "off"])
def test_not_always(notation: str) -> None:
    assert not timetable(notation, "Europe/Paris", "FR").always


def test_what_closes_once_is_found_and_what_never_closes_is_not_looked_for_in_the_year_9999() -> None:
    noon = datetime(2025, 7, 1, 12, 0, tzinfo=PARIS)
    assert timetable("Mo-Su,PH 00:00-24:00; 2025 Dec 25 off", "Europe/Paris", "FR").closes_after(noon) == datetime(2025, 12, 25, tzinfo=PARIS)
    assert timetable("Mo-Su,PH 00:00-24:00; 2025 Mar 1 off", "Europe/Paris", "FR").closes_after(noon) is None


def test_no_hour_that_the_clocks_skip() -> None:
    """400 days after this moment is 2026-03-29 02:00, which does not exist in Paris."""
    closed = timetable("2024 Jan 1 10:00-12:00", "Europe/Paris", "FR")
    assert closed.opens_after(datetime(2025, 2, 22, 2, 0, tzinfo=PARIS)) is None
    skipped = datetime(2025, 3, 30, 2, 30, tzinfo=PARIS)
    t = timetable("10:00-12:00", "Europe/Paris", "FR")
    assert not t.open_at(skipped)
    assert t.closes_after(skipped) is None
    assert t.opens_after(skipped) == datetime(2025, 3, 30, 10, 0, tzinfo=PARIS)


@given(place=st.sampled_from(WITH_HOURS), day=st.dates(date(2025, 1, 1), date(2028, 12, 31)), minute=st.integers(0, 1439))
def test_open_means_within_a_span(place: str, day: date, minute: int) -> None:
    moment = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=PARIS)
    t = table(place)
    inside = any(s.opens <= moment < s.closes for s in (*t.on(day).spans, *t.on(day - timedelta(days=1)).spans))
    assert t.open_at(moment) == inside
    closes = t.closes_after(moment)
    if not t.always:
        assert (closes is not None) == inside
        opens = t.opens_after(moment)
        assert opens is None or opens > moment


def test_the_usual_week_forgets_holidays() -> None:
    week = weekly(table("parc-des-varennes"), date(2025, 11, 11), "FR")
    assert {p.weekdays: p.spans[0][0] for p in week} == {(0, 1, 2, 3, 4, 5): time(7), (6,): time(9)}


def test_at_midnight_the_night_is_one_span() -> None:
    t = timetable("Fr 22:00-26:00", "Europe/Paris", "FR")
    assert t.on(date(2025, 10, 4)).spans == ()
    assert t.open_at(at("2025-10-04 01:00"))
