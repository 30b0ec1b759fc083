"""An Echo's AudioPlayer as a test meets it: it keeps Amazon's rules by itself, and fails a test that breaks one.

The queue, `expectedPreviousToken`, what each kind of request may be answered with: guide/peers.md (d), and the reference of the
AudioPlayer interface. A speaker that is spoken to is PAUSED, and goes on by itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC
from itertools import count
from typing import Any

from skill.channels.alexa import AlexaChannel
from skill.conversation import plain
from tests.fakes import USUAL_SECONDS, Clock

SKILL_ID = "amzn1.ask.skill.ours"
_NUMBERS = count()
SPEAKING_SECONDS = 2
"""To say or press something. Amazon's time stamps have no parts of a second."""
MAY_PLAY = {"NearlyFinished", "Failed", "Next", "Previous", "Play", "voice"}
MAY_STOP = MAY_PLAY | {"Started", "Stopped", "Finished", "Pause"}


class Speaker:
    """An Echo with its AudioPlayer, which sends what it must and obeys what it is told.

    Reports are sent at once, or kept in `outbox` while `holding`, to be sent late, twice or in another order.
    """

    def __init__(
        self, channel: AlexaChannel, clock: Clock, name: str = "kitchen", user: str = "amzn1.ask.account.PERSON", lengths: Callable[[str], int] | None = None
    ) -> None:
        self.channel, self.clock, self.name, self.user = channel, clock, name, user
        self.key = plain.opaque(user)
        """What the house calls the person."""
        self.lengths = lengths or (lambda token: USUAL_SECONDS * 1000)
        self.broken: set[str] = set()
        """Addresses that cannot be fetched."""
        self.activity, self.token, self.url, self.offset_ms = "IDLE", "", "", 0
        self.queue: list[dict[str, Any]] = []
        self.metadata: dict[str, Any] = {}
        self.holding = False
        self.outbox: list[dict[str, Any]] = []
        self.attributes: dict[str, Any] = {}
        self.sent: list[tuple[str, dict[str, Any]]] = []
        """Every request's kind with its answer."""
        self.orders: list[dict[str, Any]] = []
        self.refused: list[dict[str, Any]] = []
        """Sounds that the queue did not take: `expectedPreviousToken` was another."""
        self._told = False

    # What a person does.

    def say(self, intent: str, slots: dict[str, Any] | None = None, locale: str = "fr-FR", **values: str) -> str:
        """Says something; what is playing falls silent meanwhile, and goes on if nothing was ordered."""
        self.clock.tick(SPEAKING_SECONDS)
        barged = self.activity == "PLAYING"
        if barged:
            self.activity = "PAUSED"
            self._report("Stopped")
        request = {
            "type": "IntentRequest",
            "intent": {"name": intent, "confirmationStatus": "NONE", "slots": {**(slots or {}), **{k: {"name": k, "value": v} for k, v in values.items()}}},
        }
        answer = self._ask("voice", {**request, "locale": locale}, session=True)
        if self.activity == "PAUSED":
            self.activity = "PLAYING"
            self._report("Started")
        return said(answer)

    def open(self) -> str:
        """Opens the skill."""
        return said(self._ask("voice", {"type": "LaunchRequest"}, session=True))

    def press(self, button: str) -> None:
        """Presses Next, Previous, Play or Pause on a remote control."""
        self.clock.tick(SPEAKING_SECONDS)
        self._ask(button, {"type": f"PlaybackController.{button}CommandIssued"})

    def listen(self, seconds: float) -> None:
        """Time passes."""
        left = int(seconds * 1000)
        while left > 0 and self.activity == "PLAYING":
            length = self.lengths(self.token)
            step = min(left, max(0, length - self.offset_ms), 1_000 if not self._told else left)
            self.offset_ms += step
            left -= step
            self.clock.tick(step / 1000)
            if not self._told:  # as soon as the sound is buffered, often at once
                self._told = True
                self._report("NearlyFinished")
            if self.activity == "PLAYING" and self.offset_ms >= length:
                self._ended()
        self.clock.tick(left / 1000)

    def break_down(self) -> None:
        """The network goes while something plays."""
        self._fail()

    def unplug(self) -> None:
        """The power goes: nothing is reported."""
        self.activity, self.queue = "STOPPED", []

    def deliver(self, order: Iterable[int] | None = None) -> None:
        """Sends what was kept, in an order, perhaps some twice."""
        kept, self.outbox, self.holding = self.outbox, [], False
        for i in range(len(kept)) if order is None else order:
            self._send(kept[i % len(kept)]) if kept else None

    # What the device does.

    def _ended(self) -> None:
        self.activity = "FINISHED"
        self._report("Finished")
        if self.queue and self.activity == "FINISHED":
            self._begin(self.queue.pop(0))

    def _begin(self, item: dict[str, Any]) -> None:
        stream = item["stream"]
        self.token, self.url, self.offset_ms = stream["token"], stream["url"], stream["offsetInMilliseconds"]
        self.metadata, self._told = item.get("metadata", {}), False
        if self.url in self.broken:
            self._fail()
            return
        self.activity = "PLAYING"
        self._report("Started")

    def _fail(self) -> None:
        self.activity = "STOPPED"
        self._report("Failed", error={"type": "MEDIA_ERROR_INVALID_REQUEST", "message": "404"}, currentPlaybackState=self._player())

    def _player(self) -> dict[str, Any]:
        state: dict[str, Any] = {"playerActivity": self.activity, "offsetInMilliseconds": self.offset_ms}
        return {**state, "token": self.token} if self.token else state

    def _report(self, what: str, **more: Any) -> None:
        request = {"type": f"AudioPlayer.Playback{what}", "token": self.token, "offsetInMilliseconds": self.offset_ms, **more}
        if what == "Failed":
            del request["offsetInMilliseconds"]
        envelope = self._envelope(request)
        if self.holding:
            self.outbox.append(envelope)
        else:
            self._send(envelope)

    def _ask(self, kind: str, request: dict[str, Any], session: bool = False) -> dict[str, Any]:
        envelope = self._envelope(request)
        if session:
            user = {"userId": self.user}
            envelope["session"] = {
                "new": not self.attributes,
                "sessionId": "s",
                "application": {"applicationId": SKILL_ID},
                "attributes": self.attributes,
                "user": user,
            }
        return self._send(envelope, kind)

    def _envelope(self, request: dict[str, Any]) -> dict[str, Any]:
        system = {
            "application": {"applicationId": SKILL_ID}, "user": {"userId": self.user}, "device": {"deviceId": self.name, "supportedInterfaces": {"AudioPlayer": {}}},
            "apiEndpoint": "https://api.eu.amazonalexa.com", "apiAccessToken": "t",
        }  # fmt: skip
        stamp = self.clock.now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        head = {"requestId": f"amzn1.echo-api.request.{next(_NUMBERS)}", "timestamp": stamp, "locale": "fr-FR"}
        envelope = {"version": "1.0", "context": {"AudioPlayer": self._player(), "System": system}, "request": {**head, **request}}
        copy: dict[str, Any] = json.loads(json.dumps(envelope))
        return copy

    def _send(self, envelope: dict[str, Any], kind: str = "") -> dict[str, Any]:
        kind = kind or envelope["request"]["type"].removeprefix("AudioPlayer.Playback")
        answer: dict[str, Any] = json.loads(json.dumps(self.channel.invoke(envelope)))
        self.sent.append((kind, answer))
        check_legal(kind, answer)
        if kind == "voice":
            self.attributes = {} if answer["response"].get("shouldEndSession") else answer.get("sessionAttributes", {})
        for order in answer["response"].get("directives", []):
            self.orders.append(order)
            self._obey(order)
        return answer

    def _obey(self, order: dict[str, Any]) -> None:
        if order["type"] == "AudioPlayer.Stop":
            if self.activity in ("PLAYING", "PAUSED"):
                barged, self.activity = self.activity == "PAUSED", "STOPPED"
                if not barged:  # it said so when the person began to speak
                    self._report("Stopped")
            return
        if order["type"] == "AudioPlayer.ClearQueue":
            self.queue = []
            return
        item = order["audioItem"]
        if order["playBehavior"] == "REPLACE_ALL":
            self.queue = []
            was, self.activity = self.activity, "STOPPED"
            if was == "PLAYING":
                self._report("Stopped")
            self._begin(item)
        elif order["playBehavior"] == "REPLACE_ENQUEUED":
            self.queue = [item]
        elif self.token == item["stream"]["expectedPreviousToken"] and not self.queue:
            self.queue.append(item)
            if self.activity == "FINISHED":  # the order came after the end
                self._begin(self.queue.pop(0))
        else:
            self.refused.append(item)


