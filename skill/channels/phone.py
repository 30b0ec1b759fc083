"""The telephone: POST /phone/voice speaks TwiML to Twilio, POST /phone/turn the same call in plain JSON to any other provider's gateway."""

from __future__ import annotations

import logging
from typing import Any, Final

from flask import Blueprint, Response, jsonify, request, url_for

from skill.app import Settings, Skill
from skill.channels import bearer, twilio
from skill.channels.abilities import PHONE
from skill.channels.api import read_json
from skill.channels.calls import LANGUAGES, Calls, Step
from skill.channels.conversations import MOST_TEXT, Conversations
from skill.channels.faults import described
from skill.channels.numbers import caller
from skill.conversation import plain
from skill.homes import secret_of
from skill.speech.ssml import escape
from skill.stores import words

LOG: Final = logging.getLogger("mairie.phone")
WAITS_S: Final = 6
"""For a first word or key."""
OVER: Final = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


def phone(skill: Skill, settings: Settings) -> Blueprint:
    """The routes."""
    blue = Blueprint("phone", __name__)
    calls = Calls(skill, Conversations(skill, PHONE, lambda: secret_of(settings)), settings.phone_transfer)

    @blue.post("/phone/voice")
    def voice() -> Response:
        twilio.check(request, settings.twilio_token, settings.public_url)
        form = request.form
        if form.get("CallStatus") in OVER:
            return twilio.answer()
        said, keys = plain.text(form.get("SpeechResult"), MOST_TEXT), form.get("Digits", "")
        language = request.args.get("lang", "")
        begins = "turn" not in request.args
        step = _step(calls, form.get("CallSid", ""), caller(form.get("From"), skill.city.country), said, keys, begins, language, request.args.get("silent", ""))
        return _twiml(step, calls.hints(step.language))

    @blue.post("/phone/turn")
    def turn() -> Any:
        bearer.check(settings.phone_key)
        data = read_json(request.get_data())
        call = data.get("call") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(call, str) or not 0 < len(call) <= 200:
            return jsonify(
                error='send {"call": "<id>", "from": "+33…", "text": "…" or "keys": "1"} as JSON; neither text nor keys, with "begins": true, opens'
            ), 400
        said, keys = plain.text(data.get("text"), MOST_TEXT), plain.text(data.get("keys"), 20)
        language = str(data.get("locale", ""))[:2].lower()
        step = _step(calls, call, caller(data.get("from"), skill.city.country), said, keys, data.get("begins") is True, language)
        return jsonify(
            speech=step.text, ssml=f"<speak>{step.ssml}</speak>", play=step.play, listens=step.listens, transfer=step.transfer,
            locale=words.phone(step.language)["locale"], hints=calls.hints(step.language),
        )  # fmt: skip

    return blue


def _step(calls: Calls, call: str, number: str, said: str, keys: str, begins: bool, language: str, silences: str = "") -> Step:
    language = language if language in LANGUAGES else LANGUAGES[0]
    try:
        return calls.step(call, number, said, keys, begins, language, int(silences) if silences in ("1", "2") else 0)
    except Exception as error:  # a caller hears words, whatever happens here
        LOG.error("no answer: %s", described(error))
        calls.skill.measures.failed(type(error).__name__)
        return calls.trouble(language)


def _twiml(step: Step, hints: tuple[str, ...]) -> Response:
    texts = words.phone(step.language)
    told = [twilio.element("Say", step.ssml, language=texts["locale"], voice=texts["voice"])] if step.says else []
    if step.play:
        told.append(twilio.element("Play", escape(step.play)))
    if step.transfer:
        return twilio.answer(*told, twilio.element("Dial", escape(step.transfer)))
    if not step.listens:
        return twilio.answer(*told, twilio.element("Hangup"))
    silent: dict[str, Any] = {"silent": step.silences} if step.silences else {}
    gather = twilio.element(
        "Gather", "".join(told), input="speech dtmf", language=texts["locale"],
        action=url_for("phone.voice", turn="1", lang=step.language, **silent), method="POST",
        numDigits="1", timeout=str(WAITS_S), speechTimeout="auto", actionOnEmptyResult="true", hints=", ".join(hints), finishOnKey="",
    )  # fmt: skip
    return twilio.answer(gather)
