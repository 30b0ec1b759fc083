"""What every store of listening shares: who a row is of, how long it is kept, its JSON."""

from __future__ import annotations

import hashlib
import json
from typing import Final

from skill.conversation.listening import Listening

KEPT_SECONDS: Final = 400 * 24 * 3600
"""A row that nobody touched for thirteen months is erased."""


def key_of(user: str) -> str:
    """The name of a person's row: a hash, so that no id of a speaker's maker is kept."""
    return hashlib.sha256(b"mairie-vocale listening\n" + user.encode("utf-8", "replace")).hexdigest()


def to_text(listening: Listening) -> str:
    """As a row keeps it."""
    return json.dumps(listening.plain(), ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> Listening:
    """The inverse. Raises ValueError for a spoilt row."""
    try:
        return Listening.from_plain(json.loads(text))
    except (TypeError, RecursionError) as error:
        raise ValueError("not a listening") from error
