"""Reading a notice, from a town's file or from the staff's form: each thing that is wrong with it in words for the clerk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from skill.city.notices import CANCELLED, CLOSED, EFFECTS, INFO, MOVED, Notice
from skill.city.rows import LONGEST_ANSWER, Row

LONGEST_DAYS: Final = 400
"""What lasts longer is no notice, but a change of the hours."""


def read_notice(row: Row, _: str) -> Notice:
    """A notice from its row; what is wrong is noted for the clerk."""
    day = date(2000, 1, 1)
    first = row.day("first")
    last = row.day("last") or first
    if first is None and "first" not in row.data:
        row.wrong("first", "manque : donner le premier jour")
    made = Notice(
        id=row.key(), effect=row.text("effect", needed=True), first=first or day, last=last or day, place=row.text("place"), collection=row.text("collection"),
        district=row.text("district"), hours=row.text("hours"), moved_to=row.day("moved_to"),
        say=row.words("say", longest=LONGEST_ANSWER, languages=("fr",)), true_from=row.day("true_from"), true_until=row.day("true_until"),
        whole=row.flag("whole", True),
    )  # fmt: skip
    row.source(dated=False, needed=False)
    for key, message in problems_of(made):
        row.wrong(key, message)
    return made


def problems_of(notice: Notice) -> Iterable[tuple[str, str]]:
    """What is wrong with a notice: field and advice."""
    if notice.last < notice.first:
        yield "last", "le dernier jour est avant le premier : les échanger"
    elif (notice.last - notice.first).days > LONGEST_DAYS:
        yield "last", "une annonce dure au plus un an : pour plus longtemps, changer les horaires du lieu"
    if notice.effect not in EFFECTS:
        yield "effect", f"« {notice.effect} » : {', '.join(EFFECTS)} est attendu"
    if notice.place and notice.collection:
        yield "collection", "choisir un lieu ou une collecte, pas les deux"
    if notice.effect == CLOSED and not notice.place:
        yield "place", "dire quel lieu est fermé"
    if notice.effect in (CANCELLED, MOVED) and not notice.collection:
        yield "collection", "dire quelle collecte n'a pas lieu"
    if (notice.effect == MOVED) != (notice.moved_to is not None):
        yield "moved_to", "dire à quel jour le passage est reporté" if notice.effect == MOVED else "ce jour n'est utile que pour un passage reporté"
    if notice.moved_to and notice.first <= notice.moved_to <= notice.last:
        yield "moved_to", "ce jour est parmi ceux où le passage n'a pas lieu : en choisir un autre"
    if notice.effect == MOVED and notice.last != notice.first:
        yield "last", "un seul passage est reporté à la fois : donner le même premier et dernier jour"
    if notice.effect == INFO and not notice.say:
        yield "say", "écrire la phrase à dire"
    if notice.hours and (notice.span() is None or not notice.hours[:5] < notice.hours[6:]):
        yield "hours", "écrire les heures comme 14:00-16:00, le début avant la fin"
    if notice.hours and notice.effect not in (CLOSED, INFO):
        yield "hours", "les heures ne servent que pour un lieu"
