"""Short messages: what fits, STOP, one conversation a number, and what is kept of it."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.app import Settings, Skill
from skill.channels.web import create_app
from skill.conversation.thread import Thread
from skill.conversation.turn import Focus
from skill.homes import memory_of, secret_of
from skill.speech.render import Speech
from skill.speech.written import gsm, is_gsm, message, size, written
from skill.stores import backup
from skill.stores.rows import THREAD
from skill.stores.rows_sqlite import SQLiteRows
from tests.conftest import at
from tests.fakes import Moody

KEY = "p" * 32


class Noon(Skill):
    def now(self) -> Any:
        return at("2025-10-14 18:05")


def made(issy: Skill, **more: Any) -> FlaskClient:
    chosen = Settings(data="", verify=False, rate="", secret="s" * 20, phone_key=KEY).but(**more)
    return create_app(chosen, Noon(issy.town, memory_of(chosen), settings=chosen), alexa=False, figures=False).test_client()


@pytest.fixture
def client(issy: Skill) -> FlaskClient:
    return made(issy)


def send(client: FlaskClient, text: Any, number: Any = "+33612345678", **more: Any) -> dict[str, Any]:
    answer = client.post("/sms/turn", json={"from": number, "text": text, **more}, headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json  # type: ignore[assignment]
    assert size(told["text"]) <= 306
    return told


def test_a_question_and_its_follow_up(client: FlaskClient) -> None:
    assert send(client, "horaires du parc barbusse ?")["text"] == "Le parc Henri Barbusse est ouvert de 7 heures 30 à 18 heures 30 aujourd'hui."
    assert "demain" in send(client, "et demain ?")["text"]
    assert "demain" not in send(client, "et dimanche ?", "+33699999999")["text"]


def test_numbers_are_written_as_one_dials_them(client: FlaskClient) -> None:
    assert "0 800 10 10 21" in send(client, "quand passent les encombrants")["text"]


@pytest.mark.parametrize(
    "word",
    [
        "STOP",
        "stop",
        "Stop.",
        " ARRÊT ",
        "arrête",
        "Arrêtez",
        "Unsubscribe",
        "désabonner",
        "désinscrire",
        "STOP SVP",
        "stop merci",
        "stop s'il vous plaît",
        "STOP SMS",
        "STOP 36173",
        "stop all",
    ],
)
@pytest.mark.parametrize("back", ["OUI", "oui.", "START"])
def test_stop_is_honoured_until_one_says_so(client: FlaskClient, word: str, back: str) -> None:
    send(client, "horaires du parc barbusse")
    told = send(client, word)
    assert told["stopped"]
    assert "OUI" in told["text"]
    assert send(client, "horaires du parc barbusse") == {"text": "", "stopped": False}
    assert send(client, "et demain ?")["text"] == ""
    assert send(client, "horaires du parc barbusse", "+33699999999")["text"]
    assert "parc" in send(client, back)["text"].lower()
    assert "Barbusse" in send(client, "horaires du parc barbusse")["text"]


@pytest.mark.parametrize("question", ["stop pub", "où mettre un autocollant stop pub", "l'arrêt de bus de la mairie", "stop ou encore"])
def test_a_question_with_stop_in_it_is_a_question(client: FlaskClient, question: str) -> None:
    assert not send(client, question)["stopped"]
    assert send(client, "horaires du parc barbusse")["text"]


def test_stop_holds_for_every_spelling_of_a_number(client: FlaskClient) -> None:
    send(client, "STOP", "+33644556677")
    for spelled in ("0644556677", "0033644556677", "+33 6 44 55 66 77"):
        assert send(client, "quels marchés demain", spelled)["text"] == ""


def test_stop_outlives_a_restore(issy: Skill, tmp_path: Path) -> None:
    there, back = tmp_path / "there", tmp_path / "back"
    client = made(issy, data=str(there), secret="")
    send(client, "horaires du parc barbusse", "+33611111111")
    send(client, "STOP")
    backup.write(there, tmp_path / "b.tgz", at("2025-10-14 18:05"))
    backup.restore(tmp_path / "b.tgz", back)
    assert send(made(issy, data=str(back), secret=""), "quels marchés demain")["text"] == ""
    rows = sqlite3.connect(back / "people.sqlite3")
    assert rows.execute("SELECT count(*) FROM thread").fetchone()[0] == 0  # conversations are nobody's in a backup
    rows.close()
    assert b"barbusse" not in (back / "people.sqlite3").read_bytes().lower()


def test_words_are_gone_after_ten_minutes_and_at_once_when_forgotten(issy: Skill, tmp_path: Path) -> None:
    now = [time.time()]
    rows = SQLiteRows(tmp_path / "people.sqlite3", lambda: now[0], THREAD)
    for user in ("a", "b"):
        rows.change(user, lambda _: Thread(Focus(heard="ma fille ondine a la varicelle")))
    rows.forget("a")
    now[0] += 601
    assert rows.get("b") == Thread()
    assert rows.sweep() == 1
    rows.close()
    assert b"varicelle" not in b"".join(p.read_bytes() for p in tmp_path.iterdir())


def test_stop_erases_what_was_known(issy: Skill, tmp_path: Path) -> None:
    client = made(issy, data=str(tmp_path))
    for text in ("j'habite aux épinettes", "oui", "horaires du parc barbusse", "STOP"):
        send(client, text)
    rows = sqlite3.connect(tmp_path / "people.sqlite3")
    tables = [row[0] for row in rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    kept = {name: rows.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}
    rows.close()
    assert {name: n for name, n in kept.items() if n} == {"quiet": 1}
    assert b"612345678" not in (tmp_path / "people.sqlite3").read_bytes()


def test_a_wish_for_silence_that_cannot_be_kept_is_not_promised(issy: Skill) -> None:
    chosen = Settings(data="", verify=False, rate="", secret="s" * 20, phone_key=KEY)
    broken = Moody()
    broken.readonly = True
    skill = Noon(issy.town, memory_of().but(quiet=broken), settings=chosen)
    told = send(create_app(chosen, skill, alexa=False, figures=False).test_client(), "STOP")
    assert "C'est noté" not in told["text"]
    assert not told["stopped"]


@pytest.mark.parametrize("text", ["", "   ", "\n", None])
def test_an_empty_message_is_told_what_to_ask(client: FlaskClient, text: Any) -> None:
    if text is None:
        answer = client.post("/sms/turn", json={"from": "+33612345678"}, headers={"Authorization": f"Bearer {KEY}"})
        assert "par exemple" in answer.json["text"]  # type: ignore[index]
    else:
        assert "par exemple" in send(client, text)["text"]


@pytest.mark.parametrize("number", ["", "anonymous", None, 7, "+266696687"])
def test_a_withheld_number_is_answered_and_keeps_no_conversation(client: FlaskClient, number: Any) -> None:
    assert "Barbusse" in send(client, "horaires du parc barbusse", number)["text"]
    assert "Demandez par exemple" in send(client, "et demain ?", number)["text"]


@pytest.mark.parametrize("text", ["😀" * 50, "x" * 5_000, "日本語で", "<b>&amp;</b>", "a\x00b\x1b[31m", "'; DROP TABLE people; --", "%s%n{0}"])
def test_any_message_is_answered(client: FlaskClient, text: str) -> None:
    assert send(client, text)["text"]


def test_a_reminder_gives_the_address_of_its_calendar(client: FlaskClient) -> None:
    send(client, "rappelle-moi de prendre mes médicaments tous les jours à huit heures")
    told = send(client, "oui")["text"]
    assert "/calendars/mine/" in told
    assert told.split("\n")[-1].startswith("http")


def test_english_where_it_is_asked_for(client: FlaskClient) -> None:
    assert "Barbusse" in send(client, "what time does barbusse park close", locale="en-GB")["text"]
    assert "closes" in send(client, "what time does barbusse park close", locale="en")["text"]


def test_english_is_answered_in_english_without_being_asked_for(client: FlaskClient) -> None:
    assert "closes" in send(client, "What time does Barbusse park close?")["text"]
    assert "tomorrow" in send(client, "and tomorrow?")["text"]
    assert "ferme" in send(client, "à quelle heure ferme le parc barbusse")["text"]
    assert "Je n'ai pas" in send(client, "zigoto farfelu trucmuche")["text"]


def test_our_own_fault_is_written_as_words(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Skill, "hear", lambda *a, **k: 1 / 0)
    assert "ne marche pas" in send(client, "bonjour")["text"]


def test_the_secret_is_made_once_and_shared(tmp_path: Path) -> None:
    chosen = Settings(data=str(tmp_path))
    first = secret_of(chosen)
    assert len(first) == 64
    assert secret_of(Settings(data=str(tmp_path))) == first
    assert secret_of(chosen.but(secret="of my own choosing")) == b"of my own choosing"
    assert (tmp_path / "console" / "secret").stat().st_mode & 0o077 == 0
    assert len(secret_of(Settings(data=""))) == 32
    assert [p.name for p in (tmp_path / "console").iterdir()] == ["secret"]


@given(st.text(max_size=700), st.integers(20, 320))
@settings(max_examples=300, deadline=None)
def test_a_message_always_fits_and_costs_as_little_as_it_can(text: str, most: int) -> None:
    told = message(Speech(text), most)
    assert size(told) <= (most if is_gsm(told) else most * 67 // 153)
    assert is_gsm(gsm("« Cœur » de l’Île, où ? Ça coûte 5 € … – oui"))
    if is_gsm(text) and size(text) <= most:
        assert told == text


def test_french_is_written_in_the_letters_that_cost_least() -> None:
    assert gsm("l’Île Saint-Germain : ça coûte 5 €, œuvre « à voir »…") == 'l\'Ile Saint-Germain : ca coute 5 €, oeuvre "à voir"...'
    assert gsm("日本") == "日本"
    assert size("€") == 2
    assert size("é") == 1
    assert size("ê") == 1
    assert size("😀") == 2


def test_a_number_without_its_pauses() -> None:
    assert written(Speech("Le 0 800, 10, 10, 21 vous répond.", ("0 800, 10, 10, 21",))) == "Le 0 800 10 10 21 vous répond."
