"""A sentence cut for a player's ear: which command's phrase it holds, which words are left, which name an episode or a series."""

from __future__ import annotations

from typing import Any, Final

from skill.city.fold import light
from skill.city.lexicon import split
from skill.record import Record
from skill.understanding.ear import GAP, Ear, match
from skill.understanding.evidence import Evidence
from skill.understanding.spans import span_said

LENGTH: Final = "#"
"""In a phrase, stands for a length of time."""
LISTS: Final = ("nouns", "weak_nouns", "play", "about", "latest", "fillers", "asking")
"""Lists of words and phrases, beside the commands."""
_HALF_NAMED: Final = 0.4
"""Share of the name of a series that must be said."""


class Heard(Record):
    """A command that a sentence holds."""

    name: str
    sure: bool
    at: frozenset[int]
    """Positions of its words."""


def asked_words(question: str, ear: Ear) -> str:
    """The words of a free question that tell one episode from another: "le dernier podcast" has none, "les jardins partagés" two."""
    plain = ear.listening["bare"]
    return " ".join(w for w in split(question, ear.language) if w not in ear.stop and light(w) not in plain)


def compile_listening(data: dict[str, Any], language: str) -> dict[str, Any]:
    """The JSON form of a language's phrases, by their first word."""

    def tokens(phrase: str) -> list[str]:
        head, gap, tail = phrase.partition(GAP)
        return _collapsed(head, language) + (["", *_collapsed(tail, language)] if gap else [])

    first: dict[str, list[list[Any]]] = {}
    for name, command in data["commands"].items():
        for strength in ("sure", "deictic"):
            for phrase in command.get(strength, ()):
                found = tokens(phrase)
                first.setdefault(found[0], []).append([name, strength == "sure", found])
    told: dict[str, list[list[Any]]] = {}
    for key in LISTS:
        for phrase in data[key]:
            found = tokens(phrase)
            if [key, found] not in told.setdefault(found[0], []):
                told[found[0]].append([key, found])
    bare = sorted({found[0] for rows in told.values() for name, found in rows if len(found) == 1 and name not in ("about", "asking")})
    return {"first": first, "told": told, "bare": bare, "commands": {n: [c["intent"], c.get("aspects", [])] for n, c in data["commands"].items()}}


def _collapsed(phrase: str, language: str) -> list[str]:
    """The words of a phrase as they are compared, a length of time as one."""
    words = [t for part in phrase.split() for t in ([LENGTH] if part == LENGTH else split(part, language))]
    found = span_said(words)
    at = found[1] if found else frozenset()
    return [LENGTH if i in at else light(w) for i, w in enumerate(words) if i not in at or i == min(at)]


class Said:
    """A sentence, cut for the player's ear."""

    def __init__(self, e: Evidence, ear: Ear, listening: bool) -> None:
        self.e, self.ear, self.listening = e, ear, listening
        self.data = ear.listening
        self.seconds: int | None = None
        self.corrected = e.has("correct")
        found = span_said(e.heard, last=self.corrected)
        self.span = found[1] if found else frozenset()
        if found:
            self.seconds = found[0]
        self.keys: list[str] = []
        self.spots: list[frozenset[int]] = []
        for i, word in enumerate(e.heard):
            if i in self.span:
                if not self.keys or self.keys[-1] != LENGTH:
                    self.keys.append(LENGTH)
                    self.spots.append(self.span)
                continue
            self.keys.append(light(word))
            self.spots.append(frozenset({i}))
        self.told = self._read()
        series = e.best("series")
        self.nouns = self._positions("nouns")
        small = self.nouns | self._positions("weak_nouns", "fillers")
        own = [i for i in series.at if i not in small and e.heard[i] not in ear.stop] if series else []
        self.series = series.ids[0] if series and own and series.whole >= _HALF_NAMED else ""
        self.named = frozenset(range(series.start, series.end)) if series and self.series else frozenset()
        self.noun = bool(self.nouns) or e.has("podcast")

    def _read(self) -> dict[str, frozenset[int]]:
        """Positions in the sentence of the words and phrases of every list, in one pass."""
        out: dict[str, set[int]] = {}
        for i, key in enumerate(self.keys):
            for name, tokens in self.data["told"].get(key, ()):
                if self.keys[i : i + len(tokens)] == tokens:
                    out.setdefault(name, set()).update(*self.spots[i : i + len(tokens)])
        return {name: frozenset(at) for name, at in out.items()}

    def _positions(self, *lists: str) -> frozenset[int]:
        """Positions of the words and phrases of some lists."""
        return frozenset().union(*(self.told[name] for name in lists if name in self.told))

    def has(self, *lists: str) -> bool:
        """Whether a word of some lists was said."""
        return bool(self._positions(*lists))

    def command(self) -> Heard | None:
        """The longest phrase of a command, the first listed of equals, if nothing in the sentence speaks against it."""
        best: tuple[float, Heard] | None = None
        spots: dict[str, set[int]] = {}
        for i, key in enumerate(self.keys):
            for name, sure, tokens in self.data["first"].get(key, ()):
                n = match(tokens, self.keys, i)
                if not n:
                    continue
                at = frozenset().union(*self.spots[i : i + n])
                spots.setdefault(name, set()).update(at)
                worth = sum(map(bool, tokens)) + 0.5 * sure + 0.2 * name.endswith("_off") if tokens != [LENGTH] else 0.5
                if best is None or worth > best[0]:
                    best = (worth, Heard(name, sure, at))
        if best is None:
            return None
        found = best[1]
        return found.but(at=frozenset(spots[found.name]))

    def rest(self, at: frozenset[int]) -> list[int]:
        """Positions of the words that a command leaves unexplained."""
        done = at | self.named | self.span | self.e.time | self._positions("nouns", "weak_nouns", "fillers", "play")
        return [i for i, w in enumerate(self.e.heard) if i not in done and w not in self.ear.stop and not w.isdigit()]

    def asking(self, at: frozenset[int] = frozenset()) -> bool:
        """Whether something is asked, beside what is commanded."""
        return bool(self._positions("asking") - at)

    def wanted(self, at: frozenset[int] = frozenset()) -> list[str]:
        """The words by which an episode is asked for."""
        done = at | self.named | self._positions("nouns", "weak_nouns", "fillers", "play", "about", "latest")
        words = [w for i, w in enumerate(self.e.heard) if i not in done and w not in self.ear.stop]
        return [w for w in words if not (w.isdigit() and len(words) > 1)] or words
