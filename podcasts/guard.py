"""A first look at bytes before any feed parser sees them: refuses what is unsafe or no feed, and notes what parsers flatten.

One pass of expat over the mended text. Entities declared by the document itself, endless nesting and millions of elements are
refused here, in milliseconds. On the way the pass keeps, for each item, the texts and attributes that feedparser merges or loses (two
descriptions, several persons, "explicit" other than yes and clean).
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urljoin
from xml.parsers import expat

from podcasts.mend import decoded, is_cut, mended
from podcasts.model import FeedRefused

MOST_BYTES: Final = 32 * 1024 * 1024
MOST_DEPTH: Final = 100
MOST_ELEMENTS: Final = 600_000
MOST_ITEMS: Final = 50_000
MOST_ATTRIBUTES: Final = 200
_ITEMS: Final = ("item", "entry")
_FAMILIES: Final = (
    ("rss_2.0/enc", "enc"), ("modules/enc", "enc"), ("/enc#", "enc"),
    ("itunes.com/dtds/podcast", "itunes"), ("podcastindex.org/namespace", "podcast"), ("github.com/podcastindex-org", "podcast"),
    ("purl.org/rss/1.0/modules/content", "content"), ("search.yahoo.com/mrss", "media"), ("purl.org/dc/", "dc"),
    ("googleplay", "play"), ("w3.org/2005/atom", ""), ("purl.org/atom", ""), ("purl.org/rss/1.0", ""),
    ("my.netscape.com", ""), ("backend.userland.com", ""), ("w3.org/1999/02/22-rdf", "rdf"),
)  # fmt: skip
_SIGN: Final = re.compile(r"<(?:[a-z][a-z0-9]{0,20}:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_PAGE: Final = re.compile(r"(?:\s|<\?[^>]*>|<!--.*?-->)*(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE | re.DOTALL)
_MAGIC: Final = (
    (b"ID3", "un son"), (b"\xff\xfb", "un son"), (b"\xff\xf3", "un son"), (b"\xff\xf1", "un son"), (b"OggS", "un son"), (b"RIFF", "un son"),
    (b"fLaC", "un son"), (b"\x1f\x8b", "un fichier compressé"), (b"PK\x03\x04", "un fichier compressé"), (b"BZh", "un fichier compressé"), (b"%PDF", "un PDF"),
    (b"\x89PNG", "une image"), (b"\xff\xd8\xff", "une image"), (b"GIF8", "une image"),
)  # fmt: skip
_WITH_PARENT: Final = ("podcast:source", "itunes:category")
"""Elements whose parent's attributes matter: a file of an alternative sound, a category in another."""

Noted = dict[str, list[tuple[dict[str, str], str]]]
"""Of one item or of the channel: "itunes:title" to its attributes and text, each time it stands there; "image/url" for what
stands in something else. Addresses in attributes are absolute where the document names a base of its own."""


class Look:
    """What one pass over a document noted."""

    def __init__(self) -> None:
        self.channel: Noted = {}
        self.items: list[Noted] = []
        self.text = ""
        """The document, decoded and mended."""
        self.whole = False
        """True where that is well-formed from end to end."""
        self.cut = False
        """True where the document ends before its end."""


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
        self._given: list[dict[str, str]] = []
        self._bases: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS or len(self._path) >= MOST_DEPTH or len(attributes) > MOST_ATTRIBUTES:
            raise FeedRefused("le document a trop de niveaux ou trop de parties")
        family = self._names.get(name) or self._names.setdefault(name, _family(name))
        depth = len(self._path)
        if family in _ITEMS and not self._item_depth:
            self._where, self._item_depth = {}, depth + 1
            self.look.items.append(self._where)
            if len(self.look.items) > MOST_ITEMS:
                raise FeedRefused(f"le flux a plus de {MOST_ITEMS} épisodes")
        elif not self._item_depth and family in ("channel", "feed") and depth <= 1:
            self._where = self.look.channel
        given = {k.rpartition(" ")[2].lower(): v for k, v in attributes.items()}
        self._bases.append(_joined(self._bases[-1] if self._bases else "", given.get("base", "")))
        for key in ("url", "href", "uri", "resource"):
            if given.get(key):
                given[key] = _joined(self._bases[-1], given[key])
        self._path.append(family)
        self._given.append(given)
        self._texts.append([])
        if self._where is not None and given:
            outer = self._given[-2] if family in _WITH_PARENT and len(self._given) > 1 else {}
            self._where.setdefault(self._key(), []).append((given | {f"in:{k}": v for k, v in outer.items()}, ""))

    def _key(self) -> str:
        """Of the innermost element: its name, after its parent's where that is neither the item, the channel nor a mere group."""
        parent = self._path[-2] if len(self._path) > 1 else ""
        alone = len(self._path) - 1 == self._item_depth if self._item_depth else parent in ("", "channel", "feed", "rdf:RDF", "rss")
        return self._path[-1] if alone or parent.endswith("group") or self._path[-1].partition(":")[1] else f"{parent}/{self._path[-1]}"

    def end(self, _: str) -> None:
        text, key, base = "".join(self._texts.pop()).strip(), self._key(), self._bases.pop()
        family, depth = self._path.pop(), len(self._path)
        self._given.pop()
        if self._item_depth and depth + 1 == self._item_depth:
            self._item_depth, self._where = 0, self.look.channel
            return
        if self._where is None or not text or depth > (self._item_depth or 2) + 2:
            return
        if base and family in ("link", "url"):
            text = _joined(base, text)
        noted = self._where.setdefault(key, [])
        if noted and not noted[-1][1] and noted[-1][0]:
            noted[-1] = (noted[-1][0], text)
        else:
            noted.append(({}, text))

    def data(self, text: str) -> None:
        if self._texts and len(self._texts[-1]) < 100_000:
            self._texts[-1].append(text)

    def entity(self, *_: Any) -> None:
        raise FeedRefused("le document déclare ses propres entités, ce qui est dangereux")


def look(data: bytes, content_type: str = "") -> Look:
    """Notes on a document. Raises FeedRefused for what is unsafe or plainly no feed; a malformed feed is noted as far as it goes."""
    if len(data) > MOST_BYTES:
        raise FeedRefused(f"le document dépasse {MOST_BYTES // 1024 // 1024} Mo")
    magic = next((what for sign, what in _MAGIC if data.startswith(sign)), "un son" if data[4:8] == b"ftyp" else "")
    if magic and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FeedRefused(f"c'est {magic}, pas un flux")
    text = decoded(data, content_type)
    if not text.strip("\x00 \t\r\n"):
        raise FeedRefused("le document est vide")
    if _PAGE.match(text[:10_000]):
        raise FeedRefused("c'est une page web, pas un flux")
    if not _SIGN.search(text[:200_000]):
        raise FeedRefused("c'est du JSON, pas un flux" if text.lstrip()[:1] in ("{", "[") else "ce n'est pas un flux : ni <rss> ni <feed>")
    if re.search("<!entity", text, re.IGNORECASE):
        raise FeedRefused("le document déclare ses propres entités, ce qui est dangereux")
    seen = _Pass()
    seen.look.text, seen.look.cut = mended(text), is_cut(text)
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = seen.start, seen.end, seen.data
    parser.EntityDeclHandler = seen.entity
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(seen.look.text.encode(), True)
        seen.look.whole = True
    except expat.ExpatError:
        pass
    return seen.look


def _joined(base: str, address: str) -> str:
    """An address made absolute; as it is without a base or where it is none."""
    try:
        return urljoin(base, address) if base and address else address or base
    except ValueError:
        return address or base
