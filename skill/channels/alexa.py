"""Alexa: its JSON envelope to a Turn, an Answer to its JSON response.

The envelope is read as the plain JSON it is. Why not through the SDK's models: deserialising them is four fifths of the time
of a request and half of a cold start (guide/performance.md), and this file needs a dozen fields of them. The web endpoint
still goes through ask-sdk-core and flask-ask-sdk (`alexa_sdk.py`), around this same function.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from skill.app import Answer, Skill
from skill.city.lexicon import split
from skill.conversation import messages as m
from skill.conversation.turn import Card, Device, Focus, Reply, Slots, Turn, TurnKind, When
from skill.speech.ssml import ssml

EMPTY: Final[dict[str, Any]] = {"version": "1.0", "response": {}}
_SILENT: Final = ("AudioPlayer.", "PlaybackController.", "System.", "AlexaSkillEvent.", "SessionEndedRequest", "Connections.")
_SEASONS: Final = {"WI": (12, 2), "SP": (3, 5), "SU": (6, 8), "FA": (9, 11)}
_PARTS: Final = {"MO": "morning", "AF": "afternoon", "EV": "evening", "NI": "night"}
_TABLES: Final = ("place", "kind", "collection", "item", "facility", "district", "series")


class NotOurSkill(ValueError):
    """The request carries another skill's id."""


