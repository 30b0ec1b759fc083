"""Faults of a feed as they are gathered, and the rules that hold for the series and for each episode alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit
from xml.etree import ElementTree as ET

from podcasts import cover
from podcasts.values import flag
from podcasts.write import ITUNES, PODCAST

ERROR, ADVICE = "erreur", "conseil"
MOST_BYTES_OF_TEXT: Final = 4_000


class Fault(NamedTuple):
    """One thing to mend."""

    level: str
    where: str
    """The series, or the episode by its title."""
    text: str
    fix: str


class Faults:
    """Those found so far."""

    def __init__(self) -> None:
        self.rows: list[Fault] = []

    def error(self, where: str, text: str, fix: str) -> None:
        """What a directory refuses."""
        self.rows.append(Fault(ERROR, where, text, fix))

    def advice(self, where: str, text: str, fix: str) -> None:
        """What a directory takes, and listeners miss."""
        self.rows.append(Fault(ADVICE, where, text, fix))


def said(parent: ET.Element, tag: str) -> str:
    """The text of an element; "" where there is none."""
    return (parent.findtext(tag) or "").strip()


def parts(href: str) -> SplitResult:
    """An address in parts; all empty for one that cannot be."""
    try:
        return urlsplit(href)
    except ValueError:
        return urlsplit("")


def name_of(tag: str) -> str:
    """ "itunes:explicit" of ElementTree's name."""
    return tag.replace(f"{{{ITUNES}}}", "itunes:").replace(f"{{{PODCAST}}}", "podcast:")


def once(parent: ET.Element, tags: Iterable[str], where: str, found: Faults) -> None:
    """Elements that may stand once: of two, each reader takes another."""
    for tag in tags:
        times = len(parent.findall(tag))
        if times > 1:
            found.error(where, f"<{name_of(tag)}> est écrit {times} fois", "gardez-en un seul")


def short(parent: ET.Element, where: str, found: Faults) -> None:
    """The description, which Apple cuts."""
    if len(said(parent, "description").encode()) > MOST_BYTES_OF_TEXT:
        found.error(where, f"la description dépasse {MOST_BYTES_OF_TEXT:,} octets".replace(",", " "), "raccourcissez-la")


def explicit(parent: ET.Element, where: str, found: Faults, needed: bool) -> None:
    """itunes:explicit: true or false, since 2019."""
    value = parent.findtext(f"{{{ITUNES}}}explicit")
    if value is None:
        if needed:
            found.error(where, "il manque itunes:explicit", "ajoutez <itunes:explicit>false</itunes:explicit>")
    elif value.strip() not in ("true", "false"):
        known = flag(value)
        fix = f"écrivez {'true' if known else 'false'}" if known is not None else "écrivez true ou false"
        (found.advice if known is not None else found.error)(where, f"itunes:explicit vaut « {value.strip()[:40]} »", fix)


def block(parent: ET.Element, where: str, found: Faults) -> None:
    """itunes:block: one word hides, any other does nothing, and who wrote it meant something."""
    value = parent.findtext(f"{{{ITUNES}}}block")
    if value is not None and value.strip().lower() == "yes":
        found.advice(where, "itunes:block le cache aux annuaires", "retirez <itunes:block> s'il doit être public")
    elif value is not None:
        found.advice(where, f"itunes:block vaut « {value.strip()[:40]} », ce qui ne fait rien", "écrivez Yes pour cacher, ou retirez <itunes:block>")


def picture(parent: ET.Element, where: str, found: Faults, needed: bool) -> None:
    """itunes:image."""
    image = parent.find(f"{{{ITUNES}}}image")
    href = (image.get("href") or "").strip() if image is not None else ""
    if not href:
        if needed or image is not None:
            found.error(where, "il manque l'image (itunes:image href)", f"ajoutez une image carrée de {cover.LEAST} à {cover.MOST} pixels")
    elif parts(href).scheme not in ("https", "http") or not parts(href).netloc:
        found.error(where, f"l'image « {href[:80]} » n'a pas d'adresse complète", "écrivez une adresse https entière")
    elif not unquote(parts(href).path).lower().endswith((".jpg", ".jpeg", ".png")):
        found.advice(where, "l'adresse de l'image ne finit pas par .jpg ni .png", "Apple le demande : renommez le fichier")
