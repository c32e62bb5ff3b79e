"""Where does a piece find its people and the facilities around it: arrays, Parquet or PostGIS?

A piece is small enough to be sent to any worker; what it reads, the worker reads, so that nobody
ever holds a nation. Each has `read(radius_m) -> (Demand, site_lon, site_lat)`; the facilities are
those that can be within the radius of the piece, and may be more.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from geo.access.radius.distance import Floats, Indices
from geo.batch.cells import checked_points, window_of
from geo.errors import BadArray, BadInput, NotFound, both

NO_AREA = ""
"""The code of those for whom no area is told; always the first of a source's areas."""

DEGREES = {"EPSG:4490", "EPSG:4326", "OGC:CRS84"}


@dataclass(frozen=True, slots=True)
class Demand:
    """Points with people: id, degrees of EPSG:4490, people (NaN = unknown), number of the area."""

    id: Indices
    lon: Floats
    lat: Floats
    people: Floats
    area: Indices


Around = tuple[Demand, Floats, Floats]
"""A piece's demand and the longitudes and latitudes of the facilities around it."""


class Piece(Protocol):
    """Something that a worker can read."""

    def read(self, radius_m: float) -> Around:
        """The demand of the piece, and the facilities within `radius_m` of it (and maybe more)."""


@dataclass(frozen=True, slots=True)
class Given:
    """A piece that is sent as it is: it was cut out of arrays."""

    demand: Demand
    site_lon: Floats
    site_lat: Floats

    def read(self, radius_m: float) -> Around:
        """What was given."""
        return self.demand, self.site_lon, self.site_lat


