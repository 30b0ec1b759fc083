"""All that a town keeps in its folder, in one file and back: people, podcasts, what staff changed, accounts.

The database is copied by SQLite's own backup, whole while people go on speaking; every other file is replaced whole by whoever writes
it, so that each copy is of one moment. What is put back is checked first, beside its place, and moved there whole or not at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, Final

PEOPLE: Final = "people.sqlite3"
MANIFEST: Final = "manifest.json"
FOLDERS: Final = ("podcasts", "console")
PASSING: Final = ("uploads/", "drafts/")
"""Under console/<town>/: what is on its way in, and ends within a day."""
VERSION: Final = 1
_CHUNK: Final = 1024 * 1024


class BadBackup(ValueError):
    """The file cannot be used, or must not be put there; the text says why."""


def write(data: Path, out: Path, now: datetime) -> int:
    """Writes a backup of a data folder, and gives how many files are in it. The file appears whole or not at all. Raises BadBackup, OSError."""
    if not data.is_dir():
        raise BadBackup(f"{data} n'est pas un dossier de données : rien à sauvegarder")
    digests: dict[str, str] = {}
    out.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(prefix=".", suffix=".part", dir=out.parent)
    try:
        with os.fdopen(handle, "wb") as raw, tempfile.TemporaryDirectory() as scratch:
            with tarfile.open(fileobj=raw, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
                if (data / PEOPLE).exists():
                    _add(archive, _database(data / PEOPLE, Path(scratch) / PEOPLE), PEOPLE, digests)
                for path in _files(data):
                    _add(archive, path, path.relative_to(data).as_posix(), digests)
                manifest = {"version": VERSION, "made": now.isoformat(timespec="seconds"), "files": digests}
                note = Path(scratch) / MANIFEST
                note.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
                archive.add(note, MANIFEST)
            raw.flush()
            os.fsync(raw.fileno())
        os.chmod(beside, 0o600)  # hashes of passwords and what is known of people are nobody else's business
        os.replace(beside, out)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    return len(digests)


def restore(backup: Path, data: Path) -> tuple[int, str]:
    """Puts a backup into a data folder that is empty or not there, and gives how many files, and when it was made. Raises BadBackup, OSError."""
    if data.exists() and any(data.iterdir()):
        raise BadBackup(f"{data} n'est pas vide : donner un autre dossier, ou déplacer celui-ci")
    data.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".restore-", dir=data.parent))
    try:
        try:
            with tarfile.open(backup, "r:gz") as archive:
                _unpack(archive, beside)
        except (tarfile.TarError, EOFError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None and not isinstance(error, tarfile.TarError):
                raise
            raise BadBackup(f"{backup.name} n'est pas une sauvegarde entière : {type(error).__name__}") from error
        manifest = _checked(beside)
        (beside / MANIFEST).unlink()
        if data.exists():
            data.rmdir()
        os.replace(beside, data)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return len(manifest["files"]), str(manifest["made"])


def _unpack(archive: tarfile.TarFile, folder: Path) -> None:
    """Plain files of plain names only: no link, no device, nothing outside."""
    for member in archive:
        parts = member.name.split("/")
        ours = member.name in (PEOPLE, MANIFEST) or (parts[0] in FOLDERS and len(parts) > 1)
        if not member.isfile() or not ours or not member.name.isprintable() or any(part in ("", "..") or part.startswith(".") for part in parts):
            raise BadBackup(f"la sauvegarde contient ce qui n'en est pas : {member.name[:80]}")
        target = folder.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        given = archive.extractfile(member)
        assert given is not None
        if target.exists():
            raise BadBackup(f"la sauvegarde est abîmée : {member.name[:80]} y est deux fois")
        with open(target, "xb") as out:
            shutil.copyfileobj(given, out, _CHUNK)
        os.chmod(target, 0o644 if parts[0] == "podcasts" else 0o600)


def _checked(folder: Path) -> dict[str, Any]:
    """The manifest, where every file is as it says and the database is whole."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        wanted, made = dict(manifest["files"]), manifest["made"]
        if manifest["version"] != VERSION or not isinstance(made, str):
            raise BadBackup("cette sauvegarde est d'une autre version")
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        if isinstance(error, BadBackup):
            raise
        raise BadBackup("ce n'est pas une sauvegarde : sa liste de fichiers manque") from error
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {MANIFEST}
    wrong = sorted(found ^ wanted.keys()) or sorted(name for name in wanted if _digest(folder / name) != wanted[name])
    if wrong:
        raise BadBackup(f"la sauvegarde est abîmée : {wrong[0]}")
    if PEOPLE in wanted:
        try:
            with contextlib.closing(sqlite3.connect(folder / PEOPLE)) as db:
                whole = db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        except sqlite3.Error:
            whole = False
        if not whole:
            raise BadBackup(f"la sauvegarde est abîmée : {PEOPLE}")
    return manifest


def _files(data: Path) -> list[Path]:
    """Files of the folders, without what is on its way in and what writers leave behind."""
    out = []
    for folder in FOLDERS:
        for path in sorted((data / folder).rglob("*")):
            within = path.relative_to(data).as_posix().split("/", 2)[-1]
            passing = folder == "console" and within.startswith(PASSING)
            if path.is_file() and not path.name.startswith(".") and not passing:
                out.append(path)
    return out


def _database(path: Path, copy: Path) -> Path:
    with contextlib.closing(sqlite3.connect(path)) as source, contextlib.closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        if target.execute("SELECT count(*) FROM sqlite_master WHERE name = 'thread'").fetchone()[0]:
            target.execute("PRAGMA secure_delete = ON")
            target.execute("DELETE FROM thread")  # conversations of the last minutes are nobody's in a backup
            target.commit()
    return copy


def _add(archive: tarfile.TarFile, path: Path, name: str, digests: dict[str, str]) -> None:
    """A file as it is now: a copy of its own, since it may be replaced while it is read."""
    with tempfile.NamedTemporaryFile() as copy:
        with open(path, "rb") as given:
            shutil.copyfileobj(given, copy, _CHUNK)
        copy.flush()
        info = archive.gettarinfo(copy.name, name)
        info.mode, info.mtime = path.stat().st_mode & 0o777, int(path.stat().st_mtime)
        info.uid = info.gid = 0
        info.uname = info.gname = ""
        digests[name] = _digest(Path(copy.name))
        copy.seek(0)
        archive.addfile(info, copy)


def _digest(path: Path) -> str:
    with open(path, "rb") as given:
        return hashlib.file_digest(given, "sha256").hexdigest()