class AlexaChannel:
    """The skill as Alexa knows it: one JSON object in, one out."""

    def __init__(self, skill: Skill, skill_id: str = "", clock: Callable[[], datetime] | None = None) -> None:
        self.skill, self.skill_id = skill, skill_id
        self._clock = clock or skill.now

    def invoke(self, event: Any) -> dict[str, Any]:
        """The response to a request. NotOurSkill for a foreign id; everything else is answered, politely and perhaps empty."""
        request = _table(event, "request")
        kind = str(request.get("type", ""))
        self._check_id(event)
        if not kind or kind.startswith(_SILENT) or kind not in ("LaunchRequest", "IntentRequest"):
            return dict(EMPTY)
        try:
            return self._response(self.skill.answer(self.turn(event)), event)
        except Exception:
            import logging  # only when something broke

            logging.getLogger("mairie.alexa").exception("no answer to %s %s", kind, str(_table(request, "intent").get("name", ""))[:80])
            return self._trouble(event)

    def _check_id(self, event: Any) -> None:
        system = _table(_table(event, "context"), "System")
        found = _table(system, "application").get("applicationId") or _table(_table(event, "session"), "application").get("applicationId")
        if self.skill_id and found != self.skill_id:
            raise NotOurSkill("the request is for another skill")

    def turn(self, event: Any) -> Turn:
        """The turn that an envelope stands for."""
        request, session = _table(event, "request"), _table(event, "session")
        system = _table(_table(event, "context"), "System")
        interfaces = _table(_table(system, "device"), "supportedInterfaces")
        locale = str(request.get("locale") or "fr-FR")
        user = _table(system, "user").get("userId") or _table(session, "user").get("userId") or ""
        focus = Focus.from_plain(_table(session, "attributes").get("focus"))
        base = Turn(
            kind=TurnKind.LAUNCH, locale=locale, now=self._clock(), user=str(user), focus=focus,
            device=Device(can_play="AudioPlayer" in interfaces, can_show="Alexa.Presentation.APL" in interfaces or "Display" in interfaces),
        )  # fmt: skip
        if request.get("type") == "LaunchRequest":
            return base.but(intent="LaunchIntent")
        return self._intent(base.but(kind=TurnKind.INTENT), _table(request, "intent"))

    def _intent(self, turn: Turn, intent: dict[str, Any]) -> Turn:
        name = str(intent.get("name", ""))
        given = {k: v for k, v in _table(intent, "slots").items() if isinstance(v, dict)}
        question = _spoken(given.get("question"))
        if question:
            lead = "rappelle-moi " if turn.locale.startswith("fr") else "remind me "
            return self._understood(turn, (lead if name == "ReminderIntent" else "") + question)
        if name in ("FollowUpIntent", "AMAZON.YesIntent", "AMAZON.NoIntent") and (given or name == "FollowUpIntent"):
            return self._understood(turn, self._as_words(given, turn))
        meaning = self.skill.town.meanings.get(name, {})
        slots = self._slots(given, turn).but(aspects=tuple(meaning.get("aspects", ())))
        named = _spoken(given.get("place"))
        if named and not slots.places and not slots.kind:
            return turn.but(intent="UnknownPlaceIntent", slots=slots)
        return turn.but(intent=str(meaning.get("as", name)), slots=slots)

    def _understood(self, turn: Turn, text: str) -> Turn:
        choice, _ = self.skill.understand(text, turn.locale, turn.now, turn.focus)
        return turn.but(intent=choice.intent, slots=choice.slots, text=text)

    def _as_words(self, given: dict[str, Any], turn: Turn) -> str:
        """A follow-up as it was probably said: Alexa hands over its slots only."""
        french = turn.locale.startswith("fr")
        parts = ["et" if french else "and", *(_spoken(given.get(t)) for t in _TABLES)]
        when = amazon_date(_spoken(given.get("date")), turn.now.date())
        if when.day and when.month:
            parts.append(_month_words(when.day, french))
        elif when.day:
            parts.append(_day_words(when.day, french))
        clock = amazon_time(_spoken(given.get("time")))
        if clock.at:
            parts.append(f"à {clock.at.hour} heures {clock.at.minute or ''}" if french else f"at {clock.at.hour}:{clock.at.minute:02d}")
        return " ".join(p for p in parts if p)

    def _slots(self, given: dict[str, Any], turn: Turn) -> Slots:
        ids = {table: _resolved(given.get(table)) for table in _TABLES}
        for table in _TABLES:
            spoken = _spoken(given.get(table))
            if spoken and not ids[table]:
                ids[table] = self._looked_up(table, spoken, turn)
                if table == "place" and not ids["place"]:
                    ids["kind"] = ids["kind"] or self._looked_up("kind", spoken, turn)
        when = amazon_date(_spoken(given.get("date")), turn.now.astimezone(self.skill.zone).date())
        clock = amazon_time(_spoken(given.get("time")))
        age = _spoken(given.get("age"))
        return Slots(
            places=ids["place"], items=ids["item"], kind=_first(ids["kind"]), collection=_first(ids["collection"]), facility=_first(ids["facility"]),
            district=_first(ids["district"]), series=_first(ids["series"]), bin=self._bin_of(_first(ids["collection"])),
            age=float(age) if age.isdigit() and len(age) < 3 else None, when=when.but(at=clock.at, part=clock.part or when.part),
        )  # fmt: skip

    def _bin_of(self, collection: str) -> str:
        found = self.skill.city.collections.get(collection)
        return found.bin if found else ""

    def _looked_up(self, table: str, spoken: str, turn: Turn) -> tuple[str, ...]:
        """Ids of a name that Alexa did not match, found by our own ear."""
        ear = self.skill.ear(self.skill.language(turn.locale))
        if table != "kind":
            heard = ear.lexicon.find(*ear.lexicon.mend(split(spoken, ear.language)))
            return next((m.ids for m in heard if m.table == table), ())
        choice, evidence = self.skill.understand(spoken, turn.locale, turn.now, Focus())
        return evidence.kinds[:1] if choice.intent != "UnknownPlaceIntent" else ()

    def _response(self, answer: Answer, event: Any) -> dict[str, Any]:
        reply = answer.reply
        response: dict[str, Any] = {"shouldEndSession": answer.reprompt is None}
        if answer.speech:
            response["outputSpeech"] = {"type": "SSML", "ssml": f"<speak>{ssml(answer.speech)}</speak>"}
        if answer.reprompt:
            response["reprompt"] = {"outputSpeech": {"type": "SSML", "ssml": f"<speak>{ssml(answer.reprompt)}</speak>"}}
        card = reply.card or self._card(answer)
        if card:
            response["card"] = {"type": "Simple", "title": card.title, "content": card.text}
        out: dict[str, Any] = {"version": "1.0", "response": response}
        if answer.reprompt is not None or _table(event, "session"):
            out["sessionAttributes"] = {"focus": reply.focus.plain()}
        return out

    def _card(self, answer: Answer) -> Card | None:
        """A number that was only heard is worth reading again."""
        if answer.speech and answer.speech.phones:
            return Card(self.skill.city.name, answer.speech.text)
        return None

    def _trouble(self, event: Any) -> dict[str, Any]:
        """Our own fault, said kindly."""
        locale = str(_table(event, "request").get("locale") or "fr-FR")
        voice = self.skill.voice(self.skill.language(locale))
        found = self.skill.city.contacts["town"]
        message = m.Trouble(m.Contact(found.say, m.Phone(found.phone)))
        return self._response(Answer(Reply(message), voice.say(message, self._clock())), event)


