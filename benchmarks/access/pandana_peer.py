"""How long does pandana take? Run by `nearest.py` and `within.py` in an environment of its own.

`PEER/python pandana_peer.py nearest|within FOLDER`: reads FOLDER/given.npz, writes found.npz and
seconds.json. The environment holds pandana and numpy; the project must not.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandana
import pandas as pd


def main(task: str, folder: Path) -> None:
    given = np.load(folder / "given.npz")
    sources = given["sources"]
    began = time.perf_counter()
    network = pandana.Network(
        pd.Series(given["x"]),
        pd.Series(given["y"]),
        pd.Series(given["tails"]),
        pd.Series(given["heads"]),
        pd.DataFrame({"metres": given["lengths"]}),
        twoway=True,
    )
    built = time.perf_counter()
    if task == "nearest":
        x, y = pd.Series(given["x"][sources]), pd.Series(given["y"][sources])
        network.set_pois("facility", maxdist=1e6, maxitems=1, x_col=x, y_col=y)
        table = network.nearest_pois(1e6, "facility", num_pois=1)
        asked = time.perf_counter()
        np.savez(folder / "found.npz", distance=table[1].to_numpy())
    else:
        table = network.nodes_in_range(sources.tolist(), float(given["limit"]))
        asked = time.perf_counter()
        column = "metres" if "metres" in table.columns else table.columns[-1]
        np.savez(
            folder / "found.npz",
            source=table["source"].to_numpy(),
            node=table["destination"].to_numpy(),
            distance=table[column].to_numpy(),
        )
    seconds = {"build": built - began, "ask": asked - built}
    (folder / "seconds.json").write_text(json.dumps(seconds))  # pandana prints as well


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
