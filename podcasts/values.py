"""Single values of feeds as people really write them: lengths, flags, numbers, texts, addresses. Nothing here raises."""

from __future__ import annotations

import html
import ipaddress
import re
from html.entities import html5
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

_ISO_LENGTH: Final = re.compile(r"P(?:(\d{1,3})D)?(?:T)?(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?", re.IGNORECASE)
_SPOKEN_LENGTH: Final = re.compile(
    r"(?:(\d{1,4})\s*h(?:(?:eures?|ours?|rs?))?\.?\s*)?(?:(\d{1,6})\s*(?:m|mn|min|mins|minutes?|'|$)\.?\s*)?(?:(\d{1,9})\s*(?:s|sec|secs|secondes?|seconds?|''|\")\.?)?",
    re.IGNORECASE,
)
_HOST: Final = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*|\[[0-9a-f:.]+\]")
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
LONGEST_EPISODE: Final = 7 * 24 * 3600
"""Seconds: a longer "duration" is a mistake."""
_SPACES: Final = re.compile(r"[ \t\r\f\v\u00a0\u202f\u200b\u2060\ufeff]+")
_BLANKS: Final = re.compile(r"[^\S\n]{2,}")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ud800-\udfff\ufffe\uffff]")
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|([a-zA-Z][a-zA-Z0-9]{1,30}));")
_HIDDEN: Final = re.compile(r"<(script|style|head|template)(?=[\s/>])[^<>]*>.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL)
_TAG: Final = re.compile(r"<(?:/?([a-zA-Z][a-zA-Z0-9:-]*)(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+>|/?([a-zA-Z][a-zA-Z0-9:-]*)[^<>]*>|[!?][^<>]*>)")
"""A tag in time that grows with the text: HTMLParser takes minutes for 100 kB of "<a <a <a", and raises for "<![x["."""
_ESCAPED_TAG: Final = re.compile(r"&lt;/?[a-zA-Z][^&]{0,200}&gt;|&lt;!--")
_BLOCKS: Final = frozenset({"p", "br", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "td", "table", "blockquote", "hr", "section"})


def length(value: Any) -> int | None:
    """Seconds of "1:02:03", "62:03", "3723", "3723.5" or "PT1H2M"; None for nothing, zero and what cannot be."""
    text = one_line(value, 60)
    iso = _ISO_LENGTH.fullmatch(text)
    said = _SPOKEN_LENGTH.fullmatch(text) if re.search(r"\d\s*[a-z'\"]", text, re.IGNORECASE) else None
    if iso and any(iso.groups()):
        seconds = int(iso[1] or 0) * 86_400 + int(iso[2] or 0) * 3600 + int(iso[3] or 0) * 60 + float(iso[4] or 0)
    elif said and any(said.groups()):
        seconds = int(said[1] or 0) * 3600 + int(said[2] or 0) * 60 + float(said[3] or 0)
    else:
        seconds = 0.0
        parts = text.split(":")
        for part in parts:
            if len(parts) > 3 or not re.fullmatch(r"\d{1,9}(?:[.,]\d{1,9})?", part.strip()):
                return None
            seconds = seconds * 60 + float(part.strip().replace(",", "."))
    return int(seconds) if 1 <= seconds <= LONGEST_EPISODE else None


def flag(value: Any) -> bool | None:
    """Of explicit="yes", "true", "explicit", "no", "false", "clean"; None for anything else."""
    if isinstance(value, bool):
        return value
    word = one_line(value).lower()
    return True if word in ("yes", "true", "explicit", "1") else False if word in ("no", "false", "clean", "0") else None


def count(value: Any, most: int = 10**12) -> int | None:
    """A whole number above zero; None for anything else."""
    text = one_line(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 and 0 < int(text) <= most else None


def one_line(value: Any, longest: int = 0) -> str:
    """A text on one line, without control characters, its leftover entities read; cut at `longest` characters."""
    if not isinstance(value, str):
        return ""
    text = " ".join(_CONTROL.sub("", _entities(value)).replace("\u200b", "").replace("\ufeff", "").split())
    return text if not longest or len(text) <= longest else text[: longest - 1].rstrip() + "…"


def title_line(value: Any, longest: int = 0) -> str:
    """A title: on one line, without tags; the same when a feed is read as when an episode is published."""
    return one_line(plain_text(value, 4 * (longest or 1_000)), longest)


def _entities(text: str) -> str:
    """Entities that were escaped twice ("&amp;eacute;"), read at most twice; "&copy=1" and "R&D;" are none."""
    for _ in range(2):
        if "&" not in text or not _ENTITY.search(text):
            break
        text = _ENTITY.sub(lambda m: html5.get(f"{m[1]};", m[0]) if m[1] else html.unescape(m[0]), text)
    return text


def plain_text(value: Any, longest: int = 20_000) -> str:
    """The words of HTML or of plain text, paragraphs kept as lines; cut at `longest` characters."""
    if not isinstance(value, str):
        return ""
    text = _BLANKS.sub(" ", value)[: longest * 8]
    if _ESCAPED_TAG.search(text) and not _TAG.search(text):
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(lambda m: "\n" if (m[1] or m[2] or "").lower() in _BLOCKS else "", _HIDDEN.sub("", text))
    text = _CONTROL.sub("", _entities(text))
    lines = [_SPACES.sub(" ", line).strip() for line in text.split("\n")]
    text = "\n".join(line for line in lines if line)
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def address(value: Any, schemes: tuple[str, ...] = ("https", "http"), longest: int = 2_000) -> str:
    """A web address made safe to put in a page or a player: its scheme allowed, a host, no user, no spaces; else ""."""
    text = value.strip() if isinstance(value, str) else ""
    if not text or len(text) > longest or _CONTROL.search(text) or "\n" in text or "\r" in text or "\t" in text:
        return ""
    while "&amp;" in text:  # only this one: "&copy=1" and "&region=2" are parameters
        text = text.replace("&amp;", "&")
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = host if host.isascii() else host.encode("idna").decode("ascii")
        if ":" in host or parts.netloc.startswith("["):
            host = f"[{ipaddress.IPv6Address(host)}]"
    except (ValueError, UnicodeError):
        return ""
    if parts.scheme.lower() not in schemes or port == 0 or not _HOST.fullmatch(host) or "@" in parts.netloc or re.search(r"\][^:]", parts.netloc):
        return ""
    safe = "/:@!$&'()*+,;=-._~%?#[]"
    place = host + (f":{port}" if port else "")
    whole = urlunsplit((parts.scheme.lower(), place, quote(parts.path, safe), quote(parts.query, safe), quote(parts.fragment, safe)))
    return whole if len(whole) <= longest else ""


def is_public(place: str) -> bool:
    """Whether an IP address is one of the open internet, also where it wears another's clothes (IPv4 in IPv6, 6to4, NAT64)."""
    found = ipaddress.ip_address(place.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
        inner = found.ipv4_mapped or found.sixtofour
        if inner is not None:
            return is_public(str(inner))
        if found.is_site_local:
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved
