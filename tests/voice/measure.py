"""How replies are worded and mistakes mended, measured as guide/voice.md asks: lengths, where the fact stands, corrections, reading ease."""

from __future__ import annotations

import json
import re
import statistics
import sys
import tomllib
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from skill.app import Skill
from skill.conversation.turn import Focus
from skill.homes import memory_of
from skill.stores import words
from tests.conftest import PARIS, SHARED

HERE = Path(__file__).resolve().parent
DIALOGUES = HERE.parent / "utterances"
LOCALES = {"fr": "fr-FR", "en": "en-GB"}
MOST_WORDS = 20
COMMON = 3_000
_SENTENCE = re.compile(r"(?<=[^\d][.?!])\s+")
_HOLE = re.compile(r"\{[^}]*\}")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def plain(text: str) -> str:
    """Without case, accents, commas and points: so that a number is found however it is said."""
    text = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe"))
    return "".join(c for c in text if not unicodedata.combining(c)).replace(",", "").replace(".", "")


def replies(skill: Skill, turns: Iterable[str], locale: str, at: datetime) -> list[str]:
    """What is said to each turn of a conversation with somebody new."""
    skill = Skill(skill.town, memory_of())
    focus, said = Focus(), []
    for n, words_said in enumerate(turns):
        answer = skill.hear(words_said, locale, at + timedelta(seconds=15 * n), focus, user="somebody")
        focus = answer.reply.focus
        said.append(answer.speech.text if answer.speech else "")
    return said


def lines(name: str) -> list[dict[str, Any]]:
    """The rows of a file of this folder."""
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def conversations(skill: Skill) -> dict[str, list[tuple[str, bool, list[str]]]]:
    """Kind, to each conversation's id, whether it went as it should, and what was said. Written by somebody who saw no code."""
    found: dict[str, list[tuple[str, bool, list[str]]]] = {}
    for row in lines("conversations.jsonl"):
        said = replies(skill, row["turns"], row["locale"], datetime.fromisoformat(row["at"]).replace(tzinfo=PARIS))
        want, last = row["expect"], plain(said[-1])
        good = (
            all(plain(w) in last for w in want.get("all", ()))
            and (not want.get("any") or any(plain(w) in last for w in want["any"]))
            and not any(plain(w) in last for w in want.get("none", ()))
            and not (want.get("differs") and said[-1] in said[:-1])
        )
        found.setdefault(row["kind"], []).append((row["id"], good, said))
    return found


def reminders(skill: Skill) -> list[tuple[str, bool]]:
    """Each sentence about reminders: whether the thing and every hour and day were heard. Written by somebody who saw no code."""
    return [(row["id"], _heard(skill, row)) for row in lines("reminders.jsonl")]


def _heard(skill: Skill, row: dict[str, Any]) -> bool:
    now, want = datetime.fromisoformat(row["at"]).replace(tzinfo=PARIS), row["expect"]
    choice, _ = skill.understand(row["text"], row["locale"], now, Focus())
    aspects, wish = choice.slots.aspects, choice.slots.wish
    if "manage" in want:
        return choice.intent == "RemindersIntent" and {"list": "list", "next": "next", "cancel": "cancel", "cancel_all": "all"}[want["manage"]] in aspects
    if choice.intent != "ReminderIntent" or wish is None:
        return False
    if "collection" in want:
        return bool(wish.collection == want["collection"])
    if "place_kind" in want:
        day, days = want.get("date"), want.get("days")
        hour = not want.get("time") or [t.isoformat("minutes") for t in wish.times] == [want["time"]]
        return hour and (not day or str(wish.day) == day[:10]) and (not days or list(wish.days) == days)
    rule = wish.rule(now)
    said, wanted = plain(wish.text).split(), [w for w in plain(_turned(want["what"])).replace("'", " ").split() if len(w) > 3]
    thing = all(any(w in s for s in said) for w in wanted) and len(said) <= len(want["what"].split()) + 3
    if want["missing"]:
        return thing and (rule is None if want["missing"] == "time" else not wish.text)
    if rule is None or not thing:
        return False
    if want["dates"]:
        return [d.isoformat()[:16] for d in rule.dates] == want["dates"]
    return [t.isoformat("minutes") for t in rule.times] == want["times"] and list(rule.days) == want["days"]


