"""POST /api/ask and /api/player: our own JSON, documented, counted and open to no other site unless the settings name it."""

from __future__ import annotations

import json
from typing import Any, Final

from flask import Blueprint, Response, g, jsonify, request

from skill.app import Skill
from skill.channels.openapi import VERSION, document
from skill.channels.web_values import EVENTS, listener, plain_answer, plain_audio, plain_event, plain_player
from skill.conversation import plain
from skill.conversation.turn import Focus

MOST_TEXT: Final = 10_000
ASK: Final = ("/api/ask", f"/api/v{VERSION}/ask")


def api(skill: Skill, origins: tuple[str, ...] = ()) -> Blueprint:
    """The routes. `origins` are the other sites whose pages may call them."""
    blue = Blueprint("api", __name__)

    def ask() -> Any:
        data = read_json(request.get_data())
        text = data.get("text") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(text, str) or len(text) > MOST_TEXT:
            return jsonify(error=f'send {{"text": "…"}} as JSON, at most {MOST_TEXT} characters'), 400
        g.locale = plain.word(data.get("locale")) or "fr-FR"
        focus, player = Focus.from_plain(data.get("session")), plain_player(data.get("player"))
        return jsonify(plain_answer(skill.hear(text, g.locale, skill.now(), focus, user=listener(data.get("user")), player=player), skill.city, g.locale))

    def player() -> Any:
        data = read_json(request.get_data())
        event = plain_event(data) if isinstance(data, dict) else None
        if event is None or not isinstance(data, dict):
            return jsonify(error=f'send {{"event": "{"|".join(EVENTS)}", "token": "…", "offset_ms": 0, "user": "…"}} as JSON'), 400
        answer = skill.report(event, skill.now(), listener(data.get("user")), plain_player(data.get("player")))
        return jsonify(audio=plain_audio(answer.reply.audio))

    for n, rule in enumerate(ASK):
        blue.add_url_rule(rule, f"ask{n}", ask, methods=["POST"])
        blue.add_url_rule(rule.replace("ask", "player"), f"player{n}", player, methods=["POST"])

    @blue.get("/api/openapi.json")
    def openapi() -> Any:
        return jsonify(document(skill))

    @blue.after_request
    def versioned(response: Response) -> Response:
        response.headers["Api-Version"] = str(VERSION)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        origin = request.headers.get("Origin", "")
        if origin in origins:
            response.headers.update({
                "Access-Control-Allow-Origin": origin, "Vary": "Origin", "Access-Control-Allow-Headers": "Content-Type", "Access-Control-Max-Age": "3600"
            })  # fmt: skip
        return response

    return blue


def read_json(body: bytes) -> Any:
    """What a body says, or None for what is not strict JSON: too deep, not UTF-8, halves of characters, NaN."""
    try:
        data = json.loads(body.decode("utf-8"), parse_constant=_no_number)
        if b"\\u" in body:
            json.dumps(data, ensure_ascii=False).encode("utf-8")
        return data
    except (ValueError, RecursionError):
        return None


def _no_number(name: str) -> Any:
    raise ValueError("not a number of JSON")
