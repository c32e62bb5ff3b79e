"""How long does a city take from PostGIS to a stored result, and how does that grow?

Run `.venv/bin/python -m benchmarks.access.city [--cells 10000 100000 1000000] [--runs 3]`: a
made-up city of that many cells, 5 000 canteens and a net of 200 000 stretches of road (`--edges`),
radius 500 m, by straight lines and on foot. Two ways for each:

- batch: `geo.batch.run.coverage_stored` reads people, facilities and roads from PostGIS piece by
  piece (in this process, and with two workers) and writes a Parquet file per piece and the summary;
- service: `geo.access.coverage.coverage(store=True)` on the same data, kept in `coverage_run`.

All ways by line must cover the same people, and so must batches on foot; the service snaps on one
plane for the whole city and batches on one a tile, micrometres apart, so that it may differ by the
people of a cell or two at the very edge of the radius. Every run is a process of its own; its
peak memory (and that of the larger of its workers, without the database) and the machine's load are
told. On foot a first run that nobody counts puts compiled code on disk. The exponent is that of
seconds from the smallest city to the largest.
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
from geo.access.radius.distance import CGCS2000
from geo.batch.cluster import open_cluster
from geo.batch.run import coverage_stored
from geo.batch.stored import Asked
from geo.db import make_engine
from geo.db.embedded import embedded
from geo.migrations import migrate

MODULE = "geo.batch.run"
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


def pave(url: str, edges: int) -> None:
    """A bent net of streets over the city, of about so many stretches between junctions."""
    random = np.random.default_rng(8)
    side = round(math.sqrt(edges / 2))
    step = SIDE / side
    lon, lat = np.meshgrid(WEST + step * np.arange(side), SOUTH + step * np.arange(side))
    lon, lat = (at + random.uniform(-step / 5, step / 5, at.shape) for at in (lon, lat))
    node = np.arange(side * side).reshape(side, side)
    tails = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    heads = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    x, y = lon.ravel(), lat.ravel()
    metres = CGCS2000.inv(x[tails], y[tails], x[heads], y[heads])[2]
    with psycopg.connect(url.replace("+psycopg", ""), options="-c search_path=atlas,public") as at:
        at.execute("TRUNCATE road_edge")
        with at.cursor().copy(
            "COPY road_edge (network, code, from_node, to_node, length_m, walkable, geom, source, "
            "is_synthetic) FROM STDIN"
        ) as into:
            for i, (a, b) in enumerate(zip(tails.tolist(), heads.tolist(), strict=True)):
                into.write_row((
                    "town", f"E{i}", f"N{a}", f"N{b}", metres[i], True,
                    f"SRID=4490;LINESTRING({x[a]} {y[a]},{x[b]} {y[b]})", "benchmark", True,
                ))  # fmt: skip
        at.commit()
        at.execute("ANALYZE road_edge")
        at.commit()
    print(f"{tails.size} stretches of road, {step * 111_000:.0f} m from junction to junction")


def one_run(url: str, way: str) -> dict[str, Any]:
    """Compute and store once; answer seconds, megabytes and counts."""
    place, measure = way.split(", ")
    if place == "service":
        began = time.perf_counter()
        with Session(make_engine(url)) as session:
            found = coverage(
                session, city=CITY, kind="canteen", radius_m=RADIUS_M, on=DAY, measure=measure,
                store=True,
            ).total  # fmt: skip
            session.commit()
        counts = [found.people_60, found.covered_60]
        seconds = time.perf_counter() - began
    else:
        asked: dict[str, Any] = {"radius_m": RADIUS_M, "measure": measure}
        with tempfile.TemporaryDirectory() as out:
            if place == "batch":
                began = time.perf_counter()
                made = coverage_stored(url, Asked("canteen", DAY), **asked, out=Path(out))
                seconds = time.perf_counter() - began
            else:
                with open_cluster(2) as client:
                    client.run(__import__, "geo.batch.foot" if measure == "walk" else MODULE)
                    began = time.perf_counter()
                    made = coverage_stored(
                        url, Asked("canteen", DAY), **asked, client=client, cut=0.25, out=Path(out)
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


APART = {"line": 0.0, "walk": 1e-5}
PLACES = ("batch", "batch of two workers", "service")


def measure(url: str, sizes: list[int], runs: int, measures: list[str]) -> None:
    """Every size by every way; then the exponents."""
    taken: dict[str, list[tuple[int, float]]] = {}
    if "walk" in measures:
        fill(url, 1000)
        in_child(url, "batch, walk")
    for cells in sizes:
        fill(url, cells)
        for how in measures:
            counts = []
            for way in [f"{place}, {how}" for place in PLACES]:
                done = []
                for _ in range(runs):
                    with create_engine(url).begin() as connection:
                        connection.execute(text("TRUNCATE atlas.coverage_run CASCADE"))
                    done.append(in_child(url, way))
                seconds = median(run["seconds"] for run in done)
                taken.setdefault(way, []).append((cells, seconds))
                counts += [run["counts"] for run in done]
                print(
                    f"{cells:>9} cells × {SITES}, {way:<26} {seconds:7.2f} s, "
                    f"{max(run['peak_mb'] for run in done):6.0f} MB, load "
                    f"{max(run['load'] for run in done):.1f}, covered {counts[-1][1]:.0f}",
                    flush=True,
                )
            off = [abs(one[1] / counts[0][1] - 1) for one in counts]
            assert all(one[0] == counts[0][0] for one in counts), f"the same people: {counts}"
            assert max(off) <= APART[how], f"the same people covered: {counts}"
    for way, found in taken.items():
        (fewest, fast), (most, slow) = found[0], found[-1]
        if most > fewest:
            exponent = math.log(slow / fast) / math.log(most / fewest)
            print(f"{way}: growth exponent {exponent:.2f} from {fewest} to {most} (≤ 1.1)")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cells", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--edges", type=int, default=200_000)
    options.add_argument("--measures", nargs="+", default=["line", "walk"])
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
            url = running.database.owner_url
            pave(url, chosen.edges)
            measure(url, chosen.cells, chosen.runs, chosen.measures)


if __name__ == "__main__":
    main()
