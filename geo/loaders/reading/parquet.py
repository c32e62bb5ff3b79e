"""Which rows does a GeoParquet file hold?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geo.loaders.reading.drafts import (
    MAX_BYTES,
    Draft,
    refuse_too_long,
    refuse_too_wide,
    refused,
)
from geo.loaders.reading.layers import clipped, crs_name, text_cells, with_positions_only
from geo.loaders.reading.shapes import Shapes, shapes_of_wkb, with_shapes

Json = dict[str, Any]
_BATCH = 4096
MAX_UNPACKED = MAX_BYTES


def read_parquet(path: Path, name: str) -> Draft:
    """Rows of a Parquet file; its `geo` metadata tell the geometry and its CRS.

    A file without that metadata is a plain table whose columns may hold positions.
    """
    try:
        with pq.ParquetFile(path, thrift_string_size_limit=64 << 20) as file:
            return _read(file, name)
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError, NotImplementedError) as p:
        said = str(p).replace(str(path), name).splitlines()
        raise refused(
            name,
            f"Parquet 文件已损坏，传输不完整或不合规范（{said[0][:160] if said else ''}）。",
            "the Parquet file is damaged, cut off or against the standard.",
        ) from None


def _read(file: pq.ParquetFile, name: str) -> Draft:
    _refuse_huge(file, name)
    geo = _geo_of(file)
    main = geo.get("primary_column")
    described: Json = geo.get("columns", {}).get(main, {}) if main else {}
    covering = {
        part[0] for box in described.get("covering", {}).values() for part in box.values()
    }  # boxes for searching say nothing new
    columns = [c for c in file.schema_arrow.names if c != main and c not in covering]
    cells: list[list[str]] = []
    wkb: list[bytes | None] = []
    shapes: list[Any] = []
    encoding = str(described.get("encoding", "WKB"))
    used = 0
    for batch in file.iter_batches(_BATCH, columns=columns + ([main] if main else [])):
        plain = clipped(pa.table(batch.select(columns)))
        used += plain.nbytes
        if used > MAX_UNPACKED:
            raise refused(
                name,
                f"解开后超过 {MAX_UNPACKED / 1e6:.0f} MB；请分批交付。",
                f"unpacks to over {MAX_UNPACKED / 1e6:.0f} MB: deliver it in parts.",
            )
        cells += text_cells(plain, batch.num_rows)
        if main and encoding == "WKB":
            wkb += batch.column(main).to_pylist()
        elif main:
            shapes += [_native(value, encoding) for value in batch.column(main).to_pylist()]
    if main is None:
        draft = with_positions_only(name, columns, cells)
    else:
        made, faults = shapes_of_wkb(wkb) if encoding == "WKB" else (_array(shapes), {})
        draft = with_shapes(name, columns, cells, made, faults=faults)
        draft.crs = _crs_of(described)
    draft.evidence = "Parquet 规定为 UTF-8 · UTF-8 by the standard"
    return draft


def _refuse_huge(file: pq.ParquetFile, name: str) -> None:
    meta = file.metadata
    refuse_too_wide(name, meta.num_columns)
    refuse_too_long(name, meta.num_rows)
    total = sum(meta.row_group(n).total_byte_size for n in range(meta.num_row_groups))
    if total > MAX_UNPACKED:
        raise refused(
            name,
            f"解开后有 {total / 1e6:.0f} MB；请分批交付。",
            f"would unpack to {total / 1e6:.0f} MB: deliver it in parts.",
        )


def _geo_of(file: pq.ParquetFile) -> Json:
    raw = (file.schema_arrow.metadata or {}).get(b"geo")
    geo = json.loads(raw) if raw else {}
    if not isinstance(geo, dict):
        raise TypeError("the geo metadata is no object")
    return geo


def _crs_of(described: Json) -> str | None:
    """The CRS of the geometry column: longitude and latitude (WGS 84) where nothing is said."""
    if "crs" not in described:
        return "EPSG:4326"
    crs = described["crs"]
    if crs is None:
        return None
    identity = crs.get("id") if isinstance(crs, dict) else None
    if isinstance(identity, dict) and {"authority", "code"} <= identity.keys():
        code = f"{identity['authority']}:{identity['code']}"
        return "EPSG:4326" if code == "OGC:CRS84" else code
    return crs_name(json.dumps(crs) if isinstance(crs, dict) else str(crs))


def _native(value: Any, encoding: str) -> Any:
    """A geometry of GeoParquet's native encodings: nested lists of {x, y[, z]}."""
    if value is None:
        return None

    def pair(point: Json) -> tuple[float, ...]:
        return tuple(point[axis] for axis in ("x", "y", "z") if axis in point)

    def line(points: list[Json]) -> list[tuple[float, ...]]:
        return [pair(point) for point in points]

    def polygon(rings: list[list[Json]]) -> Any:
        return shapely.Polygon(line(rings[0]), [line(ring) for ring in rings[1:]])

    makers: dict[str, Any] = {
        "point": lambda v: shapely.Point(pair(v)),
        "linestring": lambda v: shapely.LineString(line(v)),
        "polygon": polygon,
        "multipoint": lambda v: shapely.MultiPoint(line(v)),
        "multilinestring": lambda v: shapely.MultiLineString([line(part) for part in v]),
        "multipolygon": lambda v: shapely.MultiPolygon([polygon(part) for part in v]),
    }
    return makers[encoding](value)


def _array(shapes: list[Any]) -> Shapes:
    made, _ = shapes_of_wkb([])
    made.resize(len(shapes))
    made[:] = shapes
    return made
