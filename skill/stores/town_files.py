"""The town's folder on disk: TOML files in, one merged table of tables out, and each problem traced to its file and line."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any, Final

from skill.city.model import City
from skill.city.parse import BrokenTown, Problem, parse
from skill.record import Record

CITIES: Final = Path(__file__).resolve().parent.parent / "cities"


class Located(Record):
    """A problem as a clerk reads it: which file, which line."""

    file: str
    line: int
    problem: Problem

    def __str__(self) -> str:
        what = f"{self.problem.table}.{self.problem.key}".strip(".")
        return f"{self.file}:{self.line}: {what}: {self.problem.message}"


class BrokenFiles(Exception):
    """The folder cannot be used; `located` names every problem with its place."""

    def __init__(self, located: list[Located]) -> None:
        super().__init__("\n".join(str(p) for p in located))
        self.located = located


def find_town(name: str) -> Path:
    """The folder of a town: a path as it is, or the name of one shipped with the skill. FileNotFoundError if there is none."""
    for candidate in (Path(name), CITIES / name):
        if candidate.is_dir():
            return candidate
    known = ", ".join(sorted(p.name for p in CITIES.iterdir() if p.is_dir()))
    raise FileNotFoundError(f"no town folder {name!r}; shipped with the skill: {known}")


def town_hash(folder: Path) -> str:
    """SHA-256 of every TOML file of the folder, names included: what a compiled town was made from."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.toml")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def read_tables(folder: Path) -> tuple[dict[str, Any], dict[str, list[tuple[Path, int]]]]:
    """The merged tables of a folder, and for each table the file and place-in-file of its records. Raises BrokenFiles."""
    import tomllib  # not on the path of a compiled town

    merged: dict[str, Any] = {}
    origin: dict[str, list[tuple[Path, int]]] = {}
    broken: list[Located] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            broken.append(Located(path.name, 1, Problem("", 0, "", f"le fichier n'est pas en UTF-8 ({error.reason} à l'octet {error.start})")))
            continue
        except tomllib.TOMLDecodeError as error:
            at = re.search(r"line (\d+)", str(error))
            broken.append(Located(path.name, int(at[1]) if at else 1, Problem("", 0, "", f"TOML illisible : {error}")))
            continue
        for table, value in data.items():
            if isinstance(value, list):
                merged.setdefault(table, []).extend(value)
                origin.setdefault(table, []).extend((path, n) for n in range(len(value)))
            elif isinstance(value, dict) and isinstance(merged.get(table, {}), dict):
                merged.setdefault(table, {}).update(value)
                origin.setdefault(table, [(path, 0)])
            else:
                broken.append(Located(path.name, 1, Problem(table, 0, "", "une table [nom] ou [[nom]] est attendue")))
    if not merged and not broken:
        broken.append(Located(str(folder.name), 1, Problem("town", 0, "", "aucun fichier .toml dans ce dossier")))
    if broken:
        raise BrokenFiles(broken)
    return merged, origin


def load_town(folder: Path) -> City:
    """The town of a folder. Raises BrokenFiles with every problem, its file and its line."""
    tables, origin = read_tables(folder)
    try:
        return parse(tables)
    except BrokenTown as error:
        raise BrokenFiles([_locate(p, origin) for p in error.problems]) from error


def _locate(problem: Problem, origin: dict[str, list[tuple[Path, int]]]) -> Located:
    places = origin.get(problem.table, [])
    if problem.index >= len(places):
        return Located("town.toml", 1, problem)
    path, nth = places[problem.index]
    lines = path.read_text(encoding="utf-8").splitlines()
    header = re.compile(rf"^\s*\[\[?{re.escape(problem.table)}(?:\.[\w.]+)?\]\]?\s*(?:#.*)?$")
    starts = [n for n, text in enumerate(lines) if header.match(text) and "." not in text.split("#")[0].strip("[] ")]
    if not starts:
        starts = [n for n, text in enumerate(lines) if header.match(text)] or [0]
    start = starts[min(nth, len(starts) - 1)]
    key = re.compile(rf"^\s*{re.escape(problem.key.split('.')[-1])}\s*=") if problem.key else None
    for n in range(start + 1, len(lines)):
        if lines[n].lstrip().startswith("[[") and "." not in lines[n].split("]]")[0]:
            break
        if key and key.match(lines[n]):
            return Located(path.name, n + 1, problem)
    return Located(path.name, start + 1, problem)
