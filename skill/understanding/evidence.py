"""What was heard in a sentence: names, cues, days, and the words nobody knows. Gathering only; deciding is decide.py's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, TypeVar

from skill.city.lexicon import SAME_SOUND, Mention, split
from skill.city.questions import Hit
from skill.conversation.turn import When
from skill.record import Record
from skill.understanding.dates import scan
from skill.understanding.ear import Ear, Span

MOST_WORDS: Final = 60
"""A longer sentence is read at its beginning and its end."""
LONGEST_VERB: Final = 3
"""A cue longer than this spans a name ("is the park open"): only its last word is a verb."""
MOST_CHARACTERS: Final = 600
NOT_YES_OR_NO: Final = frozenset({"where", "many", "how", "about"})
"""Cues of questions that "yes" or "no" does not answer."""
YES_COST: Final = 0.05
"""What a fact that answers yes or no loses to its rivals where that is not what is asked."""
FOREIGN: Final = ("weather", "transport", "chitchat", "domotics", "knowledge")
"""Cues of questions that belong to other assistants."""


class Evidence(Record):
    """Everything heard, before any intent is chosen."""

    words: tuple[str, ...]
    """Folded and mended."""
    heard: tuple[str, ...]
    """Folded, as heard."""
    cues: dict[str, list[Span]]
    mentions: dict[str, list[Mention]]
    """By table, best first."""
    kinds: tuple[str, ...]
    when: When
    age: float | None
    strange: frozenset[str]
    """Words that carry meaning and that nobody in town knows."""
    hits: tuple[Hit, ...]
    time: frozenset[int]
    """Positions of the words that said it."""
    loose: tuple[int, ...]
    """Positions of the words that carry meaning."""
    kind_words: frozenset[int]
    content: int
    """How many words carry meaning."""
    foreign: tuple[str, ...]

    def has(self, cue: str) -> bool:
        """Whether a cue was heard."""
        return cue in self.cues

    def best(self, table: str) -> Mention | None:
        """The strongest mention of a table."""
        return self.mentions[table][0] if self.mentions.get(table) else None


NAME_OF_A_DATE: Final = 0.8
"""Share of a name that must be heard for words of a date to be that name: "place du 8 Mai 1945"."""
T = TypeVar("T")


def _keep(found: dict[str, list[T]], key: str, good: Callable[[T], bool]) -> None:
    """Leaves under a key what is good, and no key where nothing is."""
    left = [each for each in found.get(key, ()) if good(each)]
    if left:
        found[key] = left
    else:
        found.pop(key, None)


def _within(inner: Span | Mention, outer: Iterable[Span]) -> bool:
    return any(o.start <= inner.start and inner.end <= o.end for o in outer)


def gather(text: str, ear: Ear, now: datetime) -> Evidence:
    """Everything heard in a text."""
    if len(text) > MOST_CHARACTERS:
        text = f"{text[: MOST_CHARACTERS // 2]} {text[-MOST_CHARACTERS // 2 :]}"
    heard = split(text, ear.language)
    if len(heard) > MOST_WORDS:
        heard = heard[: MOST_WORDS // 2] + heard[-MOST_WORDS // 2 :]
    words, sure = ear.lexicon.mend(heard)
    cues = ear.cues(words)
    nouns = _nouns(cues)
    masked = _without_verbs(words, cues, nouns)
    mentions: dict[str, list[Mention]] = {}
    for mention in ear.lexicon.find(masked, sure):
        mentions.setdefault(mention.table, []).append(mention)
    _mean_something_else(cues, mentions, words, ear)
    if "où" not in text.lower():
        _or_is_not_where(cues, words, ear, accents=not text.isascii())
    time = scan(words, now, ear.language)
    for table in tuple(mentions):  # "le 5 décembre" is no "marché cinq lucie": a part of a name that is a date is a date
        _keep(mentions, table, lambda m: m.whole >= NAME_OF_A_DATE or not set(range(m.start, m.end)) <= time.words)
    kinds = _kinds(cues, mentions)
    kind_words = frozenset(i for c, found in cues.items() if c.startswith("kind:") for s in found for i in range(s.start, s.end))
    cues = {c: s for c, s in cues.items() if not c.startswith("kind:")}
    spots = {i for table in mentions.values() for m in table for i in range(m.start, m.end)}
    strange = frozenset(
        w for i, w in enumerate(words)
        if i not in time.words and i not in spots and not sure[i] and w not in ear.stop and not w.isdigit() and len(w) > 2 and not ear.lexicon.knows(w)
    )  # fmt: skip
    loose = tuple(i for i, w in enumerate(words) if w not in ear.stop and i not in time.words)
    content = sum(1 for w in words if w not in ear.stop)
    hits = tuple(ear.questions.ask(words, strange)) if content else ()
    if not NOT_YES_OR_NO.isdisjoint(cues):
        hits = tuple(sorted(hits, key=lambda h: h.score - (YES_COST if h.id in ear.closed else 0), reverse=True))
    foreign = tuple(c for c in FOREIGN if c in cues)
    return Evidence(tuple(words), tuple(heard), cues, mentions, kinds, time.when, _age(words), strange, hits, time.words, loose, kind_words, content, foreign)


def _nouns(cues: dict[str, list[Span]]) -> set[int]:
    """Positions of words that are nouns here ("la ferme"); cues of verbs are dropped there, and kinds where a verb was said ("ça marche")."""
    verbal = cues.pop("verb", [])
    for cue in [c for c in cues if c.startswith("kind:")]:
        _keep(cues, cue, lambda s: not _within(s, verbal))
    nouns = {i for s in cues.pop("noun", []) for i in range(s.start, s.end)}
    for cue in ("ask_close", "ask_open", "state", "shut"):
        _keep(cues, cue, lambda s: s.start not in nouns)
    wider = cues.get("state", [])
    for cue in ("ask_close", "ask_open"):
        _keep(cues, cue, lambda s: not _within(s, (t for t in wider if t.end - t.start > s.end - s.start)))
    return nouns


def _without_verbs(words: list[str], cues: dict[str, list[Span]], nouns: set[int]) -> list[str]:
    """The words in which names are looked for: "ferme" the verb is part of none."""
    spoken = [s for verb in ("ask_close", "ask_open", "state") for s in cues.get(verb, ())]
    verbs = {i for s in spoken for i in (range(s.start, s.end) if s.end - s.start <= LONGEST_VERB else (s.end - 1,))} - nouns
    return [w if i not in verbs else "" for i, w in enumerate(words)]


def _mean_something_else(cues: dict[str, list[Span]], mentions: dict[str, list[Mention]], words: list[str], ear: Ear) -> None:
    """Drops what a wider wording explains: "la ferme" names no one farm, "s'appelle" is not "appeler", "adresse mail" not where."""
    kinds = [s for cue, found in cues.items() if cue.startswith("kind:") for s in found]
    _keep(mentions, "place", lambda m: not _within(m, kinds))
    _drop_other_things(mentions, words, ear)
    for cue, wider in (("phone", cues.pop("called", [])), ("where", cues.get("email", [])), ("phone", cues.get("where", []))):
        _keep(cues, cue, lambda s, wider=wider: not _within(s, wider))  # type: ignore[misc]
    if "discard" not in cues and "collect" not in cues:
        called = {i for s in cues.get("phone", ()) for i in range(s.start, s.end)}
        _keep(mentions, "item", lambda m: not called.issuperset(range(m.start, m.end)))


def _drop_other_things(mentions: dict[str, list[Mention]], words: list[str], ear: Ear) -> None:
    """A thing known by one word is not the thing said where that word was bent to fit, or is narrowed: "bouteille de gaz"."""

    def narrowed(m: Mention) -> bool:
        after = words[m.end : m.end + 2]
        return (
            len(m.at) == 1
            and len(after) == 2
            and after[0] in ear.small["of"]
            and not (after[1] in ear.stop or after[1].isdigit() or ear.lexicon.generic(after[1]))
        )

    found = mentions.get("item", [])
    gone = {m.end + 1 for m in found if narrowed(m)}
    _keep(mentions, "item", lambda m: not narrowed(m) and m.start not in gone and (len(m.at) > 1 or m.sure >= SAME_SOUND))


def _or_is_not_where(cues: dict[str, list[Span]], words: list[str], ear: Ear, accents: bool) -> None:
    """Without its accent, "ou" asks for a place only where the sentence begins or ends with it, or goes on as a question does."""
    before, after = ear.small["before_where"], ear.small["after_where"]

    def asks(s: Span) -> bool:
        if s.end - s.start > 1 or words[s.start] not in ear.small["where"]:
            return True
        return not accents and (s.start == 0 or s.end == len(words) or words[s.end] in after or words[s.start - 1] in before)

    _keep(cues, "where", asks)


def _kinds(cues: dict[str, list[Span]], mentions: dict[str, list[Mention]]) -> tuple[str, ...]:
    """Kinds of place named, those inside a place's own name left out, the longest wording first."""
    inside = [(m.start, m.end) for table in ("place", "district") for m in mentions.get(table, ()) if m.whole > 0.75]
    found: list[tuple[int, int, str]] = []
    for cue, spans in cues.items():
        if cue.startswith("kind:"):
            for s in spans:
                if not any(a <= s.start and s.end <= b for a, b in inside):
                    found.append((s.start - s.end, s.start, cue.removeprefix("kind:")))
    found.sort()
    kept: list[tuple[int, int, str]] = []
    for length, start, kind in found:
        if not any(start < b and a < start - length for a, b in ((k[1], k[1] - k[0]) for k in kept)):
            kept.append((length, start, kind))
    return tuple(dict.fromkeys(k for _, _, k in sorted(kept, key=lambda k: k[1])))


_IS_AGED: Final = frozenset({("he", "is"), ("she", "is"), ("who", "is"), ("he", "s"), ("she", "s"), ("il", "a"), ("elle", "a")})


def _age(words: list[str]) -> float | None:
    """An age in years: "trois ans", "18 mois", "four year old", "aged 4"."""
    years = ("an", "ans", "annee", "year", "years", "yr")
    for i, word in enumerate(words):
        if word.isdecimal() and len(word) <= 3 and i + 1 < len(words):
            if words[i + 1] in years and 0 < int(word) < 100:
                return float(word)
            if words[i + 1] in ("mois", "month", "months") and int(word) < 37 and (i == 0 or words[i - 1] not in ("dans", "in")):
                return int(word) / 12
        if word.isdecimal() and len(word) < 3 and i + 1 == len(words) and tuple(words[max(0, i - 2) : i]) in _IS_AGED:
            return float(word)
        if word == "aged" and i + 1 < len(words) and words[i + 1].isdecimal() and len(words[i + 1]) <= 3:
            return float(words[i + 1])
        if word in ("un", "one") and i + 1 < len(words) and words[i + 1] in ("an", "year"):
            return 1.0
    return None
