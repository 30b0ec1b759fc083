"""The Model Context Protocol: `mairie mcp` over stdin and stdout, and /mcp over streamable HTTP, for Claude, ChatGPT, Le Chat, Home Assistant's agents.

The official SDK speaks the protocol. Over HTTP each request stands by itself (no session to lose between processes, JSON answers): the SDK's own
application runs in a loop of its own beside the server's threads. Host and Origin are checked by the SDK, against DNS rebinding.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from a2wsgi import ASGIMiddleware
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import ToolAnnotations
from pydantic import Field

from skill.channels.abilities import MCP
from skill.channels.background import in_background
from skill.channels.conversations import Conversations
from skill.channels.faults import described
from skill.channels.limits import MOST_BYTES
from skill.channels.mcp_shapes import Collected, Episodes, FoundPlaces, PlaceHours, Thrown, Told
from skill.channels.mcp_tools import BadArgument, Tools
from skill.channels.town_records import collection_record, fact_record, place_record, said
from skill.homes import secret_of

if TYPE_CHECKING:
    from skill.app import Settings, Skill

LOG: Final = logging.getLogger("mairie.mcp")
PATH: Final = "/mcp"
START_S: Final = 10.0
logging.getLogger("mcp").setLevel(logging.CRITICAL)  # it writes down what people ask
_READS: Final = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_JSON: Final = "application/json"
Language = Annotated[Literal["fr", "en"], Field(description="Language of the answer.")]
Limit = Annotated[int, Field(ge=1, le=20, description="At most so many.")]


def build(skill: Skill, settings: Settings) -> MCPServer[Any]:
    """The server: its tools and resources."""
    town = skill.city.name
    tools = Tools(skill, Conversations(skill, MCP, lambda: secret_of(settings)))
    server: MCPServer[Any] = MCPServer(
        f"mairie-vocale-{skill.city.id}", title=f"Mairie vocale, {town}", version=version("mairie-vocale"), log_level="WARNING", subscriptions=False,
        instructions=f"What the town hall of {town} knows: hours, collections, sorting, places, podcasts, facts. Answers hold for now, with their source. "
        "What is not known here must not be guessed: give the contact that the answer names.",
    )  # fmt: skip

    def tool(title: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def add(do: Callable[..., Any]) -> Callable[..., Any]:
            server.tool(title=title, annotations=_READS)(_usable(do))
            return do

        return add

    @tool("Ask the town hall")
    def ask_town(
        question: Annotated[str, Field(min_length=1, max_length=2_000, description="The person's question, in their own words.")],
        language: Language = "fr",
        conversation: Annotated[str, Field(description="What the last answer gave, for a follow-up; empty at first.")] = "",
    ) -> Told:
        """Answers any question to the town hall, follow-ups included. The first choice where no other tool fits."""
        return tools.ask_town(question, language, conversation)

    @tool("Opening hours")
    def opening_hours(
        place: Annotated[str, Field(description="Name or id of a place.")],
        day: Annotated[str, Field(description="ISO day; empty for today.")] = "",
        language: Language = "fr",
    ) -> PlaceHours:
        """Hours of one place on one day, holidays and announced closures included."""
        return tools.opening_hours(place, day, language)

    @tool("Next collection")
    def next_collection(
        collection: Annotated[str, Field(description="What is collected: déchets verts, encombrants, glass.")],
        district: Annotated[str, Field(description="The person's district, where days differ.")] = "",
        language: Language = "fr",
        limit: Limit = 3,
    ) -> Collected:
        """Next sure dates of a waste collection."""
        return tools.next_collection(collection, district, language, limit)

    @tool("Where to throw")
    def where_to_throw(item: Annotated[str, Field(description="One thing: a battery, un carton de pizza.")], language: Language = "fr") -> Thrown:
        """Which bin or counter takes a thing, and when."""
        return tools.where_to_throw(item, language)

    @tool("Find a place")
    def find_place(
        query: Annotated[str, Field(description="A name, or part of one.")] = "",
        kind: Annotated[str, Field(description="A sort of place: park, market, town_hall.")] = "",
        district: Annotated[str, Field(description="A district of the town.")] = "",
        language: Language = "fr",
        limit: Limit = 5,
    ) -> FoundPlaces:
        """Places by name, kind or district, with address, phone and hours."""
        return tools.find_place(query, kind, district, language, limit)

    @tool("List podcast episodes")
    def list_episodes(
        series: Annotated[str, Field(description="A series, by name or id; empty for all.")] = "",
        query: Annotated[str, Field(description="Words of a title or guest.")] = "",
        limit: Limit = 5,
        language: Language = "fr",
    ) -> Episodes:
        """Episodes of the town's podcasts, newest first, with the address of their sound."""
        return tools.list_episodes(series, query, limit, language)

    _resources(server, skill)
    return server


