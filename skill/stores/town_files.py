"""The town's folder on disk: TOML files in, one merged table of tables out, and each problem traced to its file and line."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any, Final

from skill.city.model import City
from skill.city.parse import TABLES, BrokenTown, Problem, parse
from skill.record import Record
from skill.stores.toml_lines import find_line, in_french

CITIES: Final = Path(__file__).resolve().parent.parent / "cities"
SINGLE: Final = ("town", "contact")
"""Tables written [name]; every other is a list, written [[name]]."""
_NOT_READ: Final = re.compile(r"\.toml(?:\.(?:txt|toml))?$", re.IGNORECASE)


class Located(Record):
    """A problem as a clerk reads it: which file, which line."""

    file: str
    line: int
    problem: Problem

    def __str__(self) -> str:
        what = ".".join(part for part in (self.problem.table, self.problem.inner, self.problem.key) if part)
        return f"{self.file}:{self.line}: {what}: {self.problem.message}" if what else f"{self.file}:{self.line}: {self.problem.message}"


class BrokenFiles(Exception):
    """The folder cannot be used; `located` names every problem with its place."""

    def __init__(self, located: list[Located]) -> None:
        super().__init__("\n".join(str(p) for p in located))
        self.located = located


def find_town(name: str) -> Path:
    """The folder of a town: a path as it is, or the name of one shipped with the skill. FileNotFoundError if there is none."""
    for candidate in (Path(name), CITIES / name) if name.strip() else ():
        if candidate.is_dir():
            return candidate
    known = ", ".join(sorted(p.name for p in CITIES.iterdir() if p.is_dir()))
    raise FileNotFoundError(f"no town folder {name!r}; shipped with the skill: {known}")


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("*.toml") if p.is_file() and not p.name.startswith("."))


def town_hash(folder: Path) -> str:
    """SHA-256 of every TOML file of the folder, names included: whether a town has changed."""
    digest = hashlib.sha256()
    for path in _files(folder):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def read_tables(folder: Path) -> tuple[dict[str, Any], dict[str, list[tuple[Path, int]]]]:
    """The merged tables of a folder, and for each table the file and place-in-file of its records. Raises BrokenFiles."""
    merged: dict[str, Any] = {}
    origin: dict[str, list[tuple[Path, int]]] = {}
    broken = list(_strays(folder))
    for path in _files(folder):
        data = _read(path, broken)
        for table, value in data.items():
            if isinstance(value, list) and table not in SINGLE:
                merged.setdefault(table, []).extend(value)
                origin.setdefault(table, []).extend((path, n) for n in range(len(value)))
            elif isinstance(value, dict) and table not in TABLES:
                for key in sorted(value.keys() & merged.get(table, {}).keys()):
                    where = _locate(Problem(table, 0, key, f"« {key} » est déjà écrit dans {origin[table][0][0].name} : l'enlever ici"), {table: [(path, 0)]})
                    broken.append(where)
                merged.setdefault(table, {}).update(value)
                origin.setdefault(table, []).append((path, 0))
                for key in value:
                    origin.setdefault(f"{table}.{key}", []).append((path, 0))
            else:
                problem = Problem(table, 0, "", _brackets(table, value))
                broken.append(_locate(problem, {table: [(path, 0)]}))
    if not merged and not broken:
        broken.append(Located(str(folder.name), 1, Problem("town", 0, "", "aucun fichier .toml dans ce dossier")))
    if broken:
        raise BrokenFiles(broken)
    return merged, origin


def _brackets(table: str, value: Any) -> str:
    if isinstance(value, dict):
        return f"[{table}] : écrire [[{table}]], avec deux crochets, devant chaque fiche"
    if table in SINGLE:
        return f"[[{table}]] : écrire [{table}], avec un seul crochet" if table == "town" else "écrire [contact.town] et [contact.waste], avec un seul crochet"
    return f"« {table} » est hors de toute fiche : la placer sous une ligne [[…]], ou l'enlever"


def _strays(folder: Path) -> list[Located]:
    """What lies in the folder and would be passed over in silence."""
    found = []
    for path in sorted(p for p in folder.iterdir() if not p.name.startswith(".")):
        message = ""
        if path.is_dir():
            if path.suffix.lower() == ".toml" or any(_NOT_READ.search(p.name) for p in path.iterdir()):
                message = "les sous-dossiers ne sont pas lus : mettre les fichiers .toml dans le dossier de la ville"
        elif _NOT_READ.search(path.name) and path.suffix != ".toml":
            message = f"ce fichier n'est pas lu : le nommer {_NOT_READ.sub('', path.name)}.toml"
        if message:
            found.append(Located(path.name, 1, Problem("", 0, "", message)))
    return found


def _read(path: Path, broken: list[Located]) -> dict[str, Any]:
    """The tables of one file; empty, with its problem noted, where it cannot be read."""
    import tomllib  # not on the path of a compiled town

    text = ""
    try:
        text = path.read_text(encoding="utf-8-sig")
        data = tomllib.loads(text)
        line, message = 1, "" if data else "le fichier est vide : l'enlever, ou y écrire des fiches"
    except UnicodeDecodeError as error:
        data, line, message = {}, 1, f"le fichier n'est pas en UTF-8 (octet {error.start}) : l'enregistrer en UTF-8"
    except tomllib.TOMLDecodeError as error:
        data = {}
        line, message = in_french(str(error), text)
    except RecursionError:
        data, line, message = {}, 1, "TOML illisible : trop de crochets l'un dans l'autre"
    if message:
        broken.append(Located(path.name, line, Problem("", 0, "", message)))
    return data


def load_town(folder: Path) -> City:
    """The town of a folder. Raises BrokenFiles with every problem, its file and its line."""
    tables, origin = read_tables(folder)
    try:
        return parse(tables)
    except BrokenTown as error:
        raise BrokenFiles(located(error.problems, origin)) from error


def located(problems: list[Problem], origin: dict[str, list[tuple[Path, int]]]) -> list[Located]:
    """Each problem with its file and line."""
    return [_locate(p, origin) for p in problems]


def _locate(problem: Problem, origin: dict[str, list[tuple[Path, int]]]) -> Located:
    places = origin.get(problem.table) or origin.get(problem.table.split(".")[0], [])
    if not places:
        return Located("town.toml", 1, problem)
    if problem.table in SINGLE and problem.key:
        places = [p for p in places if find_line(_text(p[0]), 0, problem)[1]] or places
    path, nth = places[min(problem.index, len(places) - 1)]
    return Located(path.name, find_line(_text(path), nth, problem)[0], problem)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")
