"""Chooses one intent from the evidence, by sums that can be shown.

Every intent declares what it needs, wants and refuses (`interaction_model/evidence.toml`); free questions are scored by the
facts themselves. The best sum wins if it is high enough and clear of what belongs to other assistants; otherwise the answer
is a kind no. Whole utterances that are only courtesy or commands ("merci au revoir", "répète") are settled first.
"""

from __future__ import annotations

from typing import Final

from skill.conversation.turn import Slots
from skill.record import Record
from skill.understanding.ear import Ear
from skill.understanding.evidence import NOT_YES_OR_NO, Evidence
from skill.understanding.features import features, slots_of
from skill.understanding.weigh import ENOUGH, FOREIGN_COST, SURE, Rules, fact_sum, unexplained

NAMED: Final = 1.9
"""Sum of an intent that a place's name alone explains whole."""
BARE: Final = {"OpeningHoursIntent": 0.6, "PlaceAboutIntent": 0.6, "NextCollectionIntent": 1.8, "FindPlaceIntent": 1.8, "PlacePriceIntent": 2.0}
"""Least sum of an intent where hardly anything was said: "square Blériot", "déchets verts", "ping-pong"."""
MOST_BARE: Final = 4
FACT_ENOUGH: Final = 1.5
"""Least sum of a fact where no place is named; with one, ENOUGH."""
JUST_A_THING: Final = 2.0
"""What a thing named alone gains: its bin is what is asked."""
LOOSE_COST: Final = 0.4
"""What each word that an intent leaves unexplained takes from it."""
MOST_LOOSE: Final = 4
STRANGE_COST: Final = 0.5
MOST_STRANGE: Final = 3


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


def decide(e: Evidence, ear: Ear, rules: Rules) -> Choice:
    """The intent of a sentence. Intents that are refusals: "OffTopicIntent", "OtherTownIntent", "AMAZON.FallbackIntent"."""
    slots = slots_of(e)
    if e.has("emergency") and not _harmless(e) and not _about_waste(e):
        return Choice("EmergencyIntent", slots, 10.0)
    if (
        e.has("bye")
        and e.cues["bye"][-1].end >= len(e.words) - 2
        and not any(e.has(c) for c in ("ask_open", "ask_close", "where", "collect", "discard", "hours", "remind"))
    ):
        return Choice("GoodbyeIntent", slots, 9.0)
    if e.has("cry") and e.content <= _CRY:
        return Choice("CryIntent", slots, 10.0)
    if e.has("help") and not any(e.mentions.get(t) for t in ("place", "collection", "item")):
        return Choice("AMAZON.HelpIntent", slots, 9.0)
    courtesy = _courtesy(e, ear)
    if courtesy:
        return Choice(courtesy, slots, 9.0)
    for talk in ("privacy", "lonely"):
        if e.has(talk) and not any(e.mentions.get(t) for t in ("place", "collection", "item")) and not e.kinds:
            return Choice(f"{talk.capitalize()}Intent", slots, 9.0)
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
        loose = LOOSE_COST * min(most, unexplained(e, rule["wants"], ear))
        total = sum(v for _, v in parts) - (0 if intent == "ReminderIntent" else cost + loose)
        if intent == "WhereToThrowIntent" and _just_a_thing(e):
            total += JUST_A_THING
        sums.append((intent, total, " ".join(f"{n}{v:+.1f}" for n, v in parts if v) + (f" cost-{cost:.1f}" if cost else "") + f" loose-{loose:.1f}"))
    fact = fact_sum(e, f, sums, ear, rules)
    if fact:
        sums.append(fact)
    sums.sort(key=lambda s: -s[1])
    return _settle(e, slots, sums, ear)


_PLAIN_ALARM: Final = 3
"""Words of an alarming phrase that cannot be about a bin: "couché sur le trottoir"."""
_CRY: Final = 4
"""Words of a cry: in a longer sentence, "aidez-moi" asks for help with something."""


def _harmless(e: Evidence) -> bool:
    """Whether every alarming word is part of a harmless name: "à l'aide-ménagère"."""
    names = e.cues.get("not_emergency", ())
    return all(any(n.start < s.end and s.start < n.end for n in names) for s in e.cues["emergency"])


def _about_waste(e: Evidence) -> bool:
    """Whether a sentence with an alarming word is about bins all the same: "ma poubelle est tombée, quand passez-vous ?"."""
    if any(s.end - s.start >= _PLAIN_ALARM for s in e.cues["emergency"]):
        return False
    named = [m for table in ("item", "collection", "bin") for m in e.mentions.get(table, ())[:1]]
    return any(e.has(c) for c in ("collect", "discard", "days")) and any(m.whole >= 0.9 for m in named)


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
        return Choice("OtherTownIntent", slots.but(town=town.ids[0]), SURE, second, shown)
    if e.foreign == ("transport",) and not fact_sure and best[0] not in ("PlaceAccessIntent", "ReminderIntent"):
        return Choice("TransportIntent", slots, SURE, second, shown)
    if place is None and e.kinds and _named_unknown(e):
        return Choice("UnknownPlaceIntent", slots, SURE, second, shown)
    if place and e.has("near") and e.kind_words - place.at and best[0].startswith("Place"):
        return Choice("AMAZON.FallbackIntent", slots.but(places=()), SURE, second, shown)
    thing = best[0] == "WhereToThrowIntent" and _just_a_thing(e)
    if best[0] == "WhereToThrowIntent" and not thing and not any(e.has(c) for c in ("discard", "collect", "where")) and not e.best("bin"):
        best = ("", 0.0, "")
    if e.kinds and best[1] < ENOUGH and best[0] != "OpeningHoursIntent" and len(e.loose) <= 2 and not e.foreign:
        best = next((s for s in sums if s[0] == "OpeningHoursIntent"), best)
    district = e.best("district")
    if district and all(district.start <= i < district.end for i in e.loose) and best[0] in ("", "TownQuestionIntent") and not e.cues:
        return Choice("DistrictIntent", slots, SURE, second, shown)
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
        return Choice("OffTopicIntent" if "chitchat" not in e.foreign else "ChitchatIntent", slots, SURE, second, shown)
    if district and all(district.start <= i < district.end for i in e.loose):
        return Choice("DistrictIntent", slots, SURE, second, shown)
    if not place or place.whole < 0.75 or place.sure < 0.9 or len(place.ids) > 1:
        slots = slots.but(places=())
    return Choice("AMAZON.FallbackIntent", slots, best[1], second, shown)


_FEW: Final = 6
"""Words of a question about a thing to throw away that the town does not know: more, and it is about something else."""
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
