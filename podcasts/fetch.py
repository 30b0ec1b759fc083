"""One careful GET: conditional, bounded in time, bytes and redirects, and never to an address inside the house.

Time-outs of HTTP libraries hold for each read, so a server that drips a byte at a time outlives them all. Here one timer closes
the connection when the whole time is over, in whatever phase it is, TLS handshake included: it holds a second handle of the
socket, which no library wraps or detaches. The standard library's client is used because it bounds every line it reads.
Names are resolved once, judged, and the very address that was judged is the one connected to, so that a second answer of the
name server changes nothing.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import ssl
import threading
import time
import zlib
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, Final, NamedTuple
from urllib.parse import urljoin, urlsplit

import certifi

from podcasts.model import FeedUnavailable, Fetched
from podcasts.values import address, is_public

__all__ = ["FeedUnavailable", "Fetched", "Limits", "fetch"]

MOST_REDIRECTS: Final = 5
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_SENDABLE: Final = re.compile(r"[\x21-\x7e][\x20-\x7e]{0,499}")
"""What may be sent back in a header: a server's ETag on two lines would make every later request fail."""
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


def fetch(url: str, etag: str = "", modified: str = "", limits: Limits = USUAL, method: str = "GET", extra: dict[str, str] | None = None) -> Fetched:
    """GETs an address. Raises FeedUnavailable for anything but 200, 206 and 304, and for whatever is unsafe, slow or too large."""
    until = time.monotonic() + limits.seconds
    where = address(url)
    if not where:
        raise FeedUnavailable("address", f"{url[:200]!r} n'est pas une adresse http ou https")
    headers = {"User-Agent": AGENT, "Accept": "application/rss+xml, application/xml;q=0.9, */*;q=0.5", "Accept-Encoding": "gzip", **(extra or {})}
    for name, value in (("If-None-Match", etag), ("If-Modified-Since", modified)):
        if _SENDABLE.fullmatch(value):
            headers[name] = value
    for _ in range(MOST_REDIRECTS + 1):
        answer = _once(where, headers, until, limits, method)
        if answer.status not in _REDIRECTS:
            break
        target = _target(where, answer.headers.get("location", ""))
        if not target:
            raise FeedUnavailable("redirect", f"{where} renvoie vers une adresse impossible")
        if where.startswith("https:") and target.startswith("http:") and not limits.inside:
            raise FeedUnavailable("redirect", f"{where} renvoie de https vers http")
        where = target
    else:
        raise FeedUnavailable("redirect", f"{url} renvoie plus de {MOST_REDIRECTS} fois ailleurs")
    if answer.status == 304 and (etag or modified):
        return answer._replace(body=None, url=where)
    if answer.status != 200 and not (answer.status == 206 and "Range" in headers):  # a part nobody asked for is no feed
        raise FeedUnavailable(f"http-{answer.status}", f"{where} répond {answer.status}")
    return answer._replace(url=where)


def _target(where: str, location: str) -> str:
    """Where a redirect leads; "" where that is nowhere. Addresses come as UTF-8 in headers that are read as latin-1."""
    with contextlib.suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    try:
        return address(urljoin(where, location.strip())) if location.strip() else ""
    except ValueError:
        return ""


def judged_addresses(host: str, port: int, inside: bool, seconds: float = USUAL.seconds) -> list[str]:
    """Addresses of a name, public ones only unless `inside`. Raises FeedUnavailable where there is none in time."""
    found: list[Any] = []
    faults: list[Exception] = []

    def ask() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            faults.append(error)

    asking = threading.Thread(target=ask, daemon=True)  # a name server may be slow, and cannot be interrupted
    asking.start()
    asking.join(max(0.0, seconds))
    if asking.is_alive():
        raise FeedUnavailable("slow", f"le nom {host} n'est pas trouvé à temps")
    places = list(dict.fromkeys(str(place[0]) for family, _, _, _, place in found if family in (socket.AF_INET, socket.AF_INET6)))
    if not places:
        raise FeedUnavailable("name", f"le nom {host} est introuvable") from (faults[0] if faults else None)
    if not inside and not all(is_public(place) for place in places):
        raise FeedUnavailable("private", f"{host} est une adresse interne à un réseau")
    return places


