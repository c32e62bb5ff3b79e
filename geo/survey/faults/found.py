"""What is told about one place at which areas or lines do not fit, or are merely unusual?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import shapely

from geo.loaders.shapes import area_m2
from geo.survey.lines import GRS80
from geo.survey.topology.units import Units

Kind = Literal[
    "self_crossing",
    "invalid",
    "dangling",
    "same_code",
    "overlap",
    "gap",
    "sliver",
    "hole",
    "crossing",
    "enclave",
]
KIND_ZH: dict[Kind, str] = {
    "self_crossing": "自相交",
    "invalid": "图形无效",
    "dangling": "悬挂线",
    "same_code": "两侧同码",
    "overlap": "重叠",
    "gap": "空隙",
    "sliver": "碎面",
    "hole": "空洞",
    "crossing": "界线交叉",
    "enclave": "飞地",
}
KIND_EN: dict[Kind, str] = {
    "self_crossing": "self-crossing",
    "invalid": "invalid polygon",
    "dangling": "dangling line",
    "same_code": "same code on both sides",
    "overlap": "overlap",
    "gap": "gap",
    "sliver": "sliver",
    "hole": "hole",
    "crossing": "lines cross without a node",
    "enclave": "enclave",
}
"""What the kinds are called. An enclave is a fact to know of and no fault."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One place. codes, names: the units or lines concerned, the first the one that would change.

    area_m2, length_m: on the ellipsoid of CGCS2000 (量算值), None where the kind has none. place:
    geometry in degrees. suggestion: a repair in words; repair: its geometry, None where words must
    do. Nothing is ever repaired unasked.
    """

    kind: Kind
    codes: tuple[str, ...]
    names: tuple[str, ...]
    area_m2: float | None
    length_m: float | None
    place: Any
    suggestion_zh: str
    suggestion_en: str
    repair: Any = None

    @property
    def is_fault(self) -> bool:
        """Whether something is wrong; enclaves are listed as such."""
        return self.kind != "enclave"

    @property
    def size(self) -> str:
        """Area or length as people write it."""
        if self.area_m2 is not None:
            big = self.area_m2 >= 1000
            return f"{self.area_m2 / 1e4:.2f} 公顷" if big else f"{self.area_m2:.1f} 平方米"
        return "–" if self.length_m is None else f"{self.length_m:.1f} 米"


def about(units: Units, places: Sequence[int]) -> dict[str, tuple[str, ...]]:
    """Codes and names of some units, as a finding holds them."""
    return {
        "codes": tuple(units.codes[i] for i in places),
        "names": tuple(units.names[i] for i in places),
    }


def width_m(shape: Any) -> float:
    """The mean width of a polygon: twice its area through its perimeter, in metres."""
    around = sum(
        abs(GRS80.geometry_length(ring)) for ring in shapely.get_rings(shapely.get_parts(shape))
    )
    return 2 * area_m2(shape) / around if around else 0.0


def line_length_m(line: Any) -> float:
    """The geodesic length of a line in metres."""
    return float(abs(GRS80.geometry_length(line)))
