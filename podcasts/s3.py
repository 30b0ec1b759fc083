"""Files of podcasts in an S3 bucket: whole by nature, versions by ETag, one writer at a time by If-Match."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, Final

from podcasts.storage import NEW, Changed, Info, Storage, StorageUnavailable, Stored, checked

_PATIENT: Final[dict[str, Any]] = {"connect_timeout": 2, "read_timeout": 20, "retries": {"total_max_attempts": 3, "mode": "standard"}}
_HURRIED: Final[dict[str, Any]] = {"connect_timeout": 0.5, "read_timeout": 1.5, "retries": {"total_max_attempts": 1}}
LINK_SECONDS: Final = 3600
PASSING: Final = "max-age=300"
"""What is said to a CDN of files that may be replaced under their name; sounds never are."""
_GONE: Final = ("404", "NoSuchKey", "NotFound")
_CONFLICT: Final = ("412", "409", "PreconditionFailed", "ConditionalRequestConflict")
_TYPES: Final = {
    "xml": "application/rss+xml; charset=utf-8", "json": "application/json", "html": "text/html; charset=utf-8", "txt": "text/plain; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8", "srt": "application/x-subrip; charset=utf-8", "jpg": "image/jpeg", "png": "image/png",
}  # fmt: skip
"""What listeners' players are told of a file: a picture sent as octets is no cover."""


class Bucket(Storage):
    """A bucket, or a part of one, as a home of files. The client is made when first needed: boto3 is slow to load."""

    def __init__(self, name: str, prefix: str = "", client: Any = None, patient: bool = True) -> None:
        """`patient`: for work that may take its time; where somebody waits for a voice, two seconds are the most."""
        self.name, self.prefix, self._patient = name, prefix, patient
        self._made = client

    @property
    def client(self) -> Any:
        """The boto3 client of this process."""
        if self._made is None:
            import boto3
            from botocore.config import Config

            self._made = boto3.client("s3", config=Config(**(_PATIENT if self._patient else _HURRIED)))
        return self._made

    def _ask(self, action: str, **given: Any) -> Any:
        """One call. None where there is no such file."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self.client, action)(Bucket=self.name, **given)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _GONE:
                return None
            if code in _CONFLICT:
                raise Changed(f"{given.get('Key', '')} a été modifié par quelqu'un d'autre") from error
            raise StorageUnavailable(f"le bucket {self.name} refuse : {code}") from error
        except BotoCoreError as error:
            raise StorageUnavailable(f"le bucket {self.name} est injoignable : {type(error).__name__}") from error

    def _key(self, key: str) -> str:
        return self.prefix + checked(key)

    def get(self, key: str) -> Stored | None:
        """A file whole."""
        from botocore.exceptions import BotoCoreError, HTTPClientError

        found = self._ask("get_object", Key=self._key(key))
        if found is None:
            return None
        try:
            return Stored(found["Body"].read(), found["ETag"])
        except (BotoCoreError, HTTPClientError, OSError) as error:
            raise StorageUnavailable(f"le bucket {self.name} s'est interrompu") from error

    def put(self, key: str, data: bytes, expected: str | None = None) -> str:
        """Replaces a file."""
        only: dict[str, str] = {} if expected is None else {"IfNoneMatch": "*"} if expected == NEW else {"IfMatch": expected}
        mime = _TYPES.get(key.rpartition(".")[2], "application/octet-stream")
        made = self._ask("put_object", Key=self._key(key), Body=data, ContentType=mime, CacheControl=PASSING, **only)
        if made is None:  # the version that was expected is of a file that is gone
            raise Changed(f"{key} a été supprimé par quelqu'un d'autre")
        return str(made["ETag"])

    def put_file(self, key: str, source: Path, mime: str) -> None:
        """Takes a large file in, in parts."""
        from boto3.exceptions import S3UploadFailedError
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self.client.upload_file(str(source), self.name, self._key(key), ExtraArgs={"ContentType": mime})
        except (S3UploadFailedError, BotoCoreError, ClientError) as error:
            raise StorageUnavailable(f"le bucket {self.name} n'a pas pris {key} : {type(error).__name__}") from error

    def open(self, key: str) -> BinaryIO | None:
        """A file to be read and sought in, held in memory: for the rare case that nobody serves the bucket itself."""
        found = self.get(key)
        return io.BytesIO(found.data) if found else None

    def info(self, key: str) -> Info | None:
        """Size and version."""
        found = self._ask("head_object", Key=self._key(key))
        return Info(int(found["ContentLength"]), found["ETag"]) if found else None

    def link(self, key: str) -> str:
        """An address that works for an hour."""
        given = {"Bucket": self.name, "Key": self._key(key)}
        return str(self.client.generate_presigned_url("get_object", Params=given, ExpiresIn=LINK_SECONDS))

    def withhold(self, key: str, withheld: bool) -> None:
        """Marks a file; the bucket's policy (template.yaml) keeps a marked one from the CDN."""
        self._ask("put_object_tagging", Key=self._key(key), Tagging={"TagSet": [{"Key": "withdrawn", "Value": "yes" if withheld else "no"}]})

    def delete(self, key: str) -> None:
        """Removes a file."""
        self._ask("delete_object", Key=self._key(key))

    def keys(self, prefix: str) -> Iterable[str]:
        """All keys that begin with a prefix."""
        out: list[str] = []
        more: dict[str, str] = {}
        while True:
            page = self._ask("list_objects_v2", Prefix=self.prefix + prefix, **more) or {}
            out += [row["Key"][len(self.prefix) :] for row in page.get("Contents", ())]
            if not page.get("IsTruncated"):
                return sorted(out)
            more = {"ContinuationToken": page["NextContinuationToken"]}
