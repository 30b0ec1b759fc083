"""gPodder, a player that real people use, subscribes to a library in a folder and fetches its sounds byte for byte (slow; Debian's gpodder)."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from podcasts.folder import Folder
from podcasts.library import Library
from tests.podcasts.sounds import NOW, SHOW, mp4, png, sound


class Ranges(SimpleHTTPRequestHandler):
    """Files of a folder, by parts where asked: what a directory wants of a server."""

    def do_GET(self) -> None:
        path, asked = Path(self.translate_path(self.path)), self.headers.get("Range", "")
        if not asked.startswith("bytes=") or not path.is_file():
            return super().do_GET()
        first, _, last = asked.removeprefix("bytes=").partition("-")
        data = path.read_bytes()
        part = data[int(first or 0) : int(last) + 1 if last else None]
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Range", f"bytes {first or 0}-{int(first or 0) + len(part) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)
        return None

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Folder, str]]:
    """A folder and where it is served, on the loopback only."""
    folder = Folder(tmp_path / "home")
    folder.root.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *given: Ranges(*given, directory=str(folder.root)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_gpodder_subscribes_and_fetches_every_sound(served: tuple[Folder, str], tmp_path: Path) -> None:
    if not shutil.which("gpo"):
        pytest.skip("gpo is not installed (Debian: apt-get install gpodder)")
    folder, address = served
    lib = Library(folder, "ville", SHOW._replace(image=f"{address}/ville/cover.png"), address)
    folder.put("ville/cover.png", png())
    lib.add(sound(tmp_path), "Le marché & la fête 😀", "Où ? <3\n\nQuand ?", NOW, number=1)
    (tmp_path / "b.m4a").write_bytes(mp4())
    lib.add(tmp_path / "b.m4a", "Un M4A", "D", NOW)
    hidden = lib.add(sound(tmp_path, 2), "Retiré", "D", NOW)
    lib.withdraw(hidden.guid, NOW)
    house = tmp_path / "gpodder"
    house.mkdir()
    env = {
        **os.environ,
        "HOME": str(house),
        "GPODDER_HOME": str(house),
        "GPODDER_DOWNLOAD_DIR": str(house / "sounds"),
        "LANG": "C.UTF-8",
        "no_proxy": "127.0.0.1",
    }

    def gpo(*words: str) -> str:
        done = subprocess.run(["gpo", *words], env=env, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    gpo("subscribe", lib.feed_url)
    gpo("update")
    listed = gpo("episodes", "--guid", lib.feed_url)
    for entry in lib.entries():
        assert (entry.guid in listed and entry.title in listed) is not entry.withdrawn, listed
    gpo("download")
    fetched = sorted(p.read_bytes() for p in (house / "sounds").rglob("*") if p.suffix in (".mp3", ".m4a"))
    assert fetched == sorted([sound(tmp_path).read_bytes(), mp4()])
    lib.edit(lib.find("1").guid, NOW, title="Autre titre")
    gpo("update")
    assert gpo("pending", lib.feed_url).count("Autre titre") == 0  # the same GUID: nothing to fetch again
