"""Files of podcasts in a folder: atomic by rename, versions by content, one writer at a time by a lock file."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from podcasts.storage import NEW, Changed, Info, Storage, StorageUnavailable, Stored, checked

_CHUNK: Final = 1024 * 1024
_LEFT_OVER: Final = 24 * 3600.0
"""Seconds after which a part that nobody finished is the rest of a crash."""


class Folder(Storage):
    """A folder as a home of files. Made when first written to."""

    def __init__(self, root: Path, patience: float = 10.0, private: bool = False) -> None:
        """`patience` is how many seconds to wait for another writer before giving up; `private` files are for nobody else on the machine."""
        self.root, self.patience, self._mode = root, patience, 0o600 if private else 0o644

    def _path(self, key: str) -> Path:
        return self.root / checked(key)

    def get(self, key: str) -> Stored | None:
        """A file whole."""
        try:
            data = self._path(key).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
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
        if not stat.S_ISREG(found.st_mode):
            return None
        return Info(found.st_size, f"{found.st_mtime_ns:x}-{found.st_size:x}")

    def link(self, key: str) -> str:
        """A folder hands nothing out."""
        return ""

    def withhold(self, key: str, withheld: bool) -> None:
        """A folder hands nothing out."""

    def delete(self, key: str) -> None:
        """Removes a file."""
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as error:
            raise _unavailable(error) from error

    def keys(self, prefix: str) -> Iterable[str]:
        """All keys that begin with a prefix."""
        found = []
        for folder, _, names in os.walk(self.root, onerror=_unreadable):
            for name in names:
                key = (Path(folder) / name).relative_to(self.root).as_posix()
                if key.startswith(prefix) and not name.startswith("."):
                    found.append(key)
        return sorted(found)

    @contextmanager
    def _whole(self, path: Path) -> Iterator[BinaryIO]:
        """A file beside its place, moved there when it is whole and on the disk."""
        try:
            _make(path.parent)
            _sweep(path.parent)
            handle, beside = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as out:
                    yield out
                    out.flush()
                    os.fsync(out.fileno())
                os.chmod(beside, self._mode)
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
        try:
            _make(path.parent)
            handle = os.open(path.parent / ".lock", os.O_CREAT | os.O_RDWR, 0o644)
        except OSError as error:
            raise _unavailable(error) from error
        try:
            self._wait(handle)
            yield
        finally:
            os.close(handle)

    def _wait(self, handle: int) -> None:
        """Takes the lock. A writer that hangs must not hang all the others for ever."""
        import fcntl

        until = time.monotonic() + self.patience
        while True:
            try:
                return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() >= until:
                    raise StorageUnavailable(f"un autre programme écrit dans {self.root} depuis {self.patience:.0f} secondes") from error
                time.sleep(0.005)
            except OSError as error:
                raise _unavailable(error) from error


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _version(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]


def _make(folder: Path) -> None:
    """A folder, and its name on the disk: a file kept in a folder whose name was lost is lost too."""
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for made in missing:
        _keep_names(made.parent)


def _sweep(folder: Path) -> None:
    """Removes what killed writers left: each rest may be as large as a sound."""
    old = time.time() - _LEFT_OVER
    for rest in folder.glob(".*.part"):
        try:
            if rest.stat().st_mtime < old:
                rest.unlink()
        except OSError:  # somebody else swept it
            continue


def _unreadable(error: OSError) -> None:
    """A folder that is not there yet holds nothing; one that cannot be read must not seem empty."""
    if not isinstance(error, FileNotFoundError):
        raise _unavailable(error)


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
