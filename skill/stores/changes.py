"""What staff changed, over the town's files: fields of records, records of their own, notices; who changed what, and when.

One JSON document in the staff's storage, replaced whole and only by somebody who saw its last version: after a crash it is the old
one or the new one, and a change is in the list of changes or was not made. The town's TOML stays the base: what is kept here are
the fields that differ from it, so that what a developer mends in the files is not hidden by an old copy.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from podcasts.storage import NEW, Changed, Storage, attempts
from skill.record import Record

KEY: Final = "changes.json"
VERSION: Final = 1
MOST_LOGGED: Final = 2_000
"""Changes kept in the document; older ones are moved to archives beside it."""
ADDED: Final = "_added"
"""Marks a record that the files do not have."""
REMOVED: Final = "_removed"
"""Marks a record that staff took out."""
Rows = dict[str, dict[str, dict[str, Any]]]
"""Table, then id, to the fields that differ from the files; None for one that is taken away."""


class ChangesBroken(ValueError):
    """The document cannot be read. Nothing was changed."""


class Edit(Record):
    """One record as it is to be: `fields` differ from the files; None to give the record back to the files."""

    table: str
    key: str
    fields: dict[str, Any] | None


class Change(Record):
    """One line of the list of changes."""

    id: str
    at: str
    """ISO, zoned."""
    who: str
    table: str
    key: str
    what: str
    """A few words for the list: the name of the record."""
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    undoes: str = ""
    """Id of the change that this one takes back."""

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {name: getattr(self, name) for name in self._fields}


class Document(Record):
    """All changes as they stand."""

    rows: Rows
    log: tuple[Change, ...] = ()
    """Oldest first."""
    archived: int = 0
    """How many archives stand beside it."""

    def row(self, table: str, key: str) -> dict[str, Any] | None:
        """What differs of one record."""
        return self.rows.get(table, {}).get(key)

    def undone(self) -> frozenset[str]:
        """Ids of changes that were taken back."""
        return frozenset(c.undoes for c in self.log if c.undoes)


class Changes:
    """The document of one town, in the staff's storage."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def version(self) -> str:
        """Differs once anything was changed."""
        found = self._storage.info(KEY)
        return found.version if found else ""

    def load(self) -> tuple[Document, str]:
        """The document, and the version to expect. Raises ChangesBroken, StorageUnavailable."""
        found = self._storage.get(KEY)
        if found is None:
            return Document({}), NEW
        try:
            data = json.loads(found.data)
            if data["version"] != VERSION or not all(isinstance(r, dict) for t in data["rows"].values() for r in t.values()):
                raise ValueError("another version")
            return Document(data["rows"], tuple(Change(**c) for c in data["log"]), int(data.get("archived", 0))), found.version
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ChangesBroken(f"{KEY} est illisible ({error}). Rien n'a été changé. La version d'avant est dans {KEY}.before.json.") from error

    def apply(
        self, edits: Callable[[Document], list[tuple[Edit, str]]], who: str, now: datetime, check: Callable[[Document], None], undoes: str = ""
    ) -> list[Change]:
        """Makes edits (each with a few words for the list), all or none, again where somebody else was faster.

        `edits` sees the document as it stands and may refuse by raising; so may `check`, which sees it as it is to be.
        """
        for _ in attempts():
            document, version = self.load()
            made: list[Change] = []
            rows = {table: dict(records) for table, records in document.rows.items()}
            for edit, what in edits(document):
                before = document.row(edit.table, edit.key)
                if before == edit.fields:
                    continue
                table = rows.setdefault(edit.table, {})
                if edit.fields is None:
                    table.pop(edit.key, None)
                else:
                    table[edit.key] = edit.fields
                made.append(Change(secrets.token_hex(6), now.isoformat(timespec="seconds"), who, edit.table, edit.key, what, before, edit.fields, undoes))
            if not made:
                return []
            after = self._archived(document.but(rows={t: r for t, r in rows.items() if r}, log=(*document.log, *made)))
            check(after)
            try:
                if version != NEW:
                    self._storage.put(f"{KEY}.before.json", _bytes(document))
                self._storage.put(KEY, _bytes(after), expected=version)
                return made
            except Changed:
                continue
        raise Changed("d'autres personnes enregistrent sans cesse : réessayez dans un instant")

    def note(self, change: Change) -> None:
        """Adds a line about what was changed elsewhere."""
        for _ in attempts():
            document, version = self.load()
            try:
                self._storage.put(KEY, _bytes(self._archived(document.but(log=(*document.log, change)))), expected=version)
                return
            except Changed:
                continue
        raise Changed("d'autres personnes enregistrent sans cesse : réessayez dans un instant")

    def _archived(self, document: Document) -> Document:
        """The document with its oldest changes moved to an archive, where it grew long."""
        if len(document.log) <= MOST_LOGGED:
            return document
        half = MOST_LOGGED // 2
        old = json.dumps([c.plain() for c in document.log[:half]], ensure_ascii=False).encode()
        self._storage.put(f"changes-{document.archived + 1:04d}.json", old)
        return document.but(log=document.log[half:], archived=document.archived + 1)


def _bytes(document: Document) -> bytes:
    data = {"version": VERSION, "rows": document.rows, "archived": document.archived, "log": [c.plain() for c in document.log]}
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def merged(tables: Mapping[str, Any], rows: Rows) -> dict[str, Any]:
    """The town's tables with what staff changed in them. What is left of a record that the files no longer have is passed over."""
    out = dict(tables)
    for table, records in rows.items():
        base = {row["id"]: row for row in tables.get(table, []) if isinstance(row, dict) and "id" in row}
        for key, fields in records.items():
            if fields.get(REMOVED):
                base.pop(key, None)
            elif key in base or fields.get(ADDED):
                row = {**base.get(key, {"id": key}), **{k: v for k, v in fields.items() if k != ADDED}}
                base[key] = {k: v for k, v in row.items() if v is not None}
        out[table] = list(base.values())
    return out


def differing(base: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The fields by which a record as wanted differs from that of the files: what an Edit keeps. Values are compared as JSON tells them."""
    if base is None:
        return {ADDED: True, **{k: plain(v) for k, v in wanted.items() if v is not None}}
    out: dict[str, Any] = {}
    for key in {**base, **wanted}:
        old, new = plain(base.get(key)), plain(wanted.get(key))
        if old != new:
            out[key] = new
    return out


def plain(value: Any) -> Any:
    """A value of TOML as JSON tells it: dates are text."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
