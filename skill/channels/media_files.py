"""Files of podcasts over HTTP: HEAD, byte ranges, ETag; a part of a file is a file of its own.

Why: given a file, a WSGI server sends it beside its worker threads, however slowly it is fetched; given an iterator of a part, it
keeps a thread until the last byte. Four people who listen must not keep a fifth from asking.
"""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, BinaryIO, Final

from flask import Response, abort, redirect, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import is_resource_modified
from werkzeug.wrappers import Response as AnyResponse
from werkzeug.wsgi import wrap_file

if TYPE_CHECKING:
    from podcasts.catalogue import Entry
    from podcasts.library import Library

MEDIA_SECONDS: Final = 7 * 24 * 3600
"""A sound's name holds its content's hash: it may be kept by whoever fetched it."""
_TYPES: Final = {
    "png": "image/png", "jpg": "image/jpeg", "vtt": "text/vtt; charset=utf-8", "srt": "application/x-subrip", "json": "application/json+chapters",
    "html": "text/html; charset=utf-8", "txt": "text/plain; charset=utf-8", "mp3": "audio/mpeg", "m4a": "audio/x-m4a",
}  # fmt: skip


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


def send(library: Library, key: str, entry: Entry | None) -> AnyResponse:
    """A file with HEAD, byte ranges, ETag and its right type; from where the bucket itself is public, the way there."""
    where = library.storage.info(key)
    if where is None:
        abort(404)
    direct = library.storage.link(key)
    if direct:
        return redirect(direct)
    ending = key.rpartition(".")[2]
    mime = entry.mime if entry is not None and key == entry.file else _TYPES.get(ending, "application/octet-stream")
    whole = entry.digest if entry is not None and key == entry.file else hashlib.sha256(f"{key} {where.version}".encode()).hexdigest()
    response = Response(content_type=mime)
    response.set_etag(whole[:24])
    response.cache_control.public, response.cache_control.max_age = True, MEDIA_SECONDS
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Access-Control-Allow-Origin"] = "*"  # players in a browser read transcripts and chapters from anywhere
    if ending == "html":
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if not is_resource_modified(request.environ, etag=f'"{whole[:24]}"'):
        response.status_code = 304
        return response
    start, stop = _asked(f'"{whole[:24]}"', where.size)
    response.content_length = stop - start
    if stop - start < where.size:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{where.size}"
    if request.method == "HEAD":
        return response
    handle = library.storage.open(key)
    if handle is None:
        abort(404)
    # The file itself and not an iterator: the server then sends it beside its threads, however slowly a player reads.
    response.response = wrap_file(request.environ, FilePart(handle, start, stop))  # type: ignore[arg-type]
    response.direct_passthrough = True
    return response


def _asked(etag: str, size: int) -> tuple[int, int]:
    """First byte and the one after the last that are to be sent: the whole for no range, several, or one that nobody understands (RFC 9110)."""
    asked = request.range
    if_range = request.headers.get("If-Range", "")
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or (if_range and if_range != etag):
        return 0, size
    found = asked.range_for_length(size)
    if found is None or found[0] is None or found[1] is None:
        raise RequestedRangeNotSatisfiable(size)
    return found[0], found[1]