class _Watch:
    """Ends a connection when its time is over, so that whoever waits on it wakes."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self.over = False
        self._sock = sock.dup()
        self._timer = threading.Timer(max(0.01, seconds), self._end)
        self._timer.daemon = True

    def _end(self) -> None:
        self.over = True
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> _Watch:
        self._timer.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._timer.cancel()
        self._sock.close()


def _once(url: str, headers: dict[str, str], until: float, limits: Limits, method: str) -> Fetched:
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    places = judged_addresses(host, port, limits.inside, until - time.monotonic())
    last: Exception | None = None
    for place in places[:3]:
        left = until - time.monotonic()
        if left <= 0:
            break
        try:
            sock = socket.create_connection((place, port), timeout=min(left, 10.0))
        except OSError as error:
            last = error
            continue
        left = until - time.monotonic()
        sock.settimeout(max(0.01, left))
        with sock, _Watch(sock, left) as watch:
            try:
                answer = _exchange(sock, url, host if secure else "", headers, limits, method)
                if not watch.over:  # a body without a length ends in silence when the watch ends it
                    return answer
            except FeedUnavailable:
                if not watch.over:
                    raise
            except (OSError, HTTPException, ValueError) as error:
                last = error
            if watch.over or isinstance(last, TimeoutError):
                break
    if until - time.monotonic() <= 0.05:
        raise FeedUnavailable("slow", f"{host} met plus de {limits.seconds:g} s") from last
    raise FeedUnavailable("unreachable", f"{host} est injoignable ({_plainly(last)})") from last


def _exchange(sock: socket.socket, url: str, secure_host: str, headers: dict[str, str], limits: Limits, method: str) -> Fetched:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "")
    connection.sock = _context().wrap_socket(sock, server_hostname=secure_host) if secure_host else sock
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, headers={"Host": parts.netloc, "Connection": "close", **headers})
        with connection.getresponse() as response:
            return _answer(response, limits, url, method)
    finally:
        connection.close()


def _context() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE") or certifi.where())


def _answer(response: HTTPResponse, limits: Limits, url: str, method: str) -> Fetched:
    given = {k.lower(): " ".join(v.split()) for k, v in response.headers.items()}
    declared = given.get("content-length", "")
    wanted = method == "GET" and response.status in (200, 206)
    if wanted and declared.isascii() and declared.isdigit() and (len(declared) > 12 or int(declared) > limits.most_bytes):
        raise _large(url, limits)
    body = _body(response, given, limits, url) if wanted else b""
    return Fetched(body, url, given.get("content-type", "")[:200], given.get("etag", ""), given.get("last-modified", ""), response.status, given)


def _body(response: HTTPResponse, given: dict[str, str], limits: Limits, url: str) -> bytes:
    """The whole body, decompressed piece by piece so that a small bomb stays small."""
    squeezed = given.get("content-encoding", "").lower()
    if squeezed not in ("", "identity", "gzip", "x-gzip"):
        raise FeedUnavailable("encoding", f"{url} est envoyé en {squeezed[:20]}, qui n'a pas été demandé")
    unzip = zlib.decompressobj(16 + zlib.MAX_WBITS) if "gzip" in squeezed else None
    out, size, cut = [], 0, FeedUnavailable("cut", f"{url} s'est interrompu en cours de route")
    try:
        while piece := response.read1(65_536):
            while piece:
                part = unzip.decompress(piece, 1_000_000) if unzip else piece
                piece = unzip.unconsumed_tail if unzip else b""
                size += len(part)
                if size > limits.most_bytes:
                    raise _large(url, limits)
                out.append(part)
    except (HTTPException, zlib.error) as error:
        raise cut from error
    if response.length or (unzip and not unzip.eof):
        raise cut
    return b"".join(out)


def _large(url: str, limits: Limits) -> FeedUnavailable:
    return FeedUnavailable("large", f"{url} dépasse {limits.most_bytes / 1024 / 1024:.0f} Mo")


def _plainly(error: Exception | None) -> str:
    """A reason without addresses of memory."""
    text = str(error).split("object at")[0].split(": ", 1)[-1]
    return text[:160] or type(error).__name__
