"""How much faster is Gaussian 2SFCA here than with PySAL access: 5 000 × 500, 250 000 pairs?

Run `.venv/bin/python benchmarks/access/floating.py [runs]`. Both get the same pairs and the same
decay and take turns; printed are the medians, their ratio, and the largest relative difference of
the results. PySAL's time is that of its function alone, its tables are made before.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
from access import fca
from scipy import sparse

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from geo.access.floating import floating_catchment

RADIUS = 1000.0


def gaussian(cost: float | np.ndarray) -> float | np.ndarray:
    edge = np.exp(-0.5)
    return (np.exp(-0.5 * (cost / RADIUS) ** 2) - edge) / (1 - edge)


def main(runs: int) -> None:
    chance = np.random.default_rng(0)
    chosen = chance.choice(5000 * 500, 250_000, replace=False)
    demand_of, supply_of = np.divmod(np.sort(chosen), 500)
    costs = chance.uniform(0, RADIUS, chosen.size)
    matrix = sparse.csr_array((costs, (demand_of, supply_of)), shape=(5000, 500))
    demand, supply = chance.integers(100, 1000, 5000), chance.integers(10, 200, 500)
    tables = {
        "demand_df": pd.DataFrame({"demand": demand}),
        "supply_df": pd.DataFrame({"supply": supply}),
        "cost_df": pd.DataFrame({"origin": demand_of, "dest": supply_of, "cost": costs}),
    }
    ours, plain, theirs = [], [], []
    for _ in range(runs):
        began = time.perf_counter()
        found = floating_catchment(supply, demand, matrix, radius=RADIUS, method="gaussian")
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        floating_catchment(supply, demand, matrix, radius=RADIUS, method="gaussian", decay=gaussian)
        plain.append(time.perf_counter() - began)
        began = time.perf_counter()
        peer = fca.two_stage_fca(**tables, max_cost=RADIUS, demand_index=True, weight_fn=gaussian)
        theirs.append(time.perf_counter() - began)
    expected = peer.reindex(range(5000), fill_value=0.0).to_numpy()
    apart = np.max(np.abs(found.access - expected) / np.maximum(expected, 1e-300))
    print(f"medians of {runs} runs; largest relative difference {apart:.1e}")
    print(f"{'PySAL access':<24}{median(theirs) * 1e3:9.1f} ms")
    for name, took in (("here, own decay", ours), ("here, the same callable", plain)):
        ratio = median(theirs) / median(took)
        print(f"{name:<24}{median(took) * 1e3:9.1f} ms   {ratio:6.1f} times faster (wanted: 30)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
