"""What people type, read: texts, lists, dates, hours; each thing that cannot be read with its field and what to do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from podcasts.storage import safe_name

LONGEST: Final = 20_000
RESERVED: Final = frozenset({"nouveau", "nouvelle"})
"""Ids that addresses of pages have."""
_DATE: Final = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})")
_TIME: Final = re.compile(r"(\d{1,2})\s*(?:[:h]\s*(\d{2})?)?")


class Form:
    """The fields of one form, and what is wrong with them."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self.wrong: list[tuple[str, str]] = []

    def text(self, name: str, longest: int = LONGEST) -> str:
        """A text in one line, control characters left out."""
        return clean(self._given.get(name, ""))[:longest].strip()

    def lines(self, name: str) -> list[str]:
        """The lines of a text, empty ones left out, each once."""
        rows = (clean(row).strip() for row in self._given.get(name, "")[:LONGEST].splitlines())
        return list(dict.fromkeys(row for row in rows if row))

    def chosen(self, name: str, known: Any) -> str:
        """One of known values, "" for none of them."""
        value = self._given.get(name, "")
        return value if value in known else ""

    def day(self, name: str, needed: str = "") -> date | None:
        """A date as browsers send it or as people write it. `needed`: what to say where there is none."""
        text = self.text(name)
        if not text:
            if needed:
                self.wrong.append((name, needed))
            return None
        found = _DATE.fullmatch(text)
        try:
            day = date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text)
        except ValueError:
            self.wrong.append((name, f"« {text[:20]} » n'est pas une date : l'écrire comme 28/11/2026"))
            return None
        if not 2000 <= day.year <= 2100:
            self.wrong.append((name, f"l'année {day.year} ne va pas"))
            return None
        return day

    def hour(self, name: str) -> str:
        """An hour as "08:30", from "8h30", "8 h", "8:30"; "" for none."""
        text = self.text(name)
        if not text:
            return ""
        found = _TIME.fullmatch(text)
        if not found or int(found[1]) > 24 or int(found[2] or 0) > 59 or (int(found[1]) == 24 and int(found[2] or 0)):
            self.wrong.append((name, f"« {text[:20]} » n'est pas une heure : l'écrire comme 8h30"))
            return ""
        return f"{int(found[1]):02d}:{int(found[2] or 0):02d}"

    def words(self, name: str) -> dict[str, str] | None:
        """A text in French (`name`_fr) and, where it was given, in English (`name`_en)."""
        out = {language: text for language in ("fr", "en") if (text := self.text(f"{name}_{language}"))}
        return out or None


def clean(text: str) -> str:
    """A text without control characters, its spaces single, in composed letters."""
    text = unicodedata.normalize("NFC", text)
    return re.sub(r"[ \t\u00a0\u202f\r\n]+", " ", "".join(c for c in text if c in "\t\r\n\u00a0\u202f" or (c.isprintable() and c not in "\u2028\u2029")))


def sentence(text: str) -> str:
    """A reason as a sentence: its capital and its full stop."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?')) else '.'}"


def fresh_id(name: str, taken: Any) -> str:
    """An id made of a name that no record has yet."""
    base = safe_name(name, 50)
    base = f"{base}-1" if base in RESERVED else base
    if base not in taken:
        return base
    return next(f"{base}-{n}" for n in range(2, 10_000) if f"{base}-{n}" not in taken)
