"""What a request that cannot be trusted may cost: no fetch, or one, and never anything but a refusal."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest

from skill.channels import alexa_signature
from skill.channels.alexa_signature import NotFromAlexa, Verifier
from tests.channels.test_signature import BODY, EVENT, LEAF, NOW, ROOT, URL, pem, signed


def counting(chain: Any) -> tuple[Verifier, list[str], list[dt.datetime]]:
    fetched: list[str] = []
    moment = [NOW]

    def fetch(url: str) -> bytes:
        fetched.append(url)
        return chain(url)

    return Verifier(fetch=fetch, roots=[ROOT[0]], clock=lambda: moment[0]), fetched, moment


def refuse(url: str) -> bytes:
    raise NotFromAlexa("chain not served: 404")


@pytest.mark.parametrize("event", [{}, {"request": None}, {"request": {"timestamp": "2026-11-21T12:00:00Z"}}, {"request": {"type": "LaunchRequest"}}, [],
                                   {"request": {"type": "LaunchRequest", "timestamp": "2026-11-21T11:00:00Z"}}])  # fmt: skip
def test_nothing_is_fetched_for_what_is_refused_anyway(event: Any) -> None:
    checks, fetched, _ = counting(refuse)
    with pytest.raises(NotFromAlexa):
        checks.verify(signed(), BODY, event)
    assert fetched == []


def test_a_chain_that_failed_is_not_fetched_again_at_once() -> None:
    checks, fetched, moment = counting(refuse)
    for _ in range(5):
        with pytest.raises(NotFromAlexa):
            checks.verify(signed(), BODY, EVENT)
    assert len(fetched) == 1
    moment[0] = NOW + dt.timedelta(seconds=11)
    with pytest.raises(NotFromAlexa, match="404"):
        checks.verify(signed(), BODY, EVENT)
    assert len(fetched) == 2
    for i in range(alexa_signature.MOST_FAILED + 20):
        with pytest.raises(NotFromAlexa):
            checks.verify({**signed(), "SignatureCertChainUrl": f"https://s3.amazonaws.com/echo.api/{i}.pem"}, BODY, EVENT)
    assert len(checks._failed) == alexa_signature.MOST_FAILED


def test_one_chain_is_fetched_once_however_many_ask() -> None:
    go = threading.Event()

    def slow(url: str) -> bytes:
        go.wait(5)
        return pem(LEAF[0], ROOT[0])

    checks, fetched, _ = counting(slow)
    threads = [threading.Thread(target=checks.verify, args=(signed(), BODY, EVENT)) for _ in range(4)]
    for thread in threads:
        thread.start()
    go.set()
    for thread in threads:
        thread.join(5)
    assert fetched == [URL]


@pytest.mark.parametrize("error", [OSError("roots"), RuntimeError("x"), MemoryError()])
def test_whatever_breaks_while_verifying_is_a_refusal(error: Exception) -> None:
    def broken(url: str) -> bytes:
        raise error

    with pytest.raises(NotFromAlexa):
        Verifier(fetch=broken, roots=[ROOT[0]], clock=lambda: NOW).verify(signed(), BODY, EVENT)
