"""One town, one moment, every door of it open on loopback: what the speakers of this test talk to."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import socket
import threading
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from skill.app import Settings, Skill
from skill.channels.server import create_server
from skill.channels.web import create_app
from skill.channels.wyoming import Peers, listen
from skill.stores.compiled import from_files
from tests.conftest import TOWNS, at
from tests.utterances.shelf import SHELF

HERE = Path(__file__).resolve().parent
PLAN = tomllib.loads((HERE / "conversations.toml").read_text(encoding="utf-8"))
CONVERSATIONS: list[dict[str, Any]] = PLAN["conversation"]
SKILL_ID = "amzn1.ask.skill.conformance"
SETTINGS = Settings(
    data="", verify=False, skill_id=SKILL_ID, secret="a secret of these tests", twilio_token="t" * 32, phone_key="p" * 32, dialogflow_key="d" * 32, rate="",
    refresh_minutes=0,
)  # fmt: skip


class Still(Skill):
    """A skill for which time stands still."""

    moment: datetime = at(PLAN["at"])

    def now(self) -> datetime:
        return self.moment


def still(like: Still | None = None) -> Still:
    """Issy at the moment of the plan, with episodes to play, and knowing nobody; with the ears of another."""
    skill = Still(like.town if like else from_files(TOWNS["issy"]), settings=SETTINGS)
    if like:
        skill.ready.heard_like(like.ready)
    skill.programmes._shelf = SHELF
    skill.programmes.reload = lambda: SHELF  # type: ignore[method-assign]
    return skill


@dataclasses.dataclass
class House:
    """Where to knock."""

    skill: Still
    url: str
    wyoming: int


def _run(server: Any) -> None:
    """Until it is closed under its feet."""
    with contextlib.suppress(OSError):
        server.run()


@contextlib.contextmanager
def open_house(skill: Still | None = None) -> Iterator[House]:
    """A web server and a Wyoming server over one skill, ended when left."""
    skill = skill or still()
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    skill.reached_at(f"http://127.0.0.1:{port}")
    app = create_app(SETTINGS, skill)
    server = create_server(app, listener)
    threading.Thread(target=_run, args=(server,), daemon=True).start()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    peers = Peers(skill, SETTINGS)
    wyoming = asyncio.run_coroutine_threadsafe(listen(peers, "127.0.0.1", 0), loop).result(10)
    try:
        yield House(skill, f"http://127.0.0.1:{port}", wyoming.sockets[0].getsockname()[1])
    finally:
        loop.call_soon_threadsafe(wyoming.close)
        asyncio.run_coroutine_threadsafe(peers.end(), loop).result(10)
        server.close()
        listener.close()
        if "app" in app.extensions["mairie.mcp"]:
            app.extensions["mairie.mcp"]["app"].close()
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
