"""What does the ground look like from where people walk too far? Polygons for drawing.

Each area is laid out in squares; the middle of a square is measured on foot by the very rule of the
cells, and squares that are not reached are joined. The numbers do not depend on the drawing.
"""

from __future__ import annotations

from math import ceil, sqrt

import numpy as np
import shapely
from affine import Affine
from rasterio.features import shapes as shapes_of
from shapely.geometry import shape as as_shape
from shapely.geometry.base import BaseGeometry

from geo.access.radius.distance import Floats, Indices
from geo.access.radius.drawing import Part, parts_of_circles, polygons_of, with_cells
from geo.access.radius.ground import Ground
from geo.access.walking.walks import Walks, bracket, read

SQUARE_M = 50.0
MOST_SQUARES = 400_000
"""Squares of a large area grow, so that none has more of them than this in its box."""


def unwalked_parts(
    ground: Ground, kinds: list[str], radius_m: float, *, across_border: bool, cells: Indices
) -> list[Part]:
    """Cut every area, minus what is reached on foot, into connected parts with people.

    Parameters as `geo.access.radius.drawing.uncovered_parts`. Areas that fell back to the straight
    line are drawn by circles, those without a network not at all.
    """
    walked = ground.walked
    assert walked is not None
    parts: list[Part] = []
    own = np.array(
        [i for i, s in enumerate(ground.sites) if set(s.kinds).intersection(kinds)], dtype=np.int64
    )
    field: Floats | None = None
    for number, shape in enumerate(ground.area_shapes):
        if shape is None or walked.measured_by[number] is None:
            continue
        if walked.walks is None or walked.measured_by[number] == "line":
            parts += parts_of_circles(
                ground, kinds, radius_m, across_border=across_border, cells=cells, areas=[number]
            )
            continue
        if not across_border:
            at_home = [i for i in own if number in ground.sites[i].homes]
            field = walked.walks.field(np.array(at_home, dtype=np.int64), radius_m)
        elif field is None:
            field = walked.walks.field(own, radius_m)
        free = _free(walked.walks, field, shape, radius_m, walked.limit_m)
        inside = cells[ground.cell_area[cells] == number]
        parts += with_cells(ground, number, polygons_of(free), inside)
    return parts


def _free(
    walks: Walks, field: Floats, shape: BaseGeometry, radius_m: float, limit_m: float
) -> BaseGeometry:
    """The part of an area whose squares are not reached."""
    plane = walks.ways.plane
    whole = shape if shape.is_valid else shapely.make_valid(shape)
    west, south, east, north = shapely.bounds(plane.flat(whole)).tolist()
    side = max(SQUARE_M, sqrt((east - west) * (north - south) / MOST_SQUARES))
    columns, rows = max(ceil((east - west) / side), 1), max(ceil((north - south) / side), 1)
    across = west + side * (np.arange(columns) + 0.5)
    down = north - side * (np.arange(rows) + 0.5)
    middles = np.column_stack([np.tile(across, rows), np.repeat(down, columns)])
    places = walks.ways.places_at(middles, limit_m, beyond=False)
    metres = read(field, places, bracket(walks.graph, places), radius_m)
    is_free = np.isinf(metres).reshape(rows, columns)
    drawn = [
        as_shape(ring)
        for ring, _ in shapes_of(
            is_free.astype(np.uint8), mask=is_free, transform=Affine(side, 0, west, 0, -side, north)
        )
    ]
    squares = plane.round(shapely.union_all(drawn))
    free: BaseGeometry = shapely.intersection(whole, shapely.make_valid(squares))
    return free
