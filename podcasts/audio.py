"""What a sound file is, by its bytes and not by its name: type, length in seconds, size."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from podcasts import mpeg

MOST_BYTES: Final = 500 * 1024 * 1024
MP3, M4A = "audio/mpeg", "audio/x-m4a"
ENDINGS: Final = {MP3: "mp3", M4A: "m4a"}
_MOST_INDEX: Final = 32 * 1024 * 1024
"""Bytes of the index of an MP4: a day of sound takes fewer."""
_OTHER_SOUNDS: Final = (
    (0, b"OggS", "Ogg"), (0, b"fLaC", "FLAC"), (8, b"WAVE", "WAV"), (0, b"FORM", "AIFF"), (0, b"MThd", "MIDI"), (0, b"#!AMR", "AMR"), (0, b"caff", "CAF"),
    (0, b"0&\xb2u\x8ef\xcf\x11", "Windows Media"), (0, b"\xff\xf1", "AAC"), (0, b"\xff\xf9", "AAC"),
)  # fmt: skip
_VIDEOS: Final = (
    (0, b"\x1aE\xdf\xa3"), (8, b"AVI "), (0, b"\x00\x00\x01\xba"), (4, b"moov"), (4, b"mdat"), (4, b"wide"), (0, b"FLV"),
)  # fmt: skip
_OTHERS: Final = (
    (0, b"%PDF", "un PDF"), (0, b"\x89PNG", "une image"), (0, b"\xff\xd8\xff", "une image"), (0, b"GIF8", "une image"), (8, b"WEBP", "une image"),
    (0, b"PK", "un document ou une archive"), (0, b"\x1f\x8b", "une archive"), (0, b"7z\xbc\xaf", "une archive"), (0, b"Rar!", "une archive"),
    (0, b"\xd0\xcf\x11\xe0", "un document Office"), (0, b"<", "une page web"), (0, b"\xef\xbb\xbf<", "une page web"), (0, b"{\\rtf", "un document"),
)  # fmt: skip


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
        guessed, title = _tags(given)
        seconds = round(mpeg.lasting(given) if mime == MP3 else guessed)
        given.seek(0)
        digest = hashlib.file_digest(given, "sha256").hexdigest()
    if seconds < 1:
        raise NotAudio("le son dure moins d'une seconde, ou il est abîmé : exportez-le de nouveau")
    return Sound(mime, seconds, size, digest, title)


def _tags(given: BinaryIO) -> tuple[float, str]:
    """(seconds, title) as tinytag reads them. Its format is told by its bytes: a wrong ending of the name must not mislead it."""
    from tinytag import TinyTag, TinyTagException

    given.seek(0)
    try:
        tag = TinyTag.get(file_obj=given)
    except TinyTagException:  # damaged tags are no reason to refuse a sound; a length that nobody can read is 0 and refused
        return 0.0, ""
    return tag.duration or 0.0, (tag.title or "").strip()


def _kind(given: BinaryIO) -> str:
    head = given.read(64)
    if head[4:8] == b"ftyp":
        return _m4a(given)
    for at, sign in _VIDEOS:
        if head[at:].startswith(sign):
            raise NotAudio("c'est une vidéo : exportez seulement le son, en MP3 ou en M4A")
    for at, sign, name in _OTHER_SOUNDS:
        if head[at:].startswith(sign):
            raise NotAudio(f"c'est un fichier {name}, que les annuaires de podcasts refusent : exportez en MP3 ou en M4A")
    what = next((name for at, sign, name in _OTHERS if head[at:].startswith(sign)), "")
    if not what and mpeg.is_mp3(given):
        return MP3
    raise NotAudio(f"ce n'est pas un son{f', mais {what}' if what else ''} : il faut un MP3 ou un M4A")


def _m4a(given: BinaryIO) -> str:
    """M4A for an MP4 that carries sound in AAC and no moving pictures, by its index; else raises NotAudio."""
    index = _index(given)
    if not index:
        raise NotAudio("le fichier est coupé ou abîmé : exportez-le de nouveau")
    tracks = {part[8:12] for part in index.split(b"hdlr")[1:]}
    if b"vide" in tracks:
        raise NotAudio("c'est une vidéo : exportez seulement le son, en MP3 ou en M4A")
    if b"soun" not in tracks or b"mp4a" not in index:
        raise NotAudio("ce fichier MP4 n'a pas de son en AAC : exportez en MP3 ou en M4A (AAC)")
    return M4A


def _index(given: BinaryIO) -> bytes:
    """The "moov" box of an MP4, wherever it stands; b"" where there is none that is whole."""
    total, at = given.seek(0, 2), 0
    while at + 8 <= total:
        given.seek(at)
        start = given.read(16)
        size, head = int.from_bytes(start[:4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(start[8:], "big"), 16
        elif size == 0:
            size = total - at
        if size < head or at + size > total:
            return b""
        if start[4:8] == b"moov":
            given.seek(at)
            return given.read(min(size, _MOST_INDEX))
        at += size
    return b""
