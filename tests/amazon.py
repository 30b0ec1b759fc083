"""Amazon's services for a skill, on this machine over real HTTPS: reminders and the speaker's address, with a will of their own.

It keeps the rules that Amazon keeps (guide/peers.md (d) 25-27): local times without a zone, one rule less than four hours from another
refused, a token asked for, only what was set is listed. It can be told to refuse, to be slow, to drip or to talk nonsense.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import re
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TOKEN = "Atza.test-token"
DEVICE = "amzn1.ask.device.KITCHEN"
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}")
_RULE = re.compile(r"FREQ=(DAILY|WEEKLY);(?:BYDAY=(?:MO|TU|WE|TH|FR|SA|SU);)?BYHOUR=(\d+);BYMINUTE=(\d+);BYSECOND=0;INTERVAL=1;")


class Amazon:
    """The server, what it holds, and its mood."""

    def __init__(self, folder: Path) -> None:
        self.alerts: dict[str, dict[str, Any]] = {}
        self.address: dict[str, Any] | None = {"addressLine1": "12 rue Ernest Renan", "city": "Issy-les-Moulineaux", "countryCode": "FR"}
        self.allowed = self.address_allowed = True
        self.status: int | None = None
        """Answers every call, where set."""
        self.code = ""
        self.after = 10**9
        """Calls that go well before `status` does."""
        self.wait = self.drip = self.slow_posts = 0.0
        self.spoilt: set[int] = set()
        """Numbers of the reminders, from 1, that are refused."""
        self._asked = 0
        self.body: bytes | None = None
        self.calls: list[tuple[str, str, Any]] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        certificate, key = _certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.endpoint = f"https://127.0.0.1:{self._server.server_address[1]}"
        self.pool = urllib3.PoolManager(ca_certs=str(certificate), maxsize=8)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.pool.clear()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def rung(self) -> list[str]:
        """When everything that is set rings, as it was sent."""
        out = []
        for alert in self.alerts.values():
            trigger = alert["trigger"]
            out += [trigger["scheduledTime"]] if "scheduledTime" in trigger else trigger["recurrence"]["recurrenceRules"]
        return sorted(out)

    @property
    def texts(self) -> set[str]:
        return {a["alertInfo"]["spokenInfo"]["content"][0]["text"] for a in self.alerts.values()}

    def answer(self, method: str, path: str, headers: Any, body: Any) -> tuple[int, Any]:
        """What Amazon would say."""
        with self._lock:
            self.calls.append((method, path, body))
            if headers.get("Authorization") != f"Bearer {TOKEN}":
                return 401, {"code": "INVALID", "message": "token"}
            if self.status is not None and len(self.calls) > self.after % 10**9:
                return self.status, {"code": self.code, "message": "no"}
            if path == f"/v1/devices/{DEVICE}/settings/address":
                if not self.address_allowed:
                    return 403, {"type": "FORBIDDEN", "message": "The authentication token is not valid."}
                return (200, self.address) if self.address else (204, None)
            if not self.allowed:
                return 401, {"code": "UNAUTHORIZED", "message": "Access to this resource has not yet been requested."}
            if method == "POST" and path == "/v1/alerts/reminders":
                self._asked += 1
                return (400, {"code": "INVALID_ALERT_INFO", "message": ""}) if self._asked in self.spoilt else self._set(body)
            if method == "GET" and path == "/v1/alerts/reminders":
                return 200, {"totalCount": str(len(self.alerts)), "alerts": list(self.alerts.values()), "links": None}
            if method == "DELETE" and path.removeprefix("/v1/alerts/reminders/") in self.alerts:
                del self.alerts[path.removeprefix("/v1/alerts/reminders/")]
                return 200, None
            return 404, {"code": "ALERT_NOT_FOUND", "message": ""}

    def _set(self, body: Any) -> tuple[int, Any]:
        trigger, content = body["trigger"], body["alertInfo"]["spokenInfo"]["content"]
        if (
            trigger["timeZoneId"] != "Europe/Paris"
            or trigger["type"] != "SCHEDULED_ABSOLUTE"
            or not content[0]["text"]
            or not _LOCAL.fullmatch(body["requestTime"])
        ):
            return 400, {"code": "INVALID_ALERT_INFO", "message": ""}
        if "scheduledTime" in trigger:
            if not _LOCAL.fullmatch(trigger["scheduledTime"]):
                return 400, {"code": "UNSUPPORTED_SCHEDULED_TIME_FORMAT", "message": ""}
            if trigger["scheduledTime"] <= body["requestTime"]:
                return 400, {"code": "TRIGGER_SCHEDULED_TIME_IN_PAST", "message": ""}
        else:
            rules = [_RULE.fullmatch(r) for r in trigger["recurrence"]["recurrenceRules"]]
            if not all(rules):
                return 400, {"code": "UNSUPPORTED_TRIGGER_RECURRENCE", "message": ""}
            if len({(m[2], m[3]) for m in rules if m}) > 1:
                return 400, {"code": "UNSUPPORTED_TRIGGER_RECURRENCE_INTERVAL", "message": ""}
        token = f"alert-{len(self.calls)}-{len(self.alerts)}"
        self.alerts[token] = {"alertToken": token, "status": "ON", "trigger": trigger, "alertInfo": body["alertInfo"], "version": "1"}
        return 200, {"alertToken": token, "status": "ON", "version": "1", "href": f"/v1/alerts/reminders/{token}"}


def _handler(amazon: Amazon) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            data = self.rfile.read(length)
            time.sleep(amazon.wait)
            time.sleep(amazon.slow_posts if self.command == "POST" else 0)
            status, answer = amazon.answer(self.command, self.path, self.headers, json.loads(data) if data else None)
            body = amazon.body if amazon.body is not None else b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                for i in range(len(body)) if amazon.drip else ():
                    self.wfile.write(body[i : i + 1])
                    time.sleep(amazon.drip)
                if not amazon.drip:
                    self.wfile.write(body)
            except OSError:  # nobody listens any more
                self.close_connection = True

        do_GET = do_POST = do_DELETE = _do

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    return Handler


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of this machine's own, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    certificate, private = folder / "amazon.pem", folder / "amazon.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return certificate, private
