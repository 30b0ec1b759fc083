"""Watches a town's files while the server runs, so that a clerk's edit is answered without a restart."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from pathlib import Path
from typing import Final

from skill.app import Skill
from skill.channels.faults import described
from skill.stores.compiled import from_files
from skill.stores.town_files import BrokenFiles, town_hash

LOG: Final = logging.getLogger("mairie.web")
LOOK_EVERY_S: Final = 2.0


class Reloader(threading.Thread):
    """Takes changed town files as soon as they are good; keeps the last good town while they are not."""

    def __init__(self, skill: Skill, folder: Path) -> None:
        super().__init__(name="town-reloader", daemon=True)
        self._skill, self._folder = skill, folder
        self._seen = town_hash(folder)
        self._said = ""
        self._done = threading.Event()

    def run(self) -> None:
        """Looks every LOOK_EVERY_S seconds until stopped."""
        while not self._done.wait(LOOK_EVERY_S):
            self.look()

    def look(self) -> bool:
        """Reloads if the files changed; True when a new town was taken."""
        found = self._seen
        try:
            found = town_hash(self._folder)
            if found == self._seen:
                return False
            self._skill.replace(from_files(self._folder))
            self._seen = found
        except BrokenFiles as error:
            self._seen = found
            for problem in error.located:
                LOG.error("town not taken, the last good one stays: %s", problem)
            return False
        except OSError as error:  # perhaps in the middle of a copy: looked at again, said once
            if self._said != str(error):
                self._said = str(error)
                LOG.error("town not read, the last good one stays: %s", error)
            return False
        except Exception as error:  # a mistake that the checks do not know yet must not end the watch
            self._seen = found
            LOG.error("town not taken, the last good one stays: %s (%s)", error, described(error))
            return False
        self._said = ""
        LOG.info("town taken again at %s", datetime.now(self._skill.zone).isoformat(timespec="seconds"))
        return True

    def stop(self) -> None:
        """Ends the thread."""
        self._done.set()
