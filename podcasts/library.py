"""Publishing: add, edit, withdraw and restore episodes of a town's own series, and the feed that follows.

The sound goes into the storage first, under a name made of its content; the list of episodes second; the feed last. Whatever
breaks in between, nothing published is lost and no listener sees half of anything.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from podcasts import audio, catalogue, cover
from podcasts.catalogue import Entries, Entry
from podcasts.model import KINDS, Episode, Feed, Show, newest_first
from podcasts.storage import Storage, safe_name
from podcasts.values import one_line, plain_text
from podcasts.write import TRANSCRIPTS, write

LONGEST_TITLE: Final = 255
LONGEST_DESCRIPTION: Final = 4_000
MOST_TEXT_BYTES: Final = 5 * 1024 * 1024
MOST_PEOPLE: Final = 20
EDITABLE: Final = ("title", "description", "published", "number", "season", "kind", "explicit", "people")


class Refused(ValueError):
    """What was asked cannot be done. The text says why and how to mend it."""


class Library:
    """The episodes of one series of ours, in a storage that listeners reach at an address."""

    def __init__(self, storage: Storage, series: str, show: Show, address: str) -> None:
        """`address` is what stands before the storage's keys on the web: "https://mairie.example/podcasts"."""
        self.storage, self.series, self.show, self.address = storage, series, show, address.rstrip("/")

    @property
    def feed_url(self) -> str:
        """Where listeners subscribe."""
        return f"{self.address}/{self.series}/feed.xml"

    def entries(self) -> Entries:
        """Everything, withdrawn and coming too, newest first. Raises LibraryBroken."""
        return tuple(sorted(catalogue.load(self.storage, self.series)[0], key=lambda e: e.published, reverse=True))

    def feed(self, now: datetime) -> Feed:
        """What listeners may hear at a moment."""
        return self._feed(catalogue.load(self.storage, self.series)[0], now)

    def _feed(self, entries: Entries, now: datetime) -> Feed:
        heard = [self._episode(e) for e in entries if not e.withdrawn and e.published <= now]
        show = self.show if not self.show.image or "://" in self.show.image else self.show._replace(image=f"{self.address}/{self.show.image}")
        return Feed(show, newest_first(heard))

    def feed_xml(self, now: datetime) -> bytes:
        """The feed as directories read it."""
        feed = self.feed(now)
        return write(feed, self.feed_url, feed.episodes[0].published if feed.episodes else None)

    def publish(self, now: datetime) -> bool:
        """Puts the feed of this moment in place where it changed: after every change, and by schedule for episodes that come due."""
        data, key = self.feed_xml(now), f"{self.series}/feed.xml"
        present = self.storage.get(key)
        if present is not None and present.data == data:
            return False
        self.storage.put(key, data)
        return True

    def add(
        self,
        sound: Path,
        title: str,
        description: str,
        now: datetime,
        published: datetime | None = None,
        image: Path | None = None,
        transcript: Path | None = None,
        chapters: Path | None = None,
        progress: Callable[[str], None] = lambda _: None,
        **more: Any,
    ) -> Entry:
        """Publishes a sound. Raises Refused, NotAudio or NotACover for what directories would not take, before anything is kept."""
        fields = _fields({"title": title, "description": description, "published": published or now, **more})
        progress("mesure du son")
        measured = audio.measure(sound)
        same = next((e for e in catalogue.load(self.storage, self.series)[0] if e.digest == measured.digest), None)
        if same is not None:
            raise Refused(_same(same))
        name = f"{safe_name(fields['title'])}-{measured.digest[:8]}"
        extras: list[tuple[str, bytes]] = []
        image_key = self._extra(extras, name, _picture(image)) if image else ""
        transcript_key = self._extra(extras, name, _words(transcript)) if transcript else ""
        chapters_key = self._extra(extras, f"{name}-chapitres", _marks(chapters)) if chapters else ""
        key = f"{self.series}/media/{name}.{audio.ENDINGS[measured.mime]}"
        progress(f"copie du son, {measured.size / 1024 / 1024:.1f} Mo")
        self.storage.put_file(key, sound, measured.mime)
        for extra, data in extras:
            self.storage.put(extra, data)
        entry = Entry(
            guid=f"urn:uuid:{uuid.uuid4()}", added=now, file=key, mime=measured.mime, size=measured.size, seconds=measured.seconds, digest=measured.digest,
            image=image_key, transcript=transcript_key, chapters=chapters_key, **fields,
        )  # fmt: skip

        def put(entries: Entries) -> Entries:
            double = next((e for e in entries if e.digest == entry.digest), None)
            if double is not None:
                raise Refused(_same(double))
            return (*entries, entry)

        catalogue.change(self.storage, self.series, put)
        progress("mise à jour du flux")
        self.publish(now)
        return entry

    def _extra(self, extras: list[tuple[str, bytes]], name: str, found: tuple[str, bytes]) -> str:
        ending, data = found
        key = f"{self.series}/media/{name}.{ending}"
        extras.append((key, data))
        return key

    def edit(self, guid: str, now: datetime, **changes: Any) -> Entry:
        """Changes what is said of an episode; its GUID and sound stay."""
        given = _fields(changes, whole=False)
        return self._replace(guid, now, lambda entry: entry._replace(**given))

    def withdraw(self, guid: str, now: datetime) -> Entry:
        """Takes an episode out of the feed. Its sound and words are kept for `restore`."""
        return self._replace(guid, now, lambda entry: entry._replace(withdrawn=True))

    def restore(self, guid: str, now: datetime) -> Entry:
        """Puts a withdrawn episode back, under the GUID that listeners' players know."""
        return self._replace(guid, now, lambda entry: entry._replace(withdrawn=False))

    def _replace(self, guid: str, now: datetime, edit: Callable[[Entry], Entry]) -> Entry:
        def put(entries: Entries) -> Entries:
            if not any(e.guid == guid for e in entries):
                raise Refused(f"aucun épisode {guid} dans la série {self.series}")
            return tuple(edit(e) if e.guid == guid else e for e in entries)

        after = catalogue.change(self.storage, self.series, put)
        self.publish(now)
        return next(e for e in after if e.guid == guid)

    def find(self, said: str) -> Entry:
        """The episode of a GUID, of its beginning, or of its place in `entries` ("1" is the newest). Raises Refused."""
        entries = self.entries()
        if said.isdigit() and 1 <= int(said) <= len(entries):
            return entries[int(said) - 1]
        found = [e for e in entries if e.guid == said or (len(said) >= 4 and e.guid.removeprefix("urn:uuid:").startswith(said))]
        if len(found) != 1:
            raise Refused(f"{'plusieurs épisodes commencent' if found else 'aucun épisode ne commence'} par {said!r} : voyez « mairie podcasts list »")
        return found[0]

    def _episode(self, e: Entry) -> Episode:
        def where(key: str) -> str:
            return f"{self.address}/{key}" if key else ""

        return Episode(
            guid=e.guid, title=e.title, published=e.published, audio=where(e.file), mime=e.mime, size=e.size, seconds=e.seconds,
            description=e.description, image=where(e.image), season=e.season, number=e.number, kind=e.kind, explicit=e.explicit,
            people=e.people, transcript=where(e.transcript), chapters=where(e.chapters),
        )  # fmt: skip


