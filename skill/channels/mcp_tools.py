"""What a language model may ask the town: six questions, none of which changes anything. Plain functions, whatever carries them.

Bad arguments are answered with what would be good ones; what the town does not know is said to be unknown, so that nothing is made up in its name.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from skill.channels.conversations import Conversations
from skill.channels.mcp_shapes import Collected, Date, Episodes, FoundPlace, FoundPlaces, Hours, Listed, PlaceHours, Thrown, Told
from skill.channels.named import Named, named
from skill.channels.town_records import collection_record, day_hours, episode_record, episodes, place_record, said, sourced
from skill.city import waste
from skill.city.fold import fold
from skill.city.model import in_district
from skill.ready import REFUSALS, UNANSWERED
from skill.speech.written import written

if TYPE_CHECKING:
    from skill.app import Skill
    from skill.ready import Ready

LANGUAGES: Final = ("fr", "en")
TALK: Final = frozenset({"ThanksIntent", "GoodbyeIntent", "HelloIntent", "AsideIntent", "AMAZON.HelpIntent", "AMAZON.StopIntent", "EmergencyIntent"})
"""What is said and is no fact of the town's."""
MOST: Final = 20
MOST_QUESTION: Final = 2_000
_CONVERSATION: Final = re.compile(r"[0-9a-f]{32}")
YEARS: Final = 3


class BadArgument(ValueError):
    """An argument that cannot be used; the text says what can."""


class Tools:
    """The tools over a skill."""

    def __init__(self, skill: Skill, talks: Conversations) -> None:
        self.skill, self._talks = skill, talks

    def ask_town(self, question: str, language: str = "fr", conversation: str = "") -> Told:
        """A question in plain words."""
        if not question.strip() or len(question) > MOST_QUESTION:
            raise BadArgument(f"question: what the person asks, in their own words, at most {MOST_QUESTION} characters")
        if conversation and not _CONVERSATION.fullmatch(conversation):
            raise BadArgument("conversation: leave it out on the first question; afterwards pass what the last answer gave, unchanged")
        key = conversation or secrets.token_hex(16)
        answer = self._talks.turn(self._talks.hashed("mcp", key), question, _language(language))
        known = answer.reply.intent not in REFUSALS | UNANSWERED
        page, updated = answer.reply.focus.source if known and answer.reply.intent not in TALK else ("", "")
        asked = answer.reply.focus.asked in ("place", "district")
        things = [self._ready.city.places.get(c) or self._ready.city.districts.get(c) for c in answer.reply.focus.choices] if asked else []
        return Told(
            answer=written(answer.speech) if answer.speech else "", understood=answer.reply.intent, known=known,
            choices=[said(t.name, language) for t in things if t is not None], conversation=key, source=page, updated=updated or None,
        )  # fmt: skip

    def opening_hours(self, place: str, day: str = "", language: str = "fr") -> PlaceHours:
        """The hours of one place on one day."""
        ready, now = self._ready, self.skill.now()
        found = self._one(ready, "place", place, now, _language(language))
        asked = _day(day, now)
        told = place_record(ready, found, now, language, asked)
        hours = day_hours(found, ready.city, asked)
        instead = "" if hours else self._contact(ready, "town", language)
        return PlaceHours(
            id=found.id, name=told["name"], published=hours is not None, open_now=told["open_now"], hours=Hours(**hours) if hours else None,
            next_opening=told["next_opening"], note=told["hours_note"], notices=told["notices"], ask_instead=instead, **sourced(found.source),
        )  # fmt: skip

    def next_collection(self, collection: str, district: str = "", language: str = "fr", limit: int = 3) -> Collected:
        """The next dates of one collection."""
        ready, now = self._ready, self.skill.now()
        found = self._one(ready, "collection", collection, now, _language(language))
        where = self._one(ready, "district", district, now, language) if district else None
        told = collection_record(ready, found, now, language)
        dates = _dates(told["dates"], ready, language, where.id if where else "")[: _limit(limit)]
        districts = [said(ready.city.districts[d].name, language) for d in waste.by_district(found) if d in ready.city.districts]
        return Collected(
            id=found.id, name=told["name"], dates=dates, season_over=told["season_over"], put_out=told["put_out"], only=told["only"], districts=districts,
            ask_instead="" if dates else self._contact(ready, "waste", language), **sourced(found.source),
        )  # fmt: skip

    def where_to_throw(self, item: str, language: str = "fr") -> Thrown:
        """Where one thing goes."""
        ready, now = self._ready, self.skill.now()
        city = ready.city
        found = named(ready, "item", _name("item", item), now, _language(language))
        if not found.ids:
            near = [said(city.items[i].say, language) for i in found.near]
            raise _unknown("item", item, found, near, "a thing in one or two words, such as pile, peinture, pizza box")
        thing = city.items[found.ids[0]]
        target = city.bins[thing.bin]
        goes = said(thing.answer, language) or f"{said(thing.say, language)} : {said(target.to, language) or said(target.name, language)}"
        brought = next((c for c in city.collections.values() if c.bin == target.id and not c.door and c.rounds), None)
        dates = _dates(collection_record(ready, brought, now, language)["dates"], ready, language, "")[:3] if brought else []
        return Thrown(item=said(thing.say, language), answer=goes, bin=said(target.name, language), next_dates=dates, **sourced(thing.source))

    def find_place(self, query: str = "", kind: str = "", district: str = "", language: str = "fr", limit: int = 5) -> FoundPlaces:
        """Places by name, by kind, by district."""
        ready, now = self._ready, self.skill.now()
        city = ready.city
        chosen = list(city.places.values())
        if query.strip():
            found = named(ready, "place", _name("query", query), now, _language(language))
            ids = (*found.ids, *found.near) if found.ids else found.near
            kind = kind or (found.kind if not found.ids else "")
            if not ids and not found.kind:
                raise BadArgument(f"query: nothing here is called {query.strip()[:60]!r}; leave it out and give kind, one of: {', '.join(self._kinds(ready))}")
            chosen = [city.places[i] for i in ids] if ids else chosen
        if kind:
            key = self._kind(ready, kind, language)
            chosen = [p for p in chosen if p.kind == key and not p.outside]
        if district:
            where = self._one(ready, "district", district, now, language)
            chosen = [p for p in chosen if in_district(p, where, city)]
        if not query.strip() and not kind and not district:
            raise BadArgument(f"give query (a name), kind or district. Kinds: {', '.join(self._kinds(ready))}")
        most = _limit(limit)
        fields = FoundPlace.model_fields
        places = [FoundPlace(**{k: v for k, v in place_record(ready, p, now, language).items() if k in fields}) for p in chosen[:most]]
        return FoundPlaces(places=places, more=max(0, len(chosen) - most))

    def list_episodes(self, series: str = "", query: str = "", limit: int = 5, language: str = "fr") -> Episodes:
        """Episodes of the town's podcasts, newest first; by words of their title where some are given."""
        ready, now = self._ready, self.skill.now()
        every = episodes(ready)
        if series:
            found = named(ready, "series", _name("series", series), now, _language(language))
            key = series if series in ready.city.series else found.ids[0] if found.ids else ""
            if not key:
                known = [f"{s.id} ({said(s.name, language)})" for s in ready.city.series.values() if not s.demonstration]
                raise BadArgument(f"series: no series is called {series[:60]!r}; there are: {', '.join(known) or 'none yet'}")
            every = tuple(e for e in every if e.series == key)
        if query.strip():
            wanted = fold(query[:200]).split()
            hits = [h.episode.guid for h in ready.programmes.shelf.find(wanted) if h.score >= 0.5]
            every = tuple(e for e in every if e.guid in hits)
        most = _limit(limit)
        records = [episode_record(ready, e, language) for e in every[:most]]
        return Episodes(episodes=[Listed(**{k: r[k] for k in Listed.model_fields}) for r in records], more=max(0, len(every) - most))

    @property
    def _ready(self) -> Ready:
        return self.skill.ready

    @staticmethod
    def _one(ready: Ready, table: str, text: str, now: datetime, language: str) -> Any:
        """The place, collection or district of an id or a name. Raises BadArgument with those it may have been."""
        known: Any = getattr(ready.city, f"{table}s")
        if text in known:
            return known[text]
        found = named(ready, table, _name(table, text), now, language)
        if len(found.ids) == 1:
            return known[found.ids[0]]
        near = found.ids or found.near or tuple(p.id for p in ready.city.of_kind(found.kind))[:8] if table == "place" else tuple(known)
        proposed = [f"{said(known[i].say if table == 'collection' else known[i].name, language)} (id {i})" for i in near]
        raise _unknown(table, text, found, proposed, "a name, or an id that find_place gave")

    @staticmethod
    def _kinds(ready: Ready) -> list[str]:
        return list(dict.fromkeys(p.kind for p in ready.city.places.values()))

    def _kind(self, ready: Ready, text: str, language: str) -> str:
        wanted = fold(text)
        for key in self._kinds(ready):
            words: dict[str, Any] = ready.town.kinds.get(language, {}).get(key, {})
            if wanted in (fold(key.replace("_", " ")), fold(str(words.get("one", ""))), fold(str(words.get("many", "")))):
                return key
        raise BadArgument(f"kind: no places are of kind {text[:60]!r}; one of: {', '.join(self._kinds(ready))}")

    @staticmethod
    def _contact(ready: Ready, key: str, language: str) -> str:
        found = ready.city.contacts[key]
        return said(found.say, language).replace("{phone}", found.phone)


