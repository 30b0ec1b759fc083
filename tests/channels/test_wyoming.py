"""Wyoming over a real socket: what a peer of good will gets, and what one of ill will cannot do to the others."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from wyoming.asr import Transcript
from wyoming.client import AsyncTcpClient
from wyoming.info import Describe, Info
from wyoming.ping import Ping

from skill.channels import wyoming
from tests.conformance.house import House, open_house, still
from tests.conformance.lines import LOOP
from tests.conftest import PARIS, TOWNS

ASKED = b'{"type":"transcript","data":{"text":"%s"}}\n'


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with open_house() as made:
        yield made


def line(house: House, seconds: float = 5) -> socket.socket:
    return socket.create_connection(("127.0.0.1", house.wyoming), timeout=seconds)


def read(sock: socket.socket) -> dict:
    file = sock.makefile("rb")
    head = json.loads(file.readline())
    return {**head, "data": json.loads(file.read(head["data_length"])) if head.get("data_length") else {}}


def ask(house: House, text: str = "à quelle heure ferme le parc barbusse") -> str:
    with line(house) as sock:
        sock.sendall(json.dumps({"type": "transcript", "data": {"text": text, "language": "fr"}}).encode() + b"\n")
        return str(read(sock)["data"]["text"])


def answers_soon(house: House) -> None:
    began = time.monotonic()
    assert "Barbusse" in ask(house)
    assert time.monotonic() - began < 3


def test_it_says_what_it_is(house: House) -> None:
    async def described() -> Info:
        async with AsyncTcpClient("127.0.0.1", house.wyoming) as client:
            await client.write_event(Describe().event())
            event = await client.read_event()
            assert event is not None
            return Info.from_event(event)

    (program,) = LOOP.run(described()).handle
    assert program.installed
    assert program.name == "mairie-vocale"
    assert sorted(program.models[0].languages) == ["en", "fr"]
    assert program.attribution.name == "Issy-les-Moulineaux"


def test_a_ping_is_answered_and_what_is_not_for_us_passed_over(house: House) -> None:
    async def both() -> list[str]:
        async with AsyncTcpClient("127.0.0.1", house.wyoming) as client:
            await client.write_event(Ping(text="x").event())
            first = await client.read_event()
            with line(house) as sock:
                sock.sendall(b'{"type":"select-program","data":{"name":"mairie-vocale"}}\n{"type":"audio-chunk","payload_length":4}\nabcd' + ASKED % b"bonjour")
                second = read(sock)
            assert first is not None
            return [first.type, second["type"]]

    assert LOOP.run(both()) == ["pong", "handled"]


@pytest.mark.parametrize("text", ["zigoto farfelu trucmuche", "quel temps fera-t-il demain", "à quelle heure ouvre la mairie de boulogne"])
def test_what_is_not_known_is_not_handled_and_is_said_kindly(house: House, text: str) -> None:
    with line(house) as sock:
        sock.sendall(json.dumps({"type": "transcript", "data": {"text": text}}).encode() + b"\n")
        told = read(sock)
    assert told["type"] == "not-handled"
    assert len(told["data"]["text"]) > 20


def test_conversations_do_not_mix(house: House) -> None:
    async def say(name: str | None, text: str) -> str:
        async with AsyncTcpClient("127.0.0.1", house.wyoming) as client:
            await client.write_event(Transcript(text, context={"conversation_id": name} if name else None, language="fr").event())
            event = await client.read_event()
            assert event is not None
            return str(event.data["text"])

    async def both() -> tuple[str, str, str]:
        await say("a", "à quelle heure ferme le parc barbusse")
        await say("b", "à quelle heure ouvre le marché des épinettes")
        return await say("a", "et dimanche"), await say("b", "et jeudi"), await say(None, "et dimanche")

    first, second, nobody = LOOP.run(both())
    assert "Barbusse" in first
    assert "Épinettes" in second
    assert "Demandez par exemple" in nobody


@pytest.mark.parametrize(
    "sent",
    [
        b"\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\xff\xfe\x00\x01" * 100 + b"\n", b"[]\n", b'"transcript"\n', b"{}\n", b'{"type":1}\n', b'{"type":"transcript","data":[]}\n',
        b'{"type":"transcript","data_length":-1}\n', b'{"type":"transcript","data_length":"x"}\n', b'{"type":"transcript","data_length":999999999}\n',
        b'{"type":"transcript","payload_length":99999999999}\n', b"x" * 20_000, b"x" * 20_000 + b"\n", b'{"a":' * 3_000 + b"\n", b'{"type":"transcript","data_length":2}\n[]',
        b'{"type":"transcript","data_length":true}\n',
    ],
)  # fmt: skip
def test_what_is_no_frame_ends_its_own_connection_only(house: House, sent: bytes) -> None:
    with line(house) as sock:
        sock.sendall(sent)
        told = sock.makefile("rb").readline()
        assert json.loads(told)["type"] == "error"
        assert sock.recv(1_000_000)[-1:] in (b"", b"}")
    answers_soon(house)


@pytest.mark.parametrize(
    "data",
    [
        {}, {"text": None}, {"text": 7}, {"text": ["x"]}, {"text": "x" * 60_000}, {"text": "\x00\x1b[31m"}, {"text": "bonjour", "language": 7},
        {"text": "bonjour", "language": "../../etc"}, {"text": "bonjour", "context": []}, {"text": "bonjour", "context": {"conversation_id": {"a": 1}}},
        {"text": "bonjour", "context": {"conversation_id": "x" * 5_000}}, {"text": "bonjour", "language": "de"},
    ],
)  # fmt: skip
def test_strange_words_are_answered(house: House, data: dict) -> None:
    body = json.dumps(data).encode()
    with line(house) as sock:
        sock.sendall(b'{"type":"transcript","data_length":%d}\n' % len(body) + body)
        told = read(sock)
    assert told["type"] in ("handled", "not-handled")
    assert told["data"]["text"]


def test_two_hundred_who_say_nothing_or_half_a_frame_keep_nobody_waiting(house: House) -> None:
    idle = [line(house) for _ in range(200)]
    try:
        for n, sock in enumerate(idle):
            sock.sendall((b"", b'{"type":"tran', b'{"type":"transcript","data_length":60000}\n{"text":"')[n % 3])
        answers_soon(house)
    finally:
        for sock in idle:
            sock.close()
    answers_soon(house)


def test_half_a_frame_is_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wyoming, "FRAME_S", 0.3)
    with line(house) as sock:
        sock.sendall(b'{"type":"transcript"')
        assert sock.recv(10) == b""


def test_one_too_many_is_told_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    skill = still(house.skill)
    monkeypatch.setattr(wyoming, "MOST_PEERS", 0)
    with open_house(skill) as full, line(full) as sock:
        assert read(sock)["data"]["code"] == "busy"


def test_our_own_fault_is_said_and_is_not_the_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    skill = still(house.skill)
    with open_house(skill) as other:
        monkeypatch.setattr(skill, "hear", lambda *a, **k: 1 / 0)
        with line(other) as sock:
            sock.sendall(ASKED % b"bonjour")
            told = read(sock)
            assert told["type"] == "not-handled"
            assert "pour le moment" in told["data"]["text"]
            monkeypatch.undo()
            sock.sendall(ASKED % b"bonjour")
            assert read(sock)["type"] == "handled"


def test_a_household_is_remembered_where_it_has_a_word(house: House) -> None:
    async def talk(household: str) -> str:
        skill = still(house.skill)
        peers = wyoming.Peers(skill, skill._settings, household)
        server = await wyoming.listen(peers, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        said = ""
        for text in ("j'habite aux épinettes", "oui", "où est-ce que j'habite"):
            async with AsyncTcpClient("127.0.0.1", port) as client:
                await client.write_event(Transcript(text, context={"conversation_id": "h"}, language="fr").event())
                event = await client.read_event()
                assert event is not None
                said = str(event.data["text"])
        server.close()
        await peers.end()
        return said

    assert "Épinettes" in LOOP.run(talk("maison"))
    assert "Épinettes" not in LOOP.run(talk(""))


def test_what_is_announced_while_it_runs_is_said(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TOWNS["valfleuri"], tmp_path / "valfleuri"))
    env = {**os.environ, "MAIRIE_DATA": str(tmp_path / "data"), "MAIRIE_REFRESH_MINUTES": "0"}
    command = [sys.executable, "-m", "skill.cli", "--town", str(folder), "wyoming", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    try:
        assert process.stdout is not None
        port = int(re.findall(r":(\d+) ", process.stdout.readline())[0])

        def news() -> str:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
                sock.sendall(b'{"type":"transcript","data":{"text":"quoi de neuf"}}\n')
                return str(read(sock)["data"]["text"])

        assert "Zorglub" not in news()
        today = datetime.now(PARIS).date().isoformat()
        notice = f'[[notice]]\nid = "n"\neffect = "info"\nfirst = {today}\nlast = {today}\nsay = {{ fr = "Fête de Zorglub ce jour." }}\n'
        (folder / "notices.toml").write_text(notice, encoding="utf-8")
        until = time.monotonic() + 20
        while "Zorglub" not in news():
            assert time.monotonic() < until
            time.sleep(0.3)
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()


def test_who_does_not_read_is_let_go(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wyoming, "SEND_S", 0.3)
    with line(house, 20) as sock:
        sock.settimeout(0.5)
        with pytest.raises(OSError):
            sock.sendall(b'{"type":"describe"}\n' * 800_000)
        until = time.monotonic() + 10
        while sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:  # reset, not left open
            assert time.monotonic() < until
            time.sleep(0.05)
    answers_soon(house)


def test_it_is_announced_only_where_others_can_reach_it() -> None:
    async def tell() -> None:
        async with wyoming.announced("127.0.0.1", 1, "issy"):
            pass

    with pytest.raises(ValueError, match="zeroconf"):
        LOOP.run(tell())
