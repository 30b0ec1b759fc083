"""Episodes from the console: in parts or whole, now or later, changed, withdrawn, put back; and files that are none."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest

from skill.console.accounts import Refused
from skill.console.uploads import KEPT_S, MOST, MOST_AT_ONCE, PART, Uploads
from tests.console.conftest import Clerk, Town
from tests.podcasts.sounds import mp3, png

SERIES = '[[series]]\nid = "ville"\nname = { fr = "La voix de la ville", en = "The voice of the town" }\nown = true\nsource = "x"\n'


@pytest.fixture
def town(town: Town) -> Town:
    (town.folder / "podcasts.toml").write_text(SERIES, encoding="utf-8")
    assert town.skill.refresh()
    return town


def token(clerk: Clerk) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', clerk.page)[1]


def upload(clerk: Clerk, data: bytes) -> str:
    """In parts, as the page's script does."""
    headers = {"X-CSRFToken": token(clerk)}
    begun = clerk.client.post("/console/podcasts/envois", data={"size": len(data)}, headers=headers).get_json()
    for n in range(begun["parts"]):
        answer = clerk.client.post(
            f"/console/podcasts/envois/{begun['id']}/{n}",
            data=data[n * begun["part"] : (n + 1) * begun["part"]],
            headers={**headers, "Content-Type": "application/octet-stream"},
        )
        assert answer.get_json() == {"got": n + 1, "parts": begun["parts"]}
    return begun["id"]


def test_an_episode_from_upload_to_undo(town: Town, clerk: Clerk) -> None:
    sound = mp3(600)
    assert len(sound) > PART
    clerk.go("/podcasts/ville/nouveau")
    key = upload(clerk, sound)
    clerk.send({"upload": key, "title": "Le conseil de novembre", "description": "Ce qui a été décidé."})
    assert "est publié" in clerk.text()
    assert "Le conseil de novembre" in clerk.text()
    assert not list(town.storage.keys("uploads/"))
    assert "conseil" in town.hear("mets le dernier podcast")
    path = re.search(r'<audio[^>]*src="([^"]+)"', clerk.page)[1]
    assert clerk.client.get(path).get_data() == sound
    assert clerk.client.get(path, headers={"Range": "bytes=0-9"}).status_code == 206
    clerk.go("/podcasts").press("Retirer")
    assert "conseil" not in town.hear("mets le dernier podcast")
    clerk.go("/podcasts").press("Remettre")
    assert "conseil" in town.hear("mets le dernier podcast")
    link = re.search(r'<a href="/console(/podcasts/ville/[0-9a-f-]{36})"', clerk.page)[1]
    clerk.go(link).send({"title": "Le conseil de décembre"})
    assert "décembre" in town.hear("mets le dernier podcast")
    clerk.go("/journal").press("Annuler")
    assert "novembre" in town.hear("mets le dernier podcast")
    assert "Aucun défaut" in clerk.go("/podcasts/ville/verifier").text() or "→" in clerk.text()


def test_without_script_and_for_later(town: Town, clerk: Clerk) -> None:
    day = (town.skill.now() + timedelta(days=3)).date().isoformat()
    clerk.go("/podcasts/ville/nouveau").send(
        {
            "title": "Demain",
            "description": "Plus tard.",
            "day": day,
            "hour": "7h30",
            "sound": (io.BytesIO(mp3(3)), "../../<b>.mp3"),
            "cover": (io.BytesIO(png()), "x.png"),
        }
    )
    assert "paraîtra le" in clerk.text()
    assert "7 h 30" in clerk.text().replace("07 h 30", "7 h 30")
    assert "à venir" in clerk.text()
    assert "Demain" not in town.hear("mets le dernier podcast")
    assert not (town.data.parent / "<b>.mp3").exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"#!/bin/sh\nrm -rf /\n" * 50, "son"), (b"MZ" + b"\0" * 5000, "son"), (b"", "fichier"), (png(), "son"), (b"<html>" * 500, "son")],
)
def test_what_is_no_sound_is_refused_and_nothing_is_kept(town: Town, clerk: Clerk, data: bytes, said: str) -> None:
    clerk.go("/podcasts/ville/nouveau").send({"title": "Un titre", "description": "Une description.", "sound": (io.BytesIO(data), "chanson.mp3")})
    assert clerk.status == 422
    assert said in clerk.text()
    assert 'value="Un titre"' in clerk.page
    assert not list(town.storage.keys("uploads/"))
    assert not town.skill.programmes.library("ville").entries()
    assert not town.log()


def test_a_mistake_in_the_form_does_not_cost_the_upload(town: Town, clerk: Clerk) -> None:
    clerk.go("/podcasts/ville/nouveau").send({"title": "", "description": "", "sound": (io.BytesIO(mp3(3)), "a.mp3")})
    assert clerk.status == 422
    assert "Le son est déjà arrivé" in clerk.text()
    clerk.send({"title": "Un titre", "description": "Une description."})
    assert "est publié" in clerk.text()


def test_two_gigabytes_are_refused_before_they_come(town: Town, clerk: Clerk) -> None:
    headers = {"X-CSRFToken": token(clerk.go("/podcasts/ville/nouveau"))}
    answer = clerk.client.post("/console/podcasts/envois", data={"size": 2 * 1024**3}, headers=headers)
    assert answer.status_code == 413
    assert "300 au plus" in answer.get_json()["error"]
    for size in ("", "-1", "x", "1e9", "9" * 40):
        assert clerk.client.post("/console/podcasts/envois", data={"size": size}, headers=headers).status_code == 413


def test_parts_that_are_not_what_is_awaited(town: Town) -> None:
    uploads = Uploads(town.storage)
    made = uploads.begin(PART + 10)
    for number, size in ((1, 10), (0, 9), (2, PART), (-1, PART), (0, PART + 1)):
        with pytest.raises(Refused):
            uploads.take(made.id, number, b"x" * size)
    uploads.take(made.id, 0, b"x" * PART)
    uploads.take(made.id, 0, b"y" * PART)  # sent twice: taken again
    assert uploads.take(made.id, 1, b"z" * 10).whole
    with uploads.file(uploads.find(made.id)) as path:
        assert path.read_bytes() == b"y" * PART + b"z" * 10
    assert not path.exists()
    for key in ("../../../etc/passwd", "x", made.id.upper(), "", "0" * 33):
        assert uploads.find(key) is None
        uploads.drop(key)


def test_unfinished_uploads_do_not_pile_up(town: Town, monkeypatch) -> None:
    uploads = Uploads(town.storage)
    for n in range(MOST_AT_ONCE + 5):
        monkeypatch.setattr("skill.console.uploads.time.time", lambda n=n: 1_000_000 + n)
        uploads.begin(100)
    assert len(list(town.storage.keys("uploads/"))) == MOST_AT_ONCE
    monkeypatch.setattr("skill.console.uploads.time.time", lambda: 1_000_000 + KEPT_S + 100)
    uploads.begin(MOST)
    assert len(list(town.storage.keys("uploads/"))) == 1


def test_an_editor_sees_podcasts_and_changes_none(town: Town) -> None:
    clerk = Clerk(town).login("jeanne").go("/podcasts")
    assert "La voix de la ville" in clerk.text()
    assert "Publier" not in clerk.text()
    assert clerk.go("/podcasts/ville/nouveau").status == 403
