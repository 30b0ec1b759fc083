"""What every page of the console works with: the town that answers, what staff changed, accounts, sessions; and saving."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from podcasts.storage import NEW, Changed, Storage
from skill.app import Ready, Skill
from skill.city.model import City
from skill.city.parse import BrokenTown, Problem
from skill.console.accounts import Accounts, Refused
from skill.console.labels import TABLES
from skill.conversation.ports import Kept
from skill.homes import memory_of
from skill.record import Record
from skill.settings import Settings
from skill.stores.changes import REMOVED, Change, Changes, Document, Edit, Rows, differing, merged, plain
from skill.stores.desk_rows import Session, Tries
from skill.stores.live import Live
from skill.stores.town_files import BrokenFiles

LOG: Final = logging.getLogger("mairie.console")
SECRET: Final = "secret"
LOGGED_ONLY: Final = frozenset({"podcast", "staff", "question"})
"""Tables of the list of changes whose records are kept elsewhere."""


class Wrong(Exception):
    """What somebody filled in cannot be kept. `fields`: name of the field ("" for the whole) and advice in French."""

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self.fields = list(fields)
        super().__init__("; ".join(text for _, text in self.fields))


class Overtaken(Exception):
    """Somebody else saved the same record meanwhile: `now` is how it stands, `who` saved it."""

    def __init__(self, now: dict[str, Any] | None, who: str) -> None:
        super().__init__(who)
        self.now, self.who = now, who


class Desk(Record):
    """Wired once, when the server starts."""

    skill: Skill
    settings: Settings
    storage: Storage
    live: Live
    changes: Changes
    accounts: Accounts
    sessions: Kept[Session]
    tries: Kept[Tries]

    def now(self) -> datetime:
        """The moment, in the town's zone."""
        return self.skill.now()

    @property
    def city(self) -> City:
        """The town as it answers now."""
        return self.skill.city

    def row(self, table: str, key: str) -> dict[str, Any] | None:
        """A record as it stands, its values as JSON tells them: with what another process saved a moment ago."""
        return self.row_in(self.changes.load()[0], table, key)

    def row_in(self, document: Document, table: str, key: str) -> dict[str, Any] | None:
        """A record as a document makes it."""
        base, fields = self.live.base_row(table, key), document.row(table, key)
        found = merged({table: [base] if base else []}, {table: {key: fields} if fields else {}})
        return plain(found[table][0]) if found.get(table) else None  # type: ignore[no-any-return]

    def fields(self, table: str, row: dict[str, Any]) -> dict[str, Any] | None:
        """What is kept of a record as it is to be; None where the files have it so."""
        base = self.live.base_row(table, str(row["id"]))
        if row.get(REMOVED):
            return {REMOVED: True} if base is not None else None
        return differing(base, row) or None

    def seen(self, table: str, key: str) -> str:
        """A mark of how a record stands, for a form to bring back."""
        return mark(self.row(table, key))

    def save(
        self, wanted: Iterable[tuple[str, dict[str, Any], str]], who: str, seen: str | dict[tuple[str, str], str] | None = None, undoes: str = ""
    ) -> list[Change]:
        """Keeps records, each (table, row with its id, words for the list), all or none, and answers from them at once.

        A row {"id": ..., REMOVED: True} takes a record away. `seen` is how the records stood when somebody began: one mark, or one for each.
        Raises Wrong, Overtaken.
        """
        rows = list(wanted)

        def edits(document: Document) -> list[tuple[Edit, str]]:
            out = []
            for table, row, what in rows:
                key = str(row["id"])
                stands = self.row_in(document, table, key)
                if (known := seen.get((table, key)) if isinstance(seen, dict) else seen) is not None and known != mark(stands):
                    raise Overtaken(stands, _last(document, table, key))
                out.append((Edit(table, key, self.fields(table, row)), what))
            return out

        return self._apply(edits, who, undoes, focus={(t, str(r["id"])) for t, r, _ in rows})

    def _apply(self, edits: Any, who: str, undoes: str, focus: set[tuple[str, str]]) -> list[Change]:
        self._refresh()  # what somebody else saved by another process is seen before it is judged

        def check(document: Document) -> None:
            self._judged(document, focus)

        made = self.changes.apply(edits, who, self.now(), check, undoes)
        self._refresh()
        self.skill.publish()
        return made

    def _refresh(self) -> None:
        """Takes the town as it stands now. What cannot be taken at once is taken by the reloader: it is kept already."""
        try:
            self.skill.refresh()
        except (BrokenFiles, OSError) as error:
            LOG.error("the town is taken a little later: %s", type(error).__name__)

    def forget(self, table: str, key: str, who: str) -> list[Change]:
        """Gives a record back to the files: for a change that no longer fits them."""
        return self._apply(lambda _: [(Edit(table, key, None), key)], who, "", {(table, key)})

    def undo(self, change: Change, who: str) -> list[Change]:
        """Takes a change back. Raises Overtaken where the record was changed again since, Wrong where it cannot be."""

        def edits(document: Document) -> list[tuple[Edit, str]]:
            if change.id in document.undone():
                raise Wrong([("", "ce changement est déjà annulé")])
            if document.row(change.table, change.key) != change.after:
                raise Overtaken(document.row(change.table, change.key), _last(document, change.table, change.key))
            return [(Edit(change.table, change.key, change.before), change.what)]

        return self._apply(edits, who, change.id, {(change.table, change.key)})

    def note(self, who: str, table: str, key: str, what: str, before: Any = None, after: Any = None, undoes: str = "") -> None:
        """Writes down what was changed elsewhere: a podcast, an account."""
        self.changes.note(Change(secrets.token_hex(6), self.now().isoformat(timespec="seconds"), who, table, key, what, plain(before), plain(after), undoes))

    def remove(self, gone: Iterable[tuple[str, str]], what: str, who: str) -> str:
        """Takes records away, each (table, id), all or none; gives why that cannot be, "" where it is done."""
        try:
            self.save([(table, {"id": key, REMOVED: True}, what) for table, key in gone], who)
        except Wrong as error:
            return str(error)
        return ""

    def trial(self, rows: Iterable[tuple[str, dict[str, Any]]]) -> Ready:
        """The town as it would answer with more records (table and row), heard as now; nothing that is asked of it is remembered. Raises Wrong."""
        city, _ = self.tried(rows)
        ready = Ready(self.skill.town.with_city(city), memory_of(), self.skill.programmes)
        ready.heard_like(self.skill.ready)
        return ready

    def tried(self, rows: Iterable[tuple[str, dict[str, Any]]]) -> tuple[City, dict[str, Any]]:
        """The city with more records, and the tables that it is made of. Raises Wrong."""
        document, focus = self.document_with(rows)
        return self._judged(document, focus), self.live.tables_with(document, focus)

    def _judged(self, document: Document, focus: set[tuple[str, str]]) -> City:
        """The city that a document makes. Raises Wrong, in words for the records in `focus`."""
        try:
            return self.live.city_with(document, focus)
        except BrokenTown as error:
            raise Wrong(_told(error, self.live.tables_with(document, focus), focus)) from error

    def document_with(self, rows: Iterable[tuple[str, dict[str, Any]]]) -> tuple[Document, set[tuple[str, str]]]:
        """All changes with more records, not kept; and which ones those are."""
        document, _ = self.changes.load()
        joined: Rows = {t: dict(r) for t, r in document.rows.items()}
        focus = set()
        for table, row in rows:
            focus.add((table, str(row["id"])))
            joined.setdefault(table, {})[str(row["id"])] = self.fields(table, row) or {}
        return document.but(rows=joined), focus

    def faults(self, rows: list[tuple[str, dict[str, Any]]]) -> dict[tuple[str, str], list[tuple[str, str]]]:
        """What is wrong with each of many records, tried together: by table and id, fields and advice."""
        tried, focus = self.document_with(rows)
        try:
            self.live.city_with(tried, focus)
        except BrokenTown as error:
            tables = self.live.tables_with(tried, focus)
            out: dict[tuple[str, str], list[tuple[str, str]]] = {}
            for problem in error.problems:
                out.setdefault((problem.table, _key(tables, problem)), []).append((problem.key, problem.message))
            return out
        return {}


