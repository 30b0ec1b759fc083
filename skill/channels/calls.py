"""A telephone call, turn by turn, whoever carries it: what is heard or pressed comes in, what to say and do next goes out.

Speech first; every question can also be asked with keys, and what we offer can be chosen with them. Words that come back wrong twice, or nothing at
all twice, end with somebody to talk to: a person in trouble is not kept talking to a machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from skill.channels.abilities import PHONE
from skill.channels.conversations import FORGETS, Conversations
from skill.city.fold import fold
from skill.conversation.audio import Play, Stop
from skill.conversation.thread import Thread
from skill.conversation.turn import Focus
from skill.record import Record
from skill.speech import fr
from skill.speech.render import Speech
from skill.speech.ssml import ssml
from skill.stores import words

if TYPE_CHECKING:
    from skill.app import Answer, Skill
    from skill.city.model import City, District, Place

LANGUAGES: Final = ("fr", "en")
GOODBYES: Final = frozenset({"AMAZON.StopIntent", "AMAZON.CancelIntent", "GoodbyeIntent"})
URGENT: Final = "EmergencyIntent"
"""After it the line is freed, to call for help."""
ASIDE: Final = "AsideIntent"
"""Said to somebody in the room: the line stays open."""
MOST_MISSES: Final = 2
MOST_KEYS: Final = 8
"""Choices of one menu."""
MOST_HINTS: Final = 100
"""Names told to whoever turns speech into words; Twilio takes 500."""
KINDS: Final = ("town_hall", "market", "media_library", "library", "pool", "park", "community_centre")
"""Whose hours are asked for most, for the keypad."""


class Step(Record):
    """What a call does next."""

    says: tuple[Speech, ...] = ()
    play: str = ""
    """Address of a sound to play after it."""
    listens: bool = True
    """False where the call ends after it."""
    transfer: str = ""
    """Number to put the caller through to."""
    language: str = "fr"
    silences: int = 0
    """How many in a row there were."""
    forgets: bool = False
    """True where the caller wants nothing to be kept of them."""

    @property
    def text(self) -> str:
        """Everything said, as plain text."""
        return " ".join(s.text for s in self.says)

    @property
    def ssml(self) -> str:
        """Everything said, as the inside of an SSML document."""
        return " ".join(ssml(s) for s in self.says)


class Calls:
    """Every call to a town."""

    def __init__(self, skill: Skill, talks: Conversations, transfer: str = "") -> None:
        self.skill, self._talks, self._transfer = skill, talks, transfer

    def step(self, call: str, caller: str, said: str, keys: str, begins: bool, language: str = "fr", silences: int = 0) -> Step:
        """One turn. `call` is the provider's id, `caller` a number or "" where it is withheld; `said` and `keys` what was heard and pressed.

        `silences`: how many the caller's own line has counted, for where nothing can be kept.
        """
        call = self._talks.hashed("call", call)
        user = self._talks.hashed("number", caller)
        thread = Thread(locale=language) if begins else self._talks.begun(call)
        language = thread.locale if thread.locale in LANGUAGES else language
        thread = thread.but(locale=language)
        if begins:
            step, thread = self._welcome(language, thread)
        elif keys:
            step, thread = self._pressed(keys[:1], language, thread, user)
        elif said.strip():
            step, thread = self._said(said, language, thread, user)
        else:
            step, thread = self._silent(language, thread.but(silences=max(silences, thread.silences)))
        step = step.but(silences=thread.silences)
        if step.forgets or not step.listens:
            self._talks.end(call)
        else:
            self._talks.keep(call, thread)
        return step

    def hints(self, language: str) -> tuple[str, ...]:
        """Names that may be said, for whoever turns speech into words."""
        city = self.skill.city
        named: list[Place | District] = [*city.places.values(), *city.districts.values()]
        own = [each.name.get(language, each.name["fr"]) for each in named]
        return tuple(dict.fromkeys(name[:100].replace(",", " ") for name in own))[:MOST_HINTS]

    def trouble(self, language: str) -> Step:
        """Our own fault, said kindly."""
        return Step((Speech(words.phone(language)["trouble"]),), listens=False, language=language)

    def _welcome(self, language: str, thread: Thread) -> tuple[Step, Thread]:
        texts = words.phone(language)
        opening = self.skill.open(texts["locale"], self.skill.now(), device=PHONE.device)
        said = (opening.speech,) if opening.speech else ()
        return Step((*said, Speech(self._keys(texts))), language=language), thread.but(focus=opening.reply.focus, menu="main")

    def _said(self, said: str, language: str, thread: Thread, user: str) -> tuple[Step, Thread]:
        """Words: perhaps for somebody else than us."""
        given = words.phone(language)["words"]
        bare = fold(said)
        asked = next((h for h in given["human"] if f" {h} " in f" {bare} "), "")
        if asked and not set(bare.replace(asked, " ").split()) - set(given["talk"]):
            return self._human(language, asked=True), thread
        return self._heard(said, language, thread, user)

    def _heard(self, said: str, language: str, thread: Thread, user: str) -> tuple[Step, Thread]:
        """A question."""
        heard = self._talks.hear(said, words.phone(language)["locale"], thread, user)
        answer, after = heard.answer, heard.thread.but(menu="")
        intent = answer.reply.intent
        if after.focus.misses >= MOST_MISSES:
            return self._human(language), after
        speech = (answer.speech,) if answer.speech else ()
        if intent == ASIDE or (isinstance(answer.reply.audio, Stop) and intent in GOODBYES):
            speech = (Speech(words.phone(language)["listening"]),)
        ends = (intent in GOODBYES and not isinstance(answer.reply.audio, Stop)) or intent == URGENT
        step = self._played(Step(speech * (2 if intent == URGENT else 1), listens=not ends, language=language), answer)
        return self._offered(step.but(forgets=intent == FORGETS), after), after

    def _played(self, step: Step, answer: Answer) -> Step:
        """With its sound."""
        audio = answer.reply.audio
        return step.but(play=audio.url) if isinstance(audio, Play) else step

    def _offered(self, step: Step, thread: Thread) -> Step:
        """What was offered can be chosen with keys too."""
        names = self._choices(thread, step.language)
        if not names or thread.focus.asked not in ("place", "district"):
            return step
        told = words.phone(step.language)["order"].format(keys=", ".join(str(key) for key in range(1, len(names) + 1)))
        return step.but(says=(*step.says, Speech(told)))

    def _keys(self, texts: dict[str, Any]) -> str:
        """The keypad's menu; zero only where there is somebody to be put through to."""
        return f"{texts['keys']} {texts['zero']}" if self._transfer else str(texts["keys"])

    def _choices(self, thread: Thread, language: str) -> list[tuple[str, str]]:
        city = self.skill.city
        found: list[tuple[str, Place | District | None]] = [(key, city.places.get(key) or city.districts.get(key)) for key in thread.focus.choices[:MOST_KEYS]]
        return [(key, _called(each, language)) for key, each in found if each is not None]

    def _pressed(self, key: str, language: str, thread: Thread, user: str) -> tuple[Step, Thread]:
        """A key: one of what was offered, one of the menu, or a question by itself."""
        texts: dict[str, Any] = words.phone(language)
        number = int(key) if key.isascii() and key.isdecimal() else 0
        offered = self._choices(thread, language) if thread.focus.asked in ("place", "district") else []
        if 0 < number <= len(offered):
            return self._heard(offered[number - 1][1], language, thread, user)
        if thread.menu == "hours" and 0 < number <= len(places := self._usual(self.skill.city)):
            return self._heard(texts["words"]["hours"].format(name=_called(places[number - 1], language)), language, thread, user)
        what = texts["press"].get(key, "")
        if what == "human":
            return self._human(language, asked=True), thread
        if what.startswith("language:"):
            return self._welcome(what.removeprefix("language:"), Thread(locale=what.removeprefix("language:")))
        fresh = Thread(Focus(manner=thread.focus.manner), thread.locale, thread.playing)
        if what == "menu:main" or (key == "*" and thread.menu == "main"):
            return Step((Speech(self._keys(texts)),), language=language), fresh.but(menu="main")
        if what == "menu:hours" or (key == "*" and thread.menu == "hours"):
            told = [texts["pick"].format(name=_called(place, language), key=n) for n, place in enumerate(self._usual(self.skill.city), 1)]
            return Step((Speech(" ".join([*told, texts["back"]])),), language=language), fresh.but(menu="hours")
        if what:
            return self._heard(what, language, thread if key == "*" else fresh, user)
        return Step((Speech(f"{texts['nokey']} {self._keys(texts)}"),), language=language), fresh.but(menu="main")

    @staticmethod
    def _usual(city: City) -> list[Place]:
        """Places whose hours are asked for most: the first two of each such kind that have hours."""
        found = [p for kind in KINDS for p in [p for p in city.of_kind(kind) if p.hours][:2]]
        return (found or [p for p in city.places.values() if p.hours])[:MOST_KEYS]

    def _silent(self, language: str, thread: Thread) -> tuple[Step, Thread]:
        """Nothing was heard: once it is asked again, twice it ends; with somebody to talk to where nothing was understood before either."""
        texts = words.phone(language)
        if thread.silences + 1 < MOST_MISSES:
            return Step((Speech(texts["again"]),), language=language), thread.but(silences=thread.silences + 1)
        if self._transfer or thread.focus.misses:
            return self._human(language), thread
        answered = thread.focus.said and not thread.menu
        return Step((Speech(texts["bye"] if answered else texts["unheard"]),), listens=False, language=language), thread

    def _human(self, language: str, asked: bool = False) -> Step:
        """Somebody: the caller is put through, or told the number, twice."""
        texts = words.phone(language)
        if self._transfer:
            return Step((Speech(texts["through"]),), listens=False, transfer=self._transfer, language=language)
        told = self.skill.ready.somebody(texts["locale"], self.skill.now(), asked)
        return Step((told, told), listens=False, language=language)


def _called(thing: Place | District, language: str) -> str:
    """A name as it is told within a sentence."""
    name = thing.name.get(language, thing.name["fr"])
    return fr.with_article(name, thing.article, "le") if language == "fr" and thing.article else name
