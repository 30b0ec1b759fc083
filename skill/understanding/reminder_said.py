"""What to be reminded of, as people say it: the thing in their own words, turned towards them, and when (moments_said.py).

The words are kept with their accents and as they were spoken, because they will be said again: "rappelle-moi de prendre mes
médicaments tous les jours à huit heures" is "prendre vos médicaments", every day at 8. The phrases are data (`locales/*/care.toml`).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

from skill.city.fold import clocks_in_words, fold
from skill.city.numbers import runs
from skill.conversation.reminders import LONGEST_TEXT, Wish
from skill.understanding.ear import Ear, Span
from skill.understanding.moments_said import Said, when_said

_PIECE: Final = re.compile(r"[^\W_]+['’\-]?")


class Token:
    """A folded word with what was really said."""

    def __init__(self, word: str, raw: str) -> None:
        self.word, self.raw = word, raw


def tokens_of(text: str, language: str) -> list[Token]:
    """The words of a text, numbers in digits, each with its own spelling."""
    pieces: list[tuple[str, str]] = []
    for piece in _PIECE.findall(clocks_in_words(text)):
        words = fold(piece).split()
        pieces.extend((w, piece if i == 0 else "") for i, w in enumerate(words))
    out, i = [], 0
    for word, n in runs([w for w, _ in pieces], language):
        out.append(Token(word, " ".join(raw for _, raw in pieces[i : i + n])))
        i += n
    return out


def wish_of(text: str, cue: str, ear: Ear, now: datetime) -> Wish:
    """What a sentence asks to be reminded of. `cue` names what announces it ("remind"); "" where the whole sentence is the answer."""
    data = ear.care["reminders"]
    tokens = tokens_of(text, ear.language)
    words = [t.word for t in tokens]
    said = when_said(list(words), now, ear.language)
    spans = ear.cues(words).get(cue, []) if cue else []
    lead = _lead(spans, words, said)
    filler = _fillers(words, data["fillers"])
    asking = {i for s in spans for i in range(s.start - (words[s.start - 1 : s.start] in (["tu"], ["vous"], ["you"])), s.end)}
    left = [i for i in range(len(tokens)) if i not in said.words and i not in filler and i not in asking]
    after = _trimmed([i for i in left if i >= lead.end], words, data) if lead else _trimmed(left, words, data)
    if not after and lead:
        after = _trimmed([i for i in left if i < lead.start], words, data)
        if not [i for i in after if words[i] not in ear.stop and words[i] not in _ASIDE]:
            after = []
    if all(words[i] in ear.small["amend"] for i in after):  # "plutôt" is no thing to be reminded of
        after = []
    return Wish(text=_turned([tokens[i] for i in after], data)[:LONGEST_TEXT], **said.moments())


_ASIDE: Final = frozenset(
    {"bonjour", "bonsoir", "hello", "excusez", "pardon", "madame", "monsieur", "mademoiselle", "alors", "euh", "voudrais", "aimerais", "like", "could"}
)


def _lead(spans: list[Span], words: list[str], said: Said) -> Span | None:
    """The words that announce a reminder: the last of several at the head ("fais-moi un rappel pour me rappeler de...")."""
    if not spans:
        return None
    lead = spans[0]
    for span in spans[1:]:
        if span.start - lead.end <= 2:
            lead = Span(lead.start, span.end)
    return lead


def _trimmed(spots: list[int], words: list[str], data: dict[str, Any]) -> list[int]:
    """Without what links, thanks, or is left dangling where a time was taken out."""
    spots = _without(_before_reason(spots, words, data["reasons"]), words, data["endings"])
    changed = True
    while spots and changed:
        before = len(spots)
        for phrase in data["connectors"]:
            tokens = phrase.split()
            if [words[i] for i in spots[: len(tokens)]] == tokens and len(spots) > len(tokens):
                spots = spots[len(tokens) :]
                break
        while spots and words[spots[-1]] in data["dangling"]:
            spots = spots[:-1]
        while spots and len(spots) == 1 and words[spots[0]] in data["dangling"]:
            spots = []
        changed = len(spots) != before
    return _gaps(spots, words, data)


def _before_reason(spots: list[int], words: list[str], phrases: list[str]) -> list[int]:
    """Up to where somebody says why: "de goûter parce que je suis diabétique"."""
    said = [words[i] for i in spots]
    starts = [n for phrase in phrases for n in range(1, len(said)) if said[n : n + len(phrase.split())] == phrase.split()]
    return spots[: min(starts)] if starts else spots


def _fillers(words: list[str], phrases: list[str]) -> set[int]:
    """Positions of hesitations, and of a word that was begun twice."""
    found = {i for i in range(1, len(words)) if words[i] == words[i - 1] and len(words[i]) < 4 and words[i].isalpha() and words[i] != "vous"}
    for phrase in phrases:
        tokens = phrase.split()
        found |= {i + n for i in range(len(words)) if words[i : i + len(tokens)] == tokens for n in range(len(tokens))}
    return found


def _without(spots: list[int], words: list[str], phrases: list[str]) -> list[int]:
    """Without polite phrases at the end or the beginning."""
    found = True
    while found:
        found = False
        for phrase in phrases:
            tokens = phrase.split()
            if [words[i] for i in spots[-len(tokens) :]] == tokens:
                spots, found = spots[: -len(tokens)], True
            elif [words[i] for i in spots[: len(tokens)]] == tokens:
                spots, found = spots[len(tokens) :], True
    return spots


def _gaps(spots: list[int], words: list[str], data: dict[str, Any]) -> list[int]:
    """Without the little words that stood before a time in the middle: "mes gouttes à (8 heures) dans les yeux"."""
    keep = []
    for n, i in enumerate(spots):
        gap = n + 1 < len(spots) and spots[n + 1] != i + 1
        if gap and words[i] in ("a", "le", "les", "at", "on", "every", "vers", "de", "du", "pour", "the"):
            continue
        keep.append(i)
    return keep


def _turned(tokens: list[Token], data: dict[str, Any]) -> str:
    """The words as they are said to whoever spoke them: "mes" is "vos"."""
    out: list[str] = []
    i = 0
    while i < len(tokens):
        pair = " ".join(t.word for t in tokens[i : i + 2])
        if pair in data["pairs"]:
            out.append(data["pairs"][pair] + " ")
            i += 2
            continue
        word, raw = tokens[i].word, tokens[i].raw
        following = tokens[i + 1] if i + 1 < len(tokens) else None
        if word in ("je", "j") and following is not None:
            out.append(data["infinitives"].get(following.word, f"{following.raw}r" if following.raw.endswith("e") else following.raw) + " ")
            i += 2
            continue
        if i == 0 and word in data["infinitives"]:
            out.append(data["infinitives"][word] + " ")
        elif word in data["shift"]:
            out.append(data["shift"][word] + " ")
        else:
            out.append(raw if raw.endswith(("'", "’", "-")) else raw + " ")
        i += 1
    return re.sub(r"\s+", " ", "".join(out)).strip(" -'’")
