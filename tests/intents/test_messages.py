"""The catalogues say exactly what the messages are, in every language, and every wording can be spoken."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import xml.etree.ElementTree as ET
from datetime import date, time
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.conversation import messages, terms
from skill.conversation.messages import hours, places, talk
from skill.conversation.profile import Manner
from skill.speech.render import SHORT, Renderer, Speech
from skill.speech.ssml import LONGEST, ssml
from skill.stores import words
from tests.conftest import at

ROOMS = [importlib.import_module(f"skill.conversation.messages.{room.name}") for room in pkgutil.iter_modules(messages.__path__)]
MESSAGES = {n: c for room in ROOMS for n, c in vars(room).items() if inspect.isclass(c) and issubclass(c, terms.Message) and c is not terms.Message}
HOLE = re.compile(r"\{(\w+)(?::[^{}]+)?\}")
NOW = at("2026-11-21 18:20")


def sample(kind: Any) -> Any:
    """A value of a field's type."""
    if get_origin(kind) is tuple:
        return tuple(sample(get_args(kind)[0]) for _ in range(3))
    if get_origin(kind) is UnionType:
        return sample(get_args(kind)[-1])
    if kind in (terms.Message,):
        return hours.ReopensAt(opens=time(8), day=date(2026, 11, 23))
    return {
        terms.Name: terms.Name({"fr": "île aux « Cygnes » & Co", "en": "the Swans' island"}, "l'"), terms.Phone: terms.Phone("0 800 10 10 21"),
        terms.Hours: terms.Hours(time(8, 30), time(0)), terms.Days: terms.Days((0, 2)), terms.Month: terms.Month(date(2026, 3, 1)), terms.Ages: terms.Ages(0.5, 5), terms.Full: terms.Full(date(2026, 12, 1)), terms.Lasting: terms.Lasting(3720), terms.Ringing: terms.Ringing(times=(time(8), time(20, 30)), days=(0, 3)),
        terms.Dated: terms.Dated(date(2025, 11, 24)), terms.Between: terms.Between(date(2026, 11, 23), date(2026, 12, 4)), terms.Contact: terms.Contact({"fr": "Appelez le {phone}.", "en": "Ring {phone}."}, terms.Phone("01 02 03 04 05")),
        terms.DayPart: terms.DayPart(date(2026, 11, 22), "evening"), time: time(12), date: date(2026, 11, 22), str: "place du 8 Mai 1945", int: 4, float: 21.5, dict[str, str]: {"fr": "les déchets <verts>", "en": "garden & green waste"},
    }[kind]  # fmt: skip


def instances() -> list[terms.Message]:
    return [c(**{f: sample(t) for f, t in get_type_hints(c).items() if not f.startswith("_")}) for c in MESSAGES.values()]


@pytest.mark.parametrize("language", words.languages())
def test_keys_are_the_messages_and_holes_are_their_fields(language: str) -> None:
    catalogue = dict(words.prompts(language))
    short = catalogue.pop(SHORT)
    assert catalogue.keys() == MESSAGES.keys()
    assert short.keys() <= MESSAGES.keys()
    for name, wording in (*catalogue.items(), *short.items()):
        for text in wording if isinstance(wording, list) else [wording]:
            assert set(HOLE.findall(text)) <= set(MESSAGES[name]._fields), name
            assert "{" not in HOLE.sub("", text), name


def test_every_language_fills_the_same_fields() -> None:
    for name in MESSAGES:
        holes = set()
        for language in words.languages():
            wording = words.prompts(language)[name]
            holes.add(frozenset(HOLE.findall(wording if isinstance(wording, str) else wording[0])))
        if name not in ("RoundHours", "NextRound", "EveryWeek", "RoundsOver", "ByDistricts", "SeasonNotBegun", "NextRoundPart", "NextRoundDoor", "SeasonOver"):
            assert len(holes) == 1, name


@pytest.mark.parametrize("language", words.languages())
@pytest.mark.parametrize("manner", [Manner(), Manner("slow"), Manner("fast"), Manner("slow", short=True)], ids=str)
def test_every_message_is_spoken_and_its_ssml_is_well_formed(language: str, manner: Manner) -> None:
    voice = Renderer(language, words.prompts(language))
    for message in instances():
        speech = voice.say(message, NOW, manner)
        assert speech.text
        assert speech.text[0] == speech.text[0].upper()
        assert "{" not in speech.text
        assert "  " not in speech.text
        ET.fromstring(f"<speak>{ssml(speech)}</speak>")


@given(st.text(max_size=300))
def test_any_text_makes_well_formed_ssml(text: str) -> None:
    ET.fromstring(f"<speak>{ssml(Speech(text))}</speak>")


def test_long_speech_is_cut_at_a_word() -> None:
    body = ssml(Speech("mot " * 5000))
    assert len(body) <= LONGEST + 1
    assert body.endswith(".")


def test_markup_in_a_fact_is_said_not_obeyed() -> None:
    voice = Renderer("fr", words.prompts("fr"))
    speech = voice.say(talk.FactAnswer({"fr": 'Le marché & le parc <break time="10s"/> <3'}), NOW)
    assert "<break" not in ssml(speech)
    assert "&amp;" in ssml(speech)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (hours.ClosesTonight(terms.Name({"fr": "parc Rodin"}, "le"), time(20, 30)), "Le parc Rodin ferme à 20 heures 30 ce soir."),
        (hours.ClosesAt(terms.Name({"fr": "aire de jeux Jean Bouin"}, "l'"), time(12), date(2026, 11, 22)), "L'aire de jeux Jean Bouin ferme à midi demain."),
        (hours.ClosedNo(terms.Name({"fr": "berges de Seine"}, "les", True), hours.NotSoon()), "Non, les berges de Seine sont fermées. Je ne connais pas la prochaine ouverture."),
        (places.HasFacility(terms.Name({"fr": "Épinettes"}, "les"), {"fr": "un kiosque"}), "Oui, aux Épinettes, il y a un kiosque."),
        (places.PhoneNotKnown(terms.Name({"fr": "hôtel de ville"}, "l'"), terms.Contact({"fr": "Le {phone} sait."}, terms.Phone("01 02 03 04 05"))),
         "Je n'ai pas le numéro de l'hôtel de ville. Le 01 02, 03, 04, 05 sait."),
        (places.AgesAre(terms.Name({"fr": "parc Rodin"}, "le"), terms.Ages(0.5, 5)), "Le parc Rodin : les jeux sont pour les enfants de 6 mois à 5 ans."),
        (hours.OpensAt(terms.Name({"fr": "marché"}, "le"), time(8), date(2027, 1, 1)), "Le marché ouvre à 8 heures vendredi 1er janvier 2027."),
    ],
)  # fmt: skip
def test_french_grammar(message: terms.Message, said: str) -> None:
    assert Renderer("fr", words.prompts("fr")).say(message, NOW).text == said
