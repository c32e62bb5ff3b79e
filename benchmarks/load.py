"""How long does loading a delivery take beside the plainest way to store it, and is that linear?

Run `.venv/bin/python benchmarks/load.py [facilities|zones] [rows …] [--times N]`: by default both,
facilities of 10000, 100000 and 1000000 rows and zones of 10000 and 100000, each once. Every
delivery is seeded (benchmarks/made_deliveries.py) and loaded by a process of its own into an empty
table of a private database, in turn with what it is compared with:

- Facilities: COPY of the very rows that were stored, as COPY wrote them, into an empty table with
  the columns, indexes, constraints and foreign keys of `facility`; and into one with its primary
  key and one spatial index only.
- Zones: `geopandas.read_file` and `to_postgis` into a new table, to which it adds a spatial index.

Then the same file is loaded again (nothing changes) and the delivery is undone. Ratios are of runs
in turn; with `--times` the medians of all are shown.
"""

from __future__ import annotations

import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.made_deliveries import write_facilities, write_zones
from geo.db.embedded import embedded
from geo.loaders.load import load_delivery
from geo.loaders.undo import undo_delivery
from geo.migrations import migrate

SIZES = {"facilities": (10_000, 100_000, 1_000_000), "zones": (10_000, 100_000)}
FILES = {"facilities": "facilities.csv", "zones": "zones.gpkg"}
TABLES = {"facilities": "facility", "zones": "planning_zone"}
DAY = date(2026, 1, 1)
_COUNTS = ("rows_read", "kept", "merged", "updated", "unchanged", "refused", "review")
Figures = dict[str, float]


# What runs in a process of its own, so that its memory is its own too.


def load_file(url: str, kind: str, path: str) -> dict[str, Any]:
    """Load a file and answer the counts."""
    with Session(create_engine(url)) as session:
        crs = "gcj02" if kind == "facilities" else None
        report = load_delivery(session, kind, path, crs=crs, on=DAY).as_json()
        session.commit()
    return {name: report[name] for name in _COUNTS}


def undo_last(url: str, kind: str, path: str) -> dict[str, Any]:
    """Take back every delivery, the last one first."""
    with Session(create_engine(url)) as session:
        ids = session.execute(text("SELECT id FROM delivery WHERE status <> 'undone' ORDER BY 1"))
        for delivery in reversed(ids.scalars().all()):
            undo_delivery(session, delivery)
        session.commit()
    return {}


def store_by_geopandas(url: str, kind: str, path: str) -> dict[str, Any]:
    """Read and store a file as GeoPandas does."""
    import geopandas

    frame = geopandas.read_file(path)
    frame.to_postgis("by_geopandas", create_engine(url), if_exists="replace")
    return {"rows_read": len(frame)}


TASKS: dict[str, Callable[[str, str, str], dict[str, Any]]] = {
    "load": load_file, "undo": undo_last, "geopandas": store_by_geopandas,
}  # fmt: skip


def run_task(task: str, url: str, kind: str, path: str) -> dict[str, Any]:
    """Do one task in this process; answer its seconds and this process's peak memory too."""
    # Importing is no part of the time on either side: the loader too reads by pyogrio.
    import geopandas  # noqa: F401
    import pyogrio  # noqa: F401

    began = time.perf_counter()
    said = TASKS[task](url, kind, path)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak_mb": peak, **said}


