"""The project itself: its template, its settings, its command, its promises in README."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from skill.app import Settings, make_skill
from skill.cli import main
from skill.settings import BadSettings
from skill.stores.compiled import compile_town
from tests.conftest import TOWNS

ROOT = Path(__file__).resolve().parent.parent


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_environment_names_are_the_settings_everywhere() -> None:
    known = {f"MAIRIE_{n.upper()}" for n in Settings._fields if n != "zone"}
    assert set(re.findall(r"MAIRIE_[A-Z_]+", read("skill/settings.py"))) - {"MAIRIE_"} == known
    assert set(re.findall(r"MAIRIE_[A-Z_]+", read("README.md"))) == known


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIRIE_TOWN", "x")
    monkeypatch.setenv("MAIRIE_VERIFY", "off")
    settings = Settings.from_environment()
    assert (settings.town, settings.verify) == ("x", False)


def test_everything_that_is_wrong_in_the_environment_is_told_at_once() -> None:
    env = {
        "MAIRIE_VERIFY": "nonsense", "MAIRIE_RATE": "beaucoup", "MAIRIE_ORIGINS": "issy.com", "MAIRIE_PROXIES": "-1", "MAIRIE_WORKERS": "65", "MAIRIE_LOG": "xml",
        "MAIRIE_PUBLIC_URL": "mairie.example", "MAIRIE_REFRESH_MINUTES": "souvent", "MAIRIE_BUKET": "x", "MAIRIE_ZZZZ": "", "PATH": "/bin",
    }  # fmt: skip
    with pytest.raises(BadSettings) as found:
        Settings.from_environment(env)
    lines = str(found.value).splitlines()
    assert sorted(line.split("=")[0].split(":")[0] for line in lines) == sorted(env.keys() - {"PATH"})
    assert any("MAIRIE_BUCKET is meant" in line for line in lines)


def test_what_is_secret_is_not_shown_where_it_is_wrong() -> None:
    env = {"MAIRIE_TWILIO_TOKEN": "hunter2", "MAIRIE_PHONE_TRANSFER": "01 41 23 80 00", "MAIRIE_SECRET": "court"}
    with pytest.raises(BadSettings) as found:
        Settings.from_environment(env)
    told = str(found.value)
    assert "hunter2" not in told
    assert "court" not in told
    assert "+33141238000" in told
    with pytest.raises(BadSettings, match="MAIRIE_SECRET"):
        Settings.from_environment({"MAIRIE_TABLE": "t", "MAIRIE_PHONE_KEY": "k" * 20})


def test_a_wrong_environment_stops_the_command_with_every_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MAIRIE_RATE", "beaucoup")
    monkeypatch.setenv("MAIRIE_PROXIES", "dix")
    assert main(["check"]) == 1
    told = capsys.readouterr().err
    assert "MAIRIE_RATE=beaucoup" in told
    assert "MAIRIE_PROXIES=dix" in told


def test_mairie_check_is_green_and_says_what_it_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert "places" in capsys.readouterr().out


def test_mairie_check_names_every_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(shutil.copytree(TOWNS["valfleuri"], tmp_path / "t"))
    text = (folder / "places.toml").read_text(encoding="utf-8")
    (folder / "places.toml").write_text(text.replace('article = "la"', 'article = "du"', 1).replace('kind = "town_hall"', "kind = 3"), encoding="utf-8")
    assert main(["--town", str(folder), "check"]) == 1
    err = capsys.readouterr().err
    assert "article" in err
    assert "kind" in err
    assert main(["--town", str(folder), "ask", "bonjour"]) == 1


def test_check_of_another_town_is_green(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--town", str(TOWNS["valfleuri"]), "check"]) == 0
    assert main(["--town", str(TOWNS["valfleuri"]), "check", "--models", str(tmp_path)]) == 1
    assert f"{tmp_path}/skill.json:1: out of date" in capsys.readouterr().err


def test_check_names_a_cue_that_does_not_exist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(shutil.copytree(TOWNS["valfleuri"], tmp_path / "t"))
    path = folder / "town.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("\nresident =", "\nresidant =", 1).replace("[town.words.en]", "[town.words.de]"), encoding="utf-8")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert main(["--town", str(folder), "check"]) == 1
    err = capsys.readouterr().err
    cue = next(n for n, line in enumerate(lines, 1) if line.startswith("residant"))
    assert f"town.toml:{cue}: town.words.fr.residant: indice inconnu" in err
    assert f"town.toml:{lines.index('[town.words.de]') + 1}: town.words.de: langue inconnue : en, fr" in err


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> str:
    out = tmp_path_factory.mktemp("compiled")
    compile_town(TOWNS["valfleuri"], out)
    return str(out)


def test_the_town_of_the_command_line_wins_over_a_compiled_one(compiled: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("MAIRIE_TOWN", raising=False)
    monkeypatch.setenv("MAIRIE_COMPILED", compiled)
    assert main(["ask", "aide"]) == 0
    assert main(["--town", "issy-les-moulineaux", "ask", "aide", "--at", "2026-11-21T18:20"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert "Tilleuls" in first
    assert "Tilleuls" not in second
    assert "Mets le dernier podcast" in second


def test_a_compiled_town_that_is_not_the_one_asked_for_is_refused(compiled: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MAIRIE_COMPILED", compiled)
    monkeypatch.setenv("MAIRIE_TOWN", "issy-les-moulineaux")
    assert main(["ask", "aide"]) == 1
    assert "holds valfleuri, and issy-les-moulineaux is asked for" in capsys.readouterr().err
    for asked in ("valfleuri", str(TOWNS["valfleuri"])):
        monkeypatch.setenv("MAIRIE_TOWN", asked)
        assert make_skill().city.id == "valfleuri"


def test_an_empty_town_setting_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIRIE_TOWN", "")
    monkeypatch.delenv("MAIRIE_COMPILED", raising=False)
    assert Settings.from_environment().town == "issy-les-moulineaux"


@pytest.mark.parametrize("function", ["SkillFunction", "RefreshFunction", "WebFunction"])
def test_sam_builds_each_function_as_make_package_does(function: str) -> None:
    done = subprocess.run(["make", "-n", "-B", f"build-{function}", "ARTIFACTS_DIR=out"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "-m venv .venv" in done.stdout
    assert f'.venv/bin/python lambda/package.py --function {function} --into "out"' in done.stdout


def test_make_takes_a_town() -> None:
    def commands(*words: str) -> str:
        return subprocess.run(["make", "-n", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert '--town "a/b" --out "c"' in commands("models", "TOWN=a/b", "OUT=c")
    assert '--town "issy-les-moulineaux"' in commands("models")
    assert '--town "a/b" run' in commands("run", "TOWN=a/b")
    assert "--town" not in commands("run")


def test_a_batch_may_be_written_over_itself(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("\ufeff" + '{"id": "a", "turns": ["bonjour"]}\n{"id": "b", "turns": ["aide"]}\n', encoding="utf-8")
    assert main(["ask", "--batch", str(path), "--out", str(path)]) == 0
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["a", "b"]
    assert all(row["answer"] for row in rows)
    assert list(tmp_path.iterdir()) == [path]


def test_a_batch_that_cannot_be_read_leaves_the_output_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("before", encoding="utf-8")
    (tmp_path / "in.jsonl").write_bytes(b'{"id": "\xff"}')
    assert main(["ask", "--batch", str(tmp_path / "in.jsonl"), "--out", str(out)]) == 1
    assert main(["ask", "--batch", str(tmp_path / "none.jsonl"), "--out", str(out)]) == 1
    assert out.read_text(encoding="utf-8") == "before"
    assert main(["ask", "--batch", str(out), "--out", str(tmp_path)]) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert {p.name for p in tmp_path.iterdir()} == {"in.jsonl", "out.jsonl"}


@pytest.mark.parametrize("port", ["99999", "-1", "x", "²"])
def test_a_port_out_of_range_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["run", f"--port={port}"])
    assert "to 65535" in capsys.readouterr().err


@pytest.mark.parametrize("moment", ["9999-12-31", "0001-01-01", "9999-12-31T23:59:59-12:00"])
def test_a_moment_out_of_calendars_is_refused(moment: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "--at", moment, "quand ouvre le marché hier"]) == 1
    assert "from 1900 to 2200" in capsys.readouterr().err


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
            text = read(name).replace("file://assets/", "")  # where an ASK package has its icons
            for bad in ("/work/", "/root/", "--index-url", "--extra-index", "file://", "AKIA", "BEGIN RSA PRIVATE"):
                assert bad not in text, (name, bad)


def test_every_town_folder_has_the_same_code() -> None:
    """Nothing in the code knows Issy: its names stand in its folder, its tests and its model only."""
    for path in sorted((ROOT / "skill").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        prose = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)}
        strings = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in prose]
        for word in ("Épinettes", "Celton", "Santini", "0 800", "issy.com", "Tuvim"):
            assert not any(word.lower() in s.lower() for s in strings), (path.name, word)


def test_a_compiled_town_is_the_same_on_every_run(tmp_path: Path) -> None:
    """Near ties must not be a matter of chance: nothing that is built depends on the order of a set."""
    folders = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        subprocess.run(
            [sys.executable, "-m", "skill.cli", "--town", str(TOWNS["valfleuri"]), "compile", str(folder)],
            check=True, env={**os.environ, "PYTHONHASHSEED": seed}, cwd=ROOT, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        folders.append(folder)
    first, second = ({p.name: p.read_bytes() for p in folder.iterdir()} for folder in folders)
    assert first == second
