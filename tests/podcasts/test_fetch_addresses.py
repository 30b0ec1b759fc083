"""Reading a feed never leads inside a network: private addresses, names that change their mind, redirects, certificates."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from podcasts import fetch as module
from podcasts.fetch import Limits, fetch
from podcasts.values import is_public
from tests.podcasts.servers import (
    FEED,
    Internet,
    Server,
    own_authority,
    reason,
    redirect,
    saying,
    serving,
    silent,
    whole,
)

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