def _same(entry: Entry) -> str:
    hint = " ; il est retiré : « mairie podcasts restore » le remet" if entry.withdrawn else ""
    return f"ce son est déjà publié sous le titre « {entry.title} »{hint}"


def _fields(given: Mapping[str, Any], whole: bool = True) -> dict[str, Any]:
    """The fields of an entry, each checked. Raises Refused; nothing is cut in silence."""
    unknown = set(given) - set(EDITABLE)
    if unknown:
        raise Refused(f"on ne change pas {', '.join(sorted(unknown))}")
    out = {k: v for k, v in given.items() if v is not None}
    for key, longest, words in (("title", LONGEST_TITLE, "le titre"), ("description", LONGEST_DESCRIPTION, "la description")):
        if key not in out and not whole:
            continue
        out[key] = one_line(out.get(key)) if key == "title" else plain_text(out.get(key), 10 * longest)
        if not out[key]:
            raise Refused(f"il faut {words}")
        if len(out[key]) > longest:
            raise Refused(f"{words} fait {len(out[key])} caractères : {longest} au plus")
    if "published" in out and (not isinstance(out["published"], datetime) or out["published"].tzinfo is None):
        raise Refused("la date doit avoir un fuseau horaire")
    for key, most in (("number", 99_999), ("season", 9_999)):
        if key in out and not (isinstance(out[key], int) and 0 < out[key] <= most):
            raise Refused(f"le numéro {out[key]} ne va pas : un nombre entier de 1 à {most}")
    if out.get("kind", "full") not in KINDS:
        raise Refused(f"la sorte d'épisode est {', '.join(KINDS)}")
    if "people" in out:
        out["people"] = tuple(dict.fromkeys(p for given in out["people"] if (p := one_line(given, 100))))[:MOST_PEOPLE]
    return out


def _read(path: Path, what: str) -> bytes:
    try:
        if path.stat().st_size > cover.MOST_BYTES:
            raise Refused(f"{what} dépasse {cover.MOST_BYTES // 1024 // 1024} Mo")
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{what} ne se lit pas : {error.strerror}") from error


def _picture(path: Path) -> tuple[str, bytes]:
    data = _read(path, "l'image")
    return cover.measured(data)[1], data


def _words(path: Path) -> tuple[str, bytes]:
    ending, data = path.suffix.lower().lstrip("."), _read(path, "la transcription")
    if ending not in TRANSCRIPTS or len(data) > MOST_TEXT_BYTES:
        raise Refused(f"la transcription est un fichier {', '.join(TRANSCRIPTS)} de {MOST_TEXT_BYTES // 1024 // 1024} Mo au plus")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("la transcription n'est pas en UTF-8 : enregistrez-la de nouveau en UTF-8") from error
    if ending == "vtt" and not data.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        raise Refused("la transcription .vtt doit commencer par WEBVTT")
    return ending, data


def _marks(path: Path) -> tuple[str, bytes]:
    data = _read(path, "le fichier de chapitres")
    try:
        found = json.loads(data)
        good = isinstance(found["chapters"], list) and all(isinstance(c["startTime"], int | float) for c in found["chapters"])
    except (ValueError, KeyError, TypeError):
        good = False
    if not good:
        raise Refused('le fichier de chapitres est un JSON : {"version": "1.2.0", "chapters": [{"startTime": 0, "title": "…"}]}')
    return "json", data
