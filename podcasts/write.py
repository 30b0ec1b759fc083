"""A feed as podcast directories accept it: RSS 2.0 with the itunes, podcast and Atom namespaces.

Follows Apple's requirements and the Podcast Standards Project's PSP-1. Written whole in memory with ElementTree; the caller
puts it in place in one go. The same feed gives the same bytes.
"""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from email.utils import format_datetime
from typing import Final
from xml.etree import ElementTree as ET

from podcasts.model import Episode, Feed

ITUNES: Final = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST: Final = "https://podcastindex.org/namespace/1.0"
ATOM: Final = "http://www.w3.org/2005/Atom"
TRANSCRIPTS: Final = {"vtt": "text/vtt", "srt": "application/x-subrip", "json": "application/json", "html": "text/html", "txt": "text/plain"}
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_GUIDS: Final = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""Namespace of podcast:guid (podcastindex.org)."""

for _prefix, _uri in (("itunes", ITUNES), ("podcast", PODCAST), ("atom", ATOM)):
    ET.register_namespace(_prefix, _uri)


def write(feed: Feed, self_url: str, built: datetime | None = None) -> bytes:
    """The feed as UTF-8 XML. `self_url` is where it will be found; `built` the moment of its last change.

    Raises ValueError for an episode without sound, type, size or GUID: a directory would drop it in silence.
    """
    show, self_url = feed.show, _clean(self_url)
    root = ET.Element("rss", {"version": "2.0"})
    channel = ET.SubElement(root, "channel")
    _with(channel, f"{{{ATOM}}}link", href=self_url, rel="self", type="application/rss+xml")
    _add(channel, "title", show.title)
    _add(channel, "link", show.link or self_url)
    _add(channel, "description", show.description or show.title)
    _add(channel, "language", show.language or "fr")
    _add(channel, "copyright", show.copyright)
    _add(channel, "generator", "Mairie vocale")
    if built is not None:
        _add(channel, "lastBuildDate", format_datetime(built))
    _add(channel, f"{{{PODCAST}}}guid", show.guid or str(uuid.uuid5(_GUIDS, re.sub(r"^[a-z]+://", "", self_url).rstrip("/"))))
    # Without an owner to ask, readers as the Podcast Index's take the lock for none.
    _with(channel, f"{{{PODCAST}}}locked", **({"owner": show.email} if show.email else {})).text = "yes"
    _add(channel, f"{{{ITUNES}}}author", show.author)
    _add(channel, f"{{{ITUNES}}}type", show.type)
    _add(channel, f"{{{ITUNES}}}explicit", "true" if show.explicit else "false")
    if show.email:
        owner = ET.SubElement(channel, f"{{{ITUNES}}}owner")
        _add(owner, f"{{{ITUNES}}}name", show.owner or show.author)
        _add(owner, f"{{{ITUNES}}}email", show.email)
    if show.image:
        _with(channel, f"{{{ITUNES}}}image", href=show.image)
        image = ET.SubElement(channel, "image")
        _add(image, "url", show.image)
        _add(image, "title", show.title)
        _add(image, "link", show.link or self_url)
    for category in show.categories or (("Government",),):
        parent = channel
        for name in category:
            parent = _with(parent, f"{{{ITUNES}}}category", text=name)
    for episode in feed.episodes:
        _item(channel, episode)
    ET.indent(root)
    body: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"


def _item(channel: ET.Element, episode: Episode) -> None:
    if not (episode.guid and episode.audio and episode.mime and episode.size):
        raise ValueError(f"episode {episode.title!r} lacks a GUID, a sound, its type or its size")
    item = ET.SubElement(channel, "item")
    _add(item, "title", episode.title)
    _with(item, "enclosure", url=episode.audio, length=str(episode.size), type=episode.mime)
    guid = ET.SubElement(item, "guid", {"isPermaLink": "false"})
    guid.text = _clean(episode.guid)
    if episode.published is not None:
        _add(item, "pubDate", format_datetime(episode.published))
    _add(item, "description", episode.description or episode.title)
    _add(item, "link", episode.link)
    if episode.seconds:
        _add(item, f"{{{ITUNES}}}duration", str(episode.seconds))
    if episode.image:
        _with(item, f"{{{ITUNES}}}image", href=episode.image)
    _add(item, f"{{{ITUNES}}}explicit", "true" if episode.explicit else "false")
    _add(item, f"{{{ITUNES}}}episodeType", episode.kind)
    for name, value in (("season", episode.season), ("episode", episode.number)):
        if value:
            _add(item, f"{{{ITUNES}}}{name}", str(value))
    for person in episode.people:
        _add(item, f"{{{PODCAST}}}person", person)
    if episode.transcript:
        kind = TRANSCRIPTS.get(episode.transcript.rpartition(".")[2].lower(), "text/plain")
        _with(item, f"{{{PODCAST}}}transcript", url=episode.transcript, type=kind)
    if episode.chapters:
        _with(item, f"{{{PODCAST}}}chapters", url=episode.chapters, type="application/json+chapters")


def _add(parent: ET.Element, tag: str, text: str) -> None:
    """An element with a text; none for an empty one."""
    text = _clean(text)
    if text:
        ET.SubElement(parent, tag).text = text


def _with(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    """An element with attributes."""
    return ET.SubElement(parent, tag, {name: _clean(value) for name, value in attributes.items()})


def _clean(text: str) -> str:
    """Without what XML cannot hold: ElementTree writes control characters as they are, and nobody can read the feed after."""
    return _NOT_XML.sub("", text).strip()
