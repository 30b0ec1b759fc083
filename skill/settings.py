"""Everything the environment may say, read once at start."""

from __future__ import annotations

import os
import re
from typing import Final

from skill.record import Record

DEFAULT_TOWN: Final = "issy-les-moulineaux"
DEFAULT_ADDRESS: Final = "http://127.0.0.1:5000"


class Settings(Record):
    """Everything the environment may say. Names are MAIRIE_*; README lists them, a test compares."""

    town: str = DEFAULT_TOWN
    """MAIRIE_TOWN: name of a shipped town, or path of a folder; "" for whichever was compiled."""
    compiled: str = ""
    """MAIRIE_COMPILED: folder of a compiled town (`mairie compile`), taken as it is; "" to read the TOML."""
    skill_id: str = ""
    """MAIRIE_SKILL_ID: Alexa skill id that requests must carry; "" on a first try, before the skill exists."""
    verify: bool = True
    """MAIRIE_VERIFY: "off" answers unsigned Alexa requests, on loopback only."""
    data: str = ""
    """MAIRIE_DATA: folder for podcasts and what is known of people; by default ~/.local/share/mairie-vocale, "" keeps nothing."""
    table: str = ""
    """MAIRIE_TABLE: DynamoDB table for what is known of people, instead of a file in the folder."""
    bucket: str = ""
    """MAIRIE_BUCKET: S3 bucket for podcasts, instead of the folder."""
    public_url: str = ""
    """MAIRIE_PUBLIC_URL: where listeners reach this server or bucket, "https://mairie.example"; speakers play https only."""
    publidata: bool = False
    """MAIRIE_PUBLIDATA: "on" asks the territory's calendar for the days of a street, where the town names one."""
    refresh_minutes: int = 30
    """MAIRIE_REFRESH_MINUTES: how often a running server reads the feeds; 0 for never."""

    rate: str = ""
    """MAIRIE_RATE: how many questions an address may ask, "120/minute"; "" for any number."""
    origins: tuple[str, ...] = ()
    """MAIRIE_ORIGINS: other sites whose pages may use the JSON routes, separated by spaces."""
    proxies: int = 0
    """MAIRIE_PROXIES: how many of our own proxies stand before the server and tell whom they speak for (X-Forwarded-For)."""

    @classmethod
    def from_environment(cls) -> Settings:
        """Read once, at start."""
        env = os.environ
        return cls(
            town=env.get("MAIRIE_TOWN") or ("" if env.get("MAIRIE_COMPILED") else DEFAULT_TOWN),
            compiled=env.get("MAIRIE_COMPILED", ""),
            skill_id=env.get("MAIRIE_SKILL_ID", ""),
            verify=env.get("MAIRIE_VERIFY", "on").lower() not in ("off", "0", "false", "no"),
            data=env.get("MAIRIE_DATA", os.path.join(env.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share"), "mairie-vocale")),
            table=env.get("MAIRIE_TABLE", ""),
            bucket=env.get("MAIRIE_BUCKET", ""),
            public_url=_public(env.get("MAIRIE_PUBLIC_URL", "")),
            publidata=env.get("MAIRIE_PUBLIDATA", "off").lower() in ("on", "1", "true", "yes"),
            rate=_rate(env.get("MAIRIE_RATE", "120/minute")),
            origins=tuple(_public(each) for each in env.get("MAIRIE_ORIGINS", "").split()),
            proxies=_proxies(env.get("MAIRIE_PROXIES", "")),
            refresh_minutes=_minutes(env.get("MAIRIE_REFRESH_MINUTES", "")),
        )


def _public(text: str) -> str:
    """An address without its last slash. Raises ValueError for what is none."""
    if text and not text.startswith(("https://", "http://")):
        raise ValueError(f"{text}: a whole address is wanted (MAIRIE_PUBLIC_URL, MAIRIE_ORIGINS), https://mairie.example")
    return text.rstrip("/")


def _minutes(text: str) -> int:
    """A number of minutes. Raises ValueError for what is none."""
    if text and not (text.isascii() and text.isdecimal() and int(text) <= 10_080):
        raise ValueError(f"MAIRIE_REFRESH_MINUTES={text}: a number of minutes is wanted, 0 for never, at most 10080 (a week)")
    return int(text) if text else 30


def _rate(text: str) -> str:
    """A number of questions for a time, "" for no limit. Raises ValueError for what is neither."""
    if text.lower() in ("", "off", "0"):
        return ""
    if not re.fullmatch(r"[1-9]\d{0,5}/(?:second|minute|hour)", text):
        raise ValueError(f"MAIRIE_RATE={text}: a number for a time is wanted, 120/minute; off for none")
    return text


def _proxies(text: str) -> int:
    """How many proxies. Raises ValueError for what is no small number."""
    if text and not (text.isascii() and text.isdecimal() and int(text) < 10):
        raise ValueError(f"MAIRIE_PROXIES={text}: a number of proxies is wanted, 0 for none")
    return int(text) if text else 0
