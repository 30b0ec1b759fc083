"""What is known of people, in a DynamoDB table: one item a person and kind, with a version, so that two speakers do not overwrite each other, and a TTL.

The client is boto3's, made when first needed (it takes a quarter of a second to load): no answer that needs no place waits for
it. Times are short, because somebody is waiting for a voice. A spoilt item is copied beside (`<person>#spoilt`) before the
person begins anew, for staff to look at.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from skill.conversation.ports import StoreUnavailable
from skill.record import Record
from skill.stores.rows import LISTENING, Kind, Plain

KEY, DATA, VERSION, EXPIRES = "person", "data", "version", "expires"
ASIDE: Final = "#spoilt"
CONNECT_SECONDS: Final = 0.3
READ_SECONDS: Final = 0.6
LONGEST_SECONDS: Final = 1.9
"""For one whole call, its tries included: none begins that could end later."""
MOST_TRIES: Final = 3
"""For one request, where the fault may pass."""
PAUSE_SECONDS: Final = 0.03
"""At most, before trying again; by chance, so that two speakers do not meet again."""
PASSING: Final = frozenset({
    "InternalServerError", "InternalFailure", "ServiceUnavailable", "ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded",
    "TransactionConflictException",
})  # fmt: skip
"""Refusals that are worth a second try."""
LOG: Final = logging.getLogger("mairie.rows")
T = TypeVar("T", bound=Plain)


class _Row(Record, Generic[T]):
    """A person's item as it was read."""

    value: T
    version: Any = None
    """The attribute as it stands, to be found unchanged by whoever writes; None where there is none."""
    spoilt: dict[str, Any] | None = None


class DynamoRows(Generic[T]):
    """One kind of row, in a table whose partition key is `person` (S) and whose TTL attribute is `expires`."""

    def __init__(self, table: str, client: Any = None, clock: Callable[[], float] = time.time, kind: Kind[T] = LISTENING) -> None:  # type: ignore[assignment]
        self.table, self._made, self._clock, self.kind = table, client, clock, kind
        self._lock = threading.Lock()

    @property
    def client(self) -> Any:
        """The boto3 client of this process."""
        with self._lock:  # making one is not safe in two threads at once
            if self._made is None:
                import boto3
                from botocore.config import Config

                limits = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries={"total_max_attempts": 1, "mode": "standard"})
                self._made = boto3.client("dynamodb", config=limits)
            return self._made

    def get(self, user: str) -> T:
        """What is known of a person."""
        return self._read(self.kind.key_of(user), self._until()).value

    def change(self, user: str, edit: Callable[[T], T]) -> T:
        """Changes it, again where another speaker was faster."""
        key, until = self.kind.key_of(user), self._until()
        while True:
            row = self._read(key, until)
            after = edit(row.value)
            if after == row.value and row.spoilt is None:
                return after
            if row.spoilt is not None:
                self._ask("put_item", until, Item={**row.spoilt, KEY: {"S": key + ASIDE}, EXPIRES: self._expires()})
            if self._write(key, after, row.version, until):
                return after
            time.sleep(random.random() * PAUSE_SECONDS)

    def forget(self, user: str) -> None:
        """Erases a person, their spoilt item too."""
        key, until = self.kind.key_of(user), self._until()
        for each in (key, key + ASIDE):
            self._ask("delete_item", until, Key={KEY: {"S": each}})

    def _read(self, key: str, until: float) -> _Row[T]:
        item = self._ask("get_item", until, Key={KEY: {"S": key}}, ConsistentRead=True).get("Item")
        if item is None:
            return _Row(self.kind.blank())
        version = item.get(VERSION)
        try:
            if EXPIRES in item and int(item[EXPIRES]["N"]) < self._clock():  # DynamoDB erases late
                return _Row(self.kind.blank(), version)
            return _Row(self.kind.from_text(item[DATA]["S"]), version)
        except (KeyError, ValueError):
            LOG.error("a spoilt item of %s was found", self.kind.name)
            return _Row(self.kind.blank(), version, item)

    def _write(self, key: str, value: T, version: Any, until: float) -> bool:
        """False where somebody else wrote since."""
        number = version.get("N", "") if version else ""
        item = {
            KEY: {"S": key}, DATA: {"S": self.kind.to_text(value)}, EXPIRES: self._expires(),
            VERSION: {"N": str(int(number) + 1 if number.isdecimal() else 1)},
        }  # fmt: skip
        given: dict[str, Any] = {"Item": item, "ExpressionAttributeNames": {"#v": VERSION}, "ConditionExpression": "attribute_not_exists(#v)"}
        if version is not None:
            given |= {"ConditionExpression": "#v = :held", "ExpressionAttributeValues": {":held": version}}
        return self._ask("put_item", until, **given) is not None

    def _expires(self) -> dict[str, str]:
        return {"N": str(int(self._clock()) + self.kind.seconds)}

    def _until(self) -> float:
        """The end of a call's time. Loading the client is not counted: it is done once."""
        try:
            _ = self.client
        except ImportError as error:
            raise StoreUnavailable("the table of people needs boto3, which is not installed") from error
        except Exception as error:  # no region, a broken profile: botocore has an exception for each
            raise StoreUnavailable(f"the table of people cannot be asked: {type(error).__name__}") from error
        return time.monotonic() + LONGEST_SECONDS

    def _ask(self, action: str, until: float, **given: Any) -> Any:
        """One call. None where a condition failed."""
        from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError

        fault = "the table of people is too busy"
        for tried in range(MOST_TRIES):
            if time.monotonic() + CONNECT_SECONDS + READ_SECONDS > until:
                break
            try:
                return getattr(self.client, action)(TableName=self.table, **given)
            except ClientError as error:
                code = str(error.response.get("Error", {}).get("Code", ""))
                if code == "ConditionalCheckFailedException":
                    return None
                fault = f"the table of people refuses: {code}"
                if code not in PASSING:
                    raise StoreUnavailable(fault) from error
            except BotoCoreError as error:
                fault = f"the table of people cannot be reached: {type(error).__name__}"
                if isinstance(error, ConnectTimeoutError | ReadTimeoutError) and action == "get_item":
                    raise StoreUnavailable(fault) from error  # it is silent: nobody is kept waiting for the same silence again
            time.sleep(random.random() * PAUSE_SECONDS * 2**tried)
        raise StoreUnavailable(fault)
