"""A feed from bytes, whoever wrote it: RSS 2.0, RSS 1.0, Atom, well-formed or not.

feedparser does the hard part (encodings, broken XML, relative addresses); `guard` has refused what is unsafe before, and gives
what feedparser merges. Always bytes: given a text, feedparser would take it for a file or an address and open it.
"""

from __future__ import annotations

import hashlib
import io
import re
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import feedparser

from podcasts import guard
from podcasts.guard import Noted
from podcasts.model import EPISODIC, KINDS, LONGEST_GUID, SERIAL, Episode, Feed, FeedRefused, Show, newest_first
from podcasts.values import address, count, flag, length, moment, one_line, plain_text

MOST_EPISODES: Final = 20_000
LONGEST_TITLE: Final = 500
AUDIO_TYPES: Final = {
    "mp3": "audio/mpeg", "m4a": "audio/mp4", "aac": "audio/aac", "ogg": "audio/ogg", "oga": "audio/ogg", "opus": "audio/ogg",
    "wav": "audio/wav", "flac": "audio/flac", "m4b": "audio/mp4", "mp4a": "audio/mp4",
}  # fmt: skip
_SAME_TYPE: Final = {
    "audio/mp3": "audio/mpeg", "audio/x-mp3": "audio/mpeg", "audio/x-mpeg": "audio/mpeg", "audio/mpeg3": "audio/mpeg", "audio/mpg": "audio/mpeg",
    "audio/m4a": "audio/x-m4a", "audio/x-wav": "audio/wav", "audio/x-aac": "audio/aac", "application/ogg": "audio/ogg",
}  # fmt: skip


