"""Which polygons do boundary lines enclose, by the codes on their left and right?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import BadArray, BadInput, both
from geo.survey.topology.rings import Floats, Ints, numbered
from geo.survey.topology.units import Shapes

_ROUNDING = 1e-9
"""Share of its area by which a unit may differ from what its directed lines enclose."""


@dataclass(frozen=True, slots=True, eq=False)
class Rebuilt:
    """Units made of lines: their codes in order, and a MultiPolygon (degrees) for each."""

    codes: tuple[str, ...]
    shapes: Shapes


def polygons_from_lines(
    lines: Shapes, left: Sequence[str | None], right: Sequence[str | None]
) -> Rebuilt:
    """Put the polygon of each unit together from the lines that name it.

    lines: LineStrings or MultiLineStrings in degrees with common vertices where they meet; left,
    right: the code on each side, None for unknown ground. The border of a unit is every line that
    has it on just one side; what lies inside follows by the even–odd rule, so holes, enclaves and
    detached parts come back; no vertex is lost. Raises BadInput where the lines of a unit do not
    close, with the place, or where left and right contradict their direction.
    """
    if not len(lines) == len(left) == len(right):
        raise BadArray(
            both("界线与两侧代码的个数不一致。", "lines and their sides differ in number"),
            parameter="left",
        )
    parts, of_line = shapely.get_parts(lines, return_index=True)
    codes = sorted({code for code in (*left, *right) if code is not None})
    place = {code: at for at, code in enumerate(codes)}
    sides = np.array([[place.get(code or "", -1) for code in side] for side in (left, right)])
    on_left, on_right = sides.reshape(2, -1)[:, of_line]
    parting = on_left != on_right
    piece = np.concatenate([np.flatnonzero(parting & (s >= 0)) for s in (on_left, on_right)])
    turn = np.repeat([1.0, -1.0], [np.sum(parting & (s >= 0)) for s in (on_left, on_right)])
    unit = np.where(turn > 0, on_left[piece], on_right[piece])
    _check_closed(parts[piece], unit, codes)
    order = np.argsort(unit, kind="stable")
    borders = shapely.multilinestrings(parts[piece][order], indices=unit[order])
    shapes = _multipolygons(shapely.build_area(borders))
    _check_sides(parts[piece], unit, turn, shapes, codes)
    return Rebuilt(tuple(codes), shapes)


def _multipolygons(shapes: Shapes) -> Shapes:
    pieces, owner = shapely.get_parts(shapes, return_index=True)
    made = np.full(len(shapes), shapely.MultiPolygon(), dtype=object)
    shapely.multipolygons(pieces, indices=owner, out=made)
    return made


def _check_closed(pieces: Shapes, unit: Ints, codes: list[str]) -> None:
    """Every point at which pieces of a unit end must end an even number of them."""
    ends = np.concatenate([_ends(pieces, 0), _ends(pieces, -1)])
    owner = np.tile(unit, 2)
    meeting = owner * np.int64(len(ends) + 1) + numbered(ends) if len(ends) else owner
    _, first, times = np.unique(meeting, return_index=True, return_counts=True)
    open_at = first[times % 2 == 1]
    if len(open_at):
        lon, lat = ends[open_at[0]]
        code = codes[int(owner[open_at[0]])]
        raise BadInput(
            both(
                f"单位 {code} 的界线在 {lon:.6f}, {lat:.6f} 处不闭合（共 {len(open_at)} 处断开）。",
                f"the lines of {code} do not close at {lon:.6f}, {lat:.6f} ({len(open_at)} loose "
                "ends in all)",
            ),
            parameter="lines",
        )


def _check_sides(
    pieces: Shapes, unit: Ints, turn: Floats, shapes: Shapes, codes: list[str]
) -> None:
    """The signed areas of a unit's directed pieces must add up to its area (Green's theorem)."""
    xy, owner = shapely.get_coordinates(pieces, return_index=True)
    middle = xy.mean(axis=0) if len(xy) else 0.0
    x, y = (xy - middle).T
    inside = owner[1:] == owner[:-1]
    swept = ((x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)[inside]
    per_piece = np.bincount(owner[:-1][inside], weights=swept, minlength=len(pieces)) * turn
    total = np.bincount(unit, weights=per_piece, minlength=len(codes))
    area = shapely.area(shapes)
    wrong = np.flatnonzero(np.abs(total - area) > _ROUNDING * np.maximum(area, area.mean()))
    if len(wrong):
        named = ", ".join(codes[i] for i in wrong[:5])
        raise BadInput(
            both(
                f"{len(wrong)} 个单位的左右侧与界线走向不符：{named}；请核对左右侧代码。",
                f"left and right do not fit the direction of the lines of {named}",
            ),
            parameter="left",
        )


def _ends(pieces: Shapes, which: int) -> NDArray[np.float64]:
    return shapely.get_coordinates(shapely.get_point(pieces, which))
