"""What a server is set up with: systemd's own judgement of the units, and the container's steps done without an engine."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = ROOT / "docs/server"
MOST_EXPOSED = {"mairie.service": 2.0, "mairie-backup.service": 3.5}
"""systemd calls less than 4 "OK"; a service without any hardening has 9.6."""
pytestmark = pytest.mark.slow


@pytest.mark.parametrize("unit", sorted(MOST_EXPOSED))
def test_systemd_takes_the_units_and_finds_them_hard(unit: str) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not here")
    told = subprocess.run(["systemd-analyze", "verify", str(FILES / unit), str(FILES / "mairie-backup.timer")], capture_output=True, text=True, check=False)
    assert [line for line in told.stderr.splitlines() if "is not executable" not in line] == []
    judged = subprocess.run(["systemd-analyze", "security", "--offline=true", str(FILES / unit)], capture_output=True, text=True, check=False)
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", judged.stdout)
    assert found, judged.stdout + judged.stderr
    assert float(found.group(1)) <= MOST_EXPOSED[unit]


def test_what_the_container_copies_and_installs_runs(tmp_path: Path) -> None:
    """No engine runs here, so its steps are done by hand: the locked packages in a fresh venv, what COPY names, and CMD."""
    steps = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    home = tmp_path / "image"
    home.mkdir()
    for source, target in re.findall(r"^COPY (?!--)(\S+) (\S+)$", steps, re.M):
        into = home / target
        into.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, into, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, into / source if into.is_dir() else into)
    subprocess.run([sys.executable, "-m", "venv", home / ".venv"], check=True)
    installed = subprocess.run(
        [home / ".venv/bin/python", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", home / "docs/server/requirements.lock"],
        capture_output=True,
        text=True,
        check=False,
    )
    if installed.returncode:
        pytest.skip("PyPI cannot be reached from here")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(home), "MAIRIE_DATA": str(tmp_path / "data"), "MAIRIE_LOG": "json", "MAIRIE_REFRESH_MINUTES": "0"}
    assert 'CMD ["mairie", "run", "--host", "0.0.0.0", "--port", "5000"]' in steps
    server = subprocess.Popen([home / ".venv/bin/python", "-m", "skill.cli", "run", "--workers", "2", "--port", str(port)], cwd=home, env=env)
    try:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/ask", json.dumps({"text": "où est le parc Barbusse"}).encode(), {"Content-Type": "application/json"}
        )
        for _ in range(200):
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:
                    assert "Barbusse" in json.loads(answer.read())["speech"]
                break
            except OSError:
                time.sleep(0.2)
        else:
            pytest.fail("it never answered")
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0


def test_the_image_leaves_behind_what_only_we_need() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", ".venv", "tests", "build"} <= set(ignored)
    steps = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "USER mairie" in steps.split("FROM")[-1]
    assert not re.search(r"(?i)password|secret|token", steps)
