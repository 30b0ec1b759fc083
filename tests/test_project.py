"""The project itself: its template, its settings, its command, its promises in README."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from skill.app import Settings
from skill.cli import main
from tests.conftest import TOWNS

ROOT = Path(__file__).resolve().parent.parent


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_template_passes_cfn_lint() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "cfn-lint"), "template.yaml", "--regions", "eu-west-1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_environment_names_are_the_settings_everywhere() -> None:
    known = {f"MAIRIE_{n.upper()}" for n in Settings._fields if n != "zone"}
    assert set(re.findall(r"MAIRIE_[A-Z_]+", read("skill/app.py"))) - {"MAIRIE_"} == known
    assert set(re.findall(r"MAIRIE_[A-Z_]+", read("template.yaml"))) <= known
    assert set(re.findall(r"MAIRIE_[A-Z_]+", read("README.md"))) == known


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIRIE_TOWN", "x")
    monkeypatch.setenv("MAIRIE_VERIFY", "off")
    settings = Settings.from_environment()
    assert (settings.town, settings.verify) == ("x", False)
    monkeypatch.setenv("MAIRIE_VERIFY", "nonsense")
    assert Settings.from_environment().verify is True


def test_mairie_check_is_green_and_says_what_it_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert "places" in capsys.readouterr().out


def test_mairie_check_names_every_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import shutil

    folder = Path(shutil.copytree(TOWNS["valfleuri"], tmp_path / "t"))
    text = (folder / "places.toml").read_text(encoding="utf-8")
    (folder / "places.toml").write_text(text.replace('article = "la"', 'article = "du"', 1).replace('kind = "town_hall"', "kind = 3"), encoding="utf-8")
    assert main(["--town", str(folder), "check"]) == 1
    err = capsys.readouterr().err
    assert "article" in err
    assert "kind" in err
    assert main(["--town", str(folder), "ask", "bonjour"]) == 1


def test_ask_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "--at", "2025-07-09T18:00", "--why", "à quelle heure ferme le parc barbus"]) == 0
    out = capsys.readouterr().out
    assert "Le parc Henri Barbusse ferme à 20 heures 30 ce soir." in out
    assert "sum" in out
    assert "margin" in out


def test_ask_needs_a_question_and_a_readable_moment(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask"]) == 2
    assert main(["ask", "--at", "hier", "bonjour"]) == 1
    assert main(["--town", "atlantis", "ask", "bonjour"]) == 1
    assert main(["ask", "--batch", "/nowhere.jsonl"]) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_a_terminal_conversation() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "skill.cli", "talk"],
        input="où jeter une pile\n\net une boîte de conserve\nau revoir\nplus rien\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    lines = done.stdout.strip().splitlines()
    assert len(lines) == 4
    assert "bac jaune" in lines[2]


def test_no_file_names_a_machine_a_registry_or_a_secret() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for name in files:
        if name.endswith((".py", ".toml", ".md", ".yaml", ".lock", "Makefile")) and "test_project" not in name:
            text = read(name)
            for bad in ("/work/", "/root/", "--index-url", "--extra-index", "file://", "AKIA", "BEGIN RSA PRIVATE"):
                assert bad not in text, (name, bad)


def test_every_town_folder_has_the_same_code() -> None:
    """Nothing in the code knows Issy: its names stand in its folder, its tests and its model only."""
    for path in sorted((ROOT / "skill").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        prose = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)}
        strings = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in prose]
        for word in ("Épinettes", "Celton", "Santini", "0 800", "issy.com"):
            assert not any(word.lower() in s.lower() for s in strings), (path.name, word)
