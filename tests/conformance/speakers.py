"""One speaker of each kind, with its own wire and its makers' own client where there is one: words in, what is said out."""

from __future__ import annotations

import asyncio
import atexit
import http.client
import itertools
import json
import os
import re
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from xml.etree import ElementTree as ET

from skill.channels import abilities, twilio
from skill.channels.abilities import Abilities
from tests.conformance.house import SETTINGS, SKILL_ID, House

ROOT = Path(__file__).resolve().parents[2]
LOCALES = {"fr": "fr-FR", "en": "en-GB"}
T = TypeVar("T")
_numbers = itertools.count(1)


class Loop:
    """One event loop in a thread, for clients that live in one."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    def run(self, work: Coroutine[Any, Any, T], seconds: float = 30) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(seconds)


LOOP = Loop()
atexit.register(LOOP.close)


class Speaker:
    """One conversation with the town by one kind of speaker."""

    abilities: ClassVar[Abilities]
    known: ClassVar = False
    """Whether the person is known by something: a number, a word."""

    def __init__(self, house: House, language: str = "fr") -> None:
        self.house, self.language, self.number = house, language, next(_numbers)

    def say(self, text: str) -> str:
        raise NotImplementedError

    def close(self) -> None:
        """Ends the conversation."""

    def post(self, path: str, body: bytes, kind: str, **headers: str) -> bytes:
        where = urllib.parse.urlsplit(self.house.url)
        line = http.client.HTTPConnection(where.hostname or "", where.port, timeout=20)
        try:
            line.request("POST", path, body, {"Content-Type": kind, **{k.replace("_", "-"): v for k, v in headers.items()}})
            answer = line.getresponse()
            told = answer.read()
            assert answer.status == 200, (answer.status, told[:300])
            return told
        finally:
            line.close()

    def send(self, path: str, data: Any, **headers: str) -> dict[str, Any]:
        return dict(json.loads(self.post(path, json.dumps(data).encode(), "application/json", **headers)))


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


class Wyoming(Speaker):
    """The `wyoming` package's client, as Home Assistant uses it: a connection for each sentence, the conversation named in the context."""

    abilities = abilities.WYOMING

    def say(self, text: str) -> str:
        return LOOP.run(self._say(text))

    async def _say(self, text: str) -> str:
        from wyoming.asr import Transcript
        from wyoming.client import AsyncTcpClient
        from wyoming.handle import Handled, NotHandled

        async with AsyncTcpClient("127.0.0.1", self.house.wyoming) as client:
            await client.write_event(Transcript(text, context={"conversation_id": f"c{self.number}"}, language=self.language).event())
            event = await client.read_event()
            assert event is not None
            assert Handled.is_type(event.type) or NotHandled.is_type(event.type), event
            return str(event.data["text"])


class Satellite(Wyoming):
    """A satellite that stays connected, and names no conversation."""

    client: ClassVar[Any] = None

    async def _say(self, text: str) -> str:
        from wyoming.asr import Transcript
        from wyoming.client import AsyncTcpClient

        if self.client is None:
            self.client = AsyncTcpClient("127.0.0.1", self.house.wyoming)
            await self.client.connect()
        await self.client.write_event(Transcript(text, language=self.language).event())
        event = await self.client.read_event()
        return str(event.data["text"])

    def close(self) -> None:
        if self.client is not None:
            LOOP.run(self.client.disconnect())


class McpHttp(Speaker):
    """The official MCP client over streamable HTTP: one line for all conversations, as a model's application keeps it."""

    abilities = abilities.MCP
    conversation: ClassVar = ""
    line: ClassVar[Any] = None

    def say(self, text: str) -> str:
        return LOOP.run(self._say(text))

    async def _say(self, text: str) -> str:
        cls = type(self)
        if cls.line is None:
            cls.line = await Line().begin(self.target())
        given = {"question": text, "language": self.language, "conversation": self.conversation}
        told = await cls.line.client.call_tool("ask_town", given)
        assert not told.is_error, told.content
        self.conversation = told.structured_content["conversation"]
        return str(told.structured_content["answer"])

    def target(self) -> Any:
        return f"{self.house.url}/mcp"

    @classmethod
    def hang_up(cls) -> None:
        if cls.line is not None:
            LOOP.run(cls.line.end())
            cls.line = None


class McpStdio(McpHttp):
    """The same over stdin and stdout of a process of its own."""

    line: ClassVar[Any] = None

    def target(self) -> Any:
        from mcp.client.stdio import StdioServerParameters, stdio_client

        env = {**os.environ, "MAIRIE_DATA": ""}
        return stdio_client(StdioServerParameters(command=sys.executable, args=["-m", "tests.conformance.stdio"], cwd=ROOT, env=env))


class Line:
    """A client that stays open in a task of its own: it must be left where it was entered."""

    async def begin(self, target: Any) -> Line:
        self._ready, self._over = asyncio.Event(), asyncio.Event()
        self._task = asyncio.create_task(self._live(target))
        await asyncio.wait_for(self._ready.wait(), 30)
        return self

    async def _live(self, target: Any) -> None:
        from mcp.client import Client

        async with Client(target) as self.client:
            self._ready.set()
            await self._over.wait()

    async def end(self) -> None:
        self._over.set()
        await self._task


class Terminal(Speaker):
    """`mairie talk`: lines in, lines out. One process for one terminal after the other."""

    abilities = abilities.WEB
    known = True
    process: ClassVar[Any] = None
    begun: ClassVar = False

    def say(self, text: str) -> str:
        if Terminal.process is None:
            command = [sys.executable, "-m", "tests.conformance.stdio", "talk"]
            Terminal.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if not self.begun:
            self.begun = True
            self._write(LOCALES[self.language])
            self._line()  # the greeting
        self._write(text)
        return self._line()

    def _write(self, line: str) -> None:
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def _line(self) -> str:
        while (line := self.process.stdout.readline().strip()).startswith(("♪", "■")):
            continue
        return str(line)

    def close(self) -> None:
        self._write("au revoir" if self.language == "fr" else "goodbye")
        self._line()

    @classmethod
    def hang_up(cls) -> None:
        if cls.process is not None:
            cls.process.stdin.close()
            cls.process.wait(10)
            cls.process.stdout.close()
            cls.process = None


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
