"""A telephone call, by Twilio's forms and by plain JSON: keys for everything, a person in the end, and nothing for whoever is not whom they say."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from skill.app import Settings, Skill
from skill.channels.numbers import caller
from skill.channels.web import create_app
from skill.homes import memory_of
from tests.channels.caller import NUMBER, TOKEN, Call, Noon, made, said
from tests.fakes import Moody


@pytest.fixture
def client(issy: Skill) -> FlaskClient:
    return made(issy)


@pytest.fixture
def call(client: FlaskClient) -> Call:
    return Call(client)


def test_a_call_from_hello_to_goodbye(call: Call) -> None:
    assert "tapez 1 pour les horaires" in call.begins()
    gather = call.tree.find("Gather")
    assert gather is not None
    assert (gather.get("input"), gather.get("language"), gather.get("actionOnEmptyResult")) == ("speech dtmf", "fr-FR", "true")
    assert "parc Henri Barbusse" in (gather.get("hints") or "")
    assert call.says("à quelle heure ferme le parc barbusse") == "Le parc Henri Barbusse ferme à 18 heures 30 ce soir."
    assert "demain" in call.says("et demain")
    call.says("au revoir")
    assert call.over


def test_what_is_offered_has_a_key(call: Call) -> None:
    call.begins()
    told = call.says("à quelle heure ouvre le marché")
    assert told.endswith("Ou tapez 1, 2, 3, 4, dans cet ordre.")
    assert told.index("Corentin Celton") < told.index("Épinettes")
    assert "Épinettes" in call.presses("2")


def test_the_keypad_answers_without_a_word(call: Call) -> None:
    call.begins()
    menu = call.presses("1")
    assert "tapez 1" in menu
    assert "Corentin Celton" in call.presses("1")
    assert call.presses("2")
    assert call.presses("4")
    assert "tapez 1 pour les horaires" in call.presses("#")
    assert "Cette touche" in call.presses("7")
    assert call.presses("1") == menu


def test_a_podcast_is_played_from_its_beginning(call: Call) -> None:
    call.begins()
    call.presses("3")
    play = call.tree.find("Gather/Play")
    assert play is not None
    assert (play.text or "").startswith("https://")
    assert "au milieu" in call.says("avance de deux minutes")
    assert call.tree.find("Gather/Play") is None
    call.says("suivant")
    assert call.tree.find("Gather/Play") is not None


def test_english_by_a_key(call: Call) -> None:
    call.begins()
    assert "Press 1" in call.presses("9") or "press 1" in said(call.tree)
    call.lang = "en"
    assert call.says("what time does barbusse park close").startswith("Barbusse") or "Barbusse" in said(call.tree)
    say = call.tree.find("Gather/Say")
    assert say is not None
    assert say.get("language") == "en-GB"


def test_words_that_come_back_wrong_twice_end_with_somebody(call: Call) -> None:
    call.begins()
    call.says("zigoto farfelu trucmuche")
    assert not call.over
    assert call.says("bidule chouette machin").count("09 39, 18, 00, 92") == 2
    assert call.over


def test_silence_twice_ends_kindly_or_with_somebody(issy: Skill) -> None:
    alone, helped = Call(made(issy)), Call(made(issy, phone_transfer="+33141238000"))
    for call in (alone, helped):
        call.begins()
        assert "rien entendu" in call.says("")
        call.says("")
        assert call.over
    assert said(alone.tree) == "Je ne vous entends pas. Rappelez quand vous voulez."
    assert helped.tree.findtext("Dial") == "+33141238000"


def test_zero_is_offered_only_where_somebody_can_be_reached(issy: Skill) -> None:
    assert "zéro" not in Call(made(issy)).begins()
    assert "tapez zéro" in Call(made(issy, phone_transfer="+33141238000")).begins()
    call = Call(made(issy))
    call.begins()
    assert call.presses("0").startswith("Je ne peux pas vous passer quelqu'un.")


def test_silence_after_an_answer_is_a_goodbye(call: Call) -> None:
    call.begins()
    call.says("à quelle heure ferme le parc barbusse")
    call.says("")
    assert call.says("") == "Au revoir."
    assert call.over


def test_a_caller_is_put_through_where_there_is_a_number(issy: Skill) -> None:
    call = Call(made(issy, phone_transfer="+33141238000"))
    call.begins()
    call.presses("0")
    assert call.tree.findtext("Dial") == "+33141238000"


def test_an_emergency_frees_the_line(call: Call) -> None:
    call.begins()
    assert call.says("je suis tombé je ne peux pas me relever").count("15") >= 2
    assert call.over


@pytest.mark.parametrize("words", ["attends le chat est sur la table", "aide-moi", "merci"])
def test_what_is_said_to_the_room_or_in_need_of_kindness_keeps_the_line(call: Call, words: str) -> None:
    call.begins()
    assert call.says(words)
    assert not call.over
    assert "Barbusse" in call.says("à quelle heure ferme le parc barbusse")


@pytest.mark.parametrize("number", ["", "anonymous", "+266696687", "Restricted", "pas un numéro", "+33 6 12 34 56 78"])
def test_a_withheld_number_is_served_as_any_other(client: FlaskClient, number: str) -> None:
    call = Call(client, number, sid=f"CA-{number}")
    call.begins()
    call.says("à quelle heure ferme le parc barbusse")
    assert "Barbusse" in call.says("et demain")


@pytest.mark.parametrize(
    "spelled", ["+33612345678", "+33 6 12.34-56(78)", "0612345678", "0033612345678", "33612345678", "whatsapp:+33612345678", "tel:+33612345678"]
)
def test_one_person_has_one_spelling(spelled: str) -> None:
    assert caller(spelled) == NUMBER


@pytest.mark.parametrize(
    "nobody",
    ["anonymous", "+266696687", "266696687", "+8656696", "+7378742833", "7378742833", "+2562533", "+464", "+33000000000", "0000000000", "", None, 7, "+33\n", "abc", "1" * 20, "٠٦١٢٣٤٥٦٧٨", "12345"],
)  # fmt: skip
def test_a_withheld_number_is_nobody(nobody: Any) -> None:
    assert caller(nobody) == ""


def test_those_who_withhold_their_number_share_nothing(client: FlaskClient) -> None:
    one, two = Call(client, "+8656696", "CA1"), Call(client, "+8656696", "CA2")
    one.begins(), two.begins()
    assert "je ne peux pas le retenir" in one.says("j'habite aux épinettes")
    assert "Épinettes" not in two.says("qu'est-ce que vous savez de moi")


@pytest.mark.parametrize(
    "words",
    [
        "je veux parler à quelqu'un",
        "passez-moi quelqu'un",
        "un opérateur s'il vous plaît",
        "je voudrais parler à un conseiller",
        "une vraie personne",
        "mettez-moi en relation avec un humain",
    ],
)
def test_whoever_asks_for_a_person_gets_one(issy: Skill, words: str) -> None:
    call = Call(made(issy, phone_transfer="+33141238000"))
    call.begins()
    call.says(words)
    assert call.tree.findtext("Dial") == "+33141238000"


def test_a_question_that_names_somebody_is_a_question(issy: Skill) -> None:
    call = Call(made(issy, phone_transfer="+33141238000"))
    call.begins()
    call.says("est-ce que quelqu'un ramasse les déchets verts")
    assert call.tree.find("Dial") is None


def test_a_key_begins_anew(call: Call) -> None:
    call.begins()
    call.says("à quelle heure ouvre le marché corentin celton")
    assert "Corentin Celton" not in call.presses("2").replace("marché Corentin Celton, de", "")
    call.says("quels parcs sont ouverts")
    call.presses("#")
    assert "tapez 1" in call.presses("1")
    call.presses("8")  # no such key: the main menu is read
    assert call.presses("3")
    assert call.tree.find("Gather/Play") is not None
    assert "tapez 1 pour les horaires" in call.presses("#")
    assert "tapez 1 pour les horaires" in call.presses("*")


def test_every_key_reaches_us(call: Call) -> None:
    call.begins()
    gather = call.tree.find("Gather")
    assert gather is not None
    assert gather.get("finishOnKey") == ""
    assert "après le signal" not in said(call.tree)


def without_threads(issy: Skill) -> tuple[Call, Moody]:
    """A call where no conversation can be kept."""
    settings = Settings(data="", verify=False, rate="", secret="s" * 20, twilio_token=TOKEN)
    broken = Moody()
    broken.down = True
    skill = Noon(issy.town, memory_of().but(threads=broken), settings=settings)
    return Call(create_app(settings, skill, alexa=False, figures=False).test_client()), broken


def test_a_silent_call_ends_though_nothing_can_be_kept(issy: Skill) -> None:
    call, _ = without_threads(issy)
    call.begins()
    call.says("")
    gather = call.tree.find("Gather")
    assert gather is not None
    action = gather.get("action") or ""
    assert "silent=1" in action
    call._send(action)
    assert call.over


def test_a_store_that_fails_is_left_alone_for_a_while(issy: Skill) -> None:
    call, broken = without_threads(issy)
    call.begins()
    for _ in range(5):
        assert "Barbusse" in call.says("à quelle heure ferme le parc barbusse")
    assert broken.calls <= 2


def test_a_key_that_cannot_be_made_keeps_nobody_from_an_answer(issy: Skill, tmp_path: Path) -> None:
    (tmp_path / "console").write_text("a file where a folder should be", encoding="ascii")
    settings = Settings(data=str(tmp_path), verify=False, rate="", twilio_token=TOKEN)
    skill = Noon(issy.town, memory_of(), settings=settings)
    call = Call(create_app(settings, skill, alexa=False, figures=False).test_client())
    call.begins()
    call.says("à quelle heure ferme le parc barbusse")
    assert "demain" in call.says("et demain")
    assert [p.name for p in tmp_path.iterdir()] == ["console"]


def test_stopping_a_podcast_leaves_the_line_open(call: Call) -> None:
    call.begins()
    call.presses("3")
    assert call.says("stop") == "Je vous écoute."
    assert not call.over


def test_two_calls_of_one_number_do_not_mix(client: FlaskClient) -> None:
    one, two = Call(client, sid="CA1"), Call(client, sid="CA2")
    one.begins(), two.begins()
    one.says("à quelle heure ferme le parc barbusse")
    two.says("à quelle heure ouvre le marché des épinettes")
    assert "Barbusse" in one.says("et demain")
    assert "Épinettes" in two.says("et jeudi")


def test_forgetting_leaves_nothing_of_a_caller(issy: Skill, tmp_path: Path) -> None:
    call = Call(made(issy, data=str(tmp_path)))
    call.begins()
    call.says("j'habite aux épinettes")
    call.says("oui")
    rows = sqlite3.connect(tmp_path / "people.sqlite3")
    assert rows.execute("SELECT count(*) FROM profile").fetchone()[0] == 1
    assert "Barbusse" not in "".join(row[0] for row in rows.execute("SELECT data FROM thread"))
    call.says("oublie-moi")
    assert rows.execute("SELECT (SELECT count(*) FROM profile) + (SELECT count(*) FROM listening) + (SELECT count(*) FROM thread)").fetchone()[0] == 0
    rows.close()
    kept = (tmp_path / "people.sqlite3").read_bytes()
    assert NUMBER.encode() not in kept
    assert NUMBER[1:].encode() not in kept
