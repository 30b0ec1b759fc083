"""The episodes that can be played now: by GUID, by series, newest first; and the one that half a title means.

Made from snapshots of feeds (stores/shelf.py), never from a feed: no answer waits for one. A search goes through an index of
words, made when first needed: spelled the same, of the same root, of the same sound, then nearly the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import log
from typing import Final

from skill.city.fold import light, sound, stem
from skill.city.lexicon import split
from skill.record import Record

ENOUGH: Final = 0.5
"""Least share of what was said that an episode must explain."""
LIKELY: Final = 0.75
"""Share from which an episode is meant even where nobody said that it is one."""
TITLED: Final = 0.85
"""Share that words of a description alone do not reach: a word of the title or a name is among them."""
MOST_REMEMBERED: Final = 200
"""Searches whose result is kept: one sentence asks for the same several times."""
_FOUND_IN: Final = (("title", 1.0), ("people", 1.0), ("description", 0.8))
_ROOM: Final = 0.02
"""What a title that was said whole gains on one that was said in part."""
_MANY: Final = 20
_AS: Final = {"same": 1.0, "root": 0.95, "sound": 0.9, "near": 0.8}
LEAST_LIKE: Final = 78
"""Least likeness, of 100, of a word that was misheard."""


class Episode(Record):
    """One episode, ready to be played and spoken of."""

    guid: str
    series: str
    title: str
    """As it is said: no brackets, symbols or numbers of seasons."""
    url: str
    published: datetime | None = None
    seconds: int | None = None
    number: int | None = None
    season: int | None = None
    people: tuple[str, ...] = ()
    description: str = ""
    mime: str = ""
    image: str = ""

    @property
    def key(self) -> str:
        """A short name for conversations: a GUID may be long and hold anything."""
        from hashlib import sha256

        return sha256(self.guid.encode("utf-8", "replace")).hexdigest()[:16]


class Found(Record):
    """An episode that words mean, and how much of them it explains, 0 to 1."""

    episode: Episode
    score: float


class Shelf:
    """Every episode of every series, newest first. Never changed: a fresh one takes its place."""

    def __init__(self, series: Mapping[str, Sequence[Episode]] | None = None, serial: Iterable[str] = (), demonstration: Iterable[str] = ()) -> None:
        self.series = {key: tuple(episodes) for key, episodes in (series or {}).items()}
        self.serial, self.demonstration = frozenset(serial), frozenset(demonstration)
        self.by_guid = {e.guid: e for episodes in self.series.values() for e in reversed(episodes)}
        self._by_key: dict[str, Episode] | None = None
        self._index: _Index | None = None
        self._found: dict[tuple[str, ...], list[Found]] = {}

    def __len__(self) -> int:
        return len(self.by_guid)

    def by_key(self, key: str) -> Episode | None:
        """The episode of a short name."""
        if self._by_key is None:
            self._by_key = {e.key: e for e in self.by_guid.values()}
        return self._by_key.get(key)

    def of(self, series: str = "") -> tuple[Episode, ...]:
        """Episodes of a series, or of all that are no demonstration unless there is nothing else; newest first."""
        if series:
            return self.series.get(series, ())
        real = [e for key, episodes in self.series.items() if key not in self.demonstration for e in episodes]
        chosen = real or [e for episodes in self.series.values() for e in episodes]
        return tuple(sorted(chosen, key=lambda e: e.published.timestamp() if e.published else 0.0, reverse=True))

    def latest(self, series: str = "") -> Episode | None:
        """The newest episode."""
        found = self.of(series)
        return found[0] if found else None

    def numbered(self, number: int, series: str = "") -> tuple[Episode, ...]:
        """Episodes of a number: as their feed numbers them, else as their title says, else counted from the oldest."""
        pool = self.of(series)
        told = tuple(e for e in pool if e.number == number) or tuple(e for e in pool if e.number is None and _title_number(e.title) == number)
        if told or any(e.number is not None or _title_number(e.title) for e in pool):
            return told
        keys = [series] if series else list(dict.fromkeys(e.series for e in pool))
        return tuple(self.series[key][-number] for key in keys if 0 < number <= len(self.series[key]))

    def order(self, series: str, shuffle: int = 0) -> tuple[Episode, ...]:
        """Episodes in the order in which they follow each other: newest first, a serial from its beginning, or shuffled by a seed."""
        episodes = self.series.get(series, ())
        if shuffle:
            return tuple(sorted(episodes, key=lambda e: shuffled(shuffle, e.guid)))
        return tuple(reversed(episodes)) if series in self.serial else episodes

    def find(self, words: Sequence[str], series: str = "") -> list[Found]:
        """The episodes that words mean, best first, among those of a series if one is given; of equals the newest first."""
        asked = (series, *words)
        if asked not in self._found:
            if len(self._found) >= MOST_REMEMBERED:
                self._found.clear()
            self._found[asked] = self.prepared().find(words, series)
        return self._found[asked]

    def prepared(self) -> _Index:
        """The index of words, made now if it was not: a server does so in the background, before anybody asks."""
        if self._index is None:
            self._index = _Index(self.by_guid.values())
        return self._index


def shuffled(seed: int, guid: str) -> bytes:
    """Where a shuffled order puts an episode: a hash, so that a feed that grows or loses one moves nobody."""
    from hashlib import sha256

    return sha256(f"{seed} {guid}".encode("utf-8", "replace")).digest()


def _title_number(title: str) -> int | None:
    """The number that a title says: "Numéro 12 : le marché de Noël", "Épisode 3", "4. La Seine"."""
    words = split(title, "fr")
    for i, word in enumerate(words[:-1]):
        if word in ("numero", "episode", "n", "ep", "no", "number") and words[i + 1].isdigit():
            return int(words[i + 1])
    return int(words[0]) if words and words[0].isdigit() and title[len(words[0]) : len(words[0]) + 1] in ".:)" and len(words) > 1 else None


class _Index:
    """Words of episodes to the episodes that hold them."""

    def __init__(self, episodes: Iterable[Episode]) -> None:
        self.episodes = sorted(episodes, key=lambda e: e.published.timestamp() if e.published else 0.0, reverse=True)
        self.held: dict[str, dict[int, float]] = {}
        for i, episode in enumerate(self.episodes):
            for field, weight in _FOUND_IN:
                text = " ".join(episode.people) if field == "people" else str(getattr(episode, field))[:2_000]
                for word in split(text, "fr"):
                    spots = self.held.setdefault(light(word), {})
                    spots[i] = max(spots.get(i, 0.0), weight)
        self.named = {w for w, spots in self.held.items() if any(weight == 1.0 for weight in spots.values()) and len(w) > 3}
        self._roots: dict[str, list[str]] = {}
        self._sounds: dict[str, list[str]] = {}
        for word in self.held:
            if len(word) > 3:
                self._roots.setdefault(stem(word), []).append(word)
        for word in self.named:
            self._sounds.setdefault(sound(word), []).append(word)
        self._titles = [frozenset(light(w) for w in split(e.title, "fr")) for e in self.episodes]

    def _alike(self, word: str) -> tuple[str, list[str]]:
        """How the feed's words know a word, and which they are."""
        key = light(word)
        if key in self.held:
            return "same", [key]
        if len(word) > 3:
            if stem(word) in self._roots:
                return "root", self._roots[stem(word)]
            if sound(key) in self._sounds:
                return "sound", self._sounds[sound(key)]
            from rapidfuzz import fuzz, process

            near = process.extractOne(key, self.named, scorer=fuzz.ratio, score_cutoff=LEAST_LIKE)
            if near:
                return "near", [near[0]]
        return "", []

    def find(self, words: Sequence[str], series: str) -> list[Found]:
        """Ranked episodes."""
        total, sums = 0.0, dict[int, float]()
        wanted = frozenset(light(w) for w in words)
        for word in dict.fromkeys(words):
            how, known = self._alike(word)
            spots = self.held[known[0]] if known else {}
            for each in known[1:]:
                spots = {**self.held[each], **spots, **{i: 1.0 for i, weight in self.held[each].items() if weight == 1.0}}
            worth = log(2 + len(self.episodes) / (1 + len(spots))) if spots else log(2 + len(self.episodes) / 2)
            total += worth
            gain = worth * _AS[how] if how else 0.0
            for i, weight in spots.items():
                sums[i] = sums.get(i, 0.0) + gain * weight
        if not total:
            return []
        least = ENOUGH * total
        rows = [(s / total, i) for i, s in sums.items() if s >= least and (not series or self.episodes[i].series == series)]
        if len(rows) > _MANY:
            best = max(rows)[0] - _ROOM
            rows = [row for row in rows if row[0] >= best]
        rows = [(score + _ROOM * len(wanted & self._titles[i]) / max(1, len(self._titles[i])), i) for score, i in rows]
        return [Found(self.episodes[i], min(1.0, score)) for score, i in sorted(rows, key=lambda r: (-round(r[0], 3), r[1]))[:20]]
