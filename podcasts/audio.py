"""What a sound file is, by its bytes and not by its name: type, length in seconds, size."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

MOST_BYTES: Final = 500 * 1024 * 1024
MP3, M4A = "audio/mpeg", "audio/x-m4a"
ENDINGS: Final = {MP3: "mp3", M4A: "m4a"}
_OTHERS: Final = ((b"OggS", "Ogg"), (b"fLaC", "FLAC"), (b"RIFF", "WAV"), (b"FORM", "AIFF"), (b"\x1aE\xdf\xa3", "WebM"), (b"MThd", "MIDI"))
_SOUNDS_OF_MP4: Final = (b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"dash")
_BITRATES: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITRATES_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_ENOUGH_FRAMES: Final = 4
_FAR: Final = 256 * 1024
"""Bytes after the tags within which the first sound must begin."""


class NotAudio(ValueError):
    """The file is no sound that podcast directories take. The text says what it is and what to do."""


class Sound(NamedTuple):
    """A sound file, measured."""

    mime: str
    seconds: int
    size: int
    digest: str
    """SHA-256 of the bytes, in hexadecimal."""
    title: str = ""
    """What its tags call it."""


def measure(path: Path, most_bytes: int = MOST_BYTES) -> Sound:
    """Type, length and size of a sound. Raises NotAudio for what is none, and OSError where the file cannot be read."""
    size = path.stat().st_size
    if size == 0:
        raise NotAudio("le fichier est vide (0 octet) : exportez le son de nouveau")
    if size > most_bytes:
        raise NotAudio(f"le fichier fait {size / 1024 / 1024:.0f} Mo, plus que les {most_bytes // 1024 // 1024} Mo admis : exportez en MP3 à 96 kbit/s mono")
    with open(path, "rb") as given:
        mime = _kind(given)
        given.seek(0)
        digest = hashlib.file_digest(given, "sha256").hexdigest()
    from tinytag import TinyTag, TinyTagException

    try:
        tag = TinyTag.get(path)
        seconds = round(tag.duration or 0)
    except (TinyTagException, ValueError, IndexError, KeyError, OverflowError) as error:
        raise NotAudio("le son est abîmé : exportez-le de nouveau") from error
    if seconds < 1:
        raise NotAudio("le son dure moins d'une seconde, ou il est abîmé : exportez-le de nouveau")
    return Sound(mime, seconds, size, digest, (tag.title or "").strip())


def _kind(given: BinaryIO) -> str:
    head = given.read(64)
    if head[4:8] == b"ftyp":
        if head[8:12] not in _SOUNDS_OF_MP4 or _has_picture(given):
            raise NotAudio("c'est une vidéo : exportez seulement le son, en MP3 ou en M4A")
        return M4A
    for sign, name in _OTHERS:
        if head.startswith(sign):
            raise NotAudio(f"c'est un fichier {name}, que les annuaires de podcasts refusent : exportez en MP3 ou en M4A")
    if _frames(given, head):
        return MP3
    what = _what(head)
    raise NotAudio(f"ce n'est pas un son{f', mais {what}' if what else ''} : il faut un MP3 ou un M4A")


def _has_picture(given: BinaryIO) -> bool:
    """Whether an MP4 says that it carries moving pictures: its index stands at the beginning or at the end."""
    given.seek(0)
    start = given.read(_FAR)
    given.seek(0, 2)
    given.seek(max(0, given.tell() - 4 * _FAR))
    return any(b"vide" in part[:24] for part in (start + given.read()).split(b"hdlr")[1:])


def _frames(given: BinaryIO, head: bytes) -> bool:
    """Whether several MPEG layer III frames follow each other where the sound should begin."""
    skip = 0
    if head[:3] == b"ID3" and len(head) >= 10:
        skip = 10 + ((head[6] & 127) << 21 | (head[7] & 127) << 14 | (head[8] & 127) << 7 | head[9] & 127)
    given.seek(skip)
    data = given.read(_FAR)
    at = data.find(b"\xff")
    while 0 <= at < len(data) - 4:
        spot, good = at, 0
        while spot < len(data) - 4 and (size := _frame(data[spot : spot + 4])):
            spot, good = spot + size, good + 1
            if good >= _ENOUGH_FRAMES:
                return True
        if good >= 1 and spot >= len(data) - 4 and len(data) < _FAR:
            return True
        at = data.find(b"\xff", at + 1)
    return False


def _frame(head: bytes) -> int:
    """Bytes of the MPEG layer III frame that begins with these four, or 0 where none does."""
    if head[0] != 0xFF or head[1] & 0xE0 != 0xE0 or head[1] >> 1 & 3 != 1:
        return 0
    version, rate, bits = head[1] >> 3 & 3, head[2] >> 2 & 3, head[2] >> 4
    if version == 1 or rate == 3 or bits in (0, 15):
        return 0
    kbps = (_BITRATES if version == 3 else _BITRATES_2)[bits]
    return (144 if version == 3 else 72) * kbps * 1000 // _RATES[version][rate] + (head[2] >> 1 & 1)


def _what(head: bytes) -> str:
    for sign, name in (
        (b"%PDF", "un PDF"), (b"\x89PNG", "une image"), (b"\xff\xd8\xff", "une image"), (b"PK", "un document ou une archive"), (b"GIF8", "une image"),
        (b"<", "une page web"), (b"\xd0\xcf\x11\xe0", "un document Office"),
    ):  # fmt: skip
        if head.startswith(sign):
            return name
    return ""
