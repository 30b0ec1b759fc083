"""Who may come in: log-in with back-off, sessions on our side, CSRF, and nothing of a form lost when a session ends in the middle of it."""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, flash, g, redirect, render_template, request, session, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from skill.channels.safe import headers
from skill.console import tries
from skill.console.accounts import Account
from skill.console.desk import Desk
from skill.stores.desk_rows import Session

LOG: Final = logging.getLogger("mairie.console")
IDLE_S: Final = 2 * 3600
LONGEST_S: Final = 12 * 3600
SEEN_EVERY_S: Final = 60
MOST_KEPT: Final = 200_000
"""Characters of a form that are kept while somebody logs in again."""
POLICY: Final = "script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; form-action 'self'"
NOT_KEPT: Final = frozenset({"csrf_token", "password", "old", "new", "repeated"})
AGAIN: Final = "_again"
"""Field of a form that comes back after a log-in: it is shown, not saved."""


def prepare(app: Flask, key: bytes, secure: bool) -> CSRFProtect:
    """Cookies and CSRF of the console; nothing of it for any other page."""
    app.secret_key = key
    app.config.update(
        SESSION_COOKIE_NAME="mairie_console", SESSION_COOKIE_PATH="/console", SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=secure, WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False,
    )  # fmt: skip
    return CSRFProtect(app)


def staff() -> Account:
    """Whoever is logged in."""
    found: Account = g.staff
    return found


def posted() -> bool:
    """Whether a form is to be saved, and not only shown again after a log-in."""
    return request.method == "POST" and AGAIN not in request.form


