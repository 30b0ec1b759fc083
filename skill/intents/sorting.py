"""Sorting: which bin, container or counter takes a thing, and the next date where it has to be brought."""

from __future__ import annotations

from typing import Final

from skill.city import waste
from skill.city.model import Bin, Collection
from skill.conversation import terms
from skill.conversation.messages import waste as m
from skill.conversation.turn import Reply, Turn
from skill.intents.common import Handler, Services, contact, local, tell
from skill.intents.waste import next_collection


def where_to_throw(turn: Turn, services: Services) -> Reply:
    """Where the item named goes."""
    items = [services.city.items[i] for i in turn.slots.items if i in services.city.items]
    if not items:
        if turn.slots.bin or turn.slots.collection:
            return bin_rule(turn, services)
        return tell(m.ItemNotKnown(contact(services, "waste")), turn)
    item = items[0]
    target = services.city.bins[item.bin]
    text: terms.Message = m.ItemAnswer(item.answer) if item.answer else m.GoesTo(item.say, "plural" if item.plural else "singular", target.to)
    brought = _brought(target, services)
    asks = set(turn.slots.aspects)
    if {"collect", "days"} <= asks and "discard" not in asks:
        collected = next((c for c in services.city.collections.values() if c.bin == target.id), None)
        if collected:
            return next_collection(turn.but(slots=turn.slots.but(items=(), collection=collected.id)), services)
    if brought and (not item.answer or {"days", "where", "collect"} & set(turn.slots.aspects)):
        text = _with_next(text, brought, turn, services)
    taken = brought or next((c for c in services.city.collections.values() if c.bin == target.id), None)
    slots = turn.slots.but(items=(item.id,), collection=taken.id if taken else "", bin=target.id)
    return tell(text, turn, slots, source=item.source)


def _brought(target: Bin, services: Services) -> Collection | None:
    return next((c for c in services.city.collections.values() if c.bin == target.id and not c.door and c.rounds), None)


def _with_next(text: terms.Message, collection: Collection, turn: Turn, services: Services) -> terms.Message:
    coming = waste.next_passages(services.city, collection, local(turn), at_places=turn.slots.places)
    if not coming:
        return m.GoesToNoDates(text, contact(services, "waste"))
    first = coming[0]
    if first.span is None:
        return text
    return m.GoesToWithNext(text, terms.Full(first.day), terms.Hours(first.span.opens.time(), first.span.closes.time()), first.round.where)


def bin_rule(turn: Turn, services: Services) -> Reply:
    """What a bin takes."""
    collection = services.city.collections.get(turn.slots.collection)
    found = services.city.bins.get(turn.slots.bin) or (services.city.bins.get(collection.bin) if collection else None)
    if found is None:
        return tell(m.ItemNotKnown(contact(services, "waste")), turn)
    return tell(m.BinRule(found.rule), turn, turn.slots.but(bin=found.id), source=found.source)


HANDLERS: Final[dict[str, Handler]] = {"WhereToThrowIntent": where_to_throw, "BinRuleIntent": bin_rule}
