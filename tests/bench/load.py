"""A server under load: two processes of ours with real requests, beside flask-ask-sdk's hello world on the same server, in turn; and memory over many requests.

wrk (Debian's) speaks on 16 connections; without it these rows are left out, and said so.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.bench.envelopes import mixed

ROOT = Path(__file__).resolve().parent.parent.parent
WORKERS, CONNECTIONS, SECONDS, ROUNDS = 2, 16, 4, 3
MANY = 200_000
"""Requests over which memory must stay flat."""
STOCK = """
import skill.channels.alexa_sdk  # the stand-in without which flask-ask-sdk cannot be imported here
from ask_sdk_core.dispatch_components import AbstractRequestHandler
from ask_sdk_core.skill_builder import SkillBuilder
from flask import Flask
from flask_ask_sdk.skill_adapter import VERIFY_SIGNATURE_APP_CONFIG, VERIFY_TIMESTAMP_APP_CONFIG, SkillAdapter

class Hello(AbstractRequestHandler):
    def can_handle(self, handler_input):
        return True
    def handle(self, handler_input):
        return handler_input.response_builder.speak("Bonjour").response

builder = SkillBuilder()
builder.add_request_handler(Hello())
app = Flask("stock")
app.config.update({VERIFY_SIGNATURE_APP_CONFIG: False, VERIFY_TIMESTAMP_APP_CONFIG: False})
app.add_url_rule("/alexa", view_func=SkillAdapter(skill=builder.create(), skill_id="x", app=app).dispatch_request, methods=["POST"])

class Town:  # as a process of ours (skill/channels/workers.py) wants it
    from skill.settings import Settings
    settings, app = Settings(), app
    def begin(self):
        return app
    __call__ = None

town = type("Town", (Town,), {"__call__": lambda self, environ, start: app(environ, start)})()
"""
LUA = """
local bodies, n = {}, 0
for line in io.lines("%s") do bodies[#bodies + 1] = line end
request = function()
  n = n %% #bodies + 1
  return wrk.format("POST", "/alexa", {["Content-Type"] = "application/json"}, bodies[n])
end
"""
Row = Callable[[str, str, float | None, str, bool], None]


def rows(row: Row) -> None:
    """Throughput, the slowest in a hundred, memory."""
    if not shutil.which("wrk"):
        row("throughput: wrk is not here, left out", "", None, "", True)
        return
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "stock_app.py").write_text(STOCK, encoding="utf-8")
        (home / "bodies.jsonl").write_text("".join(json.dumps(event) + "\n" for event in mixed()), encoding="utf-8")
        (home / "mix.lua").write_text(LUA % (home / "bodies.jsonl"), encoding="utf-8")
        env = {**os.environ, "PYTHONPATH": f"{ROOT}:{home}", "MAIRIE_DATA": str(home / "data"), "MAIRIE_VERIFY": "off", "MAIRIE_REFRESH_MINUTES": "0"}
        gunicorn = [
            str(Path(sys.executable).parent / "gunicorn"),
            "--workers",
            str(WORKERS),
            "--preload",
            "-k",
            "skill.channels.workers.Waitress",
            "--log-level",
            "error",
        ]
        stock = _Server([*gunicorn, "stock_app:town", "-b"], env, "127.0.0.1:")
        ours = _Server([sys.executable, "-m", "skill.cli", "run", "--workers", str(WORKERS), "--port"], env)
        try:
            pairs = [(_wrk(stock.port, home), _wrk(ours.port, home)) for _ in range(ROUNDS)]
            base, made = (statistics.median(pair[n][0] for pair in pairs) for n in (0, 1))
            row(f"flask-ask-sdk hello world, {WORKERS} processes, {CONNECTIONS} connections", f"{base:.0f}/s", 1.0, "", True)
            row("ours, mixed real requests, the same server", f"{made:.0f}/s", made / base, ">= 1.7x", made / base >= 1.7)
            late = [statistics.median(pair[n][1] for pair in pairs) for n in (0, 1)]
            row("slowest in a hundred, hello world and ours", f"{late[0]:.0f}, {late[1]:.0f} ms", late[1] / late[0], "", True)
            before = ours.memory()
            asked = 0
            while asked < MANY:
                asked += _wrk(ours.port, home, 15)[2]
            after = ours.memory()
            row(f"memory of ours over {asked} requests", f"{before:.0f}, {after:.0f} MB", after / before, "<= 1.05x", after / before <= 1.05)
        finally:
            stock.stop()
            ours.stop()


class _Server:
    def __init__(self, command: list[str], env: dict[str, str], host: str = "") -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._process = subprocess.Popen([*command, f"{host}{self.port}"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        body = json.dumps(mixed()[0]).encode()
        for _ in range(300):
            try:
                urllib.request.urlopen(
                    urllib.request.Request(f"http://127.0.0.1:{self.port}/alexa", body, {"Content-Type": "application/json"}), timeout=5
                ).read()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("a server did not begin")

    def memory(self) -> float:
        """Resident megabytes of all its processes."""
        told = subprocess.run(["ps", "--ppid", str(self._process.pid), "-o", "rss="], capture_output=True, text=True, check=True).stdout
        return sum(map(int, told.split())) / 1024

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)


def _wrk(port: int, home: Path, seconds: int = SECONDS) -> tuple[float, float, int]:
    """Requests a second, the 99th percentile in ms, how many in all. Every answer must be 200."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(home / "mix.lua"), "--latency", f"http://127.0.0.1:{port}/alexa"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told:
        raise SystemExit(told)
    late = re.search(r"99%\s+([\d.]+)(us|ms|s)", told)
    assert late
    scale = {"us": 0.001, "ms": 1.0, "s": 1000.0}[late.group(2)]
    return float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1]), float(late.group(1)) * scale, int(re.search(r"(\d+) requests in", told)[1])  # type: ignore[index]
