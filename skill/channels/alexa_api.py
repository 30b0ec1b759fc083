"""Amazon's own services for the person who speaks: one HTTPS call at a time, each within two seconds, its whole answer included.

The address comes with every request (Europe has its own); only Amazon's hosts are ever called, because the token goes with it.
urllib3 counts its time for each reading, so that a server which drips would hold us for ever: the end is counted here.
"""

from __future__ import annotations

import json
import re
import time
from typing import Any, Final

from skill.conversation.ports import AddressRefused

CALL_SECONDS: Final = 2.0
MOST_BYTES: Final = 256 * 1024
HOST: Final = re.compile(r"api(?:\.(?:eu|fe))?\.amazonalexa\.com")
_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,8000}")
_DEVICE: Final = re.compile(r"[A-Za-z0-9._-]{1,255}")


class NoAnswer(OSError):
    """Nobody answered in time, or not as agreed."""


class AlexaApi:
    """Amazon's services for one request: its endpoint and its token."""

    def __init__(self, endpoint: str, token: str, device: str = "", pool: Any = None, hosts: re.Pattern[str] = HOST) -> None:
        """`pool`: a urllib3 PoolManager; `hosts`: the only ones that are called. Tests bring their own."""
        self._endpoint, self._token, self.device, self._pool, self._hosts = endpoint, token, device, pool, hosts

    @property
    def usable(self) -> bool:
        """Whether the request brought what is needed: an address of Amazon's, and a token."""
        scheme, _, rest = self._endpoint.partition("://")
        return scheme == "https" and bool(self._hosts.fullmatch(rest.strip("/"))) and bool(_TOKEN.fullmatch(self._token))

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """The status and the JSON of an answer ({} for what is none). Raises NoAnswer."""
        if not self.usable:
            raise NoAnswer("not an address of Amazon's")
        import urllib3  # only where Amazon is called

        until = time.monotonic() + CALL_SECONDS
        pool = self._pool or _shared(urllib3)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json", "Accept": "application/json"}
        data = json.dumps(body, ensure_ascii=False).encode() if body is not None else None
        try:
            answer = pool.request(
                method, self._endpoint.rstrip("/") + path, body=data, headers=headers, retries=False, redirect=False, preload_content=False,
                timeout=urllib3.Timeout(total=CALL_SECONDS),
            )  # fmt: skip
            try:
                return int(answer.status), _json(_read(answer, until))
            finally:
                answer.release_conn() if answer.isclosed() else answer.close()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise NoAnswer(type(error).__name__) from error

    def address(self) -> str:
        """The first line of the speaker's address. Raises AddressRefused."""
        if not self.usable or not _DEVICE.fullmatch(self.device):
            raise AddressRefused(allowed=True)
        try:
            status, found = self.call("GET", f"/v1/devices/{self.device}/settings/address")
        except NoAnswer as error:
            raise AddressRefused(allowed=True) from error
        line = found.get("addressLine1") if isinstance(found, dict) else None
        if status == 200 and isinstance(line, str) and line.strip():
            return line.strip()[:120]
        raise AddressRefused(allowed=status not in (401, 403))


def _shared(urllib3: Any) -> Any:
    global _POOL
    if _POOL is None:
        import ssl

        _POOL = urllib3.PoolManager(maxsize=8, ssl_context=ssl.create_default_context())
    return _POOL


_POOL: Any = None


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
    except (ValueError, RecursionError):  # Amazon's own faults come as pages
        return {}
