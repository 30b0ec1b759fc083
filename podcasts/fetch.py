"""One careful GET: conditional, bounded in time, bytes and redirects, and never to an address inside the house.

Time-outs of HTTP libraries hold for each read, so a server that drips a byte at a time outlives them all. Here one timer closes
the connection when the whole time is over, in whatever phase it is. Names are resolved once, judged, and the very address that
was judged is the one connected to, so that a second answer of the name server changes nothing.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import threading
import time
import zlib
from typing import Any, Final, NamedTuple
from urllib.parse import urljoin, urlsplit

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

from podcasts.values import address

MOST_REDIRECTS: Final = 5
_REDIRECTS: Final = (301, 302, 303, 307, 308)
AGENT: Final = "MairieVocale/1.0 (podcast reader)"


class Limits(NamedTuple):
    """What one fetch may cost."""

    seconds: float = 30.0
    """For everything: names, handshakes, redirects and body."""
    most_bytes: int = 32 * 1024 * 1024
    """Of the body, after decompression."""
    inside: bool = False
    """True lets private and loopback addresses through: for tests, and for a town that keeps its feed on its own network."""


USUAL: Final = Limits()


class FeedUnavailable(OSError):
    """Nothing was read, for a reason that staff can act upon. `reason` is a short key, the text says more."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class Fetched(NamedTuple):
    """What came back. `body` is None where nothing changed since the ETag or date that was sent."""

    body: bytes | None
    url: str
    """Where it came from in the end."""
    content_type: str = ""
    etag: str = ""
    modified: str = ""
    status: int = 200
    headers: dict[str, str] = {}


def fetch(url: str, etag: str = "", modified: str = "", limits: Limits = USUAL, method: str = "GET", extra: dict[str, str] | None = None) -> Fetched:
    """GETs an address. Raises FeedUnavailable for anything but 200, 206 and 304, and for whatever is unsafe, slow or too large."""
    until = time.monotonic() + limits.seconds
    where = address(url)
    if not where:
        raise FeedUnavailable("address", f"{url[:200]!r} n'est pas une adresse http ou https")
    headers = {"User-Agent": AGENT, "Accept": "application/rss+xml, application/xml;q=0.9, */*;q=0.5", "Accept-Encoding": "gzip", **(extra or {})}
    if etag:
        headers["If-None-Match"] = etag
    if modified:
        headers["If-Modified-Since"] = modified
    for _ in range(MOST_REDIRECTS + 1):
        answer = _once(where, headers, until, limits, method)
        if answer.status not in _REDIRECTS:
            break
        target = address(urljoin(where, answer.headers.get("location", "")))
        if not target:
            raise FeedUnavailable("redirect", f"{where} renvoie vers une adresse impossible")
        if where.startswith("https:") and target.startswith("http:") and not limits.inside:
            raise FeedUnavailable("redirect", f"{where} renvoie de https vers http")
        where = target
    else:
        raise FeedUnavailable("redirect", f"{url} renvoie plus de {MOST_REDIRECTS} fois ailleurs")
    if answer.status == 304 and (etag or modified):
        return answer._replace(body=None, url=where)
    if answer.status not in (200, 206):
        raise FeedUnavailable(f"http-{answer.status}", f"{where} répond {answer.status}")
    return answer._replace(url=where)


