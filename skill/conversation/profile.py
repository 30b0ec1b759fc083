"""What one person told us of themselves: how to speak to them, where they live, which collections to remind them of. Pure data."""

from __future__ import annotations

from typing import Any, Final

from skill.conversation import plain
from skill.conversation.reminders import Reminder, reminders_from
from skill.record import Record

SLOW, FAST = "slow", "fast"
RATES: Final = ("", SLOW, FAST)
MOST_WATCHES: Final = 12
MOST_MEMBERS: Final = 20
MOST_TRIED: Final = 30


class Manner(Record):
    """How somebody likes to be spoken to."""

    rate: str = ""
    """SLOW, FAST, or "" for the voice's own."""
    short: bool = False
    """True for the fewest words."""


def said_manner(words: tuple[str, ...]) -> Manner:
    """The manner of a session, from its words."""
    return Manner(next((w for w in words if w in (SLOW, FAST)), ""), "short" in words)


class Home(Record):
    """Where somebody lives, as far as collections need to know: never the number."""

    district: str = ""
    """Id of a district; "" where the street is known and its district is not."""
    street: str = ""
    """Id of a street of the town's index, "" where only the district was said."""
    sector: str = ""
    """Key of a sector of the territory's own calendar (stores/publidata.py), "" where it is not asked."""

    def __bool__(self) -> bool:
        return bool(self.district or self.street or self.sector)


class Profile(Record):
    """One person; or a household, for the home and for who is of it."""

    manner: Manner = Manner()
    home: Home = Home()
    watches: tuple[Reminder, ...] = ()
    """Collections whose evening before is rung by the speaker, with what it needs to renew them."""
    renewed: str = ""
    """ISO day on which they were last looked at."""
    seen: str = ""
    """Month in which the row was last written, "2026-11": whoever goes on speaking to us is not forgotten for having changed nothing."""
    link: str = ""
    """Secret of the address of their calendar, "" before they need one."""
    declined: bool = False
    """True for those who said no to an offer: they are made no other."""
    tried: tuple[str, ...] = ()
    """Subjects that they asked about, so that help can teach the others."""
    members: tuple[str, ...] = ()
    """Opaque ids of the people whose voices the household's speaker knows: erasing it erases them."""

    def plain(self) -> dict[str, Any]:
        """As JSON values, empty ones left out."""
        out: dict[str, Any] = {
            "rate": self.manner.rate, "short": self.manner.short, "district": self.home.district, "street": self.home.street,
            "sector": self.home.sector, "renewed": self.renewed,
            "seen": self.seen, "link": self.link, "declined": self.declined, "tried": list(self.tried), "members": list(self.members),
            "watches": [w.plain() for w in self.watches],
        }  # fmt: skip
        return {k: v for k, v in out.items() if v}

    @classmethod
    def from_plain(cls, data: Any) -> Profile:
        """The inverse. Raises ValueError where the whole is not ours; a value that is not as we write it is left out."""
        if not isinstance(data, dict) or data.keys() - _FIELDS:
            raise ValueError("not a profile")
        rate = data.get("rate")
        return cls(
            manner=Manner(rate if rate in RATES else "", data.get("short") is True),
            home=Home(*(plain.word(data.get(k)) for k in ("district", "street", "sector"))), watches=reminders_from(data.get("watches"), MOST_WATCHES),
            renewed=data["renewed"] if plain.day(data.get("renewed")) else "", link=plain.word(data.get("link")),
            seen=plain.word(data.get("seen")), declined=data.get("declined") is True,
            tried=plain.words(data.get("tried"), MOST_TRIED), members=plain.words(data.get("members"), MOST_MEMBERS),
        )  # fmt: skip


_FIELDS: Final = frozenset({"rate", "short", "district", "street", "sector", "renewed", "seen", "link", "declined", "tried", "members", "watches"})
