"""A morning peak, simulated with the real handler: arrivals drawn from a model, each answered by the skill, its time counted as Lambda would.

    python -m tests.bench.morning                 one town, a hundred towns, every commune of France

Arrivals: a Poisson process whose rate follows the morning (6 to 9 h, its top at 7 h 40, three times the mean of those hours), with one burst of a minute at
8 h when the radio speaks of us (five times the rate of the moment). Who asks what: tests/bench/envelopes.py. Time of an answer: measured here while
it is given, times the share of a processor that 512 MB have, plus 8 ms for each reading of the table. A container answers one at a time, is kept for
ten minutes, and is made in the time that `make bench` measures, times the same share. What is assumed of people: 1 resident in 100 asks twice a day, 45 % of it
in the morning.
"""

from __future__ import annotations

import heapq
import math
import random
import statistics
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

from skill.app import Settings, make_skill
from skill.channels.alexa import AlexaChannel
from tests.bench.envelopes import mixed

HERE = Path(__file__).resolve().parent
PRICES = tomllib.loads((HERE / "prices.toml").read_text(encoding="utf-8"))
MEMORY_MB = 512
START_H, HOURS, TOP_H, BURST_H = 6.0, 3.0, 7.67, 8.0
ASK, TIMES_A_DAY, IN_THE_MORNING = 0.01, 2.0, 0.45
KEPT_S, TABLE_S, COLD_S = 600.0, 0.008, 0.095
TOWNS = {"Issy-les-Moulineaux": 68_000, "a hundred towns of its size": 6_800_000, "every commune of France": 68_600_000}
MOST_SIMULATED = 300_000
"""Arrivals that are really answered; beyond, every n-th stands for n."""


def rate(hour: float, morning: float) -> float:
    """Arrivals a second at an hour of the day, for so many in the whole morning."""
    shape = math.exp(-((hour - TOP_H) ** 2) / (2 * 0.55**2)) + 0.12
    mean = statistics.fmean(math.exp(-((START_H + HOURS * n / 180 - TOP_H) ** 2) / (2 * 0.55**2)) + 0.12 for n in range(180))
    burst = 5.0 if BURST_H <= hour < BURST_H + 1 / 60 else 1.0
    return morning / (HOURS * 3600) * shape / mean * burst


def simulate(people: int, channel: AlexaChannel, seed: int = 1) -> dict[str, float]:
    """What the morning is like for a town, or for many, of so many people in all."""
    rng, events = random.Random(seed), mixed()
    morning = people * ASK * TIMES_A_DAY * IN_THE_MORNING
    share = PRICES["lambda"]["vcpu_at_mb"] / MEMORY_MB
    each = max(1, math.ceil(morning / MOST_SIMULATED))
    busy: list[float] = []  # when each busy container is free
    idle: list[float] = []  # since when each idle one is, the latest last
    waits, cold, throttled, arrivals, peak, billed, per_second = [], 0, 0, 0, 0, 0.0, 0.0
    for second in range(int(HOURS * 3600)):
        now_rate = rate(START_H + second / 3600, morning)
        per_second = max(per_second, now_rate)
        count = _poisson(now_rate / each, rng) * each
        for n, at in enumerate(sorted(second + rng.random() for _ in range(count))):
            while busy and busy[0] <= at:
                idle.append(heapq.heappop(busy))
            while idle and idle[0] < at - KEPT_S:
                idle.pop(0)
            arrivals += 1
            if n % each == 0:
                began = time.perf_counter()
                channel.invoke(rng.choice(events))
                took = (time.perf_counter() - began) * share + TABLE_S
            if idle:
                idle.pop()
                wait = 0.0
            elif len(busy) >= PRICES["lambda"]["concurrency"]:
                throttled += 1
                continue
            else:
                cold += 1
                wait = COLD_S * share
            heapq.heappush(busy, at + wait + took)
            peak = max(peak, len(busy))
            billed += wait + took
            if n % each == 0:
                waits.append(wait + took)
    waits.sort()
    return {
        "arrivals": arrivals, "most a second": per_second, "containers at once": peak, "cold": cold / max(1, arrivals), "throttled": throttled,
        "p50 ms": 1000 * waits[len(waits) // 2], "p99 ms": 1000 * waits[int(len(waits) * 0.99)], "worst ms": 1000 * waits[-1],
        "answer ms": 1000 * billed / max(1, arrivals - throttled),
    }  # fmt: skip


def _poisson(mean: float, rng: random.Random) -> int:
    if mean > 50:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def cost_of_a_million(answer_ms: float) -> dict[str, float]:
    """Dollars for a million spoken questions, by what they are for."""
    p = PRICES
    out = {
        "requests": 1e6 * p["lambda"]["request"], "compute": 1e6 * answer_ms / 1000 * MEMORY_MB / 1024 * p["lambda"]["gb_second_arm"],
        "table, one reading each": 1e6 * p["dynamodb"]["read"], "table, one in ten written": 1e5 * p["dynamodb"]["write"],
        "logs, 400 bytes each": 1e6 * 400 / 1e9 * p["other"]["log_gb"],
    }  # fmt: skip
    return {**out, "in all": sum(out.values())}


def month_of(people: int, answer_ms: float) -> float:
    """Dollars a month for the questions of so many people."""
    return people * ASK * TIMES_A_DAY * 30 / 1e6 * cost_of_a_million(answer_ms)["in all"]


def fixed_month() -> float:
    """Dollars a month for a deployment that nobody asks anything: the schedule's runs, the secret, the alarms, the metrics."""
    p = PRICES
    runs = 4 * 24 * 30 * (p["lambda"]["request"] + 4.0 * p["lambda"]["gb_second_arm"])
    return runs + p["other"]["secret_month"] + 9 * p["other"]["alarm_month"] + 2 * p["other"]["metric_month"]


def main() -> int:
    """Prints the table of docs/scale.md."""
    channel = AlexaChannel(make_skill(Settings(data="")))
    for event in mixed() * 3:
        channel.invoke(event)
    answer_ms = 0.0
    for name, people in TOWNS.items():
        found: dict[str, Any] = simulate(people, channel)
        answer_ms = found["answer ms"]
        print(f"{name}: " + ", ".join(f"{key} {value:,.3f}" if value < 1 else f"{key} {value:,.0f}" for key, value in found.items()))
        print(f"    a month: {month_of(people, answer_ms):,.2f} $ of questions")
    print("a million questions: " + ", ".join(f"{key} {value:.2f} $" for key, value in cost_of_a_million(answer_ms).items()))
    print(f"a deployment that nobody asks anything: {fixed_month():.2f} $ a month")
    return 0


if __name__ == "__main__":
    sys.exit(main())
