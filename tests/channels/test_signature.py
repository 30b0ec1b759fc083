"""Alexa's signatures, checked against a chain of our own making and a real one of Amazon's."""

from __future__ import annotations

import base64
import datetime as dt
import socket
import threading
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from skill.channels import alexa_signature
from skill.channels.alexa_signature import NAME, NotFromAlexa, Verifier, check_url, fetch_chain

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
URL = "https://s3.amazonaws.com/echo.api/echo-api-cert-99.pem"
DAY = dt.timedelta(days=1)


def make(subject: str, issuer: tuple[x509.Certificate, rsa.RSAPrivateKey] | None, ca: bool, start: dt.datetime = NOW - 30 * DAY, end: dt.datetime = NOW + 300 * DAY,
         san: str = NAME, usage: Any = ExtendedKeyUsageOID.SERVER_AUTH) -> tuple[x509.Certificate, rsa.RSAPrivateKey]:  # fmt: skip
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    signer = issuer[1] if issuer else key
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(issuer[0].subject if issuer else name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .add_extension(x509.KeyUsage(not ca, False, not ca, False, False, ca, ca, False, False), critical=True)
    )  # fmt: skip
    if not ca:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(san)]), critical=False).add_extension(
            x509.ExtendedKeyUsage([usage]), critical=False
        )
    return builder.sign(signer, hashes.SHA256()), key


ROOT = make("Our Root", None, True, NOW - 400 * DAY, NOW + 4000 * DAY)
LEAF = make(NAME, ROOT, False)
BODY = b'{"request": {"type": "LaunchRequest", "timestamp": "2026-11-21T12:00:00Z"}}'
EVENT = {"request": {"type": "LaunchRequest", "timestamp": "2026-11-21T12:00:00Z"}}


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(c.public_bytes(serialization.Encoding.PEM) for c in certificates)


def signed(body: bytes = BODY, key: rsa.RSAPrivateKey = LEAF[1]) -> dict[str, str]:
    return {"SignatureCertChainUrl": URL, "Signature-256": base64.b64encode(key.sign(body, padding.PKCS1v15(), hashes.SHA256())).decode()}


def verifier(chain: bytes | None = None, now: dt.datetime = NOW) -> Verifier:
    return Verifier(fetch=lambda url: chain if chain is not None else pem(LEAF[0], ROOT[0]), roots=[ROOT[0]], clock=lambda: now)


def test_a_good_request_passes_and_its_key_is_kept() -> None:
    fetched: list[str] = []
    checks = Verifier(fetch=lambda url: fetched.append(url) or pem(LEAF[0], ROOT[0]), roots=[ROOT[0]], clock=lambda: NOW)
    for _ in range(3):
        checks.verify(signed(), BODY, EVENT)
    assert fetched == [URL]


def test_a_kept_key_is_asked_again_after_a_day() -> None:
    fetched: list[str] = []
    moment = [NOW]
    checks = Verifier(fetch=lambda url: fetched.append(url) or pem(LEAF[0], ROOT[0]), roots=[ROOT[0]], clock=lambda: moment[0])
    checks.verify(signed(), BODY, EVENT)
    moment[0] = NOW + 25 * dt.timedelta(hours=1)
    with pytest.raises(NotFromAlexa, match="timestamp"):
        checks.verify(signed(), BODY, EVENT)
    assert len(fetched) == 1  # an old request is not worth a fetch
    later = {"request": {"type": "LaunchRequest", "timestamp": "2026-11-22T13:00:00Z"}}
    checks.verify(signed(), BODY, later)
    assert len(fetched) == 2


