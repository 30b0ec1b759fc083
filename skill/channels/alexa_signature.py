"""Proof that a web request comes from Alexa, as Amazon asks of a self-hosted endpoint.

The certificate chain's address is checked, the chain fetched within a deadline and a size, validated against the system's
roots by `cryptography` (dates, server usage, SAN echo-api.amazon.com), and the body's signature (`Signature-256`) verified
with its key. A validated key is kept until the chain's first expiry, a day at most. On Lambda none of this is needed: the
trigger is bound to the skill id. Why not the SDK's verifier: guide/dependencies.md P1 and P2.
"""

from __future__ import annotations

import base64
import binascii
import os
import posixpath
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

if TYPE_CHECKING:
    from skill.channels.alexa import AlexaChannel

HOST: Final = "s3.amazonaws.com"
PATH: Final = "/echo.api/"
NAME: Final = "echo-api.amazon.com"
TOLERANCE_S: Final = 150
EVENT_TOLERANCE_S: Final = 3600
"""Skill events may be delivered late."""
FETCH_DEADLINE_S: Final = 3.0
MOST_BYTES: Final = 64 * 1024
MOST_KEYS: Final = 8
MOST_FAILED: Final = 64
MOST_FETCHES: Final = 2
"""Chains fetched at the same time; the other threads go on answering."""
MOST_HEADER: Final = 2_048
_DAY: Final = timedelta(days=1)
_FORGIVEN: Final = timedelta(seconds=10)
"""How long a chain that failed is not fetched again."""


class NotFromAlexa(Exception):
    """The request cannot be trusted; the text says why, for the log only."""


def admit(channel: AlexaChannel, verifier: Verifier | None, headers: Mapping[str, str], body: bytes, event: Any) -> None:
    """What every door asks of a request before anything is read out of it. Raises NotFromAlexa, NotOurSkill; `verifier` is None where a developer tries."""
    if not isinstance(event, dict) or not isinstance(event.get("request"), dict):
        raise NotFromAlexa("not an envelope")
    channel.check_id(event)
    if verifier is not None:
        verifier.verify(headers, body, event)


class Fetch(Protocol):
    """Gets a certificate chain, or raises NotFromAlexa."""

    def __call__(self, url: str) -> bytes:
        """The chain's PEM."""
        ...


def check_url(url: str) -> str:
    """The address in one form, if it may hold Amazon's chain. NotFromAlexa otherwise."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotFromAlexa("malformed chain address") from error
    path = posixpath.normpath(parts.path)
    if parts.scheme.lower() != "https" or (parts.hostname or "").lower() != HOST or port not in (None, 443):
        raise NotFromAlexa("chain address is not on Amazon's host")
    if parts.username or parts.password or parts.query or parts.fragment or not path.startswith(PATH) or "%" in path or "\\" in path:
        raise NotFromAlexa("chain address is not Amazon's")
    return f"https://{HOST}{path}"


def fetch_chain(url: str) -> bytes:
    """The chain's PEM, within FETCH_DEADLINE_S in all and MOST_BYTES; redirects are not followed."""
    import urllib3

    deadline = time.monotonic() + FETCH_DEADLINE_S
    try:
        with urllib3.PoolManager(retries=False) as pool:
            answer = pool.request("GET", url, preload_content=False, redirect=False, timeout=urllib3.Timeout(connect=1.5, read=1.0))
            if answer.status != 200:
                raise NotFromAlexa(f"chain not served: {answer.status}")
            body = b""
            while chunk := answer.read(8192):
                body += chunk
                if len(body) > MOST_BYTES or time.monotonic() > deadline:
                    raise NotFromAlexa("chain too long or too slow")
            return body
    except urllib3.exceptions.HTTPError as error:
        raise NotFromAlexa(f"chain not reached: {type(error).__name__}") from error


def system_roots() -> list[x509.Certificate]:
    """Trusted roots: SSL_CERT_FILE, or the system's bundle, or certifi's. One that cannot be read is left out."""
    path = os.environ.get("SSL_CERT_FILE") or ssl.get_default_verify_paths().cafile
    if not path or not os.path.exists(path):
        import certifi

        path = certifi.where()
    with open(path, "rb") as bundle:
        blocks = bundle.read().split(b"-----END CERTIFICATE-----")
    roots = []
    for block in blocks:
        start = block.find(b"-----BEGIN CERTIFICATE-----")
        if start >= 0:
            try:
                roots.append(x509.load_pem_x509_certificate(block[start:] + b"-----END CERTIFICATE-----\n"))
            except ValueError:
                continue
    return roots


def _keep(table: OrderedDict[str, Any], key: str, value: Any, most: int) -> None:
    """Puts a value last and lets the oldest go."""
    table[key] = value
    table.move_to_end(key)
    while len(table) > most:
        table.popitem(last=False)


