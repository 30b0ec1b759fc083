"""Chooses one intent from the evidence, by sums that can be shown.

Every intent declares what it needs, wants and refuses (`interaction_model/evidence.toml`); free questions are scored by the
facts themselves. The best sum wins if it is high enough and clear of what belongs to other assistants; otherwise the answer
is a kind no. Whole utterances that are only courtesy or commands ("merci au revoir", "répète") are settled first.
"""

from __future__ import annotations

from typing import Any, Final

from skill.city.questions import Hit
from skill.conversation.turn import Slots
from skill.record import Record
from skill.understanding.ear import Ear
from skill.understanding.evidence import NOT_YES_OR_NO, Evidence

Rules = dict[str, dict[str, Any]]

ENOUGH: Final = 3.0
NAMED: Final = 1.9
"""Sum of an intent that a place's name alone explains whole."""
SURE: Final = 5.0
"""A sum that needs no second look."""
NEARLY_ALL: Final = 0.75
"""Share of a fact's question form beyond which it was asked, not merely touched."""
SENTENCE: Final = 6
"""Fewest words of a question that is more than a name."""
"""Least sum for an intent made of names and cues."""
BARE: Final = {"OpeningHoursIntent": 0.6, "PlaceAboutIntent": 0.6, "NextCollectionIntent": 1.8, "FindPlaceIntent": 1.8, "PlacePriceIntent": 2.0}
"""Least sum of an intent where hardly anything was said: "square Blériot", "déchets verts", "ping-pong"."""
MOST_BARE: Final = 4
FACT_FLOOR: Final = 0.5
"""Least score of a fact; learnt from sentences that are not ours."""
FACT_ENOUGH: Final = 1.5
"""Least sum of a fact where no place is named; with one, ENOUGH."""
FACT_SAID: Final = 0.43
FACT_SCALE: Final = 15.0
"""A perfect fact is worth (1 - FACT_ZERO) * FACT_SCALE, about what a place with two cues sums to."""
FACT_ZERO: Final = 0.38
TIMETABLE_FIRST: Final = 2.5
"""What a fact loses where the hours of a place are asked: the timetable answers, not a sentence about it."""
OTHER_NAME: Final = 2.5
"""What a fact loses that does not know the place named."""
TELLING: Final = frozenset({"?who", "?many", "?why", "?how"})
"""Question words that only a fact answers."""
ASKED_SO: Final = 1.0
NAME_ONLY: Final = 5.0
"""What a fact loses that shares with the sentence nothing but a place's name."""
FOREIGN_SURE: Final = 0.8
"""A sentence with another assistant's words needs at least this score to be answered."""
JUST_A_THING: Final = 2.0
"""What a thing named alone gains: its bin is what is asked."""
BEYOND: Final = 0.7
"""What a fact gains for each word it accounts for and the best other intent does not."""
MOST_BEYOND: Final = 3
FOREIGN_COST: Final = 2.6
LOOSE_COST: Final = 0.4
"""What each word that an intent leaves unexplained takes from it."""
MOST_LOOSE: Final = 4
STRANGE_COST: Final = 0.5
MOST_STRANGE: Final = 3

OLDEST_CHILD: Final = 17
HEAD: Final = 0.6
"""Of two things named ("le couvercle du pot de confiture") the first is meant, unless it is this much weaker."""

_COURTESY: Final = (
    ("AMAZON.StopIntent", "stop"),
    ("AMAZON.RepeatIntent", "repeat"),
    ("GoodbyeIntent", "bye"),
    ("AMAZON.NoIntent", "no"),
    ("AMAZON.YesIntent", "yes"),
    ("ThanksIntent", "thanks"),
    ("HelloIntent", "hello"),
)


