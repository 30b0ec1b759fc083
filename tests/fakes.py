"""Stand-ins with a vocabulary: a store of listening that can be broken, feeds that grow and shrink, a clock. The speaker is in `speaker.py`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from podcasts.model import EPISODIC, SERIAL, Episode, Feed, Show
from skill.app import Ready, Skill
from skill.city.notices import Notice
from skill.conversation.ports import Memory, StoreUnavailable
from skill.homes import memory_of
from skill.programmes import Programmes
from skill.stores.changes import Changes
from skill.stores.live import Live
from skill.stores.rows_memory import InMemory
from skill.stores.town import Town

USUAL_SECONDS = 1_800


def living(folder: Path, changes: Changes | None = None) -> Skill:
    """A skill whose town is read anew when its files or staff change it."""
    live = Live(folder, changes)
    return Skill(live.town(), live=live)


def announcing(skill: Skill, *notices: Notice) -> Skill:
    """The same town, with notices of staff."""
    return Skill(skill.town.with_city(skill.town.city.but(notices={n.id: n for n in notices})))


class Clock:
    """A clock that moves when told."""

    def __init__(self, start: str = "2025-10-15T18:00:00+00:00") -> None:
        self.now = datetime.fromisoformat(start)

    def __call__(self) -> datetime:
        return self.now

    def tick(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def episode(number: int, series: str = "metamorphoses", **changes: Any) -> Episode:
    """The episode of a number: "Épisode 3 : le marché", one a week, half an hour long."""
    given: dict[str, Any] = {
        "guid": f"{series}-{number}", "title": f"Rencontre {_SUBJECTS[number % len(_SUBJECTS)]}", "audio": f"https://sons.example/{series}/{number}.mp3", "mime": "audio/mpeg",
        "published": datetime(2025, 1, 6, 7, tzinfo=UTC) + timedelta(weeks=number), "seconds": USUAL_SECONDS, "number": number,
        "description": f"On y parle de {_SUBJECTS[number % len(_SUBJECTS)]}.", "image": f"https://sons.example/{number}.jpg",
    }  # fmt: skip
    return Episode(**{**given, **changes})


_SUBJECTS = (
    "du marché",
    "de la Seine",
    "du fort",
    "des abeilles",
    "du tramway",
    "de la musique",
    "du climat",
    "des jardins",
    "du théâtre",
    "de la lecture",
    "du vélo",
)


def feed(*episodes: Episode, serial: bool = False) -> Feed:
    """A feed of episodes, newest first, as podcasts.read makes it."""
    return Feed(
        Show("Métamorphoses", type=SERIAL if serial else EPISODIC),
        tuple(sorted(episodes, key=lambda e: e.published or datetime.min.replace(tzinfo=UTC), reverse=True)),
    )


class FakeProgrammes(Programmes):
    """Programmes whose feeds are given, or are faults to raise."""

    def __init__(self, city: Any, feeds: dict[str, Feed | Exception], clock: Callable[[], datetime]) -> None:
        super().__init__(city, None, "https://mairie.example/podcasts", clock)
        self.feeds = feeds

    def _feed(self, series: Any) -> Feed | None:
        found = self.feeds.get(series.id)
        if isinstance(found, Exception):
            raise found
        return found


class Radio(Skill):
    """The skill of a town with feeds of a test's own."""

    def __init__(self, town: Town, memory: Memory | None = None, **feeds: Feed | Exception) -> None:
        self.feeds = dict(feeds)
        super().__init__(town, memory)

    def _made(self, town: Town) -> Ready:
        return Ready(town, self.memory, FakeProgrammes(town.city, self.feeds, self.now))

    def publish(self, **feeds: Feed | Exception) -> None:
        """The feeds are now these."""
        self.feeds.update(feeds)
        self.programmes.reload()


class Moody:
    """A store that can be told to fail. Of listening, unless an inner one is given."""

    def __init__(self, inner: Any = None) -> None:
        self.inner: Any = inner or InMemory()
        self.down = self.readonly = False
        self.calls = 0

    def _mind(self, writing: bool) -> None:
        self.calls += 1
        if self.down or (writing and self.readonly):
            raise StoreUnavailable("no space left on the device")

    def get(self, user: str) -> Any:
        self._mind(False)
        return self.inner.get(user)

    def change(self, user: str, edit: Callable[[Any], Any]) -> Any:
        self._mind(True)
        return self.inner.change(user, edit)

    def forget(self, user: str) -> None:
        self._mind(True)
        self.inner.forget(user)


def remembering(listeners: Any) -> Memory:
    """A memory of this process, with a store of listening of a test's own."""
    return memory_of().but(listeners=listeners)
