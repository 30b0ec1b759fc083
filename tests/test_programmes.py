"""Where series come from: the shelf follows what staff publish and what feeds say, keeps what it knew, and is never read while somebody waits."""

from __future__ import annotations

import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from podcasts.fetch import FeedUnavailable, Fetched
from podcasts.folder import Folder
from podcasts.model import Episode, Feed, Show
from podcasts.write import write
from skill.app import Skill
from skill.channels.refresher import Refresher
from skill.conversation.plain import opaque
from skill.stores.compiled import from_files
from skill.stores.shelf import shelf_of, spoken_title
from tests.channels.test_alexa import envelope
from tests.conftest import TOWNS, at
from tests.podcasts.sounds import sound


@pytest.fixture
def home(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "home")


@pytest.fixture
def town(issy: Skill, home: Folder) -> Skill:
    return Skill(issy.town, storage=home)


@pytest.fixture
def follower(home: Folder) -> Skill:
    """The invented town, whose series is published elsewhere."""
    made = from_files(TOWNS["valfleuri"])
    series = dict(made.city.series)
    series["echos"] = series["echos"].but(feed="https://echos.example/feed.xml")
    made.city = made.city.but(series=series)
    return Skill(made, storage=home)


def feed(*numbers: int) -> bytes:
    episodes = tuple(
        Episode(f"e{n}", f"Numéro {n}", at(f"2026-01-{n:02} 08:00"), f"https://echos.example/{n}.mp3", "audio/mpeg", 1000, 60)
        for n in sorted(numbers, reverse=True)
    )
    return write(Feed(Show("Les échos", language="fr", image="https://echos.example/a.jpg"), episodes), "https://echos.example/feed.xml")


class Site:
    """A feed on the web, as a test wants it."""

    def __init__(self) -> None:
        self.body, self.etag, self.asked = feed(1), '"1"', []
        self.down = ""

    def has(self, *numbers: int) -> None:
        self.body, self.etag = feed(*numbers), f'"{numbers}"'

    def __call__(self, url: str, etag: str = "", modified: str = "") -> Fetched:
        self.asked.append(etag)
        if self.down:
            raise FeedUnavailable("http-500", self.down)
        return Fetched(None if etag == self.etag else self.body, url, "application/rss+xml", self.etag)


def titles(skill: Skill, series: str) -> list[str]:
    return [e.title for e in skill.programmes.shelf.of(series)]


def test_a_feed_is_followed_and_a_failure_keeps_the_last_good_one(follower: Skill) -> None:
    site = Site()
    assert follower.programmes.refresh(site)["echos"].state == "new"
    assert titles(follower, "echos") == ["Numéro 1"]
    assert follower.programmes.refresh(site)["echos"].state == "same"
    assert site.asked == ["", '"1"']
    site.has(1, 2)
    follower.programmes.refresh(site)
    assert titles(follower, "echos") == ["Numéro 2", "Numéro 1"]
    site.down = "le serveur répond 500"
    outcome = follower.programmes.refresh(site)["echos"]
    assert (outcome.state, outcome.fault, outcome.episodes) == ("failed", "le serveur répond 500", 2)
    assert titles(follower, "echos") == ["Numéro 2", "Numéro 1"]


def test_another_process_sees_what_was_refreshed(follower: Skill, home: Folder) -> None:
    follower.programmes.refresh(Site())
    other = Skill(follower.town, storage=home)
    assert titles(other, "echos") == ["Numéro 1"]


