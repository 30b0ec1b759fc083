"""One contract for all speakers: the same conversations through each one's real wire, and the same is said.

What a speaker cannot do is stated as data (channels/abilities.py): it then says what the engine says to one that cannot, and no more than fits it.
A new channel is one file, its abilities, its page, and a speaker in speakers.py; this test turns green.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from skill.channels.abilities import ALL, SPOKEN_TO, Abilities
from skill.channels.conversations import Conversations
from skill.conversation.thread import Thread
from skill.speech.render import Speech
from skill.speech.written import message, written
from tests.conformance.house import CONVERSATIONS, House, open_house, still
from tests.conformance.lines import LOCALES, ROOT, McpHttp, McpStdio, Speaker, Terminal
from tests.conformance.speakers import ELSEWHERE, SPEAKERS

WRITTEN = ("mcp", "sms", "dialogflow")
"""Of those one reads: numbers without the pauses of a voice."""


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with open_house() as made:
        yield made
        for speaker in (McpHttp, McpStdio, Terminal):
            speaker.hang_up()


def expected(house: House, plan: dict[str, Any], can: Abilities, user: str = "") -> list[Speech]:
    """What the engine says to a speaker of such abilities, turn by turn."""
    talks, thread, out = Conversations(still(house.skill), can, lambda: b"k"), Thread(), []
    for text in plan["turns"]:
        heard = talks.hear(text, LOCALES[plan.get("language", "fr")], thread, user)
        thread = heard.thread
        out.append(heard.answer.speech or Speech(""))
    return out


def fits(said: str, want: Speech, can: Abilities) -> bool:
    """Whether a speaker said it as far as it can."""
    text = written(want) if can.name in WRITTEN else want.text
    if can.name == "sms":
        return said.split("\n")[0] == message(want, can.max_length) and len(said) <= can.max_length
    return said.startswith(text) if can.name == "phone" else said == text


@pytest.mark.parametrize("speaker", SPEAKERS, ids=lambda s: s.__name__)
def test_every_speaker_says_the_same(house: House, speaker: type[Speaker]) -> None:
    can, wrong = speaker.abilities, []
    for plan in CONVERSATIONS:
        person = speaker(house, plan.get("language", "fr"))
        try:
            for text, want in zip(plan["turns"], expected(house, plan, can, "somebody" if speaker.known else ""), strict=True):
                said = person.say(text)
                if not fits(said, want, can) or len(said) > can.max_length:
                    wrong.append((text, said, want.text))
        finally:
            person.close()
    assert not wrong


@pytest.mark.parametrize("can", SPOKEN_TO, ids=lambda can: can.name)
def test_all_say_the_same_but_for_what_they_cannot_do(house: House, can: Abilities) -> None:
    best = Abilities("best", can_play=True, can_seek=True, can_show=True)
    for plan in CONVERSATIONS:
        if "needs" not in plan:
            assert [s.text for s in expected(house, plan, can)] == [s.text for s in expected(house, plan, best)], plan


def test_there_are_sixty_conversations() -> None:
    assert len(CONVERSATIONS) >= 60
    assert sum(len(c["turns"]) > 1 for c in CONVERSATIONS) >= 15
    assert sum(c.get("language") == "en" for c in CONVERSATIONS) >= 12


def test_every_channel_has_a_speaker_here_a_page_and_a_row() -> None:
    """What one writes for a new kind of speaker, and what fails where it is forgotten."""
    assert {s.abilities for s in SPEAKERS} | set(ELSEWHERE) == set(SPOKEN_TO)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for can in ALL:
        page = ROOT / "docs" / "speakers" / f"{can.name.replace('_', '-')}.md"
        assert page.exists(), f"{page} is missing"
        assert f"docs/speakers/{page.name}" in readme, f"README's table has no row for {can.name}"


def test_the_table_says_when_it_was_checked() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.split("### Every speaker", 1)[1].split("\n### ", 1)[0]
    assert re.search(r"checked on \d{4}-\d\d-\d\d|checked \d{4}-\d\d-\d\d", table)
    assert "Google" in table
    assert "HomePod" in table
