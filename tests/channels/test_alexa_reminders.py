"""Reminders on an Echo, against Amazon's services over real HTTPS: set only after a yes, and never claimed before they are taken."""

from __future__ import annotations

import time

import pytest

from skill.app import Skill
from skill.channels import alexa_api
from skill.channels.alexa_api import AlexaApi
from skill.conversation.plain import opaque
from tests.amazon import Amazon
from tests.channels.conftest import Person

MEDICINE = "de prendre mes médicaments tous les jours à huit heures"


def test_a_reminder_is_said_back_and_set_after_a_yes(anna: Person, amazon: Amazon) -> None:
    assert anna.says("ReminderIntent", MEDICINE) == "Un rappel tous les jours à 8 heures : prendre vos médicaments. C'est bien cela ?"
    assert not amazon.calls
    assert anna.confirms() == "C'est noté : prendre vos médicaments, tous les jours à 8 heures."
    assert amazon.rung == ["FREQ=DAILY;BYHOUR=8;BYMINUTE=0;BYSECOND=0;INTERVAL=1;"]
    assert amazon.texts == {"prendre vos médicaments"}
    assert anna.last["response"]["shouldEndSession"] is True


def test_no_means_nothing_is_set(anna: Person, amazon: Amazon) -> None:
    anna.says("ReminderIntent", MEDICINE)
    assert anna.confirms(agreed=False) == "D'accord, je n'ai rien noté."
    assert not amazon.calls


def test_a_word_of_change_alone_is_no_thing_to_be_reminded_of(anna: Person, amazon: Amazon) -> None:
    assert anna.says("ReminderIntent", "plutôt à seize heures") == "Que dois-je vous rappeler ?"


def test_yes_in_another_intent_is_yes_too(anna: Person, amazon: Amazon) -> None:
    anna.says("ReminderIntent", MEDICINE)
    anna.says("AMAZON.YesIntent")
    assert len(amazon.alerts) == 1


def test_what_is_missing_is_asked_and_heard_in_any_words(anna: Person, amazon: Amazon) -> None:
    assert anna.says("ReminderIntent", "d'appeler ma fille") == "Un rappel, d'accord : appeler votre fille. À quelle heure ?"
    assert "demain à 15 heures : appeler votre fille" in anna.fills("demain à trois heures de l'après-midi")
    anna.confirms()
    assert amazon.rung == ["2025-10-15T15:00:00.000"]


def test_hours_of_an_afternoon_are_reminders_of_their_own(anna: Person, amazon: Amazon) -> None:
    """Amazon refuses rules of one reminder that are less than four hours apart."""
    anna.says("ReminderIntent", "de boire un verre d'eau toutes les deux heures de l'après-midi")
    assert "à 14 heures, à 16 heures et à 18 heures" in anna.confirms()
    assert len(amazon.alerts) == 3


def test_weekdays(anna: Person, amazon: Amazon) -> None:
    anna.says("ReminderIntent", "mes exercices lundi et jeudi à dix heures")
    anna.confirms()
    assert amazon.rung == [f"FREQ=WEEKLY;BYDAY={d};BYHOUR=10;BYMINUTE=0;BYSECOND=0;INTERVAL=1;" for d in ("MO", "TH")]


def test_permission_is_asked_by_voice_and_the_wish_waits(anna: Person, amazon: Amazon) -> None:
    amazon.allowed = False
    anna.says("ReminderIntent", MEDICINE)
    assert anna.confirms() == "Il me faut votre accord pour poser des rappels."
    assert anna.allows() == "C'est noté : prendre vos médicaments, tous les jours à 8 heures."
    assert len(amazon.alerts) == 1


def test_permission_comes_back_without_a_session(anna: Person, amazon: Amazon) -> None:
    amazon.allowed = False
    anna.says("ReminderIntent", MEDICINE)
    anna.confirms()
    assert "C'est noté" in anna.allows(keeps_session=False)


