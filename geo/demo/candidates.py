"""Which idle buildings and plots does the synthetic city offer for something new?

Most can be used; some lie in a basement, are too small or have a use that will not do, so that a
reader sees exclusions with their reasons, and some do not tell their storey or area.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import Array
from geo.demo.ground import Ground
from geo.demo.people import People

Row = dict[str, Any]
PER_MILLION = 16
_KNOWN_SINCE = date(2024, 1, 1)
_LAND = 0.22
"""Share of plots among the candidates; all others are rooms in buildings."""
_FLOORS = (
    ("1", 0.5),
    ("1-2", 0.16),
    ("2", 0.14),
    ("3", 0.06),
    ("M", 0.04),
    ("-1", 0.06),
    ("", 0.04),
)
_USES = (
    ("商业", 0.34),
    ("社区服务", 0.26),
    ("办公", 0.18),
    ("闲置校舍", 0.12),
    ("仓储", 0.06),
    ("", 0.04),
)
_PLOTS = (("社会福利用地", 0.5), ("商业用地", 0.25), ("居住用地", 0.2), ("工业用地", 0.05))
_RIGHTS = ("国有，可划拨使用", "国有，可协议出租", "街道自有", "村集体，可租用")


def make_candidates(ground: Ground, people: People, seed: int) -> list[Row]:
    """Candidate sites, each in its own cell with people; nearer to many elders, more likely."""
    rng = ground.rng(seed, 8)
    count = min(len(people), max(24, round(people.total.sum() / 1e6 * PER_MILLION)))
    weight = (people.over_60 + 0.01) ** 0.85
    cells = np.sort(rng.choice(len(people), count, replace=False, p=weight / weight.sum()))
    made = []
    for number, cell in enumerate(cells, 1):
        is_land = bool(rng.random() < _LAND)
        own = _plot(rng) if is_land else _rooms(rng)
        middle = people.xy[cell] + rng.uniform(-0.2, 0.2, 2) * people.cell_m
        made.append({
            "code": f"DEMO-{ground.key}-SITE{number:03d}",
            "name": f"示例{'规划用地' if is_land else '闲置用房'}-{number:03d}",
            **own,
            "admin_code": ground.districts[people.district[cell]].code,
            "geom": _place(ground, middle, own["area_m2"] if is_land else None),
            "validity": f"[{_KNOWN_SINCE},)",
        })  # fmt: skip
    return made


def _rooms(rng: np.random.Generator) -> Row:
    """Rooms in a building: some too small, some without a stated storey, use or area."""
    area = float(round(rng.lognormal(5.4, 0.8), -1)) or 10.0
    return {
        "candidate_kind": "idle_building",
        "floor": _drawn(_FLOORS, rng), "land_use": _drawn(_USES, rng),
        "area_m2": area if rng.random() < 0.95 else None,
        "use_right": str(rng.choice(_RIGHTS)),
        "build_cost_cny": float(round(area * rng.uniform(900, 1800), -3)),
        "capacity": max(20, round(area / 4 / 10) * 10),
    }  # fmt: skip


def _plot(rng: np.random.Generator) -> Row:
    """A plot of planned land; it has no storey."""
    area = float(round(rng.uniform(1500, 9000), -2))
    return {
        "candidate_kind": "planned_land",
        "floor": None, "land_use": _drawn(_PLOTS, rng), "area_m2": area,
        "use_right": _RIGHTS[0],
        "build_cost_cny": float(round(area * rng.uniform(1500, 2600), -4)),
        "capacity": round(area / 20 / 10) * 10,
    }  # fmt: skip


def _drawn(words: tuple[tuple[str, float], ...], rng: np.random.Generator) -> str | None:
    """One of the words by its share; the empty one is unknown."""
    names = [word for word, _ in words]
    return str(rng.choice(names, p=[share for _, share in words])) or None


def _place(ground: Ground, middle: Array, area_m2: float | None) -> BaseGeometry:
    """A point for rooms, a square of the plot's area for land; in degrees."""
    if area_m2 is None:
        return shapely.Point(ground.to_degrees(middle.reshape(1, 2))[0].round(6))
    half = area_m2**0.5 / 2
    square = shapely.box(*(middle - half), *(middle + half))
    degrees: BaseGeometry = shapely.transform(square, ground.to_degrees)
    return degrees
