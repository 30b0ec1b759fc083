"""What may be written down of an error: its type and where it happened. Never its message, which may quote what a person sent."""

from __future__ import annotations

from pathlib import PurePath
from types import TracebackType
from typing import Final

MOST_FRAMES: Final = 8


def described(error: BaseException) -> str:
    """ "KeyError at skill/intents/waste.py:53 < skill/app.py:110", the innermost place first; one line, our own characters only."""
    places: list[str] = []
    step: TracebackType | None = error.__traceback__
    while step is not None:
        path = PurePath(step.tb_frame.f_code.co_filename)
        places.append(f"{'/'.join(path.parts[-3:])}:{step.tb_lineno}")
        step = step.tb_next
    return f"{type(error).__name__} at {' < '.join(reversed(places[-MOST_FRAMES:])) or 'nowhere'}"
