"""A backup is put back and everything is there: people, podcasts, accounts, announcements; a damaged one, or one that would overwrite, is refused."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import threading
from pathlib import Path
from typing import Any

import pytest

from skill.app import make_skill
from skill.cli import main
from skill.settings import Settings
from skill.stores import backup
from skill.stores.backup import MANIFEST, BadBackup
from tests.conftest import TOWNS, at
from tests.console.conftest import QUICK, Clerk, Town
from tests.podcasts.sounds import mp3

NOW = at("2026-11-22 09:00")


@pytest.fixture
def lived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A town that has been used: somebody who likes it slow, an announcement, an upload on its way."""
    from skill.console.accounts import Accounts

    monkeypatch.setattr("skill.console.desk.Accounts", lambda storage: Accounts(storage, QUICK))
    town = Town(tmp_path / "first")
    town.skill.hear("parle plus lentement", "fr-FR", town.skill.now(), user="somebody")
    Clerk(town).login("paul").announce({"effect": "info", "place": "", "first": town.skill.now().date().isoformat(), "say_fr": "La mairie ferme à midi."})
    town.storage.put("uploads/00000000-000000000000000000000000/0000.part", mp3(1))
    return town


def test_everything_comes_back(lived: Town, tmp_path: Path, monkeypatch, capsys) -> None:
    file, other = tmp_path / "backup.tar.gz", tmp_path / "second"
    monkeypatch.setenv("MAIRIE_DATA", str(lived.data))
    assert main(["backup", str(file)]) == 0
    assert file.stat().st_mode & 0o077 == 0
    assert main(["restore", str(file), "--into", str(other)]) == 0
    assert "remis" in capsys.readouterr().out
    skill = make_skill(Settings(town=str(lived.folder), data=str(other)))
    assert skill.hear("quoi de neuf", "fr-FR", skill.now()).speech.text == "La mairie ferme à midi."
    assert skill.hear("bonjour", "fr-FR", skill.now(), user="somebody").speech.rate == "slow"
    assert (other / "console/valfleuri/staff.json").read_bytes() == (lived.data / "console/valfleuri/staff.json").read_bytes()
    assert not list(other.rglob("*.part"))


def test_a_folder_with_something_in_it_is_not_overwritten(lived: Town, tmp_path: Path) -> None:
    backup.write(lived.data, tmp_path / "b.tar.gz", NOW)
    before = {p: p.read_bytes() for p in lived.data.rglob("*.json")}
    with pytest.raises(BadBackup, match="pas vide"):
        backup.restore(tmp_path / "b.tar.gz", lived.data)
    assert {p: p.read_bytes() for p in lived.data.rglob("*.json")} == before


def _tar(path: Path, **files: bytes) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name.replace("__", "/").replace("_dot_", ".."))
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def test_what_is_damaged_or_means_harm_is_refused_and_leaves_nothing(lived: Town, tmp_path: Path) -> None:
    good = tmp_path / "b.tar.gz"
    backup.write(lived.data, good, NOW)
    bad = [
        _tar(tmp_path / "n.tar.gz", x=b"1"),
        _tar(tmp_path / "d.tar.gz", _dot___evil=b"1"),
        _tar(tmp_path / "m.tar.gz", **{MANIFEST: b'{"version": 1, "made": "x", "files": {"podcasts/x": "00"}}'}),
    ]
    for n, data in enumerate((b"", b"hello", good.read_bytes()[:-200], good.read_bytes()[:500])):
        (tmp_path / f"{n}.tar.gz").write_bytes(data)
        bad.append(tmp_path / f"{n}.tar.gz")
    for file in bad:
        with pytest.raises((BadBackup, OSError)):
            backup.restore(file, tmp_path / "into")
        assert not (tmp_path / "into").exists()
        assert not list(tmp_path.glob(".restore-*"))
    assert not (tmp_path / "evil").exists()


def test_a_backup_while_people_speak_is_whole(lived: Town, tmp_path: Path) -> None:
    done = threading.Event()

    def speak() -> None:
        n = 0
        while not done.is_set():
            lived.skill.hear("parle plus vite", "fr-FR", lived.skill.now(), user=f"person {n}")
            n += 1

    thread = threading.Thread(target=speak)
    thread.start()
    try:
        for n in range(5):
            backup.write(lived.data, tmp_path / f"{n}.tar.gz", NOW)
            backup.restore(tmp_path / f"{n}.tar.gz", tmp_path / f"into{n}")
    finally:
        done.set()
        thread.join()


def test_where_nothing_is_kept_here(monkeypatch, tmp_path: Path, capsys) -> None:
    for name, value in (("MAIRIE_DATA", ""), ("MAIRIE_BUCKET", "x"), ("MAIRIE_DATA", str(tmp_path / "nothing"))):
        with monkeypatch.context() as patched:
            patched.setenv(name, value)
            assert main(["--town", str(TOWNS["valfleuri"]), "backup", str(tmp_path / "b.tar.gz")]) == 1
    assert not (tmp_path / "b.tar.gz").exists()


def test_alive_and_ready(lived: Town, monkeypatch) -> None:
    from skill.conversation.ports import StoreUnavailable

    client = lived.app.test_client()
    assert client.get("/healthz").data == b"ok\n"
    assert client.get("/readyz").get_json() == {"town": "ok", "people": "ok", "podcasts": "ok", "changes": "ok"}
    monkeypatch.setattr(lived.skill.live.changes, "version", lambda: (_ for _ in ()).throw(StoreUnavailable("away")))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["changes"] == "StoreUnavailable"


@pytest.mark.parametrize(
    ("files", "manifest"),
    [
        ({}, {"version": 1, "files": {}}),
        ({"people.sqlite3": b"not a database"}, {"version": 1, "made": "x"}),
        ({".ssh/authorized_keys": b"x"}, {"version": 1, "made": "x"}),
        ({"people.sqlite3-wal": b"x"}, {"version": 1, "made": "x"}),
        ({"podcasts/\x1b[31m": b"x"}, {"version": 1, "made": "x"}),
        ({"elsewhere/x": b"x"}, {"version": 1, "made": "x"}),
    ],
)
def test_a_crafted_archive_is_refused_and_nothing_is_left(tmp_path: Path, files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    """Sums that are right do not make a backup."""
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    with tarfile.open(tmp_path / "evil.tar.gz", "w:gz") as archive:
        for name, data in {**files, "manifest.json": json.dumps({**manifest, "files": sums}).encode()}.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o777
            archive.addfile(info, io.BytesIO(data))
    with pytest.raises(backup.BadBackup):
        backup.restore(tmp_path / "evil.tar.gz", tmp_path / "into")
    assert not (tmp_path / "into").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["evil.tar.gz"]