@pytest.mark.parametrize("status", ["DENIED", "NOT_ANSWERED"])
def test_a_refused_permission_leaves_a_card_and_no_reminder(anna: Person, amazon: Amazon, status: str) -> None:
    amazon.allowed = False
    anna.says("ReminderIntent", MEDICINE)
    anna.confirms()
    assert anna.allows(status) == "Sans votre accord, je ne pose pas de rappel. Vous pouvez le donner dans l'application Alexa."
    assert anna.card == {"type": "AskForPermissionsConsent", "permissions": ["alexa::alerts:reminders:skill:readwrite"]}
    assert not amazon.alerts


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (403, "DEVICE_NOT_SUPPORTED", "Cette enceinte ne peut pas faire de rappel. Je n'ai rien posé."),
        (403, "MAX_REMINDERS_EXCEEDED", "L'enceinte a déjà trop de rappels. Je n'ai pas pu ajouter celui-ci : enlevez-en un d'abord."),
        (400, "INVALID_ALERT_INFO", "L'enceinte a refusé ce rappel. Je ne l'ai pas posé."),
        (409, "", "L'enceinte a refusé ce rappel. Je ne l'ai pas posé."),
        (429, "", "Je n'arrive pas à joindre les rappels pour le moment. Rien n'est changé."),
        (500, "", "Je n'arrive pas à joindre les rappels pour le moment. Rien n'est changé."),
        (503, "", "Je n'arrive pas à joindre les rappels pour le moment. Rien n'est changé."),
        (504, "", "Je n'arrive pas à joindre les rappels pour le moment. Rien n'est changé."),
    ],
)
def test_every_refusal_has_its_sentence(anna: Person, amazon: Amazon, status: int, code: str, said: str) -> None:
    amazon.status, amazon.code, amazon.after = status, code, 0
    anna.says("ReminderIntent", MEDICINE)
    assert anna.confirms() == said
    assert not amazon.alerts


@pytest.mark.parametrize("mood", ["slow", "dripping", "gone", "nonsense"])
def test_amazon_out_of_reach_is_said_in_time(anna: Person, amazon: Amazon, mood: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alexa_api, "CALL_SECONDS", 0.4)
    if mood == "slow":
        amazon.wait = 3
    elif mood == "dripping":
        amazon.drip = 0.05
    elif mood == "nonsense":
        amazon.body = b"<html>Tomcat</html>"
    else:
        amazon.endpoint = "https://127.0.0.1:1"
    anna.says("ReminderIntent", MEDICINE)
    started = time.monotonic()
    unsure = "Je ne sais pas si le rappel est posé. Demandez-moi : « Quels sont mes rappels ? »"
    assert anna.confirms() == (unsure if mood == "nonsense" else "Je n'arrive pas à joindre les rappels pour le moment. Rien n'est changé.")
    assert time.monotonic() - started < 2.0


def test_half_set_is_not_set(anna: Person, amazon: Amazon) -> None:
    """Of three hours a day one is refused: the others are taken away again, and nothing is claimed."""
    amazon.spoilt = {3}
    anna.says("ReminderIntent", "de boire toutes les deux heures de l'après-midi")
    assert "L'enceinte a refusé" in anna.confirms()
    assert not amazon.alerts


def test_half_set_and_not_taken_away_is_not_denied(anna: Person, amazon: Amazon) -> None:
    amazon.status, amazon.after = 500, 3
    anna.says("ReminderIntent", "de boire toutes les deux heures de l'après-midi")
    assert anna.confirms().startswith("Je ne sais pas si le rappel est posé.")


def test_a_slow_amazon_that_sets_all_the_same_is_not_denied_nor_set_twice(anna: Person, amazon: Amazon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alexa_api, "CALL_SECONDS", 0.3)
    anna.says("ReminderIntent", MEDICINE)
    amazon.slow_posts = 0.6
    assert anna.confirms().startswith("Je ne sais pas si le rappel est posé.")
    amazon.slow_posts = 0.0
    time.sleep(0.6)
    assert "prendre vos médicaments" in anna.says("ListRemindersIntent")
    anna.says("ReminderIntent", MEDICINE)
    anna.confirms()
    assert len(amazon.alerts) == 1


def test_asked_twice_it_rings_once(anna: Person, amazon: Amazon) -> None:
    for _ in range(2):
        anna.says("ReminderIntent", MEDICINE)
        anna.confirms()
    assert len(amazon.alerts) == 1


def test_an_answer_to_another_question_sets_nothing(anna: Person, amazon: Amazon) -> None:
    amazon.allowed = False
    anna.says("ReminderIntent", MEDICINE)
    anna.confirms()
    token = anna.last["response"]["directives"][0]["token"]
    amazon.allowed, anna.attributes = True, {}
    answer = {"type": "Connections.Response", "status": {"code": "200"}, "payload": {"status": "ACCEPTED"}, "token": token}
    anna._send({**answer, "name": "Buy"})
    Person(anna.skill, amazon, anna.clock, user="amzn1.ask.account.EVE")._send({**answer, "name": "AskFor"})
    anna._send({**answer, "name": "AskFor", "token": '{"text": "x", "times": ["11:00"], "daily": true}'})
    assert not amazon.alerts


