"""Where things are kept, as the settings say. Nothing is opened, nor its code loaded, before it is needed: most answers need neither."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from skill.conversation.ports import Kept, Memory
from skill.settings import Settings

if TYPE_CHECKING:
    from datetime import datetime

    from podcasts.storage import Storage
    from skill.city.model import City
    from skill.conversation.ports import Territory
    from skill.stores.changes import Changes
    from skill.stores.published import Published

T = TypeVar("T")


class Later(Generic[T]):
    """A store that is made when first asked."""

    def __init__(self, make: Callable[[], Kept[T]]) -> None:
        self._make = make
        self._made: Kept[T] | None = None

    @property
    def real(self) -> Kept[T]:
        """The store itself."""
        if self._made is None:
            self._made = self._make()
        return self._made

    def get(self, user: str) -> T:
        """What is known of a person."""
        return self.real.get(user)

    def change(self, user: str, edit: Callable[[T], T]) -> T:
        """Changes it."""
        return self.real.change(user, edit)

    def forget(self, user: str) -> None:
        """Erases a person."""
        self.real.forget(user)

    def sweep(self) -> int:
        """Lets go of what is over, where the store does not do so by itself."""
        return int(self.real.sweep()) if hasattr(self.real, "sweep") else 0


def memory_of(settings: Settings | None = None) -> Memory:
    """What is known of people, where the settings keep it; without settings, in this process only."""
    return Memory(*(Later(lambda name=name: _rows(settings, name)) for name in ("LISTENING", "PROFILE", "AGENDA", "UNANSWERED", "THREAD", "QUIET")))  # type: ignore[misc]


def territory_of(settings: Settings, city: City, clock: Callable[[], datetime]) -> Territory | None:
    """The territory's own calendar, where the settings ask for it and the town names one."""
    if not settings.publidata or not city.publidata:
        return None
    from skill.stores.publidata import Publidata

    return Publidata(dict(city.publidata), Later(lambda: _rows(settings, "SECTOR")), clock)


def _rows(settings: Settings | None, name: str) -> Any:
    """A table, a file in the folder, or the memory of this process where the settings keep nothing."""
    from skill.stores import desk_rows, rows

    kind = getattr(rows, name, None) or getattr(desk_rows, name)
    if settings and settings.table:
        from skill.stores.rows_dynamo import DynamoRows

        return DynamoRows(settings.table, kind=kind)
    if settings and settings.data:
        from pathlib import Path

        from skill.stores.rows_sqlite import SQLiteRows

        return SQLiteRows(Path(settings.data) / "people.sqlite3", kind=kind)
    from skill.stores.rows_memory import InMemory

    return InMemory(kind)


def secret_of(settings: Settings) -> bytes:
    """The key for what must not be guessed: the settings' own, else one kept in the folder, else one of this process. Raises OSError."""
    if settings.secret:
        return settings.secret.encode()
    import secrets  # most answers need none

    if not settings.data:
        return secrets.token_bytes(32)
    import os
    from pathlib import Path

    path = Path(settings.data) / "console" / "secret"  # with what a backup holds
    if not path.exists() or not path.stat().st_size:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f".secret.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_hex(32), encoding="ascii")
            with contextlib.suppress(FileNotFoundError):
                if not path.stat().st_size:
                    path.unlink()
            with contextlib.suppress(FileExistsError):  # of two processes that make one at once, both take the first
                os.link(fresh, path)
        finally:
            fresh.unlink(missing_ok=True)
    return path.read_bytes()


def storage_of(settings: Settings, patient: bool = True) -> Storage | None:
    """A bucket or a folder for podcasts; None where nothing is kept. `patient`: nobody waits for a voice."""
    if settings.bucket:
        from podcasts.s3 import Bucket

        return Bucket(settings.bucket, "podcasts/", patient=patient)
    if settings.data:
        from pathlib import Path

        from podcasts.folder import Folder

        return Folder(Path(settings.data) / "podcasts")
    return None


def desk_of(settings: Settings, town: str, patient: bool = True) -> Storage | None:
    """Where what staff change of a town is kept, and who they are; None where nothing is kept. `town` is the name of its folder."""
    from podcasts.storage import safe_name

    name = safe_name(town)
    if settings.bucket:
        from podcasts.s3 import Bucket

        return Bucket(settings.bucket, f"console/{name}/", patient=patient)
    if settings.data:
        from pathlib import Path

        from podcasts.folder import Folder

        root = Path(settings.data) / "console" / name
        return Folder(root, private=True)
    return None


def changes_of(settings: Settings, town: str, patient: bool = True) -> Changes | None:
    """What staff changed of a town. `patient`: nobody waits for a voice."""
    storage = desk_of(settings, town, patient)
    if storage is None:
        return None
    from skill.stores.changes import Changes

    return Changes(storage)


def published_of(settings: Settings, town: str, patient: bool = True) -> Published | None:
    """Where the compiled town of staff is kept for functions in the cloud; None where there are none."""
    storage = desk_of(settings, town, patient) if settings.bucket else None
    if storage is None:
        return None
    from skill.stores.published import Published

    return Published(storage)


def guard_of(settings: Settings) -> tuple[Any, Any]:
    """Sessions of the console, and failed log-ins."""
    theirs = settings.but(table=settings.staff_table or settings.table)
    return Later(lambda: _rows(theirs, "SESSION")), Later(lambda: _rows(theirs, "TRIES"))
