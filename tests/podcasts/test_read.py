"""Any feed people publish: what is read of it, and what is refused, and that nothing else ever happens."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcasts import guard
from podcasts.model import Episode, Feed, Show
from podcasts.read import read
from tests.podcasts.feeds import URL, lawful, only, refusal, rss, tried

# What people publish


def test_an_episode_whole() -> None:
    episode = only(
        """<title>Le &lt;i&gt;marché&lt;/i&gt; &amp;amp; nous</title><guid isPermaLink="false"> g-1 </guid><pubDate>Fri, 05 Jan 2024 10:00:00 +0100</pubDate>
        <enclosure url="https://a.fr/1.mp3?a=1&amp;region=2" type="audio/mp3" length="42"/><itunes:duration>1:02:03</itunes:duration>
        <itunes:summary>résumé</itunes:summary><description>&lt;p&gt;Un&lt;/p&gt;Deux</description><itunes:season>2</itunes:season><itunes:episode>7</itunes:episode>
        <itunes:episodeType>Bonus</itunes:episodeType><itunes:explicit>true</itunes:explicit><itunes:image href="i.jpg"/><link>/1</link>
        <podcast:person>Ana</podcast:person><podcast:person group="visuals">Non</podcast:person><podcast:transcript url="1.vtt" type="text/vtt"/><podcast:chapters url="1.json"/>"""
    )
    assert episode.published is not None
    assert episode.published.isoformat() == "2024-01-05T10:00:00+01:00"
    assert episode._replace(published=None) == Episode(
        "g-1", "Le marché & nous", None, "https://a.fr/1.mp3?a=1&region=2", "audio/mpeg", 42, 3723, "Un\nDeux", "https://feeds.example/1",
        "https://feeds.example/show/i.jpg", 2, 7, "bonus", True, ("Ana",), "https://feeds.example/show/1.vtt", "https://feeds.example/show/1.json",
    )  # fmt: skip


def test_what_is_missing_is_empty_not_made_up() -> None:
    episode = only("<title>a</title>")
    assert episode == Episode(guid=episode.guid, title="a")
    assert read(rss(channel="<title>t</title>"), URL) == Feed(Show("t"))


def test_a_show_whole() -> None:
    show = read(
        rss(
            channel="""<title>S</title><link>https://a.fr/</link><atom:link href="next.xml" rel="next"/><image><url>/p.jpg</url><title>Autre</title><link>https://b.fr/</link></image>
            <itunes:author>Ville</itunes:author><itunes:owner><itunes:name>N</itunes:name><itunes:email>e@a.fr</itunes:email></itunes:owner><language>fr_FR</language>
            <itunes:category text="Society &amp; Culture"><itunes:category text="Documentary"/></itunes:category><itunes:category text="News"/>
            <itunes:explicit>clean</itunes:explicit><itunes:type>Serial</itunes:type><description>D</description>"""
        ),
        URL,
    ).show
    assert (show.title, show.link, show.image, show.author, show.owner, show.email) == (
        "S",
        "https://a.fr/",
        "https://feeds.example/p.jpg",
        "Ville",
        "N",
        "e@a.fr",
    )
    assert (show.language, show.explicit, show.type, show.description) == ("fr-fr", False, "serial", "D")
    assert show.categories == (("Society & Culture", "Documentary"), ("News",))


def test_atom() -> None:
    (episode,) = read(
        b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://a.fr/x/"><title>T</title><author><name>N</name></author><link href="site"/><entry><id>tag:1</id>
        <title type="html">A &lt;b&gt;b&lt;/b&gt;</title><link href="p.html"/><link rel="enclosure" href="1.mp3" type="audio/mpeg" length="9"/>
        <updated>2024-01-05T10:00:00Z</updated><summary type="html">&lt;p&gt;D&lt;/p&gt;</summary></entry></feed>""",
        URL,
    ).episodes
    assert (episode.guid, episode.title, episode.audio, episode.size, episode.link, episode.description) == (
        "tag:1",
        "A b",
        "https://a.fr/x/1.mp3",
        9,
        "https://a.fr/x/p.html",
        "D",
    )


