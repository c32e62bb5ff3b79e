"""How do the servers start: ours, the bare endpoint, and each peer in an environment of its own?"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from benchmarks.serving.rows import SCHEMA
from geo.settings import CHECKOUT

PINS = {
    "tipg": ["tipg==1.6.0", "uvicorn==0.54.0"],
    "pygeoapi": [
        "pygeoapi==0.21.0",
        "psycopg2-binary==2.9.13",
        "geoalchemy2==0.20.0",
        "gunicorn==27.0.1",
    ],
}
"""What is installed for each peer; newest of 2026-11-22 but for tipg, which the goal names."""
START_S = 120


def environment(folder: Path, peer: str) -> Path:
    """The `bin` of a peer's own environment, made where it is missing."""
    home = folder / peer
    done = home / "installed"
    if not done.exists():
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([str(home / "bin/pip"), "install", "-q", *PINS[peer]], check=True)
        done.touch()
    return home / "bin"


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        found: int = one.getsockname()[1]
        return found


@contextmanager
def running(
    command: list[str], more: dict[str, str], log: Path, port: int, ready: str
) -> Iterator[int]:
    """A server as a process, until it answers at `ready`; its port."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env=os.environ | more, stdout=out, stderr=out, cwd=CHECKOUT,
            start_new_session=True,
        )  # fmt: skip
    try:
        _wait(process, f"http://127.0.0.1:{port}{ready}", log)
        yield port
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=20):
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit(f"{address}: no answer.\n{log.read_text()[-3000:]}")


@contextmanager
def ours(home: Path, *, tile_cache_mb: int = 64) -> Iterator[int]:
    """Our service, as it is started everywhere; limits high, not off."""
    port = free_port()
    more = {
        "ATLAS_HOME": str(home), "ATLAS_RATE_PER_S": "1000000", "ATLAS_RATE_BURST": "1000000",
        "ATLAS_TILE_CACHE_MB": str(tile_cache_mb),
    }  # fmt: skip
    command = [sys.executable, "-m", "api", "serve", "--port", str(port)]
    log = home.parent / f"ours-{tile_cache_mb}.log"
    with running(command, more, log, port, "/ogc/collections/facilities/items") as found:
        yield found


@contextmanager
def bare(scratch: Path, socket_folder: str, name: str) -> Iterator[int]:
    """The bare endpoint."""
    port = free_port()
    more = {"BARE_DATABASE": f"host={socket_folder} user=atlas_public dbname={name}"}
    command = [
        sys.executable, "-m", "uvicorn", "benchmarks.serving.bare:app", "--port", str(port),
        "--no-access-log", "--log-level", "warning",
    ]  # fmt: skip
    with running(command, more, scratch / "bare.log", port, "/facilities/items?limit=1") as found:
        yield found


@contextmanager
def tipg(bin: Path, scratch: Path, socket_folder: str, name: str) -> Iterator[int]:
    """tipg, with tiles as full and margins as wide as ours; it needs a role that may write."""
    port = free_port()
    more = {
        "DATABASE_URL": f"postgresql://atlas@{quote(socket_folder, safe='')}:5432/{name}",
        "TIPG_DB_SCHEMAS": json.dumps([SCHEMA]), "TIPG_CATALOG_TTL": "86400",
        "TIPG_MAX_FEATURES_PER_TILE": "50000", "TIPG_TILE_BUFFER": "64",
    }  # fmt: skip
    command = [
        str(bin / "python"), "-m", "uvicorn", "tipg.main:app", "--port", str(port),
        "--no-access-log", "--log-level", "warning",
    ]  # fmt: skip
    ready = f"/collections/{SCHEMA}.facilities/items?limit=1"
    with running(command, more, scratch / "tipg.log", port, ready) as found:
        yield found


@contextmanager
def pygeoapi(bin: Path, scratch: Path, socket_folder: str, name: str) -> Iterator[int]:
    """pygeoapi under gunicorn: one process of eight threads."""
    port = free_port()
    config, document = scratch / "pygeoapi.yml", scratch / "pygeoapi-openapi.json"
    config.write_text(json.dumps(_pygeoapi_settings(port, socket_folder, name)))
    more = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(document)}
    subprocess.run(
        [str(bin / "pygeoapi"), "openapi", "generate", str(config), "--output-file", str(document)],
        env=os.environ | more, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    command = [
        str(bin / "gunicorn"), "pygeoapi.flask_app:APP", "--bind", f"127.0.0.1:{port}",
        "--worker-class", "gthread", "--threads", "8", "--log-level", "warning",
    ]  # fmt: skip
    ready = "/collections/facilities/items?f=json&limit=1"
    with running(command, more, scratch / "pygeoapi.log", port, ready) as found:
        yield found


def _pygeoapi_settings(port: int, socket_folder: str, name: str) -> dict[str, object]:
    """Its configuration (JSON is YAML)."""
    address = f"http://127.0.0.1:{port}"
    about = {"title": "t", "description": "d", "keywords": ["k"]}
    provider = {
        "type": "feature", "name": "PostgreSQL", "id_field": "id", "table": "facilities",
        "geom_field": "geom", "count": True,
        "data": {"host": socket_folder, "dbname": name, "user": "atlas", "password": "",
                 "search_path": [SCHEMA, "public"]},
    }  # fmt: skip
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port}, "url": address, "mimetype":
            "application/json; charset=UTF-8", "encoding": "utf-8", "languages": ["en-US"],
            "limits": {"default_items": 10, "max_items": 10_000},
            "map": {"url": f"{address}/none", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {**about, "keywords_type": "theme", "terms_of_service": "none",
                               "url": address},
            "license": {"name": "none", "url": address},
            "provider": {"name": "none", "url": address},
            "contact": {"name": "none", "email": "nobody@example.org"},
        },
        "resources": {
            "facilities": {
                "type": "collection", **about, "links": [],
                "extents": {"spatial": {"bbox": [113, 24, 133, 39],
                            "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}},
                "providers": [provider],
            }
        },
    }  # fmt: skip