class Choice(Record):
    """The intent chosen, with its slots and the sums that led to it."""

    intent: str
    slots: Slots
    score: float
    runner_up: tuple[str, float] = ("", 0.0)
    sums: tuple[tuple[str, float, str], ...] = ()
    """(intent, sum, what made it), best first."""

    @property
    def margin(self) -> float:
        """How far ahead of the next one."""
        return self.score - self.runner_up[1]


def features(e: Evidence) -> dict[str, float]:
    """The evidence as named strengths, 0 to 1."""
    f: dict[str, float] = dict.fromkeys(e.cues, 1.0)
    f.pop("age", None)
    if e.has("age"):
        f["age_cue"] = 1.0
    for table, mentions in e.mentions.items():
        if mentions:
            f[table] = min(1.0, 0.5 + 0.5 * mentions[0].sure) * (1.0 if mentions[0].whole >= 0.6 else 0.75)
    place, facility, item = e.best("place"), e.best("facility"), e.best("item")
    if place and facility:
        apart = [m for m in e.mentions["facility"] if m.end <= place.start or m.start >= place.end]
        if apart:
            f["place_and_facility"] = 1.0
        elif place.score > facility.score:
            f.pop("facility")
        if apart or place.score <= facility.score:
            f["place_other"] = 1.0 if apart else 0.0
    elif place:
        f["place_other"] = 1.0
    if item and place and item.start < place.end and place.start < item.end and place.score > item.score:
        f.pop("item")
    collection, district = e.best("collection"), e.best("district")
    if item and collection and collection.start < item.end and item.start < collection.end and collection.score >= 0.85 * item.score and not e.has("discard"):
        f["item"] = 0.3
    if item and facility and facility.score >= item.score and not e.has("discard"):
        f["item"] = 0.3
    nothing = not e.foreign and not e.strange and not any(t in f for t in ("place", "collection", "item", "facility", "series", "district")) and not e.kinds
    if nothing and any(e.has(c) for c in ("ask_open", "ask_close", "state")):
        used = {i for c in ("ask_open", "ask_close", "state", "hours", "days", "now") for s in e.cues.get(c, ()) for i in range(s.start, s.end)}
        if all(i in used for i in e.loose):
            f["nowhere"] = 1.0
    if nothing and e.has("collect") and (e.has("days") or e.when) and not e.has("put_out"):
        f["some_collection"] = 1.0
    covered = place is not None and district is not None and district.start <= place.start and place.end <= district.end
    if covered and place and district and (len(place.ids) > 1 or district.end - district.start > place.end - place.start):
        f["place"] = 0.4
        f["place_other"] = 0.0
        f.pop("place_and_facility", None)
    same = bool(facility and e.kind_words and facility.at <= e.kind_words)
    if same and not any(e.has(c) for c in ("where", "list", "any", "near")) and e.age is None:
        f["facility"] = 0.2
    if e.age is not None and e.age <= OLDEST_CHILD and e.has("child"):
        f["child_age"] = 1.0
    if same:
        f["kind_same"] = 1.0
    if e.kinds and e.when:
        f["kind_when"] = 1.0
    if e.kinds:
        f["kind"] = 1.0
        if "playground" in e.kinds:
            f["playground"] = 1.0
    if facility and "playground" in facility.ids:
        f["playground"] = 1.0
    if e.mentions.get("collection") or e.mentions.get("bin"):
        f["bin"] = 1.0
    if e.when:
        f["when"] = 1.0
    if e.when.at:
        f["time"] = 1.0
    if e.age is not None:
        f["age"] = 1.0
    if e.when.now:
        f["now"] = 1.0
    return f