class Verifier:
    """Checks requests; keeps the keys it has validated."""

    def __init__(
        self, fetch: Fetch = fetch_chain, roots: list[x509.Certificate] | None = None, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._fetch, self._roots, self._clock = fetch, roots, clock
        self._store: Store | None = None
        self._keys: OrderedDict[str, tuple[rsa.RSAPublicKey, datetime]] = OrderedDict()
        self._failed: OrderedDict[str, datetime] = OrderedDict()
        self._fetching: set[str] = set()
        self._free = threading.Condition()

    def verify(self, headers: Mapping[str, str], body: bytes, event: Any) -> None:
        """Raises NotFromAlexa, and nothing else, unless the body was signed by Alexa within the last minutes."""
        try:
            self._verify(headers, body, event)
        except NotFromAlexa:
            raise
        except InvalidSignature as error:
            raise NotFromAlexa("signature does not match") from error
        except Exception as error:  # an algorithm or a file of roots that cannot be used
            raise NotFromAlexa(f"not verified: {type(error).__name__}") from error

    def _verify(self, headers: Mapping[str, str], body: bytes, event: Any) -> None:
        """What costs nothing is looked at first: a stranger must not make us fetch."""
        url, signature = headers.get("SignatureCertChainUrl"), headers.get("Signature-256")
        if not url or not signature or len(url) > MOST_HEADER or len(signature) > MOST_HEADER:
            raise NotFromAlexa("unsigned")
        try:
            raw = base64.b64decode(signature, validate=True)
        except (binascii.Error, ValueError) as error:
            raise NotFromAlexa("signature is not base64") from error
        address = check_url(url)
        self._check_time(event)
        self._key(address).verify(raw, body, padding.PKCS1v15(), hashes.SHA256())

    def _key(self, url: str) -> rsa.RSAPublicKey:
        """The key of a chain: kept, or fetched by one request at a time while the others wait for it."""
        with self._free:
            self._free.wait_for(lambda: url not in self._fetching, timeout=FETCH_DEADLINE_S)
            now = self._clock()
            kept = self._keys.get(url)
            if kept and now < kept[1]:
                return kept[0]
            if url in self._failed and now < self._failed[url]:
                raise NotFromAlexa("chain failed a moment ago")
            if url in self._fetching or len(self._fetching) >= MOST_FETCHES:
                raise NotFromAlexa("too many chains at once")
            self._fetching.add(url)
        try:
            key, expires = self._validate(self._fetch(url), now)
        except BaseException:
            with self._free:
                _keep(self._failed, url, now + _FORGIVEN, MOST_FAILED)
            raise
        else:
            with self._free:
                self._failed.pop(url, None)
                _keep(self._keys, url, (key, min(expires, now + _DAY)), MOST_KEYS)
            return key
        finally:
            with self._free:
                self._fetching.discard(url)
                self._free.notify_all()

    def _validate(self, pem: bytes, now: datetime) -> tuple[rsa.RSAPublicKey, datetime]:
        labels = [line.strip() for line in pem.splitlines() if line.startswith(b"-----BEGIN")]
        if not labels or any(label != b"-----BEGIN CERTIFICATE-----" for label in labels):
            raise NotFromAlexa("chain holds something else than certificates")
        try:
            chain = x509.load_pem_x509_certificates(pem)
            if self._store is None:
                self._store = Store(self._roots if self._roots is not None else system_roots())
            verifier = PolicyBuilder().store(self._store).time(now).build_server_verifier(x509.DNSName(NAME))
            verified = verifier.verify(chain[0], chain[1:])
        except (ValueError, VerificationError) as error:
            raise NotFromAlexa(f"chain not valid: {type(error).__name__}") from error
        key = chain[0].public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            raise NotFromAlexa("key is not RSA")
        return key, min(c.not_valid_after_utc for c in verified)

    def _check_time(self, event: Any) -> None:
        request = event.get("request") if isinstance(event, dict) else None
        stamp = request.get("timestamp") if isinstance(request, dict) else None
        kind = request.get("type") if isinstance(request, dict) else None
        if not isinstance(kind, str) or not kind:
            raise NotFromAlexa("not an envelope")
        try:
            if isinstance(stamp, int | float) and not isinstance(stamp, bool):
                sent = datetime.fromtimestamp(stamp / 1000 if stamp > 1e11 else stamp, UTC)
            else:
                sent = datetime.fromisoformat(str(stamp))
                sent = sent if sent.tzinfo else sent.replace(tzinfo=UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise NotFromAlexa("no readable timestamp") from error
        allowed = EVENT_TOLERANCE_S if kind.startswith("AlexaSkillEvent.") else TOLERANCE_S
        if abs((self._clock() - sent).total_seconds()) > allowed:
            raise NotFromAlexa("timestamp too far from now")
