"""A sentence inside a conversation: an answer to what we asked, a question that leans on the last one, a correction, or a new one.

"Et dimanche ?" keeps the place and changes the day; "et celui des Épinettes" keeps the kind and the question; "non, le marché"
changes the thing named and keeps the rest. Whatever cannot be read so is taken as a new question.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from skill.city.fold import light
from skill.city.lexicon import split
from skill.city.model import City, Collection, in_district
from skill.conversation.turn import ASKED_NEWS, Focus, Slots
from skill.understanding import care
from skill.understanding.choices import OWN, PLACE_CUES, PLACE_INTENTS, answer, by_words
from skill.understanding.decide import Choice, decide
from skill.understanding.ear import Ear
from skill.understanding.evidence import Evidence, gather
from skill.understanding.listening import HasShelf, choose
from skill.understanding.next_day import dated
from skill.understanding.replied import ASKED
from skill.understanding.subject import leans, next_thing, same_subject
from skill.understanding.weigh import SURE, Rules

_SETTLED: Final = frozenset({
    "EmergencyIntent", "AMAZON.StopIntent", "AMAZON.HelpIntent", "AMAZON.RepeatIntent", "GoodbyeIntent", "ThanksIntent", "HelloIntent", "SourceIntent",
    "OffTopicIntent", "ChitchatIntent", "OtherTownIntent", "TransportIntent",
})  # fmt: skip


_WASTE: Final = ("NextCollectionIntent", "WhatTonightIntent", "WhereToThrowIntent", "BinRuleIntent")


def interpret(text: str, focus: Focus, now: datetime, ear: Ear, city: City, rules: Rules, podcasts: HasShelf, playing: bool = False) -> tuple[Choice, Evidence]:
    """The intent and slots of a text in its conversation, and the evidence they rest on. `playing`: the speaker plays or has just played."""
    text = dated(_without_refused(text, focus, ear), focus, now, ear.language)
    e = gather(text, ear, now)
    choice = decide(e, ear, rules)
    if choice.intent == "EmergencyIntent":
        told = care.urgent_reminder(e, choice, ear, city, text, now)
        if told:
            return told, e
        kinds = tuple(k for k in ("suicide", "fire", "police") if e.has(f"emergency_{k}") and not (k == "police" and e.has("heart")))
        return choice.but(slots=choice.slots.but(aspects=kinds)), e
    if choice.intent == "AMAZON.YesIntent" and not focus.asked and e.has("thanks"):  # "c'est bon, merci" to nothing that was asked
        return choice.but(intent="ThanksIntent"), e
    own = care.choose(e, choice, focus, ear, city, rules, text, now, playing)
    if own:
        return own, e
    listening = choose(e, choice, focus, ear, podcasts, playing)
    if listening:
        return listening, e
    if _aside(e, ear):
        return Choice("AsideIntent", choice.slots, SURE), e
    if focus.intent == "WhereToThrowIntent":
        thing = next_thing(e, focus, ear)
        if thing:
            return thing, e
    pointed = _the_one(e, focus, city, ear)
    if pointed:
        return pointed, e
    if focus.asked in ("place", "district") or focus.choices:
        answered = answer(e, choice, focus, city, ear)
        if answered:
            return answered, e
    if focus.asked == ASKED_NEWS and e.has("more"):
        return Choice("NewsIntent", choice.slots, SURE), e
    if focus.asked == "more" and (e.has("more") or choice.intent == "AMAZON.YesIntent"):
        return Choice("AMAZON.YesIntent", focus.slots, SURE), e
    other = _other_answer(e, choice, focus)
    if other:
        return other, e
    if choice.intent not in _SETTLED:
        about = same_subject(e, choice, focus, ear, city)
        if about:
            return about, e
        leaning = _lean(e, choice, focus, city, ear)
        if leaning:
            return leaning, e
    return choice, e


def _without_refused(text: str, focus: Focus, ear: Ear) -> str:
    """A correction without what it takes back: after "quand ouvre le marché demain", "pas demain, vendredi" is "non vendredi"."""
    if not focus.heard:  # nothing was said before that could be taken back
        return text
    words, before = split(text, ear.language), set(focus.heard.split()) - ear.stop
    k = next((i for i, w in enumerate(words[:_HEAD]) if w in ("pas", "not")), -1)
    if k < 0 or not before or focus.asked in ASKED:
        return text
    end = k + 1
    while end < len(words) and (words[end] in ear.stop or words[end] in before or light(words[end]) in {light(w) for w in before}):
        end += 1
    refused = any(light(w) in {light(b) for b in before} for w in words[k + 1 : end])
    return " ".join(("non" if ear.language == "fr" else "no", *words[end:])) if refused and end < len(words) else text


_HEAD: Final = 4
"""Words among which a correction says that it is one."""


def _other_answer(e: Evidence, choice: Choice, focus: Focus) -> Choice | None:
    """The same free question in other words: the first answer was not the one, and the next best is given. In the same words it was not heard."""
    if choice.intent != "TownQuestionIntent" or focus.slots.fact != choice.slots.fact or not focus.heard or len(e.hits) < 2:
        return None
    before, now = set(focus.heard.split()), set(e.heard)
    if len(before & now) >= _SAME_WORDS * len(before | now) or e.hits[1].score < _NEXT_BEST * e.hits[0].score:
        return None
    return choice.but(slots=choice.slots.but(fact=e.hits[1].id))


_SAME_WORDS: Final = 0.7
"""Share of words from which a question is the same that was not heard."""
_NEXT_BEST: Final = 0.85
"""Share of the best score from which the next best may have been meant."""


def _aside(e: Evidence, ear: Ear) -> bool:
    """Words to somebody else in the room."""
    named = any(e.mentions.get(t) for t in ("place", "collection", "series")) or e.kinds
    if e.heard and not e.content and not e.cues and not e.when and not leans(e, ear) and ear.small["asking"].isdisjoint(e.heard):
        return True
    return bool(e.heard) and not named and len(e.heard) <= 9 and not ear.small["aside"].isdisjoint(e.heard[:3]) and not e.has("remind")


def _the_one(e: Evidence, focus: Focus, city: City, ear: Ear) -> Choice | None:
    """One of those just spoken of, by the words that tell it from the others: "le numéro de celui de la ferme"."""
    ids = focus.choices or (_rivals(focus, city) if focus.slots.kind or focus.slots.places else ())
    if not ids or ear.small["the_one"].isdisjoint(e.heard) or not focus.intent.startswith(("Place", "OpeningHours", "HasFacility", "FindPlace")):
        return None
    meant = by_words(e, ids, city, ear)
    own = next((PLACE_CUES[c] for c in PLACE_CUES if e.has(c)), focus.intent)
    intent = "PlaceWhereIntent" if own in ("FindPlaceIntent", "HasFacilityIntent") else own
    return Choice(intent, focus.slots.but(places=(meant,), kind="", facility="", when=e.when or focus.slots.when), SURE) if meant else None


def _lean(e: Evidence, choice: Choice, focus: Focus, city: City, ear: Ear) -> Choice | None:
    """The question that continues the last one, or None where the sentence stands on its own."""
    if not focus.intent or not e.heard or focus.intent in _SETTLED:
        return None
    leaning = leans(e, ear) or not ear.small["possessive"].isdisjoint(e.heard)
    named = _named(e) or (leaning and bool(e.best("place") or e.best("district")))
    own = [c for c in OWN if e.has(c)]
    fact_firm = choice.intent == "TownQuestionIntent" and choice.score >= (6.5 if leaning else SURE)
    bins = focus.intent in _WASTE and e.mentions.get("collection") and set(own) <= {"discard", "collect"}  # "et le bac jaune": "bac" alone asks nothing
    if named and own and not (leaning and (set(own) <= {"where", "list", "days", "hours"} or bins)):
        if leaning and not e.when and choice.intent == focus.intent:
            return choice.but(slots=choice.slots.but(when=focus.slots.when))
        return None
    collection = city.collections.get(focus.slots.collection)
    if e.has("correct") and not own and focus.intent in _WASTE and collection and any(r.at_place for r in collection.rounds):
        meant = by_words(e, _rivals(focus, city), city, ear)
        if meant:
            return Choice(focus.intent, focus.slots.but(when=e.when or focus.slots.when, places=(meant,), district=""), SURE)
    if e.has("correct") and not own and not e.kinds and focus.intent in PLACE_INTENTS:
        meant = by_words(e, _rivals(focus, city), city, ear)
        if meant and meant not in focus.slots.places:
            return Choice(focus.intent, focus.slots.but(when=e.when or focus.slots.when, places=(meant,), kind="", district=""), SURE)
    if fact_firm and not (leaning and named):
        return None
    if not leaning and not named and e.content > 7:
        return None
    if not leaning and named and (e.content > 5 or own):
        return None
    if not leaning and not named and len(_untold(e)) >= _NEW_SUBJECT:
        return None
    if leaning and not named and not own:
        meant = by_words(e, _rivals(focus, city), city, ear)
        if meant:
            where = {"places": (meant,), "district": ""}
            return Choice(focus.intent, focus.slots.but(when=e.when or focus.slots.when, **where), SURE)
        if focus.intent == "PlacePriceIntent" and not e.when:
            return Choice(focus.intent, focus.slots.but(age=e.age, aspects=choice.slots.aspects), SURE)
    if not named and not own and not e.when and not e.best("district") and e.age is None:
        return None
    if focus.intent in _WASTE and _another_place(e, collection):
        return None
    if named or e.best("district"):
        replaced = _replace(choice, focus, city)
        if replaced:
            return replaced
    if not named and (own or e.when or e.age is not None):
        return _aspect(e, choice, focus, own)
    return None


def _another_place(e: Evidence, collection: Collection | None) -> bool:
    """Whether a place was named by all of its name, at which nothing is collected: "le marché Corentin Celton mardi ?" is about the market."""
    place, district = e.best("place"), e.best("district")
    if place is None or place.whole < WHOLE_NAME or len(place.at) < 2 or (district is not None and len(place.at) <= len(district.at)):
        return False
    return {r.at_place for r in collection.rounds}.isdisjoint(place.ids) if collection else True


WHOLE_NAME: Final = 0.99
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
    if focus.intent in _WASTE:
        if slots.items and focus.intent == "WhereToThrowIntent":
            return Choice(focus.intent, old.but(items=slots.items, aspects=aspects), SURE)
        if slots.collection:
            return Choice(focus.intent if focus.intent != "WhereToThrowIntent" else "NextCollectionIntent", old.but(
                collection=slots.collection, bin=slots.bin, items=(), district=slots.district or old.district, when=when, aspects=aspects), SURE)  # fmt: skip
        if slots.items:
            return Choice("WhereToThrowIntent", Slots(items=slots.items, aspects=aspects), SURE)
        if slots.district or slots.places:
            return Choice(focus.intent, old.but(district=slots.district, places=slots.places, when=when), SURE)
        return None
    if not focus.intent.startswith(("Place", "OpeningHours", "HasFacility", "FindPlace")):
        return None
    if slots.facility and not slots.places and len(old.places) == 1 and "any" in slots.aspects:
        return Choice("HasFacilityIntent", old.but(facility=slots.facility, kind="", aspects=()), SURE)
    if slots.facility and focus.intent in ("FindPlaceIntent", "HasFacilityIntent") and not slots.places:
        return Choice(focus.intent, old.but(facility=slots.facility, kind=slots.kind, age=slots.age or old.age), SURE)
    kind = slots.kind or old.kind or next((city.places[p].kind for p in old.places if p in city.places), "")
    ids = slots.places
    if ids and len(ids) > 1:
        ids = tuple(p for p in ids if city.places[p].kind == kind) or ids
    if not ids and slots.district:
        ids = tuple(p.id for p in city.of_kind(kind) if in_district(p, city.districts.get(slots.district), city))
    if not ids and slots.kind and old.district and slots.kind != old.kind:
        ids = tuple(p.id for p in city.of_kind(slots.kind) if in_district(p, city.districts.get(old.district), city))
    if not ids and not slots.kind:
        return Choice(focus.intent, old.but(district=slots.district), SURE) if focus.intent == "FindPlaceIntent" and slots.district else None
    return Choice(focus.intent, old.but(places=ids, kind="" if len(ids) == 1 else kind, district=slots.district, when=when, aspects=aspects), SURE)


def _aspect(e: Evidence, choice: Choice, focus: Focus, own: list[str]) -> Choice | None:
    """Same thing, another question about it, or another day."""
    slots, old = choice.slots, focus.slots
    district = slots.district or old.district
    when = slots.when if slots.when else old.when
    new_aspects = tuple(a for a in slots.aspects if a not in ("any",))
    if "phone" in own and focus.intent in _WASTE:
        return Choice("CallIntent", old, SURE)
    if old.collection and focus.intent in _WASTE:
        if "price" in own:
            return None
        return Choice("NextCollectionIntent", old.but(items=(), district=district, when=slots.when or old.when, aspects=new_aspects), SURE)
    if focus.intent == "WhatTonightIntent" and e.when:
        return Choice(focus.intent, old.but(when=slots.when), SURE)
    if old.places or old.kind:
        intent = next((PLACE_CUES[c] for c in PLACE_CUES if c in own), focus.intent)
        if intent == "PlaceWhereIntent" and "hours" in own:
            intent = "OpeningHoursIntent"
        if focus.intent == "FindPlaceIntent" and e.age is not None and set(own) <= {"age"}:
            return Choice(focus.intent, old.but(age=e.age), SURE)
        if old.kind and not old.places and focus.choices and own and not e.when:
            old = old.but(places=focus.choices, kind="")
        if intent == "FindPlaceIntent" and e.when and not own:
            intent = "OpeningHoursIntent"
        if focus.intent == "PlacePriceIntent" and set(own) <= ({"age"} if e.age is not None else set()):
            return Choice(focus.intent, old.but(age=e.age, aspects=choice.slots.aspects), SURE)
        aspects = new_aspects if own else old.aspects
        if old.kind and old.places and e.when and not own:
            old = old.but(places=())
        return Choice(intent, old.but(when=when, aspects=aspects, district=slots.district), SURE)
    return None
