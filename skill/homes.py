"""Where things are kept, as the settings say. Nothing is opened, nor its code loaded, before it is needed: most answers need neither."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from skill.settings import Settings

if TYPE_CHECKING:
    from podcasts.storage import Storage
    from skill.conversation.listening import Listening
    from skill.conversation.ports import Listeners


class LaterListeners:
    """The store of listening that the settings name, made when first asked."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._made: Listeners | None = None

    @property
    def real(self) -> Listeners:
        """The store itself."""
        if self._made is None:
            self._made = listeners_of(self._settings)
        return self._made

    def get(self, user: str) -> Listening:
        """What a person has heard."""
        return self.real.get(user)

    def change(self, user: str, edit: Callable[[Listening], Listening]) -> Listening:
        """Changes it."""
        return self.real.change(user, edit)

    def forget(self, user: str) -> None:
        """Erases a person."""
        self.real.forget(user)


def listeners_of(settings: Settings) -> Listeners:
    """A table, a file in the folder, or the memory of this process where the settings keep nothing."""
    if settings.table:
        from skill.stores.listening_dynamo import DynamoListeners

        return DynamoListeners(settings.table)
    if settings.data:
        from pathlib import Path

        from skill.stores.listening_sqlite import SQLiteListeners

        return SQLiteListeners(Path(settings.data) / "listening.sqlite3")
    from skill.stores.listening_memory import InMemory

    return InMemory()


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
