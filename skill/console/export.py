"""The town's folder with what staff changed written into it: comments and layout of the files stay, new records get a file of their own."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

import tomlkit
from tomlkit.items import AoT, Item, Table

from skill.stores.changes import plain
from skill.stores.live import Live

OWN: Final = "console.toml"
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAYS: Final = frozenset({"updated", "review", "valid_until", "valid_from", "first", "last", "moved_to", "true_from", "true_until"})


def files(live: Live) -> dict[str, str]:
    """File name to text, for every file of the town's folder."""
    assert live.folder is not None
    wanted = {table: {str(r["id"]): r for r in rows} for table, rows in live.current().items() if isinstance(rows, list)}
    out: dict[str, str] = {}
    for path in sorted(live.folder.glob("*.toml")):
        document = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
        for table, rows in wanted.items():
            held = document.get(table)
            if isinstance(held, AoT):
                _write_over(held, rows)
                if not len(held):
                    document.remove(table)
        out[path.name] = tomlkit.dumps(document)
    fresh = {table: list(rows.values()) for table, rows in wanted.items() if rows}
    if fresh:
        own = tomlkit.document()
        own.add(tomlkit.comment("Ajouté depuis la console."))
        for table, added in fresh.items():
            several = tomlkit.aot()
            for row in added:
                several.append(_table(row))
            own.add(table, several)
        out[OWN if OWN not in out else f"console-{date.today().isoformat()}.toml"] = tomlkit.dumps(own)
    return out


def _write_over(held: AoT, rows: dict[str, dict[str, Any]]) -> None:
    """Brings the records of a file to how they stand; those written are taken out of `rows`."""
    for n in reversed(range(len(held))):
        record = held[n]
        row = rows.pop(str(record.get("id", "")), None)
        if row is None:
            del held[n]
            continue
        for key in [k for k in record if k not in row]:
            record.remove(key)
        for key, value in row.items():
            if key not in record or plain(_bare(record[key])) != plain(value):
                record[key] = _item(key, value)


def _bare(item: Any) -> Any:
    """A value of a document as Python has it: some come bare already."""
    return item.unwrap() if hasattr(item, "unwrap") else item


def _table(row: dict[str, Any]) -> Table:
    out = tomlkit.table()
    for key, value in row.items():
        out.add(key, _item(key, value))
    return out


def _item(key: str, value: Any) -> Item:
    if isinstance(value, str) and key in _DAYS and _DAY.fullmatch(value):
        return tomlkit.date(value)
    if isinstance(value, dict):
        inline = tomlkit.inline_table()
        for k, v in value.items():
            inline.append(k, _item(k, v))
        return inline
    if isinstance(value, list | tuple):
        array = tomlkit.array()
        for each in value:
            array.append(_item(key, each))
        return array
    made: Item = tomlkit.item(value)
    return made
