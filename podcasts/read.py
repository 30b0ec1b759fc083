"""A feed from bytes, whoever wrote it: RSS 2.0, RSS 1.0, Atom, well-formed or not.

feedparser does the hard part (encodings, broken XML, relative addresses); `guard` has refused what is unsafe before, and gives
what feedparser merges. Always bytes: given a text, feedparser would take it for a file or an address and open it.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter
from typing import Any, Final
from urllib.parse import urljoin

import feedparser

from podcasts import guard
from podcasts.dates import moment
from podcasts.guard import Noted
from podcasts.model import EPISODIC, KINDS, LONGEST_GUID, SERIAL, Episode, Feed, FeedRefused, Show, newest_first
from podcasts.sounds import Sound, is_inside, sounds
from podcasts.values import address, count, flag, length, one_line, plain_text, title_line

MOST_EPISODES: Final = 20_000
LONGEST_TITLE: Final = 500
_AUTHOR: Final = re.compile(r"\s*(?:\S+@\S+\s*\((.+)\)|(.*?)\s*<\S+@\S+>|\S+@\S+)\s*")
"""How RSS writes somebody: "mail@host (Name)"."""


def read(data: bytes, url: str = "", content_type: str = "") -> Feed:
    """The feed in a document. Raises FeedRefused for what is no feed or unsafe.

    `url` is where it came from, for relative addresses; `content_type` the header it came with, which may name an encoding.
    """
    noted = guard.look(data, content_type)
    headers = {"content-type": "application/xml; charset=utf-8", **({"content-location": url} if url else {})}
    try:
        parsed = feedparser.parse(io.BytesIO(noted.text.encode()), response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # a parser for everybody's mistakes has some of its own
        raise FeedRefused(f"le document est illisible ({type(error).__name__})") from error
    entries, items = parsed.entries, noted.items
    if not entries and not noted.channel:
        raise FeedRefused("ce n'est pas un flux : ni série ni épisode")
    if noted.cut and noted.text.lower().rfind("<item" if "<item" in noted.text else "<entry") > noted.text.lower().rfind(
        "</item" if "</item" in noted.text else "</entry"
    ):
        entries = entries[:-1]  # of the last one nobody knows what is missing, perhaps half its GUID
    if len(items) != len(entries):  # the pass stopped at a fault that feedparser overlooks: what it saw before holds, except the item it was in
        items = items[: len(entries)] if noted.cut else items[:-1] if len(items) < len(entries) else []
        items = items + [{}] * (len(entries) - len(items))
    rows = [_episode(entry, item, url) for entry, item in zip(entries, items, strict=True)]
    return Feed(_show(parsed.feed, noted.channel, url), newest_first(_distinct(rows))[:MOST_EPISODES])


def _text(noted: Noted, *names: str) -> str:
    """The first text among names."""
    return next((text for name in names for _, text in noted.get(name, ()) if text), "")


def _attribute(noted: Noted, name: str, attribute: str) -> str:
    """The first value of an attribute of an element."""
    return next((attributes[attribute] for attributes, _ in noted.get(name, ()) if attributes.get(attribute)), "")


def _show(feed: Any, noted: Noted, url: str) -> Show:
    image = _attribute(noted, "itunes:image", "href") or _text(noted, "image/url", "logo", "icon") or _attribute(noted, "play:image", "href")
    owner, explicit = feed.get("publisher_detail") or {}, _text(noted, "itunes:explicit", "play:explicit")
    return Show(
        title=title_line(feed.get("title"), LONGEST_TITLE) or title_line(_text(noted, "itunes:title"), LONGEST_TITLE),
        description=plain_text(_text(noted, "description", "itunes:summary") or feed.get("subtitle") or feed.get("summary")),
        link=address(_joined(url, _link(noted) or feed.get("link", ""))),
        language=one_line(feed.get("language") or _text(noted, "language"), 20).lower().replace("_", "-"),
        author=_author(noted) or one_line((feed.get("author_detail") or {}).get("name"), 200),
        owner=one_line(_text(noted, "itunes:name") or owner.get("name"), 200),
        email=one_line(_text(noted, "itunes:email") or owner.get("email"), 200),
        image=_outside(_joined(url, image or (feed.get("image") or {}).get("href", ""))),
        categories=_categories(noted),
        explicit=flag(explicit or feed.get("itunes_explicit")),
        type=SERIAL if one_line(_text(noted, "itunes:type") or feed.get("itunes_type")).lower() == SERIAL else EPISODIC,
        copyright=one_line(feed.get("rights"), 200),
    )


def _link(noted: Noted) -> str:
    """RSS writes it as a text, Atom as an attribute beside links of other kinds."""
    pages = (a["href"] for a, _ in noted.get("link", ()) if a.get("href") and a.get("rel", "alternate") == "alternate")
    return _text(noted, "link") or next(pages, "")


def _author(noted: Noted) -> str:
    named = _text(noted, "itunes:author", "dc:creator", "author/name", "play:author", "managingEditor", "author")
    found = _AUTHOR.fullmatch(named[:500])
    return one_line((found[1] or found[2] or "") if found else named, 200).strip('"')


def _categories(noted: Noted) -> tuple[tuple[str, ...], ...]:
    """Each of Apple's categories; a category within another is one of two words, and the outer alone is then left out."""
    found = [tuple(w for w in (one_line(a.get("in:text"), 80), one_line(a.get("text"), 80)) if w) for a, _ in noted.get("itunes:category", ())]
    outer = {row[0] for row in found if len(row) == 2}
    return tuple(dict.fromkeys(row for row in found if row and (len(row) == 2 or row[0] not in outer)))


