"""What people say of themselves and of the conversation: reminders, where they live, how to speak to them, what to forget.

The phrases are data (`locales/*/care.toml`); each says how many other words the sentence may hold, so that "plus court" is a
wish about our answers and "le chemin le plus court" is not. What we asked for is answered in any wording: replied.py.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from skill.city.lexicon import split
from skill.city.model import City
from skill.conversation.reminders import Wish
from skill.conversation.turn import Focus, Slots
from skill.understanding.commands import QUESTION, command_in
from skill.understanding.decide import Choice, decide
from skill.understanding.ear import CARE, Ear
from skill.understanding.evidence import Evidence
from skill.understanding.moments_said import when_said
from skill.understanding.reminder_said import tokens_of, wish_of
from skill.understanding.replied import ASKED, answer, mended
from skill.understanding.weigh import SURE, Rules

_REMINDER, _MANAGE = "ReminderIntent", "RemindersIntent"
_NOT_HEALTH: Final = ("discard", "where", "collect", "bin_rule")
_BARE_THING: Final = 2
"""Words of a medicine that is only named: it is to be thrown away."""
_HOMELESS: Final = ("EmergencyIntent", "OtherTownIntent", "TransportIntent")
_COLLECTING: Final = frozenset(
    {"veille", "collecte", "collectes", "ramassage", "ramasse", "sortir", "sors", "evening", "before", "eve", "collection", "collected", "out"}
)


def choose(e: Evidence, choice: Choice, focus: Focus, ear: Ear, city: City, rules: Rules, text: str, now: datetime, playing: bool) -> Choice | None:
    """What a sentence asks of us about ourselves; None where it is about the town."""
    if focus.asked in ASKED:
        answered = answer(e, choice, focus, ear, text, now)
        if answered:
            return answered
    again = mended(e, focus, ear, text, now)
    if again:
        return again
    name = command_in(e, ear, playing)
    told = e.has("tell_me") and (e.has("eve") or _timed(text, ear, now))
    told = told or _regular(e, ear, text, now)
    reminding = (choice.intent == _REMINDER and not _asks_again(e, text, ear, now)) or told or (e.has("eve") and not ear.small["tell"].isdisjoint(e.heard))
    if name and not (reminding and ear.care["commands"][name]["intent"] != _MANAGE and name not in ("repeat_number",)):
        found = _commanded(name, e, choice, ear, text)
        if found:
            return found
    if choice.intent == _REMINDER and not reminding:
        return decide(e.but(cues={k: v for k, v in e.cues.items() if k != "remind"}), ear, rules)
    if reminding and choice.intent != "EmergencyIntent":
        wish = wish_of(text, next((c for c in ("remind", "tell_me") if e.has(c)), ""), ear, now)
        return Choice(_REMINDER, choice.slots.but(wish=about(wish, e, choice, city)), SURE)
    return None


def _asks_again(e: Evidence, text: str, ear: Ear, now: datetime) -> bool:
    """ "Rappelle-moi les horaires du parc": something to be told once more, now."""
    after = e.words[e.cues["remind"][0].end :] if e.has("remind") else ()
    return bool(after) and after[0] in ear.small["told"] and any(e.has(c) for c in _TOLD) and not e.has("eve") and not _timed(text, ear, now)


def _regular(e: Evidence, ear: Ear, text: str, now: datetime) -> bool:
    """Something to do at hours that come back, told without a word for reminding: "boire un verre d'eau tous les jours à dix heures"."""
    if any(e.has(c) for c in QUESTION) or not e.heard or not (e.heard[0] in ear.small["mine"] or e.heard[0].endswith(ear.infinitives)):
        return False
    said = when_said([t.word for t in tokens_of(text, ear.language)], now, ear.language)
    return bool(said.times and (said.daily or said.days))


_TOLD: Final = ("hours", "phone", "price", "ask_open", "ask_close", "where")


def urgent_reminder(e: Evidence, choice: Choice, ear: Ear, city: City, text: str, now: datetime) -> Choice | None:
    """A reminder in whose words there is an alarm ("dire au médecin que j'ai mal à la poitrine, demain à neuf heures"): the number is said before it."""
    alarms = e.cues.get("emergency", ())
    lead = e.cues["remind"][0] if e.has("remind") else None
    if lead is None or not all(a.start >= lead.end for a in alarms) or not _timed(text, ear, now) or e.has("cry"):
        return None
    wish = wish_of(text, "remind", ear, now)
    return Choice(_REMINDER, Slots(wish=wish, aspects=("urgent",)), SURE) if wish.text and len(wish.text.split()) >= _TOLD_THING else None


_TOLD_THING: Final = 3
"""Words of a thing to be reminded of, from which it is one and no cry."""


def _timed(text: str, ear: Ear, now: datetime) -> bool:
    said = when_said([t.word for t in tokens_of(text, ear.language)], now, ear.language)
    return bool(said.times or said.moment)


def about(wish: Wish, e: Evidence, choice: Choice, city: City) -> Wish:
    """The wish with the collection that it means: one that is named without a day of its own, or whose eve is."""
    key = choice.slots.collection or next((c.id for c in city.collections.values() if choice.slots.bin and c.bin == choice.slots.bin), "")
    own_day = wish.day or wish.days or wish.daily or wish.moment
    eve = e.has("eve")
    mention = e.best("collection") or e.best("bin")
    if not key or mention is None or (own_day and not eve) or (wish.times and not eve and not wish.text):
        return wish
    if wish.times and not eve and _COLLECTING.isdisjoint(e.heard):
        return wish
    return wish.but(collection=key, district=choice.slots.district, text="", day=None, days=(), daily=False)


def _commanded(name: str, e: Evidence, choice: Choice, ear: Ear, text: str) -> Choice | None:
    command = ear.care["commands"][name]
    intent, aspects = command["intent"], tuple(command.get("aspects", ()))
    slots = Slots(aspects=aspects)
    asking = any(e.has(c) for c in QUESTION)
    named = any(
        m.whole >= 0.75 for t in (("collection", "place") if name == "health" else ("collection", "item", "place")) for m in e.mentions.get(t, ())[:1]
    ) or bool(e.kinds)
    if name == "health":
        bare = named and e.content <= _BARE_THING
        if any(e.has(c) for c in _NOT_HEALTH) or bare or choice.intent in ("EmergencyIntent", _REMINDER):
            return None
        return Choice(intent, slots, SURE)
    if name == "move":
        if (
            choice.intent in _HOMELESS
            or any(e.mentions.get(t) for t in ("collection", "item"))
            or (asking and not {"where", "near"} >= {c for c in QUESTION if e.has(c)})
        ):
            return None
        where = _after(name, e, ear, text)
        if where.split(" ")[0] in ("plus", "nulle", "chez"):  # not there any more, nowhere, at somebody's
            return Choice(intent, Slots(aspects=("forget",)) if where.startswith("plus") else slots, SURE)
        told = [w for w in split(where, ear.language) if w not in ear.stop]  # the town's own name says nothing of where in it
        if not told and not choice.slots.district and (e.content > 2 or not ear.small["moved"] & set(e.heard)):
            return None
        return Choice(intent, slots.but(district=choice.slots.district, street=where), SURE)
    if name == "spell":
        return Choice(intent, slots.but(places=choice.slots.places, word=_after(name, e, ear, text)), SURE)
    if intent == _MANAGE:
        rest = _after(name, e, ear, text) if "cancel" in aspects else ""
        if "cancel" in aspects and (not ear.small["all"].isdisjoint(e.heard) or (not rest and not {"rappels", "reminders"}.isdisjoint(e.heard))):
            slots, rest = slots.but(aspects=("cancel", "all")), ""
        return Choice(intent, slots.but(word=rest, wish=wish_of(text, "", ear, _NEVER) if rest else None), SURE)
    if named and asking and name not in ("forget", "what_known", "repeat_number", "news"):
        return None
    return Choice(intent, slots, SURE)


_NEVER: Final = datetime.fromisoformat("2026-01-01T00:00:00+01:00")
"""Any moment: only hours and weekdays of a reminder that is named are looked at."""


def _after(name: str, e: Evidence, ear: Ear, text: str) -> str:
    """What follows a command's phrase, as it was said."""
    spans = e.cues[f"{CARE}{name}"]
    end = max(s.end for s in spans)
    tokens = tokens_of(text, ear.language)
    return " ".join(t.raw for t in tokens[end:]).replace("' ", "'").replace("- ", "-").strip()
