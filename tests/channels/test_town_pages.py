"""Pages that closed speakers and search engines read: the hours in them are those that are spoken, on every day; nothing of a town can break them."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.app import Settings, Skill
from skill.channels import json_ld
from skill.channels.seasons import AHEAD_DAYS, specifications
from skill.channels.town_records import sure_on
from skill.channels.web import create_app
from skill.city.hours import Timetable, timetable
from skill.city.notices import CLOSED, INFO, Notice
from skill.intents.common import table_of
from tests.conftest import at
from tests.fakes import announcing

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def spans_said(main: dict[str, Any], day: date) -> list[tuple[str, str]] | None:
    """The hours of a day as a reader of schema.org understands them: a special day before the week; None where nothing covers it."""
    text = day.isoformat()
    special = [s for s in main.get("specialOpeningHoursSpecification", []) if s["validFrom"] <= text <= s["validThrough"]]
    if special:
        return [(s["opens"], s["closes"]) for s in special if not (s["opens"] == s["closes"] == "00:00")]
    rows = [s for s in main["openingHoursSpecification"] if s["validFrom"] <= text <= s["validThrough"]]
    if not rows:
        return None
    mine = [(s["opens"], s["closes"]) for s in rows if f"https://schema.org/{DAYS[day.weekday()]}" in s["dayOfWeek"]]
    return [span for span in mine if span != ("00:00", "00:00")]


def told(table: Timetable, day: date) -> list[tuple[str, str]]:
    hours = table.on(day)
    if hours.all_day:
        return [("00:00", "23:59")]
    return [(f"{s.opens:%H:%M}", "23:59" if f"{s.closes:%H:%M}" == "00:00" else f"{s.closes:%H:%M}") for s in hours.spans]


@pytest.mark.parametrize("start", ["2025-10-14 12:00", "2026-03-20 09:00", "2026-11-22 10:00"])
def test_hours_of_every_place_on_every_day_of_the_season(skill: Skill, start: str) -> None:
    now, city = at(start), skill.city
    for place in city.places.values():
        table = table_of(place, city)
        if table is None:
            continue
        main = json_ld.place(place, city, "https://mairie.example", now)
        usual = timetable(place.hours, city.zone, city.country)
        for n in range(AHEAD_DAYS):
            day = now.date() + timedelta(days=n)
            said = spans_said(main, day)
            if not sure_on(table, usual, day, city.country):
                assert said is None, (place.id, day)
            else:
                assert said == told(table, day), (place.id, day)


_TIMES = st.sampled_from(["08:00-12:00", "09:00-12:00,14:00-18:00", "10:00-19:30", "20:00-02:00", "00:00-24:00"])
_RULES = st.lists(
    st.one_of(
        st.builds(lambda d, t: f"{d} {t}", st.sampled_from(["Mo-Fr", "Sa", "Su", "We", "Mo-Su", "Tu,Th"]), _TIMES),
        st.builds(lambda m, t: f"{m} {t}", st.sampled_from(["May-Aug", "Oct-Mar", "Dec 20-Jan 05", "Feb 10"]), _TIMES),
        st.sampled_from(["PH off", "Dec 25 off", "Th[4] 09:00-12:00", "Aug 1-15 off", "week 2-52/2 Mo 09:00-12:00"]),
    ),
    min_size=1,
    max_size=5,
)


@given(_RULES, st.dates(date(2025, 1, 1), date(2027, 12, 31)))
@settings(max_examples=60, deadline=None)
def test_any_timetable_comes_out_day_by_day(rules: list[str], first: date) -> None:
    table = Timetable("; ".join(rules), "Europe/Paris", "FR")
    regular, special = specifications(table.on, first)
    main = {"openingHoursSpecification": regular, "specialOpeningHoursSpecification": special}
    for n in range(AHEAD_DAYS):
        day = first + timedelta(days=n)
        assert spans_said(main, day) == told(table, day), day


def client_of(skill: Skill) -> FlaskClient:
    return create_app(Settings(data="", verify=False, rate=""), skill, alexa=False, figures=False).test_client()


@pytest.fixture(scope="module")
def client(issy: Skill) -> FlaskClient:
    return client_of(issy)


def data_of(page: str) -> dict[str, Any]:
    return dict(json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[0]))


def test_a_closure_is_in_the_data_and_on_the_page(issy: Skill) -> None:
    today = issy.now().date()
    notice = Notice("n", CLOSED, today, today + timedelta(days=2), place="parc-henri-barbusse", say={"fr": "Le parc est fermé pour <travaux> & élagage."})
    page = client_of(announcing(issy, notice)).get("/places/parc-henri-barbusse").text
    assert "&lt;travaux&gt; &amp; élagage" in page
    main = data_of(page)["mainEntity"]
    for n in range(3):
        assert spans_said(main, today + timedelta(days=n)) == []


@pytest.mark.parametrize("evil", ["</script><script>alert(1)</script>", "]]>", "{{ 7*7 }}", "\u2028\u2029", '"><img src=x onerror=alert(1)>'])
def test_a_name_breaks_no_page(valfleuri: Skill, evil: str) -> None:
    city = valfleuri.city
    key, place = next(iter(city.places.items()))
    skill = Skill(valfleuri.town.with_city(city.but(places={**city.places, key: place.but(name={"fr": evil, "en": evil}, about={"fr": evil})})))
    page = client_of(skill).get(f"/places/{key}").text
    assert data_of(page)["mainEntity"]["name"] == evil
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "49" not in page or "{{ 7*7 }}" not in evil


def test_the_sentence_that_may_be_read_aloud_is_the_spoken_one(client: FlaskClient, issy: Skill) -> None:
    page = client.get("/places/parc-henri-barbusse").text
    said = re.findall(r'<p id="said">(.*?)</p>', page)[0]
    assert data_of(page)["speakable"]["cssSelector"] == ["#said"]
    assert said.startswith("Le parc Henri Barbusse")
    english = client.get("/places/parc-henri-barbusse?lang=en").text
    assert "Opening" in english or "open" in english.lower()
    assert '<html lang="en">' in english


def test_every_address_of_the_sitemap_answers(client: FlaskClient) -> None:
    root = "http://127.0.0.1:5000"
    urls = re.findall(r"<loc>([^<]+)</loc>", client.get("/sitemap.xml").text)
    assert len(urls) == len(set(urls)) > 100
    assert f"Sitemap: {root}/sitemap.xml" in client.get("/robots.txt").text
    for url in urls:
        assert url.startswith(root)
        assert client.get(url.removeprefix(root)).status_code == 200, url


@pytest.mark.parametrize("path", ["/places/nope", "/places/..%2f..%2fetc", "/places/%00", "/places/" + "x" * 3_000])
def test_what_is_not_there_is_not_there(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_page_is_kept_and_asked_about(client: FlaskClient) -> None:
    first = client.get("/collections")
    assert "max-age" in first.headers["Cache-Control"]
    assert client.get("/collections", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert "Content-Security-Policy" in first.headers


def test_dates_of_the_truck_are_events(valfleuri: Skill, issy: Skill) -> None:
    page = data_of(client_of(issy).get("/collections").text)
    events = [row["item"] for row in page["mainEntity"]["itemListElement"]]
    assert all(e["@type"] == "Event" for e in events)
    assert len({(e["name"], e["startDate"], e["location"]["name"]) for e in events}) == len(events)


def test_a_word_to_the_town_is_no_closure(issy: Skill) -> None:
    today = issy.now().date()
    notice = Notice("n", INFO, today, today, place="parc-henri-barbusse", say={"fr": "Fête du parc."})
    main = data_of(client_of(announcing(issy, notice)).get("/places/parc-henri-barbusse").text)["mainEntity"]
    assert spans_said(main, today) != []
