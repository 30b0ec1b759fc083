"""A town's index of streets from files that towns have: a table (CSV), the Base Adresse Nationale, an Opendatasoft export, GeoJSON.

Whatever the file, each row gives a street, perhaps a number or a stretch, and either a district or a point; points are put into
districts by a file of polygons. Rows of one street are gathered: one district for all of it, or stretches by side and number. Every
fault is told with its line and what to do; a file with faults gives nothing.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from skill.city.fold import fold
from skill.city.model import City
from skill.record import Record

NAMES: Final = ("nom_voie", "voie", "rue", "street", "name", "nom", "libelle", "libelle_voie", "adresse")
DISTRICTS: Final = ("district", "quartier", "secteur", "sector", "zone", "id_secteur", "nom_quartier")
POINTS: Final = ("geo_point_2d", "geo point", "geopoint")
MOST_FAULTS: Final = 20
MOST_BYTES: Final = 200 * 1024 * 1024
_NOT_AS_AGREED: Final = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, csv.Error)
"""What a file that is not what it should be may raise while it is read."""
_SIDES: Final = {"impair": "odd", "pair": "even", "odd": "odd", "even": "even", "": "", "tous": "", "both": ""}


class BadStreets(ValueError):
    """The file cannot be used; the text names every fault, one a line."""


class Row(Record):
    """One line of a file, as far as an index needs it."""

    line: int
    street: str
    district: str = ""
    """As written in the file."""
    number: int | None = None
    start: int | None = None
    to: int | None = None
    side: str = ""
    point: tuple[float, float] | None = None
    """Longitude, latitude."""
    town: str = ""
    """INSEE code, where the file tells it."""


class Fields(Record):
    """Which columns to read, where they have names of their own."""

    street: str = ""
    district: str = ""
    town: str = ""
    """INSEE code: rows of other towns are passed over."""


Shape = list[list[list[tuple[float, float]]]]
"""Polygons, each its outer ring and its holes, as (longitude, latitude)."""


def read_rows(path: Path, fields: Fields) -> list[Row]:
    """The rows of a file. Raises BadStreets."""
    text = _text(path)
    try:
        rows = list(_geojson(json.loads(text), fields) if text.lstrip()[:1] in "{[" else _table(text, fields)) if text.strip() else []
    except BadStreets:
        raise
    except _NOT_AS_AGREED as error:
        raise BadStreets(f"{path.name} : illisible ({type(error).__name__})") from error
    if not rows:
        raise BadStreets(f"{path.name} : aucune rue dans ce fichier")
    return [r for r in rows if not fields.town or r.town in ("", fields.town)]


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadStreets(f"{path.name} : plus de {MOST_BYTES // 2**20} Mo ; n'en garder que la commune")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadStreets(f"{path.name} : le fichier n'est pas en UTF-8 ; l'enregistrer en « CSV UTF-8 »") from error
    except OSError as error:
        raise BadStreets(f"{path.name} : {error.strerror}") from error


def _table(text: str, fields: Fields) -> Iterator[Row]:
    head = text.splitlines()[0]
    separator = max(";,\t", key=head.count)
    if separator not in head:
        raise BadStreets("ligne 1 : des colonnes séparées par « ; » ou « , » sont attendues, avec leurs noms : rue;quartier")
    reader = csv.DictReader(io.StringIO(text), delimiter=separator)
    columns = {fold(c or ""): c for c in reader.fieldnames or ()}
    street, district = _column(columns, fields.street, NAMES), _column(columns, fields.district, DISTRICTS)
    if not street:
        raise BadStreets(f"ligne 1 : aucune colonne de rues parmi {', '.join(map(str, columns.values()))} ; la nommer avec --rue")
    for values in reader:
        given = {fold(k): v.strip() for k, v in values.items() if k and isinstance(v, str)}
        if given.get(fold(street)):
            yield _row(reader.line_num, given, fold(street), fold(district))


def _column(columns: Mapping[str, str], asked: str, known: Iterable[str]) -> str:
    if asked:
        if fold(asked) not in columns:
            raise BadStreets(f"ligne 1 : pas de colonne « {asked} » ; il y a {', '.join(columns.values())}")
        return columns[fold(asked)]
    return next((columns[fold(k)] for k in known if fold(k) in columns), "")


def _row(line: int, given: Mapping[str, str], street: str, district: str) -> Row:
    point = _point(given.get("lon", ""), given.get("lat", "")) or next((p for k in POINTS if (p := _pair(given.get(fold(k), "")))), None)
    first, last, number = (_whole(given.get(french, given.get(english, ""))) for french, english in (("de", "from"), ("a", "to"), ("numero", "number")))
    side = _SIDES.get(fold(given.get("cote", given.get("side", ""))), "")
    return Row(line, _spelt(given[street]), given.get(district, "") if district else "", number, first, last, side, point, given.get("code insee", ""))


def _geojson(data: Any, fields: Fields) -> Iterator[Row]:
    """Features of GeoJSON, or the records of an Opendatasoft export."""
    records = data.get("features") or data.get("results") if isinstance(data, dict) else data
    if not isinstance(records, list):
        raise BadStreets("ce fichier JSON n'est ni du GeoJSON ni un export Opendatasoft : une liste « features » est attendue")
    for n, record in enumerate(records, 1):
        inner = (record.get("properties", record) if isinstance(record, dict) else {}) or {}
        texts = {fold(str(k)): str(v).strip() for k, v in inner.items() if isinstance(v, str | int | float) and not isinstance(v, bool)}
        columns = {k: k for k in texts}
        street = _column(columns, fields.street, NAMES) if n == 1 or fields.street else next((fold(k) for k in NAMES if fold(k) in texts), "")
        if not street:
            raise BadStreets(f"objet {n} : aucune propriété de rue parmi {', '.join(texts)} ; la nommer avec --rue")
        district = fold(fields.district) if fields.district else next((fold(k) for k in DISTRICTS if fold(k) in texts), "")
        each = _row(n, texts, street, district)
        yield each if each.point else each.but(point=_middle(record.get("geometry") or inner.get("geo_point_2d")))


def _middle(geometry: Any) -> tuple[float, float] | None:
    """The point of a geometry, or the middle one of a line."""
    if not isinstance(geometry, dict):
        return None
    if "lon" in geometry:
        return _point(str(geometry.get("lon")), str(geometry.get("lat")))
    spots = geometry.get("coordinates")
    while isinstance(spots, list) and spots and isinstance(spots[0], list):
        spots = spots[len(spots) // 2]
    return _point(str(spots[0]), str(spots[1])) if isinstance(spots, list) and len(spots) >= 2 else None


def read_shapes(path: Path, city: City, field: str = "") -> dict[str, Shape]:
    """District id to its polygons, from GeoJSON. Raises BadStreets."""
    try:
        features = json.loads(_text(path))["features"]
    except _NOT_AS_AGREED as error:
        raise BadStreets(f"{path.name} : du GeoJSON avec « features » est attendu") from error
    try:
        return _shapes(features, path.name, city, field)
    except BadStreets:
        raise
    except _NOT_AS_AGREED as error:
        raise BadStreets(f"{path.name} : des polygones sont illisibles ({type(error).__name__})") from error


def _shapes(features: Any, name: str, city: City, field: str) -> dict[str, Shape]:
    shapes: dict[str, Shape] = {}
    faults = []
    for n, feature in enumerate(features, 1):
        inner = feature.get("properties") or {}
        named = str(inner.get(field, "")) if field else next((str(inner[k]) for k in (*DISTRICTS, *NAMES, "id") if inner.get(k)), "")
        district = district_id(named, city)
        geometry = feature.get("geometry") or {}
        parts = geometry.get("coordinates", [])
        if not district:
            faults.append(f"{name}, objet {n} : {_unknown(named, city)}")
        elif geometry.get("type") not in ("Polygon", "MultiPolygon"):
            faults.append(f"{name}, objet {n} : un polygone est attendu")
        else:
            rings = [parts] if geometry["type"] == "Polygon" else parts
            shapes.setdefault(district, []).extend([[(float(p[0]), float(p[1])) for p in ring] for ring in polygon] for polygon in rings)
    if faults:
        raise BadStreets("\n".join(faults[:MOST_FAULTS]))
    return shapes


def district_id(named: str, city: City) -> str:
    """The district of a name, of one of its other names or of its id; "" for none."""
    wanted = fold(named)
    for district in city.districts.values():
        names = (district.id, *district.name.values(), *(a for some in district.aliases.values() for a in some))
        if wanted and wanted in {fold(n) for n in names}:
            return district.id
    return ""


def _unknown(named: str, city: City) -> str:
    known = ", ".join(d.name["fr"] for d in city.districts.values())
    return f"quartier inconnu « {named} » ; la ville connaît {known or 'aucun quartier : les écrire dans town.toml'}"


def inside(point: tuple[float, float], shape: Shape) -> bool:
    """Whether a point lies in a shape, its holes left out: a ray to the east crosses the rings an odd number of times."""
    x, y = point
    for polygon in shape:
        odd = False
        for ring in polygon:
            for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
                if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                    odd = not odd
        if odd:
            return True
    return False


def _spelt(name: str) -> str:
    """A street as on its signs: "RUE DE L EGLISE" stays as it is given, but its first word in small letters."""
    name = re.sub(r"\s+", " ", "".join(c for c in name.replace("’", "'") if c.isprintable() or c.isspace())).strip()
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _whole(text: str) -> int | None:
    found = re.match(r"\d{1,4}", text)
    return int(found[0]) if found and 0 < int(found[0]) < 5000 else None


def _point(lon: str, lat: str) -> tuple[float, float] | None:
    try:
        x, y = float(lon), float(lat)
    except ValueError:
        return None
    return (x, y) if -180 <= x <= 180 and -90 <= y <= 90 else None


def _pair(text: str) -> tuple[float, float] | None:
    """ "lat, lon", as Opendatasoft writes it."""
    lat, _, lon = text.partition(",")
    return _point(lon, lat)
