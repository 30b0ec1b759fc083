"""Reading one record of a town's tables: each value checked, each problem noted for the clerk who will mend it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from skill.city.model import Source, WordLists, Words
from skill.record import Record

LANGUAGES: Final = ("fr", "en")
ID: Final = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
PHONE: Final = re.compile(r"0\d(?: \d{2}){4}|0 \d{3}(?: \d{2}){3}|\d{2,4}")
LONGEST_ANSWER: Final = 160
"""Characters: what a person can hear and keep."""
LONGEST_SPOKEN: Final = 300
"""Characters of any other text that is spoken."""
_LARGEST: Final = 1_000_000
_MARKS: Final = re.compile(r"[{}<>]")


class Problem(Record):
    """One thing to mend."""

    table: str
    index: int
    """Which record of the table, counted over all files."""
    key: str
    message: str
    inner: str = ""
    """Table inside the record ("round", "fares") that the key belongs to, "" for the record itself."""
    nth: int = 0
    """Which one of those."""


class BrokenTown(Exception):
    """The town's data cannot be used. `problems` has everything that is wrong."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problem(s) in the town's data: {problems[0].message if problems else ''}")
        self.problems = problems


class Row:
    """One record being read; what is wrong is noted, and a harmless value returned so that reading goes on."""

    def __init__(self, table: str, index: int, data: Any, problems: list[Problem], inner: str = "", nth: int = 0) -> None:
        self.table, self.index, self._problems = table, index, problems
        self._inner, self._nth = inner, nth
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        self._read: set[str] = set()
        if not isinstance(data, dict):
            self.wrong("", "une table est attendue")

    def wrong(self, key: str, message: str) -> None:
        """Notes a problem."""
        self._problems.append(Problem(self.table, self.index, key, message, self._inner, self._nth))

    def inside(self, key: str) -> list[Row]:
        """The tables of a list inside this record, each to be read as a row of its own."""
        self._read.add(key)
        value = self.data.get(key, [])
        if not isinstance(value, list):
            self.wrong(key, f"une liste de tables est attendue : [[{self.table}.{key}]]")
            return []
        return [Row(self.table, self.index, each, self._problems, key, n) for n, each in enumerate(value)]

    def number(self, key: str, default: float | None = None) -> float | None:
        """A number of zero or more: true, nan and inf are none."""
        self._read.add(key)
        value = self.data.get(key, default)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LARGEST:
            self.wrong(key, f"un nombre est attendu, sans guillemets : {key} = 3 ou {key} = 4.2")
            return default
        return value

    def between(self, key: str = "from", last: str = "to") -> tuple[float, float | None]:
        """Two ages, the second one free: from 0 where the first is absent."""
        start, to = self.number(key, 0) or 0, self.number(last)
        if to is not None and to < start:
            self.wrong(last, f"{last} = {to:g} est avant {key} = {start:g} : les échanger")
        return start, to

    def _unmarked(self, key: str, text: str, allowed: str = "") -> None:
        found = _MARKS.search(text.replace(allowed, "") if allowed else text)
        if found:
            self.wrong(key, f"« {found[0]} » serait lu à haute voix : l'enlever" + (f" ; seul {allowed} est permis ici" if allowed else ""))

    def text(self, key: str, needed: bool = False) -> str:
        """A string, "" where absent."""
        self._read.add(key)
        value = self.data.get(key)
        if value is None:
            if needed:
                self.wrong(key, f'manque : ajouter {key} = "…"')
            return ""
        if not isinstance(value, str) or (needed and not value.strip()):
            self.wrong(key, "un texte entre guillemets est attendu")
            return ""
        self._unmarked(key, value)
        return value.strip()

    def phone(self, needed: bool = False) -> str:
        """A telephone number, as it is to be said."""
        value = self.text("phone", needed)
        if value and not PHONE.fullmatch(value):
            self.wrong("phone", f"« {value} » : écrire le numéro par paires, 01 23 45 67 89")
        return value

    def key(self) -> str:
        """The record's id."""
        value = self.text("id", needed=True)
        if value and (not ID.fullmatch(value) or value != self.data.get("id")):
            self.wrong("id", f"« {value} » : lettres minuscules sans accent, chiffres et tirets, par exemple parc-rodin")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings, empty where absent."""
        self._read.add(key)
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            self.wrong(key, 'une liste de textes est attendue : ["…", "…"]')
            return ()
        self._unmarked(key, " ".join(value))
        return tuple(v.strip() for v in value)

    def words(self, key: str, needed: bool = False, longest: int = LONGEST_SPOKEN, allowed: str = "", languages: tuple[str, ...] = LANGUAGES) -> Words:
        """A text in each language, those of `languages` at least."""
        self._read.add(key)
        value = self.data.get(key)
        if value is None:
            if needed:
                self.wrong(key, f'manque : ajouter {key} = {{ fr = "…", en = "…" }}')
            return {}
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            self.wrong(key, 'un texte par langue est attendu : { fr = "…", en = "…" }')
            return {}
        for language in languages:
            if not value.get(language, "").strip():
                self.wrong(key, f"le texte {language} manque")
        for language, text in value.items():
            self._unmarked(key, text, allowed)
            if len(text) > longest:
                self.wrong(key, f"le texte {language} a {len(text)} caractères : {longest} au plus, pour être retenu à l'oreille")
        return {k: v.strip() for k, v in value.items() if v.strip()}

    def lists(self, key: str, needed: bool = False, languages: tuple[str, ...] = LANGUAGES) -> WordLists:
        """A list of texts in each language."""
        self._read.add(key)
        value = self.data.get(key)
        if value is None:
            if needed:
                self.wrong(key, f'manque : ajouter {key} = {{ fr = ["…"], en = ["…"] }}')
            return {}
        if not isinstance(value, dict) or not all(isinstance(v, list) and all(isinstance(t, str) for t in v) for v in value.values()):
            self.wrong(key, 'des listes par langue sont attendues : { fr = ["…"], en = ["…"] }')
            return {}
        for language in languages if needed else ():
            if not value.get(language):
                self.wrong(key, f"la liste {language} manque")
        if not all(t.strip() for texts in value.values() for t in texts):
            self.wrong(key, "un texte de la liste est vide : l'enlever ou l'écrire")
        return {k: tuple(v) for k, v in value.items()}

    def day(self, key: str) -> date | None:
        """A TOML date; JSON text from the compiled town is taken too."""
        self._read.add(key)
        value = self.data.get(key)
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                value = 0
        if value is not None and type(value) is not date:
            self.wrong(key, "une date est attendue, sans guillemets : 2025-11-24")
            return None
        return value

    def flag(self, key: str, default: bool) -> bool:
        """A boolean."""
        self._read.add(key)
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            self.wrong(key, "true ou false est attendu")
            return default
        return value

    def booleans(self, key: str) -> dict[str, bool]:
        """A boolean for each language, empty where absent."""
        self._read.add(key)
        value = self.data.get(key, {})
        if not isinstance(value, dict) or not all(k in LANGUAGES and isinstance(v, bool) for k, v in value.items()):
            self.wrong(key, f"un true ou false par langue est attendu, sans guillemets : {key} = {{ fr = true, en = false }}")
            return {}
        return value

    def hours(self, key: str, country: str, needed: bool = False) -> str:
        """An opening_hours string. An empty country means that it was checked before."""
        value = self.text(key, needed)
        if value and country:
            from skill.city.notation import problems_in  # not on the path of a compiled town

            for message in problems_in(value, country):
                self.wrong(key, message)
        return value

    def source(self, dated: bool = True, needed: bool = True) -> Source:
        """Where the record comes from, and the day its page was last updated: `updated_unknown = true` says that the page gives none."""
        page, updated, unknown = self.text("source", needed=needed), self.day("updated"), self.flag("updated_unknown", False)
        if dated and updated is None and not unknown and "updated" not in self.data:
            self.wrong("updated", "manque : ajouter la date de mise à jour de la page, updated = 2025-11-24, ou updated_unknown = true si elle n'en donne pas")
        if unknown and "updated" in self.data:
            self.wrong("updated_unknown", "updated donne déjà la date : enlever l'une des deux lignes")
        return Source(page, updated, self.day("review"))

    def done(self) -> None:
        """Notes every key that nobody reads: a misspelt key would otherwise be lost in silence."""
        for key in sorted(self.data.keys() - self._read):
            self.wrong(key, f"clé inconnue « {key} » : vérifier l'orthographe")
