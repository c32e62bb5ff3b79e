"""How do places leave as GeoJSON, CSV, GeoPackage and XLSX, one row a place or one row a name?

No text of a CSV or a workbook begins as a formula does. Coordinates are CGCS2000 degrees.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyogrio
import shapely
import xlsxwriter

from geo.gazetteer.exchange.addresses import Addresses
from geo.gazetteer.exchange.record import YEARS, PlaceRecord
from geo.gazetteer.exchange.when import Json
from geo.text.cells import harmless

DIGITS = 7
COLUMNS = (
    "id", "code", "name", "pinyin", "former_names", "other_names", "class", "category",
    "division", "unit_code", "lon", "lat", "position_quality", "origin", "lists", "source",
    "source_date", "attribution", "is_synthetic", "mark",
)  # fmt: skip
NAME_COLUMNS = (
    "code", "place", "name", "kind", "language", "script", "pinyin", "reading_status", *YEARS,
    "certainty", "citation",
)  # fmt: skip
_OTHER = ("alias", "short", "popular", "minority")
_PAST = ("former", "vanished")


def row(place: PlaceRecord, addresses: Addresses) -> Json:
    """One place as a flat row; several names or lists stand in one cell, parted by 、."""
    shape = _shape(place)
    at = None if shape is None else shapely.point_on_surface(shape)
    quality = place.positions[0].quality if place.positions else "unknown"
    standard = next((n for n in place.names if n.name == place.title), None)
    values = (
        addresses.of(place.code), place.code, place.title, standard.pinyin if standard else None,
        _names(place, _PAST), _names(place, _OTHER), place.feature_class, place.category,
        place.located_in, place.unit_code,
        None if at is None else round(at.x, DIGITS), None if at is None else round(at.y, DIGITS),
        quality, place.origin or _told(place, "origin"),
        "、".join(one.list_name for one in place.listings) or None, place.source,
        place.source_date.isoformat() if place.source_date else None, place.attribution,
        place.is_synthetic, "合成" if place.is_synthetic else "",
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def name_rows(place: PlaceRecord) -> Iterator[Json]:
    """One row for every name with its years (0 = 1 BCE) and citation."""
    for name in place.names:
        values = (
            place.code, place.title, name.name, name.kind, name.language, name.script, name.pinyin,
            name.reading_status, *(getattr(name.years, year) for year in YEARS), name.certainty,
            name.citation,
        )  # fmt: skip
        yield dict(zip(NAME_COLUMNS, values, strict=True))


def geojson_feature(
    place: PlaceRecord, addresses: Addresses, *, shapes: bool = True, around: str | None = None
) -> Json:
    """One place as a plain GeoJSON Feature; outlines only with `shapes`."""
    shape = _shape(place)
    if shape is not None and not shapes and shape.geom_type not in ("Point", "MultiPoint"):
        shape = None
    properties = row(place, addresses) | {"names": list(name_rows(place))}
    if around is not None:
        properties["division_name"] = around
    geometry = None if shape is None else orjson.loads(str(shapely.to_geojson(shape)))
    return {"type": "Feature", "id": addresses.of(place.code), "geometry": geometry,
            "properties": properties}  # fmt: skip


def as_geojson(places: Iterable[PlaceRecord], addresses: Addresses, out: Path) -> int:
    """A FeatureCollection, written as it is read; answer how many places it holds."""
    count, made_up = 0, False
    with out.open("wb") as file:
        file.write(b'{"type":"FeatureCollection","features":[')
        for place in places:
            file.write(b",\n" if count else b"\n")
            file.write(orjson.dumps(geojson_feature(place, addresses)))
            count, made_up = count + 1, made_up or place.is_synthetic
        end = orjson.dumps({"numberReturned": count, "has_synthetic": made_up})
        file.write(b"\n]," + end[1:])
    return count


def as_csv(places: Iterable[PlaceRecord], addresses: Addresses, out: Path) -> int:
    """UTF-8 with a mark, one row a place; names with years go to a second file beside it."""
    count = 0
    beside = out.with_name(f"{out.stem}-names{out.suffix}")
    with (
        out.open("w", encoding="utf-8-sig", newline="") as file,
        beside.open("w", encoding="utf-8-sig", newline="") as names,
    ):
        writer, of_names = csv.writer(file), csv.writer(names)
        writer.writerow(COLUMNS)
        of_names.writerow(NAME_COLUMNS)
        for place in places:
            writer.writerow([cell(value) for value in row(place, addresses).values()])
            for name in name_rows(place):
                of_names.writerow([cell(value) for value in name.values()])
            count += 1
    return count


def as_xlsx(places: Iterable[PlaceRecord], addresses: Addresses, out: Path) -> int:
    """A workbook with a sheet of places and one of names; texts are never formulas or links."""
    made = xlsxwriter.Workbook(
        str(out),
        {"constant_memory": False, "strings_to_formulas": False, "strings_to_urls": False},
    )
    bold = made.add_format({"bold": True})
    first, second = made.add_worksheet("地名"), made.add_worksheet("名称")
    first.write_row(0, 0, COLUMNS, bold)
    second.write_row(0, 0, NAME_COLUMNS, bold)
    count = line = 0
    for place in places:
        count += 1
        first.write_row(count, 0, [cell(v) for v in row(place, addresses).values()])
        for name in name_rows(place):
            line += 1
            second.write_row(line, 0, [cell(value) for value in name.values()])
    for sheet in (first, second):
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(COLUMNS), 18)
    made.close()
    return count


def as_geopackage(places: Iterable[PlaceRecord], addresses: Addresses, out: Path) -> int:
    """A layer `places` in EPSG:4490, and a table `place_names` beside it."""
    rows, shapes, names = [], [], []
    for place in places:
        rows.append(row(place, addresses))
        shape = _shape(place)
        shapes.append(None if shape is None else shapely.to_wkb(shape))
        names += list(name_rows(place))
    field = pa.field("geometry", pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"})
    table = _table(rows, COLUMNS).append_column(field, pa.array(shapes, pa.binary()))
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "places.gpkg"
        pyogrio.write_arrow(table, made, layer="places", driver="GPKG", geometry_name="geometry",
                            crs="EPSG:4490", geometry_type="Unknown",
                            layer_options={"GEOMETRY_NAME": "geom"})  # fmt: skip
        pyogrio.write_arrow(_table(names, NAME_COLUMNS), made, layer="place_names", driver="GPKG",
                            geometry_name=None, geometry_type=None, append=True)  # fmt: skip
        out.write_bytes(made.read_bytes())
    return len(rows)


def cell(value: Any) -> Any:
    """A cell as a spreadsheet reads it, which takes no text for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return harmless(value)
    return value


