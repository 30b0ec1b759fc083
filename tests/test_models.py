"""The Alexa models: built from their sources, accepted by Amazon's schemas, complete, and never apart from the skill."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from ask_smapi_model.v1.skill.interaction_model.interaction_model_data import InteractionModelData
from ask_smapi_model.v1.skill.manifest.skill_manifest_envelope import SkillManifestEnvelope
from jsonschema import Draft4Validator

from interaction_model.build import BUILT_IN, HERE, SLOT_TYPES, SOURCES, build_model, stale
from interaction_model.check import problems_in_models, sample_counts
from skill.app import Skill
from skill.intents.router import HANDLERS
from skill.stores import words

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
    assert set(SLOT_TYPES) == {"place", "kind", "collection", "item", "facility", "district", "series", "date", "time", "age", "question"}
    assert HANDLERS.keys() >= {str(v["as"]) for v in words.meanings().values()}
