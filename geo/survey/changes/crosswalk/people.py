"""How many people are counted at which points, to weigh old divisions against new ones?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text

from geo.errors import NotFound, both
from geo.queries.admin import Reader
from geo.survey.changes.crosswalk.weights import Floats

_COLUMNS = {"people": "people_total", "people_60": "people_60"}

_YEAR = text(
    """SELECT base_year FROM demand_cell
    WHERE basis = 'resident' AND projection = 'none'
    GROUP BY base_year ORDER BY base_year > CAST(:year AS int), abs(base_year - :year) LIMIT 1"""
)


@dataclass(frozen=True, slots=True)
class Cells:
    """People at points: points (n, 2) lon, lat in EPSG:4490; people (n)."""

    points: Floats
    people: Floats
    words: str
    is_synthetic: bool


def people_points(session: Reader, area: BaseGeometry, on: date, by: str) -> Cells:
    """The resident people counted in cells that meet an area, of the last count not after a day.

    Raises NotFound where there is no count, or where a cell's number is unknown.
    """
    year = session.execute(_YEAR, {"year": on.year}).scalar()
    if year is None:
        raise NotFound(
            both(
                "库中没有人口格网，不能按人口分摊；请改用面积，或先导入人口数据。",
                "no cells of people are stored; weigh by area, or load a count first",
            )
        )
    column = _COLUMNS[by]
    rows = session.execute(
        text(
            f"""SELECT ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, c.{column} AS people,
                c.is_synthetic, c.source
            FROM demand_cell c
            WHERE c.basis = 'resident' AND c.projection = 'none' AND c.base_year = :year
              AND c.geom && ST_SetSRID(ST_GeomFromWKB(:box), 4490) ORDER BY c.id"""
        ),
        {"year": year, "box": shapely.to_wkb(shapely.envelope(area))},
    ).all()
    if any(row.people is None for row in rows):
        raise NotFound(
            both(
                f"部分格网没有{'总人口' if by == 'people' else '60 岁及以上人口'}，不能按人口分摊；"
                "请改用面积。",
                f"some cells have no {column}; weigh by area",
            )
        )
    is_synthetic = any(row.is_synthetic for row in rows)
    made_up = "（合成）" if is_synthetic else ""
    sources = "、".join(sorted({row.source or "未知" for row in rows}))
    return Cells(
        np.array([[row.lon, row.lat] for row in rows], dtype=np.float64).reshape(-1, 2),
        np.array([row.people for row in rows], dtype=np.float64),
        f"{year} 年常住人口格网{made_up}：{sources}",
        is_synthetic,
    )
