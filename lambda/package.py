"""Builds what Lambda runs, without Docker: `make package`, and what `sam build` calls for each function.

    python lambda/package.py                                    build/package/<Function>.zip for each, a template that names them, sizes, hashes
    python lambda/package.py --function SkillFunction --into D  one function's files into a folder

Dependencies are the wheels of Lambda's own machine (arm64) at locked hashes. Bytecode is compiled here, since a function can write none
beside its code and would compile everything at every cold start; it needs the runtime's own Python, 3.13, on this machine. The
same inputs give the same bytes: names are sorted, dates are fixed, nothing of this machine is left inside.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "package"
RUNTIME = (3, 13)
PLATFORMS = ("manylinux_2_28_aarch64", "manylinux2014_aarch64")
LOCKS = {"SkillFunction": "requirements.lock", "RefreshFunction": "requirements-refresh.lock", "WebFunction": "requirements-web.lock"}
HANDLERS = {"SkillFunction": "alexa_handler.py", "RefreshFunction": "refresh_handler.py", "WebFunction": "web_handler.py"}
NOT_FOR_SKILL = ("skill/console", "skill/cities", "skill/channels/static", "skill/channels/templates")
"""The skill's function answers from compiled towns, and has no pages."""
MOST_UNPACKED = 250 * 1024 * 1024
MOST_ZIPPED = 50 * 1024 * 1024
"""Lambda's limits: unpacked, and sent directly."""
DAY = (1980, 1, 1, 0, 0, 0)


def fill(function: str, into: Path) -> None:
    """Everything of one function, in a folder."""
    into.mkdir(parents=True, exist_ok=True)
    _dependencies(ROOT / "lambda" / LOCKS[function], into)
    without = NOT_FOR_SKILL if function == "SkillFunction" else ()
    for room in ("skill", "podcasts"):
        shutil.copytree(ROOT / room, into / room, ignore=_left_out(without), dirs_exist_ok=True)
    _copy(sorted((ROOT / "interaction_model").glob("*.toml")), into / "interaction_model")
    _copy([ROOT / "lambda" / HANDLERS[function]], into / "lambda")
    for town in sorted(p.name for p in (ROOT / "skill" / "cities").iterdir() if p.is_dir() and not p.name.startswith("_")):
        if function == "SkillFunction":
            _run([sys.executable, "-m", "skill.cli", "--town", f"skill/cities/{town}", "compile", str(into / "build" / town)], quiet=True)
    compiled = _bytecode(into)
    lacking = "LEFT OUT: no python3.13 here; every cold start will compile everything, some three times slower"
    print(f"{function}: bytecode {f'of Python {compiled}' if compiled else lacking}")


def _dependencies(lock: Path, into: Path) -> None:
    """What the lock names. Which Python each package wants was settled when it was locked for the runtime's; pip would ask ours."""
    platforms = [part for name in PLATFORMS for part in ("--platform", name)]
    _run([
        sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", "--target", str(into), *platforms,
        "--python-version", ".".join(map(str, RUNTIME)), "--only-binary=:all:", "--ignore-requires-python",
        "--require-hashes", "--no-deps", "--upgrade", "-r", str(lock),
    ])  # fmt: skip
    shutil.rmtree(into / "bin", ignore_errors=True)  # scripts name this machine's Python
    for info in into.glob("*.dist-info"):
        for name in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json"):
            (info / name).unlink(missing_ok=True)


def _left_out(without: tuple[str, ...]):  # type: ignore[no-untyped-def]
    def ignore(folder: str, names: list[str]) -> set[str]:
        here = Path(folder).relative_to(ROOT).as_posix()
        return {n for n in names if n == "__pycache__" or n.endswith((".tmp", ".pyc")) or f"{here}/{n}" in without}

    return ignore


def _copy(files: list[Path], into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copyfile(file, into / file.name)


def runtime_python() -> str:
    """A Python of the runtime's version on this machine; "" where there is none."""
    wanted = ".".join(map(str, RUNTIME))
    candidates = [sys.executable, os.environ.get("PYTHON313", ""), shutil.which(f"python{wanted}") or ""]
    candidates += sorted(map(str, Path.home().glob(f".pyenv/versions/{wanted}*/bin/python")))
    for candidate in filter(None, candidates):
        asked = subprocess.run([candidate, "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"], capture_output=True, text=True, check=False)
        if asked.returncode == 0 and asked.stdout.startswith(f"{wanted}."):
            return candidate
    return ""


def _bytecode(into: Path) -> str:
    """Compiles everything, never to be looked at again (unchecked hashes). The version that did it; "" where none could."""
    python = runtime_python()
    if not python:
        return ""
    code = (
        "import compileall, py_compile, sys\n"
        "mode = py_compile.PycInvalidationMode.UNCHECKED_HASH\n"
        "done = compileall.compile_dir(sys.argv[1], maxlevels=40, quiet=2, force=True, invalidation_mode=mode, stripdir=sys.argv[1], prependdir='/var/task')\n"
        "print('%d.%d' % sys.version_info[:2] if done else 'with faults')"
    )
    done = subprocess.run(
        [python, "-W", "ignore", "-c", code, str(into)], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "0", "PATH": os.environ["PATH"]}
    )
    return done.stdout.strip()


def pack(folder: Path, archive: Path) -> str:
    """The folder as one archive, the same bytes for the same files; gives its SHA-256."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), DAY)
            entry.external_attr = (0o755 if path.suffix == ".so" else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, path.read_bytes(), compresslevel=9)
    return hashlib.sha256(archive.read_bytes()).hexdigest()


def template(archives: dict[str, Path]) -> Path:
    """The template with each function's archive in the place of its sources: what `sam deploy --template-file` takes."""
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    for function, archive in archives.items():
        block = re.search(rf"^  {function}:\n(?:    .*\n|\n)+", text, re.M)
        if block is None:
            raise SystemExit(f"template.yaml has no {function}")
        told = block.group().replace("CodeUri: .\n", f"CodeUri: {archive.name}\n").replace("    Metadata:\n      BuildMethod: makefile\n", "")
        text = text.replace(block.group(), told)
    path = OUT / "template.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def package() -> int:
    """Every function; prints what they weigh. 1 where one is too heavy for Lambda."""
    shutil.rmtree(OUT, ignore_errors=True)
    archives, heavy = {}, False
    for function in LOCKS:
        folder = OUT / function
        fill(function, folder)
        archives[function] = OUT / f"{function}.zip"
        mark = pack(folder, archives[function])
        unpacked, zipped = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()), archives[function].stat().st_size
        heavy = heavy or unpacked > MOST_UNPACKED or zipped > MOST_ZIPPED
        print(f"{function}: {zipped / 1e6:.1f} MB zipped, {unpacked / 1e6:.1f} MB unpacked, sha256 {mark}")
    print(f"deploy with: sam deploy --guided --template-file {template(archives).relative_to(ROOT)}")
    return 1 if heavy else 0


def _run(command: list[str], quiet: bool = False) -> None:
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL if quiet else None)


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description="What Lambda runs, without Docker.")
    parser.add_argument("--function", choices=sorted(LOCKS))
    parser.add_argument("--into", type=Path)
    args = parser.parse_args()
    if args.function and args.into:
        fill(args.function, args.into)
        return 0
    return package()


if __name__ == "__main__":
    sys.exit(main())
