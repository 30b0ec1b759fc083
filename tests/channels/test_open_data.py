"""The town's facts given back: the same that are spoken, under an open licence, with when they changed; and the morning's briefing."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from podcasts.model import Episode, Feed, Show
from skill.app import Settings, Skill
from skill.channels import briefing
from skill.channels.open_data import written
from skill.channels.web import create_app
from skill.city.notices import CLOSED, INFO, Notice
from skill.city.shelf import Shelf
from skill.stores.shelf import shelf_of
from tests.conftest import at
from tests.fakes import announcing


def client_of(skill: Skill) -> FlaskClient:
    return create_app(Settings(data="", verify=False, rate=""), skill, alexa=False, figures=False).test_client()


@pytest.fixture(scope="module")
def client(issy: Skill) -> FlaskClient:
    return client_of(issy)


@pytest.mark.parametrize("name", ["places", "collections", "episodes"])
def test_json_and_csv_hold_the_same_records(client: FlaskClient, name: str, issy: Skill) -> None:
    whole = client.get(f"/open-data/{name}.json").json
    assert whole["licence_url"].startswith("https://www.etalab.gouv.fr/")
    assert whole["publisher"] == "Issy-les-Moulineaux"
    rows = list(csv.DictReader(io.StringIO(client.get(f"/open-data/{name}.csv").text)))
    assert [r["id" if name != "episodes" else "guid"] for r in rows] == [r["id" if name != "episodes" else "guid"] for r in whole["records"]]
    if name == "places":
        assert {r["id"] for r in rows} == issy.city.places.keys()
        park = next(r for r in rows if r["id"] == "parc-henri-barbusse")
        assert park["opening_hours"] == issy.city.places["parc-henri-barbusse"].hours
        assert park["source"].startswith("https://")
        assert park["updated"] == "2025-03-14"
        assert all(r["source"] for r in rows)


def test_it_says_when_it_changed_and_is_not_sent_twice(issy: Skill) -> None:
    client = client_of(issy)
    first = client.get("/open-data/places.json")
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    for header, value in (("If-None-Match", first.headers["ETag"]), ("If-Modified-Since", first.headers["Last-Modified"])):
        assert client.get("/open-data/places.json", headers={header: value}).status_code == 304
    assert client.get("/open-data/places.csv").headers["ETag"] != first.headers["ETag"]


def test_what_staff_change_is_in_it(issy: Skill) -> None:
    today = issy.now().date()
    skill = announcing(issy, Notice("n", CLOSED, today, today, place="parc-henri-barbusse"))
    row = next(r for r in client_of(skill).get("/open-data/places.json").json["records"] if r["id"] == "parc-henri-barbusse")
    assert row["opening_hours"].endswith("off")


@pytest.mark.parametrize("path", ["/open-data/secret.json", "/open-data/places.xml", "/open-data/..%2fx.json", "/open-data/places", "/open-data/people.csv"])
def test_there_is_nothing_else(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_list_leads_to_all_of_it(client: FlaskClient) -> None:
    page = client.get("/open-data/").text
    for path in ("places.json", "places.csv", "collections.csv", "episodes.json", "/calendars/"):
        assert path in page
    assert "Licence Ouverte" in page


def test_no_cell_is_a_formula_and_every_cell_comes_back() -> None:
    rows = [{"id": "a", "text": "=1+1", "list": ["x", "y"], "none": None, "yes": True, "deep": [{"a": 1}]}, {"id": "b", "text": 'dit "oui"\nligne', "list": []}]
    read = list(csv.DictReader(io.StringIO(written(rows), newline="")))
    assert read[0] == {"id": "a", "text": "'=1+1", "list": "x | y", "none": "", "yes": "true", "deep": '[{"a": 1}]'}
    assert read[1]["text"] == 'dit "oui"\nligne'


# The briefing.


def at_noon(skill: Skill, moment: str = "2025-10-14 12:00", shelf: Shelf | None = None) -> Skill:
    class Then(Skill):
        def now(self) -> datetime:
            return at(moment)

    made = Then(skill.town)
    made.programmes._shelf = shelf or Shelf()
    return made


def items(skill: Skill, language: str = "fr") -> list[dict[str, Any]]:
    return briefing.items(skill, skill.now(), language)


def test_a_day_without_news_says_so_and_one_with_news_is_dated(issy: Skill) -> None:
    (nothing,) = items(at_noon(issy, "2026-11-22 10:00"))
    assert "Pas d'annonce" in nothing["mainText"]
    day = at("2025-10-14 12:00").date()
    told = items(at_noon(announcing(issy, Notice("n", INFO, day, day, say={"fr": "La mairie ferme à midi.", "en": "Closed at noon."}))))
    assert told[0]["mainText"] == "La mairie ferme à midi."
    assert told[0]["updateDate"] == "2025-10-13T22:00:00.0Z"
    assert told[0]["uid"].startswith("urn:uuid:")
    assert set(told[0]) == {"uid", "updateDate", "titleText", "mainText", "redirectionUrl"}


def test_a_closure_is_told_with_its_place_and_days(issy: Skill) -> None:
    day = at("2025-10-14 12:00").date()
    notice = Notice("n", CLOSED, day, day, place="parc-henri-barbusse", say={"fr": "en raison du vent fort."}, whole=False)
    for language, words in (("fr", "Le parc Henri Barbusse"), ("en", "Barbusse")):
        item, *_ = items(at_noon(announcing(issy, notice)), language)
        assert words in item["mainText"]
        assert item["mainText"] != "en raison du vent fort."


def test_collections_at_the_door_name_their_districts(issy: Skill) -> None:
    text = " ".join(i["mainText"] for i in items(at_noon(issy, "2026-11-24 07:00")))
    assert "Aujourd'hui, on collecte les déchets alimentaires au Centre-Ville" in text
    assert "Demain, on collecte les déchets alimentaires aux Épinettes" in text


def test_ids_stay_for_the_day_and_change_with_it(issy: Skill) -> None:
    first = at("2025-10-14 12:00").date()
    skill = announcing(issy, Notice("n", INFO, first, first + timedelta(days=3), say={"fr": "Travaux."}))
    morning, evening, tomorrow = (items(at_noon(skill, f"2025-10-{d} {h}"))[0]["uid"] for d, h in ((14, "06:00"), (14, "23:00"), (15, "06:00")))
    assert morning == evening != tomorrow
    assert items(at_noon(skill), "en")[0]["uid"] != items(at_noon(skill))[0]["uid"]


def test_tonights_collections_are_told_where_they_are_sure(issy: Skill) -> None:
    told = items(at_noon(issy, "2025-10-22 12:00"))  # the eve of a fourth Thursday
    text = " ".join(i["mainText"] for i in told)
    assert "camion des déchets dangereux" in text.lower()
    assert "demain" in text
    assert not text.startswith(("Oui", "Non"))


def test_the_newest_episode_is_to_be_heard_for_a_week(issy: Skill) -> None:
    def shelf(published: str, url: str = "https://son.example/1.mp3") -> Shelf:
        return shelf_of({"metamorphoses": Feed(Show("M"), (Episode("g", "Le marché", at(published), url, "audio/mpeg"),))})

    (item,) = items(at_noon(issy, "2026-11-22 10:00", shelf("2026-11-20 08:00")))
    assert (item["streamUrl"], item["mainText"], item["updateDate"]) == ("https://son.example/1.mp3", "", "2026-11-20T07:00:00.0Z")
    for old in (shelf("2026-11-10 08:00"), shelf("2026-11-20 08:00", "http://son.example/1.mp3"), shelf("2026-11-23 08:00")):
        (nothing,) = items(at_noon(issy, "2026-11-22 10:00", old))
        assert "streamUrl" not in nothing


def test_no_more_than_five_and_none_too_long(issy: Skill) -> None:
    day = at("2025-10-14 12:00").date()
    many = [Notice(f"n{n}", INFO, day, day, say={"fr": "Travaux. " * 900}) for n in range(9)]
    told = items(at_noon(announcing(issy, *many)))
    assert len(told) == 5
    assert all(len(i["mainText"]) <= 4_500 for i in told)
    assert json.loads(client_of(issy).get("/flash-briefing.json").text) is not None
