"""An Echo in front of our skill, and Amazon's services behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from skill.app import Skill
from skill.channels.alexa import AlexaChannel
from skill.channels.alexa_api import AlexaApi
from tests.amazon import DEVICE, TOKEN, Amazon
from tests.fakes import Clock
from tests.speaker import SKILL_ID, said


@pytest.fixture
def amazon(tmp_path: Path) -> Iterator[Amazon]:
    made = Amazon(tmp_path)
    yield made
    made.close()


class Person:
    """Somebody who speaks to an Echo: the session goes on until it is closed, and permissions are asked for as Alexa does."""

    def __init__(self, skill: Skill, amazon: Amazon, clock: Clock, user: str = "amzn1.ask.account.ANNA", person: str = "", locale: str = "fr-FR") -> None:
        def api(*given: str) -> AlexaApi:
            return AlexaApi(*given, pool=amazon.pool, hosts=re.compile(r"127\.0\.0\.1:\d+"))

        self.skill, self.amazon, self.clock, self.locale = skill, amazon, clock, locale
        self.channel = AlexaChannel(skill, SKILL_ID, clock=clock, api=api)
        self.user, self.person = user, person
        self.attributes: dict[str, Any] = {}
        self.last: dict[str, Any] = {}

    def says(self, intent: str, question: str = "", status: str = "NONE", **slots: str) -> str:
        """An intent, with what Alexa heard in its slots."""
        given = {k: {"name": k, "value": v} for k, v in ({"question": question} if question else {}).items() | slots.items()}
        return self._send({"type": "IntentRequest", "dialogState": "STARTED", "intent": {"name": intent, "confirmationStatus": status, "slots": given}})

    def confirms(self, agreed: bool = True) -> str:
        """Yes or no to Dialog.ConfirmIntent: the intent comes back with it."""
        (order,) = self.last["response"]["directives"]
        assert order["type"] == "Dialog.ConfirmIntent"
        return self.says(order["updatedIntent"]["name"], status="CONFIRMED" if agreed else "DENIED")

    def fills(self, words: str) -> str:
        """Words for the slot that Dialog.ElicitSlot asks for."""
        (order,) = self.last["response"]["directives"]
        assert order["type"] == "Dialog.ElicitSlot"
        return self.says(order["updatedIntent"]["name"], **{order["slotToElicit"]: words})

    def allows(self, status: str = "ACCEPTED", keeps_session: bool = True) -> str:
        """The answer to Alexa's own question."""
        (order,) = self.last["response"]["directives"]
        assert order["type"] == "Connections.SendRequest"
        assert "shouldEndSession" not in self.last["response"]
        self.amazon.allowed = status == "ACCEPTED"
        if not keeps_session:
            self.attributes = {}
        payload = {"permissionScopes": [{"permissionScope": "alexa::alerts:reminders:skill:readwrite", "status": status}]}
        return self._send(
            {"type": "Connections.Response", "name": "AskFor", "status": {"code": "200", "message": "OK"}, "token": order["token"], "payload": payload}
        )

    def opens(self) -> str:
        return self._send({"type": "LaunchRequest"})

    @property
    def card(self) -> Any:
        return self.last["response"].get("card")

    def _send(self, request: dict[str, Any]) -> str:
        system: dict[str, Any] = {
            "application": {"applicationId": SKILL_ID}, "user": {"userId": self.user}, "device": {"deviceId": DEVICE, "supportedInterfaces": {"AudioPlayer": {}}},
            "apiEndpoint": self.amazon.endpoint, "apiAccessToken": TOKEN,
        }  # fmt: skip
        if self.person:
            system["person"] = {"personId": self.person}
        session = {
            "new": not self.attributes,
            "sessionId": "s",
            "application": {"applicationId": SKILL_ID},
            "attributes": self.attributes,
            "user": {"userId": self.user},
        }
        head = {"requestId": "r", "timestamp": "2025-07-09T16:00:00Z", "locale": self.locale}
        self.clock.tick(5)
        self.last = self.channel.invoke({"version": "1.0", "session": session, "context": {"System": system}, "request": {**head, **request}})
        self.attributes = {} if self.last["response"].get("shouldEndSession") else self.last.get("sessionAttributes", {})
        return said(self.last)


@pytest.fixture
def clock() -> Clock:
    return Clock("2025-10-14T09:00:00+02:00")


@pytest.fixture
def skill_of_one(issy: Skill) -> Skill:
    """A skill with a memory of its own."""
    return Skill(issy.town)


@pytest.fixture
def anna(skill_of_one: Skill, amazon: Amazon, clock: Clock) -> Person:
    return Person(skill_of_one, amazon, clock)
