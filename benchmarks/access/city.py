"""How long does a city take from PostGIS to a stored result, and how does that grow?

Run `.venv/bin/python -m benchmarks.access.city [--cells 10000 100000 1000000] [--runs 3]`:
a made-up city of that many cells, 5 000 canteens, straight lines, radius 500 m. Two ways:

- batch: `geo.batch.run.coverage_stored` reads people and facilities from PostGIS piece by piece
  (in this process, and with two workers) and writes a Parquet file per piece and the summary;
- service: `geo.access.coverage.coverage(store=True)` on the same data, kept in `coverage_run`.

Both must count the same people. Every run is a process of its own; its peak memory (and that of the
larger of its workers, without the database) and the machine's load are told. The exponent is that
of seconds from the smallest city to the largest.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import psycopg
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from geo.access.coverage import coverage
from geo.batch.cluster import open_cluster
from geo.batch.run import coverage_stored
from geo.batch.stored import Asked
from geo.db import make_engine
from geo.db.embedded import embedded
from geo.migrations import migrate

DAY = date(2026, 6, 1)
SITES = 5_000
RADIUS_M = 500.0
CITY = "320400000000"
WEST, SOUTH, SIDE = 119.3, 31.2, 1.0
DISTRICTS = 4


def fill(url: str, cells: int) -> None:
    """A city of square districts with so many cells and 5 000 canteens in it."""
    random = np.random.default_rng(7)
    with psycopg.connect(url.replace("+psycopg", ""), options="-c search_path=atlas,public") as at:
        at.execute("TRUNCATE demand_cell, facility, admin_unit, coverage_run CASCADE")
        at.execute(
            """INSERT INTO admin_unit (code, name, level, unit_type, parent_code, geom,
                geometry_note, validity, is_published, source)
            VALUES (%s, '示例市', 2, '地级市', NULL, NULL, 'none', '(,)', true, 'benchmark')""",
            [CITY],
        )
        width = SIDE / DISTRICTS
        for i in range(DISTRICTS):
            at.execute(
                """INSERT INTO admin_unit (code, name, level, unit_type, parent_code, geom,
                    validity, is_published, source)
                VALUES (%s, %s, 3, '区', %s, ST_Multi(ST_MakeEnvelope(%s, %s, %s, %s, 4490)),
                    '(,)', true, 'benchmark')""",
                [f"3204{i + 2:02d}000000", f"示例区{i + 1}", CITY, WEST + i * width, SOUTH,
                 WEST + (i + 1) * width, SOUTH + SIDE],
            )  # fmt: skip
        lon, lat = WEST + SIDE * random.random(cells), SOUTH + SIDE * random.random(cells)
        people = random.integers(0, 60, cells)
        with at.cursor().copy(
            "COPY demand_cell (code, admin_code, geom, people_total, people_60, people_65, "
            "people_80, basis, base_year, source, is_synthetic) FROM STDIN"
        ) as into:
            for i in range(cells):
                n = int(people[i])
                district = min(int((lon[i] - WEST) / width), DISTRICTS - 1)
                into.write_row((
                    f"C{i}", f"3204{district + 2:02d}000000", f"SRID=4490;POINT({lon[i]} {lat[i]})",
                    4 * n, n, n // 2, n // 4, "resident", 2020, "benchmark", True,
                ))  # fmt: skip
        with at.cursor().copy(
            "COPY facility (code, name, kinds, state, geom, validity, is_published, source, "
            "is_synthetic) FROM STDIN"
        ) as into:
            for i in range(SITES):
                x, y = WEST + SIDE * random.random(), SOUTH + SIDE * random.random()
                into.write_row((
                    f"F{i}", f"示例食堂{i}", "{canteen}", "open", f"SRID=4490;POINT({x} {y})",
                    "(,)", True, "benchmark", True,
                ))  # fmt: skip
        at.commit()
        at.execute("ANALYZE demand_cell, facility, admin_unit")
        at.commit()


def one_run(url: str, way: str) -> dict[str, Any]:
    """Compute and store once; answer seconds, megabytes and counts."""
    if way == "service":
        began = time.perf_counter()
        with Session(make_engine(url)) as session:
            found = coverage(
                session, city=CITY, kind="canteen", radius_m=RADIUS_M, on=DAY, store=True
            ).total
            session.commit()
        counts = [found.people_60, found.covered_60]
        seconds = time.perf_counter() - began
    else:
        asked = Asked("canteen", DAY)
        with tempfile.TemporaryDirectory() as out:
            if way == "batch":
                began = time.perf_counter()
                made = coverage_stored(url, asked, radius_m=RADIUS_M, out=Path(out))
                seconds = time.perf_counter() - began
            else:
                with open_cluster(2) as client:
                    client.run(__import__, "geo.batch.run")
                    began = time.perf_counter()
                    made = coverage_stored(
                        url, asked, radius_m=RADIUS_M, client=client, cut=0.25, out=Path(out)
                    )
                    seconds = time.perf_counter() - began
            counts = [float(made.people.sum()), float(made.covered.sum())]
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = sum(resource.getrusage(one).ru_maxrss for one in who) / 1024
    return {"seconds": seconds, "peak_mb": peak, "counts": counts}


def in_child(url: str, way: str) -> dict[str, Any]:
    """A run in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.access.city", "--way", way, "--url", url]
    load = os.getloadavg()[0]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer | {"load": load}


WAYS = ("batch", "batch, 2 workers", "service")


def measure(url: str, sizes: list[int], runs: int) -> None:
    """Every size by every way; then the exponents."""
    taken: dict[str, list[tuple[int, float]]] = {way: [] for way in WAYS}
    for cells in sizes:
        fill(url, cells)
        counts = []
        for way in WAYS:
            done = []
            for _ in range(runs):
                with create_engine(url).begin() as connection:
                    connection.execute(text("TRUNCATE atlas.coverage_run CASCADE"))
                done.append(in_child(url, way))
            seconds = median(run["seconds"] for run in done)
            taken[way].append((cells, seconds))
            counts += [run["counts"] for run in done]
            print(
                f"{cells:>9} cells × {SITES}, {way:<16} {seconds:7.2f} s, "
                f"{max(run['peak_mb'] for run in done):6.0f} MB, load "
                f"{max(run['load'] for run in done):.1f}",
                flush=True,
            )
        assert all(count == counts[0] for count in counts), f"the same people by every way {counts}"
    for way in WAYS:
        (fewest, fast), (most, slow) = taken[way][0], taken[way][-1]
        if most > fewest:
            exponent = math.log(slow / fast) / math.log(most / fewest)
            print(f"{way}: growth exponent {exponent:.2f} from {fewest} to {most} (≤ 1.1)")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cells", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--way", help=argparse.SUPPRESS)
    options.add_argument("--url", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.way:
        print(json.dumps(one_run(chosen.url, chosen.way)))
        return
    with tempfile.TemporaryDirectory(prefix="minzheng-atlas-city-") as folder:
        Path(folder).chmod(0o755)
        with embedded(Path(folder) / "home", what="benchmarks/access/city.py") as running:
            migrate(running.database.owner_url)
            measure(running.database.owner_url, chosen.cells, chosen.runs)


if __name__ == "__main__":
    main()
