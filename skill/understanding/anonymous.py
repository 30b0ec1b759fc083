"""A question as staff may read it: words alone, without figures and without names of persons.

Names are told by what stands before them ("monsieur", "je m'appelle"), by a list of first names, and by coming after one. A name
that a town uses for its places stays: it is the place that was asked for.
"""

from __future__ import annotations

import re

from skill.city.lexicon import split
from skill.understanding.ear import Ear

MOST_NAMES: int = 3
"""Unknown words that may follow a title: "monsieur de la Tour"."""


def anonymous(text: str, ear: Ear) -> str:
    """The words of a text, folded; "" where nothing is left."""
    if "@" in text:
        text = " ".join(w for w in text.split() if "@" not in w)
    words = [w for w in split(_without_addresses(text), ear.language) if not any(c.isdigit() for c in w)]
    gone: set[int] = set()
    for i in range(len(words)):
        for marker in ear.private["before"]:
            tokens = marker.split()
            if words[i : i + len(tokens)] == tokens:
                gone |= _names(words, i + len(tokens), ear, titled=True)
        if words[i] in ear.first_names:
            gone |= {i, *_names(words, i + 1, ear)}
    kept = [w for i, w in enumerate(words) if i not in gone]
    return " ".join(kept) if any(w not in ear.stop for w in kept) else ""


def _without_addresses(text: str) -> str:
    """Without what is said of an electronic address: "dupont arobase orange point fr"."""
    return _ADDRESS.sub(" ", text)


_FULL_NAME: int = 2
"""Words of a first name and a family's."""
_ADDRESS = re.compile(r"(?:\S+ point )?\S+ (?:arobase|arrobas|at sign) \S+(?: (?:point|dot) \S+)?", re.IGNORECASE)


def _names(words: list[str], start: int, ear: Ear, titled: bool = False) -> set[int]:
    """Positions of the words from one on that may be a name: those that nobody in town knows, and small words between them.

    After a title or "mon voisin" the first words go whatever they are: Monsieur Petit is somebody.
    """
    found, i = set[int](), start
    while titled and i < min(len(words), start + _FULL_NAME) and words[i] not in ear.stop:
        found.add(i)
        i += 1
    while i < len(words) and len(found) < MOST_NAMES:
        small = words[i] in ("de", "la", "le", "du", "des", "d", "l", "van", "von", "ben", "el", "al")
        known = words[i] in ear.stop or (ear.lexicon.knows(words[i]) and words[i] not in ear.first_names)
        if known and not (small and i + 1 < len(words) and not ear.lexicon.knows(words[i + 1])):
            break
        found.add(i)
        i += 1
    return found
