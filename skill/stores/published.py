"""The town with all that staff changed, compiled, in the staff's storage: what a function in the cloud answers from.

Such a function reads a compiled town and cannot make one: that takes seconds. Whoever can (the console, a server, the schedule) puts
the whole of it here, marked with the files and the changes that it was made of; a function takes it only where both marks are those
that it sees itself. Between a change and its compiled town, what was announced is said all the same, and changed facts are not yet.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zlib
from typing import Any, Final

from podcasts.storage import Storage
from skill.city.model import City
from skill.stores.changes import Rows
from skill.stores.town import Town, town_from

KEY: Final = "town.json.gz"
MOST_BYTES: Final = 64 * 1024 * 1024
"""Unpacked."""
_PARTS: Final = ("ear-", "voice-")


def mark_of(files: str, rows: Rows) -> str:
    """The same for the same files (compiled.digest) with the same changes."""
    return hashlib.sha256(f"{files}\n{json.dumps(rows, sort_keys=True, ensure_ascii=False)}".encode()).hexdigest()


class Published:
    """The compiled town of one town's staff."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def put(self, city: City, base: dict[str, Any], tables: dict[str, Any], rows: Rows) -> bool:
        """Compiles the town and puts it in place, whole, where it is not there yet. Of two who do so at once the last one stays, and the next look mends it.

        `base` are the tables of its files, `tables` those with the `rows` of staff. True where it was put. Raises StorageUnavailable.
        """
        from skill.stores.compiled import digest, files_of, text_of

        mark = mark_of(digest(base), rows)
        if self._held().get("mark") == mark:
            return False
        text = text_of({"mark": mark, "files": files_of(city, tables)})
        self._storage.put(KEY, gzip.compress(text.encode(), 6, mtime=0))
        return True

    def _held(self) -> dict[str, Any]:
        """What is in place; nothing where it cannot be read: it is made anew. Raises StorageUnavailable."""
        found = self._storage.get(KEY)
        if found is None:
            return {}
        try:
            data = json.loads(_unpacked(found.data))
        except (ValueError, OSError, EOFError, RecursionError, zlib.error):
            return {}
        return data if isinstance(data, dict) else {}

    def town(self, files: str, rows: Rows) -> Town | None:
        """The town that was made of these files and changes; None where it is not there, or not yet. Raises StorageUnavailable."""
        data = self._held()
        if data.get("mark") != mark_of(files, rows):
            return None
        try:
            made: dict[str, Any] = data["files"]
            return town_from(made["town"], made.__getitem__, {name: part for name, part in made.items() if name.startswith(_PARTS)})
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            return None


def _unpacked(data: bytes) -> bytes:
    """The whole of a packed file. ValueError for one that is longer than any town."""
    with gzip.open(io.BytesIO(data)) as file:
        out = file.read(MOST_BYTES + 1)
    if len(out) > MOST_BYTES:
        raise ValueError("too long")
    return out
