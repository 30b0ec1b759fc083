"""The first page, the list of changes with undo, the town's health, and accounts."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for

from podcasts.storage import StorageUnavailable
from skill.console import podcast_pages
from skill.console.accounts import ADMIN, FRENCH, PUBLISHER, ROLES, Refused
from skill.console.desk import LOGGED_ONLY, Desk, Overtaken, Wrong
from skill.console.fact_pages import waiting
from skill.console.forms import sentence
from skill.console.freshness import NEVER, Aged, oldest
from skill.console.guard import again_fields, needs, posted, staff
from skill.console.labels import LABELS, TABLES, told
from skill.console.notice_pages import brief
from skill.console.tries import right_password
from skill.conversation.ports import StoreUnavailable
from skill.stores.changes import ADDED, REMOVED, Change, ChangesBroken

SHOWN: Final = 100
OLD_SHOWN: Final = 60
SOON: Final = timedelta(days=7)
LINKS: Final = {"place": "console.place", "fact": "console.fact", "notice": "console.notice"}


def add(blue: Blueprint, desk: Desk) -> None:
    """The pages."""

    @blue.get("/")
    def home() -> Any:
        today = desk.now().date()
        notices = sorted((n for n in desk.city.notices.values() if n.holds(today, today + SOON)), key=lambda n: n.first)
        log = desk.changes.load()[0].log
        return render_template(
            "console/home.html", notices=[(n.id, brief(n, desk)) for n in notices], waiting=waiting(desk), old=len(oldest(desk.city, today)),
            last=[_line(c, frozenset(), desk) for c in reversed(log[-5:])], left_out=_left_out(desk), spoilt=desk.live.spoilt, fault=desk.live.fault,
        )  # fmt: skip

    @blue.get("/journal")
    def journal() -> Any:
        document, _ = desk.changes.load()
        page = max(0, int(n) if (n := request.args.get("page", "0")).isascii() and n.isdecimal() and len(n) < 6 else 0)
        rows = list(reversed(document.log))[page * SHOWN : (page + 1) * SHOWN]
        more = len(document.log) > (page + 1) * SHOWN
        return render_template("console/journal.html", rows=[_line(c, document.undone(), desk) for c in rows], page=page, more=more, archived=document.archived)

    @blue.post("/journal/<key>/annuler")
    def undo(key: str) -> Any:
        change = next((c for c in desk.changes.load()[0].log if c.id == key), None)
        if change is None:
            flash("Ce changement n'est plus dans le journal.")
        elif change.who != staff().name and not staff().may(PUBLISHER):
            return render_template("console/refused.html", role=PUBLISHER), 403
        else:
            flash(_undone(desk, change))
        return redirect(url_for("console.journal"))

    @blue.post("/journal/oublier")
    def forget() -> Any:
        table, key = request.form.get("table", ""), request.form.get("key", "")
        if (table, key) in desk.live.left_out:
            desk.forget(table, key, staff().name)
            flash("Ce changement est oublié.")
        return redirect(url_for("console.home"))

    @blue.get("/sante")
    def health() -> Any:
        return render_template("console/health.html", **_health(desk))

    @blue.route("/comptes", methods=["GET", "POST"])
    @needs(ADMIN)
    def accounts() -> Any:
        errors: list[tuple[str, str]] = []
        if posted():
            name, role = request.form.get("name", ""), request.form.get("role", "")
            try:
                before = desk.accounts.find(name)
                if request.form.get("do") == "remove":
                    desk.accounts.remove(name)
                    desk.note(staff().name, "staff", name, f"{name} : compte retiré", before and {"role": before.role}, None)
                    flash(f"Le compte {name} est retiré.")
                else:
                    desk.accounts.set_role(name, role)
                    desk.note(staff().name, "staff", name, f"{name} : {FRENCH.get(role, role)}", before and {"role": before.role}, {"role": role})
                    flash(f"{name} : {FRENCH[role]}. Il faudra se reconnecter.")
                return redirect(url_for("console.accounts"))
            except Refused as error:
                errors = [("", sentence(str(error)))]
        rows = sorted(desk.accounts.all().values(), key=lambda a: a.name)
        return render_template("console/accounts.html", rows=rows, roles=[(r, FRENCH[r]) for r in ROLES], errors=errors), 422 if errors else 200

    @blue.route("/mon-compte", methods=["GET", "POST"])
    def my_account() -> Any:
        errors: list[tuple[str, str]] = []
        if posted():
            try:
                if not right_password(desk, staff().name, request.form.get("old", "")):
                    raise Refused("l'ancien mot de passe n'est pas celui-là")
                if request.form.get("new") != request.form.get("repeated"):
                    raise Refused("les deux nouveaux mots de passe ne sont pas les mêmes")
                desk.accounts.set_password(staff().name, request.form.get("new", ""))
                desk.note(staff().name, "staff", staff().name, f"{staff().name} : mot de passe changé")
                flash("Le mot de passe est changé. Connectez-vous avec le nouveau.")
                return redirect(url_for("console.login"))
            except Refused as error:
                errors = [("old" if "ancien" in str(error) else "new", sentence(str(error)))]
        return render_template("console/my_account.html", errors=errors, given=again_fields() if request.method == "POST" else {}), 422 if errors else 200


def _line(change: Change, undone: frozenset[str], desk: Desk) -> dict[str, Any]:
    """A change as the list shows it."""
    gone = bool(change.after and change.after.get(REMOVED)) or (change.after is None and bool(change.before and change.before.get(ADDED)))
    what = "annulation" if change.undoes else "retrait" if gone else "ajout" if change.before is None and (change.after or {}).get(ADDED) else "changement"
    before, after = change.before or {}, change.after or {}
    base = desk.live.base_row(change.table, change.key) or {}
    own = change.table in LOGGED_ONLY

    def stood(fields: dict[str, Any], name: str) -> str:
        return told(fields.get(name, None if own else base.get(name)))

    names = [k for k in {**before, **after} if not k.startswith("_") and before.get(k) != after.get(k)]
    pairs = [(LABELS.get(k, k), stood(before, k), stood(after, k)) for k in names]
    link = url_for(LINKS[change.table], key=change.key) if change.table in LINKS and not gone else ""
    return {
        "id": change.id, "at": datetime.fromisoformat(change.at).astimezone(desk.skill.zone).strftime("%d/%m/%Y à %H h %M"), "who": change.who,
        "table": TABLES.get(change.table, change.table), "what": what, "name": change.what, "pairs": [p for p in pairs if p[1] != p[2]][:12], "link": link,
        "undone": change.id in undone, "can_undo": change.table not in ("staff", "question") and change.id not in undone,
    }  # fmt: skip


def _undone(desk: Desk, change: Change) -> str:
    try:
        if change.table == "podcast":
            if change.id in desk.changes.load()[0].undone():
                return "Ce changement est déjà annulé."
            if not staff().may(PUBLISHER) or not podcast_pages.undo(desk, change):
                return "Cet épisode ne peut pas revenir à ce qu'il était : il a changé depuis."
            after = change.before if change.before is not None else {"withdrawn": True}
            before = change.after if change.before is not None else {"withdrawn": False}
            desk.note(staff().name, "podcast", change.key, change.what, before, after, change.id)
        elif change.table in LOGGED_ONLY:
            return "Ce changement ne s'annule pas ici."
        else:
            desk.undo(change, staff().name)
    except Overtaken as error:
        return f"Cette fiche a été changée depuis{f' par {error.who}' if error.who else ''} : annulez d'abord ce changement-là."
    except Wrong as error:
        return "Ce changement ne peut pas être annulé : " + " ; ".join(text for _, text in error.fields)
    except (ValueError, OSError) as error:
        return f"Ce changement ne peut pas être annulé : {error}"
    return f"C'est annulé : {change.what}."


def _health(desk: Desk) -> dict[str, Any]:
    today, measures = desk.now().date(), desk.skill.measures
    old = oldest(desk.city, today)
    median, worst = measures.speeds()
    return {
        "old": [_old(a) for a in old[:OLD_SHOWN]],
        "old_count": len(old), "feeds": _feeds(desk), "stores": _stores(desk), "errors": sorted(measures.errors.items()), "answers": measures.answers,
        "median": f"{median:.1f}".replace(".", ","), "worst": f"{worst:.1f}".replace(".", ","), "since": _ago(measures.since),
        "left_out": _left_out(desk), "spoilt": desk.live.spoilt, "fault": desk.live.fault,
    }  # fmt: skip


def _left_out(desk: Desk) -> list[tuple[str, str, str]]:
    return [(table, key, TABLES.get(table, table)) for table, key in desk.live.left_out]


def _old(each: Aged) -> dict[str, str]:
    """A record to be looked at again, as the list shows it."""
    return {
        "table": TABLES[each.table], "name": each.name, "updated": each.updated.strftime("%d/%m/%Y") if each.updated else "date inconnue",
        "link": url_for(LINKS[each.table], key=each.id) if each.table in LINKS else "",
        "review": "" if each.review == NEVER else each.review.strftime("%d/%m/%Y"),
    }  # fmt: skip


def _ago(since: float) -> str:
    minutes = int((time.time() - since) / 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} heures" if minutes < 2880 else f"{minutes // 1440} jours"


def _feeds(desk: Desk) -> list[dict[str, Any]]:
    """Each series: how many episodes, when its feed was read, and what is wrong."""
    from podcasts import snapshots

    out, programmes = [], desk.skill.programmes
    for series in desk.city.series.values():
        row = {"name": series.name["fr"], "count": len(programmes.shelf.of(series.id)), "state": "", "wrong": ""}
        try:
            if series.own:
                row["state"] = "publiée ici"
                row["wrong"] = "sa liste d'épisodes a disparu" if programmes.lost(series.id) else ""
            elif series.feed and programmes.storage is not None:
                found = snapshots.load(programmes.storage, series.id)
                read = getattr(found, "read", None)
                row["state"] = f"lue le {read.astimezone(desk.skill.zone):%d/%m/%Y à %H h %M}" if read else "pas encore lue"
                row["wrong"] = str(getattr(found, "fault", "") or "")
            else:
                row["state"] = "démonstration" if series.demonstration else "sans flux connu"
        except (OSError, ValueError) as error:
            row["wrong"] = str(error)
        out.append(row)
    return out


def _stores(desk: Desk) -> list[dict[str, str]]:
    """Each store, and whether it answers."""
    out = []
    memory = desk.skill.memory
    for name, ask in (
        ("ce que le personnel change", lambda: desk.changes.load()),
        ("les podcasts", lambda: desk.skill.programmes.versions()),
        ("ce que les habitants ont demandé de retenir", lambda: memory.people.get("health")),
        ("les questions sans réponse", lambda: memory.unanswered.get("health")),
    ):
        try:
            ask()
            out.append({"name": name, "state": "répond"})
        except (StoreUnavailable, StorageUnavailable, ChangesBroken, OSError) as error:
            out.append({"name": name, "state": f"ne répond pas : {error}"})
    return out
