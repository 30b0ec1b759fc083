"""Who is who on an Echo: two people and one speaker, two speakers and one person, the speaker's address, and erasure that leaves nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from skill.app import Settings, Skill
from skill.conversation.plain import opaque
from skill.homes import memory_of
from tests.amazon import Amazon
from tests.channels.conftest import Person
from tests.fakes import Clock

MEDICINE = "de prendre mes médicaments tous les jours à huit heures"


@pytest.fixture
def kept(issy: Skill, tmp_path: Path) -> Skill:
    """A skill whose memory is a file."""
    return Skill(issy.town, memory_of(Settings(data=str(tmp_path / "data"))))


def rows(folder: Path) -> dict[str, list[Any]]:
    """Everything that stands in the store, table by table."""
    with sqlite3.connect(folder / "data" / "people.sqlite3") as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {t: db.execute(f"SELECT * FROM {t}").fetchall() for t in tables}


def test_two_people_one_speaker(kept: Skill, amazon: Amazon, clock: Clock) -> None:
    anna, paul = (Person(kept, amazon, clock, person=f"amzn1.ask.person.{n}") for n in ("ANNA", "PAUL"))
    guest = Person(kept, amazon, clock)
    anna.says("SlowerIntent")
    assert 'rate="80%"' in json.dumps(anna.last).replace('\\"', '"')
    paul.says("HelloIntent")
    assert "prosody" not in json.dumps(paul.last)
    anna.says("HomeIntent", "aux épinettes")
    anna.confirms()
    for each in (paul, guest):  # the home is the household's
        assert "épinettes" in each.says("WhereHomeIntent").lower()
    assert "C'est fait" in paul.says("ForgetMeIntent")
    anna.says("HelloIntent")
    assert "prosody" in json.dumps(anna.last), "Paul's erasure is Paul's"


def test_two_speakers_one_person(kept: Skill, amazon: Amazon, clock: Clock) -> None:
    kitchen, bedroom = Person(kept, amazon, clock), Person(kept, amazon, clock)
    kitchen.says("SlowerIntent")
    bedroom.says("HelloIntent")
    assert "prosody" in json.dumps(bedroom.last)
    kitchen.says("ReminderIntent", MEDICINE)
    kitchen.confirms()
    assert "vos médicaments" in bedroom.says("ListRemindersIntent")


@pytest.mark.parametrize("way", ["voice", "disabled", "household"])
def test_erasure_leaves_no_row(kept: Skill, amazon: Amazon, clock: Clock, tmp_path: Path, way: str) -> None:
    anna = Person(kept, amazon, clock, person="amzn1.ask.person.ANNA" if way != "disabled" else "")
    for intent, slots in (
        ("SlowerIntent", {}),
        ("HomeIntent", {"question": "aux épinettes"}),
        ("AMAZON.YesIntent", {}),
        ("ReminderIntent", {"question": MEDICINE}),
    ):
        anna.says(intent, **slots)
    anna.confirms()
    anna.says("ReminderIntent", "la veille de la collecte des déchets verts")
    anna.confirms()
    assert any(rows(tmp_path).values())
    assert "ANNA" not in str(rows(tmp_path))
    if way == "voice":
        anna.says("ForgetMeIntent")
        assert not amazon.alerts, "the speaker's own reminders go too"
        assert "Je ne sais rien de vous." in anna.says("WhatKnownIntent")
    else:
        event = {
            "version": "1.0",
            "context": {"System": {"application": {"applicationId": "amzn1.ask.skill.ours"}, "user": {"userId": anna.user}}},
            "request": {"type": "AlexaSkillEvent.SkillDisabled"},
        }
        anna.channel.invoke(event)
    left = {t: r for t, r in rows(tmp_path).items() if r and not t.startswith("sqlite")}
    if way == "voice":  # the household knows of no member any more, and of no home
        assert [json.loads(data) for _, data, _ in left.pop("profile", [])] in ([{}], [])
    assert left == {}


def test_erasure_of_somebody_with_a_calendar(kept: Skill, tmp_path: Path, clock: Clock) -> None:
    user = opaque("web:somebody")
    kept.memory.people.change(user, lambda old: old.but(link="0" * 32))
    kept.memory.agendas.change("0" * 32, lambda old: old)
    kept.memory.forget(user)
    assert not any(rows(tmp_path).values())


def test_what_is_known_is_told(anna: Person) -> None:
    assert anna.says("WhatKnownIntent") == "Je ne sais rien de vous."
    anna.says("HomeIntent", "aux épinettes")
    anna.confirms()
    anna.says("SlowerIntent")
    assert "que vous habitez aux Épinettes et comment vous aimez que je parle" in anna.says("WhatKnownIntent")


@pytest.mark.parametrize(
    ("mood", "said", "card"),
    [
        (lambda a: None, "Je ne connais pas cette rue. Quel est votre quartier", None),
        (lambda a: setattr(a, "address_allowed", False), "Il me faut votre accord pour lire votre adresse.", "read::alexa:device:all:address"),
        (lambda a: setattr(a, "address", None), "L'enceinte ne me donne pas d'adresse. Où habitez-vous ?", None),
        (lambda a: setattr(a, "address", {"addressLine1": None}), "L'enceinte ne me donne pas d'adresse. Où habitez-vous ?", None),
        (lambda a: (setattr(a, "status", 500), setattr(a, "after", 0)), "L'enceinte ne me donne pas d'adresse. Où habitez-vous ?", None),
    ],
)
def test_the_speakers_address(anna: Person, amazon: Amazon, mood: Callable[[Amazon], Any], said: str, card: str | None) -> None:
    mood(amazon)
    assert anna.says("DeviceAddressIntent").startswith(said)
    assert (anna.card or {}).get("permissions") == ([card] if card else None)
    assert [c[1] for c in amazon.calls] == ["/v1/devices/amzn1.ask.device.KITCHEN/settings/address"]


def test_the_speakers_address_becomes_a_home_after_a_yes(issy: Skill, amazon: Amazon, clock: Clock, tmp_path: Path) -> None:
    import shutil

    from skill.stores.compiled import from_files
    from tests.conftest import TOWNS

    folder = Path(shutil.copytree(TOWNS["issy"], tmp_path / "issy"))
    (folder / "rues.toml").write_text(
        '[[street]]\nid = "rue-ernest-renan"\nname = "rue Ernest Renan"\ndistrict = "epinettes"\nsource = "x"\nupdated = 2026-01-01\n'
    )
    anna = Person(Skill(from_files(folder)), amazon, clock)
    assert anna.says("DeviceAddressIntent") == "Vous habitez rue Ernest Renan. Je le retiens ?"
    assert anna.skill.memory.people.get(opaque(anna.user)).home.street == ""
    anna.confirms()
    home = anna.skill.memory.people.get(opaque(anna.user)).home
    assert (home.street, home.district) == ("rue-ernest-renan", "epinettes")


def test_a_pace_is_heard_in_every_reply_and_numbers_are_slower_still(anna: Person) -> None:
    anna.says("SlowerIntent")
    anna.says("PlacePhoneIntent", place="clinique vétérinaire des épinettes")
    ssml = anna.last["response"]["outputSpeech"]["ssml"]
    assert ssml.startswith('<speak><prosody rate="80%">')
    assert '<prosody rate="70%">01 45, 29, 06, 08</prosody>' in ssml


def test_a_screen_shows_large_what_is_said(issy: Skill, amazon: Amazon, clock: Clock) -> None:
    skill = Skill(issy.town)
    anna = Person(skill, amazon, clock)
    send = anna._send

    def with_screen(request: dict[str, Any]) -> str:
        invoke = anna.channel.invoke
        anna.channel.invoke = lambda e: invoke(
            {
                **e,
                "context": {
                    "System": {
                        **e["context"]["System"],
                        "device": {"deviceId": "d", "supportedInterfaces": {"Alexa.Presentation.APL": {"runtime": {"maxVersion": "2024.2"}}}},
                    }
                },
            }
        )  # type: ignore[method-assign]
        try:
            return send(request)
        finally:
            anna.channel.invoke = invoke  # type: ignore[method-assign]

    anna._send = with_screen  # type: ignore[method-assign]
    anna.says("PlaceWhereIntent", place="mairie")
    anna.says("PlacePhoneIntent", place="clinique vétérinaire des épinettes")
    (order,) = anna.last["response"]["directives"]
    assert order["type"] == "Alexa.Presentation.APL.RenderDocument"
    assert "01 45 29 06 08" in order["datasources"]["data"]["text"]
    anna.says("ReminderIntent", MEDICINE)
    assert [o["type"] for o in anna.last["response"]["directives"]] == ["Dialog.ConfirmIntent"], "a dialogue stands alone"
