"""Free questions: the fact found, as it stands on the day of asking; and the honest no."""

from __future__ import annotations

from typing import Final

from skill.conversation import terms
from skill.conversation.messages import talk as m
from skill.conversation.turn import Card, Reply, Slots, Turn
from skill.intents.common import Handler, Services, contact, local, tell


def town_question(turn: Turn, services: Services) -> Reply:
    """The answer of the fact that understanding chose."""
    fact = services.city.facts.get(turn.slots.fact)
    if fact is None:
        return tell(m.NotKnown(contact(services)), turn)
    card = Card(services.city.name, fact.card.get(turn.language, "")) if fact.card.get(turn.language) else None
    answer = fact.answer_on(local(turn).date())
    message: terms.Message = m.FactPlainly(answer) if "plainly" in turn.slots.aspects else m.FactAnswer(answer)
    slots = Slots(fact=fact.id, places=turn.slots.places if len(turn.slots.places) == 1 else ())
    return tell(message, turn, slots, source=fact.source, card=card)


HANDLERS: Final[dict[str, Handler]] = {"TownQuestionIntent": town_question}
