"""Parsers that others wrote read our pages: the JSON-LD is there, whole, of schema.org's types, and its hours are those that are spoken."""

from __future__ import annotations

import re
import urllib.request
from datetime import date, timedelta

import pytest

from skill.intents.common import table_of
from tests.channels.test_town_pages import spans_said
from tests.conformance.house import open_house
from tests.judges.homes import Home


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return str(answer.read().decode())


@pytest.mark.slow
def test_other_peoples_parsers_read_every_page() -> None:
    judge = Home("structured-data").install(["extruct==0.18.0", "PyLD==2.0.4"])
    with open_house() as house:
        city = house.skill.city
        urls = re.findall(r"<loc>([^<]+)</loc>", get(f"{house.url}/sitemap.xml"))
        assert f"{house.url}/collections" in urls
        pages = {url: get(url) for url in urls if "/places/" in url or url.endswith("/collections")}
        read = judge.ask("judge_structured_data.py", {"pages": pages})
    for key, place in city.places.items():
        (page,) = read[f"{house.url}/places/{key}"]["plain"]
        assert page["@type"] == "WebPage"
        assert page["speakable"]["@type"] == "SpeakableSpecification"
        main = page["mainEntity"]
        assert main["name"]
        (whole,) = read[f"{house.url}/places/{key}"]["expanded"][0]
        assert whole["@type"] == ["https://schema.org/WebPage"]
        table = table_of(place, city)
        if table is None:
            assert "openingHoursSpecification" not in main
            continue
        for n in range(190):
            day: date = house.skill.now().date() + timedelta(days=n)
            said = spans_said(main, day)
            if said:
                assert said == [
                    (s.opens.strftime("%H:%M"), "23:59" if s.closes.strftime("%H:%M") == "00:00" else s.closes.strftime("%H:%M")) for s in table.on(day).spans
                ], (key, day)
    (page,) = read[f"{house.url}/collections"]["plain"]
    events = [row["item"] for row in page["mainEntity"]["itemListElement"]]
    assert events
    assert all(e["@type"] == "Event" and e["startDate"] < e["endDate"] and e["location"]["name"] for e in events)
