"""Golden dialogues: what is said, what is understood, what is answered, at a fixed moment.

One file a subject and a language; each [[dialogue]] has a town, a moment and turns of (said, intent, answer). `~` before an
answer means "contains"; `!` means "does not contain". What plays goes on for a minute or more between two turns. Adding a behaviour means adding a dialogue.
"""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path

import pytest

from skill.app import Skill
from skill.channels.text import TerminalPlayer
from skill.conversation.turn import Focus
from tests.conftest import at
from tests.utterances.shelf import with_shelf

HERE = Path(__file__).resolve().parent
LOCALES = {"fr": "fr-FR", "en": "en-GB"}


@pytest.fixture(scope="session")
def listening(issy: Skill) -> Skill:
    return with_shelf(issy)


def dialogues():
    for path in sorted(HERE.glob("*/*.toml")):
        for number, dialogue in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["dialogue"]):
            yield pytest.param(path.parent.name, dialogue, id=f"{path.parent.name}-{path.stem}-{number}")


@pytest.mark.parametrize(("language", "dialogue"), list(dialogues()))
def test_dialogue(request: pytest.FixtureRequest, language: str, dialogue: dict) -> None:
    skill: Skill = request.getfixturevalue(dialogue.get("town", "issy"))
    focus, minutes = Focus(), itertools.count()
    player = TerminalPlayer(lambda: 60.0 * next(minutes))
    user = request.node.name  # nobody remembers another dialogue
    for said, intent, *expected in dialogue["turns"]:
        answer = skill.hear(said, LOCALES[language], at(dialogue["at"]), focus, user=user, player=player.state())
        focus = answer.reply.focus
        if answer.reply.audio:
            player.obey(answer.reply.audio)
        assert answer.reply.intent == intent, said
        spoken = answer.speech.text if answer.speech else ""
        for want in expected:
            if want.startswith("~"):
                assert want[1:] in spoken, said
            elif want.startswith("!"):
                assert want[1:] not in spoken, said
            else:
                assert spoken == want, said


def test_there_are_enough_of_them() -> None:
    assert len(list(dialogues())) >= 130
    assert sum(2 <= len(d.values[1]["turns"]) <= 6 for d in dialogues()) >= 90
