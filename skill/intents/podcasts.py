"""Choosing what to listen to, and asking about it: which series, which episodes, what this one is, what it says, how long it lasts."""

from __future__ import annotations

import re
from typing import Final

from skill.city.shelf import Episode
from skill.conversation import terms
from skill.conversation.messages import podcasts as m
from skill.conversation.turn import ASKED_EPISODE, ASKED_LATEST, ASKED_SERIES, MAX_CHOICES, Focus, Reply, Turn
from skill.intents.common import Handler, Services, ask, tell
from skill.intents.listener import announced, directive, heading_from, hearing, remembered, series_name, start
from skill.intents.player import gone, nothing

LONGEST_ABOUT: Final = 220
"""Characters of a description that are read aloud: two or three sentences."""


def play(turn: Turn, services: Services) -> Reply:
    """The episode asked for: named, numbered, searched, or the newest."""
    slots, shelf = turn.slots, services.shelf
    if slots.episode:
        episode = shelf.by_key(slots.episode)
        return _begin(turn, services, episode) if episode else gone(turn, services)
    if not len(shelf):
        return tell(m.NoPodcasts() if not slots.series else m.NoEpisodesYet(series_name(slots.series, services)), turn)
    if slots.series and not shelf.of(slots.series):
        return tell(m.NoEpisodesYet(series_name(slots.series, services)), turn, source=services.city.series[slots.series].source)
    if slots.number is not None:
        return _numbered(turn, services)
    if slots.wanted:
        return _searched(turn, services)
    latest = shelf.latest(slots.series)
    if latest is None:
        return tell(m.NoPodcasts(), turn)
    return _begin(turn, services, latest)


