"""The contract: a turn comes in, a reply goes out, both plain data.

Nothing here knows a speaker, a language or the town. Channels make turns and play replies; intents are pure
functions from one to the other. The focus is the only thing that survives from one turn to the next: channels
carry it as plain JSON (Alexa session attributes, a terminal variable, a web session).
"""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, Final

from skill.conversation import plain
from skill.conversation.audio import Clear, Event, Play, Player, Stop
from skill.conversation.profile import Manner
from skill.conversation.reminders import Wish
from skill.record import Record

MAX_CHOICES: Final = 3
"""Choices offered aloud: more than three cannot be remembered."""


class TurnKind(StrEnum):
    """What happened at the speaker. Only LAUNCH and INTENT have a voice; the others are answered in silence."""

    LAUNCH = "launch"
    INTENT = "intent"
    PLAYBACK = "playback"
    END = "end"


class When(Record):
    """A day, a span of days, a moment or a season, as heard. Empty means that nothing was said of time."""

    day: date | None = None
    """The day spoken of; the first one where `last` is set."""
    last: date | None = None
    """Last day of a span ("ce week-end", "en décembre"); None for a single day."""
    at: time | None = None
    """A time of day, local."""
    now: bool = False
    """True for "maintenant", "encore ouvert", "right now"."""
    part: str = ""
    """"morning", "afternoon", "evening" or "night" where one was named."""
    month: bool = False
    """True where the span is a named month or season, so that the answer speaks of it in general."""
    holidays: bool = False
    """True where the question is about public holidays in general."""

    def __bool__(self) -> bool:
        return self.day is not None or self.at is not None or self.now or bool(self.part) or self.holidays

    def plain(self) -> dict[str, Any]:
        """As JSON values, empty ones left out."""
        out: dict[str, Any] = {}
        for key, value in self.__dict__.items():
            if value not in (None, False, ""):
                out[key] = value.isoformat() if isinstance(value, date | time) else value
        return out

    @classmethod
    def from_plain(cls, data: Any) -> When:
        """The inverse of `plain`; what is not as we write it is left out."""
        if not isinstance(data, dict):
            return cls()
        first, last = plain.days(plain.day(data.get("day")), plain.day(data.get("last")))
        return cls(
            day=first,
            last=last,
            at=plain.clock(data.get("at")),
            now=data.get("now") is True,
            part=data["part"] if data.get("part") in plain.PARTS else "",
            month=data.get("month") is True and first is not None and last is not None and (last - first).days >= 6,
            holidays=data.get("holidays") is True,
        )

    def near(self, today: date) -> When:
        """The same without a day that is years away."""
        return self if self.day is None or plain.near(self.day, self.last, today) else self.but(day=None, last=None, month=False)


class Slots(Record):
    """What a sentence is about. Ids are the town's; several ids mean that the name fits them equally well."""

    places: tuple[str, ...] = ()
    kind: str = ""
    """A sort of place ("market") named without saying which."""
    collection: str = ""
    items: tuple[str, ...] = ()
    bin: str = ""
    facility: str = ""
    district: str = ""
    town: str = ""
    """Name of another town that was spoken of; never kept."""
    series: str = ""
    episode: str = ""
    """Key of an episode (city/shelf.py)."""
    wanted: str = ""
    """Words by which an episode was asked for, folded; never kept."""
    number: int | None = None
    """Number of an episode, as said; never kept."""
    seconds: int | None = None
    """How far to go forward or back, as said; never kept."""
    fact: str = ""
    age: float | None = None
    when: When = When()
    aspects: tuple[str, ...] = ()
    """What is asked of a thing: "open", "close", "hours", "state", "days", "where", "phone", "price"..."""
    wish: Wish | None = None
    """What to be reminded of, as far as it was said."""
    street: str = ""
    """A street as it was said, or the id of one that we know; never kept."""
    word: str = ""
    """A word to spell, or words that point at a reminder; never kept."""

    def plain(self) -> dict[str, Any]:
        """As JSON values, empty ones left out. Another town is never kept, nor the words, number or time by which an episode was asked for."""
        out: dict[str, Any] = {}
        for key in ("places", "items", "aspects"):
            if getattr(self, key):
                out[key] = list(getattr(self, key))
        for key in ("kind", "collection", "bin", "facility", "district", "series", "episode", "fact"):
            if getattr(self, key):
                out[key] = getattr(self, key)
        if self.age is not None:
            out["age"] = self.age
        if self.when:
            out["when"] = self.when.plain()
        if self.wish is not None:
            out["wish"] = self.wish.plain()
        return out

    @classmethod
    def from_plain(cls, data: Any) -> Slots:
        """The inverse of `plain`. Ids are only known to be well formed: whether the town has them is checked where the town is (app.py)."""
        if not isinstance(data, dict):
            return cls()
        return cls(
            places=plain.words(data.get("places"), 40),
            items=plain.words(data.get("items"), 40),
            aspects=plain.words(data.get("aspects"), 40),
            kind=plain.word(data.get("kind")),
            collection=plain.word(data.get("collection")),
            bin=plain.word(data.get("bin")),
            facility=plain.word(data.get("facility")),
            district=plain.word(data.get("district")),
            series=plain.word(data.get("series")),
            episode=plain.word(data.get("episode")),
            fact=plain.word(data.get("fact")),
            age=plain.age(data.get("age")),
            when=When.from_plain(data.get("when")),
            wish=Wish.from_plain(data.get("wish")),
        )


