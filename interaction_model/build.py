"""Builds Amazon's JSON from the hand-written samples and a town's own names: fr-FR, en-GB, en-US and the manifest; and OpenVoiceOS' files (ovos.py).

    python -m interaction_model.build                        the default town's, beside this file
    python -m interaction_model.build --town DIR --out DIR   any town's, into a folder of its own (default: build/models/<its id>)
    python -m interaction_model.build --check                says whether they are up to date, byte for byte

The JSON is output: what is edited by hand is fr-FR.toml, en-GB.toml, manifest.toml and the town's folder. en-US speaks as en-GB.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from interaction_model import ovos, town
from skill.app import DEFAULT_TOWN
from skill.city.fold import fold
from skill.city.model import City
from skill.stores import words
from skill.stores.town_files import BrokenFiles, find_town, load_town

HERE: Final = Path(__file__).resolve().parent
OVOS: Final = HERE.parent / "skill" / "channels" / "locale"
"""Where OpenVoiceOS looks for the files of the default town."""
SOURCES: Final = {"fr-FR": "fr-FR", "en-GB": "en-GB", "en-US": "en-GB"}
"""Locale built, locale whose samples it speaks."""
SLOT_TYPES: Final = {
    "place": "PLACE", "kind": "KIND", "collection": "COLLECTION", "item": "ITEM", "facility": "FACILITY", "district": "DISTRICT", "series": "SERIES",
    "date": "AMAZON.DATE", "time": "AMAZON.TIME", "age": "AMAZON.NUMBER", "number": "AMAZON.NUMBER",
    "duration": "AMAZON.DURATION", "rank": "RANK", "question": "AMAZON.SearchQuery",
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
    """The interaction model of a locale. Amazon refuses an empty type: what a town has none of cannot be asked for by name."""
    source = words.samples(SOURCES[locale])
    known = {name: slot_type(name, values) for name, values in {**names(city, locale[:2]), **source.get("types", {})}.items()}
    empty = {name for name, made in known.items() if not made["values"]}
    intents: list[dict[str, Any]] = []
    used: set[str] = set()
    for name, data in source["intents"].items():
        samples = [s for s in data["samples"] if not any(SLOT_TYPES[slot] in empty for slot in _SLOT.findall(s))]
        slots = sorted({slot for sample in samples for slot in _SLOT.findall(sample)}, key=list(SLOT_TYPES).index)
        used.update(SLOT_TYPES[s] for s in slots)
        if samples:
            intents.append({"name": name, "slots": [{"name": s, "type": SLOT_TYPES[s]} for s in slots], "samples": samples})
    intents += [{"name": name, "samples": []} for name in BUILT_IN]
    types = [made for name, made in known.items() if name in used]
    called = town.invocation(city, locale[:2])
    language = {"invocationName": called, "intents": intents, "types": types}
    return {"interactionModel": {"languageModel": language, "dialog": {"delegationStrategy": "SKILL_RESPONSE", "intents": dialogs(intents)}}}


def dialogs(intents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The intents of Alexa's dialogues (intents.toml): nothing is required there, our answers say when to ask and when to confirm."""
    meanings = words.meanings()
    plainly = {"confirmationRequired": False, "prompts": {}}
    return [
        {"name": i["name"], **plainly, "slots": [{**slot, "elicitationRequired": False, **plainly} for slot in i["slots"]]}
        for i in intents
        if "dialog" in meanings.get(i["name"], {})
    ]


def build_manifest(city: City) -> dict[str, Any]:
    """The manifest of the town's skill."""
    return town.manifest(city, tuple(SOURCES))


def outputs(city: City, folder: Path = HERE) -> Iterable[tuple[Path, str]]:
    """Every file to write, with its text."""
    for locale in SOURCES:
        yield folder / f"{locale}.json", _text(build_model(city, locale))
    yield folder / "skill.json", _text(build_manifest(city))
    yield from ovos.outputs(city, OVOS if folder == HERE else folder / "ovos")


def _text(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def home(city: City) -> Path | None:
    """Where the town's built models are kept: those of the default town are committed, another's are nowhere in particular."""
    return HERE if city.id == DEFAULT_TOWN else None


def stale(city: City, folder: Path = HERE) -> list[str]:
    """Files that are not what would be built for the town: their paths as seen from the folder."""
    old = [path for path, text in outputs(city, folder) if not path.exists() or path.read_text(encoding="utf-8") != text]
    return [Path(os.path.relpath(path, folder)).as_posix() for path in old]


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m interaction_model.build", description="Amazon's files for a town.")
    parser.add_argument("--town", default=DEFAULT_TOWN, help=f"name of a shipped town or path of a folder (default: {DEFAULT_TOWN})")
    parser.add_argument("--out", help="folder to write into, or to look at with --check")
    parser.add_argument("--check", action="store_true", help="write nothing; say whether the files are up to date")
    args = parser.parse_args(argv)
    try:
        city = load_town(find_town(args.town))
    except (BrokenFiles, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    folder = Path(args.out) if args.out else home(city) or Path("build/models") / city.id
    if args.check:
        old = stale(city, folder)
        print("up to date" if not old else f"not up to date: {', '.join(old)}; run: {remedy(city, args.town, args.out)}")
        return 1 if old else 0
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in outputs(city, folder):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"{path if folder != HERE else path.name}  {len(text) // 1024} kB")
    return 0


def remedy(city: City, asked: str = "", out: str | Path | None = None) -> str:
    """The command that makes a town's models anew."""
    return "make models" + ("" if home(city) else f" TOWN={asked or city.id}") + (f" OUT={out}" if out else "")


if __name__ == "__main__":
    sys.exit(main())
