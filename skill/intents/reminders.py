"""Reminders are not there yet (issue 4): said plainly, with the date that the person would have been reminded of."""

from __future__ import annotations

from typing import Final

from skill.city import waste
from skill.conversation.messages import talk as m
from skill.conversation.turn import Reply, Turn, When
from skill.intents import hours
from skill.intents.common import Handler, Services, local, tell
from skill.intents.waste import next_collection, passage_text


def remind(turn: Turn, services: Services) -> Reply:
    """No promise that cannot be kept, but the useful date."""
    city = services.city
    collection = city.collections.get(turn.slots.collection)
    if collection:
        coming = waste.next_passages(city, collection, local(turn), turn.slots.district, turn.slots.places)
        if coming and (turn.slots.district or not coming[0].round.district or not collection.door):
            return tell(m.ReminderNotYetBut(passage_text(collection, coming[0], turn)), turn, source=collection.source)
        reply = next_collection(turn.but(slots=turn.slots.but(when=When(), aspects=())), services)
        return tell(m.ReminderNotYetBut(reply.message), turn, source=collection.source)
    if len(turn.slots.places) == 1 or turn.slots.kind:
        reply = hours.opening_hours(turn.but(slots=turn.slots.but(aspects=())), services)
        if reply.reprompt is None and reply.message is not None:
            return tell(m.ReminderNotYetBut(reply.message), turn)
    return tell(m.ReminderNotYet(), turn)


HANDLERS: Final[dict[str, Handler]] = {"ReminderIntent": remind}
