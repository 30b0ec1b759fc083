"""Single values as people write them: examples, and laws for whatever else may come."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcasts.dates import moment
from podcasts.mend import decoded, is_cut, mended
from podcasts.values import _CONTROL, LONGEST_EPISODE, address, count, flag, length, one_line, plain_text

ANYTHING = st.one_of(
    st.text(), st.none(), st.integers(), st.binary(), st.lists(st.text()), st.floats(), st.text("<>!-&;/[]\"'=abp #x19:.PTHMS\x00\n\t é\ud800")
)
MARKUP = st.lists(
    st.sampled_from(
        ["<", ">", "<!--", "-->", "<![", "]]>", "<p>", "</p", "<script>", "&", "&amp;", "&#0;", "&#128;", "&lt;b&gt;", '"', "'", "a", " ", "\x01", "é"]
    )
).map("".join)


@given(ANYTHING | MARKUP)
@settings(max_examples=60)
def test_nothing_raises(value: Any) -> None:
    for read in (moment, length, flag, count, one_line, plain_text, address):
        read(value)


@pytest.mark.parametrize(
    "value", ["P" + "9" * 5000 + "H", "9" * 5000, "1:" * 5000, "²", "٣", "Fri, 05 Jan 2024 10:00:00 +99999999999999", "<![x[<b>", "http://[", "http://[v1.a]/"]
)
def test_what_once_raised_or_might(value: str) -> None:
    for read in (moment, length, flag, count, one_line, plain_text, address):
        read(value)


# Lengths


@given(st.integers(0, 99), st.integers(0, 59), st.integers(0, 59))
def test_one_length_in_every_writing(h: int, m: int, s: int) -> None:
    whole = h * 3600 + m * 60 + s
    writings = (
        f"{h}:{m}:{s}",
        f"{h:02}:{m:02}:{s:02}",
        f" {h}:{m:02}:{s:02} ",
        f"{h * 60 + m}:{s:02}",
        str(whole),
        f"{whole}.4",
        f"PT{h}H{m}M{s}S",
        f"{h} h {m} min {s} s",
    )
    assert {length(w) for w in writings} == {whole or None}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("62:03", 3723), ("1:02:03.9", 3723), ("3723,5", 3723), ("PT1H2M", 3720), ("P1DT1H", 90_000), ("1h30", 5400), ("1h 2m 3s", 3723), ("90 minutes", 5400),
        ("45 min", 2700), ("12'30\"", 750), ("0", None), ("00:00:00", None), ("-5", None), ("1:-2", None), ("", None), ("abc", None), ("1:2:3:4", None),
        ("nan", None), ("inf", None), ("1e3", None), ("P", None), ("PT", None), ("0.4", None), (str(LONGEST_EPISODE + 1), None), ("1:02:03 h", None),
    ],
)  # fmt: skip
def test_lengths(text: str, seconds: int | None) -> None:
    assert length(text) == seconds


# Dates


@given(st.datetimes(datetime(1990, 1, 2), datetime(2100, 12, 30)), st.integers(-14 * 60, 14 * 60))
def test_a_date_comes_back_as_it_was_written(naive: datetime, offset: int) -> None:
    when = naive.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=offset)))
    assert moment(format_datetime(when)) == moment(when.isoformat()) == when
    assert moment(when.strftime("%Y-%m-%d %H:%M:%S %z")) == moment(when.strftime("%d %B %Y %H:%M:%S %z")) == when


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Fri, 05 Jan 2024 10:00:00 GMT", "2024-01-05T10:00:00+00:00"), ("Fri, 05 Jan 2024 10:00:00 CET", "2024-01-05T10:00:00+01:00"),
        ("Fri, 05 Jul 2024 10:00 CEST", "2024-07-05T10:00:00+02:00"), ("Fri, 05 Jan 2024 10:00:00 EST", "2024-01-05T10:00:00-05:00"),
        ("ven., 5 janv. 2024 10:00:00 +0100", "2024-01-05T10:00:00+01:00"), ("vendredi 5 juillet 2024 à 10h30", "2024-07-05T10:30:00+00:00"),
        ("1er février 2024", "2024-02-01T00:00:00+00:00"), ("5 août 2024", "2024-08-05T00:00:00+00:00"), ("5 juin 2024", "2024-06-05T00:00:00+00:00"),
        ("January 5, 2024 10:00 PM", "2024-01-05T22:00:00+00:00"), ("Jan 5th, 2024 12:00 am", "2024-01-05T00:00:00+00:00"), ("5 Jan 24 10:00", "2024-01-05T10:00:00+00:00"),
        ("Fri, 05 Jan 2024 10:00:00 +01:00", "2024-01-05T10:00:00+01:00"), ("Fri, 05 Jan 2024 10:00:00 GMT+2", "2024-01-05T10:00:00+02:00"),
        ("Fri, 05 Jan 2024 10:00:00 +0000 (UTC)", "2024-01-05T10:00:00+00:00"), ("Fri, 05 Jan 2024 24:00:00 GMT", "2024-01-06T00:00:00+00:00"),
        ("Sat, 31 Dec 2016 23:59:60 GMT", "2016-12-31T23:59:59+00:00"), ("2024-01-05T10:00:00.123456789Z", "2024-01-05T10:00:00.123456+00:00"),
        ("2024-01-05 10:00:00 +0100", "2024-01-05T10:00:00+01:00"), ("2024-01-05", "2024-01-05T00:00:00+00:00"), ("2024-02", "2024-02-01T00:00:00+00:00"),
        ("Fri Jan  5 10:00:00 2024", "2024-01-05T10:00:00+00:00"), ("30 Feb 2024 10:00:00 GMT", None), ("2024-02-30T10:00:00Z", None),
        ("Wed, 30 Nov -0001 00:00:00 +0000", None), ("-0001-11-30T00:00:00Z", None), ("0000-00-00 00:00:00", None), ("1700000000", None), ("hier", None),
        ("Fri, 05 Jan 2024 25:00:00 GMT", None), ("Fri, 05 Jan 1824 10:00:00 GMT", None), ("Fri, 05 Jan 2024 10:00:00 +99:99", None), ("05/01/2024", None),
    ],
)  # fmt: skip
def test_dates(text: str, when: str | None) -> None:
    assert moment(text) == (datetime.fromisoformat(when) if when else None)


@given(ANYTHING)
def test_a_date_has_a_zone(value: Any) -> None:
    found = moment(value)
    assert found is None or found.astimezone(UTC).tzinfo is UTC


# Texts


@given(st.text() | MARKUP)
def test_a_text_has_no_control_characters(value: str) -> None:
    for text in (plain_text(value), one_line(value)):
        assert not _CONTROL.search(text)
        assert text == text.strip()
        text.encode()
    assert "\n" not in one_line(value)
    assert len(plain_text(value, 10)) <= 10
    assert len(one_line(value, 10)) <= 10


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<p>Un</p><p>Deux<br>trois</p>", "Un\nDeux\ntrois"), ("R&D; et AT&T &copy=1", "R&D; et AT&T &copy=1"), ("&amp;eacute;t&eacute;", "été"),
        ("&lt;p&gt;Un &lt;b&gt;mot&lt;/b&gt;&lt;/p&gt;", "Un mot"), ("<p>La balise &lt;b&gt;</p>", "La balise <b>"), ("1 < 2 et 3 > 2", "1 < 2 et 3 > 2"),
        ("<script>alert(1)</script>Oui<style>p{}</style>", "Oui"), ("Oui<!-- non", "Oui"), ("<SCRIPT src=x>a</script >b", "b"), ('<a title="a > b">lien</a>', "lien"),
        ("a" + " " * 200_000 + "b", "a b"), ("<p class=it's>x</p>", "x"), ("<header>x</header>", "x"), ("&#0;&#x1f;a\x00b", "\ufffdab"),
    ],
)  # fmt: skip
def test_texts(written: str, read: str) -> None:
    assert plain_text(written) == read


@pytest.mark.parametrize(
    "unit", ["<a", "<a ", '<a x="', "<a x='", "<!--", "<![", "</", "<script>", "<head>", "<p a=", "&", "&lt;a", "&#", "<?", " ", "<a x='<", "&lt;!--"]
)
@pytest.mark.parametrize("read", [plain_text, one_line, mended, is_cut, moment, length, address])
def test_no_text_takes_long(unit: str, read: Callable[[Any], Any]) -> None:
    """HTMLParser took five minutes for one of these."""
    start = time.process_time()
    read("<rss>" + unit * (100_000 // len(unit)))
    read("http://" + unit * (100_000 // len(unit)))
    assert time.process_time() - start < 1.0


# Addresses


@given(st.text() | st.text("htps:/.@[]%#?&;=aéß:0-\\ \t①").map("https://".__add__) | st.text().map("https://h.fr/".__add__))
def test_an_address_is_safe_and_stays_the_same(value: str) -> None:
    found = address(value)
    assert address(found) == found
    assert found == "" or (
        found.isascii() and found.startswith(("https://", "http://")) and "@" not in urlsplit(found).netloc and not set(found) & set(' <>"\\^`{|}\r\n\t\x00')
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://x.fr/a.mp3?a=1&region=fr&copy=2", "https://x.fr/a.mp3?a=1&region=fr&copy=2"), ("https://x.fr/?a&amp;amp;b", "https://x.fr/?a&b"),
        (" https://x.fr/été à deux.mp3 ", "https://x.fr/%C3%A9t%C3%A9%20%C3%A0%20deux.mp3"), ("https://x.fr/%C3%A9", "https://x.fr/%C3%A9"), ("HTTPS://X.FR/A", "https://x.fr/A"),
        ("https://été.fr/", "https://xn--t-9fab.fr/"), ("https://x.fr:8443/a", "https://x.fr:8443/a"), ("https://[2001:DB8::1]/", "https://[2001:db8::1]/"),
        ("https://x.fr./", "https://x.fr/"), ("javascript:alert(1)", ""), ("data:text/html,x", ""), ("file:/etc/passwd", ""), ("//x.fr/a", ""), ("/a", ""),
        ("https://u:p@x.fr/", ""), ("https://good.fr\\@evil.fr/", ""), ("https://x.fr:99999/", ""), ("https://x.fr:0/", ""), ("https:///a", ""), ("https://a..b/", ""),
        ("https://[::1]x.fr/", ""), ("https://x.fr/a\nb", ""), ("https://x y.fr/", ""), ("https://x.fr/" + "é" * 900, ""), ("https://-\u200b/", "https://-/"),
    ],
)  # fmt: skip
def test_addresses(written: str, read: str) -> None:
    assert address(written) == read


@pytest.mark.parametrize(
    ("word", "meant"), [("yes", True), (" Explicit ", True), ("clean", False), ("FALSE", False), ("", None), ("peut-être", None), (True, True)]
)
def test_flags(word: Any, meant: bool | None) -> None:
    assert flag(word) is meant


@pytest.mark.parametrize(("word", "meant"), [("12", 12), (" 03 ", 3), ("0", None), ("-1", None), ("1.5", None), ("²", None), ("9" * 13, None), ("un", None)])
def test_counts(word: str, meant: int | None) -> None:
    assert count(word) == meant


# Documents


@given(st.binary(), st.text())
def test_any_bytes_are_some_text(data: bytes, content_type: str) -> None:
    is_cut(mended(decoded(data, content_type)))


@pytest.mark.parametrize(
    "name", ["punycode", "idna", "utf-7", "unicode_escape", "raw_unicode_escape", "undefined", "rot13", "hex", "zlib", "bogus", "utf-32", "utf-16"]
)
def test_a_codec_that_is_no_encoding_is_not_used(name: str) -> None:
    data = f'<?xml version="1.0" encoding="{name}"?><rss>été'.encode()
    assert decoded(data).endswith("été")
    assert decoded(data[:-2] + b"\xe9", f"text/xml; charset={name}").endswith("té")


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", ""), ("utf-16", "utf-16"), ("utf-16-le", ""), ("utf-32", "utf-32"), ("cp1252", "iso-8859-1"), ("cp1252", "utf-8"),
        ("utf-8", "iso-8859-1"), ("cp1252", "us-ascii"), ("iso8859-15", "iso-8859-15"), ("mac-roman", "macintosh"),
    ],
)  # fmt: skip
def test_french_reads_right_whatever_the_document_says(encoding: str, declared: str) -> None:
    said = f' encoding="{declared}"' if declared else ""
    text = f'<?xml version="1.0"{said}?><rss><channel><title>Forêt d\u2019été, œuvre</title>'
    text = text.replace("\u2019", "'") if encoding.startswith("iso") else text
    assert decoded(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["shift_jis", "euc-jp", "iso-2022-jp", "gb2312", "big5", "euc-kr", "koi8-r", "windows-1251", "hz"])
def test_other_alphabets(encoding: str) -> None:
    word = "привет" if encoding in ("koi8-r", "windows-1251") else "中文"
    text = f'<?xml version="1.0" encoding="{encoding}"?><rss><channel><title>{word}</title>'
    assert decoded(text.encode(encoding)) == text
    assert decoded(text.replace(f' encoding="{encoding}"', "").encode(encoding), f"text/xml; charset={encoding}").endswith(f"{word}</title>")


def test_a_few_bytes_of_another_encoding_spoil_nothing_else() -> None:
    assert decoded("<rss>été ".encode() + b"caf\xe9 \x80") == "<rss>été café €"
