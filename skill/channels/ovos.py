"""OpenVoiceOS and Neon: a skill that answers through the engine, goes on with what it asked, and puts the town's podcasts into common play.

It is called by name ("demande à la mairie …"), by phrases that are plainly ours, or as a fallback for what no other skill wants and the town can answer.
OpenVoiceOS finds it by its entry point once `pip install 'mairie-vocale[ovos]'` was run where it lives.

https://openvoiceos.github.io/ovos-technical-manual/
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from ovos_bus_client.message import Message
from ovos_bus_client.session import SessionManager
from ovos_utils import classproperty
from ovos_utils.ocp import MediaEntry, MediaType, PlaybackType
from ovos_utils.process_utils import RuntimeRequirements
from ovos_workshop.decorators import fallback_handler, intent_handler
from ovos_workshop.decorators.ocp import ocp_featured_media, ocp_search
from ovos_workshop.skills.common_play import OVOSCommonPlaybackSkill
from ovos_workshop.skills.converse import ConversationalSkill
from ovos_workshop.skills.fallback import FallbackSkill

from skill.app import Answer, Settings, make_skill
from skill.channels.abilities import OVOS
from skill.channels.background import in_background
from skill.channels.conversations import MOST_TEXT, Conversations
from skill.channels.faults import described
from skill.channels.named import named
from skill.city.fold import fold
from skill.city.shelf import Episode
from skill.conversation import plain
from skill.conversation.audio import Play, Player
from skill.conversation.thread import Thread
from skill.homes import secret_of
from skill.ready import REFUSALS, UNANSWERED

LOG: Final = logging.getLogger("mairie.ovos")
PRIORITY: Final = 85
"""Among fallbacks: after skills that know one subject well, before those that answer anything."""
MOST: Final = 10
"""Episodes proposed to common play."""
SURE, LIKELY, OFFERED = 95, 75, 55
"""Confidence, of 100, of an episode that was named, one that may be meant, one of a series that was named."""
NOT_OURS: Final = REFUSALS | UNANSWERED | {"GoodbyeIntent", "ThanksIntent", "HelloIntent", "AsideIntent", "SpellIntent"}
PLAYERS: Final = frozenset({"AMAZON.NextIntent", "AMAZON.PreviousIntent", "AMAZON.StartOverIntent"})
"""What we know better than the player, which is given one episode at a time; pause, stop and the like are its own."""
_LOCALE: Final = Path(__file__).parent / "locale"
_CALLS: Final = {line.partition("{")[0].strip() for file in _LOCALE.glob("*/ask.intent") for line in file.read_text(encoding="utf-8").splitlines()}
"""What calls us by name, as built for OpenVoiceOS (interaction_model/ovos.py)."""
_NAMED: Final = re.compile(rf"^\s*(?:{'|'.join(map(re.escape, sorted(_CALLS, key=len, reverse=True)))})\b\s*[,:]?\s*", re.IGNORECASE)


class MairieSkill(FallbackSkill, ConversationalSkill, OVOSCommonPlaybackSkill):  # type: ignore[misc]
    """The town, for one house."""

    def __init__(self, *args: Any, **given: Any) -> None:
        settings = Settings.from_environment()  # before the parents', which start everything
        self.town = make_skill(settings)
        self.talks = Conversations(self.town, OVOS, lambda: secret_of(settings))
        for language in self.town.town.kinds:
            self.town.ear(language)
        self._background = in_background(self.town, settings)
        self._background.__enter__()
        super().__init__(*args, supported_media=[MediaType.PODCAST, MediaType.NEWS, MediaType.GENERIC], skill_voc_filename="skill_name", **given)

    @classproperty
    def runtime_requirements(self) -> Any:
        """Nothing but this machine."""
        needs = ("internet_before_load", "network_before_load", "gui_before_load", "requires_internet", "requires_network", "requires_gui")
        spare = ("no_internet_fallback", "no_network_fallback", "no_gui_fallback")
        return RuntimeRequirements(**dict.fromkeys(needs, False), **dict.fromkeys(spare, True))

    def shutdown(self) -> None:
        """Ends what goes on beside it."""
        self._background.__exit__(None, None, None)
        super().shutdown()

    @intent_handler("ask.intent")
    def handle_ask(self, message: Any) -> None:
        """Called by name."""
        self._answer(message, message.data.get("question") or _words(message))

    @intent_handler("town.intent")
    def handle_town(self, message: Any) -> None:
        """A phrase that is plainly about a town."""
        self._answer(message, _words(message))

    def can_answer(self, message: Any) -> bool:
        """Whether the town has an answer to what no other skill wanted; OpenVoiceOS waits half a second for it."""
        return self._ours(message, Thread())

    @fallback_handler(priority=PRIORITY)
    def handle_fallback(self, message: Any) -> bool:
        """Answers it."""
        self._answer(message, _words(message))
        return True

    def can_converse(self, message: Any) -> bool:
        """Whether words go on with our conversation."""
        thread = self.talks.begun(self._key(message))
        return bool(thread.focus.asked or thread.focus.said) and self._ours(message, thread)

    def converse(self, message: Any) -> bool:
        """Goes on with it."""
        self._answer(message, _words(message))
        return True

    @ocp_search()
    def search_podcast(self, phrase: str, media_type: Any = MediaType.PODCAST) -> Iterable[Any]:
        """Episodes that a phrase means: by words of their title, or those of a series that was named."""
        ready, now = self.town.ready, self.town.now()
        wanted = [w for w in fold(phrase).split() if w]
        found = {h.episode.key: (h.episode, SURE if h.score >= 0.85 else LIKELY) for h in ready.programmes.shelf.find(wanted)[:MOST] if h.score >= 0.5}
        series = named(ready, "series", phrase, now, self.lang[:2].lower()).ids
        if series or self.voc_match(phrase, "skill_name"):
            for episode in ready.programmes.shelf.of(series[0] if series else "")[:MOST]:
                found.setdefault(episode.key, (episode, SURE if not found else OFFERED))
        return [self._entry(episode, sure) for episode, sure in found.values()]

    @ocp_featured_media()
    def featured(self) -> list[Any]:
        """The newest episodes."""
        return [self._entry(e, OFFERED) for e in self.town.ready.programmes.shelf.of()[:MOST]]

    def _ours(self, message: Any, thread: Thread) -> bool:
        try:
            choice, _ = self.town.ready.understand(_words(message), self.lang, self.town.now(), thread.focus, Player(thread.playing))
        except Exception as error:
            LOG.error("a sentence was not understood: %s", described(error))
            return False
        if thread.playing and choice.intent in PLAYERS:
            return True
        if choice.intent.startswith("AMAZON.") and not thread.focus.asked:
            return choice.intent == "AMAZON.RepeatIntent" and bool(thread.focus.said)
        return choice.intent not in NOT_OURS

    def _answer(self, message: Any, words: str) -> None:
        """Says the answer, listens where it asks, starts what it starts."""
        key = self._key(message)
        try:
            answer = self.talks.turn(key, words[:MOST_TEXT], self.lang, self._household())
        except Exception as error:  # OpenVoiceOS would read out the name of a file
            LOG.error("no answer: %s", described(error))
            self.town.measures.failed(type(error).__name__)
            answer = self.town.ready.trouble(self.lang, self.town.now())
        self.activate()
        self._say(answer)
        if isinstance(answer.reply.audio, Play):
            audio = answer.reply.audio
            entry = MediaEntry(
                uri=audio.url, title=audio.title, artist=audio.subtitle, image=audio.art, match_confidence=100, skill_id=self.skill_id,
                playback=PlaybackType.AUDIO, media_type=MediaType.PODCAST, length=audio.seconds or 0,
            )  # fmt: skip
            self.audio_service.play([entry], utterance=words, source_message=message)

    def _say(self, answer: Answer) -> None:
        if answer.speech:
            self.speak(answer.speech.text, expect_response=answer.reprompt is not None)

    def _entry(self, episode: Episode, sure: int) -> Any:
        series = self.town.city.series[episode.series]
        return MediaEntry(
            uri=episode.url, title=episode.title, artist=series.name["fr"], image=episode.image, match_confidence=sure, skill_id=self.skill_id,
            playback=PlaybackType.AUDIO, media_type=MediaType.PODCAST, length=episode.seconds or 0,
        )  # fmt: skip

    def _key(self, message: Any) -> str:
        return self.talks.hashed("ovos", str(SessionManager.get(message).session_id))

    def _household(self) -> str:
        """Whoever lives here, where the skill's settings have a word for them ("household"): their district is then remembered."""
        return plain.opaque(f"ovos:{word}") if (word := str(self.settings.get("household") or "")) else ""


def _words(message: Message) -> str:
    """What was said, without calling us by name: not every OpenVoiceOS has what tells the two apart."""
    said = message.data.get("utterance") or next(iter(message.data.get("utterances") or ()), "")
    return _NAMED.sub("", str(said)) or str(said)