def decide(e: Evidence, ear: Ear, rules: Rules) -> Choice:
    """The intent of a sentence. Intents that are refusals: "OffTopicIntent", "OtherTownIntent", "AMAZON.FallbackIntent"."""
    slots = slots_of(e)
    if e.has("emergency") and not _about_waste(e):
        return Choice("EmergencyIntent", slots, 10.0)
    if (
        e.has("bye")
        and e.cues["bye"][-1].end >= len(e.words) - 2
        and not any(e.has(c) for c in ("ask_open", "ask_close", "where", "collect", "discard", "hours", "remind"))
    ):
        return Choice("GoodbyeIntent", slots, 9.0)
    if e.has("help") and not any(e.mentions.get(t) for t in ("place", "collection", "item")):
        return Choice("AMAZON.HelpIntent", slots, 9.0)
    courtesy = _courtesy(e, ear)
    if courtesy:
        return Choice(courtesy, slots, 9.0)
    if e.has("source"):
        return Choice("SourceIntent", slots, 9.0)
    f = features(e)
    cost = FOREIGN_COST * min(2, len(e.foreign)) + STRANGE_COST * min(MOST_STRANGE, len(e.strange))
    sums: list[tuple[str, float, str]] = []
    for intent, rule in rules.items():
        if not any(n in f for n in rule["needs"]) or not any(n in f for n in rule.get("must", f)):
            continue
        parts = [(n, w * f[n]) for n, w in rule["wants"].items() if n in f] + [(n, -w * f[n]) for n, w in rule["refuses"].items() if n in f]
        most = 1 if intent == "WhereToThrowIntent" and _clear_thing(e) else MOST_LOOSE
        loose = LOOSE_COST * min(most, _unexplained(e, rule["wants"]))
        total = sum(v for _, v in parts) - (0 if intent == "ReminderIntent" else cost + loose)
        if intent == "WhereToThrowIntent" and _just_a_thing(e):
            total += JUST_A_THING
        sums.append((intent, total, " ".join(f"{n}{v:+.1f}" for n, v in parts if v) + (f" cost-{cost:.1f}" if cost else "") + f" loose-{loose:.1f}"))
    fact = _fact_sum(e, f, sums, ear, rules)
    if fact:
        sums.append(fact)
    sums.sort(key=lambda s: -s[1])
    return _settle(e, slots, sums, ear)


def _about_waste(e: Evidence) -> bool:
    """Whether a sentence with an alarming word is about bins all the same: "ma poubelle est tombée, quand passez-vous ?"."""
    named = [m for table in ("item", "collection", "bin") for m in e.mentions.get(table, ())[:1]]
    return any(e.has(c) for c in ("collect", "discard", "days")) and any(m.whole >= 0.9 for m in named)


def _beyond_names(e: Evidence, hit: Hit, ear: Ear) -> bool:
    """Whether a fact accounts for some word that is not part of a place's or kind's name."""
    if hit.asks & TELLING:
        return True
    names = set(e.kind_words)
    for table in ("place", "item", "collection", "facility", "district"):
        for mention in e.mentions.get(table, ())[:1]:
            names |= mention.at
    return any(ear.questions.root(e.words[i]) in hit.roots for i in e.loose if i not in names)


def _joins_names(e: Evidence, hit: Hit, ear: Ear) -> bool:
    """Whether a fact knows two things named apart: "Recyclivre" and "encyclopédies"."""
    known = [
        m for table in ("place", "item", "facility") for m in e.mentions.get(table, ())[:1]
        if all(ear.questions.root(e.words[i]) in hit.roots for i in m.at if i in e.loose)
    ]  # fmt: skip
    return any(a.end <= b.start for a in known for b in known)


def _same_names(e: Evidence, hit: Hit, ear: Ear) -> bool:
    """Whether the fact knows the place or the kind of place that was named; of "parc Barbusse", "parc" alone is no proof."""
    place = e.best("place")
    spots = set(range(place.start, place.end)) if place else e.kind_words
    own = {i for i in spots if place and not ear.lexicon.generic(e.words[i])} or spots
    return any(ear.questions.root(e.words[i]) in hit.roots for i in e.loose if i in own)


def _beyond(e: Evidence, hit: Hit, ear: Ear, wants: dict[str, float]) -> int:
    """How many words the fact accounts for that an intent leaves unexplained."""
    used = _explained(e, wants)
    return sum(1 for i in e.loose if i not in used and ear.questions.root(e.words[i]) in hit.roots)


