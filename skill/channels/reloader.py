"""Watches a town's files and what staff change while the server runs, so that an edit is answered without a restart, and by every process."""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime
from typing import Final

from skill.app import Skill
from skill.channels.faults import described
from skill.stores.town_files import BrokenFiles

LOG: Final = logging.getLogger("mairie.web")
LOOK_EVERY_S: Final = 2.0
SWEEP_EVERY_S: Final = 60.0


class Reloader(threading.Thread):
    """Takes a changed town as soon as it is good; keeps the last good one while it is not. Lets conversations go that are over."""

    def __init__(self, skill: Skill) -> None:
        super().__init__(name="town-reloader", daemon=True)
        self._skill = skill
        self._said = ""
        self._done = threading.Event()

    def run(self) -> None:
        """Looks every LOOK_EVERY_S seconds until stopped."""
        swept = 0.0
        while not self._done.wait(LOOK_EVERY_S):
            self.look()
            if time.monotonic() - swept > SWEEP_EVERY_S:
                swept = time.monotonic()
                self.sweep()

    def sweep(self) -> None:
        """Lets go of conversations that are over."""
        try:
            self._skill.memory.sweep()
        except Exception as error:
            LOG.error("conversations that are over were not erased: %s", described(error))

    def look(self) -> bool:
        """Reloads if the files, or what staff changed, are others; True when a new town was taken. What is wrong is said once."""
        try:
            taken = self._skill.refresh()
        except BrokenFiles as error:
            self._complain([f"town not taken, the last good one stays: {problem}" for problem in error.located])
            return False
        except OSError as error:  # perhaps in the middle of a copy: looked at again
            self._complain([f"town not read, the last good one stays: {error}"])
            return False
        except Exception as error:  # a mistake that the checks do not know yet must not end the watch
            self._complain([f"town not taken, the last good one stays: {error} ({described(error)})"])
            return False
        fault = self._skill.live.fault if self._skill.live else None
        if fault is not None:
            self._complain([f"town not taken, the last good one stays: {problem}" for problem in fault.located])
            return False
        if taken:
            self._said = ""
            LOG.info("town taken again at %s", datetime.now(self._skill.zone).isoformat(timespec="seconds"))
        return taken

    def _complain(self, lines: list[str]) -> None:
        if self._said != "\n".join(lines):
            self._said = "\n".join(lines)
            for line in lines:
                LOG.error(line)

    def stop(self) -> None:
        """Ends the thread."""
        self._done.set()
