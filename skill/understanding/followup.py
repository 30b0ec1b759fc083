"""A sentence inside a conversation: an answer to what we asked, a question that leans on the last one, a correction, or a new one.

"Et dimanche ?" keeps the place and changes the day; "et celui des Épinettes" keeps the kind and the question; "non, le marché"
changes the thing named and keeps the rest. Whatever cannot be read so is taken as a new question.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from skill.city.fold import light
from skill.city.lexicon import split
from skill.city.model import City, in_district
from skill.city.numbers import ordinal
from skill.conversation.turn import Focus, Slots
from skill.understanding.decide import Choice, decide
from skill.understanding.ear import Ear
from skill.understanding.evidence import Evidence, gather
from skill.understanding.subject import LEANING, same_subject, unknown_thing
from skill.understanding.weigh import Rules

_LEANING_TWO: Final = (
    ("what", "about"),
    ("how", "about"),
    ("pas", "celui"),
    ("pas", "celle"),
    ("not", "that"),
    ("j", "ai"),
    ("je", "voulais"),
    ("je", "parle"),
    ("je", "parlais"),
    ("i", "said"),
    ("i", "meant"),
    ("i", "mean"),
)
_PRONOUNS: Final = frozenset({"their", "its", "leur", "leurs"})
_ASIDES: Final = frozenset({"attends", "attendez", "chut", "wait", "shush", "hush", "hang", "hold", "minou", "couche", "descends"})
_ASKERS: Final = frozenset(
    {
        "qui",
        "quoi",
        "ou",
        "quand",
        "comment",
        "combien",
        "lequel",
        "laquelle",
        "lesquels",
        "autre",
        "tous",
        "toutes",
        "who",
        "what",
        "where",
        "when",
        "how",
        "which",
        "other",
        "all",
    }
)
"""Words that make even the shortest sentence a question for us."""
_PLACE_CUES: Final = {
    "phone": "PlacePhoneIntent", "price": "PlacePriceIntent", "access": "PlaceAccessIntent", "age": "PlaceAgesIntent", "area": "PlaceAreaIntent",
    "where": "PlaceWhereIntent", "ask_open": "OpeningHoursIntent", "ask_close": "OpeningHoursIntent", "state": "OpeningHoursIntent",
    "hours": "OpeningHoursIntent", "days": "OpeningHoursIntent", "about": "PlaceAboutIntent",
}  # fmt: skip
_OWN: Final = (*_PLACE_CUES, "collect", "discard", "podcast", "remind", "put_out", "bin_rule", "list")
_SETTLED: Final = frozenset({
    "EmergencyIntent", "AMAZON.StopIntent", "AMAZON.HelpIntent", "AMAZON.RepeatIntent", "GoodbyeIntent", "ThanksIntent", "HelloIntent", "SourceIntent",
    "OffTopicIntent", "ChitchatIntent", "OtherTownIntent", "TransportIntent",
})  # fmt: skip
_FIRM: Final = 5.0


def interpret(text: str, focus: Focus, now: datetime, ear: Ear, city: City, rules: Rules) -> tuple[Choice, Evidence]:
    """The intent and slots of a text in its conversation, and the evidence they rest on."""
    e = gather(text, ear, city, now)
    choice = decide(e, ear, rules)
    if choice.intent == "EmergencyIntent":
        kinds = tuple(k for k in ("suicide", "fire", "police") if e.has(f"emergency_{k}"))
        return choice.but(slots=choice.slots.but(aspects=kinds)), e
    if _aside(e):
        return Choice("AsideIntent", choice.slots, _FIRM), e
    if focus.asked in ("place", "district") or focus.choices:
        answered = _answer(e, choice, focus, city, ear)
        if answered:
            return answered, e
    if focus.asked == "more" and (e.has("more") or choice.intent == "AMAZON.YesIntent"):
        return Choice("AMAZON.YesIntent", focus.slots, _FIRM), e
    if choice.intent not in _SETTLED:
        about = same_subject(e, choice, focus, ear, city)
        if about:
            return about, e
        if unknown_thing(e, focus):
            return Choice("WhereToThrowIntent", focus.slots.but(items=(), bin="", collection=""), _FIRM), e
        leaning = _lean(e, choice, focus, city, ear)
        if leaning:
            return leaning, e
    return choice, e


def _aside(e: Evidence) -> bool:
    """Words to somebody else in the room."""
    named = any(e.mentions.get(t) for t in ("place", "collection", "series")) or e.kinds
    if e.heard and not e.content and not e.cues and not e.when and e.heard[0] not in LEANING and _ASKERS.isdisjoint(e.heard):
        return True
    return bool(e.heard) and not named and len(e.heard) <= 9 and bool(_ASIDES & set(e.heard[:3])) and not e.has("remind")


def _answer(e: Evidence, choice: Choice, focus: Focus, city: City, ear: Ear) -> Choice | None:
    """The choice made among what we offered, if the words make one."""
    asks_anew = any(e.has(c) for c in ("ask_open", "ask_close", "collect", "discard", "phone", "price", "podcast", "remind")) and choice.score >= _FIRM
    if focus.asked == "district":
        district = e.best("district")
        if district and not asks_anew:
            return Choice(focus.intent, focus.slots.but(district=district.ids[0]), _FIRM)
        return None
    place = e.best("place")
    other = place and len(place.ids) == 1 and place.ids[0] not in focus.choices and place.whole >= 0.6 and focus.asked == "place"
    if place and other and not asks_anew and (city.places[place.ids[0]].kind == focus.slots.kind or not _by_words(e, focus.choices, city, ear)):
        return Choice(focus.intent, focus.slots.but(places=place.ids, kind=""), _FIRM) if not any(e.has(c) for c in _OWN) else None
    picked = _picked(e, focus, city, ear)
    if picked and not asks_anew:
        slots = focus.slots.but(places=(picked,), kind="", facility="")
        if e.when:
            slots = slots.but(when=e.when)
        cue = next((c for c in _PLACE_CUES if e.has(c)), "")
        intent = _PLACE_CUES[cue] if cue and focus.asked != "place" else focus.intent
        if intent in ("FindPlaceIntent", "HasFacilityIntent"):
            intent = "PlaceWhereIntent"
        return Choice(intent, slots.but(aspects=choice.slots.aspects or slots.aspects), _FIRM)
    if focus.asked == "place" and focus.intent and not asks_anew:
        place = e.best("place")
        if place and len(place.ids) == 1 and not any(e.has(c) for c in _OWN):
            return Choice(focus.intent, focus.slots.but(places=place.ids, kind=""), _FIRM)
        if place and focus.slots.kind:
            fitting = tuple(p for p in place.ids if city.places[p].kind == focus.slots.kind)
            if fitting:
                return Choice(focus.intent, focus.slots.but(places=fitting, kind=focus.slots.kind), _FIRM)
        if e.when and not e.has("correct") and focus.slots.kind and not place and not e.kinds:
            return Choice("OpeningHoursIntent", focus.slots.but(when=e.when, places=()), _FIRM)
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
    if not focus.asked:
        return ""
    named = _by_words(e, focus.choices, city, ear)
    if named:
        return named
    if focus.asked == "place" and (e.has("whatever") or (e.has("yes") and len(focus.choices) == 1)):
        return focus.choices[0]
    return ""


def _by_words(e: Evidence, ids: Iterable[str], city: City, ear: Ear) -> str:
    """The one place among a few whose name shares the most words with what was said; "" for none or a tie."""
    heard = {light(w) for w in e.words if w not in ear.stop}
    best: list[tuple[int, str]] = []
    for key in ids:
        found = city.places.get(key)
        if found:
            own = {light(w) for text in found.name.values() for w in split(text, ear.language) if w not in ear.stop}
            best.append((len(heard & own), key))
    best.sort(key=lambda b: -b[0])
    return best[0][1] if best and best[0][0] and (len(best) == 1 or best[0][0] > best[1][0]) else ""


def _lean(e: Evidence, choice: Choice, focus: Focus, city: City, ear: Ear) -> Choice | None:
    """The question that continues the last one, or None where the sentence stands on its own."""
    if not focus.intent or not e.heard or focus.intent in _SETTLED:
        return None
    leaning = e.heard[0] in LEANING or tuple(e.heard[:2]) in _LEANING_TWO or bool(_PRONOUNS & set(e.heard))
    named = _named(e) or (leaning and bool(e.best("place") or e.best("district")))
    own = [c for c in _OWN if e.has(c)]
    fact_firm = choice.intent == "TownQuestionIntent" and choice.score >= (6.5 if leaning else _FIRM)
    if named and own and not (leaning and set(own) <= {"where", "list", "days", "hours"}):
        if leaning and not e.when and choice.intent == focus.intent:
            return choice.but(slots=choice.slots.but(when=focus.slots.when))
        return None
    if fact_firm and not (leaning and named):
        return None
    if not leaning and not named and e.content > 7:
        return None
    if not leaning and named and (e.content > 5 or own):
        return None
    if not leaning and not named and len(_untold(e)) >= _NEW_SUBJECT:
        return None
    if leaning and not named and not own:
        meant = _by_words(e, _rivals(focus, city), city, ear)
        if meant:
            where = {"places": (meant,), "district": ""}
            return Choice(focus.intent, focus.slots.but(when=e.when or focus.slots.when, **where), _FIRM)
        if focus.intent == "PlacePriceIntent" and not e.when:
            return Choice(focus.intent, focus.slots.but(age=e.age, aspects=choice.slots.aspects), _FIRM)
    if not named and not own and not e.when and not e.best("district") and e.age is None:
        return None
    if named or e.best("district"):
        replaced = _replace(choice, focus, city)
        if replaced:
            return replaced
    if not named and (own or e.when or e.age is not None):
        return _aspect(e, choice, focus, own)
    return None


_NEW_SUBJECT: Final = 2
"""Words that no cue explains, from which a sentence that leans on nothing is about something else: "les toilettes publiques"."""


def _untold(e: Evidence) -> list[int]:
    """Positions of the words that carry meaning and that are no cue."""
    told = {i for spans in e.cues.values() for s in spans for i in range(s.start, s.end)}
    return [i for i in e.loose if i not in told]


def _rivals(focus: Focus, city: City) -> list[str]:
    """Places that could stand where the last one stood: of its kind, or other stops of its collection."""
    kind = focus.slots.kind or next((city.places[p].kind for p in focus.slots.places if p in city.places), "")
    collection = city.collections.get(focus.slots.collection)
    stops = [r.at_place for r in collection.rounds if r.at_place] if collection else []
    return stops or [p.id for p in city.of_kind(kind)]


def _named(e: Evidence) -> bool:
    place, district = e.best("place"), e.best("district")
    shadowed = place and district and district.start <= place.start and place.end <= district.end
    return bool((place and not shadowed) or e.kinds or any(e.mentions.get(t) for t in ("collection", "item", "facility", "series")))


def _replace(choice: Choice, focus: Focus, city: City) -> Choice | None:
    """Another thing, same question."""
    slots, old = choice.slots, focus.slots
    when = slots.when if slots.when else old.when
    aspects = tuple(a for a in slots.aspects if a not in ("any", "list")) or old.aspects
    if focus.intent in ("NextCollectionIntent", "WhatTonightIntent", "WhereToThrowIntent", "BinRuleIntent"):
        if slots.items and focus.intent == "WhereToThrowIntent":
            return Choice(focus.intent, old.but(items=slots.items, aspects=aspects), _FIRM)
        if slots.collection:
            return Choice(focus.intent if focus.intent != "WhereToThrowIntent" else "NextCollectionIntent", old.but(
                collection=slots.collection, bin=slots.bin, items=(), district=slots.district or old.district, when=when, aspects=aspects), _FIRM)  # fmt: skip
        if slots.items:
            return Choice("WhereToThrowIntent", Slots(items=slots.items, aspects=aspects), _FIRM)
        if slots.district or slots.places:
            return Choice(focus.intent, old.but(district=slots.district, places=slots.places, when=when), _FIRM)
        return None
    if not focus.intent.startswith(("Place", "OpeningHours", "HasFacility", "FindPlace")):
        return None
    if slots.facility and not slots.places and len(old.places) == 1 and "any" in slots.aspects:
        return Choice("HasFacilityIntent", old.but(facility=slots.facility, kind="", aspects=()), _FIRM)
    if slots.facility and focus.intent in ("FindPlaceIntent", "HasFacilityIntent") and not slots.places:
        return Choice(focus.intent, old.but(facility=slots.facility, kind=slots.kind, age=slots.age or old.age), _FIRM)
    kind = slots.kind or old.kind or next((city.places[p].kind for p in old.places if p in city.places), "")
    ids = slots.places
    if ids and len(ids) > 1:
        ids = tuple(p for p in ids if city.places[p].kind == kind) or ids
    if not ids and slots.district:
        ids = tuple(p.id for p in city.of_kind(kind) if in_district(p, city.districts.get(slots.district), city))
    if not ids and slots.kind and old.district and slots.kind != old.kind:
        ids = tuple(p.id for p in city.of_kind(slots.kind) if in_district(p, city.districts.get(old.district), city))
    if not ids and not slots.kind:
        return Choice(focus.intent, old.but(district=slots.district), _FIRM) if focus.intent == "FindPlaceIntent" and slots.district else None
    return Choice(focus.intent, old.but(places=ids, kind="" if len(ids) == 1 else kind, district=slots.district, when=when, aspects=aspects), _FIRM)


def _aspect(e: Evidence, choice: Choice, focus: Focus, own: list[str]) -> Choice | None:
    """Same thing, another question about it, or another day."""
    slots, old = choice.slots, focus.slots
    district = slots.district or old.district
    when = slots.when if slots.when else old.when
    new_aspects = tuple(a for a in slots.aspects if a not in ("any",))
    if old.collection and focus.intent in ("NextCollectionIntent", "WhereToThrowIntent", "BinRuleIntent", "WhatTonightIntent"):
        if {"phone", "price"} & set(own):
            return None
        return Choice("NextCollectionIntent", old.but(items=(), district=district, when=slots.when or old.when, aspects=new_aspects), _FIRM)
    if focus.intent == "WhatTonightIntent" and e.when:
        return Choice(focus.intent, old.but(when=slots.when), _FIRM)
    if old.places or old.kind:
        intent = next((_PLACE_CUES[c] for c in _PLACE_CUES if c in own), focus.intent)
        if intent == "PlaceWhereIntent" and "hours" in own:
            intent = "OpeningHoursIntent"
        if focus.intent == "FindPlaceIntent" and e.age is not None and set(own) <= {"age"}:
            return Choice(focus.intent, old.but(age=e.age), _FIRM)
        if old.kind and not old.places and focus.choices and own and not e.when:
            old = old.but(places=focus.choices, kind="")
        if intent == "FindPlaceIntent" and e.when and not own:
            intent = "OpeningHoursIntent"
        if focus.intent == "PlacePriceIntent" and set(own) <= ({"age"} if e.age is not None else set()):
            return Choice(focus.intent, old.but(age=e.age, aspects=choice.slots.aspects), _FIRM)
        aspects = new_aspects if own else old.aspects
        if old.kind and old.places and e.when and not own:
            old = old.but(places=())
        return Choice(intent, old.but(when=when, aspects=aspects, district=slots.district), _FIRM)
    return None
