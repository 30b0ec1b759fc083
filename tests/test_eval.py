"""The 122 questions, as residents say them (in ../shared, skipped where it is absent)."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

from skill.app import Skill
from skill.channels.text import batch


def test_at_least_97_percent(issy: Skill, shared: Path) -> None:
    spec = importlib.util.spec_from_file_location("score", shared / "eval/score.py")
    assert spec is not None
    assert spec.loader is not None
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    items = score.load(shared / "eval/questions.jsonl")
    with open(shared / "eval/questions.jsonl", encoding="utf-8") as source:
        answers = {row["id"]: row["answer"] for row in batch(issy, source)}
    failed = [i["id"] for i in items if not score.judge(i, answers.get(i["id"]))[0]]
    assert len(failed) <= 0.03 * len(items), failed


def test_the_batch_form(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [
        {"id": "a", "locale": "fr-FR", "at": "2025-07-09T18:00:00+02:00", "turns": ["à quelle heure ferme le parc barbusse", "et demain"]},
        {"id": "b", "locale": "fr-FR", "at": "2025-07-09T18:00:00+02:00", "turns": ["et demain"]},
        {"id": "c", "locale": "en-GB", "at": "2025-07-09T18:00:00", "turns": ["is the botanical garden open"]},
    ]
    source.write_text("".join(json.dumps(r) + "\n" for r in rows) + "not json\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "skill.cli", "ask", "--batch", str(source), "--out", str(out)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    answers = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert answers[0]["answer"] == "Le parc Henri Barbusse ferme à 20 heures 30 demain."
    assert "ferme à" not in answers[1]["answer"]  # nothing carries over between items
    assert answers[2]["answer"].startswith("Yes")
    assert all({"id", "answer", "intent", "ms"} <= row.keys() for row in answers)
    assert "line 4" in answers[3]["error"]