def test_rss_1() -> None:
    feed = read(
        b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:enc="http://purl.oclc.org/net/rss_2.0/enc#">
        <channel rdf:about="https://a.fr/"><title>T</title></channel><image><url>https://a.fr/i.gif</url></image>
        <item rdf:about="https://a.fr/1"><title>x</title><enc:enclosure rdf:resource="https://a.fr/1.mp3" enc:type="audio/mpeg" enc:length="5"/></item></rdf:RDF>"""
    )
    assert (feed.show.title, feed.show.image) == ("T", "https://a.fr/i.gif")
    assert [(e.guid, e.audio, e.size) for e in feed.episodes] == [("https://a.fr/1", "https://a.fr/1.mp3", 5)]


@pytest.mark.parametrize(
    ("sounds", "audio"),
    [
        ('<enclosure url="http://a.fr/1.mp3" type="audio/mpeg"/>', ""), ('<enclosure url="http://a.fr/1.mp3"/><media:content url="https://a.fr/2.mp3"/>', "https://a.fr/2.mp3"),
        ('<enclosure url="https://a.fr/1.mp4" type="video/mp4"/><enclosure url="https://a.fr/1.m4a" type="audio/x-m4a"/>', "https://a.fr/1.m4a"),
        ('<enclosure url="https://a.fr/1.jpg" type="image/jpeg"/>', ""), ('<enclosure url="" type="audio/mpeg"/>', ""), ('<enclosure type="audio/mpeg"/>', ""),
        ('<enclosure url="https://a.fr/play?id=1"/>', "https://a.fr/play?id=1"), ('<enclosure url="1.mp3"/>', "https://feeds.example/show/1.mp3"),
        ('<podcast:alternateEnclosure type="audio/opus" length="3"><podcast:source uri="https://a.fr/1.opus"/></podcast:alternateEnclosure>', "https://a.fr/1.opus"),
        ('<enclosure url="javascript:alert(1)" type="audio/mpeg"/>', ""), ('<enclosure url="file:/a.mp3" type="audio/mpeg"/>', ""), ('<enclosure url="https://u:p@a.fr/1.mp3"/>', ""),
        *((f'<enclosure url="https://{host}/1.mp3" type="audio/mpeg"/>', "") for host in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "localhost", "nas.local", "2130706433", "0x7f.1")),
    ],
)  # fmt: skip
def test_sounds(sounds: str, audio: str) -> None:
    assert only(f"<title>a</title>{sounds}").audio == audio


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\n\n  ", b""), (b"<br />Warning: x in <b>y.php</b>\n", b""), (b"\xef\xbb\xbf", b""), (b"", b"<!-- cached -->\n<script>x</script>"), (b"", b"\x00\x00"),
        (b"<!-- a -->", b""),
    ],
)  # fmt: skip
def test_what_stands_around_a_feed_is_no_part_of_it(before: bytes, after: bytes) -> None:
    (episode,) = read(before + rss("<title>a</title><guid>g</guid><podcast:person>Ana</podcast:person>") + after).episodes
    assert (episode.title, episode.people) == ("a", ("Ana",))


@pytest.mark.parametrize("flaw", ["R & D &copy=1", "&eacute;&nbsp;", "\x0b\x00", "&#0;&#x1f;", "<![CDATA[a & b]]>", "&#233;&bogus;"])
def test_a_flaw_hides_nothing_that_follows(flaw: str) -> None:
    (first, second) = read(rss(f"<title>{flaw}</title>", "<title>b</title><podcast:person>Ana</podcast:person>")).episodes
    assert second.people == ("Ana",)
    assert "�" not in first.title


def test_an_undeclared_prefix_is_the_usual_one() -> None:
    assert only("<title>a</title><itunes:duration>60</itunes:duration><podcast:person>Ana</podcast:person>", root="")[6] == 60


# GUIDs and order


def dated(guid: str, day: int, title: str = "") -> str:
    return f"<title>{title or day}</title><guid>{guid}</guid><pubDate>{day:02} Jan 2024 10:00:00 GMT</pubDate><enclosure url='https://a.fr/{day}.mp3'/>"


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "", "a#1"]), st.integers(1, 28)), max_size=12, unique_by=lambda row: row[1]), st.booleans())
@settings(max_examples=25)
def test_a_feed_that_grows_renames_nobody(rows: list[tuple[str, int]], newest_is_first: bool) -> None:
    rows = sorted(rows, key=lambda row: row[1])
    before: dict[str, str] = {}
    for n in range(len(rows) + 1):
        items = [dated(*row) for row in rows[:n]]
        episodes = lawful(read(rss(*(reversed(items) if newest_is_first else items)))).episodes
        now = {e.audio: e.guid for e in episodes}
        assert {k: now[k] for k in before} == before
        before = now


def test_no_guid_at_all_is_the_sound_then_the_link_then_the_words() -> None:
    assert only("<title>a</title><enclosure url='https://a.fr/1.mp3'/><link>https://a.fr/1</link>").guid == "https://a.fr/1.mp3"
    assert only("<title>a</title><link>https://a.fr/1</link>").guid == "https://a.fr/1"
    assert only("<title>a</title>").guid == only("<title>a</title>").guid != only("<title>b</title>").guid
    assert len(only(f"<title>a</title><guid>{'x' * 100_000}</guid>").guid) < 100
    lawful(read(rss(*["<title/>"] * 50)))
    assert len({e.guid for e in lawful(read(rss(*["<link/>"] * 5))).episodes}) == 5


def test_a_guid_is_taken_as_it_is() -> None:
    assert only('<title>a</title><guid isPermaLink="true">42</guid>').guid == "42"
    assert only("<title>a</title><guid>https://a.fr/?p=1&amp;copy=2</guid>").guid == "https://a.fr/?p=1&copy=2"


@given(st.lists(st.integers(1, 28) | st.none(), max_size=8))
@settings(max_examples=30)
def test_newest_first_whatever_the_order(days: list[int | None]) -> None:
    items = [f"<title>{i}</title>" + (f"<pubDate>{d:02} Jan 2024 10:00:00 GMT</pubDate>" if d else "") for i, d in enumerate(days)]
    titles = [int(e.title) for e in lawful(read(rss(*items))).episodes]
    assert titles == sorted(range(len(days)), key=lambda i: (days[i] is None, -(days[i] or 0), i))


def test_a_long_feed() -> None:
    start = time.process_time()
    feed = lawful(read(rss(*(dated(f"g{n}", n % 28 + 1, f"Épisode {n}") for n in range(1_200)))))
    assert len(feed.episodes) == 1_200
    assert time.process_time() - start < 4


def test_many_items_that_are_the_same_take_no_time_to_tell_apart() -> None:
    start = time.process_time()
    assert len(read(rss(*["<title>x</title>"] * 2_000)).episodes) == 2_000
    assert time.process_time() - start < 4


# What is refused


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "vide"), (b" \n\x00", "vide"), (b"<!DOCTYPE html><html><body>x", "page web"), (b"<?xml version='1.0'?><!-- a --><html xmlns='x'>", "page web"),
        (b'{"a": "<rss>"}', "ni "), (b'{"a": 1}', "JSON"), (b"ID3\x04" + rss(), "son"), (b"PK\x03\x04" + rss(), "compress"), (b"\x1f\x8b\x08" + rss(), "compress"),
        (b"<opml version='2.0'><body/></opml>", "ni <rss>"), (b"<feedback><a/></feedback>", "ni <rss>"), (b"hello", "ni <rss>"), (b"<rss/>", "ni "),
        (b"<rss version='2.0'></rss>", "ni "), (b"<rss>" * 200, "niveaux"), (b"<rss " + b" ".join(b'a%d=""' % n for n in range(300)) + b">", "parties"),
        (b" " * (guard.MOST_BYTES + 1), "dépasse"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_refused_in_words(data: bytes, word: str) -> None:
    assert word in refusal(data)


LAUGHS = '<!DOCTYPE rss [<!ENTITY a "ha">' + "".join(f'<!ENTITY {c} "{f"&{b};" * 10}">' for b, c in zip("abcdefgh", "bcdefghi", strict=True)) + "]>"
QUADRATIC = f'<!DOCTYPE rss [<!ENTITY a "{"x" * 50_000}">]>'


@pytest.mark.parametrize(
    "doctype",
    [LAUGHS, QUADRATIC, '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:/etc/passwd">]>', '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://10.0.0.1/x.dtd">%p;]>'],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32", "cp037"])
@pytest.mark.parametrize("start", ["", " " * 210_000], ids=["at once", "far in"])
def test_entities_of_its_own_are_refused_in_any_encoding(doctype: str, encoding: str, start: str) -> None:
    text = f'<?xml version="1.0"?>{start and f"<!--<rss >{start}-->"}{doctype}<rss version="2.0"><channel><title>{"&a;" * 10}&i;&x;</title></channel></rss>'
    begun = time.process_time()
    assert "entités" in refusal(text.encode(encoding))
    assert time.process_time() - begun < 1


@pytest.mark.parametrize("name", ["utf-7", "punycode", "idna", "unicode_escape"])
def test_a_codec_is_no_way_around(name: str) -> None:
    hidden = rss("<title>a</title>").replace(b"UTF-8", name.encode()).replace(b"<rss", b'+ADwAIQ-ENTITY a "x"+AD4 \\x3c!ENTITY b "y"\\x3e <rss')
    begun = time.process_time()
    tried(hidden + b"x" * 300_000)
    tried(hidden, f"text/xml; charset={name}")
    assert time.process_time() - begun < 2


def test_script_is_nowhere() -> None:
    feed = read(
        rss(
            "<title>a&lt;script>alert(1)&lt;/script></title><description><![CDATA[<script>x</script><!-- y -->b]]></description><link>javascript:alert(1)</link>"
        )
    )
    assert feed.episodes[0][1:] == Episode("", "a", description="b")[1:]


def test_a_feed_that_is_cut_gives_what_is_whole() -> None:
    data = rss(dated("one", 1), dated("two", 2), dated("a-longer-guid", 3))
    for end in range(data.index(b"a-longer") + 1, data.rindex(b"</item>")):
        assert {e.guid for e in lawful(read(data[:end])).episodes} == {"one", "two"}


@pytest.mark.parametrize(
    "unit", ["<a", "<a ", '<a x="', "<!--", "<![CDATA[", "</", "<?", "<a/>", "&", "<item>", "<item><title>x</title></item>", "<!DOCTYPE", "<![", "]]>"]
)
@pytest.mark.parametrize("where", ["", "&<item><title>x</title><description>", "<item><title>x</title><pubDate>"])
def test_no_document_takes_long(unit: str, where: str) -> None:
    begun = time.process_time()
    tried(f"<rss version='2.0'><channel><title>t</title>{where}{unit * (20_000 // len(unit))}".encode())
    assert time.process_time() - begun < 1.5
