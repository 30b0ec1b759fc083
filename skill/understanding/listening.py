"""What is said to a player, and about what it plays: commands, questions, and the episode that is asked for.

The phrases are data (`locales/*/listening.toml`). Some are clear by themselves ("reprends la lecture"); others ("reprends", "c'est
quoi ?") only while something is heard or was just spoken of. Whatever else a sentence says counts against it: "pause
déjeuner à la mairie" is no pause. An episode is looked for among those on the shelf, so that "joue du Brassens" stays somebody
else's.
"""

from __future__ import annotations

from typing import Final, Protocol

from skill.city.numbers import ordinal
from skill.city.shelf import ENOUGH, LIKELY, TITLED, Shelf
from skill.conversation.turn import ASKED_EPISODE, ASKED_LATEST, ASKED_SERIES, Focus, Slots
from skill.understanding.decide import Choice
from skill.understanding.ear import Ear
from skill.understanding.evidence import Evidence
from skill.understanding.numbered import BEFORE_RANK, RANKS, number_of, rank_of
from skill.understanding.player_words import Heard, Said
from skill.understanding.weigh import SURE

MOST_CHAT: Final = 4
"""Words beside a command that somebody who listens may say: "attends, j'ai le téléphone"."""
QUESTIONS: Final = frozenset({"what_is", "date", "about", "length", "remaining", "count", "when_new", "list_series", "list_episodes"})
OF_ONE: Final = frozenset({"about", "date", "length", "mark_heard", "list_episodes", "count", "when_new"})
"""What may be said of an episode or series that is named in the same sentence."""
LISTENED: Final = frozenset({
    "PlayPodcastIntent", "ListPodcastsIntent", "ListEpisodesIntent", "CountEpisodesIntent", "WhatIsPlayingIntent", "AboutEpisodeIntent", "EpisodeLengthIntent",
    "TimeLeftIntent", "NextEpisodeDateIntent", "EpisodeDateIntent", "SeekForwardIntent", "SeekBackIntent", "MarkHeardIntent",
    "AMAZON.PauseIntent", "AMAZON.ResumeIntent", "AMAZON.NextIntent", "AMAZON.PreviousIntent", "AMAZON.StartOverIntent",
})  # fmt: skip
"""Intents after which one still speaks of what is heard."""
_FIRM: Final = frozenset({
    "EmergencyIntent", "ReminderIntent", "WhereToThrowIntent", "NextCollectionIntent", "OtherTownIntent", "WhatTonightIntent", "BinRuleIntent",
})  # fmt: skip
"""Intents that are never about a podcast, once they are sure."""
_REFUSED: Final = ("AMAZON.FallbackIntent", "OffTopicIntent")
_GIVES_WAY: Final = frozenset({*_REFUSED, "PlayPodcastIntent", "ChitchatIntent", "TownQuestionIntent"})
"""Intents that an episode is looked for in spite of, however sure."""
_HABITS: Final = ("loop_on", "loop_off", "shuffle_on", "shuffle_off")
_CLEARLY: Final = 0.6
"""Share of a name of the town from which a sentence is about it."""
_MOST_IN_QUESTION: Final = 2
"""Words beside a question about what is heard."""
_BEGINNING: Final = 1
"""A command that begins no later than here is one, whatever is told after it."""
_WHOLE_TITLE: Final = 3
"""Words from which a title by itself is asked for."""


class HasShelf(Protocol):
    """Whatever knows the episodes that can be played."""

    @property
    def shelf(self) -> Shelf:
        """They are read when first needed."""
        ...


