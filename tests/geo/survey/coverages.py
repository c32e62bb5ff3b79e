"""Which coverages do the tests of lines use? Real cities, and nets coloured at random."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from geo.survey.topology.repair import Repaired, repaired
from geo.survey.topology.units import Superior, Units, make_units

ROOT = Path(__file__).resolve().parents[3]
BEIJING = ROOT.parent / "shared/acceptance/townships/beijing_331_wgs84_raw.geojson"


def of_beijing(test: Callable[..., None]) -> Callable[..., None]:
    """Marks a test that needs the delivery of Beijing's townships."""
    skip = pytest.mark.skipif(
        not BEIJING.exists(), reason=f"not there: {BEIJING.name} (acceptance data)"
    )
    marked: Callable[..., None] = pytest.mark.acceptance(skip(test))
    return marked


@cache
def city(code: str, *, neighbours: bool = False) -> Units:
    """The districts of Changzhou (320400) or Chongqing (500000), maybe with those around them."""
    path = ROOT / "data/boundaries" / f"{code}.geojson"
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    known = {f["properties"]["code"]: f["properties"] for f in features}
    roles = ("district", "neighbour") if neighbours else ("district",)
    held = [f for f in features if f["properties"]["role"] in roles and f["geometry"]]

    def above(unit: str | None, level: int) -> Superior:
        while unit in known:
            row = known[unit]
            if row["level"] == level:
                return unit, row["name"]
            unit = row["parent"]
        return None

    superiors = {level: [above(f["properties"]["parent"], level) for f in held] for level in (1, 2)}
    return make_units(
        [f["properties"]["code"] for f in held],
        [f["properties"]["name"] for f in held],
        3,
        [shape(f["geometry"]) for f in held],
        superiors,
    )


@cache
def beijing_repaired() -> Repaired:
    """The same as `repaired` proposes them."""
    return repaired(beijing())


@cache
def beijing() -> Units:
    """331 townships as delivered, with all their faults; their row numbers are their codes."""
    features = json.loads(BEIJING.read_text(encoding="utf-8"))["features"]
    return make_units(
        [f"{number:03d}" for number in range(len(features))],
        [feature["properties"]["name"] for feature in features],
        4,
        [shape(feature["geometry"]) for feature in features],
    )


def cells(wide: int, high: int, *, seed: int = 3, step: float = 0.01) -> np.ndarray:
    """Crooked quadrilaterals that share whole edges."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(118 + np.arange(wide + 1) * step, 31 + np.arange(high + 1) * step)
    x, y = (axis + rng.uniform(-0.3, 0.3, axis.shape) * step for axis in (x, y))
    corners = np.stack([x, y], -1)
    rings = np.stack([corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], 2)
    return shapely.polygons(rings.reshape(-1, 4, 2))


def coloured(wide: int, high: int, colours: int, seed: int) -> Units:
    """Cells joined at random: units with holes, enclaves, detached and touching parts; some cells
    belong to nobody."""
    rng = np.random.default_rng(seed)
    given = cells(wide, high, seed=seed)
    colour = rng.integers(-1, colours, len(given))
    used = [one for one in range(colours) if (colour == one).any()]
    shapes = [shapely.coverage_union_all(given[colour == one]) for one in used]
    return units_of(shapes, [f"{320401 + one}" for one in used])


def units_of(shapes: Any, codes: list[str] | None = None, level: int = 3) -> Units:
    """Units named after their codes."""
    codes = codes or [f"{320401 + at}" for at in range(len(shapes))]
    return make_units(codes, [f"单位{code[-2:]}县" for code in codes], level, list(shapes))
