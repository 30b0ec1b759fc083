"""The evening before a collection, on an Echo: dated, said how far, renewed, offered once; and nothing that an emergency would wait for."""

from __future__ import annotations

from skill.app import Skill
from skill.conversation.plain import opaque
from tests.amazon import Amazon
from tests.channels.conftest import Person
from tests.fakes import Clock


def test_the_evening_before_each_round_is_dated_and_said_how_far(anna: Person, amazon: Amazon) -> None:
    anna.says("ReminderIntent", "la veille de la collecte des déchets verts")
    assert anna.confirms() == "C'est noté : la veille à 19 heures, jusqu'à la collecte du lundi 10 novembre. Je continuerai quand vous me parlerez."
    assert amazon.rung == [f"2025-{d}T19:00:00.000" for d in ("10-19", "10-26", "11-02", "11-09")]
    assert amazon.texts == {"Demain, les déchets verts seront collectés"}


def test_rounds_are_renewed_when_the_person_speaks_again(anna: Person, amazon: Amazon, clock: Clock) -> None:
    anna.says("ReminderIntent", "la veille de la collecte des déchets verts")
    anna.confirms()
    clock.tick(12 * 24 * 3600)
    before = len(amazon.calls)
    anna.says("HelloIntent")
    assert [t for t in amazon.rung if t.startswith(("2025-11-1", "2025-11-2"))] == ["2025-11-16T19:00:00.000"]
    calls = len(amazon.calls)
    assert calls == before + 3, "the list, and the one round that is new (asked whether it is there already)"
    anna.says("HelloIntent")
    assert len(amazon.calls) == calls, "once a day is enough"


def test_a_renewal_that_fails_is_for_another_day_and_spoils_no_answer(anna: Person, amazon: Amazon, clock: Clock) -> None:
    anna.says("ReminderIntent", "la veille de la collecte des déchets verts")
    anna.confirms()
    clock.tick(12 * 24 * 3600)
    amazon.status = 500
    amazon.after = 0
    assert "Bonjour" in anna.says("HelloIntent")
    amazon.status = None
    clock.tick(24 * 3600)
    anna.says("HelloIntent")
    assert "2025-11-16T19:00:00.000" in amazon.rung


def test_a_cancelled_collection_is_renewed_no_more(anna: Person, amazon: Amazon, clock: Clock) -> None:
    anna.says("ReminderIntent", "la veille de la collecte des déchets verts")
    anna.confirms()
    anna.says("CancelAllRemindersIntent")
    anna.confirms()
    clock.tick(12 * 24 * 3600)
    anna.says("HelloIntent")
    assert not amazon.alerts


def test_the_offer_is_made_once_and_taken(anna: Person, amazon: Amazon) -> None:
    said = anna.says("NextCollectionIntent", collection="déchets verts")
    assert said.endswith("Voulez-vous que je vous prévienne la veille à 19 heures ?")
    anna.says("AMAZON.HelpIntent")
    assert "prévienne" not in anna.says("NextCollectionIntent", collection="déchets verts")


def test_yes_to_the_offer_sets_and_no_ends_offers_for_good(anna: Person, amazon: Amazon, skill_of_one: Skill) -> None:
    anna.says("NextCollectionIntent", collection="déchets verts")
    assert "C'est noté : la veille à 19 heures" in anna.confirms()
    assert len(amazon.alerts) == 4
    other = Person(skill_of_one, amazon, anna.clock, user="amzn1.ask.account.PAUL")
    other.says("NextCollectionIntent", collection="déchets verts")
    assert other.confirms(agreed=False) == "D'accord."
    assert "prévienne" not in other.says("NextCollectionIntent", collection="déchets verts")


def test_asked_again_for_another_hour_the_old_ones_are_silenced(anna: Person, amazon: Amazon) -> None:
    for wish in ("la veille de la collecte des déchets verts", "la veille à vingt heures de la collecte des déchets verts"):
        anna.says("ReminderIntent", wish)
        anna.confirms()
    assert {t[11:16] for t in amazon.rung} == {"20:00"}


def test_a_round_whose_eve_is_past_is_not_named(skill_of_one: Skill, amazon: Amazon) -> None:
    anna = Person(skill_of_one, amazon, Clock("2025-10-19T20:30:00+02:00"))
    assert "pour la collecte du lundi 27 octobre" in anna.says("ReminderIntent", "la veille de la collecte des déchets verts")


def test_what_was_removed_in_the_application_is_renewed_no_more(anna: Person, amazon: Amazon, clock: Clock) -> None:
    anna.says("ReminderIntent", "la veille de la collecte des déchets verts")
    anna.confirms()
    amazon.alerts.clear()
    clock.tick(12 * 24 * 3600)
    anna.says("HelloIntent")
    assert not amazon.alerts
    assert anna.skill.memory.people.get(opaque(anna.user)).watches == ()


def test_an_emergency_waits_for_no_renewal(anna: Person, amazon: Amazon, clock: Clock) -> None:
    anna.says("ReminderIntent", "la veille de la collecte des déchets verts")
    anna.confirms()
    clock.tick(12 * 24 * 3600)
    calls = len(amazon.calls)
    assert "15" in anna.says("EmergencyIntent")
    assert len(amazon.calls) == calls
