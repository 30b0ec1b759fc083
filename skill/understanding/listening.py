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
from skill.conversation.turn import Focus, Slots
from skill.understanding.decide import Choice
from skill.understanding.ear import Ear
from skill.understanding.evidence import Evidence
from skill.understanding.player_words import Heard, Said
from skill.understanding.weigh import SURE

MOST_CHAT: Final = 4
"""Words beside a command that somebody who listens may say: "attends, j'ai le téléphone"."""
ASKED: Final = "episode"
"""What player intents ask when they named several episodes."""
ASKED_SERIES: Final = "series"
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
    said = Said(e, ear, playing or focus.intent in LISTENED or focus.asked in (ASKED, "latest", ASKED_SERIES))
    if focus.asked == ASKED_SERIES and not said.asking():
        series = _rank(said, focus, ASKED_SERIES)
        if series:
            return Choice("PlayPodcastIntent", Slots(series=series), SURE)
    if focus.asked == ASKED:
        picked = _picked(said, focus, podcasts)
        if picked:
            return picked
    command = said.command()
    if command:
        made = _commanded(command, said, focus, podcasts)
        if made:
            return made
    return _asked_for(said, choice, podcasts)


_CLEARLY: Final = 0.6
"""Share of a name of the town from which a sentence is about it."""


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
    number = _number(said) if command.name in OF_ONE else None
    rank = _rank(said, focus) if command.name in OF_ONE else ""
    if rank:
        return Choice(intent, slots.but(episode=rank), SURE)
    if number is not None:
        return Choice(intent, slots.but(number=number), SURE)
    if command.name in OF_ONE and rest and (said.noun or said.series or said.listening):
        wanted = [w for w in said.wanted(command.at) if said.e.heard.index(w) in rest]
        found = podcasts.shelf.find(wanted, said.series) if wanted else []
        if found and found[0].score >= (ENOUGH if said.noun else LIKELY):
            return Choice(intent, slots.but(wanted=" ".join(wanted)), SURE)
        if said.noun and command.name in ("about", "length"):
            return Choice(intent, slots.but(wanted=" ".join(wanted)), SURE)
        if said.noun and len(rest) <= (MOST_CHAT - 1 if said.series else _MOST_IN_QUESTION):
            return Choice(intent, slots, SURE)
        if command.name != "mark_heard":
            return None
    if command.at == said.span and rest:  # a length of time alone is a pause; among other words it is anything
        return None
    if command.name == "stop" and (said.series or _number(said) is not None or (said.noun and len(rest) > 1)):  # "arrêtez ça et mettez…": the second is meant
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
    if command.name not in OF_ONE and not command.sure and _number(said) is not None and (said.noun or said.series):
        return None
    if said.named and command.name in ("next", "previous", "resume") and not said.listening and command.name != "resume":
        return None
    return Choice(intent, slots, SURE)


def _asked_for(said: Said, choice: Choice, podcasts: HasShelf) -> Choice | None:
    """An episode to play: by number, by series, the newest, or by words."""
    e = said.e
    asked, latest = said.has("play") or said.has("about"), said.has("latest")
    slots = Slots(series=said.series, aspects=("latest",) if latest else ())
    number = _number(said)
    if number is not None and (said.noun or said.series or (said.listening and (said.has("play") or "numero" in e.heard))):
        return Choice("PlayPodcastIntent", slots.but(number=number), SURE)
    wanted = said.wanted()
    about = said.has("about") and not any(e.has(c) for c in ("ask_open", "ask_close", "hours", "where", "phone", "price", "state"))
    firm = (
        not about
        and choice.score >= SURE
        and choice.intent
        not in (
            "PlayPodcastIntent",
            "AMAZON.FallbackIntent",
            "OffTopicIntent",
            "ChitchatIntent",
            "TownQuestionIntent",
        )
    )
    if firm and not said.noun and not said.series:
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


_HABITS: Final = ("loop_on", "loop_off", "shuffle_on", "shuffle_off")
_MOST_IN_QUESTION: Final = 2
_BEGINNING: Final = 1
"""A command that begins no later than here is one, whatever is told after it."""
_WHOLE_TITLE: Final = 3
_REFUSED: Final = ("AMAZON.FallbackIntent", "OffTopicIntent")
_NUMBERED: Final = frozenset({"episode", "numero", "podcast", "emission", "number", "ep", "n"})


def _number(said: Said) -> int | None:
    """The number of an episode: "l'épisode 3", "le numéro douze", "le troisième épisode"."""
    words = said.e.heard
    order = range(len(words) - 1, -1, -1) if said.corrected else range(len(words))  # "le quatre, euh non, le cinq"
    for i in order:
        word = words[i]
        if i in said.span:
            continue
        j = i - 1
        while j > 0 and words[j] in said.ear.stop and words[j] not in _NUMBERED:
            j -= 1
        before, after = words[j] if i else "", words[i + 1] if i + 1 < len(words) else ""
        if word.isdigit() and len(word) < 5 and (before in _NUMBERED or (said.series and i == len(words) - 1)):
            return int(word)
        if word in ("un", "one") and before in _NUMBERED and i == len(words) - 1:
            return 1
        rank = ordinal(word)
        if rank and (after in _NUMBERED - {"numero"}) and not said.listening:
            return rank
    return None


def _rank(said: Said, focus: Focus, asked: str = ASKED) -> str:
    """The key of the episode, or the id of the series, that a rank among those just named means."""
    keys, words = focus.choices, said.e.heard
    if not keys or focus.asked != asked:
        return ""
    for i in range(len(words) - 1, -1, -1) if said.corrected else range(len(words)):
        word, before = words[i], words[i - 1] if i else ""
        rank = ordinal(word) or (int(word) if word.isdigit() and i not in said.span and (before in _BEFORE_RANK or len(words) == 1) else None)
        if rank and rank <= len(keys):
            return keys[rank - 1]
        if word in ("milieu", "middle") and len(keys) == _THREE:
            return keys[1]
        if word in ("dernier", "derniere", "last"):
            return keys[-1]
        if word in ("un", "une", "one") and (i == len(words) - 1) and (before in _BEFORE_RANK or len(words) == 1):
            return keys[0]
    return ""


_BEFORE_RANK: Final = ("le", "la", "the", "numero", "number", "l")
_RANKS: Final = ("milieu", "middle", "dernier", "derniere", "last")
_THREE: Final = 3


def _picked(said: Said, focus: Focus, podcasts: HasShelf) -> Choice | None:
    """The episode chosen among those just named, by rank, by its words, or because there is only one."""
    e = said.e
    command = said.command()
    if command and (command.name in OF_ONE or command.sure) and not said.has("play"):
        return None
    beside = [w for w in said.wanted() if not w.isdigit() and not ordinal(w) and w not in _RANKS]
    dated = e.when and not all(w.isdigit() or w in _BEFORE_RANK or ordinal(w) for w in (e.heard[i] for i in e.time))  # "le trois" is no day here
    key = "" if dated or (said.asking() and beside) or len(beside) > MOST_CHAT - 1 else _rank(said, focus)
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
