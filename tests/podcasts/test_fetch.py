"""One careful GET against servers that misbehave. Every deadline is short: what matters is that it holds in every phase."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib

import pytest

from podcasts.fetch import Fetched, Limits, fetch
from tests.podcasts.servers import (
    BOMB,
    FEED,
    INSIDE,
    OK,
    dripped,
    dripping_handshake,
    endless,
    known,
    reason,
    redirect,
    saying,
    serving,
    silent,
    whole,
)

HURRIED = INSIDE._replace(seconds=0.3)


def got(answer: bytes, limits: Limits = INSIDE) -> Fetched:
    with serving(saying(answer)) as server:
        return fetch(server.url, limits=limits)


def fault(answer: bytes) -> str:
    with serving(saying(answer)) as server:
        return reason(server.url)


def test_a_feed_comes_with_what_recognises_it() -> None:
    answer = got(whole(FEED, b'ETag: "a"\r\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n'))
    assert answer.body == FEED
    assert (answer.etag, answer.modified, answer.content_type) == ('"a"', "Mon, 01 Jan 2024 00:00:00 GMT", "application/rss+xml")


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"\r\n" + FEED,
        OK + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(FEED) + FEED + b"\r\n0\r\n\r\n",
        whole(gzip.compress(FEED), b"Content-Encoding: gzip\r\n"),
        b"HTTP/1.1 100 Continue\r\n\r\n" + whole(),
        b"HTTP/1.0 200 OK\r\n\r\n" + FEED,
    ],
    ids=["no length", "chunked", "gzip", "continue first", "HTTP/1.0"],
)
def test_bodies_come_in_many_ways(answer: bytes) -> None:
    assert got(answer).body == FEED


@pytest.mark.parametrize(
    "behave",
    [
        dripped(b"", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200),
        dripped(OK, b"X-A: b\r\n" * 40),
        dripped(OK + b"Content-Length: 400\r\n\r\n", b"x" * 400),
        dripped(OK + b"\r\n", b"x" * 400),
        dripped(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 60),
        dripped(OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(bytes(range(256)) * 4)),
        silent,
    ],
    ids=["status line", "headers", "body with length", "body without length", "chunks", "gzip", "silence"],
)
def test_a_slow_server_is_left_when_the_whole_time_is_over(behave: object) -> None:
    with serving(behave) as server:  # type: ignore[arg-type]
        start = time.monotonic()
        assert reason(server.url, HURRIED) == "slow"
        assert time.monotonic() - start < 1.0


def test_a_handshake_that_drips_is_left_too() -> None:
    with serving(dripping_handshake) as server:
        start = time.monotonic()
        assert reason(server.url.replace("http:", "https:"), HURRIED) == "slow"
        assert time.monotonic() - start < 1.0


def test_a_name_server_that_never_answers_is_left_too(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: ended.wait(5) and [])
    start = time.monotonic()
    assert reason("https://slow.example/", HURRIED) == "slow"
    ended.set()
    assert time.monotonic() - start < 1.0


@pytest.mark.parametrize(
    "behave",
    [
        endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65_536 + b"\r\n"),
        endless(OK + b"\r\n", b"x" * 65_536),
        saying(OK + b"Content-Length: 52428800\r\n\r\n"),
        saying(OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n"),
        saying(whole(BOMB, b"Content-Encoding: gzip\r\n")),
        saying(whole(b"x" * 1_000_001)),
    ],
    ids=["endless chunks", "endless", "50 MB announced", "a length of 5,000 digits", "gzip bomb", "one byte too many"],
)
def test_what_is_too_large_is_left_at_the_limit(behave: object) -> None:
    with serving(behave) as server:  # type: ignore[arg-type]
        assert reason(server.url) == "large"


def test_fifty_megabytes_are_left_at_the_usual_limit() -> None:
    with serving(endless(OK + b"\r\n", b" " * 1_000_000)) as server:
        assert reason(server.url, Limits(seconds=5, inside=True)) == "large"


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        (OK + b"Content-Length: 5000\r\n\r\n" + FEED, "cut"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n40\r\n" + FEED[:20], "cut"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", "cut"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"1" * 100_000, "cut"),
        (whole(gzip.compress(FEED)[:-9], b"Content-Encoding: gzip\r\n"), "cut"),
        (whole(FEED, b"Content-Encoding: gzip\r\n"), "cut"),
        (whole(zlib.compress(FEED), b"Content-Encoding: deflate\r\n"), "encoding"),
        (b"", "unreachable"),
        (b"SSH-2.0-OpenSSH_9\r\n", "unreachable"),
        (b"HTTP/1.1 abc\r\n\r\n", "unreachable"),
        (OK + b"X: " + b"y" * 70_000 + b"\r\n\r\n", "unreachable"),
        (OK + b"X: y\r\n" * 150 + b"\r\n", "unreachable"),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "http-404"),
        (b"HTTP/1.1 410 Gone\r\n\r\n", "http-410"),
        (b"HTTP/1.1 500 Oops\r\n\r\n", "http-500"),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", "http-304"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "http-204"),
        (b"HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\n\r\n<rs", "http-206"),
        (b"HTTP/1.1 302 Found\r\n\r\n", "redirect"),
        (redirect("file:/etc/passwd"), "redirect"),
        (redirect("http://[bad"), "redirect"),
        (redirect("javascript:alert(1)"), "redirect"),
        (redirect("http://user:pass@127.0.0.1/"), "redirect"),
        (redirect("/feed.xml"), "redirect"),
    ],
)  # fmt: skip
def test_every_other_fault_has_its_reason(answer: bytes, key: str) -> None:
    assert fault(answer) == key


def test_nobody_at_the_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert reason(f"http://127.0.0.1:{port}/") == "unreachable"
    assert reason("http://nowhere.invalid/") == "name"


@pytest.mark.parametrize("url", ["", "ftp://h/", "file:/etc/passwd", "http://", "https://a@b/", "http://h:99999/", "http://h:0/", "http://h\n/", "http://a b/"])
def test_what_is_no_web_address(url: str) -> None:
    assert reason(url) == "address"


def test_a_redirect_is_followed_also_with_accents_and_from_a_relative_place() -> None:
    with serving(saying(whole())) as end, serving(saying(redirect(f"http://127.0.0.1:{end.port}/émission"))) as first:
        assert fetch(first.url, limits=INSIDE).url == f"http://127.0.0.1:{end.port}/%C3%A9mission"
        assert end.asked[0].startswith("GET /%C3%A9mission ")


def test_what_the_client_has_is_not_sent_again() -> None:
    with serving(known('"one"')) as server:
        first = fetch(server.url, limits=INSIDE)
        assert fetch(server.url, first.etag, limits=INSIDE).body is None
        assert fetch(server.url, '"other"', limits=INSIDE).body == FEED


@pytest.mark.parametrize("etag", ['"a"\r\nX-Evil: 1', "é", " ", "a" * 600, "a\tb"])
def test_an_etag_that_cannot_be_sent_back_is_not(etag: str) -> None:
    with serving(known('"one"')) as server:
        assert fetch(server.url, etag, etag, limits=INSIDE).body == FEED
        assert "If-" not in server.asked[0]
        assert "Evil" not in server.asked[0]


def test_an_etag_on_two_lines_becomes_one() -> None:
    assert got(whole(FEED, b'ETag: "a\r\n b"\r\n')).etag == '"a b"'


def test_a_part_is_a_part_only_where_one_was_asked_for() -> None:
    with serving(saying(b"HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\n\r\n<rs")) as server:
        assert fetch(server.url, limits=INSIDE, extra={"Range": "bytes=0-2"}).body == b"<rs"