def choose(e: Evidence, choice: Choice, focus: Focus, ear: Ear, podcasts: HasShelf, playing: bool) -> Choice | None:
    """What a sentence says to the player or asks of its episodes; None where it is about something else."""
    if choice.intent in _FIRM and choice.score >= SURE and not playing:
        return None
    said = Said(e, ear, playing or focus.intent in LISTENED or focus.asked in (ASKED_EPISODE, ASKED_LATEST, ASKED_SERIES))
    if focus.asked == ASKED_SERIES and not said.asking():
        series = rank_of(said, focus, ASKED_SERIES)
        if series:
            return Choice("PlayPodcastIntent", Slots(series=series), SURE)
    if focus.asked == ASKED_EPISODE:
        picked = _picked(said, focus, podcasts)
        if picked:
            return picked
    command = said.command()
    if command:
        made = _commanded(command, said, focus, podcasts)
        if made:
            return made
    return _asked_for(said, choice, podcasts)


def _commanded(command: Heard, said: Said, focus: Focus, podcasts: HasShelf) -> Choice | None:
    """The command as an intent, if the sentence may mean it."""
    intent, aspects = said.data["commands"][command.name]
    if command.name == "what_is" and said.series:
        intent = "AboutEpisodeIntent"
    elif not (command.sure or said.listening or said.noun or (said.series and command.name in OF_ONE)):
        return None
    rest = said.rest(command.at)
    town = any(m.whole >= _CLEARLY for t in ("place", "collection", "item") for m in said.e.mentions.get(t, ())[:1]) or bool(said.e.kinds)
    slots = Slots(series=said.series, seconds=said.seconds if intent.startswith("Seek") else None, aspects=tuple(aspects))
    if command.name in OF_ONE:
        named = _named(command, said, focus, podcasts, slots, rest)
        if named is not None:
            return Choice(intent, named, SURE)
        if rest and (said.noun or said.series or said.listening) and command.name != "mark_heard":
            return None
    if command.at == said.span and rest:  # a length of time alone is a pause; among other words it is anything
        return None
    if command.name == "stop" and (said.series or number_of(said) is not None or (said.noun and len(rest) > 1)):  # "arrêtez ça et mettez…": the second is meant
        return None
    known = said.listening or said.noun or (command.sure and intent == "CannotDoIntent" and said.has("weak_nouns"))
    most = 0 if not known or (rest and said.asking(command.at)) else MOST_CHAT
    if command.name in QUESTIONS:
        most = _MOST_IN_QUESTION if command.sure and said.noun else 0
    begins = min(command.at) <= _BEGINNING
    if len(rest) > _MOST_IN_QUESTION and not begins and not said.noun and command.name in _HABITS:
        return None
    if (
        len(rest) > most
        or (rest and said.e.foreign and not begins)
        or (town and rest and not (known and (command.sure or begins or intent == "CannotDoIntent")))
    ):
        return None
    if command.name == "resume" and (said.noun or command.sure):
        slots = slots.but(aspects=("podcast",))
    if command.name not in OF_ONE and not command.sure and number_of(said) is not None and (said.noun or said.series):
        return None
    if said.named and command.name in ("next", "previous") and not said.listening:
        return None
    return Choice(intent, slots, SURE)


def _named(command: Heard, said: Said, focus: Focus, podcasts: HasShelf, slots: Slots, rest: list[int]) -> Slots | None:
    """The slots with the episode that a question names: by its rank, its number or its words; None where it names none that we know."""
    rank, number = rank_of(said, focus), number_of(said)
    if rank:
        return slots.but(episode=rank)
    if number is not None:
        return slots.but(number=number)
    if not rest or not (said.noun or said.series or said.listening):
        return None
    wanted = [w for w in said.wanted(command.at) if said.e.heard.index(w) in rest]
    found = podcasts.shelf.find(wanted, said.series) if wanted else []
    known = found and found[0].score >= (ENOUGH if said.noun else LIKELY)
    if known or (said.noun and command.name in ("about", "length")):
        return slots.but(wanted=" ".join(wanted))
    return slots if said.noun and len(rest) <= (MOST_CHAT - 1 if said.series else _MOST_IN_QUESTION) else None


