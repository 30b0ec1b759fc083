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
    """One answer per line of JSON in: id, locale, at, turns. A line that cannot be read gives an answer that says so."""
    for number, line in enumerate(source, 1):
        if not line.strip():
            continue
        started = time.perf_counter()
        try:
            item = json.loads(line)
            at = datetime.fromisoformat(item["at"]) if item.get("at") else skill.now()
            at = at if at.tzinfo else at.replace(tzinfo=skill.zone)
            answer = session(skill, [str(t) for t in item["turns"]], str(item.get("locale", "fr-FR")), at)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            yield {"id": None, "answer": "", "intent": "", "ms": 0.0, "error": f"line {number}: {type(error).__name__}: {error}"}
            continue
        text = answer.speech.text if answer and answer.speech else ""
        intent = answer.reply.intent if answer else ""
        yield {"id": item.get("id"), "answer": text, "intent": intent, "ms": round((time.perf_counter() - started) * 1000, 3)}