def _table(rows: list[Json], columns: Iterable[str]) -> pa.Table:
    whole = {"start_earliest", "start_latest", "end_earliest", "end_latest"}
    kinds = {"lon": pa.float64(), "lat": pa.float64(), "is_synthetic": pa.bool_()}
    return pa.table({
        name: pa.array(
            [one[name] for one in rows],
            pa.int64() if name in whole else kinds.get(name, pa.string()),
        )
        for name in columns
    })  # fmt: skip


def _shape(place: PlaceRecord) -> Any:
    drawn = next((one.wkb for one in place.positions if one.wkb is not None), None)
    return None if drawn is None else shapely.from_wkb(drawn)


def _names(place: PlaceRecord, kinds: tuple[str, ...]) -> str | None:
    return "、".join(n.name for n in place.names if n.kind in kinds) or None


def _told(place: PlaceRecord, kind: str) -> str | None:
    return next((text.value for text in place.texts if text.kind == kind), None)


WRITERS: dict[str, Callable[[Iterable[PlaceRecord], Addresses, Path], int]] = {
    ".geojson": as_geojson, ".csv": as_csv, ".xlsx": as_xlsx, ".gpkg": as_geopackage,
}  # fmt: skip
"""Ending of the file → what writes it."""

__all__ = ["COLUMNS", "NAME_COLUMNS", "WRITERS", "cell", "geojson_feature", "name_rows", "row"]