def _asked_for(said: Said, choice: Choice, podcasts: HasShelf) -> Choice | None:
    """An episode to play: by number, by series, the newest, or by words."""
    e = said.e
    asked, latest = said.has("play") or said.has("about"), said.has("latest")
    slots = Slots(series=said.series, aspects=("latest",) if latest else ())
    number = number_of(said)
    if number is not None and (said.noun or said.series or (said.listening and (said.has("play") or "numero" in e.heard))):
        return Choice("PlayPodcastIntent", slots.but(number=number), SURE)
    wanted = said.wanted()
    about = said.has("about") and not any(e.has(c) for c in ("ask_open", "ask_close", "hours", "where", "phone", "price", "state"))
    firm = choice.score >= SURE and choice.intent not in _GIVES_WAY
    if firm and not (about or said.noun or said.series):
        return None
    if not wanted:
        plain = (
            said.noun
            or (said.series and (asked or e.content <= len(said.named) + 1))
            or (latest and (asked or said.listening) and not e.kinds and not e.foreign)
            or (latest and said.has("weak_nouns") and not e.kinds and choice.intent == "AMAZON.FallbackIntent")
        )
        sure = choice.intent != "TownQuestionIntent" or asked or latest or choice.score < SURE or e.content == len(said.nouns)
        return Choice("PlayPodcastIntent", slots, SURE) if plain and sure else None
    found = podcasts.shelf.find(wanted, said.series)
    score = found[0].score if found else 0.0
    if said.series and score < LIKELY:
        return Choice("PlayPodcastIntent", slots, SURE) if asked or said.noun or choice.intent == "PlayPodcastIntent" else None
    if score >= LIKELY and len(wanted) >= _WHOLE_TITLE and choice.intent in _REFUSED:  # a title and nothing else
        return Choice("PlayPodcastIntent", slots.but(wanted=" ".join(wanted)), SURE)
    least = ENOUGH if said.noun else LIKELY if said.has("about") else TITLED
    if score >= least and (asked or said.noun or (said.listening and said.has("latest", "weak_nouns"))):
        return Choice("PlayPodcastIntent", slots.but(wanted=" ".join(wanted)), SURE)
    if said.noun and (choice.intent == "PlayPodcastIntent" or (latest and asked and choice.intent in _REFUSED)):
        return Choice("PlayPodcastIntent", slots.but(wanted=" ".join(wanted)) if len(podcasts.shelf) and not latest else slots, SURE)
    return None


def _picked(said: Said, focus: Focus, podcasts: HasShelf) -> Choice | None:
    """The episode chosen among those just named, by rank, by its words, or because there is only one."""
    e = said.e
    command = said.command()
    if command and (command.name in OF_ONE or command.sure) and not said.has("play"):
        return None
    beside = [w for w in said.wanted() if not w.isdigit() and not ordinal(w) and w not in RANKS]
    dated = e.when and not all(w.isdigit() or w in BEFORE_RANK or ordinal(w) for w in (e.heard[i] for i in e.time))  # "le trois" is no day here
    key = "" if dated or (said.asking() and beside) or len(beside) > MOST_CHAT - 1 else rank_of(said, focus)
    if not key and e.has("whatever"):
        key = focus.choices[0] if focus.choices else ""
    if not key and len(focus.choices) == 1 and e.has("yes") and e.content <= 1:
        key = focus.choices[0]
    town = any(e.mentions.get(t) for t in ("collection", "item")) or e.has("ask_open") or e.has("ask_close") or e.has("hours")
    if not key and not town:
        wanted = said.wanted()
        known = [k for k in (f.episode.key for f in podcasts.shelf.find(wanted) if f.score >= 0.5) if k in focus.choices] if wanted else []
        key = known[0] if known else ""
    if not key or e.has("ask_open") or e.has("ask_close"):
        return None
    return Choice("PlayPodcastIntent", Slots(episode=key), SURE)
