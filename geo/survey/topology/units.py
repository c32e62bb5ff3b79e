"""Which divisions does a coverage hold, with which shapes, and who stands above them?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import BadArray, both

Shapes = NDArray[np.object_]
Superior = tuple[str, str] | None
"""Code and name of a unit's superior; None where it is not known."""

LEVEL_ZH = {1: "省级", 2: "市级", 3: "县级", 4: "乡级", 5: "村级"}
"""What the levels of a line are called."""


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Divisions of one level: parallel sequences of codes, names and polygons in EPSG:4490.

    level: 1 province … 5 village. superiors: higher level → the superior of each unit there, where
    known; by them the units of a higher level are put together, and a line knows its grade.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    level: int
    shapes: Shapes
    superiors: Mapping[int, tuple[Superior, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lengths = {len(self.codes), len(self.names), len(self.shapes)}
        lengths |= {len(above) for above in self.superiors.values()}
        if len(lengths) > 1:
            raise BadArray(
                both(
                    f"代码、名称、图形的个数不一致：{sorted(lengths)}。",
                    f"codes, names, shapes and superiors differ in number: {sorted(lengths)}",
                ),
                parameter="units",
            )
        wrong = np.flatnonzero(~np.isin(shapely.get_type_id(self.shapes), (3, 6)))
        if len(wrong):
            first = int(wrong[0])
            raise BadArray(
                both(
                    f"「{self.names[first]}」{self.codes[first]} 没有面状图形。",
                    f"{self.codes[first]} is no polygon ({len(wrong)} such)",
                ),
                parameter="shapes",
            )

    def __len__(self) -> int:
        return len(self.codes)

    def replaced(self, shapes: Shapes) -> Units:
        """The same units with other shapes."""
        return Units(self.codes, self.names, self.level, shapes, self.superiors)

    def chosen(self, places: Sequence[int] | NDArray[np.intp]) -> Units:
        """Some of the units, by their places."""
        where = [int(place) for place in places]
        above = {n: tuple(row[i] for i in where) for n, row in self.superiors.items()}
        codes, names = (tuple(row[i] for i in where) for row in (self.codes, self.names))
        return Units(codes, names, self.level, self.shapes[where], above)


def make_units(
    codes: Sequence[str],
    names: Sequence[str],
    level: int,
    shapes: Sequence[Any] | Shapes,
    superiors: Mapping[int, Sequence[Superior]] | None = None,
) -> Units:
    """Units from any sequences. Raises BadArray for unequal lengths or shapes without area."""
    held = np.empty(len(shapes), dtype=object)
    held[:] = list(shapes)
    above = {n: tuple(row) for n, row in (superiors or {}).items()}
    return Units(tuple(codes), tuple(names), level, held, above)


def dissolved(units: Units, level: int) -> Units:
    """The superiors of a level, put together from their units; no vertex moves or vanishes.

    Units without a known superior fall away. Raises BadArray where no superiors of that level are
    given; the shapes must share whole edges (see `noding`).
    """
    above = units.superiors.get(level)
    if above is None:
        raise BadArray(
            both(f"没有 {LEVEL_ZH.get(level, level)}上级。", f"no superiors of level {level}"),
            parameter="level",
        )
    members: dict[tuple[str, str], list[int]] = {}
    for place, one in enumerate(above):
        if one is not None:
            members.setdefault(one, []).append(place)
    order = sorted(members)
    shapes = [shapely.coverage_union_all(units.shapes[members[one]]) for one in order]
    higher = {
        n: [row[members[one][0]] for one in order]
        for n, row in units.superiors.items()
        if n < level
    }
    return make_units([c for c, _ in order], [n for _, n in order], level, shapes, higher)


def levels_of(units: Units) -> Iterator[Units]:
    """The units themselves, then those of each higher level whose superiors are known."""
    yield units
    for level in sorted(units.superiors, reverse=True):
        if any(one is not None for one in units.superiors[level]):
            yield dissolved(units, level)
