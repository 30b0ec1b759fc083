"""What the town knows, as plain JSON values: one source for open data, language models, and the pages that search engines read.

Everything is worked out for a moment that is handed in; a day of which hours are not sure (a public holiday that the hours do not name) has none and
says so. Each record names its page and the day it was updated.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from skill.city import waste
from skill.city.hours import Timetable, is_holiday, speaks_of_holidays, timetable
from skill.city.notices import about_place, amended_hours, running
from skill.conversation.turn import Turn, TurnKind
from skill.intents.common import table_of
from skill.intents.notices import sentence
from skill.speech.ssml import shorten

if TYPE_CHECKING:
    from skill.app import Skill
    from skill.city.model import City, Collection, Place, Source
    from skill.city.notices import Notice
    from skill.city.shelf import Episode
    from skill.ready import Ready

LICENCE: Final = "Licence Ouverte / Open Licence 2.0 (Etalab)"
LICENCE_URL: Final = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
AHEAD_DAYS: Final = 370
MOST_DATES: Final = 400
MOST_TEXT: Final = 2_000


def said(words: dict[str, str], language: str) -> str:
    """Words in a language, French where there are none in it."""
    return words.get(language) or words.get("fr", "")


def sourced(source: Source) -> dict[str, Any]:
    """Where a record comes from."""
    return {"source": source.page, "updated": source.updated.isoformat() if source.updated else None}


def sure_on(table: Timetable, usual: Timetable, day: date, country: str) -> bool:
    """Whether the hours of a day are known: not on a public holiday of which they say nothing, unless it is closed anyway."""
    return not is_holiday(day, country) or speaks_of_holidays(usual, day) or not table.on(day).spans


def day_hours(place: Place, city: City, day: date) -> dict[str, Any] | None:
    """The hours of a place on a day: `open` as pairs of ISO moments, `state` open, closed or unknown; None where none are published."""
    table = table_of(place, city)
    if table is None:
        return None
    usual = timetable(place.hours, city.zone, city.country)
    hours = table.on(day)
    sure = sure_on(table, usual, day, city.country)
    return {
        "day": day.isoformat(), "state": "unknown" if not sure else "open" if hours.spans else "closed",
        "open": [[s.opens.isoformat(), s.closes.isoformat()] for s in hours.spans] if sure else [],
        "all_day": hours.all_day and sure, "public_holiday": is_holiday(day, city.country),
    }  # fmt: skip


def told(ready: Ready, found: Iterable[Notice], now: datetime, language: str) -> list[str]:
    """Notices as they are spoken: what, where, when, and the words of staff while they are true."""
    turn = Turn(TurnKind.INTENT, language, now)
    messages = (sentence(n, turn, ready.services) for n in found)
    answers = (ready.say(message, turn) for message in messages if message is not None)
    return [answer.speech.text for answer in answers if answer.speech]


def place_record(ready: Ready, place: Place, now: datetime, language: str = "fr", day: date | None = None) -> dict[str, Any]:
    """A place as it is now; `day` is the one whose notices are wanted, where it is not today."""
    city = ready.city
    table = table_of(place, city)
    known = day_hours(place, city, now.date())
    opens = table.opens_after(now) if table else None
    return {
        "id": place.id, "name": said(place.name, language), "kind": place.kind,
        "kind_label": ready.town.kinds.get(language, {}).get(place.kind, {}).get("one", ""),
        "district": place.district, "address": place.address, "where": said(place.where, language), "phone": place.phone,
        "transport": list(place.transport), "entrances": list(place.entrances),
        "opening_hours": amended_hours(place, city), "hours_note": said(place.hours_note, language),
        "open_now": (table.open_at(now) if known and known["state"] != "unknown" else None) if table else None,
        "today": known, "next_opening": opens.isoformat() if opens else None,
        "prices": said(place.prices, language), "facilities": list(place.facilities), "about": said(place.about, language),
        "notices": told(ready, about_place(city, place, day or now.date(), day or now.date()), now, language),
        "outside": place.outside, **sourced(place.source),
    }  # fmt: skip


def collection_record(ready: Ready, collection: Collection, now: datetime, language: str = "fr", days: int = AHEAD_DAYS) -> dict[str, Any]:
    """A collection, with its dates that are sure."""
    city, today = ready.city, now.date()
    sure = waste.certain(city, collection, today, today + timedelta(days=days))[:MOST_DATES]
    over = waste.season_over(collection, today)
    return {
        "id": collection.id, "name": said(collection.say, language), "bin": collection.bin, "at_door": collection.door,
        "put_out": said(collection.put_out, language), "only": said(collection.only, language),
        "rules": [
            {
                "schedule": r.schedule, "district": r.district, "where": said(r.where, language), "part": r.part,
                "valid_from": r.valid_from.isoformat() if r.valid_from else None, "valid_until": r.valid_until.isoformat() if r.valid_until else None,
            }
            for r in collection.rounds
        ],
        "season_over": over.isoformat() if over else None,
        "dates": [
            {
                "day": p.day.isoformat(), "district": p.round.district, "where": said(p.round.where, language), "part": p.round.part,
                "from": p.span.opens.isoformat() if p.span else None, "to": p.span.closes.isoformat() if p.span else None,
            }
            for p in sure if p.ends > now
        ],
        **sourced(collection.source),
    }  # fmt: skip


def episode_record(ready: Ready, episode: Episode, language: str = "fr") -> dict[str, Any]:
    """An episode that can be played now."""
    series = ready.city.series[episode.series]
    return {
        "series": episode.series, "series_name": said(series.name, language), "guid": episode.guid, "title": episode.title, "number": episode.number,
        "published": episode.published.isoformat() if episode.published else None, "seconds": episode.seconds, "url": episode.url, "type": episode.mime,
        "image": episode.image, "description": shorten(episode.description, MOST_TEXT, 4 * MOST_TEXT), "people": list(episode.people),
        "page": f"{ready.programmes.address}/{episode.series}/",
    }  # fmt: skip


def episodes(ready: Ready) -> tuple[Episode, ...]:
    """Every episode that can be played now, newest first; the demonstration is none of the town's."""
    shelf = ready.programmes.shelf
    return tuple(e for e in shelf.of() if e.series not in shelf.demonstration)


def fact_record(ready: Ready, key: str, now: datetime, language: str = "fr") -> dict[str, Any]:
    """A fact as it stands today."""
    fact = ready.city.facts[key]
    return {
        "id": fact.id, "topic": fact.topic, "answer": said(fact.answer_on(now.date()), language),
        "valid_until": fact.valid_until.isoformat() if fact.valid_until else None, **sourced(fact.source),
    }  # fmt: skip


def notices(skill: Skill, now: datetime, language: str = "fr", days: int = 7) -> list[dict[str, Any]]:
    """What staff announce for the days to come, in words that are true today."""
    found = [(n, text) for n in running(skill.city, now, now.date() + timedelta(days=days)) for text in told(skill.ready, [n], now, language)]
    return [
        {
            "id": n.id, "text": text, "effect": n.effect, "first": n.first.isoformat(), "last": n.last.isoformat(),
            "place": n.place, "collection": n.collection,
        }
        for n, text in found
    ]  # fmt: skip


def last_updated(sources: Iterable[Source]) -> date | None:
    """The newest day on which any of some records was updated."""
    return max((s.updated for s in sources if s.updated), default=None)
