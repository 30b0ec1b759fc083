"""Announcements: what is closed, moved or to be known; seen as it will be spoken before it is."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for

from skill.app import Ready
from skill.city.hours import timetable
from skill.city.model import City
from skill.city.notices import CANCELLED, CLOSED, EFFECTS, INFO, MOVED, Notice
from skill.city.parse import make
from skill.city.waste import by_district, passages_on
from skill.console.desk import Desk, Overtaken, Wrong, mark
from skill.console.forms import Form
from skill.console.guard import AGAIN, again_fields, posted, staff
from skill.console.true_days import doubts, is_whole, true_days
from skill.conversation.turn import Slots, Turn, TurnKind
from skill.speech import fr

KINDS: Final = (
    (CLOSED, "Un lieu est fermé"), (CANCELLED, "Une collecte n'a pas lieu"), (MOVED, "Une collecte change de jour"), (INFO, "Autre information"),
)  # fmt: skip
PAST_SHOWN: Final = 20
BRIEF: Final = 90


def add(blue: Blueprint, desk: Desk) -> None:
    """The pages."""

    @blue.get("/annonces")
    def notices() -> Any:
        today = desk.now().date()
        every = sorted(desk.city.notices.values(), key=lambda n: (n.first, n.id))
        current = [n for n in every if n.last >= today]
        past = sorted((n for n in every if n.last < today), key=lambda n: n.last, reverse=True)[:PAST_SHOWN]
        return render_template("console/notices.html", current=[_shown(n, desk, today) for n in current], past=[_shown(n, desk, today) for n in past])

    @blue.route("/annonces/nouvelle", methods=["GET", "POST"])
    def new_notice() -> Any:
        return _form(desk, "")

    @blue.route("/annonces/<key>", methods=["GET", "POST"])
    def notice(key: str) -> Any:
        if desk.city.notices.get(key) is None:
            flash("Cette annonce n'existe plus.")
            return redirect(url_for("console.notices"))
        return _form(desk, key)

    @blue.post("/annonces/<key>/fin")
    def end_notice(key: str) -> Any:
        found = desk.city.notices.get(key)
        if found is not None:
            why = desk.remove([("notice", key)], brief(found, desk), staff().name)
            done = "L'annonce est retirée : plus aucune enceinte ne la dit. Vous pouvez la remettre depuis le journal."
            flash(f"Cette annonce ne peut pas être retirée : {why}" if why else done)
        return redirect(url_for("console.notices"))


def _form(desk: Desk, key: str) -> Any:
    given: Mapping[str, str] = again_fields() if request.method == "POST" else _stored(desk, key)
    page: dict[str, Any] = {
        "key": key,
        "given": given,
        "errors": [],
        "preview": None,
        "shown": "",
        "seen": request.form.get("_seen") or desk.seen("notice", key),
    }
    if posted():
        form = Form(given)
        row = _row(form, key or _fresh(request.form.get("_key", "")) or secrets.token_hex(4))
        notice: Notice = make("notice", row)
        try:
            if form.wrong:
                raise Wrong(form.wrong)
            if notice.first <= notice.last < desk.now().date() and not key:
                raise Wrong([("last", "ces jours sont passés")])
            page["shown"] = mark(row)
            if request.form.get("do") == "save" and request.form.get("_shown") == page["shown"]:  # what was not seen as it is is seen first
                desk.save([("notice", row, brief(notice, desk))], staff().name, seen=str(page["seen"]))
                flash("C'est publié : les enceintes le savent dès maintenant.")
                return redirect(url_for("console.notices"))
            page["preview"] = _preview(desk, row, notice)
        except Wrong as error:
            page["errors"] = error.fields
        except Overtaken as error:
            page["errors"] = [("", overtaken(error))]
            page["seen"] = desk.seen("notice", key)
    lists = {"kinds": KINDS, "places": _places(desk.city), "collections": _collections(desk.city), "districts": _districts(desk.city), "again": AGAIN}
    return render_template("console/notice.html", **lists, **page), 422 if page["errors"] else 200


def _fresh(key: str) -> str:
    """The id that a new announcement was seen with."""
    return key if re.fullmatch(r"[0-9a-f]{8}", key) else ""


def overtaken(error: Overtaken) -> str:
    """What to tell who came second."""
    who = error.who or "quelqu'un d'autre"
    return f"Cette fiche a été changée par {who} pendant que vous écriviez. Rien n'est enregistré : relisez, puis enregistrez de nouveau pour la remplacer."


def _stored(desk: Desk, key: str) -> dict[str, str]:
    """A notice as its form shows it; for a new one what its address says."""
    row = desk.row("notice", key) if key else None
    if row is None:
        today = desk.now().date().isoformat()
        return {"effect": CLOSED, "place": request.args.get("lieu", ""), "first": today, "last": today}
    start, _, end = str(row.get("hours", "")).partition("-")
    say = row.get("say", {})
    texts = {k: str(row.get(k, "")) for k in ("effect", "place", "collection", "district", "first", "last", "moved_to")}
    return {**texts, "from": start, "to": end, "say_fr": say.get("fr", ""), "say_en": say.get("en", ""), "last": str(row.get("last") or row.get("first", ""))}


def _row(form: Form, key: str) -> dict[str, Any]:
    """A notice's row from its form: fields that its effect does not use are left out, so that a forgotten one does no harm."""
    effect = form.chosen("effect", EFFECTS) or INFO
    first = form.day("first", "donner le premier jour")
    last = form.day("last") or first
    if effect == MOVED:
        last = first
    row: dict[str, Any] = {"id": key, "effect": effect, "first": first and first.isoformat(), "last": last and last.isoformat()}
    if effect in (CLOSED, INFO):
        row["place"] = form.text("place") or None
    if effect in (CANCELLED, MOVED) or (effect == INFO and not row.get("place")):
        row["collection"] = form.text("collection") or None
    if row.get("collection"):
        row["district"] = form.text("district") or None
    if effect == MOVED:
        day = form.day("moved_to", "dire à quel jour le passage est reporté")
        row["moved_to"] = day and day.isoformat()
    start, end = form.hour("from"), form.hour("to")
    if effect == CLOSED and (start or end):
        if not (start and end):
            form.wrong.append(("from", "donner les deux heures, ou aucune si c'est toute la journée"))
        row["hours"] = f"{start}-{end}"
    say = form.words("say")
    if say and "fr" not in say:
        form.wrong.append(("say_fr", "la phrase française manque"))
    say = say and {language: f"{text}{'' if text[-1] in '.!?…' else '.'}" for language, text in say.items()}
    row["say"] = say
    row["whole"] = None if not say or effect == INFO or is_whole(say.get("fr", ""), effect) else False
    if say and first and last:
        bounds = [true_days(text, first, last) for text in say.values()]
        starts, ends = [a for a, _ in bounds if a], [b for _, b in bounds if b]
        row["true_from"], row["true_until"] = (max(starts).isoformat() if starts else None), (min(ends).isoformat() if ends else None)
    return {k: v for k, v in row.items() if v is not None}


