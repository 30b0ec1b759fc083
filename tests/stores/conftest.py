"""A DynamoDB on this machine, over real HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

TABLE = "mairie-listening"


@pytest.fixture(scope="session")
def dynamo() -> Iterator[Any]:
    """A client of a DynamoDB on this machine."""
    boto3 = pytest.importorskip("boto3")
    server = pytest.importorskip("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client("dynamodb", endpoint_url=f"http://{host}:{port}", region_name="eu-west-3", aws_access_key_id="a", aws_secret_access_key="b")
    client.create_table(
        TableName=TABLE, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "person", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "person", "AttributeType": "S"}],
    )  # fmt: skip
    yield client
    client.close()
    server.stop()


class Time:
    """Seconds since 1970, moved by hand."""

    now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Time:
    return Time()
