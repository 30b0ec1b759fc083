"""What Amazon's schemas do not see in the models: rules of certification and references. Used by `mairie check` and the tests."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final

from interaction_model import town
from interaction_model.build import BUILT_IN, HERE, SLOT_TYPES, SOURCES, home, remedy, stale
from skill.city.model import City
from skill.intents.router import HANDLERS
from skill.stores import words

ONLY_FROM_WORDS: Final = frozenset({
    "HasFacilityIntent", "OffTopicIntent", "ChitchatIntent", "TransportIntent", "OtherTownIntent", "AsideIntent", "UnknownPlaceIntent",
    "UnclearDayIntent", "ExtremeHoursIntent", "LargestPlaceIntent", "LonelyIntent", "PrivacyIntent", "CallIntent", "DistrictIntent",
    "PermissionIntent", "CryIntent",
})  # fmt: skip
"""Intents that only our own understanding of raw words can give."""
BY_THEMSELVES: Final = frozenset({"FollowUpIntent"})
"""Intents of the model that are read in their conversation, not by a handler of their own."""
_LAUNCH_WORDS: Final = {"fr": ("lance", "ouvre", "demande", "alexa"), "en": ("launch", "open", "ask", "tell", "alexa", "echo")}
_SAMPLE: Final = re.compile(r"^[a-zà-ÿœ' .{}_-]+$")
_SLOT: Final = re.compile(r"\{(\w+)\}")


class _Source:
    """The hand-written samples of a locale, with the line on which each thing stands."""

    def __init__(self, locale: str, folder: Path) -> None:
        self.name = f"interaction_model/{locale}.toml"
        path = folder / f"{locale}.toml"
        self.lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def at(self, intent: str = "", sample: str = "") -> str:
        """ "file:line" of an intent, or of a sample of it."""
        start = next((n for n, line in enumerate(self.lines) if intent and line.strip() == f"[intents.{intent}]"), 0)
        found = next((n for n in range(start, len(self.lines)) if sample and f'"{sample}"' in self.lines[n]), start)
        return f"{self.name}:{found + 1}" + (f": {intent}" if intent else "")


def problems_in_models(city: City | None, built: Path | None = None, folder: Path = HERE, asked: str = "") -> list[str]:
    """Everything wrong with the models: file, line, intent, and what to write instead.

    Built files are compared with the town's where they are kept: beside this file for the default town, in `built` for another.
    """
    found: list[str] = []
    for locale in sorted(set(SOURCES.values())):
        text = _Source(locale, folder)
        if not text.lines:
            found.append(f"{text.name}:1: missing: write the samples of {locale}, as in the file of another language")
            continue
        try:
            source = tomllib.loads("\n".join(text.lines))
        except tomllib.TOMLDecodeError as error:
            at = re.search(r"line (\d+)", str(error))
            found.append(f"{text.name}:{at[1] if at else 1}: not readable as TOML: {error}")
            continue
        found += _in_source(source, text)
    if city is not None:
        for language in sorted({locale[:2] for locale in SOURCES}):
            called = town.invocation(city, language)
            found += [f"town.toml:{_line(asked, 'invocation')}: town.alexa.invocation.{language}: {p}" for p in _invocation(called, language)]
        where = built or home(city)
        shown = "interaction_model" if where == HERE else str(where)
        if where is not None:
            found += [
                f"{shown}/{name}:1: out of date, the samples or the town's names changed: run {remedy(city, asked, built)}" for name in stale(city, where)
            ]
    return found


def _line(asked: str, key: str) -> int:
    """The line of a key in the town.toml of a folder, 1 where it is not written."""
    path = Path(asked or ".") / "town.toml"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return next((n for n, line in enumerate(lines, 1) if re.match(rf"\s*{re.escape(key)}\s*=", line)), 1)


def _in_source(source: dict[str, Any], text: _Source) -> list[str]:
    """Everything wrong with the samples of one locale."""
    found: list[str] = []
    meanings = words.meanings()
    owner: dict[str, str] = {}
    intents: dict[str, dict[str, Any]] = source.get("intents", {})
    for intent, data in intents.items():
        target = str(meanings.get(intent, {}).get("as", intent))
        if target not in HANDLERS and intent not in BY_THEMSELVES:
            found.append(f"{text.at(intent)}: no handler answers it: correct its name, add a handler, or say what it means in intents.toml")
        for sample in data.get("samples", ()):
            found += [f"{text.at(intent, sample)}: « {sample} »: {p}" for p in _sample(sample)]
            if sample in owner:
                found.append(f"{text.at(intent, sample)}: « {sample} » is a sample of {owner[sample]} too: keep one of them")
            owner[sample] = intent
    spoken = {str(meanings.get(i, {}).get("as", i)) for i in intents} | set(BUILT_IN)
    for handler in sorted(HANDLERS.keys() - spoken - ONLY_FROM_WORDS):
        found.append(f"{text.at()}: {handler} has no samples, nobody could ask for it: add [intents.{handler}] with samples")
    return found


def _invocation(name: str, language: str) -> list[str]:
    """Amazon's rules for the name that opens the skill."""
    out = []
    if len(name.split()) < 2:
        out.append(f"« {name} »: write two words at least")
    if not re.fullmatch(r"[a-zà-ÿœ' .]+", name):
        out.append(f"« {name} »: write lower-case letters, spaces, apostrophes and full stops only")
    if any(w in name.split() for w in _LAUNCH_WORDS.get(language, ())):
        out.append(f"« {name} »: leave out launch words ({', '.join(_LAUNCH_WORDS[language])})")
    return out


def _sample(sample: str) -> list[str]:
    slots = _SLOT.findall(sample)
    bare = _SLOT.sub(" ", sample)
    out = [f"no slot is called {slot}: write one of {', '.join(SLOT_TYPES)}" for slot in slots if slot not in SLOT_TYPES]
    if not _SAMPLE.match(sample):
        out.append("write lower-case letters, spaces, apostrophes, hyphens and slots only")
    if "question" in slots and (len(slots) > 1 or not bare.strip()):
        out.append("{question} needs carrier words and no other slot: write what people say before it")
    if len(slots) != len(set(slots)):
        out.append("a slot is named twice: keep it once")
    return out


def sample_counts(locale: str) -> dict[str, Any]:
    """Samples per intent, for the tests."""
    return {intent: len(data["samples"]) for intent, data in words.samples(locale)["intents"].items()}
