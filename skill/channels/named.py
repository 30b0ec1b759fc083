"""Things of the town by a name as somebody says or misspells it: with the same ear that understands questions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from skill.conversation.turn import Focus
from skill.record import Record

if TYPE_CHECKING:
    from skill.ready import Ready

LEAST_WHOLE: Final = 0.34
"""Share of a name that must have been said for it to be proposed."""
SURELY: Final = 0.6
MOST_NEAR: Final = 5


class Named(Record):
    """What a name may mean."""

    ids: tuple[str, ...] = ()
    """The ones that it means: several where it fits them equally well; none where it is not sure."""
    near: tuple[str, ...] = ()
    """Others that it may have meant, best first."""
    kind: str = ""
    """A sort of place that was named without saying which."""


def named(ready: Ready, table: str, text: str, now: datetime, language: str = "fr") -> Named:
    """Looks a name up in a table of the town, in a language and then in the others: "place", "collection", "item", "district", "series"."""
    found = _named(ready, table, text, now, language)
    if found.ids or found.near:
        return found
    others = (other for other in ready.town.kinds if other != language)
    return next((each for other in others if (each := _named(ready, table, text, now, other)).ids), found)


def _named(ready: Ready, table: str, text: str, now: datetime, language: str) -> Named:
    """The same by the names of one language."""
    _, evidence = ready.understand(text[:300], language, now, Focus())
    mentions = sorted(evidence.mentions.get(table, ()), key=lambda m: -m.score)
    kind = evidence.kinds[0] if evidence.kinds else ""
    near = tuple(dict.fromkeys(i for m in mentions if m.whole >= LEAST_WHOLE for i in m.ids))
    if not mentions or mentions[0].whole * mentions[0].sure < SURELY:
        return Named((), near[:MOST_NEAR], kind)
    return Named(mentions[0].ids, tuple(i for i in near if i not in mentions[0].ids)[:MOST_NEAR], kind)