def _usable(do: Callable[..., Any]) -> Callable[..., Any]:
    """With bad arguments told to the model, who can then give good ones."""

    @wraps(do)
    def safe(*args: Any, **given: Any) -> Any:
        try:
            return do(*args, **given)
        except BadArgument as error:
            raise ToolError(str(error)) from error
        except Exception as error:  # the SDK would write down its whole trace, with what was asked in it
            LOG.error("no answer: %s", described(error))
            raise ToolError("the town hall cannot answer at the moment; try again in a minute") from None

    return safe


def _resources(server: MCPServer[Any], skill: Skill) -> None:
    """The town's facts, to be read: each table as a list of ids, each record by its id."""

    def list_of(table: str, words: str) -> Callable[[], str]:
        def listed() -> str:
            rows = getattr(skill.city, table).values()
            return json.dumps([{"id": r.id, "name": said(getattr(r, words), "fr")} for r in rows], ensure_ascii=False)

        return listed

    def one_of(table: str, make: Callable[[Any, datetime], dict[str, Any]]) -> Callable[[str], str]:
        def one(key: str) -> str:
            found = getattr(skill.city, table).get(key)
            if found is None:
                raise ResourceNotFoundError(f"no {table} have the id {key[:60]!r}; town://{table} lists them")
            return json.dumps(make(found, skill.now()), ensure_ascii=False)

        return one

    tables: dict[str, tuple[str, str, Callable[[Any, datetime], dict[str, Any]]]] = {
        "facts": ("answer", "A fact with its source and date.", lambda found, now: fact_record(skill.ready, found.id, now)),
        "places": ("name", "A place as it is now.", lambda found, now: place_record(skill.ready, found, now)),
        "collections": ("say", "A collection with its sure dates.", lambda found, now: collection_record(skill.ready, found, now)),
    }
    for table, (words, what, make) in tables.items():
        uri, called = f"town://{table}", table.removesuffix("s")
        server.resource(uri, name=table, title=table.capitalize(), description=f"Every {called} of the town, by id.", mime_type=_JSON)(list_of(table, words))
        server.resource(f"{uri}/{{key}}", name=called, title=called.capitalize(), description=what, mime_type=_JSON)(one_of(table, make))


def serve(skill: Skill, settings: Settings) -> int:
    """Over stdin and stdout, until they end."""
    with in_background(skill, settings):
        asyncio.run(build(skill, settings).run_stdio_async())
    return 0


def hosts_of(settings: Settings) -> list[str]:
    """Names under which we may be called: this machine's, and the public one."""
    public = urlsplit(settings.public_url).netloc.lower()
    return ["127.0.0.1", "localhost", "[::1]", "127.0.0.1:*", "localhost:*", "[::1]:*", *([public, f"{public}:443"] if public else [])]


class Mcp:
    """A WSGI application that answers as the SDK's own does. Its loop and the SDK begin with the first request."""

    def __init__(self, skill: Skill, settings: Settings) -> None:
        self._skill, self._settings, self._lock = skill, settings, threading.Lock()
        self._answers: ASGIMiddleware | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """One request."""
        with self._lock:
            if self._answers is None:
                self._answers = self._started()
        told: Iterable[bytes] = self._answers({**environ, "SCRIPT_NAME": "", "PATH_INFO": PATH}, start_response)
        return told

    def _started(self) -> ASGIMiddleware:
        origins = [*self._settings.origins, *([self._settings.public_url] if self._settings.public_url else []), "http://127.0.0.1:*", "http://localhost:*"]
        security = TransportSecuritySettings(allowed_hosts=hosts_of(self._settings), allowed_origins=origins)
        app = build(self._skill, self._settings).streamable_http_app(
            streamable_http_path=PATH, json_response=True, stateless_http=True, max_request_body_size=MOST_BYTES, transport_security=security
        )
        loop = self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=loop.run_forever, daemon=True, name="mcp")
        self._thread.start()
        begun, self._over = threading.Event(), asyncio.Event()

        async def live() -> None:
            async with app.router.lifespan_context(app):
                begun.set()
                await self._over.wait()

        self._living = asyncio.run_coroutine_threadsafe(live(), loop)
        begun.wait(START_S)
        return ASGIMiddleware(app, loop=loop, wait_time=START_S)

    def close(self) -> None:
        """Ends the loop; the next request would begin another."""
        with self._lock:
            loop, self._loop, self._answers = self._loop, None, None
        if loop is not None:

            async def end() -> None:
                self._over.set()
                others = asyncio.all_tasks() - {asyncio.current_task()}
                _, late = await asyncio.wait(others, timeout=1.0)
                for task in late:
                    task.cancel()
                await asyncio.gather(*late, return_exceptions=True)

            asyncio.run_coroutine_threadsafe(end(), loop).result(START_S)
            loop.call_soon_threadsafe(loop.stop)
            self._thread.join(START_S)
            loop.close()
