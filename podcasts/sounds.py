"""Which of an item's files is its sound: enclosures, media:content, alternative enclosures, with wrong or missing types."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from podcasts.guard import Noted
from podcasts.values import count, is_public, one_line

AUDIO_TYPES: Final = {
    "mp3": "audio/mpeg", "m4a": "audio/mp4", "aac": "audio/aac", "ogg": "audio/ogg", "oga": "audio/ogg", "opus": "audio/ogg",
    "wav": "audio/wav", "flac": "audio/flac", "m4b": "audio/mp4", "mp4a": "audio/mp4",
}  # fmt: skip
_SAME_TYPE: Final = {
    "audio/mp3": "audio/mpeg", "audio/x-mp3": "audio/mpeg", "audio/x-mpeg": "audio/mpeg", "audio/mpeg3": "audio/mpeg", "audio/mpg": "audio/mpeg",
    "audio/m4a": "audio/x-m4a", "audio/x-wav": "audio/wav", "audio/x-aac": "audio/aac", "application/ogg": "audio/ogg",
}  # fmt: skip
_NO_SOUND: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|pdf|mp4|m4v|mov|html?|zip|epub|vtt|srt|json)$")


class Sound(NamedTuple):
    """One file that may be an episode's sound."""

    address: str
    mime: str
    size: int | None


def sounds(entry: Any, noted: Noted, absolute: Callable[[str], str]) -> list[Sound]:
    """Everything that may be the episode's sound, the likeliest first."""
    rows = [(a.get("url") or a.get("resource", ""), a.get("type", ""), a.get("length", "")) for a, _ in noted.get("enclosure", ())]
    for name in ("enc:enclosure", "enc:Enclosure"):  # of RSS 1.0: a property, or a node in one
        rows += [(a.get("resource") or a.get("url") or a.get("about", ""), a.get("type", ""), a.get("length", "")) for a, _ in noted.get(name, ())]
    rows += [(a.get("href", ""), a.get("type", ""), a.get("length", "")) for a, _ in noted.get("link", ()) if a.get("rel") == "enclosure"]
    if not rows:
        rows = [(link.get("href", ""), link.get("type", ""), link.get("length", "")) for link in entry.get("links", ()) if link.get("rel") == "enclosure"]
    media = [a for a, _ in noted.get("media:content", ())] or entry.get("media_content", ())
    rows += [(a.get("url", ""), a.get("type", "") or ("audio/" if a.get("medium") == "audio" else ""), a.get("filesize", "")) for a in media]
    rows += [
        (a.get("uri", ""), a.get("type") or a.get("contenttype") or a.get("in:type", ""), a.get("in:length", "")) for a, _ in noted.get("podcast:source", ())
    ]
    found, unsure = [], []
    for href, given, size in rows:
        target = absolute(href)
        mime = one_line(given).lower().partition(";")[0].strip()
        path = urlsplit(target).path.lower()
        by_name = AUDIO_TYPES.get(path.rpartition(".")[2], "")
        if not target or is_inside(target):
            continue
        if mime.startswith("audio/") or mime == "application/ogg":
            found.append(Sound(target, _SAME_TYPE.get(mime, mime) if mime != "audio/" else by_name, count(size)))
        elif by_name and not mime.startswith(("video/", "image/")):
            found.append(Sound(target, by_name, count(size)))
        elif mime in ("", "application/octet-stream", "binary/octet-stream") and not _NO_SOUND.search(path):
            unsure.append(Sound(target, "", count(size)))
    return found + unsure


def is_inside(target: str) -> bool:
    """Whether an address names a machine of some private network, which no listener's player reaches."""
    host = urlsplit(target).hostname or ""
    try:
        return not is_public(host)
    except ValueError:
        pass
    try:  # 2130706433, 0x7f.1 and 0177.0.0.1 are addresses too, to whoever opens them
        return not is_public(str(ipaddress.IPv4Address(socket.inet_aton(host))))
    except OSError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
