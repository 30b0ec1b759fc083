"""Where in a TOML file a problem is, and what a TOML error means to somebody who has never heard of TOML."""

from __future__ import annotations

import re
from typing import Final

from skill.city.parse import Problem

_HEADER: Final = re.compile(r"^\s*\[\[?\s*([\w.-]+)\s*\]\]?\s*(?:#.*)?$")
_FRENCH_DATE: Final = re.compile(r"=\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})")
_MEANINGS: Final = (
    ("Cannot overwrite", "cette clé est écrite deux fois : n'en garder qu'une"),
    ("Cannot declare", "cette table est écrite deux fois : n'en garder qu'une, ou doubler les crochets, [[…]]"),
    ("Cannot mutate", "cette clé est écrite deux fois : n'en garder qu'une"),
    ("Duplicate inline", "cette clé est écrite deux fois entre les mêmes accolades : n'en garder qu'une"),
    ("Unclosed array", "une liste n'est pas fermée : ajouter ] à la fin ; une virgule manque peut-être entre deux textes"),
    ("Unclosed inline", "une accolade n'est pas fermée : ajouter } à la fin ; une virgule manque peut-être"),
    ("Expected '='", "il manque le signe = après le nom de la clé ; un nom de clé n'a ni accent ni espace"),
    ("Expected ']", "un crochet n'est pas fermé : écrire [[fact]]"),
    ("backslash", "la barre « \\ » ne s'écrit pas seule : la doubler ou l'enlever"),
    ("escape", "la barre « \\ » ne s'écrit pas seule : la doubler ou l'enlever"),
    ("Invalid value", "une valeur est attendue après = : un texte se met entre guillemets droits"),
    ("Invalid date", "cette date n'existe pas : l'écrire année-mois-jour, 2025-03-14"),
    ("Illegal character", 'un guillemet n\'est pas fermé : ajouter " à la fin du texte'),
    ("Unterminated string", 'un guillemet n\'est pas fermé : ajouter " à la fin du texte'),
    ("Expected newline", "il y a quelque chose de trop après la valeur : une ligne par clé, un texte entre guillemets droits"),
    ("Invalid statement", 'cette ligne n\'est pas comprise : elle doit commencer par un nom de clé, [[…]] ou #'),
)  # fmt: skip


def in_french(error: str, text: str) -> tuple[int, str]:
    """The line of a TOML error and what to mend there, from the reader's English message and the file's text."""
    lines = text.splitlines() or [""]
    at = re.search(r"line (\d+)", error)
    number = min(int(at[1]) if at else len(lines), len(lines))
    line = lines[number - 1]
    date = _FRENCH_DATE.search(line)
    if date:
        hint = f"une date s'écrit {date[3]}-{int(date[2]):02}-{int(date[1]):02}, année d'abord, sans guillemets"
    elif re.search(r"=\s*[{\[]?\s*[“”«]", line):
        hint = 'un texte se met entre guillemets droits : "…"'
    elif re.sub(r"\\.", "", line).count('"') % 2:
        hint = 'un guillemet n\'est pas fermé : ajouter " à la fin du texte ; dans un texte, écrire « » au lieu de "'
    else:
        hint = next((meaning for start, meaning in _MEANINGS if start in error), "cette ligne n'est pas comprise")
    return number, f"TOML illisible : {hint}"


def find_line(text: str, nth: int, problem: Problem) -> tuple[int, bool]:
    """The line, counted from 1, of a problem in the nth record of its table in a file; and whether its very key was found."""
    lines = text.splitlines() or [""]
    heads = [(n, found[1]) for n, line in enumerate(lines) if (found := _HEADER.match(line))]
    own = [n for n, name in heads if name == problem.table] or [n for n, name in heads if name.startswith(f"{problem.table}.")]
    own = own or [n for n, line in enumerate(lines) if re.match(rf"\s*{re.escape(problem.table)}\s*[.=]", line)]
    if not own:
        return 1, False
    start = own[min(nth, len(own) - 1)]
    end = next((n for n, name in heads if n > start and not name.startswith(f"{problem.table}.")), len(lines))
    end = min(end, own[nth + 1] if nth + 1 < len(own) else end)
    inside = [n for n, name in heads if start < n < end and name.startswith(f"{problem.table}.")]
    if problem.inner:
        nested = [n for n, name in heads if start < n < end and name == f"{problem.table}.{problem.inner}"]
        if nested:
            start = nested[min(problem.nth, len(nested) - 1)]
            end = next((n for n in inside if n > start), end)
            return _key_line(lines, start, end, problem.key) or (start + 1, False)
        return _listed(lines, start, end, problem)
    first = _key_line(lines, start + 1, inside[0] if inside else end, problem.key)
    under = f"{problem.table}.{problem.key}"
    return first or next(((n + 1, True) for n, name in heads if start < n < end and name == under), (start + 1, False))


def _key_line(lines: list[str], start: int, end: int, key: str) -> tuple[int, bool] | None:
    if not key:
        return None
    wanted = re.compile(rf"\s*{re.escape(key.split('.')[0])}\s*[.=]")
    return next(((n + 1, True) for n in range(start, end) if wanted.match(lines[n])), None)


def _listed(lines: list[str], start: int, end: int, problem: Problem) -> tuple[int, bool]:
    """A table in a list on one or several lines, one table a line: fares = [ { … },"""
    found = _key_line(lines, start, end, problem.inner)
    if found is None:
        return start + 1, False
    line = found[0] - 1
    close = next((n for n in range(line + 1, end) if lines[n].lstrip().startswith("]")), end if "]" not in lines[line] else line)
    tables = [n for n in range(line + 1, close) if lines[n].lstrip().startswith("{")]
    return (tables[problem.nth] if problem.nth < len(tables) else line) + 1, True
