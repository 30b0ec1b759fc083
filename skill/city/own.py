"""What a town says of itself beside its records: its own words by language and cue, and its names for Alexa."""

from __future__ import annotations

from typing import Any, Protocol


class _Row(Protocol):
    data: dict[str, Any]
    _read: set[str]

    def wrong(self, key: str, message: str) -> None: ...


def read_own(row: _Row) -> dict[str, Any]:
    """The `own_words`, `alexa` and `publidata` of a City, from the tables under [town]; what is wrong is noted in the row."""
    row._read |= {"words", "alexa", "publidata"}
    return {
        "own_words": _words(row, row.data.get("words", {})),
        "alexa": _alexa(row, row.data.get("alexa", {})),
        "publidata": _publidata(row, row.data.get("publidata")),
    }


def _publidata(row: _Row, raw: Any) -> dict[str, Any]:
    """Where the territory's own calendar is, for towns that have one there."""
    if raw is None:
        return {}
    good = (
        isinstance(raw, dict) and type(raw.get("instance")) is int and isinstance(raw.get("citycode"), str) and isinstance(raw.get("types"), dict)
        and all(isinstance(v, str) for v in raw["types"].values()) and not raw.keys() - {"instance", "citycode", "types"}
    )  # fmt: skip
    if not good:
        row.wrong("publidata", 'écrire [town.publidata] avec instance = 101, citycode = "92040" et types = { omr = "household" }')
        return {}
    return dict(raw)


def _words(row: _Row, raw: Any) -> dict[str, dict[str, tuple[str, ...]]]:
    if not isinstance(raw, dict):
        row.wrong("words", "une table par langue est attendue : [town.words.fr]")
        return {}
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for language, cues in raw.items():
        if not isinstance(cues, dict):
            row.wrong(f"words.{language}", f"une table est attendue : [town.words.{language}]")
            continue
        found[language] = {}
        for cue, words in cues.items():
            if not isinstance(words, list) or not all(isinstance(w, str) and w.strip() for w in words):
                row.wrong(f"words.{language}.{cue}", f'une liste de textes est attendue : {cue} = ["…", "…"]')
            else:
                found[language][cue] = tuple(words)
    return found


_TEXTS = ("privacy", "terms", "testing")
_BY_LANGUAGE = ("invocation", "name", "summary", "description")
_LISTS = ("keywords", "countries")


def _alexa(row: _Row, raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        row.wrong("alexa", "une table est attendue : [town.alexa]")
        return {}
    for key, value in raw.items():
        if key in _TEXTS:
            good, wanted = isinstance(value, str), f'{key} = "…"'
        elif key in _BY_LANGUAGE:
            good, wanted = isinstance(value, dict) and all(isinstance(v, str) for v in value.values()), f'{key} = {{ fr = "…", en = "…" }}'
        elif key == "keywords":
            good = isinstance(value, dict) and all(isinstance(v, list) and all(isinstance(t, str) for t in v) for v in value.values())
            wanted = f'{key} = {{ fr = ["…"], en = ["…"] }}'
        elif key == "countries":
            good, wanted = isinstance(value, list) and all(isinstance(v, str) for v in value), 'countries = ["FR"]'
        else:
            row.wrong(f"alexa.{key}", f"clé inconnue « {key} » : {', '.join((*_TEXTS, *_BY_LANGUAGE, *_LISTS))}")
            continue
        if not good:
            row.wrong(f"alexa.{key}", f"écrire {wanted}")
    return dict(raw)