def read(data: bytes, url: str = "", content_type: str = "") -> Feed:
    """The feed in a document. Raises FeedRefused for what is no feed or unsafe.

    `url` is where it came from, for relative addresses; `content_type` the header it came with, which may name an encoding.
    """
    noted = guard.look(data)
    headers = {"content-type": content_type or "application/xml", **({"content-location": url} if url else {})}
    try:
        parsed = feedparser.parse(io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # a parser for everybody's mistakes has some of its own
        raise FeedRefused(f"le document est illisible ({type(error).__name__})") from error
    if not parsed.version and not parsed.entries and not noted.items:
        raise FeedRefused("ce n'est pas un flux : ni série ni épisode")
    items = noted.items if len(noted.items) == len(parsed.entries) else noted.items + [{}] * len(parsed.entries)
    rows = [_episode(entry, items[i], url) for i, entry in enumerate(parsed.entries[:MOST_EPISODES])]
    return Feed(_show(parsed.feed, noted.channel, url), newest_first(_distinct(rows)))


def _text(noted: Noted, *names: str) -> str:
    """The first text among names."""
    return next((text for name in names for _, text in noted.get(name, ()) if text), "")


def _attribute(noted: Noted, name: str, attribute: str) -> str:
    """The first value of an attribute of an element."""
    return next((attributes[attribute] for attributes, _ in noted.get(name, ()) if attributes.get(attribute)), "")


def _show(feed: Any, noted: Noted, url: str) -> Show:
    image = _attribute(noted, "itunes:image", "href") or (feed.get("image") or {}).get("href", "") or feed.get("logo", "") or feed.get("icon", "")
    kind = _text(noted, "itunes:type") or feed.get("itunes_type", "")
    owner = feed.get("publisher_detail") or {}
    return Show(
        title=one_line(feed.get("title"), LONGEST_TITLE) or one_line(_text(noted, "itunes:title"), LONGEST_TITLE),
        description=plain_text(_text(noted, "description", "itunes:summary") or feed.get("subtitle") or feed.get("summary")),
        link=address(_joined(url, feed.get("link", ""))),
        language=one_line(feed.get("language") or _text(noted, "language"), 20).lower().replace("_", "-"),
        author=one_line(_text(noted, "itunes:author"), 200) or one_line((feed.get("author_detail") or {}).get("name") or feed.get("author"), 200),
        owner=one_line(owner.get("name") or _text(noted, "itunes:name"), 200),
        email=one_line(owner.get("email") or _text(noted, "itunes:email"), 200),
        image=address(_joined(url, image)),
        categories=tuple((one_line(a["text"], 80),) for a, _ in noted.get("itunes:category", ()) if a.get("text")),
        explicit=flag(_text(noted, "itunes:explicit")) if _text(noted, "itunes:explicit") else flag(feed.get("itunes_explicit")),
        type=SERIAL if one_line(kind).lower() == SERIAL else EPISODIC,
        copyright=one_line(feed.get("rights"), 200),
    )


def _joined(base: str, address_: str) -> str:
    try:
        return urljoin(base, address_) if base else address_
    except ValueError:
        return ""


def _episode(entry: Any, noted: Noted, url: str) -> Episode:
    sounds = _sounds(entry, noted, url)
    audio, mime, size = next((s for s in sounds if s[0].startswith("https:")), ("", "", None))
    title = one_line(_text(noted, "itunes:title"), LONGEST_TITLE) if not one_line(entry.get("title")) else one_line(entry.get("title"), LONGEST_TITLE)
    published = moment(entry.get("published")) or moment(entry.get("updated")) or moment(entry.get("created"))
    kind = one_line(_text(noted, "itunes:episodeType") or entry.get("itunes_episodetype")).lower()
    image = _attribute(noted, "itunes:image", "href") or (entry.get("image") or {}).get("href", "") or _attribute(noted, "media:thumbnail", "url")
    explicit = _text(noted, "itunes:explicit")
    seconds = length(_text(noted, "itunes:duration") or entry.get("itunes_duration")) or length(_attribute(noted, "media:content", "duration"))
    return Episode(
        guid=_guid(entry, sounds, title),
        title=title,
        published=published,
        audio=audio,
        mime=mime,
        size=size,
        seconds=seconds,
        description=_description(entry, noted),
        link=address(_joined(url, entry.get("link", ""))),
        image=address(_joined(url, image)),
        season=count(_text(noted, "itunes:season", "podcast:season") or entry.get("itunes_season"), 9_999),
        number=count(_text(noted, "itunes:episode", "podcast:episode") or entry.get("itunes_episode"), 99_999),
        kind=kind if kind in KINDS else "full",
        explicit=flag(explicit) if explicit else flag(entry.get("itunes_explicit")),
        people=_people(noted),
        transcript=address(_joined(url, _attribute(noted, "podcast:transcript", "url") or (entry.get("podcast_transcript") or {}).get("url", ""))),
        chapters=address(_joined(url, _attribute(noted, "podcast:chapters", "url") or (entry.get("podcast_chapters") or {}).get("url", ""))),
    )


def _description(entry: Any, noted: Noted) -> str:
    """What the item says of itself: its description, else the long text, else the summaries."""
    atom = entry.get("summary_detail") or {}
    choices: list[Any] = [_text(noted, "description"), _text(noted, "content:encoded"), _text(noted, "itunes:summary")]
    choices += [
        atom.get("value"),
        *(c.get("value") for c in entry.get("content", ())),
        _text(noted, "itunes:subtitle", "media:description"),
        entry.get("subtitle"),
    ]
    return next((words for choice in choices if choice and (words := plain_text(choice))), "")


def _people(noted: Noted) -> tuple[str, ...]:
    """Those who speak: podcast:person, guests and hosts, else the author named."""
    cast = [one_line(text, 100) for attributes, text in noted.get("podcast:person", ()) if attributes.get("group", "cast").lower() in ("cast", "")]
    return tuple(dict.fromkeys(p for p in cast or [one_line(_text(noted, "itunes:author"), 100)] if p))[:20]


def _sounds(entry: Any, noted: Noted, url: str) -> list[tuple[str, str, int | None]]:
    """(address, type, bytes) of everything that may be the episode's sound, the likeliest first."""
    rows = [(link.get("href", ""), link.get("type", ""), link.get("length", "")) for link in entry.get("links", ()) if link.get("rel") == "enclosure"]
    rows += [
        (c.get("url", ""), c.get("type", "") or ("audio/" if c.get("medium") == "audio" else ""), c.get("filesize", "")) for c in entry.get("media_content", ())
    ]
    alternates = [a for a, _ in noted.get("podcast:alternateEnclosure", ())]
    sources = [a for a, _ in noted.get("podcast:source", ())]
    if len(sources) == len(alternates):
        rows += [(s.get("uri", ""), a.get("type", ""), a.get("length", "")) for s, a in zip(sources, alternates, strict=True)]
    found, unsure = [], []
    for href, given, size in rows:
        target = address(_joined(url, href))
        mime = one_line(given).lower().partition(";")[0].strip()
        by_name = AUDIO_TYPES.get(urlsplit(target).path.rpartition(".")[2].lower(), "")
        if not target:
            continue
        if mime.startswith("audio/") or mime == "application/ogg":
            found.append((target, _SAME_TYPE.get(mime, mime) if mime != "audio/" else by_name, count(size)))
        elif by_name and not mime.startswith(("video/", "image/")):
            found.append((target, by_name, count(size)))
        elif mime in ("", "application/octet-stream", "binary/octet-stream") and not re.search(
            r"\.(?:jpe?g|png|gif|webp|pdf|mp4|m4v|mov|html?)$", urlsplit(target).path.lower()
        ):
            unsure.append((target, "", count(size)))
    return found + unsure


def _guid(entry: Any, sounds: list[tuple[str, str, int | None]], title: str) -> str:
    guid = one_line(entry.get("id")) or (sounds[0][0] if sounds else "") or one_line(entry.get("link"))
    guid = guid or (f"{title} {one_line(entry.get('published'))}".strip() and _hash(f"{title}\n{one_line(entry.get('published'))}"))
    return guid if len(guid) <= LONGEST_GUID else _hash(guid)


def _hash(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def _distinct(rows: list[Episode]) -> list[Episode]:
    """The same with distinct GUIDs. Of several with one GUID the oldest keeps it, so that a feed that grows renames nobody."""
    holders: dict[str, int] = {}
    for i, row in enumerate(rows):
        if row.guid not in holders or _older(row, rows[holders[row.guid]]):
            holders[row.guid] = i
    taken, out = {g for g in holders if g}, []
    for i, row in enumerate(rows):
        if not row.guid or holders[row.guid] != i:
            mark = _hash(f"{row.audio}\n{row.title}\n{row.published}")[7:19]
            guid = new = f"{row.guid[: LONGEST_GUID - 20]}#{mark}"
            again = 2
            while new in taken:
                new, again = f"{guid}-{again}", again + 1
            taken.add(new)
            row = row._replace(guid=new)
        out.append(row)
    return out


def _older(row: Episode, than: Episode) -> bool:
    """Whether an item is older than an earlier one of the file: by date, or by its place where a date lacks."""
    return row.published <= than.published if row.published and than.published else True
