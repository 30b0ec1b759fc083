"""A folder as the home of podcasts: killed writers, full and failing disks, locks."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from podcasts import folder as folder_module
from podcasts.folder import Folder
from podcasts.storage import NEW, Changed, StorageUnavailable

ROOT = Path(__file__).resolve().parent.parent.parent


WRITER = """
import sys
from pathlib import Path
from podcasts.folder import Folder
home, n = Folder(Path(sys.argv[1])), 0
while True:
    n += 1
    home.put("a/f.json", bytes([n % 250]) * 400_000)
    found = home.get("a/c.json")
    home.put("a/c.json", bytes([n % 250]) * 100_000, expected=found.version if found else "")
"""


def test_a_writer_killed_at_any_moment_leaves_whole_files(folder: Folder) -> None:
    seen, stop = 0, threading.Event()
    torn: list[bytes] = []

    def watch() -> None:
        nonlocal seen
        while not stop.is_set():
            for key, size in (("a/f.json", 400_000), ("a/c.json", 100_000)):
                found = folder.get(key)
                if found is not None:
                    seen += 1
                    if len(found.data) != size or len(set(found.data)) != 1:
                        torn.append(found.data[:20])

    reader = threading.Thread(target=watch)
    reader.start()
    try:
        for turn in range(6):
            before = folder.get("a/f.json")
            with subprocess.Popen([sys.executable, "-c", WRITER, str(folder.root)], cwd=ROOT) as writer:
                try:
                    until = time.monotonic() + 10
                    while time.monotonic() < until:
                        now = folder.get("a/f.json")
                        if now is not None and (before is None or now.version != before.version):
                            break
                    time.sleep(0.003 * turn)
                finally:
                    writer.send_signal(signal.SIGKILL)
    finally:
        stop.set()
        reader.join()
    assert seen > 20
    assert torn == []
    assert set(folder.keys("")) <= {"a/f.json", "a/c.json"}  # what was half written is nobody's file
    present = folder.get("a/c.json")
    folder.put("a/c.json", b"after", expected=present.version if present else NEW)  # and the lock of the dead is free


def test_what_killed_writers_left_is_swept_after_a_day(folder: Folder) -> None:
    folder.put("a/f.json", b"x")
    old, new = folder.root / "a/.old.part", folder.root / "a/.new.part"
    for rest in (old, new):
        rest.write_bytes(b"half")
    os.utime(old, (time.time() - 90_000,) * 2)
    folder.put("a/f.json", b"y")
    assert (old.exists(), new.exists()) == (False, True)


FULL = """
import resource, signal, sys
from pathlib import Path
from podcasts.folder import Folder
from podcasts.storage import StorageUnavailable
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
home = Folder(Path(sys.argv[1]))
for put in (lambda: home.put("a/f.json", b"2" * 300_000), lambda: home.put_file("a/f.json", Path(sys.argv[2]), "x/y")):
    try:
        put()
    except StorageUnavailable as error:
        print(error)
"""


def test_a_write_that_does_not_fit_leaves_the_old_file(folder: Folder, tmp_path: Path) -> None:
    folder.put("a/f.json", b"1" * 1000)
    (tmp_path / "big").write_bytes(b"3" * 300_000)
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(folder.root), str(tmp_path / "big")], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert len(done.stdout.splitlines()) == 2, done
    assert folder.get("a/f.json").data == b"1" * 1000  # type: ignore[union-attr]
    assert [p.name for p in (folder.root / "a").iterdir() if p.name.endswith(".part")] == []


@pytest.mark.parametrize(
    ("code", "words"), [(errno.ENOSPC, "disque est plein"), (errno.EDQUOT, "disque est plein"), (errno.EIO, "input/output"), (errno.EROFS, "read-only")]
)
def test_a_disk_that_fails_is_named_and_loses_nothing(folder: Folder, monkeypatch: pytest.MonkeyPatch, code: int, words: str) -> None:
    version = folder.put("a/f.json", b"old")

    def fail(_: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(folder_module.os, "fsync", fail)
    for expected in (None, version):
        with pytest.raises(StorageUnavailable, match=words):
            folder.put("a/f.json", b"new", expected=expected)
    assert folder.get("a/f.json").data == b"old"  # type: ignore[union-attr]
    assert sorted(p.name for p in (folder.root / "a").iterdir() if p.name != ".lock") == ["f.json"]


@pytest.mark.skipif(os.name != "posix", reason="a lock of POSIX")
def test_a_lock_that_nobody_gives_back_is_named(tmp_path: Path) -> None:
    import fcntl

    home = Folder(tmp_path / "home", patience=0.05)
    home.put("a/f.json", b"x", expected=NEW)
    with open(tmp_path / "home/a/.lock", "rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(StorageUnavailable, match="un autre programme écrit"):
            home.put("a/f.json", b"y", expected=NEW)
    with pytest.raises(Changed):
        home.put("a/f.json", b"y", expected=NEW)


def test_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_bytes(b"x")
    home = Folder(tmp_path / "home")
    assert home.get("a/f.json") is None
    for expected in (None, NEW):
        with pytest.raises(StorageUnavailable):
            home.put("a/f.json", b"x", expected=expected)


def test_a_folder_that_cannot_be_read_does_not_seem_empty(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.put("a/f.json", b"x")

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(folder.root))

    monkeypatch.setattr(folder_module.os, "scandir", refuse)
    with pytest.raises(StorageUnavailable, match="permission denied"):
        folder.keys("")