def _dates(rows: Iterable[dict[str, Any]], ready: Ready, language: str, district: str) -> list[Date]:
    districts = ready.city.districts
    return [
        Date(
            day=r["day"], district=said(districts[r["district"]].name, language) if r["district"] in districts else "", where=r["where"], part=r["part"],
            start=r["from"] if not r["part"] else None, end=r["to"] if not r["part"] else None,
        )
        for r in rows if not district or r["district"] in ("", district)
    ]  # fmt: skip


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise BadArgument(f"language: one of {', '.join(LANGUAGES)}")
    return text


def _limit(number: int) -> int:
    if not 1 <= number <= MOST:
        raise BadArgument(f"limit: from 1 to {MOST}")
    return number


def _name(what: str, text: str) -> str:
    if not text.strip() or len(text) > 200:
        raise BadArgument(f"{what}: a name of at most 200 characters")
    return text


def _day(text: str, now: datetime) -> date:
    if not text:
        return now.date()
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadArgument(f"day: an ISO day such as {now.date().isoformat()}; leave it out for today") from error
    if abs(day - now.date()) > timedelta(days=366 * YEARS):
        raise BadArgument(f"day: within {YEARS} years of today")
    return day


def _unknown(what: str, text: str, found: Named, near: list[str], wanted: str) -> BadArgument:
    said_so = f"{text.strip()[:60]!r} fits several" if len(found.ids) > 1 else f"nothing here is called {text.strip()[:60]!r}"
    proposed = ", ".join(near)
    return BadArgument(f"{what}: {said_so}; {f'perhaps: {proposed}' if near else f'{wanted} is wanted'}")
