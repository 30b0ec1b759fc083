"""What belongs to one town alone stands in its folder: its words, its buses, what it proposes to ask."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest

from skill.app import Skill
from skill.channels.tries import tries
from skill.conversation import terms
from skill.conversation.messages import places
from skill.speech.render import Renderer
from skill.stores import words
from skill.stores.compiled import from_files
from skill.stores.town_files import BrokenFiles, load_town
from skill.understanding.ear import names_of, unknown_own
from tests.conftest import CITIES, TOWNS, at

NOW = at("2026-11-21 18:20")


def copy(tmp_path: Path, old: str, new: str) -> Path:
    folder = Path(shutil.copytree(TOWNS["valfleuri"], tmp_path / "t"))
    text = (folder / "town.toml").read_text(encoding="utf-8")
    assert old in text
    (folder / "town.toml").write_text(text.replace(old, new), encoding="utf-8")
    return folder


def test_the_languages_know_no_town() -> None:
    for language in words.languages():
        text = f"{words.words(language)} {words.prompts(language)}".lower()
        for word in ("issy", "isseen", "moulineaux", "tuvim", "barbusse"):
            assert word not in text, (language, word)


def test_a_towns_words_are_heard_in_that_town_only(issy: Skill, valfleuri: Skill) -> None:
    sentence = ["je", "suis", "isseenne"]
    assert "resident" in issy.ear("fr").cues(sentence)
    assert "resident" not in valfleuri.ear("fr").cues(sentence)
    assert "resident" in valfleuri.ear("fr").cues(["je", "suis", "valfleurienne"])
    assert "access" in valfleuri.ear("fr").cues(["le", "navibus"])


def test_help_proposes_what_the_town_knows(skill: Skill) -> None:
    for locale, language in (("fr-FR", "fr"), ("en-GB", "en")):
        said = skill.hear("help" if language == "en" else "aide", locale, NOW).speech
        assert said is not None
        assert any(example in said.text for example in skill.city.examples[language])


def test_every_example_is_answered(skill: Skill) -> None:
    for locale, language in (("fr-FR", "fr"), ("en-GB", "en")):
        for example in skill.city.examples[language]:
            assert skill.hear(example, locale, NOW).reply.intent not in ("AMAZON.FallbackIntent", "OffTopicIntent"), example


def test_a_town_without_examples_helps_all_the_same(tmp_path: Path) -> None:
    town = Skill(from_files(copy(tmp_path, "examples = {", "# examples = {")))
    said = town.hear("aide", "fr-FR", NOW).speech
    assert said is not None
    assert said.text.startswith("Je connais les horaires")
    assert "«" not in said.text


@pytest.mark.parametrize(
    ("wrong", "place"),
    [('stop = "valfleuri"', "words.fr.stop"), ("stop = [3]", "words.fr.stop")],
)
def test_wrong_words_of_a_town_are_located(tmp_path: Path, wrong: str, place: str) -> None:
    folder = copy(tmp_path, 'stop = ["valfleuri", "valfleurien", "valfleurienne"]', wrong)
    with pytest.raises(BrokenFiles, match=place) as caught:
        load_town(folder)
    line = caught.value.located[0].line
    assert (folder / "town.toml").read_text(encoding="utf-8").splitlines()[line - 1] == wrong


def test_a_cue_that_no_language_has_is_named(tmp_path: Path) -> None:
    folder = copy(tmp_path, "resident = [", "residant = [")
    assert unknown_own(words.words("fr"), load_town(folder), "fr") == ["residant"]


@pytest.mark.parametrize(
    ("line", "said"), [("bus 7", "le bus 7"), ("Navibus", "le Navibus"), ("ligne 12", "la ligne 12"), ("la navette", "la navette"), ("l'Amibus", "l'Amibus")]
)
def test_a_line_is_said_with_its_article(line: str, said: str) -> None:
    text = Renderer("fr", words.prompts("fr")).say(places.ReachedBy(terms.Name({"fr": "parc Rodin"}, "le"), (line,)), NOW).text
    assert text == f"Le parc Rodin : {said}."


def test_house_numbers_do_not_eat_the_street() -> None:
    city = load_town(CITIES / "issy-les-moulineaux")
    names = [name for table, _, name, _ in names_of(city, words.words("fr"), "fr") if table == "place"]
    assert not any(name.split()[1:2] == ["ue"] or " quare " in name or " planade " in name for name in names)


def test_what_is_printed_to_try_is_the_towns_and_survives_a_shell(valfleuri: Skill) -> None:
    city = valfleuri.city.but(examples={"fr": ("qu'est-ce que je sors ce soir ?",), "en": ("What's on?",)})
    first, second = tries(city, "127.0.0.1", 5000).splitlines()
    assert json.loads(shlex.split(first)[3]) == {"text": "qu'est-ce que je sors ce soir ?"}
    assert json.loads(shlex.split(second)[3]) == {"text": "What's on?", "locale": "en-GB"}
    assert "Tilleuls" in tries(valfleuri.city, "h", 1)
    assert len(tries(city.but(examples={}), "h", 1).splitlines()) == 2
