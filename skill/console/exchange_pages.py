"""In and out: CSV, TOML and Opendatasoft in, as proposals to accept one by one; the town with its changes out, as TOML and CSV."""

from __future__ import annotations

import io
import tomllib
import zipfile
from typing import Any, Final

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for

from skill.city.fold import fold
from skill.city.parse import TABLES as EVERY
from skill.console import opendatasoft, tables
from skill.console.accounts import PUBLISHER, Refused
from skill.console.desk import Desk, Overtaken, Wrong
from skill.console.forms import sentence
from skill.console.guard import AGAIN, again_fields, needs, posted, staff
from skill.console.notice_pages import overtaken
from skill.console.place_pages import kinds_of
from skill.console.proposals import Drafts, Proposal, propose
from skill.console.written_hours import notation_of

MOST_SHOWN: Final = 300


def add(blue: Blueprint, desk: Desk) -> None:
    """The pages."""
    drafts = Drafts(desk.storage)

    @blue.route("/echanges", methods=["GET", "POST"])
    @needs(PUBLISHER)
    def exchange() -> Any:
        page: dict[str, Any] = {"tables": tables.TABLES, "errors": [], "given": again_fields() if request.method == "POST" else {}, "again": AGAIN}
        if posted():
            try:
                return _taken_in(desk, drafts)
            except Refused as error:
                page["errors"] = [("file", sentence(str(error)))]
        page["kinds"] = kinds_of(desk)
        page["editable"] = desk.live.folder is not None
        return render_template("console/exchange.html", **page), 422 if page["errors"] else 200

    @blue.route("/echanges/opendatasoft", methods=["GET", "POST"])
    @needs(PUBLISHER)
    def from_portal() -> Any:
        return _portal(desk, drafts)

    @blue.route("/echanges/<key>", methods=["GET", "POST"])
    @needs(PUBLISHER)
    def accept(key: str) -> Any:
        try:
            proposals, origin = drafts.find(key)
        except Refused as error:
            flash(sentence(str(error)))
            return redirect(url_for("console.exchange"))
        errors: list[tuple[str, str]] = []
        if posted():
            chosen = _chosen()
            picked = [p for n, p in enumerate(proposals) if n in chosen and not p.wrong]
            try:
                known = {(p.table, str(p.row["id"])): p.seen for p in picked}
                desk.save([(p.table, p.row, f"{p.row.get('name') or p.row['id']}, import de {origin}") for p in picked], staff().name, seen=known)
                left = [p for n, p in enumerate(proposals) if n not in chosen or p.wrong]
                drafts.drop(key)
                flash(_count(len(picked), "enregistrée") + (f" {_count(len(left), 'laissée')[:-1]} de côté." if left else ""))
                return redirect(url_for("console.exchange"))
            except Wrong as error:
                errors = error.fields
            except Overtaken as error:
                errors = [("", overtaken(error))]
        return render_template("console/proposals.html", proposals=proposals[:MOST_SHOWN], count=len(proposals), origin=origin, key=key, errors=errors,
            again=AGAIN,
            chosen=_chosen() if request.method == "POST" else set(range(len(proposals))),
        )  # fmt: skip

    @blue.get("/echanges/<table>.csv")
    @needs(PUBLISHER)
    def csv_out(table: str) -> Any:
        if table not in tables.TABLES or desk.live.folder is None:
            abort(404)
        data = tables.write_csv(table, desk.live.current().get(table, []))
        return _file(data, f"{desk.city.id}-{tables.TABLES[table].replace('é', 'e')}.csv", "text/csv; charset=utf-8")

    @blue.get("/echanges/ville.zip")
    @needs(PUBLISHER)
    def toml_out() -> Any:
        from skill.console.export import files

        if desk.live.folder is None:
            abort(404)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files(desk.live).items():
                archive.writestr(f"{desk.city.id}/{name}", text)
        return _file(out.getvalue(), f"{desk.city.id}.zip", "application/zip")


def _count(number: int, what: str) -> str:
    return f"{number} fiches {what}s." if number > 1 else f"{number or 'Aucune'} fiche {what}."


def _chosen() -> set[int]:
    return {int(n) for n in request.form.getlist("chosen") if n.isascii() and n.isdecimal() and len(n) < 7}


def _file(data: bytes, name: str, mime: str) -> Response:
    response = Response(data, content_type=mime)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _usual(desk: Desk, table: str, origin: str) -> dict[str, Any]:
    usual: dict[str, Any] = {"source": origin, "updated": desk.now().date().isoformat()}
    if table == "place":
        kind = request.form.get("kind", "")
        usual["kind"] = kind if kind in dict(kinds_of(desk)) else "venue"
    return usual | ({"topic": "mairie"} if table == "fact" else {})


