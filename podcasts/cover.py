"""Whether a picture is a cover that podcast directories take: a square JPEG or PNG of 1400 to 3000 pixels (Apple, PSP-1)."""

from __future__ import annotations

import io
from typing import Final

from podcasts.storage import Storage

LEAST, MOST = 1400, 3000
MOST_BYTES: Final = 10 * 1024 * 1024
NAME: Final = "media/couverture"
ENDINGS: Final = ("jpg", "png")
"""Of the key under which the cover of a series is kept."""
_SIGNS: Final = ((b"\x89PNG\r\n\x1a\n", "image/png", "png"), (b"\xff\xd8\xff", "image/jpeg", "jpg"))


class NotACover(ValueError):
    """The picture would be refused. The text says why and what to do."""


def measured(data: bytes) -> tuple[str, str, int]:
    """(type, file ending, pixels of a side) of a cover. Raises NotACover."""
    found = next(((mime, ending) for sign, mime, ending in _SIGNS if data.startswith(sign)), None)
    if found is None:
        raise NotACover("l'image n'est ni un JPEG ni un PNG : enregistrez-la en JPEG")
    if len(data) > MOST_BYTES:
        raise NotACover(
            f"l'image fait {len(data) / 1024 / 1024:.0f} Mo, plus que les {MOST_BYTES // 1024 // 1024} Mo admis : enregistrez-la en JPEG de qualité 80"
        )
    import imagesize  # only where a cover is measured: a function that only reads does not carry it

    try:
        wide, high = imagesize.get(io.BytesIO(data))
    except Exception as error:  # a damaged picture breaks its reader in many ways
        raise NotACover("l'image est abîmée : enregistrez-la de nouveau") from error
    if wide <= 0 or high <= 0:
        raise NotACover("l'image est abîmée : enregistrez-la de nouveau")
    if not _whole(data):
        raise NotACover("l'image est coupée avant sa fin : enregistrez-la de nouveau")
    if wide != high:
        raise NotACover(f"l'image fait {wide} × {high} pixels : il la faut carrée, par exemple 1400 × 1400")
    if not LEAST <= wide <= MOST:
        raise NotACover(f"l'image fait {wide} × {high} pixels : il faut de {LEAST} × {LEAST} à {MOST} × {MOST}")
    return found[0], found[1], wide


def _whole(data: bytes) -> bool:
    """Whether the end of the picture is there: half a file keeps its measures at the start, and nobody can show it."""
    if data.startswith(b"\x89PNG"):
        return data.rfind(b"IEND") > 0
    return data.rfind(b"\xff\xd9") > data.rfind(b"\xff\xda")  # the end stands after the last run of pixels


def cover_of(storage: Storage, series: str) -> str:
    """The key of the cover that staff gave a series, or ""."""
    keys = (f"{series}/{NAME}.{ending}" for ending in ENDINGS)
    return next((key for key in keys if storage.info(key) is not None), "")
