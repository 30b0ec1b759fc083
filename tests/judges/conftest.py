"""A real server of Issy with a series of its own, on a free port of this machine, and Debian's Chromium: for judges that take minutes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from podcasts.folder import Folder
from skill.console.accounts import ADMIN, Accounts
from tests.conftest import TOWNS

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
NAME, PASSWORD = "jeanne.martin", "trois tasses de thé vert"
SERIES = '[[series]]\nid = "ville"\nname = { fr = "La voix d\'Issy", en = "The voice of Issy" }\nown = true\nsource = "x"\n'


class Served:
    """A server that runs: where it is, and where its data are."""

    def __init__(self, root: Path, **env: str) -> None:
        self.folder = Path(shutil.copytree(TOWNS["issy"], root / "issy-les-moulineaux"))
        (self.folder / "podcasts-ville.toml").write_text(SERIES, encoding="utf-8")
        self.data = root / "data"
        self.storage = Folder(self.data / "console" / "issy-les-moulineaux", private=True)
        Accounts(self.storage).add(NAME, ADMIN, PASSWORD)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        given = {"MAIRIE_VERIFY": "off", "MAIRIE_DATA": str(self.data), "MAIRIE_REFRESH_MINUTES": "0", "MAIRIE_RATE": "off", **env}
        self._log = open(root / "server.log", "w", encoding="utf-8")  # noqa: SIM115 - as long as the server
        self._process = subprocess.Popen(
            [sys.executable, "-m", "skill.cli", "--town", str(self.folder), "run", "--port", str(port)],
            cwd=ROOT, env={**os.environ, **given}, stdout=self._log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        for _ in range(150):
            try:
                self.ask("bonjour")
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError((root / "server.log").read_text(encoding="utf-8"))

    def ask(self, text: str, **more: Any) -> dict[str, Any]:
        """What an answer of the API says."""
        request = urllib.request.Request(f"{self.url}/api/ask", json.dumps({"text": text, **more}).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return dict(json.load(answer))

    def end(self) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(15)
        self._log.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    found = Served(tmp_path)
    yield found
    found.end()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser, or a clear skip."""
    if not Path(CHROMIUM).exists():
        pytest.skip("Debian's chromium is not installed: make test-all installs it where it may")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
