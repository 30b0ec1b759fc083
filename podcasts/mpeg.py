"""How long an MP3 is, frame by frame: exact where readers of headers guess.

A guess from the first seconds is wrong by several times for a variable rate that begins with a silence, and the count that a
header announces is wrong for a file that was cut. Half a million frames (500 MB) take about a second.
"""

from __future__ import annotations

from functools import cache
from typing import BinaryIO, Final

FAR: Final = 256 * 1024
"""Bytes after the tags within which the first sound must begin."""
_GAP: Final = 4 * 1024 * 1024
"""Bytes within which the sound must go on after something else, as where two files were joined, tags and picture included."""
_ENOUGH: Final = 4
"""Frames in a row that chance does not make."""
_CHUNK: Final = 1024 * 1024
_BITRATES: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITRATES_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


class _Window:
    """A part of a file in memory, moved along. Not mmap: a file that is cut short while it is mapped kills the process."""

    def __init__(self, given: BinaryIO) -> None:
        self._given, self._start, self._data = given, 0, b""

    def four(self, at: int) -> bytes:
        """Four bytes, fewer at the end."""
        if not self._start <= at <= self._start + len(self._data) - 4:
            self._given.seek(at)
            self._start, self._data = at, self._given.read(_CHUNK)
        return self._data[at - self._start : at - self._start + 4]

    def sign(self, at: int, end: int) -> int:
        """Where the next byte stands that may begin a frame, or -1."""
        while at < end and len(self.four(at)) == 4:
            found = self._data.find(b"\xff", at - self._start)
            if found >= 0:
                return self._start + found if self._start + found < end else -1
            at = self._start + len(self._data)
        return -1


def lasting(given: BinaryIO) -> float:
    """Seconds of the MPEG layer III frames of a file, its tags left out; 0.0 for what is no MP3."""
    window = _Window(given)
    at = _first(window, start := _after_tags(given), start + FAR)
    if at < 0:
        return 0.0
    kind = window.four(at)[1] & 0xFE  # version and layer: what differs is no frame of this sound
    seconds = 0.0
    while at >= 0 and len(head := window.four(at)) == 4:
        size, long = _frame(head[1], head[2]) if head[0] == 0xFF and head[1] & 0xFE == kind else (0, 0.0)
        if size:
            at, seconds = at + size, seconds + long
        else:
            at = _first(window, at + 1, at + _GAP)
    return seconds


def is_mp3(given: BinaryIO) -> bool:
    """Whether frames follow each other where the sound should begin."""
    start = _after_tags(given)
    return _first(_Window(given), start, start + FAR) >= 0


def _after_tags(given: BinaryIO) -> int:
    """Where the ID3v2 tags end: there may be several."""
    at = 0
    while True:
        given.seek(at)
        head = given.read(10)
        if len(head) < 10 or head[:3] != b"ID3":
            return at
        size = (head[6] & 127) << 21 | (head[7] & 127) << 14 | (head[8] & 127) << 7 | head[9] & 127
        at += 10 + size + (10 if head[5] & 0x10 else 0)


def _first(window: _Window, start: int, end: int) -> int:
    """Where several frames begin to follow each other, or -1."""
    at = window.sign(start, end)
    while at >= 0:
        spot = at
        for _ in range(_ENOUGH):
            head = window.four(spot)
            size = _frame(head[1], head[2])[0] if len(head) == 4 and head[0] == 0xFF else 0
            if not size:
                break
            spot += size
        else:
            return at
        at = window.sign(at + 1, end)
    return -1


@cache
def _frame(second: int, third: int) -> tuple[int, float]:
    """Bytes and seconds of the layer III frame whose header has these two bytes, (0, 0.0) where none has."""
    version, rate, bits = second >> 3 & 3, third >> 2 & 3, third >> 4
    if second & 0xE0 != 0xE0 or second >> 1 & 3 != 1 or version == 1 or rate == 3 or bits in (0, 15):
        return 0, 0.0
    kbps, hertz = (_BITRATES if version == 3 else _BITRATES_2)[bits], _RATES[version][rate]
    return (144 if version == 3 else 72) * kbps * 1000 // hertz + (third >> 1 & 1), (1152 if version == 3 else 576) / hertz
