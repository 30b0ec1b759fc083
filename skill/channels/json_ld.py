"""The town as schema.org writes it, for speakers and search engines that read pages: places, dated events, what may be read aloud.

https://schema.org, https://developers.google.com/search/docs/appearance/structured-data/speakable
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from skill.channels.seasons import specifications
from skill.channels.town_records import said, sure_on
from skill.city import waste
from skill.city.hours import DayHours, timetable
from skill.intents.common import table_of

if TYPE_CHECKING:
    from skill.city.model import City, Collection, Place

TYPES: Final = {
    "town_hall": "CityHall", "media_library": "Library", "library": "Library", "toy_library": "Library", "park": "Park", "garden": "Park", "square": "Park",
    "promenade": "Park", "shared_garden": "Park", "vineyard": "Park", "dog_park": "Park",
    "playground": "Playground", "pool": "PublicSwimmingPool",
    "vet": "VeterinaryCare", "animal_shelter": "AnimalShelter", "waste_centre": "RecyclingCenter", "farm": "TouristAttraction",
    "charging": "AutomotiveBusiness",
}  # fmt: skip
"""Kind of place to its type in schema.org; the others are a CivicStructure."""
CONTEXT: Final = "https://schema.org"
EVENTS_DAYS: Final = 100


def script(data: dict[str, Any]) -> str:
    """As it stands inside a page's <script>."""
    return json.dumps({"@context": CONTEXT, **data}, ensure_ascii=False).replace("<", "\\u003c")


def page(url: str, name: str, language: str, main: dict[str, Any]) -> dict[str, Any]:
    """A page about something, whose answer may be read aloud."""
    return {
        "@type": "WebPage", "@id": url, "url": url, "name": name, "inLanguage": language,
        "speakable": {"@type": "SpeakableSpecification", "cssSelector": ["#said"]}, "mainEntity": main,
    }  # fmt: skip


def place(found: Place, city: City, address: str, now: datetime, language: str = "fr") -> dict[str, Any]:
    """A place with its hours for the coming season."""
    where = {"streetAddress": found.address} if found.address else {}
    out: dict[str, Any] = {
        "@type": TYPES.get(found.kind, "CivicStructure"), "@id": f"{address}/places/{found.id}#place", "name": said(found.name, language),
        "url": f"{address}/places/{found.id}",
        "address": {"@type": "PostalAddress", **where, **({} if found.outside else {"addressLocality": city.name}), "addressCountry": city.country},
    }  # fmt: skip
    if found.about:
        out["description"] = said(found.about, language)
    if found.phone:
        out["telephone"] = found.phone
    if found.source.page.startswith("https://"):
        out["subjectOf"] = {"@type": "WebPage", "url": found.source.page}
    outer = city.places.get(found.part_of)
    if outer is not None:
        out["containedInPlace"] = {"@type": TYPES.get(outer.kind, "CivicStructure"), "name": said(outer.name, language), "url": f"{address}/places/{outer.id}"}
    table = table_of(found, city)
    if table is not None:
        usual = timetable(found.hours, city.zone, city.country)

        def hours(day: date) -> DayHours | None:
            return table.on(day) if sure_on(table, usual, day, city.country) else None

        regular, special = specifications(hours, now.date())
        out["openingHoursSpecification"] = regular
        if special:
            out["specialOpeningHoursSpecification"] = special
    return out


def events(collection: Collection, city: City, address: str, now: datetime, language: str = "fr") -> list[dict[str, Any]]:
    """The rounds of a collection that one goes to, dated: each an Event at its place."""
    if collection.door:
        return []
    coming = waste.certain(city, collection, now.date(), now.date() + timedelta(days=EVENTS_DAYS))
    name = said(collection.say, language)
    return [
        {
            "@type": "Event", "name": name[:1].upper() + name[1:], "startDate": p.span.opens.isoformat(), "endDate": p.span.closes.isoformat(),
            "eventStatus": "https://schema.org/EventScheduled", "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
            "location": _location(p.round.at_place, said(p.round.where, language), city, address, language), "isAccessibleForFree": True,
            "organizer": {"@type": "GovernmentOrganization", "name": city.name, "url": f"{address}/"},
        }
        for p in coming if p.span is not None and p.span.closes > now
    ]  # fmt: skip


def _location(key: str, where: str, city: City, address: str, language: str) -> dict[str, Any]:
    found = city.places.get(key)
    post = {"@type": "PostalAddress", "addressLocality": city.name, "addressCountry": city.country}
    if found is None:
        return {"@type": "Place", "name": where or city.name, "address": post}
    street = {"streetAddress": found.address} if found.address else {}
    return {"@type": "Place", "name": said(found.name, language), "url": f"{address}/places/{found.id}", "address": {**post, **street}}
