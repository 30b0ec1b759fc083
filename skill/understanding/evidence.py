"""What was heard in a sentence: names, cues, days, and the words nobody knows. Gathering only; deciding is decide.py's."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from skill.city.lexicon import SAME_SOUND, Mention, split
from skill.city.model import City
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


def gather(text: str, ear: Ear, city: City, now: datetime) -> Evidence:
    """Everything heard in a text."""
    if len(text) > MOST_CHARACTERS:
        text = f"{text[: MOST_CHARACTERS // 2]} {text[-MOST_CHARACTERS // 2 :]}"
    heard = split(text, ear.language)
    if len(heard) > MOST_WORDS:
        heard = heard[: MOST_WORDS // 2] + heard[-MOST_WORDS // 2 :]
    words, sure = ear.lexicon.mend(heard)
    cues = ear.cues(words)
    verbal = cues.pop("verb", [])
    for cue in [c for c in cues if c.startswith("kind:")]:
        left = [s for s in cues[cue] if not any(v.start <= s.start and s.end <= v.end for v in verbal)]
        if left:
            cues[cue] = left
        else:
            del cues[cue]
    nouns = {i for s in cues.pop("noun", []) for i in range(s.start, s.end)}
    for verb in ("ask_close", "ask_open", "state", "shut"):
        left = [s for s in cues.get(verb, []) if s.start not in nouns]
        if left:
            cues[verb] = left
        else:
            cues.pop(verb, None)
    for verb in ("ask_close", "ask_open"):
        own = [
            s for s in cues.get(verb, []) if not any(t.start <= s.start and s.end <= t.end and t.end - t.start > s.end - s.start for t in cues.get("state", ()))
        ]
        if own:
            cues[verb] = own
        else:
            cues.pop(verb, None)
    spoken = [s for verb in ("ask_close", "ask_open", "state") for s in cues.get(verb, ())]
    verbs = {i for s in spoken for i in (range(s.start, s.end) if s.end - s.start <= LONGEST_VERB else (s.end - 1,))} - nouns
    masked = [w if i not in verbs else "" for i, w in enumerate(words)]
    mentions: dict[str, list[Mention]] = {}
    for mention in ear.lexicon.find(masked, sure):
        mentions.setdefault(mention.table, []).append(mention)
    _drop_bare_kinds(cues, mentions)
    _drop_other_things(mentions, words, ear)
    if "called" in cues:
        _drop_inside(cues, "phone", cues.pop("called"))
    if "email" in cues:
        _drop_inside(cues, "where", cues["email"])
    if "where" in cues:
        _drop_inside(cues, "phone", cues["where"])
    if "phone" in cues and "discard" not in cues and "collect" not in cues:
        called = {i for s in cues["phone"] for i in range(s.start, s.end)}
        items = [m for m in mentions.get("item", ()) if not set(range(m.start, m.end)) <= called]
        mentions["item"] = items
        if not items:
            del mentions["item"]
    if "où" not in text.lower():
        _or_is_not_where(cues, words, accents=not text.isascii())
    time = scan(words, now, ear.language)
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
    return Evidence(
        tuple(words), tuple(heard), cues, mentions, kinds, time.when, _age(words, ear.language), strange, hits, time.words, loose, kind_words, content, foreign
    )


_OF: Final = frozenset({"de", "d", "du"})


def _drop_other_things(mentions: dict[str, list[Mention]], words: list[str], ear: Ear) -> None:
    """A thing known by one word is not the thing said where that word was bent to fit, or is narrowed: "bouteille de gaz"."""

    def narrowed(m: Mention) -> bool:
        after = words[m.end : m.end + 2]
        return len(m.at) == 1 and len(after) == 2 and after[0] in _OF and after[1] not in ear.stop and not after[1].isdigit()

    found = mentions.get("item", [])
    gone = {m.end + 1 for m in found if narrowed(m)}
    left = [m for m in found if not narrowed(m) and m.start not in gone and (len(m.at) > 1 or m.sure >= SAME_SOUND)]
    if left:
        mentions["item"] = left
    else:
        mentions.pop("item", None)


def _drop_inside(cues: dict[str, list[Span]], cue: str, outer: list[Span]) -> None:
    """Forgets a cue where a longer wording means something else: "s'appelle" is not "appeler"."""
    left = [s for s in cues.get(cue, ()) if not any(o.start <= s.start and s.end <= o.end for o in outer)]
    if left:
        cues[cue] = left
    else:
        cues.pop(cue, None)


def _drop_bare_kinds(cues: dict[str, list[Span]], mentions: dict[str, list[Mention]]) -> None:
    """A place of which only the words for its kind were heard ("la ferme") was not named."""
    spans = [s for cue, found in cues.items() if cue.startswith("kind:") for s in found]
    left = [m for m in mentions.get("place", ()) if not any(s.start <= m.start and m.end <= s.end for s in spans)]
    if left:
        mentions["place"] = left
    else:
        mentions.pop("place", None)


_AFTER_WHERE: Final = frozenset(
    [
        "est",
        "sont",
        "se",
        "je",
        "on",
        "peut",
        "puis",
        "il",
        "elle",
        "y",
        "trouve",
        "c",
        "va",
        "vont",
        "ca",
        "mettre",
        "jeter",
        "trouver",
        "faut",
        "aller",
        "sommes",
        "doit",
        "dois",
        "est-ce",
    ]
)

_BEFORE_WHERE: Final = ("est", "par", "d", "va", "vont", "mets", "met", "trouve")


def _or_is_not_where(cues: dict[str, list[Span]], words: list[str], accents: bool) -> None:
    """Without its accent, "ou" asks for a place only where the sentence begins or ends with it, or goes on as a question does."""
    spans = cues.get("where")
    if not spans:
        return

    def asks(s: Span) -> bool:
        alone = s.end - s.start == 1 and words[s.start] == "ou"
        if alone and accents:
            return False
        return not alone or s.start == 0 or s.end == len(words) or words[s.end] in _AFTER_WHERE or words[s.start - 1] in _BEFORE_WHERE

    left = [s for s in spans if asks(s)]
    if left:
        cues["where"] = left
    else:
        del cues["where"]


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


def _age(words: list[str], language: str) -> float | None:
    """An age in years: "trois ans", "18 mois", "four year old", "aged 4"."""
    years = ("an", "ans", "annee", "year", "years", "yr")
    for i, word in enumerate(words):
        if word.isdecimal() and len(word) <= 3 and i + 1 < len(words):
            if words[i + 1] in years and 0 < int(word) < 100:
                return float(word)
            if words[i + 1] in ("mois", "month", "months") and int(word) < 37 and (i == 0 or words[i - 1] not in ("dans", "in")):
                return int(word) / 12
        if word == "aged" and i + 1 < len(words) and words[i + 1].isdecimal() and len(words[i + 1]) <= 3:
            return float(words[i + 1])
        if word in ("un", "one") and i + 1 < len(words) and words[i + 1] in ("an", "year"):
            return 1.0
    return None
