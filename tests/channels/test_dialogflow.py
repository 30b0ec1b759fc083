"""Dialogflow's webhook: any intent gets a usable answer, any body gets one or is told what is wanted; who does not say the word gets nothing."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.app import Settings, Skill
from skill.channels.web import create_app
from skill.homes import memory_of

KEY = "d" * 32
SESSION = "projects/p/agent/sessions/s"


def made(issy: Skill) -> FlaskClient:
    chosen = Settings(data="", verify=False, rate="", dialogflow_key=KEY)
    return create_app(chosen, Skill(issy.town, memory_of(), settings=chosen), alexa=False, figures=False).test_client()


@pytest.fixture(scope="module")
def client(issy: Skill) -> FlaskClient:
    return made(issy)


def send(client: FlaskClient, data: Any) -> dict[str, Any]:
    answer = client.post("/dialogflow", json=data, headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 200, answer.text
    return dict(answer.json)  # type: ignore[call-overload]


def test_an_unknown_intent_is_answered_by_its_words(client: FlaskClient) -> None:
    query = {"queryText": "où jeter une pile", "languageCode": "fr", "intent": {"displayName": "Never.Heard.Of"}, "action": "x", "parameters": {"a": 1}}
    told = send(client, {"session": SESSION, "queryResult": query})
    assert "pile" in told["fulfillmentText"].lower()
    assert told["outputContexts"][0]["name"] == f"{SESSION}/contexts/mairie"


@pytest.mark.parametrize("words", [None, "", "   ", 7, [], {}, "WELCOME", "TELEPHONY_WELCOME", "GOOGLE_ASSISTANT_WELCOME"])
def test_no_words_are_a_greeting(client: FlaskClient, words: Any) -> None:
    assert "mairie" in send(client, {"session": SESSION, "queryResult": {"queryText": words}})["fulfillmentText"]
    assert "mairie" in send(client, {"text": words, "sessionInfo": {}})["fulfillmentResponse"]["messages"][0]["text"]["text"][0]


def test_a_session_that_is_none_gets_no_context(client: FlaskClient) -> None:
    for session in (None, 7, "x", "projects/<script>", "projects/" + "x" * 500):
        assert "outputContexts" not in send(client, {"session": session, "queryResult": {"queryText": "bonjour"}})


def test_basic_authentication_will_do(client: FlaskClient) -> None:
    assert client.post("/dialogflow", json={"queryResult": {"queryText": "bonjour"}}, auth=("mairie", KEY)).status_code == 200


@pytest.mark.parametrize(
    ("headers", "code"), [({}, 401), ({"Authorization": "Bearer x"}, 403), ({"Authorization": f"Bearer {KEY} "}, 200), ({"Authorization": KEY}, 401)]
)
def test_the_word(client: FlaskClient, headers: dict[str, str], code: int) -> None:
    assert client.post("/dialogflow", json={"queryResult": {"queryText": "bonjour"}}, headers=headers).status_code == code


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b"7", b"null", b"\xff", b'{"a":' * 3_000])
def test_a_body_that_is_none(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/dialogflow", data=body, headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 400
    assert "WebhookRequest" in answer.json["error"]  # type: ignore[index]


_JSON = st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=12), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["queryText", "languageCode", "outputContexts", "name", "parameters", "focus", "text", "transcript", "sessionInfo", "mairie", "session"]), inner, max_size=4,
), max_leaves=12)  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from(["queryResult", "session", "sessionInfo", "text", "languageCode", "originalDetectIntentRequest", "payload"]), _JSON, max_size=6
    )
)
@settings(max_examples=200, deadline=None)
def test_any_shape_is_answered(client: FlaskClient, data: dict[str, Any]) -> None:
    told = send(client, data)
    assert told.get("fulfillmentText") or told["fulfillmentResponse"]["messages"][0]["text"]["text"][0]


def test_a_context_that_somebody_made_up_does_no_harm(client: FlaskClient) -> None:
    for focus in ('{"slots": {"places": ["../../etc"]}}', "x", '{"said": "<script>", "intent": "AMAZON.RepeatIntent"}', "[" * 5_000):
        contexts = [{"name": f"{SESSION}/contexts/mairie", "parameters": {"focus": focus}}]
        assert send(client, {"session": SESSION, "queryResult": {"queryText": "et demain", "outputContexts": contexts}})["fulfillmentText"]
