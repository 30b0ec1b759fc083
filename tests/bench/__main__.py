"""Prints one table of ratios, each against a baseline measured in the same run, and keeps it as build/bench.json.

Baseline: ask-sdk-core's own hello world, warm and from a cold process. Targets: guide/performance.md §9 as the issues state them.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from skill.app import Skill
from skill.channels.alexa import AlexaChannel
from skill.city.lexicon import split
from skill.city.model import City, Fact
from skill.stores import words
from skill.stores.compiled import compile_town, sample_texts
from skill.stores.town import Town
from skill.stores.town_files import CITIES, load_town
from skill.understanding.ear import Ear, compile_ear
from tests.bench import load, names, podcasts
from tests.bench.envelopes import full
from tests.channels.test_alexa import envelope, slot

ROOT = Path(__file__).resolve().parent.parent.parent
ISSY = CITIES / "issy-les-moulineaux"
FACTS, NAMES = 2_000, 2_000
VAST_TOWNS = (20_000, 200_000)
ROUNDS, CALLS, COLD_RUNS = 9, 200, 15

STOCK = """
from ask_sdk_core.skill_builder import SkillBuilder
from ask_sdk_core.dispatch_components import AbstractRequestHandler
class Hello(AbstractRequestHandler):
    def can_handle(self, handler_input): return True
    def handle(self, handler_input):
        return handler_input.response_builder.speak("Bonjour").response
builder = SkillBuilder()
builder.add_request_handler(Hello())
handler = builder.lambda_handler()
"""
COLD_STOCK = STOCK + "import json, sys; handler(json.loads(sys.argv[1]), None)"
COLD_OURS = "import json, sys; sys.path.insert(0, sys.argv[2]); from alexa_handler import handler; handler(json.loads(sys.argv[1]), None)"


def median_us(call: Callable[[], object]) -> float:
    """Median microseconds of a call, over rounds."""
    for _ in range(20):
        call()
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(CALLS):
            call()
        rounds.append((time.perf_counter() - start) / CALLS * 1e6)
    return statistics.median(rounds)


def grown_town() -> Skill:
    """Issy with facts and names added until there are 2,000 of each."""
    city = load_town(ISSY)
    rng = random.Random(7)
    syllables = ["ba", "cor", "din", "fel", "gar", "han", "jol", "ker", "lam", "mon", "nor", "pel", "quin", "ros", "sar", "tan", "val", "ver", "zel", "bru"]

    def word() -> str:
        return "".join(rng.choice(syllables) for _ in range(rng.randint(2, 3)))

    facts = dict(city.facts)
    while len(facts) < FACTS:
        key = f"grown-{len(facts)}"
        a, b, c = word(), word(), word()
        facts[key] = Fact(
            id=key, topic="x", answer={"fr": f"Le {a} de {b} est à {c}.", "en": f"The {a} of {b} is at {c}."},
            questions={"fr": (f"où est le {a} de {b}", f"le {a} {b} c'est quoi", f"{a} {c}"), "en": (f"where is the {a} of {b}", f"{a} {c}")},
        )  # fmt: skip
    places = dict(city.places)
    template = next(iter(places.values()))
    while len(places) < NAMES:
        key = f"grown-{len(places)}"
        name = f"{rng.choice(['parc', 'square', 'jardin'])} {word()} {word()}"
        places[key] = template.but(id=key, name={"fr": name, "en": name}, aliases={}, misheard=())
    grown: City = city.but(facts=facts, places=places)
    parts: dict[str, Any] = {}
    for language in words.languages():
        parts[f"ear-{language}"] = compile_ear(grown, words.words(language), sample_texts(language), language)
        parts[f"voice-{language}"] = words.prompts(language)
    return Skill(Town(grown, words.rules(), {lang: words.words(lang)["kinds"] for lang in words.languages()}, words.meanings(), parts))


def cold_ms(code: str, event: str, extra: list[str], env: dict[str, str]) -> float:
    """Wall milliseconds of a fresh process that imports and answers once."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code, event, *extra], check=True, stdout=subprocess.DEVNULL, env=env, cwd=ROOT)
    return (time.perf_counter() - start) * 1000


