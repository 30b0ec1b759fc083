"""A server in production dress: several processes that answer, each as the one on a desk does (waitress), watched over by gunicorn.

gunicorn starts them, replaces one that dies, and stops them; waitress takes requests whole before a thread looks at them and hands files out without
one, so that half-sent bodies and slow listeners keep nobody waiting. A process begins with the town that the first one read: a file that is wrong today
does not keep a new process from answering. One process, whoever holds the lock, reads the feeds. On SIGTERM those under way are answered.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from gunicorn.app.base import BaseApplication
from gunicorn.workers.base import Worker
from waitress import wasyncore

from skill.app import Settings, Skill, make_skill
from skill.channels import logs
from skill.channels.alexa_door import AlexaDoor
from skill.channels.faults import described
from skill.channels.metrics import SHARED
from skill.channels.refresher import LOOK_EVERY_S, LOOK_FAR_S, Refresher
from skill.channels.reloader import Reloader
from skill.channels.server import create_server
from skill.channels.web import LOG, create_app

STOP_S: Final = 15
"""For requests under way when the server is stopped."""
SILENT_S: Final = 60
"""After which a process that says nothing is replaced."""


class Town:
    """What a process serves: a skill, and the application around it."""

    def __init__(self, settings: Settings, address: str) -> None:
        self.settings, self.skill = settings, make_skill(settings)
        self.skill.reached_at(settings.public_url or f"http://{address}")
        self.app = create_app(settings, self.skill, alexa=False)
        self.skill.hear("bonjour", "fr-FR", self.skill.now())
        gc.collect()
        gc.freeze()

    def begin(self) -> Callable[..., Any]:
        """In a process of its own: threads in the background, and what it serves."""
        try:
            self.skill.refresh()
        except Exception as error:  # files that are wrong today: the town that was good goes on
            LOG.error("town not taken, the last good one stays: %s", described(error))
        Reloader(self.skill).start()
        _podcasts(self.skill, self.settings)
        return AlexaDoor(self.app, self.settings, self.skill, self.app.extensions["mairie.seen"])


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, told everything here: none of its files or environment is read."""

    def __init__(self, settings: Settings, host: str, port: int) -> None:
        self._settings, self._address = settings, f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        """Its settings."""
        far = bool(self._settings.bucket or self._settings.table)  # connections to the cloud are not shared between processes
        given = {
            "bind": self._address, "workers": self._settings.workers, "worker_class": Waitress, "preload_app": not far, "graceful_timeout": STOP_S,
            "timeout": SILENT_S, "loglevel": "warning", "proc_name": "mairie", "control_socket_disable": True,
        }  # fmt: skip
        if self._settings.log == "json":
            loggers = {name: {"level": "WARNING", "handlers": ["lines"], "propagate": False} for name in ("gunicorn.error", "gunicorn.access")}
            given["logconfig_dict"] = {
                "version": 1, "disable_existing_loggers": False, "formatters": {"lines": {"()": logs.JsonLines}}, "loggers": loggers,
                "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines"}}, "root": {"level": "INFO", "handlers": ["lines"]},
            }  # fmt: skip
        for name, value in given.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Town:
        """The town: read once for all processes, where they share nothing else."""
        return Town(self._settings, self._address)


class Waitress(Worker):  # type: ignore[misc]
    """A process: waitress on gunicorn's socket."""

    def run(self) -> None:
        """Answers until told to stop, or until nobody watches over it any more."""
        logs.set_up(self.wsgi.settings.log)
        server = create_server(self.wsgi.begin(), self.sockets[0].sock, self.wsgi.app)
        LOG.info("a process answers")
        while self.alive and self.ppid == os.getppid():
            self.notify()
            turns(server, 0.5, lambda: self.alive)
        server.del_channel()  # nobody else is taken
        until = time.monotonic() + STOP_S
        while time.monotonic() < until and any(c.requests or c.total_outbufs_len for c in server.active_channels.values()):
            self.notify()
            turns(server, 0.1)
        server.task_dispatcher.shutdown(timeout=1)


def turns(server: Any, seconds: float, on: Callable[[], bool] = lambda: True) -> None:
    """waitress at work for so long, or a little longer."""
    until = time.monotonic() + seconds
    while on() and (left := until - time.monotonic()) > 0:
        wasyncore.loop(timeout=left, map=server._map, use_poll=True, count=1)


def serve_many(settings: Settings, host: str, port: int) -> int:
    """Runs on a free port until stopped."""
    if not settings.secret and not settings.data:
        settings = settings.but(secret=secrets.token_hex(32))  # one for all processes, for as long as they run
    os.environ[SHARED] = tempfile.mkdtemp(prefix="mairie-metrics-")
    try:
        Server(settings, host, port).run()
    except SystemExit as ended:
        return int(ended.code or 0) if isinstance(ended.code, int | None) else 1
    finally:
        shutil.rmtree(os.environ.pop(SHARED), ignore_errors=True)
    return 0


def _podcasts(skill: Skill, settings: Settings) -> None:
    """Looks at podcasts in this process; reads feeds too where no other process of this machine does."""
    refresher = Refresher(skill, 0, LOOK_FAR_S if settings.bucket else LOOK_EVERY_S)
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
