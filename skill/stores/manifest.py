"""The list of a compiled town's files with their sizes, so that a copy cut short is known at start and not at the first question.

Sizes, not checksums: a cold start pays a `stat` a file for it, not a second reading of everything.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

NAME: Final = "files.json"


def write(out: Path, paths: list[Path]) -> Path:
    """Writes the list, last of all."""
    path, fresh = out / NAME, out / f"{NAME}.{os.getpid()}.tmp"
    fresh.write_text(json.dumps({p.name: p.stat().st_size for p in paths}, sort_keys=True), encoding="utf-8")
    fresh.replace(path)
    return path


def problem_in(folder: str) -> str:
    """What is wrong with a compiled town's files, in a sentence; "" where all of them are there and whole."""
    try:
        with open(os.path.join(folder, NAME), "rb") as file:
            sizes: dict[str, int] = json.loads(file.read())
        for name, size in sizes.items():
            found = os.stat(os.path.join(folder, name)).st_size
            if found != size:
                return f"{name} has {found} bytes instead of {size}"
    except OSError as error:
        return f"{os.path.basename(str(error.filename))}: {error.strerror}"
    except (ValueError, AttributeError, TypeError):
        return f"{NAME} cannot be read"
    return ""
