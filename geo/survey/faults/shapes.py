"""Which polygons cross themselves or have spikes, and which codes stand on both sides of a line?"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import combinations
from typing import Any

import numpy as np
import shapely

from geo.loaders.shapes import mend
from geo.survey.faults.found import Finding, Kind, about, line_length_m
from geo.survey.topology.units import Units

_AT = re.compile(r"\[(-?[\d.e+-]+) (-?[\d.e+-]+)\]")
_WHY_ZH = {
    "Self-intersection": "边线自相交", "Ring Self-intersection": "边线自相接",
    "Hole lies outside shell": "内环在外环之外", "Nested shells": "外环相套",
    "Nested holes": "内环相套", "Interior is disconnected": "内部不连通",
    "Too few points in geometry component": "边线点数过少",
}  # fmt: skip


def self_crossings(units: Units) -> tuple[list[Finding], Units]:
    """Invalid polygons with the place and the mended shape; and the units with sound shapes.

    Their area is by how much mending changes it.
    """
    mended = mend(units.shapes)
    found = [
        Finding(
            "invalid", **about(units, [at]), area_m2=0.0, length_m=None, place=None,
            suggestion_zh="图形为空：请补交", suggestion_en="the polygon is empty: deliver it",
        )
        for at in np.flatnonzero(shapely.is_empty(units.shapes)).tolist()
    ]  # fmt: skip
    for repair in mended.repairs:
        reason = repair.reason.split("[")[0]
        spot = _AT.search(repair.reason)
        place = shapely.Point(float(spot[1]), float(spot[2])) if spot else None
        why = _WHY_ZH.get(reason, reason)
        kind: Kind = "self_crossing" if "elf-intersection" in reason else "invalid"
        found.append(
            Finding(
                kind, **about(units, [repair.index]),
                area_m2=abs(repair.after_m2 - repair.before_m2), length_m=None,
                place=place or shapely.boundary(units.shapes[repair.index]),
                suggestion_zh=f"{why}：按奇偶规则修复，面积由 {repair.before_m2 / 1e4:.2f} 变为 "
                f"{repair.after_m2 / 1e4:.2f} 公顷（量算值），请与原图核对",
                suggestion_en=f"{reason}: mend by the even–odd rule and compare with the source",
                repair=mended.shapes[repair.index],
            )
        )  # fmt: skip
    return found, units.replaced(mended.shapes)


def spikes(units: Units) -> list[Finding]:
    """Lines that a polygon runs to and fro and that enclose nothing."""
    found = []
    for index in np.flatnonzero(~shapely.is_valid(units.shapes)).tolist():
        left = shapely.get_parts(shapely.get_parts(shapely.make_valid(units.shapes[index])))
        lines = [one for one in left if one.geom_type == "LineString"]
        if not lines:
            continue
        line: Any = shapely.line_merge(shapely.MultiLineString(lines))
        found.append(
            Finding(
                "dangling", **about(units, [index]), area_m2=None, length_m=line_length_m(line),
                place=line, suggestion_zh="删除往返重合、不围成面的线段",
                suggestion_en="remove the stretch that runs to and fro and encloses nothing",
            )
        )  # fmt: skip
    return found


def same_codes(units: Units) -> list[Finding]:
    """Areas that carry one code: with the border between them, or where they lie apart."""
    by_code: dict[str, list[int]] = defaultdict(list)
    for place, code in enumerate(units.codes):
        by_code[code].append(place)
    found = []
    for places in by_code.values():
        for one, other in combinations(places, 2):
            found.append(_same_code(units, one, other))
    return found


def _same_code(units: Units, one: int, other: int) -> Finding:
    pair = units.shapes[[one, other]]
    common: Any = shapely.intersection(*shapely.boundary(pair))
    parts = [one for one in shapely.get_parts(common) if one.geom_type == "LineString"]
    line = shapely.MultiLineString([one for one in parts if not one.is_empty])
    beside = not line.is_empty
    same_name = units.names[one] == units.names[other]
    words = (
        ("两块同码同名且相接：如属同一单位请合并", "merge if they are one unit")
        if beside and same_name
        else ("两块同码：如属同一单位请合并为一个多部件图形，否则改正其中一个代码",
              "merge into one unit of several parts, or correct one of the codes")
    )  # fmt: skip
    return Finding(
        "same_code", **about(units, [one, other]), area_m2=None,
        length_m=line_length_m(line) if beside else None,
        place=line if beside else shapely.MultiPoint(list(shapely.point_on_surface(pair))),
        suggestion_zh=words[0], suggestion_en=words[1],
        repair=shapely.union(*pair) if same_name and shapely.is_valid(pair).all() else None,
    )  # fmt: skip
