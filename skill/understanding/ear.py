"""What one language needs to understand: its small words, its cues, the town's names and questions. Built once, asked often.

Everything here is data handed in (nothing is opened): the language's words (`locales/<language>/words.toml`), the town, and the
sample utterances of the interaction model, whose words count as known. `compile_ear` gives a JSON form, so that a cold start
does not pay for folding and indexing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from skill.city import lexicon, questions
from skill.city.fold import fold, light, stem
from skill.city.lexicon import Lexicon, split
from skill.city.model import City
from skill.city.questions import Questions
from skill.city.roots import from_words
from skill.record import Record
from skill.understanding.days_said import WEEKDAYS

Words = dict[str, Any]


class Span(Record):
    """Where in the sentence a cue was heard."""

    start: int
    end: int


def _listed(value: Any) -> Iterable[str]:
    return value if isinstance(value, list) else ()


BY_ROOT: Final = frozenset({"discard", "collect", "remind", "podcast", "price", "phone"})
"""Cues whose verbs are taken in every form."""
LEAST_ROOT: Final = 6
_NUMBER: Final = re.compile(r"^\d+(?: ?(?:bis|ter)\b)?(?:[-/, ]+\d*(?: ?(?:bis|ter)\b)?)*")
"""House numbers at the head of an address."""
CARE: Final = "care:"
"""What the cues of a command of `care.toml` begin with."""
GAP: Final = "…"
"""In a cue, stands for a few words in between: "is … open"."""
WIDEST_GAP: Final = 7
_NEED_KIND: Final = frozenset({
    "market", "vet", "shared_garden", "charging", "book_box", "donation_box", "dog_toilet", "dog_bags", "community_centre",
})  # fmt: skip
"""Kinds of place whose own name is somebody else's too ("Corentin Celton"): the kind must be heard with it."""

OWN_LISTS: Final = ("stop", "common")
"""What a town may add to beside cues. "stop" are the small words: the cue of that name is the language's alone."""

Named = tuple[str, str, str, tuple[str, ...]]


def names_of(city: City, words: Words, language: str) -> Iterable[Named]:
    """Every (table, id, spoken name, musts) of the town in one language. French names are known in every language."""
    both = ("fr",) if language == "fr" else (language, "fr")
    for place in city.places.values():
        spoken = [words["kinds"].get(place.kind, {}).get("words", ())]
        musts = tuple(t for w in (*spoken[0], "marché", "vétérinaire", "jardin", "potager") for t in split(w, language) if t not in words["stop"])
        musts = musts if place.kind in _NEED_KIND else tuple(split(place.name["fr"], language)[:1]) if place.kind == "venue" else ()
        for lang in both:
            yield "place", place.id, place.name[lang] if lang in place.name else place.name["fr"], musts
            for alias in place.aliases.get(lang, ()):
                yield "place", place.id, alias, musts
        for heard in place.misheard:
            yield "place", place.id, heard, ()
        if place.address and place.kind not in ("park", "square", "garden", "market"):
            street = _NUMBER.sub("", place.address)
            for kind in spoken[0]:
                if " " not in kind:
                    yield "place", place.id, f"{kind} {street}", (kind,)
    yield from _others(city, language, both)


def _others(city: City, language: str, both: tuple[str, ...]) -> Iterable[Named]:
    for table, records in (("district", city.districts), ("series", city.series)):
        for record in records.values():
            for lang in both:
                yield table, record.id, record.name.get(lang, record.name["fr"]), ()
                for alias in record.aliases.get(lang, ()):
                    yield table, record.id, alias, ()
    for collection in city.collections.values():
        yield from (("collection", collection.id, name, ()) for name in collection.names.get(language, ()))
    for each in city.bins.values():
        yield from (("bin", each.id, name, ()) for name in each.names.get(language, ()))
    for item in city.items.values():
        yield from (("item", item.id, name, ()) for name in item.names.get(language, ()))
    for facility in city.facilities.values():
        yield from (("facility", facility.id, name, ()) for name in facility.words.get(language, ()))
    for town in city.neighbours:
        yield "neighbour", town, town, ()


