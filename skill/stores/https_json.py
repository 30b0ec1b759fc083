"""JSON from somebody else's service: one call, by its end or not at all. Loaded only where one is asked.

urllib3 counts its time for each reading, so that a server which drips its headers would hold us for ever: the call is made beside us, and left
behind when its time is over.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from typing import Any, Final

import urllib3

MOST_BYTES: Final = 2 * 1024 * 1024
_LOCK: Final = threading.Lock()
_POOLS: Final[list[urllib3.PoolManager]] = []


class NoAnswer(OSError):
    """Nobody answered in time, or not as agreed."""


def ask(
    method: str, url: str, seconds: float, headers: dict[str, str] | None = None, body: dict[str, Any] | None = None, pool: urllib3.PoolManager | None = None
) -> tuple[int, Any]:
    """The status and the JSON of an answer ({} for what is none), within `seconds`. No redirect is followed. Raises NoAnswer."""
    found: list[tuple[int, Any] | NoAnswer] = []

    def call() -> None:
        try:
            found.append(_asked(method, url, seconds, headers, body, pool))
        except NoAnswer as error:
            found.append(error)

    beside = threading.Thread(target=call, daemon=True)
    beside.start()
    beside.join(seconds)
    answer = found[0] if found else NoAnswer("too slow")
    if isinstance(answer, NoAnswer):
        raise answer
    return answer


def _asked(
    method: str, url: str, seconds: float, headers: dict[str, str] | None, body: dict[str, Any] | None, pool: urllib3.PoolManager | None
) -> tuple[int, Any]:
    """The call itself."""
    until = time.monotonic() + seconds
    data = json.dumps(body, ensure_ascii=False).encode() if body is not None else None
    try:
        answer = (pool or _shared()).request(
            method, url, body=data, headers={"Accept": "application/json", **(headers or {})}, retries=False, redirect=False, preload_content=False,
            timeout=urllib3.Timeout(total=seconds),
        )  # fmt: skip
        try:
            return int(answer.status), _json(_read(answer, until))
        finally:
            answer.close()
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise NoAnswer(type(error).__name__) from error


def _shared() -> urllib3.PoolManager:
    with _LOCK:
        if not _POOLS:
            _POOLS.append(urllib3.PoolManager(maxsize=8, ssl_context=ssl.create_default_context()))
        return _POOLS[0]


def _read(answer: Any, until: float) -> bytes:
    """The whole of an answer, by its end or not at all."""
    found = b""
    while chunk := answer.read1(65_536):
        found += chunk
        if time.monotonic() > until or len(found) > MOST_BYTES:
            raise NoAnswer("too slow, or too long")
    return found


def _json(data: bytes) -> Any:
    try:
        return json.loads(data) if data.strip() else {}
    except (ValueError, RecursionError):  # faults come as pages
        return {}
