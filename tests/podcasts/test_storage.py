"""One contract, two homes: what `Storage` promises, a folder and a bucket keep alike; then each one's own faults."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from podcasts import folder as folder_module
from podcasts.folder import Folder
from podcasts.s3 import Bucket
from podcasts.storage import NEW, Changed, Storage, StorageUnavailable, attempts, checked, safe_name

ROOT = Path(__file__).resolve().parent.parent.parent


def test_what_was_put_is_got_whole(storage: Storage) -> None:
    assert storage.get("a/b.json") is None
    version = storage.put("a/b.json", b"one")
    assert storage.get("a/b.json") == (b"one", version)
    assert storage.put("a/b.json", b"two") != version
    assert storage.get("a/b.json").data == b"two"  # type: ignore[union-attr]
    storage.put("a/empty.json", b"")
    assert storage.get("a/empty.json").data == b""  # type: ignore[union-attr]


def test_a_file_is_replaced_only_by_who_saw_its_last_version(storage: Storage) -> None:
    first = storage.put("a/b.json", b"one", expected=NEW)
    with pytest.raises(Changed):
        storage.put("a/b.json", b"other", expected=NEW)
    second = storage.put("a/b.json", b"two", expected=first)
    with pytest.raises(Changed):
        storage.put("a/b.json", b"three", expected=first)
    assert storage.get("a/b.json") == (b"two", second)
    storage.delete("a/b.json")
    with pytest.raises(Changed):
        storage.put("a/b.json", b"four", expected=second)
    assert storage.get("a/b.json") is None


def test_a_large_file_is_taken_in_opened_and_measured(storage: Storage, tmp_path: Path) -> None:
    source = tmp_path / "s.mp3"
    source.write_bytes(os.urandom(3_000_000))
    assert storage.info("m/s.mp3") is None
    assert storage.open("m/s.mp3") is None
    storage.put_file("m/s.mp3", source, "audio/mpeg")
    assert storage.info("m/s.mp3").size == 3_000_000  # type: ignore[union-attr]
    with storage.open("m/s.mp3") as found:  # type: ignore[union-attr]
        found.seek(2_999_000)
        assert found.read() == source.read_bytes()[2_999_000:]
    before = storage.info("m/s.mp3").version  # type: ignore[union-attr]
    source.write_bytes(b"other")
    storage.put_file("m/s.mp3", source, "audio/mpeg")
    assert storage.info("m/s.mp3").version != before  # type: ignore[union-attr]


def test_a_source_that_is_not_there_is_no_fault_of_the_storage(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        storage.put_file("m/s.mp3", tmp_path / "none.mp3", "audio/mpeg")
    assert storage.info("m/s.mp3") is None


def test_a_folder_is_no_file(storage: Storage) -> None:
    storage.put("a/b/c.json", b"x")
    assert storage.get("a/b") is None
    assert storage.info("a/b") is None
    assert storage.open("a/b") is None


def test_keys_and_delete(storage: Storage) -> None:
    assert list(storage.keys("")) == []
    for key in ("b/2.json", "a/1.json", "a/media/x.mp3", "ab.json"):
        storage.put(key, b"x", expected=NEW)
    assert list(storage.keys("")) == ["a/1.json", "a/media/x.mp3", "ab.json", "b/2.json"]
    assert list(storage.keys("a/")) == ["a/1.json", "a/media/x.mp3"]
    storage.delete("a/1.json")
    storage.delete("a/1.json")
    assert list(storage.keys("a")) == ["a/media/x.mp3", "ab.json"]


HOSTILE = [
    "",
    "/etc/passwd",
    "../x",
    "a/../../x",
    "a//b",
    "a/",
    ".lock",
    "a/.part",
    "A.json",
    "é.json",
    "a b",
    "a\n",
    "a\x00b",
    "a\\b",
    "x" * 121,
    "a/b/c/d/e/f",
]


@pytest.mark.parametrize("key", HOSTILE)
def test_a_hostile_key_goes_nowhere(storage: Storage, key: str, tmp_path: Path) -> None:
    for ask in (storage.get, storage.info, storage.open, storage.delete, lambda k: storage.put(k, b"x"), lambda k: storage.put_file(k, Path(__file__), "x/y")):
        with pytest.raises(ValueError, match="is not a key"):
            ask(key)
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize(
    "text", ["Le Fort d'Issy !", "../../etc/passwd", "CON", "😀", "", "a\x00b\nc", "Œuvre à Noël", "x" * 500, "-.-", "con|<>:*?", "‮gpj.exe", "ﬁn"]
)
def test_a_name_made_safe_is_a_key(text: str) -> None:
    assert checked(f"a/{safe_name(text)}.mp3")


def test_eight_writers_at_once_lose_no_update(storage: Storage) -> None:
    storage.put("a/n.json", b"", expected=NEW)

    def add(writer: int) -> None:
        for turn in range(3):
            for _ in attempts():
                found = storage.get("a/n.json")
                assert found is not None
                try:
                    storage.put("a/n.json", found.data + b"%d.%d\n" % (writer, turn), expected=found.version)
                    break
                except Changed:
                    continue
            else:
                raise AssertionError("never its turn")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(8)))
    found = storage.get("a/n.json")
    assert found is not None
    assert sorted(found.data.split()) == sorted(b"%d.%d" % (w, t) for w in range(8) for t in range(3))


def test_of_eight_who_make_a_file_one_does(storage: Storage) -> None:
    def make(writer: int) -> bool:
        try:
            storage.put("a/new.json", b"%d" % writer, expected=NEW)
        except Changed:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(make, range(8)))
    assert sum(made) == 1
    assert storage.get("a/new.json").data == b"%d" % made.index(True)  # type: ignore[union-attr]


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


def test_a_bucket_out_of_reach_is_named_quickly() -> None:
    import boto3
    from botocore.config import Config

    client = boto3.session.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-west-1").client(
        "s3", endpoint_url="http://127.0.0.1:9", config=Config(connect_timeout=1, retries={"total_max_attempts": 1})
    )
    home, began = Bucket("none", "", client), time.monotonic()
    for ask in (home.get, home.info, home.open, home.delete, home.keys, lambda k: home.put(k, b"x"), lambda k: home.put_file(k, Path(__file__), "x/y")):
        with pytest.raises(StorageUnavailable, match="none"):
            ask("a/f.json")
    assert time.monotonic() - began < 5


def test_a_client_is_made_when_first_needed_and_its_faults_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    home = Bucket("none")
    with pytest.raises(StorageUnavailable, match="ProfileNotFound"):
        home.get("a/f.json")
    with pytest.raises(StorageUnavailable, match="ProfileNotFound"):
        home.put_file("a/f.json", Path(__file__), "x/y")


def test_a_bucket_that_is_not_there_is_no_empty_one(bucket: Bucket) -> None:
    home = Bucket("nobodys-bucket", "", bucket.client)
    for ask in (home.get, home.keys, lambda k: home.put(k, b"x"), lambda k: home.put_file(k, Path(__file__), "x/y")):
        with pytest.raises(StorageUnavailable):
            ask("a/f.json")


def test_a_bucket_lists_page_after_page(bucket: Bucket) -> None:
    for n in range(5):
        bucket.put(f"a/{n}.json", b"x")
    ask = bucket._ask
    bucket._ask = lambda action, **given: ask(action, **({"MaxKeys": 2} if action == "list_objects_v2" else {}), **given)  # type: ignore[method-assign]
    assert list(bucket.keys("a/")) == [f"a/{n}.json" for n in range(5)]


@pytest.mark.parametrize(
    ("key", "mime"),
    [
        ("a/feed.xml", "application/rss+xml; charset=utf-8"),
        ("a/c.json", "application/json"),
        ("a/i.jpg", "image/jpeg"),
        ("a/i.png", "image/png"),
        ("a/t.vtt", "text/vtt; charset=utf-8"),
    ],
)
def test_a_bucket_tells_players_what_a_file_is(bucket: Bucket, key: str, mime: str) -> None:
    bucket.put(key, b"x")
    assert bucket.client.head_object(Bucket=bucket.name, Key=f"town/{key}")["ContentType"] == mime
