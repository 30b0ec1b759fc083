"""Tables from elsewhere (CSV, TOML, Opendatasoft) into records of ours, and ours into CSV: each cell read, nothing guessed in silence."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from skill.city.fold import fold
from skill.console.accounts import Refused

MOST_ROWS: Final = 2_000
MOST_BYTES: Final = 4 * 1024 * 1024
TABLES: Final = {"place": "lieux", "fact": "réponses", "item": "déchets"}
_WORDS: Final = {"answer", "say", "hours_note", "about", "where", "prices", "after"}
_LISTS: Final = {"aliases", "aliases_en", "misheard", "entrances", "transport", "facilities"}
_BY_LANGUAGE: Final = {"questions", "names"}
COLUMNS: Final[dict[str, dict[str, str]]] = {
    "place": {
        "id": "identifiant", "name": "nom", "name_en": "nom anglais", "kind": "type", "address": "adresse", "phone": "téléphone",
        "hours": "horaires (OSM)", "hours_note.fr": "précision", "hours_note.en": "précision (anglais)", "aliases": "autres noms",
        "aliases_en": "autres noms (anglais)", "facilities": "équipements", "district": "quartier", "part_of": "fait partie de",
        "about.fr": "description", "about.en": "description (anglais)", "source": "source", "updated": "mise à jour",
    },
    "fact": {
        "id": "identifiant", "topic": "sujet", "questions.fr": "questions", "questions.en": "questions (anglais)", "answer.fr": "réponse",
        "answer.en": "réponse (anglais)", "valid_until": "vrai jusqu'au", "after.fr": "ensuite", "after.en": "ensuite (anglais)",
        "source": "source", "updated": "mise à jour",
    },
    "item": {
        "id": "identifiant", "bin": "bac", "say.fr": "nom", "say.en": "nom (anglais)", "names.fr": "autres noms", "names.en": "autres noms (anglais)",
        "answer.fr": "réponse", "answer.en": "réponse (anglais)", "source": "source", "updated": "mise à jour",
    },
}  # fmt: skip
"""Column to its French heading. Lists are separated by "|"."""
GUESSES: Final[dict[str, tuple[str, ...]]] = {
    "name": ("nom", "name", "libelle", "designation", "intitule", "titre", "nom du lieu", "nom de l equipement", "equipement", "denomination"),
    "address": ("adresse", "address", "adresse complete", "adr", "voie", "localisation", "adresse postale"),
    "phone": ("telephone", "tel", "phone", "numero de telephone", "contact telephone"),
    "hours": ("horaires", "opening hours", "opening_hours", "horaires osm", "horaire"),
    "about.fr": ("description", "presentation", "descriptif"),
    "kind": ("type", "kind", "categorie", "nature", "typologie"), "source": ("source", "url", "lien", "site", "site web"),
    "updated": ("mise a jour", "updated", "date de mise a jour", "date maj", "maj"), "id": ("identifiant", "id"),
}  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def read_csv(data: bytes, table: str) -> list[dict[str, str]]:
    """The rows of a file, by column of ours. Raises Refused with what to do."""
    text = _text(data)
    if not text.strip():
        raise Refused("ce fichier est vide")
    sample = text[:20_000]
    first = next((line for line in sample.splitlines() if line.strip()), "")
    separator = max((";", "\t", ","), key=first.count)
    if first.count(separator) == 0:
        raise Refused("les colonnes ne sont pas séparées : enregistrer le fichier en CSV, avec des points-virgules, des virgules ou des tabulations")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        headings = [fold(h) for h in next(rows)]
        known = {fold(name): column for column, french in COLUMNS[table].items() for name in (column, column.replace(".", " "), french)}
        known |= {guess: column for column, guesses in GUESSES.items() if column in COLUMNS[table] for guess in guesses if guess not in known}
        columns = [known.get(h, "") for h in headings]
        if not set(columns) & {"id", "name", "questions.fr", "say.fr"}:
            raise Refused(
                f"aucune colonne ne se reconnaît : la première ligne doit nommer les colonnes, par exemple {', '.join(list(COLUMNS[table].values())[:5])}"
            )
        doubled = next((c for c in columns if c and columns.count(c) > 1), "")
        if doubled:
            raise Refused(f"deux colonnes disent la même chose ({COLUMNS[table][doubled]}) : en enlever une")
        out = []
        for number, row in enumerate(rows, 2):
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(columns):
                why = "un séparateur manque, ou un texte qui en contient n'est pas entre guillemets"
                raise Refused(f"la ligne {number} a {len(row)} colonnes au lieu de {len(columns)} : {why}")
            out.append({c: _bare(cell.strip()) for c, cell in zip(columns, row, strict=True) if c})
            if len(out) > MOST_ROWS:
                raise Refused(f"plus de {MOST_ROWS} lignes : couper le fichier en plusieurs")
    except StopIteration:
        raise Refused("ce fichier est vide") from None
    except csv.Error as error:
        raise Refused(f"ce fichier ne se lit pas comme un CSV (ligne {rows.line_num}) : l'enregistrer de nouveau depuis le tableur") from error
    if not out:
        raise Refused("ce fichier n'a pas de ligne sous les titres")
    return out


def _bare(cell: str) -> str:
    """A cell without the mark that `write_csv` puts before what a spreadsheet would take for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA) else cell


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise Refused(f"ce fichier fait plus de {MOST_BYTES // 1024**2} Mo : le couper en plusieurs")
    if data[:2] in (b"PK", b"\xd0\xcf"):
        raise Refused("c'est un classeur de tableur : dans le tableur, choisir « Enregistrer sous », puis CSV UTF-8")
    if b"\x00" in data:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16", "replace")
        raise Refused("ce n'est pas un fichier de texte : dans le tableur, choisir « Enregistrer sous », puis CSV UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")  # what spreadsheets in French write where nobody asked for UTF-8
        if "\ufffd" in text:
            raise Refused("les accents de ce fichier ne se lisent pas : l'enregistrer en CSV UTF-8") from None
        return text


