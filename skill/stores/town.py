"""A town ready to answer, as a running skill needs it: its records, its ears and its wordings, each read when first needed.

This file is on the path of a cold start and imports next to nothing; making a compiled town is compiled.py's work.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from skill.city.model import City
from skill.city.parse import head, make


class LazyTable(Mapping[str, Any]):
    """One table of records, each made when it is first asked for. Equal to the dict of all of them."""

    def __init__(self, table: str, rows: Callable[[], list[dict[str, Any]]]) -> None:
        self._table, self._rows = table, rows
        self._raw: dict[str, dict[str, Any]] | None = None
        self._made: dict[str, Any] = {}

    @property
    def _known(self) -> dict[str, dict[str, Any]]:
        if self._raw is None:
            self._raw = {row["id"]: row for row in self._rows()}
        return self._raw

    def __getitem__(self, key: str) -> Any:
        if key not in self._made:
            self._made[key] = make(self._table, self._known[key])
        return self._made[key]

    def __contains__(self, key: object) -> bool:
        return key in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and dict(self) == dict(other)

    __hash__ = None  # type: ignore[assignment]


class Town:
    """A town ready to answer."""

    def __init__(
        self,
        city: City,
        rules: dict[str, Any],
        kinds: dict[str, Any],
        meanings: dict[str, Any],
        parts: dict[str, Any] | str,
        rooms: dict[str, str] | None = None,
        files: str = "",
    ) -> None:
        """`files`: the digest of the town's files, as compiled."""
        self.city, self.rules, self.kinds, self.meanings, self.files = city, rules, kinds, meanings, files
        self.rooms = rooms or {}
        """Intent to room, as found when the town was compiled; empty for a town from its files."""
        self._parts = parts

    def parts(self) -> dict[str, Any]:
        """All its ears and voices, where they were made from its files."""
        return dict(self._parts) if isinstance(self._parts, dict) else {}

    def hears_like(self, other: Town) -> bool:
        """Whether ears and voices are the same."""
        if isinstance(self._parts, str) or isinstance(other._parts, str):
            return self._parts == other._parts
        return all(self._parts[name] is other._parts.get(name) for name in self._parts)

    def with_city(self, city: City) -> Town:
        """The same ears and voices for records that are heard alike."""
        return Town(city, self.rules, self.kinds, self.meanings, self._parts, self.rooms, self.files)

    def with_parts(self, city: City, parts: dict[str, Any]) -> Town:
        """Other records, with ears and voices of their own."""
        return Town(city, self.rules, self.kinds, self.meanings, parts, self.rooms, self.files)

    def part(self, name: str) -> dict[str, Any]:
        """The plain form of "ear-fr" or "voice-en"."""
        found: dict[str, Any] = self._parts[name] if isinstance(self._parts, dict) else _read(self._parts, name)
        return found


def _read(folder: str, name: str) -> Any:
    with open(os.path.join(folder, f"{name}.json"), "rb") as file:
        return json.loads(file.read())


def read_compiled(folder: str) -> Town | None:
    """The compiled town of a folder, taken as it is; None where there is none that can be read."""
    try:
        return town_from(_read(folder, "town"), lambda table: _read(folder, table), folder)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def town_from(data: dict[str, Any], apart: Callable[[str], Any], parts: dict[str, Any] | str) -> Town:
    """A compiled town of its main file, of what reads a table that has a file of its own, and of its ears and voices. Raises KeyError, TypeError."""
    small: dict[str, list[dict[str, Any]]] = data["tables"]

    def rows(table: str) -> Callable[[], list[dict[str, Any]]]:
        return lambda: small[table] if table in small else apart(table)

    tables = {table: LazyTable(table, rows(table)) for table in data["names"]}
    return Town(head(data["head"], tables), data["rules"], data["kinds"], data["meanings"], parts, data.get("rooms"), data.get("files", ""))