def main() -> int:
    """Measures, prints, keeps."""
    rows: list[tuple[str, str, str, str, bool]] = []

    def row(what: str, value: str, ratio: float | None, target: str, met: bool) -> None:
        rows.append((what, value, f"{ratio:.2f}x" if ratio is not None else "", target, met))

    event = full(envelope("ClosingTimeIntent", slot("place", "parc Barbusse", "parc-henri-barbusse")))
    heard = full(envelope("ClosingTimeIntent", slot("place", "parc barbus")))
    question = full(envelope("TownQuestionIntent", slot("question", "est le maire d'issy les moulineaux")))
    opened = full({"request": {"type": "LaunchRequest", "requestId": "r", "timestamp": "2026-11-22T09:00:00Z", "locale": "fr-FR"}})
    namespace: dict[str, Any] = {}
    exec(compile(STOCK, "stock", "exec"), namespace)
    channel = AlexaChannel(grown_town())
    stock = median_us(lambda: namespace["handler"](event, None))
    row("stock ask-sdk-core hello world", f"{stock:.0f} us", 1.0, "", True)
    for what, sent in (("full intent, place resolved by Alexa", event), ("full intent, name found by our ear", heard), ("free question", question)):
        ours = median_us(lambda sent=sent: channel.invoke(sent))
        row(f"{what} ({FACTS} facts, {NAMES} places)", f"{ours:.0f} us", ours / stock, "<= 0.85x", ours / stock <= 0.85)

    hello = median_us(lambda: channel.invoke(opened))
    row("being opened, greeted and told what can be asked", f"{hello:.0f} us", hello / stock, "<= 0.50x", hello / stock <= 0.5)

    ear = Ear(channel.skill.town.part("ear-fr"))
    queries = [
        split(q, "fr") for q in ("parc barbus", "marché corentin selton", "square dreyfuss", "jardin botanik", "parc de nariya", "le marché des pinettes")
    ]

    def look_up() -> None:
        for query in queries:
            ear.lexicon.find(*ear.lexicon.mend(query))

    each = median_us(look_up) / len(queries)
    row(f"name lookup at {NAMES} names, words mended before", f"{each / 1000:.3f} ms", None, "<= 0.5 ms", each <= 500)
    fresh = []
    for query in queries:
        cold = Ear(channel.skill.town.part("ear-fr"))
        start = time.perf_counter()
        cold.lexicon.find(*cold.lexicon.mend(query))
        fresh.append((time.perf_counter() - start) * 1e6)
    worst = statistics.median(fresh)
    row(f"name lookup at {NAMES} names, never heard before", f"{worst / 1000:.3f} ms", None, "<= 0.5 ms", worst <= 500)

    podcasts.rows(row, median_us, stock, channel.skill)
    for count in VAST_TOWNS:
        for noise, (middle, late, hit, scanned) in names.measure(count).items():
            row(f"name among {count}, {noise}: median", f"{middle:.2f} ms", None, "<= 0.5 ms", middle <= 0.5)
            row(f"name among {count}, {noise}: 99th percentile", f"{late:.2f} ms", None, "<= 1 ms", late <= 1.0)
            row(f"name among {count}, {noise}: right, against a scan of all", f"{hit:.3f}", hit / scanned, ">= -0.01", hit >= scanned - 0.01)

    with tempfile.TemporaryDirectory() as folder:
        compile_town(ISSY, Path(folder))
        env = {"PATH": os.environ.get("PATH", ""), "MAIRIE_COMPILED": folder, "MAIRIE_DATA": ""}
        text, entry = json.dumps(event), [str(ROOT / "lambda")]
        pairs = [(cold_ms(COLD_STOCK, text, [], env), cold_ms(COLD_OURS, text, entry, env)) for _ in range(COLD_RUNS)]
        base, cold_start = statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs)
        row("cold start, stock hello world", f"{base:.0f} ms", 1.0, "", True)
        row("cold start, our module and first answer", f"{cold_start:.0f} ms", cold_start / base, "<= 0.70x", cold_start / base <= 0.70)
        known = statistics.median(cold_ms(COLD_OURS, text, entry, {**env, "MAIRIE_DATA": folder}) for _ in range(COLD_RUNS))
        row("the same, asking a file first how the person likes it", f"{known:.0f} ms", known / base, "", True)

        batch = Path(folder) / "in.jsonl"
        lines = [
            {"id": str(n), "locale": "fr-FR", "at": "2025-10-09T09:00:00+02:00", "turns": ["à quelle heure ferme le parc barbus ce soir", "et dimanche"]}
            for n in range(400)
        ]
        batch.write_text("".join(json.dumps(x) + "\n" for x in lines), encoding="utf-8")
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "skill.cli", "ask", "--batch", str(batch), "--out", str(Path(folder) / "out.jsonl")], check=True, cwd=ROOT)
        took = time.perf_counter() - start
        row("400 questions of two turns in a batch, start included", f"{took:.2f} s", None, "< 5 s", took < 5)

    load.rows(row)

    width = max(len(r[0]) for r in rows)
    for what, value, ratio, target, met in rows:
        print(f"{what:<{width}}  {value:>10}  {ratio:>7}  {target:>10}  {'' if not target else 'met' if met else 'MISSED'}")
    out = ROOT / "build"
    out.mkdir(exist_ok=True)
    (out / "bench.json").write_text(
        json.dumps([dict(zip(("what", "value", "ratio", "target", "met"), r, strict=True)) for r in rows], indent=1), encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
