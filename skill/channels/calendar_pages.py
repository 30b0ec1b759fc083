"""The calendars' addresses: /calendars/ lists them, /calendars/<sector>.ics is one, /calendars/mine/<secret>.ics is somebody's own."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Any, Final

from flask import Blueprint, Response, abort, request

from skill.app import MINE, Skill
from skill.conversation.ports import StoreUnavailable

_SECRET: Final = re.compile(r"[0-9a-f]{32}")
_PAGE: Final = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>%(title)s</title></head>
<body><main><h1>%(title)s</h1>
<p>Abonnez votre agenda à l'un de ces calendriers : il se met à jour tout seul, et vous prévient la veille à 19 heures.</p>
<ul>
%(items)s
</ul></main></body></html>
"""


def calendars(skill: Skill) -> Blueprint:
    """The routes."""
    from skill.channels import calendars as written  # icalendar is loaded when a calendar is first asked for

    @lru_cache(maxsize=64)
    def collections(ready: Any, sector: str, today: Any, language: str) -> bytes:
        """With what staff announce; another reading of the town is another key."""
        return written.collections_calendar(ready.city, sector, today, language)

    routes = Blueprint("calendars", __name__)

    @routes.get("/calendars/")
    def listed() -> Response:
        city = skill.city
        names = {s: city.districts[s].name["fr"] if s in city.districts else city.name for s in written.sectors(city)}
        items = "\n".join(f'<li><a href="{html.escape(key)}.ics">{html.escape(name[:1].upper() + name[1:])}</a></li>' for key, name in names.items())
        return Response(_PAGE % {"title": f"Calendriers des collectes, {html.escape(city.name)}", "items": items}, mimetype="text/html")

    @routes.get("/calendars/<sector>.ics")
    def of_sector(sector: str) -> Response:
        ready = skill.ready
        if sector not in written.sectors(ready.city):
            abort(404)
        language = "en" if request.args.get("lang") == "en" else "fr"
        return _calendar(collections(ready, sector, skill.now().date(), language), sector)

    @routes.get(f"{MINE}/<secret>.ics")
    def of_somebody(secret: str) -> Response:
        if not _SECRET.fullmatch(secret):
            abort(404)
        try:
            agenda = skill.memory.agendas.get(secret)
        except StoreUnavailable:
            abort(503)
        if not agenda.reminders:  # nobody's, or emptied: who guesses learns nothing
            abort(404)
        answer = _calendar(written.own_calendar(skill.city, agenda, skill.now()), "rappels")
        answer.headers["Cache-Control"] = "private, no-store"
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer

    return routes


def _calendar(data: bytes, name: str) -> Response:
    answer = Response(data, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.ics"'
    answer.headers["Cache-Control"] = "max-age=3600"
    answer.add_etag()
    answer.make_conditional(request)
    return answer
