"""Files of podcasts in a folder: atomic by rename, versions by content, one writer at a time by a lock file."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from podcasts.storage import NEW, Changed, Info, Storage, StorageUnavailable, Stored, checked

_CHUNK: Final = 1024 * 1024


class Folder(Storage):
    """A folder as a home of files. Made when first written to."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, key: str) -> Path:
        return self.root / checked(key)

    def get(self, key: str) -> Stored | None:
        """A file whole."""
        try:
            data = self._path(key).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _unavailable(error) from error
        return Stored(data, _version(data))

    def put(self, key: str, data: bytes, expected: str | None = None) -> str:
        """Replaces a file."""
        path = self._path(key)
        with self._alone(path) if expected is not None else _nothing():
            if expected is not None:
                present = self.get(key)
                if (present.version if present else NEW) != expected:
                    raise Changed(f"{key} a été modifié par quelqu'un d'autre")
            with self._whole(path) as out:
                out.write(data)
        return _version(data)

    def put_file(self, key: str, source: Path, mime: str) -> None:
        """Takes a large file in."""
        with open(source, "rb") as given, self._whole(self._path(key)) as out:
            while piece := given.read(_CHUNK):
                out.write(piece)

    def open(self, key: str) -> BinaryIO | None:
        """A file to be read and sought in."""
        try:
            return open(self._path(key), "rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        except OSError as error:
            raise _unavailable(error) from error

    def info(self, key: str) -> Info | None:
        """Size and version; the version of a large file is that of its last change."""
        try:
            found = self._path(key).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _unavailable(error) from error
        return Info(found.st_size, f"{found.st_mtime_ns:x}-{found.st_size:x}")

    def link(self, key: str) -> str:
        """A folder hands nothing out."""
        return ""

    def delete(self, key: str) -> None:
        """Removes a file."""
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as error:
            raise _unavailable(error) from error

    def keys(self, prefix: str) -> Iterable[str]:
        """All keys that begin with a prefix."""
        found = []
        for folder, _, names in os.walk(self.root):
            for name in names:
                key = (Path(folder) / name).relative_to(self.root).as_posix()
                if key.startswith(prefix) and not name.startswith("."):
                    found.append(key)
        return sorted(found)

    @contextmanager
    def _whole(self, path: Path) -> Iterator[BinaryIO]:
        """A file beside its place, moved there when it is whole and on the disk."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, beside = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as out:
                    yield out
                    out.flush()
                    os.fsync(out.fileno())
                os.chmod(beside, 0o644)
                os.replace(beside, path)
            except BaseException:
                Path(beside).unlink(missing_ok=True)
                raise
            _keep_names(path.parent)
        except OSError as error:
            raise _unavailable(error) from error

    @contextmanager
    def _alone(self, path: Path) -> Iterator[None]:
        """One writer at a time for a folder, across processes; released by the system if the process dies."""
        import fcntl

        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path.parent / ".lock", os.O_CREAT | os.O_RDWR, 0o644)
        except OSError as error:
            raise _unavailable(error) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _version(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]


def _keep_names(folder: Path) -> None:
    """The rename itself on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unavailable(error: OSError) -> OSError:
    """The error as the port names it, its own kinds left alone."""
    if isinstance(error, Changed | StorageUnavailable):
        return error
    why = "le disque est plein" if error.errno in (errno.ENOSPC, errno.EDQUOT) else (error.strerror or str(error)).lower()
    return StorageUnavailable(f"{why}: {error.filename}" if error.filename else why)
