"""Into which pieces is what is stored cut, and what do they rest on?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, text

from geo.batch.cells import grid_of
from geo.batch.snapshot import COUNT, Asked, StoredPiece, count_of, engine_of, sides_of
from geo.batch.sources import NO_AREA
from geo.errors import NotFound, both
from geo.models.kinds import kinds_of

__all__ = ["BY_DIVISION", "Asked", "StoredPiece", "StoredSource", "stored_pieces"]

BY_DIVISION = "division"


@dataclass(frozen=True, slots=True)
class StoredSource:
    """The pieces of a run on PostGIS, their areas, and what they rest on."""

    pieces: list[StoredPiece]
    areas: tuple[str, ...]
    asked: Asked
    has_synthetic: bool
    sources: tuple[str, ...]


@contextmanager
def stored_pieces(url: str, asked: Asked, cut: float | str) -> Iterator[StoredSource]:
    """Cut what is stored, by cells of `cut` degrees or by "division"; holds while the block runs.

    Only pieces with people are made. asked.base_year None: the last count not after the day.
    Raises NotFound where there are no people of that count.
    """
    with engine_of(url).connect() as plain:
        connection = plain.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        asked = replace(asked, base_year=asked.base_year or _last_year(connection, asked))
        values = count_of(asked)
        codes = _column(
            connection, f"SELECT DISTINCT c.admin_code FROM demand_cell c WHERE {COUNT}", values
        )
        areas = (NO_AREA, *sorted(code for code in codes if code))
        if cut == BY_DIVISION:
            places = [{"division": code} for code in sorted(codes, key=lambda code: code or "")]
        else:
            places = _cells_with_people(connection, float(cut), values)
        if not places:
            raise NotFound(
                both("没有符合条件的人口数据。", "there are no people of that count on record")
            )
        told = _told_sources(connection, asked)
        yield StoredSource(
            [StoredPiece(url, snapshot, asked, place, areas) for place in places],
            areas, asked, any(made_up for _, made_up in told),
            tuple(source for source, _ in told),
        )  # fmt: skip


def _cells_with_people(
    connection: Connection, size_deg: float, values: dict[str, Any]
) -> list[dict[str, Any]]:
    """The grid cells that hold people, by the same edges as `Grid.cell_of`."""
    grid = grid_of(size_deg)
    rows = connection.exec_driver_sql(
        f"""SELECT width_bucket(ST_X(c.geom), %(west_edges)s::float8[]) - 1 AS cut_column,
            width_bucket(ST_Y(c.geom), %(south_edges)s::float8[]) - 1 AS cut_row
        FROM demand_cell c WHERE {COUNT} GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2""",
        {**values, "west_edges": grid.west_edges.tolist(),
         "south_edges": grid.south_edges.tolist()},
    ).all()  # fmt: skip
    places = []
    for column, row in rows:  # the largest first: the last piece to end should be a small one
        end_lon, end_lat = grid.ends(column, row)
        sides = sides_of(grid.window(column, row))
        places.append({**sides, "end_lon": end_lon, "end_lat": end_lat})
    return places


def _last_year(connection: Connection, asked: Asked) -> int:
    """The year of the last count not after the asked day."""
    found = connection.execute(
        text(
            "SELECT max(base_year) FROM demand_cell WHERE basis = :basis "
            "AND projection = :projection AND base_year <= :year"
        ),
        {"basis": asked.basis, "projection": asked.projection, "year": asked.on.year},
    ).scalar_one()
    if found is None:
        raise NotFound(
            both(f"{asked.on.year} 年及以前没有人口数据。",
                 f"no people are on record up to {asked.on.year}")
        )  # fmt: skip
    return int(found)


def _told_sources(connection: Connection, asked: Asked) -> list[tuple[str, bool]]:
    """The sources of people and facilities in words, and whether one is made up."""
    people = connection.exec_driver_sql(
        f"""SELECT '人口 people', c.source, c.is_synthetic, count(*) FROM demand_cell c
        WHERE {COUNT} GROUP BY 2, 3 ORDER BY 2, 3""",
        count_of(asked),
    ).all()
    sites = connection.exec_driver_sql(
        """SELECT '设施 facilities', f.source, f.is_synthetic, count(*) FROM facility f
        WHERE f.kinds && %(kinds)s::text[] AND f.state = 'open' AND f.validity @> %(on)s::date
        GROUP BY 2, 3 ORDER BY 2, 3""",
        {"kinds": sorted(kinds_of(asked.kind)), "on": asked.on},
    ).all()
    return [
        (f"{what}：{source or '未知'}（{rows} 行{'，合成' if made_up else ''}）", bool(made_up))
        for what, source, made_up, rows in (*people, *sites)
    ]


def _column(connection: Connection, query: str, values: dict[str, Any]) -> list[str | None]:
    return [row[0] for row in connection.exec_driver_sql(query, values)]
