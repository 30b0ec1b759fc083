"""One speaker of each kind, with its own wire and its makers' own client where there is one: words in, what is said out."""

from __future__ import annotations

import re
import urllib.parse
from typing import Any, ClassVar
from xml.etree import ElementTree as ET

from skill.channels import abilities, twilio
from tests.conformance.house import SETTINGS, SKILL_ID
from tests.conformance.lines import LOCALES, McpHttp, McpStdio, Satellite, Speaker, Terminal, Wyoming


class Alexa(Speaker):
    """An Echo that hands over free words; yes, no, stop and the like it understands by itself."""

    abilities = abilities.ALEXA
    BUILT_IN: ClassVar = {
        "répète": "Repeat",
        "repeat": "Repeat",
        "oui": "Yes",
        "yes": "Yes",
        "non": "No",
        "no": "No",
        "suivant": "Next",
        "next": "Next",
        "aide": "Help",
    }
    attributes: ClassVar[dict[str, Any]] = {}
    playing: ClassVar[dict[str, Any]] = {}

    def say(self, text: str) -> str:
        name = f"AMAZON.{self.BUILT_IN[text]}Intent" if text in self.BUILT_IN else "TownQuestionIntent"
        slots = {} if text in self.BUILT_IN else {"question": {"name": "question", "value": text}}
        system = {
            "application": {"applicationId": SKILL_ID}, "user": {"userId": ""}, "device": {"deviceId": "d", "supportedInterfaces": {"AudioPlayer": {}}},
        }  # fmt: skip
        request = {
            "type": "IntentRequest", "requestId": "r", "timestamp": "2025-10-14T16:05:00Z", "locale": LOCALES[self.language],
            "intent": {"name": name, "confirmationStatus": "NONE", "slots": slots},
        }  # fmt: skip
        session = {
            "new": not self.attributes,
            "sessionId": "s",
            "application": {"applicationId": SKILL_ID},
            "attributes": self.attributes,
            "user": {"userId": ""},
        }
        told = self.send("/alexa", {"version": "1.0", "session": session, "context": {"System": system, "AudioPlayer": self.playing}, "request": request})
        self.attributes = told.get("sessionAttributes", {})
        for order in told["response"].get("directives", []):
            if order["type"] == "AudioPlayer.Play":
                self.playing = {"token": order["audioItem"]["stream"]["token"], "offsetInMilliseconds": 0, "playerActivity": "PLAYING"}
        return plain(told["response"].get("outputSpeech", {}).get("ssml", ""))


class Web(Speaker):
    """A page, or anything that speaks our own JSON."""

    abilities = abilities.WEB
    session: ClassVar[Any] = None
    player: ClassVar[Any] = None

    def say(self, text: str) -> str:
        told = self.send("/api/ask", {"text": text, "locale": LOCALES[self.language], "session": self.session, "player": self.player})
        self.session = told["session"]
        if told["audio"] and told["audio"]["action"] == "play":
            self.player = {"token": told["audio"]["token"], "offset_ms": 0, "playing": True}
        return str(told["speech"])


class Phone(Speaker):
    """A call by Twilio: signed forms in, TwiML out. What was answered stands first; keys to choose with come after it."""

    abilities = abilities.PHONE
    known = True
    begun: ClassVar = False

    def say(self, text: str) -> str:
        if not self.begun:
            self.begun = True
            self._twiml("/phone/voice?lang=" + self.language, {})
        tree = self._twiml(f"/phone/voice?turn=1&lang={self.language}", {"SpeechResult": text, "Confidence": "0.9"})
        return " ".join(plain("".join(say.itertext())) for say in tree.iter("Say"))

    def _twiml(self, path: str, fields: dict[str, str]) -> ET.Element:
        form = {
            "CallSid": f"CA{self.number}",
            "AccountSid": "AC1",
            "From": f"+3361200{self.number:04d}",
            "To": "+33100000000",
            "CallStatus": "in-progress",
            **fields,
        }
        sign = twilio.signature(SETTINGS.twilio_token, self.house.url + path, form.items())
        return ET.fromstring(self.post(path, urllib.parse.urlencode(form).encode(), "application/x-www-form-urlencoded", X_Twilio_Signature=sign))


