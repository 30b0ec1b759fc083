"""One careful GET against servers that misbehave. Every deadline is short: what matters is that it holds in every phase."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from pathlib import Path

import pytest

from podcasts import fetch as module
from podcasts.fetch import FeedUnavailable, Fetched, Limits, fetch
from podcasts.values import is_public
from tests.podcasts.servers import (
    BOMB,
    FEED,
    OK,
    Internet,
    Server,
    dripped,
    dripping_handshake,
    endless,
    known,
    own_authority,
    redirect,
    saying,
    serving,
    silent,
    whole,
)

INSIDE = Limits(seconds=2.0, most_bytes=1_000_000, inside=True)
HURRIED = INSIDE._replace(seconds=0.3)


def reason(url: str, limits: Limits = INSIDE, **more: str) -> str:
    with pytest.raises(FeedUnavailable) as caught:
        fetch(url, limits=limits, **more)
    assert str(caught.value)
    assert " at 0x" not in str(caught.value)
    return caught.value.reason


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


# Addresses that are inside a network, and names that change their mind.

HOME = "93.184.216.34"


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Internet:
    net = Internet()
    monkeypatch.setattr(socket, "getaddrinfo", net.resolve)
    monkeypatch.setattr(module.socket, "create_connection", net.connect)
    return net


@pytest.mark.parametrize(
    "place",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1",
        "198.18.0.1", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "::127.0.0.1", "2002:7f00:1::", "2002:a00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2001:0:7f00:1::",
    ],
)  # fmt: skip
def test_an_inside_address_is_never_connected_to(place: str, internet: Internet) -> None:
    assert not is_public(place)
    internet.names = {"feed.example": [place], "mixed.example": [f"{HOME} {place}"]}
    assert reason("https://feed.example/", Limits()) == "private"
    assert reason("https://mixed.example/", Limits()) == "private"
    assert internet.connected == []


@pytest.mark.parametrize("place", [HOME, "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8", "2002:808:808::"])
def test_an_outside_address_is_one_in_any_clothes(place: str) -> None:
    assert is_public(place)


@pytest.mark.parametrize("host", ["127.1", "0177.0.0.1", "2130706433", "0x7f000001", "0", "localhost", "LOCALHOST.", "[::1]", "[::ffff:7f00:1]", "①②⑦.⓪.⓪.①"])
def test_an_inside_address_is_one_however_it_is_written(host: str) -> None:
    assert reason(f"http://{host}:9/", Limits(seconds=2)) in ("private", "address")


def test_a_redirect_does_not_lead_inside(internet: Internet) -> None:
    internet.names = {"feed.example": [HOME], "metadata.example": ["169.254.169.254"]}
    for place in ("http://metadata.example/latest", "http://10.0.0.1/"):
        internet.names["10.0.0.1"] = ["10.0.0.1"]
        with serving(saying(redirect(place))) as server:
            internet.homes = {HOME: server}
            assert reason("http://feed.example/", Limits(seconds=2)) == "private"
    assert set(internet.connected) == {HOME}


def test_a_name_that_changes_its_mind_changes_nothing(internet: Internet) -> None:
    internet.names = {"rebind.example": [HOME, "127.0.0.1"]}
    with serving(saying(whole())) as server:
        internet.homes = {HOME: server}
        assert fetch("http://rebind.example/", limits=Limits(seconds=2)).body == FEED
    assert internet.connected == [HOME]
    assert server.asked[0].count("Host: rebind.example\r\n") == 1


def test_a_second_address_is_tried_where_the_first_is_down(internet: Internet) -> None:
    internet.names = {"feed.example": [f"2606:4700::1111 {HOME}"]}
    with serving(saying(whole())) as server:
        internet.homes = {HOME: server}
        assert fetch("http://feed.example/", limits=Limits(seconds=2)).body == FEED
    assert internet.connected == ["2606:4700::1111", HOME]


def test_a_certificate_is_for_its_name_and_from_a_known_authority(internet: Internet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls, root = own_authority(tmp_path, "feed.example")
    internet.names = {"feed.example": [HOME], "other.example": [HOME]}
    with serving(saying(whole()), tls) as server:
        internet.homes = {HOME: server}
        assert reason("https://feed.example/", Limits(seconds=2)) == "unreachable"
        monkeypatch.setenv("SSL_CERT_FILE", str(root))
        assert fetch("https://feed.example/", limits=Limits(seconds=2)).body == FEED
        assert reason("https://other.example/", Limits(seconds=2)) == "unreachable"


def test_a_redirect_does_not_leave_https(internet: Internet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls, root = own_authority(tmp_path, "feed.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(root))
    internet.names = {"feed.example": [HOME]}
    with serving(saying(redirect("http://feed.example/")), tls) as server:
        internet.homes = {HOME: server}
        assert reason("https://feed.example/", Limits(seconds=2)) == "redirect"


def test_servers_end(internet: Internet) -> None:
    before = threading.active_count()
    server = Server(silent)
    server.end()
    assert threading.active_count() <= before
