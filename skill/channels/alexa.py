"""Alexa: its JSON envelope to a Turn, an Answer to its JSON response.

The envelope is read as the plain JSON it is. Why not through the SDK's models: deserialising them is four fifths of the time
of a request and half of a cold start (guide/performance.md), and this file needs a dozen fields of them. The web endpoint
still goes through ask-sdk-core and flask-ask-sdk (`alexa_sdk.py`), around this same function.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from skill.app import Answer, Helps, Ready, Skill
from skill.channels.alexa_asks import NO, YES, answered, consent_card, dialog_order, permission_orders, permission_turn
from skill.channels.alexa_audio import REPORTS, directives, event_of, playable, player_of
from skill.channels.alexa_slots import LEADS, as_words, slots_of, understood
from skill.channels.alexa_values import spoken
from skill.conversation import plain
from skill.conversation.audio import Play
from skill.conversation.plain import table
from skill.conversation.turn import Card, Device, Focus, Slots, Turn, TurnKind
from skill.intents.router import HANDLERS
from skill.speech.ssml import MOST_CARD_BYTES, MOST_REPROMPT_BYTES, MOST_TITLE_BYTES, shorten, ssml

if TYPE_CHECKING:
    from skill.channels.alexa_api import AlexaApi
    from skill.conversation.ports import Reminders

EMPTY: Final[dict[str, Any]] = {"version": "1.0", "response": {}}


class NotOurSkill(ValueError):
    """The request carries another skill's id."""


