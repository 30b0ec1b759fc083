"""/mcp on the web, where the SDK is installed (`pip install 'mairie-vocale[mcp]'`); without it there is no such route."""

from __future__ import annotations

import importlib.util
import threading
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

if TYPE_CHECKING:
    from skill.app import Settings, Skill


def add_mcp(app: Flask, skill: Skill, settings: Settings) -> None:
    """Adds the route. The SDK takes half a second and 40 MB: it is loaded with the first request."""
    if importlib.util.find_spec("mcp") is None or importlib.util.find_spec("a2wsgi") is None:
        return
    made: dict[str, Any] = app.extensions.setdefault("mairie.mcp", {})
    lock = threading.Lock()

    @app.route("/mcp", methods=["GET", "POST", "DELETE"])
    def mcp() -> Any:
        if request.method != "POST":  # nothing to be told unasked, no session to end
            return Response("Method Not Allowed\n", 405, {"Allow": "POST"}, mimetype="text/plain")
        with lock:
            if "app" not in made:
                from skill.channels.mcp import Mcp

                made["app"] = Mcp(skill, settings)
        return Response.from_app(made["app"], request.environ, buffered=True)  # whole before it is sent: the SDK has then done with it
