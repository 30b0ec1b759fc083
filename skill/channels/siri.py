"""/siri: words in, words out, for a Shortcut on an iPhone, a HomePod, a watch. Each household has a word of its own.

The word is made here and can be checked without keeping a list: chance, and its seal under our key. With it a household is known to itself
(its district, its conversation of ten minutes); without it nothing is answered.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

from flask import Blueprint, Response, g, render_template, request

from skill.app import Settings, Skill
from skill.channels import bearer
from skill.channels.abilities import SIRI
from skill.channels.api import read_json
from skill.channels.conversations import MOST_TEXT, Conversations
from skill.channels.safe import headers
from skill.channels.speaker_page import LOCALES, VERSION, page_language
from skill.conversation import plain
from skill.homes import secret_of
from skill.stores import words

CHANCE: Final = 16
SEAL: Final = 20
"""Signs of chance and of its seal, hexadecimal: 64 and 80 bits."""
POLICY: Final = "style-src 'self'; img-src 'self' data:; form-action 'self'"


def siri(skill: Skill, settings: Settings) -> Blueprint:
    """The routes: the conversation itself, and the page that gives a household its word."""
    blue = Blueprint("siri", __name__)
    talks = Conversations(skill, SIRI, lambda: secret_of(settings))

    def sealed(chance: str) -> str:
        return f"{chance}{talks.hashed('siri word', chance)[:SEAL]}"

    @blue.post("/siri")
    def ask() -> Any:
        word = bearer.said()
        if not word:
            bearer.refuse(bearer.MISSING)
        if len(word) != CHANCE + SEAL or not bearer.same(word, sealed(word[:CHANCE])):
            bearer.refuse(bearer.WRONG)
        g.locale = LOCALES.get(request.args.get("lang", ""), LOCALES["fr"])
        text = _words()
        if not text:
            answer = skill.open(g.locale, skill.now(), device=SIRI.device)
            talks.end(talks.hashed("siri", word))
        else:
            answer = talks.turn(talks.hashed("siri", word), text, g.locale, plain.opaque(f"siri:{talks.hashed('siri household', word)}"))
        return _plain(answer.speech.text if answer.speech else "")

    @blue.route("/siri/word", methods=["GET", "POST"])
    def word() -> Any:
        """A form, and once it is sent a word of one's own; nothing is kept of it."""
        language = page_language()
        given = sealed(secrets.token_hex(CHANCE // 2)) if request.method == "POST" else ""
        page = render_template(
            "siri/word.html",
            t=words.page(language),
            p=words.pages(language),
            language=language,
            town=skill.city.name,
            word=given,
            url=f"{settings.public_url or request.host_url.rstrip('/')}/",
            version=VERSION,
        )
        answer = Response(page, mimetype="text/html")
        answer.headers.update({**headers(POLICY), "Cache-Control": "no-store", "X-Robots-Tag": "noindex"})
        return answer

    return blue


def _words() -> str:
    """What was said: the body itself, or "text" of a form or of JSON, as Shortcuts can send all three."""
    if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        text: Any = request.form.get("text", "")
    elif request.mimetype == "application/json":
        data = read_json(request.get_data())
        text = data.get("text") if isinstance(data, dict) else data
    else:
        text = request.get_data().decode("utf-8", "replace")
    return plain.text(text, MOST_TEXT).strip()


def _plain(text: str) -> Response:
    answer = Response(text, mimetype="text/plain")
    answer.headers.update({"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})
    return answer
