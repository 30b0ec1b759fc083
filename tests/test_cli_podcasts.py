"""`mairie podcasts`, as a clerk types it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from skill.cli import main
from skill.stores.compiled import compile_town
from tests.conftest import TOWNS
from tests.podcasts.sounds import png, sound

LINE = re.compile(r"^ +1  ([0-9a-f]{8})  (\S+)", re.M)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("issy")
    compile_town(TOWNS["issy"], folder)
    return folder


@pytest.fixture(autouse=True)
def home(compiled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAIRIE_COMPILED", str(compiled))  # read much faster than the town's files
    monkeypatch.setenv("MAIRIE_DATA", str(tmp_path / "données"))
    monkeypatch.setenv("MAIRIE_PUBLIC_URL", "https://mairie.example")
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    code = main(["podcasts", *args])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_clerks_day(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = sound(home, name="Mon son à moi (v2) final.mp3")
    code, out, err = run(
        capsys, "add", str(file), "--title", "Le marché de Noël", "--description", "Les chalets", "--number", "3", "--guest", "Zoé", "--guest", "Ali"
    )
    assert (code, "Publié : Le marché de Noël" in out, "mesure du son" in err) == (0, True, True)
    assert "https://mairie.example/podcasts/metamorphoses/feed.xml" in out
    code, out, _ = run(capsys, "list")
    key, state = LINE.search(out).groups()
    assert (code, state) == (0, "publié")
    assert run(capsys, "edit", key, "--title", "Le marché de Noël 2026")[0] == 0
    assert "Retiré : Le marché de Noël 2026" in run(capsys, "withdraw", "1")[1]
    assert LINE.search(run(capsys, "list")[1])[2] == "retiré"
    assert "Remis" in run(capsys, "restore", key)[1]
    assert main(["ask", "mets le dernier podcast"]) == 0
    assert "Le marché de Noël 2026" in capsys.readouterr().out
    feed = str(home / "données/podcasts/metamorphoses/feed.xml")
    code, out, _ = run(capsys, "check", feed)
    assert (code, "image" in out) == (1, True)  # no cover yet: the check says so, with what to do
    (home / "rond.png").write_bytes(png(1400, 900))
    assert "carrée" in run(capsys, "cover", str(home / "rond.png"))[2]
    (home / "cover.png").write_bytes(png())
    assert "couverture.png" in run(capsys, "cover", str(home / "cover.png"))[1]
    assert run(capsys, "check", feed)[0] == 0


def test_a_date_to_come_waits(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "add", str(sound(home)), "--title", "Demain", "--description", "x", "--date", "2099-01-01T08:00")
    assert (code, "Paraîtra 01/01/2099 à 08 h 00" in out) == (0, True)
    assert "à" in LINE.search(run(capsys, "list")[1])[2]
    main(["ask", "mets le dernier podcast"])
    assert "Demain" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("add", "{0}/none.mp3", "--title", "x", "--description", "y"), "none.mp3"), (("add", "{0}/empty.mp3", "--title", "x", "--description", "y"), "vide"),
        (("add", "{0}/page.mp3", "--title", "x", "--description", "y"), "pas un son"), (("add", "{0}/good.mp3", "--title", " ", "--description", "y"), "titre"),
        (("add", "{0}/good.mp3", "--title", "x", "--description", "y", "--date", "demain"), "2026-12-01T08:00"), (("edit", "1", "--title", "x"), "aucun épisode"),
        (("edit", "1"), "rien à changer"), (("withdraw", "zzz"), "aucun épisode"), (("list", "--series", "nope"), "metamorphoses"),
        (("check", "http://127.0.0.1:1/feed.xml"), "interne"), (("check", "{0}/nowhere.xml"), "nowhere.xml"),
    ],
)  # fmt: skip
def test_every_mistake_is_told_in_words(home: Path, capsys: pytest.CaptureFixture[str], given: tuple[str, ...], said: str) -> None:
    (home / "empty.mp3").write_bytes(b"")
    (home / "page.mp3").write_text("<html>non</html>" * 50, encoding="utf-8")
    sound(home, name="good.mp3")
    code, out, err = run(capsys, *(g.format(home) for g in given))
    assert code == 1
    assert said in out + err
    assert "Traceback" not in out + err


def test_a_town_without_a_series_of_its_own_says_how(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--town", str(TOWNS["valfleuri"]), "podcasts", "list"]) == 1
    assert "own = true" in capsys.readouterr().err


def test_refresh_says_what_became_of_each_series(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "add", str(sound(home)), "--title", "Un", "--description", "x")
    code, out, _ = run(capsys, "refresh")
    assert (code, "metamorphoses : inchangé, 1 épisode" in out) == (0, True)
