"""Outside judges of the web: schemathesis over the API, wapiti over every page, Lighthouse on the two first ones (slow)."""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.judges.conftest import CHROMIUM, FLAGS, NAME, PASSWORD, Served
from tests.judges.npm import installed

pytestmark = pytest.mark.slow
MEDIUM = 2
"""wapiti's levels: 1 low, 2 medium, 3 high, 4 critical."""
WELL = 0.95


def test_no_request_that_the_description_allows_makes_us_fail(served: Served, tmp_path: Path) -> None:
    tool = Path(sys.executable).parent / "schemathesis"
    done = subprocess.run(
        [str(tool), "run", f"{served.url}/api/openapi.json", "--url", f"{served.url}/api/v1", "--checks", "not_a_server_error,response_schema_conformance,status_code_conformance",
         "--phases", "fuzzing,coverage", "--max-examples", "80", "--seed", "7", "--workers", "2", "--no-color"],
        cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]


def cookie(served: Served) -> str:
    """Of somebody who logged in."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = opener.open(f"{served.url}/console/connexion", timeout=10).read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    opener.open(f"{served.url}/console/connexion", urllib.parse.urlencode({"name": NAME, "password": PASSWORD, "csrf_token": token}).encode(), timeout=10)
    return "; ".join(f"{c.name}={c.value}" for c in jar)


MODULES = "cookieflags,crlf,csp,exec,file,http_headers,methods,permanentxss,redirect,sql,xss"
"""Those that ask nobody else (wapiti's ssrf and xxe call their makers' server) and end in a minute. Not csrf: it finds that the form of the page at / has no
token, which needs none, as it changes nothing and no cookie goes with it; that every form of the console needs one is asserted in tests/console/test_guard.py."""
WAPITI = """
import fnmatch, re, sys
import wapitiCore.net.crawler as crawler
crawler.wildcard_translate = lambda pattern: re.compile(fnmatch.translate(pattern))  # Debian's 3.0.4 on Python 3.11: its own cannot be compiled
from wapitiCore.main.wapiti import wapiti_main
sys.exit(wapiti_main())
"""
PAGES = ("annonces/nouvelle", "lieux/parc-rodin", "lieux/nouveau", "reponses/nouvelle", "questions", "podcasts", "podcasts/ville/nouveau", "echanges", "journal", "sante", "comptes")  # fmt: skip


@pytest.mark.parametrize("inside", [False, True], ids=["stranger", "staff"])
def test_wapiti_finds_nothing_of_medium_or_worse(served: Served, tmp_path: Path, inside: bool) -> None:
    if not shutil.which("wapiti"):
        pytest.skip("wapiti is not installed: make test-all installs it where it may")
    report = tmp_path / "wapiti.json"
    where = f"{served.url}/console/" if inside else f"{served.url}/"
    command = [
        "/usr/bin/python3", "-c", WAPITI, "-u", where, "--scope", "folder", "-m", MODULES, "--max-scan-time", "40", "--max-attack-time", "8", "-d", "2",
        "--max-links-per-page", "20", "--flush-session", "-f", "json", "-o", str(report), "-v", "0",
    ]  # fmt: skip
    if inside:
        name, _, value = cookie(served).partition("=")
        kept = {"127.0.0.1": {"/console": {name: {"value": value, "expires": None, "secure": False, "port": None, "version": 0}}}}
        (tmp_path / "cookies.json").write_text(json.dumps(kept), encoding="utf-8")
        command += ["-c", str(tmp_path / "cookies.json"), "-x", f"{served.url}/console/deconnexion"]
        command += [part for page in PAGES for part in ("-s", f"{served.url}/console/{page}")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False, env={**os.environ, "HOME": str(tmp_path)})
    assert report.exists(), done.stdout[-1500:] + done.stderr[-1500:]
    found = json.loads(report.read_text(encoding="utf-8"))
    grave = [
        (kind, f["path"], f["info"]) for kind, faults in {**found["vulnerabilities"], **found["anomalies"]}.items() for f in faults if f["level"] >= MEDIUM
    ]
    assert not grave, grave[:10]
    seen = crawled(tmp_path)
    assert sum(status == 200 for status in seen.values()) >= (12 if inside else 3), seen
    assert served.ask("quoi de neuf")["speech"]


def crawled(home: Path) -> dict[str, int]:
    """Addresses that wapiti read, and what they answered."""
    found = next((home / ".wapiti" / "scans").glob("*.db"))
    with contextlib.closing(sqlite3.connect(found)) as db:
        return dict(db.execute("SELECT path, http_status FROM paths WHERE http_status IS NOT NULL").fetchall())


@pytest.mark.parametrize("path", ["/", "/console/connexion"])
def test_lighthouse(served: Served, tmp_path: Path, path: str) -> None:
    if not Path(CHROMIUM).exists():
        pytest.skip("Debian's chromium is not installed")
    folder = installed("lighthouse", "12.8.2")
    out = tmp_path / "lighthouse.json"
    done = subprocess.run(
        ["node", "node_modules/lighthouse/cli/index.js", served.url + path, "--only-categories=accessibility,best-practices", "--output=json", f"--output-path={out}", "--quiet",
         f"--chrome-flags=--headless=new {' '.join(FLAGS)} --user-data-dir={tmp_path / 'chrome'}"],
        cwd=folder, capture_output=True, text=True, timeout=180, check=False, env={**os.environ, "CHROME_PATH": CHROMIUM},
    )  # fmt: skip
    assert out.exists(), done.stderr[-1500:]
    report = json.loads(out.read_text(encoding="utf-8"))
    scores = {name: category["score"] for name, category in report["categories"].items()}
    lost = [(a["id"], a["title"]) for a in report["audits"].values() if a.get("score") == 0]
    print(f"\n{path}: {scores}")
    assert min(scores.values()) >= WELL, (scores, lost)
