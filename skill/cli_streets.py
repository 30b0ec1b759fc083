"""`mairie streets`: a file of streets into the town's own index. Nothing is written where anything is wrong."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from skill.stores.town_files import BrokenFiles, find_town, load_town


def add_parser(verbs: Any, town_of: Callable[[argparse.Namespace], str]) -> None:
    """Adds the command."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "streets",
        help="importer les rues de la ville et leur quartier de collecte",
        description="Lit un CSV (rue;quartier), la Base Adresse Nationale, un export Opendatasoft ou du GeoJSON, et écrit rues.toml.",
    )
    parser.add_argument("file", help="le fichier des rues ou des adresses")
    parser.add_argument("--polygones", help="GeoJSON des quartiers, pour un fichier qui donne des points et non des quartiers")
    parser.add_argument("--rue", default="", help="nom de la colonne des rues")
    parser.add_argument("--quartier", default="", help="nom de la colonne des quartiers (ou de la propriété des polygones)")
    parser.add_argument("--insee", default="", help="code INSEE : les lignes d'autres communes sont laissées")
    parser.add_argument("--source", default="", help="page d'où vient le fichier ; à défaut son nom")
    parser.add_argument("--voir", action="store_true", help="montrer le fichier sans l'écrire")
    parser.set_defaults(do=lambda args: _streets(args, town_of(args)))


def _streets(args: argparse.Namespace, name: str) -> int:
    from skill.stores.street_files import BadStreets, Fields, read_rows, read_shapes
    from skill.stores.street_index import gather, written

    try:
        folder = find_town(name)
        city, path = load_town(folder), Path(args.file)
        shapes = read_shapes(Path(args.polygones), city, args.quartier) if args.polygones else {}
        index = gather(read_rows(path, Fields(args.rue, "" if args.polygones else args.quartier, args.insee)), city, shapes)
    except (BadStreets, BrokenFiles, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    placed = len(index.streets) - len(index.lost)
    if not placed:
        print("aucune rue n'a de quartier : donner une colonne de quartiers (--quartier) ou les polygones (--polygones)", file=sys.stderr)
        return 1
    text = written(index, args.source or path.name, date.today().isoformat())
    if args.voir:
        print(text, end="")
    else:
        faults = _placed(folder, text)
        if faults:
            print(f"{faults}\nrien n'est changé", file=sys.stderr)
            return 1
    print(f"{placed} rues" + (f" ; sans quartier : {', '.join(index.lost[:5])}{'…' if len(index.lost) > 5 else ''}" if index.lost else ""), file=sys.stderr)
    return 0


def _placed(folder: Path, text: str) -> str:
    """Puts the file in its place and has the whole town read; what is wrong, with the old file back where it was."""
    target, fresh = folder / "rues.toml", folder / ".rues.tmp"
    before = target.read_bytes() if target.exists() else None
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(target)
    try:
        load_town(folder)
    except BrokenFiles as error:
        target.unlink() if before is None else target.write_bytes(before)
        return str(error)
    return ""