def _table(value: Any, key: str) -> dict[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _first(ids: tuple[str, ...]) -> str:
    return ids[0] if ids else ""


def _spoken(slot: Any) -> str:
    value = slot.get("value") if isinstance(slot, dict) else None
    return str(value)[:300] if isinstance(value, str | int | float) and value != "?" else ""


def _resolved(slot: Any) -> tuple[str, ...]:
    """Ids that Alexa's own entity resolution matched, best first."""
    ids: list[str] = []
    authorities = _table(slot, "resolutions").get("resolutionsPerAuthority")
    for authority in authorities if isinstance(authorities, list) else ():
        if _table(authority, "status").get("code") != "ER_SUCCESS_MATCH":
            continue
        values = authority.get("values")
        for value in values if isinstance(values, list) else ():
            found = _table(value, "value").get("id")
            if isinstance(found, str) and found not in ids:
                ids.append(found)
    return tuple(ids[:8])


def amazon_date(text: str, today: date) -> When:
    """A value of AMAZON.DATE ("2025-10-12", "2025-W41-WE", "2025-10", "2025-WI") as a When; empty for what says nothing."""
    try:
        if text == "PRESENT_REF":
            return When(now=True)
        parts = text.rstrip("-X").split("-")
        if len(parts) == 3 and parts[1].startswith("W") and parts[2] == "WE":
            saturday = date.fromisocalendar(int(parts[0]), int(parts[1][1:]), 6)
            return When(day=max(saturday, today) if saturday <= today <= saturday + timedelta(days=1) else saturday, last=saturday + timedelta(days=1))
        if len(parts) == 2 and parts[1].startswith("W") and parts[1][1:].isdigit():
            monday = date.fromisocalendar(int(parts[0]), int(parts[1][1:]), 1)
            return When(day=max(monday, today) if monday <= today <= monday + timedelta(days=6) else monday, last=monday + timedelta(days=6))
        if len(parts) == 2 and parts[1] in _SEASONS:
            first, last = _SEASONS[parts[1]]
            year = int(parts[0])
            end = date(year + (last < first), last, 1) + timedelta(days=32)
            return When(day=date(year, first, 1), last=end.replace(day=1) - timedelta(days=1), month=True)
        if len(parts) == 2:
            start = date(int(parts[0]), int(parts[1]), 1)
            return When(day=start, last=(start + timedelta(days=31)).replace(day=1) - timedelta(days=1), month=True)
        return When(day=date.fromisoformat(text)) if len(parts) == 3 else When()
    except ValueError:
        return When()


def amazon_time(text: str) -> When:
    """A value of AMAZON.TIME ("19:30", "EV") as a When."""
    if text in _PARTS:
        return When(part=_PARTS[text])
    try:
        return When(at=time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)) if text else When()
    except ValueError:
        return When()


def _day_words(day: date, french: bool) -> str:
    from skill.speech import en, fr

    voice = fr if french else en
    return f"{'le ' if french else ''}{day.day} {voice.MONTHS[day.month - 1]} {day.year}"


def _month_words(day: date, french: bool) -> str:
    from skill.speech import en, fr

    return f"{'en' if french else 'in'} {(fr if french else en).MONTHS[day.month - 1]} {day.year}"
