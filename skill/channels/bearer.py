"""Who may speak to a route that is not for everybody: whoever says its word. Nothing of a request is read before."""

from __future__ import annotations

import hmac
from typing import Final

from flask import Response, abort, request

MISSING: Final = 401
WRONG: Final = 403


def said() -> str:
    """The word of the Authorization header: a bearer's, or the password of basic authentication; "" for none."""
    given = request.authorization
    if given is None:
        return ""
    return (given.token if given.type == "bearer" else given.password if given.type == "basic" else "") or ""


def same(one: str, other: str) -> bool:
    """Whether two words are the same, in a time that tells nothing."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def check(word: str) -> None:
    """Goes on for whoever says the word. 403 where there is none to say, or another is said; 401 where nothing is."""
    if word and not said():
        refuse(MISSING)
    if not word or not same(said(), word):
        refuse(WRONG)


def refuse(code: int) -> None:
    """Ends the request, without saying why."""
    answer = Response("Unauthorized\n" if code == MISSING else "Forbidden\n", code, mimetype="text/plain")
    if code == MISSING:
        answer.headers["WWW-Authenticate"] = "Bearer"
    abort(answer)
