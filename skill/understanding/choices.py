"""The answer to what we asked: which place of those offered, which district; by name, rank, place or indifference."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from skill.city.fold import light
from skill.city.lexicon import split
from skill.city.model import City, Place
from skill.city.numbers import ordinal
from skill.conversation.turn import Focus
from skill.understanding.decide import Choice
from skill.understanding.ear import Ear
from skill.understanding.evidence import Evidence
from skill.understanding.weigh import SURE

PLACE_CUES: Final = {
    "phone": "PlacePhoneIntent", "price": "PlacePriceIntent", "access": "PlaceAccessIntent", "age": "PlaceAgesIntent", "area": "PlaceAreaIntent",
    "where": "PlaceWhereIntent", "ask_open": "OpeningHoursIntent", "ask_close": "OpeningHoursIntent", "state": "OpeningHoursIntent",
    "hours": "OpeningHoursIntent", "days": "OpeningHoursIntent", "about": "PlaceAboutIntent",
    "latest": "ExtremeHoursIntent", "earliest": "ExtremeHoursIntent", "largest": "LargestPlaceIntent",
}  # fmt: skip
PLACE_INTENTS: Final = frozenset(PLACE_CUES.values())
MOST_OTHER: Final = 5
"""Words of a sentence that only says "the other one"."""
OWN: Final = (*PLACE_CUES, "collect", "discard", "podcast", "remind", "put_out", "bin_rule", "list")


def answer(e: Evidence, choice: Choice, focus: Focus, city: City, ear: Ear) -> Choice | None:
    """The choice made among what we offered, if the words make one."""
    asks_anew = any(e.has(c) for c in ("ask_open", "ask_close", "collect", "discard", "phone", "price", "podcast", "remind")) and choice.score >= SURE
    if focus.asked == "district":
        district = e.best("district")
        if district and not asks_anew:
            return Choice(focus.intent, focus.slots.but(district=district.ids[0]), SURE)
        return None
    place = e.best("place")
    other = place and len(place.ids) == 1 and place.ids[0] not in focus.choices and place.whole >= 0.6 and focus.asked == "place"
    if focus.asked == "more" and place and place.ids[0] not in focus.choices and place.whole >= 0.6 and len(place.ids) == 1:
        return None  # another place, named in full: none of those still to be told
    pointed = not ear.small["the_one"].isdisjoint(e.heard)  # "celui près de la mairie": one of those, and not the town hall
    if (
        place
        and other
        and not asks_anew
        and not (pointed and city.places[place.ids[0]].kind != focus.slots.kind)
        and (city.places[place.ids[0]].kind == focus.slots.kind or not by_words(e, focus.choices, city, ear))
    ):
        return Choice(focus.intent, focus.slots.but(places=place.ids, kind=""), SURE) if not any(e.has(c) for c in OWN) else None
    picked = _picked(e, focus, city, ear)
    if picked and not asks_anew:
        slots = focus.slots.but(places=(picked,), kind="", facility="")
        if e.when:
            slots = slots.but(when=e.when)
        cue = next((c for c in PLACE_CUES if e.has(c)), "")
        intent = PLACE_CUES[cue] if cue and focus.asked != "place" else focus.intent
        if intent in ("FindPlaceIntent", "HasFacilityIntent"):
            intent = "PlaceWhereIntent"
        return Choice(intent, slots.but(aspects=choice.slots.aspects or slots.aspects), SURE)
    if focus.asked == "place" and focus.intent and not asks_anew:
        place = e.best("place")
        if place and len(place.ids) == 1 and not any(e.has(c) for c in OWN) and not (pointed and city.places[place.ids[0]].kind != focus.slots.kind):
            return Choice(focus.intent, focus.slots.but(places=place.ids, kind=""), SURE)
        if place and focus.slots.kind:
            fitting = tuple(p for p in place.ids if city.places[p].kind == focus.slots.kind)
            if fitting:
                return Choice(focus.intent, focus.slots.but(places=fitting, kind=focus.slots.kind), SURE)
        if e.when and not e.has("correct") and focus.slots.kind and not place and not e.kinds:
            return Choice("OpeningHoursIntent", focus.slots.but(when=e.when, places=()), SURE)
    return None


def _picked(e: Evidence, focus: Focus, city: City, ear: Ear) -> str:
    """The id among the choices that the words point at, by name, rank or indifference."""
    if not focus.choices or focus.asked not in ("place", "more", ""):
        return ""
    place = e.best("place") if focus.asked else None
    for key in place.ids if place else ():
        if key in focus.choices:
            return key
    for i, word in enumerate(e.heard):
        rank = ordinal(word)
        if rank and rank <= len(focus.choices) and (i == 0 or e.heard[i - 1] in ("le", "la", "the", "l", "numero", "number")) and not e.when:
            return focus.choices[rank - 1]
        if word in ("dernier", "derniere", "last") and not e.when:
            return focus.choices[-1]
    other = not ear.small["other"].isdisjoint(e.heard) and len(e.heard) <= MOST_OTHER
    if other and len(focus.choices) == 2:  # "non, l'autre": the one that was not just told
        return next(c for c in reversed(focus.choices) if c not in focus.slots.places)
    if not focus.asked:
        return ""
    named = by_words(e, focus.choices, city, ear)
    if named:
        return named
    if focus.asked == "place" and (e.has("whatever") or (e.has("yes") and len(focus.choices) == 1)):
        return focus.choices[0]
    return ""


def by_words(e: Evidence, ids: Iterable[str], city: City, ear: Ear) -> str:
    """The one place among a few whose name shares the most words with what was said, or else what is told of where it is; "" for none or a tie."""
    pointing = e.time | {i for c in ("near", "where") for span in e.cues.get(c, ()) for i in range(span.start, span.end)}
    heard = {light(w) for i, w in enumerate(e.words) if w not in ear.stop and w not in ear.small["the_one"] and i not in pointing}
    known = [city.places[key] for key in ids if key in city.places]
    for texts in (_names, _whereabouts):
        scored = sorted(((len(heard & {w for t in texts(p, city) for w in _lights(t, ear.language, ear.stop)}), p.id) for p in known), key=lambda s: -s[0])
        if scored and scored[0][0]:
            return scored[0][1] if len(scored) == 1 or scored[0][0] > scored[1][0] else ""
    return ""


@lru_cache(maxsize=4096)  # the rivals of a kind are compared at every turn, and their names do not change
def _lights(text: str, language: str, stop: frozenset[str]) -> frozenset[str]:
    return frozenset(light(w) for w in split(text, language) if w not in stop)


def _names(place: Place, city: City) -> Iterable[str]:
    return (*place.name.values(), *(alias for several in place.aliases.values() for alias in several))


def _whereabouts(place: Place, city: City) -> Iterable[str]:
    """Address, district, what is near: "celui près de la Seine"."""
    district = city.districts.get(place.district)
    return (place.address, *place.where.values(), *place.about.values(), *place.transport, *place.entrances, *(district.name.values() if district else ()))
