"""Numbers of callers as providers write them: one person, one spelling; a withheld number is nobody's."""

from __future__ import annotations

import re
from typing import Any, Final

_NUMBER: Final = re.compile(r"\+?\d{6,15}")
WITHHELD: Final = frozenset({
    "266696687", "7378742833", "7378742883", "17378742833", "2562533", "8656696", "86282452253", "464",
})  # fmt: skip
"""What stands in the place of a number that is withheld: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE spelled with the keys of a telephone."""
COUNTRIES: Final = {"FR": "33", "BE": "32", "CH": "41", "LU": "352", "MC": "377", "GB": "44", "DE": "49", "ES": "34", "IT": "39"}
"""Country to its calling code, where a number may come without it."""


def caller(value: Any, country: str = "FR") -> str:
    """A number as the whole world dials it, "" where it is withheld or is none."""
    text = value.strip() if isinstance(value, str) else ""
    bare = re.sub(r"[\s.()-]", "", text.removeprefix("tel:").removeprefix("whatsapp:"))
    if not _NUMBER.fullmatch(bare) or not bare.isascii() or bare.lstrip("+") in WITHHELD:
        return ""
    code = COUNTRIES.get(country, "")
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    elif bare.startswith("0") and code:
        bare = f"+{code}{bare[1:]}"
    elif not bare.startswith("+"):
        bare = f"+{bare}"
    return bare if bare.lstrip("+").removeprefix(code).strip("0") else ""
