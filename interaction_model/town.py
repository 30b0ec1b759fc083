"""What one town's skill is called and says of itself: from its folder where it says so, from its name otherwise."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final

from skill.city.model import City

HERE: Final = Path(__file__).resolve().parent
LONGEST_SUMMARY: Final = 160
MOST_EXAMPLES: Final = 3
"""Amazon shows three phrases: opening the skill, and two questions."""
_VOWEL: Final = "aeiouyhàâéèêëîïôûœ"


def of_town(city: City) -> str:
    """The town's name as French says "of" it: "d'Issy-les-Moulineaux", "de Valfleuri", "du Havre"."""
    name = city.name
    for article, of in (("Le ", "du "), ("Les ", "des "), ("La ", "de La "), ("L'", "de L'")):
        if name.startswith(article):
            return of + name.removeprefix(article)
    return f"d'{name}" if name[:1].lower() in _VOWEL else f"de {name}"


def invocation(city: City, language: str) -> str:
    """The words that open the skill: the town's own, or "la mairie de …" in every language, in the characters Amazon takes."""
    said = city.alexa.get("invocation", {}).get(language)
    if said:
        return str(said)
    text = re.sub(r"[^a-zà-ÿœ' .]+", " ", f"la mairie {of_town(city)}".lower().replace("’", "'"))
    return re.sub(r"\s+", " ", text).strip()


def asked(example: str) -> str:
    """A question as one says it after the skill's name."""
    return re.sub(r"[?!.\s]+$", "", example.strip()).replace("’", "'").lower()


def examples(city: City, language: str, spare: list[str]) -> list[str]:
    """Two questions: the town's, made up to two with those that fit any town."""
    own = [asked(e) for e in city.examples.get(language, ())]
    return list(dict.fromkeys([*own, *spare]))[: MOST_EXAMPLES - 1]


def manifest(city: City, locales: tuple[str, ...]) -> dict[str, Any]:
    """The manifest of the town's skill."""
    data = tomllib.loads((HERE / "manifest.toml").read_text(encoding="utf-8"))
    made: dict[str, Any] = data["manifest"]
    publishing, privacy = made["publishingInformation"], made["privacyAndCompliance"]
    publishing["distributionCountries"] = list(city.alexa.get("countries") or [city.country])
    publishing["testingInstructions"] = city.alexa.get("testing") or _filled(publishing["testingInstructions"], _holes(city, "fr", data["texts"]["fr"]))
    pages = {f"{key}Url": city.alexa[name] for key, name in (("privacyPolicy", "privacy"), ("termsOfUse", "terms")) if city.alexa.get(name)}
    publishing["locales"] = {locale: _locale(city, locale[:2], data["texts"][locale[:2]]) for locale in locales}
    if pages:
        privacy["locales"] = {locale: dict(pages) for locale in locales}
    return {"manifest": made}


def _locale(city: City, language: str, texts: dict[str, Any]) -> dict[str, Any]:
    holes = _holes(city, language, texts)
    own = {key: city.alexa.get(key, {}).get(language) for key in ("summary", "description", "keywords")}
    return {
        "name": holes["hall"],
        "summary": own["summary"] or _filled(texts["summary"], holes),
        "description": own["description"] or _filled(texts["description"], holes),
        "examplePhrases": [
            _filled(texts["open"], holes),
            *(_filled(texts["ask"], {**holes, "example": e}) for e in (holes["first"], holes["second"])),
        ],
        "keywords": own["keywords"] or [*texts["keywords"], city.name],
    }


def _holes(city: City, language: str, texts: dict[str, Any]) -> dict[str, str]:
    first, second = examples(city, language, texts["examples"])
    holes = {"town": city.name, "of_town": of_town(city), "invocation": invocation(city, language), "first": first, "second": second}
    return {**holes, "hall": city.alexa.get("name", {}).get(language) or _filled(texts["name"], holes)}


def _filled(text: str, holes: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda m: holes[m[1]], text)
