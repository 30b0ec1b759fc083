"""OpenVoiceOS' own files, from the same samples and names as Amazon's: what calls us by name, what is plainly ours, and what our podcasts are called.

One folder a language under skill/channels/locale, one phrase a line (https://openvoiceos.github.io/ovos-technical-manual/). What is in none of them
still reaches us where no other skill wants it (skill/channels/ovos.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from interaction_model import town
from skill.city.model import City
from skill.stores import words

FOLDERS: Final = {"fr-FR": "fr-FR", "en-US": "en-GB"}
"""OpenVoiceOS' folder, locale whose samples it speaks."""
OURS: Final = (
    "OpeningHoursIntent", "OpeningTimeIntent", "ClosingTimeIntent", "OpeningDaysIntent", "NextCollectionIntent", "WhatTonightIntent", "WhereToThrowIntent",
    "BinRuleIntent",
)  # fmt: skip
"""Intents whose phrases are about a town and nothing else in a house: "is the … open" may be a shutter."""
_LEADS: Final = {
    "fr": ("demande à {name} {{question}}", "demandez à {name} {{question}}", "pose la question à {name} {{question}}"),
    "en": ("ask {name} {{question}}", "tell {name} {{question}}"),
}
_NAMES: Final = {"fr": ("la mairie", "l'hôtel de ville"), "en": ("the town hall", "the council")}
"""How any town hall is called."""
LEAST_WORDS: Final = 3
"""Words of a phrase beside its slots: fewer would take others' phrases too."""
_SLOT: Final = re.compile(r"\{\w+\}")


def outputs(city: City, folder: Path) -> Iterable[tuple[Path, str]]:
    """Every file to write, with its text."""
    for name, locale in FOLDERS.items():
        language = locale[:2]
        called = list(dict.fromkeys((*_NAMES[language], town.invocation(city, language))))
        leads = [lead.format(name=each) for lead in _LEADS[language] for each in called]
        series = [n for s in city.series.values() for n in (s.name.get(language, s.name["fr"]), *s.aliases.get(language, ()))]
        podcasts = [f"podcast {'de' if language == 'fr' else 'of'} {each}" for each in called] + series
        yield folder / name / "ask.intent", _lines(leads)
        yield folder / name / "town.intent", _lines(_phrases(locale))
        yield folder / name / "skill_name.voc", _lines([*called, *podcasts])


def _phrases(locale: str) -> list[str]:
    intents = words.samples(locale)["intents"]
    every = [sample for name in OURS for sample in intents[name]["samples"]]
    return [sample for sample in every if len(_SLOT.sub("", sample).replace("'", " ").split()) >= LEAST_WORDS]


def _lines(phrases: Iterable[str]) -> str:
    return "".join(f"{phrase.lower()}\n" for phrase in dict.fromkeys(phrases))
