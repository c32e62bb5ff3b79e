"""What has the service answered: how often, how fast, with what? Metrics, and a log of requests.

A line of the log holds the request id, the address's path and never its query: what somebody looked
for may be their home. Metrics count by the route's template, so that no code, name or place stands
in them.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

log = logging.getLogger("atlas.request")
SHARED = "PROMETHEUS_MULTIPROC_DIR"
METHODS = frozenset(("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"))
"""Others are counted as one: strangers may think up words without end."""
BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Counter(
    "atlas_requests", "Requests answered, by route, method and status.",
    ("route", "method", "status"),
)  # fmt: skip
SECONDS = Histogram(
    "atlas_request_seconds", "Seconds until an answer was sent whole, by route.",
    ("route",), buckets=BUCKETS,
)  # fmt: skip
UNDER_WAY = Gauge(
    "atlas_requests_under_way", "Requests being answered now.", multiprocess_mode="livesum"
)
CONNECTIONS = Gauge(
    "atlas_database_connections", "Connections in use, by door.", ("door",),
    multiprocess_mode="livesum",
)  # fmt: skip


def witness(scope: Mapping[str, Any], status: int, seconds: float, sent_bytes: int) -> None:
    """Count and log one answer. `scope` is the one that the router has seen."""
    route = getattr(scope.get("route"), "path", None) or _unrouted(scope)
    method = scope["method"] if scope["method"] in METHODS else "other"
    REQUESTS.labels(route, method, str(status)).inc()
    SECONDS.labels(route).observe(seconds)
    if log.isEnabledFor(logging.INFO):
        log.info(
            "%s %s %d", scope["method"], scope["path"], status,
            extra={"request": {
                "request_id": scope.get("request_id"), "method": scope["method"],
                "path": scope["path"], "route": route, "status": status,
                "ms": round(seconds * 1000, 1), "bytes": sent_bytes,
            }},
        )  # fmt: skip


def _unrouted(scope: Mapping[str, Any]) -> str:
    """A name for what no route stands for: addresses that strangers try must not become labels."""
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return "/static" if path.startswith("/static/") else "none"


def metrics(in_use: Callable[[], Mapping[str, int]]) -> tuple[bytes, str]:
    """Answer the metrics of all processes of the service and their content type."""
    for door, number in in_use().items():
        CONNECTIONS.labels(door).set(number)
    if os.environ.get(SHARED):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry), CONTENT_TYPE_LATEST
    return generate_latest(), CONTENT_TYPE_LATEST


def forget_the_dead() -> None:
    """Take killed processes out of what counts the living; a new one asks at its start."""
    if folder := os.environ.get(SHARED):
        for file in Path(folder).glob("gauge_live*_*.db"):
            pid = int(file.stem.rpartition("_")[2])
            if not Path(f"/proc/{pid}").exists():
                mark_process_dead(pid)  # type: ignore[no-untyped-call]
