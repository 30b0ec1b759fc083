"""What strangers send to the web endpoint: refused or answered, quickly, and never echoed nor logged."""

from __future__ import annotations

import re
import time

import pytest

from skill.app import Settings, Skill
from skill.channels.web import create_app
from tests.channels.test_alexa import envelope, slot
from tests.channels.test_signature import LEAF, ROOT, pem, signed, verifier


@pytest.fixture
def client(issy: Skill):
    return create_app(Settings(verify=False), issy).test_client()


MARK = "SECRETMARK"


@pytest.mark.parametrize(
    ("text", "session"),
    [
        ("et ça ferme quand", {"intent": "OpeningHoursIntent", "slots": {"kind": "market", "when": {"day": "1625-01-01", "last": "2025-12-31", "part": "night"}}}),
        ("et ça ferme quand", {"intent": "OpeningHoursIntent", "slots": {"kind": "market", "when": {"day": "0001-01-01", "last": "9999-12-31", "month": True}}}),
        ("et celui du centre", {"intent": "OpeningHoursIntent", "slots": {"kind": "market", "when": {"day": "9999-12-31"}}}),
        ("et celui du centre", {"intent": "OpeningHoursIntent", "slots": {"kind": "market", "when": {"day": "2026-12-31", "last": "2026-12-01", "month": True}}}),
        ("et celui du centre", {"intent": "OpeningHoursIntent", "slots": {"kind": "market", "when": {"day": "2026-12-01", "last": "2026-12-02", "month": True}}}),
        ("et pour les grands", {"intent": "FindPlaceIntent", "slots": {"kind": "playground", "age": 10**400}}),
        ("et pour les grands", {"intent": "FindPlaceIntent", "slots": {"kind": "playground", "age": -5}}),
        ("comment le savez-vous", {"source": ["p", f"{MARK}\n"]}),
        ("comment le savez-vous", {"source": [["p"], {}]}),
        ("comment le savez-vous", {"source": [f"https://{MARK}.example/", "2025-01-01"]}),
        ("et demain", {"intent": "NextCollectionIntent", "slots": {"collection": "green-waste", "district": MARK}}),
        ("et demain", {"intent": MARK, "slots": {"places": [MARK, 3, None, {}], "facility": MARK, "kind": MARK, "when": {"part": [MARK], "at": 5, "day": []}}}),
        ("oui", {"intent": MARK, "asked": "more", "choices": [MARK, "parc-henri-barbusse"], "misses": True}),
        ("oui", {"intent": "FindPlaceIntent", "asked": "more", "choices": ["parc-henri-barbusse"], "slots": {"when": MARK, "age": "x", "places": MARK}}),
        ("le deuxième", {"intent": "OpeningHoursIntent", "asked": "place", "choices": [MARK, f"../{MARK}"]}),
    ],
)  # fmt: skip
def test_a_forged_session_is_answered_quickly_and_never_echoed(client, caplog, text: str, session: dict) -> None:
    start = time.perf_counter()
    answer = client.post("/api/ask", json={"text": text, "session": session})
    assert time.perf_counter() - start < 0.5
    assert answer.status_code == 200
    assert answer.get_json()["speech"]
    assert MARK not in answer.get_data(as_text=True)
    assert caplog.text == ""


def test_what_was_said_is_said_again_without_control_characters(client) -> None:
    answer = client.post("/api/ask", json={"text": "répète", "session": {"said": "Oui.\x00\x1b[31m" + "l'" * 9_000}}).get_json()
    assert "\x1b" not in answer["speech"]
    assert len(answer["session"]["said"]) <= 1_200
    assert len(answer["ssml"]) < 8_000


@pytest.mark.parametrize(
    "body",
    [b"[" * 60_000, b'{"text": "x", "session": ' + b"[" * 60_000, b'{"text": "\\ud800"}', b'{"text": "merci", "session": {"said": "\\udfff"}}',
     b'{"text": "merci", "session": {"intent": "\\ud83d"}}', b'{"text": "x", "n": NaN}', b"\xff", b"", b'{"text": ' + b"9" * 5_000 + b"}"],
)  # fmt: skip
def test_ask_refuses_bad_json_with_400(client, caplog, body: bytes) -> None:
    answer = client.post("/api/ask", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert caplog.text == ""


def test_whole_characters_written_as_halves_are_taken(client) -> None:
    assert client.post("/api/ask", data=b'{"text": "bonjour \\ud83e\\udd84"}', content_type="application/json").status_code == 200


@pytest.mark.parametrize(("locale", "word"), [("fr-FR", "moment"), ("en-GB", "just now")])
def test_our_own_fault_is_kind_and_logged_without_what_was_sent(issy: Skill, caplog, monkeypatch, locale: str, word: str) -> None:
    def broken(text: str, *_: object, **__: object) -> None:
        raise KeyError(f"{text}\nERROR forged line")

    monkeypatch.setattr(issy, "hear", broken)
    client = create_app(Settings(verify=False), issy).test_client()
    answer = client.post("/api/ask", json={"text": MARK, "locale": locale, "session": {"said": MARK}})
    assert answer.status_code == 200
    assert word in answer.get_json()["speech"]
    assert MARK not in answer.get_data(as_text=True)
    assert MARK not in caplog.text
    assert "forged" not in caplog.text
    assert re.search(r"KeyError at .*test_untrusted\.py:\d+", caplog.text)


def test_nothing_sent_to_alexa_is_logged(issy: Skill, caplog, monkeypatch) -> None:
    def broken(turn: object, ready: object, helps: object) -> None:
        raise ValueError(MARK)

    monkeypatch.setattr(issy, "answer", broken)
    client = create_app(Settings(verify=False), issy).test_client()
    assert client.post("/alexa", json=envelope(f"{MARK}Intent", slot("place", MARK))).status_code == 200
    assert client.post("/alexa", json=envelope("SourceIntent", attributes={"focus": {"source": [MARK, MARK]}})).status_code == 200
    for body in ({"request": MARK}, {MARK: 1}, {"request": {"type": MARK}}):
        client.post("/alexa", json=body)
    strict = create_app(Settings(), issy, verifier(pem(LEAF[0], ROOT[0]))).test_client()
    for headers in ({"SignatureCertChainUrl": MARK, "Signature-256": MARK}, {**signed(), "SignatureCertChainUrl": f"https://s3.amazonaws.com/{MARK}"}, {}):
        assert strict.post("/alexa", json=envelope(MARK), headers=headers).status_code == 400
    assert "ValueError at" in caplog.text
    assert MARK not in caplog.text


@pytest.mark.parametrize("body", [{}, {"request": None}, {"request": []}, {"session": {}}])
def test_an_envelope_without_a_request_is_400(client, body: dict) -> None:
    assert client.post("/alexa", json=body).status_code == 400


def test_the_host_header_is_not_printed_back(client) -> None:
    assert "evil" not in client.get("/", headers={"Host": "evil.example"}).get_data(as_text=True)
