"""All the episodes that a series ever had, the withdrawn and the coming ones too: what its feed is made from.

One JSON file for each series. It is replaced whole, and only by somebody who saw its last version; the version before is kept
beside it. A file that cannot be read is an error, never an empty series.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

from podcasts.model import KINDS
from podcasts.storage import NEW, Changed, Storage, attempts, checked

VERSION: Final = 1
_TEXTS: Final = ("guid", "title", "description", "file", "mime", "digest", "kind", "image", "transcript", "chapters")
_NEEDED: Final = ("guid", "title", "file", "mime", "digest")


class Entry(NamedTuple):
    """One episode of ours. Files are keys of the storage; `published` may lie ahead."""

    guid: str
    title: str
    description: str
    published: datetime
    added: datetime
    file: str
    mime: str
    size: int
    seconds: int
    digest: str
    number: int | None = None
    season: int | None = None
    kind: str = "full"
    explicit: bool = False
    people: tuple[str, ...] = ()
    image: str = ""
    transcript: str = ""
    chapters: str = ""
    withdrawn: bool = False


class LibraryBroken(ValueError):
    """The list of episodes cannot be read. Nothing was changed; the text says where it is and what stands beside it."""


Entries = tuple[Entry, ...]


def key_of(series: str) -> str:
    """Where the list of a series is kept."""
    return f"{series}/catalogue.json"


def load(storage: Storage, series: str) -> tuple[Entries, str]:
    """The episodes of a series in the order they were added, and the version to expect. Raises LibraryBroken."""
    found = storage.get(key_of(series))
    if found is None:
        return (), NEW
    try:
        data = json.loads(found.data)
        if data["version"] != VERSION:
            raise ValueError("another version")
        entries = tuple(_entry(row) for row in data["episodes"])
        if len({e.guid for e in entries}) < len(entries):
            raise ValueError("two episodes with one GUID")
        return entries, found.version
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise LibraryBroken(
            f"{key_of(series)} est illisible ({error}). Rien n'a été changé. La version d'avant est dans {series}/catalogue.before.json."
        ) from error


def change(storage: Storage, series: str, edit: Callable[[Entries], Entries]) -> Entries:
    """Applies a change, again where somebody else was faster, and gives the episodes after it."""
    for _ in attempts():
        entries, version = load(storage, series)
        after = edit(entries)
        if after == entries:
            return after
        if version != NEW:
            storage.put(f"{series}/catalogue.before.json", _bytes(entries))
        try:
            storage.put(key_of(series), _bytes(after), expected=version)
            return after
        except Changed:
            continue
    raise Changed(f"{key_of(series)} change sans cesse : réessayez dans un instant")


def _bytes(entries: Entries) -> bytes:
    rows = [{k: v.isoformat() if isinstance(v, datetime) else v for k, v in e._asdict().items() if v not in (None, "", (), False)} for e in entries]
    return json.dumps({"version": VERSION, "episodes": rows}, ensure_ascii=False, indent=1).encode()


def _entry(row: dict[str, Any]) -> Entry:
    given = {"description": "", **row}
    for key in ("published", "added"):
        given[key] = datetime.fromisoformat(given[key])
        if given[key].tzinfo is None:
            raise ValueError(f"{key} without a zone")
    given["people"] = tuple(given.get("people", ()))
    entry = Entry(**given)
    values = entry._asdict()
    wrong = [k for k in _TEXTS if not isinstance(values[k], str)] + [k for k in _NEEDED if not values[k]]
    wrong += [k for k in ("size", "seconds") if not _positive(values[k])] + [
        k for k in ("number", "season") if values[k] is not None and not _positive(values[k])
    ]
    wrong += [k for k in ("explicit", "withdrawn") if not isinstance(values[k], bool)]
    wrong += [] if entry.kind in KINDS else ["kind"]
    if wrong or not all(isinstance(p, str) for p in entry.people):
        raise ValueError(f"episode {entry.guid!r}: {', '.join(wrong) or 'people'}")
    for key in filter(None, (entry.file, entry.image, entry.transcript, entry.chapters)):
        checked(key)
    return entry


def _positive(value: Any) -> bool:
    return type(value) is int and value > 0
