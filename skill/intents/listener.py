"""What every podcast intent needs: what this person hears at the moment, starting a sound where they left it, and remembering it.

A store that fails takes nothing from the listener: the speaker itself says what it plays, and a new episode starts at its
beginning. Only what cannot be remembered is lost, and only until the store is back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from skill.city.shelf import Episode, shuffled
from skill.conversation import terms
from skill.conversation.audio import Behavior, Play
from skill.conversation.listening import Listening, Mark, stamped
from skill.conversation.messages import podcasts as m
from skill.conversation.ports import StoreUnavailable
from skill.conversation.turn import Focus, Reply, Turn
from skill.intents.common import Services, tell
from skill.record import Record

NEAR_END_MS = 5_000
"""An episode is never resumed so close to its end."""


class Hearing(Record):
    """What somebody hears, or heard last."""

    episode: Episode | None
    """None where nothing was heard, or where it is not published any more (`guid` then says which it was)."""
    guid: str
    offset_ms: int
    memory: Listening
    stored: bool
    """False where the store could not be asked."""


def remembered(turn: Turn, services: Services) -> tuple[Listening, bool]:
    """What the person has heard, and whether the store could say so."""
    who = turn.household or turn.user  # a player's reports do not say whose voice it was
    if not who:
        return Listening(), True
    try:
        return services.memory.listeners.get(who), True
    except StoreUnavailable as error:
        services.warn(f"listening cannot be read: {error}")
        return Listening(), False


def change(turn: Turn, services: Services, edit: Callable[[Listening], Listening]) -> bool:
    """Remembers something; False where the store could not, which the listener need not suffer from."""
    who = turn.household or turn.user
    if not who:
        return True
    try:
        services.memory.listeners.change(who, edit)
    except StoreUnavailable as error:
        services.warn(f"listening cannot be kept: {error}")
        return False
    return True


def hearing(turn: Turn, services: Services) -> Hearing:
    """What the speaker in front of the person plays or played last; else what they started last, on any speaker."""
    memory, stored = remembered(turn, services)
    token = turn.player.token
    if token and (turn.player.playing or not memory.current or memory.mark(token).at >= memory.mark(memory.current).at):
        mark = memory.marks.get(token)
        offset = turn.player.offset_ms if turn.player.playing or mark is None or not mark.at else mark.start_ms
        return Hearing(services.shelf.by_guid.get(token), token, offset, memory, stored)
    guid = memory.current
    return Hearing(services.shelf.by_guid.get(guid), guid, memory.mark(guid).start_ms, memory, stored)


def directive(episode: Episode, services: Services, mark: Mark, offset_ms: int | None = None, behavior: Behavior = Behavior.NOW, previous: str = "") -> Play:
    """The order to play an episode, from where it was left unless an offset is given."""
    start = mark.start_ms if offset_ms is None else offset_ms
    if episode.seconds and start > episode.seconds * 1000 - NEAR_END_MS:
        start = 0
    return Play(
        episode.url, episode.guid, start, title=episode.title, subtitle=series_words(episode.series, services)["fr"], art=episode.image, mime=episode.mime,
        seconds=episode.seconds, behavior=behavior, previous=previous,
    )  # fmt: skip


def series_words(series: str, services: Services) -> terms.Words:
    """A series as it is called."""
    found = services.city.series.get(series)
    return found.name if found else {"fr": ""}


def series_name(series: str, services: Services) -> terms.Name:
    """The same, for messages."""
    return terms.Name(series_words(series, services))


def announced(title: str, series: str, services: Services) -> terms.Message:
    """What is said before a sound: the series where its name does not stand in the title; plainly so for a demonstration."""
    if series in services.shelf.demonstration:
        return m.PlayingDemonstration(title)
    words = series_words(series, services)
    return m.PlayingTitle(title) if any(text and text.lower() in title.lower() for text in words.values()) else m.Playing(title, series_name(series, services))


def start(turn: Turn, services: Services, episode: Episode, message: terms.Message, offset_ms: int | None = None, heading: int = 0) -> Reply:
    """Plays an episode and says so, where the speaker can; the session closes, as Alexa wants it of whoever plays.

    `heading` is where one goes on from there (Listening.heading); 0 leaves it.
    """
    if not turn.device.can_play:
        return tell(m.CannotPlayHere(), turn, turn.slots.but(episode=episode.key))
    memory, _ = remembered(turn, services)
    play = directive(episode, services, memory.mark(episode.guid), offset_ms)
    change(turn, services, lambda old: began(old, episode, play.offset_ms, turn).but(heading=heading or old.heading))
    slots = turn.slots.but(episode=episode.key, series=episode.series, wanted="", number=None, seconds=None, aspects=())
    return Reply(message, audio=play, focus=Focus(turn.intent, slots), intent=turn.intent)


def began(old: Listening, episode: Episode, offset_ms: int, turn: Turn) -> Listening:
    """The memory once an episode was started by voice: a new beginning, also after failures."""
    after = old.marked(episode.guid, turn.now, offset_ms=offset_ms, done=False, seen=stamped(spoken_at(turn)), **known(episode))
    return after.but(current=episode.guid, failures=0)


def known(episode: Episode | None) -> dict[str, Any]:
    """What a mark keeps of its episode, to know its neighbours should it be withdrawn."""
    return {"series": episode.series, "published": stamped(episode.published)} if episode else {}


def spoken_at(turn: Turn) -> datetime:
    """When something was said, by the speaker's clock where it tells it: reports of before then say nothing new."""
    return turn.player.at or turn.now


def again(following: Episode, hear: Hearing) -> int | None:
    """Where to start what follows: an episode that follows itself begins anew, any other where it was left (None)."""
    return 0 if following.guid == hear.guid else None


def heading_from(episode: Episode, services: Services) -> int:
    """Where one goes on from an episode that was asked for: after the newest to older ones, after an old one to newer ones."""
    newest = services.shelf.latest(episode.series)
    return 1 if newest is None or newest.guid == episode.guid else -1


def neighbour(hear: Hearing, services: Services, step: int) -> Episode | None:
    """The episode that follows (step 1) or precedes (step -1) in the order of the series; None at its ends.

    Of one that was withdrawn since, the neighbour is found by the place that it had.
    """
    mark, shuffle = hear.memory.mark(hear.guid), hear.memory.shuffle
    series = hear.episode.series if hear.episode else mark.series
    order = services.shelf.order(series, shuffle)
    if not order:
        return None
    step *= hear.memory.heading if not shuffle and series not in services.shelf.serial else 1
    spot = next((i for i, e in enumerate(order) if e.guid == hear.guid), None)
    if spot is not None:
        spot += step
    else:
        beyond = (i for i, e in enumerate(order) if _beyond(e, hear.guid, mark, shuffle, series in services.shelf.serial))
        spot = next(beyond, len(order)) - (step < 0)
    if hear.memory.loop:
        return order[spot % len(order)]
    return order[spot] if 0 <= spot < len(order) else None


def _beyond(episode: Episode, guid: str, mark: Mark, shuffle: int, serial: bool) -> bool:
    """Whether an episode comes after a withdrawn one in its order."""
    if shuffle:
        return shuffled(shuffle, episode.guid) > shuffled(shuffle, guid)
    published = stamped(episode.published)
    if not published or not mark.published:
        return False
    return published > mark.published if serial else published < mark.published
