"""The language files on disk: small words and cues, wordings, and the interaction model's own data."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

_ROOT: Final = Path(__file__).resolve().parent.parent
_MODEL: Final = _ROOT.parent / "interaction_model"


@lru_cache(maxsize=16)
def _toml(path: Path) -> dict[str, Any]:
    import tomllib  # not on the path of a compiled town

    return tomllib.loads(path.read_text(encoding="utf-8"))


def languages() -> tuple[str, ...]:
    """Two-letter codes of the languages that have a folder."""
    return tuple(sorted(p.name for p in (_ROOT / "locales").iterdir() if (p / "prompts.toml").exists()))


def words(language: str) -> dict[str, Any]:
    """The small words, kinds and cues of a language, what is said to a player and of oneself, ready to be compared."""
    from skill.understanding.player_words import compile_listening

    folder = _ROOT / "locales" / language
    care = _toml(folder / "care.toml")
    return {**_toml(folder / "words.toml"), "listening": compile_listening(_toml(folder / "listening.toml"), language), "care": care}


def prompts(language: str) -> dict[str, Any]:
    """The wording of every message in a language."""
    return _toml(_ROOT / "locales" / language / "prompts.toml")  # "short" is a table of its own, for those who want the fewest words


def rules() -> dict[str, dict[str, Any]]:
    """What evidence each intent wants."""
    return _toml(_MODEL / "evidence.toml")


def meanings() -> dict[str, dict[str, Any]]:
    """What each intent of the models means to the skill."""
    return _toml(_MODEL / "intents.toml")


def samples(locale: str) -> dict[str, Any]:
    """The interaction model of a locale, as written by hand; {} for a locale without one."""
    path = _MODEL / f"{locale}.toml"
    return _toml(path) if path.exists() else {}


def page(language: str) -> dict[str, str]:
    """What the speaker's page writes in a language."""
    return dict(_toml(_ROOT / "locales" / language / "page.toml"))


def phone(language: str) -> dict[str, Any]:
    """What the telephone and short messages say besides, and what keys mean."""
    return _toml(_ROOT / "locales" / language / "phone.toml")


def pages(language: str) -> dict[str, Any]:
    """What the pages write that closed speakers and search engines read."""
    return _toml(_ROOT / "locales" / language / "pages.toml")
