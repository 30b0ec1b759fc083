"""`make voice`: the figures of guide/voice.md, printed with what is left to mend."""

from __future__ import annotations

import statistics

from skill.app import Skill
from skill.stores.compiled import from_files
from tests.conftest import TOWNS
from tests.voice import measure


def main() -> None:
    """Prints everything."""
    skill = Skill(from_files(TOWNS["issy"]))
    said = measure.everything_said(skill)
    found = measure.figures(said)
    print(
        f"replies            {len(said)}: median {found['median']:.0f} characters (80 wanted), p95 {found['p95']:.0f}, {found['within 160']:.1%} within 160 (95 % wanted)"
    )
    before = measure.to_the_fact(skill) if measure.questions() else []
    if before:
        p95 = sorted(before)[int(0.95 * (len(before) - 1))]
        print(f"to the fact        median {statistics.median(before):.0f} characters, p95 {p95}, {measure.share(before, 60):.1%} within the first 60")
    else:
        print("to the fact        ../shared is not beside this checkout: not measured")
    for kind, results in measure.conversations(skill).items():
        good = sum(1 for _, ok, _ in results if ok)
        wanted = " in one turn (80 % wanted)" if kind == "correction" else ""
        print(f"{kind:18} {good} of {len(results)}, {good / len(results):.0%}{wanted}; not: {', '.join(i for i, ok, _ in results if not ok) or 'none'}")
    heard = measure.reminders(skill)
    print(f"reminders heard    {sum(ok for _, ok in heard)} of {len(heard)}; not: {', '.join(i for i, ok in heard if not ok)}")
    long = measure.long_sentences(said)
    print(f"sentences over {measure.MOST_WORDS} words: {len(long)}")
    for sentence in long:
        print(f"  {sentence}")
    rare = measure.rare_words()
    print(f"words of French prompts beyond the first {measure.COMMON}: {len(rare)}")
    for word, prompts in sorted(rare.items()):
        print(f"  {word:16} {', '.join(dict.fromkeys(prompts))}")


if __name__ == "__main__":
    main()
