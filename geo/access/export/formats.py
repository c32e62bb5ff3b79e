"""How is a layer written as GeoPackage, GeoJSON, GeoParquet or CSV?

GeoPackage and GeoParquet name EPSG:4490; GeoJSON is lon, lat without a `crs` member (RFC 7946); a
CSV holds the shape as WKT and a point as lon, lat. No text of a CSV begins as a formula does.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from geo.access.export.layer import Layer
from geo.errors import BadInput, both
from geo.text.cells import harmless

CRS = 4490
DIGITS = 7
GEOMETRY = "geometry"


def check_format(file: Path) -> str:
    """The format of a file name. Raises BadInput for another ending."""
    ending = file.suffix.lower()
    if ending not in FORMATS:
        raise BadInput(
            both(
                f"文件名应以 {'、'.join(FORMATS)} 结尾，不是「{file.name[:60]}」。",
                f"a result ends in {', '.join(FORMATS)}, not {file.suffix or 'nothing'}",
            ),
            parameter="out",
        )
    return ending


def write(layer: Layer, ending: str) -> bytes:
    """The layer in the format of an ending."""
    return FORMATS[ending](layer)


def as_geojson(layer: Layer) -> bytes:
    """A FeatureCollection; title, method and the synthetic flag stand beside the features."""
    names = list(layer.columns)
    columns = [layer.columns[name] for name in names]
    features = [
        {
            "type": "Feature",
            "geometry": None if shape is None else orjson.Fragment(_text_of(shape)),
            "properties": dict(zip(names, row, strict=True)),
        }
        for shape, *row in zip(layer.shapes, *columns, strict=True)
    ]
    return orjson.dumps(
        {
            "type": "FeatureCollection", "name": layer.name, "title": layer.title,
            "on": layer.on.isoformat(), "method": layer.method,
            "has_synthetic": layer.has_synthetic, "numberReturned": len(features),
            "features": features,
        }
    )  # fmt: skip


def as_csv(layer: Layer) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read Chinese; unknown is an empty cell."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow([*layer.columns, "lon", "lat", "wkt"])
    for shape, *row in zip(layer.shapes, *layer.columns.values(), strict=True):
        writer.writerow([*map(plain, row), *_position(shape)])
    return b"\xef\xbb\xbf" + made.getvalue().encode()


def plain(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: such a text begins with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return harmless(value)
    return value


def as_parquet(layer: Layer) -> bytes:
    """GeoParquet 1.1: WKB, with the CRS in full."""
    table = _table(layer)
    known = [shape for shape in layer.shapes if shape is not None]
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted({shape.geom_type for shape in known}),
        "crs": json.loads(pyproj.CRS.from_epsg(CRS).to_json()),
        "edges": "planar",
    }
    if known:
        column["bbox"] = [float(edge) for edge in shapely.total_bounds(np.array(known, object))]
    geo = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
    said = {"title": layer.title, "method": layer.method, "on": layer.on.isoformat(),
            "has_synthetic": str(layer.has_synthetic).lower()}  # fmt: skip
    table = table.replace_schema_metadata({"geo": json.dumps(geo), **said})
    made = io.BytesIO()
    pq.write_table(table, made, compression="zstd")
    return made.getvalue()


def as_geopackage(layer: Layer) -> bytes:
    """One layer of the result's name in EPSG:4490; its description says the method."""
    kinds = {shape.geom_type.removeprefix("Multi") for shape in layer.shapes if shape is not None}
    is_point = kinds == {"Point"}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "result.gpkg"
        pyogrio.write_arrow(
            _table(layer, multi=not is_point), out, layer=layer.name, driver="GPKG",
            geometry_name=GEOMETRY, crs=f"EPSG:{CRS}",
            geometry_type="Point" if is_point or not kinds else "MultiPolygon",
            layer_options={"IDENTIFIER": layer.title, "DESCRIPTION": layer.method,
                           "GEOMETRY_NAME": "geom"},
        )  # fmt: skip
        return out.read_bytes()


def _table(layer: Layer, *, multi: bool = False) -> pa.Table:
    """Columns of one type each, and the shapes as WKB."""
    arrays = {name: _array(values) for name, values in layer.columns.items()}
    shapes = [_many(shape) if multi else shape for shape in layer.shapes]
    wkb = [None if shape is None else shapely.to_wkb(shape) for shape in shapes]
    field = pa.field(GEOMETRY, pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"})
    table = pa.table(arrays)
    return table.append_column(field, pa.array(wkb, pa.binary()))


def _array(values: Sequence[Any]) -> pa.Array:
    """Truth, whole numbers, numbers or text; a column of nothing but unknowns is of numbers."""
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, bool) for value in known):
        return pa.array(values, pa.bool_())
    if any(isinstance(value, str) for value in known):
        texts = [None if value is None else str(value) for value in values]
        return pa.array(texts, pa.string())
    if known and all(isinstance(value, int) for value in known):
        return pa.array(values, pa.int64())
    return pa.array([None if v is None else float(v) for v in values], pa.float64())


def _many(shape: BaseGeometry | None) -> BaseGeometry | None:
    """A polygon as a multipolygon: a layer holds one type."""
    return shapely.MultiPolygon([shape]) if isinstance(shape, shapely.Polygon) else shape


def _text_of(shape: BaseGeometry) -> str:
    return str(shapely.to_geojson(shapely.set_precision(shape, 10.0**-DIGITS)))


def _position(shape: BaseGeometry | None) -> tuple[Any, Any, str]:
    if shape is None or shape.is_empty:
        return "", "", ""
    at = shape if isinstance(shape, shapely.Point) else shape.representative_point()
    wkt = shapely.to_wkt(shape, rounding_precision=DIGITS)
    return round(at.x, DIGITS), round(at.y, DIGITS), wkt


FORMATS: dict[str, Callable[[Layer], bytes]] = {
    ".gpkg": as_geopackage,
    ".geojson": as_geojson,
    ".parquet": as_parquet,
    ".csv": as_csv,
}
"""Ending of the file → what writes it."""
