"""Behind a CDN: only what came through it is answered, and it says for whom it speaks.

A function's own address is on the open web. The CDN says a key that nobody else knows (X-Mairie-Origin), the visitor's address
(X-Mairie-Viewer) and the name by which we were called (X-Mairie-Host); who does not know the key is refused before anything is read.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from typing import Any

ALIVE = "/healthz"


class BehindCdn:
    """A WSGI application that trusts its CDN, and nobody else."""

    def __init__(self, app: Callable[..., Iterable[bytes]], key: str) -> None:
        self._app, self._key = app, key.encode()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answers 403 to whoever is not the CDN; whether we live may be asked by anybody."""
        said = environ.pop("HTTP_X_MAIRIE_ORIGIN", "").encode("latin-1", "replace")
        viewer, host = environ.pop("HTTP_X_MAIRIE_VIEWER", ""), environ.pop("HTTP_X_MAIRIE_HOST", "")
        if hmac.compare_digest(said, self._key):
            environ["wsgi.url_scheme"] = "https"
            if viewer:
                environ["REMOTE_ADDR"] = viewer
            if host:
                environ["HTTP_HOST"] = host
        elif environ.get("PATH_INFO") != ALIVE:
            start_response("403 Forbidden", [("Content-Type", "text/plain"), ("Content-Length", "10")])
            return [b"Forbidden\n"]
        return self._app(environ, start_response)