class PhoneJson(Speaker):
    """A call by anybody's gateway."""

    abilities = abilities.PHONE
    known = True
    begun: ClassVar = False

    def say(self, text: str) -> str:
        given = {"call": f"call-{self.number}", "from": f"+3361300{self.number:04d}", "locale": LOCALES[self.language]}
        word = f"Bearer {SETTINGS.phone_key}"
        if not self.begun:
            self.begun = True
            self.send("/phone/turn", {**given, "begins": True}, Authorization=word)
        return str(self.send("/phone/turn", {**given, "text": text}, Authorization=word)["speech"])


class Sms(Speaker):
    """A message by Twilio."""

    abilities = abilities.SMS
    known = True

    def say(self, text: str) -> str:
        path = f"/sms?lang={self.language}"
        form = {"MessageSid": f"SM{self.number}", "From": f"+3361400{self.number:04d}", "To": "+33100000000", "Body": text, "NumMedia": "0"}
        sign = twilio.signature(SETTINGS.twilio_token, self.house.url + path, form.items())
        tree = ET.fromstring(self.post(path, urllib.parse.urlencode(form).encode(), "application/x-www-form-urlencoded", X_Twilio_Signature=sign))
        return " ".join("".join(each.itertext()) for each in tree.iter("Message"))


class SmsJson(Speaker):
    """A message by anybody's gateway."""

    abilities = abilities.SMS
    known = True

    def say(self, text: str) -> str:
        given = {"from": f"+3361500{self.number:04d}", "text": text, "locale": LOCALES[self.language]}
        return str(self.send("/sms/turn", given, Authorization=f"Bearer {SETTINGS.phone_key}")["text"])


class DialogflowES(Speaker):
    """Dialogflow ES, which keeps our context between turns."""

    abilities = abilities.DIALOGFLOW
    contexts: ClassVar[list[Any]] = []

    def say(self, text: str) -> str:
        query = {
            "queryText": text, "languageCode": self.language, "parameters": {}, "intent": {"displayName": "Whatever"}, "outputContexts": self.contexts,
            "intentDetectionConfidence": 0.3,
        }  # fmt: skip
        session = f"projects/p/agent/sessions/{self.number}"
        told = self.send("/dialogflow", {"responseId": "r", "session": session, "queryResult": query}, Authorization=f"Bearer {SETTINGS.dialogflow_key}")
        self.contexts = told["outputContexts"]
        assert told["fulfillmentMessages"][-1]["text"]["text"] == [told["fulfillmentText"]]
        return str(told["fulfillmentText"])


class DialogflowCX(Speaker):
    """Dialogflow CX, which keeps our parameter of its session."""

    abilities = abilities.DIALOGFLOW
    parameters: ClassVar[dict[str, Any]] = {}

    def say(self, text: str) -> str:
        given = {
            "detectIntentResponseId": "r", "text": text, "languageCode": LOCALES[self.language], "fulfillmentInfo": {"tag": "mairie"},
            "sessionInfo": {"session": f"projects/p/locations/l/agents/a/sessions/{self.number}", "parameters": self.parameters},
        }  # fmt: skip
        told = self.send("/dialogflow", given, Authorization=f"Bearer {SETTINGS.dialogflow_key}")
        self.parameters = told["sessionInfo"]["parameters"]
        return str(told["fulfillmentResponse"]["messages"][0]["text"]["text"][0])


class Siri(Speaker):
    """A Shortcut with its household's word, got from the page."""

    abilities = abilities.SIRI
    known = True
    word: ClassVar = ""

    def say(self, text: str) -> str:
        if not self.word:
            page = self.post("/siri/word", b"", "application/x-www-form-urlencoded").decode()
            self.word = re.findall(r"<code>([0-9a-f]+)</code>", page)[0]
        path = f"/siri?lang={self.language}"
        return self.post(path, text.encode(), "text/plain; charset=utf-8", Authorization=f"Bearer {self.word}").decode()


SPEAKERS: tuple[type[Speaker], ...] = (
    Alexa, Web, Terminal, Wyoming, Satellite, McpHttp, McpStdio, Phone, PhoneJson, Sms, SmsJson, DialogflowES, DialogflowCX, Siri,
)  # fmt: skip
ELSEWHERE = (abilities.OVOS,)
"""Tried in a home of its own, in tests/judges."""


def plain(ssml: str) -> str:
    """What a voice says of SSML."""
    text = re.sub(r"<[^>]+>", "", ssml)
    for name, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(name, sign)
    return re.sub(r"\s+", " ", text).strip()
