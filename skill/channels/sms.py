"""Short messages: POST /sms speaks TwiML to Twilio, POST /sms/turn the same in plain JSON to any other provider's gateway.

At most two messages' worth, in the alphabet that costs least; one conversation a number, for ten minutes. STOP ends everything: what was known of the
number is erased, and it is never written to again until it says so.
"""

from __future__ import annotations

import logging
import re
from typing import Any, Final

from flask import Blueprint, Response, jsonify, request

from skill.app import Answer, Settings, Skill
from skill.channels import bearer, twilio
from skill.channels.abilities import SMS
from skill.channels.api import read_json
from skill.channels.conversations import MOST_TEXT, Conversations
from skill.channels.faults import described
from skill.channels.numbers import caller
from skill.city.fold import fold
from skill.conversation import plain
from skill.conversation.ports import StoreUnavailable
from skill.conversation.thread import Quiet
from skill.homes import secret_of
from skill.ready import REFUSALS, UNANSWERED
from skill.speech.ssml import escape
from skill.speech.written import gsm, message
from skill.stores import words

LOG: Final = logging.getLogger("mairie.sms")
_LINK: Final = re.compile(r"https?://\S+")


def _stops(word: str, texts: dict[str, Any]) -> bool:
    """Whether somebody wants to be left in peace: STOP alone, or with figures, thanks and the like around it; "stop pub" is a question."""
    first, *rest = word.split() or [""]
    return first in texts["words"]["stop"] and all(w.isdecimal() or w in texts["words"]["please"] or w in texts["words"]["stop"] for w in rest)


class Messages:
    """Every number's messages to a town."""

    def __init__(self, skill: Skill, talks: Conversations) -> None:
        self.skill, self._talks = skill, talks

    def answer(self, number: str, body: str, language: str = "fr") -> tuple[str, bool]:
        """What to write back, "" for nothing; and whether the number asked for silence just now. `number` is "" where it is withheld."""
        texts: dict[str, Any] = words.phone(language)
        user = self._talks.hashed("number", number)
        word = fold(body)
        if user and _stops(word, texts):
            kept = self._hushed(user)
            return gsm(texts["stopped"] if kept else texts["retry"]), kept
        quiet = self._quiet(user)
        if quiet and word not in {fold(w) for w in texts["words"]["start"]}:
            return "", False
        example = next(iter(self.skill.city.examples.get(language, ())), "").strip()
        if quiet:
            self.skill.memory.quiet.forget(user)
            return gsm(texts["started"].format(example=example)), False
        if not word:
            return gsm(texts["empty"].format(example=example)), False
        locale = words.phone(self._spoken(user, body, language))["locale"]
        return self._written(self._talks.turn(user, body, locale, user)), False

    def _spoken(self, user: str, body: str, language: str) -> str:
        """The language of a message: the one that makes most sense of it; of equals that of the conversation, else the number's own."""
        thread, now = self._talks.begun(user), self.skill.now()
        first = thread.locale[:2] or language

        def sense(of: str) -> tuple[bool, float, bool]:
            choice, _ = self.skill.understand(body, of, now, thread.focus)
            return (choice.intent not in UNANSWERED | REFUSALS, choice.score, of == first)

        return max((first, *(other for other in sorted(self.skill.town.kinds) if other != first)), key=sense)

    @staticmethod
    def _written(answer: Answer) -> str:
        """An answer as a message, with the address that its card gives, where one is."""
        link = _LINK.search(answer.reply.card.text) if answer.reply.card else None
        return message(answer.speech, SMS.max_length, link[0] if link else "") if answer.speech else ""

    def _hushed(self, user: str) -> bool:
        """Erases the number, and remembers that it wants silence."""
        try:
            self.skill.memory.quiet.change(user, lambda _: Quiet(True))
            self.skill.memory.forget(user)
        except StoreUnavailable as error:
            LOG.error("a wish for silence is not kept: %s", error)
            return False
        self._talks.end(user)
        return True

    def _quiet(self, user: str) -> bool:
        try:
            return bool(user) and self.skill.memory.quiet.get(user).asked
        except StoreUnavailable as error:
            LOG.error("wishes for silence cannot be read: %s", error)
            return False


def sms(skill: Skill, settings: Settings) -> Blueprint:
    """The routes."""
    blue = Blueprint("sms", __name__)
    messages = Messages(skill, Conversations(skill, SMS, lambda: secret_of(settings)))

    @blue.post("/sms")
    def twiml() -> Response:
        twilio.check(request, settings.twilio_token, settings.public_url)
        text, stopped = _answer(messages, request.form.get("From"), request.form.get("Body"), request.args.get("lang"))
        return twilio.answer(twilio.element("Message", escape(text))) if text and not stopped else twilio.answer()  # Twilio confirms STOP by itself

    @blue.post("/sms/turn")
    def turn() -> Any:
        bearer.check(settings.phone_key)
        data = read_json(request.get_data())
        if not isinstance(data, dict) or not isinstance(data.get("text", ""), str):
            return jsonify(error='send {"from": "+33…", "text": "…"} as JSON'), 400
        text, stopped = _answer(messages, data.get("from"), data.get("text"), data.get("locale"))
        return jsonify(text=text, stopped=stopped)

    return blue


def _answer(messages: Messages, number: Any, body: Any, language: Any) -> tuple[str, bool]:
    chosen = "en" if isinstance(language, str) and language[:2].lower() == "en" else "fr"
    try:
        return messages.answer(caller(number, messages.skill.city.country), plain.text(_one_line(body), MOST_TEXT).strip(), chosen)
    except Exception as error:  # whoever writes is written back to, whatever happens here
        LOG.error("no answer: %s", described(error))
        messages.skill.measures.failed(type(error).__name__)
        return gsm(words.phone(chosen)["retry"]), False


def _one_line(body: Any) -> str:
    return re.sub(r"\s+", " ", body) if isinstance(body, str) else ""