def test_a_home_that_cannot_be_read_takes_nothing_from_listeners(follower: Skill, home: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    follower.programmes.refresh(Site())

    def broken(key: str) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(home, "get", broken)
    follower.programmes.reload()
    assert titles(follower, "echos") == ["Numéro 1"]


def test_what_staff_publish_is_heard_at_the_next_look_and_due_episodes_when_due(town: Skill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refresher = Refresher(town, 0)
    refresher.look(0.0)
    assert titles(town, "metamorphoses") == []
    library = town.programmes.library("metamorphoses")
    library.add(sound(tmp_path), "Maintenant", "x", town.now())
    library.add(sound(tmp_path, 2), "Plus tard", "x", town.now(), published=town.now() + timedelta(hours=1))
    refresher.look(1.0)
    assert titles(town, "metamorphoses") == ["Maintenant"]
    later = town.now() + timedelta(hours=2)
    monkeypatch.setattr(town.programmes, "_clock", lambda: later)
    refresher.look(100.0)
    assert titles(town, "metamorphoses") == ["Plus tard", "Maintenant"]


def test_a_fault_does_not_end_the_watch(town: Skill, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    refresher = Refresher(town, 0, 0.01)

    def broken(_: float) -> None:
        looks.append(1)
        if len(looks) > 1:
            refresher.stop()
        raise KeyError("somebody")

    monkeypatch.setattr(refresher, "look", broken)
    refresher.start()
    refresher.join(5)
    assert len(looks) == 2
    assert "somebody" not in caplog.text


def test_a_warm_answer_opens_no_socket_and_reads_no_xml(follower: Skill, monkeypatch: pytest.MonkeyPatch) -> None:
    from skill.channels.alexa import AlexaChannel

    follower.programmes.refresh(Site())
    channel = AlexaChannel(follower)
    request = envelope("PlayPodcastIntent")
    request["context"]["System"]["device"] = {"supportedInterfaces": {"AudioPlayer": {}}}

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("not while somebody waits")

    channel.invoke(request)
    for name in (
        "socket.socket.connect",
        "socket.create_connection",
        "socket.getaddrinfo",
        "podcasts.read.read",
        "podcasts.snapshots.load",
        "podcasts.folder.Folder.get",
    ):
        monkeypatch.setattr(name, refuse)
    response = channel.invoke(request)["response"]
    assert response["directives"][0]["audioItem"]["stream"]["token"] == "e1"
    assert follower.hear("mets le numéro 1", "fr-FR", at("2026-02-01 10:00")).reply.audio is not None
    with pytest.raises(AssertionError):
        socket.create_connection(("127.0.0.1", 1))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Métamorphoses : Issy se [ré]invente", "Métamorphoses : Issy se réinvente"), ("S02E03 | Le fort 🎙️", "Le fort"), ("#12 – Le marché de Noël !", "numéro 12, Le marché de Noël"),
        ("« Vivre ici » (2/3)", "Vivre ici 2, 3"), ("  ", ""), ("Un <b>titre</b>", "Un btitre, b"), ("n°4 : la Seine", "numéro 4 : la Seine"), ("A" * 400, "A" * 120),
    ],
)  # fmt: skip
def test_a_title_is_made_for_the_ear(written: str, said: str) -> None:
    assert spoken_title(written) == said


def test_a_guid_of_two_series_is_two_tokens() -> None:
    one = Feed(Show("a"), (Episode("same", "A", at("2026-01-01 08:00"), "https://a.example/a.mp3"),))
    two = Feed(Show("b"), (Episode("same", "B", at("2026-01-02 08:00"), "https://b.example/b.mp3"),))
    shelf = shelf_of({"a": one, "b": two})
    assert len(shelf) == 2
    assert {shelf.by_guid[g].title for g in shelf.by_guid} == {"A", "B"}


def test_trailers_and_silent_episodes_stay_out() -> None:
    made = Feed(
        Show("a"),
        (
            Episode("t", "Bande-annonce", None, "https://a.example/t.mp3", kind="trailer"),
            Episode("s", "Sans son"),
            Episode("e", "Un", None, "https://a.example/e.mp3"),
        ),
    )
    assert [e.guid for e in shelf_of({"a": made}).of("a")] == ["e"]


def test_the_skills_own_package_is_enough_to_play(tmp_path: Path) -> None:
    """The Lambda of the skill carries what lambda/requirements.lock names: nothing that reads, measures or publishes."""
    code = (
        "import sys\n"
        "for name in ('feedparser', 'tinytag', 'imagesize', 'certifi', 'urllib3', 'flask', 'cryptography', 'boto3', 'botocore'): sys.modules[name] = None\n"
        "from podcasts import snapshots\n"
        "from podcasts.folder import Folder\n"
        "from pathlib import Path\n"
        "from skill.app import Skill\n"
        "from skill.stores.compiled import from_files\n"
        "from skill.stores.town_files import find_town\n"
        "skill = Skill(from_files(find_town('issy-les-moulineaux')), storage=Folder(Path(sys.argv[1])))\n"
        "answer = skill.hear('mets le dernier podcast', 'fr-FR', skill.now())\n"
        "print(answer.reply.audio.title)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "Bienvenue", done.stderr


def test_no_feed_that_is_followed_takes_a_token_from_the_towns_own(town: Skill, home: Folder, tmp_path: Path) -> None:
    library = town.programmes.library("metamorphoses")
    entry = library.add(sound(tmp_path), "Le nôtre", "x", town.now())
    series = {"copier": town.city.series["metamorphoses"].but(id="copier", own=False, feed="https://copier.example/feed.xml"), **town.city.series}
    town.programmes.city = town.city.but(series=series)
    copied = Episode(entry.guid, "Le leur", town.now(), "https://copier.example/a.mp3", "audio/mpeg", 1000, 60)
    body = write(Feed(Show("Copie", image="https://copier.example/a.jpg"), (copied,)), "https://copier.example/feed.xml")
    town.programmes.refresh(lambda *_: Fetched(body, "https://copier.example/feed.xml"))
    assert town.programmes.shelf.by_guid[entry.guid].title == "Le nôtre"
    assert len(town.programmes.shelf.of("copier")) == 1


def test_pictures_inside_a_readers_house_are_left_out() -> None:
    from podcasts.read import read

    data = (
        b"<rss version='2.0' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'><channel><title>a</title><itunes:image href='https://192.168.1.1/a.png'/>"
        b"<item><title>b</title><guid>g</guid><itunes:image href='https://127.0.0.1/b.png'/><enclosure url='https://a.example/b.mp3' type='audio/mpeg' length='1'/>"
        b"</item></channel></rss>"
    )
    found = read(data)
    assert (found.show.image, found.episodes[0].image, found.episodes[0].audio) == ("", "", "https://a.example/b.mp3")


def test_whoever_takes_the_skill_off_is_forgotten(town: Skill) -> None:
    from skill.channels.alexa import AlexaChannel
    from skill.conversation.listening import Listening

    town.memory.listeners.change(opaque("amzn1.account.X"), lambda old: old.but(current="g"))
    event = {"version": "1.0", "context": {"System": {"user": {"userId": "amzn1.account.X"}}}, "request": {"type": "AlexaSkillEvent.SkillDisabled"}}
    assert AlexaChannel(town).invoke(event) == {"version": "1.0", "response": {}}
    assert town.memory.listeners.get(opaque("amzn1.account.X")) == Listening()
