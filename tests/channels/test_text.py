"""The batch form: one bad row is one bad row. A compiled town that is not whole is refused at start."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from skill.app import Settings, Skill, make_skill
from skill.channels.text import batch
from skill.stores.compiled import compile_town
from tests.conftest import TOWNS

GOOD = {"id": "ok", "locale": "fr-FR", "at": "2025-10-09T09:00:00+02:00", "turns": ["bonjour"]}


@pytest.mark.parametrize(
    "row",
    [{"turns": "bonjour"}, {"turns": [3]}, {"turns": None}, {}, {"turns": ["demain"], "at": "9999-12-31T23:59:00-12:00"}, {"turns": ["x"], "at": "hier"}, {"turns": ["x"], "at": 4}],
)  # fmt: skip
def test_a_bad_row_keeps_its_id_and_the_next_is_answered(issy: Skill, row: dict) -> None:
    rows = list(batch(issy, io.StringIO(json.dumps({"id": "bad", **row}) + "\n" + json.dumps(GOOD) + "\n")))
    assert [r["id"] for r in rows] == ["bad", "ok"]
    assert rows[0]["error"].startswith("line 1: ")
    assert rows[1]["answer"].startswith("Bonjour")


def test_lines_that_are_not_objects_and_a_byte_order_mark(issy: Skill) -> None:
    rows = list(batch(issy, io.StringIO("\ufeff" + json.dumps(GOOD) + "\n[]\n" + "[" * 50_000 + "\nnot json\n")))
    assert ["error" in r for r in rows] == [False, True, True, True]


@pytest.mark.parametrize("name", ["town.json", "fact.json", "item.json", "ear-fr.json", "voice-en.json", "files.json"])
def test_a_compiled_town_cut_short_is_refused_at_start(tmp_path: Path, name: str) -> None:
    compile_town(TOWNS["valfleuri"], tmp_path)
    assert make_skill(Settings(town="", compiled=str(tmp_path)))
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(FileNotFoundError, match=r"mairie compile"):
        make_skill(Settings(town="", compiled=str(tmp_path)))
    path.unlink()
    with pytest.raises(FileNotFoundError, match=name):
        make_skill(Settings(town="", compiled=str(tmp_path)))
