"""From rows of streets (street_files.py) to the town's own file of them, `rues.toml`: what is sure, and a list of what is not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

from skill.city.fold import fold
from skill.city.model import City
from skill.record import Record
from skill.stores.street_files import MOST_FAULTS, BadStreets, Row, Shape, district_id, inside

LAST: Final = 9_999


class Stretch(Record):
    """Some numbers of a street, in one district."""

    district: str
    start: int = 1
    to: int = LAST
    side: str = ""


class Index(Record):
    """The streets of a town."""

    streets: Mapping[str, tuple[Stretch, ...]]
    """Name to its stretches; one that covers all where the whole street is of one district; none where no district is known."""
    lost: tuple[str, ...]
    """Streets that lie in no district, by name."""


def gather(rows: Iterable[Row], city: City, shapes: Mapping[str, Shape]) -> Index:
    """The rows of each street together. Raises BadStreets for districts that the town does not know, and for stretches that contradict each other."""
    by_name: dict[str, tuple[str, list[tuple[Row, str]]]] = {}
    faults: list[str] = []
    for row in rows:
        district = district_id(row.district, city) if row.district else _around(row, shapes)
        if row.district and not district:
            faults.append(
                f"ligne {row.line} : quartier inconnu « {row.district} » ; la ville connaît {', '.join(d.name['fr'] for d in city.districts.values())}"
            )
            continue
        if not any(c.isalpha() for c in row.street):
            faults.append(f"ligne {row.line} : « {row.street} » n'est pas un nom de rue")
            continue
        if row.start and row.to and row.to < row.start:
            faults.append(f"ligne {row.line} : le numéro {row.to} est avant {row.start} : les échanger")
            continue
        by_name.setdefault(fold(row.street), (row.street, []))[1].append((row, district))
    faults += [fault for name, some in by_name.values() if (fault := _contradiction(name, some))]
    if faults:
        raise BadStreets("\n".join([*faults[:MOST_FAULTS], *([f"… et {len(faults) - MOST_FAULTS} autres"] if len(faults) > MOST_FAULTS else [])]))
    streets = {name: _stretches(some) for name, some in by_name.values()}
    return Index(streets, tuple(sorted(n for n, s in streets.items() if not s)))


def _contradiction(name: str, some: list[tuple[Row, str]]) -> str:
    """Two lines of one street that cannot both be right; "" where there are none."""
    told = [(row, d) for row, d in some if row.district and not row.number]
    for n, (one, first) in enumerate(told):
        for other, second in told[n + 1 :]:
            apart = one.side and other.side and one.side != other.side
            overlap = (one.start or 1) <= (other.to or LAST) and (other.start or 1) <= (one.to or LAST)
            if first != second and overlap and not apart:
                return f"ligne {other.line} : « {name} » est déjà dans un autre quartier, ligne {one.line} ; dire de quel numéro à quel numéro (de, à, côté)"
    return ""


def _around(row: Row, shapes: Mapping[str, Shape]) -> str:
    """The one district whose shape holds the row's point; "" for none, and where two claim it."""
    found = [key for key, shape in shapes.items() if inside(row.point, shape)] if row.point else []
    return found[0] if len(found) == 1 else ""


def _stretches(some: list[tuple[Row, str]]) -> tuple[Stretch, ...]:
    """The stretches of one street. Where the district changes, each side runs from number to number."""
    known = [(row, d) for row, d in some if d]
    if not known:
        return ()
    if len({d for _, d in known}) == 1 and not any(row.start or row.to or row.side for row, _ in known):
        return (Stretch(known[0][1]),)
    ranged = [Stretch(d, row.start or 1, row.to or LAST, row.side) for row, d in known if row.start or row.to or row.side]
    if ranged:
        return tuple(sorted(ranged, key=lambda s: (s.start, s.side)))
    out: list[Stretch] = []
    for side, rest in (("odd", 1), ("even", 0)):
        numbers = sorted((row.number, d) for row, d in known if row.number and row.number % 2 == rest)
        runs: list[Stretch] = []
        for number, district in numbers:
            if runs and runs[-1].district == district:
                runs[-1] = runs[-1].but(to=number)
            else:
                runs.append(Stretch(district, number, number, side))
        out += runs
    return tuple(out)


def written(index: Index, source: str, today: str) -> str:
    """The file of the town's folder."""
    lines = [
        "# Les rues et leur quartier de collecte. Fichier fait par « mairie streets » ; il peut aussi être tenu à la main.",
    ]
    taken: set[str] = set()
    for name, stretches in sorted(index.streets.items(), key=lambda item: fold(item[0])):
        if not stretches:
            continue
        key = base = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:60]
        n = 2
        while key in taken:
            key, n = f"{base}-{n}", n + 1
        taken.add(key)
        lines += ["", "[[street]]", f'id = "{key}"', f"name = {_quoted(name)}"]
        whole = len(stretches) == 1 and stretches[0] == Stretch(stretches[0].district)
        if whole:
            lines.append(f'district = "{stretches[0].district}"')
        lines += [f"source = {_quoted(source)}", f"updated = {today}"]
        for each in () if whole else stretches:
            lines += ["[[street.stretch]]", f'district = "{each.district}"', f"from = {each.start}"]
            lines += [f"to = {each.to}"] if each.to != LAST else []
            lines += [f'side = "{each.side}"'] if each.side else []
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
