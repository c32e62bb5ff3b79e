"""Where do the city's districts touch each other and their neighbours?

Derived from the real polygons, not made up: each line says so in its basis and has no name.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiLineString
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text

from geo.demo.ground import Ground, Target

_NEIGHBOURS = text("""
SELECT DISTINCT u.code, ST_AsBinary(u.geom) FROM admin_unit u JOIN admin_unit d
    ON ST_Intersects(u.geom, d.geom)
WHERE d.code = ANY(:districts) AND upper_inf(d.validity) AND u.level = d.level
  AND u.code <> ALL(:districts) AND upper_inf(u.validity)
ORDER BY u.code
""")


def derive_lines(target: Target, ground: Ground) -> list[dict[str, Any]]:
    """A boundary line for each pair of units that share a border, the lower code on its left."""
    own = {district.code: district.geom for district in ground.districts}
    around = {
        code: shapely.from_wkb(bytes(wkb))
        for code, wkb in target.execute(_NEIGHBOURS, {"districts": list(own)})
    }
    units = {**own, **around}
    codes = sorted(units)
    tree = shapely.STRtree([units[code] for code in codes])
    rows = []
    for index, code in enumerate(codes):
        for other in np.sort(tree.query(units[code], predicate="intersects")):
            partner = codes[other]
            if other <= index or not (code in own or partner in own):
                continue
            line = _shared(units[code], units[partner])
            if line is not None:
                rows.append({
                    "code": f"DERIVED-{code[:6]}-{partner[:6]}", "level": 3,
                    "left_code": code, "right_code": partner, "basis": "derived", "geom": line,
                })  # fmt: skip
    return rows


def _shared(left: BaseGeometry, right: BaseGeometry) -> BaseGeometry | None:
    """The shared border as lines that run with `left` on their left side; None for mere points."""
    shared = shapely.intersection(shapely.boundary(left), shapely.boundary(right))
    pieces = [piece for piece in shapely.get_parts(shared) if piece.geom_type == "LineString"]
    if not pieces:
        return None
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(pieces)))
    return MultiLineString([_oriented(line, left) for line in merged])


def _oriented(line: Any, left: BaseGeometry) -> Any:
    """The line, turned round where `left` lies to its right at its longest segment."""
    xy = shapely.get_coordinates(line)
    steps = np.diff(xy, axis=0)
    longest = int(np.argmax(np.hypot(*steps.T)))
    dx, dy = steps[longest]
    length = np.hypot(dx, dy)
    side = min(length / 100, 1e-6) / length  # a hair's breadth to the left
    x, y = (xy[longest] + xy[longest + 1]) / 2 + side * np.array([-dy, dx])
    return line if shapely.contains_xy(left, x, y) else shapely.reverse(line)
