"""Publishing: add, edit, withdraw and restore episodes of a town's own series, and the feed that follows.

The sound goes into the storage first, under a name made of its content; the list of episodes second; the feed last. Whatever
breaks in between, nothing published is lost and no listener sees half of anything.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podcasts import audio, catalogue, cover, given
from podcasts.catalogue import Entries, Entry
from podcasts.dates import moment
from podcasts.given import EDITABLE, LONGEST_DESCRIPTION, LONGEST_TITLE, Refused
from podcasts.model import Episode, Feed, Show, newest_first
from podcasts.storage import NEW, Changed, Storage, attempts, safe_name
from podcasts.write import write

if TYPE_CHECKING:
    from podcasts.check import Fault, Probe

__all__ = ["EDITABLE", "LONGEST_DESCRIPTION", "LONGEST_TITLE", "Library", "Refused"]


class Library:
    """The episodes of one series of ours, in a storage that listeners reach at an address."""

    def __init__(self, storage: Storage, series: str, show: Show, address: str) -> None:
        """`address` is what stands before the storage's keys on the web: "https://mairie.example/podcasts"."""
        self.storage, self.series, self.show, self.address = storage, series, show, address.rstrip("/")

    @property
    def feed_url(self) -> str:
        """Where listeners subscribe."""
        return f"{self.address}/{self.series}/feed.xml"

    def version(self) -> str:
        """Another one whenever what is published may be another: of the list and of the cover."""
        found = [self.storage.info(key) for key in (catalogue.key_of(self.series), self.show.image) if key and "://" not in key]
        return " ".join(info.version if info else "" for info in found)

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
        """Puts the feed of this moment in place where it changed: after every change, and by schedule for episodes that come due.

        The feed is read before the list, and replaced only if it is still the one that was read: whoever changes the list after
        us also replaces the feed after us, so the feed of an older list never stays on top.
        """
        key = f"{self.series}/feed.xml"
        for _ in attempts():
            present = self.storage.get(key)
            data = self.feed_xml(_latest(now, present.data if present else b""))
            if present is not None and present.data == data:
                return False
            try:
                self.storage.put(key, data, expected=present.version if present else NEW)
                return True
            except Changed:
                continue
        raise Changed(f"{key} change sans cesse : réessayez dans un instant")

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
        fields = given.fields({"title": title, "description": description, "published": published or now, **more})
        progress("mesure du son")
        try:
            measured = audio.measure(sound)
        except OSError as error:
            raise Refused(f"le son ne se lit pas : {given.why(error)} ({sound})") from error
        same = next((e for e in catalogue.load(self.storage, self.series)[0] if e.digest == measured.digest), None)
        if same is not None:
            return self._again(same, sound, fields["title"], now)
        name = f"{safe_name(fields['title'])}-{measured.digest[:8]}"
        extras: list[tuple[str, bytes]] = []
        image_key = self._extra(extras, name, given.picture(image)) if image else ""
        transcript_key = self._extra(extras, name, given.words(transcript)) if transcript else ""
        chapters_key = self._extra(extras, f"{name}-chapitres", given.marks(chapters)) if chapters else ""
        key = f"{self.series}/media/{name}.{audio.ENDINGS[measured.mime]}"
        progress(f"copie du son, {measured.size / 1024 / 1024:.1f} Mo")
        self.storage.put_file(key, sound, measured.mime)
        kept = self.storage.info(key)
        if kept is None or kept.size != measured.size:
            raise Refused("le son a changé pendant sa copie : attendez la fin de l'export, puis recommencez")
        for extra, data in extras:
            self.storage.put(extra, data)
        entry = Entry(
            guid=f"urn:uuid:{uuid.uuid4()}", added=now, file=key, mime=measured.mime, size=measured.size, seconds=measured.seconds, digest=measured.digest,
            image=image_key, transcript=transcript_key, chapters=chapters_key, **fields,
        )  # fmt: skip

        def put(entries: Entries) -> Entries:
            double = next((e for e in entries if e.digest == entry.digest), None)
            if double is not None and double.guid != entry.guid:
                raise Refused(_same(double))
            return entries if double else (*entries, entry)  # ours already: the storage kept it, and its answer was lost

        catalogue.change(self.storage, self.series, put)
        progress("mise à jour du flux")
        self.publish(now)
        return entry

    def _again(self, same: Entry, sound: Path, title: str, now: datetime) -> Entry:
        """The same sound once more: finishes what an earlier attempt left undone, brings back a file that vanished; else Refused."""
        gone = self.storage.info(same.file) is None
        if gone:
            self.storage.put_file(same.file, sound, same.mime)
        if ((self.publish(now) and title == same.title) or gone) and not same.withdrawn:
            return same
        raise Refused(_same(same))

    def _extra(self, extras: list[tuple[str, bytes]], name: str, found: tuple[str, bytes]) -> str:
        ending, data = found
        key = f"{self.series}/media/{name}.{ending}"
        extras.append((key, data))
        return key

    def set_cover(self, picture: Path, now: datetime) -> str:
        """Takes the cover of the series, and gives its key. Raises Refused or NotACover."""
        ending, data = given.picture(picture)
        key = f"{self.series}/{cover.NAME}.{ending}"
        self.storage.put(key, data)
        for other in cover.ENDINGS:
            if other != ending:
                self.storage.delete(f"{self.series}/{cover.NAME}.{other}")
        self.show = self.show._replace(image=key)
        self.publish(now)
        return key

    def edit(self, guid: str, now: datetime, **changes: Any) -> Entry:
        """Changes what is said of an episode, its `image`, `transcript` or `chapters` (paths) too; its GUID and sound stay."""
        extras: list[tuple[str, bytes]] = []
        readers = {"image": given.picture, "transcript": given.words, "chapters": given.marks}
        files = {name: readers[name](changes.pop(name)) for name in readers.keys() & changes.keys()}
        fields = given.fields(changes, whole=False)
        for name, found in files.items():
            mark = hashlib.sha256(found[1]).hexdigest()[:8]
            fields[name] = self._extra(extras, f"{name}-{mark}", found)
        for key, data in extras:
            self.storage.put(key, data)
        return self._shown(self._replace(guid, now, lambda entry: entry._replace(**fields)))

    def withdraw(self, guid: str, now: datetime) -> Entry:
        """Takes an episode out of the feed. Its sound and words are kept for `restore`."""
        return self._shown(self._replace(guid, now, lambda entry: entry._replace(withdrawn=True)))

    def restore(self, guid: str, now: datetime) -> Entry:
        """Puts a withdrawn episode back, under the GUID that listeners' players know."""

        def back(entry: Entry) -> Entry:
            if self.storage.info(entry.file) is None:
                raise Refused(f"le son de « {entry.title} » a disparu : ajoutez-le de nouveau, il reprendra sa place")
            return entry._replace(withdrawn=False)

        return self._shown(self._replace(guid, now, back))

    def _replace(self, guid: str, now: datetime, edit: Callable[[Entry], Entry]) -> Entry:
        def put(entries: Entries) -> Entries:
            if not any(e.guid == guid for e in entries):
                raise Refused(f"aucun épisode {guid} dans la série {self.series}")
            return tuple(edit(e) if e.guid == guid else e for e in entries)

        after = catalogue.change(self.storage, self.series, put)
        self.publish(now)
        return next(e for e in after if e.guid == guid)

    def _shown(self, entry: Entry) -> Entry:
        """Tells the storage whether what belongs to an episode may be handed out."""
        for key in filter(None, (entry.file, entry.image, entry.transcript, entry.chapters)):
            self.storage.withhold(key, entry.withdrawn)
        return entry

    def find(self, said: str) -> Entry:
        """The episode of a GUID, of its beginning, of a part of its title, or of its place in `entries` ("1" is the newest). Raises Refused."""
        entries = self.entries()
        if said.isdecimal() and 1 <= int(said) <= len(entries):
            return entries[int(said) - 1]
        found = [e for e in entries if e.guid == said or (len(said) >= 4 and e.guid.removeprefix("urn:uuid:").startswith(said))]
        found = found or [e for e in entries if safe_name(said) in safe_name(e.title, LONGEST_TITLE)]
        if len(found) != 1:
            raise Refused(f"{'plusieurs épisodes répondent' if found else 'aucun épisode ne répond'} à {said!r} : voyez « mairie podcasts list »")
        return found[0]

    def check(self, now: datetime, probe: Probe | None = None) -> list[Fault]:
        """Every fault of our own feed, and of the files behind all episodes, coming and withdrawn ones too."""
        from podcasts.check_own import faults_of

        return faults_of(self, now, probe)

    def _episode(self, e: Entry) -> Episode:
        def where(key: str) -> str:
            return f"{self.address}/{key}" if key else ""

        return Episode(
            guid=e.guid, title=e.title, published=e.published, audio=where(e.file), mime=e.mime, size=e.size, seconds=e.seconds,
            description=e.description, image=where(e.image), season=e.season, number=e.number, kind=e.kind, explicit=e.explicit,
            people=e.people, transcript=where(e.transcript), chapters=where(e.chapters),
        )  # fmt: skip


def _latest(now: datetime, feed: bytes) -> datetime:
    """Now, or the moment of the feed in place where that is later.

    A publisher whose copy took minutes comes with an old "now": it must not take back what came due meanwhile.
    """
    built = re.search(rb"<lastBuildDate>([^<]{1,60})</lastBuildDate>", feed[:20_000])
    return max(now, (moment(built[1].decode("ascii", "replace")) if built else None) or now)


def _same(entry: Entry) -> str:
    hint = " ; il est retiré : « mairie podcasts restore » le remet" if entry.withdrawn else ""
    return f"ce son est déjà publié sous le titre « {entry.title} »{hint}"
