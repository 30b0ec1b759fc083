"""Messages to words: finds the wording in the catalogue, fills it for the ear, and makes SSML of the result.

Placeholders are `{field}` or `{field:form}`. The form asks for one way of saying the value ("{place:de}" is "du parc Rodin");
what each type can be asked is below. Nothing that comes from a person is ever put into a template.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from types import ModuleType
from typing import Any, Final

from skill.conversation.profile import Manner
from skill.conversation.terms import Ages, Between, Contact, Dated, DayPart, Days, Full, Hours, Lasting, Message, Month, Name, Phone, Ringing
from skill.record import Record
from skill.speech import en, fr

VOICES: Final[dict[str, ModuleType]] = {"fr": fr, "en": en}
_HOLE: Final = re.compile(r"\{(\w+)(?::([^{}]+))?\}")
_JOIN: Final = {"fr": ("et", "ou"), "en": ("and", "or")}
_VOWEL: Final = "aeiouyhàâéèêëîïôûœAEIOUYHÀÂÉÈÊËÎÏÔÛŒ"

_PLAINLY: Final = Manner()
SHORT: Final = "short"
"""Under this key of a catalogue are the wordings for those who want the fewest words."""
_MOST_MOMENTS: Final = 3
"""Moments of a reminder that are told one by one."""

Catalogue = dict[str, Any]


class Speech(Record):
    """What is said, ready for any speaker."""

    text: str
    phones: tuple[str, ...] = ()
    """Numbers that are part of the text, as said: a voice slows down for them."""
    rate: str = ""
    """"slow", "fast", or "" for the voice's own pace."""


