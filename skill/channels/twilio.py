"""What Twilio sends and takes: its signature, and TwiML. By hand: the package weighs 51 MB for these lines.

A request is signed with HMAC-SHA1 over the whole address as Twilio called it and its form's fields in the order of their names
(https://www.twilio.com/docs/usage/security); TwiML is XML (https://www.twilio.com/docs/voice/twiml, .../messaging/twiml).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from flask import Request, Response

from skill.channels import bearer
from skill.speech.ssml import escape

HEADER: Final = "X-Twilio-Signature"
_PORTS: Final = {"https": 443, "http": 80}


def signature(token: str, url: str, fields: Iterable[tuple[str, str]]) -> str:
    """What Twilio would have said of a request: each field once for each of its values, by name and value."""
    text = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(token.encode(), text.encode("utf-8", "replace"), hashlib.sha1).digest()).decode()


def check(request: Request, token: str, public: str) -> None:
    """Goes on for what Twilio signed. `public` is where the world reaches us, "" to believe the request's own address."""
    said = request.headers.get(HEADER, "")
    if token and not said:
        bearer.refuse(bearer.MISSING)
    query = request.query_string.decode("latin-1")
    url = (public or request.host_url.rstrip("/")) + request.path + (f"?{query}" if query else "")
    fields = list(request.form.items(multi=True))
    if not token or not any(bearer.same(said, signature(token, each, fields)) for each in _spellings(url)):
        bearer.refuse(bearer.WRONG)


def _spellings(url: str) -> tuple[str, ...]:
    """An address with and without the port that goes without saying: Twilio signs now one, now the other."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    usual = _PORTS.get(parts.scheme)
    bare = f"[{host}]" if ":" in host else host
    if port in (None, usual):
        return tuple(urlunsplit(parts._replace(netloc=each)) for each in (bare, f"{bare}:{usual}"))
    return (url,)


def answer(*inside: str) -> Response:
    """A whole TwiML document."""
    response = Response(f'<?xml version="1.0" encoding="UTF-8"?><Response>{"".join(inside)}</Response>', mimetype="text/xml")
    response.headers["Cache-Control"] = "no-store"
    return response


def element(name: str, inside: str = "", **attributes: str | None) -> str:
    """An element of TwiML; `inside` is XML already. An attribute may be empty: `finishOnKey=""` lets every key through."""
    given = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items() if value is not None)
    return f"<{name}{given}>{inside}</{name}>" if inside else f"<{name}{given}/>"
