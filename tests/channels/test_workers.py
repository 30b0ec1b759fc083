"""A server in production dress, as it is started: several processes, one store, figures, logs, and an end that loses nobody's answer."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import HERE

ROOT = HERE.parent
SECRETS = ("rue Ernest Renan", "mamie", "Ginette", "0612345678")
"""What people say, that must be in no log."""


class Server:
    """`mairie run --workers N` in a process of its own."""

    def __init__(self, data: Path, workers: int = 2, town: str = "tests/towns/valfleuri", **env: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.log = data / "server.log"
        kept = {k: v for k, v in os.environ.items() if not k.startswith("MAIRIE_")}
        given = {**kept, "MAIRIE_DATA": str(data), "MAIRIE_VERIFY": "off", "MAIRIE_LOG": "json", "MAIRIE_REFRESH_MINUTES": "0", "MAIRIE_RATE": "off", **env}
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "skill.cli", "--town", town, "run", "--workers", str(workers), "--port", str(self.port)],
                cwd=ROOT, env=given, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip
        self.wait_for(workers)

    def wait_for(self, workers: int) -> None:
        """Until so many processes have said that they answer."""
        until = time.monotonic() + 60
        while self.log.read_bytes().count(b"a process answers") < workers:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.05)
        while True:
            try:
                return self.get("/healthz") and None  # type: ignore[func-returns-value]
            except OSError:
                assert time.monotonic() < until
                time.sleep(0.05)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            line.request(method, path, json.dumps(body).encode() if body is not None else None, {"Content-Type": "application/json", **sent})
            answer = line.getresponse()
            return answer.status, answer.read().decode()
        finally:
            line.close()

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        return self.call("GET", path, **headers)

    def ask(self, text: str, user: str = "") -> dict[str, Any]:
        status, told = self.call("POST", "/api/ask", {"text": text, **({"user": user} if user else {})})
        assert status == 200, told
        return json.loads(told)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)

    def workers(self) -> list[int]:
        """Processes that answer, by number."""
        found = subprocess.run(["ps", "--ppid", str(self.process.pid), "-o", "pid=,args="], capture_output=True, text=True, check=False).stdout
        return [int(line.split()[0]) for line in found.splitlines() if "tracker" not in line]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("served"))
    yield made
    if made.process.poll() is None:
        made.stop()


def test_it_answers_and_says_that_it_is_ready(server: Server) -> None:
    assert "médiathèque" in server.ask("à quelle heure ferme la bibliothèque")["speech"]
    assert server.get("/healthz") == (200, "ok\n")
    status, told = server.get("/readyz")
    assert (status, set(json.loads(told).values())) == (200, {"ok"})


def test_what_one_process_keeps_the_other_knows(server: Server) -> None:
    user = "somebody-who-speaks-often"
    assert server.ask("parle plus lentement", user)["speech"]
    for _ in range(12):  # each of them answers some
        assert server.ask("à quelle heure ferme la bibliothèque", user)["rate"] == "slow"


def test_a_conversation_goes_on_in_whichever_process_answers(server: Server) -> None:
    """Siri's word, and what was asked last, are of the house and of no process; so are the tools for language models."""
    word = re.findall(r"<code>([0-9a-f]+)</code>", server.call("POST", "/siri/word")[1])[0]
    for _ in range(6):
        assert "médiathèque" in server.call("POST", "/siri", {"text": "à quelle heure ferme la bibliothèque"}, Authorization=f"Bearer {word}")[1]
        status, told = server.call("POST", "/siri", {"text": "et demain"}, Authorization=f"Bearer {word}")
        assert status == 200
        assert "médiathèque" in told
    body = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "ask_town", "arguments": {"question": "à quelle heure ferme la bibliothèque"}},
    }
    for _ in range(6):
        status, told = server.call("POST", "/mcp", body, Accept="application/json, text/event-stream", MCP_Protocol_Version="2025-06-18")
        assert status == 200
        assert "médiathèque" in told


def test_figures_of_all_processes_together(server: Server) -> None:
    for _ in range(10):
        server.ask("bonjour")
    told = server.get("/metrics")[1]
    asked = re.findall(r'mairie_request_seconds_count\{method="POST",route="/api/ask",status="200"\} (\d+)', told)
    assert sum(map(float, asked)) >= 20
    assert server.get("/metrics", X_Forwarded_For="192.0.2.1")[0] == 403


@pytest.mark.slow
def test_when_each_feed_was_read_is_a_figure(tmp_path: Path) -> None:
    server = Server(tmp_path, 1, town="skill/cities/issy-les-moulineaux", MAIRIE_REFRESH_MINUTES="30")
    try:
        for _ in range(100):
            found = re.search(r'mairie_feed_read_timestamp_seconds\{[^}]*series="metamorphoses"[^}]*\} (\S+)', server.get("/metrics")[1])
            if found:
                break
            time.sleep(0.1)
        assert found
        assert abs(float(found.group(1)) - time.time()) < 60
    finally:
        server.stop()


