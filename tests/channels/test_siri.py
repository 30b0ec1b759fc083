"""Siri's address: a word for each household, that cannot be made up, and a conversation of ten minutes under it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from skill.app import Settings, Skill
from skill.channels.web import create_app
from skill.homes import memory_of
from tests.conftest import at


class Noon(Skill):
    def now(self) -> Any:
        return at("2025-10-14 18:05")


@pytest.fixture
def client(issy: Skill) -> FlaskClient:
    settings = Settings(data="", verify=False, rate="", secret="s" * 20)
    return create_app(settings, Noon(issy.town, memory_of(settings), settings=settings), alexa=False, figures=False).test_client()


def word_of(client: FlaskClient) -> str:
    return str(re.findall(r"<code>([0-9a-f]{36})</code>", client.post("/siri/word").text)[0])


def ask(client: FlaskClient, word: str, text: str, lang: str = "fr") -> str:
    answer = client.post(f"/siri?lang={lang}", data=text.encode(), headers={"Authorization": f"Bearer {word}", "Content-Type": "text/plain"})
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    return answer.text


def test_a_question_and_its_follow_up(client: FlaskClient) -> None:
    word = word_of(client)
    assert ask(client, word, "à quelle heure ferme le parc barbusse") == "Le parc Henri Barbusse ferme à 18 heures 30 ce soir."
    assert "demain" in ask(client, word, "et demain")
    assert "Bonjour" in ask(client, word, "")
    assert "Demandez par exemple" in ask(client, word, "et demain")  # being opened is a new beginning


def test_households_do_not_mix(client: FlaskClient) -> None:
    one, two = word_of(client), word_of(client)
    assert one != two
    ask(client, one, "j'habite aux épinettes")
    ask(client, one, "oui")
    assert "Épinettes" in ask(client, one, "où est-ce que j'habite")
    assert "Épinettes" not in ask(client, two, "où est-ce que j'habite")
    ask(client, one, "oublie-moi")
    assert "Épinettes" not in ask(client, one, "où est-ce que j'habite")


@pytest.mark.parametrize("kind", ["text", "form", "json", "multipart"])
def test_a_shortcut_may_send_it_in_any_way(client: FlaskClient, kind: str) -> None:
    headers = {"Authorization": f"Bearer {word_of(client)}"}
    text = "à quelle heure ferme le parc barbusse"
    sent: dict[str, Any] = {
        "text": {"data": text.encode(), "content_type": "text/plain"}, "form": {"data": {"text": text}}, "json": {"json": {"text": text}},
        "multipart": {"data": {"text": text}, "content_type": "multipart/form-data"},
    }[kind]  # fmt: skip
    assert "18 heures 30" in client.post("/siri", headers=headers, **sent).text


@pytest.mark.parametrize(
    "change",
    [
        lambda w: "",
        lambda w: w[:-1],
        lambda w: w + "0",
        lambda w: ("1" if w[0] == "0" else "0") + w[1:],
        lambda w: w[:16] + "0" * 20,
        lambda w: w.upper() + "G",
    ],
)
def test_a_word_that_is_none_is_refused(client: FlaskClient, change: Any) -> None:
    word = change(word_of(client))
    answer = client.post("/siri", data=b"bonjour", headers={"Authorization": f"Bearer {word}"} if word else {})
    assert answer.status_code == (403 if word else 401)
    assert "onjour" not in answer.text


@pytest.mark.parametrize("body", [b"\xff\xfe", b"[]", b"7", b'{"text": 7}', b"x" * 50_000, b"\x00" * 10])
def test_strange_bodies_are_answered(client: FlaskClient, body: bytes) -> None:
    word = word_of(client)
    for kind in ("text/plain", "application/json", "application/x-www-form-urlencoded"):
        answer = client.post("/siri", data=body, headers={"Authorization": f"Bearer {word}", "Content-Type": kind})
        assert answer.status_code == 200
        assert answer.text


def test_the_page_gives_a_word_and_how_to_use_it(client: FlaskClient) -> None:
    page = client.get("/siri/word").text
    assert "<code>" not in page
    assert "Faire mon mot de passe" in page
    made = client.post("/siri/word")
    assert "http://localhost/siri" in made.text
    assert made.headers["Cache-Control"] == "no-store"
    assert "password" in client.post("/siri/word?lang=en").text
    assert json.dumps(made.headers.getlist("Set-Cookie")) == "[]"


def test_the_page_gives_the_public_address_whatever_name_was_called(issy: Skill) -> None:
    settings = Settings(data="", verify=False, rate="", secret="s" * 20, public_url="https://mairie.example")
    client = create_app(settings, Noon(issy.town, memory_of(settings), settings=settings), alexa=False, figures=False).test_client()
    page = client.post("/siri/word", headers={"Host": "evil.example"}).text
    assert "https://mairie.example/siri" in page
    assert "evil" not in page


def test_english(client: FlaskClient) -> None:
    assert "6:30" in ask(client, word_of(client), "what time does barbusse park close", "en")