def make_desk(skill: Skill, settings: Settings, storage: Storage, sessions: Kept[Session], tries: Kept[Tries]) -> Desk:
    """The desk of a skill whose town is live. Raises Refused for one that is not."""
    if skill.live is None or skill.live.changes is None:
        raise Refused("rien n'est gardé ici : MAIRIE_DATA est vide")
    return Desk(skill, settings, storage, skill.live, skill.live.changes, Accounts(storage), sessions, tries)


def secret_of(storage: Storage) -> bytes:
    """The key that signs cookies: made once, shared by every process."""
    for _ in range(3):
        found = storage.get(SECRET)
        if found is not None and len(found.data) >= 32:
            return found.data
        try:
            storage.put(SECRET, secrets.token_bytes(48), expected=found.version if found else NEW)
        except Changed:
            continue
    found = storage.get(SECRET)
    if found is None:
        raise Refused("la clé de la console ne se lit pas")
    return found.data


def mark(row: dict[str, Any] | None) -> str:
    """The same for two records that are alike."""
    return hashlib.sha256(json.dumps(row, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def _last(document: Document, table: str, key: str) -> str:
    return next((c.who for c in reversed(document.log) if (c.table, c.key) == (table, key)), "")


def _told(error: BrokenTown, tables: dict[str, Any], focus: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """What is wrong, for the fields of the record being saved; of other records, with their name."""
    out = []
    for problem in error.problems:
        key = _key(tables, problem)
        text = problem.message[:1].upper() + problem.message[1:]
        if (problem.table, key) in focus:
            out.append((problem.key, text))
        else:
            out.append(("", f"{TABLES.get(problem.table, problem.table)} « {key} » : {text}"))
    return out


def _key(tables: dict[str, Any], problem: Problem) -> str:
    rows = tables.get(problem.table, [])
    return str(rows[problem.index].get("id", "")) if isinstance(rows, list) and problem.index < len(rows) else ""
