"""How do features (cells and a geometry each) become rows with positions, heights and faults?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.loaders.reading.drafts import (
    Draft,
    number_text,
    oversized,
    refuse_too_long,
    refuse_too_wide,
)
from geo.loaders.report import Problem
from geo.loaders.tables import HEIGHT, LAT, LON, Row

Shapes = NDArray[np.object_]
_POINT, _MULTIPOINT, _COLLECTION = 0, 4, 7
NOT_FINITE = "坐标不是有限的数 · coordinates are no finite numbers"
NO_SHAPE = "几何无法读取 · the geometry cannot be read"


def shapes_of_wkb(wkb: Iterable[bytes | None]) -> tuple[Shapes, dict[int, str]]:
    """Geometries of well-known binary, and by index why one of them cannot be read."""
    raw = np.empty(0, dtype=object)
    raw = np.array([*wkb, None], dtype=object)[:-1]
    made = np.asarray(shapely.from_wkb(raw, on_invalid="ignore"), dtype=object)
    lost = [n for n, geometry in enumerate(made) if geometry is None and raw[n] is not None]
    return made, dict.fromkeys(lost, NO_SHAPE)


def with_shapes(
    name: str,
    columns: list[str],
    cells: list[list[str]],
    shapes: Shapes,
    *,
    faults: dict[int, str] | None = None,
    positions: dict[int, tuple[str, str]] | None = None,
) -> Draft:
    """Rows of `cells`, one per shape, with `LON`, `LAT` and `HEIGHT` where the shapes have them.

    `faults` says by index why a shape is None; `positions` gives the text of points exactly as it
    was delivered. A geometry whose numbers are not finite is taken away and named as a fault.
    """
    refuse_too_wide(name, len(columns))
    refuse_too_long(name, len(cells))
    shapes, faults = _only_finite(_single_points(shapes), dict(faults or {}))
    texts = _positions(shapes, positions or {})
    heights, has_ranges = _heights(shapes)
    notes = []
    if heights:
        columns = [HEIGHT, *columns]
        cells = [[heights.get(n, ""), *row] for n, row in enumerate(cells)]
        notes.append("高程另存为一列 · heights are kept in a column of their own")
    if has_ranges:
        notes.append(
            "线和面的高程只记最低和最高 · of a shape's heights the lowest and highest are kept"
        )
    if texts:
        columns = [LON, LAT, *columns]
        cells = [[*texts.get(n, ("", "")), *row] for n, row in enumerate(cells)]
    draft = Draft(columns, [], notes=notes)
    kept = []
    rows: list[Row] = []
    for n, row in enumerate(cells):
        problem = oversized(n + 1, columns, row)
        if problem:
            draft.unreadable.append(problem)
        else:
            kept.append(n)
            rows.append(Row(n + 1, row))
    draft.rows = rows
    draft.geometry = np.asarray(shapely.force_2d(shapes), dtype=object)[kept]
    draft.faults = {n + 1: fault for n, fault in faults.items()}
    return draft


def _single_points(shapes: Shapes) -> Shapes:
    """A collection of just one geometry is that geometry, one of just one point that point."""
    single = shapely.get_num_geometries(shapes) == 1
    many = np.isin(shapely.get_type_id(shapes), (_MULTIPOINT, _COLLECTION)) & single
    while many.any():
        shapes = shapes.copy()
        shapes[many] = shapely.get_geometry(shapes[many], 0)
        single = shapely.get_num_geometries(shapes) == 1
        many = np.isin(shapely.get_type_id(shapes), (_MULTIPOINT, _COLLECTION)) & single
    return shapes


def _only_finite(shapes: Shapes, faults: dict[int, str]) -> tuple[Shapes, dict[int, str]]:
    coordinates, of = shapely.get_coordinates(shapes, return_index=True)
    broken = np.unique(of[~np.isfinite(coordinates).all(axis=1)])
    empty = np.flatnonzero(shapely.is_empty(shapes))
    if broken.size or empty.size:
        shapes = shapes.copy()
        shapes[broken] = None
        shapes[empty] = None
        faults.update(dict.fromkeys(broken.tolist(), NOT_FINITE))
    return shapes, faults


def _positions(shapes: Shapes, given: dict[int, tuple[str, str]]) -> dict[int, tuple[str, str]]:
    """The text of each point's two coordinates: as delivered, else the shortest that is exact."""
    texts = dict(given)
    for n in np.flatnonzero(shapely.get_type_id(shapes) == _POINT).tolist():
        if n not in texts:
            point: Any = shapes[n]
            texts[n] = (number_text(point.x), number_text(point.y))
    return texts


def _heights(shapes: Shapes) -> tuple[dict[int, str], bool]:
    """Heights by index, and whether any is a range; all zero means that there are none."""
    solid = np.flatnonzero(shapely.has_z(shapes))
    if not solid.size:
        return {}, False
    coordinates, of = shapely.get_coordinates(shapes[solid], include_z=True, return_index=True)
    z = coordinates[:, 2]
    known = np.isfinite(z)
    if not np.any(z[known]):
        return {}, False
    low = np.full(solid.size, np.inf)
    high = np.full(solid.size, -np.inf)
    np.minimum.at(low, of[known], z[known])
    np.maximum.at(high, of[known], z[known])
    found = {}
    for n, bottom, top in zip(solid.tolist(), low.tolist(), high.tolist(), strict=True):
        if bottom == top:
            found[n] = number_text(top)
        elif bottom < top:
            found[n] = f"{number_text(bottom)}/{number_text(top)}"
    return found, any("/" in text for text in found.values())


def no_feature(number: int, what: str) -> Problem:
    """An entry that is no feature at all."""
    return Problem(number, "geometry", None, "geometry_type", what)
