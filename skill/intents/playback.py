"""What a player reports and the buttons of a remote: answered in silence, with at most an order to play or stop.

There is no session here, and nobody hears a word: the token says which episode it is, the store what the person likes. What
follows is found from the token, never from a counter, so that a feed may grow between two reports.
"""

from __future__ import annotations

from typing import Final

from skill.city.shelf import Episode
from skill.conversation.audio import Behavior, Event, Happened, Play, Stop
from skill.conversation.listening import MOST_FAILURES, REWOUND_MS, Listening, stamped
from skill.conversation.turn import Reply, Turn
from skill.intents.common import Services
from skill.intents.listener import Hearing, again, began, change, directive, hearing, known, neighbour, remembered

_NOTHING: Final = Event(Happened.STARTED)


def answer(turn: Turn, services: Services) -> Reply:
    """The silent reply to a report."""
    event = turn.event or _NOTHING
    audio: Play | Stop | None = None
    if event.token and event.what in (Happened.STARTED, Happened.STOPPED, Happened.FINISHED):
        change(turn, services, lambda old: _reported(old, event, turn, services))
    elif event.token and event.what is Happened.NEARLY_FINISHED:
        audio = _enqueued(event, turn, services)
    elif event.token and event.what is Happened.FAILED:
        audio = _after_failure(event, turn, services)
    elif event.what in (Happened.NEXT, Happened.PREVIOUS, Happened.PLAY, Happened.PAUSE):
        audio = _button(event, turn, services)
    return Reply(audio=audio, intent=turn.intent)


def _reported(old: Listening, event: Event, turn: Turn, services: Services) -> Listening:
    """The memory after a report; a report that comes after a later one says nothing new."""
    if old.late(event.token, event.at, event.what is Happened.STOPPED) or not _ours(old, event.token, services):
        return old
    details = {"seen": stamped(event.at) or old.mark(event.token).seen, **known(services.shelf.by_guid.get(event.token))}
    if event.what is Happened.FINISHED:
        return old.marked(event.token, turn.now, offset_ms=0, done=True, **details).but(failures=0)
    place = old.place(event.token, event.offset_ms)
    if event.what is Happened.STARTED:
        after = old.marked(event.token, turn.now, offset_ms=place, done=False, **details)
        return after if old.late(old.current, event.at) else after.but(current=event.token)
    if old.settling(event.token, event.at):
        return old.marked(event.token, turn.now, **known(services.shelf.by_guid.get(event.token)))
    after = old.marked(event.token, turn.now, offset_ms=place, done=False, **details)
    return after.but(failures=0) if _moved(old, event.token, event.offset_ms) else after


def _ours(old: Listening, token: str, services: Services) -> bool:
    """Whether a sound is or was one of the town's: anybody can report any other."""
    return token in services.shelf.by_guid or token in old.marks


def _moved(old: Listening, token: str, offset_ms: int) -> bool:
    """Whether something was really heard since the last report: the sound comes again."""
    return offset_ms - old.mark(token).offset_ms >= REWOUND_MS


def _at(token: str, turn: Turn, services: Services) -> Hearing:
    memory, stored = remembered(turn, services)
    return Hearing(services.shelf.by_guid.get(token), token, memory.mark(token).start_ms, memory, stored)


def _enqueued(event: Event, turn: Turn, services: Services) -> Play | None:
    """What follows, to be ready before the present one ends."""
    hear = _at(event.token, turn, services)
    following = neighbour(hear, services, 1)
    if following is None:
        return None
    return directive(following, services, hear.memory.mark(following.guid), again(following, hear), behavior=Behavior.AFTER, previous=event.token)


def _after_failure(event: Event, turn: Turn, services: Services) -> Play | None:
    """The sound did not come: the next one is tried; after a few, silence, and the place is kept for when they ask again.

    Where the store cannot count the failures nothing is tried, so that a broken feed is not run through from end to end.
    """
    counted = change(turn, services, lambda old: _failed(old, event, turn)) and bool(turn.user)
    hear = _at(event.token, turn, services)
    if _passed(hear.memory, event):
        return None
    following = neighbour(hear, services, 1)
    named = f"{hear.episode.series}, {hear.episode.guid}" if hear.episode else "an episode that is not published"
    services.warn(f"sound failed: {named}, {event.error or 'no reason given'}, {hear.memory.failures} in a row")
    if not counted or not hear.stored or hear.memory.failures >= MOST_FAILURES or following is None or following.guid == event.token:
        return None
    playing = turn.player.token
    if turn.player.playing and playing and playing != event.token:  # what waited failed while another goes on
        return directive(following, services, hear.memory.mark(following.guid), behavior=Behavior.AFTER, previous=playing)
    return directive(following, services, hear.memory.mark(following.guid))


def _failed(old: Listening, event: Event, turn: Turn) -> Listening:
    """The memory after a sound that failed: how far it had come, and one failure more."""
    if _passed(old, event):
        return old
    offset, failures = turn.player.offset_ms, old.failures
    if turn.player.token == event.token and offset >= REWOUND_MS and not old.late(event.token, event.at):
        failures = 0 if _moved(old, event.token, offset) else failures
        old = old.marked(event.token, turn.now, offset_ms=offset, done=False, seen=stamped(event.at) or old.mark(event.token).seen)
    return old.but(failures=failures + 1)


def _passed(memory: Listening, event: Event) -> bool:
    """Whether the person went on to something else since: a late failure must not take it from them."""
    return event.token != memory.current and memory.late(memory.current, event.at)


def _button(event: Event, turn: Turn, services: Services) -> Play | Stop | None:
    """A press on next, previous, play or pause."""
    hear = hearing(turn, services)
    if event.what is Happened.PAUSE:
        return Stop()
    if event.what is Happened.PLAY:
        return _started(hear.episode or services.shelf.latest(), hear, hear.offset_ms if hear.episode else None, turn, services)
    episode = neighbour(hear, services, 1 if event.what is Happened.NEXT else -1) if hear.guid else services.shelf.latest()
    if episode is None and event.what is Happened.PREVIOUS and hear.episode:
        return _started(hear.episode, hear, 0, turn, services)
    return _started(episode, hear, again(episode, hear) if episode else None, turn, services)


def _started(episode: Episode | None, hear: Hearing, offset_ms: int | None, turn: Turn, services: Services) -> Play | None:
    if episode is None:
        return None
    play = directive(episode, services, hear.memory.mark(episode.guid), offset_ms)
    change(turn, services, lambda old: began(old, episode, play.offset_ms, turn))
    return play
