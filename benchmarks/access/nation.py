"""How long does a nation take, in how much memory, and what is a second worker worth?

Run `.venv/bin/python -m benchmarks.access.nation [--cells 10000000] [--sites 400000] [--runs 3]`.
Made-up people in towns all over the country (most near a town's middle) and facilities spread the
same way, as two Parquet files, rows by grid cell of 0.5°. Each run is a process of its own that
starts its workers, reads the files piece by piece, measures straight lines on the ellipsoid and
writes a Parquet file per piece and a summary. Runs with one worker and with two take turns; all
must give the same counts. Memory is the sum over all its processes of what each holds alone
(proportional set size), sampled five times a second.

Two workers share the machine with whatever else runs on it, so its load is told beside each run,
and so is the processor time: of the busiest worker, and of the process that sends and adds up. What
the busiest of two needs, next to one alone, is what a second one is worth where nothing else runs;
the clock says the same on a quiet machine (load before below 0.5).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from geo.batch.cells import grid_of
from geo.batch.cluster import open_cluster
from geo.batch.run import coverage_of_files

RADIUS_M = 1000.0
TOWNS = 3000


def write_nation(folder: Path, cells: int, sites: int) -> None:
    """Two Parquet files of made-up points, by grid cell."""
    random = np.random.default_rng(20221)
    town = np.column_stack([random.uniform(75, 134, TOWNS), random.uniform(19, 52, TOWNS)])
    size = random.pareto(1.2, TOWNS) + 0.2

    def points(count: int) -> Any:
        at = random.choice(TOWNS, count, p=size / size.sum())
        made = town[at] + random.laplace(0, 0.12, (count, 2))
        order = np.argsort(grid_of(0.5).cell_of(made[:, 0], made[:, 1]), kind="stable")
        return made[order], at[order]

    made, at = points(cells)
    people = random.integers(0, 60, cells).astype(np.float64)
    county = pa.DictionaryArray.from_arrays(
        pa.array(at, pa.int32()), pa.array([f"{i:06d}" for i in range(TOWNS)])
    )
    columns = {"lon": made[:, 0], "lat": made[:, 1], "people_60": people, "county": county}
    pq.write_table(pa.table(columns), folder / "demand.parquet", row_group_size=50_000)
    made, _ = points(sites)
    pq.write_table(pa.table({"lon": made[:, 0], "lat": made[:, 1]}), folder / "sites.parquet")


def one_run(folder: Path, workers: int) -> dict[str, Any]:
    """Start workers, compute, and answer seconds and counts."""
    began = time.perf_counter()
    with open_cluster(workers) as client, tempfile.TemporaryDirectory(dir=folder) as out:
        client.run(__import__, "geo.batch.run")
        before, own = client.run(time.process_time), time.process_time()
        ready = time.perf_counter()
        made = coverage_of_files(
            folder / "demand.parquet", folder / "sites.parquet", radius_m=RADIUS_M,
            people="people_60", area="county", client=client, out=Path(out),
        )  # fmt: skip
        seconds = time.perf_counter() - ready
        own = time.process_time() - own
        busy = [after - before[at] for at, after in client.run(time.process_time).items()]
        written = sum(part.stat().st_size for part in Path(out).iterdir())
    counts = {name: made.as_json()[name] for name in ("places", "covered_places", "covered")}
    return {
        "start_s": ready - began, "seconds": seconds, "pieces": made.pieces,
        "written_mb": written / 1e6, "counts": counts, "busiest_s": max(busy), "own_s": own,
    }  # fmt: skip


def watched(folder: Path, workers: int) -> dict[str, Any]:
    """A run in a process of its own, with the peak memory of it and its workers in MB."""
    command = [sys.executable, "-m", "benchmarks.access.nation", "--one", str(workers)]
    load = os.getloadavg()[0]
    with subprocess.Popen(
        [*command, "--folder", str(folder)], stdout=subprocess.PIPE, text=True
    ) as run:
        peak = 0.0
        while run.poll() is None:
            peak = max(peak, _memory_mb(run.pid))
            time.sleep(0.2)
        said = run.stdout.read() if run.stdout else ""
    if run.returncode:
        raise SystemExit(run.returncode)
    return json.loads(said.splitlines()[-1]) | {"peak_mb": peak, "load": load}


def _memory_mb(pid: int) -> float:
    total = 0.0
    try:
        for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            total += process.memory_full_info().pss / 2**20
    except psutil.Error:
        return total
    return total


def measure(folder: Path, runs: int) -> None:
    """Runs with one and with two workers in turn, each told, then the medians."""
    taken: dict[int, list[float]] = {1: [], 2: []}
    busiest: dict[int, list[float]] = {1: [], 2: []}
    counts = []
    for _ in range(runs):
        for workers in (1, 2):
            run = watched(folder, workers)
            taken[workers].append(run["seconds"])
            busiest[workers].append(run["busiest_s"])
            counts.append(run["counts"])
            print(
                f"{workers} worker(s): {run['seconds']:6.1f} s (start {run['start_s']:.1f} s), "
                f"processor {run['busiest_s']:.1f} s of the busiest, {run['own_s']:.1f} s of the "
                f"sender, peak {run['peak_mb']:.0f} MB, {run['pieces']} pieces, "
                f"{run['written_mb']:.0f} MB written, load before {run['load']:.1f}",
                flush=True,
            )
    assert all(count == counts[0] for count in counts), "the same counts every time"
    print(f"counts {counts[0]}")
    pairs = [one / two for one, two in zip(taken[1], taken[2], strict=True)]
    print(
        f"medians {median(taken[1]):.1f} s and {median(taken[2]):.1f} s; two workers are "
        f"{median(pairs):.2f} times one (each pair: {', '.join(f'{p:.2f}' for p in pairs)}; ≥ 1.6)"
    )
    worth = median(busiest[1]) / median(busiest[2])
    print(f"by processor time of the busiest worker {worth:.2f} times; load now "
          f"{os.getloadavg()[0]:.1f}")  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cells", type=int, default=10_000_000)
    options.add_argument("--sites", type=int, default=400_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        print(json.dumps(one_run(chosen.folder, chosen.one)))
        return
    with tempfile.TemporaryDirectory(prefix="minzheng-atlas-nation-") as made:
        folder = Path(made)
        write_nation(folder, chosen.cells, chosen.sites)
        print(f"{chosen.cells} cells × {chosen.sites} facilities, {RADIUS_M:g} m", flush=True)
        measure(folder, chosen.runs)


if __name__ == "__main__":
    main()