def _preview(desk: Desk, row: dict[str, Any], notice: Notice) -> dict[str, Any]:
    """What will be heard, and what to look at twice. Raises Wrong."""
    ready = desk.trial([("notice", row)])
    now = desk.now()
    moments = [now] if notice.first <= now.date() else [now, datetime.combine(notice.first, time(10), tzinfo=desk.skill.zone)]
    heard = [
        {"when": f"{fr.near_day(m.date(), now.date())}".capitalize(), "question": _question(notice, desk.city, language), "language": language, "text": text}
        for language in ("fr", "en") for m in moments if (text := _spoken(ready, notice, m, language))
    ]  # fmt: skip
    count = (notice.last - notice.first).days + 1
    days = f"{fr.between(notice.first, notice.last, notice.first - timedelta(days=400))}{f', {count} jours' if count > 1 else ''}"
    return {"heard": heard, "doubts": _doubts(desk, notice, now.date()), "days": days, "key": row["id"]}


def _question(notice: Notice, city: City, language: str) -> str:
    if notice.place in city.places:
        name = city.places[notice.place].name
        return f"Quand ouvre {fr.with_article(name['fr'], city.places[notice.place].article, 'le')} ?" if language == "fr" else f"When is {name['en']} open?"
    if notice.collection in city.collections:
        say = city.collections[notice.collection].say
        return f"Quand passe-t-on pour {say['fr']} ?" if language == "fr" else f"When is the collection for {say['en']}?"
    return "Quoi de neuf ?" if language == "fr" else "What's new?"