def given(demand: Demand, site_lon: Floats, site_lat: Floats, radius_m: float) -> Given:
    """A piece with those facilities only that lie in its halo."""
    near = window_of(demand.lon, demand.lat).widened(radius_m).holds(site_lon, site_lat)
    return Given(demand, site_lon[near], site_lat[near])


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a Parquet file are read; None: not there (area), or 1 each (people)."""

    people: str | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True)
class FilePiece:
    """Some row groups of a GeoParquet file of demand, and a GeoParquet file of facilities.

    areas: all codes of the area column, ascending after NO_AREA. first_row: the number of the first
    row, so that ids are row numbers of the file. Workers elsewhere must see the files at the same
    path.
    """

    path: Path
    groups: tuple[int, ...]
    first_row: int
    columns: Columns
    areas: tuple[str, ...]
    sites: Path

    def read(self, radius_m: float) -> Around:
        """The rows of these groups, with the facilities in their halo."""
        with pq.ParquetFile(self.path) as file:
            # Workers share the cores: threads of their own would only stand in line.
            table = file.read_row_groups(
                list(self.groups), columns=_wanted(file, self.columns), use_threads=False
            )
        lon, lat = _points(table, self.path)
        people = _people(table, self.columns.people, self.path)
        area = np.zeros(len(lon), dtype=np.int64)
        if self.columns.area is not None:
            codes = pc.fill_null(pc.cast(table[self.columns.area], pa.string()), NO_AREA)
            area = np.asarray(pc.index_in(codes, value_set=pa.array(self.areas)), dtype=np.int64)
        ids = self.first_row + np.arange(len(lon), dtype=np.int64)
        return (Demand(ids, lon, lat, people, area), *_sites_of(self.sites))


def file_pieces(
    demand: Path, sites: Path, columns: Columns, *, rows: int = 250_000
) -> tuple[list[FilePiece], tuple[str, ...]]:
    """The pieces of a GeoParquet file and the codes of its areas.

    A piece is neighbouring row groups of about `rows` rows together: the file is never read whole.
    Where its rows are stored in no spatial order, every piece spans the nation and looks at all
    facilities: the same answer, more slowly. Raises NotFound for a missing file, BadInput for one
    that is no Parquet or lacks a column.
    """
    file = _opened(demand, columns.area)
    _opened(sites).close()
    with file:
        wanted = _wanted(file, columns)
        areas: set[str] = set()
        pieces, groups, first = [], [], 0
        total = file.metadata.num_row_groups
        held = 0
        for group in range(total):
            groups.append(group)
            held += file.metadata.row_group(group).num_rows
            if columns.area in wanted:
                codes = file.read_row_group(group, columns=[columns.area])[columns.area]
                areas.update(pc.cast(pc.unique(codes), pa.string()).drop_null().to_pylist())
            if held >= rows or group == total - 1:
                pieces.append((tuple(groups), first))
                first, groups, held = first + held, [], 0
    known = (NO_AREA, *sorted(areas - {NO_AREA}))
    return [FilePiece(demand, g, row, columns, known, sites) for g, row in pieces], known


def _opened(path: Path, coded: str | None = None) -> pq.ParquetFile:
    """The file; a `coded` column is read as numbers with a dictionary, not as so many texts."""
    try:
        return pq.ParquetFile(path, read_dictionary=[coded] if coded else None)
    except FileNotFoundError:
        raise NotFound(both(f"没有文件 {path}。", f"there is no file {path}")) from None
    except (pa.ArrowInvalid, OSError) as problem:
        raise BadInput(
            both(f"{path} 不是 Parquet 文件。", f"{path} is no Parquet file: {problem}"),
            parameter="demand",
        ) from None


def _wanted(file: pq.ParquetFile, columns: Columns) -> list[str]:
    """The columns to read. Raises BadInput for missing ones and positions in no known degrees."""
    names = file.schema_arrow.names
    _check_degrees(file)
    points = ["lon", "lat"] if {"lon", "lat"} <= set(names) else ["geometry"]
    wanted = [*points, *(name for name in (columns.people, columns.area) if name is not None)]
    missing = [name for name in wanted if name not in names]
    if missing:
        raise BadInput(
            both(f"文件中没有列 {'、'.join(missing)}，现有列：{'、'.join(names)}。",
                 f"the file has no column {', '.join(missing)}; it has {', '.join(names)}"),
            parameter="demand",
        )  # fmt: skip
    return wanted


def _check_degrees(file: pq.ParquetFile) -> None:
    """GeoParquet without a stated system is OGC:CRS84; other systems must be converted first."""
    told = (file.schema_arrow.metadata or {}).get(b"geo")
    if told is None:
        return
    crs = json.loads(told)["columns"].get("geometry", {}).get("crs")
    if crs is None:
        return
    known = crs.get("id", {})
    system = f"{known.get('authority')}:{known.get('code')}"
    if system not in DEGREES:
        raise BadInput(
            both(f"文件的坐标系是 {crs.get('name', system)}，请先转换为 EPSG:4490。",
                 f"the file is in {crs.get('name', system)}; convert it to EPSG:4490 first"),
            parameter="demand",
        )  # fmt: skip


def _points(table: pa.Table, path: Path) -> tuple[Floats, Floats]:
    if "lon" in table.column_names:
        lon, lat = (np.asarray(table[name], dtype=np.float64) for name in ("lon", "lat"))
    else:
        shapes = shapely.from_wkb(np.asarray(table["geometry"], dtype=object))
        lon, lat = shapely.get_x(shapes), shapely.get_y(shapes)
    return checked_points(lon, lat, path.name)


def _people(table: pa.Table, column: str | None, path: Path) -> Floats:
    if column is None:
        return np.ones(table.num_rows)
    return checked_people(np.asarray(table[column], dtype=np.float64), path.name)


def checked_people(people: Floats, what: str) -> Floats:
    """People per point; NaN is unknown. Raises BadArray for negative or infinite numbers."""
    bad = (people < 0) | np.isinf(people)
    if bad.any():
        row = int(np.argmax(bad))
        raise BadArray(
            both(f"{what} 第 {row} 行的人数为 {people[row]}。",
                 f"{what}: row {row} has {people[row]} people"),
            parameter="people",
        )  # fmt: skip
    return people


@lru_cache(maxsize=2)
def _read_sites(path: Path, written: int) -> tuple[Floats, Floats]:
    """A worker reads the facilities once; `written` makes it read a changed file again."""
    with pq.ParquetFile(path) as file:
        table = file.read(columns=_wanted(file, Columns()))
    return _points(table, path)


def _sites_of(path: Path) -> tuple[Floats, Floats]:
    return _read_sites(path, path.stat().st_mtime_ns)


def write_part(
    folder: Path, number: int, demand: Demand, nearest_m: Floats, areas: Sequence[str]
) -> None:
    """Keep a piece's points as `part-000007.parquet`; a piece done twice is still stored once."""
    reached: NDArray[Any] = np.isfinite(nearest_m)
    table = pa.table(
        {
            "id": demand.id,
            "lon": demand.lon,
            "lat": demand.lat,
            "people": pa.array(demand.people, from_pandas=True),
            "area": pa.DictionaryArray.from_arrays(
                pa.array(demand.area, pa.int32()), pa.array(areas, pa.string())
            ),
            "covered": reached,
            "nearest_m": pa.array(nearest_m, mask=~reached),
        }
    )
    made = folder / f".part-{number:06d}.{id(table)}"
    pq.write_table(table, made, compression="zstd")
    made.replace(folder / f"part-{number:06d}.parquet")
