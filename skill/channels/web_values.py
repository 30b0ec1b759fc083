"""Answers, sounds and reports of a player as our own JSON routes carry them."""

from __future__ import annotations

import re
from typing import Any, Final

from skill.app import Answer
from skill.city.model import City
from skill.conversation import plain
from skill.conversation.audio import Clear, Event, Happened, Play, Player, Stop
from skill.speech.ssml import MOST_CARD_BYTES, shorten, ssml

EVENTS: Final = tuple(h.value for h in (Happened.STARTED, Happened.STOPPED, Happened.FINISHED, Happened.NEARLY_FINISHED, Happened.FAILED))
LONGEST_TOKEN: Final = 1024
MOST_CHOICES: Final = 4
_LISTENER: Final = re.compile(r"[A-Za-z0-9_-]{16,128}")


def plain_answer(answer: Answer, city: City, locale: str = "fr-FR") -> dict[str, Any]:
    """The answer in the fields of our own route, cut as Alexa's are."""
    card = answer.reply.card
    return {
        "speech": answer.speech.text if answer.speech else "",
        "ssml": f"<speak>{ssml(answer.speech)}</speak>" if answer.speech else "",
        "reprompt": answer.reprompt.text if answer.reprompt else "",
        "card": {"title": card.title, "text": shorten(card.text, MOST_CARD_BYTES, MOST_CARD_BYTES)} if card else None,
        "audio": plain_audio(answer.reply.audio),
        "intent": answer.reply.intent,
        "session": answer.reply.focus.plain(),
        "rate": answer.speech.rate if answer.speech else "",
        "choices": _choices(answer, city, locale[:2].lower()),
    }


def _choices(answer: Answer, city: City, language: str) -> list[str]:
    """Names of what was offered, as somebody would say them."""
    focus = answer.reply.focus
    if not focus.asked or answer.reprompt is None:
        return []
    found = [city.places.get(key) or city.districts.get(key) for key in focus.choices[:MOST_CHOICES]]
    return [each.name.get(language, each.name["fr"]) for each in found if each is not None]


def plain_audio(audio: Play | Stop | Clear | None) -> dict[str, Any] | None:
    """A sound to start (`action` "play") or to stop ("stop"), or what waits to be dropped ("clear"); None for none of them."""
    if isinstance(audio, Stop):
        return {"action": "stop"}
    if isinstance(audio, Clear):
        return {"action": "clear"}
    if audio is None:
        return None
    return {
        "action": "play", "when": audio.behavior.value, "previous": audio.previous, "url": audio.url, "type": audio.mime, "token": audio.token,
        "offset_ms": audio.offset_ms, "seconds": audio.seconds, "title": audio.title, "subtitle": audio.subtitle, "art": audio.art,
    }  # fmt: skip


def listener(value: Any) -> str:
    """Who listens: an id that the client made at random (16 to 128 letters, digits, hyphens) and keeps; "" for anything else."""
    return plain.opaque(f"web:{value}") if isinstance(value, str) and _LISTENER.fullmatch(value) else ""


def plain_player(value: Any) -> Player:
    """What a client says that it plays."""
    if not isinstance(value, dict):
        return Player()
    return Player(plain.text(value.get("token"), LONGEST_TOKEN), _offset(value.get("offset_ms")), value.get("playing") is True)


def plain_event(data: dict[str, Any]) -> Event | None:
    """A report of a client's player; None for what is none."""
    token = plain.text(data.get("token"), LONGEST_TOKEN)
    if data.get("event") not in EVENTS or not token:
        return None
    return Event(Happened(data["event"]), token, _offset(data.get("offset_ms")))


def _offset(value: Any) -> int:
    return value if type(value) is int and 0 <= value < 2**40 else 0
