"""The web endpoint: POST /alexa for Amazon, POST /api/ask for anyone with words, and a page that says so."""

from __future__ import annotations

import ipaddress
import json
import logging
import socket
import sys
from typing import Any, Final

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from skill.app import Settings, Skill, make_skill
from skill.channels.alexa import AlexaChannel, NotOurSkill
from skill.channels.alexa_sdk import adapter
from skill.channels.alexa_signature import NotFromAlexa, Verifier
from skill.channels.calendar_pages import calendars
from skill.channels.faults import described
from skill.channels.podcast_pages import pages
from skill.channels.refresher import LOOK_EVERY_S, LOOK_FAR_S, Refresher
from skill.channels.reloader import Reloader
from skill.channels.tries import tries
from skill.channels.web_values import EVENTS, listener, plain_answer, plain_audio, plain_event, plain_player
from skill.conversation import plain
from skill.conversation.turn import Focus

LOG: Final = logging.getLogger("mairie.web")
MOST_BYTES: Final = 128 * 1024
MOST_TEXT: Final = 10_000
LIMITS: Final = {"max_request_body_size": MOST_BYTES, "max_request_header_size": 32 * 1024, "connection_limit": 200, "channel_timeout": 30}
"""For waitress: a body too long is refused before it is read, and a connection that says nothing is closed."""
TRY: Final = """Mairie vocale répond. / Mairie vocale is listening.

%(tries)s
  make talk                  (une conversation dans le terminal / a conversation in the terminal)

Alexa : POST http://%(address)s/alexa  (signatures %(verify)s)
"""


def create_app(settings: Settings, skill: Skill, verifier: Verifier | None = None, address: str = "127.0.0.1:5000") -> Flask:
    """The Flask application of a skill. `verifier` is Alexa's; it is not asked where the settings switch verification off."""
    app = Flask("mairie", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    channel = AlexaChannel(skill, settings.skill_id, trying=not settings.verify)
    sdk = adapter(channel, app)
    checks = verifier or Verifier()

    @app.post("/alexa")
    def alexa() -> Any:
        body = request.get_data(cache=True)
        event = read_json(body)
        if not isinstance(event, dict) or not isinstance(event.get("request"), dict):
            return _refused("not an envelope")
        try:
            channel.check_id(event)
            if settings.verify:
                checks.verify(request.headers, body, event)  # type: ignore[arg-type]
        except (NotOurSkill, NotFromAlexa) as error:
            return _refused(str(error))
        try:
            return sdk.dispatch_request()
        except Exception as error:  # flask-ask-sdk answers 500 to what is a bad request
            return _refused(described(error))

    @app.post("/api/ask")
    def ask() -> Any:
        data = read_json(request.get_data())
        text = data.get("text") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(text, str) or len(text) > MOST_TEXT:
            return jsonify(error=f'send {{"text": "…"}} as JSON, at most {MOST_TEXT} characters'), 400
        g.locale = plain.word(data.get("locale")) or "fr-FR"
        focus, player = Focus.from_plain(data.get("session")), plain_player(data.get("player"))
        return jsonify(plain_answer(skill.hear(text, g.locale, skill.now(), focus, user=listener(data.get("user")), player=player)))

    @app.post("/api/player")
    def player() -> Any:
        data = read_json(request.get_data())
        event = plain_event(data) if isinstance(data, dict) else None
        if event is None or not isinstance(data, dict):
            return jsonify(error=f'send {{"event": "{"|".join(EVENTS)}", "token": "…", "offset_ms": 0, "user": "…"}} as JSON'), 400
        answer = skill.report(event, skill.now(), listener(data.get("user")), plain_player(data.get("player")))
        return jsonify(audio=plain_audio(answer.reply.audio))

    app.url_map.strict_slashes = False  # no redirect to a name that the client chose
    app.register_blueprint(pages(skill))
    app.register_blueprint(calendars(skill))
    from skill.console.web import add_console  # what staff use is loaded where a server runs, not where a question is answered

    add_console(app, skill, settings)

    @app.get("/")
    def home() -> Response:
        return Response(_welcome(settings, skill, address), mimetype="text/plain")

    @app.errorhandler(413)
    def too_large(_: Exception) -> Any:
        return jsonify(error=f"at most {MOST_BYTES} bytes"), 413

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Any:
        """Our own fault is answered as a speaker would hear it; what the web itself refuses stays a refusal."""
        if isinstance(error, HTTPException):
            kept = {name: value for name, value in error.get_headers() if name in ("Content-Range", "Allow", "Retry-After")}
            return jsonify(error=error.name), error.code or 400, kept
        LOG.error("no answer: %s", described(error))
        skill.measures.failed(type(error).__name__)
        if not request.path.startswith("/api/ask"):  # an application would take kind words for the feed itself
            return jsonify(error="Service Unavailable"), 503, {"Retry-After": "60"}
        try:
            return jsonify(plain_answer(skill.ready.trouble(g.get("locale", "fr-FR"), skill.now())))
        except Exception as worse:
            LOG.error("no apology: %s", described(worse))
            return jsonify(error="Désolé, rien ne répond pour le moment. / Sorry, nothing can answer at the moment."), 503

    return app


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


def _welcome(settings: Settings, skill: Skill, address: str) -> str:
    host, _, port = address.rpartition(":")
    return TRY % {"tries": tries(skill.city, host, port), "address": address, "verify": "vérifiées" if settings.verify else "non vérifiées"}


def _refused(why: str) -> Any:
    """400, with the reason in the log only."""
    LOG.warning("request refused: %s", why)
    return jsonify(error="bad request"), 400


def is_loopback(host: str) -> bool:
    """Whether a bind address is reachable from this machine only."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(settings: Settings, host: str, port: int) -> int:
    """Runs until interrupted. Refuses to answer unsigned Alexa requests anywhere but on loopback."""
    import waitress

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    if not settings.verify and not is_loopback(host):
        print("MAIRIE_VERIFY=off is for this machine only: bind 127.0.0.1, or switch verification on", file=sys.stderr)
        return 2
    if settings.verify and not settings.skill_id:
        print("MAIRIE_SKILL_ID is empty: any skill's signed requests will be answered at /alexa; set it to your skill's id", file=sys.stderr)
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        print(f"cannot listen on {host}:{port}: {error.strerror or error}; choose another with --port", file=sys.stderr)
        return 1
    with listener:
        skill = make_skill(settings)
        address = f"{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        server = waitress.create_server(create_app(settings, skill, address=address), sockets=[listener], threads=4, ident=None, **LIMITS)
        skill.reached_at(settings.public_url or f"http://{address}")
        refresher = Refresher(skill, settings.refresh_minutes, LOOK_FAR_S if settings.bucket else LOOK_EVERY_S)
        refresher.start()
        reloader = Reloader(skill)
        reloader.start()
        print(_welcome(settings, skill, address), flush=True)
        try:
            server.run()
        except KeyboardInterrupt:
            pass
        finally:
            refresher.stop()
            reloader.stop()
            server.close()
    return 0
