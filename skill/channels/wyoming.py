"""`mairie wyoming`: the town for Home Assistant's Assist and any Wyoming satellite. Words in, an answer to be spoken out, over TCP.

A peer says `describe` and learns what we are; it sends `transcript` and gets `handled`, or `not-handled` with a kind sentence all the same. Home
Assistant connects anew for each sentence and names its conversation in the context, so conversations are kept by that name; a satellite that stays
connected is one conversation by itself. Frames are read within bounds: the library would wait for as many bytes as a peer announces.

https://github.com/OHF-Voice/wyoming
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
import signal
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from wyoming.asr import Transcript
from wyoming.error import Error
from wyoming.event import Event, async_write_event
from wyoming.handle import Handled, NotHandled
from wyoming.info import Attribution, Describe, HandleModel, HandleProgram, Info
from wyoming.ping import Ping, Pong

from skill.channels.abilities import WYOMING
from skill.channels.background import in_background
from skill.channels.conversations import MOST_TEXT, Conversations
from skill.channels.faults import described
from skill.conversation import plain
from skill.homes import secret_of
from skill.ready import REFUSALS, UNANSWERED

if TYPE_CHECKING:
    from skill.app import Answer, Settings, Skill

LOG: Final = logging.getLogger("mairie.wyoming")
MOST_LINE: Final = 8 * 1024
MOST_DATA: Final = 64 * 1024
"""Bytes of a frame's head and of its data; what is larger is no question."""
MOST_PAYLOAD: Final = 1024 * 1024
"""Of sound that somebody sends all the same: it is passed over."""
FRAME_S: Final = 10.0
"""For a frame to come in whole, once its first byte is here."""
IDLE_S: Final = 900.0
SEND_S: Final = 10.0
MOST_PEERS: Final = 1_000
"""Connected at once; one more is told that we are busy."""
BACKLOG: Final = 128
SPARE_FILES: Final = 64
THREADS: Final = 8
NOT_HANDLED: Final = REFUSALS | UNANSWERED
NAME: Final = "mairie-vocale"


class BadFrame(ValueError):
    """What came in is no frame of the protocol."""


def info(skill: Skill, address: str = "") -> Info:
    """What we are, as Home Assistant shows it."""
    made = Attribution(name=skill.city.name, url=address)
    told = {"attribution": made, "installed": True, "version": version("mairie-vocale")}
    languages = sorted(skill.town.kinds)
    model = HandleModel(name=skill.city.id, description=f"Mairie vocale, {skill.city.name}", languages=languages, **told)
    return Info(handle=[HandleProgram(name=NAME, description=f"Mairie vocale, {skill.city.name}", models=[model], **told)])


