"""Numbers of callers as providers write them."""

from __future__ import annotations

import re
from typing import Any, Final

_NUMBER: Final = re.compile(r"\+?\d{3,15}")
WITHHELD: Final = frozenset(
    {"anonymous", "restricted", "unavailable", "unknown", "private", "+266696687", "266696687", "+86282452253", "+2562533", "+7378742833"}
)
"""What stands in the place of a number that is withheld: Twilio spells ANONYMOUS, UNAVAILABLE, BLOCKED, RESTRICTED with the keys of a telephone."""


def caller(value: Any) -> str:
    """A number, "" where it is withheld or is none."""
    text = value.strip() if isinstance(value, str) else ""
    bare = re.sub(r"[\s.()-]", "", text.removeprefix("tel:").removeprefix("whatsapp:"))
    return bare if bare.lower() not in WITHHELD and _NUMBER.fullmatch(bare) else ""