def with_own(words: Words, city: City, language: str) -> Words:
    """The language's words and the town's own: its small words, its known words, and its phrases for cues (model.City.own_words)."""
    own = city.own_words.get(language, {})
    cues = {cue: [*phrases, *(own.get(cue, ()) if cue not in OWN_LISTS else ())] for cue, phrases in words["cues"].items()}
    cues["access"] = [*cues["access"], *(fold(name) for name in city.network)]
    return {**words, "cues": cues, **{key: [*words[key], *own.get(key, ())] for key in OWN_LISTS}}


def unknown_own(words: Words, city: City, language: str) -> list[str]:
    """The keys of the town's own words that no cue of the language is called by."""
    return sorted(city.own_words.get(language, {}).keys() - words["cues"].keys() - set(OWN_LISTS))


def compile_ear(city: City, words: Words, samples: Iterable[str], language: str) -> dict[str, Any]:
    """The JSON form of an ear: indexes of names and of questions, and the cues by their first word."""
    words = with_own(words, city, language)
    stop = frozenset(words["stop"])
    spoken = sorted({q for fact in city.facts.values() for q in fact.questions.get(language, ())})
    answers = sorted({fact.answer.get(language, "") for fact in city.facts.values()})  # sorted: what a set gives first changes from run to run
    known = [*spoken, *answers, *samples, *words["common"], *words["everyday"], *words["synonyms"], *words["synonyms"].values()]
    for phrases in words["cues"].values():
        known.extend(phrases)
    for kind in words["kinds"].values():
        known.extend(kind["words"])
    cues: dict[str, list[list[Any]]] = {}
    for cue, phrases in words["cues"].items():
        for phrase in phrases:
            _index(cues, cue, phrase, language)
    for kind, data in words["kinds"].items():
        for phrase in data["words"]:
            tokens = [light(t) for t in split(phrase, language)]
            cues.setdefault(tokens[0], []).append([f"kind:{kind}", tokens])
    for name, command in words["care"]["commands"].items():
        for phrase in command["phrases"]:
            known.append(phrase.replace(GAP, " "))
            _index(cues, f"{CARE}{name}", phrase, language)
    roots: dict[str, list[str]] = {}
    for cue, phrases in words["cues"].items():
        for phrase in phrases:
            root = stem(fold(phrase))
            if cue in BY_ROOT and " " not in phrase and len(phrase) >= LEAST_ROOT and len(root) >= LEAST_ROOT - 1 and cue not in roots.setdefault(root, []):
                roots[root].append(cue)
    first = {fact.id: next(iter(fact.questions.get(language, ())), "") for fact in city.facts.values()}
    return {
        "language": language,
        "stop": sorted(stop),
        "times": words["times"],
        "common": sorted({fold(w) for w in (*words["common"], *words["everyday"])}),
        "synonyms": dict(words["synonyms"]),
        "asks": words["asks"],
        "nouns": words["nouns"],
        "small": words["small"],
        "kinds": words["kinds"],
        "cues": cues,
        "closed": sorted(f.id for f in city.facts.values() if split(f.answer.get(language, ""), language)[:1] in [[w] for w in words["yes_no"]]),
        "contrary": list(words["contrary"]),
        "turned": sorted(key for key, asked in first.items() if turned(split(asked, language), words["contrary"], words["small"]["or"])),
        "roots": roots,
        "listening": words["listening"],
        "care": {**words["care"], "commands": {n: {k: v for k, v in c.items() if k != "phrases"} for n, c in words["care"]["commands"].items()}},
        "lexicon": lexicon.build(
            names_of(city, words, language), known, [*words["generic"], *words["times"]], stop, [*words["common"], *words["everyday"]], language
        ),
        "questions": questions.build(
            ((f.id, f.questions.get(language, ()), f.answer.get(language, "")) for f in city.facts.values()),
            from_words(words, stop | set(words["times"])),
            frozenset(light(d) for d in WEEKDAYS[language]),
            words["generic"],
            words["everyday"],
            language,
        ),
    }


