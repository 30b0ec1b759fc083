"""How much we read of a request, wherever it comes in."""

from __future__ import annotations

from typing import Final

MOST_BYTES: Final = 128 * 1024
"""Of a body that is no form of staff's."""
MOST_OF_FUNCTION: Final = 4 * 1024 * 1024
"""Bytes of a body that reach a function in the cloud: Lambda takes six megabytes, in base64."""
