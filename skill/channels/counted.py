"""How many questions an address may ask in a while: flask-limiter, in this process's memory."""

from __future__ import annotations

from typing import Any, Final

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

COUNTED: Final = ("api.ask0", "api.ask1", "api.player0", "api.player1", "speaker.home", "mcp", "siri.ask", "siri.word")
LOGINS: Final = "20/minute"


def limit(app: Flask, rate: str) -> None:
    """Counts questions from each address, and log-ins apart; Amazon's requests and podcasts are not counted."""
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://", headers_enabled=False)
    views: dict[str, Any] = app.view_functions
    for endpoint in (each for each in COUNTED if each in views):
        views[endpoint] = limiter.shared_limit(rate, scope="player" if "player" in endpoint else "questions", methods=["POST"])(views[endpoint])
    if "console.login" in views:
        views["console.login"] = limiter.limit(LOGINS, methods=["POST"])(views["console.login"])
