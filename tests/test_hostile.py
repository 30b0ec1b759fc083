"""Whatever is typed or said: a normal answer or a kind refusal, quickly, nothing reflected, nothing broken."""

from __future__ import annotations

import json
import time
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.app import Skill
from skill.conversation.turn import Focus
from skill.intents.router import HANDLERS
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


def _some(table: object) -> st.SearchStrategy[object]:
    return st.sampled_from([*list(table)[:12], "gone", "", None, 3, "\ud800"])  # type: ignore[call-overload]


CITY = SKILL.city
DAYS = st.sampled_from(["2025-10-09", "2025-10-31", "2026-02-01", "2024-01-01", "9999-12-31", "0001-01-01", "2025-W01-1", "x", 4, None])
WHENS = st.fixed_dictionaries(
    {},
    optional={
        "day": DAYS, "last": DAYS, "at": st.sampled_from(["10:00:00", "23:59:59.9+14:00", "25:00", 4]), "part": st.sampled_from(["night", "morning", "noon", []]),
        "now": st.booleans() | st.none(), "month": st.booleans() | st.none(), "holidays": st.booleans(),
    },
)  # fmt: skip
SESSIONS = st.fixed_dictionaries(
    {},
    optional={
        "intent": _some([i for i in HANDLERS if not i.startswith("AMAZON.Loop")]) | st.sampled_from(sorted(HANDLERS)),
        "asked": st.sampled_from(["place", "district", "more", "collection", "anything", "zzz", 3]),
        "choices": st.lists(_some(CITY.places) | _some(CITY.collections), max_size=5),
        "said": st.text(max_size=40),
        "source": st.lists(st.text(max_size=12) | st.just("2025-01-01") | st.none(), max_size=3),
        "misses": st.integers(-2, 200) | st.booleans(),
        "slots": st.fixed_dictionaries(
            {},
            optional={
                "places": st.lists(_some(CITY.places), max_size=3), "items": st.lists(_some(CITY.items), max_size=3), "kind": _some(["market", "park", "playground", "town_hall"]),
                "collection": _some(CITY.collections), "bin": _some(CITY.bins), "facility": _some(CITY.facilities), "district": _some(CITY.districts),
                "series": _some(CITY.series), "fact": _some(CITY.facts), "age": st.sampled_from([3, 0.5, 1e308, float("inf"), float("nan"), 10**400, -1, True, "3"]),
                "aspects": st.lists(st.sampled_from(["open", "close", "hours", "state", "days", "now", "suicide", "zzz"]), max_size=3), "when": WHENS,
            },
        ),
    },
)  # fmt: skip


@given(
    SESSIONS,
    st.sampled_from(
        ["et dimanche", "oui", "le deuxième", "répète", "et aux épinettes", "et en août", "comment le savez-vous", "et pour le verre", "et le soir", "où ça"]
    ),
)
@settings(max_examples=300, deadline=None)
def test_any_session_is_answered(session: dict[str, object], text: str) -> None:
    start = time.perf_counter()
    answer = SKILL.hear(text, "fr-FR", NOW, Focus.from_plain(session))
    assert time.perf_counter() - start < 1
    assert answer.speech is not None
    assert "gone" not in answer.speech.text
    json.dumps(answer.reply.focus.plain(), ensure_ascii=False, allow_nan=False).encode()
