"""What an import would change, record by record, to be looked at and accepted one by one; kept on our side meanwhile, a day at most."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Iterable
from typing import Any, Final

from podcasts.storage import Storage
from skill.city.fold import fold
from skill.console.accounts import Refused
from skill.console.desk import Desk
from skill.console.forms import fresh_id
from skill.console.labels import LABELS, told
from skill.console.place_pages import kinds_of
from skill.record import Record
from skill.stores.changes import plain

KEPT_S: Final = 24 * 3600
_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{16}")


class Proposal(Record):
    """One record as it would be."""

    table: str
    row: dict[str, Any]
    fresh: bool
    """Whether there is none yet."""
    differences: tuple[tuple[str, str, str], ...]
    """Field, as it stands, as it would be."""
    wrong: tuple[str, ...] = ()
    """What is wrong with it: it cannot be accepted."""
    seen: str = ""


def propose(desk: Desk, table: str, rows: Iterable[dict[str, Any]], usual: dict[str, Any]) -> tuple[list[Proposal], int]:
    """Proposals for rows from elsewhere, and how many change nothing. `usual`: what a new record is given where it says nothing."""
    known = {str(r["id"]): r for r in desk.live.current().get(table, [])}
    by_name = {fold(_named(table, r)): key for key, r in known.items()}
    taken, out, same = set(known), [], 0
    for given in rows:
        key = str(given.get("id", "")) if given.get("id") in known else by_name.get(fold(_named(table, given)), "")
        before = plain(known[key]) if key else None
        if before is None:
            key = str(given["id"]) if given.get("id") and given["id"] not in taken else fresh_id(_named(table, given) or table, taken)
        taken.add(key)
        row = {**({} if before else {k: v for k, v in usual.items() if k not in given}), **(before or {})}
        if before is not None and table == "place" and fold(str(given.get("name", ""))) == fold(str(before.get("name", ""))):
            given = {k: v for k, v in given.items() if k != "name"}  # a capital of a spreadsheet is no other name
        for name, value in given.items():
            row[name] = {**row.get(name, {}), **value} if isinstance(value, dict) and isinstance(row.get(name), dict) else value
        row["id"] = key
        if table == "fact":
            bilingual = "en" in row.get("questions", {}) and "en" in row.get("answer", {})
            row |= {} if bilingual else {"french_only": True}
        if row.get("updated") and row.get("updated_unknown"):
            row.pop("updated_unknown")
        changed = tuple((LABELS.get(k, k), told((before or {}).get(k)), told(v)) for k, v in row.items() if v != (before or {}).get(k) and k != "id")
        if before is not None and not [c for c in changed if c[0] not in (LABELS["updated"], LABELS["source"])]:
            same += 1
            continue
        out.append(Proposal(table, row, before is None, changed, seen=desk.seen(table, key)))
    return judged(desk, out), same


def _named(table: str, row: dict[str, Any]) -> str:
    if table == "place":
        return str(row.get("name", ""))
    if table == "fact":
        return next(iter(row.get("questions", {}).get("fr", [])), "")
    return str(row.get("say", {}).get("fr", "")) if isinstance(row.get("say"), dict) else str(row.get("id", ""))


def judged(desk: Desk, proposals: list[Proposal]) -> list[Proposal]:
    """Each with what is wrong with it; all are tried together first, since most files are good."""
    if not proposals:
        return []
    kinds = {kind for kind, _ in kinds_of(desk)}
    proposals = [
        p.but(wrong=(f"type : « {p.row['kind']} » n'est pas un type connu",)) if p.table == "place" and p.row.get("kind") not in kinds else p for p in proposals
    ]
    faults = desk.faults([(p.table, p.row) for p in proposals if not p.wrong])
    return [
        p.but(wrong=tuple(f"{LABELS.get(k, k)} : {text}" for k, text in faults[(p.table, str(p.row["id"]))])) if (p.table, str(p.row["id"])) in faults else p
        for p in proposals
    ]


class Drafts:
    """Proposals of an import, until they are accepted."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def keep(self, proposals: list[Proposal], origin: str) -> str:
        """Keeps them, and gives their id."""
        self._sweep()
        key = f"{int(time.time()):08x}-{secrets.token_hex(8)}"
        rows = [{n: getattr(p, n) for n in Proposal._fields} for p in proposals]
        self._storage.put(f"drafts/{key}.json", json.dumps({"origin": origin, "proposals": rows}, ensure_ascii=False).encode())
        return key

    def find(self, key: str) -> tuple[list[Proposal], str]:
        """Proposals, and where they come from. Raises Refused."""
        found = self._storage.get(f"drafts/{key}.json") if _ID.fullmatch(key) else None
        if found is None:
            raise Refused("cet import est trop ancien : choisir de nouveau le fichier")
        data = json.loads(found.data)
        rows = [Proposal(**{**r, "differences": tuple(tuple(d) for d in r["differences"]), "wrong": tuple(r["wrong"])}) for r in data["proposals"]]
        return rows, str(data["origin"])

    def drop(self, key: str) -> None:
        """Forgets them."""
        if _ID.fullmatch(key):
            self._storage.delete(f"drafts/{key}.json")

    def _sweep(self) -> None:
        for key in list(self._storage.keys("drafts/")):
            name = key.removeprefix("drafts/").removesuffix(".json")
            if not _ID.fullmatch(name) or int(name[:8], 16) < time.time() - KEPT_S:
                self._storage.delete(key)
