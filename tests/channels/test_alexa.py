"""Alexa's envelopes in, Amazon's responses out."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from skill.app import Skill
from skill.channels.alexa import AlexaChannel, NotOurSkill
from skill.channels.alexa_values import amazon_date, amazon_time
from tests.conftest import at

NOW = at("2025-07-09 18:00")
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def channel(issy: Skill) -> AlexaChannel:
    return AlexaChannel(issy, clock=lambda: NOW)


def envelope(
    intent: str = "", slots: dict[str, Any] | None = None, locale: str = "fr-FR", attributes: dict[str, Any] | None = None, **request: Any
) -> dict[str, Any]:
    body: dict[str, Any] = {"type": "IntentRequest", "requestId": "r", "timestamp": "2025-07-09T16:00:00Z", "locale": locale, **request}
    if intent:
        body["intent"] = {"name": intent, "confirmationStatus": "NONE", "slots": slots or {}}
    return {
        "version": "1.0", "session": {"new": False, "sessionId": "s", "application": {"applicationId": "amzn1.ask.skill.ours"}, "attributes": attributes or {}, "user": {"userId": "u"}},
        "context": {"System": {"application": {"applicationId": "amzn1.ask.skill.ours"}, "user": {"userId": "u"}, "device": {"deviceId": "d", "supportedInterfaces": {}},
                               "apiEndpoint": "https://api.eu.amazonalexa.com", "apiAccessToken": "t"}},
        "request": body,
    }  # fmt: skip


def slot(name: str, value: str, *ids: str) -> dict[str, Any]:
    out: dict[str, Any] = {"name": name, "value": value, "confirmationStatus": "NONE"}
    if ids:
        out["resolutions"] = {
            "resolutionsPerAuthority": [
                {"authority": "a", "status": {"code": "ER_SUCCESS_MATCH"}, "values": [{"value": {"name": value, "id": i}} for i in ids]}
            ]
        }
    return {name: out}


def said(response: dict[str, Any]) -> str:
    return response["response"]["outputSpeech"]["ssml"].removeprefix("<speak>").removesuffix("</speak>").replace("&apos;", "'")


def test_a_question_with_a_resolved_place(channel: AlexaChannel) -> None:
    response = channel.invoke(envelope("ClosingTimeIntent", slot("place", "parc Barbusse", "parc-henri-barbusse")))
    assert said(response) == "Le parc Henri Barbusse ferme à 20 heures 30 ce soir."
    assert response["response"]["shouldEndSession"] is True
    assert response["response"]["card"]["content"] == "38 rue Henri Tariel"


def test_a_name_that_alexa_did_not_match_is_found_by_our_ear(channel: AlexaChannel) -> None:
    assert "Barbusse" in said(channel.invoke(envelope("ClosingTimeIntent", slot("place", "parc barbus"))))


def test_a_name_that_nobody_knows(channel: AlexaChannel) -> None:
    assert "ne connais pas" in said(channel.invoke(envelope("ClosingTimeIntent", slot("place", "jardin du luxembourg"))))


@pytest.mark.parametrize(
    ("intent", "slots", "expected"),
    [
        ("OpenNowIntent", slot("place", "x", "parc-henri-barbusse"), "Oui, le parc Henri Barbusse est ouvert"),
        ("OpeningTimeIntent", {**slot("place", "x", "parc-des-varennes"), **slot("date", "2025-07-13")}, "ouvre à 9 heures dimanche"),
        ("OpeningHoursIntent", {**slot("place", "x", "parc-henri-barbusse"), **slot("date", "2025-12")}, "En décembre"),
        ("OpeningDaysIntent", slot("place", "x", "marche-corentin-celton"), "mardi"),
        ("WhichOpenIntent", {**slot("kind", "marchés", "market"), **slot("date", "2025-07-12")}, "Sainte-Lucie"),
        ("NextCollectionIntent", slot("collection", "x", "hazardous-waste"), "demain, de 15 heures 30"),
        ("WhereToThrowIntent", slot("item", "x", "yoghurt-pot"), "bac jaune"),
        ("BinRuleIntent", slot("collection", "x", "packaging"), "bac jaune"),
        ("PlacePhoneIntent", slot("place", "x", "vet-epinettes"), "01 45, 29, 06, 08"),
        ("FindPlaceIntent", {**slot("kind", "aire de jeux", "playground"), **slot("age", "3")}, "3 ans"),
        ("TownQuestionIntent", slot("question", "est le maire d'issy les moulineaux"), "Santini"),
        ("TownQuestionIntent", slot("question", "quelle heure ferme le parc barbusse"), "20 heures 30"),
        ("ReminderIntent", slot("question", "de sortir les déchets verts"), "la veille à 19 heures"),
        ("EmergencyIntent", {}, "15"),
    ],
)
def test_intents(channel: AlexaChannel, intent: str, slots: dict[str, Any], expected: str) -> None:
    assert expected in said(channel.invoke(envelope(intent, slots)))


def test_a_conversation_through_session_attributes(channel: AlexaChannel) -> None:
    first = channel.invoke(envelope("OpeningDaysIntent", slot("kind", "marché", "market")))
    assert first["response"]["shouldEndSession"] is False
    assert first["response"]["reprompt"]["outputSpeech"]["ssml"]
    second = channel.invoke(envelope("FollowUpIntent", slot("place", "Sainte-Lucie"), attributes=first["sessionAttributes"]))
    assert "Sainte-Lucie" in said(second)
    third = channel.invoke(envelope("FollowUpIntent", slot("date", "2025-07-13"), attributes=second["sessionAttributes"]))
    assert "Sainte-Lucie" in said(third)
    assert "dimanche" in said(third)
    again = channel.invoke(envelope("AMAZON.RepeatIntent", attributes=third["sessionAttributes"]))
    assert said(again) == said(third)


def test_the_session_is_open_exactly_when_something_is_asked(channel: AlexaChannel) -> None:
    for intent in (
        "AMAZON.HelpIntent",
        "AMAZON.StopIntent",
        "AMAZON.CancelIntent",
        "AMAZON.FallbackIntent",
        "AMAZON.NavigateHomeIntent",
        "AMAZON.YesIntent",
        "AMAZON.PauseIntent",
    ):
        response = channel.invoke(envelope(intent))["response"]
        assert response["shouldEndSession"] is ("reprompt" not in response), intent
    assert channel.invoke(envelope("AMAZON.StopIntent"))["response"]["shouldEndSession"] is True


@pytest.mark.parametrize(
    "kind",
    ["SessionEndedRequest", "AudioPlayer.PlaybackNearlyFinished", "PlaybackController.PauseCommandIssue", "System.ExceptionEncountered", "AlexaSkillEvent.SkillDisabled",
     "Brand.NewRequest", ""],
)  # fmt: skip
def test_silent_and_unknown_requests_are_answered_with_nothing(channel: AlexaChannel, kind: str) -> None:
    assert channel.invoke({"version": "1.0", "request": {"type": kind}}) == {"version": "1.0", "response": {}}


@pytest.mark.parametrize("event", [None, [], "x", 3, {}, {"request": None}, {"request": {"type": "IntentRequest"}}, {"request": {"type": "IntentRequest", "intent": 4, "locale": 5}},
                                   {"request": {"type": "LaunchRequest"}, "session": [], "context": "x"}])  # fmt: skip
def test_missing_and_mangled_parts(channel: AlexaChannel, event: Any) -> None:
    assert channel.invoke(event)["version"] == "1.0"


def test_another_skills_request_is_refused(issy: Skill) -> None:
    guarded = AlexaChannel(issy, skill_id="amzn1.ask.skill.other")
    with pytest.raises(NotOurSkill):
        guarded.invoke(envelope("AMAZON.HelpIntent"))
    AlexaChannel(issy, skill_id="amzn1.ask.skill.ours").invoke(envelope("AMAZON.HelpIntent"))


def test_our_own_fault_is_said_kindly(issy: Skill, mocker: Any) -> None:
    broken = AlexaChannel(issy)
    mocker.patch.object(issy, "answer", side_effect=RuntimeError("boom"))
    response = broken.invoke(envelope("AMAZON.HelpIntent"))
    assert "pour le moment" in said(response)
    assert "boom" not in json.dumps(response)


def test_samples_of_other_projects_are_answered(channel: AlexaChannel, shared: Path) -> None:
    schema = json.loads((shared / "data/schemas/alexa_response_envelope.schema.json").read_text(encoding="utf-8"))
    check = Draft7Validator(schema)
    files = sorted((shared / "data/alexa_requests").glob("*/*.json"))
    assert len(files) > 20
    for path in files:
        response = channel.invoke(json.loads(path.read_text(encoding="utf-8-sig")))
        assert [e.message for e in check.iter_errors(response)] == [], path.name


def test_every_response_passes_amazons_schema(channel: AlexaChannel, shared: Path) -> None:
    from tests.test_models import model

    check = Draft7Validator(json.loads((shared / "data/schemas/alexa_response_envelope.schema.json").read_text(encoding="utf-8")))
    language = model("fr-FR")["interactionModel"]["languageModel"]
    values = {t["name"]: t["values"] for t in language["types"]}
    for intent in language["intents"]:
        slots: dict[str, Any] = {}
        for s in intent.get("slots", []):
            found = values.get(s["type"])
            slots.update(
                slot(s["name"], found[0]["name"]["value"], found[0]["id"])
                if found
                else slot(s["name"], {"AMAZON.DATE": "2025-W41-WE", "AMAZON.TIME": "EV"}.get(s["type"], "3"))
            )
        for event in (envelope(intent["name"], slots), envelope(intent["name"])):
            response = channel.invoke(event)
            assert [e.message for e in check.iter_errors(response)] == [], intent["name"]
            assert len(json.dumps(response)) < 24_000
            assert len(response["response"].get("outputSpeech", {}).get("ssml", "")) < 8_000


@pytest.mark.parametrize(
    ("text", "day", "last"),
    [("2025-10-12", "2025-10-12", None), ("2025-W41-WE", "2025-10-11", "2025-10-12"), ("2025-W42", "2025-10-13", "2025-10-19"), ("2025-12", "2025-12-01", "2025-12-31"),
     ("2025-WI", "2025-12-01", "2026-02-28"), ("2026-W53", "2026-12-28", "2027-01-03"), ("n'importe quoi", None, None), ("2025-13-45", None, None), ("", None, None)],
)  # fmt: skip
def test_amazon_dates(text: str, day: str | None, last: str | None) -> None:
    when = amazon_date(text, date(2025, 7, 9))
    assert (when.day and when.day.isoformat(), when.last and when.last.isoformat()) == (day, last)


def test_amazon_times() -> None:
    assert str(amazon_time("19:30").at) == "19:30:00"
    assert amazon_time("EV").part == "evening"
    assert not amazon_time("25:99")


GATE = """
import json, runpy, sys
namespace = runpy.run_path(sys.argv[1])
event = json.loads(sys.argv[2])
print(json.dumps(namespace["handler"](event, None), ensure_ascii=False))
banned = "boto3 botocore requests numpy flask lxml feedparser cryptography inspect dataclasses ask_sdk_core ask_sdk_model urllib3 tomllib jinja2 werkzeug".split()
print(json.dumps([m for m in banned if m in sys.modules]))
print(len(sys.modules))
"""


def test_the_lambda_entry_point_loads_nothing_heavy(tmp_path: Path) -> None:
    from skill.stores.compiled import compile_town
    from tests.conftest import TOWNS

    compile_town(TOWNS["issy"], tmp_path)
    event = json.dumps(envelope("ClosingTimeIntent", slot("place", "parc Barbusse", "parc-henri-barbusse")))
    done = subprocess.run(
        [sys.executable, "-c", GATE, str(ROOT / "lambda/alexa_handler.py"), event],
        capture_output=True, text=True, timeout=60, check=True, env={"MAIRIE_COMPILED": str(tmp_path), "PATH": "/usr/bin:/bin", "MAIRIE_TOWN": "/not-there/issy-les-moulineaux"},
    )  # fmt: skip
    response, loaded, count = done.stdout.strip().splitlines()
    assert "Barbusse" in json.loads(response)["response"]["outputSpeech"]["ssml"]
    assert json.loads(loaded) == []
    assert int(count) <= 240
