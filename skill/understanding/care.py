"""What people say of themselves and of the conversation: reminders, where they live, how to speak to them, what to forget.

The phrases are data (`locales/*/care.toml`); each says how many other words the sentence may hold, so that "plus court" is a
wish about our answers and "le chemin le plus court" is not. What we asked for is answered in any wording: `answer`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from skill.city.lexicon import split
from skill.city.model import City
from skill.conversation.reminders import Wish
from skill.conversation.turn import ASKED_ADDRESS, ASKED_ALL, ASKED_HOME, ASKED_OFFER, ASKED_REMINDER, ASKED_TIME, ASKED_WHAT, ASKED_WHICH, Focus, Slots
from skill.understanding.decide import Choice, decide
from skill.understanding.ear import CARE, Ear
from skill.understanding.evidence import Evidence
from skill.understanding.moments_said import when_said
from skill.understanding.reminder_said import tokens_of, wish_of
from skill.understanding.weigh import SURE, Rules

_REMINDER, _MANAGE = "ReminderIntent", "RemindersIntent"
_MANNERS: Final = frozenset({"slower", "slower_again", "faster", "normal", "longer", "louder"})
"""Commands that somebody who listens to a podcast says of the podcast."""
_QUESTION: Final = ("ask_open", "ask_close", "collect", "discard", "price", "hours", "phone", "where", "days", "put_out", "list", "near", "any", "state")
_NOT_HEALTH: Final = ("discard", "where", "collect", "bin_rule")
_BARE_THING: Final = 2
"""Words of a medicine that is only named: it is to be thrown away."""
_HOMELESS: Final = ("EmergencyIntent", "OtherTownIntent", "TransportIntent")
_COLLECTING: Final = frozenset(
    {"veille", "collecte", "collectes", "ramassage", "ramasse", "sortir", "sors", "evening", "before", "eve", "collection", "collected", "out"}
)
_LONGEST_ANSWER: Final = 14
_YES, _NO = "AMAZON.YesIntent", "AMAZON.NoIntent"


def choose(e: Evidence, choice: Choice, focus: Focus, ear: Ear, city: City, rules: Rules, text: str, now: datetime, playing: bool) -> Choice | None:
    """What a sentence asks of us about ourselves; None where it is about the town."""
    if focus.asked in _ASKED:
        answered = answer(e, choice, focus, ear, text, now)
        if answered:
            return answered
    name = _command(e, ear, playing)
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
    if any(e.has(c) for c in _QUESTION) or not e.heard or not (e.heard[0] in ear.small["mine"] or e.heard[0].endswith(ear.infinitives)):
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


def _command(e: Evidence, ear: Ear, playing: bool) -> str:
    """The command whose phrase is the longest, where the rest of the sentence may stand beside it."""
    best: tuple[int, int, str] = (0, 0, "")
    for cue, spans in e.cues.items():
        if not cue.startswith(CARE):
            continue
        name = cue.removeprefix(CARE)
        span = max(spans, key=lambda s: s.end - s.start)
        covered = {i for s in spans for i in range(s.start, s.end)}
        rest = [i for i in range(len(e.words)) if i not in covered and e.words[i] not in ear.stop and e.words[i] not in ear.polite]
        if len(rest) > ear.care["commands"][name].get("most", 0) or (playing and name in _MANNERS) or _turned_round(e, span.start, span.end):
            continue
        best = max(best, (span.end - span.start, -len(rest), name))
    return best[2]


def _commanded(name: str, e: Evidence, choice: Choice, ear: Ear, text: str) -> Choice | None:
    command = ear.care["commands"][name]
    intent, aspects = command["intent"], tuple(command.get("aspects", ()))
    slots = Slots(aspects=aspects)
    asking = any(e.has(c) for c in _QUESTION)
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
            or (asking and not {"where", "near"} >= {c for c in _QUESTION if e.has(c)})
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
    if named and asking and name not in ("forget", "what_known", "repeat_number"):
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


def agrees(e: Evidence) -> bool | None:
    """Whether a sentence says yes or no, in whatever words; None where it says neither, or both: nothing is done on half a yes."""
    said_no = e.cues.get("no", [])
    yes = [s for s in e.cues.get("yes", ()) if not any(n.start <= s.start and s.end <= n.end for n in said_no)]
    no = [n for n in said_no if not any(s.start <= n.start and n.end <= s.end and s.end - s.start > n.end - n.start for s in yes)]
    turned = [s for s in yes if _NEGATIONS & set(e.heard[max(0, s.start - _REACH) : s.start])]
    if turned:
        return False
    if bool(yes) == bool(no):
        return None
    return bool(yes)


def mixed(e: Evidence) -> bool:
    """Whether both a yes and a no were said."""
    return e.has("yes") and e.has("no") and agrees(e) is None


_NEGATIONS: Final = frozenset({"pas", "not", "n", "ne", "jamais", "never", "don", "plus", "isn", "aren"})
_REACH: Final = 2
"""Words before a phrase in which a negation turns it round."""


def _turned_round(e: Evidence, start: int, end: int) -> bool:
    """Whether a command is forbidden rather than given: "n'annule surtout pas", "don't forget me", "oublie-moi pas"."""
    before, after = set(e.heard[max(0, start - _REACH) : start]), set(e.heard[end : end + 1])
    return bool((_NEGATIONS - {"plus", "pas"}) & before or {"pas", "jamais"} & after)


def _plainly_agrees(e: Evidence, ear: Ear) -> bool | None:
    """The same of a sentence that asks nothing: whatever else is said in it is little."""
    spans = [s for c in ("yes", "no", "whatever", "correct", "thanks") for s in e.cues.get(c, ())]
    covered = {i for s in spans for i in range(s.start, s.end)} | e.time
    rest = [w for i, w in enumerate(e.words) if i not in covered and w not in ear.stop and w not in ear.polite]
    asks = any(e.has(c) for c in _QUESTION if c != "any")
    return agrees(e) if len(rest) <= _MOST_BESIDE and not (asks and rest) else None


_MOST_BESIDE: Final = 3
"""Words that carry meaning beside a yes or a no."""
_NO_ANSWER: Final = ("EmergencyIntent", "AMAZON.HelpIntent", "AMAZON.RepeatIntent", "GoodbyeIntent")
_ASKED: Final = frozenset({ASKED_WHAT, ASKED_TIME, ASKED_REMINDER, ASKED_ALL, ASKED_WHICH, ASKED_ADDRESS, ASKED_HOME, ASKED_OFFER})


def answer(e: Evidence, choice: Choice, focus: Focus, ear: Ear, text: str, now: datetime) -> Choice | None:
    """What was said to a question of ours about a reminder or a home; None where the subject was changed."""
    if choice.intent in _NO_ANSWER or len(e.heard) > 3 * _LONGEST_ANSWER:
        return None
    if choice.intent == "AMAZON.StopIntent":  # "non, laissez tomber" is a no, "stop" is leave taken
        return Choice(_NO, focus.slots, SURE) if e.has("no") and len(e.heard) > 1 else None
    if _command(e, ear, playing=False) and _command(e, ear, playing=False) not in ("move", "health", "spell"):
        return None
    if e.has("remind") and focus.asked != ASKED_WHAT and wish_of(text, "remind", ear, now).text:  # another one
        return None
    words = [t.word for t in tokens_of(text, ear.language)]
    said, agreed, wish = when_said(list(words), now, ear.language), _plainly_agrees(e, ear), focus.slots.wish
    told = [w for i, w in enumerate(words) if i not in said.words and w not in ear.stop and w not in ear.polite]
    elsewhere = choice.score >= SURE and choice.intent in _OTHERS and agreed is None and len(told) > 1
    if focus.asked in (ASKED_TIME, ASKED_REMINDER, ASKED_OFFER) and wish is not None:
        if (said.times or said.days or said.day or said.daily or said.moment) and not elsewhere:
            return Choice(_REMINDER, focus.slots.but(wish=merged(wish, said)), SURE)
        if focus.asked != ASKED_TIME and mixed(e) and len(e.heard) <= _LONGEST_ANSWER:
            return Choice(_REMINDER, focus.slots, SURE) if focus.asked == ASKED_REMINDER else Choice(_NO, focus.slots, SURE)
        if focus.asked != ASKED_TIME and agreed is not None and len(e.heard) <= _LONGEST_ANSWER:
            return Choice(_YES if agreed else _NO, focus.slots, SURE)
        if focus.asked == ASKED_TIME and (agreed is False or said.part):
            return Choice(_REMINDER, focus.slots.but(wish=wish.but(part=said.part)), SURE) if said.part else Choice(_NO, focus.slots, SURE)
    if focus.asked == ASKED_WHAT and wish is not None and len(e.heard) <= _LONGEST_ANSWER and not elsewhere:
        if agreed is False and len(e.heard) <= 3:
            return Choice(_NO, focus.slots, SURE)
        new = wish_of(text, "remind" if e.has("remind") else "", ear, now)
        return Choice(_REMINDER, focus.slots.but(wish=merged(new, said)), SURE) if new.text else None
    if focus.asked in (ASKED_ALL, ASKED_HOME) and agreed is not None and len(e.heard) <= _LONGEST_ANSWER:
        district = choice.slots.district
        if focus.asked == ASKED_HOME and not agreed and district and district != focus.slots.district:
            return Choice("HomeIntent", Slots(district=district, aspects=("set",)), SURE)
        return Choice(_YES if agreed else _NO, focus.slots, SURE)
    if focus.asked == ASKED_WHICH and not elsewhere:
        return (
            Choice(_MANAGE, Slots(aspects=("cancel",), word=text[:200], wish=wish_of(text, "", ear, now)), SURE)
            if agreed is not False
            else Choice(_NO, focus.slots, SURE)
        )
    if focus.asked in (ASKED_ADDRESS, ASKED_HOME) and not elsewhere:
        if agreed is False and len(e.heard) <= 4:
            return Choice(_NO, focus.slots, SURE)
        return Choice("HomeIntent", focus.slots.but(district=choice.slots.district, street=text[:120], aspects=("set",)), SURE)
    return None


_OTHERS: Final = frozenset({
    "NextCollectionIntent", "WhereToThrowIntent", "WhatTonightIntent", "OpeningHoursIntent", "PlayPodcastIntent", "TownQuestionIntent", "FindPlaceIntent",
    "PlacePhoneIntent", "PlacePriceIntent", "PlaceWhereIntent", "BinRuleIntent", "TransportIntent", "OffTopicIntent", "SourceIntent",
})  # fmt: skip
"""Questions of another kind: the subject was changed."""


def merged(wish: Wish, said: object) -> Wish:
    """A wish with what was said of when since: what is said anew stands in the place of what was."""
    changes = {}
    for key in ("times", "day", "days", "daily", "moment", "part", "often", "odd", "nowhere"):
        value = getattr(said, key)
        if value:
            changes[key] = value
    if changes.keys() & {"day", "days", "daily", "moment"}:
        changes = {"day": None, "days": (), "daily": False, "moment": None, **changes}
    if changes.get("times"):
        changes |= {"part": "", "often": False}
    if changes:
        changes = {"odd": False, "nowhere": False, **changes}
    return wish.but(**changes)
