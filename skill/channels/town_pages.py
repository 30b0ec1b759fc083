"""Pages that closed speakers and search engines read: /places/, /places/<id>, /collections, and the sitemap that lists them.

The sentence on top is the one that is spoken, worked out for the moment; below it is what people look for; inside, the same as schema.org writes it.
"""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any, Final
from xml.etree import ElementTree as ET

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from skill.app import MINE, Skill
from skill.channels import json_ld
from skill.channels.safe import headers
from skill.channels.speaker_page import LOCALES, VERSION, page_language
from skill.channels.town_records import collection_record, day_hours, episodes, last_updated, place_record, said
from skill.city.model import Place
from skill.conversation.turn import Slots, Turn, TurnKind, When
from skill.ready import Ready
from skill.speech import en, fr
from skill.speech.written import written
from skill.stores import words

KEPT_S: Final = 300
SHOWN: Final = 12
"""Dates of a collection on its page."""
DAYS_SHOWN: Final = 14
POLICY: Final = "style-src 'self'; img-src 'self' data:"
_SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_VOICES: Final = {"fr": fr, "en": en}


def town_pages(skill: Skill) -> Blueprint:
    """The routes."""
    blue = Blueprint("town", __name__)

    @blue.get("/places/")
    def places() -> AnyResponse:
        language, ready = page_language(), skill.ready
        shown = sorted((p for p in ready.city.places.values() if not p.outside), key=lambda p: _kind(ready, p, language))
        groups = [(kind, [(p.id, said(p.name, language)) for p in those]) for kind, those in groupby(shown, key=lambda p: _kind(ready, p, language))]
        texts = words.pages(language)
        return _page("places.html", language, ready, title=texts["places"].format(town=ready.city.name), groups=groups)

    @blue.get("/places/<key>")
    def place(key: str) -> AnyResponse:
        ready, language, now = skill.ready, page_language(), skill.now()
        found = ready.city.places.get(key)
        if found is None:
            abort(404)
        title = said(found.name, language)
        days = [h for n in range(DAYS_SHOWN) if (h := day_hours(found, ready.city, date.fromordinal(now.date().toordinal() + n)))]
        data = json_ld.page(f"{skill.address}/places/{key}", title, language, json_ld.place(found, ready.city, skill.address, now, language))
        spoken = _spoken(skill, ready, "OpeningHoursIntent", Slots(places=(key,), aspects=("hours",), when=When(day=now.date())), language)
        return _page(
            "place.html", language, ready, title=_cap(title), description=spoken, spoken=spoken, place=place_record(ready, found, now, language),
            week=[_row(h, language, now.date()) for h in days], data=json_ld.script(data), updated=found.source.updated,
        )  # fmt: skip

    @blue.get("/collections")
    def collections() -> AnyResponse:
        ready, language, now = skill.ready, page_language(), skill.now()
        texts, city, root = words.pages(language), ready.city, skill.address
        rows: list[dict[str, Any]] = []
        events: list[dict[str, Any]] = []
        for each in city.collections.values():
            record = collection_record(ready, each, now, language)
            dates = [_date(d, ready, language, now.date()) for d in record["dates"][:SHOWN]]
            name = record["name"]
            spoken = _spoken(skill, ready, "NextCollectionIntent", Slots(collection=each.id), language)
            rows.append({**record, "name": name[:1].upper() + name[1:], "spoken": spoken, "dates": dates})
            events += json_ld.events(each, city, root, now, language)
        title = texts["collections"].format(town=city.name)
        main = {
            "@type": "ItemList",
            "name": title,
            "numberOfItems": len(events),
            "itemListElement": [{"@type": "ListItem", "position": n, "item": e} for n, e in enumerate(events, 1)],
        }
        page = json_ld.page(f"{root}/collections", title, language, main)
        page["speakable"]["cssSelector"] = [".said"]
        updated = last_updated(c.source for c in city.collections.values())
        return _page("collections.html", language, ready, title=title, rows=rows, data=json_ld.script(page), updated=updated)

    @blue.get("/sitemap.xml")
    def sitemap() -> AnyResponse:
        ready, root = skill.ready, skill.address
        seen = {s.id for s in ready.city.series.values() if any(e.series == s.id for e in episodes(ready))}
        urls: list[tuple[str, date | None]] = [
            ("/", None),
            ("/places/", None),
            ("/collections", last_updated(c.source for c in ready.city.collections.values())),
        ]
        urls += [("/podcasts/", None), ("/calendars/", None), ("/open-data/", None), *((f"/podcasts/{s}/", None) for s in sorted(seen))]
        urls += [(f"/places/{p.id}", p.source.updated) for p in ready.city.places.values()]
        top = ET.Element("urlset", xmlns=_SITEMAP)
        for path, updated in urls:
            entry = ET.SubElement(top, "url")
            ET.SubElement(entry, "loc").text = f"{root}{path}"
            if updated:
                ET.SubElement(entry, "lastmod").text = updated.isoformat()
        return _kept(Response(ET.tostring(top, encoding="utf-8", xml_declaration=True), mimetype="application/xml"))

    @blue.get("/robots.txt")
    def robots() -> Response:
        text = f"User-agent: *\nDisallow: /console\nDisallow: /api\nDisallow: {MINE}\nDisallow: /siri\nSitemap: {skill.address}/sitemap.xml\n"
        return Response(text, mimetype="text/plain")

    return blue


