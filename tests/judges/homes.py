"""Python packages that judge us from a home of their own: another Python, or libraries that must not stand beside ours. Made once under build/."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
SECONDS = 900


def python(least: str) -> str:
    """An interpreter of a version ("3.13") of this machine, or a clear skip."""
    found = shutil.which(f"python{least}")
    places = [found] if found else []
    places += [str(p) for p in sorted(Path.home().glob(f".pyenv/versions/{least}.*/bin/python{least}"))]
    for place in places:  # pyenv's shims answer for versions that are not chosen
        if subprocess.run([place, "-c", ""], capture_output=True, check=False).returncode == 0:
            return place
    pytest.skip(f"python{least} is not on this machine")


class Home:
    """A virtual environment of its own."""

    def __init__(self, name: str, interpreter: str = sys.executable) -> None:
        self.folder, self.interpreter = ROOT / "build" / f"judge-{name}", interpreter
        self.python = self.folder / "bin" / "python"

    def install(self, requirements: Iterable[str], *options: str, version: str = "") -> Home:
        """Once for each set of requirements; the test is skipped where there is no registry. `version`: of the Python that is claimed to be there."""
        wanted = [*options, *requirements]
        mark = self.folder / f".{hashlib.sha256(json.dumps(wanted).encode()).hexdigest()[:16]}"
        if mark.exists():
            return self
        uv = shutil.which("uv")
        if not self.python.exists():
            made = self._run([self.interpreter, "-m", "venv", str(self.folder)])
            if made.returncode:
                pytest.skip(f"no home for a judge: {made.stderr[-200:]}")
        if uv and self._run([uv, "--version"]).returncode == 0:
            command = [uv, "pip", "install", "-q", "--python", str(self.python), *(("--python-version", version) if version else ()), *wanted]
        else:
            claimed = ("--ignore-requires-python",) if version else ()
            command = [str(self.python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *claimed, *wanted]
        done = self._run(command)
        if done.returncode:
            pytest.skip(f"a judge could not be installed: {done.stderr[-300:]}")
        mark.touch()
        return self

    def ask(self, script: str, given: Any = None, seconds: int = 300, **env: str) -> Any:
        """Runs a script of this folder with JSON in and JSON out, its last line."""
        done = subprocess.run(
            [str(self.python), str(HERE / script)], input=json.dumps(given), capture_output=True, text=True, timeout=seconds, cwd=ROOT,
            env={**os.environ, **env}, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (done.stdout[-2_000:], done.stderr[-3_000:])
        return json.loads(re.split(r"\n", done.stdout.strip())[-1])

    @staticmethod
    def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
