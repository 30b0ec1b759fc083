"""Collections: when the next round is, where it stops, what goes out tonight. A day that is not published is never said."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from skill.city import waste
from skill.city.model import Collection, Round
from skill.city.waste import Passage
from skill.conversation import terms
from skill.conversation.messages import lists
from skill.conversation.messages import waste as m
from skill.conversation.turn import MAX_CHOICES, Reply, Turn
from skill.intents import person
from skill.intents.common import Handler, Services, ask, contact, district_name, local, tell

PARTS: Final = {
    "morning": {"fr": "le matin", "en": "in the morning"},
    "afternoon": {"fr": "l'après-midi", "en": "in the afternoon"},
    "evening": {"fr": "le soir", "en": "in the evening"},
}
_LONGEST_SPAN: Final = 31
"""Days looked through for a round where a span was asked."""
_EVENING_STARTS: Final = 12
"""Hour from which "quelle poubelle je sors" speaks of the next day's round."""


def next_collection(turn: Turn, services: Services) -> Reply:
    """The next round of the collection named, at the district or place named, or on the day named."""
    collection = services.city.collections.get(turn.slots.collection)
    if collection is None:
        if turn.slots.when:
            return what_tonight(turn, services)
        known = [c for c in services.city.collections.values() if c.rounds][:MAX_CHOICES]
        choices = tuple(c.say for c in known)
        return ask(lists.WhichCollection(choices), lists.WhichCollection(choices), turn, "collection")
    if services.territory is not None:
        collection = person.at_home(collection, turn, services)
    message = _about(collection, turn, services)
    return tell(message, turn, turn.slots.but(items=(), kind=""), source=collection.source)


def _about(collection: Collection, turn: Turn, services: Services) -> terms.Message:
    now, when, asks = local(turn), turn.slots.when, contact(services, "waste")
    bin_ = services.city.bins.get(collection.bin)
    if not collection.rounds:
        if not collection.door and bin_:
            return m.BinRule(bin_.rule)
        message: terms.Message = m.DaysNotPublished(collection.say, asks)
        return m.WithNote(message, collection.put_out) if collection.put_out else message
    over = waste.season_over(collection, when.day or now.date())
    if over:
        kind = m.SeasonOver if collection.door else m.RoundsOver
        return kind(collection.say, plural(collection, turn), terms.Dated(over), asks)
    rounds = _rounds(collection, turn)
    served = waste.by_district(collection)
    district = turn.slots.district
    if collection.door and district and served and district not in served:
        return m.DaysNotPublishedHere(collection.say, district_name(services.city.districts[district]), asks)
    eve_asked = "put_out" in turn.slots.aspects and (when.part in ("evening", "night") or not when) and now.hour >= _EVENING_STARTS
    if collection.door and eve_asked and not {"days", "hours"} & set(turn.slots.aspects) and (district or not served):
        eve = (when.day or now.date()) + timedelta(days=1)
        return _on(collection, rounds, eve, eve, turn.but(slots=turn.slots.but(aspects=())), services)
    if when.day and not when.month:
        return _on(collection, rounds, when.day, when.last or when.day, turn, services)
    if collection.door and served and not district:
        return _by_districts(collection, turn, services)
    coming = sorted((p for r in rounds if (p := waste.next_passage(services.city, r, now))), key=lambda p: p.sort_key)
    if not coming:
        return m.DaysNotPublished(collection.say, asks)
    if collection.door and district and len(rounds) == 1:
        return _weekly(collection, rounds[0], coming[0], turn, services)
    return _passage(collection, coming[0], turn, services)


def _rounds(collection: Collection, turn: Turn) -> tuple[Round, ...]:
    """The rounds meant: at the place or in the district named, else all."""
    rounds = collection.rounds
    here = tuple(r for r in rounds if r.at_place and r.at_place in turn.slots.places) if not collection.door else ()
    there = tuple(r for r in rounds if r.district and r.district == turn.slots.district)
    return here or there or rounds


def plural(collection: Collection, turn: Turn) -> str:
    """ "plural" where the collection's name takes a plural verb in the language of the turn."""
    return "plural" if collection.plural.get(turn.language, False) else "singular"


def passage_text(collection: Collection, passage: Passage, turn: Turn) -> terms.Message:
    """One round as a sentence, without caveats."""
    day = terms.Full(passage.day)
    if passage.span and passage.round.where:
        return m.NextRound(collection.say, day, terms.Hours(passage.span.opens.time(), passage.span.closes.time()), passage.round.where)
    if passage.round.part in PARTS:
        return m.NextRoundPart(collection.say, plural(collection, turn), day, PARTS[passage.round.part][turn.language])
    return m.NextRoundDoor(collection.say, plural(collection, turn), day)


