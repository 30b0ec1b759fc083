"""The page at / without a script, and the JSON routes: described as they are, counted, closed to other sites."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from skill.app import Settings, Skill
from skill.channels.api import MOST_TEXT
from skill.channels.web import create_app
from skill.stores import words

MOST_PAGE = 60_000


@pytest.fixture
def client(issy: Skill):
    return create_app(Settings(verify=False), issy).test_client()


def test_a_whole_conversation_without_script(client) -> None:
    page = client.post("/?lang=fr", data={"text": "à quelle heure ferme le parc Barbusse samedi"}).get_data(as_text=True)
    assert "Barbusse ferme à" in page
    session = html.unescape(re.search(r'name="session" value="([^"]+)"', page)[1])
    page = client.post("/?lang=fr", data={"text": "et le parc Rodin", "session": session}).get_data(as_text=True)
    assert "Rodin" in re.search(r'id="said">([^<]*)', page)[1]
    assert "Set-Cookie" not in client.get("/").headers


def test_the_page_speaks_the_browsers_language_and_the_one_asked_for(client) -> None:
    for headers, query, expected in (
        ({}, "", "fr"),
        ({"Accept-Language": "en-US,en;q=0.9"}, "", "en"),
        ({"Accept-Language": "de"}, "", "fr"),
        ({"Accept-Language": "en"}, "?lang=fr", "fr"),
        ({}, "?lang=xx", "fr"),
    ):
        assert f'<html lang="{expected}">' in client.get(f"/{query}", headers=headers).get_data(as_text=True)


def test_nothing_of_a_question_is_html(client) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x>"
    for data in ({"text": evil}, {"text": "répète", "session": json.dumps({"said": evil, "intent": evil, "choices": [evil]})}, {"text": evil, "session": evil}):
        page = client.post("/", data=data).get_data(as_text=True)
        assert "<script>alert" not in page
        assert "<img" not in page
    assert client.post("/", data={"text": "x" * 100_000}).status_code == 200
    assert client.post("/", data={"text": "x" * 200_000}).status_code == 413
    assert client.post("/", data={}).status_code == 200


def test_a_podcast_without_script(client) -> None:
    page = client.post("/?lang=fr", data={"text": "mets le dernier podcast"}).get_data(as_text=True)
    assert re.search(r'<audio[^>]+src="/podcasts/', page)


def test_the_page_is_light_and_asks_nobody_else(client) -> None:
    page = client.get("/")
    links = re.findall(r'(?:src|href)="([^"]+)"', page.get_data(as_text=True))
    parts = [link for link in links if link.startswith("/speaker/")]
    assert len(parts) == 2
    assert not [link for link in links if link.startswith(("http", "//"))]
    weight = len(page.data)
    for part in parts:
        with client.get(part) as answer:
            weight += len(answer.data)
    assert weight < MOST_PAGE / 2
    policy = page.headers["Content-Security-Policy"]
    assert "connect-src 'self'" in policy
    assert "unsafe" not in policy


def test_every_language_writes_the_same_texts() -> None:
    keys = {language: words.page(language).keys() for language in words.languages()}
    assert len({frozenset(k) for k in keys.values()}) == 1
    assert all(text.strip() for language in words.languages() for text in words.page(language).values())


@pytest.mark.parametrize("read", [words.pages, words.phone], ids=["pages", "phone"])
def test_other_texts_have_the_same_keys_in_every_language(read: Callable[[str], dict[str, Any]]) -> None:
    one, *others = (read(language) for language in words.languages())
    for other in others:
        assert one.keys() == other.keys()
        for key, value in one.items():
            assert type(value) is type(other[key]), key
            if isinstance(value, dict):
                assert value.keys() == other[key].keys(), key
            elif isinstance(value, str):
                assert set(re.findall(r"{\w+}", value)) == set(re.findall(r"{\w+}", other[key])), key


QUESTIONS = ("à quelle heure ferme le parc Barbusse", "quels sont les horaires du marché", "mets le dernier podcast", "arrête", "xyzzy", "", "rappelle-moi de boire à huit heures", "parle plus lentement", "au secours")  # fmt: skip


def test_answers_are_what_the_description_says(client) -> None:
    described = client.get("/api/openapi.json").get_json()
    assert described["openapi"].startswith("3.1")
    schemas = described["components"]["schemas"]
    schema = {**schemas["Answer"], "components": {"schemas": schemas}}
    session = None
    for text in QUESTIONS:
        for route in ("/api/ask", "/api/v1/ask"):
            answer = client.post(route, json={"text": text, "session": session})
            assert answer.headers["Api-Version"] == "1"
            jsonschema.validate(answer.get_json(), schema)
        session = answer.get_json()["session"]
    assert client.post("/api/ask", json={"text": "parle plus lentement"}).get_json()["rate"] == "slow"
    assert client.post("/api/ask", json={"text": "quels sont les horaires du marché"}).get_json()["choices"][0].startswith("marché")
    error = client.post("/api/ask", json={"text": "x" * (MOST_TEXT + 1)})
    assert error.status_code == 400
    jsonschema.validate(error.get_json(), schemas["Error"])


def test_questions_are_counted_by_address_and_amazon_is_not(issy: Skill) -> None:
    client = create_app(Settings(verify=False, rate="3/minute"), issy).test_client()
    codes = [client.post(route, json={"text": "bonjour"}).status_code for route in ("/api/ask", "/api/v1/ask", "/api/ask", "/api/ask")]
    assert codes == [200, 200, 200, 429]
    assert client.post("/api/player", json={}).status_code == 400  # a player reports often: it is counted apart
    refused = client.post("/api/ask", json={"text": "bonjour"})
    assert refused.headers["Retry-After"] == "60"
    assert refused.get_json()["error"]
    assert client.post("/", data={"text": "bonjour"}).status_code == 429
    other = client.post("/api/ask", json={"text": "bonjour"}, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert other.status_code == 200
    assert client.post("/alexa", json={}).status_code == 400
    assert client.get("/podcasts/").status_code == 200


def test_behind_a_proxy_it_is_the_caller_who_is_counted(issy: Skill) -> None:
    client = create_app(Settings(verify=False, rate="1/minute", proxies=1), issy).test_client()
    ask = [client.post("/api/ask", json={"text": "bonjour"}, headers={"X-Forwarded-For": f"1.2.3.4, 192.0.2.{n}"}).status_code for n in (1, 2, 1)]
    assert ask == [200, 200, 429]
    direct = create_app(Settings(verify=False, rate="1/minute"), issy).test_client()
    assert [direct.post("/api/ask", json={"text": "bonjour"}, headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in (1, 2)] == [200, 429]


def test_other_sites_are_let_in_by_name_only(issy: Skill) -> None:
    ours = {"Origin": "https://www.issy.example"}
    closed = create_app(Settings(verify=False), issy).test_client()
    assert "Access-Control-Allow-Origin" not in closed.post("/api/ask", json={"text": "bonjour"}, headers=ours).headers
    client = create_app(Settings(verify=False, origins=("https://www.issy.example",)), issy).test_client()
    assert client.post("/api/ask", json={"text": "bonjour"}, headers=ours).headers["Access-Control-Allow-Origin"] == "https://www.issy.example"
    assert client.options("/api/ask", headers=ours).headers["Access-Control-Allow-Headers"] == "Content-Type"
    assert "Access-Control-Allow-Origin" not in client.post("/api/ask", json={"text": "bonjour"}, headers={"Origin": "https://other.example"}).headers


@pytest.mark.parametrize(
    ("name", "value"),
    [("MAIRIE_RATE", "beaucoup"), ("MAIRIE_RATE", "0/minute"), ("MAIRIE_ORIGINS", "issy.com"), ("MAIRIE_PROXIES", "-1"), ("MAIRIE_PROXIES", "dix")],
)
def test_bad_settings_are_named(monkeypatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=name):
        Settings.from_environment()
    monkeypatch.setenv(name, {"MAIRIE_RATE": "off", "MAIRIE_ORIGINS": "https://a.example https://b.example", "MAIRIE_PROXIES": "2"}[name])
    Settings.from_environment()
