"""Fixtures: the real town, the invented one, and the shared material (tests that need it skip clearly where it is absent)."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from skill.app import Skill
from skill.stores.compiled import from_files
from skill.stores.town_files import CITIES
from tests.fakes import Moody, Radio, episode, feed, remembering

os.environ["MAIRIE_DATA"] = tempfile.mkdtemp(prefix="mairie-tests-")  # nothing of whoever runs the tests is read or written

HERE = Path(__file__).resolve().parent
SHARED = HERE.parent.parent / "shared"
TOWNS = {"issy": CITIES / "issy-les-moulineaux", "valfleuri": HERE / "towns" / "valfleuri"}
PARIS = ZoneInfo("Europe/Paris")


def at(text: str) -> datetime:
    """A Paris moment from "2025-10-15 18:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the slow judges too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--slow"):
        skip = pytest.mark.skip(reason="slow judge: make test-all")
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def issy() -> Skill:
    return Skill(from_files(TOWNS["issy"]))


@pytest.fixture(scope="session")
def valfleuri() -> Skill:
    return Skill(from_files(TOWNS["valfleuri"]))


@pytest.fixture
def store() -> Moody:
    return Moody()


@pytest.fixture
def radio(issy: Skill, store: Moody) -> Radio:
    """Issy with three episodes to play, and a memory that tests may break."""
    return Radio(issy.town, remembering(store), metamorphoses=feed(*(episode(n) for n in (1, 2, 3))))


@pytest.fixture(scope="session", params=sorted(TOWNS))
def skill(request: pytest.FixtureRequest) -> Skill:
    """Every town in turn."""
    found: Skill = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("../shared is not beside this checkout")
    return SHARED
