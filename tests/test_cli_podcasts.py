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


@pytest.mark.parametrize(("written", "said"), [("01/12/2099", "01/12/2099 à 08 h 00"), ("1/12/2099 8h30", "01/12/2099 à 08 h 30"), ("01/12/2099 à 18h", "01/12/2099 à 18 h 00"), ("2099-12-01", "01/12/2099 à 08 h 00"), ("2099-12-01T06:15", "01/12/2099 à 06 h 15")])  # fmt: skip
def test_dates_as_people_write_them(home: Path, capsys: pytest.CaptureFixture[str], written: str, said: str) -> None:
    out = run(capsys, "add", str(sound(home)), "--title", "x", "--description", "y", "--date", written)[1]
    assert f"Paraîtra {said}" in out


@pytest.mark.parametrize("written", ["30/02/2026", "2026-02-30", "demain", "12h", "1/13/2026"])
def test_a_date_that_is_none_is_told(home: Path, capsys: pytest.CaptureFixture[str], written: str) -> None:
    code, _, err = run(capsys, "add", str(sound(home)), "--title", "x", "--description", "y", "--date", written)
    assert (code, "n'existe pas ou ne se lit pas" in err) == (1, True)


def test_what_was_forgotten_is_added_later_and_a_vanished_sound_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "add", str(sound(home)), "--title", "Un", "--description", "y")
    (home / "mots.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nBonjour\n", encoding="utf-8")
    (home / "image.png").write_bytes(png())
    assert run(capsys, "edit", "1", "--transcript", str(home / "mots.vtt"), "--image", str(home / "image.png"))[0] == 0
    feed = next((home / "données").rglob("feed.xml")).read_text(encoding="utf-8")
    assert ".vtt" in feed
    assert "transcript" in feed
    assert run(capsys, "cover", str(home / "image.png"))[0] == 0
    assert run(capsys, "check")[1].startswith("aucun défaut") or "0 erreur" in run(capsys, "check")[1]
    next((home / "données").rglob("*.mp3")).unlink()
    code, out, _ = run(capsys, "check")
    assert (code, "a disparu" in out) == (1, True)


def test_a_date_that_takes_an_episode_away_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "add", str(sound(home)), "--title", "Un", "--description", "y")
    assert "ne paraît plus avant" in run(capsys, "edit", "1", "--date", "01/01/2099")[2]


def test_addresses_that_nobody_reaches_are_told(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAIRIE_PUBLIC_URL")
    assert "MAIRIE_PUBLIC_URL" in run(capsys, "add", str(sound(home)), "--title", "Un", "--description", "y")[2]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("add", "a.mp3", "--title", "Le marché"), "il manque : --description"), (("add", "a.mp3", "--title", "Le", "marché", "--description", "x"), "entre guillemets"),
        (("add", "a.mp3", "--title", "x", "--description", "y", "--number", "douze"), "« douze » n'est pas un nombre entier"), (("withdraw",), "il manque : episode"),
        (("add", "a.mp3", "--title"), "il manque sa valeur"),
    ],
)  # fmt: skip
def test_a_mistyped_command_is_told_in_french(capsys: pytest.CaptureFixture[str], typed: tuple[str, ...], said: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(["podcasts", *typed])
    assert left.value.code == 2
    assert said in capsys.readouterr().err
