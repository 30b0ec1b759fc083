"""Sessions of the console and failed log-ins: rows that end by themselves, in the store of persons' rows but of no resident."""

from __future__ import annotations

from typing import Any, Final

from skill.record import Record
from skill.stores.rows import Kind


class Session(Record):
    """Somebody of staff who logged in. The row's key is the secret of their cookie."""

    who: str = ""
    """ "" for a session that is over."""
    generation: int = 0
    began: int = 0
    seen: int = 0
    """Seconds since 1970."""

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {"who": self.who, "generation": self.generation, "began": self.began, "seen": self.seen}

    @classmethod
    def from_plain(cls, data: Any) -> Session:
        """The inverse. Raises ValueError."""
        if not isinstance(data, dict) or not isinstance(data.get("who"), str) or not all(type(data.get(k)) is int for k in ("generation", "began", "seen")):
            raise ValueError("not a session")
        return cls(data["who"], data["generation"], data["began"], data["seen"])


class Tries(Record):
    """Failed log-ins of a name, an address, or one from the other."""

    failed: int = 0
    until: int = 0
    """Seconds since 1970 before which none is looked at."""
    at: int = 0
    """When the last one was."""

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {"failed": self.failed, "until": self.until, "at": self.at}

    @classmethod
    def from_plain(cls, data: Any) -> Tries:
        """The inverse. Raises ValueError."""
        if not isinstance(data, dict) or not all(type(data.get(k)) is int for k in ("failed", "until", "at")):
            raise ValueError("no tries")
        return cls(data["failed"], data["until"], data["at"])


SESSION: Final = Kind("session", Session, days=1)
TRIES: Final = Kind("tries", Tries, days=30)
