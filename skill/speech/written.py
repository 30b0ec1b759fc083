"""What is said, for eyes: numbers as one dials them, and short messages in the alphabet that costs one sign a letter.

A message of GSM 03.38 letters (3GPP TS 23.038) holds 160; with one letter outside it, all of it is sent as UCS-2, and holds 70. French capitals, "ê",
"ç" and typographic signs are outside, and are written plainly; a text that has other letters all the same stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from skill.speech.render import Speech
from skill.speech.ssml import shorten

GSM: Final = frozenset("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")
EXTENDED: Final = frozenset("^{}\\[~]|€")
"""In the alphabet too, but each counts for two."""
NARROW: Final = 153
WIDE: Final = 67
"""Signs of one of several joined messages, in the short alphabet and in UCS-2."""
_PLAIN: Final = str.maketrans({
    "’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "…": "...", "–": "-", "—": "-", "‑": "-", "\u00a0": " ", "\u202f": " ",
    "œ": "oe", "Œ": "OE", "•": "-", "·": "-", "\t": " ",
})  # fmt: skip
_QUOTES: Final = re.compile(r"«[\s\u00a0\u202f]*|[\s\u00a0\u202f]*»")
"""With the spaces that French puts inside them."""


def written(speech: Speech) -> str:
    """The text, its telephone numbers without the pauses of the voice: "01 46 38 20 20"."""
    text = speech.text
    for phone in speech.phones:
        text = text.replace(phone, phone.replace(",", ""))
    return text


def gsm(text: str) -> str:
    """The text in the letters of GSM 03.38 where every word of it can be; otherwise as it was."""
    plain = "".join(c if c in GSM or c in EXTENDED else _bare(c) for c in _QUOTES.sub('"', text).translate(_PLAIN))
    return plain if is_gsm(plain) else text


def is_gsm(text: str) -> bool:
    """Whether a message is sent in the short alphabet."""
    return all(c in GSM or c in EXTENDED for c in text)


def size(text: str) -> int:
    """How many signs a message counts: letters of the extended table count twice."""
    return sum(2 if c in EXTENDED else 1 for c in text) if is_gsm(text) else len(text.encode("utf-16-le")) // 2


def _bare(c: str) -> str:
    """A letter without its accents."""
    return unicodedata.normalize("NFKD", c)[:1]


def message(speech: Speech, most: int, more: str = "") -> str:
    """A short message of at most `most` signs: the answer, cut where a sentence or a word ends; then `more`, where all of it still fits."""
    text = gsm(written(speech))
    while size(text) > (room := _room(text, most)):
        text = shorten(text, room - (size(text) - len(text)), 10 * most)
    whole = f"{text}\n{gsm(more)}" if more else text
    return whole if size(whole) <= _room(whole, most) else text


def _room(text: str, most: int) -> int:
    """How much a text may count: as many messages of the other alphabet hold less."""
    return most if is_gsm(text) else most * WIDE // NARROW