class AlexaChannel:
    """The skill as Alexa knows it: one JSON object in, one out."""

    def __init__(
        self, skill: Skill, skill_id: str = "", clock: Callable[[], datetime] | None = None, trying: bool = True, api: Callable[..., AlexaApi] | None = None
    ) -> None:
        """`trying`: sounds without https may be ordered, as on a developer's machine. A real speaker would refuse them, and is told so kindly.

        `api`: makes Amazon's services of an endpoint, a token and a device; tests bring their own.
        """
        self.skill, self.skill_id, self.trying, self._api = skill, skill_id, trying, api
        self._clock = clock or skill.now

    def invoke(self, event: Any) -> dict[str, Any]:
        """The response to a request. NotOurSkill for a foreign id; everything else is answered, politely and perhaps empty."""
        request = table(event, "request")
        kind = str(request.get("type", ""))
        self.check_id(event)
        if kind in REPORTS:
            return self._report(event, kind)
        if kind == "System.ExceptionEncountered":
            self._note(request)
        if kind == "AlexaSkillEvent.SkillDisabled":
            self._forget(event)
        if kind not in ("LaunchRequest", "IntentRequest", "Connections.Response"):
            self._look_around(self.skill.ready)
            return dict(EMPTY)
        ready = self.skill.ready
        try:
            turn = self.turn(event, ready)
            answer = self.skill.answer(turn, ready, self._helps(event, ready))
            if isinstance(answer.reply.audio, Play) and not self._ordered(answer.reply.audio):
                from skill.conversation.messages.podcasts import NotReachableHere  # with the podcasts, which most requests never need

                answer = ready.say(NotReachableHere(), turn)
            return self._response(answer, event, ready, turn.user)
        except Exception as error:
            self._log(error, kind, str(table(request, "intent").get("name", "")))
        try:
            return self._response(ready.trouble(_locale(request), self._clock()), event, ready)
        except Exception as error:
            self._log(error, "no apology for", "")
        return {"version": "1.0", "response": {"shouldEndSession": True}}

    def _report(self, event: Any, kind: str) -> dict[str, Any]:
        """A report of the player or a button: an order at most, never a word, also when our own code fails."""
        happened, ready = event_of(event), self.skill.ready
        try:
            base = self.base(event)
            turn = base.but(kind=TurnKind.PLAYBACK, event=happened, device=base.device.but(can_play=True))
            audio = self.skill.answer(turn, ready).reply.audio
            orders = directives(audio, happened) if not isinstance(audio, Play) or self._ordered(audio) else []
        except Exception as error:
            self._log(error, kind, "")
            orders = []
        self._look_around(ready)
        return {"version": "1.0", "response": {"directives": orders}} if orders else dict(EMPTY)

    def _look_around(self, ready: Ready) -> None:
        """Where nobody waits for a voice, the time to see whether there are new episodes."""
        try:
            ready.programmes.reload_if_old()
        except Exception as error:
            self._log(error, "a look for new episodes", "")

    def _forget(self, event: Any) -> None:
        """Somebody took the skill off: nothing of them is kept."""
        user = str(table(table(table(event, "context"), "System"), "user").get("userId") or "")
        try:
            if user:
                self.skill.memory.forget(plain.opaque(user))
        except Exception as error:
            self._log(error, "AlexaSkillEvent.SkillDisabled", "")

    def _helps(self, event: Any, ready: Ready) -> Helps:
        """What the speaker can do for the person: its own reminders, its own address, both at the endpoint of the request."""

        def api() -> AlexaApi:
            from skill.channels.alexa_api import AlexaApi  # most answers need none of it

            system = table(table(event, "context"), "System")
            given = (str(system.get("apiEndpoint") or ""), str(system.get("apiAccessToken") or ""), str(table(system, "device").get("deviceId") or ""))
            return (self._api or AlexaApi)(*given)

        def reminders() -> Reminders | None:
            from skill.channels.alexa_reminders import AlexaReminders

            found = api()
            return AlexaReminders(found, ready.zone, self._clock) if found.usable else None

        return Helps(reminders, lambda: api().address())

    def _ordered(self, audio: Play) -> bool:
        """Whether a speaker could play it."""
        return playable(audio) and (self.trying or audio.url.startswith("https:"))

    @staticmethod
    def _note(request: dict[str, Any]) -> None:
        """What Alexa found wrong with an answer of ours, for staff: its kind and which request, nothing of the person."""
        import logging  # only when something broke

        kind, cause = str(table(request, "error").get("type", "")), plain.word(str(table(request, "cause").get("requestId", ""))[:80])
        logging.getLogger("mairie.alexa").error("Alexa refused an answer: %s, request %s", kind[:60] if kind.replace("_", "").isalnum() else "", cause)

    def _log(self, error: Exception, kind: str, intent: str) -> None:
        import logging  # only when something broke

        from skill.channels.faults import described

        self.skill.measures.failed(type(error).__name__)
        logging.getLogger("mairie.alexa").error("no answer to %s %s: %s", kind, intent if intent in HANDLERS else "", described(error))

    def check_id(self, event: Any) -> None:
        """NotOurSkill where the request carries another skill's id, or none while one is expected."""
        system = table(table(event, "context"), "System")
        found = table(system, "application").get("applicationId") or table(table(event, "session"), "application").get("applicationId")
        if self.skill_id and found != self.skill_id:
            raise NotOurSkill("the request is for another skill")

    def turn(self, event: Any, ready: Ready) -> Turn:
        """The turn that an envelope stands for."""
        request, base = table(event, "request"), self.base(event)
        if request.get("type") == "LaunchRequest":
            return base.but(intent="LaunchIntent")
        if request.get("type") == "Connections.Response":
            return permission_turn(request, base)
        return self._intent(base.but(kind=TurnKind.INTENT), table(request, "intent"), ready)

    def base(self, event: Any) -> Turn:
        """Who speaks or plays, where, and what was said before."""
        request, session = table(event, "request"), table(event, "session")
        system = table(table(event, "context"), "System")
        interfaces = table(table(system, "device"), "supportedInterfaces")
        user = str(table(system, "user").get("userId") or table(session, "user").get("userId") or "")
        person = str(table(system, "person").get("personId") or "")  # a voice that the speaker knows
        household = plain.opaque(user)
        focus = Focus.from_plain(table(session, "attributes").get("focus"))
        device = Device(
            can_play="AudioPlayer" in interfaces, can_remind=bool(system.get("apiAccessToken")),
            can_show="Alexa.Presentation.APL" in interfaces or "Display" in interfaces,
        )  # fmt: skip
        return Turn(
            kind=TurnKind.LAUNCH, locale=_locale(request), now=self._clock(), user=plain.opaque(person) if person else household, household=household,
            focus=focus, player=player_of(event), device=device,
        )  # fmt: skip

    def _intent(self, turn: Turn, intent: dict[str, Any], ready: Ready) -> Turn:
        name = plain.word(intent.get("name"))
        given = {k: v for k, v in table(intent, "slots").items() if isinstance(v, dict)}
        answer = answered(intent, turn.focus)
        if answer in (YES, NO):
            return turn.but(intent=answer, slots=turn.focus.slots)
        if answer:
            return understood(turn, answer, ready)
        question = spoken(given.get("question"))
        if question and name == "PlayPodcastIntent":
            ear = ready.ear(ready.language(turn.locale))
            from skill.understanding.player_words import asked_words  # with the ear, which most requests never need

            return turn.but(intent=name, slots=Slots(wanted=asked_words(question, ear)))
        if question:
            return understood(turn, LEADS.get(turn.locale[:2], LEADS["fr"]).get(name, "") + question, ready)
        if name in ("FollowUpIntent", "AMAZON.YesIntent", "AMAZON.NoIntent") and (given or name == "FollowUpIntent"):
            return understood(turn, as_words(given, turn), ready)
        meaning = ready.town.meanings.get(name, {})
        slots = slots_of(given, turn, ready).but(aspects=tuple(meaning.get("aspects", ())))
        named = spoken(given.get("place"))
        if named and not slots.places and not slots.kind:
            return turn.but(intent="UnknownPlaceIntent", slots=slots)
        day_lost = spoken(given.get("date")) and not (slots.when.day or slots.when.now)
        hour_lost = spoken(given.get("time")) and not (slots.when.at or slots.when.part)
        if day_lost or hour_lost:  # too far, or not of this world: the answer for today would be a wrong one
            return turn.but(intent="UnclearDayIntent", slots=slots)
        return turn.but(intent=str(meaning.get("as", name)), slots=slots)

    def _response(self, answer: Answer, event: Any, ready: Ready, user: str = "") -> dict[str, Any]:
        reply = answer.reply
        response: dict[str, Any] = {"shouldEndSession": answer.reprompt is None}
        orders = [*directives(reply.audio), *permission_orders(reply, user)] or dialog_order(reply, ready.town.meanings)
        if not orders and table(table(table(table(event, "context"), "System"), "device"), "supportedInterfaces").get("Alexa.Presentation.APL") is not None:
            from skill.channels.alexa_screen import screen_order  # only for speakers that have one

            orders = screen_order(answer)
        if orders:
            response["directives"] = orders
        if answer.speech:
            response["outputSpeech"] = {"type": "SSML", "ssml": f"<speak>{ssml(answer.speech)}</speak>"}
        if answer.reprompt:
            response["reprompt"] = {"outputSpeech": {"type": "SSML", "ssml": f"<speak>{ssml(answer.reprompt, MOST_REPROMPT_BYTES)}</speak>"}}
        consent = consent_card(reply)
        card = reply.card
        if card is None and answer.speech and answer.speech.phones:  # a number that was only heard is worth reading again
            card = Card(ready.city.name, answer.speech.text)
        if consent:
            response["card"] = consent
        elif card:
            title, text = shorten(card.title, MOST_TITLE_BYTES, MOST_TITLE_BYTES), shorten(card.text, MOST_CARD_BYTES, MOST_CARD_BYTES)
            response["card"] = {"type": "Simple", "title": title, "content": text}
        if any(o["type"] == "Connections.SendRequest" for o in orders):
            response.pop("shouldEndSession")  # Alexa goes on with her own question
        out: dict[str, Any] = {"version": "1.0", "response": response}
        if answer.reprompt is not None or table(event, "session"):
            out["sessionAttributes"] = {"focus": reply.focus.plain()}
        return out


def _locale(request: dict[str, Any]) -> str:
    return plain.word(request.get("locale")) or "fr-FR"