class Renderer:
    """One language's voice."""

    def __init__(self, language: str, catalogue: Catalogue) -> None:
        self.language = language
        self._catalogue = catalogue
        self._short: dict[str, str] = catalogue.get(SHORT, {})
        self._voice: Any = VOICES[language]
        self._and, self._or = _JOIN[language]

    def say(self, message: Message, now: datetime, manner: Manner = _PLAINLY) -> Speech:
        """The message as plain text, wordings that have variants taken in turn by the minute; in the manner that the person likes."""
        text = self._tidy(self._fill(message, now, manner.short))
        return Speech(text, tuple(dict.fromkeys(re.findall(r"\b0 ?\d(?:\d\d)?(?:,? \d\d){3,4}\b", text))), manner.rate)

    def _fill(self, message: Message, now: datetime, short: bool = False) -> str:
        name = type(message).__name__
        wording = self._short[name] if short and name in self._short else self._catalogue[name]
        template = wording if isinstance(wording, str) else wording[now.minute % len(wording)]
        return _HOLE.sub(lambda m: self._value(getattr(message, m[1]), m[2] or "", now, message), template)

    def _value(self, value: Any, form: str, now: datetime, message: Message) -> str:
        today = now.date()
        if isinstance(value, tuple):
            return self._list(value, form, now, message)
        if isinstance(value, Name):
            return self._name(value, form)
        if isinstance(value, Message):
            return self._fill(value, now).strip().removesuffix("." if form == "open" else "")
        if isinstance(value, Contact):
            return self._words(value.say).replace("{phone}", self._phone(value.phone))
        if isinstance(value, Phone):
            return self._phone(value)
        if isinstance(value, Hours):
            return self._cap(self._voice.hours(value.opens, value.closes, value.closes <= value.opens), form)
        if isinstance(value, DayPart):
            return str(self._voice.part_of_day(value.day, value.part, today))
        if isinstance(value, Full):
            return self._day(value.day, today, form, full=True)
        if isinstance(value, Between):
            return self._cap(str(self._voice.between(value.first, value.last, today)), form)
        if isinstance(value, Dated):
            return str(self._voice.plain_date(value.day, today))
        if isinstance(value, Days):
            return self._cap(str(self._voice.weekdays(value.days)), form)
        if isinstance(value, Month):
            text = str(self._voice.month(value.first))
            return text[:1].upper() + text[1:] if form == "En" else text
        if isinstance(value, Ages):
            return self._ages(value)
        if isinstance(value, Lasting):
            return self._cap(str(self._voice.lasting(value.seconds)), form)
        if isinstance(value, Ringing):
            return self._cap(self._ringing(value, today), form)
        if isinstance(value, time):
            return str(self._voice.hour(value))
        if isinstance(value, date):
            return self._day(value, today, form)
        if isinstance(value, dict):
            text = self._words(value)
            if form == "de":
                return self._none_of(text)
            if form == "plainly":
                return self._cap(text.removeprefix(self._voice.YES).removeprefix(self._voice.NO), "Cap")
            return self._cap(text, form)
        if isinstance(value, int | float):
            return str(self._voice.reminders(value)) if form == "rappels" else str(self._voice.number(value))
        return self._text(str(value), form)

    def _words(self, words: dict[str, str]) -> str:
        return words.get(self.language) or words.get("fr") or next(iter(words.values()), "")

    @staticmethod
    def _cap(text: str, form: str) -> str:
        return text[:1].upper() + text[1:] if form == "Cap" else text

    def _text(self, text: str, form: str) -> str:
        if "|" in form:
            one, many = form.split("|", 1)
            return many if text == "plural" else one
        if self.language == "fr" and form == "a":
            return (
                text if re.match(r"(?:au|à|aux|sur|près|entre|dans|face|en|angle)\b", text) else f"au {text}" if text[:1].isdigit() else self._street(text, "a")
            )
        if form == "Cap":
            return self._cap(text, form)
        if self.language == "fr" and form == "art":
            return self._street(text, "le")
        if form == "at":
            return f"at {text}" if text[:1].isdigit() else f"on {text}"
        return text

    def _street(self, text: str, form: str) -> str:
        """A street or square with its article, from its common noun."""
        first = text.split()[0].lower().rstrip("s")
        feminine = {"rue", "avenue", "place", "allée", "impasse", "villa", "promenade", "esplanade", "sente", "passerelle", "station"}
        masculine = {"boulevard", "quai", "chemin", "parvi", "pont", "passage", "rond-point", "mail", "centre", "parc", "square"}
        if form == "a" and first in feminine | {"boulevard", "quai", "chemin", "mail", "passage"}:
            return text
        article = ("l'" if first[0] in "aeiouéè" else "la") if first in feminine else ("l'" if first[0] in "aeiouéè" else "le") if first in masculine else ""
        return str(fr.with_article(text, article, form))

    def _name(self, name: Name, form: str) -> str:
        text = self._words(name.words)
        if "|" in form:
            return form.split("|", 1)[1 if name.plural else 0]
        if self.language == "en":
            if form in ("Le", "Cap", "Quel"):
                return text[:1].upper() + text[1:]
            return text
        feminine = (
            name.article == "la"
            or (name.article == "l'" and text.split()[0].lower() in _FEMININE)
            or (name.article == "les" and text.split()[0].lower() in _FEMININE_PLURAL)
        )
        if form == "e":
            return ("es" if feminine else "s") if name.article == "les" else "e" if feminine else ""
        if form == "ce":
            return f"{'cette' if feminine else 'cet' if text[:1] in _VOWEL else 'ce'} {text}"
        if form == "Quel":
            return "Laquelle" if feminine else "Lequel"
        if form == "sur":
            return f"sur {fr.with_article(text, name.article, 'le')}"
        if form in ("nu", "pluriel"):
            return text
        if form == "dans":
            return (
                f"dans {fr.with_article(text, name.article, 'le')}"
                if text.startswith(("parc", "jardin", "square", "quartier"))
                else fr.with_article(text, name.article, "a")
            )
        if form in ("quartier", "Quartier"):
            said = fr.with_article(text, name.article, "a") if name.article else text
            said = f"dans {fr.with_article(text, name.article, 'le')}" if text.startswith("quartier") else said
            return said[:1].upper() + said[1:] if form == "Quartier" else said
        if form == "cequartier":
            return f"le {text}" if text.startswith("quartier") else "ce quartier"
        said = fr.with_article(text, name.article, {"de": "de", "a": "a"}.get(form, "le"))
        return said[:1].upper() + said[1:] if form in ("Le", "Cap") else said

    def _list(self, values: tuple[Any, ...], form: str, now: datetime, message: Message) -> str:
        if form == "count":
            return str(len(values))
        if form == "first":
            return self._value(values[0], "nu" if self.language == "fr" else "", now, message)
        if form in ("ou", "leou"):
            return str(self._voice.join([self._value(v, "" if form == "leou" else "nu", now, message) for v in values], self._or))
        if form == "episodes":  # titles hold commas of their own: a longer pause between them
            *most, last = [self._value(v, "", now, message) for v in values]
            return f"{' ; '.join(most)} ; {self._and} {last}" if most else last
        if form == "rues":
            return str(self._voice.join([self._value(v, "art", now, message) for v in values], self._or))
        if form == "lettres":
            return ", ".join(str(v) for v in values)
        if form == "noms":
            return str(self._voice.join([self._value(v, "", now, message) for v in values], self._and))
        if form == "par":
            return str(self._voice.join([self._transport(str(v)) for v in values]))
        if form == "quartiers":
            return str(self._voice.join([self._value(v, "quartier", now, message) for v in values]))
        return str(self._voice.join([self._value(v, form if form in ("a", "de", "le") else "", now, message) for v in values], self._and))

    @staticmethod
    def _transport(text: str) -> str:
        """A line by its name, "bus 7": masculine unless it says otherwise."""
        if re.match(r"(?:le|la|les|l')\b", text.lower()):
            return text
        return f"la {text}" if text.lower().startswith(("ligne", "navette")) else f"le {text}"

    def _ages(self, value: Ages) -> str:
        if value.to == value.start and value.start < 3 and value.start % 1:
            months = round(value.start * 12)
            return f"un enfant de {months} mois" if self.language == "fr" else f"a child of {months} months"
        if value.to == value.start:
            return f"un enfant de {value.start:g} an{'s' if value.start > 1 else ''}" if self.language == "fr" else f"a {value.start:g} year old"
        return str(self._voice.ages(value.start, value.to))

    def _day(self, day: date, today: date, form: str, full: bool = False) -> str:
        text = str(self._voice.full_day(day, today) if full else self._voice.near_day(day, today))
        if form == "du":
            if self.language == "fr":
                return {"aujourd'hui": "d'aujourd'hui", "demain": "de demain"}.get(text, f"du {text}")
            return text.removeprefix("on ")
        if form == "au":
            return text.removeprefix("on ") if self.language != "fr" else f"{'à' if text in _NEAR else 'au'} {text}"
        return self._cap(text, form)

    def _ringing(self, value: Ringing, today: date) -> str:
        """ "tous les jours à 8 heures", "le lundi et le jeudi à 10 heures", "demain à 15 heures"."""
        hours = self._voice.join([self._voice.at_hour(t) for t in value.times], self._and)
        if not value.dates:
            return f"{self._voice.weekdays(value.days or tuple(range(7)))} {hours}"
        by_day: dict[date, list[str]] = {}
        for moment in value.dates:
            by_day.setdefault(moment.date(), []).append(self._voice.at_hour(moment.time()))
        days = [f"{self._day(day, today, '', full=True)} {self._voice.join(at, self._and)}" for day, at in list(by_day.items())[:_MOST_MOMENTS]]
        return str(self._voice.join(days, self._and))

    def _phone(self, phone: Phone) -> str:
        """Pairs, the first group apart: "0 800, 10, 10, 21", "01 46, 38, 20, 20"."""
        groups = phone.digits.split()
        return ", ".join([" ".join(groups[:2]), *groups[2:]]) if len(groups) > 2 else " ".join(groups)

    def _none_of(self, text: str) -> str:
        """ "un terrain de volley" -> "de terrain de volley", for a negation."""
        bare = re.sub(r"^(?:une? |des |du |de la |de l'|la |le |l')", "", text)
        if self.language != "fr":
            return text
        return f"d'{bare}" if bare[:1] in _VOWEL else f"de {bare}"

    def _tidy(self, text: str) -> str:
        text = re.sub(r"\s+", " ", text).strip()
        text = re.sub(r"\.\.(?!\.)", ".", text)
        text = re.sub(r"(?<=[.?!] )([a-zà-ÿœ])", lambda m: m[1].upper(), text)
        return text[:1].upper() + text[1:]


_NEAR: Final = ("aujourd'hui", "demain")
_FEMININE: Final = frozenset({"aire", "aires", "allée", "avenue", "école", "esplanade", "église", "île"})
_FEMININE_PLURAL: Final = frozenset({"bergeries", "berges", "courtines", "vignes", "arcades", "halles", "aires", "promenades", "serres"})
