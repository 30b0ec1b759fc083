"""Somebody on the telephone, by Twilio's signed forms, in front of our routes at a moment that stands still."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from flask.testing import FlaskClient

from skill.app import Settings, Skill
from skill.channels import twilio
from skill.channels.web import create_app
from skill.homes import memory_of
from tests.conftest import at
from tests.utterances.shelf import SHELF

TOKEN, KEY = "t" * 32, "p" * 32
NUMBER = "+33612345678"
HERE = "http://localhost"


class Noon(Skill):
    def now(self) -> Any:
        return at("2025-10-14 18:05")


def made(issy: Skill, **more: Any) -> FlaskClient:
    settings = Settings(data="", verify=False, rate="", secret="s" * 20, twilio_token=TOKEN, phone_key=KEY).but(**more)
    skill = Noon(issy.town, memory_of(settings), settings=settings)
    skill.programmes._shelf = SHELF
    return create_app(settings, skill, alexa=False, figures=False).test_client()


class Call:
    """Somebody on the line."""

    def __init__(self, client: FlaskClient, number: str = NUMBER, sid: str = "CA1", lang: str = "fr") -> None:
        self.client, self.number, self.sid, self.lang = client, number, sid, lang

    def _send(self, path: str, **fields: str) -> ET.Element:
        form = {"CallSid": self.sid, "From": self.number, "CallStatus": "in-progress", **fields}
        sign = twilio.signature(TOKEN, HERE + path, form.items())
        answer = self.client.post(path, data=form, headers={twilio.HEADER: sign})
        assert answer.status_code == 200
        assert answer.mimetype == "text/xml"
        self.tree = ET.fromstring(answer.text)
        return self.tree

    def begins(self) -> str:
        return said(self._send(f"/phone/voice?lang={self.lang}"))

    def says(self, text: str = "") -> str:
        return said(self._send(f"/phone/voice?turn=1&lang={self.lang}", **({"SpeechResult": text, "Confidence": "0.8"} if text else {})))

    def presses(self, key: str) -> str:
        return said(self._send(f"/phone/voice?turn=1&lang={self.lang}", Digits=key))

    @property
    def over(self) -> bool:
        return self.tree.find("Hangup") is not None or self.tree.find("Dial") is not None


def said(tree: ET.Element) -> str:
    return " ".join("".join(each.itertext()) for each in tree.iter("Say"))
