"""A town of square blocks for the benchmarks of networks, and their peer in another Python."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

PEER = Path(__file__).with_name("pandana_peer.py")


def town(columns: int, rows: int, facilities: int, lengths: str = "varied") -> dict[str, Any]:
    """Nodes 100 m apart, ways of whole metres (so that every sum is exact), facilities on nodes.

    lengths: varied, 80 to 160 m at random; or equal, 100 m, where ties abound.
    """
    random = np.random.default_rng(20_000)
    node = np.arange(columns * rows).reshape(rows, columns)
    tails = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    heads = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    varied = random.integers(80, 161, tails.size).astype(np.float64)
    x, y = np.meshgrid(np.arange(columns) * 100.0, np.arange(rows) * 100.0)
    return {
        "x": x.ravel(),
        "y": y.ravel(),
        "tails": tails,
        "heads": heads,
        "lengths": varied if lengths == "varied" else np.full(tails.size, 100.0),
        "sources": random.choice(columns * rows, facilities, replace=False),
    }


def ask_peer(python: str, task: str, given: dict[str, Any]) -> tuple[dict[str, float], Any]:
    """Seconds and results of pandana, run by an interpreter of its own on the same arrays."""
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder) / "given.npz", **given)
        command = [python, str(PEER), task, folder]
        subprocess.run(command, check=True, capture_output=True)
        seconds = json.loads((Path(folder) / "seconds.json").read_text())
        with np.load(Path(folder) / "found.npz") as found:
            return seconds, dict(found)
