"""The shelf of episodes from the snapshots of the feeds: read at start and when they change, never while somebody waits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from podcasts.model import SERIAL, Feed
from podcasts.model import Episode as Published
from skill.city.shelf import Episode, Shelf

LONGEST_TITLE: Final = 120
LONGEST_DESCRIPTION: Final = 1_200
_BRACKETS: Final = re.compile(r"[\[\](){}<>«»“”\"*_]")
_MARKS: Final = re.compile(r"^\s*(?:S\d{1,3}\s?[:.x-]?\s?E\d{1,4}|\d+x\d+)\s*[-–—:|.]?\s*", re.IGNORECASE)
_HASH: Final = re.compile(r"(?:#|\bn°\s?|\bNo\.?\s)(\d+)")
_BAR: Final = re.compile(r"\s*[|/•·]\s*|\s+[-–—]\s+")


def shelf_of(feeds: Mapping[str, Feed], demonstration: Iterable[str] = ()) -> Shelf:
    """A shelf of the series' feeds: episodes that have a sound that can be played. Trailers stay out where there is anything else."""
    series: dict[str, list[Episode]] = {}
    taken: set[str] = set()
    for key, feed in feeds.items():
        playable = [e for e in feed.episodes if e.audio]
        full = [e for e in playable if e.kind != "trailer"] or playable
        series[key] = []
        for each in full:
            guid = each.guid if each.guid not in taken else f"{key}:{each.guid}"[:1024]  # two series may share a GUID
            taken.add(guid)
            series[key].append(_episode(each, guid, key, feed.show.image))
    return Shelf(series, [key for key, feed in feeds.items() if feed.show.type == SERIAL], demonstration)


def _episode(each: Published, guid: str, series: str, cover: str) -> Episode:
    return Episode(
        guid=guid, series=series, title=spoken_title(each.title) or "sans titre", url=each.audio, published=each.published, seconds=each.seconds,
        number=each.number, season=each.season, people=each.people, description=each.description[:LONGEST_DESCRIPTION], mime=each.mime,
        image=(each.image or cover) if (each.image or cover).startswith("https:") else "",
    )  # fmt: skip


def spoken_title(title: str) -> str:
    """A title as it is said: "#12 | Issy se [ré]invente 🎙" is "numéro 12, Issy se réinvente"."""
    text = _MARKS.sub("", title) or title
    text = _HASH.sub(r"numéro \1", text)
    text = _BRACKETS.sub("", text)
    text = "".join(c for c in text if not unicodedata.category(c).startswith(("So", "Sk", "C", "Zl", "Zp")) and c not in "\u200d\ufe0f~^=+")
    text = re.sub(r"\s*,(?:\s*,)+", ",", _BAR.sub(", ", text))
    text = re.sub(r"\s+", " ", text).strip(" ,;:.!-–—")
    if len(text) <= LONGEST_TITLE:
        return text
    return text[:LONGEST_TITLE].rsplit(" ", 1)[0].rstrip(",;: ")
