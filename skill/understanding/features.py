"""The evidence as named strengths, which intents want or refuse; and as slots, whatever the intent."""

from __future__ import annotations

from typing import Final

from skill.conversation.turn import Slots
from skill.understanding.evidence import Evidence

OLDEST_CHILD: Final = 17
HEAD: Final = 0.6
"""Of two things named ("le couvercle du pot de confiture") the first is meant, unless it is this much weaker."""


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
            ("collect", "collect"), ("any", "any"), ("now", "now"), ("put_out", "put_out"), ("adult", "adult"), ("shut", "shut"), ("why", "why"),
            ("latest", "latest"), ("earliest", "earliest"), ("resident", "resident"),
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