def _index(cues: dict[str, list[list[Any]]], cue: str, phrase: str, language: str) -> None:
    """A phrase of a cue, under its first word."""
    first, _, second = phrase.partition(GAP)
    tokens = [light(t) for t in split(first, language)] + (["", *(light(t) for t in split(second, language))] if second else [])
    if tokens:
        cues.setdefault(tokens[0], []).append([cue, tokens])


def match(tokens: list[str], keys: list[str], i: int) -> int:
    """How many words from i a phrase takes, 0 where it is not there. An empty token is a gap of at most WIDEST_GAP words."""
    if "" not in tokens:
        return len(tokens) if keys[i : i + len(tokens)] == tokens else 0
    cut = tokens.index("")
    head, tail = tokens[:cut], tokens[cut + 1 :]
    if keys[i : i + cut] != head:
        return 0
    for start in range(i + cut + 1, min(i + cut + 1 + WIDEST_GAP, len(keys))):
        if keys[start : start + len(tail)] == tail:
            return start + len(tail) - i
    return 0


def turned(words: Sequence[str], contrary: Collection[str], either: Collection[str]) -> bool:
    """Whether words turn a question round ("is it not free"); "ou pas" and "or not" do not."""
    return len({w for i, w in enumerate(words) if w in contrary and not (i and words[i - 1] in either)}) % 2 == 1


class Ear:
    """A language's understanding of one town, from its compiled form."""

    def __init__(self, plain: dict[str, Any]) -> None:
        self.language: str = plain["language"]
        self.stop = frozenset(plain["stop"])
        self.kinds: dict[str, dict[str, Any]] = plain["kinds"]
        self.small = {name: frozenset(words) for name, words in plain["small"].items()}
        """The small words of conversation, by what they announce: "leaning", "pointing", "asking"..."""
        self.lexicon = Lexicon(plain["lexicon"], self.stop, plain["common"])
        self._cues: dict[str, list[list[Any]]] = plain["cues"]
        self.closed = frozenset(plain["closed"])
        """Facts that answer yes or no."""
        self._contrary = frozenset(plain["contrary"])
        self._turned = frozenset(plain["turned"])
        self._roots: dict[str, list[str]] = plain["roots"]
        self.listening: dict[str, Any] = plain["listening"]
        """What is said to a player (understanding/listening.py)."""
        self.polite = frozenset(w for phrase in plain["care"]["reminders"]["endings"] for w in phrase.split())
        """Words of courtesy, which a command may stand among."""
        self.private: dict[str, Any] = plain["care"]["private"]
        """What announces a person's name (understanding/anonymous.py)."""
        self.first_names = frozenset(self.private["first_names"])
        self.infinitives = tuple(plain["care"]["reminders"]["endings_of_verbs"])
        """How a verb ends that says what is to be done."""
        self.care: dict[str, Any] = plain["care"]
        """What is said of oneself (understanding/care.py)."""
        self._plain = plain
        self._questions: Questions | None = None

    @property
    def questions(self) -> Questions:
        """The free questions, indexed when first needed."""
        if self._questions is None:
            self._questions = Questions(self._plain["questions"], from_words(self._plain, self.stop.union(self._plain["times"])))
        return self._questions

    def contrary(self, words: Sequence[str], fact: str) -> bool:
        """Whether a sentence asks the contrary of a fact's first question, so that "yes" would mislead."""
        return turned(words, self._contrary, self.small["or"]) != (fact in self._turned)

    def cues(self, words: list[str]) -> dict[str, list[Span]]:
        """Every cue heard, with where; of one cue's phrases at one spot the longest counts."""
        keys = [light(w) for w in words]
        found: dict[str, list[Span]] = {}
        for i, key in enumerate(keys):
            longest: dict[str, int] = dict.fromkeys(self._roots.get(stem(words[i]), ()), 1) if len(words[i]) >= LEAST_ROOT else {}
            for cue, tokens in self._cues.get(key, ()):
                n = match(tokens, keys, i)
                if n > longest.get(cue, 0):
                    longest[cue] = n
            for cue, n in longest.items():
                spans = found.setdefault(cue, [])
                if not spans or spans[-1].end < i + n:
                    spans.append(Span(i, i + n))
        return found