def test_logs_are_one_object_a_line_and_say_nothing_of_anybody(server: Server) -> None:
    for words in (f"j'habite {SECRETS[0]}", f"rappelle-moi d'appeler {SECRETS[1]} {SECRETS[2]} au {SECRETS[3]}", "oui"):
        server.ask(words, "somebody-with-secrets")
    server.get(f"/calendars/mine/{'a' * 26}.ics?who={SECRETS[2]}")
    server.call("POST", "/alexa", {"request": {"type": "IntentRequest", "intent": {"name": SECRETS[2]}}})
    time.sleep(0.2)
    lines = server.log.read_text(encoding="utf-8").splitlines()
    for line in lines:
        assert set(json.loads(line)) >= {"at", "level", "from", "text"}
    whole = server.log.read_text(encoding="utf-8")
    assert not [
        secret for secret in (*SECRETS, "somebody-with-secrets", "a" * 26, "127.0.0.1") if secret in whole.replace("Listening at: http://127.0.0.1", "")
    ]
    asked = [json.loads(line) for line in lines if "/api/ask" in line][-1]
    assert (asked["route"], asked["method"], asked["status"]) == ("/api/ask", "POST", 200)
    assert any(json.loads(line).get("route", "").startswith("/calendars/mine/<") for line in lines)


def test_a_body_that_is_too_long_is_refused_and_others_are_answered(server: Server) -> None:
    assert server.call("POST", "/api/ask", {"text": "x" * 200_000})[0] == 413
    assert server.call("POST", "/alexa", {"request": {"x": "x" * 200_000}})[0] == 413
    assert server.ask("bonjour")["speech"]


@pytest.mark.parametrize("path", ["/api/ask", "/alexa", "/console/connexion"])
def test_half_sent_requests_keep_nobody_waiting(server: Server, path: str) -> None:
    """More of them than there are threads: heads that end, bodies that do not."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n{{".encode()
    slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(60)]
    try:
        for line in slow:
            line.sendall(head)
        time.sleep(0.3)
        for _ in range(4):
            began = time.perf_counter()
            assert server.ask("à quelle heure ferme la bibliothèque")["speech"]
            assert time.perf_counter() - began < 2
    finally:
        for line in slow:
            line.close()


def test_a_body_that_is_cut_off_is_not_answered_as_if_it_were_whole(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as line:
        line.sendall(b'POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"text": "bonjour"}')
        line.shutdown(socket.SHUT_WR)
        assert b" 200 " not in line.recv(100)


def test_an_invented_method_is_not_written_down(server: Server) -> None:
    server.call("JEANNE-MARTIN-0612345678", "/x")
    time.sleep(0.2)
    assert "JEANNE" not in server.log.read_text(encoding="utf-8")


def test_a_process_that_dies_is_replaced(server: Server) -> None:
    before = server.log.read_bytes().count(b"a process answers")
    alive = server.workers()
    assert len(alive) == 2
    os.kill(alive[0], signal.SIGKILL)
    assert server.ask("bonjour")["speech"]
    server.wait_for(before + 1)
    assert len(server.workers()) == 2


def test_a_wrong_file_keeps_no_process_from_being_replaced(tmp_path: Path) -> None:
    """The last good town goes on, in processes that begin while a file is wrong too, however often one dies."""
    town = tmp_path / "ville"
    shutil.copytree(ROOT / "tests/towns/valfleuri", town)
    (tmp_path / "data").mkdir()
    server = Server(tmp_path / "data", town=str(town))
    try:
        with (town / "town.toml").open("a", encoding="utf-8") as file:
            file.write("\nname = = 3\n")
        for n in range(3):
            os.kill(server.workers()[0], signal.SIGKILL)
            server.wait_for(3 + n)
            assert "médiathèque" in server.ask("à quelle heure ferme la bibliothèque")["speech"]
        assert server.process.poll() is None
    finally:
        assert server.stop() == 0


def test_behind_a_proxy_the_caller_is_who_it_says(tmp_path: Path) -> None:
    """Over the real server, which used to take away what proxies say."""
    server = Server(tmp_path, 1, MAIRIE_PROXIES="1", MAIRIE_RATE="2/minute")
    try:
        for caller in ("192.0.2.1", "192.0.2.2"):
            codes = [server.call("POST", "/api/ask", {"text": "bonjour"}, X_Forwarded_For=caller)[0] for _ in range(3)]
            assert codes == [200, 200, 429]
    finally:
        server.stop()


def test_stopped_under_load_it_answers_whoever_was_heard(tmp_path: Path) -> None:
    """On SIGTERM: each request that was taken is answered whole; whoever comes later is refused at once, and finds the next server."""
    server = Server(tmp_path)
    halves: list[str] = []
    answered = [0]
    stopping = threading.Event()

    def speak() -> None:
        while True:
            line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
            try:
                line.connect()
            except OSError:
                return  # nobody listens any more
            try:
                line.request("POST", "/api/ask", json.dumps({"text": "à quelle heure ferme la bibliothèque"}).encode(), {"Content-Type": "application/json"})
                got = line.getresponse()
                body = got.read()
            except (ConnectionError, http.client.RemoteDisconnected) as error:
                if not stopping.is_set():
                    halves.append(type(error).__name__)
                return  # taken by the kernel, never by a process
            except Exception as error:
                halves.append(type(error).__name__)
                return
            finally:
                line.close()
            if got.status != 200 or b"speech" not in body:
                halves.append(f"{got.status}")
            answered[0] += 1

    speakers = [threading.Thread(target=speak) for _ in range(8)]
    for speaker in speakers:
        speaker.start()
    time.sleep(1.0)
    stopping.set()
    began = time.perf_counter()
    assert server.stop() == 0
    assert time.perf_counter() - began < 20
    for speaker in speakers:
        speaker.join(20)
    assert answered[0] > 50
    assert halves == []


def test_what_cannot_listen_says_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = subprocess.run(
            [sys.executable, "-m", "skill.cli", "--town", "tests/towns/valfleuri", "run", "--workers", "1", "--port", str(taken.getsockname()[1])],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "MAIRIE_DATA": str(tmp_path)},
        )  # fmt: skip
    assert done.returncode == 1
    assert "choose another with --port" in done.stderr
