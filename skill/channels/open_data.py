"""/open-data/: the same facts that are spoken, for the town's portal, its application and anybody: JSON and CSV, open licence, dated.

What changes from one minute to the next (open now?) is left out: a reader asks whether anything changed, and is told the truth.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.http import http_date
from werkzeug.wrappers import Response as AnyResponse

from skill.app import Skill
from skill.channels.calendars import sectors
from skill.channels.safe import headers
from skill.channels.speaker_page import VERSION, page_language
from skill.channels.town_records import LICENCE, LICENCE_URL, collection_record, episode_record, episodes, last_updated, place_record, said
from skill.ready import Ready
from skill.stores import words

MOMENTARY: Final = ("open_now", "today", "next_opening", "notices")
KEPT_S: Final = 3_600
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula."""


def _places(ready: Ready, now: datetime) -> list[dict[str, Any]]:
    return [{k: v for k, v in place_record(ready, p, now).items() if k not in MOMENTARY} for p in ready.city.places.values()]


def _collections(ready: Ready, now: datetime) -> list[dict[str, Any]]:
    """With the dates from this morning on, whatever the hour."""
    morning = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return [collection_record(ready, c, morning) for c in ready.city.collections.values()]


def _episodes(ready: Ready, now: datetime) -> list[dict[str, Any]]:
    return [episode_record(ready, e) for e in episodes(ready)]


TABLES: Final[dict[str, Callable[[Ready, datetime], list[dict[str, Any]]]]] = {"places": _places, "collections": _collections, "episodes": _episodes}


def open_data(skill: Skill) -> Blueprint:
    """The routes."""
    blue = Blueprint("open_data", __name__)
    seen: dict[str, tuple[str, datetime]] = {}
    """File to its digest, and since when it is so."""

    @blue.get("/open-data/")
    def index() -> AnyResponse:
        language, city = page_language(), skill.city
        texts = words.pages(language)
        served = [(key, said(city.districts[key].name, language) if key in city.districts else city.name) for key in sectors(city)]
        text = render_template(
            "pages/open-data.html", t=words.page(language), p=texts, language=language, town=city.name, version=VERSION,
            title=texts["data_title"].format(town=city.name), tables=[(name, texts[f"data_{name}"]) for name in TABLES],
            calendars=served, licence=LICENCE_URL,
        )  # fmt: skip
        return Response(text, mimetype="text/html", headers={**headers("style-src 'self'; img-src 'self' data:"), "Vary": "Accept-Language"})

    @blue.get("/open-data/<name>.<ending>")
    def table(name: str, ending: str) -> AnyResponse:
        if name not in TABLES or ending not in ("json", "csv"):
            abort(404)
        ready, now = skill.ready, skill.now()
        rows = TABLES[name](ready, now)
        if ending == "json":
            updated = {
                "places": last_updated(p.source for p in ready.city.places.values()),
                "collections": last_updated(c.source for c in ready.city.collections.values()),
            }
            day = updated.get(name)
            whole = {
                "title": f"{name}, {ready.city.name}", "publisher": ready.city.name, "licence": LICENCE, "licence_url": LICENCE_URL,
                "updated": day.isoformat() if day else None, "zone": ready.city.zone, "records": rows,
            }  # fmt: skip
            body, kind = json.dumps(whole, ensure_ascii=False, indent=1), "application/json"
        else:
            body, kind = written(rows), "text/csv"
        return _dated(body, kind, f"{name}.{ending}", seen, now)

    return blue


def written(rows: list[dict[str, Any]]) -> str:
    """Rows as CSV (RFC 4180): lists joined by " | ", what has parts of its own as JSON; nothing that a spreadsheet would run."""
    out = io.StringIO()
    names = list(dict.fromkeys(k for row in rows for k in row)) or ["id"]
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(names)
    for row in rows:
        table.writerow([_cell(row.get(name)) for name in names])
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        value = " | ".join(value)
    elif isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    text = str(value)
    return f"'{text}" if text.startswith(_RISKY) else text


def _dated(body: str, kind: str, name: str, seen: dict[str, tuple[str, datetime]], now: datetime) -> AnyResponse:
    """With the moment from which it has been as it is: when this process first saw it so, which is never too early."""
    mark = hashlib.sha256(body.encode()).hexdigest()
    if name not in seen or seen[name][0] != mark:
        seen[name] = (mark, now)
    answer = Response(body, content_type=f"{kind}; charset=utf-8")
    answer.headers.update({
        "Last-Modified": http_date(seen[name][1].astimezone(UTC)), "Cache-Control": f"public, max-age={KEPT_S}", "Access-Control-Allow-Origin": "*",
        "X-Content-Type-Options": "nosniff", "Link": f'<{LICENCE_URL}>; rel="license"', "Content-Disposition": f'inline; filename="{name}"',
    })  # fmt: skip
    answer.set_etag(mark[:32])
    return answer.make_conditional(request)
