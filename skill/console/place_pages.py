"""Places: their hours as a plain form with the coming fortnight spelled out, their number, address and equipment; and new ones."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for

from skill.channels.api import read_json
from skill.city.fold import fold
from skill.city.notation import problems_in
from skill.console import hours_form
from skill.console.desk import Desk, Overtaken, Wrong
from skill.console.forms import Form, fresh_id
from skill.console.freshness import shown_age
from skill.console.guard import AGAIN, again_fields, posted, staff
from skill.console.hours_form import NONE, NOTATION
from skill.console.labels import LABELS, told
from skill.console.notice_pages import overtaken
from skill.console.tables import phone
from skill.conversation.turn import Focus
from skill.speech import fr

MOST_SHOWN: Final = 200
LONGEST_NAME: Final = 80
UNTAKEN: Final = frozenset({"AMAZON.FallbackIntent", "UnknownPlaceIntent", "TownQuestionIntent", "AsideIntent"})
"""What a name that means nothing yet is taken for."""
OTHER_KINDS: Final = {
    "venue": "équipement (salle, gymnase, piscine, musée…)", "town_hall": "mairie", "animal_shelter": "refuge pour animaux", "dog_bags": "sacs pour chiens",
}  # fmt: skip
"""Kinds that nobody asks for by a word of their own."""
_LEADING: Final = re.compile(r"(?:le |la |les |l['’])", re.IGNORECASE)
TEXTS: Final = ("name", "kind", "article", "address", "phone", "part_of", "district", "source")
LISTS: Final = ("aliases", "misheard", "entrances", "transport")
WORDS: Final = ("hours_note", "about", "where", "prices")
SPOKEN: Final = {"hours_note": "Précision sur les horaires", "about": "Ce qu'on en dit", "where": "Où il est, s'il n'a pas d'adresse", "prices": "Tarifs"}


def add(blue: Blueprint, desk: Desk) -> None:
    """The pages."""

    @blue.get("/lieux")
    def places() -> Any:
        asked = request.args.get("q", "")[:100]
        today = desk.now().date()
        words = fold(asked).split()
        found = [
            p
            for p in desk.city.places.values()
            if all(w in fold(f"{p.name['fr']} {' '.join(p.aliases.get('fr', ()))} {p.kind} {p.address} {p.phone}") for w in words)
        ]
        rows = [
            {"id": p.id, "name": fr.with_article(p.name["fr"], p.article, "le"), "hours": bool(p.hours), "age": shown_age(p.source, today)}
            for p in sorted(found, key=lambda p: fold(p.name["fr"]))[:MOST_SHOWN]
        ]
        return render_template("console/places.html", asked=asked, rows=rows, count=len(found))

    @blue.route("/lieux/nouveau", methods=["GET", "POST"])
    def new_place() -> Any:
        return _form(desk, "")

    @blue.route("/lieux/<key>", methods=["GET", "POST"])
    def place(key: str) -> Any:
        if desk.row("place", key) is None:
            flash("Ce lieu n'existe plus.")
            return redirect(url_for("console.places"))
        return _form(desk, key)

    @blue.post("/lieux/<key>/retirer")
    def remove_place(key: str) -> Any:
        found = desk.city.places.get(key)
        if found is not None:
            about = [("notice", n.id) for n in desk.city.notices.values() if n.place == key]
            why = desk.remove([("place", key), *about], found.name["fr"], staff().name)
            flash(f"Ce lieu ne peut pas être retiré : {why}" if why else "Le lieu est retiré. Le journal permet de le remettre.")
            if why:
                return redirect(url_for("console.place", key=key))
        return redirect(url_for("console.places"))


def _form(desk: Desk, key: str) -> Any:
    stored = desk.row("place", key) if key else None
    given: Mapping[str, str] = again_fields() if request.method == "POST" else _stored(stored)
    facilities = request.form.getlist("facilities") if request.method == "POST" else list((stored or {}).get("facilities", []))
    page: dict[str, Any] = {"key": key, "given": given, "facilities": facilities, "errors": [], "fortnight": None}
    page["seen"] = request.form.get("_seen") or desk.seen("place", key)
    if posted():
        form = Form(given)
        try:
            row = _row(form, given, key, stored, facilities, desk)
            if request.form.get("do") == "save":
                name = row.get("name", key)
                desk.save([("place", row, str(name))], staff().name, seen=str(page["seen"]))
                flash(f"C'est enregistré : les enceintes répondent avec ces renseignements dès maintenant.{_heard(desk, row, stored)}")
                return redirect(url_for("console.place", key=row["id"]))
            page["fortnight"] = _fortnight(str(row.get("hours", "")), desk)
        except Wrong as error:
            page["errors"] = error.fields
        except Overtaken as error:
            mine = _row(Form(given), given, key, stored, facilities, desk)
            page["errors"], page["other"] = [("", overtaken(error))], _differences(mine, error.now)
            page["given"] = _stored(_joined(_record(request.form.get("_was", "")), mine, error.now or {}))
            page["seen"] = desk.seen("place", key)
    elif given.get("mode") not in (NONE, None):
        page["fortnight"] = _fortnight(str((stored or {}).get("hours", "")), desk)
    page["lines"] = hours_form.count_lines(page["given"])
    page["was"] = json.dumps(desk.row("place", key) or {}, ensure_ascii=False) if key else ""
    lists = {
        "kinds": kinds_of(desk), "known_facilities": sorted(((f.id, f.name["fr"]) for f in desk.city.facilities.values()), key=lambda f: f[1]),
        "districts": [(d.id, d.name["fr"]) for d in desk.city.districts.values()], "months": fr.MONTHS, "weekdays": fr.WEEKDAYS,
        "holidays": hours_form.HOLIDAYS, "spoken": SPOKEN, "again": AGAIN,
    }  # fmt: skip
    return render_template("console/place.html", **lists, **page), 422 if page["errors"] else 200


def kinds_of(desk: Desk) -> list[tuple[str, str]]:
    """Kinds of place that can be chosen: those that the voice has a word for, and those that the town's places are."""
    named = {kind: words.get("one", kind) for kind, words in desk.skill.town.kinds["fr"].items()}
    used = {p.kind: OTHER_KINDS.get(p.kind, p.kind) for p in desk.city.places.values()}
    return sorted({**OTHER_KINDS, **used, **named}.items(), key=lambda k: fold(k[1]))


