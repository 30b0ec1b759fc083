"""Reports of Alexa's player and buttons of its remote: answered in silence, also when all is broken; never a session needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from skill.channels.alexa import AlexaChannel
from skill.channels.alexa_audio import REPORTS, event_of
from skill.conversation.plain import opaque
from tests.fakes import Clock, Moody, Radio, episode, feed
from tests.speaker import SKILL_ID, check_legal

NEWEST, MIDDLE, OLDEST = "metamorphoses-3", "metamorphoses-2", "metamorphoses-1"
SILENCE = {"version": "1.0", "response": {}}
PLAYER = "AudioPlayer.Playback"
BUTTON = "PlaybackController."
KINDS = {k: k.removeprefix(PLAYER).removeprefix(BUTTON).removesuffix("CommandIssued") for k in REPORTS}


@pytest.fixture
def channel(radio: Radio) -> AlexaChannel:
    return AlexaChannel(radio, SKILL_ID, clock=Clock())


def envelope(kind: str, token: str = NEWEST, offset: int = 0, playing: str = "PLAYING", **more: Any) -> dict[str, Any]:
    """As Amazon sends it: no session; a button has no token of its own; a failure has its fault and what goes on beside."""
    request: dict[str, Any] = {"type": kind, "requestId": "amzn1.echo-api.request.1", "timestamp": "2025-10-15T18:00:00Z", "locale": "fr-FR"}
    state = {"token": token, "offsetInMilliseconds": offset, "playerActivity": playing}
    if kind.startswith(PLAYER):
        request["token"] = token
        if kind.endswith("Failed"):
            request |= {"error": {"type": "MEDIA_ERROR_SERVICE_UNAVAILABLE", "message": "503"}, "currentPlaybackState": state}
        else:
            request["offsetInMilliseconds"] = offset
    system = {
        "application": {"applicationId": SKILL_ID}, "user": {"userId": "u"}, "apiEndpoint": "https://api.eu.amazonalexa.com", "apiAccessToken": "t",
        "device": {"deviceId": "d", "supportedInterfaces": {"AudioPlayer": {}}},
    }  # fmt: skip
    return {"version": "1.0", "context": {"System": system, "AudioPlayer": state}, "request": {**request, **more}}


def order(answer: dict[str, Any]) -> tuple[str, str, int]:
    (found,) = answer["response"]["directives"]
    return found["playBehavior"], found["audioItem"]["stream"]["token"], found["audioItem"]["stream"]["offsetInMilliseconds"]


@pytest.mark.parametrize("what", ["Started", "Stopped", "Finished"])
def test_reports_of_what_went_well_need_no_order(channel: AlexaChannel, what: str) -> None:
    assert channel.invoke(envelope(PLAYER + what, offset=60_000)) == SILENCE


def test_nearly_finished_enqueues_what_follows_the_token(channel: AlexaChannel) -> None:
    answer = channel.invoke(envelope(PLAYER + "NearlyFinished"))
    assert order(answer) == ("ENQUEUE", MIDDLE, 0)
    stream = answer["response"]["directives"][0]["audioItem"]["stream"]
    assert stream["expectedPreviousToken"] == NEWEST
    assert stream["url"] == "https://sons.example/metamorphoses/2.mp3"
    assert answer["response"]["directives"][0]["audioItem"]["metadata"]["title"] == "Rencontre du fort"
    assert channel.invoke(envelope(PLAYER + "NearlyFinished", OLDEST)) == SILENCE


def test_what_follows_is_resumed_where_it_was_left(channel: AlexaChannel) -> None:
    channel.invoke(envelope(PLAYER + "Stopped", MIDDLE, 600_000))
    assert order(channel.invoke(envelope(PLAYER + "NearlyFinished"))) == ("ENQUEUE", MIDDLE, 600_000)


def test_failed_goes_on_to_the_next_and_gives_up_after_a_few(channel: AlexaChannel, radio: Radio) -> None:
    radio.publish(metamorphoses=feed(*(episode(n) for n in range(1, 9))))
    assert order(channel.invoke(envelope(PLAYER + "Failed", "metamorphoses-8"))) == ("REPLACE_ALL", "metamorphoses-7", 0)
    assert order(channel.invoke(envelope(PLAYER + "Failed", "metamorphoses-7"))) == ("REPLACE_ALL", "metamorphoses-6", 0)
    assert channel.invoke(envelope(PLAYER + "Failed", "metamorphoses-6")) == SILENCE


def test_what_waited_failed_while_another_goes_on(channel: AlexaChannel) -> None:
    beside = {"token": NEWEST, "offsetInMilliseconds": 1_000, "playerActivity": "PLAYING"}
    answer = channel.invoke(envelope(PLAYER + "Failed", MIDDLE, currentPlaybackState=beside))
    assert order(answer) == ("ENQUEUE", OLDEST, 0)
    assert answer["response"]["directives"][0]["audioItem"]["stream"]["expectedPreviousToken"] == NEWEST


@pytest.mark.parametrize(
    ("button", "expected"),
    [("Next", ("REPLACE_ALL", OLDEST, 0)), ("Previous", ("REPLACE_ALL", NEWEST, 0)), ("Play", ("REPLACE_ALL", MIDDLE, 90_000))],
)
def test_buttons(channel: AlexaChannel, button: str, expected: tuple[str, str, int]) -> None:
    channel.invoke(envelope(PLAYER + "Stopped", MIDDLE, 90_000))
    assert order(channel.invoke(envelope(f"{BUTTON}{button}CommandIssued", MIDDLE, 90_000, "STOPPED"))) == expected


def test_the_pause_button_stops(channel: AlexaChannel) -> None:
    assert channel.invoke(envelope(f"{BUTTON}PauseCommandIssued"))["response"]["directives"] == [{"type": "AudioPlayer.Stop"}]


def test_buttons_where_nothing_was_ever_heard(channel: AlexaChannel, radio: Radio) -> None:
    for button in ("Next", "Previous", "Play"):
        bare = envelope(f"{BUTTON}{button}CommandIssued")
        del bare["context"]["AudioPlayer"]
        check_legal(button, channel.invoke(bare))
    radio.publish(metamorphoses=feed())
    for kind, name in KINDS.items():
        check_legal(name, channel.invoke(envelope(kind)))


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("trouble", ["store down", "store readonly", "our own code", "feeds", "withdrawn", "no user", "no context", "no token", "mangled"])
def test_silence_whatever_happens(channel: AlexaChannel, radio: Radio, store: Moody, monkeypatch: pytest.MonkeyPatch, kind: str, trouble: str) -> None:
    request = envelope(kind, offset=60_000)
    store.down, store.readonly = trouble == "store down", trouble == "store readonly"
    if trouble == "our own code":
        monkeypatch.setattr(type(radio), "answer", lambda *_: 1 / 0)
    elif trouble == "feeds":
        monkeypatch.setattr(type(radio.programmes), "reload_if_old", lambda *_: 1 / 0)
    elif trouble == "withdrawn":
        request = envelope(kind, "gone", 60_000)
    elif trouble == "no user":
        del request["context"]["System"]["user"]
    elif trouble == "no context":
        request["context"] = {"System": {"application": {"applicationId": SKILL_ID}}}
    elif trouble == "no token":
        request["request"].pop("token", None)
    elif trouble == "mangled":
        request["request"] |= {"token": ["x"], "offsetInMilliseconds": "5", "timestamp": [], "currentPlaybackState": 3, "locale": 4}
        request["context"]["AudioPlayer"] = "x"
    check_legal(KINDS[kind], channel.invoke(request))


def test_a_mark_as_heard_outlives_the_stop_that_it_causes_and_no_more(channel: AlexaChannel, store: Moody) -> None:
    channel.invoke(envelope(PLAYER + "Started"))
    spoken = envelope("IntentRequest", offset=300_000, intent={"name": "MarkHeardIntent", "slots": {}})
    spoken["session"] = {"application": {"applicationId": SKILL_ID}, "user": {"userId": "u"}}
    assert order(channel.invoke(spoken)) == ("REPLACE_ALL", MIDDLE, 0)
    channel.invoke(envelope(PLAYER + "Stopped", offset=300_000, timestamp="2025-10-15T18:00:03Z"))
    assert store.get(opaque("u")).mark(NEWEST).done
    channel.invoke(envelope(PLAYER + "Stopped", offset=900_000, timestamp="2025-10-15T18:15:00Z"))  # played again; its start was never told
    assert store.get(opaque("u")).mark(NEWEST).start_ms == 900_000


def test_a_fault_in_looking_for_new_episodes_loses_no_report(channel: AlexaChannel, radio: Radio, store: Moody, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(radio.programmes), "reload_if_old", lambda *_: 1 / 0)
    channel.invoke(envelope(PLAYER + "Stopped", offset=60_000))
    assert store.get(opaque("u")).mark(NEWEST).offset_ms == 60_000


def test_the_store_down_on_every_spoken_request_is_no_fault(radio: Radio, store: Moody, channel: AlexaChannel) -> None:
    from skill.intents.router import HANDLERS

    store.down = True
    for intent in sorted(HANDLERS):
        request = envelope("IntentRequest", offset=60_000, playing="PAUSED", intent={"name": intent, "slots": {}})
        request["session"] = {"new": True, "sessionId": "s", "application": {"applicationId": SKILL_ID}, "user": {"userId": "u"}}
        answer = channel.invoke(request)
        check_legal("voice", answer)
        assert "Désolé" not in answer["response"]["outputSpeech"]["ssml"], intent


def test_an_address_without_https_is_tried_out_or_refused_kindly(radio: Radio) -> None:
    radio.publish(metamorphoses=feed(episode(3, audio="http://localhost:5000/podcasts/3.mp3"), episode(4)))
    request = envelope("IntentRequest", "", intent={"name": "PlayPodcastIntent", "slots": {"number": {"name": "number", "value": "3"}}})
    request["session"] = {"application": {"applicationId": SKILL_ID}, "user": {"userId": "u"}}
    trying, real = AlexaChannel(radio, clock=Clock()), AlexaChannel(radio, clock=Clock(), trying=False)
    assert trying.invoke(request)["response"]["directives"][0]["audioItem"]["stream"]["url"] == "https://localhost:5000/podcasts/3.mp3"
    answer = real.invoke(request)["response"]
    assert "directives" not in answer
    assert "ne peux pas" in answer["outputSpeech"]["ssml"]
    check_legal("NearlyFinished", real.invoke(envelope(PLAYER + "NearlyFinished", "metamorphoses-4")))
    assert real.invoke(envelope(PLAYER + "NearlyFinished", "metamorphoses-4")) == SILENCE


def test_a_token_comes_back_as_it_went(channel: AlexaChannel, radio: Radio, store: Moody) -> None:
    for guid in ("a\u200bb", "tag:é,1", "x" * 1024, "a\tb"):
        radio.publish(metamorphoses=feed(episode(9, guid=guid), episode(1)))
        assert order(channel.invoke(envelope(PLAYER + "NearlyFinished", guid)))[1] == OLDEST
        channel.invoke(envelope(PLAYER + "Stopped", guid, 60_000))
        assert store.get(opaque("u")).mark(guid).offset_ms == 60_000
    for strange in ("x" * 1025, "\ud800", 4, None):
        assert event_of({"request": {"type": PLAYER + "Started", "token": strange}}).token == ""  # type: ignore[union-attr]


def test_every_answer_is_one_of_amazons(channel: AlexaChannel, shared: Path, store: Moody) -> None:
    path = shared / "data/schemas/alexa_response_envelope.schema.json"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    schema = Draft7Validator(json.loads(path.read_text(encoding="utf-8")))
    kinds = 0
    for down in (False, True):
        store.down = down
        for kind in KINDS:
            for token in (NEWEST, MIDDLE, OLDEST, "gone"):
                answer = channel.invoke(envelope(kind, token, 60_000))
                assert [e.message for e in schema.iter_errors(answer)] == []
                kinds += bool(answer["response"])
    assert kinds > 10


def test_amazons_own_samples(radio: Radio, shared: Path) -> None:
    paths = sorted((shared / "data/alexa_requests").rglob("*.json"))
    if not paths:
        pytest.skip("no sample requests")
    channel = AlexaChannel(radio, clock=Clock())
    for path in paths:
        event = json.loads(path.read_text(encoding="utf-8-sig"))
        kind = event["request"]["type"]
        answer = channel.invoke(event)
        if kind in ("LaunchRequest", "IntentRequest"):
            check_legal("voice", answer)
        else:
            check_legal(KINDS.get(kind, "Started"), answer)


def test_over_the_web_too(radio: Radio) -> None:
    pytest.importorskip("flask")
    from skill.app import Settings
    from skill.channels.web import create_app

    client = create_app(Settings(verify=False), radio).test_client()
    for kind, name in KINDS.items():
        answer = client.post("/alexa", json=envelope(kind, MIDDLE, 60_000))
        assert answer.status_code == 200
        check_legal(name, answer.get_json())
