"""How fast do we serve, beside tipg, pygeoapi and an endpoint that does nothing else?

Run `.venv/bin/python -m benchmarks.serve [part …] [--times N] [--seconds S] [--points N]`: seeded
points, areas and names in a private database; ours (`python -m api serve`, with ids, links, rights
and limits on), tipg and pygeoapi (each in an environment of its own below `--peers`, made where it
is missing) and a bare endpoint of Starlette and psycopg, one process each, on that one database.
In each round every server is asked in turn, for a few seconds, by the same asker in a process of
its own; of N rounds the medians and their ratios are shown, by the clock and by processor time
(server and database together), which other jobs of the machine disturb less. Parts: items, tiles,
tails.

The others read plain tables of the very columns that we send (`serving/rows.py`).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import text

from benchmarks.serving import servers
from benchmarks.serving.processor import processor_s
from benchmarks.serving.rows import SCHEMA, fill
from benchmarks.tiles import home
from geo.db.embedded import embedded
from geo.db.engine import make_engine
from geo.migrations import migrate

ASKER = Path(__file__).parent / "serving/asker.py"
TILES = (("facilities", 4, 13, 6), ("units", 5, 26, 12))


@dataclass(frozen=True)
class Asked:
    """One address of one server."""

    server: str
    port: int
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)


def ask(asked: Asked, clients: int, seconds: float, database: int) -> dict[str, Any]:
    """What the asker says, and the processor time of an answer in ms, the asker's own left out.

    database: process of the server of the database. Raises SystemExit where an answer is none of
    200 and 304.
    """
    given = {
        "port": asked.port, "path": asked.path, "headers": dict(asked.headers),
        "clients": clients, "seconds": seconds,
    }  # fmt: skip
    before = processor_s(os.getpid(), database)
    done = subprocess.run(
        [sys.executable, "-I", str(ASKER)], input=json.dumps(given), capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{asked}: {done.stderr[-500:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    if not set(found["statuses"]) <= {"200", "304"}:
        raise SystemExit(f"{asked}: {found['statuses']}")
    spent = processor_s(os.getpid(), database) - before
    return {**found, "processor_ms": 1000 * spent / found["answers"]}


def in_turn(
    asked: list[Asked], clients: int, times: int, seconds: float, database: int
) -> dict[str, dict[str, float]]:
    """Ask every server in each round; the medians of each."""
    seen: dict[str, list[dict[str, Any]]] = {one.server: [] for one in asked}
    for one in asked:
        ask(one, clients, min(seconds, 1.0), database)
    for number in range(times):
        for one in asked if number % 2 == 0 else reversed(asked):
            seen[one.server].append(ask(one, clients, seconds, database))
    return {
        name: {key: median(each[key] for each in found) for key in
               ("per_s", "p50_ms", "p99_ms", "size", "processor_ms")}
        for name, found in seen.items()
    }  # fmt: skip


def table(title: str, found: dict[str, dict[str, float]]) -> None:
    """Print what was seen; how many times a server's answers ours are."""
    print(f"\n{title}; load {os.getloadavg()[0]:.0f}\n")
    print("| server | answers/s | p50 ms | p99 ms | p99/p50 | processor ms | KB | ours is |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    own = found["ours"]
    for name, one in found.items():
        print(
            f"| {name} | {one['per_s']:.0f} | {one['p50_ms']:.2f} | {one['p99_ms']:.2f} |"
            f" {one['p99_ms'] / one['p50_ms']:.1f} | {one['processor_ms']:.1f} |"
            f" {one['size'] / 1000:.1f} | {own['per_s'] / one['per_s']:.2f} ×,"
            f" by p50 {one['p50_ms'] / own['p50_ms']:.2f},"
            f" by processor {one['processor_ms'] / max(own['processor_ms'], 0.01):.2f} |",
            flush=True,
        )


@dataclass(frozen=True)
class Ports:
    """Where the servers are; `cold` is ours without kept tiles. None: not asked for.

    database: the process of its server.
    """

    ours: int
    cold: int
    bare: int
    tipg: int | None
    pygeoapi: int | None
    database: int


def items(at: Ports, times: int, seconds: float) -> None:
    """Pages of 10 and of 1 000 of all the points, by 4 clients."""
    for limit in (10, 1_000):
        asked = [
            Asked("ours", at.ours, f"/ogc/collections/facilities/items?limit={limit}"),
            Asked("bare", at.bare, f"/facilities/items?limit={limit}"),
        ]
        if at.tipg is not None:
            path = f"/collections/{SCHEMA}.facilities/items?limit={limit}"
            asked.append(Asked("tipg", at.tipg, path))
        if at.pygeoapi is not None:
            path = f"/collections/facilities/items?f=json&limit={limit}"
            asked.append(Asked("pygeoapi", at.pygeoapi, path))
        table(f"items, limit {limit}, 4 clients", in_turn(asked, 4, times, seconds, at.database))


def tiles(at: Ports, times: int, seconds: float) -> None:
    """A full tile, rendered each time, kept, and unchanged, by one client."""
    for name, z, x, y in TILES:
        path = f"/ogc/collections/{name}/tiles/WebMercatorQuad/{z}/{y}/{x}"
        with urllib.request.urlopen(f"http://127.0.0.1:{at.ours}{path}") as answer:
            tag = answer.headers["ETag"]
        asked = [
            Asked("ours", at.cold, path),
            Asked("ours, kept", at.ours, path),
            Asked("ours, 304", at.ours, path, {"If-None-Match": tag}),
            Asked("bare", at.bare, f"/{name}/tiles/{z}/{x}/{y}"),
        ]
        if at.tipg is not None:
            path = f"/collections/{SCHEMA}.{name}/tiles/WebMercatorQuad/{z}/{x}/{y}"
            asked.append(Asked("tipg", at.tipg, path))
        table(
            f"tile of {name}, level {z}, 1 client", in_turn(asked, 1, times, seconds, at.database)
        )


def tails(at: Ports, times: int, seconds: float) -> None:
    """Small questions by 16 clients: how much longer do the slowest wait?"""
    for name, path in (
        ("nearest", "/api/facilities/nearest?lon=120&lat=32"),
        ("point in unit", "/api/units/at?lon=118.02&lat=34.03"),
        ("search", "/api/places?q=%E6%9D%8E%E5%AE%B6%E6%9D%91"),
    ):
        found = in_turn([Asked("ours", at.ours, path)], 16, times, seconds, at.database)
        table(f"{name}, 16 clients", found)


PARTS = {"items": items, "tiles": tiles, "tails": tails}


@contextmanager
def database(points: int) -> Iterator[tuple[Path, str, int]]:
    """A private database with the rows; its home, the folder of its socket, and its process."""
    with home() as folder, embedded(folder, what="benchmarks/serve.py") as opened:
        owner_url = opened.database.owner_url
        migrate(owner_url)
        with make_engine(owner_url).begin() as owner:
            fill(owner, points)
        with make_engine(owner_url, autocommit=True).connect() as owner:
            owner.execute(text("VACUUM ANALYZE"))
        yield folder, opened.socket, opened.pid


def main() -> None:
    """Make the database, start the servers, ask, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], default=[])
    parser.add_argument("--points", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--without", nargs="*", choices=["tipg", "pygeoapi"], default=[])
    default = Path.home() / ".cache/minzheng-atlas-peers"
    parser.add_argument("--peers", type=Path, default=default)
    given = parser.parse_args()
    bins = {
        name: servers.environment(given.peers, name)
        for name in servers.PINS
        if name not in given.without
    }
    with database(given.points) as (folder, socket, process), ExitStack() as stack:
        where = (folder.parent, socket, "atlas")
        at = Ports(
            ours=stack.enter_context(servers.ours(folder)),
            cold=stack.enter_context(servers.ours(folder, tile_cache_mb=0)),
            bare=stack.enter_context(servers.bare(*where)),
            database=process,
            **{
                name: stack.enter_context(getattr(servers, name)(bins[name], *where))
                if name in bins
                else None
                for name in servers.PINS
            },
        )
        for name in given.parts or PARTS:
            PARTS[name](at, given.times, given.seconds)


if __name__ == "__main__":
    main()
