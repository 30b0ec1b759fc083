"""waitress with our limits: a body that is too long is refused before it is read, longer where staff send sounds and files."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any, Final

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server as make
from waitress.utilities import RequestEntityTooLarge
from werkzeug.http import parse_cookie

from skill.channels.limits import MOST_BYTES

MOST_OF_STAFF: Final = 17 * 1024 * 1024
"""Bytes of a body with which somebody who logged in sends a sound or a file."""
WIDE: Final = ("/console/podcasts/", "/console/echanges")
LIMITS: Final = {"max_request_body_size": MOST_BYTES, "max_request_header_size": 32 * 1024, "connection_limit": 200, "channel_timeout": 30,
    "clear_untrusted_proxy_headers": False}  # fmt: skip
"""A connection that says nothing is closed. What proxies say is believed by ProxyFix alone, where MAIRIE_PROXIES says that there are some."""


class _Wider:
    """The same settings with room for a form with a file."""

    def __init__(self, adj: Any) -> None:
        self._adj = adj

    max_request_body_size = MOST_OF_STAFF

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adj, name)


class TooLong(RequestEntityTooLarge):  # type: ignore[misc]
    """What a browser shows whose form was cut off."""

    reason = "Request Entity Too Large"

    def __init__(self) -> None:
        super().__init__("Ce fichier est trop gros pour être envoyé ainsi. Revenez en arrière ; avec JavaScript, la console envoie un son jusqu'à 300 Mo.")


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """A request whose most bytes depend on where it goes."""

    adj: Any
    error: Any
    trusts: Callable[[str], bool] = staticmethod(lambda _: False)
    """Whether cookies are those of somebody who logged in."""

    def parse_header(self, header_plus: bytes) -> None:
        """Widens the limit once the path is known."""
        super().parse_header(header_plus)
        if str(self.path).startswith(WIDE) and self.trusts(self.headers.get("COOKIE", "")):
            self.adj = _Wider(self.adj)

    def received(self, data: bytes) -> int:
        """Takes bytes in; a refusal under /console is in French."""
        taken: int = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge) and str(self.path).startswith("/console/"):
            self.error = TooLong()
        return taken


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection."""

    parser_class = Parser


def create_server(app: Any, listener: socket.socket, flask: Flask | None = None) -> Any:
    """A server for a WSGI application on a bound socket; `flask` is what signs the cookies of staff, where it is not the application itself."""
    server = make(app, sockets=[listener], threads=4, ident=None, **LIMITS)
    known = type("Parser", (Parser,), {"trusts": staticmethod(lambda cookies: _logged_in(flask or app, cookies))})
    server.channel_class = type("Channel", (Channel,), {"parser_class": known})
    return server


def _logged_in(app: Any, cookies: str) -> bool:
    """Whether a cookie is signed by us for somebody with a session; whether that session still holds is told later."""
    signer = SecureCookieSessionInterface().get_signing_serializer(app) if isinstance(app, Flask) else None
    found = parse_cookie(cookies).get("mairie_console", "")
    try:
        return signer is not None and bool(signer.loads(found).get("token"))
    except (BadSignature, AttributeError, ValueError):
        return False