@pytest.mark.parametrize(
    ("headers", "body"),
    [({}, BODY), ({"SignatureCertChainUrl": URL}, BODY), ({**signed(), "Signature-256": "***"}, BODY), (signed(), BODY + b" "), (signed(b"other"), BODY),
     ({**signed(), "SignatureCertChainUrl": "https://evil.example/echo.api/c.pem"}, BODY)],
)  # fmt: skip
def test_unsigned_or_tampered(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(NotFromAlexa):
        verifier().verify(headers, body, EVENT)


@pytest.mark.parametrize(
    "leaf",
    [make(NAME, ROOT, False, NOW - 30 * DAY, NOW - DAY), make(NAME, ROOT, False, NOW + DAY, NOW + 30 * DAY), make("x", ROOT, False, san="evil.example"), make(NAME, None, False),
     make(NAME, ROOT, False, usage=ExtendedKeyUsageOID.CODE_SIGNING), make(NAME, make("Other Root", None, True), False)],
    ids=["expired", "not yet", "other name", "self-signed", "code signing", "unknown root"],
)  # fmt: skip
def test_chains_that_are_not_amazons(leaf: tuple[x509.Certificate, rsa.RSAPrivateKey]) -> None:
    with pytest.raises(NotFromAlexa):
        verifier(pem(leaf[0], ROOT[0])).verify(signed(key=leaf[1]), BODY, EVENT)


@pytest.mark.parametrize(
    "chain",
    [
        b"",
        b"garbage",
        pem(LEAF[0]).replace(b"CERTIFICATE", b"TRUSTED CERTIFICATE") + pem(LEAF[0]),
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ],
)
def test_chains_that_are_no_chains(chain: bytes) -> None:
    with pytest.raises(NotFromAlexa):
        verifier(chain).verify(signed(), BODY, EVENT)


@pytest.mark.parametrize(
    ("stamp", "kind", "good"),
    [("2026-11-21T12:00:00Z", "LaunchRequest", True), ("2026-11-21T11:57:31Z", "LaunchRequest", True), ("2026-11-21T11:57:29Z", "LaunchRequest", False),
     ("2026-11-21T12:02:31Z", "LaunchRequest", False), ("2026-11-21T11:30:00Z", "AlexaSkillEvent.SkillEnabled", True), (1795262400000, "LaunchRequest", True),
     ("2026-11-21T12:00:00", "LaunchRequest", True), ("yesterday", "LaunchRequest", False), (None, "LaunchRequest", False), (1e300, "LaunchRequest", False)],
)  # fmt: skip
def test_timestamps(stamp: Any, kind: str, good: bool) -> None:
    event = {"request": {"type": kind, "timestamp": stamp}}
    if good:
        verifier().verify(signed(), BODY, event)
    else:
        with pytest.raises(NotFromAlexa):
            verifier().verify(signed(), BODY, event)


@pytest.mark.parametrize("url", [URL, "HTTPS://S3.amazonaws.com:443/echo.api/c.pem", "https://s3.amazonaws.com/echo.api/../echo.api/c.pem"])
def test_addresses_of_amazon(url: str) -> None:
    assert check_url(url).startswith("https://s3.amazonaws.com/echo.api/")


@pytest.mark.parametrize(
    "url",
    ["http://s3.amazonaws.com/echo.api/c.pem", "https://notamazon.com/echo.api/c.pem", "https://s3.amazonaws.com/EcHo.aPi/c.pem", "https://s3.amazonaws.com:563/echo.api/c.pem",
     "https://s3.amazonaws.com/echo.api/../../etc/c.pem", "https://u:p@s3.amazonaws.com/echo.api/c.pem", "https://s3.amazonaws.com/echo.api/c.pem?n=1", "https://s3.amazonaws.com:99999/echo.api/c",
     "https://s3.amazonaws.com/echo.api/%2e%2e/c.pem", "", "::"],
)  # fmt: skip
def test_addresses_that_are_not(url: str) -> None:
    with pytest.raises(NotFromAlexa):
        check_url(url)


def test_a_real_chain_of_amazons_at_its_own_date(shared: Any) -> None:
    chain = (shared / "data/alexa_certs/echo-api-cert-7.pem").read_bytes()
    certificates = x509.load_pem_x509_certificates(chain)
    then = certificates[0].not_valid_before_utc + 10 * DAY
    checks = Verifier(fetch=lambda url: chain, roots=certificates[-1:], clock=lambda: then)
    key, expires = checks._validate(chain, then)
    assert key.key_size >= 2048
    assert expires <= certificates[0].not_valid_after_utc
    with pytest.raises(NotFromAlexa):
        Verifier(fetch=lambda url: chain, roots=certificates[-1:])._validate(chain, NOW)


def test_a_chain_that_drips_or_swells_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alexa_signature, "FETCH_DEADLINE_S", 0.4)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                try:
                    for _ in range(20):
                        connection.sendall(b"x" * 10_000)
                        threading.Event().wait(0.1)
                except OSError:
                    return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        with pytest.raises(NotFromAlexa, match=r"too long|too slow"):
            fetch_chain(f"http://127.0.0.1:{port}/c.pem")
        thread.join(3)


def test_a_chain_that_cannot_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(NotFromAlexa, match="not reached"):
        fetch_chain(f"http://127.0.0.1:{port}/c.pem")
