"""What is said of podcasts: what plays, what there is, what cannot be done."""

from __future__ import annotations

from skill.conversation.terms import Dated, Lasting, Message, Name, Words


class Playing(Message):
    title: str
    series: Name


class PlayingTitle(Message):
    """The series stands in the title."""

    title: str


class PlayingDemonstration(Message):
    """The town has published nothing here: said plainly."""

    title: str


class Resuming(Message):
    title: str
    at: Lasting


class StartingOver(Message):
    title: str


class TryingAgain(Message):
    """The sound had failed before."""

    then: Message


class NextUp(Message):
    title: str


class PreviousUp(Message):
    title: str


class NoNext(Message): ...


class NoPrevious(Message): ...


class Paused(Message): ...


class NothingPlaying(Message): ...


class CannotPlayHere(Message):
    """The speaker has no player."""


class CannotSeekHere(Message):
    """The speaker plays a sound from its beginning only."""


class NotReachableHere(Message):
    """The sound has no address that this speaker takes."""


class CannotRemember(Message):
    """The store is down, or the speaker does not say who speaks."""


class NowAt(Message):
    at: Lasting


class TooFar(Message):
    left: Lasting


class Marked(Message): ...


class MarkedNext(Message):
    title: str


class LoopIsOn(Message): ...


class LoopIsOff(Message): ...


class ShuffleIsOn(Message): ...


class ShuffleIsOff(Message): ...


class VolumeIsTheSpeakers(Message): ...


class NoSpeed(Message): ...


class NoCopy(Message): ...


class NoPodcasts(Message): ...


class NoEpisodesYet(Message):
    """A series that is known and whose feed is not, or is empty."""

    series: Name


class NoSuchEpisode(Message): ...


class NoSuchNumber(Message):
    number: int


class ButLatest(Message):
    """What was asked is not there; the newest is offered."""

    why: Message


class OfferReprompt(Message): ...


class Withdrawn(Message): ...


class WithdrawnOffer(Message): ...


class WhichEpisode(Message):
    titles: tuple[str, ...]


class WhichEpisodeReprompt(Message): ...


class SeriesAre(Message):
    series: tuple[Name, ...]


class WhichSeriesReprompt(Message): ...


class OnlyDemonstration(Message):
    series: Name


class EpisodesAre(Message):
    titles: tuple[str, ...]


class OneEpisode(Message):
    title: str


class EpisodeCount(Message):
    """`form` is "one" or "plural"."""

    count: int
    form: str


class NowPlaying(Message):
    title: str
    series: Name


class NowPlayingWith(Message):
    named: Message
    people: tuple[str, ...]


class AboutEpisode(Message):
    text: str


class AboutSeries(Message):
    text: Words


class EpisodeAboutNotKnown(Message):
    title: str


class EpisodeLasts(Message):
    length: Lasting


class TimeLeft(Message):
    left: Lasting


class LengthNotKnown(Message): ...


class CameOutOn(Message):
    day: Dated


class DateNotKnown(Message): ...


class LatestCameOn(Message):
    day: Dated


class NextDateNotKnown(Message): ...
