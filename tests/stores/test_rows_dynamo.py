"""What only DynamoDB can do wrong: spoilt items, an end that is missing, a table out of reach, a client that cannot be made."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import Any

import pytest

from skill.conversation.listening import Listening
from skill.stores.rows import LISTENING
from skill.stores.rows_dynamo import DynamoRows
from tests.stores.conftest import TABLE, Time
from tests.stores.test_rows import USER, counted, heard
from tests.stores.test_rows_faults import PATIENCE, unavailable


def test_nothing_personal_stands_in_the_item_and_it_has_a_version_and_an_end(dynamo: Any, clock: Time) -> None:
    store = DynamoRows(TABLE, dynamo, clock)
    store.change(USER, heard())
    store.change(USER, counted)
    (item,) = [i for i in dynamo.scan(TableName=TABLE)["Items"] if i["version"] == {"N": "2"}]
    assert "SOMEBODY" not in str(item)
    assert int(item["expires"]["N"]) == int(clock.now) + LISTENING.seconds
    store.forget(USER)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"data": {"S": "{"}},
        {"data": {"S": "[]"}},
        {"data": {"B": b"\xff"}},
        {"data": {"S": "{}"}, "version": {"S": "two"}},
        {"version": {"N": "3"}},
        {"data": {"S": "{"}, "expires": {"S": "never"}},
    ],
)
def test_a_spoilt_item_is_kept_beside_for_as_long_as_need_be(dynamo: Any, spoilt: dict[str, Any], clock: Time, caplog: pytest.LogCaptureFixture) -> None:
    from skill.stores.rows import LISTENING

    dynamo.put_item(TableName=TABLE, Item={"person": {"S": LISTENING.key_of(USER)}, **spoilt})
    store = DynamoRows(TABLE, dynamo, clock)
    assert store.get(USER) == Listening()
    store.change(USER, heard())
    store.change(USER, counted)
    store.change(USER, counted)
    assert store.get(USER).failures == 2
    aside = dynamo.get_item(TableName=TABLE, Key={"person": {"S": LISTENING.key_of(USER) + "#spoilt"}})["Item"]
    assert aside.items() >= {k: v for k, v in spoilt.items() if k != "expires"}.items()
    assert "spoilt item" in caplog.text
    store.forget(USER)
    assert dynamo.scan(TableName=TABLE)["Items"] == []


def test_an_item_without_an_end_is_no_item_that_ended(dynamo: Any) -> None:
    from skill.stores.rows import LISTENING

    dynamo.put_item(TableName=TABLE, Item={"person": {"S": LISTENING.key_of(USER)}, "data": {"S": LISTENING.to_text(heard("a")(Listening()))}})
    store = DynamoRows(TABLE, dynamo)
    assert store.get(USER).current == "a"
    assert store.change(USER, counted).current == "a"
    store.forget(USER)


def client(port: int) -> Any:
    boto3 = pytest.importorskip("boto3")
    from botocore.config import Config

    from skill.stores.rows_dynamo import CONNECT_SECONDS, READ_SECONDS

    limits = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries={"total_max_attempts": 1, "mode": "standard"})
    return boto3.client(
        "dynamodb", endpoint_url=f"http://127.0.0.1:{port}", region_name="eu-west-3", aws_access_key_id="a", aws_secret_access_key="b", config=limits
    )


@pytest.mark.parametrize("kind", ["refused", "silent"])
def test_a_table_out_of_reach_is_said_in_time(kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        if kind == "refused":
            listener.close()
        store = DynamoRows("mairie-listening", client(port))
        for work in (lambda: store.get(USER), lambda: store.change(USER, counted)):
            why, took = unavailable(work)
            assert "cannot be reached" in why
            assert took < PATIENCE


def test_a_table_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    assert "NoRegionError" in unavailable(lambda: DynamoRows("mairie-listening").get(USER))[0]


def test_without_boto3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    assert "not installed" in unavailable(lambda: DynamoRows("mairie-listening").get(USER))[0]


def test_the_client_is_made_when_first_needed_only() -> None:
    code = "import sys; from skill.stores.rows_dynamo import DynamoRows; DynamoRows('t'); sys.exit('boto3' in sys.modules or 'botocore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_refusals_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("botocore")
    from botocore.exceptions import ClientError

    class Refusing:
        """A table that refuses, a number of times."""

        def __init__(self, code: str, times: int) -> None:
            self.code, self.times, self.asked = code, times, 0

        def get_item(self, **_: Any) -> Any:
            self.asked += 1
            if self.asked > self.times:
                return {}
            raise ClientError({"Error": {"Code": self.code}}, "GetItem")

    passing, lasting = Refusing("ThrottlingException", 1), Refusing("AccessDeniedException", 99)
    assert DynamoRows("t", passing).get(USER) == Listening()
    assert "AccessDenied" in unavailable(lambda: DynamoRows("t", lasting).get(USER))[0]
    assert lasting.asked == 1
