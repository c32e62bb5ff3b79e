"""Which ground do two units claim, which does none claim, and which units lie apart or inside?"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from geo.loaders.adjoining import Compared, compare_neighbours
from geo.loaders.shapes import area_m2, areal
from geo.survey.faults.found import Finding, about, line_length_m, width_m
from geo.survey.topology.arcs import Arcs, misfits
from geo.survey.topology.noding import DUST_DEGREES
from geo.survey.topology.units import Units

_NEAR_DEGREES = 1e-7
_NARROW_PART = 0.001
"""A detached part this small beside its unit, and narrow, is a sliver and not an enclave."""


def overlaps_and_gaps(units: Units, *, least_m2: float, sliver_m: float) -> list[Finding]:
    """Ground with two owners, and enclosed ground with none; narrow pieces are called slivers.

    Only what is larger than `least_m2` is told; narrower than `sliver_m` on average is a sliver.
    """
    compared: Compared = compare_neighbours(units.shapes, least_m2=least_m2)
    sizes = [area_m2(shape) for shape in units.shapes] if compared.overlaps else []
    found = []
    for one in compared.overlaps:
        # What is whole must not vanish: the smaller unit keeps the ground.
        loser, keeper = sorted((one.first, one.second), key=lambda i: (-sizes[i], i))
        place = areal(shapely.intersection(*units.shapes[[one.first, one.second]]))
        is_sliver = width_m(place) < sliver_m
        found.append(Finding(
            "sliver" if is_sliver else "overlap", **about(units, [loser, keeper]),
            area_m2=one.area_m2, length_m=None, place=place, repair=place,
            suggestion_zh=f"重叠{'碎面' if is_sliver else ''}：从「{units.names[loser]}」中划去，"
            f"归面积较小的「{units.names[keeper]}」；须由双方核定",
            suggestion_en=f"overlap: cut it from {units.codes[loser]}, the larger; both sides to "
            "confirm",
        ))  # fmt: skip
    for gap in compared.gaps:
        keeper = max(gap.neighbours, key=lambda i: _common_m(gap.shape, units.shapes[i]))
        is_sliver = width_m(gap.shape) < sliver_m
        others = [i for i in gap.neighbours if i != keeper]
        found.append(Finding(
            "sliver" if is_sliver else "gap", **about(units, [keeper, *others]),
            area_m2=gap.area_m2, length_m=None, place=gap.shape, repair=gap.shape,
            suggestion_zh=f"空隙{'碎面' if is_sliver else ''}：并入共有边界最长的"
            f"「{units.names[keeper]}」；须由各方核定",
            suggestion_en=f"gap: give it to {units.codes[keeper]}, which has the longest border "
            "with it; all sides to confirm",
        ))  # fmt: skip
    return found


def contradictions(units: Units, arcs: Arcs, known: list[Finding]) -> list[Finding]:
    """Nodes at which borders contradict each other though no overlap that was told reaches there.

    Such areas have no lines; what they share is smaller than what is told.
    """
    torn = misfits(units.shapes, arcs)
    told = [one.place for one in known if one.kind in ("overlap", "sliver")]
    points: Any = shapely.points(torn.points)
    near = shapely.STRtree(told).query(points, predicate="dwithin", distance=_NEAR_DEGREES)[0]
    return [
        Finding(
            "crossing", **about(units, torn.units[at]), area_m2=None, length_m=None,
            place=points[at],
            suggestion_zh="边界在此互相穿插（重叠小于所报的最小面积）：统一两侧的顶点",
            suggestion_en="borders run through each other here by less than what is told: give "
            "both sides the same vertices",
        )
        for at in np.setdiff1d(np.arange(len(points)), near).tolist()
    ]  # fmt: skip


def _common_m(gap: Any, shape: Any) -> float:
    """How much of a gap's rim a unit bounds, in metres."""
    near = shapely.buffer(shapely.boundary(shape), 10 * DUST_DEGREES)
    return line_length_m(shapely.intersection(shapely.boundary(gap), near))


