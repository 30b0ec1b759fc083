"""A sound is told by its bytes: what directories take is measured, everything else is refused with words that help."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import time
import wave
import zipfile
from pathlib import Path

import pytest

from podcasts.audio import M4A, MOST_BYTES, MP3, NotAudio, measure
from tests.podcasts.sounds import frame, id3, jpeg, mp3, mp4, png


def kept(folder: Path, data: bytes, name: str = "son.mp3") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


SOUNDS = {
    "mpeg-1": (mp3(3), MP3, 3),
    "mpeg-2": (mp3(3, version=2, kbps=40), MP3, 3),
    "low rate": (mp3(2, kbps=32), MP3, 2),
    "a large tag": (id3(600_000, "Un été à la ville 😀") + mp3(2), MP3, 2),
    "two tags": (id3(40_000, "Un été à la ville 😀") + id3(300_000) + mp3(2), MP3, 2),
    "something before": (bytes(5_000) + mp3(2), MP3, 2),
    "an old tag at the end": (mp3(2) + b"TAG" + bytes(125), MP3, 2),
    "joined, a tag in the middle": (mp3(2) + id3(400_000) + mp3(2, seed=9), MP3, 4),
    "a rate that varies after a silence": (b"".join([frame(32)] * 10 + [frame(128)] * 400), MP3, 11),
    "cut in a frame": (mp3(2)[:-100], MP3, 2),
    "m4a": (mp4(3), M4A, 3),
    "m4a, index last": (mp4(7, index_last=True), M4A, 7),
    "m4a of another brand": (mp4(3, brand=b"isom"), M4A, 3),
}


@pytest.mark.parametrize("what", SOUNDS)
@pytest.mark.parametrize("name", ["son.mp3", "son.wav", "son", "son.pdf"])
def test_what_directories_take_is_measured_whatever_its_name(tmp_path: Path, what: str, name: str) -> None:
    data, mime, seconds = SOUNDS[what]
    found = measure(kept(tmp_path, data, name))
    assert (found.mime, found.seconds, found.size) == (mime, seconds, len(data))
    assert found.digest == hashlib.sha256(data).hexdigest()
    assert found.title == ("Un été à la ville 😀" if "tag" in what and data.startswith(b"ID3") else "")


def test_a_count_that_lies_is_not_believed(tmp_path: Path) -> None:
    """The header of a file that was cut still announces the whole."""
    first = bytearray(frame(64))
    first[36:48] = b"Xing" + (3).to_bytes(4, "big") + (100_000).to_bytes(4, "big")
    first[48:52] = (20_000_000).to_bytes(4, "big")
    assert measure(kept(tmp_path, bytes(first) + mp3(2))).seconds == 2


def wav(folder: Path) -> bytes:
    with wave.open(str(folder / "x"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(os.urandom(32_000))
    return (folder / "x").read_bytes()


def docx(folder: Path) -> bytes:
    with zipfile.ZipFile(folder / "x", "w") as out:
        out.writestr("word/document.xml", "<a/>")
    return (folder / "x").read_bytes()


REFUSED = {
    "WAV": (wav, "un fichier WAV.*exportez en MP3"),
    "Ogg": (lambda _: b"OggS" + bytes(5000), "un fichier Ogg"),
    "FLAC": (lambda _: b"fLaC" + bytes(5000), "un fichier FLAC"),
    "AAC": (lambda _: b"\xff\xf1\x50\x80" + bytes(5000), "un fichier AAC"),
    "WMA": (lambda _: b"0&\xb2u\x8ef\xcf\x11" + bytes(5000), "Windows Media"),
    "AMR of a telephone": (lambda _: b"#!AMR\n" + bytes(5000), "un fichier AMR"),
    "PDF": (lambda _: b"%PDF-1.7\n" + mp3(2), "mais un PDF"),
    "PNG": (lambda _: png(), "mais une image"),
    "JPEG": (lambda _: jpeg() + mp3(2), "mais une image"),
    "WebP": (lambda _: b"RIFF\0\0\0\0WEBP" + bytes(500), "mais une image"),
    "AVI": (lambda _: b"RIFF\0\0\0\0AVI " + bytes(500), "c'est une vidéo"),
    "WebM": (lambda _: b"\x1aE\xdf\xa3" + bytes(500), "c'est une vidéo"),
    "MP4 video": (lambda _: mp4(3, handlers=(b"vide", b"soun"), brand=b"mp42"), "c'est une vidéo"),
    "MP4 video, a long index at the end": (lambda _: mp4(3, handlers=(b"vide", *[b"soun"] * 9000), brand=b"isom", index_last=True), "c'est une vidéo"),
    "QuickTime": (lambda _: mp4(3, handlers=(b"vide",), brand=b"qt  "), "c'est une vidéo"),
    "QuickTime before brands": (lambda _: mp4(3)[20:], "c'est une vidéo"),
    "MP4 without sound": (lambda _: mp4(3, handlers=(b"text",)), "pas de son en AAC"),
    "Apple Lossless": (lambda _: mp4(3, codec=b"alac"), "pas de son en AAC"),
    "MP4 cut": (lambda _: mp4(3, index_last=True)[:-50], "coupé ou abîmé"),
    "MP4 of a box of no size": (lambda _: mp4(3)[:20] + b"\0\0\0\1free" + bytes(8), "coupé ou abîmé"),
    "Word": (docx, "un document ou une archive"),
    "a page": (lambda _: b"<!doctype html><p>404", "une page web"),
    "text": (lambda _: b"bonjour " * 100, "ce n'est pas un son : il faut un MP3 ou un M4A"),
    "a byte that looks like a frame near the end": (lambda _: b"\xff\xfb\x90\xc0".rjust(3000, b"x"), "ce n'est pas un son :"),
    "noise": (lambda _: random.Random(1).randbytes(300_000), "ce n'est pas un son :"),
    "all ones": (lambda _: b"\xff" * 300_000, "ce n'est pas un son :"),
    "one byte": (lambda _: b"\xff", "ce n'est pas un son :"),
    "only a tag": (lambda _: id3(5000, "Titre"), "ce n'est pas un son :"),
    "a tag that lies about its size": (lambda _: b"ID3\3\0\0\x7f\x7f\x7f\x7f" + mp3(2), "ce n'est pas un son :"),
    "a blink": (lambda _: mp3(0.3), "moins d'une seconde"),
}


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("name", ["son.mp3", "son.m4a"])
def test_what_directories_refuse_is_refused_with_words(tmp_path: Path, what: str, name: str) -> None:
    make, words = REFUSED[what]
    with pytest.raises(NotAudio, match=words):
        measure(kept(tmp_path, make(tmp_path), name))


def test_an_empty_file_and_a_huge_one(tmp_path: Path) -> None:
    with pytest.raises(NotAudio, match="vide"):
        measure(kept(tmp_path, b""))
    huge = tmp_path / "huge.mp3"
    with open(huge, "wb") as out:
        out.truncate(MOST_BYTES + 1)
    began = time.monotonic()
    with pytest.raises(NotAudio, match="500 Mo"):
        measure(huge)
    with pytest.raises(NotAudio, match="plus que les 1 Mo"):
        measure(kept(tmp_path, bytes(1024 * 1024 + 1)), 1024 * 1024)
    assert time.monotonic() - began < 1


def test_a_file_that_cannot_be_read_is_no_sound_at_all(tmp_path: Path) -> None:
    for path in (tmp_path / "none.mp3", tmp_path):
        with pytest.raises(OSError):
            measure(path)


def test_damage_never_breaks_the_reader(tmp_path: Path) -> None:
    dice = random.Random(7)
    for data in (id3(300, "Titre") + mp3(1.2), mp4(2), mp4(2, index_last=True)):
        for _ in range(150):
            hurt = bytearray(data)
            for _ in range(dice.randint(1, 20)):
                hurt[dice.randrange(min(len(hurt), 900))] = dice.randrange(256)
            try:
                assert measure(kept(tmp_path, bytes(hurt[: dice.randint(1, len(hurt))]))).seconds >= 1
            except NotAudio:
                continue


@pytest.mark.skipif(not (shutil.which("lame") and shutil.which("espeak-ng")), reason="lame and espeak-ng make a real MP3")
@pytest.mark.parametrize("rate", [["-b", "64"], ["-V", "9"], ["-V", "5", "-t"], ["--abr", "80", "-t"]])
def test_real_mp3s_last_as_long_as_what_they_were_made_of(tmp_path: Path, rate: list[str]) -> None:
    said = " ".join(["Le marché ouvre samedi à huit heures, place de la mairie."] * 4)
    subprocess.run(["espeak-ng", "-v", "fr", "-w", str(tmp_path / "s.wav"), said], check=True)
    subprocess.run(["lame", "--quiet", "--tt", "Le marché", *rate, str(tmp_path / "s.wav"), str(tmp_path / "s.mp3")], check=True)
    with wave.open(str(tmp_path / "s.wav")) as source:
        lasting = source.getnframes() / source.getframerate()
    found = measure(tmp_path / "s.mp3")
    assert abs(found.seconds - lasting) <= 1
    assert found.title == "Le marché"