def needs(role: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A page for those who have at least a role."""

    def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def inner(*args: Any, **kwargs: Any) -> Any:
            if not staff().may(role):
                return render_template("console/refused.html", role=role), 403
            return view(*args, **kwargs)

        return inner

    return wrap


def guard(blue: Blueprint, desk: Desk, csrf: CSRFProtect) -> None:
    """Puts the guard before every page of a blueprint, and adds the log-in."""

    @blue.before_request
    def before() -> Any:
        if request.endpoint == "console.static":
            return None
        if request.method == "POST" and _from_elsewhere():
            abort(403)
        g.staff = _known(desk)
        if request.endpoint in ("console.login", "console.logout"):
            g.staff = g.staff if request.method == "GET" else None
        if request.method == "POST":
            try:
                csrf.protect()
            except CSRFError:
                if request.endpoint == "console.login":
                    return _login_page("Cette page était restée ouverte trop longtemps. Entrez de nouveau votre mot de passe.", _kept_again()), 400
                return _login_page(*_over()), 401
        if g.staff is None and request.endpoint not in ("console.login", "console.logout"):
            if request.method == "POST":
                return _login_page(*_over()), 401
            return redirect(url_for("console.login", next=request.full_path.rstrip("?") if request.method == "GET" else None))
        return None

    @blue.after_request
    def after(response: Response) -> Response:
        response.headers.update(headers(POLICY, "same-origin"))
        if request.endpoint != "console.static":
            response.headers["Cache-Control"] = "no-store"
        if desk.settings.public_url.startswith("https://"):
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response

    @blue.route("/connexion", methods=["GET", "POST"])
    def login() -> Any:
        if request.method == "GET":
            return redirect(url_for("console.home")) if g.staff else _login_page("")
        name, password = request.form.get("name", "").strip().lower()[:80], request.form.get("password", "")[:400]
        waits = tries.wait(desk, name)
        account = None if waits else desk.accounts.check(name, password)
        if account is None:
            waits = waits or tries.failed(desk, name)
            LOG.warning("a log-in was refused")
            more = f" Après plusieurs essais, il faut attendre : réessayez dans {_minutes(waits)}." if waits else ""
            return _login_page(f"Ce nom et ce mot de passe ne vont pas ensemble.{more}", _kept_again()), 429 if waits else 401
        tries.succeeded(desk, name)
        _begin(desk, account)
        kept = _kept_again()
        if kept:
            g.staff = account
            return render_template("console/again.html", to=kept["to"], fields=kept["fields"], again=AGAIN)
        return redirect(_inside(request.form.get("next", "")) or url_for("console.home"))

    @blue.post("/deconnexion")
    def logout() -> AnyResponse:
        token = session.get("token")
        if isinstance(token, str):
            desk.sessions.forget(token)
        session.clear()
        flash("Vous êtes déconnecté.")
        return redirect(url_for("console.login"))


def _login_page(message: str, kept: dict[str, Any] | None = None) -> str:
    following = _inside(request.args.get("next", "") or request.form.get("next", ""))
    return render_template(
        "console/login.html",
        message=message,
        kept=json.dumps(kept) if kept else "",
        next=following,
        name=request.form.get("name", "")[:80] if request.endpoint == "console.login" else "",
    )


def _inside(path: str) -> str:
    """A path of the console, "" for anything else: nobody is sent elsewhere after a log-in."""
    try:
        parts = urlsplit(path)
    except ValueError:
        return ""
    inside = not parts.scheme and not parts.netloc and parts.path.startswith("/console") and not path.startswith("//") and "\\" not in path
    return path if inside and path.isprintable() else ""


def _over() -> tuple[str, dict[str, Any] | None]:
    """What to tell whose session is over, and what is kept of their form."""
    kept = _kept()
    told = "Ce que vous avez écrit est gardé : connectez-vous pour le reprendre." if kept else "Connectez-vous de nouveau."
    long = " Ce formulaire est trop long pour être gardé : revenez en arrière pour le copier." if kept is None and len(request.form) > 1 else ""
    return f"Votre session est finie. {told}{long}", kept


def _kept() -> dict[str, Any] | None:
    """The form that came with a request, to be shown again after a log-in."""
    fields = [(k, v) for k, values in request.form.lists() for v in values if k not in NOT_KEPT and k != AGAIN]
    if sum(len(k) + len(v) for k, v in fields) > MOST_KEPT:
        return None
    return {"to": request.path, "fields": fields} if fields else None


def _kept_again() -> dict[str, Any] | None:
    """What a log-in form carries."""
    try:
        kept = json.loads(request.form.get("kept", "") or "null")
        fields = [(str(k)[:100], str(v)) for k, v in kept["fields"]]
        to = _inside(str(kept["to"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return {"to": to, "fields": fields} if to and fields else None


def again_fields() -> MultiDict[str, str]:
    """The fields of a form, its hidden ones left out."""
    return MultiDict([(k, v) for k, values in request.form.lists() for v in values if not k.startswith("_") and k != "csrf_token"])


def _from_elsewhere() -> bool:
    """Whether a browser says that another site sends a form."""
    origin = request.headers.get("Origin", "")
    if request.headers.get("Sec-Fetch-Site", "same-origin") in ("cross-site", "same-site"):
        return True
    try:
        return bool(origin) and origin != "null" and urlsplit(origin).netloc != request.host
    except ValueError:
        return True


def _known(desk: Desk) -> Account | None:
    """Whoever the cookie belongs to, where the session still holds."""
    token = session.get("token")
    if not isinstance(token, str) or not token:
        return None
    found, now = desk.sessions.get(token), int(time.time())
    account = desk.accounts.find(found.who) if found.who else None
    if account is None or account.generation != found.generation or now - found.seen > IDLE_S or now - found.began > LONGEST_S:
        return None
    if now - found.seen > SEEN_EVERY_S:
        desk.sessions.change(token, lambda old: old.but(seen=now) if old.who else old)
    return account


def _begin(desk: Desk, account: Account) -> None:
    token, now = secrets.token_urlsafe(32), int(time.time())
    desk.sessions.change(token, lambda _: Session(account.name, account.generation, now, now))
    session.clear()
    session["token"] = token


def _minutes(seconds: int) -> str:
    return f"{seconds} secondes" if seconds < 90 else f"{round(seconds / 60)} minutes"
