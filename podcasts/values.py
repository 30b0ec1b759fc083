"""Single values of feeds as people really write them: dates, lengths, flags, numbers, texts, addresses."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

_ISO_LENGTH: Final = re.compile(r"P(?:T)?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$", re.IGNORECASE)
_MONTHS: Final = {
    "janvier": "Jan", "janv": "Jan", "février": "Feb", "fevrier": "Feb", "févr": "Feb", "fevr": "Feb", "fév": "Feb", "mars": "Mar", "avril": "Apr",
    "avr": "Apr", "mai": "May", "juin": "Jun", "juillet": "Jul", "juil": "Jul", "août": "Aug", "aout": "Aug", "septembre": "Sep", "sept": "Sep",
    "octobre": "Oct", "novembre": "Nov", "décembre": "Dec", "decembre": "Dec", "déc": "Dec",
}  # fmt: skip
_DAY_NAME: Final = re.compile(r"^\s*[^\W\d]+\.?\s*,?\s+(?=\d)")
_WORD: Final = re.compile(r"[^\W\d]+\.?")
_PLAUSIBLE_YEARS: Final = range(1990, 2101)
LONGEST_EPISODE: Final = 7 * 24 * 3600
"""Seconds: a longer "duration" is a mistake."""
_SPACES: Final = re.compile(r"[ \t\r\f\v\u00a0\u202f\u200b\u2060\ufeff]+")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ud800-\udfff\ufffe\uffff]")
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_BLOCKS: Final = frozenset({"p", "br", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "blockquote", "hr", "section"})
_HIDDEN: Final = frozenset({"script", "style", "head", "title"})


def moment(value: Any) -> datetime | None:
    """A date as RFC 2822, ISO 8601 or a hasty hand writes it; UTC where no zone is named; None for what is no date."""
    text = one_line(value)
    if not text or len(text) > 80:
        return None
    found = _iso(text) or _rfc(text)
    if found is None or found.year not in _PLAUSIBLE_YEARS:
        return None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(found.tzinfo or UTC)
    except (OverflowError, ValueError):
        return None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _rfc(text: str) -> datetime | None:
    bare = _DAY_NAME.sub("", text.replace("Sept ", "Sep "))
    bare = _WORD.sub(lambda m: _MONTHS.get(m[0].lower().rstrip("."), m[0]), bare, count=1) if _WORD.search(bare) else bare
    try:
        return parsedate_to_datetime(bare)
    except (ValueError, TypeError, IndexError):
        return None


def length(value: Any) -> int | None:
    """Seconds of "1:02:03", "62:03", "3723", "3723.5" or "PT1H2M"; None for nothing, zero and what cannot be."""
    text = one_line(value)
    iso = _ISO_LENGTH.fullmatch(text) if text[:1] in "Pp" else None
    if iso and any(iso.groups()):
        seconds = int(iso[1] or 0) * 3600 + int(iso[2] or 0) * 60 + float(iso[3] or 0)
    else:
        parts = text.split(":")
        if not 1 <= len(parts) <= 3:
            return None
        try:
            seconds = 0.0
            for part in parts:
                if not re.fullmatch(r"\d{1,9}(?:[.,]\d{1,9})?", part.strip()):
                    return None
                seconds = seconds * 60 + float(part.strip().replace(",", "."))
        except ValueError:
            return None
    return int(seconds) if 0 < seconds <= LONGEST_EPISODE and int(seconds) else None


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


def _entities(text: str) -> str:
    """Entities that were escaped twice ("&amp;eacute;"), read at most twice."""
    for _ in range(2):
        if "&" not in text or not _ENTITY.search(text):
            break
        text = html.unescape(text)
    return text


class _Words(HTMLParser):
    """The words of a fragment of HTML, a line for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in _BLOCKS:
            self.out.append("\n")
        self._hidden += tag in _HIDDEN

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.out.append("\n")
        if tag in _HIDDEN and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.out.append(data)


def plain_text(value: Any, longest: int = 20_000) -> str:
    """The words of HTML or of plain text, paragraphs kept as lines; cut at `longest` characters."""
    if not isinstance(value, str):
        return ""
    text = value[: longest * 8]
    if re.search(r"&lt;/?[a-zA-Z][^&]{0,200}&gt;", text):
        text = html.unescape(text)
    if "<" in text and re.search(r"</?[a-zA-Z!][^>]{0,2000}>", text):
        words = _Words()
        words.feed(text)
        words.close()
        text = "".join(words.out)
    text = _CONTROL.sub("", _entities(text))
    lines = [_SPACES.sub(" ", line).strip() for line in text.split("\n")]
    text = "\n".join(line for line in lines if line)
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def address(value: Any, schemes: tuple[str, ...] = ("https", "http"), longest: int = 2_000) -> str:
    """A web address made safe to put in a page or a player: its scheme allowed, a host, no user, no spaces; else ""."""
    text = html.unescape(value).strip() if isinstance(value, str) else ""
    if not text or len(text) > longest or _CONTROL.search(text) or "\n" in text or "\t" in text:
        return ""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return ""
    if parts.scheme.lower() not in schemes or not host or "@" in parts.netloc or re.search(r"[^a-zA-Z0-9.\-:\[\]_]", host):
        return ""
    place = (f"[{host}]" if ":" in host else host) + (f":{parts.port}" if parts.port else "")
    safe = "/:@!$&'()*+,;=-._~%?#[]"
    return urlunsplit((parts.scheme.lower(), place, quote(parts.path, safe), quote(parts.query, safe), quote(parts.fragment, safe)))