def said(answer: dict[str, Any]) -> str:
    """What was said, as text."""
    speech = answer["response"].get("outputSpeech", {}).get("ssml", "")
    return str(speech.removeprefix("<speak>").removesuffix("</speak>").replace("&apos;", "'"))


def check_legal(kind: str, answer: dict[str, Any]) -> None:
    """Fails for an answer that Amazon would refuse to a request of this kind ("voice", a report or a button)."""
    response, orders = answer["response"], answer["response"].get("directives", [])
    assert answer["version"] == "1.0"
    assert len(json.dumps(answer)) < 24_000
    if kind != "voice":
        assert set(response) <= {"directives"}, f"{kind} was answered with {sorted(response)}"
        assert "sessionAttributes" not in answer
    else:
        assert response["outputSpeech"]["ssml"]
        assert response["shouldEndSession"] is ("reprompt" not in response)
    plays = [o for o in orders if o["type"] == "AudioPlayer.Play"]
    assert len(orders) <= 1
    assert not plays or kind in MAY_PLAY, f"{kind} was answered with Play"
    assert not orders or kind in MAY_STOP
    for order in plays:
        if kind == "voice":
            assert response["shouldEndSession"] is True
        stream = order["audioItem"]["stream"]
        assert stream["url"].startswith("https://")
        assert 0 < len(stream["token"]) <= 1024
        assert type(stream["offsetInMilliseconds"]) is int
        assert stream["offsetInMilliseconds"] >= 0
        assert ("expectedPreviousToken" in stream) is (order["playBehavior"] == "ENQUEUE")


class Report:
    """What a speaker said of a sound, in the order in which it happened."""

    def __init__(self, what: str, token: str, offset_ms: int, at: Any) -> None:
        self.what, self.token, self.offset_ms, self.at, self.kept = what, token, offset_ms, at, False

    def __repr__(self) -> str:
        return f"{self.what} {self.token} {self.offset_ms} {self.at:%H:%M:%S}{'' if self.kept else ' (not kept)'}"
