"""Names of a vast town: found without a look at each, as they would be with one."""

from __future__ import annotations

import random

import pytest

from skill.city import lexicon
from skill.city.lexicon import Lexicon, build, split
from tests.bench.names import NOISES, TYPES, scan, town

SMALL = ("de", "du", "la", "le", "les", "des", "quel", "quelle", "il")
COMMON = ("quelle", "heure", "ferme", "demain", "bonjour", "temps", "fait")
NAMES = town(5_500, random.Random(3))
PLAIN = build((("place", key, name, ()) for key, name in NAMES.items()), (), tuple(map(lexicon.fold, TYPES)), SMALL, (), "fr")


@pytest.fixture(scope="module")
def vast() -> Lexicon:
    made = Lexicon(PLAIN, SMALL, COMMON)
    assert made._shared is not None
    return made


def best(names: Lexicon, text: str) -> tuple[str, ...]:
    found = names.find(*names.mend(split(text, "fr")))
    return found[0].ids if found else ()


def test_every_name_as_written_is_found(vast: Lexicon) -> None:
    rng = random.Random(5)
    missed = [key for key in rng.sample(list(NAMES), 400) if key not in best(vast, f"à quelle heure ferme {NAMES[key]} demain")]
    assert len(missed) <= 4  # two names of the same words in another order, or one inside the other


@pytest.mark.slow
@pytest.mark.parametrize("noise", NOISES)
def test_misheard_names_are_found_as_by_a_scan_of_all(vast: Lexicon, noise: str) -> None:
    rng = random.Random(17)
    asked = [(key, " ".join(NOISES[noise](NAMES[key].split(), rng))) for key in rng.sample(list(NAMES), 80)]
    folded = [lexicon.fold(name) for name in NAMES.values()]
    ours = sum(key in best(vast, query) for key, query in asked)
    theirs = sum(scan(NAMES, folded, lexicon.fold(query)) == key for key, query in asked)
    assert ours >= theirs - 0.04 * len(asked)


def test_where_few_names_share_words_nothing_is_left_out(monkeypatch: pytest.MonkeyPatch, vast: Lexicon) -> None:
    """With every name scored, as in a small town, the same name comes first for names as they are written."""
    monkeypatch.setattr(lexicon, "VAST", 10**9)
    whole = Lexicon(PLAIN, SMALL, COMMON)
    rng = random.Random(9)
    asked = rng.sample(list(NAMES), 200)
    assert sum(set(best(vast, NAMES[key])) <= set(best(whole, NAMES[key])) for key in asked) >= 196


def test_a_sentence_without_names_finds_none(vast: Lexicon) -> None:
    for text in ("bonjour", "quel temps fait-il demain", "", "rue", "xxxx yyyy zzzz"):
        assert best(vast, text) == ()
