"""Episodes by number ("l'épisode 3") and by rank among those just named ("le deuxième")."""

from __future__ import annotations

from typing import Final

from skill.city.numbers import ordinal
from skill.conversation.turn import ASKED_EPISODE, Focus
from skill.understanding.player_words import Said

_NUMBERED: Final = frozenset({"episode", "numero", "podcast", "emission", "number", "ep", "n"})
BEFORE_RANK: Final = ("le", "la", "the", "numero", "number", "l")
RANKS: Final = ("milieu", "middle", "dernier", "derniere", "last")
_THREE: Final = 3


def number_of(said: Said) -> int | None:
    """The number of an episode: "l'épisode 3", "le numéro douze", "le troisième épisode"."""
    words = said.e.heard
    order = range(len(words) - 1, -1, -1) if said.corrected else range(len(words))  # "le quatre, euh non, le cinq"
    for i in order:
        word = words[i]
        if i in said.span:
            continue
        j = i - 1
        while j > 0 and words[j] in said.ear.stop and words[j] not in _NUMBERED:
            j -= 1
        before, after = words[j] if i else "", words[i + 1] if i + 1 < len(words) else ""
        if word.isdigit() and len(word) < 5 and (before in _NUMBERED or (said.series and i == len(words) - 1)):
            return int(word)
        if word in ("un", "one") and before in _NUMBERED and i == len(words) - 1:
            return 1
        rank = ordinal(word)
        if rank and (after in _NUMBERED - {"numero"}) and not said.listening:
            return rank
    return None


def rank_of(said: Said, focus: Focus, asked: str = ASKED_EPISODE) -> str:
    """The key of the episode, or the id of the series, that a rank among those just named means."""
    keys, words = focus.choices, said.e.heard
    if not keys or focus.asked != asked:
        return ""
    for i in range(len(words) - 1, -1, -1) if said.corrected else range(len(words)):
        word, before = words[i], words[i - 1] if i else ""
        rank = ordinal(word) or (int(word) if word.isdigit() and i not in said.span and (before in BEFORE_RANK or len(words) == 1) else None)
        if rank and rank <= len(keys):
            return keys[rank - 1]
        if word in ("milieu", "middle") and len(keys) == _THREE:
            return keys[1]
        if word in ("dernier", "derniere", "last"):
            return keys[-1]
        if word in ("un", "une", "one") and (i == len(words) - 1) and (before in BEFORE_RANK or len(words) == 1):
            return keys[0]
    return ""
