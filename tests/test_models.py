"""The Alexa models: built from their sources, accepted by Amazon's schemas, complete, and never apart from the skill."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from ask_smapi_model.v1.skill.interaction_model.interaction_model_data import InteractionModelData
from ask_smapi_model.v1.skill.manifest.skill_manifest_envelope import SkillManifestEnvelope
from jsonschema import Draft4Validator

from interaction_model.build import BUILT_IN, HERE, SLOT_TYPES, SOURCES, build_model, main, outputs, remedy, stale
from interaction_model.check import problems_in_models, sample_counts
from interaction_model.town import invocation, manifest, of_town
from skill.app import Skill
from skill.city.model import City
from skill.intents.router import HANDLERS
from skill.stores import words
from skill.stores.town_files import load_town
from tests.conftest import TOWNS

MAIN = ("OpeningHoursIntent", "OpeningTimeIntent", "ClosingTimeIntent", "OpenNowIntent", "NextCollectionIntent", "WhereToThrowIntent", "PlaceWhereIntent",
        "PlacePhoneIntent", "FindPlaceIntent", "PlayPodcastIntent", "ReminderIntent", "WhatTonightIntent")  # fmt: skip


def model(locale: str) -> dict:
    return json.loads((HERE / f"{locale}.json").read_text(encoding="utf-8"))


def test_the_json_is_what_the_sources_make(issy: Skill) -> None:
    assert stale(issy.city) == []


def test_no_problem_in_the_models(issy: Skill) -> None:
    assert problems_in_models(issy.city) == []


@pytest.mark.parametrize("locale", sorted(set(SOURCES.values())))
def test_enough_varied_samples(locale: str) -> None:
    counts = sample_counts(locale)
    for intent in MAIN:
        assert counts[intent] >= 30, intent
    assert counts["TownQuestionIntent"] >= 60
    carriers = words.samples(locale)["intents"]["TownQuestionIntent"]["samples"]
    assert all(s.count("{question}") == 1 for s in carriers)


@pytest.mark.parametrize("locale", sorted(SOURCES))
def test_references_inside_the_model(locale: str, issy: Skill) -> None:
    language = model(locale)["interactionModel"]["languageModel"]
    types = {t["name"] for t in language["types"]}
    seen: set[str] = set()
    for intent in language["intents"]:
        slots = {s["name"]: s["type"] for s in intent.get("slots", [])}
        for sample in intent["samples"]:
            assert sample not in seen, sample
            seen.add(sample)
            assert set(re.findall(r"\{(\w+)\}", sample)) <= slots.keys()
        assert all(t in types or t.startswith("AMAZON.") for t in slots.values())
    assert {i["name"] for i in language["intents"]} >= set(BUILT_IN)
    for kind in language["types"]:
        names = [n.lower() for v in kind["values"] for n in (v["name"]["value"], *v["name"].get("synonyms", ()))]
        assert len(names) == len(set(names)), kind["name"]
        assert all(0 < len(n) <= 140 for n in names)


def test_slot_ids_are_the_towns_and_every_place_is_sayable(issy: Skill) -> None:
    for locale in SOURCES:
        types = {t["name"]: {v["id"] for v in t["values"]} for t in model(locale)["interactionModel"]["languageModel"]["types"]}
        assert types["PLACE"] == set(issy.city.places)
        assert types["COLLECTION"] == set(issy.city.collections)
        assert types["ITEM"] == set(issy.city.items)
        assert types["DISTRICT"] == set(issy.city.districts)


def test_an_invented_town_builds_too(valfleuri: Skill) -> None:
    for locale in SOURCES:
        built = build_model(valfleuri.city, locale)["interactionModel"]["languageModel"]
        assert {v["id"] for t in built["types"] if t["name"] == "PLACE" for v in t["values"]} == set(valfleuri.city.places)


def test_example_phrases_are_samples() -> None:
    manifest = json.loads((HERE / "skill.json").read_text(encoding="utf-8"))["manifest"]["publishingInformation"]["locales"]
    for locale, data in manifest.items():
        samples = [s for i in model(locale)["interactionModel"]["languageModel"]["intents"] for s in i["samples"]]
        patterns = [re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(s)) + "$") for s in samples]
        for phrase in data["examplePhrases"][1:]:
            said = phrase.split("mairie d'issy ", 1)[1]
            assert any(p.match(said) for p in patterns), phrase
        assert data["examplePhrases"][0].startswith("Alexa, ")
        assert len(data["summary"]) <= 160


@pytest.mark.parametrize("name", [*sorted(SOURCES), "skill"])
def test_amazons_schema(shared: Path, name: str) -> None:
    definitions = json.loads((shared / "data/schemas/alexa_smapi_definitions.json").read_text(encoding="utf-8"))
    root = "v1.skill.Manifest.SkillManifestEnvelope" if name == "skill" else "v1.skill.interactionModel.InteractionModelData"
    schema = {"$ref": f"#/definitions/{root}", **definitions}
    data = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    errors = [e.message for e in Draft4Validator(schema).iter_errors(data) if "synonyms" not in e.message]
    assert errors == []


@pytest.mark.parametrize(("name", "kind"), [*((n, InteractionModelData) for n in sorted(SOURCES)), ("skill", SkillManifestEnvelope)])
def test_round_trip_through_amazons_types(name: str, kind: type) -> None:
    """Unknown keys and wrong shapes vanish in a round trip (guide/dependencies.md P6)."""
    from ask_sdk_core.serialize import DefaultSerializer

    text = (HERE / f"{name}.json").read_text(encoding="utf-8")
    serializer = DefaultSerializer()
    again = serializer.serialize(serializer.deserialize(text, kind))

    def bare(value: object) -> object:
        if isinstance(value, dict):
            return {k: bare(v) for k, v in value.items() if v not in (None, [], {})}
        return [bare(v) for v in value] if isinstance(value, list) else value

    assert bare(again) == bare(json.loads(text))


def test_every_handler_can_be_asked_for_and_every_slot_is_read() -> None:
    assert set(SLOT_TYPES) == {
        "place",
        "kind",
        "collection",
        "item",
        "facility",
        "district",
        "series",
        "date",
        "time",
        "age",
        "number",
        "duration",
        "rank",
        "question",
    }
    assert HANDLERS.keys() >= {str(v["as"]) for v in words.meanings().values()}


def test_what_the_skill_orders_is_declared(issy: Skill) -> None:
    """Amazon drops orders to a player that the manifest does not announce."""
    assert {"type": "AUDIO_PLAYER"} in built_for(issy.city, "skill")["manifest"]["apis"]["custom"]["interfaces"]


def built_for(city: City, name: str) -> dict:
    return next(json.loads(text) for path, text in outputs(city) if path.name == f"{name}.json")


@pytest.mark.parametrize("name", [*sorted(SOURCES), "skill"])
def test_amazons_schema_for_another_town(shared: Path, valfleuri: Skill, name: str) -> None:
    source = shared / "data/schemas/alexa_smapi_definitions.json"
    if not source.exists():
        pytest.skip("Amazon's schemas are not beside this checkout")
    definitions = json.loads(source.read_text(encoding="utf-8"))
    root = "v1.skill.Manifest.SkillManifestEnvelope" if name == "skill" else "v1.skill.interactionModel.InteractionModelData"
    schema = {"$ref": f"#/definitions/{root}", **definitions}
    errors = [e.message for e in Draft4Validator(schema).iter_errors(built_for(valfleuri.city, name)) if "synonyms" not in e.message]
    assert errors == []


def test_another_towns_models_name_no_other_town(valfleuri: Skill) -> None:
    for name in (*SOURCES, "skill"):
        text = json.dumps(built_for(valfleuri.city, name), ensure_ascii=False).lower()
        assert "issy" not in text
        assert "barbusse" not in text
    assert built_for(valfleuri.city, "fr-FR")["interactionModel"]["languageModel"]["invocationName"] == "la mairie de valfleuri"


def test_a_bare_town_has_no_empty_type_and_no_slot_without_type() -> None:
    city = load_town(TOWNS["valfleuri"]).but(series={}, districts={}, examples={}, alexa={})
    for locale in SOURCES:
        language = build_model(city, locale)["interactionModel"]["languageModel"]
        types = {t["name"] for t in language["types"]}
        assert all(t["values"] for t in language["types"])
        assert {"SERIES", "DISTRICT"}.isdisjoint(types)
        for intent in language["intents"]:
            assert all(s["type"] in types or s["type"].startswith("AMAZON.") for s in intent.get("slots", []))
            assert intent["samples"] or intent["name"] in BUILT_IN
    locales = manifest(city, tuple(SOURCES))["manifest"]["publishingInformation"]["locales"]
    assert all(len(data["examplePhrases"]) == 3 and len(data["summary"]) <= 160 for data in locales.values())


def test_example_phrases_of_another_town_are_samples(valfleuri: Skill) -> None:
    locales = manifest(valfleuri.city.but(examples={}), tuple(SOURCES))["manifest"]["publishingInformation"]["locales"]
    for locale, data in locales.items():
        samples = [s for i in built_for(valfleuri.city, locale)["interactionModel"]["languageModel"]["intents"] for s in i["samples"]]
        patterns = [re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(s)) + "$") for s in samples]
        for phrase in data["examplePhrases"][1:]:
            assert any(p.match(phrase.split("mairie de valfleuri ", 1)[1]) for p in patterns), phrase


@pytest.mark.parametrize(
    ("name", "of", "opens"),
    [
        ("Valfleuri", "de Valfleuri", "la mairie de valfleuri"),
        ("Étampes", "d'Étampes", "la mairie d'étampes"),
        ("Le Havre", "du Havre", "la mairie du havre"),
        ("Les Ulis", "des Ulis", "la mairie des ulis"),
        ("L'Haÿ-les-Roses", "de L'Haÿ-les-Roses", "la mairie de l'haÿ les roses"),
        ("Saint-Ouen 93", "de Saint-Ouen 93", "la mairie de saint ouen"),
    ],
)
def test_a_towns_name_makes_its_invocation(valfleuri: Skill, name: str, of: str, opens: str) -> None:
    city = valfleuri.city.but(name=name, alexa={})
    assert of_town(city) == of
    assert invocation(city, "fr") == opens


def test_build_command_for_a_town(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = str(TOWNS["valfleuri"]), str(tmp_path / "models")
    assert main(["--town", folder, "--out", out, "--check"]) == 1
    assert f"make models TOWN={folder} OUT={out}" in capsys.readouterr().out
    assert main(["--town", folder, "--out", out]) == 0
    assert {p.name for p in Path(out).iterdir()} == {"fr-FR.json", "en-GB.json", "en-US.json", "skill.json", "ovos"}
    assert "la mairie de valfleuri" in (Path(out) / "ovos" / "fr-FR" / "ask.intent").read_text(encoding="utf-8")
    assert main(["--town", folder, "--out", out, "--check"]) == 0
    assert main(["--town", "atlantis"]) == 1


def test_models_of_a_town_are_compared_where_they_are(tmp_path: Path, issy: Skill, valfleuri: Skill) -> None:
    assert problems_in_models(valfleuri.city) == []
    assert main(["--town", str(TOWNS["valfleuri"]), "--out", str(tmp_path)]) == 0
    assert problems_in_models(valfleuri.city, tmp_path) == []
    (tmp_path / "fr-FR.json").write_text("{}", encoding="utf-8")
    assert [p.split(":")[0] for p in problems_in_models(valfleuri.city, tmp_path)] == [f"{tmp_path}/fr-FR.json"]
    changed = problems_in_models(issy.city.but(series={}))
    assert len(changed) == 5
    assert all(p.startswith("interaction_model/") and "make models" in p for p in changed)
    assert remedy(issy.city) == "make models"


def test_problems_carry_file_line_intent_and_remedy(tmp_path: Path) -> None:
    for name in sorted(set(SOURCES.values())):
        shutil.copy(HERE / f"{name}.toml", tmp_path)
    path = tmp_path / "fr-FR.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("[intents.OpeningTimeIntent]"))
    lines.insert(at + 2, '  "Ouvre {lieu}",')
    lines += ["[intents.NobodyIntent]", 'samples = ["rien du tout"]']
    path.write_text("\n".join(lines), encoding="utf-8")
    found = problems_in_models(None, folder=tmp_path)
    start = f"interaction_model/fr-FR.toml:{at + 3}: OpeningTimeIntent: « Ouvre {{lieu}} »: "
    assert any(p.startswith(f"{start}no slot is called lieu: write one of place") for p in found)
    assert any(p.startswith(f"{start}write lower-case") for p in found)
    assert any(p.startswith(f"interaction_model/fr-FR.toml:{len(lines) - 1}: NobodyIntent: no handler") for p in found)
    path.write_text("[intents\n", encoding="utf-8")
    assert problems_in_models(None, folder=tmp_path)[-1].startswith("interaction_model/fr-FR.toml:1: not readable as TOML")


def test_a_bad_invocation_is_located(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TOWNS["valfleuri"], tmp_path / "t"))
    path = folder / "town.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("[town.alexa]\n", '[town.alexa]\ninvocation = { fr = "Mairie" }\n'), encoding="utf-8")
    found = problems_in_models(load_town(folder), asked=str(folder))
    line = path.read_text(encoding="utf-8").splitlines().index('invocation = { fr = "Mairie" }') + 1
    assert found == [
        f"town.toml:{line}: town.alexa.invocation.fr: « Mairie »: write two words at least",
        f"town.toml:{line}: town.alexa.invocation.fr: « Mairie »: write lower-case letters, spaces, apostrophes and full stops only",
    ]
