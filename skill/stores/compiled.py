"""Makes a town ready: from its TOML and the language files to the JSON that a cold start reads (town.py).

Compiled files are never edited by hand. What only understanding needs (question forms, aliases) is in the ears, not in the records.
"""

from __future__ import annotations

import hashlib
import json
import os
from datetime import date, time
from pathlib import Path
from typing import Any, Final

from skill.city.model import City
from skill.intents.router import HANDLERS
from skill.stores import manifest, words
from skill.stores.town import Town
from skill.stores.town_files import load_town, read_tables
from skill.understanding.ear import compile_ear

FORMAT: Final = 1
"""Of compiled towns: another number where older code could not read them."""
LOCALES: Final = {"fr": ("fr-FR",), "en": ("en-GB",)}
TABLES: Final = ("place", "facility", "district", "collection", "bin", "item", "fact", "series", "street", "notice")
APART: Final = frozenset({"fact", "item", "street"})
"""Tables long enough to have a file of their own, read when first needed."""
_HEARD: Final = {
    "fact": ("questions", "topic"),
    "item": ("names",),
    "place": ("aliases", "aliases_en", "misheard"),
    "collection": ("names",),
    "facility": ("words",),
}
"""What of each record only the ears need."""


def sample_texts(language: str) -> list[str]:
    """Every sample utterance of a language's models, slots left out."""
    out: list[str] = []
    for locale in LOCALES.get(language, ()):
        for intent in words.samples(locale).get("intents", {}).values():
            out.extend(intent.get("samples", ()))
    return out


def _default(value: Any) -> str:
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not JSON")


def files_of(city: City, tables: dict[str, Any]) -> dict[str, Any]:
    """Every file of a compiled town, by name without its ending."""
    return {**_records(tables), **parts_of(city)}


def digest(tables: dict[str, Any]) -> str:
    """The same for two compiled towns whose files, wordings and rooms say the same: a town compiled by other code is another."""
    ours = [HANDLERS.rooms, words.rules(), words.meanings(), [[words.words(lang), words.prompts(lang), sample_texts(lang)] for lang in words.languages()]]
    text = json.dumps([FORMAT, {t: tables.get(t) for t in ("town", "contact", *TABLES)}, ours], default=_default, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _records(tables: dict[str, Any]) -> dict[str, Any]:
    bare = {t: [{k: v for k, v in row.items() if k not in _HEARD.get(t, ())} for row in tables.get(t, [])] for t in TABLES}
    return {
        "town": {
            "head": {"town": tables["town"], "contact": tables["contact"]}, "names": TABLES, "tables": {t: bare[t] for t in TABLES if t not in APART},
            "rooms": HANDLERS.rooms, "files": digest(tables),
            "rules": words.rules(), "meanings": words.meanings(), "kinds": {lang: words.words(lang)["kinds"] for lang in words.languages()},
        },
        **{t: bare[t] for t in sorted(APART)},
    }  # fmt: skip


def text_of(data: Any) -> str:
    """A file of a compiled town as it is written: the same bytes on every run."""
    return json.dumps(data, default=_default, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def compile_town(folder: Path, out: Path) -> list[Path]:
    """Writes the compiled town into `out`; each file appears whole or not at all. Raises BrokenFiles for a broken town."""
    city = load_town(folder)
    tables, _ = read_tables(folder)
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name, data in files_of(city, tables).items():
        path = out / f"{name}.json"
        fresh = path.with_suffix(f".{os.getpid()}.tmp")
        fresh.write_text(text_of(data), encoding="utf-8")
        fresh.replace(path)
        written.append(path)
    return [*written, manifest.write(out, written)]


def from_files(folder: Path) -> Town:
    """The town straight from its TOML files. Raises BrokenFiles."""
    city = load_town(folder)
    return town_of(city, parts_of(city))


def parts_of(city: City) -> dict[str, Any]:
    """The ears and voices of a city."""
    parts: dict[str, Any] = {}
    for language in words.languages():
        parts[f"ear-{language}"] = compile_ear(city, words.words(language), sample_texts(language), language)
        parts[f"voice-{language}"] = words.prompts(language)
    return parts


def town_of(city: City, parts: dict[str, Any]) -> Town:
    """A city with its ears and voices."""
    return Town(city, words.rules(), {lang: words.words(lang)["kinds"] for lang in words.languages()}, words.meanings(), parts)