def _unexplained(e: Evidence, wants: dict[str, float]) -> int:
    """How many meaningful words are neither names nor cues that the intent wants."""
    used = _explained(e, wants)
    return sum(1 for i in e.loose if i not in used)


def _explained(e: Evidence, wants: dict[str, float]) -> set[int]:
    """Positions of the words that are names or cues the intent wants."""
    used = set(e.kind_words) if "kind" in wants else set()
    for name in wants:
        used.update(i for s in e.cues.get("age" if name == "age_cue" else name, ()) for i in range(s.start, s.end))
        for mention in e.mentions.get(name, ())[:2]:
            used.update(range(mention.start, mention.end))
    for i, word in enumerate(e.words):
        if word in _STREETS:
            used.update(range(i, i + _STREET_WORDS))
    if "place" in wants or "collection" in wants:
        used.update(i for m in e.mentions.get("district", ())[:1] for i in range(m.start, m.end))
    return used


def _fact_sum(e: Evidence, f: dict[str, float], sums: list[tuple[str, float, str]], ear: Ear, rules: Rules) -> tuple[str, float, str] | None:
    """What the best fact is worth against the other intents; None where it cannot be an answer."""
    if not e.hits:
        return None
    top = e.hits[0]
    if top.score < FACT_FLOOR or top.said < FACT_SAID or (e.foreign and top.score < FOREIGN_SURE):
        return None
    total = (top.score - FACT_ZERO) * FACT_SCALE - FOREIGN_COST * min(2, len(e.foreign)) * (0.5 if top.score > 0.85 else 1.0)
    rival = max(sums, key=lambda s: s[1], default=None)
    beyond = min(MOST_BEYOND, _beyond(e, top, ear, rules[rival[0]]["wants"])) if rival and rival[1] > 0 else 0
    total += BEYOND * beyond + (ASKED_SO if top.asks & TELLING else 0.0)
    named = f.get("place", 0) > 0.5 or "kind" in f
    timed = (named and any(n in f for n in ("ask_open", "ask_close", "state", "hours"))) or (
        f.get("collection") and any(n in f for n in ("when", "district", "days"))
    )
    if timed and (not beyond or top.score < 0.7):
        total -= TIMETABLE_FIRST
    if timed and rival and rival[1] >= ENOUGH and not _unexplained(e, rules[rival[0]]["wants"]) and not top.asks & TELLING:
        total = min(total, rival[1] - 0.1)
    thing = any(f.get(n, 0) > 0.5 for n in ("item", "collection", "facility"))
    if rival and rival[1] >= SURE and not beyond and top.said < NEARLY_ALL:
        total -= TIMETABLE_FIRST
    whole = top.said >= NEARLY_ALL and ((top.explained >= 0.95 and len(e.words) >= SENTENCE) or _joins_names(e, top, ear))
    if (named or thing) and not whole and not _beyond_names(e, top, ear):
        total -= NAME_ONLY
    if named and not _same_names(e, top, ear):
        total -= OTHER_NAME
    return "TownQuestionIntent", total, f"{top.id} score={top.score:.2f} said={top.said:.2f} explained={top.explained:.2f} beyond={beyond}"


def _knows_town(e: Evidence, ear: Ear) -> bool:
    """Whether the best fact itself speaks of the neighbouring town named."""
    town = e.mentions["neighbour"][0]
    return any(ear.questions.root(e.words[i]) in e.hits[0].roots for i in range(town.start, town.end))


