"""Which rows of a file with geometry are points, for kinds that need a position?"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely

from geo.loaders.personal import safe_file_name
from geo.loaders.reading.drafts import refused
from geo.loaders.report import Problem
from geo.loaders.tables import LON, Row, Table

_POINT = 0


def part_points(table: Table, path: Path) -> tuple[Table, list[tuple[Row, Problem]]]:
    """The table without the rows that are lines or areas, and those rows, each with the reason.

    Rows without geometry stay: their position is missing, or stands in other columns. Raises
    DeliveryRefused when no row is a point, or none can be read.
    """
    if table.geometry is None:
        return table, []
    types = shapely.get_type_id(table.geometry)
    told = [table.faults.get(row.number) for row in table.rows]
    lost = [n for n, kind in enumerate(types.tolist()) if kind > _POINT or told[n]]
    names = Counter(shape.geom_type for shape in table.geometry[types > _POINT])
    if names and LON not in table.columns:
        shown = ", ".join(f"{name} {count}" for name, count in names.most_common())
        raise refused(
            safe_file_name(path.name),
            f"几何是 {shown}，不是点；设施需要点，请交付点图层或经纬度列。",
            f"its geometry is {shown}: facilities need points.",
        )
    if len(lost) == len(table.rows) and lost and LON not in table.columns:
        first = next(text for text in told if text)
        raise refused(
            safe_file_name(path.name),
            f"全部 {len(lost)} 个点都读不出，第一个：{first}；请重新导出。",
            f"none of its {len(lost)} points can be read, the first: {first}; export it again.",
        )
    parted = []
    for n in lost:
        row, why = table.rows[n], told[n]
        if why is None:
            name = table.geometry[n].geom_type
            why = f"几何是 {name}，需要点 · the geometry is a {name}, a point is needed"
        parted.append((row, Problem(row.number, "geometry", None, "geometry_type", why)))
    gone = np.zeros(len(table.rows), dtype=bool)
    gone[lost] = True
    rows = [row for row, is_gone in zip(table.rows, gone.tolist(), strict=True) if not is_gone]
    return replace(table, rows=rows, geometry=table.geometry[~gone]), parted
