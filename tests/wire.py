"""A wire between us and a server, with a will of its own: it drops, delays, cuts, drips, or says "too busy" in the server's place."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from typing import Any

BUSY = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/x-amz-json-1.0\r\nConnection: close\r\n"
    b'x-amzn-ErrorType: ProvisionedThroughputExceededException\r\nContent-Length: 66\r\n\r\n{"__type":"ProvisionedThroughputExceededException","message":"no"}'
)


class Wire:
    """A TCP proxy on loopback. `mood` may change at any time:

    "clear" passes on; "silent" takes a connection and never says a word; "reset" ends it with RST; "cut" ends the answer after 20 bytes; "slow" keeps
    each answer for `delay` seconds; "busy" answers as a throttled table; "down" listens no more.
    """

    def __init__(self, port: int, mood: str = "clear", delay: float = 0.0) -> None:
        self._to, self.mood, self.delay = port, mood, delay
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._open: set[socket.socket] = set()
        self._done = False
        threading.Thread(target=self._take, daemon=True).start()

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self._done = True
        self._listener.close()
        self.hang_up()

    def be(self, mood: str, delay: float = 0.0) -> None:
        """From now on; lines that are open are cut, so that the next question meets the new mood."""
        self.mood, self.delay = mood, delay
        self.hang_up()

    def hang_up(self) -> None:
        for line in list(self._open):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        self._open.clear()

    def _take(self) -> None:
        while not self._done:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self._open.add(line)
            threading.Thread(target=self._pass_on, args=(line,), daemon=True).start()

    def _pass_on(self, line: socket.socket) -> None:
        mood = self.mood
        if mood in ("reset", "down"):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.close()
        elif mood == "busy":
            with contextlib.suppress(OSError):
                line.recv(65536)
                line.sendall(BUSY)
            line.close()
        elif mood != "silent":
            with contextlib.suppress(OSError):
                there = socket.create_connection(("127.0.0.1", self._to), timeout=10)
                self._open.add(there)
                threading.Thread(target=self._copy, args=(line, there, mood, False), daemon=True).start()
                self._copy(there, line, mood, True)

    def _copy(self, source: socket.socket, target: socket.socket, mood: str, back: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if back and mood == "slow":
                    time.sleep(self.delay)
                if back and mood == "cut":
                    target.sendall(data[:20])
                    break
                target.sendall(data)
        for line in (source, target):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def moto_port(server: Any) -> int:
    return int(server.get_host_and_port()[1])
