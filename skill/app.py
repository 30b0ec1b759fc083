"""The only place that wires: settings from the environment, the town, and the skill that answers.

Channels make turns and play replies; `Skill` is all they see.
"""

from __future__ import annotations

import os
import threading
import time
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from skill.conversation.audio import Event, Player
from skill.conversation.turn import Device, Focus, Slots, Turn, TurnKind
from skill.helps import Helps
from skill.homes import changes_of, memory_of, published_of, storage_of, territory_of
from skill.measures import Measures
from skill.programmes import Home, Programmes
from skill.ready import MINE, SILENT, Answer, Ready
from skill.settings import DEFAULT_ADDRESS, DEFAULT_TOWN, Settings
from skill.stores.manifest import problem_in
from skill.stores.town import Town, read_compiled

if TYPE_CHECKING:
    from pathlib import Path

    from skill.city.model import City
    from skill.conversation.ports import Memory
    from skill.stores.live import Live
    from skill.understanding.decide import Choice
    from skill.understanding.ear import Ear
    from skill.understanding.evidence import Evidence

__all__ = ["DEFAULT_TOWN", "MINE", "Answer", "Helps", "Ready", "Settings", "Skill", "make_skill"]

SPEAKER: Final = Device(can_play=True)
"""A speaker that plays sound and hands over words: a terminal, a page."""
LOOK_SECONDS: Final = 60.0
"""How often a function in the cloud looks for what staff announce."""
WAIT_SECONDS: Final = 0.4
"""How long an answer waits for that at most; what comes later is for the next one."""
FIRST_WAIT_SECONDS: Final = 0.8
"""The same where a function starts, and nobody is answered yet."""


class Skill:
    """One town, ready to be spoken to in each of its languages."""

    def __init__(
        self,
        town: Town,
        memory: Memory | None = None,
        storage: Home = None,
        address: str = DEFAULT_ADDRESS,
        settings: Settings | None = None,
        live: Live | None = None,
    ) -> None:
        """`storage` and `address` are where podcasts are kept (or who makes it when first needed) and reached; `memory` what is known of people.

        `live` is where the town is read anew, with what staff change; None where it never changes.
        """
        self.live, self._lock, self.measures = live, threading.Lock(), Measures()
        self._looked = -LOOK_SECONDS
        self._looking: threading.Thread | None = None
        self.memory = memory or memory_of()
        self._storage, self._address, self._settings = storage, address, settings or Settings()
        self.ready = self._made(town)
        """What answers now. Whoever needs more than one thing of it for a turn takes it once."""

    def replace(self, town: Town) -> None:
        """Takes a freshly read town, whole or not at all; turns under way finish with the old one."""
        ready = self._made(town)
        if town.hears_like(self.town):
            ready.heard_like(self.ready)
        else:
            for language in town.kinds:
                ready.ear(language)
                ready.voice(language)
        self.ready = ready

    def refresh(self) -> bool:
        """Takes the town anew where its files or staff changed it; True where it did. Raises BrokenFiles, OSError: the last good town stays."""
        if self.live is None or not self.live.changed():
            return False
        with self._lock:
            town = self.live.town()
            if town is self.town:
                return False
            self.replace(town)
        return True

    def refresh_if_old(self, wait: float | None = None) -> None:
        """For a function in the cloud, before it answers: looks once a minute for what staff announce, and keeps the answer waiting a moment at most.

        A function is frozen between two requests, its threads too: a look that was not done goes on here, and no other is begun beside it.
        """
        wait = WAIT_SECONDS if wait is None else wait
        if self._looking is not None and self._looking.is_alive():
            self._looking.join(wait)
            return
        if not self._settings.bucket or time.monotonic() - self._looked < LOOK_SECONDS:
            return
        self._looked = time.monotonic()

        def look() -> None:
            try:
                if self.live is None:
                    from skill.stores.live import Live  # what reads it is loaded beside the first answer, not before it

                    mine = (self._settings, self.city.id, False)
                    self.live = Live(None, changes_of(*mine), self.town, published_of(*mine))
                self.refresh()
            except Exception as error:  # whatever it is, the town that answers stays
                self.ready.services.warn(f"what staff announce cannot be read: {type(error).__name__}")

        self._looking = threading.Thread(target=look, daemon=True)
        self._looking.start()
        self._looking.join(wait)

    def publish(self) -> None:
        """Puts the town with all that staff changed where functions in the cloud find it; what fails is done by the next who tries."""
        try:
            if self.live is not None:
                self.live.publish()
        except OSError as error:
            self.ready.services.warn(f"the compiled town cannot be put in place: {error}")

    def _made(self, town: Town) -> Ready:
        programmes = Programmes(town.city, self._storage, f"{self._address}/podcasts", self.now)
        return Ready(town, self.memory, programmes, territory_of(self._settings, town.city, self.now))

    def reached_at(self, address: str) -> None:
        """Takes note of where listeners reach us, once a server knows its port."""
        self._address = address
        self.ready.programmes.address = f"{address}/podcasts"

    @property
    def address(self) -> str:
        """Where the world reaches us."""
        return self._address

    @property
    def programmes(self) -> Programmes:
        """The podcasts of the town that answers now."""
        return self.ready.programmes

    @property
    def town(self) -> Town:
        """The town that answers now."""
        return self.ready.town

    @property
    def city(self) -> City:
        """Its records."""
        return self.ready.city

    @property
    def zone(self) -> ZoneInfo:
        """Its zone."""
        return self.ready.zone

    def ear(self, language: str) -> Ear:
        """What understands a language."""
        return self.ready.ear(language)

    def now(self) -> datetime:
        """The moment, in the town's zone. The one clock of the house."""
        return datetime.now(self.zone)

    def understand(self, text: str, locale: str, now: datetime, focus: Focus) -> tuple[Choice, Evidence]:
        """The intent and slots of words, in their conversation."""
        return self.ready.understand(text, locale, now, focus)

    def hear(
        self, text: str, locale: str, now: datetime, focus: Focus | None = None, device: Device = SPEAKER, user: str = "", player: Player = SILENT,
        helps: Helps | None = None,
    ) -> Answer:  # fmt: skip
        """Answers words. A speaker that hands over words can play sound unless `device` says otherwise."""
        ready, focus, began = self.ready, focus or Focus(), time.perf_counter()
        choice, _ = ready.understand(text, locale, now, focus, player)
        turn = Turn(TurnKind.INTENT, locale, now, choice.intent, choice.slots, text=text[:600], device=device, user=user, focus=focus, player=player)
        answer = ready.answer(turn, helps)
        self.measures.answered(time.perf_counter() - began)
        return answer

    def report(self, event: Event, now: datetime, user: str, player: Player = SILENT) -> Answer:
        """Answers a report of a player: never with a word."""
        return self.answer(Turn(TurnKind.PLAYBACK, "fr-FR", now, device=SPEAKER, user=user, player=player, event=event))

    def open(self, locale: str, now: datetime, user: str = "", device: Device = SPEAKER) -> Answer:
        """Answers being opened without a question."""
        return self.answer(Turn(TurnKind.LAUNCH, locale, now, "LaunchIntent", Slots(), device=device, user=user))

    def answer(self, turn: Turn, ready: Ready | None = None, helps: Helps | None = None) -> Answer:
        """Answers a turn, with the town that it was made with."""
        began = time.perf_counter()
        answer = (ready or self.ready).answer(turn, helps)
        self.measures.answered(time.perf_counter() - began)
        return answer


