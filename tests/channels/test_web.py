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
from skill.channels.reloader import Reloader
from skill.channels.web import MOST_BYTES, create_app, is_loopback, serve
from skill.conversation.turn import Turn, TurnKind
from skill.stores.compiled import from_files
from tests.channels.test_alexa import envelope, slot
from tests.channels.test_signature import BODY, LEAF, ROOT, pem, signed, verifier
from tests.conftest import TOWNS
from tests.fakes import living


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


def test_verification_off_is_for_loopback_only(capsys) -> None:
    assert serve(Settings(verify=False), "0.0.0.0", 0) == 2
    assert "127.0.0.1" in capsys.readouterr().err
    assert is_loopback("127.0.0.1")
    assert is_loopback("::1")
    assert not is_loopback("192.0.2.1")


def test_a_running_server_keeps_its_last_good_town(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TOWNS["valfleuri"], tmp_path / "town"))
    skill = living(folder)
    reloader = Reloader(skill)
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
    skill = living(folder)
    reader = Reloader(skill)
    before = skill.ready
    places = folder / "places.toml"
    good = places.read_text(encoding="utf-8")

    def unknown(_: Path) -> None:
        raise LookupError("Europe/Issy")

    with monkeypatch.context() as patched:
        patched.setattr("skill.stores.live.read_tables", unknown)
        places.write_text(f"{good}\n# one\n", encoding="utf-8")
        assert reader.look() is False
        assert reader.look() is False
    assert caplog.text.count("LookupError at") == 1
    assert skill.ready is before
    places.write_text(f"{good}\n# two\n", encoding="utf-8")
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

    monkeypatch.setattr("skill.channels.server.make", create_server)
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