def _settle(e: Evidence, slots: Slots, sums: list[tuple[str, float, str]], ear: Ear) -> Choice:
    shown = tuple(sums)
    best = sums[0] if sums else ("", 0.0, "")
    second = (sums[1][0], sums[1][1]) if len(sums) > 1 else ("", 0.0)
    town = e.best("neighbour")
    place = e.best("place")
    inside = town and place and town.at <= place.at
    fact_sure = best[0] == "TownQuestionIntent" and e.hits[0].score >= 0.8 and (not town or _knows_town(e, ear))
    if town and not inside and not fact_sure and best[0] != "ReminderIntent":
        return Choice("OtherTownIntent", slots.but(street=town.ids[0]), 5.0, second, shown)
    if e.foreign == ("transport",) and not fact_sure and best[0] not in ("PlaceAccessIntent", "ReminderIntent"):
        return Choice("TransportIntent", slots, 5.0, second, shown)
    if place is None and e.kinds and _named_unknown(e):
        return Choice("UnknownPlaceIntent", slots, 5.0, second, shown)
    if place and e.has("near") and e.kind_words - place.at and best[0].startswith("Place"):
        return Choice("AMAZON.FallbackIntent", slots.but(places=()), SURE, second, shown)
    thing = best[0] == "WhereToThrowIntent" and _just_a_thing(e)
    if best[0] == "WhereToThrowIntent" and not thing and not any(e.has(c) for c in ("discard", "collect", "where")) and not e.best("bin"):
        best = ("", 0.0, "")
    if e.kinds and best[1] < ENOUGH and best[0] != "OpeningHoursIntent" and len(e.loose) <= 2 and not e.foreign:
        best = next((s for s in sums if s[0] == "OpeningHoursIntent"), best)
    district = e.best("district")
    if district and all(district.start <= i < district.end for i in e.loose) and best[0] in ("", "TownQuestionIntent") and not e.cues:
        return Choice("DistrictIntent", slots, 5.0, second, shown)
    bare = thing or (best[1] >= BARE.get(best[0], ENOUGH) and e.content <= MOST_BARE and not e.foreign and not e.strange)
    if (
        not bare
        and best[1] < ENOUGH
        and best[0] == "TownQuestionIntent"
        and place
        and e.content <= MOST_BARE
        and not e.foreign
        and not e.strange
        and not e.cues
    ):
        best = next((s for s in sums if s[0] in ("OpeningHoursIntent", "PlaceAboutIntent") and s[1] >= NAMED), best)
        bare = best[0] != "TownQuestionIntent"
    if best[1] >= ENOUGH or bare or (best[0] == "TownQuestionIntent" and best[1] > FACT_ENOUGH and not place):
        if best[0] == "TownQuestionIntent":
            hit = e.hits[0].id
            plainly = ear.contrary(e.words, hit) or not NOT_YES_OR_NO.isdisjoint(e.cues)
            slots = slots.but(fact=hit, aspects=(*slots.aspects, "plainly") if plainly else slots.aspects)
        return Choice(best[0], slots, best[1], second, shown)
    if e.has("throw") and not place and not town and not e.foreign and len(e.loose) <= _FEW:
        return Choice("WhereToThrowIntent", slots.but(items=(), bin="", collection=""), SURE, second, shown)
    if e.foreign:
        return Choice("OffTopicIntent" if "chitchat" not in e.foreign else "ChitchatIntent", slots, 5.0, second, shown)
    if district and all(district.start <= i < district.end for i in e.loose):
        return Choice("DistrictIntent", slots, 5.0, second, shown)
    if not place or place.whole < 0.75 or place.sure < 0.9 or len(place.ids) > 1:
        slots = slots.but(places=())
    return Choice("AMAZON.FallbackIntent", slots, best[1], second, shown)


_FEW: Final = 6
"""Words of a question about a thing to throw away that the town does not know: more, and it is about something else."""
_STREETS: Final = frozenset({"rue", "avenue", "boulevard", "allee", "quai", "street"})
_STREET_WORDS: Final = 4
"""A street's type and the words of its name: where a person lives explains itself."""
_ASKING: Final = ("many", "about", "hours", "days", "list", "age", "price", "phone", "state", "ask_open", "ask_close", "play")