def _outside(target: str) -> str:
    """An address that a page may show: none of a machine inside the reader's own house."""
    found = address(target)
    return found if found and not is_inside(found) else ""


def _joined(base: str, address_: str) -> str:
    try:
        return urljoin(base, address_.strip()) if base and address_.strip() else address_
    except ValueError:
        return ""


def _episode(entry: Any, noted: Noted, url: str) -> Episode:
    heard = sounds(entry, noted, lambda found: address(_joined(url, found)))
    audio, mime, size = next((s for s in heard if s.address.startswith("https:")), Sound("", "", None))
    title = title_line(entry.get("title"), LONGEST_TITLE) or title_line(_text(noted, "itunes:title"), LONGEST_TITLE)
    published = moment(entry.get("published")) or moment(entry.get("updated")) or moment(entry.get("created"))
    kind = one_line(_text(noted, "itunes:episodeType") or entry.get("itunes_episodetype")).lower()
    image = _attribute(noted, "itunes:image", "href") or (entry.get("image") or {}).get("href", "") or _attribute(noted, "media:thumbnail", "url")
    explicit = _text(noted, "itunes:explicit")
    seconds = length(_text(noted, "itunes:duration") or entry.get("itunes_duration")) or length(_attribute(noted, "media:content", "duration"))
    return Episode(
        guid=_guid(entry, noted, heard, title),
        title=title,
        published=published,
        audio=audio,
        mime=mime,
        size=size,
        seconds=seconds,
        description=_description(entry, noted),
        link=address(_joined(url, _link(noted) or entry.get("link", ""))),
        image=_outside(_joined(url, image)),
        season=count(_text(noted, "itunes:season", "podcast:season") or entry.get("itunes_season"), 9_999),
        number=count(_text(noted, "itunes:episode", "podcast:episode") or entry.get("itunes_episode"), 99_999),
        kind=kind if kind in KINDS else "full",
        explicit=flag(explicit) if explicit else flag(entry.get("itunes_explicit")),
        people=_people(noted),
        transcript=_outside(_joined(url, _attribute(noted, "podcast:transcript", "url") or (entry.get("podcast_transcript") or {}).get("url", ""))),
        chapters=_outside(_joined(url, _attribute(noted, "podcast:chapters", "url") or (entry.get("podcast_chapters") or {}).get("url", ""))),
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


def _guid(entry: Any, noted: Noted, heard: list[Sound], title: str) -> str:
    guid = one_line(_text(noted, "guid", "id") or entry.get("id")) or (heard[0].address if heard else "") or one_line(entry.get("link"))
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
    taken, out = {g for g in holders if g}, list(rows)
    again: Counter[str] = Counter()
    for i in reversed(range(len(rows))):  # the newest comes first in most files: what is added there gets the highest number
        row = rows[i]
        if row.guid and holders[row.guid] == i:
            continue
        mark = _hash(f"{row.audio}\n{row.title}\n{row.published}")[7:19]
        guid = new = f"{row.guid[: LONGEST_GUID - 30]}#{mark}"
        while new in taken:
            again[guid] += 1
            new = f"{guid}-{again[guid] + 1}"
        taken.add(new)
        out[i] = row._replace(guid=new)
    return out


def _older(row: Episode, than: Episode) -> bool:
    """Whether an item is older than an earlier one of the file: by date, or by its place where a date lacks."""
    return row.published <= than.published if row.published and than.published else True
