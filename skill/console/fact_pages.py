"""Free answers: what people ask, in their own words, and what is said; and the questions that nobody could answer yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for

from skill.app import Ready
from skill.city.fold import fold
from skill.city.lexicon import split
from skill.city.rows import LONGEST_ANSWER
from skill.console.desk import Desk, Overtaken, Wrong
from skill.console.forms import Form, fresh_id
from skill.console.guard import AGAIN, again_fields, posted, staff
from skill.console.notice_pages import overtaken
from skill.console.steals import Trial, attempt
from skill.conversation.ports import StoreUnavailable
from skill.conversation.unanswered import KEPT_DAYS, days_kept, lately
from skill.homes import memory_of

MOST_SHOWN: Final = 100
MOST_GROUPED: Final = 400
"""Questions that are put together, the most asked first: each is compared with each."""
ALIKE: Final = 0.5
"""Share of words by which two questions are one."""


def add(blue: Blueprint, desk: Desk) -> None:
    """The pages."""

    @blue.get("/reponses")
    def facts() -> Any:
        asked = request.args.get("q", "")[:100]
        today, words = desk.now().date(), fold(asked).split()
        found = [f for f in desk.city.facts.values() if all(w in fold(f"{' '.join(f.questions.get('fr', ()))} {f.answer['fr']}") for w in words)]
        rows = [{"id": f.id, "question": next(iter(f.questions.get("fr", ())), f.id), "answer": f.answer_on(today).get("fr", "")} for f in found[:MOST_SHOWN]]
        return render_template("console/facts.html", asked=asked, rows=rows, count=len(found))

    @blue.route("/reponses/nouvelle", methods=["GET", "POST"])
    def new_fact() -> Any:
        return _form(desk, "")

    @blue.route("/reponses/<key>", methods=["GET", "POST"])
    def fact(key: str) -> Any:
        if desk.row("fact", key) is None:
            flash("Cette réponse n'existe plus.")
            return redirect(url_for("console.facts"))
        return _form(desk, key)

    @blue.post("/reponses/<key>/retirer")
    def remove_fact(key: str) -> Any:
        if key in desk.city.facts:
            why = desk.remove([("fact", key)], _first(desk, key), staff().name)
            flash(f"Cette réponse ne peut pas être retirée : {why}" if why else "La réponse est retirée. Le journal permet de la remettre.")
        return redirect(url_for("console.facts"))

    @blue.get("/questions")
    def questions() -> Any:
        return render_template("console/questions.html", groups=grouped(desk), days=KEPT_DAYS)

    @blue.post("/questions/pas-pour-nous")
    def not_ours() -> Any:
        words = request.form.getlist("words")[:50]
        _drop(desk, words)
        desk.note(staff().name, "question", "", f"pas pour nous : {len(words)} question(s)")  # words of residents are not kept for longer than a month
        flash("C'est noté : cette question n'est plus dans la liste.")
        return redirect(url_for("console.questions"))


def waiting(desk: Desk) -> int:
    """How many different questions wait for an answer; none where they cannot be read, so that the first page is there all the same."""
    try:
        return len(lately(desk.skill.memory.unanswered, desk.now().date()))
    except StoreUnavailable:
        return 0


def grouped(desk: Desk) -> list[dict[str, Any]]:
    """The unanswered questions of the last days, those that ask the same together, the most asked first."""
    total = lately(desk.skill.memory.unanswered, desk.now().date())
    ear = desk.skill.ear("fr")
    groups: list[tuple[set[str], list[tuple[str, int]]]] = []
    for words, count in total.most_common(MOST_GROUPED):
        roots = {t for t in ear.questions.tokens(split(words, "fr")) if not t.startswith("?")} or set(words.split())
        for known, members in groups:
            if len(known & roots) >= ALIKE * len(known | roots):
                members.append((words, count))
                break
        else:
            groups.append((roots, [(words, count)]))
    out = [{"words": [w for w, _ in members], "count": sum(c for _, c in members)} for _, members in groups]
    return sorted(out, key=lambda g: -int(g["count"]))  # type: ignore[call-overload]


def _drop(desk: Desk, words: list[str]) -> None:
    """Takes questions out of the list."""
    for day in days_kept(desk.now().date()):
        desk.skill.memory.unanswered.change(day, lambda old: old.without(words))


def _form(desk: Desk, key: str) -> Any:
    stored = desk.row("fact", key) if key else None
    asked = request.args.getlist("question")[:20]
    given: Mapping[str, str] = again_fields() if request.method == "POST" else _stored(stored, asked)
    page: dict[str, Any] = {"key": key, "given": given, "errors": [], "trial": None, "longest": LONGEST_ANSWER, "again": AGAIN}
    page["seen"] = request.form.get("_seen") or desk.seen("fact", key)
    if posted():
        form = Form(given)
        try:
            row = _row(form, key, stored, desk)
            page["trial"] = trial = _try(desk, row)
            if request.form.get("do") == "save" and (trial.good or request.form.get("_anyway")):
                desk.save([("fact", row, str(row["questions"]["fr"][0]))], staff().name, seen=str(page["seen"]))
                _drop(desk, form.lines("answers"))
                flash("C'est enregistré : les enceintes savent répondre dès maintenant.")
                return redirect(url_for("console.questions" if given.get("answers") else "console.facts"))
        except Wrong as error:
            page["errors"] = error.fields
        except Overtaken as error:
            page["errors"], page["seen"] = [("", overtaken(error))], desk.seen("fact", key)
    return render_template("console/fact.html", **page), 422 if page["errors"] else 200


def _try(desk: Desk, row: dict[str, Any]) -> Trial:
    """The town with this answer, asked everything that could go wrong."""
    city, tables = desk.tried([("fact", row)])
    heard = Ready(desk.skill.town.with_parts(city, desk.live.parts_for(tables, city)), memory_of(), desk.skill.programmes)
    return attempt(str(row["id"]), heard, desk.skill.ready, desk.now())


def _stored(row: dict[str, Any] | None, asked: list[str]) -> dict[str, str]:
    if row is None:
        return {"questions_fr": "\n".join(asked), "answers": "\n".join(asked)}
    out = {f"questions_{language}": "\n".join(row.get("questions", {}).get(language, [])) for language in ("fr", "en")}
    out |= {f"{k}_{language}": row.get(k, {}).get(language, "") for k in ("answer", "after") for language in ("fr", "en")}
    return out | {k: str(row.get(k, "")) for k in ("valid_until", "source", "topic", "review")}


def _row(form: Form, key: str, stored: dict[str, Any] | None, desk: Desk) -> dict[str, Any]:
    """An answer's row from its form. Raises Wrong."""
    row = dict(stored or {})
    questions = {language: lines for language in ("fr", "en") if (lines := [q.rstrip(" ?") for q in form.lines(f"questions_{language}")])}
    answer = form.words("answer")
    if not questions.get("fr"):
        form.wrong.append(("questions_fr", "écrire au moins une question, comme les gens la posent"))
    if not answer or "fr" not in answer:
        form.wrong.append(("answer_fr", "écrire la réponse"))
    english = "en" in questions, "en" in (answer or {})
    if any(english) and not all(english):
        form.wrong.append(("questions_en" if english[1] else "answer_en", "en anglais : donner les questions et la réponse, ou ni l'un ni l'autre"))
    row |= {"questions": questions, "answer": answer, "french_only": None if all(english) else True, "after": form.words("after")}
    day, review = form.day("valid_until"), form.day("review")
    row["valid_until"], row["review"] = day and day.isoformat(), review and review.isoformat()
    row["topic"] = form.text("topic") or row.get("topic") or "mairie"
    row["source"] = form.text("source") or "La mairie"
    row["updated"], row["updated_unknown"] = desk.now().date().isoformat(), None
    if form.wrong:
        raise Wrong(form.wrong)
    row["id"] = key or fresh_id(questions["fr"][0], desk.city.facts)
    return {k: v for k, v in row.items() if v is not None}


def _first(desk: Desk, key: str) -> str:
    return next(iter(desk.city.facts[key].questions.get("fr", ())), key)
