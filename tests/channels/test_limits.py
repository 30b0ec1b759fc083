"""Whatever a town's texts hold: never more than Alexa takes, always well formed; slots that Alexa sends and nobody can use."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.app import Answer, Skill
from skill.channels.alexa import AlexaChannel
from skill.channels.alexa_values import amazon_date, spoken_age
from skill.conversation.plain import LONGEST_SAID
from skill.conversation.turn import Card, Focus, Reply
from skill.speech.render import Speech
from skill.speech.ssml import LONGEST, MOST_BYTES, MOST_SAID_BYTES, shorten, ssml
from tests.channels.test_alexa import NOW, envelope, said, slot

TEXTS = st.builds(
    lambda piece, times, end: piece * times + end,
    st.text(st.sampled_from("&<>'\"\\\\ aé.!?\u00a0🦄字\x07"), min_size=1, max_size=12),
    st.integers(1, 3000),
    st.sampled_from(["", " 01 46, 38, 20, 20", "."]),
)


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_any_speech_fits_and_is_well_formed(text: str) -> None:
    body = ssml(Speech(text, phones=("01 46, 38, 20, 20", "85")))
    assert len(body) <= LONGEST
    assert len(json.dumps(body)) <= MOST_BYTES + 2
    ET.fromstring(f"<speak>{body}</speak>")


@given(TEXTS, TEXTS)
@settings(max_examples=40, deadline=None)
def test_any_response_is_within_24_kilobytes(issy: Skill, one: str, two: str) -> None:
    kept = shorten(one, LONGEST_SAID, MOST_SAID_BYTES)
    ids = tuple(f"id-{i:03d}-of-a-place-with-a-rather-long-name" for i in range(60))
    reply = Reply("x", card=Card(two, one), focus=Focus("OpeningHoursIntent", said=kept, choices=ids, source=("https://x.example/" + "a" * 380, "2025-01-01")))
    out = AlexaChannel(issy)._response(Answer(reply, Speech(one), Speech(two)), {"session": {"new": True}}, issy.ready)
    assert len(json.dumps(out)) <= 24_000
    assert len(json.dumps(out, ensure_ascii=False).encode()) <= 24_000
    assert len(out["response"]["outputSpeech"]["ssml"]) < 8_000


def test_a_short_text_is_untouched_and_a_long_one_ends_with_its_sentence() -> None:
    assert ssml(Speech("Le 1er.")) == "Le 1er."
    body = ssml(Speech("L'été, une phrase. " * 900))
    assert body.endswith("une phrase.")
    assert len(body) > LONGEST // 2


def test_numbers_are_tagged_once() -> None:
    body = ssml(Speech("Le 85, ou le 01 46.", phones=("01 46", "85", "01 46")))
    assert body.count("<prosody") == 2
    ET.fromstring(f"<speak>{body}</speak>")


@pytest.mark.parametrize("text", ["9999-12", "9999-WI", "9999-12-31", "9999-W53", "9999-W53-WE", "0001-01-01", "1999-12-31", "0000-01", "²-³", "2025-W²"])
def test_dates_of_amazons_that_nobody_can_use(channel: AlexaChannel, caplog: pytest.LogCaptureFixture, text: str) -> None:
    assert not amazon_date(text, date(2025, 7, 9))
    answer = said(channel.invoke(envelope("OpeningHoursIntent", {**slot("place", "x", "parc-henri-barbusse"), **slot("date", text)})))
    assert answer == "Je n'ai pas compris le jour. Lequel est-ce ?"  # never the hours of another day
    assert channel.invoke(envelope("FollowUpIntent", slot("date", text)))["response"]["outputSpeech"]
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("value", "age"), [("3", 3.0), ("²", None), ("٣", None), ("-1", None), ("999", None), ("?", None), (1e999, None), (True, None), ([], None)]
)
def test_ages(channel: AlexaChannel, caplog: pytest.LogCaptureFixture, value: Any, age: float | None) -> None:
    given = {"age": {"name": "age", "value": value}}
    assert spoken_age(given["age"]) == age
    assert said(channel.invoke(envelope("FindPlaceIntent", {**slot("kind", "aire de jeux", "playground"), **given})))
    assert caplog.text == ""


@pytest.mark.parametrize("table", ["place", "kind", "collection", "item", "facility", "district", "series"])
def test_ids_that_the_town_no_longer_has(channel: AlexaChannel, caplog: pytest.LogCaptureFixture, table: str) -> None:
    for intent in ("OpeningHoursIntent", "NextCollectionIntent", "FindPlaceIntent", "WhereToThrowIntent", "PlayPodcastIntent", "HasFacilityIntent"):
        assert said(channel.invoke(envelope(intent, slot(table, "x", "gone-since-the-reload"))))
    assert caplog.text == ""


@pytest.fixture(scope="module")
def channel(issy: Skill) -> AlexaChannel:
    return AlexaChannel(issy, clock=lambda: NOW)


def test_repeat_asks_the_open_question_again(channel: AlexaChannel) -> None:
    first = channel.invoke(envelope("OpeningDaysIntent", slot("kind", "marché", "market")))
    again = channel.invoke(envelope("AMAZON.RepeatIntent", attributes=first["sessionAttributes"]))
    assert said(again) == said(first)
    assert again["response"]["reprompt"] == first["response"]["reprompt"]