def _turned(text: str) -> str:
    """The thing as it is said back: "mes" is "vos"."""
    pairs = {"mes": "vos", "mon": "votre", "ma": "votre", "me": "vous", "moi": "vous", "my": "your", "i": "you", "je": "vous", "j'ai": ""}
    return " ".join(pairs.get(w, w) for w in text.lower().split())


def everything_said(skill: Skill) -> list[str]:
    """Every reply to the shared questions and to the golden dialogues of the town."""
    out: list[str] = []
    for path in sorted(DIALOGUES.glob("*/*.toml")):
        if path.stem == "podcasts":
            continue
        for dialogue in tomllib.loads(path.read_text(encoding="utf-8"))["dialogue"]:
            if dialogue.get("town", "issy") == "issy":
                at = datetime.fromisoformat(dialogue["at"]).replace(tzinfo=PARIS)
                out += replies(skill, [t[0] for t in dialogue["turns"]], LOCALES[path.parent.name], at)
    for row in questions():
        out += replies(skill, row["turns"], row["locale"], datetime.fromisoformat(row["at"]))
    return [text for text in out if text]


def questions() -> list[dict[str, Any]]:
    """The shared questions; none where they are not beside this checkout."""
    path = SHARED / "eval" / "questions.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


def to_the_fact(skill: Skill) -> list[int]:
    """For each shared question that is answered: characters before the first thing that the answer must hold."""
    sys.path.insert(0, str(SHARED / "eval"))
    try:
        import score
    finally:
        sys.path.pop(0)
    found = []
    for row in questions():
        text = score.plain(replies(skill, row["turns"], row["locale"], datetime.fromisoformat(row["at"]))[-1])
        starts = [m.start() for pattern in row["must"] if (m := score.rx(pattern).search(text))]
        if starts:
            found.append(min(starts))
    return found


def sentences(text: str) -> list[str]:
    """The sentences of a reply."""
    return [s for s in _SENTENCE.split(text) if s.strip()]


def long_sentences(texts: Iterable[str]) -> list[str]:
    """Sentences of more than MOST_WORDS words, each once. A telephone number is one word."""
    counted = ((s, len(re.sub(r"\d[\d, ]{6,}\d", "0", s).split())) for t in texts for s in sentences(t))
    return sorted({s for s, n in counted if n > MOST_WORDS})


def rare_words() -> dict[str, list[str]]:
    """Words of the French prompts that are not among the first COMMON of French (wordfreq), nor a form of one; with the prompts that use them."""
    from wordfreq import top_n_list

    from skill.city.fold import fold, stem

    known = {stem(fold(w)) for w in top_n_list("fr", COMMON)} | {fold(w) for w in top_n_list("fr", COMMON)}
    found: dict[str, list[str]] = {}
    catalogue = dict(words.prompts("fr"))
    catalogue |= {f"{k} (court)": v for k, v in catalogue.pop("short").items()}
    for name, wording in catalogue.items():
        for text in wording if isinstance(wording, list) else [wording]:
            for word in _WORD.findall(_HOLE.sub(" ", text)):
                bare = fold(word.split("'")[-1])
                if bare and stem(bare) not in known and bare not in known and word[:1].islower():
                    found.setdefault(bare, []).append(name)
    return found


def share(numbers: list[int], most: int) -> float:
    """Share of numbers that are no more than `most`."""
    return sum(1 for n in numbers if n <= most) / len(numbers) if numbers else 0.0


def figures(texts: list[str]) -> dict[str, float]:
    """Characters of replies: the median, the 95th of a hundred, the share within 160."""
    sizes = sorted(map(len, texts))
    return {"median": statistics.median(sizes), "p95": sizes[int(0.95 * (len(sizes) - 1))], "within 160": share(sizes, 160)}
