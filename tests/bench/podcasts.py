"""Rows about podcasts: picking among 1,000 episodes, refreshing a feed of 1,000, beside feedparser's own time in the same run."""

from __future__ import annotations

import io
import random
import statistics
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

import feedparser

from podcasts import snapshots
from podcasts.fetch import Limits, fetch
from podcasts.folder import Folder
from podcasts.model import Episode, Feed, Show
from podcasts.write import write
from skill.app import Skill
from skill.channels.alexa import AlexaChannel
from skill.stores.shelf import shelf_of
from tests.channels.test_alexa import envelope, slot
from tests.fakes import Radio

EPISODES = 1_000
WORDS = [
    "jardin", "marché", "fort", "caserne", "lumière", "architecte", "piscine", "école", "rivière", "quai", "tramway", "théâtre", "musée", "potager",
    "abeille", "boulanger", "atelier", "sculpteur", "médiathèque", "histoire", "mémoire", "quartier", "pont", "viaduc", "énergie", "géothermie",
    "toiture", "façade", "promenade", "tilleul", "square", "berge", "péniche", "usine", "verrerie", "imprimerie", "orchestre", "chorale", "cantine",
    "recette", "compost", "vélo", "trottoir", "banc", "fontaine", "horloge", "clocher", "mairie", "vitrail", "fresque", "graffiti", "photographe",
    "cinéaste", "romancier", "poète", "conteur", "jeune", "ancien",
]  # fmt: skip
Row = Callable[[str, str, float | None, str, bool], None]


def feed() -> Feed:
    """A series of 1,000 episodes, newest first."""
    rng = random.Random(11)
    start = datetime(2010, 1, 1, 8, tzinfo=UTC)
    made = []
    for n in range(EPISODES, 0, -1):
        title = f"{' '.join(rng.sample(WORDS, 4)).capitalize()} {n}"
        text = " ".join(rng.choice(WORDS) for _ in range(60)).capitalize() + "."
        made.append(
            Episode(f"urn:bench:{n}", title, start + timedelta(days=5 * n), f"https://bench.example/{n}.mp3", "audio/mpeg", 1_000_000, 1_500, text, number=n)
        )
    return Feed(Show("Bench", language="fr", image="https://bench.example/a.jpg"), tuple(made))


def rows(row: Row, median_us: Callable[[Callable[[], object]], float], stock: float, skill: Skill) -> None:
    """Measures, and hands each row over."""
    whole = feed()
    shelf = shelf_of({"metamorphoses": whole})
    rng = random.Random(3)
    wanted = [e.title.lower().split()[1:3] for e in rng.sample(list(whole.episodes), 40)]
    start = time.perf_counter()
    shelf.prepared().find(wanted[0], "")
    row(f"half a title among {EPISODES} episodes, first time (index made)", f"{(time.perf_counter() - start) * 1000:.0f} ms", None, "", True)
    each = median_us(lambda: [shelf.prepared().find(w, "") for w in wanted[:10]]) / 10
    row(f"half a title among {EPISODES} episodes", f"{each / 1000:.3f} ms", None, "<= 1 ms", each <= 1_000)
    misheard = [[w[:-2] + "x" + w[-1] if len(w) > 5 else w for w in words] for words in wanted]
    each = median_us(lambda: [shelf.prepared().find(w, "") for w in misheard[:10]]) / 10
    row(f"half a title among {EPISODES} episodes, misheard", f"{each / 1000:.3f} ms", None, "<= 1 ms", each <= 1_000)

    radio = Radio(skill.town, metamorphoses=whole)
    radio.programmes.reload()
    event = envelope("PlayPodcastIntent", slot("question", "jardin fort lumière"))
    event["context"]["System"].setdefault("device", {})["supportedInterfaces"] = {"AudioPlayer": {}}
    channel = AlexaChannel(radio)
    ours = median_us(lambda: channel.invoke(event))
    row(f"play an episode by its subject ({EPISODES} episodes)", f"{ours:.0f} us", ours / stock, "", True)
    report = {
        "version": "1.0", "context": event["context"],
        "request": {"type": "AudioPlayer.PlaybackNearlyFinished", "token": "urn:bench:500", "offsetInMilliseconds": 5, "locale": "fr-FR"},
    }  # fmt: skip
    ours = median_us(lambda: channel.invoke(report))
    row("nearly finished, the next one enqueued", f"{ours:.0f} us", ours / stock, "", True)
    _refreshes(row, write(whole, "https://bench.example/feed.xml"))


def _refreshes(row: Row, data: bytes) -> None:
    asked: list[int] = []

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fresh = self.headers.get("If-None-Match") != '"1"'
            asked.append(200 if fresh else 304)
            self.send_response(asked[-1])
            self.send_header("ETag", '"1"')
            if fresh:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if fresh:
                self.wfile.write(data)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url, now = f"http://127.0.0.1:{server.server_port}/feed.xml", datetime.now(UTC)

    def refresh(home: Folder) -> float:
        start = time.perf_counter()
        snapshots.refresh("bench", url, home, now, lambda *a: fetch(*a, limits=Limits(inside=True)))
        return time.perf_counter() - start

    with TemporaryDirectory() as folder:
        fresh, same, theirs = [], [], []
        for n in range(3):
            home = Folder(Path(folder) / str(n))
            fresh.append(refresh(home))
            asked.clear()
            same.append(refresh(home))
            start = time.perf_counter()
            feedparser.parse(io.BytesIO(data))
            theirs.append(time.perf_counter() - start)
        once, again, base = (statistics.median(x) for x in (fresh, same, theirs))
    server.shutdown()
    server.server_close()
    row(f"feedparser alone, {EPISODES} episodes, {len(data) / 1e6:.1f} MB", f"{base * 1000:.0f} ms", None, "", True)
    row(f"refresh of a feed of {EPISODES} episodes, network included", f"{once * 1000:.0f} ms", None, f"{once / base:.2f}x it", True)
    row("refresh of an unchanged feed", f"{again * 1000:.0f} ms", None, "one 304", asked == [304])
