"""What a server writes down: plain lines for somebody at a terminal, one JSON object a line for whatever collects them.

Nothing of anybody is in them: of a request its route (the rule, never the address with its secrets), how it ended and how long it
took; of an error its kind and place (faults.py). No name, no address, nothing that was said.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from flask import Flask, Response, g, request

ACCESS: Final = logging.getLogger("mairie.access")
METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
PLAIN: Final = "%(levelname)s %(name)s %(message)s"


class JsonLines(logging.Formatter):
    """One object a line: at (UTC), level, from, text, and what a request adds."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "from": record.name, "text": record.getMessage(), **getattr(record, "told", {})}
        return json.dumps(line, ensure_ascii=False)


def set_up(kind: str) -> None:
    """Logs of this process as the settings want them ("text" or "json"), and nowhere twice."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if kind == "json" else logging.Formatter(PLAIN))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("waitress.queue", "urllib3", "botocore", "gunicorn"):
        logging.getLogger(chatty).setLevel(logging.ERROR)


Seen = Callable[[str, str, int, float], None]
"""Is told of a request: route, method, status, seconds."""


def routes_of(app: Flask, seen: tuple[Seen, ...]) -> None:
    """Has each answered request told."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else "none"
        took = time.perf_counter() - g.get("began", time.perf_counter())
        for tell in seen:
            tell(rule, request.method, response.status_code, took)
        return response


def access(route: str, method: str, status: int, seconds: float) -> None:
    """A line about a request. What somebody invented for a method is not written down."""
    method = method if method in METHODS else "other"
    ACCESS.info("%s %s %d", method, route, status, extra={"told": {"route": route, "method": method, "status": status, "ms": round(seconds * 1000, 1)}})
