"""The web endpoint: POST /alexa for Amazon, POST /api/ask for anyone with words, and a page that says so."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from skill.app import Settings, Skill, make_skill
from skill.channels import logs
from skill.channels.api import api
from skill.channels.background import in_background
from skill.channels.behind import BehindCdn
from skill.channels.briefing import briefing
from skill.channels.calendar_pages import calendars
from skill.channels.counted import limit
from skill.channels.dialogflow import dialogflow
from skill.channels.faults import described
from skill.channels.limits import MOST_BYTES
from skill.channels.mcp_web import add_mcp
from skill.channels.open_data import open_data
from skill.channels.phone import phone
from skill.channels.podcast_pages import pages
from skill.channels.siri import siri
from skill.channels.sms import sms
from skill.channels.speaker_page import page_language, speaker
from skill.channels.town_pages import town_pages
from skill.channels.tries import tries
from skill.channels.web_values import plain_answer
from skill.stores import words

if TYPE_CHECKING:
    from skill.channels.alexa_signature import Verifier

LOG: Final = logging.getLogger("mairie.web")
TRY: Final = """Mairie vocale répond. / Mairie vocale is listening.

%(tries)s
  make talk                  (une conversation dans le terminal / a conversation in the terminal)

Alexa : POST http://%(address)s/alexa  (signatures %(verify)s)
"""


def create_app(settings: Settings, skill: Skill, verifier: Verifier | None = None, alexa: bool = True, figures: bool = True) -> Flask:
    """The Flask application of a skill, with Alexa's endpoint where `alexa` (`verifier` is what checks its signatures) and with `figures` at /metrics."""
    app = Flask("mairie", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if alexa:
        from skill.channels.alexa_web import add_alexa  # with the SDK, which nobody else needs

        add_alexa(app, settings, skill, verifier)
    seen: tuple[logs.Seen, ...] = (logs.access,) if settings.log == "json" else ()
    if figures:
        from skill.channels.metrics import add_metrics  # what a function in the cloud has not

        seen = (add_metrics(app, settings, skill).seen, *seen)
    app.extensions["mairie.seen"] = seen
    logs.routes_of(app, seen)
    app.url_map.strict_slashes = False  # no redirect to a name that the client chose
    app.register_blueprint(api(skill, settings.origins))
    app.register_blueprint(speaker(skill))
    app.register_blueprint(pages(skill))
    app.register_blueprint(calendars(skill))
    for blueprint in (dialogflow, phone, siri, sms):
        app.register_blueprint(blueprint(skill, settings))
    for plain in (briefing, open_data, town_pages):
        app.register_blueprint(plain(skill))
    add_mcp(app, skill, settings)
    from skill.console.web import add_console  # what staff use is loaded where a server runs, not where a question is answered

    add_console(app, skill, settings)
    if settings.rate:
        limit(app, settings.rate)
    if settings.origin_key:
        app.wsgi_app = BehindCdn(app.wsgi_app, settings.origin_key)  # type: ignore[method-assign]
    elif settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies)  # type: ignore[method-assign]

    @app.get("/healthz")
    def alive() -> Any:
        """Whether this process lives: for whoever starts it again when it does not."""
        return Response("ok\n", mimetype="text/plain")

    @app.get("/readyz")
    def ready() -> Any:
        """Whether it can keep what it promises: for whoever sends it people. Each store by name, nothing of what is in it."""
        states = {"town": "ok", "people": _asked(lambda: skill.memory.people.get("readyz")), "podcasts": _asked(skill.programmes.versions)}
        if skill.live is not None and skill.live.changes is not None:
            states["changes"] = _asked(skill.live.changes.version)
        return jsonify(states), 200 if set(states.values()) == {"ok"} else 503

    @app.errorhandler(429)
    def too_many(_: Exception) -> Any:
        if request.path == "/" or request.path.startswith("/console"):
            text = words.page(page_language())["many"]
            return Response(f"{text}\n", 429, {"Retry-After": "60"}, mimetype="text/plain")
        return jsonify(error="too many questions in a minute"), 429, {"Retry-After": "60"}

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
        if request.path == "/":
            return Response(f"{words.page(page_language())['offline']}\n", 503, {"Retry-After": "60"}, mimetype="text/plain")
        if not request.path.endswith("/ask"):  # an application would take kind words for the feed itself
            return jsonify(error="Service Unavailable"), 503, {"Retry-After": "60"}
        try:
            return jsonify(plain_answer(skill.ready.trouble(g.get("locale", "fr-FR"), skill.now()), skill.city))
        except Exception as worse:
            LOG.error("no apology: %s", described(worse))
            return jsonify(error="Désolé, rien ne répond pour le moment. / Sorry, nothing can answer at the moment."), 503

    return app


def _asked(ask: Callable[[], object]) -> str:
    try:
        ask()
    except (OSError, ValueError) as error:
        return type(error).__name__
    return "ok"


def _welcome(settings: Settings, skill: Skill, address: str) -> str:
    host, _, port = address.rpartition(":")
    return TRY % {"tries": tries(skill.city, host, port), "address": address, "verify": "vérifiées" if settings.verify else "non vérifiées"}


def is_loopback(host: str) -> bool:
    """Whether a bind address is reachable from this machine only."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(settings: Settings, host: str, port: int) -> int:
    """Runs until interrupted. Refuses to answer unsigned Alexa requests anywhere but on loopback."""
    logs.set_up(settings.log)
    if not settings.verify and not is_loopback(host):
        print("MAIRIE_VERIFY=off is for this machine only: bind 127.0.0.1, or switch verification on", file=sys.stderr)
        return 2
    if settings.verify and not settings.skill_id:
        LOG.warning("MAIRIE_SKILL_ID is empty: any skill's signed requests will be answered at /alexa; set it to your skill's id")
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        print(f"cannot listen on {host}:{port}: {error.strerror or error}; choose another with --port", file=sys.stderr)
        return 1
    if settings.workers:
        from skill.channels.workers import serve_many  # gunicorn is for servers in production

        with listener:
            host, port = listener.getsockname()[:2]  # a name is an address from here on
        return serve_many(settings, host, port)
    from skill.channels.server import create_server  # nor this

    with listener:
        skill = make_skill(settings)
        address = f"{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        server = create_server(create_app(settings, skill), listener)
        skill.reached_at(settings.public_url or f"http://{address}")
        with in_background(skill, settings), contextlib.closing(server):
            print(_welcome(settings, skill, address), flush=True)
            with contextlib.suppress(KeyboardInterrupt):
                server.run()
    return 0