def _stored(row: dict[str, Any] | None) -> dict[str, str]:
    """A place as its form shows it."""
    row = row or {}
    out = {k: str(row.get(k, "")) for k in (*TEXTS, "name_en")}
    out |= {k: "\n".join(row.get(k, [])) for k in (*LISTS, "aliases_en")}
    out |= {f"{k}_{language}": row.get(k, {}).get(language, "") for k in WORDS for language in ("fr", "en")}
    return out | hours_form.fields_of(hours_form.to_week(str(row.get("hours", ""))))


def _row(form: Form, given: Mapping[str, str], key: str, stored: dict[str, Any] | None, facilities: list[str], desk: Desk) -> dict[str, Any]:
    """A place's row from its form; what the form does not show stays as it is. Raises Wrong."""
    row = dict(stored or {})
    for name in (*TEXTS, "name_en"):
        if name == "article" and name not in row and not form.text(name):
            continue
        row[name] = form.text(name) or None
    if stored and "article" in stored and not form.text("article"):
        row["article"] = stored["article"]
    for name in (*LISTS, "aliases_en"):
        row[name] = form.lines(name) or None
    row["kind"] = form.chosen("kind", dict(kinds_of(desk))) or None
    _aliases(form, row, key, stored, desk)
    for name in WORDS:
        row[name] = form.words(name)
        if row[name] and set(row[name]) != {"fr", "en"}:
            missing = "en" if "fr" in row[name] else "fr"
            form.wrong.append((f"{name}_{missing}", f"« {SPOKEN[name]} » : la phrase {'anglaise' if missing == 'en' else 'française'} manque"))
    row["facilities"] = [f for f in facilities if f in desk.city.facilities] or None
    week = hours_form.read_week(form, given)
    row["hours"] = hours_form.to_notation(week) or None
    if row["hours"]:
        form.wrong += [("notation" if week.mode == NOTATION else "mode", text) for text in problems_in(row["hours"], desk.city.country)]
    _named(form, row, key, desk)
    row["phone"] = phone(row["phone"]) if row.get("phone") else None
    row["id"] = key or fresh_id(row.get("name") or "lieu", desk.city.places)
    row["source"] = row.get("source") or "La mairie"
    row["updated"], row["updated_unknown"] = desk.now().date().isoformat(), None
    if form.wrong:
        raise Wrong(form.wrong)
    return {k: v for k, v in row.items() if v is not None}


