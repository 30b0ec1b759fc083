"""What is said to a question of ours: yes and no in all their forms, an hour, a street, a rank, or a change of subject.

Nothing is done on half a yes: where both are heard, or a yes is turned round ("pas tout à fait"), it is no, or asked again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from skill.conversation.reminders import Wish
from skill.conversation.turn import ASKED_ADDRESS, ASKED_ALL, ASKED_HOME, ASKED_OFFER, ASKED_REMINDER, ASKED_TIME, ASKED_WHAT, ASKED_WHICH, Focus, Slots
from skill.understanding.commands import NEGATIONS, QUESTION, REACH, command_in
from skill.understanding.decide import Choice
from skill.understanding.ear import Ear
from skill.understanding.evidence import Evidence
from skill.understanding.moments_said import Said, when_said
from skill.understanding.reminder_said import tokens_of, wish_of
from skill.understanding.weigh import SURE

_REMINDER, _MANAGE = "ReminderIntent", "RemindersIntent"
_YES, _NO = "AMAZON.YesIntent", "AMAZON.NoIntent"
_LONGEST_ANSWER: Final = 14
"""Words of a yes, a no or an answer."""


def agrees(e: Evidence) -> bool | None:
    """Whether a sentence says yes or no, in whatever words; None where it says neither, or both: nothing is done on half a yes."""
    said_no = e.cues.get("no", [])
    yes = [s for s in e.cues.get("yes", ()) if not any(n.start <= s.start and s.end <= n.end for n in said_no)]
    no = [n for n in said_no if not any(s.start <= n.start and n.end <= s.end and s.end - s.start > n.end - n.start for s in yes)]
    turned = [s for s in yes if NEGATIONS & set(e.heard[max(0, s.start - REACH) : s.start])]
    if turned:
        return False
    if bool(yes) == bool(no):
        return None
    return bool(yes)


def mixed(e: Evidence) -> bool:
    """Whether both a yes and a no were said."""
    return e.has("yes") and e.has("no") and agrees(e) is None


def _plainly_agrees(e: Evidence, ear: Ear) -> bool | None:
    """The same of a sentence that asks nothing: whatever else is said in it is little."""
    spans = [s for c in ("yes", "no", "whatever", "correct", "thanks") for s in e.cues.get(c, ())]
    covered = {i for s in spans for i in range(s.start, s.end)} | e.time
    rest = [w for i, w in enumerate(e.words) if i not in covered and w not in ear.stop and w not in ear.polite]
    asks = any(e.has(c) for c in QUESTION if c != "any")
    return agrees(e) if len(rest) <= _MOST_BESIDE and not (asks and rest) else None


_MOST_BESIDE: Final = 3
"""Words that carry meaning beside a yes or a no."""
_NO_ANSWER: Final = ("EmergencyIntent", "AMAZON.HelpIntent", "AMAZON.RepeatIntent", "GoodbyeIntent")
ASKED: Final = frozenset({ASKED_WHAT, ASKED_TIME, ASKED_REMINDER, ASKED_ALL, ASKED_WHICH, ASKED_ADDRESS, ASKED_HOME, ASKED_OFFER})


def answer(e: Evidence, choice: Choice, focus: Focus, ear: Ear, text: str, now: datetime) -> Choice | None:
    """What was said to a question of ours about a reminder or a home; None where the subject was changed."""
    if choice.intent in _NO_ANSWER or len(e.heard) > 3 * _LONGEST_ANSWER:
        return None
    if choice.intent == "AMAZON.StopIntent":  # "non, laissez tomber" is a no, "stop" is leave taken
        return Choice(_NO, focus.slots, SURE) if e.has("no") and len(e.heard) > 1 else None
    if command_in(e, ear, playing=False) not in ("", "move", "health", "spell"):
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


def mended(e: Evidence, focus: Focus, ear: Ear, text: str, now: datetime) -> Choice | None:
    """What was just set, or refused, at another hour or on another day: "finalement à seize heures", "plutôt mardi". It is said back like any other."""
    wish = focus.slots.wish
    if wish is None or focus.asked or not (wish.text or wish.collection):
        return None
    words = [t.word for t in tokens_of(text, ear.language)]
    said = when_said(list(words), now, ear.language)
    amends = e.has("correct") or not ear.small["amend"].isdisjoint(words)
    asking = said.words | {i for span in ear.cues(words).get("remind", ()) for i in range(span.start, span.end)}
    told = [w for i, w in enumerate(words) if i not in asking and not any(w in some for some in (ear.stop, ear.polite, ear.small["amend"]))]
    if told or not (said.times or (amends and not wish.collection and (said.day or said.days or said.daily or said.moment))):
        return None
    return Choice(_REMINDER, Slots(wish=merged(wish, said)), SURE)


_OTHERS: Final = frozenset({
    "NextCollectionIntent", "WhereToThrowIntent", "WhatTonightIntent", "OpeningHoursIntent", "PlayPodcastIntent", "TownQuestionIntent", "FindPlaceIntent",
    "PlacePhoneIntent", "PlacePriceIntent", "PlaceWhereIntent", "BinRuleIntent", "TransportIntent", "OffTopicIntent", "SourceIntent",
})  # fmt: skip
"""Questions of another kind: the subject was changed."""


def merged(wish: Wish, said: Said) -> Wish:
    """A wish with what was said of when since: what is said anew stands in the place of what was."""
    changes = said.moments()
    if changes.keys() & {"day", "days", "daily", "moment"}:
        changes = {"day": None, "days": (), "daily": False, "moment": None, **changes}
    if "times" in changes:  # an hour of its own is no longer "dans deux heures"
        changes = {"moment": None, **changes, "part": "", "often": False}
    if changes:
        changes = {"odd": False, "nowhere": False, **changes}
    return wish.but(**changes)
