"""Conversations that a speaker does not carry: a call, a number's messages, a household's assistant. Kept ten minutes, under a keyed hash.

A telephone number is one of a few hundred millions: a plain hash of it would be undone by trying them all, one with a key is not. Where the store is
out, each question is answered for itself.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from skill.app import Answer
from skill.conversation.audio import Play, Player
from skill.conversation.messages.podcasts import CannotSeekHere
from skill.conversation.ports import StoreUnavailable
from skill.conversation.thread import Thread
from skill.conversation.turn import Turn, TurnKind
from skill.helps import Helps
from skill.record import Record

if TYPE_CHECKING:
    from skill.app import Skill
    from skill.channels.abilities import Abilities

LOG: Final = logging.getLogger("mairie.conversations")
MOST_TEXT: Final = 10_000
SOON_MS: Final = 1_000
"""So near the beginning that nobody hears the difference."""
FORGETS: Final = "ForgetMeIntent"
NO_CALENDAR: Final = Helps(reminders=lambda: None)
"""For speakers by which no link can reach the person."""


class Heard(Record):
    """One turn of a conversation, and where it stands after it."""

    answer: Answer
    thread: Thread


class Conversations:
    """The conversations of one channel."""

    def __init__(self, skill: Skill, abilities: Abilities, secret: Callable[[], bytes]) -> None:
        self.skill, self.abilities, self._secret = skill, abilities, secret
        self._key = b""

    def hashed(self, *parts: str) -> str:
        """A name that cannot be turned back without our key; "" for nobody. Raises OSError where the key cannot be read."""
        if not parts[-1]:
            return ""
        self._key = self._key or self._secret()
        return hmac.new(self._key, "\n".join(parts).encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def begun(self, key: str) -> Thread:
        """Where a conversation stands; a new one where nothing is known of it, or nothing can be read."""
        try:
            return self.skill.memory.threads.get(f"{self.abilities.name} {key}") if key else Thread()
        except StoreUnavailable as error:
            LOG.warning("a conversation begins anew: %s", error)
            return Thread()

    def keep(self, key: str, thread: Thread) -> None:
        """Writes down where it stands, for ten minutes."""
        if not key:
            return
        try:
            self.skill.memory.threads.change(f"{self.abilities.name} {key}", lambda _: thread)
        except StoreUnavailable as error:
            LOG.warning("a conversation is not kept: %s", error)

    def end(self, key: str) -> None:
        """Forgets it."""
        try:
            self.skill.memory.threads.forget(f"{self.abilities.name} {key}")
        except StoreUnavailable as error:
            LOG.warning("a conversation is not erased, it ends by itself: %s", error)

    def hear(self, text: str, locale: str, thread: Thread, user: str = "") -> Heard:
        """Answers words within a conversation."""
        player = Player(thread.playing, 0, playing=True) if thread.playing else Player()
        helps = None if self.abilities.can_show else NO_CALENDAR
        answer = self.skill.hear(text[:MOST_TEXT], locale, self.skill.now(), thread.focus, self.abilities.device, user, player, helps)
        audio = answer.reply.audio
        if isinstance(audio, Play) and audio.offset_ms >= SOON_MS and not self.abilities.can_seek:
            told = self.skill.ready.say(CannotSeekHere(), Turn(TurnKind.INTENT, locale, self.skill.now(), answer.reply.intent))
            answer = Answer(told.reply.but(focus=answer.reply.focus), told.speech)
            audio = None
        playing = audio.token if isinstance(audio, Play) else "" if audio is not None else thread.playing
        return Heard(answer, thread.but(focus=answer.reply.focus, playing=playing, silences=0))

    def turn(self, key: str, text: str, locale: str, user: str = "") -> Answer:
        """Answers words, from what is kept of a conversation to what is kept of it."""
        heard = self.hear(text, locale, self.begun(key), user)
        if heard.answer.reply.intent == FORGETS:
            self.end(key)
        else:
            self.keep(key, heard.thread)
        return heard.answer
