"""Listening in one SQLite file: many readers and one writer at a time, across processes; whole after a kill at any moment.

A spoilt row is set aside, never overwritten: the person begins anew, staff can look at what was there. The connection is opened
when first needed and again after a failure; each call takes its turn in this process and waits a second at most for another.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from skill.conversation.listening import Listening
from skill.conversation.ports import StoreUnavailable
from skill.stores.listening_rows import KEPT_SECONDS, from_text, key_of, to_text

BUSY_MS: Final = 1_200
"""How long a writer waits for another: a spoken answer must come within two seconds."""
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS listening (person TEXT PRIMARY KEY, data TEXT NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS listening_expires ON listening (expires);
CREATE TABLE IF NOT EXISTS spoilt (person TEXT NOT NULL, data TEXT, found INTEGER NOT NULL);
"""
LOG: Final = logging.getLogger("mairie.listening")
T = TypeVar("T")


class SQLiteListeners:
    """What people have heard, in a file."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self.path, self._clock = path, clock
        self._lock = threading.Lock()
        self._open: sqlite3.Connection | None = None

    def get(self, user: str) -> Listening:
        """What a person has heard."""
        return self._do(lambda db: self._read(db, key_of(user)))

    def change(self, user: str, edit: Callable[[Listening], Listening]) -> Listening:
        """Changes it, alone on the file from the reading to the writing."""
        key = key_of(user)

        def write(db: sqlite3.Connection) -> Listening:
            db.execute("BEGIN IMMEDIATE")
            try:
                before = self._read(db, key, aside=True)
                after = edit(before)
                if after != before:
                    db.execute("INSERT OR REPLACE INTO listening VALUES (?, ?, ?)", (key, to_text(after), int(self._clock()) + KEPT_SECONDS))
                db.execute("COMMIT")
            except BaseException:
                db.execute("ROLLBACK")
                raise
            return after

        return self._do(write)

    def forget(self, user: str) -> None:
        """Erases a person, their spoilt rows too."""
        key = key_of(user)
        self._do(lambda db: [db.execute(f"DELETE FROM {table} WHERE person = ?", (key,)) for table in ("listening", "spoilt")])

    def sweep(self) -> int:
        """Erases rows whose time is over; how many."""
        return self._do(lambda db: db.execute("DELETE FROM listening WHERE expires < ?", (int(self._clock()),)).rowcount)

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._drop()

    def _read(self, db: sqlite3.Connection, key: str, aside: bool = False) -> Listening:
        row = db.execute("SELECT data FROM listening WHERE person = ? AND expires >= ?", (key, int(self._clock()))).fetchone()
        if row is None:
            return Listening()
        try:
            return from_text(row[0] if isinstance(row[0], str) else "")
        except ValueError:
            LOG.error("a spoilt row of listening was found%s", ", and set aside" if aside else "")
            if aside:
                db.execute("INSERT INTO spoilt VALUES (?, ?, ?)", (key, row[0], int(self._clock())))
            return Listening()

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if not self._lock.acquire(timeout=BUSY_MS / 1000):
            raise StoreUnavailable("the file of listening is busy")
        try:
            if self._open is None:
                self._open = self._connect()
            return work(self._open)
        except sqlite3.Error as error:
            self._drop()
            raise StoreUnavailable(f"the file of listening cannot be used: {_plainly(error)}") from error
        except OSError as error:
            raise StoreUnavailable(f"the file of listening cannot be used: {error.strerror}") from error
        finally:
            self._lock.release()

    def _connect(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self.path, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")  # what was promised stored is on the disk, also when the machine loses power
            if db.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('listening', 'spoilt')").fetchone()[0] < 2:
                db.executescript(_TABLES)
        except BaseException:
            db.close()
            raise
        return db

    def _drop(self) -> None:
        if self._open is not None:
            try:
                self._open.close()
            except sqlite3.Error:
                LOG.warning("the file of listening did not close well")
            self._open = None


def _plainly(error: Any) -> str:
    return f"{type(error).__name__}: {error}"
