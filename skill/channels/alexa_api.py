"""Amazon's own services for the person who speaks: one HTTPS call at a time, each within two seconds, its whole answer included.

The address comes with every request (Europe has its own); only Amazon's hosts are ever called, because the token goes with it.
"""

from __future__ import annotations

import re
import time
from typing import Any, Final

from skill.conversation.ports import AddressRefused
from skill.stores.https_json import NoAnswer, ask

CALL_SECONDS: Final = 2.0
TURN_SECONDS: Final = 5.0
"""For all the calls of one turn: Alexa waits eight seconds for the whole answer."""
LEAST_SECONDS: Final = 0.1
HOST: Final = re.compile(r"api(?:\.(?:eu|fe))?\.amazonalexa\.com")
_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,8000}")
_DEVICE: Final = re.compile(r"[A-Za-z0-9._-]{1,255}")


class AlexaApi:
    """Amazon's services for one request: its endpoint and its token."""

    def __init__(self, endpoint: str, token: str, device: str = "", pool: Any = None, hosts: re.Pattern[str] = HOST) -> None:
        """`pool`: a urllib3 PoolManager; `hosts`: the only ones that are called. Tests bring their own."""
        self._endpoint, self._token, self.device, self._pool, self._hosts = endpoint, token, device, pool, hosts
        self._until = time.monotonic() + TURN_SECONDS

    @property
    def usable(self) -> bool:
        """Whether the request brought what is needed: an address of Amazon's, and a token."""
        scheme, _, rest = self._endpoint.partition("://")
        return scheme == "https" and bool(self._hosts.fullmatch(rest.rstrip("/"))) and bool(_TOKEN.fullmatch(self._token))

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """The status and the JSON of an answer ({} for what is none). Raises NoAnswer."""
        if not self.usable:
            raise NoAnswer("not an address of Amazon's")
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        seconds = min(CALL_SECONDS, self._until - time.monotonic())
        if seconds < LEAST_SECONDS:
            raise NoAnswer("no time left in this turn")
        return ask(method, self._endpoint.rstrip("/") + path, seconds, headers, body, self._pool)

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
