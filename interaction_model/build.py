"""Builds Amazon's JSON from the hand-written samples and the town's own names: fr-FR, en-GB, en-US and the manifest.

    python -m interaction_model.build            writes the JSON files beside this one
    python -m interaction_model.build --check    says whether they are up to date, byte for byte

The JSON is output: what is edited by hand is fr-FR.toml, en-GB.toml, manifest.toml and the town's folder. en-US speaks as en-GB.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from skill.app import DEFAULT_TOWN
from skill.city.fold import fold
from skill.city.model import City
from skill.stores import words
from skill.stores.town_files import find_town, load_town

HERE: Final = Path(__file__).resolve().parent
SOURCES: Final = {"fr-FR": "fr-FR", "en-GB": "en-GB", "en-US": "en-GB"}
"""Locale built, locale whose samples it speaks."""
SLOT_TYPES: Final = {
    "place": "PLACE", "kind": "KIND", "collection": "COLLECTION", "item": "ITEM", "facility": "FACILITY", "district": "DISTRICT", "series": "SERIES",
    "date": "AMAZON.DATE", "time": "AMAZON.TIME", "age": "AMAZON.NUMBER", "question": "AMAZON.SearchQuery",
}  # fmt: skip
BUILT_IN: Final = tuple(
    f"AMAZON.{name}Intent"
    for name in (
        "Cancel", "Fallback", "Help", "LoopOff", "LoopOn", "NavigateHome", "Next", "No", "Pause", "Previous", "Repeat", "Resume", "ShuffleOff",
        "ShuffleOn", "StartOver", "Stop", "Yes",
    )
)  # fmt: skip
LONGEST_VALUE: Final = 140
_SLOT: Final = re.compile(r"\{(\w+)\}")


def names(city: City, language: str) -> dict[str, dict[str, list[str]]]:
    """Type, then id, to the names by which it is said, the main one first."""
    kinds = words.words(language)["kinds"]
    present = {p.kind for p in city.places.values()}
    both = ("fr",) if language == "fr" else (language, "fr")
    return {
        "PLACE": {
            p.id: [p.name[language], *(a for lang in both for a in p.aliases.get(lang, ())), *([] if language == "fr" else [p.name["fr"]])]
            for p in city.places.values()
        },
        "KIND": {kind: list(data["words"]) for kind, data in kinds.items() if kind in present},
        "COLLECTION": {c.id: list(c.names[language]) for c in city.collections.values()},
        "ITEM": {i.id: list(i.names[language]) for i in city.items.values()},
        "FACILITY": {f.id: list(f.words[language]) for f in city.facilities.values()},
        "DISTRICT": {d.id: [d.name[language], *d.aliases.get(language, ()), *d.aliases.get("fr", ())] for d in city.districts.values()},
        "SERIES": {s.id: [s.name[language], *s.aliases.get(language, ()), *s.aliases.get("fr", ())] for s in city.series.values()},
    }


def _clean(text: str) -> str:
    """A name as a slot value may hold it."""
    return re.sub(r"\s+", " ", re.sub(r"[^\w' .&-]", " ", text.replace("’", "'"))).strip()[:LONGEST_VALUE]


def slot_type(type_name: str, values: dict[str, list[str]]) -> dict[str, Any]:
    """One custom type. A name said of two values belongs to the first; synonyms that fold alike are told once."""
    taken: set[str] = set()
    rows: list[dict[str, Any]] = []
    for key, spoken in values.items():
        kept: list[str] = []
        for text in map(_clean, spoken):
            folded = fold(text)
            if folded and folded not in taken:
                taken.add(folded)
                kept.append(text)
        if kept:
            name: dict[str, Any] = {"value": kept[0], "synonyms": kept[1:]} if kept[1:] else {"value": kept[0]}
            rows.append({"id": key, "name": name})
    return {"name": type_name, "values": rows}


def build_model(city: City, locale: str) -> dict[str, Any]:
    """The interaction model of a locale."""
    source = words.samples(SOURCES[locale])
    intents: list[dict[str, Any]] = []
    used: set[str] = set()
    for name, data in source["intents"].items():
        slots = sorted({slot for sample in data["samples"] for slot in _SLOT.findall(sample)}, key=list(SLOT_TYPES).index)
        used.update(SLOT_TYPES[s] for s in slots)
        intents.append({"name": name, "slots": [{"name": s, "type": SLOT_TYPES[s]} for s in slots], "samples": list(data["samples"])})
    intents += [{"name": name, "samples": []} for name in BUILT_IN]
    types = [slot_type(name, values) for name, values in names(city, locale[:2]).items() if name in used]
    return {"interactionModel": {"languageModel": {"invocationName": source["invocation"], "intents": intents, "types": types}}}


def build_manifest() -> dict[str, Any]:
    """The skill's manifest, from manifest.toml."""
    data = tomllib.loads((HERE / "manifest.toml").read_text(encoding="utf-8"))
    return {"manifest": data["manifest"]}


def outputs(city: City) -> Iterable[tuple[Path, str]]:
    """Every file to write, with its text."""
    for locale in SOURCES:
        yield HERE / f"{locale}.json", _text(build_model(city, locale))
    yield HERE / "skill.json", _text(build_manifest())


def _text(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def stale(city: City) -> list[str]:
    """Names of the files that are not what would be built."""
    return [path.name for path, text in outputs(city) if not path.exists() or path.read_text(encoding="utf-8") != text]


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    city = load_town(find_town(DEFAULT_TOWN))
    if "--check" in (sys.argv[1:] if argv is None else argv):
        old = stale(city)
        print("up to date" if not old else f"not up to date: {', '.join(old)}; run python -m interaction_model.build")
        return 1 if old else 0
    for path, text in outputs(city):
        path.write_text(text, encoding="utf-8")
        print(f"{path.name}  {len(text) // 1024} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
