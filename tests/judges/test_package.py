"""What is sent to Lambda: built twice, the same; small enough; with its bytecode; and nothing of this machine in it."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def build() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "lambda/package.py"))


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory, build: dict[str, Any]) -> dict[str, Path]:
    """Each function's archive; the skill's twice."""
    out = tmp_path_factory.mktemp("package")
    made = {}
    for name, function in (
        ("SkillFunction", "SkillFunction"),
        ("again", "SkillFunction"),
        ("WebFunction", "WebFunction"),
        ("RefreshFunction", "RefreshFunction"),
    ):
        try:
            build["fill"](function, out / name)
        except subprocess.CalledProcessError:
            pytest.skip("PyPI cannot be reached from here")
        made[name] = out / f"{name}.zip"
        build["pack"](out / name, made[name])
    return made


def test_the_same_inputs_give_the_same_bytes(archives: dict[str, Path]) -> None:
    assert archives["SkillFunction"].read_bytes() == archives["again"].read_bytes()


def test_each_fits_into_lambda(archives: dict[str, Path], build: dict[str, Any]) -> None:
    for archive in archives.values():
        with zipfile.ZipFile(archive) as held:
            assert sum(info.file_size for info in held.infolist()) < build["MOST_UNPACKED"]
        assert archive.stat().st_size < build["MOST_ZIPPED"]


def test_each_carries_its_handler_its_bytecode_and_wheels_of_lambdas_machine(archives: dict[str, Path], build: dict[str, Any]) -> None:
    for function, handler in build["HANDLERS"].items():
        names = set(zipfile.ZipFile(archives[function]).namelist())
        assert f"lambda/{handler}" in names
        assert [n for n in names if n.startswith("lambda/") and n.endswith(".py")] == [f"lambda/{handler}"]
        natives = [n for n in names if ".so" in n]
        assert natives
        assert not [n for n in natives if "x86_64" in n]
        if build["runtime_python"]():
            lacking = [n for n in names if n.endswith(".py") and n.startswith(("skill/", "podcasts/")) and not _compiled(n) & names]
            assert lacking == []
    assert "skill/console/desk.py" not in zipfile.ZipFile(archives["SkillFunction"]).namelist()
    assert "build/issy-les-moulineaux/town.json" in zipfile.ZipFile(archives["SkillFunction"]).namelist()
    assert "skill/cities/issy-les-moulineaux/town.toml" in zipfile.ZipFile(archives["WebFunction"]).namelist()


def _compiled(name: str) -> set[str]:
    folder, _, file = name.rpartition("/")
    return {f"{folder}/__pycache__/{file.removesuffix('.py')}.cpython-313.pyc"}


def test_nothing_of_this_machine_is_inside(archives: dict[str, Path]) -> None:
    here = [str(ROOT).encode(), sys.prefix.encode(), str(archives["SkillFunction"].parent).encode()]
    for archive in archives.values():
        with zipfile.ZipFile(archive) as held:
            for name in held.namelist():
                data = held.read(name)
                assert not [path for path in here if path in data], name


def test_the_deployed_template_names_the_archives(build: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = build["template"]
    monkeypatch.setitem(make.__globals__, "OUT", tmp_path)
    text = make({name: Path(f"{name}.zip") for name in build["LOCKS"]}).read_text(encoding="utf-8")
    assert text.count("BuildMethod") == 0
    assert sorted(re.findall(r"CodeUri: (\S+)", text)) == sorted(f"{name}.zip" for name in build["LOCKS"])
