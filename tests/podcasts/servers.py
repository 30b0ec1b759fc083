"""Real servers on 127.0.0.1 that misbehave in named ways, and an internet of a few names that leads to them."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from podcasts.fetch import FeedUnavailable, Limits, fetch

FEED = b'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><item><title>e</title><guid>g</guid></item></channel></rss>'
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"


class Talk:
    """One connection: what was asked, and how to answer it."""

    def __init__(self, sock: socket.socket, ended: threading.Event, asked: list[str]) -> None:
        self.sock, self.ended, self.asked, self.head = sock, ended, asked, b""

    def listen(self) -> str:
        while b"\r\n\r\n" not in self.head and (piece := self.sock.recv(4096)):
            self.head += piece
        self.asked.append(self.head.decode("latin-1"))
        return self.asked[-1]

    def drip(self, data: bytes, every: float = 0.05) -> None:
        for i in range(len(data)):
            self.sock.sendall(data[i : i + 1])
            if self.ended.wait(every):
                return

    def endlessly(self, data: bytes) -> None:
        while not self.ended.is_set():
            self.sock.sendall(data)


Behaviour = Callable[[Talk], None]


class Server:
    """Answers each connection as one behaviour does. Ended by `end`, whatever it is doing."""

    def __init__(self, behave: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[str] = []
        self._behave, self._tls, self._ended = behave, tls, threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/feed.xml"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        self._socket.settimeout(0.02)
        while not self._ended.is_set():
            try:
                sock, _ = self._socket.accept()
            except TimeoutError:
                continue
            try:
                with sock, self._tls.wrap_socket(sock, server_side=True) if self._tls else sock as open_socket:
                    open_socket.settimeout(3)
                    self._behave(Talk(open_socket, self._ended, self.asked))
            except OSError:
                pass

    def end(self) -> None:
        self._ended.set()
        self._thread.join(5)
        self._socket.close()
        assert not self._thread.is_alive()


@contextmanager
def serving(behave: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(behave, tls)
    try:
        yield server
    finally:
        server.end()


def saying(answer: bytes) -> Behaviour:
    """The same bytes to whoever asks."""

    def behave(talk: Talk) -> None:
        talk.listen()
        talk.sock.sendall(answer)

    return behave


def whole(body: bytes = FEED, more: bytes = b"") -> bytes:
    return OK + more + b"Content-Length: %d\r\n\r\n" % len(body) + body


def dripped(first: bytes, then: bytes) -> Behaviour:
    """The first part at once, the rest a byte at a time."""

    def behave(talk: Talk) -> None:
        talk.listen()
        talk.sock.sendall(first)
        talk.drip(then)

    return behave


def endless(first: bytes, again: bytes) -> Behaviour:
    def behave(talk: Talk) -> None:
        talk.listen()
        talk.sock.sendall(first)
        talk.endlessly(again)

    return behave


def dripping_handshake(talk: Talk) -> None:
    """The header of a TLS record of 16 kB, then a byte at a time."""
    talk.drip(b"\x16\x03\x03\x40\x00" + b"\x02" * 200)


def silent(talk: Talk) -> None:
    talk.listen()
    talk.ended.wait(5)


def known(etag: str, body: bytes = FEED) -> Behaviour:
    """A server that knows what its client has."""

    def behave(talk: Talk) -> None:
        same = f"If-None-Match: {etag}\r\n" in talk.listen()
        talk.sock.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n" if same else whole(body, f"ETag: {etag}\r\n".encode()))

    return behave


def redirect(to: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Elsewhere\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


BOMB = gzip.compress(b"\x00" * 8_000_000)


class Internet:
    """Names and the addresses they have, one answer after another; public addresses lead to a server of ours."""

    def __init__(self, **names: list[str]) -> None:
        self.names = {name.replace("_", "."): list(answers) for name, answers in names.items()}
        self.homes: dict[str, Server] = {}
        self.connected: list[str] = []

    def resolve(self, host: str, port: int, **_: Any) -> list[Any]:
        answers = self.names.get(host)
        if not answers:
            raise socket.gaierror(-2, "Name or service not known")
        said = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in said.split()]

    def connect(self, place: tuple[str, int], timeout: float) -> socket.socket:
        self.connected.append(place[0])
        if place[0] not in self.homes:
            raise OSError(113, "No route to host")
        sock = socket.socket()
        sock.settimeout(timeout)
        sock.connect(("127.0.0.1", self.homes[place[0]].port))
        return sock


def own_authority(folder: Path, host: str) -> tuple[ssl.SSLContext, Path]:
    """A server's side of TLS with a certificate of its own making, and the file that makes it trusted."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "both.pem").write_bytes(secret + pem)
    (folder / "root.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context, folder / "root.pem"


INSIDE = Limits(seconds=2.0, most_bytes=1_000_000, inside=True)


def reason(url: str, limits: Limits = INSIDE, **more: str) -> str:
    """Why an address could not be read."""
    with pytest.raises(FeedUnavailable) as caught:
        fetch(url, limits=limits, **more)
    assert str(caught.value)
    assert " at 0x" not in str(caught.value)
    return caught.value.reason
