"""Podcasts over HTTP: feeds, sounds with ranges, pages; only what is published is served."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
import threading
import time
import xml.etree.ElementTree as ET
from datetime import timedelta
from pathlib import Path

import pytest
import waitress

from podcasts.check import check
from podcasts.folder import Folder
from podcasts.read import read
from skill.app import Settings, Skill
from skill.channels.server import LIMITS
from skill.channels.web import create_app
from skill.conversation.plain import opaque
from tests.podcasts.sounds import mp3, sound

ADDRESS = "https://mairie.example"
FEED = "/podcasts/metamorphoses/feed.xml"


@pytest.fixture
def town(issy: Skill, tmp_path: Path) -> Skill:
    return Skill(issy.town, storage=Folder(tmp_path / "home"), address=ADDRESS)


@pytest.fixture
def client(town: Skill):
    return Client(create_app(Settings(verify=False), town).test_client())


class Client:
    """Takes every answer whole, and lets its file go."""

    def __init__(self, inner) -> None:
        self._inner, self.post = inner, inner.post

    def get(self, path: str, **more):
        return self._inner.get(path, buffered=True, **more)

    def head(self, path: str, **more):
        return self._inner.head(path, buffered=True, **more)


def publish(town: Skill, folder: Path, seed: int = 1, **more):
    library = town.programmes.library("metamorphoses")
    entry = library.add(sound(folder, seed), f"Épisode {seed} <du fort> & co", "De quoi il parle.", town.now(), **more)
    town.programmes.reload()
    return library, entry


def path_of(url: str) -> str:
    assert url.startswith(ADDRESS)
    return url.removeprefix(ADDRESS)


def test_a_published_episode_is_in_the_feed_heard_and_on_its_page(town: Skill, client, tmp_path: Path) -> None:
    publish(town, tmp_path)
    answer = client.get(FEED)
    assert answer.mimetype == "application/rss+xml"
    assert [f.text for f in check(answer.data) if "image" not in f.text and "propriétaire" not in f.text and "owner" not in f.text] == []
    episode = read(answer.data).episodes[0]
    page = client.get("/podcasts/metamorphoses/").get_data(as_text=True)
    assert "Épisode 1 &lt;du fort&gt; &amp; co" in page or "Épisode 1 &amp; co" in page.replace("  ", " ")
    assert f'src="{episode.audio}"' in page
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)[1])
    assert data["@type"] == "PodcastSeries"
    assert data["hasPart"][0]["identifier"] == episode.guid
    assert client.get(path_of(episode.audio)).data == mp3(seed=1)


def test_head_ranges_and_conditions(town: Skill, client, tmp_path: Path) -> None:
    _, entry = publish(town, tmp_path)
    path = f"/podcasts/{entry.file}"
    head = client.head(path)
    assert (head.status_code, head.content_length, head.mimetype, head.headers["Accept-Ranges"]) == (200, entry.size, "audio/mpeg", "bytes")
    part = client.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, mp3(seed=1)[10:20], f"bytes 10-19/{entry.size}")
    tail = client.get(path, headers={"Range": "bytes=-5"})
    assert (tail.status_code, tail.data) == (206, mp3(seed=1)[-5:])
    beyond = client.get(path, headers={"Range": f"bytes={entry.size}-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{entry.size}")
    assert client.get(path, headers={"If-None-Match": head.headers["ETag"]}).status_code == 304
    changed = client.get(path, headers={"Range": "bytes=0-3", "If-Range": '"another"'})
    assert (changed.status_code, len(changed.data)) == (200, entry.size)
    feed = client.get(FEED)
    assert client.get(FEED, headers={"If-None-Match": feed.headers["ETag"]}).status_code == 304
    assert client.head(FEED).status_code == 200


def test_only_what_is_published_is_served(town: Skill, client, tmp_path: Path) -> None:
    library, entry = publish(town, tmp_path)
    _, coming = publish(town, tmp_path, seed=2, published=town.now() + timedelta(days=2))
    assert client.get(f"/podcasts/{coming.file}").status_code == 404
    assert coming.guid not in client.get(FEED).get_data(as_text=True)
    library.withdraw(entry.guid, town.now())
    assert client.get(f"/podcasts/{entry.file}").status_code == 410
    assert entry.guid not in client.get(FEED).get_data(as_text=True)
    library.restore(entry.guid, town.now())
    assert client.get(f"/podcasts/{entry.file}").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["metamorphoses/catalogue.json", "metamorphoses/media/../catalogue.json", "metamorphoses/media/%2e%2e%2fcatalogue.json", "metamorphoses/media/x.mp3", "nobody/feed.xml",
     "nobody/", "metamorphoses/media/..%5ccatalogue.json", "snapshots/metamorphoses.json", "metamorphoses/media/.lock", "metamorphoses/media/%00.mp3"],
)  # fmt: skip
def test_nothing_else_can_be_read(town: Skill, client, tmp_path: Path, path: str) -> None:
    publish(town, tmp_path)
    assert client.get(f"/podcasts/{path}").status_code in (404, 308, 400)


def test_the_first_feed_is_the_towns_own_and_the_demonstration_before_it_has_one(town: Skill, client, tmp_path: Path) -> None:
    assert b"monstration" in client.get("/podcasts/feed.xml").data
    publish(town, tmp_path)
    assert client.get("/podcasts/feed.xml").data == client.get(FEED).data
    index = client.get("/podcasts/").get_data(as_text=True)
    assert "metamorphoses" in index
    assert "demonstration" not in index


def test_the_demonstration_says_what_it_is_and_can_be_heard(client) -> None:
    page = client.get("/podcasts/demonstration/")
    assert "démonstration" in page.get_data(as_text=True)
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    data = client.get("/podcasts/demonstration/feed.xml").data
    assert [f for f in check(data) if f.level == "erreur" and "propriétaire" not in f.text] == []
    for episode in read(data).episodes:
        assert client.get(path_of(episode.audio)).content_length == episode.size
    assert client.get("/podcasts/demonstration/media/couverture.png").mimetype == "image/png"


def test_a_page_is_well_formed_and_asks_nobody_else(town: Skill, client, tmp_path: Path) -> None:
    publish(town, tmp_path)
    text = client.get("/podcasts/metamorphoses/").get_data(as_text=True)
    bare = re.sub(r"<script.*?</script>", "", text, flags=re.S)
    ET.fromstring(re.sub(r"<(meta|link|img)([^>]*)>", r"<\1\2/>", bare.removeprefix("<!doctype html>")).replace(" controls ", ' controls="" '))
    assert not re.findall(r'(?:src|href)="(?:https?:)?//(?!mairie\.example|antennapod\.org)', text)


def test_a_sound_that_vanished_is_said_missing(town: Skill, client, tmp_path: Path) -> None:
    library, entry = publish(town, tmp_path)
    library.storage.delete(entry.file)
    assert client.get(f"/podcasts/{entry.file}").status_code == 404
    assert client.get(FEED).status_code == 200


def test_words_and_sounds_over_json(town: Skill, client, tmp_path: Path) -> None:
    _, entry = publish(town, tmp_path)
    me = {"user": "abcdefgh-12345678"}
    audio = client.post("/api/ask", json={"text": "mets le dernier podcast", **me}).get_json()["audio"]
    assert (audio["action"], audio["token"], audio["offset_ms"], audio["type"]) == ("play", entry.guid, 0, "audio/mpeg")
    assert client.post("/api/player", json={"event": "stopped", "token": entry.guid, "offset_ms": 61_000, **me}).get_json() == {"audio": None}
    again = client.post("/api/ask", json={"text": "reprends le podcast", **me}).get_json()
    assert again["audio"]["offset_ms"] in (61_000, 0)  # the sound lasts two seconds: what lies beyond its end begins anew
    stranger = client.post("/api/ask", json={"text": "reprends la lecture", "user": "somebody-else-99999"}).get_json()
    assert "audio" in stranger


@pytest.mark.parametrize("body", [{}, {"event": "sung", "token": "x"}, {"event": "started"}, {"event": "started", "token": 4}, [], "x", None])
def test_a_report_that_is_none_is_refused(client, body: object) -> None:
    assert client.post("/api/player", json=body).status_code == 400


@pytest.mark.parametrize("user", ["", "short", "x" * 500, "é" * 20, 4, None, ["a"], "a b c d e f g h i j k"])
def test_a_listener_that_is_none_is_nobody(town: Skill, client, tmp_path: Path, user: object) -> None:
    publish(town, tmp_path)
    assert client.post("/api/ask", json={"text": "mets le dernier podcast", "user": user}).get_json()["audio"]["action"] == "play"
    assert client.post("/api/ask", json={"text": "marque-le comme écouté", "user": user}).status_code == 200


@pytest.mark.parametrize("asked", ["bytes=0-10,20-30", "items=0-1", "bytes=a-b", "bytes=5-2", "bytes="])
def test_a_range_that_is_several_or_none_gives_the_whole(town: Skill, client, tmp_path: Path, asked: str) -> None:
    _, entry = publish(town, tmp_path)
    answer = client.get(f"/podcasts/{entry.file}", headers={"Range": asked})
    assert (answer.status_code, len(answer.data)) == (200, entry.size)


def test_an_edit_is_seen_at_once_also_by_who_only_sends_a_date(town: Skill, client, tmp_path: Path) -> None:
    library, entry = publish(town, tmp_path)
    first = client.get(FEED)
    library.edit(entry.guid, town.now(), title="Titre corrigé")
    again = client.get(FEED, headers={"If-None-Match": first.headers["ETag"], "If-Modified-Since": "Sun, 01 Jan 2040 00:00:00 GMT"})
    assert again.status_code == 200
    assert "Titre corrigé" in again.get_data(as_text=True)
    assert client.get(FEED, headers={"If-Modified-Since": "Sun, 01 Jan 2040 00:00:00 GMT"}).status_code == 200


def test_a_spoilt_list_of_episodes_leaves_the_last_good_feed(town: Skill, client, tmp_path: Path, caplog) -> None:
    library, _ = publish(town, tmp_path)
    good = client.get(FEED).data
    library.storage.put("metamorphoses/catalogue.json", b'{"version": 1, "epis')
    assert client.get(FEED).data == good
    assert "illisible" in caplog.text
    library.storage.delete("metamorphoses/feed.xml")
    library.storage.put("metamorphoses/catalogue.json", b'{"version": 1, "epi')
    assert client.get(FEED).status_code == 503


def test_what_breaks_on_a_page_is_no_answer_in_kind_words(town: Skill, client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(town.programmes, "library", broken)
    answer = client.get(FEED)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")


def test_no_redirect_goes_where_the_client_says(client) -> None:
    for path in ("/podcasts", "/podcasts/demonstration"):
        answer = client.get(path, headers={"Host": "evil.example"})
        assert answer.status_code == 200
        assert "evil" not in answer.get_data(as_text=True) + str(answer.headers)


def test_all_withdrawn_the_towns_feed_stays_its_own(town: Skill, client, tmp_path: Path) -> None:
    library, entry = publish(town, tmp_path)
    library.withdraw(entry.guid, town.now())
    town.programmes.reload()
    feed = client.get("/podcasts/feed.xml").get_data(as_text=True)
    assert "<item>" not in feed
    assert "<title>Métamorphoses" in feed


def test_reports_of_sounds_that_nobody_published_are_not_kept(town: Skill, client) -> None:
    for n in range(20):
        client.post("/api/player", json={"event": "stopped", "token": f"made-up-{n}", "offset_ms": 60_000, "user": "abcdefgh-12345678"})
    assert town.memory.listeners.get(opaque("web:abcdefgh-12345678")).marks == {}


def test_slow_listeners_keep_nobody_from_asking(town: Skill, tmp_path: Path) -> None:
    """Eight players ask for everything from the first byte and read nothing: four threads answer a question all the same."""
    _, entry = publish(town, tmp_path)
    (tmp_path / "home" / entry.file).write_bytes(b"x" * 40_000_000)
    server = waitress.create_server(create_app(Settings(verify=False), town), host="127.0.0.1", port=0, threads=4, ident=None, **LIMITS)

    def run() -> None:
        with contextlib.suppress(OSError):  # its sockets are closed under it at the end
            server.run()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    players = []
    try:
        for _ in range(8):
            player = socket.socket()
            player.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            player.connect(("127.0.0.1", int(server.effective_port)))
            player.sendall(f"GET /podcasts/{entry.file} HTTP/1.1\r\nHost: x\r\nRange: bytes=0-\r\n\r\n".encode())
            players.append(player)
        time.sleep(0.3)
        asked = http.client.HTTPConnection("127.0.0.1", int(server.effective_port), timeout=5)
        asked.request("POST", "/api/ask", json.dumps({"text": "bonjour"}), {"Content-Type": "application/json"})
        assert asked.getresponse().status == 200
        asked.close()
    finally:
        for player in players:
            player.close()
        server.close()
        thread.join(5)


def test_a_disk_that_is_taken_away_is_no_empty_series(town: Skill, client, tmp_path: Path) -> None:
    publish(town, tmp_path)
    (tmp_path / "home").rename(tmp_path / "elsewhere")
    town.programmes.reload()
    assert client.get(FEED).status_code == 503
    assert [e.title for e in town.programmes.shelf.of("metamorphoses")]
    (tmp_path / "elsewhere").rename(tmp_path / "home")
    assert client.get(FEED).status_code == 200