def in_child(task: str, url: str, kind: str, path: Path) -> dict[str, Any]:
    """What a task says that a new process runs."""
    done = subprocess.run(
        [sys.executable, __file__, "--task", task, url, kind, str(path)],
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


# Bare COPY.

_SAME = (
    "CREATE TABLE bare (LIKE facility INCLUDING ALL)",
    "ALTER TABLE bare ADD FOREIGN KEY (delivery_id) REFERENCES delivery (id), "
    "ADD FOREIGN KEY (operator_id) REFERENCES operator (id)",
)
_LEAN = (
    "CREATE TABLE bare (LIKE facility)",
    "ALTER TABLE bare ADD PRIMARY KEY (id)",
    "CREATE INDEX ON bare USING gist (geom)",
)


def bare_copy_s(url: str, dump: Path, build: tuple[str, ...]) -> float:
    """Seconds of a COPY of all stored facilities into an empty table that `build` makes."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        for statement in ("DROP TABLE IF EXISTS bare", *build):
            connection.execute(statement)
        with dump.open("wb") as file, connection.cursor().copy("COPY facility TO STDOUT") as out:
            for block in out:
                file.write(block)
        connection.commit()
        began = time.perf_counter()
        with dump.open("rb") as file, connection.cursor().copy("COPY bare FROM STDIN") as into:
            while block := file.read(1 << 20):
                into.write(block)
        connection.commit()
        seconds = time.perf_counter() - began
        connection.execute("DROP TABLE bare")
    return seconds


def figures_of(url: str, kind: str, path: Path) -> tuple[Figures, str]:
    """One round: load, compare, load again, undo. Seconds and megabytes by name; the counts."""
    rival: Figures = {}
    if kind == "zones":
        rival["geopandas s"] = in_child("geopandas", url, kind, path)["seconds"]
    first = in_child("load", url, kind, path)
    if kind == "facilities":
        dump = path.with_name("dump")
        rival["COPY s"] = bare_copy_s(url, dump, _SAME)
        rival["lean COPY s"] = bare_copy_s(url, dump, _LEAN)
    again = in_child("load", url, kind, path)
    undone = in_child("undo", url, kind, path)
    figures: Figures = {"load s": first["seconds"], **rival}
    for name, seconds in rival.items():
        figures[name.replace(" s", " ratio")] = first["seconds"] / seconds
    figures |= {"again s": again["seconds"], "undo s": undone["seconds"],
                "peak MB": first["peak_mb"]}  # fmt: skip
    return figures, ", ".join(f"{name} {first[name]}" for name in _COUNTS if first[name])


def _empty(connection: psycopg.Connection[Any], kind: str) -> None:
    """Forget the deliveries; the guarded steps of work items hang on them, there are none here."""
    connection.execute("ALTER TABLE work_event DISABLE TRIGGER USER")
    connection.execute(f"TRUNCATE {TABLES[kind]}, delivery CASCADE")
    connection.execute("ALTER TABLE work_event ENABLE TRIGGER USER")


def measure(kind: str, sizes: list[int], times: int) -> Iterator[str]:
    """The lines of a table: one per size, and the exponents between sizes."""
    seconds: list[tuple[int, float]] = []
    with tempfile.TemporaryDirectory(prefix="minzheng-atlas-benchmark-") as folder:
        Path(folder).chmod(0o755)
        with embedded(Path(folder) / "home", what="benchmarks/load.py") as running:
            url = running.database.owner_url
            migrate(url)
            for size in sizes:
                path = Path(folder) / FILES[kind]
                path.unlink(missing_ok=True)
                (write_facilities if kind == "facilities" else write_zones)(path, size)
                rounds = []
                for _ in range(times):
                    figures, counts = figures_of(url, kind, path)
                    rounds.append(figures)
                    with psycopg.connect(url.replace("+psycopg", "")) as connection:
                        _empty(connection, kind)
                middle = {name: median(one[name] for one in rounds) for name in rounds[0]}
                if not seconds:
                    yield f"| {kind} | {' | '.join(middle)} | counts |"
                    yield f"|{'---:|' * (len(middle) + 1)}---|"
                yield f"| {size} | {' | '.join(map(_shown, middle.values()))} | {counts} |"
                seconds.append((size, middle["load s"]))
    for (few, short), (many, long) in pairwise(seconds):
        yield f"{few} to {many} rows: exponent {math.log(long / short, many / few):.2f}"


def _shown(figure: float) -> str:
    return f"{figure:.0f}" if figure >= 100 else f"{figure:.2f}"


def main(words: list[str]) -> None:
    """Measure what the command line asks for."""
    times = int(words[words.index("--times") + 1]) if "--times" in words else 1
    if "--times" in words:
        del words[words.index("--times") : words.index("--times") + 2]
    kinds = [word for word in words if word in SIZES] or list(SIZES)
    sizes = [int(word) for word in words if word not in SIZES]
    for kind in kinds:
        for line in measure(kind, sizes or list(SIZES[kind]), times):
            print(line, flush=True)
        print()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--task"]:
        print(json.dumps(run_task(*sys.argv[2:6])))
    else:
        main(sys.argv[1:])
