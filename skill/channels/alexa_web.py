"""Alexa over the web: POST /alexa, each request's signature checked before anything is read out of it."""

from __future__ import annotations

import logging
from typing import Any, Final

from flask import Flask, jsonify, request

from skill.app import Settings, Skill
from skill.channels.alexa import AlexaChannel, NotOurSkill
from skill.channels.alexa_sdk import adapter
from skill.channels.alexa_signature import NotFromAlexa, Verifier, admit
from skill.channels.api import read_json
from skill.channels.faults import described

LOG: Final = logging.getLogger("mairie.web")


def add_alexa(app: Flask, settings: Settings, skill: Skill, verifier: Verifier | None = None) -> None:
    """Adds the route. `verifier` is not asked where the settings switch verification off."""
    channel = AlexaChannel(skill, settings.skill_id, trying=not settings.verify)
    sdk = adapter(channel, app)
    checks = (verifier or Verifier()) if settings.verify else None

    @app.post("/alexa")
    def alexa() -> Any:
        body = request.get_data(cache=True)
        try:
            admit(channel, checks, request.headers, body, read_json(body))  # type: ignore[arg-type]
        except (NotOurSkill, NotFromAlexa) as error:
            return _refused(str(error))
        try:
            return sdk.dispatch_request()
        except Exception as error:  # flask-ask-sdk answers 500 to what is a bad request
            return _refused(described(error))


def _refused(why: str) -> Any:
    """400, with the reason in the log only."""
    LOG.warning("request refused: %s", why)
    return jsonify(error="bad request"), 400
