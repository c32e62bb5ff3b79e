"""May boundary lines be derived from these areas, or would nobody know which line is meant?"""

from __future__ import annotations

from collections import Counter

import numpy as np
import shapely

from geo.errors import BadInput, both
from geo.loaders.adjoining import compare_neighbours
from geo.survey.topology.arcs import Arcs, misfits
from geo.survey.topology.units import Units


def check_units_fit_for_lines(units: Units) -> None:
    """Refuse no units at all, broken or empty polygons, and codes that repeat: BadInput."""
    if not len(units):
        raise BadInput(both("没有任何单位。", "there are no units"), parameter="units")
    broken = np.flatnonzero(~shapely.is_valid(units.shapes) | shapely.is_empty(units.shapes))
    if len(broken):
        name = units.names[int(broken[0])]
        raise BadInput(
            both(
                f"{len(broken)} 个图形自相交、为空或无效，如「{name}」；"
                "请先运行 atlas survey check 查看并改正。",
                f"{len(broken)} polygons are invalid or empty, as {name}: see atlas survey check",
            ),
            parameter="shapes",
        )
    again = [code for code, times in Counter(units.codes).items() if times > 1]
    if again:
        raise BadInput(
            both(
                f"区划代码 {again[0]} 出现多次（共 {len(again)} 个这样的代码）；请先合并或改正。",
                f"code {again[0]} is used more than once ({len(again)} such): merge or correct",
            ),
            parameter="codes",
        )


def check_borders_agree(units: Units, arcs: Arcs, most_m2: float) -> None:
    """Refuse areas that overlap by more than `most_m2`, or whose borders contradict: BadInput."""
    crossing = compare_neighbours(units.shapes, least_m2=most_m2).overlaps
    if crossing:
        pair = crossing[0]
        one, other = units.names[pair.first], units.names[pair.second]
        hectares = pair.area_m2 / 1e4
        raise BadInput(
            both(
                f"图形有重叠，无法推导界线：共 {len(crossing)} 对，最大的是「{one}」与「{other}」，"
                f"{hectares:.2f} 公顷（量算值）。请先运行 atlas survey check 查看并改正。",
                f"the areas overlap in {len(crossing)} pairs, most {one} and {other} "
                f"({hectares:.2f} ha): see atlas survey check",
            ),
            parameter="shapes",
        )
    torn = misfits(units.shapes, arcs)
    if len(torn.points):
        lon, lat = torn.points[0]
        raise BadInput(
            both(
                f"图形在 {lon:.6f}, {lat:.6f} 等 {len(torn.points)} 处互相矛盾，无法判定界线两侧；"
                "请先运行 atlas survey check 查看并改正。",
                f"sides contradict each other at {lon:.6f}, {lat:.6f} and {len(torn.points)} "
                "places in all: see atlas survey check",
            ),
            parameter="shapes",
        )