def _kind(ready: Ready, place: Place, language: str) -> str:
    many = str(ready.town.kinds.get(language, {}).get(place.kind, {}).get("many", "") or words.pages(language)["others"])
    return many[:1].upper() + many[1:]


def _spoken(skill: Skill, ready: Ready, intent: str, slots: Slots, language: str) -> str:
    """What would be answered aloud, now."""
    answer = skill.answer(Turn(TurnKind.INTENT, LOCALES[language], skill.now(), intent, slots), ready)
    return written(answer.speech) if answer.speech else ""


def _row(hours: dict[str, Any], language: str, today: date) -> dict[str, Any]:
    """A day of a place, as one reads it."""
    day, voice, texts = date.fromisoformat(hours["day"]), _VOICES[language], words.pages(language)
    spans = [f"{a[11:16]} – {b[11:16]}" for a, b in hours["open"]]
    state = texts["all_day"] if hours["all_day"] else ", ".join(spans) or texts[hours["state"]]
    return {"day": hours["day"], "name": _cap(voice.full_day(day, today).removeprefix("on ")), "hours": state, "holiday": hours["public_holiday"]}


def _date(row: dict[str, Any], ready: Ready, language: str, today: date) -> dict[str, Any]:
    """A date of a collection, as one reads it."""
    day, district = date.fromisoformat(row["day"]), ready.city.districts.get(row["district"])
    hours = f"{row['from'][11:16]} – {row['to'][11:16]}" if row["from"] and not row["part"] and row["where"] else ""
    name = _cap(_VOICES[language].full_day(day, today).removeprefix("on "))
    return {
        **row,
        "name": name,
        "hours": hours,
        "district": said(district.name, language) if district else "",
    }


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]


def _page(template: str, language: str, ready: Ready, **given: Any) -> AnyResponse:
    text = render_template(
        f"pages/{template}", t=words.page(language), p=words.pages(language), language=language, town=ready.city.name, version=VERSION, **given
    )
    return _kept(Response(text, mimetype="text/html"))


def _kept(response: Response) -> AnyResponse:
    """With what lets a reader keep it for a while, and ask whether it changed."""
    response.headers.update(headers(POLICY))
    response.headers.update({"Cache-Control": f"public, max-age={KEPT_S}", "Vary": "Accept-Language"})
    response.add_etag()
    return response.make_conditional(request)