def _begin(turn: Turn, services: Services, episode: Episode) -> Reply:
    """Starts an episode where it was left, and says which it is."""
    memory, _ = remembered(turn, services)
    offset = directive(episode, services, memory.mark(episode.guid)).offset_ms
    if offset:
        return start(turn, services, episode, m.Resuming(episode.title, terms.Lasting(offset // 1000)), heading=heading_from(episode, services))
    return start(turn, services, episode, announced(episode.title, episode.series, services), heading=heading_from(episode, services))


def _numbered(turn: Turn, services: Services) -> Reply:
    found = services.shelf.numbered(turn.slots.number or 0, turn.slots.series)
    if not found:
        return _offer_latest(turn, services, m.NoSuchNumber(turn.slots.number or 0))
    return _begin(turn, services, found[0]) if len(found) == 1 else _which(turn, services, found)


def _searched(turn: Turn, services: Services) -> Reply:
    found = services.shelf.find(turn.slots.wanted.split(), turn.slots.series)
    if not found:
        return _offer_latest(turn, services, m.NoSuchEpisode())
    return _begin(turn, services, found[0].episode)


def _offer_latest(turn: Turn, services: Services, why: terms.Message) -> Reply:
    latest = services.shelf.latest(turn.slots.series)
    if latest is None:
        return tell(why, turn)
    slots = turn.slots.but(wanted="", number=None, episode=latest.key)
    return ask(m.ButLatest(why), m.OfferReprompt(), turn, ASKED_LATEST, slots=slots)


def _which(turn: Turn, services: Services, episodes: tuple[Episode, ...]) -> Reply:
    """Asks which of several; three at most are named."""
    shown = episodes[:MAX_CHOICES]
    titles = tuple(e.title for e in shown)
    slots = turn.slots.but(wanted="", number=None)
    return ask(m.WhichEpisode(titles), m.WhichEpisodeReprompt(), turn, ASKED_EPISODE, tuple(e.key for e in shown), slots).but(intent=turn.intent)


def list_series(turn: Turn, services: Services) -> Reply:
    """What there is to hear: the series that have something, and what the town announces besides."""
    shelf = services.shelf
    real = [key for key in shelf.series if shelf.of(key) and key not in shelf.demonstration]
    if not real:
        demonstration = next((key for key in shelf.series if shelf.of(key)), "")
        return tell(m.OnlyDemonstration(series_name(demonstration, services)) if demonstration else m.NoPodcasts(), turn)
    if len(real) == 1:
        return list_episodes(turn.but(slots=turn.slots.but(series=real[0])), services)
    shown = tuple(real[:MAX_CHOICES])
    return ask(m.SeriesAre(tuple(series_name(key, services) for key in shown)), m.WhichSeriesReprompt(), turn, ASKED_SERIES, shown)


def list_episodes(turn: Turn, services: Services) -> Reply:
    """The newest three, to be chosen from."""
    found = services.shelf.of(turn.slots.series)
    if not found:
        return tell(m.NoEpisodesYet(series_name(turn.slots.series, services)) if turn.slots.series else m.NoPodcasts(), turn)
    if turn.slots.wanted:
        searched = tuple(f.episode for f in services.shelf.find(turn.slots.wanted.split(), turn.slots.series))
        found = searched or found
    shown = found[:MAX_CHOICES]
    intent = turn.but(intent="PlayPodcastIntent")
    titles = tuple(e.title for e in shown)
    message: terms.Message = m.OneEpisode(titles[0]) if len(shown) == 1 else m.EpisodesAre(titles)
    reply = ask(message, m.WhichEpisodeReprompt(), intent, ASKED_EPISODE, tuple(e.key for e in shown), turn.slots.but(wanted="", number=None, aspects=()))
    return reply.but(intent=turn.intent)


def count(turn: Turn, services: Services) -> Reply:
    """How many episodes there are."""
    found = services.shelf.of(turn.slots.series)
    if not found:
        return tell(m.NoEpisodesYet(series_name(turn.slots.series, services)) if turn.slots.series else m.NoPodcasts(), turn)
    return tell(m.EpisodeCount(len(found), "plural" if len(found) > 1 else "one"), turn)


def _meant(turn: Turn, services: Services) -> Episode | None:
    """The episode that a question is about: named, searched, of the focus, or the one that plays."""
    if turn.slots.episode:
        return services.shelf.by_key(turn.slots.episode)
    if turn.slots.wanted:
        found = services.shelf.find(turn.slots.wanted.split(), turn.slots.series)
        return found[0].episode if found else None
    if turn.slots.number is not None:
        numbered = services.shelf.numbered(turn.slots.number, turn.slots.series)
        return numbered[0] if numbered else None
    if turn.slots.series and "deictic" not in turn.slots.aspects:
        return services.shelf.latest(turn.slots.series)
    if turn.focus.slots.episode and not turn.player.playing:
        return services.shelf.by_key(turn.focus.slots.episode)
    return hearing(turn, services).episode


def _about(turn: Turn, services: Services, say: str) -> Reply:
    episode = _meant(turn, services)
    series = services.city.series.get(turn.slots.series)
    if say == "about" and series and series.description and not (turn.slots.wanted or turn.slots.number or turn.slots.episode):
        return tell(m.AboutSeries(series.description), turn, turn.slots.but(aspects=()), source=series.source)
    if episode is None:
        if turn.slots.series and not services.shelf.of(turn.slots.series):
            return tell(m.NoEpisodesYet(series_name(turn.slots.series, services)), turn)
        return tell(m.NoSuchEpisode(), turn) if turn.slots.wanted or turn.slots.number else nothing(turn, services)
    slots = turn.slots.but(episode=episode.key, wanted="", number=None, aspects=())
    message: terms.Message
    if say == "title":
        named = m.NowPlaying(episode.title, series_name(episode.series, services))
        message = m.NowPlayingWith(named, episode.people[:MAX_CHOICES]) if episode.people else named
    elif say == "date":
        day = episode.published.astimezone(turn.now.tzinfo).date() if episode.published else None
        message = m.CameOutOn(terms.Dated(day)) if day else m.DateNotKnown()
    elif say == "length":
        message = m.EpisodeLasts(terms.Lasting(episode.seconds)) if episode.seconds else m.LengthNotKnown()
    else:
        text = summary(episode.description, episode.title)
        message = m.AboutEpisode(text) if text else m.EpisodeAboutNotKnown(episode.title)
    return Reply(message, focus=Focus(turn.intent, slots), intent=turn.intent)


def what(turn: Turn, services: Services) -> Reply:
    """Title, series and who speaks."""
    return _about(turn, services, "title")


def about(turn: Turn, services: Services) -> Reply:
    """What an episode is about, in its own first sentences."""
    return _about(turn, services, "about")


def date(turn: Turn, services: Services) -> Reply:
    """When an episode came out."""
    return _about(turn, services, "date")


def length(turn: Turn, services: Services) -> Reply:
    """How long an episode lasts."""
    return _about(turn, services, "length")


def time_left(turn: Turn, services: Services) -> Reply:
    """How much is left of what plays."""
    hear = hearing(turn, services)
    if hear.episode is None:
        return gone(turn, services) if hear.guid else nothing(turn, services)
    if not hear.episode.seconds:
        return tell(m.LengthNotKnown(), turn, turn.slots.but(episode=hear.episode.key))
    left = max(0, hear.episode.seconds - hear.offset_ms // 1000)
    return tell(m.TimeLeft(terms.Lasting(left)), turn, turn.slots.but(episode=hear.episode.key, aspects=()))


def when_new(turn: Turn, services: Services) -> Reply:
    """When the next one comes: nobody publishes that; when the last one came is known."""
    latest = services.shelf.latest(turn.slots.series)
    if latest is None or latest.published is None:
        return tell(m.NextDateNotKnown(), turn)
    return tell(m.LatestCameOn(terms.Dated(latest.published.astimezone(turn.now.tzinfo).date())), turn)


def offered(turn: Turn, services: Services) -> Reply:
    """Yes to the newest episode."""
    episode = services.shelf.by_key(turn.focus.slots.episode) or services.shelf.latest()
    return _begin(turn, services, episode) if episode else tell(m.NoPodcasts(), turn)


_ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|#\w+")


def summary(description: str, title: str = "") -> str:
    """The first sentences of a description, for the ear: no addresses, not the title again, cut between sentences."""
    text = " ".join(_ADDRESS.sub("", description).split())
    text = text.removeprefix(title).lstrip(" .:-–—") if title else text
    if len(text) <= LONGEST_ABOUT:
        return text
    ends = [match.end() for match in re.finditer(r"[.!?…](?=\s)", text[: LONGEST_ABOUT + 1])]
    if ends and ends[-1] >= LONGEST_ABOUT // 3:
        return text[: ends[-1]]
    cut = text[:LONGEST_ABOUT].rsplit(" ", 1)[0].rstrip(",;: ")
    return f"{cut}…"


HANDLERS: Final[dict[str, Handler]] = {
    "PlayPodcastIntent": play,
    "ListPodcastsIntent": list_series,
    "ListEpisodesIntent": list_episodes,
    "CountEpisodesIntent": count,
    "WhatIsPlayingIntent": what,
    "AboutEpisodeIntent": about,
    "EpisodeLengthIntent": length,
    "EpisodeDateIntent": date,
    "TimeLeftIntent": time_left,
    "NextEpisodeDateIntent": when_new,
}
