"""The town made ready: one JSON file per language beside the wordings, so that a cold start neither parses TOML nor indexes.

A compiled town names the hash of the files it was made from; a loader that can see those files checks it and falls back to
them when it is stale. Nothing here is ever edited by hand.
"""

from __future__ import annotations

import hashlib
import json
import os
from datetime import date, time
from pathlib import Path
from typing import Any, Final

from skill.city.model import City
from skill.city.parse import parse
from skill.stores import words
from skill.stores.town_files import load_town, read_tables, town_hash
from skill.understanding.ear import compile_ear

VERSION: Final = 1
LOCALES: Final = {"fr": ("fr-FR",), "en": ("en-GB",)}


def _stamp(folder: Path) -> str:
    """Hash of everything the compiled files depend on."""
    digest = hashlib.sha256(f"{VERSION} {town_hash(folder)}".encode())
    for language in words.languages():
        digest.update(json.dumps([words.words(language), words.prompts(language)], sort_keys=True).encode())
        for locale in LOCALES.get(language, ()):
            digest.update(json.dumps(words.samples(locale), sort_keys=True, default=str).encode())
    digest.update(json.dumps([words.rules(), words.meanings()], sort_keys=True).encode())
    return digest.hexdigest()


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


def compile_town(folder: Path, out: Path) -> list[Path]:
    """Writes the compiled town into `out`; each file appears whole or not at all. Raises BrokenFiles for a broken town."""
    city = load_town(folder)
    tables, _ = read_tables(folder)
    out.mkdir(parents=True, exist_ok=True)
    stamp = _stamp(folder)
    files: dict[str, Any] = {
        "town": {
            "stamp": stamp, "tables": tables, "rules": words.rules(), "meanings": words.meanings(),
            "kinds": {lang: words.words(lang)["kinds"] for lang in words.languages()},
        }
    }  # fmt: skip
    for language in words.languages():
        files[f"ear-{language}"] = compile_ear(city, words.words(language), sample_texts(language), language)
        files[f"voice-{language}"] = words.prompts(language)
    written = []
    for name, data in files.items():
        path = out / f"{name}.json"
        fresh = path.with_suffix(f".{os.getpid()}.tmp")
        fresh.write_text(json.dumps(data, default=_default, ensure_ascii=False, separators=(",", ":"), sort_keys=True), encoding="utf-8")
        fresh.replace(path)
        written.append(path)
    return written


class Town:
    """A town ready to answer: its city, and its ears and wordings, each read when first needed."""

    def __init__(self, city: City, rules: dict[str, Any], kinds: dict[str, Any], meanings: dict[str, Any], parts: dict[str, Any] | Path) -> None:
        self.city, self.rules, self.kinds, self.meanings = city, rules, kinds, meanings
        self._parts = parts

    def part(self, name: str) -> dict[str, Any]:
        """The plain form of "ear-fr" or "voice-en"."""
        if isinstance(self._parts, dict):
            found: dict[str, Any] = self._parts[name]
            return found
        read: dict[str, Any] = json.loads((self._parts / f"{name}.json").read_bytes())
        return read


def read_compiled(out: Path, folder: Path | None = None) -> Town | None:
    """The compiled town, or None where there is none or where the folder's files have changed since."""
    try:
        data = json.loads((out / "town.json").read_bytes())
    except (OSError, ValueError):
        return None
    if folder is not None and data.get("stamp") != _stamp(folder):
        return None
    return Town(parse(data["tables"], trusted=True), data["rules"], data["kinds"], data["meanings"], out)


def from_files(folder: Path) -> Town:
    """The town straight from its TOML files. Raises BrokenFiles."""
    city = load_town(folder)
    parts: dict[str, Any] = {}
    for language in words.languages():
        parts[f"ear-{language}"] = compile_ear(city, words.words(language), sample_texts(language), language)
        parts[f"voice-{language}"] = words.prompts(language)
    return Town(city, words.rules(), {lang: words.words(lang)["kinds"] for lang in words.languages()}, words.meanings(), parts)
