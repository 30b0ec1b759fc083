"""A document as text, whatever its encoding, with the mistakes mended that would make a strict parser stop.

The encoding is decided here, once, for everything that reads the document afterwards: a parser left alone would take any codec
of Python for an encoding. What reads right wins: the mark at its beginning, then UTF-8, then what the document or the server
says. Single bytes that are not UTF-8 in a text that is are read as windows-1252, as browsers do.
"""

from __future__ import annotations

import codecs
import html
import re
from html.entities import html5
from typing import Final

_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
    (b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be"), (b"<\x00r\x00", "utf-16-le"), (b"\x00<\x00r", "utf-16-be"), (b"Lo\xa7\x94", "cp037"),
)  # fmt: skip
_WIDER: Final = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
}
"""What documents that name an encoding really use: its later extension."""
_ENCODINGS: Final = re.compile(r"(?:iso|cp\d|mac-|koi8|shift_jis|euc_|gb|big5|hz$|tis-|kz1048|ptcp|utf-16|utf-32)")
"""The codecs that are encodings of texts; "punycode", "utf-7", "unicode_escape" and the like are ways in for an attacker."""
_SAID: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_SERVED: Final = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._-]{1,40})", re.IGNORECASE)
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TOKENS: Final = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|&(?:#(\d{1,8});|#[xX]([0-9a-fA-F]{1,7});|([A-Za-z][A-Za-z0-9]{1,30});)?", re.DOTALL)
_OWN: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})
_PREFIXES: Final = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd", "podcast": "https://podcastindex.org/namespace/1.0", "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/", "media": "http://search.yahoo.com/mrss/", "dc": "http://purl.org/dc/elements/1.1/",
    "googleplay": "http://www.google.com/schemas/play-podcasts/1.0",
}  # fmt: skip
_START: Final = re.compile(r"<\?xml\b|<(?:rss|feed|rdf:RDF|[A-Za-z]+:(?:feed|rss))[\s>]", re.IGNORECASE)
_ROOT: Final = re.compile(r"<((?:[A-Za-z]+:)?(?:rss|feed|rdf))(?=[\s>])", re.IGNORECASE)


def _one_byte(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("podcasts-1252", _one_byte)


def decoded(data: bytes, content_type: str = "") -> str:
    """The text of a document. Never raises."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "podcasts-1252" if name == "utf-8" else "replace").removeprefix("\ufeff")
    said, served = _SAID.search(data[:1_000]), _SERVED.search(content_type)
    names = [_encoding(said[1].decode("ascii") if said else ""), _encoding(served[1] if served else "")]
    if not any(name.startswith(("iso2022", "hz")) for name in names):  # those write everything in ASCII
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
    for name in filter(None, names):
        if name.startswith(("utf-16", "utf-32")):  # without its zeroes it is not
            continue
        return data.decode(name, "replace")
    return data.decode("utf-8", "podcasts-1252")


def _encoding(name: str) -> str:
    """The codec of an encoding other than UTF-8; "" for none, an unknown or an unsafe one."""
    try:
        found = codecs.lookup(name).name if name else ""
    except LookupError:
        return ""
    found = _WIDER.get(found, found)
    return found if _ENCODINGS.match(found) else ""


def mended(text: str) -> str:
    """The same document where a strict parser would stop less often: what is around it, in it and undeclared put right."""
    start = _START.search(text[:20_000])
    text = _NOT_XML.sub("", text[start.start() :] if start else text)
    text = re.sub(r"\A<\?xml\b[^>]{0,500}>", "", text).lstrip()
    root = _ROOT.search(text[:200_000])
    if root:
        end = text.rfind(f"</{root[1]}>")
        text = text[: end + len(root[1]) + 3] if end > 0 else text
        used = [p for p in _PREFIXES if f"<{p}:" in text and f"xmlns:{p}" not in text]
        added = "".join(f' xmlns:{p}="{_PREFIXES[p]}"' for p in used)
        text = text[: root.end()] + added + text[root.end() :]
    return _TOKENS.sub(_token, text)


def _token(found: re.Match[str]) -> str:
    whole, decimal, hexadecimal, name = found[0], found[1], found[2], found[3]
    if not whole.startswith("&"):
        return whole
    if decimal or hexadecimal:
        number = int(decimal) if decimal else int(hexadecimal, 16)
        good = number in (9, 10, 13) or 32 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD or 0x10000 <= number <= 0x10FFFF
        return (whole if not 0x80 <= number <= 0x9F else html.unescape(whole)) if good else ""
    if name in _OWN:
        return whole
    meant = html5.get(f"{name};", "&")
    return f"&amp;{whole[1:]}" if "<" in meant or "&" in meant else meant


def is_cut(text: str) -> bool:
    """Whether a document ends before its end: its root is never closed."""
    root = _ROOT.search(text[:200_000])
    return root is not None and f"</{root[1]}" not in text[-20_000:]
