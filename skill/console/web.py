"""The console as a part of a Flask application: its pages, its guard, its faults in French."""

from __future__ import annotations

import ipaddress
import logging
from typing import Any, Final

from flask import Blueprint, Flask, abort, g, render_template, request
from werkzeug.exceptions import HTTPException

from podcasts.storage import Changed, StorageUnavailable
from skill.app import Skill
from skill.channels.faults import described
from skill.channels.limits import MOST_OF_FUNCTION
from skill.console import exchange_pages, fact_pages, notice_pages, overview_pages, place_pages, podcast_pages
from skill.console.accounts import FRENCH, PUBLISHER, Refused
from skill.console.desk import Desk, make_desk, secret_of
from skill.console.guard import guard, prepare
from skill.console.uploads import PART
from skill.conversation.ports import StoreUnavailable
from skill.homes import desk_of, guard_of
from skill.settings import Settings
from skill.stores.changes import ChangesBroken

LOG: Final = logging.getLogger("mairie.console")
MOST_FORM: Final = 1024 * 1024
MOST_SENT: Final = 16 * 1024 * 1024
"""Bytes of a form with a file, as a browser without script sends it."""
_LARGE: Final = frozenset({"console.new_episode", "console.exchange"})
_SENTENCES: Final = {
    400: "Cette demande ne se lit pas. Revenez à la page d'avant et recommencez.",
    403: "Cette demande vient d'ailleurs que de la console : elle n'est pas suivie.",
    404: "Cette page n'existe pas, ou n'existe plus.",
    405: "Cette page ne s'ouvre pas ainsi.",
    413: "Ce fichier est trop gros pour être envoyé ainsi : {most} Mo au plus sans JavaScript, images comprises. Exportez-le en MP3 à 64 kilobits par seconde.",
    429: "Trop de demandes à la fois. Attendez une minute, puis recommencez.",
}


def add_console(app: Flask, skill: Skill, settings: Settings) -> Desk | None:
    """Adds the pages under /console; a page that says why where there can be none."""
    folder = skill.live.folder.resolve().name if skill.live and skill.live.folder else skill.city.id
    storage = desk_of(settings, folder)
    blue = Blueprint("console", __name__, url_prefix="/console", template_folder="templates", static_folder="static")
    if storage is None or skill.live is None or skill.live.changes is None:
        blue.add_url_rule(
            "/", "off", lambda: ("La console est fermée : MAIRIE_DATA est vide, rien ne peut être gardé.\n", 503, {"Content-Type": "text/plain; charset=utf-8"})
        )
        app.register_blueprint(blue)
        return None
    secure = settings.public_url.startswith("https://")
    most_sent = MOST_OF_FUNCTION if settings.origin_key else MOST_SENT
    csrf = prepare(app, secret_of(storage), secure)
    desk = make_desk(skill, settings, storage, *guard_of(settings))

    @blue.before_request
    def limits() -> Any:
        request.max_content_length = most_sent if request.endpoint in _LARGE else PART + 1024 if request.endpoint == "console.upload_part" else MOST_FORM
        request.max_form_memory_size = MOST_FORM
        if not secure and not _from_here() and request.endpoint != "console.static":
            return render_template("console/insecure.html"), 403
        return None

    guard(blue, desk, csrf)
    for pages in (overview_pages, notice_pages, place_pages, fact_pages, podcast_pages, exchange_pages):
        pages.add(blue, desk)

    @blue.route("/<path:rest>", methods=["GET", "POST"])
    def nothing(rest: str) -> Any:
        abort(404)

    @blue.context_processor
    def known() -> dict[str, Any]:
        account = g.get("staff")
        return {
            "town": desk.city.name,
            "me": account,
            "role": FRENCH.get(account.role, "") if account else "",
            "publishes": bool(account and account.may(PUBLISHER)),
        }

    @blue.errorhandler(Exception)
    def wrong(error: Exception) -> Any:
        """A sentence for staff; a mistake of ours is in the log, with nothing of what they wrote."""
        if isinstance(error, HTTPException):
            code = error.code or 400
            text = _SENTENCES.get(code, "Cela ne se peut pas.").format(most=most_sent // 1024**2)
            return render_template("console/trouble.html", text=text), code
        LOG.error("a page of the console failed: %s", described(error))
        skill.measures.failed(type(error).__name__)
        if isinstance(error, StorageUnavailable | StoreUnavailable | Changed | ChangesBroken | Refused | OSError):
            return render_template("console/trouble.html", text=f"Rien n'est enregistré : {error}. Réessayez dans un instant."), 503
        return render_template("console/trouble.html", text="Une faute de notre côté a empêché cette page. Rien n'est enregistré."), 500

    app.register_blueprint(blue)
    return desk


def _from_here() -> bool:
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
