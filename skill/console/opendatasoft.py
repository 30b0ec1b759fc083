"""Records of an Opendatasoft portal (Explore API v2.1): read whole within bounds, or refused with what to do.

https://help.opendatasoft.com/apis/ods-explore-v2/: `/catalog/datasets/{id}/records` gives at most 100 records a call, and no more
than 10,000 in all.
"""

from __future__ import annotations

import json
import re
import time
from typing import Any, Final
from urllib.parse import quote, urlencode

from podcasts.fetch import FeedUnavailable, Limits, fetch
from skill.city.fold import fold
from skill.console.accounts import Refused
from skill.console.tables import COLUMNS, GUESSES, MOST_ROWS

SCHEME = "https"
PER_CALL: Final = 100
WHOLE_S: Final = 60.0
"""For all pages together."""
LIMITS = Limits(seconds=20.0, most_bytes=8 * 1024 * 1024)
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::\d{2,5})?", re.IGNORECASE)
_DATASET: Final = re.compile(r"[A-Za-z0-9_@-]{1,200}")


def read(portal: str, dataset: str) -> list[dict[str, Any]]:
    """All records of a dataset. Raises Refused."""
    host = re.sub(r"^https?://", "", portal.strip()).split("/")[0]
    if not _HOST.fullmatch(host):
        raise Refused("l'adresse du portail : par exemple data.ville.fr")
    found = re.search(r"/(?:explore/)?(?:dataset|datasets)/([A-Za-z0-9_@-]{1,200})", dataset)
    name = found[1] if found else dataset.strip()
    if not _DATASET.fullmatch(name):
        raise Refused("l'identifiant du jeu de données : par exemple equipements-publics ; c'est la fin de son adresse")
    out: list[dict[str, Any]] = []
    total = PER_CALL
    until = time.monotonic() + WHOLE_S
    while len(out) < min(total, MOST_ROWS):
        if time.monotonic() > until:
            raise Refused(f"{host} répond trop lentement. Rien n'est changé : réessayer plus tard")
        page = _page(f"{SCHEME}://{host}/api/explore/v2.1/catalog/datasets/{quote(name)}/records", len(out), LIMITS, host, name)
        total, results = page
        if not results:
            break
        out += results
        if len(results) < PER_CALL:
            break
    if not out:
        raise Refused(f"le jeu de données {name} est vide")
    return out[:MOST_ROWS]


def _page(url: str, offset: int, limits: Limits, host: str, name: str) -> tuple[int, list[dict[str, Any]]]:
    try:
        answer = fetch(f"{url}?{urlencode({'limit': PER_CALL, 'offset': offset})}", limits=limits, extra={"Accept": "application/json"})
    except FeedUnavailable as error:
        if error.reason == "http-404":
            raise Refused(f"{host} n'a pas de jeu de données {name} : vérifier son identifiant") from error
        raise Refused(f"{host} ne répond pas comme il faut ({error}). Rien n'est changé : réessayer plus tard") from error
    try:
        data = json.loads(answer.body or b"")
        total, results = data["total_count"], data["results"]
        if type(total) is not int or not isinstance(results, list) or not all(isinstance(r, dict) for r in results) or len(results) > PER_CALL:
            raise ValueError("not as agreed")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refused(f"{host} ne répond pas comme un portail Opendatasoft. Rien n'est changé : vérifier l'adresse") from error
    return total, results


def fields_of(records: list[dict[str, Any]]) -> list[str]:
    """Names of the fields that records have, as they come."""
    return list(dict.fromkeys(k for r in records[:200] for k in r))[:200]


def guess(fields: list[str], table: str) -> dict[str, str]:
    """Column of ours to field of theirs, by its name."""
    folded = {fold(f.replace("_", " ")): f for f in fields}
    out: dict[str, str] = {}
    for column in COLUMNS[table]:
        for name in (*GUESSES.get(column, ()), fold(column)):
            if name in folded and folded[name] not in out.values():
                out[column] = folded[name]
                break
    return out


def to_cells(record: dict[str, Any], mapping: dict[str, str]) -> dict[str, str]:
    """The cells of a record by a mapping; lists are joined, and what is neither text nor number is passed over."""
    out = {}
    for column, field in mapping.items():
        value = record.get(field)
        if isinstance(value, list):
            value = " | ".join(str(v) for v in value if isinstance(v, str | int | float))
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            out[column] = re.sub(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]+", " ", str(value)).strip()[:2000]
    return out
