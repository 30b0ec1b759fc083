"""Packages of npm that judge us: installed once under build/, and run with a script of ours beside them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SECONDS = 300


def installed(package: str, version: str) -> Path:
    """A folder with the package installed; the test is skipped where there is no node or no registry."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed")
    folder = ROOT / "build" / f"npm-{package}-{version}"
    if not (folder / "node_modules" / package).is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), f"{package}@{version}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        if done.returncode:
            pytest.skip(f"npm could not install {package}: {done.stderr[-200:]}")
    return folder


def judge(package: str, version: str, script: str) -> Path:
    """The same with `script` as judge.mjs."""
    folder = installed(package, version)
    shutil.copy(HERE / script, folder / "judge.mjs")
    return folder
