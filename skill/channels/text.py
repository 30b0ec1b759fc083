"""The same skill in words: a terminal conversation and the batch form. Proves that Alexa is a detail."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Final, TextIO

from skill.app import Answer, Skill
from skill.conversation.audio import Behavior, Clear, Play, Player, Stop
from skill.conversation.turn import Focus

TERMINAL: Final = "terminal"
"""The one listener of a terminal."""
GOODBYES: Final = frozenset({"AMAZON.StopIntent", "AMAZON.CancelIntent", "GoodbyeIntent"})


def converse(skill: Skill, lines: Iterable[str], say: Callable[[str], None], locale: str) -> None:
    """A whole conversation, line by line, until leave is taken."""
    opening = skill.open(locale, skill.now(), TERMINAL)
    if opening.speech:
        say(opening.speech.text)
    focus, player = opening.reply.focus, TerminalPlayer(time.monotonic)
    for line in lines:
        if not line.strip():
            continue
        answer = skill.hear(line, locale, skill.now(), focus, user=TERMINAL, player=player.state())
        focus = answer.reply.focus
        if answer.speech:
            say(answer.speech.text)
        if answer.reply.audio is not None:
            say(player.obey(answer.reply.audio))
        if answer.reply.intent in GOODBYES and not isinstance(answer.reply.audio, Stop):  # "stop" to a sound stops the sound
            return


class TerminalPlayer:
    """A terminal makes no sound: it says where the sound is, and counts the seconds as if it played, so that every command works."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._play: Play | None = None
        self._since = 0.0
        self._stopped_at: int | None = None

    def state(self) -> Player:
        """What it plays, and how far it came."""
        if self._play is None:
            return Player()
        if self._stopped_at is not None:
            return Player(self._play.token, self._stopped_at, playing=False)
        return Player(self._play.token, self._play.offset_ms + int((self._clock() - self._since) * 1000), playing=True)

    def obey(self, audio: Play | Stop | Clear) -> str:
        """Starts or stops, and the line to show."""
        if isinstance(audio, Stop):
            self._stopped_at = self.state().offset_ms
            return "■"
        if isinstance(audio, Clear):
            return "♪ ensuite / next: -"
        if audio.behavior is not Behavior.NOW:
            return f"♪ ensuite / next: {audio.title}"
        self._play, self._since, self._stopped_at = audio, self._clock(), None
        at = f"  {audio.offset_ms // 60000}:{audio.offset_ms // 1000 % 60:02d}" if audio.offset_ms else ""
        return f"♪ {audio.title}{at}  {audio.url}"


def session(skill: Skill, turns: Iterable[str], locale: str, at: datetime, user: str = "") -> Answer | None:
    """The answer to the last of several turns of one session."""
    focus, answer = Focus(), None
    for text in turns:
        answer = skill.hear(text, locale, at, focus, user=user)
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
            answer = _answer(skill, item, number)
        except Exception as error:  # whatever it is, the other lines are answered
            yield {**row, "error": f"line {number}: {type(error).__name__}: {error}"}
            continue
        text = answer.speech.text if answer and answer.speech else ""
        intent = answer.reply.intent if answer else ""
        yield {**row, "answer": text, "intent": intent, "ms": round((time.perf_counter() - started) * 1000, 3)}


def _answer(skill: Skill, item: dict[str, Any], number: int) -> Answer | None:
    turns = item.get("turns")
    if not isinstance(turns, list) or not all(isinstance(t, str) for t in turns):
        raise ValueError('"turns" must be a list of strings')
    at = datetime.fromisoformat(item["at"]) if item.get("at") else skill.now()
    at = at if at.tzinfo else at.replace(tzinfo=skill.zone)
    return session(skill, turns, str(item.get("locale", "fr-FR")), at, f"batch {number}")
