"""Whatever is typed or said: a normal answer or a kind refusal, quickly, nothing reflected, nothing broken."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.app import Skill
from skill.conversation.turn import Focus
from skill.speech.ssml import ssml
from skill.stores.compiled import from_files
from tests.conftest import TOWNS, at

NOW = at("2025-10-09 10:00")
SKILL = Skill(from_files(TOWNS["issy"]))
NASTY = [
    "a" * 10_000, "parc " * 2_000, "à quelle heure ferme le parc Barbusse " * 260, "", "   ", "🦄🌳🚮", "\x00\x1b[31m\x07", "<speak><audio src='https://evil.example/x.mp3'/></speak>",
    "<script>alert(1)</script> parc Barbusse", "'; DROP TABLE places; --", "{place:Le} {0} %s %(x)s ${HOME}", "¿A qué hora cierra el parque?", "何時に閉まりますか", "Wann schließt der Park?",
    "ﷺ" * 50, "é" * 5000, "\u202eparc", "1" * 400, "99999999999999999999 heures", "le 31 février", "le 99 octobre à 75 heures", "null", "undefined", "../../etc/passwd",
]  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("locale", ["fr-FR", "en-GB", "de-DE", ""])
def test_nasty_text(text: str, locale: str) -> None:
    answer = SKILL.hear(text, locale, NOW)
    assert answer.speech is not None
    ET.fromstring(f"<speak>{ssml(answer.speech)}</speak>")
    for piece in ("<script", "DROP TABLE", "evil.example", "passwd", "{place"):
        assert piece not in answer.speech.text
    assert len(answer.speech.text) < 500


def test_ten_thousand_characters_in_under_50_ms() -> None:
    SKILL.hear("bonjour", "fr-FR", NOW)
    for text in NASTY[:3]:
        best = min(_timed(text) for _ in range(5))
        assert best < 0.05, (text[:20], best)


def _timed(text: str) -> float:
    start = time.perf_counter()
    SKILL.hear(text, "fr-FR", NOW)
    return time.perf_counter() - start


@given(
    st.lists(
        st.text(max_size=60) | st.sampled_from(["et dimanche", "le deuxième", "oui", "non le marché", "le parc", "répète", "c'est quand le marché", "où ça"]),
        max_size=5,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_conversation_is_answered(turns: list[str]) -> None:
    focus = Focus()
    for text in turns:
        answer = SKILL.hear(text, "fr-FR", NOW, focus)
        assert answer.speech is not None
        assert (answer.reprompt is not None) == (answer.reply.reprompt is not None)
        focus = Focus.from_plain(answer.reply.focus.plain())
        assert focus == answer.reply.focus
