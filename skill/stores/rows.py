"""What every store of persons shares: which kinds of row there are, who a row is of, how long it is kept, its JSON."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any, Final, Generic, Protocol, Self, TypeVar

from skill.conversation.agenda import Agenda
from skill.conversation.listening import Listening
from skill.conversation.profile import Profile
from skill.conversation.sector import Sector
from skill.conversation.thread import KEPT_SECONDS, Quiet, Thread
from skill.conversation.unanswered import KEPT_DAYS as QUESTIONS_DAYS
from skill.conversation.unanswered import Unanswered

MOST_READ: Final = 512
LONGEST_READ: Final = 500
"""Rows that are kept as they were read: how many of a kind, and how long at most."""
KEPT_DAYS: Final = 400
"""A row that nobody touched for thirteen months is erased."""


class Plain(Protocol):
    """A record that can be written as JSON and read back."""

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        ...

    @classmethod
    def from_plain(cls, data: Any) -> Self:
        """The inverse. Raises ValueError where the whole is not ours."""
        ...


T = TypeVar("T", bound=Plain)


class Kind(Generic[T]):
    """One kind of row: its name, and the record that it keeps."""

    def __init__(self, name: str, record: type[T], days: int = KEPT_DAYS, seconds: int = 0) -> None:
        self.name, self._record, self.seconds = name, record, seconds or days * 24 * 3600
        """`seconds`: for how long a row is kept that nobody touches."""
        self._read = lru_cache(MOST_READ)(self._reading)
        """Most people's rows are short and say the same."""

    def blank(self) -> T:
        """What is known of somebody unknown."""
        return self._record()

    def key_of(self, user: str) -> str:
        """The name of a person's row: a hash, so that no id of a speaker's maker is kept."""
        return hashlib.sha256(f"mairie-vocale {self.name}\n".encode() + user.encode("utf-8", "replace")).hexdigest()

    def to_text(self, value: T) -> str:
        """As a row keeps it."""
        return json.dumps(value.plain(), ensure_ascii=False, separators=(",", ":"))

    def from_text(self, text: str) -> T:
        """The inverse. Raises ValueError for a spoilt row."""
        return self._read(text) if len(text) <= LONGEST_READ else self._reading(text)

    def _reading(self, text: str) -> T:
        try:
            return self._record.from_plain(json.loads(text))
        except (TypeError, RecursionError) as error:
            raise ValueError(f"not a row of {self.name}") from error


LISTENING: Final = Kind("listening", Listening)
"""What somebody has heard."""
PROFILE: Final = Kind("profile", Profile)
"""How somebody likes to be spoken to, where they live, what they are reminded of."""
AGENDA: Final = Kind("agenda", Agenda)
"""Reminders for a calendar, under the secret of its address."""
SECTOR: Final = Kind("sector", Sector)
"""Days of collection as a territory told them, by sector: of nobody."""
UNANSWERED: Final = Kind("unanswered", Unanswered, days=QUESTIONS_DAYS)
"""Words of questions without an answer, a row a day: of nobody."""
THREAD: Final = Kind("thread", Thread, seconds=KEPT_SECONDS)
"""A conversation that its speaker does not carry, for ten minutes."""
QUIET: Final = Kind("quiet", Quiet)
"""Who asked never to be written to again."""
