"""Sounds, pictures and series made of nothing but Python: small, and broken in exactly the way a test wants."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

from podcasts.library import Library
from podcasts.model import Feed, Show
from podcasts.read import read
from podcasts.storage import Storage

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
SHOW = Show(
    title="La ville en direct", description="Les nouvelles de la ville.", link="https://ville.example/", language="fr", author="Ville", owner="Ville",
    email="son@ville.example", image="https://ville.example/cover.png", categories=(("Government",), ("News", "Daily News")), explicit=False,
)  # fmt: skip
ADDRESS = "https://ville.example/podcasts"
_KBPS = {3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128), 2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80)}
_HERTZ = {3: 44100, 2: 22050}


def frame(kbps: int = 64, version: int = 3, fill: int = 0) -> bytes:
    """One MPEG layer III frame: version 3 is MPEG-1 at 44.1 kHz (26 ms), 2 is MPEG-2 at 22.05 kHz (26 ms)."""
    head = bytes((0xFF, 0xE0 | version << 3 | 1 << 1 | 1, _KBPS[version].index(kbps) << 4, 0xC0))
    size = (144 if version == 3 else 72) * kbps * 1000 // _HERTZ[version]
    return head + bytes([fill % 255]) * (size - 4)


def mp3(seconds: float = 2, seed: int = 0, **kind: int) -> bytes:
    """A sound of so many seconds; another seed is another sound."""
    return b"".join(frame(fill=(seed + i) % 251, **kind) for i in range(round(seconds * 44100 / 1152)))


def id3(size: int, title: str = "") -> bytes:
    """An ID3v2.3 tag with a title, as large as asked."""
    text = b"\x01" + title.encode("utf-16")
    frames = b"TIT2" + struct.pack(">I", len(text)) + b"\0\0" + text if title else b""
    body = frames + bytes(max(0, size - len(frames)))
    return b"ID3\3\0\0" + bytes(len(body) >> shift & 127 for shift in (21, 14, 7, 0)) + body


def box(name: bytes, *parts: bytes) -> bytes:
    """A box of an MP4."""
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + name + body


def mp4(seconds: int = 3, handlers: tuple[bytes, ...] = (b"soun",), codec: bytes = b"mp4a", brand: bytes = b"M4A ", index_last: bool = False) -> bytes:
    """An MP4 with a track for each handler."""
    tracks = []
    for handler in handlers:
        aac = box(b"esds", bytes(4), b"\3\x19\0\0\0\4\x11\x40\x15", bytes(3), struct.pack(">II", 64_000, 64_000), b"\5\2\x15\x88\6\1\2")
        sample = box(codec, bytes(6), b"\0\1", bytes(8), b"\0\1\0\x10", bytes(4), struct.pack(">I", 8000 << 16), aac)
        table = box(b"stbl", box(b"stsd", bytes(4), struct.pack(">I", 1), sample))
        times = box(b"mdhd", bytes(12), struct.pack(">II", 8000, 8000 * seconds), bytes(4))
        tracks.append(box(b"trak", box(b"mdia", times, box(b"hdlr", bytes(8), handler, bytes(13)), box(b"minf", table))))
    index = box(b"moov", box(b"mvhd", bytes(12), struct.pack(">II", 1000, 1000 * seconds), bytes(80)), *tracks)
    sound = box(b"mdat", bytes(2000))
    return box(b"ftyp", brand, bytes(4), brand) + (sound + index if index_last else index + sound)


def png(wide: int = 1400, high: int = 1400) -> bytes:
    """A picture of one grey."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = zlib.compress((b"\0" + bytes((wide + 7) // 8)) * high, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 1, 0, 0, 0, 0)) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(wide: int = 1400, high: int = 1400) -> bytes:
    """The skeleton of a picture: measures, pixels, end."""
    return b"\xff\xd8\xff\xc0\0\x0b\x08" + struct.pack(">HH", high, wide) + b"\1\1\x11\0" + b"\xff\xda\0\x08\1\1\0\0\x3f\0" + bytes(50) + b"\xff\xd9"


def sound(folder: Path, seed: int = 0, name: str = "") -> Path:
    """A file of two seconds of sound."""
    path = folder / (name or f"son-{seed}.mp3")
    path.write_bytes(mp3(seed=seed))
    return path


def library(storage: Storage, series: str = "ville", show: Show = SHOW) -> Library:
    """A series to publish in."""
    return Library(storage, series, show, ADDRESS)


def feed_of(lib: Library) -> Feed:
    """What listeners get."""
    found = lib.storage.get(f"{lib.series}/feed.xml")
    return read(found.data) if found else Feed(lib.show)


def heard(lib: Library) -> list[str]:
    """Their titles."""
    return [e.title for e in feed_of(lib).episodes]