def _read(row: dict[str, Any], desk: Desk) -> dict[str, Any]:
    """A row of a table with its kind as the town calls it, its hours as the notation, and its name as inside a sentence."""
    kinds = kinds_of(desk)
    words = {fold(w): kind for kind, label in kinds for w in (kind, label, label.split(" (")[0])}
    words |= {fold(w.get("many", "")): kind for kind, w in desk.skill.town.kinds["fr"].items()}
    if row.get("kind"):
        row["kind"] = words.get(fold(row["kind"]), row["kind"])
    if row.get("hours"):
        row["hours"] = notation_of(row["hours"])
    first, _, rest = str(row.get("name", "")).partition(" ")
    if rest and fold(first) in words:
        row["name"] = f"{first[:1].lower()}{first[1:]} {rest}"
    return row


def _taken_in(desk: Desk, drafts: Drafts) -> Any:
    sent = request.files.get("file")
    table = request.form.get("table", "")
    if desk.live.folder is None:
        raise Refused("cette ville est compilée : seules les annonces s'y changent")
    if sent is None or not sent.filename:
        raise Refused("choisir un fichier CSV ou TOML")
    data = sent.stream.read(tables.MOST_BYTES + 1)
    name = "un fichier TOML" if sent.filename.lower().endswith(".toml") else "un fichier CSV"
    if sent.filename.lower().endswith(".toml"):
        found = _toml(data)
        proposals: list[Proposal] = []
        same = 0
        for each, rows in found.items():
            more, alike = propose(desk, each, rows, {})
            proposals, same = proposals + more, same + alike
    else:
        if table not in tables.TABLES:
            raise Refused("dire ce que le fichier contient : des lieux, des réponses ou des déchets")
        proposals, same = propose(desk, table, [_read(tables.to_row(cells), desk) for cells in tables.read_csv(data, table)], _usual(desk, table, "La mairie"))
    return _kept(drafts, proposals, same, name)


def _toml(data: bytes) -> dict[str, list[dict[str, Any]]]:
    from skill.stores.changes import plain
    from skill.stores.toml_lines import in_french

    text = ""
    if len(data) > tables.MOST_BYTES:
        raise Refused("ce fichier est trop gros : le couper en plusieurs")
    try:
        text = data.decode("utf-8-sig")
        found = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise Refused("ce fichier n'est pas en UTF-8 : l'enregistrer en UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        line, message = in_french(str(error), text)
        raise Refused(f"ligne {line} : {message}") from error
    except ValueError as error:
        raise Refused("un nombre de ce fichier est trop long") from error
    except RecursionError as error:
        raise Refused("ce fichier ne se lit pas : trop de crochets l'un dans l'autre") from error
    strange = [t for t, rows in found.items() if t not in EVERY or not isinstance(rows, list) or not all(_usable(r) for r in rows)]
    if strange or not found:
        raise Refused(f"des fiches [[place]], [[fact]], [[item]]… avec leur id sont attendues{f' ; « {strange[0][:40]} » n’en est pas' if strange else ''}")
    return {table: [plain(row) for row in rows] for table, rows in found.items()}


def _usable(row: Any) -> bool:
    """A record with an id that is text, and no key of our own."""
    good = isinstance(row, dict) and isinstance(row.get("id"), str) and row["id"] and not any(k.startswith("_") for k in row)
    lists = [v for k in ("questions", "say", "answer", "names") if (v := row.get(k)) is not None] if good else []
    return bool(good) and all(isinstance(v, dict) and all(isinstance(t, str | list) for t in v.values()) for v in lists)


def _kept(drafts: Drafts, proposals: list[Any], same: int, origin: str) -> Any:
    if not proposals:
        flash(f"Rien à changer : les {same} fiches sont déjà ainsi." if same else "Ce fichier n'a aucune fiche.")
        return redirect(url_for("console.exchange"))
    return redirect(url_for("console.accept", key=drafts.keep(proposals, origin)))


def _portal(desk: Desk, drafts: Drafts) -> Any:
    """Two steps: which portal and dataset, then which field is what; the records are read again for the second."""
    given = again_fields() if request.method == "POST" else {}
    page: dict[str, Any] = {"given": given, "errors": [], "fields": None, "mapping": {}, "columns": tables.COLUMNS["place"], "again": AGAIN}
    page["kinds"] = kinds_of(desk)
    if posted():
        try:
            if desk.live.folder is None:
                raise Refused("cette ville est compilée : seules les annonces s'y changent")
            records = opendatasoft.read(given.get("portal", ""), given.get("dataset", ""))
            page["fields"], page["example"] = opendatasoft.fields_of(records), records[0]
            page["mapping"] = opendatasoft.guess(page["fields"], "place")
            if request.form.get("do") == "preview":
                mapping = {c: f for c in tables.COLUMNS["place"] if (f := given.get(f"map-{c}", "")) in page["fields"]}
                page["mapping"] = mapping
                if "name" not in mapping:
                    raise Refused("dire quel champ donne le nom du lieu")
                rows = [row for r in records if (row := _read(tables.to_row(opendatasoft.to_cells(r, mapping)), desk)).get("name")]
                origin = f"{given.get('portal', '')[:80]}, {given.get('dataset', '')[:80]}"
                proposals, same = propose(desk, "place", rows, _usual(desk, "place", origin))
                return _kept(drafts, proposals, same, origin)
        except Refused as error:
            page["errors"] = [("portal", sentence(str(error)))]
    return render_template("console/portal.html", **page), 422 if page["errors"] else 200
