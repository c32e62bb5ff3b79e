"""Which city does a page show: what is it called, and where does it lie?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from geo.errors import NotFound

_CITY = text(
    """SELECT u.name, ST_XMin(u.geom) AS west, ST_YMin(u.geom) AS south,
           ST_XMax(u.geom) AS east, ST_YMax(u.geom) AS north
    FROM admin_unit u
    WHERE u.code = :code AND u.validity @> CAST(:on AS date)"""
)


@dataclass(frozen=True, slots=True)
class CityView:
    """A city's name and its bounds (west, south, east, north in degrees; None: no outline)."""

    code: str
    name: str
    bounds: tuple[float, float, float, float] | None


def city_view(connection: Connection, code: str, on: date) -> CityView:
    """Answer what a page needs of a division, on a connection of the public role.

    Raises NotFound where it is not loaded or not in force on that day.
    """
    row = connection.execute(_CITY, {"code": code, "on": on}).one_or_none()
    if row is None:
        raise NotFound(
            f"没有载入 {code} 在 {on} 的区划;请运行 ./atlas up --city {code[:6]} / "
            f"division {code} is not loaded for {on}"
        )
    drawn = row.west is not None
    return CityView(code, row.name, (row.west, row.south, row.east, row.north) if drawn else None)
