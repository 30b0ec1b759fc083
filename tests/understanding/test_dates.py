"""Days and times as people say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.city.lexicon import split
from skill.conversation.turn import Focus, Slots, When
from skill.understanding.dates import scan
from tests.conftest import at

NOW = at("2025-10-15 18:00")  # a Wednesday


def heard(text: str, language: str = "fr", now=NOW) -> dict:
    return scan(split(text, language), now, language).when.plain()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dimanche prochain", {"day": "2025-10-19"}),
        ("mercredi", {"day": "2025-10-15"}),
        ("mercredi prochain", {"day": "2025-10-22"}),
        ("le onze novembre", {"day": "2025-11-11"}),
        ("jeudi 16 octobre", {"day": "2025-10-16"}),
        ("le 1er mai", {"day": "2026-05-01"}),
        ("ce soir", {"day": "2025-10-15", "part": "evening"}),
        ("ce soir à sept heures", {"day": "2025-10-15", "part": "evening", "at": "19:00:00"}),
        ("demain matin à huit heures et demie", {"day": "2025-10-16", "part": "morning", "at": "08:30:00"}),
        ("dans deux jours", {"day": "2025-10-17"}),
        ("dans une semaine", {"day": "2025-10-22"}),
        ("après-demain", {"day": "2025-10-17"}),
        ("ce week-end", {"day": "2025-10-18", "last": "2025-10-19"}),
        ("la semaine prochaine", {"day": "2025-10-20", "last": "2025-10-26"}),
        ("en décembre", {"day": "2025-12-01", "last": "2025-12-31", "month": True}),
        ("au mois de mars", {"day": "2026-03-01", "last": "2026-03-31", "month": True}),
        ("en hiver", {"day": "2025-12-01", "last": "2026-02-28", "month": True}),
        ("le jour de noël", {"day": "2025-12-25"}),
        ("lundi de pâques", {"day": "2026-04-06"}),
        ("à midi", {"at": "12:00:00"}),
        ("à 20h30", {"at": "20:30:00"}),
        ("lundi en huit", {"day": "2025-10-27"}),
        ("les jours fériés", {"holidays": True}),
        ("maintenant", {"now": True}),
        ("le parc", {}),
        ("rue du 4 septembre", {"day": "2026-09-04"}),
    ],
)
def test_french(text: str, expected: dict) -> None:
    assert heard(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("half past eight tonight", {"day": "2025-10-15", "part": "evening", "at": "20:30:00"}),
        ("next saturday at 3 pm", {"day": "2025-10-18", "at": "15:00:00"}),
        ("the 3rd of may", {"day": "2026-05-03"}),
        ("july 14th", {"day": "2026-07-14"}),
        ("on christmas day", {"day": "2025-12-25"}),
        ("in august", {"day": "2026-08-01", "last": "2026-08-31", "month": True}),
        ("may I come in", {}),
        ("tomorrow morning", {"day": "2025-10-16", "part": "morning"}),
        ("quarter to nine", {"at": "08:45:00"}),
        ("this weekend", {"day": "2025-10-18", "last": "2025-10-19"}),
    ],
)
def test_english(text: str, expected: dict) -> None:
    assert heard(text, "en") == expected


def test_29_february_waits_for_a_leap_year() -> None:
    assert heard("le 29 février") == {"day": "2028-02-29"}


@given(st.text(max_size=120))
def test_any_text_is_scanned(text: str) -> None:
    for language in ("fr", "en"):
        when = scan(split(text, language), NOW, language).when
        assert When.from_plain(when.plain()) == when


@given(
    st.builds(
        Slots,
        places=st.lists(st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True), max_size=4, unique=True).map(tuple),
        kind=st.from_regex(r"[a-z_]{0,20}", fullmatch=True),
        age=st.none() | st.floats(0, 99),
        when=st.builds(When, day=st.none() | st.dates(), now=st.booleans(), part=st.sampled_from(["", "morning"])),
    ),
    st.integers(0, 99),
)
def test_a_focus_survives_its_plain_form(slots: Slots, misses: int) -> None:
    focus = Focus(intent="OpeningHoursIntent", slots=slots, misses=misses, said="Bonjour.")
    assert Focus.from_plain(focus.plain()) == focus


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda c: (
            st.lists(c, max_size=3)
            | st.dictionaries(st.sampled_from(["intent", "slots", "when", "day", "places", "choices", "source", "misses", "age"]), c, max_size=5)
        ),
    )
)
def test_a_foreign_focus_never_breaks(data: object) -> None:
    assert isinstance(Focus.from_plain(data), Focus)
