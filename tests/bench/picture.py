"""A picture of the last table of `make bench`, for README: docs/images/mesures.png, drawn by Chromium.

python -m tests.bench.picture
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
STYLE = (
    "body{font:15px/1.35 system-ui,sans-serif;margin:16px;color:#111;background:#fff}table{border-collapse:collapse}td,th{padding:3px 12px;text-align:right;"
    "border-bottom:1px solid #ddd}td:first-child,th:first-child{text-align:left}.no{color:#a00;font-weight:600}.yes{color:#0a6b2d}"
)


def html(rows: list[dict[str, object]]) -> str:
    """The table as a page."""

    def line(row: dict[str, object]) -> str:
        state = "" if not row["target"] else '<td class="yes">met</td>' if row["met"] else '<td class="no">missed</td>'
        cells = "".join(f"<td>{escape(str(row[key]))}</td>" for key in ("what", "value", "ratio", "target"))
        return f"<tr>{cells}{state or '<td></td>'}</tr>"

    head = "<tr><th>make bench</th><th>figure</th><th>ratio</th><th>target</th><th></th></tr>"
    return f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><table>{head}{''.join(map(line, rows))}</table>"


def main() -> int:
    """Draws it; 1 where there is nothing to draw or to draw with."""
    kept, chromium = ROOT / "build/bench.json", shutil.which("chromium")
    if not kept.exists() or not chromium:
        print("make bench first, with Debian's chromium here", file=sys.stderr)
        return 1
    rows = json.loads(kept.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(html(rows), encoding="utf-8")
        out = ROOT / "docs/images/mesures.png"
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--hide-scrollbars"]
        subprocess.run(
            [chromium, *flags, f"--user-data-dir={folder}/p", f"--window-size=1040,{70 + 27 * len(rows)}", f"--screenshot={out}", page.as_uri()],
            check=True,
            capture_output=True,
        )
    print(out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
