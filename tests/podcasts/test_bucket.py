"""A bucket as the home of podcasts: out of reach, missing, long, and what it tells players."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from podcasts.s3 import Bucket
from podcasts.storage import StorageUnavailable


def test_a_bucket_out_of_reach_is_named_quickly() -> None:
    import boto3
    from botocore.config import Config

    client = boto3.session.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-west-1").client(
        "s3", endpoint_url="http://127.0.0.1:9", config=Config(connect_timeout=1, retries={"total_max_attempts": 1})
    )
    home, began = Bucket("none", "", client), time.monotonic()
    for ask in (home.get, home.info, home.open, home.delete, home.keys, lambda k: home.put(k, b"x"), lambda k: home.put_file(k, Path(__file__), "x/y")):
        with pytest.raises(StorageUnavailable, match="none"):
            ask("a/f.json")
    assert time.monotonic() - began < 5


def test_a_client_is_made_when_first_needed_and_its_faults_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    home = Bucket("none")
    with pytest.raises(StorageUnavailable, match="ProfileNotFound"):
        home.get("a/f.json")
    with pytest.raises(StorageUnavailable, match="ProfileNotFound"):
        home.put_file("a/f.json", Path(__file__), "x/y")


def test_a_bucket_that_is_not_there_is_no_empty_one(bucket: Bucket) -> None:
    home = Bucket("nobodys-bucket", "", bucket.client)
    for ask in (home.get, home.keys, lambda k: home.put(k, b"x"), lambda k: home.put_file(k, Path(__file__), "x/y")):
        with pytest.raises(StorageUnavailable):
            ask("a/f.json")


def test_a_bucket_lists_page_after_page(bucket: Bucket) -> None:
    for n in range(5):
        bucket.put(f"a/{n}.json", b"x")
    ask = bucket._ask
    bucket._ask = lambda action, **given: ask(action, **({"MaxKeys": 2} if action == "list_objects_v2" else {}), **given)  # type: ignore[method-assign]
    assert list(bucket.keys("a/")) == [f"a/{n}.json" for n in range(5)]


@pytest.mark.parametrize(
    ("key", "mime"),
    [
        ("a/feed.xml", "application/rss+xml; charset=utf-8"),
        ("a/c.json", "application/json"),
        ("a/i.jpg", "image/jpeg"),
        ("a/i.png", "image/png"),
        ("a/t.vtt", "text/vtt; charset=utf-8"),
    ],
)
def test_a_bucket_tells_players_what_a_file_is(bucket: Bucket, key: str, mime: str) -> None:
    bucket.put(key, b"x")
    assert bucket.client.head_object(Bucket=bucket.name, Key=f"town/{key}")["ContentType"] == mime
