"""Speech as SSML that Alexa takes: everything escaped, numbers a little slower, never longer than a speaker accepts.

Alexa refuses more than 8,000 characters of SSML, and a response of more than 24 kB; both are counted here on what is sent,
so that no text of a town, however long and however full of "&", can make an answer that nobody hears.
"""

from __future__ import annotations

import re
from typing import Final

from skill.speech.render import Speech

LONGEST: Final = 7_600
"""Characters of one speech, escaped and tagged; Alexa refuses 8,000 with the <speak> element."""
MOST_BYTES: Final = 9_600
"""Bytes of one speech in JSON, whether it is sent as UTF-8 or as \\u escapes: what is not ASCII counts for its escape."""
MOST_REPROMPT_BYTES: Final = 3_000
MOST_SAID_BYTES: Final = 2_400
MOST_TITLE_BYTES: Final = 300
MOST_CARD_BYTES: Final = 3_000
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
_SPELLED: Final = str.maketrans(_ESCAPES)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_PACES: Final = {"": ("", "85%"), "slow": ("80%", "70%"), "fast": ("115%", "95%")}
"""For each pace that one may like: the rate of all, and of numbers, which are always slower."""
_BREATHS: Final = re.compile(r"(?<=[^\d\s])([.!?]) (?=\S)")
_MOST_BREATHS: Final = 12
_ROOM: Final = 60 + 26 * _MOST_BREATHS
"""Characters kept free for the tags of a pace."""
_ENDS: Final = (". ", "! ", "? ", "… ")


def escape(text: str) -> str:
    """Text safe inside SSML: control characters dropped, markup spelled out."""
    return (text if text.isprintable() else _CONTROL.sub("", text)).translate(_SPELLED)


def ssml(speech: Speech, most: int = MOST_BYTES) -> str:
    """The body of a <speak> element (without the element itself), cut where a sentence or a word ends."""
    pace, slower = _PACES.get(speech.rate, _PACES[""])
    phones = tuple(dict.fromkeys(p for p in speech.phones if p))
    room = _ROOM if pace else 0
    tags = sum(speech.text.count(p) for p in phones) * len(_tagged("", slower)) + room
    if tags > 1_000 + room:
        phones, tags = (), room
    text = _marked(shorten(speech.text, LONGEST - tags, most - tags, _ESCAPES), phones, slower)
    return _tagged(_paused(text) if speech.rate == "slow" else text, pace) if pace else text


def _tagged(text: str, rate: str) -> str:
    return f'<prosody rate="{rate}">{text}</prosody>'


def _paused(text: str) -> str:
    """A longer breath between sentences, for those who want us slow."""
    return _BREATHS.sub(r'\1 <break time="500ms"/>', text, count=_MOST_BREATHS)


def _marked(text: str, phones: tuple[str, ...], rate: str) -> str:
    """Escaped, each number inside its tag; tags never inside one another."""
    if not phones:
        return escape(text)
    return _tagged(escape(phones[0]), rate).join(_marked(part, phones[1:], rate) for part in text.split(phones[0]))


def _at_most(text: str, escaped: bool) -> int:
    """What a text may cost, in characters and bytes alike; more than it does, and found without looking at each character."""
    strange = len(text) - len(text.encode("ascii", "ignore"))
    doubled = text.count('"') + text.count("\\") if text.isprintable() else len(text)
    return len(text) * (6 if escaped else 1) + 11 * strange + 5 * doubled


def shorten(text: str, longest: int, most: int, escapes: dict[str, str] | None = None) -> str:
    """The beginning of a text that fits `longest` characters and `most` bytes of JSON, cut after a sentence or else between words."""
    if _at_most(text, bool(escapes)) < min(longest, most - 6):
        return text
    characters = size = at = 0
    for c in text:
        written = escapes.get(c, c) if escapes else c
        characters += len(written)
        size += len(written) if " " <= c <= "~" and c not in '"\\' else 6 if c <= "\uffff" else 12
        if characters >= longest or size > most - 6:
            break
        at += 1
    else:
        return text
    kept = text[:at]
    end = max(kept.rfind(mark) + 1 for mark in _ENDS)
    if end > at // 2:
        return kept[:end]
    kept = kept.rpartition(" ")[0] or kept
    return kept.rstrip(" ,;:.") + "."
