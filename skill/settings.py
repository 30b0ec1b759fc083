"""Everything the environment may say, read once at start; whatever is wrong in it is told at once, before anything runs."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from skill.record import Record

DEFAULT_TOWN: Final = "issy-les-moulineaux"
DEFAULT_ADDRESS: Final = "http://127.0.0.1:5000"
_SECRET: Final = frozenset({"SECRET", "TWILIO_TOKEN", "PHONE_KEY", "DIALOGFLOW_KEY", "METRICS"})
"""Settings whose value is shown to nobody."""
_ON, _OFF = ("on", "1", "true", "yes"), ("off", "0", "false", "no")


class BadSettings(ValueError):
    """What is wrong in the environment, a line each."""


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
    staff_table: str = ""
    """MAIRIE_STAFF_TABLE: DynamoDB table for the sessions of staff; the other table where there is none."""
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
    origin_key: str = ""
    """MAIRIE_ORIGIN_KEY: what the CDN before the web function says of itself; whoever does not say it is refused."""
    workers: int = 0
    """MAIRIE_WORKERS: how many processes answer, in production; 0 for this one alone, on a desk."""
    log: str = "text"
    """MAIRIE_LOG: "json" for one object a line."""
    secret: str = ""
    """MAIRIE_SECRET: key under which telephone numbers are hashed and households' words for Siri are made; "" for one made in the folder."""
    twilio_token: str = ""
    """MAIRIE_TWILIO_TOKEN: what Twilio signs its requests with; without it /phone/voice and /sms answer nobody."""
    phone_key: str = ""
    """MAIRIE_PHONE_KEY: the word that another provider's gateway says at /phone/turn and /sms/turn (Authorization: Bearer)."""
    phone_transfer: str = ""
    """MAIRIE_PHONE_TRANSFER: number to which callers are put through, "+33141238000"; "" to say the town's number instead."""
    dialogflow_key: str = ""
    """MAIRIE_DIALOGFLOW_KEY: the word that Dialogflow says at /dialogflow (Authorization: Bearer)."""
    metrics: str = ""
    """MAIRIE_METRICS: the word that whoever reads /metrics must send (Authorization: Bearer); "" for this machine only."""

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read once, at start. Raises BadSettings with everything that is wrong."""
        env = os.environ if env is None else env
        wrong: list[str] = []

        def read(name: str, default: str, make: Callable[[str], Any]) -> Any:
            text = env.get(f"MAIRIE_{name}", default)
            try:
                return make(text)
            except ValueError as error:
                wrong.append(f"MAIRIE_{name}={'…' if name in _SECRET else text[:80]}: {error}")
                return None

        known = {f"MAIRIE_{name.upper()}" for name in cls._fields}
        strange = sorted(name for name in env if name.startswith("MAIRIE_") and name not in known)
        wrong += [f"{name}: no such setting{_perhaps(name, known)}" for name in strange]
        home = env.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
        made = cls(
            town=env.get("MAIRIE_TOWN") or ("" if env.get("MAIRIE_COMPILED") else DEFAULT_TOWN),
            compiled=env.get("MAIRIE_COMPILED", ""),
            skill_id=env.get("MAIRIE_SKILL_ID", ""),
            verify=read("VERIFY", "on", _switch),
            data=env.get("MAIRIE_DATA", os.path.join(home, "mairie-vocale")),
            table=env.get("MAIRIE_TABLE", ""),
            staff_table=env.get("MAIRIE_STAFF_TABLE", ""),
            bucket=env.get("MAIRIE_BUCKET", ""),
            public_url=read("PUBLIC_URL", "", _public),
            publidata=read("PUBLIDATA", "off", _switch),
            rate=read("RATE", "120/minute", _rate),
            origins=read("ORIGINS", "", lambda text: tuple(_public(each) for each in text.split())),
            proxies=read("PROXIES", "0", lambda text: _number(text, 0, 9, "a number of proxies, 0 for none")),
            origin_key=env.get("MAIRIE_ORIGIN_KEY", ""),
            refresh_minutes=read(
                "REFRESH_MINUTES", "30", lambda text: _number(text, 0, 10_080, "a number of minutes, 0 for never, at most 10080 (a week)", 30)
            ),
            workers=read("WORKERS", "0", lambda text: _number(text, 0, 64, "a number of processes up to 64, 0 for this one alone")),
            log=read("LOG", "text", _log),
            secret=read("SECRET", "", lambda text: _key(text, 16)),
            twilio_token=read("TWILIO_TOKEN", "", lambda text: _key(text, 16)),
            phone_key=read("PHONE_KEY", "", lambda text: _key(text, 16)),
            phone_transfer=read("PHONE_TRANSFER", "", _telephone),
            dialogflow_key=read("DIALOGFLOW_KEY", "", lambda text: _key(text, 16)),
            metrics=read("METRICS", "", _word),
        )
        if (made.twilio_token or made.phone_key) and made.table and not made.secret and not wrong:
            wrong.append("MAIRIE_SECRET: wanted where numbers are kept in a table: another key at each start would forget who said STOP")
        if wrong:
            raise BadSettings("\n".join(wrong))
        return made


def _perhaps(name: str, known: set[str]) -> str:
    """The setting that was probably meant."""
    from difflib import get_close_matches  # only where something is wrong

    found = get_close_matches(name, sorted(known), 1)
    return f"; {found[0]} is meant?" if found else ""


def _switch(text: str) -> bool:
    if text.lower() not in (*_ON, *_OFF):
        raise ValueError("on or off is wanted")
    return text.lower() in _ON


def _public(text: str) -> str:
    """An address without its last slash."""
    if text and not text.startswith(("https://", "http://")):
        raise ValueError("a whole address is wanted, https://mairie.example")
    return text.rstrip("/")


def _number(text: str, least: int, most: int, wanted: str, default: int = 0) -> int:
    """A number in its bounds; the default where nothing is said."""
    if text and not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
        raise ValueError(f"{wanted} is wanted")
    return int(text) if text else default


def _rate(text: str) -> str:
    """A number of questions for a time, "" for no limit."""
    if text.lower() in ("", "off", "0"):
        return ""
    if not re.fullmatch(r"[1-9]\d{0,5}/(?:second|minute|hour)", text):
        raise ValueError("a number for a time is wanted, 120/minute; off for none")
    return text


def _word(text: str) -> str:
    """A word that a header can carry as it is."""
    if text and not re.fullmatch(r"[\x21-\x7e]{1,200}", text):
        raise ValueError("a word of plain letters, figures and signs is wanted, without spaces")
    return text


def _key(text: str, least: int) -> str:
    """A word that nobody guesses."""
    if text and len(_word(text)) < least:
        raise ValueError(f"at least {least} signs are wanted")
    return text


def _telephone(text: str) -> str:
    """A number as the whole world dials it."""
    if text and not re.fullmatch(r"\+[1-9]\d{5,14}", text):
        raise ValueError("a number with its country is wanted, +33141238000")
    return text


def _log(text: str) -> str:
    text = text or "text"
    if text not in ("text", "json"):
        raise ValueError("text or json is wanted")
    return text