def holes(units: Units, *, least_m2: float) -> list[Finding]:
    """Ground inside one unit that nobody claims."""
    rims, owner = _hole_polygons(units)
    tree = shapely.STRtree(units.shapes)
    rim, inside = tree.query(rims, predicate="intersects")
    foreign = owner[rim] != inside
    rim, inside = rim[foreign], inside[foreign]
    common = shapely.area(shapely.intersection(rims[rim], units.shapes[inside]))
    taken = np.bincount(rim, weights=common, minlength=len(rims)) > 0
    found = []
    for at in np.flatnonzero(~taken):
        area = area_m2(rims[at])
        if area > least_m2:
            name = units.names[owner[at]]
            found.append(Finding(
                "hole", **about(units, [int(owner[at])]), area_m2=area, length_m=None,
                place=rims[at], repair=rims[at],
                suggestion_zh=f"「{name}」之内无归属的空洞：如非湖泊等例外或漏交的单位，则填补",
                suggestion_en=f"a hole of {units.codes[owner[at]]}: fill it, unless a unit is "
                "missing there",
            ))  # fmt: skip
    return found


def enclaves(units: Units, *, sliver_m: float) -> list[Finding]:
    """Detached parts that touch other units (飞地), and units that another one surrounds.

    Islands that touch nobody are none. A tiny narrow part is a sliver, and a fault.
    """
    parts, owner = shapely.get_parts(units.shapes, return_index=True)
    size = shapely.area(parts)
    whole = np.bincount(owner, weights=size, minlength=len(units))
    main = np.lexsort([np.arange(len(parts)), -size, owner])
    main = main[np.append(True, np.diff(owner[main]) > 0)[: len(main)]]
    detached = np.setdiff1d(np.arange(len(parts)), main)
    tree = shapely.STRtree(units.shapes)
    part, unit = tree.query(parts[detached], predicate="dwithin", distance=DUST_DEGREES)
    found = []
    for at, place in enumerate(detached.tolist()):
        own = int(owner[place])
        hosts = sorted({int(i) for i in unit[part == at]} - {own})
        tiny = size[place] < _NARROW_PART * whole[own] and width_m(parts[place]) < sliver_m
        if hosts or tiny:
            found.append(_part(units, parts[place], own, hosts, is_sliver=bool(tiny)))
    return found + _surrounded(units)


def _part(units: Units, part: Any, own: int, hosts: list[int], *, is_sliver: bool) -> Finding:
    around = "、".join(units.names[i] for i in hosts) or "无已知单位"
    zh = f"「{units.names[own]}」的飞地，邻接 {around}；如属实请保留"
    en = f"a detached part of {units.codes[own]}: keep it if it is real"
    if is_sliver:
        zh = f"「{units.names[own]}」的细碎部分，邻接 {around}：多为制图残留，核对后并入邻接单位"
        en = f"a narrow scrap of {units.codes[own]}: likely left over from drawing; check"
    return Finding(
        "sliver" if is_sliver else "enclave", **about(units, [own, *hosts]), area_m2=area_m2(part),
        length_m=None, place=part, suggestion_zh=zh, suggestion_en=en,
        repair=part if is_sliver else None,
    )  # fmt: skip


def _surrounded(units: Units) -> list[Finding]:
    rims, owner = _hole_polygons(units)
    rim, inside = shapely.STRtree(units.shapes).query(rims, predicate="covers")
    return [
        Finding(
            "enclave", **about(units, [unit, int(owner[at])]),
            area_m2=area_m2(units.shapes[unit]), length_m=None, place=units.shapes[unit],
            suggestion_zh=f"「{units.names[unit]}」整个位于「{units.names[owner[at]]}」之内；"
            "如属实请保留",
            suggestion_en=f"{units.codes[unit]} lies wholly inside {units.codes[owner[at]]}",
        )
        for at, unit in zip(rim.tolist(), inside.tolist(), strict=True)
    ]  # fmt: skip


def _hole_polygons(units: Units) -> tuple[Any, Any]:
    """Each interior ring as a polygon, and the unit whose it is."""
    parts, of_unit = shapely.get_parts(units.shapes, return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    is_hole = np.append(False, of_part[1:] == of_part[:-1])[: len(rings)]
    return shapely.polygons(rings[is_hole]), of_unit[of_part[is_hole]]
