"""Who may speak to the telephone's routes, what is answered to bodies that are none, and what a caller hears where something of ours is broken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from skill.app import Settings, Skill
from skill.channels import twilio
from skill.channels.web import create_app
from skill.homes import memory_of
from tests.channels.caller import HERE, KEY, NUMBER, TOKEN, Call, Noon, made
from tests.fakes import Moody


@pytest.fixture
def client(issy: Skill) -> FlaskClient:
    return made(issy)


FORM = {"CallSid": "CA1", "From": NUMBER, "SpeechResult": "bonjour"}


@pytest.mark.parametrize(
    ("sign", "code"),
    [
        (lambda url, form: "", 401), (lambda url, form: "x", 403), (lambda url, form: twilio.signature("another token of theirs", url, form.items()), 403),
        (lambda url, form: twilio.signature(TOKEN, url.replace("turn=1", "turn=2"), form.items()), 403),
        (lambda url, form: twilio.signature(TOKEN, url, {**form, "From": "+33699999999"}.items()), 403),
        (lambda url, form: twilio.signature(TOKEN, url.replace("localhost", "evil.example"), form.items()), 403),
    ],
)  # fmt: skip
def test_what_twilio_did_not_sign_is_not_looked_at(issy: Skill, sign: Callable[[str, dict[str, str]], str], code: int) -> None:
    client = made(issy)
    path = "/phone/voice?turn=1"
    answer = client.post(path, data=FORM, headers={twilio.HEADER: sign(HERE + path, FORM)})
    assert answer.status_code == code
    assert "Say" not in answer.text


def test_the_public_address_is_what_is_signed(issy: Skill) -> None:
    client = made(issy, public_url="https://mairie.example")
    for base in ("https://mairie.example", "https://mairie.example:443"):
        sign = twilio.signature(TOKEN, f"{base}/phone/voice?turn=1", FORM.items())
        assert client.post("/phone/voice?turn=1", data=FORM, headers={twilio.HEADER: sign}).status_code == 200
    local = twilio.signature(TOKEN, f"{HERE}/phone/voice?turn=1", FORM.items())
    assert client.post("/phone/voice?turn=1", data=FORM, headers={twilio.HEADER: local}).status_code == 403


@pytest.mark.parametrize("path", ["/phone/voice", "/phone/turn", "/sms", "/sms/turn", "/dialogflow"])
def test_nobody_is_answered_where_no_word_is_set(issy: Skill, path: str) -> None:
    client = made(issy, twilio_token="", phone_key="", dialogflow_key="")
    for headers in (
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer x"},
        {twilio.HEADER: ""},
        {twilio.HEADER: twilio.signature("", f"{HERE}{path}", [])},
    ):
        assert client.post(path, headers=headers).status_code == 403


@pytest.mark.parametrize(("word", "code"), [("", 401), ("Bearer", 401), ("Bearer x", 403), (f"Bearer {KEY}x", 403), (f"Basic {KEY}", 401), ("Bearer é", 403)])
def test_the_word_of_a_gateway(client: FlaskClient, word: str, code: int) -> None:
    for path in ("/phone/turn", "/sms/turn"):
        answer = client.post(path, json={"call": "c", "text": "bonjour"}, headers={"Authorization": word} if word else {})
        assert answer.status_code == code, path


@pytest.mark.parametrize("body", [b"", b"[]", b"x", b"{}", b'{"call": 7}', b'{"call": ""}', b'{"call": "%s"}' % (b"x" * 300), b"\xff", b'{"call":' * 2_000])
def test_a_body_that_is_none_says_what_is_wanted(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/phone/turn", data=body, headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"})
    assert answer.status_code == 400
    assert "call" in answer.json["error"]  # type: ignore[index]


@pytest.mark.parametrize(
    "more", [{"text": 7}, {"text": None, "keys": []}, {"keys": "abc"}, {"keys": "٣"}, {"locale": 7}, {"locale": "de-DE"}, {"from": {}}, {"text": "x" * 20_000}]
)
def test_strange_values_are_answered(client: FlaskClient, more: dict[str, Any]) -> None:
    answer = client.post("/phone/turn", json={"call": "c", **more}, headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 200
    assert answer.json["speech"]  # type: ignore[index]


def test_stores_that_are_out_keep_no_caller_from_an_answer(issy: Skill) -> None:
    settings = Settings(data="", verify=False, rate="", secret="s" * 20, twilio_token=TOKEN)
    broken = Moody()
    broken.down = True
    skill = Noon(issy.town, memory_of().but(threads=broken, people=broken, quiet=broken, listeners=broken), settings=settings)
    call = Call(create_app(settings, skill, alexa=False, figures=False).test_client())
    call.begins()
    assert "Barbusse" in call.says("à quelle heure ferme le parc barbusse")


def test_our_own_fault_is_said_as_words(issy: Skill, monkeypatch: pytest.MonkeyPatch) -> None:
    call = Call(made(issy))
    call.begins()
    monkeypatch.setattr(Skill, "hear", lambda *a, **k: 1 / 0)
    assert "Rappelez dans quelques minutes" in call.says("bonjour")
    assert call.over


def test_a_call_that_is_over_is_left_alone(client: FlaskClient) -> None:
    form = {**FORM, "CallStatus": "completed"}
    sign = twilio.signature(TOKEN, f"{HERE}/phone/voice", form.items())
    assert client.post("/phone/voice", data=form, headers={twilio.HEADER: sign}).text.endswith("<Response></Response>")
