"""Log-ins that failed: how long one must wait before another is looked at, and how that is forgotten."""

from __future__ import annotations

import time
from typing import Final

from flask import request

from skill.console.desk import Desk
from skill.stores.desk_rows import Tries

LIMITS: Final = (("pair", 5), ("address", 30), ("name", 60))
"""Failed log-ins of a name from an address, of an address, of a name, before one must wait; each more doubles the wait."""
FIRST_WAIT_S: Final = 30
LONGEST_WAIT_S: Final = 3600
HALF_S: Final = 1800
"""Seconds without a failure after which half of them are forgotten."""


def wait(desk: Desk, name: str) -> int:
    """Seconds for which no log-in of a name, from where the request comes, is looked at."""
    now = int(time.time())
    return max(0, *(desk.tries.get(_key(kind, name)).until - now for kind, _ in _limits(desk, name)))


def failed(desk: Desk, name: str) -> int:
    """Notes a failed log-in, and gives how long one must wait."""
    now = int(time.time())
    held = _limits(desk, name)
    waits = [0]
    for limit in LIMITS:
        kind, most = limit
        until = desk.tries.change(_key(kind, name), lambda old, most=most: _once_more(old, most, now)).until  # type: ignore[misc]
        waits += [until - now] if limit in held else []
    return max(waits)


def succeeded(desk: Desk, name: str) -> None:
    """Forgets what failed before, and remembers that this name came in from here."""
    for kind, _ in LIMITS:
        desk.tries.forget(_key(kind, name))
    desk.tries.change(_key("known", name), lambda old: old.but(at=int(time.time())))


def right_password(desk: Desk, name: str, password: str) -> bool:
    """Whether a password is somebody's own, tries counted as those of a log-in."""
    if wait(desk, name):
        return False
    if desk.accounts.check(name, password[:400]) is not None:
        return True
    failed(desk, name)
    return False


def _once_more(old: Tries, most: int, now: int) -> Tries:
    """A counter after another failure. What is long past counts for less: half of it is forgotten every so often."""
    quiet = max(0, now - max(old.at, old.until))
    count = (old.failed >> min(30, quiet // HALF_S)) + 1
    waits = min(FIRST_WAIT_S * 2 ** min(count - most, 10), LONGEST_WAIT_S) if count >= most else 0
    return Tries(count, now + waits if waits else 0, now)


def _limits(desk: Desk, name: str) -> tuple[tuple[str, int], ...]:
    """The counters that hold for a log-in: whoever came in from here under this name before is not kept out by what others try elsewhere."""
    return LIMITS[:1] if desk.tries.get(_key("known", name)).at else LIMITS


def _key(kind: str, name: str) -> str:
    address = request.remote_addr or ""
    return {"address": f"address\n{address}", "name": f"name\n{name}"}.get(kind, f"{kind}\n{name}\n{address}")
