"""The territory's calendar, against a stand-in that answers as Publidata's clients describe it: also slow, down and wrong."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from skill.app import Skill
from skill.city import waste
from skill.conversation.turn import Focus
from skill.stores import publidata
from skill.stores.publidata import Publidata
from skill.stores.rows import SECTOR
from skill.stores.rows_memory import InMemory
from tests.conftest import at
from tests.fakes import Clock

SETTINGS = {"instance": 101, "citycode": "92040", "types": {"omr": "household", "emb": "packaging", "dv": "green-waste"}}


def schedule(hours: Any, kind: str = "regular", first: str = "2026-01-01", last: str = "2026-12-31") -> dict[str, Any]:
    return {
        "id": 1,
        "name": None,
        "schedule_type": kind,
        "opening_hours": hours,
        "start_at": f"{first}T00:00:00.000+00:00",
        "end_at": f"{last}T00:00:00.000+00:00",
    }


def service(code: str, *schedules: dict[str, Any], key: int = 7, sectorization: str = "single") -> dict[str, Any]:
    return {
        "_id": str(key),
        "_source": {
            "id": key,
            "name": f"Collecte {code} - Secteur 3",
            "metas": {"sectorization": sectorization, "garbage_types": [code]},
            "schedules": list(schedules),
        },
    }


class Territory:
    """The stand-in, what it knows, and its mood."""

    def __init__(self) -> None:
        self.hits: Any = [
            service(
                "emb",
                schedule("week 02-52/2 Mo 11:00-23:59"),
                schedule("2026 May 25 off", "closing_exception"),
                schedule("2026 May 26 11:00-23:59", "exception"),
            )
        ]
        self.kind, self.status, self.wait, self.body = "housenumber", 200, 0.0, b""
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                time.sleep(outer.wait)
                data = outer.body or json.dumps(outer.answer(self.path)).encode()
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def answer(self, path: str) -> Any:
        query = parse_qs(urlsplit(path).query)
        if path.startswith("/v2/geocoder"):
            assert query["citycode"] == ["92040"]
            key = "92040_3030_00012" if self.kind == "housenumber" else "92040_3030"
            place = {"id": key, "type": self.kind, "citycode": "92040", "street": "Rue Ernest Renan", "name": "Rue Ernest Renan", "score": 0.9}
            return [{"data": {"features": [{"geometry": {"coordinates": [2.27, 48.82]}, "properties": place}] if self.kind else []}}]
        assert query["instances[]"] == ["101"]
        assert query["address_id"] == ["92040_3030_00012"]
        return {"hits": {"total": {"value": 1}, "hits": self.hits}}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def territory() -> Iterator[Territory]:
    made = Territory()
    yield made
    made.close()


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-05-11T09:00:00+02:00")


@pytest.fixture
def port(territory: Territory, clock: Clock) -> Publidata:
    return Publidata(SETTINGS, InMemory(SECTOR), clock, territory.url)


def days(port: Publidata, issy: Skill, first: date, last: date, collection: str = "packaging", sector: str = "") -> list[date] | None:
    """The certain days of a collection in the sector of the address."""
    located = port.locate("12 rue ernest renan", issy.city) if not sector else None
    rounds = port.rounds(sector or (located.sector if located else ""), issy.city.collections[collection], issy.city)
    if rounds is None:
        return None
    return [p.day for p in waste.certain(issy.city, issy.city.collections[collection].but(rounds=rounds), first, last)]


def test_even_weeks_with_a_holiday_moved(port: Publidata, issy: Skill) -> None:
    assert days(port, issy, date(2026, 5, 1), date(2026, 6, 10)) == [date(2026, 5, 11), date(2026, 5, 26), date(2026, 6, 8)]


def test_the_fifty_third_week_of_2026(port: Publidata, issy: Skill, territory: Territory) -> None:
    territory.hits = [service("emb", schedule("week 02-52/2 Mo 11:00-23:59", last="2027-12-31"))]
    assert days(port, issy, date(2026, 12, 15), date(2027, 1, 31)) == [date(2026, 12, 21), date(2027, 1, 11), date(2027, 1, 25)]


def test_nth_weekdays_of_listed_months(port: Publidata, issy: Skill, territory: Territory) -> None:
    territory.hits = [service("dv", schedule("Feb,May,Aug,Nov Th[4] 05:00-12:00"))]
    assert days(port, issy, date(2026, 1, 1), date(2026, 12, 31), "green-waste") == [
        date(2026, 2, 26),
        date(2026, 5, 28),
        date(2026, 8, 27),
        date(2026, 11, 26),
    ]


def test_two_rules_a_comment_and_a_last_semicolon(port: Publidata, issy: Skill, territory: Territory) -> None:
    territory.hits = [service("emb", schedule("Mo 13:00-20:00; Th 05:00-20:00;"), schedule('2026 May 14 off "rise"', "closing_exception"))]
    assert days(port, issy, date(2026, 5, 4), date(2026, 5, 20)) == [date(2026, 5, d) for d in (4, 7, 11, 18)]


def test_two_services_one_after_the_other(port: Publidata, issy: Skill, territory: Territory) -> None:
    territory.hits = [
        service("emb", schedule("Mo 06:00-12:00", last="2026-06-30"), key=1), service("emb", schedule("Tu 06:00-12:00", first="2026-07-01"), key=2),
        service("omr", schedule("Mo-Sa 06:00-12:00"), key=3, sectorization="multiple"), {"_source": 3}, "x",
    ]  # fmt: skip
    assert days(port, issy, date(2026, 6, 25), date(2026, 7, 10)) == [date(2026, 6, 29), date(2026, 7, 7)]
    assert days(port, issy, date(2026, 6, 25), date(2026, 7, 10), "household") is None, "not the address's own"


@pytest.mark.parametrize(
    "hits",
    [
        None,
        [service("emb", schedule("every other monday"))],
        [service("emb", schedule("24/7"))],
        [service("emb", schedule(None))],
        [service("emb", schedule('Mo 06:00-12:00 "Fermeture'))],
        [service("emb", schedule("Mo 06:00-12:00"), schedule("bientôt", "exception"))],
        [service("emb", schedule("Mo 06:00-12:00"), schedule("2026 May 25 off", "new_kind"))],
        [service("emb", schedule("Mo 06:00-12:00", first="2026-12-31", last="2026-01-01"))],
        [service("emb", schedule("Mo 06:00-12:00")), service("emb", schedule("SH Mo 06:00-12:00"), key=8)],
        [],
    ],
)
def test_what_cannot_be_read_for_sure_is_not_said(port: Publidata, issy: Skill, territory: Territory, hits: Any) -> None:
    territory.hits = hits
    assert days(port, issy, date(2026, 5, 1), date(2026, 6, 10)) is None


@pytest.mark.parametrize("mood", ["slow", "down", "wrong", "gone"])
def test_out_of_reach_is_known_in_time(port: Publidata, issy: Skill, territory: Territory, mood: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publidata, "CALL_SECONDS", 0.3)
    territory.wait, territory.status, territory.body = (
        (2.0 if mood == "slow" else 0.0),
        (503 if mood == "down" else 200),
        (b"<html>" if mood == "wrong" else b""),
    )
    if mood == "gone":
        territory.close()
        territory._server = type("Closed", (), {"shutdown": lambda s: None, "server_close": lambda s: None})()  # type: ignore[assignment]
    started = time.monotonic()
    located = port.locate("12 rue ernest renan", issy.city)
    assert located is None or not located.sector
    assert time.monotonic() - started < 1.5


def test_an_answer_serves_for_a_while_and_then_no_more(port: Publidata, issy: Skill, territory: Territory, clock: Clock) -> None:
    located = port.locate("12 rue ernest renan", issy.city)
    assert located
    calls = len(territory.asked)
    span = (date(2026, 6, 1), date(2026, 6, 30))
    assert days(port, issy, *span, sector=located.sector)
    assert len(territory.asked) == calls, "a fresh answer is not asked for again"
    territory.status = 503
    clock.tick(timedelta(days=10).total_seconds())
    assert days(port, issy, *span, sector=located.sector), "nobody answers: the last answer is ten days old"
    clock.tick(timedelta(days=25).total_seconds())
    assert days(port, issy, *span, sector=located.sector) is None
    territory.status = 200
    assert days(port, issy, *span, sector=located.sector) is None, "it was just tried, and is left alone for a minute"
    clock.tick(61)
    assert days(port, issy, *span, sector=located.sector)


def test_an_address_that_went_to_another_sector_is_said_no_more(port: Publidata, issy: Skill, territory: Territory, clock: Clock) -> None:
    located = port.locate("12 rue ernest renan", issy.city)
    assert located
    territory.hits = [service("emb", schedule("Fr 06:00-12:00"), key=99)]
    clock.tick(timedelta(days=10).total_seconds())
    assert days(port, issy, date(2026, 6, 1), date(2026, 6, 30), sector=located.sector) is None


def test_a_conversation(issy: Skill, territory: Territory, port: Publidata, clock: Clock) -> None:
    skill = Skill(issy.town)
    skill.ready.services = skill.ready.services.but(territory=port)
    said, focus = [], Focus()
    territory.kind = "street"
    for words in ("j'habite rue ernest renan", "au douze rue ernest renan", "oui", "c'est quand le bac jaune"):
        answer = skill.hear(words, "fr-FR", at("2026-05-11 09:00") + timedelta(days=1), focus, user="u")
        territory.kind = "housenumber"
        focus = answer.reply.focus
        said.append(answer.speech.text if answer.speech else "")
    assert said == [
        "Rue Ernest Renan, oui. Dites-moi le numéro et la rue.", "Vous habitez rue Ernest Renan. Je le retiens ?", "C'est retenu.",
        "Le bac jaune sera collecté mardi 26 mai.",
    ]  # fmt: skip
    assert "12" not in str(skill.memory.people.get("u").plain())


def test_off_by_default(issy: Skill) -> None:
    assert Skill(issy.town).ready.services.territory is None
    assert issy.city.publidata["instance"] == 101


def test_a_zoned_moment_is_kept(port: Publidata, issy: Skill) -> None:
    located = port.locate("12 rue ernest renan", issy.city)
    assert located
    row = port._kept.get(located.sector)
    assert SECTOR.from_text(SECTOR.to_text(row)) == row
    assert isinstance(row.asked, datetime)
