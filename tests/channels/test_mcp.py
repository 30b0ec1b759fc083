"""Tools for language models: what they say is what the town says; bad arguments get good advice; nobody else's page may call."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.app import Settings, Skill
from skill.channels.abilities import MCP
from skill.channels.conversations import Conversations
from skill.channels.mcp import build, hosts_of
from skill.channels.mcp_tools import BadArgument, Tools
from skill.channels.named import named
from skill.channels.web import create_app
from tests.conformance.house import SETTINGS, House, open_house, still
from tests.conformance.lines import LOOP


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with open_house() as made:
        yield made


@pytest.fixture(scope="module")
def tools(house: House) -> Tools:
    skill = still(house.skill)
    return Tools(skill, Conversations(skill, MCP, lambda: b"k"))


def post(house: House, body: bytes, **headers: str) -> tuple[int, str]:
    given_ = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", **{k.replace("_", "-"): v for k, v in headers.items()}}
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{house.url}/mcp", body, given_), timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def call(house: House, name: str, given_: Any) -> dict[str, Any]:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": given_}}
    status, told = post(house, json.dumps(body).encode(), MCP_Protocol_Version="2025-06-18")
    assert status == 200, told
    return dict(json.loads(told))


def test_each_tool_is_described_typed_and_changes_nothing(house: House) -> None:
    async def listed() -> list[Any]:
        return list(await build(house.skill, SETTINGS).list_tools())

    found = {t.name: t for t in LOOP.run(listed())}
    assert set(found) == {"ask_town", "opening_hours", "next_collection", "where_to_throw", "find_place", "list_episodes"}
    for tool in found.values():
        assert tool.annotations.read_only_hint
        assert not tool.annotations.destructive_hint
        assert 10 < len(tool.description) < 120
        assert tool.output_schema
        assert all("description" in p for p in tool.input_schema["properties"].values())


def test_hours_of_a_day_with_their_source(tools: Tools) -> None:
    told = tools.opening_hours("parc barbus", "2025-10-15")
    assert told.hours is not None
    assert told.hours.open == [["2025-10-15T07:30:00+02:00", "2025-10-15T18:30:00+02:00"]]
    assert told.source.startswith("https://www.issy.com/")
    assert told.updated == "2025-03-14"
    assert tools.opening_hours("parc-rodin").open_now is True
    assert tools.opening_hours("bergeries").id


def test_a_place_without_hours_is_unknown_and_not_closed(tools: Tools) -> None:
    key = next(p.id for p in tools.skill.city.places.values() if not p.hours)
    told = tools.opening_hours(key)
    assert (told.published, told.open_now, told.hours) == (False, None, None)
    assert told.ask_instead


def test_dates_are_those_that_are_sure(tools: Tools) -> None:
    told = tools.next_collection("le camion des déchets toxiques", limit=5)
    assert [d.day for d in told.dates] == sorted(d.day for d in told.dates)
    assert all(d.start and d.where for d in told.dates)
    over = tools.next_collection("green-waste")
    assert over.season_over or over.dates
    tools.skill.moment += timedelta(days=200)  # type: ignore[attr-defined]
    try:
        later = tools.next_collection("déchets verts")
        assert later.dates == []
        assert later.season_over == "2025-11-24"
        assert "0 800" in later.ask_instead
    finally:
        tools.skill.moment -= timedelta(days=200)  # type: ignore[attr-defined]


def test_where_things_go(tools: Tools) -> None:
    told = tools.where_to_throw("un vieux pot de peinture")
    assert told.next_dates
    assert "camion" in told.bin
    assert tools.where_to_throw("a battery", "en").answer


def test_places_by_name_kind_and_district(tools: Tools) -> None:
    assert tools.find_place("rodin").places[0].id == "parc-rodin"
    markets = tools.find_place(kind="marché", limit=2)
    assert {p.kind for p in markets.places} == {"market"}
    assert markets.more == len(tools.skill.city.of_kind("market")) - 2
    assert all("pinettes" in p.name or p.district == "epinettes" for p in tools.find_place(kind="market", district="les épinettes").places)


def test_episodes_newest_first(tools: Tools) -> None:
    every = tools.list_episodes(limit=20)
    assert [e.published for e in every.episodes] == sorted((e.published for e in every.episodes), reverse=True)
    assert tools.list_episodes("métamorphoses").episodes[0].series == "metamorphoses"
    assert tools.list_episodes(query="renzo piano").episodes[0].title.startswith("Renzo")


@pytest.mark.parametrize(
    ("ask", "advice"),
    [
        (lambda t: t.ask_town("  "), "question"), (lambda t: t.ask_town("x" * 3_000), "2000"), (lambda t: t.ask_town("bonjour", conversation="../x"), "conversation"),
        (lambda t: t.ask_town("bonjour", "de"), "fr, en"), (lambda t: t.opening_hours("le marché"), "marche-corentin-celton"),
        (lambda t: t.opening_hours("la tour eiffel"), "find_place"), (lambda t: t.opening_hours(""), "name"), (lambda t: t.opening_hours("parc rodin", "demain"), "2025-10-14"),
        (lambda t: t.opening_hours("parc rodin", "2525-01-01"), "3 years"), (lambda t: t.next_collection("les licornes"), "green-waste"),
        (lambda t: t.next_collection("green-waste", "Montmartre"), "epinettes"), (lambda t: t.next_collection("green-waste", limit=0), "1 to 20"),
        (lambda t: t.where_to_throw("une fusée"), "one or two words"), (lambda t: t.find_place(), "kind"), (lambda t: t.find_place(kind="volcan"), "park"),
        (lambda t: t.find_place("zzzz"), "kind"), (lambda t: t.list_episodes("zzz"), "metamorphoses"), (lambda t: t.list_episodes(limit=99), "1 to 20"),
    ],
)  # fmt: skip
def test_a_bad_argument_is_told_what_would_be_good(tools: Tools, ask: Callable[[Tools], Any], advice: str) -> None:
    with pytest.raises(BadArgument) as found:
        ask(tools)
    assert advice in str(found.value)


@given(st.text(max_size=60), st.sampled_from(["place", "collection", "item", "district", "series"]))
@settings(max_examples=60, deadline=None)
def test_any_name_is_looked_up_without_a_fault(tools: Tools, text: str, table: str) -> None:
    found = named(tools.skill.ready, table, text, tools.skill.now())
    known = getattr(tools.skill.city, {"place": "places", "collection": "collections", "item": "items", "district": "districts", "series": "series"}[table])
    assert set(found.ids) | set(found.near) <= known.keys()


def test_a_conversation_is_its_own(tools: Tools) -> None:
    one = tools.ask_town("à quelle heure ferme le parc barbusse")
    two = tools.ask_town("à quelle heure ouvre le marché des épinettes")
    assert one.conversation != two.conversation
    assert "Barbusse" in tools.ask_town("et dimanche", conversation=one.conversation).answer
    assert "Épinettes" in tools.ask_town("et jeudi", conversation=two.conversation).answer
    assert not tools.ask_town("et dimanche").known
    assert tools.ask_town("à quelle heure ouvre le marché").choices


@pytest.mark.parametrize(
    ("name", "given_"),
    [
        ("ask_town", {}), ("ask_town", {"question": 7}), ("ask_town", {"question": ""}), ("ask_town", {"question": "x", "language": "de"}), ("nope", {}),
        ("find_place", {"limit": "many"}), ("opening_hours", {"place": ["a"]}), ("where_to_throw", {"item": "fusée"}), ("find_place", {"limit": 10**9}),
    ],
)  # fmt: skip
def test_the_wire_gives_a_usable_error(house: House, name: str, given_: dict[str, Any]) -> None:
    told = call(house, name, given_)
    text = json.dumps(told)
    assert told.get("result", {}).get("isError") or "error" in told
    assert "Traceback" not in text
    assert "/skill/" not in text


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b"{}", b"\xff", b'{"jsonrpc":"2.0"}', b'{"jsonrpc":"2.0","id":1,"method":"nope"}', b"[" * 5_000])
def test_what_is_no_request_is_refused_and_nothing_falls(house: House, body: bytes) -> None:
    status, told = post(house, body)
    assert status in (200, 202, 400, 404)
    assert "Traceback" not in told
    assert call(house, "ask_town", {"question": "bonjour"})["result"]


def test_host_and_origin_are_looked_at(house: House) -> None:
    body = b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
    assert post(house, body, Host="evil.example")[0] == 421
    assert post(house, body, Origin="https://evil.example")[0] == 403
    assert post(house, body, Origin="http://localhost:8080")[0] == 200
    assert post(house, body, Content_Type="text/plain")[0] in (400, 415)


def test_nothing_that_is_asked_is_written_down(house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    with caplog.at_level("INFO"):
        call(house, "where_to_throw", {"item": "les couches de Zébulon Quatrebarbes 06 77 88 99 00"})
        post(house, b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}', Host="zebulon.example")
        monkeypatch.setattr(Tools, "find_place", lambda *a: 1 / 0)
        told = call(house, "find_place", {"query": "Quatrebarbes"})
    assert "Quatrebarbes" not in caplog.text
    assert "06 77" not in caplog.text
    assert "zebulon" not in caplog.text.lower()
    assert "try again" in told["result"]["content"][0]["text"]


def test_it_is_counted_as_other_questions_are(issy: Skill) -> None:
    chosen = Settings(data="", verify=False, rate="3/minute")
    client = create_app(chosen, Skill(issy.town, settings=chosen), alexa=False, figures=False).test_client()
    codes = [client.post("/mcp", json={}).status_code for _ in range(4)]
    assert codes[-1] == 429
    assert 429 not in codes[:3]
    client.application.extensions["mairie.mcp"]["app"].close()


def test_our_public_name_is_ours_with_and_without_its_port() -> None:
    assert {"mairie.example", "mairie.example:443"} <= set(hosts_of(Settings(public_url="https://Mairie.example")))


def test_a_body_that_is_too_large_is_refused(house: House) -> None:
    assert post(house, b'{"jsonrpc":"2.0","id":1,"method":"x","params":"' + b"x" * 200_000 + b'"}')[0] == 413


def test_nothing_is_told_unasked(house: House) -> None:
    for method in ("GET", "DELETE"):
        with pytest.raises(urllib.error.HTTPError) as found:
            urllib.request.urlopen(urllib.request.Request(f"{house.url}/mcp", method=method), timeout=10)
        assert found.value.code == 405
        found.value.close()


def test_many_at_once_are_all_answered(house: House) -> None:
    told: list[dict[str, Any]] = []
    threads = [threading.Thread(target=lambda: told.append(call(house, "ask_town", {"question": "quels marchés demain"}))) for _ in range(24)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(30)
    assert len(told) == 24
    assert len({t["result"]["structuredContent"]["conversation"] for t in told}) == 24


def test_resources_are_the_towns_facts(house: House) -> None:
    def read(uri: str) -> dict[str, Any]:
        body = {"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": uri}}
        return dict(json.loads(post(house, json.dumps(body).encode(), MCP_Protocol_Version="2025-06-18")[1]))

    facts = json.loads(read("town://facts")["result"]["contents"][0]["text"])
    assert len(facts) == len(house.skill.city.facts)
    fact = json.loads(read(f"town://facts/{facts[0]['id']}")["result"]["contents"][0]["text"])
    assert fact["answer"]
    assert fact["source"].startswith("https://")
    assert json.loads(read("town://collections/green-waste")["result"]["contents"][0]["text"])["rules"]
    for uri in ("town://facts/nope", "town://places/..%2f..%2fetc", "http://127.0.0.1/etc/passwd", "town://nope"):
        assert "error" in read(uri), uri
