"""The town as it answers now: its files, or its compiled form, with what staff changed over them.

A change of staff that would spoil the town is refused before it is kept. Should the files change under an old change so that the two
no longer fit, that change is left out, and said so, and everything else is answered.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from skill.city.model import City
from skill.city.parse import BrokenTown, make, parse
from skill.stores.changes import Changes, ChangesBroken, Document, Rows, merged
from skill.stores.compiled import parts_of, town_of
from skill.stores.published import Published
from skill.stores.town import Town
from skill.stores.town_files import BrokenFiles, located, read_tables, town_hash

LOG: Final = logging.getLogger("mairie.web")
_TRIES: Final = 20
UNREACHED: Final = "?"
"""The version of changes that could not be asked for: any other is news."""
_ONLY_SAID: Final = frozenset({"hours", "hours_note", "phone", "prices", "fares", "about", "where", "source", "updated", "updated_unknown", "area_ha"})


class Live:
    """One town, and the changes over it. `folder` is None for a compiled town: notices are laid over it, all else is taken from `published`."""

    def __init__(self, folder: Path | None, changes: Changes | None, compiled: Town | None = None, published: Published | None = None) -> None:
        self.folder, self.changes, self._compiled, self.published = folder, changes, compiled, published
        self._latest: Town | None = None
        """The last compiled town of what staff changed."""
        self._waiting = False
        """Whether the compiled town of what staff changed was not there yet."""
        self._held: Rows = {}
        self.left_out: tuple[tuple[str, str], ...] = ()
        """Changes that no longer fit the files: table and id."""
        self.fault: BrokenFiles | None = None
        """Why the files of the moment cannot be used, and the last good ones are."""
        self.spoilt = ""
        """Why what staff changed cannot be read; "" where it can."""
        self._tried: tuple[dict[str, Any], dict[str, Any]] | None = None
        self.tables: dict[str, Any] = {}
        """Of the files alone, as last read."""
        self._origin: dict[str, list[tuple[Path, int]]] = {}
        self._hash = self._version = ""
        self._town: Town | None = None
        self._now: dict[str, Any] = {}

    def changed(self) -> bool:
        """Whether files or changes are others than those of the last `town`."""
        return self._waiting or self._seen() != (self._hash, self._version)

    def _seen(self) -> tuple[str, str]:
        files = town_hash(self.folder) if self.folder else "compiled"
        try:
            return (files, self.changes.version() if self.changes else "")
        except OSError:
            if self._town is not None:
                raise
            return (files, UNREACHED)  # a town that starts answers from its files, and looks again

    def current(self) -> dict[str, Any]:
        """The tables as they are answered from."""
        return self._now

    def base_row(self, table: str, key: str) -> dict[str, Any] | None:
        """A record as the files have it."""
        return next((row for row in self.tables.get(table, []) if row.get("id") == key), None)

    def city_with(self, document: Document, touched: Iterable[tuple[str, str]] = ()) -> City:
        """The city as it would be with these changes; those left out already are judged only where they are `touched`. Raises BrokenTown."""
        if self._compiled is not None:
            return self._compiled.city.but(notices=_notices(document.rows, self._compiled.city, self._compiled.city.notices))
        return parse(self.tables_with(document, touched))

    def tables_with(self, document: Document, touched: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
        """The town's tables with these changes."""
        passed_over = set(self.left_out) - set(touched)
        rows = {t: {k: f for k, f in records.items() if (t, k) not in passed_over} for t, records in document.rows.items()}
        return merged(self.tables, rows)

    def town(self) -> Town:
        """The town anew, where anything changed. Raises BrokenFiles for files that cannot be used, where there were no good ones before; OSError."""
        seen = self._seen()
        if self._town is not None and seen == (self._hash, self._version) and not self._waiting:
            return self._town
        rows = self._rows()
        if self._compiled is not None:
            self._town = self._over_compiled(rows)
        else:
            city, tables = self._read(seen[0], rows)
            self._town = town_of(city, self.parts_for(tables, city))
            self._now = tables
        self._hash, self._version = seen
        self._held = rows
        return self._town

    def publish(self) -> bool:
        """Puts the town as it answers now where functions in the cloud find it; True where it was not there. Raises StorageUnavailable."""
        if self.published is None or self.folder is None or self._town is None or self.fault is not None or self.spoilt:
            return False
        return self.published.put(self._town.city, self.tables, self._now, self._held)

    def parts_for(self, tables: dict[str, Any], city: City) -> dict[str, Any]:
        """Ears and voices for tables: those of the moment, or of what was tried last, where the words are the same. Making them takes most of a second."""
        heard = _heard(tables)
        if self._town is not None and heard == _heard(self._now):
            return self._town.parts()
        if self._tried is None or self._tried[0] != heard:
            self._tried = (heard, parts_of(city))
        return self._tried[1]

    def _read(self, found: str, rows: Rows) -> tuple[City, dict[str, Any]]:
        """The city of the files of the moment, or of the last good ones while these cannot be used: what staff announce must not wait for a comma."""
        if found == self._hash or self.folder is None:
            return self._whole(self.tables, self._origin, rows)
        try:
            tables, origin = read_tables(self.folder)
            made = self._whole(tables, origin, rows)
        except BrokenFiles as error:
            if self._town is None:
                raise
            self.fault = error
            return self._whole(self.tables, self._origin, rows)
        self.tables, self._origin, self.fault = tables, origin, None
        return made

    def _rows(self) -> Rows:
        """What staff changed. A store that does not answer leaves the last good town; a document that is spoilt is passed over, and said so."""
        self.spoilt = ""
        if self.changes is None:
            return {}
        try:
            return self.changes.load()[0].rows
        except (ChangesBroken, OSError) as error:
            if self._town is not None and isinstance(error, OSError):
                raise
            LOG.error("what staff changed cannot be read, the town is answered without: %s", error)
            self.spoilt = str(error)
            return {}

    def _whole(self, files: dict[str, Any], origin: dict[str, list[tuple[Path, int]]], rows: Rows) -> tuple[City, dict[str, Any]]:
        """The city with every change that fits; those that do not are left out and named."""
        rows = {table: dict(records) for table, records in rows.items()}
        left: list[tuple[str, str]] = []
        for _ in range(_TRIES):
            tables = merged(files, rows)
            try:
                city = parse(tables)
                self.left_out = tuple(left)
                return city, tables
            except BrokenTown as error:
                spoilt = {(p.table, _id_at(tables, p.table, p.index)) for p in error.problems} & {(t, k) for t, r in rows.items() for k in r}
                if not spoilt:
                    spoilt = {(t, k) for t, r in rows.items() for k in r}
                if not spoilt:
                    raise BrokenFiles(located(error.problems, origin)) from error
                for table, key in sorted(spoilt):
                    rows[table].pop(key)
                    left.append((table, key))
                    LOG.error("a change of staff no longer fits the town's files and is left out: %s %s", table, key)
        raise BrokenFiles([])

    def _over_compiled(self, rows: Rows) -> Town:
        found, self._waiting = self._compiled, False
        assert found is not None
        files = found.city.notices
        if self.published is not None and any(records for table, records in rows.items() if table != "notice"):
            whole = self.published.town(found.files, rows)
            if whole is not None:
                self._latest = whole
                return whole
            self._waiting = True
            found = self._latest or found  # what was changed before this is not unsaid
        else:
            self._latest = None
        return found.with_city(found.city.but(notices=_notices(rows, found.city, files)))


def _heard(tables: dict[str, Any]) -> dict[str, Any]:
    """What the ears are made from: notices and what is only said of a place leave them as they are."""
    out = {table: value for table, value in tables.items() if table not in ("notice", "place")}
    out["place"] = [{k: v for k, v in row.items() if k not in _ONLY_SAID} for row in tables.get("place", [])]
    return out


def _notices(rows: Rows, city: City, of_files: Mapping[str, Any]) -> dict[str, Any]:
    """Notices of staff over those of the files, for a compiled town."""
    mine = {key: make("notice", {"id": key, **fields}) for key, fields in rows.get("notice", {}).items() if not fields.get("_removed")}
    kept = {k: n for k, n in of_files.items() if k not in rows.get("notice", {})}
    return {**kept, **{k: n for k, n in mine.items() if n.place in ("", *city.places) and n.collection in ("", *city.collections)}}


def _id_at(tables: dict[str, Any], table: str, index: int) -> str:
    rows = tables.get(table, [])
    return str(rows[index].get("id", "")) if isinstance(rows, list) and index < len(rows) else ""
