"""Podcasts: publish, schedule, listen, change, withdraw and put back; and what is wrong with a feed, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for

from podcasts.audio import NotAudio
from podcasts.cover import NotACover
from podcasts.given import Refused as NotTaken
from skill.channels.media_files import send
from skill.console.accounts import PUBLISHER, Refused
from skill.console.desk import Desk, Wrong, mark
from skill.console.forms import Form, clean, sentence
from skill.console.guard import AGAIN, again_fields, needs, posted, staff
from skill.console.uploads import MOST, PART, Upload, Uploads
from skill.speech import fr
from skill.stores.changes import Change

if TYPE_CHECKING:
    from podcasts.catalogue import Entry
    from podcasts.library import Library

USUAL_HOUR: Final = time(8)
MOST_PICTURE: Final = 8 * 1024 * 1024


def add(blue: Blueprint, desk: Desk) -> None:
    """The pages."""
    uploads = Uploads(desk.storage)

    @blue.get("/podcasts")
    def podcasts() -> Any:
        series = [_series(desk, s) for s in desk.skill.programmes.own()]
        others = [
            {"name": s.name["fr"], "feed": s.feed, "count": len(desk.skill.programmes.shelf.of(s.id))}
            for s in desk.city.series.values() if s.feed
        ]  # fmt: skip
        return render_template("console/podcasts.html", series=series, others=others)

    @blue.route("/podcasts/<series>/nouveau", methods=["GET", "POST"])
    @needs(PUBLISHER)
    def new_episode(series: str) -> Any:
        return _new(desk, uploads, series, _library(desk, series))

    @blue.post("/podcasts/envois")
    @needs(PUBLISHER)
    def begin_upload() -> Any:
        size = request.form.get("size", "")
        try:
            made = uploads.begin(int(size) if size.isascii() and size.isdecimal() and len(size) < 16 else 0)
        except Refused as error:
            return jsonify(error=sentence(str(error))), 413
        return jsonify(id=made.id, part=PART, parts=made.parts)

    @blue.route("/podcasts/envois/<key>", methods=["GET"])
    @needs(PUBLISHER)
    def known_upload(key: str) -> Any:
        found = uploads.find(key)
        return jsonify(got=found.got, parts=found.parts) if found else (jsonify(error="Cet envoi est trop ancien : choisir de nouveau le fichier."), 404)

    @blue.post("/podcasts/envois/<key>/<int:number>")
    @needs(PUBLISHER)
    def upload_part(key: str, number: int) -> Any:
        try:
            now = uploads.take(key, number, request.get_data())
        except Refused as error:
            return jsonify(error=sentence(str(error))), 409
        return jsonify(got=now.got, parts=now.parts)

    @blue.route("/podcasts/<series>/<guid>", methods=["GET", "POST"])
    @needs(PUBLISHER)
    def episode(series: str, guid: str) -> Any:
        library = _library(desk, series)
        return _edit(desk, series, library, _entry(library, guid))

    @blue.post("/podcasts/<series>/<guid>/retirer")
    @needs(PUBLISHER)
    def withdraw(series: str, guid: str) -> Any:
        library = _library(desk, series)
        entry = library.withdraw(_entry(library, guid).guid, desk.now())
        _said(desk, series, entry, "retiré", {"withdrawn": False}, {"withdrawn": True})
        flash(f"« {entry.title} » est retiré. Rien n'est effacé : vous pouvez le remettre.")
        return redirect(url_for("console.podcasts"))

    @blue.post("/podcasts/<series>/<guid>/remettre")
    @needs(PUBLISHER)
    def restore(series: str, guid: str) -> Any:
        library = _library(desk, series)
        try:
            entry = library.restore(_entry(library, guid).guid, desk.now())
        except NotTaken as error:
            flash(sentence(str(error)))
            return redirect(url_for("console.podcasts"))
        _said(desk, series, entry, "remis", {"withdrawn": True}, {"withdrawn": False})
        flash(f"« {entry.title} » est remis.")
        return redirect(url_for("console.podcasts"))

    @blue.get("/podcasts/<series>/<guid>/son")
    def sound(series: str, guid: str) -> Any:
        library = _library(desk, series)
        entry = _entry(library, guid)
        response = send(library, entry.file, entry)
        response.headers.pop("Access-Control-Allow-Origin", None)
        return response

    @blue.get("/podcasts/<series>/verifier")
    def check_feed(series: str) -> Any:
        return render_template("console/feed.html", faults=_library(desk, series).check(desk.now()), name=desk.city.series[series].name["fr"])


def _library(desk: Desk, series: str) -> Library:
    found = desk.skill.programmes.library(series) if series in desk.skill.programmes.own() else None
    return found if found is not None else abort(404)


def _entry(library: Library, guid: str) -> Entry:
    wanted = f"urn:uuid:{guid}"
    return next((e for e in library.entries() if e.guid == wanted), None) or abort(404)


def _series(desk: Desk, key: str) -> dict[str, Any]:
    library, now = _library(desk, key), desk.now()
    rows = [
        {
            "guid": e.guid.removeprefix("urn:uuid:"), "title": e.title, "lasting": fr.lasting(e.seconds), "when": _when(e.published, desk),
            "state": "retiré" if e.withdrawn else "à venir" if e.published > now else "publié",
        }
        for e in library.entries()
    ]  # fmt: skip
    return {"id": key, "name": desk.city.series[key].name["fr"], "episodes": rows, "feed": library.feed_url}


def _when(moment: datetime, desk: Desk) -> str:
    return moment.astimezone(desk.skill.zone).strftime("%d/%m/%Y à %H h %M")


def _moment(form: Form, desk: Desk) -> datetime | None:
    day, hour = form.day("day"), form.hour("hour")
    if day is None:
        return None
    at = time.fromisoformat(hour) if hour and hour != "24:00" else USUAL_HOUR
    return datetime.combine(day, at, tzinfo=desk.skill.zone)


def _fields(form: Form, given: Mapping[str, str], desk: Desk) -> dict[str, Any]:
    number = form.text("number")
    if number and not (number.isascii() and number.isdecimal() and len(number) < 7):
        form.wrong.append(("number", "le numéro de l'épisode est un nombre"))
        number = ""
    return {
        "title": form.text("title"), "description": "\n".join(clean(row).strip() for row in given.get("description", "").splitlines()).strip(),
        "number": int(number) if number else None, "published": _moment(form, desk),
    }  # fmt: skip


def _new(desk: Desk, uploads: Uploads, series: str, library: Library) -> Any:
    now = desk.now()
    given: Mapping[str, str] = again_fields() if request.method == "POST" else {}
    page: dict[str, Any] = {
        "series": series,
        "name": desk.city.series[series].name["fr"],
        "given": given,
        "errors": [],
        "again": AGAIN,
        "most": MOST,
        "upload": None,
    }
    page["upload"] = upload = uploads.find(request.form.get("upload", ""))
    if posted():
        form = Form(given)
        try:
            sent = request.files.get("sound")
            if sent is not None and sent.filename:
                page["upload"] = upload = uploads.keep(sent.stream)  # type: ignore[arg-type]
            fields = _fields(form, given, desk)
            for name, text in (("title", "donner le titre"), ("description", "donner une description : elle est lue par les applications")):
                if not fields[name]:
                    form.wrong.append((name, text))
            if upload is None or not upload.whole:
                form.wrong.append(("sound", "choisir le fichier du son" if upload is None else "le fichier n'est pas arrivé en entier : reprendre l'envoi"))
            if form.wrong or upload is None:
                raise Wrong(form.wrong)
            entry = _publish(library, uploads, upload, fields, now)
            _said(desk, series, entry, "ajouté", None, _told(entry))
            later = entry.published > now
            flash(f"« {entry.title} » paraîtra le {_when(entry.published, desk)}." if later else f"« {entry.title} » est publié : les enceintes le jouent.")
            return redirect(url_for("console.podcasts"))
        except Wrong as error:
            page["errors"] = error.fields
        except (NotAudio, NotACover, NotTaken, Refused) as error:
            page["errors"] = [("cover" if isinstance(error, NotACover) else "sound", sentence(str(error)))]
            if isinstance(error, NotAudio) and upload is not None:
                uploads.drop(upload.id)
                page["upload"] = None
    return render_template("console/episode_new.html", **page), 422 if page["errors"] else 200


def _publish(library: Library, uploads: Uploads, upload: Upload, fields: dict[str, Any], now: datetime) -> Entry:
    picture = request.files.get("cover")
    with uploads.file(upload) as path:
        image = _picture(picture.stream.read(MOST_PICTURE + 1), path.with_name("image")) if picture is not None and picture.filename else None
        given = {k: v for k, v in fields.items() if v is not None and k not in ("title", "description")}
        entry = library.add(path, fields["title"], fields["description"], now, image=image, **given)
    uploads.drop(upload.id)
    return entry


def _picture(data: bytes, path: Path) -> Path:
    if len(data) > MOST_PICTURE:
        raise Refused(f"l'image fait plus de {MOST_PICTURE // 1024**2} Mo : l'exporter plus petite")
    with open(path, "wb") as out:
        out.write(data)
    return path


def _edit(desk: Desk, series: str, library: Library, entry: Entry) -> Any:
    local = entry.published.astimezone(desk.skill.zone)
    stored = {
        "title": entry.title,
        "description": entry.description,
        "number": str(entry.number or ""),
        "day": local.date().isoformat(),
        "hour": f"{local:%H:%M}",
    }
    given: Mapping[str, str] = again_fields() if request.method == "POST" else stored
    page: dict[str, Any] = {"series": series, "entry": entry, "guid": entry.guid.removeprefix("urn:uuid:"), "given": given, "errors": [], "again": AGAIN}
    page["seen"] = request.form.get("_seen") or mark(_told(entry))
    if posted():
        form = Form(given)
        try:
            fields = {k: v for k, v in _fields(form, given, desk).items() if v is not None}
            if page["seen"] != mark(_told(entry)):
                page["seen"] = mark(_told(entry))
                raise Wrong([("", "quelqu'un a changé cet épisode pendant que vous écriviez : relisez, puis enregistrez de nouveau")])
            if form.wrong:
                raise Wrong(form.wrong)
            after = library.edit(entry.guid, desk.now(), **fields)
            _said(desk, series, after, "changé", _told(entry), _told(after))
            flash("C'est enregistré.")
            return redirect(url_for("console.podcasts"))
        except Wrong as error:
            page["errors"] = error.fields
        except NotTaken as error:
            page["errors"] = [("", sentence(str(error)))]
    return render_template("console/episode.html", **page), 422 if page["errors"] else 200


def _told(entry: Entry) -> dict[str, Any]:
    """What the list of changes keeps of an episode."""
    return {
        "title": entry.title,
        "description": entry.description,
        "published": entry.published.isoformat(),
        "number": entry.number,
        "withdrawn": entry.withdrawn,
    }


def _said(desk: Desk, series: str, entry: Entry, what: str, before: Any, after: Any) -> None:
    """Lets the speakers know, and writes it down."""
    desk.skill.programmes.reload()
    desk.note(staff().name, "podcast", f"{series}/{entry.guid.removeprefix('urn:uuid:')}", f"{entry.title} : {what}", before, after)


def undo(desk: Desk, change: Change) -> bool:
    """Takes a change of an episode back; False where it no longer is, or was changed since."""
    series, _, guid = change.key.partition("/")
    library = desk.skill.programmes.library(series) if series in desk.skill.programmes.own() else None
    entry = next((e for e in library.entries() if e.guid == f"urn:uuid:{guid}"), None) if library else None
    if library is None or entry is None:
        return False
    before, after, stands = change.before, change.after, _told(entry)
    if after is not None and any(stands.get(k) != v for k, v in after.items()):
        return False
    if before is None or before.get("withdrawn") is True:
        library.withdraw(entry.guid, desk.now())
    elif entry.withdrawn:
        library.restore(entry.guid, desk.now())
    elif "title" in before:
        changes = {"title": before["title"], "description": before["description"], "published": datetime.fromisoformat(before["published"])}
        library.edit(entry.guid, desk.now(), **changes, **({"number": before["number"]} if before.get("number") else {}))
    desk.skill.programmes.reload()
    return True