def to_row(cells: Mapping[str, str]) -> dict[str, Any]:
    """A record's fields from its cells; empty cells give nothing."""
    row: dict[str, Any] = {}
    for column, cell in cells.items():
        if not cell:
            continue
        name, _, language = column.partition(".")
        if name in _BY_LANGUAGE:
            row.setdefault(name, {})[language] = _split(cell)
        elif name in _WORDS:
            row.setdefault(name, {})[language] = cell
        elif name in _LISTS:
            row[name] = _split(cell)
        elif name == "phone":
            row[name] = phone(cell)
        elif name in ("updated", "valid_until"):
            row[name] = iso(cell)
        else:
            row[name] = cell
    return row


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]


def phone(text: str) -> str:
    """A French number by pairs; what is none is left as it is, for the checks to say so."""
    digits = re.sub(r"[ .\-/()\u00a0\u202f]", "", text)
    digits = re.sub(r"^(?:\+33|0033)\(?0?\)?", "0", digits)
    if re.fullmatch(r"0[89]00\d{6}", digits):
        return f"{digits[0]} {digits[1:4]} {digits[4:6]} {digits[6:8]} {digits[8:]}"
    return " ".join(digits[n : n + 2] for n in range(0, 10, 2)) if re.fullmatch(r"0\d{9}", digits) else text


def iso(text: str) -> str:
    """A date as ISO; what is none is left as it is."""
    found = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text)
    return f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}" if found else text[:10] if re.match(r"\d{4}-\d\d-\d\dT", text) else text


def write_csv(table: str, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Records as a file that French spreadsheets open well: points-virgules, a byte-order mark, and no cell that is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS[table].values())
    for row in rows:
        writer.writerow([_cell(row, column) for column in COLUMNS[table]])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(row: Mapping[str, Any], column: str) -> str:
    name, _, language = column.partition(".")
    value = row.get(name)
    if language:
        value = (value or {}).get(language) if isinstance(value, Mapping) else None
    text = "" if value is None else " | ".join(value) if isinstance(value, list | tuple) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
