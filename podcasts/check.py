"""Every fault of a feed, as Apple and the Podcast Standards Project (PSP-1) would find it, each with what to do.

Independent of our reader, which forgives: here the document is parsed strictly and nothing is mended. With `probe`, the
newest sounds and the cover are asked for as a directory would (HEAD, byte ranges, size, pixels).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

from podcasts import cover, guard
from podcasts.categories import CATEGORIES
from podcasts.fetch import FeedUnavailable, Fetched
from podcasts.model import KINDS, FeedRefused
from podcasts.values import count, flag, length
from podcasts.write import ATOM, ITUNES, PODCAST

ERROR, ADVICE = "erreur", "conseil"
AUDIO: Final = ("audio/mpeg", "audio/x-m4a", "audio/mp4", "audio/aac", "video/mp4", "video/x-m4v", "video/quicktime", "application/pdf", "document/x-epub")
MOST_PROBED: Final = 3
_NAMESPACES: Final = {ITUNES: "itunes", PODCAST: "podcast", ATOM: "atom"}


class Fault(NamedTuple):
    """One thing to mend."""

    level: str
    where: str
    """The series, or the episode by its title."""
    text: str
    fix: str


Probe = Callable[..., Fetched]


def check(data: bytes, url: str = "", probe: Probe | None = None) -> list[Fault]:
    """Faults of a feed, the gravest first."""
    found = _Faults()
    try:
        guard.look(data)
        root = ET.fromstring(data)
    except FeedRefused as error:
        return [Fault(ERROR, "le flux", str(error), "donnez l'adresse du flux RSS lui-même")]
    except (ET.ParseError, LookupError, ValueError) as error:
        return [Fault(ERROR, "le flux", f"ce n'est pas du XML correct : {error}", "corrigez le fichier à cet endroit ; un « & » s'écrit « &amp; »")]
    channel = root.find("channel")
    if root.tag != "rss" or channel is None:
        return [Fault(ERROR, "le flux", f"la racine est <{root.tag}>, pas <rss><channel>", "les annuaires ne prennent que du RSS 2.0")]
    if root.get("version") != "2.0":
        found.error("la série", 'il manque version="2.0" à <rss>', 'écrivez <rss version="2.0">')
    _namespaces(data, found)
    _channel(channel, url, found)
    items = channel.findall("item")
    if not items:
        found.error("la série", "le flux n'a aucun épisode", "publiez au moins un épisode, une bande-annonce suffit")
    for item in items:
        _item(item, found)
    _unique(items, found)
    if probe is not None:
        _probe(channel, items, probe, found)
    return sorted(found.rows, key=lambda f: f.level != ERROR)


class _Faults:
    def __init__(self) -> None:
        self.rows: list[Fault] = []

    def error(self, where: str, text: str, fix: str) -> None:
        self.rows.append(Fault(ERROR, where, text, fix))

    def advice(self, where: str, text: str, fix: str) -> None:
        self.rows.append(Fault(ADVICE, where, text, fix))


def _namespaces(data: bytes, found: _Faults) -> None:
    head = data[:20_000].decode("utf-8", "replace")
    for uri, prefix in _NAMESPACES.items():
        near = re.search(rf'xmlns:{prefix}\s*=\s*["\']([^"\']+)["\']', head)
        if near and near[1] != uri:
            found.error("la série", f"l'espace de noms {prefix} est {near[1]}", f'écrivez exactement xmlns:{prefix}="{uri}"')


def _said(parent: ET.Element, tag: str) -> str:
    return (parent.findtext(tag) or "").strip()


def _channel(channel: ET.Element, url: str, found: _Faults) -> None:
    where = "la série"
    for tag, words in (("title", "titre"), ("description", "description"), ("link", "lien vers le site (link)"), ("language", "langue (language)")):
        if not _said(channel, tag):
            found.error(where, f"il manque le {words}" if tag != "language" else "il manque la langue", f"ajoutez <{tag}>")
    language = _said(channel, "language")
    if language and not re.fullmatch(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8}){0,2}", language):
        found.error(where, f"la langue « {language} » n'est pas un code", "écrivez « fr » ou « fr-fr »")
    if len(_said(channel, "description").encode()) > 4_000:
        found.error(where, "la description dépasse 4 000 octets", "raccourcissez-la")
    own = channel.find(f"{{{ATOM}}}link[@rel='self']")
    if own is None:
        found.error(
            where, "il manque l'adresse du flux (atom:link rel=self)", f'ajoutez <atom:link href="{url or "https://…"}" rel="self" type="application/rss+xml"/>'
        )
    elif not own.get("href", "").startswith("https://"):
        found.advice(where, "l'adresse du flux n'est pas en https", "servez le flux en https")
    _explicit(channel, where, found, needed=True)
    _category(channel, found)
    _cover(channel, where, found, needed=True)
    if not _said(channel, f"{{{ITUNES}}}author"):
        found.advice(where, "il manque l'auteur (itunes:author)", "ajoutez <itunes:author>, par exemple le nom de la ville")
    kind = _said(channel, f"{{{ITUNES}}}type")
    if kind and kind not in ("episodic", "serial"):
        found.error(where, f"itunes:type « {kind} » n'existe pas", "écrivez episodic ou serial, en minuscules")
    email = _said(channel, f"{{{ITUNES}}}owner/{{{ITUNES}}}email")
    if email and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", email):
        found.error(where, f"l'adresse du propriétaire « {email} » n'en est pas une", "écrivez une adresse, ou retirez itunes:owner")
    if channel.find(f"{{{PODCAST}}}guid") is None:
        found.advice(where, "il manque podcast:guid (PSP-1)", "ajoutez-le : il garde l'identité de la série si le flux déménage")
    if channel.find(f"{{{PODCAST}}}locked") is None:
        found.advice(where, "il manque podcast:locked (PSP-1)", "ajoutez <podcast:locked>yes</podcast:locked>")


def _explicit(parent: ET.Element, where: str, found: _Faults, needed: bool) -> None:
    value = parent.findtext(f"{{{ITUNES}}}explicit")
    if value is None:
        if needed:
            found.error(where, "il manque itunes:explicit", "ajoutez <itunes:explicit>false</itunes:explicit>")
    elif value.strip() not in ("true", "false"):
        known = flag(value)
        fix = f"écrivez {'true' if known else 'false'}" if known is not None else "écrivez true ou false"
        (found.advice if known is not None else found.error)(where, f"itunes:explicit vaut « {value.strip()} »", fix)


def _category(channel: ET.Element, found: _Faults) -> None:
    rows = channel.findall(f"{{{ITUNES}}}category")
    if not rows:
        found.error("la série", "il manque la catégorie (itunes:category)", 'ajoutez <itunes:category text="Government"/>')
    for row in rows:
        name = row.get("text", "")
        if name not in CATEGORIES:
            near = next((c for c in CATEGORIES if c.lower() == name.strip().lower()), "")
            found.error("la série", f"la catégorie « {name} » n'est pas de la liste d'Apple", f"écrivez exactement « {near or 'Government'} »")
            continue
        for inner in row.findall(f"{{{ITUNES}}}category"):
            if inner.get("text", "") not in CATEGORIES[name]:
                found.error(
                    "la série",
                    f"la sous-catégorie « {inner.get('text', '')} » n'est pas sous « {name} »",
                    f"choisissez parmi : {', '.join(CATEGORIES[name]) or 'aucune'}",
                )


def _cover(parent: ET.Element, where: str, found: _Faults, needed: bool) -> None:
    image = parent.find(f"{{{ITUNES}}}image")
    href = (image.get("href") or "").strip() if image is not None else ""
    if not href:
        if needed or image is not None:
            found.error(where, "il manque l'image (itunes:image href)", f"ajoutez une image carrée de {cover.LEAST} à {cover.MOST} pixels")
    elif urlsplit(href).scheme not in ("https", "http"):
        found.error(where, f"l'image « {href[:80]} » n'a pas d'adresse complète", "écrivez une adresse https entière")
    elif not unquote(urlsplit(href).path).lower().endswith((".jpg", ".jpeg", ".png")):
        found.advice(where, "l'adresse de l'image ne finit pas par .jpg ni .png", "Apple le demande : renommez le fichier")


def _item(item: ET.Element, found: _Faults) -> None:
    title = _said(item, "title") or _said(item, f"{{{ITUNES}}}title")
    where = f"« {title[:80]} »" if title else f"l'épisode {_said(item, 'guid')[:60] or 'sans titre'}"
    if not title:
        found.error(where, "il manque le titre", "ajoutez <title>")
    if not _said(item, "guid"):
        found.error(where, "il manque le guid", "ajoutez un <guid> unique, qui ne changera jamais")
    date = _said(item, "pubDate")
    if not date:
        found.advice(where, "il manque la date (pubDate)", "ajoutez <pubDate>Sat, 21 Nov 2026 08:00:00 +0100</pubDate>")
    elif not _good_date(date):
        found.error(where, f"la date « {date[:60]} » n'est pas au format RFC 2822", "écrivez par exemple Sat, 21 Nov 2026 08:00:00 +0100")
    if not _said(item, "description") and item.find("{http://purl.org/rss/1.0/modules/content/}encoded") is None:
        found.advice(where, "il manque la description", "ajoutez <description> : c'est ce que lisent ceux qui n'entendent pas")
    lasting = item.findtext(f"{{{ITUNES}}}duration")
    if lasting is None:
        found.advice(where, "il manque la durée (itunes:duration)", "ajoutez-la, en secondes")
    elif length(lasting) is None:
        found.error(where, f"la durée « {lasting.strip()[:40]} » ne se lit pas", "écrivez un nombre de secondes")
    for tag, words in (("episode", "numéro d'épisode"), ("season", "numéro de saison")):
        value = item.findtext(f"{{{ITUNES}}}{tag}")
        if value is not None and count(value, 99_999) is None:
            found.error(where, f"le {words} « {value.strip()[:40]} » n'est pas un nombre entier positif", "écrivez 1, 2, 3…")
    kind = item.findtext(f"{{{ITUNES}}}episodeType")
    if kind is not None and kind.strip() not in KINDS:
        found.error(where, f"itunes:episodeType « {kind.strip()[:40]} » n'existe pas", f"écrivez {', '.join(KINDS)}")
    _explicit(item, where, found, needed=False)
    _cover(item, where, found, needed=False)
    _enclosure(item, where, found)


def _good_date(date: str) -> bool:
    try:
        parsed: datetime = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError):
        return False
    return bool(re.match(r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d", date)) and (
        not date[0].isalpha() or date[:3] == ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[parsed.weekday()]
    )


def _enclosure(item: ET.Element, where: str, found: _Faults) -> None:
    rows = item.findall("enclosure")
    if not rows:
        found.error(where, "il manque le son (enclosure)", 'ajoutez <enclosure url="https://…" length="octets" type="audio/mpeg"/>')
        return
    if len(rows) > 1:
        found.error(where, f"il y a {len(rows)} sons (enclosure)", "gardez-en un seul par épisode")
    row = rows[0]
    href, mime, size = row.get("url", "").strip(), row.get("type", ""), row.get("length", "")
    if urlsplit(href).scheme != "https":
        found.error(where, f"le son n'est pas en https : {href[:80] or 'aucune adresse'}", "servez-le en https : les enceintes refusent le reste")
    name = unquote(urlsplit(href).path.rpartition("/")[2])
    if not name.isascii() or not re.fullmatch(r"[\w.\-~%+@!()]*", name, re.ASCII):
        found.error(where, f"le nom de fichier « {name[:60]} » a des accents ou des espaces", "renommez-le sans accents ni espaces")
    if mime not in AUDIO:
        found.error(where, f"le type « {mime} » n'est pas admis", "écrivez audio/mpeg pour un MP3, audio/x-m4a pour un M4A")
    if count(size) is None:
        found.error(where, f"la taille (length) « {size} » n'est pas un nombre d'octets", "écrivez la taille du fichier en octets")


def _unique(items: list[ET.Element], found: _Faults) -> None:
    for tag, values in (
        ("guid", Counter(_said(i, "guid") for i in items)),
        ("son (enclosure)", Counter(e.get("url", "") for i in items for e in i.findall("enclosure")[:1])),
    ):
        for value, times in values.items():
            if value and times > 1:
                found.error("la série", f"le même {tag} sert à {times} épisodes : {value[:80]}", "donnez-en un différent à chacun")


def _probe(channel: ET.Element, items: list[ET.Element], probe: Probe, found: _Faults) -> None:
    for item in items[:MOST_PROBED]:
        row = item.find("enclosure")
        href = row.get("url", "") if row is not None else ""
        if row is None or not href:
            continue
        where = f"« {_said(item, 'title')[:80]} »"
        try:
            head = probe(href, method="HEAD")
            part = probe(href, extra={"Range": "bytes=0-1", "Accept-Encoding": "identity"})
        except FeedUnavailable as error:
            found.error(where, f"le son ne vient pas : {error}", "vérifiez l'adresse, et que le serveur répond à HEAD")
            continue
        if part.status != 206:
            found.error(where, "le serveur n'envoie pas le son par morceaux (byte ranges)", "activez les requêtes partielles (206)")
        declared, true = row.get("length", ""), head.headers.get("content-length", "")
        if declared.isdigit() and true.isdigit() and declared != true:
            found.advice(where, f"la taille annoncée est {declared} octets, la vraie {true}", "corrigez length")
        if head.content_type.partition(";")[0] != row.get("type"):
            found.advice(where, f"le serveur envoie le type {head.content_type or 'inconnu'}", f"réglez-le sur {row.get('type')}")
    image = channel.find(f"{{{ITUNES}}}image")
    href = image.get("href", "") if image is not None else ""
    if href:
        try:
            cover.measured(probe(href).body or b"")
        except FeedUnavailable as error:
            found.error("la série", f"l'image ne vient pas : {error}", "vérifiez l'adresse de l'image")
        except cover.NotACover as error:
            found.error("la série", str(error), "remplacez l'image")
