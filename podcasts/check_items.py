"""Faults of single episodes of a feed, and of what stands behind their addresses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from podcasts import cover
from podcasts.faults import Faults, block, explicit, once, parts, picture, said, short
from podcasts.model import KINDS, FeedUnavailable, Fetched
from podcasts.values import LONGEST_EPISODE, count
from podcasts.write import ITUNES, PODCAST

AUDIO: Final = ("audio/mpeg", "audio/x-m4a", "audio/mp4", "audio/aac", "video/mp4", "video/x-m4v", "video/quicktime", "application/pdf", "document/x-epub")
MOST_PROBED: Final = 3
_ENDINGS: Final = ("mp3", "m4a", "mp4", "m4v", "mov", "aac", "pdf", "epub")
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DATE: Final = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d(?::\d\d)?"
    r" (?:[+-]\d{4}|UT|GMT|EST|EDT|CST|CDT|MST|MDT|PST|PDT)"
)
_LENGTH: Final = re.compile(r"\d{1,6}|(?:\d{1,3}:)?[0-5]?\d:[0-5]\d|\d{1,3}:[0-5]\d")
_ONCE: Final = (
    "title", "guid", "pubDate", "description", "link", f"{{{ITUNES}}}title", f"{{{ITUNES}}}explicit", f"{{{ITUNES}}}duration", f"{{{ITUNES}}}image",
    f"{{{ITUNES}}}episode", f"{{{ITUNES}}}season", f"{{{ITUNES}}}episodeType",
)  # fmt: skip

Probe = Callable[..., Fetched]


def item(row: ET.Element, found: Faults) -> None:
    """One episode."""
    title = said(row, "title") or said(row, f"{{{ITUNES}}}title")
    where = f"« {title[:80]} »" if title else f"l'épisode {said(row, 'guid')[:60] or 'sans titre'}"
    if not title:
        found.error(where, "il manque le titre", "ajoutez <title>")
    once(row, _ONCE, where, found)
    _identity(row, where, found)
    date = said(row, "pubDate")
    if not date:
        found.advice(where, "il manque la date (pubDate)", "ajoutez <pubDate>Sat, 21 Nov 2026 08:00:00 +0100</pubDate>")
    elif not _good_date(date):
        found.error(where, f"la date « {date[:60]} » n'est pas au format RFC 2822", "écrivez par exemple Sat, 21 Nov 2026 08:00:00 +0100")
    if not said(row, "description") and row.find("{http://purl.org/rss/1.0/modules/content/}encoded") is None:
        found.advice(where, "il manque la description", "ajoutez <description> : c'est ce que lisent ceux qui n'entendent pas")
    short(row, where, found)
    _numbers(row, where, found)
    explicit(row, where, found, needed=False)
    block(row, where, found)
    picture(row, where, found, needed=False)
    _enclosure(row, where, found)
    _extras(row, where, found)


def _identity(row: ET.Element, where: str, found: Faults) -> None:
    guid = said(row, "guid")
    if not guid:
        found.error(where, "il manque le guid", "ajoutez un <guid> unique, qui ne changera jamais")
        return
    element = row.find("guid")
    if element is not None and element.get("isPermaLink", "true") != "false" and parts(guid).scheme not in ("http", "https"):
        found.advice(where, f"le guid « {guid[:60]} » se donne pour une adresse", 'écrivez <guid isPermaLink="false">')


def _numbers(row: ET.Element, where: str, found: Faults) -> None:
    lasting = row.findtext(f"{{{ITUNES}}}duration")
    if lasting is None:
        found.advice(where, "il manque la durée (itunes:duration)", "ajoutez-la, en secondes")
    elif not _LENGTH.fullmatch(lasting.strip()) or (lasting.strip().isdecimal() and not 0 < int(lasting) <= LONGEST_EPISODE):
        found.error(where, f"la durée « {lasting.strip()[:40]} » ne se lit pas", "écrivez un nombre de secondes")
    for tag, words in (("episode", "numéro d'épisode"), ("season", "numéro de saison")):
        value = row.findtext(f"{{{ITUNES}}}{tag}")
        if value is not None and count(value, 99_999) is None:
            found.error(where, f"le {words} « {value.strip()[:40]} » n'est pas un nombre entier positif", "écrivez 1, 2, 3…")
    kind = row.findtext(f"{{{ITUNES}}}episodeType")
    if kind is not None and kind.strip() not in KINDS:
        found.error(where, f"itunes:episodeType « {kind.strip()[:40]} » n'existe pas", f"écrivez {', '.join(KINDS)}")


def _good_date(date: str) -> bool:
    try:
        parsed: datetime = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError):
        return False
    return bool(_DATE.fullmatch(date)) and (not date[0].isalpha() or date[:3] == _DAYS[parsed.weekday()])


def _enclosure(row: ET.Element, where: str, found: Faults) -> None:
    rows = row.findall("enclosure")
    if not rows:
        found.error(where, "il manque le son (enclosure)", 'ajoutez <enclosure url="https://…" length="octets" type="audio/mpeg"/>')
        return
    if len(rows) > 1:
        found.error(where, f"il y a {len(rows)} sons (enclosure)", "gardez-en un seul par épisode")
    sound = rows[0]
    href, mime, size = sound.get("url", "").strip(), sound.get("type", ""), sound.get("length", "")
    if parts(href).scheme != "https" or not parts(href).netloc:
        found.error(where, f"le son n'est pas en https : {href[:80] or 'aucune adresse'}", "servez-le en https : les enceintes refusent le reste")
    name = unquote(parts(href).path.rpartition("/")[2])
    if not name.isascii() or not re.fullmatch(r"[\w.\-~%+@!()]*", name, re.ASCII):
        found.error(where, f"le nom de fichier « {name[:60]} » a des accents ou des espaces", "renommez-le sans accents ni espaces")
    elif name and name.rpartition(".")[2].lower() not in _ENDINGS:
        found.error(where, f"le nom de fichier « {name[:60]} » ne finit pas comme un son", "renommez-le en .mp3 ou .m4a selon ce qu'il est")
    if mime not in AUDIO:
        found.error(where, f"le type « {mime[:60]} » n'est pas admis", "écrivez audio/mpeg pour un MP3, audio/x-m4a pour un M4A")
    if count(size) is None:
        found.error(where, f"la taille (length) « {size[:40]} » n'est pas un nombre d'octets", "écrivez la taille du fichier en octets")


def _extras(row: ET.Element, where: str, found: Faults) -> None:
    """Transcripts and chapters: an address and a type each."""
    for tag, words in (("transcript", "la transcription"), ("chapters", "les chapitres")):
        for extra in row.findall(f"{{{PODCAST}}}{tag}"):
            href = extra.get("url", "").strip()
            if parts(href).scheme not in ("https", "http") or not extra.get("type"):
                found.error(where, f"podcast:{tag} n'a pas d'adresse complète ou pas de type", f"donnez url et type pour {words}")


def unique(items: list[ET.Element], found: Faults) -> None:
    """GUIDs and sounds that serve once."""
    for tag, values in (
        ("guid", Counter(said(i, "guid") for i in items)),
        ("son (enclosure)", Counter(e.get("url", "") for i in items for e in i.findall("enclosure")[:1])),
    ):
        for value, times in values.items():
            if value and times > 1:
                found.error("la série", f"le même {tag} sert à {times} épisodes : {value[:80]}", "donnez-en un différent à chacun")


def probed(channel: ET.Element, items: list[ET.Element], probe: Probe, found: Faults) -> None:
    """What the servers of the newest sounds and of the cover really send."""
    for row in items[:MOST_PROBED]:
        sound = row.find("enclosure")
        href = sound.get("url", "") if sound is not None else ""
        if sound is None or not href:
            continue
        where = f"« {said(row, 'title')[:80]} »"
        try:
            head = probe(href, method="HEAD")
            part = probe(href, extra={"Range": "bytes=0-1", "Accept-Encoding": "identity"})
        except FeedUnavailable as error:
            found.error(where, f"le son ne vient pas : {error}", "vérifiez l'adresse, et que le serveur répond à HEAD")
            continue
        if part.status != 206:
            found.error(where, "le serveur n'envoie pas le son par morceaux (byte ranges)", "activez les requêtes partielles (206)")
        declared, true = sound.get("length", ""), head.headers.get("content-length", "")
        if declared.isdigit() and true.isdigit() and declared != true:
            found.advice(where, f"la taille annoncée est {declared} octets, la vraie {true}", "corrigez length")
        if head.content_type.partition(";")[0].strip() != sound.get("type"):
            found.advice(where, f"le serveur envoie le type {head.content_type or 'inconnu'}", f"réglez-le sur {sound.get('type')}")
    image = channel.find(f"{{{ITUNES}}}image")
    href = image.get("href", "") if image is not None else ""
    if href:
        try:
            cover.measured(probe(href).body or b"")
        except FeedUnavailable as error:
            found.error("la série", f"l'image ne vient pas : {error}", "vérifiez l'adresse de l'image")
        except cover.NotACover as error:
            found.error("la série", str(error), "remplacez l'image")
