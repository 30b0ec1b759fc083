"""One turn in, one reply out: the handlers of every subject, merged, and the rules that hold for all of them."""

from __future__ import annotations

from typing import Final

from skill.conversation.turn import Focus, Reply, Turn, TurnKind
from skill.intents import facts, help, hours, open_places, places, playback, player, podcasts, reminders, sorting, waste
from skill.intents.common import Handler, Services
from skill.intents.listener import OneTurn


def _merge(*rooms: dict[str, Handler]) -> dict[str, Handler]:
    merged: dict[str, Handler] = {}
    for room in rooms:
        doubles = merged.keys() & room.keys()
        if doubles:
            raise ValueError(f"two handlers for {', '.join(sorted(doubles))}")
        merged.update(room)
    return merged


HANDLERS: Final = _merge(
    hours.HANDLERS,
    open_places.HANDLERS,
    waste.HANDLERS,
    sorting.HANDLERS,
    places.HANDLERS,
    facts.HANDLERS,
    podcasts.HANDLERS,
    player.HANDLERS,
    reminders.HANDLERS,
    help.HANDLERS,
)


def answer(turn: Turn, services: Services) -> Reply:
    """The reply to a turn. Turns without a voice get an empty reply; an unknown intent is a question not understood."""
    services = services.but(listeners=OneTurn(services.listeners))
    if turn.kind == TurnKind.PLAYBACK:
        return playback.answer(turn, services)
    if turn.kind == TurnKind.END:
        return Reply(focus=Focus(), intent=turn.intent)
    if turn.kind == TurnKind.LAUNCH:
        return help.LAUNCH(turn.but(intent="LaunchIntent"), services)
    handler = HANDLERS.get(turn.intent, help.fallback)
    return handler(turn, services)
