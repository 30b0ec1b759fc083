"""/flash-briefing.json: what Alexa reads in somebody's morning news. What staff announce, collections to think of tonight, the newest episode.

Each item has its day and an id that stays for that day: Alexa reads what it has not read, nothing older than a week, and no more than five.

https://developer.amazon.com/docs/flashbriefing/flash-briefing-skill-api-feed-reference.html
"""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from flask import Blueprint, Response, jsonify

from skill.app import Skill
from skill.channels.abilities import BRIEFING
from skill.channels.speaker_page import LOCALES, page_language
from skill.channels.town_records import episodes, notices
from skill.city import waste
from skill.city.model import Collection
from skill.conversation.messages import waste as m
from skill.conversation.turn import Slots, Turn, TurnKind
from skill.intents.common import contact, district_name
from skill.ready import Ready
from skill.speech.ssml import shorten
from skill.stores import words

MOST: Final = 5
LONGEST_S: Final = 600
"""Of a sound: Amazon plays ten minutes."""
LATELY: Final = timedelta(days=7)
KEPT_S: Final = 300
_IDS: Final = uuid.UUID("0b9ad0c6-4f5e-5d0b-9d1f-0f5f8f6d2a11")
"""Ours, for ids made of names."""


def briefing(skill: Skill) -> Blueprint:
    """The route."""
    blue = Blueprint("briefing", __name__)

    @blue.get("/flash-briefing.json")
    def feed() -> Response:
        answer = jsonify(items(skill, skill.now(), page_language()))
        answer.headers.update({"Cache-Control": f"public, max-age={KEPT_S}", "X-Content-Type-Options": "nosniff", "Vary": "Accept-Language"})
        return answer

    return blue


def items(skill: Skill, now: datetime, language: str) -> list[dict[str, Any]]:
    """The items of a day, the most pressing first."""
    ready, texts = skill.ready, words.pages(language)
    out = [_item(skill, f"notice {n['id']}", texts["brief_news"], n["text"], now.date(), language) for n in notices(skill, now, language, days=1)]
    told = _tonight(ready, now, language)
    if told:
        out.append(_item(skill, "collections", texts["brief_out"], told, now.date(), language))
    lately = (e for e in episodes(ready) if e.published and now - LATELY <= e.published <= now)
    newest = next((e for e in lately if e.url.startswith("https://") and (e.seconds or 0) <= LONGEST_S), None)
    if newest is not None and newest.published is not None:
        item = _item(skill, f"episode {newest.guid}", texts["brief_episode"].format(title=newest.title), "", newest.published.date(), language)
        out.append({**item, "updateDate": _stamp(newest.published), "streamUrl": newest.url})
    if not out:  # a feed has one item at least
        out.append(_item(skill, "nothing", texts["brief_news"], texts["brief_nothing"], now.date(), language))
    return out[:MOST]


def _item(skill: Skill, key: str, title: str, text: str, day: date, language: str) -> dict[str, Any]:
    """One item; its id is that of its subject on its day."""
    since = datetime.combine(day, time(), skill.zone)
    return {
        "uid": f"urn:uuid:{uuid.uuid5(_IDS, f'{skill.city.id} {language} {key} {day.isoformat()}')}", "updateDate": _stamp(since),
        "titleText": title, "mainText": shorten(text, BRIEFING.max_length, 4 * BRIEFING.max_length), "redirectionUrl": f"{skill.address}/",
    }  # fmt: skip


def _tonight(ready: Ready, now: datetime, language: str) -> str:
    """Rounds of today and tomorrow that are sure: what one brings, as it is spoken; what is collected at the door, with its districts."""
    city, out = ready.city, []
    for day in (now.date(), now.date() + timedelta(days=1)):
        for collection in city.collections.values():
            coming = [p for p in waste.certain(city, collection, day, day) if p.ends > now]
            if not coming:
                continue
            if collection.door:
                out.append(_at_doors(ready, collection, coming, day, now, language))
                continue
            answer = ready.answer(Turn(TurnKind.INTENT, LOCALES[language], now, "NextCollectionIntent", Slots(collection=collection.id)))
            out += [answer.speech.text] if answer.speech else []
    return " ".join(dict.fromkeys(out))


def _at_doors(ready: Ready, collection: Collection, coming: list[waste.Passage], day: date, now: datetime, language: str) -> str:
    """ "Demain, on collecte les déchets alimentaires aux Épinettes." """
    districts = tuple(district_name(ready.city.districts[p.round.district]) for p in coming if p.round.district)
    entry = m.TonightEntry(collection.say, districts) if districts else m.TonightEntryAll(collection.say)
    answer = ready.say(m.PutOutTonight(day, (entry,), contact(ready.services, "waste")), Turn(TurnKind.INTENT, LOCALES[language], now))
    return answer.speech.text if answer.speech else ""


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.0Z")
