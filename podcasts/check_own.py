"""Faults of a series of our own: those of its feed, and files that vanished or changed behind it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from podcasts import cover
from podcasts.check import ADVICE, ERROR, Fault, Probe, check

if TYPE_CHECKING:
    from podcasts.library import Library


def faults_of(library: Library, now: datetime, probe: Probe | None = None) -> list[Fault]:
    """The gravest first; episodes that are coming or withdrawn too."""
    lost = _cover_faults(library)
    for e in library.entries():
        for key in filter(None, (e.file, e.image, e.transcript, e.chapters)):
            found = library.storage.info(key)
            if found is None or (key == e.file and found.size != e.size):
                text = f"le fichier {key} {'a disparu' if found is None else f'fait {found.size} octets au lieu de {e.size}'}"
                fix = "remettez-le depuis une sauvegarde" + (", ou ajoutez de nouveau le même son" if found is None and key == e.file else "")
                lost.append(Fault(ADVICE if e.withdrawn else ERROR, f"« {e.title[:80]} »", text, fix))
    return sorted(lost + check(library.feed_xml(now), library.feed_url, probe), key=lambda f: f.level != ERROR)


def _cover_faults(library: Library) -> list[Fault]:
    """What is wrong with the picture of the series where it is a file of ours."""
    image = library.show.image
    if not image or "://" in image:
        return []
    found, fix = library.storage.get(image), "mettez une image carrée de 1400 à 3000 pixels à cette place"
    if found is None:
        return [Fault(ERROR, "la série", f"l'image {image} a disparu", fix)]
    try:
        cover.measured(found.data)
    except cover.NotACover as error:
        return [Fault(ERROR, "la série", str(error), fix)]
    return []
