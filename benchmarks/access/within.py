"""How long do all nodes within 1 000 m of 500 facilities take, next to bare code and pandana?

Run `.venv/bin/python -m benchmarks.access.within [--runs 9] [--peer PYTHON]`: 200 000 nodes. The
bare peer is Dijkstra's search with a heap and a list of touched nodes, compiled, on a matrix made
before the clock starts; it checks nothing and leaves its rows unsorted. Both take turns. pandana's
`nodes_in_range` is timed without its build. Pairs and distances are compared exactly.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numba
import numpy as np

from benchmarks.access.grid import ask_peer, town
from geo.access.network import Network

LIMIT_M = 1000.0


@numba.njit(cache=True)
def bare(starts: Any, ends: Any, lengths: Any, sources: Any, limit: float, room: int) -> Any:
    distance = np.full(starts.size - 1, np.inf)
    touched = np.empty(starts.size - 1, dtype=np.int64)
    keys = np.empty(ends.size + 1)
    items = np.empty(ends.size + 1, dtype=np.int64)
    row_starts = np.zeros(sources.size + 1, dtype=np.int64)
    columns = np.empty(room, dtype=np.int64)
    values = np.empty(room)
    at = 0
    for row in range(sources.size):
        distance[sources[row]] = 0.0
        touched[0] = sources[row]
        count = 1
        keys[0], items[0] = 0.0, sources[row]
        size = 1
        while size > 0:
            here, node = keys[0], items[0]
            size -= 1
            key, item = keys[size], items[size]
            hole = 0
            while True:
                child = 2 * hole + 1
                if child >= size:
                    break
                if child + 1 < size and keys[child + 1] < keys[child]:
                    child += 1
                if keys[child] >= key:
                    break
                keys[hole], items[hole] = keys[child], items[child]
                hole = child
            keys[hole], items[hole] = key, item
            if here > distance[node]:
                continue
            for arc in range(starts[node], starts[node + 1]):
                there, end = here + lengths[arc], ends[arc]
                if there <= limit and there < distance[end]:
                    if distance[end] == np.inf:
                        touched[count] = end
                        count += 1
                    distance[end] = there
                    hole = size
                    size += 1
                    while hole > 0:
                        parent = (hole - 1) // 2
                        if keys[parent] <= there:
                            break
                        keys[hole], items[hole] = keys[parent], items[parent]
                        hole = parent
                    keys[hole], items[hole] = there, end
        for index in range(count):
            node = touched[index]
            columns[at], values[at] = node, distance[node]
            at += 1
            distance[node] = np.inf
        row_starts[row + 1] = at
    return row_starts, columns, values


def seconds(run: Callable[[], Any]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def pairs(nodes: int, source: Any, node: Any, distance: Any) -> tuple[Any, Any]:
    """Pairs as sorted numbers, and their distances in that order."""
    number = source * nodes + node
    order = np.argsort(number)
    return number[order], distance[order]


def compare(lengths: str, runs: int, peer: str | None) -> None:
    given = town(500, 400, 500, lengths)
    nodes, sources = given["x"].size, given["sources"]
    network = Network.from_edges(nodes, given["tails"], given["heads"], given["lengths"])
    arcs = (network.arcs.starts, network.arcs.ends.astype(np.int64), network.arcs.lengths)
    found = network.within(sources, LIMIT_M)  # compiled here
    plain = bare(*arcs, sources, LIMIT_M, found.nnz)
    row = np.repeat(np.arange(sources.size), np.diff(found.indptr))
    ours_pairs = pairs(nodes, row, found.indices, found.data)
    bare_pairs = pairs(nodes, np.repeat(np.arange(sources.size), np.diff(plain[0])), *plain[1:])
    assert all((a == b).all() for a, b in zip(ours_pairs, bare_pairs, strict=True))
    ours, ours_two, peers = [], [], []
    for _ in range(runs):
        ours.append(seconds(lambda: network.within(sources, LIMIT_M)))
        peers.append(seconds(lambda: bare(*arcs, sources, LIMIT_M, found.nnz)))
        ours_two.append(seconds(lambda: network.within(sources, LIMIT_M, workers=2)))
    one, two, plainly = (median(took) * 1e3 for took in (ours, ours_two, peers))
    print(f"{lengths} lengths, {nodes} nodes, {sources.size} facilities, {found.nnz} pairs")
    print(f"  medians of {runs}: within {one:.1f} ms, on two threads {two:.1f} ms")
    print(f"  bare {plainly:.1f} ms: within takes {one / plainly:.2f} of it (≤ 1.3)")
    if peer:
        took, answer = ask_peer(peer, "within", given | {"limit": LIMIT_M})
        position = {int(node): i for i, node in enumerate(sources)}
        source = np.array([position[int(node)] for node in answer["source"]])
        theirs = pairs(nodes, source, answer["node"], answer["distance"])
        assert (theirs[0] == ours_pairs[0]).all()
        assert np.allclose(theirs[1], ours_pairs[1], rtol=0, atol=1e-6)
        times = took["ask"] / median(ours)
        print(
            f"  pandana {took['ask']:.2f} s after {took['build']:.0f} s: {times:.0f} × ours (≥ 5)"
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=9)
    options.add_argument("--peer")
    chosen = options.parse_args()
    compare("equal", chosen.runs, None)
    compare("varied", chosen.runs, chosen.peer)


if __name__ == "__main__":
    main()
