"""How long does `./atlas up --no-serve` take from an empty database, and the second time?

Run `.venv/bin/python benchmarks/up.py [runs]`. Both kinds of run take turns on a home of their own;
printed are the medians and their ratio, and what a bare `python -c pass` of the same interpreter
takes, to tell a slow machine from slow software.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

CHECKOUT = Path(__file__).resolve().parents[1]


def seconds(*command: str, home: Path) -> float:
    began = time.perf_counter()
    subprocess.run(
        command,
        cwd=CHECKOUT,
        env={**os.environ, "ATLAS_HOME": str(home)},
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - began


def main(runs: int) -> None:
    first, second, bare = [], [], []
    for _ in range(runs):
        home = Path(tempfile.mkdtemp(prefix="minzheng-atlas-benchmark-"))
        home.chmod(0o755)
        try:
            first.append(seconds("./atlas", "up", "--no-serve", home=home))
            second.append(seconds("./atlas", "up", "--no-serve", home=home))
            bare.append(seconds(sys.executable, "-c", "pass", home=home))
        finally:
            shutil.rmtree(home)
    ratio = median(first) / median(second)
    print(f"medians of {runs} runs; first : second = {ratio:.1f} : 1")
    for name, took in (("empty database", first), ("all there", second), ("bare Python", bare)):
        print(f"{name:<16}{median(took):8.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