def make_skill(settings: Settings | None = None, patient: bool = True, memory: Memory | None = None) -> Skill:
    """The skill of the settings' town; `patient` where podcasts are read in the background only; `memory` in the place of the settings' own.

    Raises BrokenFiles or FileNotFoundError where the town cannot be used.
    """
    settings = settings or Settings.from_environment()
    if settings.compiled:
        wrong = problem_in(settings.compiled)
        town = None if wrong else read_compiled(settings.compiled)
        if town is None:
            why = wrong or "town.json cannot be read"
            raise FileNotFoundError(f"no whole compiled town in {settings.compiled} ({why}); make one with: mairie compile {settings.compiled}")
        if settings.town and town.city.id not in (settings.town, os.path.basename(os.path.abspath(settings.town))):
            raise ValueError(f"{settings.compiled} holds {town.city.id}, and {settings.town} is asked for: compile that town, or drop one of the settings")
        return _skill(town, settings, patient, memory)
    from skill.stores.town_files import find_town

    return _skill(None, settings, patient, memory, find_town(settings.town))


def _skill(town: Town | None, settings: Settings, patient: bool, memory: Memory | None, folder: Path | None = None) -> Skill:
    """A skill; where it runs for long, with what staff changed, to be looked at again."""
    live: Live | None = None
    if town is None or patient:
        from skill.stores.live import Live

        name = folder.resolve().name if folder else town.city.id if town else ""
        live = Live(folder, changes_of(settings, name), town, published_of(settings, name))
        town = live.town()
    return Skill(town, memory or memory_of(settings), lambda: storage_of(settings, patient), settings.public_url or DEFAULT_ADDRESS, settings, live)
