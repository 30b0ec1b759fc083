"""The web endpoint: Amazon's route and ours, good and bad requests, the town reloaded while it runs."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from skill.app import Settings, Skill
from skill.channels.web import MOST_BYTES, Reloader, create_app, is_loopback, serve
from skill.conversation.turn import Turn, TurnKind
from skill.stores.compiled import from_files
from tests.channels.test_alexa import envelope, slot
from tests.channels.test_signature import BODY, LEAF, ROOT, pem, signed, verifier
from tests.conftest import TOWNS


@pytest.fixture
def client(issy: Skill):
    return create_app(Settings(verify=False), issy).test_client()


def test_a_signed_request_is_answered_and_an_unsigned_one_is_not(issy: Skill) -> None:
    client = create_app(Settings(), issy, verifier(pem(LEAF[0], ROOT[0]))).test_client()
    good = client.post("/alexa", data=BODY, headers=signed())
    assert good.status_code == 200
    assert good.get_json()["response"]["outputSpeech"]["ssml"].startswith("<speak>Bonjour")
    assert client.post("/alexa", data=BODY).status_code == 400
    assert client.post("/alexa", data=BODY + b" ", headers=signed()).status_code == 400


def test_alexa_through_flask_ask_sdk(client) -> None:
    answer = client.post("/alexa", json=envelope("ClosingTimeIntent", slot("place", "x", "parc-henri-barbusse")))
    assert answer.status_code == 200
    assert "Barbusse" in answer.get_json()["response"]["outputSpeech"]["ssml"]


@pytest.mark.parametrize("body", [b"", b"not json", b"\xff\xfe", b"[]", b"null", b"3", b'"x"', b"[" * 100_000, "é".encode("latin-1"), b"{" * 500])
def test_bad_bodies_are_400_and_never_500(client, body: bytes) -> None:
    answer = client.post("/alexa", data=body)
    assert answer.status_code == 400
    assert "Traceback" not in answer.get_data(as_text=True)


def test_another_skills_request_is_400(issy: Skill) -> None:
    client = create_app(Settings(verify=False, skill_id="amzn1.ask.skill.other"), issy).test_client()
    assert client.post("/alexa", json=envelope("AMAZON.HelpIntent")).status_code == 400


def test_too_large_and_wrong_methods(client) -> None:
    assert client.post("/alexa", data=b"x" * (MOST_BYTES + 1)).status_code == 413
    assert client.get("/alexa").status_code == 405
    assert client.get("/nowhere").status_code == 404


def test_ask_keeps_the_conversation(client) -> None:
    first = client.post("/api/ask", json={"text": "c'est quand le marché", "locale": "fr-FR"}).get_json()
    assert first["reprompt"]
    second = client.post("/api/ask", json={"text": "sainte lucie", "session": first["session"]}).get_json()
    assert "Sainte-Lucie" in second["speech"]


@pytest.mark.parametrize("body", [{}, {"text": 3}, {"text": "x" * 10_001}, [], "x"])
def test_ask_refuses_what_is_not_a_question(client, body) -> None:
    answer = client.post("/api/ask", json=body)
    assert answer.status_code == 400
    assert "text" in answer.get_json()["error"]


def test_a_hostile_session_is_only_data(client) -> None:
    session = {
        "intent": "__class__",
        "slots": {"places": ["../../etc"], "kind": "<b>"},
        "asked": "place",
        "choices": ["nope"],
        "said": "<script>alert(1)</script>",
    }
    answer = client.post("/api/ask", json={"text": "répète", "session": session}).get_json()
    assert "<script" not in answer["ssml"]
    assert client.post("/api/ask", json={"text": "et dimanche", "session": session}).status_code == 200


MARK = "SECRETMARK"
PLACE = {"intent": "OpeningHoursIntent", "slots": {"kind": "market"}}


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


@pytest.mark.parametrize(("locale", "word"), [("fr-FR", "moment"), ("en-GB", "moment")])
def test_our_own_fault_is_kind_and_logged_without_what_was_sent(issy: Skill, caplog, monkeypatch, locale: str, word: str) -> None:
    def broken(text: str, *_: object) -> None:
        raise KeyError(f"{text}\nERROR forged line")

    monkeypatch.setattr(issy, "hear", broken)
    client = create_app(Settings(verify=False), issy).test_client()
    answer = client.post("/api/ask", json={"text": MARK, "locale": locale, "session": {"said": MARK}})
    assert answer.status_code == 200
    assert word in answer.get_json()["speech"]
    assert MARK not in answer.get_data(as_text=True)
    assert MARK not in caplog.text
    assert "forged" not in caplog.text
    assert re.search(r"KeyError at .*test_web\.py:\d+", caplog.text)


def test_nothing_sent_to_alexa_is_logged(issy: Skill, caplog, monkeypatch) -> None:
    def broken(turn: object, ready: object) -> None:
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


def test_verification_off_is_for_loopback_only(capsys) -> None:
    assert serve(Settings(verify=False), "0.0.0.0", 0) == 2
    assert "127.0.0.1" in capsys.readouterr().err
    assert is_loopback("127.0.0.1")
    assert is_loopback("::1")
    assert not is_loopback("192.0.2.1")


def test_a_running_server_keeps_its_last_good_town(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TOWNS["valfleuri"], tmp_path / "town"))
    skill = Skill(from_files(folder))
    reloader = Reloader(skill, folder)
    places = folder / "places.toml"
    good = places.read_text(encoding="utf-8")
    places.write_text(good.replace('hours = "Fr 15:00-20:00"', 'hours = "vendredi"'), encoding="utf-8")
    assert reloader.look() is False
    assert skill.city.places["marche-de-la-gare"].hours == "Fr 15:00-20:00"
    places.write_text(good.replace('hours = "Fr 15:00-20:00"', 'hours = "Fr 16:00-20:00"'), encoding="utf-8")
    assert reloader.look() is True
    assert skill.city.places["marche-de-la-gare"].hours == "Fr 16:00-20:00"
    assert reloader.look() is False


def test_no_mistake_ends_the_watch(tmp_path: Path, caplog, monkeypatch) -> None:
    folder = Path(shutil.copytree(TOWNS["valfleuri"], tmp_path / "town"))
    skill = Skill(from_files(folder))
    reader = Reloader(skill, folder)
    before = skill.ready
    extra = folder / "zz.toml"

    def unknown(_: Path) -> None:
        raise LookupError("Europe/Issy")

    with monkeypatch.context() as patched:
        patched.setattr("skill.channels.reloader.from_files", unknown)
        extra.write_text("# one", encoding="utf-8")
        assert reader.look() is False
        assert reader.look() is False
    assert caplog.text.count("LookupError at") == 1
    assert skill.ready is before
    extra.write_text("# two", encoding="utf-8")
    assert reader.look() is True
    assert skill.ready is not before


def test_a_turn_keeps_the_town_it_began_with(tmp_path: Path) -> None:
    skill = Skill(from_files(TOWNS["valfleuri"]))
    old = skill.ready
    skill.replace(from_files(TOWNS["issy"]))
    assert old.city.name != skill.city.name
    turn = Turn(TurnKind.LAUNCH, "fr-FR", skill.now(), "LaunchIntent")
    assert skill.answer(turn, old).speech != skill.answer(turn).speech


def test_the_server_limits_what_it_reads_and_says_what_is_missing(monkeypatch, capsys) -> None:
    class Stop(Exception):
        pass

    given: dict = {}

    def create_server(app, **options):
        given.update(options)
        raise Stop

    monkeypatch.setattr("waitress.create_server", create_server)
    with pytest.raises(Stop):
        serve(Settings(town=str(TOWNS["valfleuri"])), "127.0.0.1", 0)
    assert given["max_request_body_size"] == MOST_BYTES
    assert given["channel_timeout"] <= 30
    assert given["connection_limit"] <= 1000
    assert capsys.readouterr().err.count("MAIRIE_SKILL_ID") == 1


def test_mairie_run_answers_and_stops() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "skill.cli", "run", "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/ask", json.dumps({"text": "où jeter une pile"}).encode(), {"Content-Type": "application/json"}
        )
        for _ in range(100):
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:
                    assert "magasin" in json.load(answer)["speech"]
                break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail("the server never answered")
    finally:
        server.send_signal(signal.SIGINT)
        output, _ = server.communicate(timeout=10)
    assert re.search(r"curl .*api/ask", output)


def test_a_taken_port_is_said(capsys) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert serve(Settings(town=str(TOWNS["valfleuri"])), "127.0.0.1", taken.getsockname()[1]) == 1
    assert "--port" in capsys.readouterr().err
