"""Alexa's requests answered before Flask: for a server in production, where what Flask and flask-ask-sdk do around each of them costs more than the answer.

The same checks and the same channel as alexa_web.py; a test sends requests of every type through both and compares. Whatever is not for /alexa goes on to
the application.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

import orjson

from skill.channels.alexa import AlexaChannel, NotOurSkill
from skill.channels.alexa_signature import NotFromAlexa, Verifier, admit
from skill.channels.limits import MOST_BYTES
from skill.channels.logs import Seen

if TYPE_CHECKING:
    from skill.app import Settings, Skill

LOG: Final = logging.getLogger("mairie.web")
ROUTE: Final = "/alexa"
_SIGNED: Final = {"SignatureCertChainUrl": "HTTP_SIGNATURECERTCHAINURL", "Signature-256": "HTTP_SIGNATURE_256"}


class AlexaDoor:
    """A WSGI application with Alexa's own door."""

    def __init__(
        self, app: Callable[..., Iterable[bytes]], settings: Settings, skill: Skill, seen: tuple[Seen, ...] = (), verifier: Verifier | None = None
    ) -> None:
        self._app, self._seen = app, seen
        self._channel = AlexaChannel(skill, settings.skill_id, trying=not settings.verify)
        self._verifier = (verifier or Verifier()) if settings.verify else None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """One request."""
        if environ.get("PATH_INFO", "").rstrip("/") != ROUTE:
            return self._app(environ, start_response)
        began = time.perf_counter()
        length = environ.get("CONTENT_LENGTH") or ""
        more: tuple[tuple[str, str], ...] = ()
        if environ.get("REQUEST_METHOD") != "POST":
            status, out, more = "405 Method Not Allowed", b'{"error":"Method Not Allowed"}', (("Allow", "POST"),)
        elif length.isdecimal() and int(length) > MOST_BYTES:
            status, out = "413 Request Entity Too Large", b'{"error":"at most %d bytes"}' % MOST_BYTES
        else:
            status, out = self._answer(environ, environ["wsgi.input"].read(int(length)) if length.isdecimal() else b"")
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(out))), *more])
        for each in self._seen:
            each(ROUTE, environ.get("REQUEST_METHOD", ""), int(status[:3]), time.perf_counter() - began)
        return [out]

    def _answer(self, environ: dict[str, Any], body: bytes) -> tuple[str, bytes]:
        try:
            event = orjson.loads(body)
        except ValueError:  # not JSON, not UTF-8, halves of characters, too deep
            event = None
        try:
            admit(self._channel, self._verifier, {name: environ.get(key, "") for name, key in _SIGNED.items()}, body, event)
            return "200 OK", orjson.dumps(self._channel.invoke(event))
        except (NotOurSkill, NotFromAlexa) as error:
            LOG.warning("request refused: %s", error)
            return "400 Bad Request", b'{"error":"bad request"}'
