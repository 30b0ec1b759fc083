"""What intents may ask of the world, as promises; stores and channels keep them. Fakes for tests keep the same ones (tests/fakes.py)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from skill.record import Record

if TYPE_CHECKING:
    from skill.city.model import City, Collection, Round
    from skill.conversation.agenda import Agenda
    from skill.conversation.listening import Listening
    from skill.conversation.profile import Profile
    from skill.conversation.reminders import Reminder
    from skill.conversation.sector import Located
    from skill.conversation.thread import Quiet, Thread
    from skill.conversation.unanswered import Unanswered

T = TypeVar("T")


class StoreUnavailable(OSError):
    """A store cannot do its work just now: locked, full, unreachable. Nothing that was kept is lost."""


class Kept(Protocol[T]):
    """One kind of thing that is known of each person. A person is an opaque id; of an unknown one a blank record is known.

    `change` reads, applies a pure function and writes; should another speaker of the same person write in between, it begins
    again, so that nothing is lost. All raise StoreUnavailable, within two seconds.
    """

    def get(self, user: str) -> T:
        """What is known of a person."""
        ...

    def change(self, user: str, edit: Callable[[T], T]) -> T:
        """Changes it, and gives it as it stands after."""
        ...

    def forget(self, user: str) -> None:
        """Erases everything about a person."""
        ...


class Outage:
    """The fault that a turn met, if any: the stores of one turn lie in one place, and none of them is asked once it failed."""

    fault: StoreUnavailable | None = None


class OneTurn(Generic[T]):
    """A store as one turn asks it: what was read is not read again, and where one failed none is asked again while somebody waits.

    Nor is anything written over what could not be read.
    """

    def __init__(self, store: Kept[T], outage: Outage | None = None) -> None:
        self._store, self._outage = store, outage or Outage()
        self._read: dict[str, T] = {}

    def get(self, user: str) -> T:
        """What is known of a person."""
        return self._read[user] if user in self._read else self._ask(user, self._store.get)

    def change(self, user: str, edit: Callable[[T], T]) -> T:
        """Changes it."""
        return self._ask(user, lambda of: self._store.change(of, edit))

    def forget(self, user: str) -> None:
        """Erases a person."""
        self._store.forget(user)
        self._read.pop(user, None)

    def _ask(self, user: str, work: Callable[[str], T]) -> T:
        if self._outage.fault is not None:
            raise self._outage.fault
        try:
            found = self._read[user] = work(user)
        except StoreUnavailable as error:
            self._outage.fault = error
            raise
        return found


class Memory(Record):
    """Everything that is known of people."""

    listeners: Kept[Listening]
    people: Kept[Profile]
    agendas: Kept[Agenda]
    unanswered: Kept[Unanswered]
    """A row a day, of nobody."""
    threads: Kept[Thread]
    """Conversations that their speakers do not carry."""
    quiet: Kept[Quiet]

    def for_one_turn(self) -> Memory:
        """The same, as one turn asks it."""
        outage = Outage()
        return self.but(listeners=OneTurn(self.listeners, outage), people=OneTurn(self.people, outage), agendas=OneTurn(self.agendas, outage))

    def sweep(self) -> None:
        """Lets go of conversations that are over: their words are kept no longer than they are needed. Raises StoreUnavailable."""
        sweep = getattr(self.threads, "sweep", None)
        if sweep is not None:
            sweep()

    def forget(self, user: str, members: bool = True) -> None:
        """Erases a person from every store; with a household also those who are of it, unless `members` is False. Raises StoreUnavailable."""
        known = self.people.get(user)
        for each in known.members if members else ():
            if each != user:
                self.forget(each)
        if known.link:
            self.agendas.forget(known.link)
        self.listeners.forget(user)
        self.people.forget(user)


class ReminderRefused(Exception):
    """No reminder was set, changed or read. `why` is one of the words below."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


NOT_ALLOWED, NO_DEVICE, TOO_MANY, REFUSED, OUTAGE, UNSURE = "not-allowed", "no-device", "too-many", "refused", "outage", "unsure"
"""The person has not allowed it; the speaker has no reminders; it holds as many as it can; it will not take this one; nobody
answered in time, and nothing was changed; nobody answered in time, and it may have been set all the same."""


class Reminders(Protocol):
    """Whoever rings for the person who speaks. Every method raises ReminderRefused, within two seconds for each call it makes."""

    rings: bool
    """True for a speaker that rings by itself; False for a calendar that must be subscribed to."""

    def set(self, reminder: Reminder) -> Reminder:
        """Sets it, all of its moments, and gives it as it was set: moments that were refused are left out; none at all is refused."""
        ...

    def all(self) -> tuple[Reminder, ...]:
        """What is set and still to come."""
        ...

    def cancel(self, reminder: Reminder) -> None:
        """Takes one of them away."""
        ...

    def link(self) -> str:
        """Address of the calendar, "" where the speaker rings by itself."""
        ...


class AddressRefused(Exception):
    """The speaker's address is not to be had. `allowed` is False where its owner has yet to allow it."""

    def __init__(self, allowed: bool) -> None:
        super().__init__("allowed" if allowed else "not allowed")
        self.allowed = allowed


def no_reminders() -> Reminders | None:
    """Where nobody rings."""
    return None


def no_address() -> str:
    """Where a speaker has no address."""
    raise AddressRefused(allowed=True)


class Territory(Protocol):
    """Days of collection street by street, from whoever collects."""

    def locate(self, address: str, city: City) -> Located | None:
        """The sector of an address; None where nobody answers."""
        ...

    def rounds(self, sector: str, collection: Collection, city: City) -> tuple[Round, ...] | None:
        """The rounds of a collection in a sector; None where they are not certain."""
        ...
