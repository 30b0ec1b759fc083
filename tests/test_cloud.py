"""The cloud as it is deployed, on loopback: a clerk publishes into a bucket, the schedule runs, the skill's function plays and remembers in a table."""

from __future__ import annotations

import itertools
import json
import os
import runpy
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from skill.cli import main
from skill.conversation.plain import opaque
from skill.stores.compiled import compile_town
from tests.channels.test_alexa import envelope, slot
from tests.conftest import HERE, TOWNS
from tests.podcasts.sounds import sound

LAMBDA = HERE.parent / "lambda"
_NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("issy")
    compile_town(TOWNS["issy"], folder)
    return folder


@pytest.fixture
def cloud(compiled: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A bucket and a table as template.yaml makes them, behind one address of this machine."""
    moto = pytest.importorskip("moto.server")
    import boto3

    number = next(_NUMBERS)
    bucket, table = f"mairie-podcasts-{number}", f"mairie-listening-{number}"
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-west-3",
        "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "MAIRIE_BUCKET": bucket, "MAIRIE_TABLE": table,
        "MAIRIE_COMPILED": str(compiled),
        "MAIRIE_PUBLIC_URL": "https://mairie.example", "MAIRIE_SKILL_ID": "",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    boto3.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    boto3.client("dynamodb").create_table(
        TableName=table, BillingMode="PAY_PER_REQUEST", AttributeDefinitions=[{"AttributeName": "person", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "person", "KeyType": "HASH"}],
    )  # fmt: skip
    yield boto3
    server.stop()


def request(kind: str, **more: Any) -> dict[str, Any]:
    event = envelope(kind) if not kind.startswith("AudioPlayer") else {"version": "1.0", "context": envelope("X")["context"], "request": {"type": kind}}
    event["context"]["System"]["user"] = {"userId": "amzn1.ask.account.SOMEBODY"}
    event["context"]["System"].setdefault("device", {})["supportedInterfaces"] = {"AudioPlayer": {}}
    event["request"].update(more)
    return event


def test_published_played_and_remembered(cloud: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["podcasts", "add", str(sound(tmp_path)), "--title", "Les halles", "--description", "Une visite"]) == 0
    assert main(["podcasts", "add", str(sound(tmp_path, 2)), "--title", "Plus tard", "--description", "x", "--date", "2099-01-01"]) == 0
    capsys.readouterr()
    refreshed = runpy.run_path(str(LAMBDA / "refresh_handler.py"))["handler"]({}, None)
    assert refreshed["metamorphoses"][:2] == ["same", 1]

    skill = runpy.run_path(str(LAMBDA / "alexa_handler.py"))["handler"]
    stream = skill(request("PlayPodcastIntent"), None)["response"]["directives"][0]["audioItem"]["stream"]
    assert stream["url"].startswith("https://mairie.example/podcasts/metamorphoses/media/les-halles-")
    assert skill(request("AudioPlayer.PlaybackStopped", token=stream["token"], offsetInMilliseconds=754_000), None) == {"version": "1.0", "response": {}}

    other = runpy.run_path(str(LAMBDA / "alexa_handler.py"))["handler"]  # another container
    mark = other.__globals__["_channel"].skill.memory.listeners.get(opaque("amzn1.ask.account.SOMEBODY")).mark(stream["token"])
    assert mark.offset_ms == 754_000
    rows = str(cloud.client("dynamodb").scan(TableName=os.environ["MAIRIE_TABLE"])["Items"])
    assert "SOMEBODY" not in rows
    assert main(["podcasts", "withdraw", "halles"]) == 0


def test_a_bucket_that_is_gone_is_a_kind_sentence(cloud: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("MAIRIE_BUCKET", "no-such-bucket")
    skill = runpy.run_path(str(LAMBDA / "alexa_handler.py"))["handler"]
    response = skill(request("PlayPodcastIntent"), None)["response"]
    assert "directives" not in response or "demonstration" in str(response["directives"])
    assert response["outputSpeech"]["ssml"]


def test_what_staff_announce_is_said_by_the_function(cloud: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A console on a server keeps it in the bucket; the function looks once a minute, and a cold start waits for nothing."""
    from skill import app
    from skill.app import Settings
    from skill.homes import changes_of
    from skill.stores.changes import ADDED, Edit

    changes = changes_of(Settings.from_environment(), "issy-les-moulineaux")
    module = runpy.run_path(str(LAMBDA / "alexa_handler.py"))
    handler, skill = module["handler"], module["_skill"]
    asked = request("NewsIntent")
    assert "annonce de la mairie en ce moment" in handler(asked, None)["response"]["outputSpeech"]["ssml"]
    day = skill.now().date().isoformat()
    changes.apply(
        lambda _: [(Edit("notice", "n1", {ADDED: True, "effect": "closed", "place": "parc-henri-barbusse", "first": day, "last": day}), "x")],
        "jeanne",
        skill.now(),
        lambda _: None,
    )
    assert "annonce de la mairie en ce moment" in handler(asked, None)["response"]["outputSpeech"]["ssml"]
    monkeypatch.setattr(app, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(app, "WAIT_SECONDS", 10.0)
    assert "Barbusse est fermé aujourd&apos;hui" in handler(asked, None)["response"]["outputSpeech"]["ssml"]


def test_a_bucket_that_is_gone_silences_no_announcement(cloud: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from skill.app import Settings, make_skill

    monkeypatch.setenv("MAIRIE_BUCKET", "nobody-s-bucket")
    skill = make_skill(Settings.from_environment())
    assert skill.hear("où est le parc Rodin", "fr-FR", skill.now()).speech.text


def test_what_staff_change_is_said_by_the_function_once_it_is_compiled(cloud: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hours and answers, not only notices: the console or the schedule compiles the town, the function takes it. Until then what is known is said."""
    from skill import app
    from skill.app import Settings, make_skill
    from skill.stores.changes import ADDED, Edit

    function = runpy.run_path(str(LAMBDA / "alexa_handler.py"))
    handler, answering = function["handler"], function["_skill"]
    monkeypatch.setattr(app, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(app, "WAIT_SECONDS", 10.0)
    monkeypatch.setenv("MAIRIE_COMPILED", "")
    console = make_skill(Settings.from_environment())
    question = request(
        "TownQuestionIntent", intent={"name": "TownQuestionIntent", "slots": {"question": {"name": "question", "value": "est la mascotte de la piscine"}}}
    )
    place = envelope("PlacePhoneIntent", slot("place", "parc Barbusse", "parc-henri-barbusse"))
    assert "otarie" not in handler(question, None)["response"]["outputSpeech"]["ssml"]

    fact = {
        ADDED: True, "topic": "piscine", "answer": {"fr": "La mascotte de la piscine est une otarie.", "en": "The pool's mascot is a sea lion."},
        "questions": {"fr": ["qui est la mascotte de la piscine", "la mascotte de la piscine c'est qui"], "en": ["who is the mascot of the pool"]},
        "source": "https://www.issy.com", "updated": "2026-11-01",
    }  # fmt: skip
    edits = [(Edit("fact", "otarie", fact), "x"), (Edit("place", "parc-henri-barbusse", {"phone": "01 23 45 67 89"}), "x")]
    console.live.changes.apply(lambda _: edits, "jeanne", console.now(), lambda _: None)
    handler(question, None)
    assert answering.live._waiting  # the changes are there, their town is not yet
    assert "67" not in handler(place, None)["response"]["outputSpeech"]["ssml"]

    refreshed = runpy.run_path(str(LAMBDA / "refresh_handler.py"))
    refreshed["handler"]({}, None)
    assert "otarie" in handler(question, None)["response"]["outputSpeech"]["ssml"]
    assert "45, 67, 89" in handler(place, None)["response"]["outputSpeech"]["ssml"]
    assert not answering.live._waiting
    assert answering.live.changed() is False

    day = console.now().date().isoformat()
    notice = {ADDED: True, "effect": "closed", "place": "parc-henri-barbusse", "first": day, "last": day}
    console.live.changes.apply(lambda _: [(Edit("notice", "n1", notice), "x")], "jeanne", console.now(), lambda _: None)
    assert "Barbusse est fermé" in handler(request("NewsIntent"), None)["response"]["outputSpeech"]["ssml"]
    assert "otarie" in handler(question, None)["response"]["outputSpeech"]["ssml"]  # what was changed before the notice is not unsaid

    bucket = cloud.client("s3")
    key = "console/issy-les-moulineaux/town.json.gz"
    bucket.put_object(Bucket=os.environ["MAIRIE_BUCKET"], Key=key, Body=b"\x1f\x8b\x08\x00spoilt")
    assert "otarie" in handler(question, None)["response"]["outputSpeech"]["ssml"]
    refreshed["handler"]({}, None)  # what is spoilt is made again
    assert "otarie" in runpy.run_path(str(LAMBDA / "alexa_handler.py"))["handler"](question, None)["response"]["outputSpeech"]["ssml"]


def test_a_new_container_says_what_is_announced_in_its_first_answer(cloud: Any) -> None:
    from skill.app import Settings
    from skill.homes import changes_of
    from skill.stores.changes import ADDED, Edit

    changes, now = changes_of(Settings.from_environment(), "issy-les-moulineaux"), datetime.now().astimezone()
    notice = {ADDED: True, "effect": "closed", "place": "parc-henri-barbusse", "first": now.date().isoformat(), "last": now.date().isoformat()}
    changes.apply(lambda _: [(Edit("notice", "n1", notice), "x")], "jeanne", now, lambda _: None)
    handler = runpy.run_path(str(LAMBDA / "alexa_handler.py"))["handler"]
    assert "Barbusse est fermé" in handler(request("NewsIntent"), None)["response"]["outputSpeech"]["ssml"]


def test_wordings_of_other_code_are_another_town(monkeypatch: pytest.MonkeyPatch) -> None:
    from skill.stores import compiled as made
    from skill.stores.town_files import read_tables

    tables, _ = read_tables(TOWNS["issy"])
    before = made.digest(tables)
    assert made.digest(tables) == before
    prompts = made.words.prompts
    monkeypatch.setattr(made.words, "prompts", lambda lang: {**prompts(lang), "x": "y"})
    assert made.digest(tables) != before


def test_the_schedule_tells_how_old_the_oldest_feed_is(cloud: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACK", "issy")
    runpy.run_path(str(LAMBDA / "refresh_handler.py"))["handler"]({}, None)
    line = json.loads([text for text in capsys.readouterr().out.splitlines() if "_aws" in text][-1])
    assert (line["Stack"], line["FeedAgeMinutes"]) == ("issy", 0.0)
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["Stack"]]


def test_a_withdrawn_sound_is_marked_for_the_cdn(cloud: Any, tmp_path: Path) -> None:
    assert main(["podcasts", "add", str(sound(tmp_path)), "--title", "Les halles", "--description", "Une visite"]) == 0
    client, bucket = cloud.client("s3"), os.environ["MAIRIE_BUCKET"]
    key = next(row["Key"] for row in client.list_objects_v2(Bucket=bucket, Prefix="podcasts/metamorphoses/media/")["Contents"] if row["Key"].endswith(".mp3"))
    assert main(["podcasts", "withdraw", "halles"]) == 0
    assert client.get_object_tagging(Bucket=bucket, Key=key)["TagSet"] == [{"Key": "withdrawn", "Value": "yes"}]
    assert main(["podcasts", "restore", "halles"]) == 0
    assert client.get_object_tagging(Bucket=bucket, Key=key)["TagSet"] == [{"Key": "withdrawn", "Value": "no"}]
