"""The description of our JSON routes, OpenAPI 3.1, served at /api/openapi.json. A test holds it to what the routes take and give."""

from __future__ import annotations

from typing import Any, Final

from skill.app import Skill
from skill.channels.web_values import EVENTS, LONGEST_TOKEN

VERSION: Final = 1
"""Of the routes: it rises when something that was there changes or goes, not when something is added."""
_TEXT: Final = {"type": "string"}
_AUDIO: Final = {
    "description": "A sound to start (play), to stop (stop), or what waits to be dropped (clear); null for none of them.",
    "oneOf": [
        {"type": "null"},
        {
            "type": "object", "required": ["action"], "properties": {
                "action": {"enum": ["play", "stop", "clear"]}, "when": {"enum": ["now", "after", "instead"]}, "previous": _TEXT, "url": _TEXT, "type": _TEXT,
                "token": _TEXT, "offset_ms": {"type": "integer", "minimum": 0}, "seconds": {"type": ["integer", "null"]}, "title": _TEXT, "subtitle": _TEXT,
                "art": _TEXT,
            },
        },
    ],
}  # fmt: skip
_PLAYER: Final = {
    "type": "object", "description": "What the client plays, or played last.",
    "properties": {"token": {"type": "string", "maxLength": LONGEST_TOKEN}, "offset_ms": {"type": "integer", "minimum": 0}, "playing": {"type": "boolean"}},
}  # fmt: skip
_USER: Final = {
    "type": "string", "pattern": "^[A-Za-z0-9_-]{16,128}$",
    "description": "Whoever listens, where they want to be remembered: an id that the client made at random and keeps. Hashed before anything is kept.",
}  # fmt: skip
_SESSION: Final = {"type": "object", "description": "What the last answer gave as `session`, unchanged, so that « et dimanche ? » is understood. Opaque."}
_SCHEMAS: Final[dict[str, Any]] = {
    "Question": {
        "type": "object", "required": ["text"], "properties": {
            "text": {"type": "string", "maxLength": 10_000, "description": "The person's words."},
            "locale": {"type": "string", "maxLength": 12, "default": "fr-FR", "examples": ["fr-FR", "en-GB"]},
            "session": _SESSION, "user": _USER, "player": _PLAYER,
        },
    },
    "Answer": {
        "type": "object", "required": ["speech", "ssml", "reprompt", "card", "audio", "intent", "session", "rate", "choices"], "properties": {
            "speech": {"type": "string", "description": "Plain text, to be shown or spoken."},
            "ssml": {"type": "string", "description": "The same as SSML; empty where nothing is said."},
            "reprompt": {"type": "string", "description": "What to say if the person keeps silent; empty where nothing is asked."},
            "card": {"oneOf": [{"type": "null"}, {"type": "object", "required": ["title", "text"], "properties": {"title": _TEXT, "text": _TEXT}}]},
            "audio": _AUDIO, "intent": {"type": "string", "description": "How the question was understood."}, "session": _SESSION,
            "rate": {"enum": ["", "slow", "fast"], "description": "How fast the person likes to be spoken to."},
            "choices": {"type": "array", "items": _TEXT, "description": "Names that were offered, to be shown as buttons."},
        },
    },
    "PlayerEvent": {
        "type": "object", "required": ["event", "token"], "properties": {
            "event": {"enum": list(EVENTS)}, "token": {"type": "string", "minLength": 1, "maxLength": LONGEST_TOKEN},
            "offset_ms": {"type": "integer", "minimum": 0, "maximum": 2**40 - 1}, "user": _USER, "player": _PLAYER,
        },
    },
    "PlayerOrder": {"type": "object", "required": ["audio"], "properties": {"audio": _AUDIO}},
    "Error": {"type": "object", "required": ["error"], "properties": {"error": _TEXT}},
}  # fmt: skip


def document(skill: Skill) -> dict[str, Any]:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Mairie vocale, {skill.city.name}", "version": f"{VERSION}.0.0", "license": {"name": "MIT", "identifier": "MIT"},
            "description": "Ask the town hall in French or English. Nothing is kept of a question without `user`; see docs/confidentialite.md.",
        },
        "servers": [{"url": f"/api/v{VERSION}", "description": "this version"}, {"url": "/api", "description": "the newest"}],
        "paths": {
            "/ask": {"post": _operation("ask", "Ask a question", "Question", "Answer")},
            "/player": {"post": _operation("player", "Report what a player did, and hear what it should do next", "PlayerEvent", "PlayerOrder")},
        },
        "components": {"schemas": _SCHEMAS},
    }  # fmt: skip


def _operation(name: str, summary: str, given: str, answer: str) -> dict[str, Any]:
    def content(schema: str) -> dict[str, Any]:
        return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}

    def fault(text: str) -> dict[str, Any]:
        return {"description": text, "content": content("Error")}

    return {
        "operationId": name, "summary": summary, "requestBody": {"required": True, "content": content(given)},
        "responses": {
            "200": {"description": "The answer, or our own apology.", "content": content(answer)},
            "400": fault("Not what was asked for; the text says what is."),
            "413": {"description": "The body is too long."}, "429": fault("Too many questions in a minute; Retry-After says when."),
            "503": {"description": "Our own fault, said kindly.", "content": content("Error")},
        },
    }  # fmt: skip
