"""Lambda on this machine: the Runtime API on loopback, and the real runtime client (awslambdaric) in a process of its own.

It does what Lambda does: hands out one event at a time, takes the answer or the error, and kills a process that does not answer in time.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Answered:
    """What came back for one event."""

    def __init__(self, kind: str, body: bytes, seconds: float) -> None:
        self.kind, self.body, self.seconds = kind, body, seconds
        """`kind`: "response", "error", or "timeout"."""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class LambdaMachine:
    """One execution environment, made again after a time-out."""

    def __init__(self, handler: str, env: Mapping[str, str], root: Path, timeout: float = 7.0) -> None:
        self._handler, self._env, self._root, self.timeout = handler, env, root, timeout
        self._events: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self._answers: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._routes())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._process: subprocess.Popen[bytes] | None = None
        self.starts = 0
        self.log = b""

    def __enter__(self) -> LambdaMachine:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._server.shutdown()
        self._server.server_close()

    def invoke(self, event: Any) -> Answered:
        """One event in, what became of it out; a process is started where there is none."""
        if self._process is None or self._process.poll() is not None:
            self._start()
        body = event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False).encode()
        began = time.perf_counter()
        self._events.put(("1234", body))
        try:
            kind, answer = self._answers.get(timeout=self.timeout)
        except queue.Empty:
            self._stop()
            return Answered("timeout", b"", time.perf_counter() - began)
        return Answered(kind, answer, time.perf_counter() - began)

    def _start(self) -> None:
        self.starts += 1
        host, port = self._server.server_address[:2]
        env = {
            "PATH": os.environ.get("PATH", ""), "AWS_LAMBDA_RUNTIME_API": f"{host}:{port}", "AWS_LAMBDA_FUNCTION_NAME": "mairie", "LAMBDA_TASK_ROOT": str(self._root),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512", "AWS_LAMBDA_FUNCTION_VERSION": "1", "PYTHONPATH": str(self._root), "TZ": "UTC", **self._env,
        }  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", self._handler], env=env, cwd=self._root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self.log += line

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._reader.join(5)
            self._process = None

    def _routes(self) -> type[BaseHTTPRequestHandler]:
        machine = self

        class Routes(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                while True:
                    if self.path.endswith("/invocation/next"):
                        try:
                            request_id, body = machine._events.get(timeout=0.5)
                        except queue.Empty:
                            continue
                        self.send_response(200)
                        self.send_header("Lambda-Runtime-Aws-Request-Id", request_id)
                        self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + machine.timeout) * 1000)))
                        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:000000000000:function:mairie")
                        self.send_header("Content-Type", "application/json")
                        self.send_header("Content-Length", str(len(body)))
                        self.end_headers()
                        self.wfile.write(body)
                        return

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                machine._answers.put((self.path.rpartition("/")[2], body))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Routes