def judged_addresses(host: str, port: int, inside: bool) -> list[tuple[int, str]]:
    """(family, address) of a name, public ones only unless `inside`. Raises FeedUnavailable where there is none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FeedUnavailable("name", f"le nom {host} est introuvable") from error
    places: list[tuple[int, str]] = list(
        dict.fromkeys((family, str(place[0])) for family, _, _, _, place in found if family in (socket.AF_INET, socket.AF_INET6))
    )
    if not inside and not all(_public(place) for _, place in places):
        raise FeedUnavailable("private", f"{host} est une adresse interne à un réseau")
    if not places:
        raise FeedUnavailable("name", f"le nom {host} est introuvable")
    return places


def _public(place: str) -> bool:
    """Whether an address is one of the open internet, also where it wears another's clothes (IPv4 in IPv6, 6to4, NAT64)."""
    found = ipaddress.ip_address(place.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if found in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None and not _public(str(inner)):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


class _Watch:
    """Closes a connection when its time is over, so that whoever waits on it wakes."""

    def __init__(self, connection: Any, seconds: float) -> None:
        self.over = False
        self._connection = connection
        self._timer = threading.Timer(max(0.01, seconds), self._close)
        self._timer.daemon = True

    def _close(self) -> None:
        self.over = True
        sock = self._connection.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> _Watch:
        self._timer.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._timer.cancel()


def _once(url: str, headers: dict[str, str], until: float, limits: Limits, method: str) -> Fetched:
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    places = judged_addresses(host, port, limits.inside)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    last: Exception | None = None
    for _, place in places[:3]:
        left = until - time.monotonic()
        if left <= 0:
            raise FeedUnavailable("slow", f"{host} met plus de {limits.seconds:g} s")
        connection = _connection(host, place, port, secure, min(left, 10.0))
        try:
            with _Watch(connection, left) as watch:
                try:
                    connection.request(method, path, headers={**headers, "Host": parts.netloc}, preload_content=False, decode_content=False)
                    answer = _answer(connection.getresponse(), limits, url, method)
                    if not watch.over:  # a body without a length ends in silence when the watch closes it
                        return answer
                    last = None
                except FeedUnavailable:
                    raise
                except (OSError, urllib3.exceptions.HTTPError, ValueError, zlib.error) as error:
                    last = error
                if watch.over:
                    raise FeedUnavailable("slow", f"{host} met plus de {limits.seconds:g} s") from last
                if isinstance(last, urllib3.exceptions.IncompleteRead | urllib3.exceptions.ProtocolError | zlib.error):
                    raise FeedUnavailable("cut", f"{url} s'est interrompu en cours de route") from last
        finally:
            connection.close()
    raise FeedUnavailable("unreachable", f"{host} est injoignable ({_plainly(last)})") from last


def _connection(host: str, place: str, port: int, secure: bool, timeout: float) -> HTTPConnection:
    if not secure:
        return HTTPConnection(place, port, timeout=timeout)
    context = create_urllib3_context()
    context.load_verify_locations(os.environ.get("SSL_CERT_FILE") or certifi.where())
    return HTTPSConnection(place, port, timeout=timeout, ssl_context=context, server_hostname=host, assert_hostname=host)


def _answer(response: Any, limits: Limits, url: str, method: str) -> Fetched:
    given = {k.lower(): v for k, v in response.headers.items()}
    declared = given.get("content-length", "")
    if method == "GET" and response.status in (200, 206) and declared.isdigit() and int(declared) > limits.most_bytes:
        raise FeedUnavailable("large", f"{url} dépasse {limits.most_bytes / 1024 / 1024:.0f} Mo")
    body = b"" if response.status not in (200, 206) or method == "HEAD" else _body(response, given, limits, url)
    return Fetched(body, url, given.get("content-type", "")[:200], given.get("etag", "")[:500], given.get("last-modified", "")[:100], response.status, given)


def _body(response: Any, given: dict[str, str], limits: Limits, url: str) -> bytes:
    """The whole body, decompressed piece by piece so that a small bomb stays small."""
    squeezed = given.get("content-encoding", "").lower()
    if squeezed not in ("", "identity", "gzip", "x-gzip"):
        raise FeedUnavailable("encoding", f"{url} est envoyé en {squeezed[:20]}, qui n'a pas été demandé")
    unzip = zlib.decompressobj(16 + zlib.MAX_WBITS) if "gzip" in squeezed else None
    out, size = [], 0
    for chunk in response.stream(65_536, decode_content=False):
        piece = chunk
        while piece:
            part = unzip.decompress(piece, 1_000_000) if unzip else piece
            piece = unzip.unconsumed_tail if unzip else b""
            size += len(part)
            if size > limits.most_bytes:
                raise FeedUnavailable("large", f"{url} dépasse {limits.most_bytes / 1024 / 1024:.0f} Mo")
            out.append(part)
    if unzip and not unzip.eof:
        raise FeedUnavailable("cut", f"{url} s'est interrompu en cours de route")
    return b"".join(out)


def _plainly(error: Exception | None) -> str:
    """A reason without addresses of memory."""
    text = str(error).split("object at")[0].split(": ", 1)[-1]
    return text[:160] or type(error).__name__
