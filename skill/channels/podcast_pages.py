"""The podcasts on the web: feeds for applications, sounds with byte ranges, and a plain page for each series.

Only what is published at the moment is served: a withdrawn episode is gone (410), a coming one is not there yet (404), whoever
guesses its name.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, abort, request
from werkzeug.wrappers import Response as AnyResponse

from skill.app import Skill
from skill.channels.media_files import send
from skill.city.model import Series
from skill.speech import fr

if TYPE_CHECKING:
    from podcasts.library import Library
    from podcasts.model import Episode, Feed

LOG: Final = logging.getLogger("mairie.podcasts")
FEED_SECONDS: Final = 300
FRESH_SECONDS: Final = 30
"""How late a scheduled episode may appear in a feed."""
MOST_SHOWN: Final = 50
STYLE: Final = (
    "body{font:1.25rem/1.6 system-ui,sans-serif;max-width:42rem;margin:auto;padding:1rem;color:#111;background:#fff}"
    "a{color:#0b3d91}audio{width:100%}article{border-top:2px solid #ccc;padding:1rem 0}h1{font-size:2rem}h2{font-size:1.4rem;margin:.2rem 0}"
    "time{color:#444}@media(prefers-color-scheme:dark){body{color:#f4f4f4;background:#111}a{color:#9cc2ff}time{color:#ccc}}"
)
_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
SAFE: Final = {
    "Content-Security-Policy": f"default-src 'none'; media-src 'self' https:; img-src 'self' https:; style-src 'sha256-{_HASH}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def pages(skill: Skill) -> Blueprint:
    """The routes under /podcasts."""
    blue = Blueprint("podcasts", __name__, url_prefix="/podcasts")

    @blue.get("/")
    def index() -> Response:
        rows = "".join(f'<li><a href="/podcasts/{escape(s.id)}/">{escape(s.name["fr"])}</a></li>' for s in _shown(skill))
        return _page("Podcasts", f"<h1>{escape(skill.city.name)} : les podcasts</h1><ul>{rows}</ul>" if rows else "<h1>Aucun podcast pour le moment</h1>")

    feeds: dict[str, tuple[tuple[str, int], Response]] = {}

    @blue.get("/feed.xml")
    def first() -> AnyResponse:
        """The town's first series that ever published; the demonstration only before there is one."""
        every = skill.city.series.values()
        own = [s.id for s in every if s.own and _library(skill, s.id).entries()] or [s.id for s in every if s.demonstration]
        return feed(own[0]) if own else abort(404)

    @blue.get("/<series>/feed.xml")
    def feed(series: str) -> AnyResponse:
        library = _library(skill, series)
        if skill.programmes.lost(series):
            abort(503)
        now = skill.now()
        mark = (f"{library.address} {library.version()}", int(now.timestamp() // FRESH_SECONDS))
        if series not in feeds or feeds[series][0] != mark:
            made = Response(_xml(library, now), mimetype="application/rss+xml")
            made.headers["X-Content-Type-Options"] = "nosniff"
            made.add_etag()
            made.cache_control.public, made.cache_control.max_age = True, FEED_SECONDS
            feeds[series] = (mark, made)
        kept = feeds[series][1]
        return Response(kept.get_data(), headers=kept.headers, mimetype="application/rss+xml").make_conditional(request)

    @blue.get("/<series>/")
    def page(series: str) -> Response:
        found = skill.city.series.get(series)
        if found is None:
            abort(404)
        library = skill.programmes.library(series)
        if library is not None:
            return _series_page(found, library.feed(skill.now()), library.feed_url)
        known = skill.programmes.feed_of(series)
        return _series_page(found, known, found.feed) if known is not None else abort(404)

    @blue.get("/<series>/media/<name>")
    def media(series: str, name: str) -> AnyResponse:
        library = _library(skill, series)
        key = f"{series}/media/{name}"
        entry = next((e for e in library.entries() if key in (e.file, e.image, e.transcript, e.chapters)), None)
        if entry is not None and entry.withdrawn:
            abort(410)
        if (entry is None and key != library.show.image) or (entry is not None and entry.published > skill.now()):
            abort(404)
        return send(library, key, entry)

    return blue


def _shown(skill: Skill) -> list[Series]:
    """Series that have something to hear; the demonstration only where there is nothing else."""
    shelf = skill.programmes.shelf
    real = [s for s in skill.city.series.values() if shelf.of(s.id) and not s.demonstration]
    return real or [s for s in skill.city.series.values() if shelf.of(s.id)]


def _xml(library: Library, now: datetime) -> bytes:
    """The feed of this moment; where the list of episodes cannot be read, the last one that was put in place."""
    try:
        return library.feed_xml(now)
    except (OSError, ValueError) as error:
        LOG.error("series %s cannot be read, its last feed is served: %s", library.series, error)
        kept = library.storage.get(f"{library.series}/feed.xml")
        if kept is None:
            abort(503)
        return kept.data


def _library(skill: Skill, series: str) -> Library:
    found = skill.programmes.library(series)
    return found if found is not None else abort(404)


def _page(title: str, body: str, head: str = "") -> Response:
    text = (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title>{head}<style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )
    response = Response(text, mimetype="text/html")
    response.headers.update(SAFE)
    return response


def _series_page(series: Series, feed: Feed, address: str) -> Response:
    show = feed.show
    title = series.name["fr"]
    cover = f'<p><img src="{escape(show.image)}" alt="" width="200" height="200"></p>' if _fit(show.image) else ""
    intro = f"<h1>{escape(title)}</h1>{cover}<p>{escape(series.description.get('fr', '') or show.description)}</p>"
    if series.demonstration:
        intro += "<p><strong>Ceci est une démonstration, livrée avec Mairie vocale.</strong></p>"
    bare = address.partition("://")[2]
    subscribe = (
        f'<p>S\'abonner : <a href="{escape(address)}">flux RSS</a>, <a href="podcast://{escape(bare)}">Apple Podcasts</a>, '
        f'<a href="https://antennapod.org/deeplink/subscribe?url={escape(address)}">AntennaPod</a></p>'
    )
    rows = "".join(_article(e) for e in feed.episodes[:MOST_SHOWN]) or "<p>Aucun épisode pour le moment.</p>"
    link = f'<link rel="alternate" type="application/rss+xml" title="{escape(title)}" href="{escape(address)}">'
    data = json.dumps(_json_ld(series, feed, address), ensure_ascii=False).replace("<", "\\u003c")
    return _page(title, intro + subscribe + rows, f'{link}<script type="application/ld+json">{data}</script>')


def _fit(image: str) -> bool:
    """Whether a picture may be shown: on the open web, by https; or our own, on a server that is tried out."""
    return image.startswith(("https://", "http://127.0.0.1", "http://localhost"))


def _article(episode: Episode) -> str:
    when = episode.published
    day = f'<time datetime="{when.date().isoformat()}">{escape(fr.plain_date(when.date(), when.date()))}</time>' if when else ""
    lasting = f" · {fr.lasting(episode.seconds)}" if episode.seconds else ""
    sound = f'<audio controls preload="none" src="{escape(episode.audio)}"></audio>' if episode.audio else "<p>Le son manque.</p>"
    words = f'<p><a href="{escape(episode.transcript)}">Lire la transcription</a></p>' if episode.transcript else ""
    return f"<article><h2>{escape(episode.title)}</h2><p>{day}{lasting}</p>{sound}<p>{escape(episode.description)}</p>{words}</article>"


def _json_ld(series: Series, feed: Feed, address: str) -> dict[str, Any]:
    """schema.org PodcastSeries with its episodes."""
    return {
        "@context": "https://schema.org", "@type": "PodcastSeries", "name": series.name["fr"], "description": feed.show.description,
        "webFeed": address, "inLanguage": feed.show.language or "fr", "author": {"@type": "Organization", "name": feed.show.author},
        **({"image": feed.show.image} if _fit(feed.show.image) else {}),
        "hasPart": [_episode_ld(e) for e in feed.episodes[:MOST_SHOWN]],
    }  # fmt: skip


def _episode_ld(episode: Episode) -> dict[str, Any]:
    out: dict[str, Any] = {"@type": "PodcastEpisode", "identifier": episode.guid, "name": episode.title, "description": episode.description}
    if episode.published:
        out["datePublished"] = episode.published.astimezone(UTC).isoformat()
    if episode.seconds:
        out["duration"] = f"PT{episode.seconds}S"
    if episode.number:
        out["episodeNumber"] = episode.number
    if episode.audio:
        out["associatedMedia"] = {"@type": "MediaObject", "contentUrl": episode.audio, "encodingFormat": episode.mime}
    return out
