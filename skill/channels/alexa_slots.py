"""The slots of an Alexa intent: what she heard and resolved, as our own; and as words again, where only our ear can tell what was meant."""

from __future__ import annotations

from typing import Any, Final

from skill.app import Ready
from skill.channels.alexa_values import (
    amazon_date,
    amazon_duration,
    amazon_time,
    day_words,
    first,
    month_words,
    resolved,
    spoken,
    spoken_age,
    spoken_number,
)
from skill.city.lexicon import split
from skill.conversation.turn import Focus, Slots, Turn, When

LEADS: Final = {
    "fr": {"ReminderIntent": "rappelle-moi ", "HomeIntent": "j'habite ", "CancelReminderIntent": "annule le rappel ", "SpellIntent": "épelle "},
    "en": {"ReminderIntent": "remind me ", "HomeIntent": "i live ", "CancelReminderIntent": "cancel the reminder ", "SpellIntent": "spell "},
}
"""What was said before the words that Alexa hands over."""
_TABLES: Final = ("place", "kind", "collection", "item", "facility", "district", "series")


def understood(turn: Turn, text: str, ready: Ready) -> Turn:
    """The turn that words stand for, read by our own ear."""
    choice, _ = ready.understand(text, turn.locale, turn.now, turn.focus)
    return turn.but(intent=choice.intent, slots=choice.slots, text=text)


def as_words(given: dict[str, Any], turn: Turn) -> str:
    """A follow-up as it was probably said: Alexa hands over its slots only."""
    french = turn.locale.startswith("fr")
    parts = ["et" if french else "and", *(spoken(given.get(t)) for t in _TABLES)]
    rank = spoken(given.get("rank"))
    if rank:
        parts.append(f"le {rank}" if french else f"the {rank}")
    when = amazon_date(spoken(given.get("date")), turn.now.date())
    if when.day and when.month:
        parts.append(month_words(when.day, french))
    elif when.day:
        parts.append(day_words(when.day, french))
    clock = amazon_time(spoken(given.get("time")))
    if clock.at:
        parts.append(f"à {clock.at.hour} heures {clock.at.minute or ''}" if french else f"at {clock.at.hour}:{clock.at.minute:02d}")
    return " ".join(p for p in parts if p)


def slots_of(given: dict[str, Any], turn: Turn, ready: Ready) -> Slots:
    """What Alexa heard, as ids of the town, days, hours and numbers."""
    ids = {name: resolved(given.get(name)) for name in _TABLES}
    for name in _TABLES:
        text = spoken(given.get(name))
        if text and not ids[name]:
            ids[name] = _looked_up(name, text, turn, ready)
            if name == "place" and not ids["place"]:
                ids["kind"] = ids["kind"] or _looked_up("kind", text, turn, ready)
    when = amazon_date(spoken(given["date"]), turn.now.astimezone(ready.zone).date()) if "date" in given else When()
    clock = amazon_time(spoken(given.get("time")))
    collection = ready.city.collections.get(first(ids["collection"]))
    return Slots(
        places=ids["place"], items=ids["item"], kind=first(ids["kind"]), collection=first(ids["collection"]), facility=first(ids["facility"]),
        district=first(ids["district"]), series=first(ids["series"]), bin=collection.bin if collection else "",
        age=spoken_age(given.get("age")),
        number=spoken_number(given["number"]) if "number" in given else None,
        seconds=amazon_duration(spoken(given["duration"])) if "duration" in given else None,
        when=when.but(at=clock.at, part=clock.part or when.part),
    )  # fmt: skip


def _looked_up(name: str, text: str, turn: Turn, ready: Ready) -> tuple[str, ...]:
    """Ids of a name that Alexa did not match, found by our own ear."""
    if name != "kind":
        ear = ready.ear(ready.language(turn.locale))
        heard = ear.lexicon.find(*ear.lexicon.mend(split(text, ear.language)))
        return next((m.ids for m in heard if m.table == name), ())
    choice, evidence = ready.understand(text, turn.locale, turn.now, Focus())
    return evidence.kinds[:1] if choice.intent != "UnknownPlaceIntent" else ()