def test_two_moments_of_one_text_are_two_reminders(anna: Person, amazon: Amazon) -> None:
    for day in ("demain", "après-demain"):
        anna.says("ReminderIntent", f"d'appeler ma fille {day} à quinze heures")
        anna.confirms()
    assert "Lequel" in anna.says("CancelReminderIntent", "de ma fille")
    assert "demain à 15 heures" in anna.fills("le premier")
    assert amazon.rung == ["2025-10-16T15:00:00.000"]


def test_permission_taken_back_is_said(anna: Person, amazon: Amazon) -> None:
    anna.says("ReminderIntent", MEDICINE)
    anna.confirms()
    amazon.allowed = False
    assert anna.says("ListRemindersIntent").startswith("Sans votre accord")


def test_to_speak_slower_does_not_drop_the_question(anna: Person, amazon: Amazon) -> None:
    anna.says("ReminderIntent", MEDICINE)
    anna.says("SlowerIntent")
    assert anna.last["response"]["shouldEndSession"] is False
    anna.confirms()
    assert len(amazon.alerts) == 1


@pytest.mark.parametrize("words", ["pas tout à fait", "oui enfin non", "oui non attendez", "pas exactement", "pas encore"])
def test_half_a_yes_sets_nothing(anna: Person, amazon: Amazon, words: str) -> None:
    anna.says("ReminderIntent", MEDICINE)
    anna.says("ReminderIntent", words)
    assert not amazon.alerts


def test_list_next_and_cancel(anna: Person, amazon: Amazon) -> None:
    for wish in (MEDICINE, "d'appeler ma fille demain à quinze heures"):
        anna.says("ReminderIntent", wish)
        anna.confirms()
    assert anna.says("ListRemindersIntent") == "Vos rappels : prendre vos médicaments, tous les jours à 8 heures ; et appeler votre fille, demain à 15 heures."
    assert anna.says("NextReminderIntent") == "C'est demain à 8 heures : prendre vos médicaments."
    assert anna.says("CancelReminderIntent", "de ma fille") == "C'est annulé : appeler votre fille, demain à 15 heures."
    assert amazon.texts == {"prendre vos médicaments"}
    assert anna.says("CancelAllRemindersIntent") == "J'enlève votre rappel ?"
    assert anna.confirms() == "C'est fait, vous n'avez plus aucun rappel."
    assert not amazon.alerts
    assert anna.says("ListRemindersIntent") == "Vous n'avez aucun rappel."


def test_which_one_is_asked_and_answered_by_its_hour(anna: Person, amazon: Amazon) -> None:
    for hour in ("huit", "neuf"):
        anna.says("ReminderIntent", f"de prendre mes gouttes tous les jours à {hour} heures")
        anna.confirms()
    anna.says("ReminderIntent", "de prendre mes vitamines tous les jours à midi")
    anna.confirms()
    assert (
        anna.says("CancelReminderIntent")
        == "Lequel : prendre vos vitamines, tous les jours à midi ; et prendre vos gouttes, tous les jours à 8 heures et à 9 heures ?"
    )
    assert anna.fills("celui de neuf heures") == "C'est annulé : prendre vos gouttes, tous les jours à 9 heures."
    anna.says("CancelReminderIntent", "de mes vitamines")
    assert amazon.rung == ["FREQ=DAILY;BYHOUR=8;BYMINUTE=0;BYSECOND=0;INTERVAL=1;"]


def test_only_amazon_is_ever_called() -> None:
    for endpoint in (
        "https://evil.example",
        "http://api.eu.amazonalexa.com",
        "https://api.eu.amazonalexa.com.evil.example",
        "https://api.eu.amazonalexa.com@evil.example",
        "",
    ):
        assert not AlexaApi(endpoint, "token").usable
    assert AlexaApi("https://api.eu.amazonalexa.com", "token").usable
    assert not AlexaApi("https://api.eu.amazonalexa.com", "to\r\nken").usable


def test_nothing_of_a_medicine_is_kept_here(anna: Person, skill_of_one: Skill) -> None:
    anna.says("ReminderIntent", MEDICINE)
    anna.confirms()
    assert skill_of_one.memory.people.get(opaque(anna.user)).watches == ()
