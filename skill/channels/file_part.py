"""A part of a file as a file of its own, for byte ranges.

Why: given a file, a WSGI server sends it beside its worker threads, however slowly it is fetched; given an iterator of a part, it
keeps a thread until the last byte. Four people who listen must not keep a fifth from asking.
"""

from __future__ import annotations

import io
from typing import BinaryIO


class FilePart(io.RawIOBase):
    """Bytes `start` to `stop` (not included) of an open file, which it closes."""

    def __init__(self, file: BinaryIO, start: int, stop: int) -> None:
        self._file, self._start, self._size = file, start, stop - start
        self._at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where it is, from its own beginning."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Goes somewhere within."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """At most so many bytes; all that is left for none or a negative number."""
        left = max(0, self._size - self._at)
        size = left if size is None or size < 0 else min(size, left)
        self._file.seek(self._start + self._at)
        data = self._file.read(size) if size else b""
        self._at += len(data)
        return data

    def close(self) -> None:
        """Closes the file too."""
        self._file.close()
        super().close()
