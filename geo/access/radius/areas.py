"""Into which areas are people sorted: divisions, planning zones or given polygons?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import TextClause, text

from geo.errors import BadInput
from geo.queries.admin import BELOW

Polygons = Sequence[tuple[str, str, BaseGeometry]]
"""Given areas: code, name and shape (EPSG:4490) each."""

# Areas as rows (code, name, geom, where from); geom is NULL where no territory is known.
AREA_ROWS = {
    "district": """SELECT u.code, u.name, u.geom, u.source, u.source_date, u.is_synthetic
        FROM below b
        JOIN admin_unit u ON u.code = b.code AND u.validity @> CAST(:on AS date)
        WHERE u.level = 3""",
    "township": """SELECT u.code, u.name, u.geom, u.source, u.source_date, u.is_synthetic
        FROM below b
        JOIN admin_unit u ON u.code = b.code AND u.validity @> CAST(:on AS date)
        WHERE u.level = 4""",
    "zone": """SELECT z.code, z.name, z.geom, z.source, z.source_date, z.is_synthetic
        FROM below b
        JOIN planning_zone z ON z.parent_code = b.code
        WHERE z.validity @> CAST(:on AS date)""",
    "polygon": """SELECT p.code, p.name, ST_SetSRID(ST_GeomFromWKB(p.wkb), 4490) AS geom,
            'given polygons' AS source, CAST(NULL AS date) AS source_date, false AS is_synthetic
        FROM unnest(CAST(:codes AS text[]), CAST(:names AS text[]), CAST(:wkbs AS bytea[]))
            AS p (code, name, wkb)""",
}


def polygon_binds(polygons: Polygons | None) -> dict[str, Any]:
    """Given polygons as bind values. Raises BadInput for repeated codes and unusable shapes."""
    if polygons is None:
        return {}
    codes = [code for code, _, _ in polygons]
    if not codes or len(set(codes)) < len(codes):
        raise BadInput(
            "areas need at least one polygon, each with a code of its own", parameter="areas"
        )
    for code, _, shape in polygons:
        if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
            raise BadInput(f"area {code!r} is no polygon but {shape.geom_type}", parameter="areas")
        if not shape.is_valid:
            reason = shapely.is_valid_reason(shape)
            raise BadInput(f"area {code!r} is no valid polygon: {reason}", parameter="areas")
    return {
        "codes": codes,
        "names": [name for _, name, _ in polygons],
        "wkbs": [shapely.to_wkb(shape) for _, _, shape in polygons],
    }


@lru_cache(maxsize=64)
def area_statement(areas: str, *parts: str) -> TextClause:
    """A statement on the areas of a question, built once.

    The CTE `area` (no, code, name, geom, source …) numbers them by code from 0, `below` holds the
    codes of the city and of all under it. parts: further CTEs, and last what is selected.
    """
    numbered = f"""area AS MATERIALIZED (
    SELECT (row_number() OVER (ORDER BY r.code) - 1)::integer AS no, r.*
    FROM ({AREA_ROWS[areas]}) AS r
)"""
    ctes = ",\n".join([f"WITH RECURSIVE {BELOW}", numbered, *parts[:-1]])
    return text(f"{ctes}\n{parts[-1]}")
