"""The web endpoint: POST /alexa for Amazon, POST /api/ask for anyone with words, and a page that says so."""

from __future__ import annotations

import ipaddress
import json
import logging
import socket
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, jsonify, request

from skill.app import Answer, Settings, Skill, make_skill
from skill.channels.alexa import AlexaChannel
from skill.channels.alexa_sdk import adapter
from skill.channels.alexa_signature import NotFromAlexa, Verifier
from skill.channels.tries import tries
from skill.conversation.turn import Focus
from skill.speech.ssml import ssml
from skill.stores.compiled import from_files
from skill.stores.town_files import BrokenFiles, find_town, town_hash

LOG: Final = logging.getLogger("mairie.web")
MOST_BYTES: Final = 128 * 1024
MOST_TEXT: Final = 10_000
LOOK_EVERY_S: Final = 2.0
TRY: Final = """Mairie vocale répond. / Mairie vocale is listening.

%(tries)s
  make talk                  (une conversation dans le terminal / a conversation in the terminal)

Alexa : POST http://%(host)s:%(port)s/alexa  (signatures %(verify)s)
"""


def create_app(settings: Settings, skill: Skill, verifier: Verifier | None = None) -> Flask:
    """The Flask application of a skill. `verifier` is Alexa's; it is not asked where the settings switch verification off."""
    app = Flask("mairie", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    channel = AlexaChannel(skill, settings.skill_id)
    sdk = adapter(channel, app)
    checks = verifier or Verifier()

    @app.post("/alexa")
    def alexa() -> Any:
        body = request.get_data(cache=True)
        try:
            event = json.loads(body.decode("utf-8"))
        except (UnicodeDecodeError, ValueError, RecursionError):
            return _refused("not JSON")
        if not isinstance(event, dict):
            return _refused("not an envelope")
        if settings.verify:
            try:
                checks.verify(request.headers, body, event)  # type: ignore[arg-type]
            except NotFromAlexa as error:
                return _refused(str(error))
        try:
            return sdk.dispatch_request()
        except Exception as error:  # flask-ask-sdk answers 500 to what is a bad request
            return _refused(f"{type(error).__name__}")

    @app.post("/api/ask")
    def ask() -> Any:
        data = request.get_json(silent=True)
        data = data if isinstance(data, dict) else {}
        text = data.get("text")
        if not isinstance(text, str) or len(text) > MOST_TEXT:
            return jsonify(error=f'send {{"text": "…"}} as JSON, at most {MOST_TEXT} characters'), 400
        locale = str(data.get("locale", "fr-FR"))
        focus = Focus.from_plain(data.get("session"))
        return jsonify(_plain(skill.hear(text, locale, skill.now(), focus)))

    @app.get("/")
    def home() -> Response:
        host, _, port = request.host.partition(":")
        text = TRY % {
            "tries": tries(skill.city, host, port or "80"),
            "host": host,
            "port": port or "80",
            "verify": "vérifiées" if settings.verify else "non vérifiées",
        }
        return Response(text, mimetype="text/plain")

    @app.errorhandler(413)
    def too_large(_: Exception) -> Any:
        return jsonify(error=f"at most {MOST_BYTES} bytes"), 413

    return app


def _refused(why: str) -> Any:
    """400, with the reason in the log only."""
    LOG.warning("request refused: %s", why)
    return jsonify(error="bad request"), 400


def _plain(answer: Answer) -> dict[str, Any]:
    card = answer.reply.card
    return {
        "speech": answer.speech.text if answer.speech else "",
        "ssml": f"<speak>{ssml(answer.speech)}</speak>" if answer.speech else "",
        "reprompt": answer.reprompt.text if answer.reprompt else "",
        "card": {"title": card.title, "text": card.text} if card else None,
        "intent": answer.reply.intent,
        "session": answer.reply.focus.plain(),
    }


def is_loopback(host: str) -> bool:
    """Whether a bind address is reachable from this machine only."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Reloader(threading.Thread):
    """Takes changed town files as soon as they are good; keeps the last good town while they are not."""

    def __init__(self, skill: Skill, folder: Path) -> None:
        super().__init__(name="town-reloader", daemon=True)
        self._skill, self._folder = skill, folder
        self._seen = town_hash(folder)
        self._done = threading.Event()

    def run(self) -> None:
        """Looks every LOOK_EVERY_S seconds until stopped."""
        while not self._done.wait(LOOK_EVERY_S):
            self.look()

    def look(self) -> bool:
        """Reloads if the files changed; True when a new town was taken."""
        try:
            found = town_hash(self._folder)
            if found == self._seen:
                return False
            self._seen = found
            self._skill.replace(from_files(self._folder))
        except BrokenFiles as error:
            for problem in error.located:
                LOG.error("town not taken, the last good one stays: %s", problem)
            return False
        except OSError as error:
            LOG.error("town not read, the last good one stays: %s", error)
            return False
        LOG.info("town taken again at %s", datetime.now(self._skill.zone).isoformat(timespec="seconds"))
        return True

    def stop(self) -> None:
        """Ends the thread."""
        self._done.set()


def serve(settings: Settings, host: str, port: int) -> int:
    """Runs until interrupted. Refuses to answer unsigned Alexa requests anywhere but on loopback."""
    import waitress

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    if not settings.verify and not is_loopback(host):
        print("MAIRIE_VERIFY=off is for this machine only: bind 127.0.0.1, or switch verification on", file=sys.stderr)
        return 2
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        print(f"cannot listen on {host}:{port}: {error.strerror or error}; choose another with --port", file=sys.stderr)
        return 1
    with listener:
        skill = make_skill(settings)
        server = waitress.create_server(create_app(settings, skill), sockets=[listener], threads=4, ident=None)
        reloader = None if settings.compiled else Reloader(skill, find_town(settings.town))
        if reloader:
            reloader.start()
        at = {"host": host, "port": listener.getsockname()[1], "verify": "vérifiées" if settings.verify else "non vérifiées"}
        print(TRY % {**at, "tries": tries(skill.city, host, at["port"])}, flush=True)
        try:
            server.run()
        except KeyboardInterrupt:
            pass
        finally:
            if reloader:
                reloader.stop()
            server.close()
    return 0
