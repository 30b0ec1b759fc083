"""Sounds on their way in: in parts, so that a broken line costs one part, any server takes them, and nothing is lost by a form's mistake.

Parts lie in the staff's storage under the upload's id until the episode is published, a day at most. What an upload is called by the
clerk's computer is never used: neither as a name of a file nor in a path.
"""

from __future__ import annotations

import json
import re
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from podcasts.storage import Storage
from skill.console.accounts import Refused
from skill.record import Record

PART: Final = 2 * 1024 * 1024
MOST: Final = 300 * 1024 * 1024
MOST_AT_ONCE: Final = 10
"""Unfinished uploads; the oldest is given up for another."""
KEPT_S: Final = 24 * 3600
_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{24}")


class Upload(Record):
    """One upload."""

    id: str
    size: int
    got: int
    """Parts that are there, from the first without a gap."""

    @property
    def parts(self) -> int:
        """How many there will be."""
        return -(-self.size // PART)

    @property
    def whole(self) -> bool:
        """Whether everything has come."""
        return self.got == self.parts


class Uploads:
    """The uploads of a town's staff."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def begin(self, size: int) -> Upload:
        """A new upload of so many bytes. Raises Refused."""
        if size <= 0:
            raise Refused("ce fichier est vide")
        if size > MOST:
            raise Refused(f"ce fichier fait {size / 1024**2:.0f} Mo : {MOST // 1024**2} au plus. Exporter le son en MP3 à 64 ou 96 kilobits par seconde")
        self._sweep()
        made = Upload(f"{int(time.time()):08x}-{secrets.token_hex(12)}", size, 0)
        self._storage.put(self._key(made.id, "size.json"), json.dumps(size).encode())
        return made

    def find(self, key: str) -> Upload | None:
        """An upload by its id."""
        if not _ID.fullmatch(key):
            return None
        found = self._storage.get(self._key(key, "size.json"))
        if found is None:
            return None
        size, got = int(json.loads(found.data)), 0
        there = set(self._storage.keys(f"uploads/{key}/"))
        while self._key(key, f"{got:04d}.part") in there:
            got += 1
        return Upload(key, size, got)

    def take(self, key: str, number: int, data: bytes) -> Upload:
        """Takes a part in; one that came already is taken again. Raises Refused."""
        upload = self.find(key)
        if upload is None:
            raise Refused("cet envoi est trop ancien : choisir de nouveau le fichier")
        wanted = min(PART, upload.size - number * PART) if 0 <= number < upload.parts else -1
        if wanted != len(data) or number > upload.got:
            raise Refused("ce morceau du fichier n'est pas celui qui est attendu : recommencer l'envoi")
        self._storage.put(self._key(key, f"{number:04d}.part"), data)
        return upload if number < upload.got else upload.but(got=upload.got + 1)

    def keep(self, file: BinaryIO) -> Upload:
        """Takes a whole file in, as a browser without script sends it. Raises Refused."""
        file.seek(0, 2)
        upload = self.begin(file.tell())
        file.seek(0)
        for number in range(upload.parts):
            upload = self.take(upload.id, number, file.read(PART))
        return upload

    @contextmanager
    def file(self, upload: Upload) -> Iterator[Path]:
        """The whole upload as a file that is gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="mairie-") as folder:
            path = Path(folder) / "son"
            with open(path, "wb") as out:
                for number in range(upload.parts):
                    part = self._storage.get(self._key(upload.id, f"{number:04d}.part"))
                    if part is None:
                        raise Refused("une partie du fichier a disparu : choisir de nouveau le fichier")
                    out.write(part.data)
            yield path

    def drop(self, key: str) -> None:
        """Forgets an upload."""
        if _ID.fullmatch(key):
            for each in list(self._storage.keys(f"uploads/{key}/")):
                self._storage.delete(each)

    def _sweep(self) -> None:
        known = sorted({key.split("/")[1] for key in self._storage.keys("uploads/")})
        now = int(time.time())
        for n, key in enumerate(known):
            if int(key[:8], 16) < now - KEPT_S or n < len(known) - MOST_AT_ONCE + 1:
                self.drop(key)

    @staticmethod
    def _key(upload: str, name: str) -> str:
        return f"uploads/{upload}/{name}"
