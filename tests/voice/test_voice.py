"""The wording and the mending stay as good as they were measured (`make voice` prints all of it)."""

from __future__ import annotations

import statistics

import pytest

from skill.app import Skill
from tests.voice import measure


@pytest.fixture(scope="module")
def conversations(issy: Skill):
    return measure.conversations(issy)


def test_most_corrections_are_mended_in_one_turn(conversations) -> None:
    results = conversations["correction"]
    assert len(results) == 90
    assert sum(ok for _, ok, _ in results) >= 0.9 * len(results), [i for i, ok, _ in results if not ok]


@pytest.mark.parametrize("kind", ["again", "yesno", "home", "prefs", "data", "health", "recovery"])
def test_conversations_written_by_somebody_else(conversations, kind: str) -> None:
    results = conversations[kind]
    assert sum(ok for _, ok, _ in results) >= 0.8 * len(results), [i for i, ok, _ in results if not ok]


def test_no_conversation_says_the_same_refusal_twice(conversations) -> None:
    for _, _, said in conversations["recovery"]:
        assert len(set(said)) == len(said), said


def test_most_reminders_are_heard_whole(issy: Skill) -> None:
    results = measure.reminders(issy)
    assert sum(ok for _, ok in results) >= 0.75 * len(results), [i for i, ok in results if not ok]


def test_replies_are_short_and_begin_with_the_fact(issy: Skill) -> None:
    if not measure.questions():
        pytest.skip("../shared is not beside this checkout")
    found = measure.figures(measure.everything_said(issy))
    assert found["median"] <= 80
    assert found["within 160"] >= 0.95
    before = measure.to_the_fact(issy)
    assert statistics.median(before) <= 40
    assert measure.share(before, 60) >= 0.9


def test_french_prompts_are_easy_to_read() -> None:
    pytest.importorskip("wordfreq")
    assert len(measure.rare_words()) <= 40
