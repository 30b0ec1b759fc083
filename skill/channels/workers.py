"""A server in production dress: several processes that answer, started, watched and stopped by granian; all of them read the same stores.

Each process has the town in memory, looks for what staff change, and holds nothing that another would miss. One of them, whoever holds the
lock, reads the feeds. On SIGTERM no new request is taken, and those under way are answered.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from skill.app import Settings, make_skill
from skill.channels import logs
from skill.channels.alexa_door import AlexaDoor
from skill.channels.metrics import SHARED
from skill.channels.refresher import LOOK_EVERY_S, LOOK_FAR_S, Refresher
from skill.channels.reloader import Reloader
from skill.channels.web import LOG as WEB_LOG
from skill.channels.web import create_app

THREADS: Final = 4
"""Requests that one process answers at the same moment: most wait for a disk or a store."""
HEADER_MS: Final = 10_000
"""For the head of a request; whoever is slower is let go."""
STOP_S: Final = 15
"""For requests under way when the server is stopped."""
_LINES: Final = {"formatters": {name: {"()": logs.JsonLines} for name in ("generic", "access")}}
"""granian's own lines, as ours."""
_ADDRESS: Final = "MAIRIE_SERVES_AT"


def serve_many(settings: Settings, host: str, port: int) -> int:
    """Runs on a free port until stopped. 1 where no process begins."""
    make_skill(settings)  # a town that cannot be used is said once, here, rather than by every process again and again
    shared = tempfile.mkdtemp(prefix="mairie-metrics-")
    os.environ.update({SHARED: shared, _ADDRESS: f"{host}:{port}", "MAIRIE_TOWN": settings.town, "MAIRIE_COMPILED": settings.compiled})
    server = Server(
        "skill.channels.workers:application", address=host, port=port, interface=Interfaces.WSGI, workers=settings.workers, blocking_threads=THREADS,
        http=HTTPModes.http1, http1_settings=HTTP1Settings(header_read_timeout=HEADER_MS), factory=True, respawn_failed_workers=True, respawn_interval=1.0,
        log_dictconfig=_LINES if settings.log == "json" else None, workers_kill_timeout=STOP_S, log_enabled=True, log_level=LogLevels.warning, websockets=False,
    )  # fmt: skip
    try:
        server.serve()
    except (OSError, RuntimeError) as error:
        print(f"cannot serve on {host}:{port}: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(shared, ignore_errors=True)
    return 0


def application() -> Callable[..., Any]:
    """What each process serves, with its threads in the background. The town is there, and set apart from what is looked through for garbage."""
    given = dict(os.environ)
    address = given.pop(_ADDRESS, "127.0.0.1:5000")
    settings = Settings.from_environment(given)
    logs.set_up(settings.log)
    skill = make_skill(settings)
    skill.reached_at(settings.public_url or f"http://{address}")
    app = create_app(settings, skill, alexa=False)
    Reloader(skill).start()
    _in_background(skill, settings)
    skill.hear("bonjour", "fr-FR", skill.now())
    gc.collect()
    gc.freeze()
    WEB_LOG.info("a process answers")
    return AlexaDoor(app, settings, skill, app.extensions["mairie.seen"])


def _in_background(skill: Any, settings: Settings) -> None:
    """Looks at podcasts in this process; reads feeds too where no other process of this machine does."""
    look = LOOK_FAR_S if settings.bucket else LOOK_EVERY_S
    refresher = Refresher(skill, 0, look)
    refresher.start()
    if settings.refresh_minutes:
        threading.Thread(target=_when_alone, args=(settings, lambda: refresher.read_every(settings.refresh_minutes)), daemon=True).start()


def _when_alone(settings: Settings, begin: Callable[[], None]) -> None:
    """Waits until no other process holds the lock, takes it, and begins; the lock ends with the process."""
    import fcntl

    name = hashlib.sha256(f"{settings.data} {settings.bucket} {settings.town}".encode()).hexdigest()[:16]
    with open(Path(tempfile.gettempdir()) / f"mairie-feeds-{os.getuid()}-{name}.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        logging.getLogger("mairie.podcasts").info("this process reads the feeds")
        begin()
        threading.Event().wait()