LONGEST_HEARD: Final = 160
ASKED_EPISODE: Final = "episode"
"""We named several episodes, and asked which."""
ASKED_SERIES: Final = "series"
"""We named several series, and asked which."""
ASKED_LATEST: Final = "latest"
"""We offered the newest episode."""
ASKED_WHAT: Final = "reminder-what"
"""We asked what to remind of."""
ASKED_TIME: Final = "reminder-time"
"""We asked when to remind."""
ASKED_REMINDER: Final = "reminder"
"""We said a reminder back, and asked whether it is right."""
ASKED_ALL: Final = "reminders-all"
"""We asked whether to take every reminder away."""
ASKED_WHICH: Final = "reminders-which"
"""We asked which reminder to take away."""
ASKED_ADDRESS: Final = "address"
"""We asked where somebody lives."""
ASKED_HOME: Final = "home"
"""We said a home back, and asked whether to remember it."""
ASKED_NEWS: Final = "news"
"""There are more announcements than were told."""
ASKED_OFFER: Final = "eve"
"""We offered to remind of a collection."""


class Focus(Record):
    """What the conversation is about, so that "et dimanche ?" and "le deuxième" can be understood."""

    intent: str = ""
    slots: Slots = Slots()
    asked: str = ""
    """The slot we asked for ("place", "district", "more", "offer"), or "" when we asked nothing."""
    choices: tuple[str, ...] = ()
    """Ids offered or still to be told, in the order said."""
    said: str = ""
    """The last speech, for "répète"."""
    heard: str = ""
    """The last question, folded: the same in other words means that its answer was not the one."""
    source: tuple[str, str] = ("", "")
    """Page and ISO date of the last fact, for "comment le savez-vous ?"."""
    misses: int = 0
    """How many turns in a row were not understood."""
    manner: tuple[str, ...] = ()
    """How to speak for the rest of the session, where it cannot be remembered: "slow", "fast", "short"."""
    offered: tuple[str, ...] = ()
    """What was offered in this session: nothing is offered twice."""

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "intent": self.intent,
            "slots": self.slots.plain(),
            "asked": self.asked,
            "choices": list(self.choices),
            "said": self.said,
            "heard": self.heard,
            "source": list(self.source),
            "misses": self.misses,
            "manner": list(self.manner),
            "offered": list(self.offered),
        }

    @classmethod
    def from_plain(cls, data: Any) -> Focus:
        """The inverse of `plain`; anything that is not ours gives an empty focus."""
        if not isinstance(data, dict):
            return cls()
        source, misses = data.get("source"), data.get("misses")
        page, day = source if isinstance(source, list) and len(source) == 2 else ("", "")
        return cls(
            intent=plain.word(data.get("intent")),
            slots=Slots.from_plain(data.get("slots")),
            asked=plain.word(data.get("asked")),
            choices=plain.words(data.get("choices"), 60),
            said=plain.text(data.get("said"), plain.LONGEST_SAID),
            heard=plain.text(data.get("heard"), LONGEST_HEARD),
            source=(plain.text(page, 400), day if plain.day(day) else ""),
            manner=plain.words(data.get("manner"), 3),
            offered=plain.words(data.get("offered"), 30),
            misses=misses if type(misses) is int and 0 <= misses < 100 else 0,
        )


class Device(Record):
    """What the speaker in front of the person can do."""

    can_play: bool = False
    can_remind: bool = False
    can_show: bool = False


class Turn(Record):
    """One thing that a person said or did, ready to be answered."""

    kind: TurnKind
    locale: str
    """BCP 47 tag as the speaker gave it: "fr-FR", "en-GB"."""
    now: datetime
    """Zoned, in the town's zone. Nothing below the channels reads a clock."""
    intent: str = ""
    slots: Slots = Slots()
    text: str = ""
    """The words, where the speaker hands them over; empty where it understood by itself."""
    device: Device = Device()
    user: str = ""
    """Opaque id of the person, or "" where the speaker gives none."""
    household: str = ""
    """Opaque id of those who share the speaker; the person's own where it knows no voices."""
    focus: Focus = Focus()
    player: Player = Player()
    """What the speaker plays or played last."""
    event: Event | None = None
    """What happened at the player, for PLAYBACK turns."""

    @property
    def language(self) -> str:
        """Two letters: the catalogue to speak from."""
        return self.locale[:2].lower()


class Card(Record):
    """What one may want to read again: a phone number, an address, a page."""

    title: str
    text: str


class Reply(Record):
    """What to say and do. `message` is None only for turns without a voice."""

    message: Any = None
    reprompt: Any = None
    """Set exactly when we ask something: the session stays open exactly then."""
    card: Card | None = None
    audio: Play | Stop | Clear | None = None
    permission: str = ""
    """What to ask the speaker's owner for: "reminders" by voice, "reminders-card" or "address-card" in the application."""
    manner: Manner | None = None
    """How to say it, where it was just changed; else as the person's profile has it."""
    focus: Focus = Focus()
    intent: str = ""
    """The intent that answered, for logs and for judges."""
