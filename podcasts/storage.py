"""Where files of podcasts are kept: one port, two homes (a folder, an S3 bucket), the same promises.

- `get` gives a whole version of a file, never a mixture of two.
- `put` replaces a file whole or not at all; with `expected` it does so only if nobody else has replaced it since.
- Keys are relative paths of safe characters: whoever builds one from a title makes it safe first (`safe_name`).
"""

from __future__ import annotations

import random
import re
import time
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, Protocol

NEW: Final = ""
"""The version that is expected of a file that must not exist yet."""
_TRIES: Final = 20
_KEY: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,119}(?:/[a-z0-9][a-z0-9._-]{0,119}){0,4}")


class Stored(NamedTuple):
    """A file as it was read, with the version to expect when replacing it."""

    data: bytes
    version: str


class Info(NamedTuple):
    """What one knows of a file without reading it."""

    size: int
    version: str
    """Another one whenever the file is another: to compare with an earlier Info, not to expect in `put`."""


class Changed(OSError):
    """Somebody else replaced the file in the meantime: read it again, and try again."""


class StorageUnavailable(OSError):
    """The home of the files cannot be reached, is full or is not ours to write to."""


class Storage(Protocol):
    """A home of files. Raises StorageUnavailable where it cannot do its work; a missing file is None, not an error."""

    def get(self, key: str) -> Stored | None:
        """A file whole."""
        ...

    def put(self, key: str, data: bytes, expected: str | None = None) -> str:
        """Replaces a file and gives its new version. Raises Changed where `expected` is given and is not the present version."""
        ...

    def put_file(self, key: str, source: Path, mime: str) -> None:
        """Takes a large file in, whole or not at all. A source that cannot be read is its own OSError, not StorageUnavailable."""
        ...

    def open(self, key: str) -> BinaryIO | None:
        """A file to be read and sought in, or None."""
        ...

    def info(self, key: str) -> Info | None:
        """Size and version, or None where there is no such file."""
        ...

    def link(self, key: str) -> str:
        """A passing address at which the home itself hands the file out; "" where it does not."""
        ...

    def withhold(self, key: str, withheld: bool) -> None:
        """Tells a home whose files are handed out without us (a bucket behind a CDN) that a file is not to be, or again is."""
        ...

    def delete(self, key: str) -> None:
        """Removes a file; nothing where there is none."""
        ...

    def keys(self, prefix: str) -> Iterable[str]:
        """All keys that begin with a prefix, in order."""
        ...


def attempts() -> Iterator[int]:
    """Turns for read, change and `put` with `expected`: longer and uneven pauses, so that several writers do not keep step."""
    for turn in range(_TRIES):
        if turn:
            time.sleep(random.uniform(0, 0.02 * turn))
        yield turn


def checked(key: str) -> str:
    """The key. Raises ValueError for one that could leave its home."""
    if not _KEY.fullmatch(key) or ".." in key:
        raise ValueError(f"{key!r} is not a key")
    return key


def safe_name(text: str, longest: int = 60) -> str:
    """A file name that every system, feed and address takes: "Le Fort d'Issy !" is "le-fort-d-issy"; "" of nothing usable is "sans-titre"."""
    flat = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae")).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", flat.lower()).strip("-")[:longest].strip("-")
    return name or "sans-titre"
