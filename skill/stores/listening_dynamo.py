"""Listening in a DynamoDB table: one item a person, with a version, so that two speakers do not overwrite each other, and a TTL.

The client is boto3's, made when first needed (it takes a quarter of a second to load): no answer that needs no place waits for
it. Times are short, because somebody is waiting for a voice.
"""

from __future__ import annotations

import base64
import logging
import time
from collections.abc import Callable
from typing import Any, Final

from skill.conversation.listening import Listening
from skill.conversation.ports import StoreUnavailable
from skill.stores.listening_rows import KEPT_SECONDS, MOST_TRIES, from_text, key_of, to_text

KEY, DATA, VERSION, EXPIRES = "person", "data", "version", "expires"
CONNECT_SECONDS: Final = 0.5
READ_SECONDS: Final = 0.7
LONGEST_SECONDS: Final = 1.8
"""For one whole call, its tries included."""
LOG: Final = logging.getLogger("mairie.listening")


class DynamoListeners:
    """What people have heard, in a table whose partition key is `person` (S) and whose TTL attribute is `expires`."""

    def __init__(self, table: str, client: Any = None, clock: Callable[[], float] = time.time) -> None:
        self.table, self._made, self._clock = table, client, clock

    @property
    def client(self) -> Any:
        """The boto3 client of this process."""
        if self._made is None:
            import boto3
            from botocore.config import Config

            limits = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries={"total_max_attempts": 2, "mode": "standard"})
            self._made = boto3.client("dynamodb", config=limits)
        return self._made

    def get(self, user: str) -> Listening:
        """What a person has heard."""
        return self._read(key_of(user))[0]

    def change(self, user: str, edit: Callable[[Listening], Listening]) -> Listening:
        """Changes it, again where another speaker was faster."""
        key, until = key_of(user), time.monotonic() + LONGEST_SECONDS
        for _ in range(MOST_TRIES):
            before, version, spoilt = self._read(key)
            after = edit(before)
            if after == before and not spoilt:
                return after
            if self._write(key, after, version, spoilt):
                return after
            if time.monotonic() > until:
                break
        raise StoreUnavailable("the table of listening is too busy")

    def forget(self, user: str) -> None:
        """Erases a person."""
        self._ask("delete_item", Key={KEY: {"S": key_of(user)}})

    def _read(self, key: str) -> tuple[Listening, int, str]:
        """The listening, its version (0 where there is none), and the text of a spoilt item."""
        item = self._ask("get_item", Key={KEY: {"S": key}}, ConsistentRead=True).get("Item")
        if item is None:
            return Listening(), 0, ""
        try:
            version = int(item[VERSION]["N"])
        except (KeyError, ValueError):
            version = -1
        text = item.get(DATA, {}).get("S", "")
        try:
            if int(item.get(EXPIRES, {}).get("N", 0)) < self._clock():  # DynamoDB erases late
                return Listening(), version, ""
            return from_text(text), version, ""
        except ValueError:
            LOG.error("a spoilt item of listening was found")
            return Listening(), version, text or "?"

    def _write(self, key: str, listening: Listening, version: int, spoilt: str) -> bool:
        """False where somebody else wrote since."""
        item: dict[str, Any] = {
            KEY: {"S": key}, DATA: {"S": to_text(listening)}, VERSION: {"N": str(max(0, version) + 1)},
            EXPIRES: {"N": str(int(self._clock()) + KEPT_SECONDS)},
        }  # fmt: skip
        if spoilt:  # kept beside, for staff
            item["spoilt"] = {"S": base64.b64encode(spoilt.encode("utf-8", "replace")).decode()}
        if version == 0:
            return self._ask("put_item", Item=item, ConditionExpression=f"attribute_not_exists({KEY})") is not None
        if version < 0:
            return self._ask("put_item", Item=item) is not None
        held = {":held": {"N": str(version)}}
        return (
            self._ask("put_item", Item=item, ConditionExpression="#v = :held", ExpressionAttributeNames={"#v": VERSION}, ExpressionAttributeValues=held)
            is not None
        )

    def _ask(self, action: str, **given: Any) -> Any:
        """One call. None where a condition failed."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self.client, action)(TableName=self.table, **given)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code == "ConditionalCheckFailedException":
                return None
            raise StoreUnavailable(f"the table of listening refuses: {code}") from error
        except BotoCoreError as error:
            raise StoreUnavailable(f"the table of listening cannot be reached: {type(error).__name__}") from error
