"""`mairie backup` and `mairie restore`: all that a town keeps in its folder, in one file and back."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from skill.settings import Settings


def add_parser(verbs: Any, settings_of: Callable[[argparse.Namespace], Settings]) -> None:
    """Adds the two commands."""
    backup = verbs.add_parser("backup", help="sauvegarder ce qui est gardé (gens, podcasts, console) dans un fichier")
    backup.add_argument("file", type=Path, help="par exemple sauvegarde-2026-11-22.tar.gz")
    backup.set_defaults(do=lambda args: _backup(args, settings_of(args)))
    restore = verbs.add_parser("restore", help="remettre une sauvegarde dans un dossier vide")
    restore.add_argument("file", type=Path)
    restore.add_argument("--into", type=Path, help="le dossier (à défaut celui de MAIRIE_DATA)")
    restore.set_defaults(do=lambda args: _restore(args, settings_of(args)))


def _backup(args: argparse.Namespace, settings: Settings) -> int:
    from skill.stores import backup

    count = backup.write(_folder(settings), args.file, datetime.now().astimezone())
    print(f"{count} fichiers sauvegardés dans {args.file}")
    return 0


def _restore(args: argparse.Namespace, settings: Settings) -> int:
    from skill.stores import backup

    into = args.into or _folder(settings)
    count, made = backup.restore(args.file, into)
    print(f"{count} fichiers remis dans {into}, tels qu'ils étaient le {made}")
    return 0


def _folder(settings: Settings) -> Path:
    if settings.bucket or settings.table:
        raise ValueError(
            "MAIRIE_BUCKET ou MAIRIE_TABLE : ce qui est dans le nuage se sauvegarde là-bas (versions du bucket, point-in-time recovery de la table)"
        )
    if not settings.data:
        raise ValueError("MAIRIE_DATA est vide : rien n'est gardé")
    return Path(settings.data)
