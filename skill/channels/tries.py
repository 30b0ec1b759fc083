"""Commands to try at once, printed at start and on the home page: the town's own examples, each as it can be pasted in a shell."""

from __future__ import annotations

import json
import shlex

from skill.city.model import City

_LOCALES = {"fr": "fr-FR", "en": "en-GB"}
_MOST = 2
"""Of each language."""


def tries(city: City, host: str, port: str | int) -> str:
    """One curl command a line; a town without examples is asked for help."""
    asked = [(language, text) for language in _LOCALES for text in city.examples.get(language, ())[:_MOST]] or [("fr", "aide"), ("en", "help")]
    lines = []
    for language, text in asked:
        body = {"text": text, **({"locale": _LOCALES[language]} if language != "fr" else {})}
        data = shlex.quote(json.dumps(body, ensure_ascii=False))
        lines.append(f"  curl -s -d {data} -H 'Content-Type: application/json' http://{host}:{port}/api/ask")
    return "\n".join(lines)
