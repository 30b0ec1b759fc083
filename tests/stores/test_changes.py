"""What staff change over the town's files: kept whole, undone, never hiding a mended file, never spoiling the town."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcasts.folder import Folder
from podcasts.storage import Changed
from skill.city.parse import BrokenTown
from skill.stores import changes as module
from skill.stores.changes import ADDED, REMOVED, Changes, ChangesBroken, Document, Edit, differing, merged
from skill.stores.compiled import parts_of
from skill.stores.live import Live
from tests.conftest import TOWNS, at

NOW = at("2026-11-22 09:00")
MARKET = "marche-de-la-gare"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TOWNS["valfleuri"], tmp_path / "town"))


@pytest.fixture
def live(folder: Path, tmp_path: Path) -> Live:
    made = Live(folder, Changes(Folder(tmp_path / "console", private=True)))
    made.town()
    return made


def save(live: Live, table: str, key: str, fields, who: str = "jeanne"):
    return live.changes.apply(lambda _: [(Edit(table, key, fields), key)], who, NOW, lambda document: live.city_with(document))


def test_a_changed_field_is_answered_and_the_others_stay_the_files(live: Live, folder: Path) -> None:
    save(live, "place", MARKET, {"hours": "Sa 08:00-12:00"})
    assert live.town().city.places[MARKET].hours == "Sa 08:00-12:00"
    places = folder / "places.toml"
    before = live.town().city.places[MARKET].phone
    text = places.read_text(encoding="utf-8")
    places.write_text(text.replace('hours = "Fr 15:00-20:00"', 'hours = "Fr 15:00-20:00"\nphone = "01 02 03 04 05"'), encoding="utf-8")
    assert before != "01 02 03 04 05"
    assert live.town().city.places[MARKET].phone == "01 02 03 04 05"  # mended in the files meanwhile
    assert live.town().city.places[MARKET].hours == "Sa 08:00-12:00"


def test_a_change_that_would_spoil_the_town_is_not_kept(live: Live) -> None:
    for fields in ({"hours": "vendredi"}, {"phone": "zéro un"}, {"facilities": ["piste-de-ski"]}, {"name": None}, {"frobnicate": 1}):
        with pytest.raises(BrokenTown):
            save(live, "place", MARKET, fields)
    assert live.changes.load()[0] == Document({})


def test_a_record_added_taken_out_and_given_back(live: Live) -> None:
    fact = {
        "topic": "t",
        "answer": {"fr": "Il est au zoo.", "en": "It is at the zoo."},
        "questions": {"fr": ["où est le zèbre"], "en": ["where is the zebra"]},
        "source": "la mairie",
        "updated": "2026-11-22",
    }
    save(live, "fact", "zebre", {ADDED: True, **fact})
    assert live.town().city.facts["zebre"].answer["fr"] == "Il est au zoo."
    save(live, "fact", "zebre", None)
    assert "zebre" not in live.town().city.facts
    save(live, "place", MARKET, {REMOVED: True})
    assert MARKET not in live.town().city.places
    save(live, "place", MARKET, None)
    assert MARKET in live.town().city.places


def test_a_change_left_behind_by_the_files_is_left_out_and_named(live: Live, folder: Path, caplog) -> None:
    save(live, "place", MARKET, {"district": "gare"})
    save(live, "notice", "n1", {ADDED: True, "effect": "info", "first": "2026-11-22", "say": {"fr": "La mairie ferme à midi."}})
    town = folder / "town.toml"
    files = {path: path.read_text(encoding="utf-8") for path in folder.glob("*.toml")}
    for path, text in files.items():
        path.write_text(text.replace('id = "gare"', 'id = "nord"').replace('"gare"', '"nord"'), encoding="utf-8")
    assert town.exists()
    city = live.town().city
    assert live.left_out == (("place", MARKET),)
    assert "n1" in city.notices
    assert f"place {MARKET}" in caplog.text


def test_a_spoilt_document_is_said_and_never_overwritten(live: Live, tmp_path: Path, caplog) -> None:
    save(live, "place", MARKET, {"hours": "Sa 08:00-12:00"})
    spoilt = tmp_path / "console" / module.KEY
    spoilt.write_text('{"version": 1, "rows": [', encoding="utf-8")
    with pytest.raises(ChangesBroken, match="illisible"):
        save(live, "place", MARKET, {"hours": "Su 08:00-12:00"})
    assert spoilt.read_text(encoding="utf-8") == '{"version": 1, "rows": ['
    assert live.town().city.places[MARKET].hours == "Fr 15:00-20:00"
    assert "without" in caplog.text
    assert (
        json.loads((tmp_path / "console" / f"{module.KEY}.before.json").read_bytes()) if (tmp_path / "console" / f"{module.KEY}.before.json").exists() else True
    )


def test_two_writers_lose_nothing(live: Live, tmp_path: Path) -> None:
    other = Live(live.folder, Changes(Folder(tmp_path / "console", private=True)))
    other.town()
    calls = []

    def slow(document: Document) -> None:
        if not calls:
            calls.append(1)
            save(other, "place", MARKET, {"phone": "01 02 03 04 06"}, "paul")

    live.changes.apply(
        lambda _: [(Edit("notice", "n1", {ADDED: True, "effect": "info", "first": "2026-11-22", "say": {"fr": "Oui."}}), "n1")], "jeanne", NOW, slow
    )
    document, _ = live.changes.load()
    assert {(c.who, c.table) for c in document.log} == {("paul", "place"), ("jeanne", "notice")}
    assert document.rows.keys() == {"place", "notice"}


def test_old_changes_go_to_an_archive(live: Live, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "MOST_LOGGED", 10)
    for n in range(14):
        live.changes.apply(
            lambda _, n=n: [(Edit("notice", "n1", {ADDED: True, "say": {"fr": str(n)}}), "n1")], "jeanne", NOW + timedelta(minutes=n), lambda _: None
        )
    document, _ = live.changes.load()
    archived = [json.loads(p.read_bytes()) for p in sorted((tmp_path / "console").glob("changes-*.json"))]
    assert [c["after"]["say"]["fr"] for part in archived for c in part] + [c.after["say"]["fr"] for c in document.log] == [str(n) for n in range(14)]


def test_a_writer_that_is_always_late_gives_up(live: Live, monkeypatch) -> None:
    monkeypatch.setattr(module, "attempts", lambda: iter((0, 1)))
    monkeypatch.setattr(live.changes._storage, "put", lambda *a, **k: (_ for _ in ()).throw(Changed("late")))
    with pytest.raises(Changed, match="réessayez"):
        save(live, "place", MARKET, {"phone": "01 02 03 04 06"})


def test_hours_and_phones_leave_the_ears_as_they_are(live: Live) -> None:
    before = live.town()
    save(live, "place", MARKET, {"hours": "Sa 08:00-12:00", "phone": "01 02 03 04 06", "about": {"fr": "Un marché.", "en": "A market."}})
    after = live.town()
    assert after.part("ear-fr") is before.part("ear-fr")
    assert after.parts() == parts_of(after.city)
    save(live, "place", MARKET, {"aliases": ["marché du dragon"]})
    assert "dragon" in json.dumps(live.town().part("ear-fr"), ensure_ascii=False)


@given(
    st.dictionaries(st.sampled_from("abcd"), st.one_of(st.none(), st.integers(0, 3), st.text(max_size=3))),
    st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3)),
)
def test_what_differs_over_the_base_gives_what_was_wanted(wanted, base) -> None:
    row = {"id": "x", **base}
    fields = differing(row, {"id": "x", **wanted})
    out = merged({"place": [row]}, {"place": {"x": fields}})["place"]
    assert out == [{k: v for k, v in {"id": "x", **wanted}.items() if v is not None}]
    new = merged({"place": []}, {"place": {"x": differing(None, {"id": "x", **wanted})}})["place"]
    assert new == [{k: v for k, v in {"id": "x", **wanted}.items() if v is not None}]
