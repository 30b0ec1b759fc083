"""One reading of one town with all that speaks for it: words in, an answer out. `app.py` wires it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from skill.city.fold import fold
from skill.city.notices import amended
from skill.conversation import plain
from skill.conversation.audio import Player
from skill.conversation.messages.talk import NobodyHere, NotEither, Somebody, Trouble
from skill.conversation.ports import StoreUnavailable
from skill.conversation.profile import Manner
from skill.conversation.terms import Contact, Message, Phone
from skill.conversation.turn import LONGEST_HEARD, Focus, Reply, Turn
from skill.helps import REST_SECONDS, Helps, Manners
from skill.intents.common import Services
from skill.intents.known import known_focus, known_turn
from skill.intents.router import HANDLERS, answer
from skill.programmes import Programmes
from skill.record import Record
from skill.speech.render import Renderer, Speech
from skill.speech.ssml import MOST_SAID_BYTES, shorten
from skill.stores.town import Town

if TYPE_CHECKING:
    from skill.conversation.ports import Memory, Reminders, Territory
    from skill.understanding.decide import Choice
    from skill.understanding.ear import Ear
    from skill.understanding.evidence import Evidence

DEFAULT_LANGUAGE: Final = "fr"
REFUSALS: Final = frozenset({"OffTopicIntent", "TransportIntent", "OtherTownIntent", "ChitchatIntent", "UnknownPlaceIntent"})
"""Intents that say what we cannot do."""
SILENT: Final = Player()
UNANSWERED: Final = frozenset({"AMAZON.FallbackIntent", "UnknownPlaceIntent"})
"""Intents of questions that were about the town and have no answer."""
MINE: Final = "/calendars/mine"
"""Where the calendars of persons are read."""


class Answer(Record):
    """What a channel plays."""

    reply: Reply
    speech: Speech | None = None
    """None for turns without a voice."""
    reprompt: Speech | None = None


class Ready:
    """One reading of one town with all that speaks for it. Never changed: a turn that began with it ends with it."""

    def __init__(self, town: Town, memory: Memory, programmes: Programmes, territory: Territory | None = None) -> None:
        if town.rooms:
            HANDLERS.note(town.rooms)
        self.town, self.city, self.zone = town, amended(town.city), ZoneInfo(town.city.zone)
        self.programmes = programmes
        self.services = Services(city=self.city, kinds=town.kinds, memory=memory, shelves=lambda: programmes.shelf, say=self._words, territory=territory)
        self._manners = Manners()
        self._note_after = 0.0
        self._ears: dict[str, Ear] = {}
        self._voices: dict[str, Renderer] = {}

    def heard_like(self, other: Ready) -> None:
        """Takes the ears and voices of another reading whose words are the same."""
        self._ears, self._voices = other._ears, other._voices

    def language(self, locale: str) -> str:
        """The language to speak for a locale; French where it is not one of ours."""
        code = locale[:2].lower()
        return code if code in self.town.kinds else DEFAULT_LANGUAGE

    def ear(self, language: str) -> Ear:
        """What understands a language, read when first needed."""
        if language not in self._ears:
            from skill.understanding.ear import Ear  # not needed where Alexa understood by itself

            self._ears[language] = Ear(self.town.part(f"ear-{language}"))
        return self._ears[language]

    def voice(self, language: str) -> Renderer:
        """What speaks a language, read when first needed."""
        if language not in self._voices:
            self._voices[language] = Renderer(language, self.town.part(f"voice-{language}"))
        return self._voices[language]

    def understand(self, text: str, locale: str, now: datetime, focus: Focus, player: Player = SILENT) -> tuple[Choice, Evidence]:
        """The intent and slots of words, in their conversation and with what is playing."""
        from skill.understanding.followup import interpret

        now = now.astimezone(self.zone)
        known = known_focus(focus, self.services, now.date())
        return interpret(text, known, now, self.ear(self.language(locale)), self.city, self.town.rules, self.programmes, bool(player.token))

    def answer(self, turn: Turn, helps: Helps | None = None) -> Answer:
        """Answers a turn, and remembers what was said. `helps`: what the speaker itself can do for the person."""
        turn = turn.but(now=turn.now.astimezone(self.zone), locale=self.language(turn.locale) + turn.locale[2:12], household=turn.household or turn.user)
        services = self._for(turn, helps or Helps())
        reply = answer(known_turn(turn, services), services)
        if reply.message is None:
            return Answer(reply)
        if turn.text and reply.intent in UNANSWERED:
            self._note(turn, services)
        manner = reply.manner or self._manners.of(turn, services)
        voice = self.voice(turn.language)
        speech = voice.say(reply.message, turn.now, manner)
        if speech.text == turn.focus.said and turn.intent in REFUSALS:  # never the same sentence twice
            speech = voice.say(NotEither(self._contact()), turn.now, manner)
        said = turn.focus.said if reply.manner else shorten(plain.text(speech.text, len(speech.text)), plain.LONGEST_SAID, MOST_SAID_BYTES)
        reprompt = voice.say(reply.reprompt, turn.now, manner) if reply.reprompt is not None else None
        lasting = reply.focus.manner or (() if reply.manner else turn.focus.manner)
        offered = tuple(dict.fromkeys((*turn.focus.offered, *reply.focus.offered)))
        return Answer(reply.but(focus=reply.focus.but(said=said, offered=offered, manner=lasting, heard=fold(turn.text)[:LONGEST_HEARD])), speech, reprompt)

    def _note(self, turn: Turn, services: Services) -> None:
        """Keeps the words of a question that could not be answered, for staff; what cannot be kept is lost, and nobody waits for it."""
        from skill.understanding.anonymous import anonymous

        words = anonymous(turn.text, self.ear(turn.language))
        if not words or time.monotonic() < self._note_after:
            return
        try:
            services.memory.unanswered.change(turn.now.date().isoformat(), lambda old: old.noted(words))
        except StoreUnavailable as error:
            services.warn(f"a question without an answer cannot be kept: {error}")
            self._note_after = time.monotonic() + REST_SECONDS

    def _for(self, turn: Turn, helps: Helps) -> Services:
        """The services of one turn."""
        memory = self.services.memory.for_one_turn()
        return self.services.but(memory=memory, reminders=helps.reminders or self._calendar(memory, turn.user, turn.now), address=helps.address)

    def _calendar(self, memory: Memory, user: str, now: datetime) -> Callable[[], Reminders | None]:
        """Where the speaker cannot ring, a calendar of one's own; nothing where nobody is known."""

        def made() -> Reminders | None:
            from skill.stores.agendas import CalendarReminders  # most answers need none

            return CalendarReminders(memory, user, self.programmes.address.removesuffix("/podcasts") + MINE, lambda: now) if user else None

        return made

    def _words(self, message: Message, turn: Turn) -> str:
        return self.voice(self.language(turn.locale)).say(message, turn.now).text.removesuffix(".")

    def _contact(self) -> Contact:
        """Who knows what we do not."""
        found = self.city.contacts["town"]
        return Contact(found.say, Phone(found.phone))

    def say(self, message: Message, turn: Turn) -> Answer:
        """A message of a channel's own, in the language of a turn."""
        return Answer(Reply(message, intent=turn.intent), self.voice(self.language(turn.locale)).say(message, turn.now))

    def somebody(self, locale: str, now: datetime, asked: bool = False) -> Speech:
        """Who to talk to instead of us, said slowly; `asked`: where a person was asked for."""
        message = NobodyHere(self._contact()) if asked else Somebody(self._contact())
        return self.voice(self.language(locale)).say(message, now, Manner("slow"))

    def trouble(self, locale: str, now: datetime) -> Answer:
        """Our own fault, said kindly, with who can help instead."""
        message = Trouble(self._contact())
        return Answer(Reply(message), self.voice(self.language(locale)).say(message, now))
