"""The checklist of docs/certification.md: every test it names is there; and the rules about the package itself."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import imagesize
import pytest
from jsonschema import Draft4Validator

from interaction_model import package
from interaction_model.build import SOURCES
from skill.app import Skill

ROOT = Path(__file__).resolve().parent.parent
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:mairie-SkillFunction-1AbC"
REQUIRED = {
    "Cancel",
    "Stop",
    "Help",
    "Fallback",
    "NavigateHome",
    "Pause",
    "Resume",
    "Next",
    "Previous",
    "LoopOn",
    "LoopOff",
    "ShuffleOn",
    "ShuffleOff",
    "StartOver",
    "Repeat",
}


@pytest.fixture(scope="module")
def made(issy: Skill, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("package") / "skill"
    package.lay_out(issy.city, out, package.endpoint(ARN))
    return out


def manifest(made: Path) -> dict[str, Any]:
    return json.loads((made / "skill-package/skill.json").read_text(encoding="utf-8"))


def test_every_test_that_the_checklist_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs/certification.md").read_text(encoding="utf-8")))
    there = {name for path in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))}
    assert len(named) > 35
    assert named - there == set()


def test_the_package_is_laid_out_as_ask_deploy_wants_it(made: Path) -> None:
    resources = json.loads((made / "ask-resources.json").read_text(encoding="utf-8"))
    home = made / resources["profiles"]["default"]["skillMetadata"]["src"]
    assert {p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file()} == {
        "skill.json", *(f"interactionModels/custom/{locale}.json" for locale in SOURCES),
        *(f"assets/images/{locale}_{size}Icon.png" for locale in SOURCES for size in ("small", "large")),
    }  # fmt: skip
    for locale in SOURCES:
        built = json.loads((home / f"interactionModels/custom/{locale}.json").read_text(encoding="utf-8"))
        assert built == json.loads((ROOT / f"interaction_model/{locale}.json").read_text(encoding="utf-8"))


def test_icons_are_there_in_their_sizes(made: Path) -> None:
    for locale, told in manifest(made)["manifest"]["publishingInformation"]["locales"].items():
        for kind, side in (("smallIcon", 108), ("largeIcon", 512)):
            path = made / "skill-package" / told[f"{kind}Uri"].removeprefix("file:").removeprefix("//")
            assert imagesize.get(path) == (side, side), locale
            assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_the_manifest_of_the_package_is_of_amazons_schema(made: Path, shared: Path) -> None:
    definitions = json.loads((shared / "data/schemas/alexa_smapi_definitions.json").read_text(encoding="utf-8"))
    schema = {"$ref": "#/definitions/v1.skill.Manifest.SkillManifestEnvelope", **definitions}
    assert [e.message for e in Draft4Validator(schema).iter_errors(manifest(made))] == []


def test_the_package_asks_to_be_told_of_those_who_leave(made: Path) -> None:
    events = manifest(made)["manifest"]["events"]
    assert events["subscriptions"] == [{"eventName": "SKILL_DISABLED"}]
    assert events["endpoint"] == manifest(made)["manifest"]["apis"]["custom"]["endpoint"] == {"uri": ARN}


def test_the_manifest_says_what_the_skill_is(made: Path) -> None:
    told = manifest(made)["manifest"]["privacyAndCompliance"]
    assert (told["allowsPurchases"], told["isChildDirected"], told["containsAds"], told["usesPersonalInfo"]) == (False, False, False, True)


def test_the_required_intents_are_in_every_model(made: Path) -> None:
    for locale in SOURCES:
        model = json.loads((made / f"skill-package/interactionModels/custom/{locale}.json").read_text(encoding="utf-8"))
        names = {intent["name"] for intent in model["interactionModel"]["languageModel"]["intents"]}
        assert {f"AMAZON.{name}Intent" for name in REQUIRED} <= names


def test_example_phrases_begin_with_the_wake_word(made: Path) -> None:
    for locale, told in manifest(made)["manifest"]["publishingInformation"]["locales"].items():
        assert len(told["examplePhrases"]) == 3
        assert all(phrase.startswith("Alexa, ") and "mairie d'issy" in phrase for phrase in told["examplePhrases"]), locale


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:lambda:eu-west-3:123456789012:function:x",
        "arn:aws:s3:::x",
        "http://a.example/alexa",
        "https://a.example:8443/alexa",
        "https:///alexa",
        "nonsense",
    ],
)
def test_an_endpoint_that_amazon_would_not_call_is_refused(text: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(package.BadEndpoint):
        package.endpoint(text)
    assert package.main(["--endpoint", text, "--out", str(tmp_path / "x")]) == 1
    assert text in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_a_server_of_ones_own_has_a_trusted_certificate() -> None:
    assert package.endpoint("https://voix.example/alexa") == {"uri": "https://voix.example/alexa", "sslCertificateType": "Trusted"}


def test_privacy_and_terms_are_in_both_languages() -> None:
    for name in ("confidentialite.md", "conditions.md"):
        headings = re.findall(r"^# (.+)$", (ROOT / "docs" / name).read_text(encoding="utf-8"), re.M)
        assert len(headings) == 2, name


def test_another_towns_package_names_no_other_town(valfleuri: Skill, tmp_path: Path) -> None:
    package.lay_out(valfleuri.city, tmp_path / "p")
    told = (tmp_path / "p/skill-package/skill.json").read_text(encoding="utf-8")
    assert "Issy" not in told
    assert "endpoint" not in told
