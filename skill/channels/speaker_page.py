"""The speaker in a browser: one page, one button, one field. Without JavaScript it is a form that answers all the same.

It sets no cookie and asks nobody else for anything. Who wants to be remembered says so, and only then has an id.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, render_template, request

from skill.app import Answer, Skill
from skill.channels.api import MOST_TEXT, read_json
from skill.channels.safe import headers
from skill.channels.web_values import plain_answer
from skill.conversation.turn import Focus
from skill.stores import words

POLICY: Final = "script-src 'self'; style-src 'self'; img-src 'self' https: data:; media-src 'self' https:; connect-src 'self'; form-action 'self'"
KEPT_S: Final = 3600
VERSION: Final = hashlib.sha256(b"".join(p.read_bytes() for p in sorted((Path(__file__).parent / "static").iterdir()))).hexdigest()[:10]
"""Of the page's style and script: another one is another address, so that an old script never meets a new page."""
LOCALES: Final = {"fr": "fr-FR", "en": "en-GB"}
MOST_EXAMPLES: Final = 4


def speaker(skill: Skill) -> Blueprint:
    """The page at / and what belongs to it."""
    blue = Blueprint("speaker", __name__, template_folder="templates", static_folder="static", static_url_path="/speaker")

    @blue.route("/", methods=["GET", "POST"])
    def home() -> Any:
        language = page_language()
        answer: Answer | None = None
        asked = request.form.get("text", "")[:MOST_TEXT].strip()
        if request.method == "POST" and asked:
            focus = Focus.from_plain(read_json(request.form.get("session", "").encode()))
            answer = skill.hear(asked, LOCALES[language], skill.now(), focus)
        examples = skill.city.examples.get(language, ())[:MOST_EXAMPLES]
        told = plain_answer(answer, skill.city, LOCALES[language]) if answer else None
        texts = words.page(language)
        return render_template(
            "speaker/page.html", t=texts, texts=json.dumps(texts, ensure_ascii=False), language=language, locale=LOCALES[language], town=skill.city.name,
            examples=examples, asked=asked, told=told, session=json.dumps(told["session"], ensure_ascii=False) if told else "",
            local=lambda url: _local(url, skill), own=skill.programmes.address, version=VERSION,
        )  # fmt: skip

    @blue.after_request
    def safe(response: Response) -> Response:
        response.headers.update(headers(POLICY))
        response.headers["Permissions-Policy"] = "microphone=(self), camera=(), geolocation=()"
        response.headers["Cache-Control"] = f"public, max-age={KEPT_S}" if request.endpoint == "speaker.static" and response.status_code == 200 else "no-store"
        return response

    return blue


def page_language() -> str:
    """The language asked for by the address, or the browser's own; French where it is neither of ours."""
    asked = request.values.get("lang", "")
    return asked if asked in LOCALES else request.accept_languages.best_match(list(LOCALES)) or "fr"


def _local(url: str, skill: Skill) -> str:
    """A sound of our own by its path: the page plays it from wherever it was itself reached."""
    own = skill.programmes.address
    return f"/podcasts{url.removeprefix(own)}" if url.startswith(f"{own}/") else url
