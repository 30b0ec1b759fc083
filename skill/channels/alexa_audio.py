"""Alexa's AudioPlayer: orders to it, its reports, the buttons of its remote. No speech on any of these; no session is expected.

Reference: Alexa Skills Kit, AudioPlayer and PlaybackController interfaces (guide/peers.md (d) 21-24).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from skill.conversation import plain
from skill.conversation.audio import Behavior, Clear, Event, Happened, Play, Player, Stop
from skill.conversation.plain import table

REPORTS: Final = {
    "AudioPlayer.PlaybackStarted": Happened.STARTED,
    "AudioPlayer.PlaybackStopped": Happened.STOPPED,
    "AudioPlayer.PlaybackFinished": Happened.FINISHED,
    "AudioPlayer.PlaybackNearlyFinished": Happened.NEARLY_FINISHED,
    "AudioPlayer.PlaybackFailed": Happened.FAILED,
    "PlaybackController.NextCommandIssued": Happened.NEXT,
    "PlaybackController.PreviousCommandIssued": Happened.PREVIOUS,
    "PlaybackController.PlayCommandIssued": Happened.PLAY,
    "PlaybackController.PauseCommandIssued": Happened.PAUSE,
}
LONGEST_TOKEN: Final = 1024
LONGEST_URL: Final = 8_000
LONGEST_TEXT: Final = 200
NOTHING: Final = Player()
_BEHAVIOR: Final = {Behavior.NOW: "REPLACE_ALL", Behavior.AFTER: "ENQUEUE", Behavior.INSTEAD: "REPLACE_ENQUEUED"}
_PLAYING: Final = ("PLAYING", "PAUSED", "BUFFER_UNDERRUN")
"""PAUSED is what a speaker says while it listens to somebody who spoke over the sound; after the answer it goes on by itself."""
_MAY_PLAY: Final = (Happened.NEARLY_FINISHED, Happened.FAILED, Happened.NEXT, Happened.PREVIOUS, Happened.PLAY)
"""Reports that may be answered with an order to play; the others take none but to stop."""


def player_of(event: Any) -> Player:
    """What the speaker plays or played last, from the context; a failure says what goes on beside it."""
    state = table(table(event, "request"), "currentPlaybackState") or table(table(event, "context"), "AudioPlayer")
    if not state.get("token"):
        return NOTHING
    at = _moment(table(event, "request").get("timestamp"))
    return Player(_token(state.get("token")), _offset(state.get("offsetInMilliseconds")), state.get("playerActivity") in _PLAYING, at)


def event_of(event: Any) -> Event | None:
    """The report that a request is; None for one that needs no answer."""
    request = table(event, "request")
    what = REPORTS.get(str(request.get("type", "")))
    if what is None:
        return None
    return Event(
        what,
        _token(request.get("token")),
        _offset(request.get("offsetInMilliseconds")),
        _moment(request.get("timestamp")),
        plain.word(table(request, "error").get("type")),
    )


def directives(audio: Play | Stop | Clear | None, event: Event | None = None) -> list[dict[str, Any]]:
    """Orders to the player. What cannot be ordered here (an address that is not safe, an order that a report does not take) is left out."""
    if isinstance(audio, Stop):
        return [{"type": "AudioPlayer.Stop"}]
    if isinstance(audio, Clear):
        return [{"type": "AudioPlayer.ClearQueue", "clearBehavior": "CLEAR_ENQUEUED"}]
    if audio is None or not playable(audio) or (event is not None and event.what not in _MAY_PLAY):
        return []
    stream: dict[str, Any] = {"token": audio.token, "url": secure(audio.url), "offsetInMilliseconds": audio.offset_ms}
    if audio.behavior is Behavior.AFTER:
        stream["expectedPreviousToken"] = audio.previous
    metadata: dict[str, Any] = {"title": audio.title[:LONGEST_TEXT], "subtitle": audio.subtitle[:LONGEST_TEXT]}
    if audio.art:
        metadata["art"] = {"sources": [{"url": secure(audio.art)}]}
    item = {"stream": stream, "metadata": {k: v for k, v in metadata.items() if v}}
    return [{"type": "AudioPlayer.Play", "playBehavior": _BEHAVIOR[audio.behavior], "audioItem": item}]


def secure(url: str) -> str:
    """The same address by https: Alexa takes nothing else. A server without a certificate is for trying out only (MAIRIE_PUBLIC_URL)."""
    return "https://" + url.removeprefix("http://") if url.startswith("http://") else url


def playable(audio: Play) -> bool:
    """Whether Alexa would take the sound."""
    return bool(audio.url and audio.token) and len(audio.token) <= LONGEST_TOKEN and len(audio.url) < LONGEST_URL


def _token(value: Any) -> str:
    """A token as it is, so that it finds its episode again: a GUID may hold anything but halves of characters."""
    if not isinstance(value, str) or len(value) > LONGEST_TOKEN:
        return ""
    try:
        value.encode()
    except UnicodeEncodeError:
        return ""
    return value


def _offset(value: Any) -> int:
    return value if type(value) is int and 0 <= value < 2**40 else 0


def _moment(value: Any) -> datetime | None:
    """A time stamp of Amazon's, a text or the milliseconds of an epoch; None for what is none."""
    try:
        found = datetime.fromtimestamp(value / 1000, UTC) if type(value) is int else datetime.fromisoformat(value) if isinstance(value, str) else None
        return found.astimezone(UTC) if found is not None and found.tzinfo else None
    except (ValueError, OverflowError, OSError):
        return None
