"""The commands of a listener: pause, resume, next, previous, forward, back, again, shuffle, loop, heard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from skill.conversation import terms
from skill.conversation.audio import Behavior, Clear, Stop
from skill.conversation.listening import Listening, stamped
from skill.conversation.messages import podcasts as m
from skill.conversation.turn import ASKED_LATEST, Focus, Reply, Turn
from skill.intents import help as talk
from skill.intents.common import Handler, Services, ask, tell
from skill.intents.listener import Hearing, again, announced, change, directive, hearing, neighbour, spoken_at, start

USUAL_SECONDS: Final = 30
"""How far "avance" goes where nobody said how far."""


def nothing(turn: Turn, services: Services) -> Reply:
    """A command for a player when nothing plays and nothing was heard."""
    return tell(m.NothingPlaying() if turn.device.can_play else m.CannotPlayHere(), turn)


def gone(turn: Turn, services: Services) -> Reply:
    """What was heard is not published any more: the newest is offered instead. The place in it is kept."""
    latest = services.shelf.latest()
    if latest is None:
        return tell(m.Withdrawn(), turn)
    return ask(m.WithdrawnOffer(), m.OfferReprompt(), turn, ASKED_LATEST, slots=turn.slots.but(episode=latest.key))


def _silent(turn: Turn, message: terms.Message, hear: Hearing) -> Reply:
    """An answer that leaves the player alone."""
    slots = turn.slots.but(episode=hear.episode.key if hear.episode else "", aspects=(), seconds=None)
    return Reply(message, focus=Focus(turn.intent, slots), intent=turn.intent)


def pause(turn: Turn, services: Services) -> Reply:
    """Stops the sound and keeps its place."""
    hear = hearing(turn, services)
    if not hear.guid:
        return nothing(turn, services)
    keep_place(turn, services)
    return _silent(turn, m.Paused(), hear).but(audio=Stop())


def keep_place(turn: Turn, services: Services) -> None:
    """Remembers where the speaker is at the moment, before its own report arrives."""
    if turn.player.playing and turn.player.token:
        player, seen = turn.player, stamped(spoken_at(turn))
        change(turn, services, lambda old: old.marked(player.token, turn.now, offset_ms=old.place(player.token, player.offset_ms), done=False, seen=seen))


def stop(turn: Turn, services: Services) -> Reply:
    """Enough: the sound stops too, its place kept."""
    reply = talk.goodbye(turn, services)
    if not turn.player.token:
        return reply
    keep_place(turn, services)
    return reply.but(audio=Stop())


def resume(turn: Turn, services: Services) -> Reply:
    """Goes on where the person was, on this speaker or another."""
    if turn.focus.asked == "more":
        return talk.yes(turn, services)
    hear = hearing(turn, services)
    if not hear.guid:
        latest = services.shelf.latest(turn.slots.series)
        return (
            start(turn, services, latest, announced(latest.title, latest.series, services))
            if latest and "podcast" in turn.slots.aspects
            else nothing(turn, services)
        )
    if hear.episode is None:
        return gone(turn, services)
    mark = hear.memory.mark(hear.guid)
    if mark.done:
        following = neighbour(hear, services, 1)
        if following:
            return start(turn, services, following, m.NextUp(following.title))
    tried = hear.memory.failures > 0
    offset = directive(hear.episode, services, mark, hear.offset_ms).offset_ms
    if offset < 1_000:
        message: terms.Message = m.StartingOver(hear.episode.title)
    else:
        message = m.Resuming(hear.episode.title, terms.Lasting(offset // 1000))
    return start(turn, services, hear.episode, m.TryingAgain(message) if tried else message, offset)


def start_over(turn: Turn, services: Services) -> Reply:
    """The same from its beginning."""
    hear = hearing(turn, services)
    if not hear.guid:
        return nothing(turn, services)
    return start(turn, services, hear.episode, m.StartingOver(hear.episode.title), 0) if hear.episode else gone(turn, services)


def repeat(turn: Turn, services: Services) -> Reply:
    """The last words again; where a sound plays and nothing was said since, the sound from its beginning."""
    return start_over(turn, services) if turn.player.token and not turn.focus.said else talk.repeat(turn, services)


def next_(turn: Turn, services: Services) -> Reply:
    """The following episode."""
    return _step(turn, services, 1, m.NextUp, m.NoNext())


def previous(turn: Turn, services: Services) -> Reply:
    """The episode before. Before the newest there is none that is newer: there "the one before" means the older one."""
    return _step(turn, services, -1, m.PreviousUp, m.NoPrevious())


def _step(turn: Turn, services: Services, step: int, found: Callable[[str], terms.Message], end: terms.Message) -> Reply:
    if turn.focus.asked == "more" and step > 0:
        return talk.yes(turn, services)
    hear = hearing(turn, services)
    if not hear.guid:
        return nothing(turn, services)
    keep_place(turn, services)
    episode, heading = neighbour(hear, services, step), 0
    ordered = hear.episode and hear.episode.series not in services.shelf.serial and not hear.memory.shuffle
    if episode is None and step < 0 and ordered and hear.memory.heading > 0:
        episode, heading = neighbour(hear, services, 1), -1
    if episode is None:
        return _silent(turn, end, hear)
    return start(turn, services, episode, found(episode.title), again(episode, hear), heading)


def _seek(sign: int) -> Handler:
    def seek(turn: Turn, services: Services) -> Reply:
        """Forward or back in the same episode."""
        hear = hearing(turn, services)
        if not hear.guid:
            return nothing(turn, services)
        if hear.episode is None:
            return gone(turn, services)
        target = max(0, hear.offset_ms + sign * 1000 * (turn.slots.seconds or USUAL_SECONDS))
        if hear.episode.seconds and target >= hear.episode.seconds * 1000:
            return _silent(turn, m.TooFar(terms.Lasting(max(0, hear.episode.seconds - hear.offset_ms // 1000))), hear)
        message: terms.Message = m.NowAt(terms.Lasting(target // 1000)) if target else m.StartingOver(hear.episode.title)
        return start(turn, services, hear.episode, message, target)

    return seek


def _habit(message: terms.Message, edit: Callable[[Listening, Turn], Listening]) -> Handler:
    """Changes how episodes follow each other, and what waits behind the one that plays."""

    def set_habit(turn: Turn, services: Services) -> Reply:
        if not turn.device.can_play:
            return tell(m.CannotPlayHere(), turn)
        if not turn.user or not change(turn, services, lambda old: edit(old, turn)):
            return tell(m.CannotRemember(), turn)
        hear = hearing(turn, services)
        reply = _silent(turn, message, hear)
        following = neighbour(hear, services, 1) if hear.guid else None
        if not turn.player.playing:
            return reply
        if following is None:
            return reply.but(audio=Clear())
        mark = hear.memory.mark(following.guid)
        return reply.but(audio=directive(following, services, mark, behavior=Behavior.INSTEAD))

    return set_habit


def mark_heard(turn: Turn, services: Services) -> Reply:
    """This one was heard already: it will not be resumed. Where it was playing, what follows is played, or nothing any more."""
    hear = hearing(turn, services)
    if not hear.guid:
        return nothing(turn, services)
    seen = stamped(spoken_at(turn))
    if not turn.user or not change(turn, services, lambda old: old.marked(hear.guid, turn.now, offset_ms=0, done=True, seen=seen)):
        return tell(m.CannotRemember(), turn)
    following = neighbour(hear, services, 1)
    if turn.player.playing and following is not None and following.guid != hear.guid:
        return start(turn, services, following, m.MarkedNext(following.title))
    return _silent(turn, m.Marked(), hear).but(audio=Stop() if turn.player.playing else None)


def cannot(turn: Turn, services: Services) -> Reply:
    """Speed, volume, copies: what no skill on a speaker can do, and who can."""
    said = {"volume": m.VolumeIsTheSpeakers(), "speed": m.NoSpeed(), "copy": m.NoCopy()}
    return tell(next((said[a] for a in turn.slots.aspects if a in said), m.NoSpeed()), turn, turn.focus.slots)


HANDLERS: Final[dict[str, Handler]] = {
    "AMAZON.PauseIntent": pause,
    "AMAZON.ResumeIntent": resume,
    "AMAZON.StopIntent": stop,
    "AMAZON.CancelIntent": stop,
    "AMAZON.StartOverIntent": start_over,
    "AMAZON.RepeatIntent": repeat,
    "AMAZON.NextIntent": next_,
    "AMAZON.PreviousIntent": previous,
    "AMAZON.LoopOnIntent": _habit(m.LoopIsOn(), lambda old, _: old.but(loop=True)),
    "AMAZON.LoopOffIntent": _habit(m.LoopIsOff(), lambda old, _: old.but(loop=False)),
    "AMAZON.ShuffleOnIntent": _habit(m.ShuffleIsOn(), lambda old, turn: old.but(shuffle=old.shuffle or 1 + int(turn.now.timestamp()) % 1_000_000)),
    "AMAZON.ShuffleOffIntent": _habit(m.ShuffleIsOff(), lambda old, _: old.but(shuffle=0)),
    "SeekForwardIntent": _seek(1),
    "SeekBackIntent": _seek(-1),
    "MarkHeardIntent": mark_heard,
    "CannotDoIntent": cannot,
}
