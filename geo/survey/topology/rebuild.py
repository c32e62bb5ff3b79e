"""Which polygons do boundary lines enclose, by the codes on their left and right?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import BadArray, BadInput, both
from geo.survey.topology.rings import Ints, numbered, rings_of
from geo.survey.topology.units import Shapes


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
    has it on just one side; of the faces that these enclose those are its own that lie on its side
    of every edge, so holes, enclaves and detached parts come back and no vertex is lost. Raises
    BadInput where the lines of a unit do not close, with the place, or where left and right
    contradict their direction.
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
    turn = np.repeat([True, False], [np.sum(parting & (s >= 0)) for s in (on_left, on_right)])
    unit = np.where(turn, on_left[piece], on_right[piece])
    _check_closed(parts[piece], unit, codes)
    turned = np.where(turn, parts[piece], shapely.reverse(parts[piece]))
    return Rebuilt(tuple(codes), _polygons(turned, unit, codes))


def _polygons(pieces: Shapes, unit: Ints, codes: list[str]) -> Shapes:
    """Of the faces that a unit's pieces enclose those with the pieces' left sides inside."""
    order = np.argsort(unit, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(unit[order])) + 1)
    made = [shapely.get_parts(shapely.polygonize(pieces[group])) for group in groups]
    faces = np.concatenate(made) if made else np.zeros(0, dtype=object)
    owner = np.repeat(np.arange(len(made)), [len(one) for one in made])
    on_left, edges = _on_left(faces, owner, pieces, unit)
    kept = on_left == 1
    used = np.bincount(owner[kept], weights=edges[kept], minlength=len(codes))
    ends, of_piece = shapely.get_coordinates(pieces, return_index=True)
    inside = of_piece[1:] == of_piece[:-1]
    told = np.bincount(unit[of_piece[:-1][inside]], minlength=len(codes)) if len(ends) else used
    if (used != told).any():
        raise _wrong_sides([codes[i] for i in np.flatnonzero(used != told)])
    shapes = np.empty(len(codes), dtype=object)
    shapely.multipolygons(faces[kept], indices=owner[kept], out=shapes)
    return shapes


def _on_left(
    faces: Shapes, owner: Ints, pieces: Shapes, unit: Ints
) -> tuple[NDArray[np.float64], Ints]:
    """For each face the share of its edges that its unit's pieces run with it on their left."""
    if not len(faces):
        return np.zeros(0), np.zeros(0, dtype=np.int64)
    rings = rings_of(faces)
    xy, of_piece = shapely.get_coordinates(pieces, return_index=True)
    number = numbered(np.concatenate([rings.xy, xy + 0.0]))
    span = np.int64(number.max() + 1)
    mine, theirs = number[: len(rings.xy)], number[len(rings.xy) :]
    inside = of_piece[1:] == of_piece[:-1]
    runs = (unit[of_piece[:-1]] * span + theirs[:-1]) * span + theirs[1:]
    asked = (owner[rings.unit] * span + mine) * span + mine[rings.following]
    edges = np.bincount(rings.unit, minlength=len(faces))
    hit = np.bincount(rings.unit, weights=np.isin(asked, runs[inside]), minlength=len(faces))
    return hit / edges, edges


def _wrong_sides(codes: list[str]) -> BadInput:
    named = "、".join(codes[:5])
    return BadInput(
        both(
            f"{len(codes)} 个单位的左右侧与界线走向不符：{named}；请核对左右侧代码。",
            f"left and right do not fit the direction of the lines of {named}",
        ),
        parameter="left",
    )


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


def _ends(pieces: Shapes, which: int) -> NDArray[np.float64]:
    return shapely.get_coordinates(shapely.get_point(pieces, which))
