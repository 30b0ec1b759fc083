"""One turn in, one reply out: the handlers of every subject, and the rules that hold for all of them.

Each room declares its own handlers. A room is loaded when one of its intents comes: a cold start answers one question, and need
not load what answers the others. Which room answers which intent is found by loading them all, once, when a town is compiled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Final

from skill.conversation.profile import Profile
from skill.conversation.turn import Focus, Reply, Turn, TurnKind
from skill.intents import person
from skill.intents.common import Handler, Services

ROOMS: Final = (
    "hours",
    "open_places",
    "waste",
    "sorting",
    "places",
    "facts",
    "podcasts",
    "player",
    "reminders",
    "home",
    "profile",
    "notices",
    "answers",
    "help",
)
AT_HOME: Final = frozenset({"NextCollectionIntent", "WhatTonightIntent", "WhereToThrowIntent"})
"""Questions whose answer depends on where one lives."""
HASTY: Final = frozenset({"EmergencyIntent", "CryIntent", "AMAZON.StopIntent", "AMAZON.CancelIntent", "GoodbyeIntent", "ForgetMeIntent"})
"""What nothing may delay."""
NOBODY: Final = Profile()
FALLBACK: Final = "AMAZON.FallbackIntent"


class Handlers(Mapping[str, Handler]):
    """Every handler by its intent."""

    def __init__(self) -> None:
        self._noted: dict[str, str] = {}
        self._all: dict[str, str] | None = None

    @property
    def rooms(self) -> dict[str, str]:
        """Intent to room, from the rooms themselves. Raises ValueError where two claim an intent."""
        if self._all is None:
            found: dict[str, str] = {}
            for room in ROOMS:
                own = _room(room)
                doubles = found.keys() & own.keys()
                if doubles:
                    raise ValueError(f"two handlers for {', '.join(sorted(doubles))}")
                found.update(dict.fromkeys(own, room))
            self._all = found
        return self._all

    def note(self, rooms: Mapping[str, str]) -> None:
        """What was found when a town was compiled. An intent that is not in it is looked for in the rooms."""
        self._noted = {intent: room for intent, room in rooms.items() if room in ROOMS}

    def __getitem__(self, intent: str) -> Handler:
        room = self._noted.get(intent)
        found = _room(room).get(intent) if room else None
        return found or _room(self.rooms[intent])[intent]

    def __contains__(self, intent: object) -> bool:
        return intent in self._noted or intent in self.rooms

    def __iter__(self) -> Iterator[str]:
        return iter(self.rooms)

    def __len__(self) -> int:
        return len(self.rooms)


def _room(name: str) -> dict[str, Handler]:
    if name not in _entered:
        _entered[name] = import_module(f"skill.intents.{name}").HANDLERS
    return _entered[name]


_entered: dict[str, dict[str, Handler]] = {}


HANDLERS: Final = Handlers()


def answer(turn: Turn, services: Services) -> Reply:
    """The reply to a turn. Turns without a voice get an empty reply; an unknown intent is a question not understood."""
    if turn.kind == TurnKind.PLAYBACK:
        from skill.intents import playback

        return playback.answer(turn, services)
    if turn.kind == TurnKind.END:
        return Reply(focus=Focus(), intent=turn.intent)
    if turn.kind == TurnKind.LAUNCH:
        from skill.intents import help as talk

        return talk.LAUNCH(turn.but(intent="LaunchIntent"), services)
    turn = at_home(turn, services)
    reply = HANDLERS[turn.intent if turn.intent in HANDLERS else FALLBACK](turn, services)
    if services.city.notices:
        from skill.intents.notices import noticed

        reply = noticed(reply, turn, services)
    return beside(reply, turn, services)


def at_home(turn: Turn, services: Services) -> Turn:
    """A question about collections that names no district is about the person's own."""
    if turn.intent not in AT_HOME or not turn.household or turn.slots.district or turn.slots.places:
        return turn
    district = person.district_of(turn, services)
    return turn.but(slots=turn.slots.but(district=district)) if district else turn


def beside(reply: Reply, turn: Turn, services: Services) -> Reply:
    """The answer, and what goes with it for somebody we know: what they learned is noted, what is watched renewed, the evening before offered."""
    known = person.profile(turn, services) if turn.user else NOBODY
    if known != NOBODY:
        from skill.intents import lessons

        lessons.learned(turn, services)
        person.touch(turn, services, known)
    if not turn.device.can_remind or turn.intent in HASTY or not (known.watches or turn.intent in AT_HOME):
        return reply
    from skill.intents import eves

    eves.renew(turn, services)
    return eves.offer(reply, turn, services) if turn.intent in AT_HOME else reply
