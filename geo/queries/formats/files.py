"""How do features become a file that has to be whole before it leaves?

FlatGeobuf, GeoPackage and KML by GDAL from Arrow batches, GeoParquet by row groups. Each writer
gets the path of a file in a folder of its own that is deleted afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyproj
import shapely

from geo.queries.formats.asked import Told, Wanted
from geo.queries.formats.batches import GEOMETRY, batches, schema
from geo.queries.formats.flatgeobuf import write_indexed
from geo.queries.items.statements import written

STORED = 4490
ROW_GROUP = 50_000
See = Callable[[pa.RecordBatch], None]


def _by_gdal(
    driver: psycopg.Connection[Any], wanted: Wanted, path: Path, name: str,
    *, crs: int = STORED, layer: str | None = None, see: See = lambda _: None, **options: str,
) -> None:  # fmt: skip
    """Write by a driver of GDAL; what the database said goes before what GDAL makes of it.

    see: is shown every batch before GDAL is.
    """
    kind = wanted.collection.geometry
    failures: list[BaseException] = []

    def watched(made: Generator[pa.RecordBatch]) -> Generator[pa.RecordBatch]:
        try:
            for batch in made:
                see(batch)
                yield batch
        except Exception as problem:  # of any kind: GDAL raises another one in its place
            failures.append(problem)
            raise

    with closing(batches(driver, wanted)) as parts:
        try:
            pyogrio.write_arrow(
                pa.RecordBatchReader.from_batches(schema(wanted), watched(parts)), path,
                layer=layer or wanted.collection.id, driver=name, crs=f"EPSG:{crs}",
                geometry_name=GEOMETRY, layer_options=options,
                geometry_type="Unknown" if kind == "Geometry" else kind,
            )  # fmt: skip
        except Exception:  # of GDAL, Arrow or pyogrio: the first cause is what counts
            if failures:
                raise failures[0] from None
            raise


def flatgeobuf(driver: psycopg.Connection[Any], wanted: Wanted, known: Told, path: Path) -> None:
    """With a spatial index, unless a row has no shape: those have no place in one."""
    told = known.lines(wanted)
    plain = path.with_name("plain.fgb")
    boxes = np.empty((known.rows, 4))
    seen = 0

    def see(batch: pa.RecordBatch) -> None:
        nonlocal seen
        shapes = shapely.from_wkb(batch.column(GEOMETRY).to_numpy(zero_copy_only=False))
        boxes[seen : seen + len(batch)] = shapely.bounds(shapes)
        seen += len(batch)

    _by_gdal(
        driver, wanted, plain, "FlatGeobuf", see=see, TITLE=told["title"],
        DESCRIPTION=sentence(told), SPATIAL_INDEX="NO",
    )  # fmt: skip
    if known.without_shape:
        plain.replace(path)
    else:
        write_indexed(plain, path, boxes)


def geopackage(driver: psycopg.Connection[Any], wanted: Wanted, known: Told, path: Path) -> None:
    """One layer of the collection's name; its description says what it rests on."""
    told = known.lines(wanted)
    _by_gdal(
        driver, wanted, path, "GPKG", IDENTIFIER=told["title"],
        DESCRIPTION=sentence(told), GEOMETRY_NAME="geom",
    )  # fmt: skip


def kml(driver: psycopg.Connection[Any], wanted: Wanted, known: Told, path: Path) -> None:
    """By the streaming driver. KML knows WGS 84 only, which CGCS2000 equals here but for the name;
    what the rows rest on stands in their columns."""
    _by_gdal(driver, wanted, path, "KML", crs=4326, layer=wanted.collection.id.replace("-", "_"))


def sentence(told: dict[str, str]) -> str:
    """What a file says of itself, in one line."""
    parts = [told["description"], f"来源 · source: {told['source']} ({told['source_dates']})"]
    return "；".join(one for one in (*parts, told["synthetic"], told["note"]) if one)


@cache
def _stored_crs() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(pyproj.CRS.from_epsg(STORED).to_json())
    return made


def parquet(driver: psycopg.Connection[Any], wanted: Wanted, known: Told, path: Path) -> None:
    """GeoParquet 1.1: WKB, with the CRS in full, and a row group for some ten thousand rows."""
    about = {"geo": json.dumps(_geo(driver, wanted)), **known.lines(wanted)}
    described = schema(wanted).with_metadata(about)
    with (
        pq.ParquetWriter(path, described, compression="zstd") as writer,
        closing(batches(driver, wanted)) as parts,
    ):
        for batch in parts:
            writer.write_batch(batch.replace_schema_metadata(about), row_group_size=ROW_GROUP)


def _geo(driver: psycopg.Connection[Any], wanted: Wanted) -> dict[str, Any]:
    """What the standard has a file say of its shapes; their box is known beforehand."""
    rows, values = wanted.rows(in_order=False)
    statement = written(f"""SELECT array_agg(DISTINCT substr(ST_GeometryType(r.g), 4)),
        min(ST_XMin(r.g)), min(ST_YMin(r.g)), max(ST_XMax(r.g)), max(ST_YMax(r.g))
    FROM (SELECT {wanted.geom} AS g {rows}) AS r WHERE r.g IS NOT NULL""")
    found = driver.execute(statement, values).fetchone()
    kinds, *edges = found or (None,)
    column: dict[str, Any] = {
        "encoding": "WKB", "geometry_types": sorted(kinds or ()), "crs": _stored_crs(),
        "edges": "planar",
    }  # fmt: skip
    if kinds:
        column["bbox"] = edges
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
