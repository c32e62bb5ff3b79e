"""How long does the nearest facility of every node take, next to bare scipy and to pandana?

Run `.venv/bin/python -m benchmarks.access.nearest [--runs 9] [--peer PYTHON]`: 200 000 nodes and
500 facilities. Bare scipy is `dijkstra(min_only=True)` on a matrix made before the clock starts;
both take turns. PYTHON is an interpreter that has pandana (minutes); its build counts, as ours
does. Distances are compared exactly, and sources with those of a search from each of 20 facilities.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.access.grid import ask_peer, town
from geo.access.network import Network


def seconds(run: Callable[[], Any]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def compare(lengths: str, runs: int, peer: str | None) -> None:
    given = town(500, 400, 500, lengths)
    nodes = given["x"].size
    edges = (given["tails"], given["heads"], given["lengths"])
    sources = given["sources"]
    network = Network.from_edges(nodes, *edges)
    matrix = csr_array((given["lengths"], (given["tails"], given["heads"])), shape=(nodes, nodes))
    matrix = csr_array(matrix + matrix.T)
    found = network.nearest(sources)  # compiled here
    assert (found.distance_m == dijkstra(matrix, indices=sources, min_only=True)).all()
    few = network.nearest(sources[:20]).source
    assert (few == dijkstra(matrix, indices=sources[:20]).argmin(axis=0)).all()
    ours, bare, build = [], [], []
    for _ in range(runs):
        ours.append(seconds(lambda: network.nearest(sources)))
        bare.append(seconds(lambda: dijkstra(matrix, indices=sources, min_only=True)))
        build.append(seconds(lambda: Network.from_edges(nodes, *edges)))
    ratio = median(ours) / median(bare)
    print(f"{lengths} lengths, {nodes} nodes, {sources.size} facilities, medians of {runs}")
    print(f"  nearest {median(ours) * 1e3:7.1f} ms, build {median(build) * 1e3:.1f} ms")
    print(f"  bare scipy {median(bare) * 1e3:.1f} ms: nearest takes {ratio:.2f} of it (≤ 1.3)")
    if peer:
        took, answer = ask_peer(peer, "nearest", given)
        assert np.allclose(answer["distance"], found.distance_m, rtol=0, atol=1e-6)
        whole = took["build"] + took["ask"]
        times = whole / (median(build) + median(ours))
        print(f"  pandana {took['build']:.1f} + {took['ask']:.1f} s: {times:.0f} times ours (≥ 50)")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=9)
    options.add_argument("--peer")
    chosen = options.parse_args()
    compare("equal", chosen.runs, None)
    compare("varied", chosen.runs, chosen.peer)


if __name__ == "__main__":
    main()
