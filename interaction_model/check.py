"""What Amazon's schemas do not see in the models: rules of certification and references. Used by `mairie check` and the tests."""

from __future__ import annotations

import re
from typing import Any, Final

from interaction_model.build import BUILT_IN, SLOT_TYPES, SOURCES, stale
from skill.city.model import City
from skill.intents.router import HANDLERS
from skill.stores import words

ONLY_FROM_WORDS: Final = frozenset({
    "HasFacilityIntent", "OffTopicIntent", "ChitchatIntent", "TransportIntent", "OtherTownIntent", "AsideIntent", "UnknownPlaceIntent", "DistrictIntent",
})  # fmt: skip
"""Intents that only our own understanding of raw words can give."""
BY_THEMSELVES: Final = frozenset({"FollowUpIntent"})
"""Intents of the model that are read in their conversation, not by a handler of their own."""
_LAUNCH_WORDS: Final = {"fr": ("lance", "ouvre", "demande", "alexa"), "en": ("launch", "open", "ask", "tell", "alexa", "echo")}
_SAMPLE: Final = re.compile(r"^[a-zà-ÿœ' .{}_-]+$")
_SLOT: Final = re.compile(r"\{(\w+)\}")


def problems_in_models(city: City | None) -> list[str]:
    """Everything wrong with the hand-written models, each with its file and what to write instead."""
    found: list[str] = []
    meanings = words.meanings()
    for locale in sorted(set(SOURCES.values())):
        source = words.samples(locale)
        where = f"interaction_model/{locale}.toml"
        if not source:
            found.append(f"{where}: missing")
            continue
        found += [f"{where}: {p}" for p in _invocation(str(source.get("invocation", "")), locale[:2])]
        owner: dict[str, str] = {}
        for intent, data in source["intents"].items():
            target = str(meanings.get(intent, {}).get("as", intent))
            if target not in HANDLERS and intent not in BY_THEMSELVES:
                found.append(f"{where}: {intent}: no handler answers it; add one, or say what it means in intents.toml")
            for sample in data.get("samples", ()):
                found += [f"{where}: {intent}: « {sample} »: {p}" for p in _sample(sample)]
                if sample in owner:
                    found.append(f"{where}: « {sample} » is a sample of {owner[sample]} and of {intent}: keep one")
                owner[sample] = intent
        spoken = {str(meanings.get(i, {}).get("as", i)) for i in source["intents"]} | set(BUILT_IN)
        for handler in sorted(HANDLERS.keys() - spoken - ONLY_FROM_WORDS):
            found.append(f"{where}: {handler} has no samples: nobody could ask for it")
    if city is not None:
        found += [f"interaction_model/{name}: out of date; run python -m interaction_model.build" for name in stale(city)]
    return found


def _invocation(name: str, language: str) -> list[str]:
    """Amazon's rules for the name that opens the skill."""
    out = []
    if len(name.split()) < 2:
        out.append(f"invocation « {name} »: two words at least")
    if not re.fullmatch(r"[a-zà-ÿœ' .]+", name):
        out.append(f"invocation « {name} »: lower-case letters, spaces, apostrophes and full stops only")
    if any(w in name.split() for w in _LAUNCH_WORDS.get(language, ())):
        out.append(f"invocation « {name} »: no launch word")
    return out


def _sample(sample: str) -> list[str]:
    slots = _SLOT.findall(sample)
    bare = _SLOT.sub(" ", sample)
    out = [f"no slot is called {slot}; slots are {', '.join(SLOT_TYPES)}" for slot in slots if slot not in SLOT_TYPES]
    if not _SAMPLE.match(sample):
        out.append("lower-case letters, spaces, apostrophes, hyphens and slots only")
    if "question" in slots and (len(slots) > 1 or not bare.strip()):
        out.append("{question} needs carrier words and no other slot")
    if len(slots) != len(set(slots)):
        out.append("a slot is named twice")
    return out


def sample_counts(locale: str) -> dict[str, Any]:
    """Samples per intent, for the tests."""
    return {intent: len(data["samples"]) for intent, data in words.samples(locale)["intents"].items()}
