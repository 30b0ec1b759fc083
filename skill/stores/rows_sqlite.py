"""What is known of people, in one SQLite file: many readers and one writer at a time, across processes; whole after a kill at any moment.

A spoilt row is set aside, never overwritten: the person begins anew, staff can look at what was there. So is a file that is none
of SQLite's any more. The connection is opened when first needed, again after a failure, and again where the file was replaced.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from skill.conversation.ports import StoreUnavailable
from skill.stores.rows import LISTENING, Kind, Plain

LONGEST_SECONDS: Final = 1.6
"""For one whole call, its waiting for other threads and processes included: a spoken answer must come within two seconds."""
_NEARLY_MS: Final = 50
"""Not worth telling the connection again."""
_SPOILT: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS {kind} (person TEXT PRIMARY KEY, data TEXT NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS {kind}_expires ON {kind} (expires);
CREATE TABLE IF NOT EXISTS spoilt (person TEXT NOT NULL, data TEXT, found INTEGER NOT NULL);
"""
LOG: Final = logging.getLogger("mairie.rows")
T = TypeVar("T", bound=Plain)
R = TypeVar("R")


class SQLiteRows(Generic[T]):
    """One kind of row in a file: other kinds may be in it too."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time, kind: Kind[T] = LISTENING) -> None:  # type: ignore[assignment]
        self.path, self._clock, self.kind = path, clock, kind
        self._lock = threading.Lock()
        self._open: sqlite3.Connection | None = None
        self._file = 0
        self._patience = 0
        """Milliseconds for which the connection waits for another process."""

    def get(self, user: str) -> T:
        """What is known of a person."""
        return self._do(lambda db: self._read(db, self.kind.key_of(user)))

    def change(self, user: str, edit: Callable[[T], T]) -> T:
        """Changes it, alone on the file from the reading to the writing."""
        key = self.kind.key_of(user)

        def write(db: sqlite3.Connection) -> T:
            db.execute("BEGIN IMMEDIATE")
            try:
                before = self._read(db, key, aside=True)
                after = edit(before)
                if after != before:
                    db.execute(
                        f"INSERT OR REPLACE INTO {self.kind.name} VALUES (?, ?, ?)", (key, self.kind.to_text(after), int(self._clock()) + self.kind.seconds)
                    )
                    self._sweep(db)
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:  # a full disk has ended it already
                    db.execute("ROLLBACK")
                raise
            return after

        return self._do(write)

    def forget(self, user: str) -> None:
        """Erases a person, their spoilt rows too."""
        key = self.kind.key_of(user)

        def erase(db: sqlite3.Connection) -> None:
            for table in (self.kind.name, "spoilt"):
                db.execute(f"DELETE FROM {table} WHERE person = ?", (key,))
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # nor in what SQLite keeps beside the file

        self._do(erase)

    def sweep(self) -> int:
        """Erases what is over, and says how many rows it was."""
        return self._do(self._sweep)

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._drop()

    def _sweep(self, db: sqlite3.Connection) -> int:
        now = int(self._clock())
        db.execute("DELETE FROM spoilt WHERE found < ?", (now - self.kind.seconds,))
        return db.execute(f"DELETE FROM {self.kind.name} WHERE expires < ?", (now,)).rowcount

    def _read(self, db: sqlite3.Connection, key: str, aside: bool = False) -> T:
        row = db.execute(f"SELECT data FROM {self.kind.name} WHERE person = ? AND expires >= ?", (key, int(self._clock()))).fetchone()
        if row is None:
            return self.kind.blank()
        try:
            return self.kind.from_text(row[0] if isinstance(row[0], str) else "")
        except ValueError:
            LOG.error("a spoilt row of %s was found%s", self.kind.name, ", and set aside" if aside else "")
            if aside:
                db.execute("INSERT INTO spoilt VALUES (?, ?, ?)", (key, row[0], int(self._clock())))
            return self.kind.blank()

    def _do(self, work: Callable[[sqlite3.Connection], R]) -> R:
        until = time.monotonic() + LONGEST_SECONDS
        if not self._lock.acquire(timeout=LONGEST_SECONDS):
            raise StoreUnavailable("the file of people is busy")
        try:
            if self._open is not None and self._file != self._here():
                self._drop()
            if self._open is None:
                self._open = self._connect(until)
            left = _left(until)
            if abs(left - self._patience) > _NEARLY_MS:
                self._open.execute(f"PRAGMA busy_timeout = {left}")
                self._patience = left
            return work(self._open)
        except sqlite3.Error as error:
            self._drop()
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _SPOILT:
                self._set_aside()
            raise StoreUnavailable(f"the file of people cannot be used: {_plainly(error)}") from error
        except OSError as error:
            raise StoreUnavailable(f"the file of people cannot be used: {error.strerror}") from error
        finally:
            self._lock.release()

    def _here(self) -> int:
        """Which file stands at the path: staff may put a saved one back, another process set a spoilt one aside."""
        try:
            return self.path.stat().st_ino
        except FileNotFoundError:
            return 0

    def _set_aside(self) -> None:
        """Renames a spoilt file, with what belongs to it, for staff to mend; the next call begins a fresh one."""
        if not self._file or self._file != self._here():  # somebody else did already
            return
        aside = f"{self.path.name}.spoilt-{int(self._clock())}"
        try:
            for end in ("", "-wal", "-shm"):
                if (found := self.path.with_name(self.path.name + end)).exists():
                    found.rename(self.path.with_name(aside + end))
        except OSError as error:
            LOG.error("the spoilt file of people cannot be set aside: %s", error.strerror)
            return
        LOG.error("the file of people was spoilt; it is now %s beside a fresh one", aside)

    def _connect(self, until: float) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.path.exists():
            self.path.touch(mode=0o600)  # what is known of somebody is nobody else's business
        self._file = self._here()
        db = sqlite3.connect(self.path, timeout=_left(until) / 1000, isolation_level=None, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA secure_delete = ON")  # what is erased is not left in the file
            db.execute("PRAGMA synchronous = FULL")  # what was promised stored is on the disk, also when the machine loses power
            if db.execute("SELECT count(*) FROM sqlite_master WHERE name IN (?, 'spoilt')", (self.kind.name,)).fetchone()[0] < 2:
                db.executescript(_TABLES.format(kind=self.kind.name))
        except BaseException:
            db.close()
            raise
        return db

    def _drop(self) -> None:
        if self._open is not None:
            try:
                self._open.close()
            except sqlite3.Error:
                LOG.warning("the file of people did not close well")
            self._open, self._patience = None, 0


def _left(until: float) -> int:
    """Milliseconds that are left."""
    return max(1, int(1000 * (until - time.monotonic())))


def _plainly(error: Any) -> str:
    return f"{type(error).__name__}: {error}"
