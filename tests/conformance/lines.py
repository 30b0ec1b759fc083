"""What every speaker of this test is, and those whose wire is a line that stays open: Wyoming, the Model Context Protocol, a terminal."""

from __future__ import annotations

import asyncio
import atexit
import http.client
import itertools
import json
import os
import subprocess
import sys
import threading
import urllib.parse
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from skill.channels import abilities
from skill.channels.abilities import Abilities
from tests.conformance.house import House

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


class Speaker(ABC):
    """One conversation with the town by one kind of speaker."""

    abilities: ClassVar[Abilities]
    known: ClassVar = False
    """Whether the person is known by something: a number, a word."""

    def __init__(self, house: House, language: str = "fr") -> None:
        self.house, self.language, self.number = house, language, next(_numbers)

    @abstractmethod
    def say(self, text: str) -> str:
        """Words in, what is said out."""

    def close(self) -> None:  # noqa: B027 - most have nothing to end
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
