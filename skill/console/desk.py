"""What every page of the console works with: the town that answers, what staff changed, accounts, sessions; and saving."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from podcasts.storage import NEW, Changed, Storage
from skill.app import Ready, Skill
from skill.city.model import City
from skill.city.parse import BrokenTown
from skill.console.accounts import Accounts, Refused
from skill.console.labels import TABLES
from skill.conversation.ports import Kept
from skill.homes import memory_of
from skill.record import Record
from skill.settings import Settings
from skill.stores.changes import ADDED, REMOVED, Change, Changes, Document, Edit, Rows, differing, plain
from skill.stores.desk_rows import Session, Tries
from skill.stores.live import Live

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
        """A record as it stands, its values as JSON tells them."""
        if self.live.folder is None:
            document, _ = self.changes.load()
            found = document.row(table, key)
            return None if found is None else {"id": key, **{k: v for k, v in found.items() if k not in (ADDED, REMOVED)}}
        row = self.live.row(table, key)
        return None if row is None else plain(row)  # type: ignore[no-any-return]

    def seen(self, table: str, key: str) -> str:
        """A mark of how a record stands, for a form to bring back."""
        return mark(self.row(table, key))

    def save(self, wanted: Iterable[tuple[str, dict[str, Any] | None, str]], who: str, seen: str | None = None, undoes: str = "") -> list[Change]:
        """Keeps records, each (table, row with its id, words for the list), all or none, and answers from them at once.

        A row {"id": ..., REMOVED: True} takes a record away. Raises Wrong, Overtaken.
        """
        rows = list(wanted)

        def edits(document: Document) -> list[tuple[Edit, str]]:
            out = []
            for table, row, what in rows:
                assert row is not None
                key = str(row["id"])
                if seen is not None and seen != self.seen(table, key):
                    raise Overtaken(self.row(table, key), _last(document, table, key))
                base = self.live.base_row(table, key)
                fields: dict[str, Any] | None = {REMOVED: True} if row.get(REMOVED) else differing(base, row)
                if base is None and row.get(REMOVED):
                    fields = None
                out.append((Edit(table, key, fields or None), what))
            return out

        return self._apply(edits, who, undoes, focus={(t, str(r["id"])) for t, r, _ in rows if r})

    def _apply(self, edits: Any, who: str, undoes: str, focus: set[tuple[str, str]]) -> list[Change]:
        self.skill.refresh()  # what somebody else saved by another process is seen before it is judged

        def check(document: Document) -> None:
            try:
                self.live.city_with(document)
            except BrokenTown as error:
                raise Wrong(_told(error, self.tables_with(document), focus)) from error

        made = self.changes.apply(edits, who, self.now(), check, undoes)
        self.skill.refresh()
        return made

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

    def tables_with(self, document: Document) -> dict[str, Any]:
        """The town's tables with these changes."""
        from skill.stores.changes import merged

        return merged(self.live.tables, document.rows)

    def trial(self, rows: Rows) -> Ready:
        """The town as it would answer with more changes, heard as now; nothing that is asked of it is remembered. Raises Wrong."""
        document, _ = self.changes.load()
        joined = {t: {**document.rows.get(t, {}), **rows.get(t, {})} for t in {**document.rows, **rows}}
        tried = document.but(rows=joined)
        try:
            city = self.live.city_with(tried)
        except BrokenTown as error:
            raise Wrong(_told(error, self.tables_with(tried), {(t, k) for t, r in rows.items() for k in r})) from error
        ready = Ready(self.skill.town.with_city(city), memory_of(), self.skill.programmes)
        ready.heard_like(self.skill.ready)
        return ready


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
        rows = tables.get(problem.table, [])
        key = str(rows[problem.index].get("id", "")) if isinstance(rows, list) and problem.index < len(rows) else ""
        text = problem.message[:1].upper() + problem.message[1:]
        if (problem.table, key) in focus:
            out.append((problem.key, text))
        else:
            out.append(("", f"{TABLES.get(problem.table, problem.table)} « {key} » : {text}"))
    return out
