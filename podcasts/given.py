"""What staff give for an episode, checked before anything is kept: its fields, its picture, its words, its chapters."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from podcasts import cover
from podcasts.model import KINDS
from podcasts.values import one_line, plain_text, title_line
from podcasts.write import TRANSCRIPTS

LONGEST_TITLE: Final = 255
LONGEST_DESCRIPTION: Final = 4_000
"""Bytes: directories cut there, and an accented letter takes two."""
LONGEST_NAME: Final = 100
MOST_TEXT_BYTES: Final = 5 * 1024 * 1024
MOST_PEOPLE: Final = 20
EDITABLE: Final = ("title", "description", "published", "number", "season", "kind", "explicit", "people")
_YEARS: Final = range(1990, 2101)


class Refused(ValueError):
    """What was asked cannot be done. The text says why and how to mend it."""


def fields(given: Mapping[str, Any], whole: bool = True) -> dict[str, Any]:
    """The fields of an entry, each checked. Raises Refused; nothing is cut in silence."""
    unknown = set(given) - set(EDITABLE)
    if unknown:
        raise Refused(f"on ne change pas {', '.join(sorted(unknown))}")
    out = {k: v for k, v in given.items() if v is not None}
    if "title" in out or whole:
        out["title"] = _settled(title_line, out.get("title"))
        if not out["title"]:
            raise Refused("il faut le titre")
        if len(out["title"]) > LONGEST_TITLE:
            raise Refused(f"le titre fait {len(out['title'])} caractères : {LONGEST_TITLE} au plus")
    if "description" in out or whole:
        out["description"] = _settled(lambda text: plain_text(text, 20 * LONGEST_DESCRIPTION), out.get("description"))
        size = len(out["description"].encode())
        if not size:
            raise Refused("il faut la description")
        if size > LONGEST_DESCRIPTION:
            raise Refused(f"la description fait {size} octets (une lettre accentuée en compte deux) : {LONGEST_DESCRIPTION} au plus")
    if "published" in out:
        out["published"] = _date(out["published"])
    for key, most in (("number", 99_999), ("season", 9_999)):
        if key in out and not (type(out[key]) is int and 0 < out[key] <= most):
            raise Refused(f"le numéro {out[key]} ne va pas : un nombre entier de 1 à {most}")
    if out.get("kind", "full") not in KINDS:
        raise Refused(f"la sorte d'épisode est {', '.join(KINDS)}")
    if not isinstance(out.get("explicit", False), bool):
        raise Refused("explicite est vrai ou faux")
    if "people" in out:
        out["people"] = _people(out["people"])
    return out


def _settled(clean: Callable[[Any], str], value: Any) -> str:
    """A text that reads the same however often it is cleaned ("&amp;amp;amp;" takes several turns), so that readers of the feed see ours."""
    text = clean(value)
    while (again := clean(text)) != text:
        text = again
    return text


def _date(value: Any) -> datetime:
    """A moment to the second, as feeds keep it: a finer one would come back from the feed as another."""
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise Refused("la date doit avoir un fuseau horaire")
    if value.year not in _YEARS:
        raise Refused(f"l'année {value.year} ne va pas : de {_YEARS[0]} à {_YEARS[-1]}")
    return value.replace(microsecond=0)


def _people(value: Any) -> tuple[str, ...]:
    given = [value] if isinstance(value, str) else list(value)
    names = tuple(dict.fromkeys(name for row in given if (name := _settled(one_line, row))))
    if len(names) > MOST_PEOPLE or any(len(name) > LONGEST_NAME for name in names):
        raise Refused(f"il y a trop d'intervenants, ou un nom est trop long : {MOST_PEOPLE} noms de {LONGEST_NAME} caractères au plus")
    return names


def why(error: OSError) -> str:
    """What hinders, in French where staff meet it."""
    known = {errno.ENOENT: "fichier introuvable", errno.EACCES: "lecture interdite", errno.EISDIR: "c'est un dossier", errno.ENOTDIR: "fichier introuvable"}
    return known.get(error.errno or 0, error.strerror or type(error).__name__)


def _read(path: Path, what: str) -> bytes:
    try:
        if path.stat().st_size > cover.MOST_BYTES:
            raise Refused(f"{what} dépasse {cover.MOST_BYTES // 1024 // 1024} Mo")
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{what} ne se lit pas : {why(error)} ({path})") from error


def picture(path: Path) -> tuple[str, bytes]:
    """(file ending, bytes) of a picture. Raises Refused or NotACover."""
    data = _read(path, "l'image")
    return cover.measured(data)[1], data


def words(path: Path) -> tuple[str, bytes]:
    """(file ending, bytes) of a transcript. Raises Refused."""
    ending, data = path.suffix.lower().lstrip("."), _read(path, "la transcription")
    if ending not in TRANSCRIPTS or len(data) > MOST_TEXT_BYTES:
        raise Refused(f"la transcription est un fichier {', '.join(TRANSCRIPTS)} de {MOST_TEXT_BYTES // 1024 // 1024} Mo au plus")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("la transcription n'est pas en UTF-8 : enregistrez-la de nouveau en UTF-8") from error
    if not text.strip():
        raise Refused("la transcription est vide")
    if ending == "vtt" and not text.startswith("WEBVTT"):
        raise Refused("la transcription .vtt doit commencer par WEBVTT")
    return ending, data


def marks(path: Path) -> tuple[str, bytes]:
    """(file ending, bytes) of a file of chapters. Raises Refused."""
    data = _read(path, "le fichier de chapitres")
    try:
        rows = json.loads(data, parse_constant=_no_number)["chapters"]
        good = isinstance(rows, list) and all(type(row["startTime"]) in (int, float) and row["startTime"] >= 0 for row in rows)
    except (ValueError, KeyError, TypeError, RecursionError):
        good = False
    if not good:
        raise Refused('le fichier de chapitres est un JSON : {"version": "1.2.0", "chapters": [{"startTime": 0, "title": "…"}]}')
    return "json", data


def _no_number(word: str) -> float:
    """NaN and Infinity, which Python takes and players do not."""
    raise ValueError(word)
