"""The commands of `care.toml` in a sentence: the one whose phrase is the longest, where the rest may stand beside it and nothing forbids it."""

from __future__ import annotations

from typing import Final

from skill.understanding.ear import CARE, Ear
from skill.understanding.evidence import Evidence

_MANNERS: Final = frozenset({"slower", "slower_again", "faster", "normal", "longer", "louder"})
"""Commands that somebody who listens to a podcast says of the podcast."""
QUESTION: Final = ("ask_open", "ask_close", "collect", "discard", "price", "hours", "phone", "where", "days", "put_out", "list", "near", "any", "state")
NEGATIONS: Final = frozenset({"pas", "not", "n", "ne", "jamais", "never", "don", "plus", "isn", "aren"})
REACH: Final = 2
"""Words before a phrase in which a negation turns it round."""


def command_in(e: Evidence, ear: Ear, playing: bool) -> str:
    """The command whose phrase is the longest, where the rest of the sentence may stand beside it."""
    best: tuple[int, int, str] = (0, 0, "")
    for cue, spans in e.cues.items():
        if not cue.startswith(CARE):
            continue
        name = cue.removeprefix(CARE)
        span = max(spans, key=lambda s: s.end - s.start)
        covered = {i for s in spans for i in range(s.start, s.end)}
        rest = [i for i in range(len(e.words)) if i not in covered and e.words[i] not in ear.stop and e.words[i] not in ear.polite]
        if len(rest) > ear.care["commands"][name].get("most", 0) or (playing and name in _MANNERS) or _turned_round(e, span.start, span.end):
            continue
        best = max(best, (span.end - span.start, -len(rest), name))
    return best[2]


def _turned_round(e: Evidence, start: int, end: int) -> bool:
    """Whether a command is forbidden rather than given: "n'annule surtout pas", "don't forget me", "oublie-moi pas"."""
    before, after = set(e.heard[max(0, start - REACH) : start]), set(e.heard[end : end + 1])
    return bool((NEGATIONS - {"plus", "pas"}) & before or {"pas", "jamais"} & after)