def _spoken(ready: Ready, notice: Notice, moment: datetime, language: str) -> str:
    intent, slots = "NewsIntent", Slots()
    if notice.place:
        intent, slots = "OpeningHoursIntent", Slots(places=(notice.place,))
    elif notice.collection:
        intent, slots = "NextCollectionIntent", Slots(collection=notice.collection, district=notice.district)
    answer = ready.answer(Turn(TurnKind.INTENT, {"fr": "fr-FR", "en": "en-GB"}[language], moment, intent, slots))
    return answer.speech.text if answer.speech else ""


def _doubts(desk: Desk, notice: Notice, today: date) -> list[str]:
    city, out = desk.city, []
    for sentence in notice.say.values():
        out += doubts(sentence, notice.first, notice.last, today)
    for other in city.notices.values():
        same = other.id != notice.id and (other.place, other.collection) == (notice.place, notice.collection) and (notice.place or notice.collection)
        if same and other.holds(notice.first, notice.last):
            out.append(f"une autre annonce existe sur ces jours : « {brief(other, desk)} » ; la première des deux sera dite")
    place = city.places.get(notice.place)
    if place and place.hours and notice.effect == CLOSED:
        days = timetable(place.hours, city.zone, city.country).days(notice.first, min(notice.last, notice.first + timedelta(days=60)))
        if not any(d.spans for d in days):
            out.append("ce lieu est déjà fermé ces jours-là d'habitude")
    if place and not place.hours and notice.effect == CLOSED:
        out.append("ce lieu n'a pas d'horaires connus : la voix dira seulement qu'il est fermé")
    collection = city.collections.get(notice.collection)
    if collection and notice.effect in (CANCELLED, MOVED):
        base = city.but(notices={k: n for k, n in city.notices.items() if k != notice.id})
        days_of = [notice.first + timedelta(days=n) for n in range(min((notice.last - notice.first).days, 60) + 1)]
        if not any(passages_on(base, collection, day, notice.district) for day in days_of):
            out.append("aucun passage n'est prévu ces jours-là pour cette collecte, à ce que je sais")
        if notice.district and notice.district not in by_district(collection):
            out.append("les jours de cette collecte ne dépendent pas du quartier")
    return list(dict.fromkeys(out))


def _shown(notice: Notice, desk: Desk, today: date) -> dict[str, Any]:
    days = fr.between(notice.first, notice.last, min(today, notice.first - timedelta(days=7)) if notice.last < today else today)
    state = "terminée" if notice.last < today else "en cours" if notice.first <= today else "à venir"
    return {"id": notice.id, "what": brief(notice, desk), "days": days, "state": state, "say": notice.say.get("fr", "")}


def brief(notice: Notice, desk: Desk) -> str:
    """A notice in a few words, for lists."""
    city = desk.city
    about = city.places[notice.place].name["fr"] if notice.place in city.places else ""
    about = about or (city.collections[notice.collection].say["fr"] if notice.collection in city.collections else "toute la ville")
    what = {CLOSED: "fermeture", CANCELLED: "pas de passage", MOVED: "passage reporté", INFO: notice.say.get("fr", "information")}.get(notice.effect, "")
    return f"{about[:1].upper() + about[1:]} : {what}"[:BRIEF]


def _places(city: City) -> list[tuple[str, str]]:
    return sorted(((p.id, p.name["fr"][:1].upper() + p.name["fr"][1:]) for p in city.places.values()), key=lambda p: p[1])


def _collections(city: City) -> list[tuple[str, str]]:
    return [(c.id, c.say["fr"][:1].upper() + c.say["fr"][1:]) for c in city.collections.values()]


def _districts(city: City) -> list[tuple[str, str]]:
    """Districts that have rounds of their own."""
    served = dict.fromkeys(d for c in city.collections.values() for d in by_district(c))
    return [(d, city.districts[d].name["fr"]) for d in served if d in city.districts]
