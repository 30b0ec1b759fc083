"""A first look at bytes before any feed parser sees them: refuses what is unsafe or no feed, and notes what parsers flatten.

One pass of expat. Entities declared by the document itself, endless nesting and millions of elements are refused here, in
milliseconds. On the way the pass keeps, for each item, the texts and attributes that feedparser merges or loses (two
descriptions, several persons, "explicit" other than yes and clean).
"""

from __future__ import annotations

from typing import Any, Final
from xml.parsers import expat

from podcasts.model import FeedRefused

MOST_BYTES: Final = 32 * 1024 * 1024
MOST_DEPTH: Final = 100
MOST_ELEMENTS: Final = 1_000_000
MOST_ATTRIBUTES: Final = 200
LONGEST_TEXT: Final = 2_000_000
_ITEMS: Final = ("item", "entry")
_FAMILIES: Final = (
    ("itunes.com/dtds/podcast", "itunes"), ("podcastindex.org/namespace", "podcast"), ("github.com/podcastindex-org", "podcast"),
    ("purl.org/rss/1.0/modules/content", "content"), ("search.yahoo.com/mrss", "media"), ("purl.org/dc/", "dc"),
    ("googleplay", "play"), ("w3.org/2005/atom", ""), ("purl.org/atom", ""), ("purl.org/rss/1.0", ""),
    ("my.netscape.com", ""), ("backend.userland.com", ""), ("w3.org/1999/02/22-rdf", "rdf"),
)  # fmt: skip
_SIGNS: Final = (b"<rss", b"<feed", b"<rdf:rdf", b"<channel", b":rss", b":feed", b":rdf")

Noted = dict[str, list[tuple[dict[str, str], str]]]
"""Of one item or of the channel: "itunes:title" to its attributes and text, each time it stands there."""


class Look:
    """What one pass over a document noted."""

    def __init__(self) -> None:
        self.channel: Noted = {}
        self.items: list[Noted] = []
        self.whole = False
        """True where the document is well-formed from end to end."""


def _family(name: str) -> str:
    """ "itunes:title" for a name as expat gives it, whatever prefix the document chose."""
    uri, _, local = name.rpartition(" ")
    if not uri:
        return local
    low = uri.lower()
    for part, family in _FAMILIES:
        if part in low:
            return f"{family}:{local}" if family else local
    return f"?:{local}"


class _Pass:
    def __init__(self) -> None:
        self.look = Look()
        self._path: list[str] = []
        self._texts: list[list[str]] = []
        self._where: Noted | None = None
        self._item_depth = 0
        self._elements = 0
        self._names: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS or len(self._path) >= MOST_DEPTH or len(attributes) > MOST_ATTRIBUTES:
            raise FeedRefused("le document a trop de niveaux ou trop de parties")
        family = self._names.get(name) or self._names.setdefault(name, _family(name))
        depth = len(self._path)
        if family in _ITEMS and not self._item_depth:
            self._where, self._item_depth = {}, depth + 1
            self.look.items.append(self._where)
        elif not self._item_depth and family in ("channel", "feed") and depth <= 1:
            self._where = self.look.channel
        self._path.append(family)
        self._texts.append([])
        if self._where is not None and attributes:
            self._where.setdefault(family, []).append(({k.rpartition(" ")[2].lower(): v for k, v in attributes.items()}, ""))

    def end(self, _: str) -> None:
        family, text = self._path.pop(), "".join(self._texts.pop()).strip()
        depth = len(self._path)
        if self._item_depth and depth + 1 == self._item_depth:
            self._item_depth, self._where = 0, self.look.channel
            return
        if self._where is None or not text or depth > (self._item_depth or 2) + 2:
            return
        noted = self._where.setdefault(family, [])
        if noted and not noted[-1][1] and noted[-1][0]:
            noted[-1] = (noted[-1][0], text)
        else:
            noted.append(({}, text))

    def data(self, text: str) -> None:
        if self._texts and len(self._texts[-1]) < 100_000:
            self._texts[-1].append(text)

    def entity(self, *_: Any) -> None:
        raise FeedRefused("le document déclare ses propres entités, ce qui est dangereux")


def look(data: bytes) -> Look:
    """Notes on a document. Raises FeedRefused for what is unsafe or plainly no feed; a malformed feed is noted as far as it goes."""
    if len(data) > MOST_BYTES:
        raise FeedRefused(f"le document dépasse {MOST_BYTES // 1024 // 1024} Mo")
    head = data[:200_000].replace(b"\x00", b"").lower()
    if not head.strip():
        raise FeedRefused("le document est vide")
    if b"<!entity" in head:
        raise FeedRefused("le document déclare ses propres entités, ce qui est dangereux")
    if not any(sign in head for sign in _SIGNS) or _is_page(head):
        raise FeedRefused(_what(data, head))
    seen = _Pass()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = seen.start, seen.end, seen.data
    parser.EntityDeclHandler = seen.entity
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(data.lstrip(b"\xef\xbb\xbf \t\r\n") if not data.startswith((b"\xff\xfe", b"\xfe\xff")) else data, True)
        seen.look.whole = True
    except expat.ExpatError:
        pass
    except LookupError:  # an encoding that nobody has
        pass
    return seen.look


def _is_page(head: bytes) -> bool:
    """Whether a document is a web page: a page may show a feed, but is none."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:400]
    return b"<html" in start or b"<!doctype html" in start


def _what(data: bytes, head: bytes) -> str:
    if _is_page(head):
        return "c'est une page web, pas un flux"
    if data[:3] == b"ID3" or data[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf1") or data[4:8] == b"ftyp":
        return "c'est un son, pas un flux"
    if data[:2] == b"\x1f\x8b":
        return "c'est un fichier compressé, pas un flux"
    if head.lstrip()[:1] in (b"{", b"["):
        return "c'est du JSON, pas un flux"
    return "ce n'est pas un flux : ni <rss> ni <feed>"