class Peers:
    """Everybody who is connected."""

    def __init__(self, skill: Skill, settings: Settings, household: str = "", most: int | None = None) -> None:
        """`household`: whose the speakers are, so that their district is remembered; "" where they are strangers'. `most`: how many at once."""
        self.skill, self._talks = skill, Conversations(skill, WYOMING, lambda: secret_of(settings))
        self._user = plain.opaque(f"wyoming:{household}") if household else ""
        self._threads = ThreadPoolExecutor(THREADS, "wyoming")
        self._info = info(skill, settings.public_url).event()
        self._most = MOST_PEERS if most is None else most
        self._meetings: set[asyncio.Task[Any] | None] = set()
        """Kept here: the loop itself would let go of them."""

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from beginning to end. Whatever happens in it stays in it."""
        meeting = asyncio.current_task()
        self._meetings.add(meeting)
        try:
            if len(self._meetings) > self._most:
                await _send(writer, Error(text="busy", code="busy").event())
                return
            await self._serve(reader, writer, secrets.token_hex(16))
        except BadFrame as error:
            with contextlib.suppress(OSError, TimeoutError):
                await _send(writer, Error(text=str(error), code="bad-frame").event())
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            writer.transport.abort()  # gone, or too slow: what waits to be sent would keep the line open
        except asyncio.CancelledError:
            pass  # we end, and so does this
        except Exception as error:
            LOG.error("a connection ended: %s", described(error))
        finally:
            self._meetings.discard(meeting)
            writer.close()

    async def end(self) -> None:
        """Hangs up on everybody."""
        going = [meeting for meeting in self._meetings if meeting is not None]
        for meeting in going:
            meeting.cancel()
        await asyncio.gather(*going, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, own: str) -> None:
        while (event := await read_event(reader)) is not None:
            if Describe.is_type(event.type):
                await _send(writer, self._info)
            elif Ping.is_type(event.type):
                await _send(writer, Pong(text=Ping.from_event(event).text).event())
            elif Transcript.is_type(event.type):
                await _send(writer, await self._answer(event, own))
            # Others are not for us, and newer ones may come: the protocol has them passed over.

    async def _answer(self, event: Event, own: str) -> Event:
        """The answer to words. Our own fault is said too, and is not handled."""
        data = event.data if isinstance(event.data, dict) else {}
        text = plain.text(data.get("text"), MOST_TEXT)
        language = plain.word(data.get("language")) or "fr"
        context = data.get("context")
        named = (context.get("conversation_id") or context.get("session_id") or own) if isinstance(context, dict) else own
        back = {"conversation_id": named} if isinstance(named, str) and named != own else None
        try:
            name = named[:200] if isinstance(named, str) else own
            answer = await asyncio.get_running_loop().run_in_executor(self._threads, self._hear, name, text, language)
        except Exception as error:
            LOG.error("no answer: %s", described(error))
            answer = self.skill.ready.trouble(language, self.skill.now())
            return NotHandled(text=answer.speech.text if answer.speech else "", context=back).event()
        said = answer.speech.text if answer.speech else ""
        unknown = answer.reply.intent in NOT_HANDLED
        return (NotHandled(text=said, context=back) if unknown else Handled(text=said, context=back)).event()

    def _hear(self, name: str, text: str, language: str) -> Answer:
        if not text.strip():
            return self.skill.open(language, self.skill.now(), device=WYOMING.device)
        return self._talks.turn(self._talks.hashed("wyoming", name), text, language, self._user)


async def read_event(reader: asyncio.StreamReader) -> Event | None:
    """The next frame, None at the end. Raises BadFrame for what is none or too large, TimeoutError where it does not come."""
    first = await asyncio.wait_for(reader.read(1), IDLE_S)
    if not first:
        return None
    return await asyncio.wait_for(_frame(reader, first), FRAME_S)


async def _frame(reader: asyncio.StreamReader, first: bytes) -> Event:
    try:
        line = first if first == b"\n" else first + await reader.readuntil(b"\n")
    except asyncio.LimitOverrunError as error:
        raise BadFrame(f"a frame's head has {MOST_LINE} bytes at most") from error
    head = _object(line, "head")
    kind, data = head.get("type"), head.get("data", {})
    if not isinstance(kind, str) or not isinstance(data, dict):
        raise BadFrame("a frame has a type, and its data are an object")
    sizes = [head.get(name) or 0 for name in ("data_length", "payload_length")]
    if any(type(n) is not int or n < 0 for n in sizes) or sizes[0] > MOST_DATA or sizes[1] > MOST_PAYLOAD:
        raise BadFrame(f"a frame has {MOST_DATA} bytes of data at most")
    if sizes[0]:
        data = {**data, **_object(await reader.readexactly(sizes[0]), "data")}
    left = sizes[1]
    while left:
        passed = await reader.read(min(left, MOST_DATA))
        if not passed:
            raise asyncio.IncompleteReadError(b"", left)
        left -= len(passed)
    return Event(kind, data)


def _object(text: bytes, what: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFrame(f"a frame's {what} is JSON") from error
    if not isinstance(found, dict):
        raise BadFrame(f"a frame's {what} is a JSON object")
    return found


async def _send(writer: asyncio.StreamWriter, event: Event) -> None:
    await asyncio.wait_for(async_write_event(event, writer), SEND_S)


async def listen(peers: Peers, host: str, port: int) -> asyncio.Server:
    """A server that takes connections."""
    return await asyncio.start_server(peers.meet, host, port, limit=MOST_LINE, backlog=BACKLOG)


def serve(skill: Skill, settings: Settings, host: str, port: int, household: str = "", announce: bool = False) -> int:
    """Runs until interrupted or told to stop."""
    peers = Peers(skill, settings, household, min(MOST_PEERS, files_allowed() - BACKLOG - SPARE_FILES))
    for language in skill.town.kinds:
        skill.ear(language)

    async def run() -> None:
        server = await listen(peers, host, port)
        bound = server.sockets[0].getsockname()[1]
        print(f"Mairie vocale, Wyoming: tcp://{host}:{bound}  ({', '.join(sorted(skill.town.kinds))})", flush=True)
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with contextlib.AsyncExitStack() as stack:
            stack.enter_context(in_background(skill, settings))
            if announce:
                await stack.enter_async_context(announced(host, bound, skill.city.id))
            await stop.wait()
            server.close()
            await peers.end()

    asyncio.run(run())
    return 0


def files_allowed() -> int:
    """How many files this process may open, once it has asked for as many as it may have: each who is connected is one."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_PEERS + BACKLOG + 4 * SPARE_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return soft


@contextlib.asynccontextmanager
async def announced(host: str, port: int, town: str) -> Any:
    """Told to the local network (mDNS), so that Home Assistant proposes us by itself. Raises ValueError without the library, or on loopback."""
    try:
        from wyoming.zeroconf import HomeAssistantZeroconf
    except ImportError as error:
        raise ValueError("--zeroconf needs: pip install zeroconf") from error
    if host.startswith("127.") or host in ("localhost", "::1"):
        raise ValueError("--zeroconf tells others where we are: give --host 0.0.0.0, or the address of this machine")
    told = HomeAssistantZeroconf(port, name=f"{NAME}-{town}", host=None if host in ("0.0.0.0", "::") else host)
    await told.register_server()
    try:
        yield
    finally:
        await told._aiozc.async_close()