def _clear_thing(e: Evidence) -> bool:
    """A thing named in full, with a word for getting rid of it: whatever else is told around it changes nothing."""
    item = e.best("item")
    return bool(item and item.whole >= 0.9 and (e.has("discard") or e.has("collect")) and not e.foreign)


def _just_a_thing(e: Evidence) -> bool:
    """A thing named and hardly anything else: "carton de pizza", "mon grille-pain a rendu l'âme"."""
    item, collection = e.best("item"), e.best("collection")
    if collection and item and collection.score >= 0.85 * item.score:
        return False
    if not item or item.whole < 0.75 or e.foreign or any(e.has(c) for c in _ASKING):
        return False
    outside = sum(1 for i in e.loose if not item.start <= i < item.end)
    return outside <= (4 if len(item.at) > 2 and item.whole >= 0.9 and not e.strange else 2 if len(item.at) > 1 else 1)


def _named_unknown(e: Evidence) -> bool:
    """A kind of place followed by a name that nobody here knows: "le jardin du Luxembourg"."""
    last = max(e.kind_words)
    return any(e.words[i] in e.strange for i in range(last + 1, min(last + 4, len(e.words))))


def _courtesy(e: Evidence, ear: Ear) -> str:
    """The conversational intent of an utterance that is nothing else, or ""."""
    covered = {i for cue in [c for _, c in _COURTESY] + ["whatever", "more", "correct"] for s in e.cues.get(cue, ()) for i in range(s.start, s.end)}
    rest = [w for i, w in enumerate(e.words) if i not in covered and w not in ear.stop]
    if rest or e.when or not e.words or any(e.mentions.get(t) for t in ("place", "collection", "item", "district", "facility")):
        return ""
    for intent, cue in _COURTESY:
        spans = e.cues.get(cue)
        if spans and (cue != "repeat" or len(e.words) <= 7) and (cue not in ("yes", "no") or len(e.words) <= 6):
            return intent
    return ""


def slots_of(e: Evidence) -> Slots:
    """The slots that the evidence fills, whatever the intent."""
    place, collection, item = e.best("place"), e.best("collection"), e.best("item")
    if item:
        whole = [m for m in e.mentions["item"] if m.whole >= 0.75]
        heads = [m for m in whole if m.score >= HEAD * item.score or (m.whole == 1.0 and item.whole < m.whole)]
        item = min(heads, key=lambda m: m.start, default=item)
    facility, district, series, bin_ = e.best("facility"), e.best("district"), e.best("series"), e.best("bin")
    if e.mentions.get("place") and len(e.mentions["place"]) > 1 and e.has("correct"):
        place = max(e.mentions["place"], key=lambda m: m.start)
    aspects = tuple(
        a for a, cue in (
            ("open", "ask_open"), ("close", "ask_close"), ("state", "state"), ("hours", "hours"), ("days", "days"), ("where", "where"), ("phone", "phone"),
            ("price", "price"), ("access", "access"), ("ages", "age"), ("area", "area"), ("about", "about"), ("list", "list"), ("discard", "discard"),
            ("collect", "collect"), ("any", "any"), ("now", "now"), ("put_out", "put_out"), ("adult", "adult"), ("shut", "shut"), ("resident", "resident"),
        ) if e.has(cue)
    )  # fmt: skip
    if e.has("nonresident"):
        aspects = tuple(a for a in aspects if a != "resident")
    return Slots(
        places=place.ids if place else (),
        kind=e.kinds[0] if e.kinds else "",
        collection=collection.ids[0] if collection else "",
        items=item.ids if item else (),
        bin=bin_.ids[0] if bin_ else "",
        facility=facility.ids[0] if facility else "",
        district=district.ids[0] if district else "",
        series=series.ids[0] if series else "",
        age=e.age,
        when=e.when,
        aspects=aspects,
    )
