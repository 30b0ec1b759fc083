"""Conversations that a speaker does not carry: a call, a number's messages, a household's assistant. Kept ten minutes, under a keyed hash.

A telephone number is one of a few hundred millions: a plain hash of it would be undone by trying them all, one with a key is not. Where the store is
out, each question is answered for itself.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import time
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
REST_SECONDS: Final = 10.0
"""For which a store that failed is left alone."""
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
        self._key = self._spare = b""
        self._rest_until = 0.0

    def hashed(self, *parts: str) -> str:
        """A name that cannot be turned back without our key; "" for nobody. Where the key cannot be read, one of this process must do for a while."""
        if not parts[-1]:
            return ""
        try:
            self._key = self._key or self._secret()
        except OSError as error:
            if not self._spare:
                LOG.error("the key of conversations cannot be read or made, one of this process is used: %s", error.strerror)
                self._spare = secrets.token_bytes(32)
            return self._sealed(self._spare, parts)
        return self._sealed(self._key, parts)

    @staticmethod
    def _sealed(key: bytes, parts: tuple[str, ...]) -> str:
        return hmac.new(key, "\n".join(parts).encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def begun(self, key: str) -> Thread:
        """Where a conversation stands; a new one where nothing is known of it, or nothing can be read."""
        if not key or self.resting:
            return Thread()
        try:
            return self.skill.memory.threads.get(f"{self.abilities.name} {key}")
        except StoreUnavailable as error:
            self.rest(f"a conversation begins anew: {error}")
            return Thread()

    def keep(self, key: str, thread: Thread) -> None:
        """Writes down where it stands, for ten minutes."""
        if not key or self.resting:
            return
        try:
            self.skill.memory.threads.change(f"{self.abilities.name} {key}", lambda _: thread)
        except StoreUnavailable as error:
            self.rest(f"a conversation is not kept: {error}")

    @property
    def resting(self) -> bool:
        """Whether the store failed a moment ago: nobody waits for it again, here or in another conversation."""
        return time.monotonic() < self._rest_until

    def rest(self, why: str) -> None:
        """Leaves the store alone for a while."""
        LOG.warning(why)
        self._rest_until = time.monotonic() + REST_SECONDS

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
            self.keep(key, heard.thread.but(locale=locale))
        return heard.answer