def _passage(collection: Collection, passage: Passage, turn: Turn, services: Services) -> terms.Message:
    text = passage_text(collection, passage, turn)
    if turn.slots.aspects and set(turn.slots.aspects) <= {"hours", "close", "open"} and passage.span and turn.focus.intent == turn.intent:
        text = m.RoundHours(collection.say, terms.Hours(passage.span.opens.time(), passage.span.closes.time()), terms.Full(passage.day), passage.round.where)
    if passage.holiday:
        return m.Confirm(text, contact(services, "waste"))
    return m.WithNote(text, collection.only) if collection.only else text


def _weekly(collection: Collection, each: Round, passage: Passage, turn: Turn, services: Services) -> terms.Message:
    days = terms.Days(tuple(sorted({d.day.weekday() for d in _next_week(each, services, local(turn).date())})))
    text: terms.Message = m.EveryWeek(collection.say, days, terms.Full(passage.day))
    if each.part in PARTS:
        text = m.EveryWeekPart(collection.say, days, PARTS[each.part][turn.language], terms.Full(passage.day))
    if passage.holiday:
        return m.Confirm(text, contact(services, "waste"))
    return m.WithNote(text, collection.only) if collection.only else text


def _next_week(each: Round, services: Services, start: date) -> list[Passage]:
    only = Collection(id="", say={}, rounds=(each.but(schedule=each.usual or each.schedule),))  # a round that moved once is no habit
    start = max(start, each.valid_from or start)
    return [p for n in range(14) for p in waste.passages_on(services.city, only, start + timedelta(days=n))]


def _by_districts(collection: Collection, turn: Turn, services: Services) -> terms.Message:
    entries = []
    for each in (r for r in collection.rounds if r.district):
        days = tuple(sorted({p.day.weekday() for p in _next_week(each, services, local(turn).date())}))
        entries.append(m.DistrictDays(district_name(services.city.districts[each.district]), terms.Days(days)))
    return m.ByDistricts(collection.say, plural(collection, turn), tuple(entries))


def _on(collection: Collection, rounds: tuple[Round, ...], first: date, last: date, turn: Turn, services: Services) -> terms.Message:
    """Whether there is a round on a day or in a span of days; if not, when the next one is."""
    narrowed = collection.but(rounds=rounds)
    now = local(turn)
    last = min(last, first + timedelta(days=_LONGEST_SPAN))
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        found = [p for p in waste.passages_on(services.city, narrowed, day) if p.ends > now]
        if not found:
            continue
        text = passage_text(collection, found[0], turn)
        if collection.door and not turn.slots.district and found[0].round.district:
            served = [services.city.districts[p.round.district] for p in found if p.round.district]
            text = m.ByDistricts(
                collection.say, plural(collection, turn), tuple(m.DistrictDays(district_name(d), terms.Days((day.weekday(),))) for d in served)
            )
            text = m.Confirm(text, contact(services, "waste")) if found[0].holiday else text
            return text if len(collection.rounds) != len(found) or found[0].holiday else m.RoundYes(text)
        if found[0].holiday:
            text = m.Confirm(text, contact(services, "waste"))
        elif collection.only:
            text = m.WithNote(text, collection.only)
        return m.RoundYes(text) if not {"hours", "days", "where"} & set(turn.slots.aspects) else text
    after = max(now, datetime.combine(last, time(23, 59), tzinfo=now.tzinfo))
    coming = sorted((p for r in rounds if (p := waste.next_passage(services.city, r, after))), key=lambda p: p.sort_key)
    if not coming:
        over = waste.season_over(collection, last) or last
        return m.RoundsOver(collection.say, plural(collection, turn), terms.Dated(over), contact(services, "waste"))
    text = passage_text(collection, coming[0], turn)
    if coming[0].round.district and collection.door and not turn.slots.district:
        text = _by_districts(collection, turn, services)
    return m.RoundNo(text)


def what_tonight(turn: Turn, services: Services) -> Reply:
    """What goes out: tonight means what is collected tomorrow; a day named means that day."""
    now, when = local(turn), turn.slots.when
    day = when.day or now.date()
    target = day + timedelta(days=1) if (when.part in ("evening", "night") or (not when.day and now.hour >= _EVENING_STARTS)) else day
    entries: list[terms.Message] = []
    holiday = False
    for known in services.city.collections.values():
        collection = person.at_home(known, turn, services) if services.territory is not None else known
        found = waste.passages_on(services.city, collection, target, turn.slots.district)
        if not found or not collection.door:
            continue
        holiday = holiday or any(p.holiday for p in found)
        districts = tuple(district_name(services.city.districts[p.round.district]) for p in found if p.round.district)
        entries.append(m.TonightEntry(collection.say, districts) if districts else m.TonightEntryAll(collection.say))
    asks = contact(services, "waste")
    known_of = m.PutOutHoliday if holiday else m.PutOutTonight
    return tell(known_of(target, tuple(entries), asks) if entries else m.NothingKnownTonight(asks), turn)


HANDLERS: Final[dict[str, Handler]] = {"NextCollectionIntent": next_collection, "WhatTonightIntent": what_tonight}
