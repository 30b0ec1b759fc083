"""The same skill in words: a terminal conversation and the batch form. Proves that Alexa is a detail."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Final, TextIO

from skill.app import Answer, Skill
from skill.conversation.turn import Focus

GOODBYES: Final = frozenset({"AMAZON.StopIntent", "AMAZON.CancelIntent", "GoodbyeIntent"})


def converse(skill: Skill, lines: Iterable[str], say: Callable[[str], None], locale: str) -> None:
    """A whole conversation, line by line, until leave is taken."""
    opening = skill.open(locale, skill.now())
    if opening.speech:
        say(opening.speech.text)
    focus = opening.reply.focus
    for line in lines:
        if not line.strip():
            continue
        answer = skill.hear(line, locale, skill.now(), focus)
        focus = answer.reply.focus
        if answer.speech:
            say(answer.speech.text)
        if answer.reply.intent in GOODBYES:
            return


def session(skill: Skill, turns: Iterable[str], locale: str, at: datetime) -> Answer | None:
    """The answer to the last of several turns of one session."""
    focus, answer = Focus(), None
    for text in turns:
        answer = skill.hear(text, locale, at, focus)
        focus = answer.reply.focus
    return answer


def batch(skill: Skill, source: TextIO) -> Iterator[dict[str, Any]]:
    """One answer per line of JSON in: id, locale, at, turns. A line that cannot be answered gives an answer that says so."""
    for number, line in enumerate(source, 1):
        line = line.removeprefix("\ufeff") if number == 1 else line
        if not line.strip():
            continue
        started = time.perf_counter()
        row: dict[str, Any] = {"id": None, "answer": "", "intent": "", "ms": 0.0}
        try:
            item = json.loads(line)
            if not isinstance(item, dict):
                raise ValueError("a line is one JSON object")
            row["id"] = item.get("id")
            answer = _answer(skill, item)
        except Exception as error:  # whatever it is, the other lines are answered
            yield {**row, "error": f"line {number}: {type(error).__name__}: {error}"}
            continue
        text = answer.speech.text if answer and answer.speech else ""
        intent = answer.reply.intent if answer else ""
        yield {**row, "answer": text, "intent": intent, "ms": round((time.perf_counter() - started) * 1000, 3)}


def _answer(skill: Skill, item: dict[str, Any]) -> Answer | None:
    turns = item.get("turns")
    if not isinstance(turns, list) or not all(isinstance(t, str) for t in turns):
        raise ValueError('"turns" must be a list of strings')
    at = datetime.fromisoformat(item["at"]) if item.get("at") else skill.now()
    at = at if at.tzinfo else at.replace(tzinfo=skill.zone)
    return session(skill, turns, str(item.get("locale", "fr-FR")), at)
