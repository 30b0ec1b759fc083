"""Every fault of a feed, as Apple and the Podcast Standards Project (PSP-1) would find it, each with what to do.

Independent of our reader, which forgives: here the document is parsed strictly and nothing is mended. With `probe`, the
newest sounds and the cover are asked for as a directory would (HEAD, byte ranges, size, pixels).
"""

from __future__ import annotations

import re
import uuid
from typing import Final
from xml.etree import ElementTree as ET

from podcasts import guard
from podcasts.categories import CATEGORIES
from podcasts.check_items import AUDIO, MOST_PROBED, Probe, item, probed, unique
from podcasts.faults import ADVICE, ERROR, Fault, Faults, block, explicit, once, picture, said, short
from podcasts.model import FeedRefused
from podcasts.write import ATOM, ITUNES, PODCAST

__all__ = ["ADVICE", "AUDIO", "ERROR", "MOST_PROBED", "Fault", "Probe", "check"]

_NAMESPACES: Final = {ITUNES: "itunes", PODCAST: "podcast", ATOM: "atom"}
_ONCE: Final = (
    "title", "link", "description", "language", "image", f"{{{ITUNES}}}explicit", f"{{{ITUNES}}}image", f"{{{ITUNES}}}author", f"{{{ITUNES}}}owner",
    f"{{{ITUNES}}}type", f"{{{PODCAST}}}guid", f"{{{PODCAST}}}locked",
)  # fmt: skip
_MISPLACED: Final = ("duration", "episode", "season", "episodeType")


def check(data: bytes, url: str = "", probe: Probe | None = None) -> list[Fault]:
    """Faults of a feed, the gravest first."""
    found = Faults()
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
    _document(data, found)
    _channel(channel, url, found)
    items = channel.findall("item")
    if not items:
        found.error("la série", "le flux n'a aucun épisode", "publiez au moins un épisode, une bande-annonce suffit")
    for row in items:
        item(row, found)
    unique(items, found)
    if probe is not None:
        probed(channel, items, probe, found)
    return sorted(found.rows, key=lambda f: f.level != ERROR)


def _document(data: bytes, found: Faults) -> None:
    """Namespaces to the letter, and UTF-8."""
    head = data[:20_000].decode("utf-8", "replace")
    for uri, prefix in _NAMESPACES.items():
        near = re.search(rf'xmlns:{prefix}\s*=\s*["\']([^"\']+)["\']', head)
        if near and near[1] != uri:
            found.error("la série", f"l'espace de noms {prefix} est {near[1][:120]}", f'écrivez exactement xmlns:{prefix}="{uri}"')
    named = re.match(r"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']{1,40})", head.lstrip("\ufeff"))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or (named and named[1].lower() not in ("utf-8", "utf8", "us-ascii")):
        found.error("la série", f"le flux est en {named[1] if named else 'UTF-16'}, pas en UTF-8", 'enregistrez-le en UTF-8 et écrivez encoding="UTF-8"')


def _channel(channel: ET.Element, url: str, found: Faults) -> None:
    where = "la série"
    for tag, words in (("title", "le titre"), ("description", "la description"), ("link", "le lien vers le site (link)"), ("language", "la langue")):
        if not said(channel, tag):
            found.error(where, f"il manque {words}", f"ajoutez <{tag}>")
    language = said(channel, "language")
    if language and not re.fullmatch(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8}){0,2}", language):
        found.error(where, f"la langue « {language[:40]} » n'est pas un code", "écrivez « fr » ou « fr-fr »")
    short(channel, where, found)
    once(channel, _ONCE, where, found)
    for tag in _MISPLACED:
        if channel.find(f"{{{ITUNES}}}{tag}") is not None:
            found.error(where, f"itunes:{tag} est hors d'un épisode", "mettez-le dans <item>")
    own = channel.find(f"{{{ATOM}}}link[@rel='self']")
    if own is None:
        found.error(
            where, "il manque l'adresse du flux (atom:link rel=self)", f'ajoutez <atom:link href="{url or "https://…"}" rel="self" type="application/rss+xml"/>'
        )
    elif not own.get("href", "").startswith("https://"):
        found.advice(where, "l'adresse du flux n'est pas en https", "servez le flux en https")
    explicit(channel, where, found, needed=True)
    block(channel, where, found)
    _category(channel, found)
    picture(channel, where, found, needed=True)
    if not said(channel, f"{{{ITUNES}}}author"):
        found.advice(where, "il manque l'auteur (itunes:author)", "ajoutez <itunes:author>, par exemple le nom de la ville")
    kind = said(channel, f"{{{ITUNES}}}type")
    if kind and kind not in ("episodic", "serial"):
        found.error(where, f"itunes:type « {kind[:40]} » n'existe pas", "écrivez episodic ou serial, en minuscules")
    _owner(channel, found)
    _podcast(channel, found)


def _owner(channel: ET.Element, found: Faults) -> None:
    if channel.find(f"{{{ITUNES}}}owner") is None:
        return
    email = said(channel, f"{{{ITUNES}}}owner/{{{ITUNES}}}email")
    if not email:
        found.error("la série", "itunes:owner n'a pas d'adresse (itunes:email)", "ajoutez une adresse, ou retirez itunes:owner")
    elif not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", email):
        found.error("la série", f"l'adresse du propriétaire « {email[:80]} » n'en est pas une", "écrivez une adresse, ou retirez itunes:owner")


def _podcast(channel: ET.Element, found: Faults) -> None:
    """What PSP-1 adds."""
    identity, locked = channel.find(f"{{{PODCAST}}}guid"), channel.find(f"{{{PODCAST}}}locked")
    if identity is None:
        found.advice("la série", "il manque podcast:guid (PSP-1)", "ajoutez-le : il garde l'identité de la série si le flux déménage")
    else:
        try:
            uuid.UUID((identity.text or "").strip())
        except ValueError:
            found.error(
                "la série", f"podcast:guid « {(identity.text or '').strip()[:60]} » n'est pas un UUID", "écrivez un UUID version 5 de l'adresse du flux"
            )
    if locked is None:
        found.advice("la série", "il manque podcast:locked (PSP-1)", "ajoutez <podcast:locked>yes</podcast:locked>")
    elif (locked.text or "").strip() not in ("yes", "no"):
        found.error("la série", f"podcast:locked vaut « {(locked.text or '').strip()[:40]} »", "écrivez yes ou no")


def _category(channel: ET.Element, found: Faults) -> None:
    rows = channel.findall(f"{{{ITUNES}}}category")
    if not rows:
        found.error("la série", "il manque la catégorie (itunes:category)", 'ajoutez <itunes:category text="Government"/>')
    for row in rows:
        name = row.get("text", "")
        if name not in CATEGORIES:
            near = next((c for c in CATEGORIES if c.lower() == name.strip().lower()), "")
            found.error("la série", f"la catégorie « {name[:80]} » n'est pas de la liste d'Apple", f"écrivez exactement « {near or 'Government'} »")
            continue
        for inner in row.findall(f"{{{ITUNES}}}category"):
            if inner.get("text", "") not in CATEGORIES[name]:
                found.error(
                    "la série",
                    f"la sous-catégorie « {inner.get('text', '')[:80]} » n'est pas sous « {name} »",
                    f"choisissez parmi : {', '.join(CATEGORIES[name])}" if CATEGORIES[name] else "retirez-la : cette catégorie n'en a aucune",
                )
