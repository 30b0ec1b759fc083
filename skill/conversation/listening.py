"""What one person has heard: the place reached in each episode, and how they like to go on. Plain data and pure changes.

Kept by GUID, so that a feed may grow, lose or reorder its episodes and nobody loses their place. A withdrawn episode keeps its
mark: it may come back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from skill.conversation import plain
from skill.record import Record

MOST_MARKS: Final = 400
"""Episodes remembered for a person; the longest untouched is forgotten first. About 60 kB, far below what a table row holds."""
LONGEST_TOKEN: Final = 1024
REWOUND_MS: Final = 10_000
"""Below this nothing was really heard: one starts at the beginning."""
SETTLING: Final = timedelta(seconds=10)
"""Within this of an episode's end, the word that its sound stopped belongs to that end, and opens it no more."""
MOST_GUIDS: Final = 60_000
"""Characters of all the GUIDs of a person together: a row of DynamoDB holds 400 kB."""
MOST_FAILURES: Final = 3
"""Sounds that may fail one after the other before we stop trying."""


class Mark(Record):
    """How far somebody came in one episode."""

    offset_ms: int = 0
    done: bool = False
    """True once it was heard to the end, or marked as heard: it then starts from the beginning."""
    at: str = ""
    """When it was last touched, ISO 8601 in UTC, by our clock."""
    seen: str = ""
    """The speaker's own time of the last report, to leave late ones aside."""
    series: str = ""
    published: str = ""
    """The episode's date, to know its neighbours should it be withdrawn."""

    @property
    def start_ms(self) -> int:
        """Where to start from."""
        return 0 if self.done or self.offset_ms < REWOUND_MS else self.offset_ms


class Listening(Record):
    """One person's listening."""

    current: str = ""
    """GUID of the episode started last, on whichever speaker."""
    marks: Mapping[str, Mark] = {}
    shuffle: int = 0
    """Seed of a shuffled order, 0 where episodes follow in their own."""
    loop: bool = False
    heading: int = 1
    """1 where one goes on to older episodes, as after the newest; -1 where one goes on to newer ones, as after an old one that was asked for."""
    failures: int = 0
    """Sounds that failed one after the other."""

    def mark(self, guid: str) -> Mark:
        """The place in an episode; the beginning where it was never heard."""
        return self.marks.get(guid, Mark())

    def marked(self, guid: str, now: datetime, **changes: Any) -> Listening:
        """With a mark changed. `now` is the moment of the change."""
        mark = self.mark(guid).but(at=_stamp(now), **changes)
        marks = {**self.marks, guid: mark}
        if len(marks) > MOST_MARKS or sum(map(len, marks)) > MOST_GUIDS:
            marks = _room(marks, guid)
        return self.but(marks=marks)

    def late(self, guid: str, happened: datetime | None, stopped: bool = False) -> bool:
        """Whether a report is older than the last one of the same episode. Of the same second, a stop came before the start."""
        if happened is None:
            return False
        seen, stamp = self.mark(guid).seen, _stamp(happened)
        return seen > stamp or (stopped and seen == stamp)

    def place(self, guid: str, offset_ms: int) -> int:
        """The place after a report: a sound that had only begun takes no place away. Whoever asks for the beginning has it by `marked`."""
        mark = self.mark(guid)
        return mark.offset_ms if offset_ms < REWOUND_MS <= mark.start_ms else offset_ms

    def settling(self, guid: str, happened: datetime | None) -> bool:
        """Whether an episode was heard to its end, or marked as heard, just before."""
        mark = self.mark(guid)
        return mark.done and (happened is None or not mark.seen or happened - datetime.fromisoformat(mark.seen) < SETTLING)

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        marks = {g: {k: v for k, v in m.__dict__.items() if v not in ("", 0, False)} for g, m in self.marks.items()}
        return {"current": self.current, "marks": marks, "shuffle": self.shuffle, "loop": self.loop, "heading": self.heading, "failures": self.failures}

    @classmethod
    def from_plain(cls, data: Any) -> Listening:
        """The inverse of `plain`. Raises ValueError where the whole is not ours; a mark that is not as we write it is left out."""
        if not isinstance(data, dict) or not isinstance(data.get("marks"), dict):
            raise ValueError("not a listening")
        marks = {g: m for g, row in data["marks"].items() if isinstance(g, str) and (m := _mark(row)) is not None}
        return cls(
            current=str(data.get("current") or "")[:LONGEST_TOKEN], marks=marks, shuffle=_whole(data.get("shuffle")), loop=data.get("loop") is True,
            heading=-1 if data.get("heading") == -1 else 1, failures=_whole(data.get("failures")),
        )  # fmt: skip


def stamped(happened: datetime | None) -> str:
    """A time as a mark keeps it, so that two can be compared as texts."""
    return _stamp(happened) if happened else ""


def _room(marks: Mapping[str, Mark], guid: str) -> dict[str, Mark]:
    """Those touched last, as many as may be kept; that of `guid` whatever its age."""
    kept, length = dict[str, Mark](), 0
    for each in (guid, *sorted(marks.keys() - {guid}, key=lambda g: marks[g].at, reverse=True)[: MOST_MARKS - 1]):
        length += len(each)
        if length <= MOST_GUIDS:
            kept[each] = marks[each]
    return kept


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _whole(value: Any) -> int:
    return value if type(value) is int and 0 <= value < 2**53 else 0


def _mark(row: Any) -> Mark | None:
    if not isinstance(row, dict):
        return None
    texts = {k: plain.text(row.get(k), 80) for k in ("at", "seen", "series", "published")}
    if not _is_stamp(texts["seen"]):
        texts["seen"] = ""
    return Mark(offset_ms=_whole(row.get("offset_ms")), done=row.get("done") is True, **texts)


def _is_stamp(text: str) -> bool:
    try:
        return not text or datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
