"""A cover that directories take, and words for each that they do not."""

from __future__ import annotations

import random

import pytest

from podcasts.cover import MOST_BYTES, NotACover, measured
from tests.podcasts.sounds import jpeg, mp3, png


@pytest.mark.parametrize("side", [1400, 2000, 3000])
def test_covers(side: int) -> None:
    assert measured(png(side, side)) == ("image/png", "png", side)
    assert measured(jpeg(side, side)) == ("image/jpeg", "jpg", side)


REFUSED = {
    "too small": (png(1399, 1399), "1399 × 1399 pixels : il faut de 1400"),
    "too large": (png(3001, 3001), "à 3000 × 3000"),
    "not square": (png(1400, 1500), "1400 × 1500 pixels : il la faut carrée"),
    "nothing": (b"", "ni un JPEG ni un PNG"),
    "a GIF": (b"GIF89a" + bytes(50), "ni un JPEG ni un PNG"),
    "a drawing": (b"<svg xmlns='http://www.w3.org/2000/svg' width='1400' height='1400'/>", "ni un JPEG ni un PNG"),
    "a sound": (mp3(1), "ni un JPEG ni un PNG"),
    "a sign only": (png()[:8], "abîmée"),
    "half a PNG": (png()[:-30], "coupée"),
    "half a JPEG": (jpeg()[:-10], "coupée"),
    "no pixels": (png(0, 0), "abîmée"),
    "heavy": (png() + bytes(MOST_BYTES), "10 Mo"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_cover_is_refused_with_words(what: str) -> None:
    data, words = REFUSED[what]
    with pytest.raises(NotACover, match=words):
        measured(data)


def test_damage_never_breaks_the_reader() -> None:
    dice = random.Random(3)
    for whole in (png(), jpeg()):
        for _ in range(300):
            hurt = bytearray(whole)
            for _ in range(4):
                hurt[dice.randrange(3, min(len(hurt), 80))] = dice.randrange(256)
            try:
                assert 1400 <= measured(bytes(hurt[: dice.randint(3, len(hurt))]))[2] <= 3000
            except NotACover:
                continue
