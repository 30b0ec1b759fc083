"""Both homes of files, each test on both: a folder, and a bucket of moto served over real HTTP on the loopback."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from podcasts.folder import Folder
from podcasts.s3 import Bucket
from podcasts.storage import Storage

Again = Callable[[], Storage]
"""The same home as another process would open it."""
_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def moto() -> Iterator[Callable[[], Any]]:
    """Makes clients of a server with credentials that open nothing else."""
    server_module = pytest.importorskip("moto.server")
    import boto3
    from botocore.config import Config

    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    made = boto3.session.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-west-1")  # read no profile of whoever runs this

    def client() -> Any:
        return made.client("s3", endpoint_url=f"http://{host}:{port}", config=Config(retries={"max_attempts": 1}))

    yield client
    server.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "home")


@pytest.fixture
def bucket(moto: Callable[[], Any]) -> Bucket:
    client, name = moto(), f"mairie-{next(_NUMBERS)}"
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return Bucket(name, "town/", client)


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest) -> Storage:
    found: Storage = request.getfixturevalue(request.param)
    return found
