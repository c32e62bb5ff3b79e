"""Do boundary lines end in the air, cross without a node, or name one unit on both sides?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from geo.survey.faults.found import Finding, line_length_m
from geo.survey.lines import GRS80
from geo.survey.topology.rings import numbered
from geo.survey.topology.units import Shapes


def line_faults(
    lines: Shapes, names: Sequence[str], left: Sequence[str | None], right: Sequence[str | None]
) -> list[Finding]:
    """What is wrong with boundary lines: LineStrings or MultiLineStrings in degrees.

    names tell the lines apart for the reader; left, right: codes on the sides, None unknown.
    """
    found = _same_on_both_sides(lines, names, left, right)
    found += _crossing_themselves(lines, names)
    found += _crossing(lines, names)
    return found + _dangling(lines, names)


def _same_on_both_sides(
    lines: Shapes, names: Sequence[str], left: Sequence[str | None], right: Sequence[str | None]
) -> list[Finding]:
    return [
        Finding(
            "same_code", (str(left[at]),), (names[at],), None, line_length_m(line), line,
            "界线两侧代码相同：改正一侧代码，或删除这条界线",
            "both sides name one unit: correct one, or remove the line",
        )
        for at, line in enumerate(lines)
        if left[at] is not None and left[at] == right[at]
    ]  # fmt: skip


def _crossing_themselves(lines: Shapes, names: Sequence[str]) -> list[Finding]:
    found = []
    for at in np.flatnonzero(~shapely.is_simple(lines)).tolist():
        parts = shapely.get_parts(shapely.node(lines[at]))
        ends = np.concatenate([_ends(parts, 0), _ends(parts, -1)])
        _, first, times = np.unique(numbered(ends), return_index=True, return_counts=True)
        spots = shapely.MultiPoint(ends[first[times >= 3]])
        found.append(Finding(
            "self_crossing", (), (names[at],), None, line_length_m(lines[at]), spots,
            "界线与自身相交：核对顶点次序，去掉多余的环",
            "the line crosses itself: check its vertices",
        ))  # fmt: skip
    return found


def _crossing(lines: Shapes, names: Sequence[str]) -> list[Finding]:
    one, other = shapely.STRtree(lines).query(lines, predicate="crosses")
    found = []
    for i, j in zip(one.tolist(), other.tolist(), strict=True):
        if i < j:
            spots = shapely.intersection(lines[i], lines[j])
            found.append(Finding(
                "crossing", (), (names[i], names[j]), None, None, spots, repair=spots,
                suggestion_zh="两条界线交叉而无公共端点：在交点处打断，或核对走向",
                suggestion_en="two lines cross without a common end: cut both there, or check them",
            ))  # fmt: skip
    return found


def _dangling(lines: Shapes, names: Sequence[str]) -> list[Finding]:
    """Ends that no other line shares; how far the nearest vertex of another line is."""
    pieces, owner = shapely.get_parts(lines, return_index=True)
    ends = np.concatenate([_ends(pieces, 0), _ends(pieces, -1)])
    line = np.tile(owner, 2)
    number = numbered(ends) if len(ends) else np.zeros(0, dtype=np.int64)
    loose = np.flatnonzero(np.bincount(number)[number] == 1)
    tree = shapely.STRtree(lines)
    found = []
    for at in loose:
        end = shapely.Point(ends[at])
        near, way = _nearest_other(tree, lines, int(line[at]), end)
        words = f"最近的其他界线在 {way:.1f} 米处，请核对后相接" if near is not None else "请核对"
        found.append(Finding(
            "dangling", (), (names[line[at]],), None, way, end, repair=near,
            suggestion_zh=f"界线端点悬空：{words}；若对侧资料不全则属正常",
            suggestion_en="the line ends in the air: join it to the nearest, unless the lines "
            "beyond were not given",
        ))  # fmt: skip
    return found


def _nearest_other(
    tree: shapely.STRtree, lines: Shapes, own: int, end: Any
) -> tuple[Any, float | None]:
    """The nearest point on another line, and how far it is in metres; None where there is none."""
    candidates = tree.query_nearest(end, all_matches=True)
    others = [int(i) for i in candidates if i != own]
    if not others:
        rest = [i for i in range(len(lines)) if i != own]
        if not rest:
            return None, None
        others = [min(rest, key=lambda i: float(shapely.distance(end, lines[i])))]
    near = shapely.get_point(shapely.shortest_line(end, lines[others[0]]), -1)
    return near, float(GRS80.inv(end.x, end.y, near.x, near.y)[2])


def _ends(pieces: Shapes, which: int) -> Any:
    return shapely.get_coordinates(shapely.get_point(pieces, which))