def _named(form: Form, row: dict[str, Any], key: str, desk: Desk) -> None:
    """The name without its article, and a kind; a name that another place has is refused."""
    name = _LEADING.sub("", row.get("name") or "") if not key else row.get("name") or ""
    row["name"] = name or None
    if not name:
        form.wrong.append(("name", "donner le nom du lieu"))
    elif len(name) > LONGEST_NAME:
        form.wrong.append(("name", f"ce nom a {len(name)} caractères : {LONGEST_NAME} au plus"))
    double = next((p.id for p in desk.city.places.values() if p.id != key and fold(p.name["fr"]) == fold(name)), "")
    if double and name:
        form.wrong.append(("name", f"un lieu de ce nom existe déjà ({double}) : le changer plutôt que d'en ajouter un autre"))
    if not row.get("kind"):
        form.wrong.append(("kind", "choisir le type du lieu"))


def _aliases(form: Form, row: dict[str, Any], key: str, stored: dict[str, Any] | None, desk: Desk) -> None:
    """New names that mean something already are refused: a place called "quoi de neuf" would silence the news."""
    for name, locale in (("aliases", "fr-FR"), ("aliases_en", "en-GB")):
        for alias in row.get(name) or ():
            if len(alias) > LONGEST_NAME:
                form.wrong.append((name, f"« {alias[:30]}… » est trop long : {LONGEST_NAME} caractères au plus"))
                continue
            if alias in (stored or {}).get(name, ()):
                continue
            choice, _ = desk.skill.ready.understand(alias, locale, desk.now(), Focus())
            others = [desk.city.places[p].name["fr"] for p in choice.slots.places if p != key and p in desk.city.places]
            if others and fold(alias) in {fold(a) for p in choice.slots.places if p != key for a in _names(desk, p)}:
                form.wrong.append((name, f"« {alias} » est déjà un nom de : {others[0]}"))
            elif choice.intent not in UNTAKEN and not choice.slots.places:
                form.wrong.append((name, f"« {alias} » veut déjà dire autre chose : un nom plus précis est attendu"))


def _names(desk: Desk, key: str) -> list[str]:
    place = desk.city.places.get(key)
    return [place.name["fr"], *place.aliases.get("fr", ()), *place.aliases.get("en", ())] if place else []


def _heard(desk: Desk, row: dict[str, Any], stored: dict[str, Any] | None) -> str:
    """A warning where the voice says something else of what was just changed: a ready-made answer may come first."""
    number = row.get("phone")
    if not number or number == (stored or {}).get("phone"):
        return ""
    asked = f"quel est le numéro {fr.with_article(str(row['name']), desk.city.places[row['id']].article, 'de')}"
    choice, _ = desk.skill.ready.understand(asked, "fr-FR", desk.now(), Focus())
    if choice.slots.fact:
        return f" Attention : à « {asked} », la voix dit encore la réponse « {choice.slots.fact} » ; la changer ou la retirer dans Réponses."
    return ""


def _fortnight(notation: str, desk: Desk) -> dict[str, Any] | None:
    if not notation or problems_in(notation, desk.city.country):
        return None
    given = notation, desk.city.zone, desk.city.country, desk.now().date()
    return {"week": hours_form.usual_week(*given), "days": hours_form.spelled(*given)}


def _record(text: str) -> dict[str, Any]:
    """A record as a form carries it; empty for anything else."""
    found = read_json(text.encode())
    return found if isinstance(found, dict) else {}


def _joined(was: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """What both wanted: what one left as it was is as the other has it."""
    joined = {k: (theirs if mine.get(k) == was.get(k) else mine).get(k) for k in {**theirs, **mine}}
    return {k: v for k, v in joined.items() if v is not None}


def _differences(mine: dict[str, Any], theirs: dict[str, Any] | None) -> list[tuple[str, str, str]]:
    """Field by field, where two versions of a record are not alike."""
    theirs = theirs or {}
    return [(LABELS.get(k, k), told(mine.get(k)), told(theirs.get(k))) for k in {**mine, **theirs} if mine.get(k) != theirs.get(k) and k != "updated"]
