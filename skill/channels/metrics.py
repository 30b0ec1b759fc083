"""Figures for Prometheus at /metrics: requests by route, faults, feeds. Counted over all processes of a server; nothing of anybody.

For this machine only, or for whoever sends the word of MAIRIE_METRICS.
"""

from __future__ import annotations

import ipaddress
import os
from typing import Any, Final

from flask import Flask, Response, request

from skill.app import Settings, Skill
from skill.channels import bearer
from skill.channels.logs import METHODS

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Where processes put their counts together, set by workers.py before any of them begins."""
_STEPS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The counts of one process. The library is loaded here: it looks once, then, whether there are several processes."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self.registry = CollectorRegistry()
        given: dict[str, Any] = {"registry": self.registry}
        self.requests = Histogram("mairie_request_seconds", "Requests, and how long they took.", ["route", "method", "status"], buckets=_STEPS, **given)
        self._known: dict[tuple[str, str, int], Any] = {}
        self.faults = Counter("mairie_faults_total", "Faults of ours.", ["kind"], **given)
        self.feeds = Gauge("mairie_feed_read_timestamp_seconds", "When each feed was last read well.", ["series"], multiprocess_mode="mostrecent", **given)

    def seen(self, route: str, method: str, status: int, seconds: float) -> None:
        """Notes a request."""
        key = (route, method if method in METHODS else "other", status)
        if key not in self._known:
            self._known[key] = self.requests.labels(*key)
        self._known[key].observe(seconds)

    def text(self) -> bytes:
        """Everything, of all processes where there are several."""
        from prometheus_client import CollectorRegistry, generate_latest, multiprocess

        if SHARED in os.environ:
            together = CollectorRegistry()
            multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
            return generate_latest(together)
        return generate_latest(self.registry)


def add_metrics(app: Flask, settings: Settings, skill: Skill) -> Metrics:
    """Adds /metrics, and counts what the skill answers."""
    metrics = Metrics()
    skill.measures.watch(lambda kind: metrics.faults.labels(kind).inc(), lambda series, at: metrics.feeds.labels(series).set(at))

    @app.get("/metrics")
    def figures() -> Any:
        if not _may_read(settings.metrics):
            return Response("Forbidden\n", 403, mimetype="text/plain")
        return Response(metrics.text(), headers={"Content-Type": TYPE, "Cache-Control": "no-store"})

    return metrics


def _may_read(word: str) -> bool:
    """Who says the word; without one, whoever is on this machine and came through no proxy."""
    if word:
        return bearer.same(bearer.said(), word)
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host", "X-Forwarded-Proto")):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
