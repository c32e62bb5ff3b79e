"""Which rows does a JSON file hold: GeoJSON, one feature a line, or a plain list of records?

Exports of Esri's and of Overpass are made features first; see `dialects`.

Features are decoded one after the other, so memory stays near that of the text. Numbers stay as
the text that was delivered; coordinates may be numbers or strings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from typing import Any

import numpy as np
import shapely

from geo.loaders.reading.dialects import (
    ELEMENTS,
    as_feature,
    features_of_elements,
    stated_system,
)
from geo.loaders.reading.drafts import (
    MAX_COLUMNS,
    Draft,
    oversized,
    refuse_too_wide,
    refused,
    text_of,
)
from geo.loaders.reading.layers import crs_name
from geo.loaders.reading.shapes import NO_SHAPE, NOT_FINITE, no_feature, with_shapes
from geo.loaders.secrecy import secret, title_is_marked
from geo.loaders.tables import LAT, LON, Row

_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
_GAP = re.compile(r"[\s\x1e\ufeff]*")
_SHAPES = (
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
    "GeometryCollection",
)  # fmt: skip
_NO_FEATURE = "不是 GeoJSON 要素 · no GeoJSON feature"
Json = dict[str, Any]


def read_geojson(text: str, name: str) -> Draft:
    """Rows of a FeatureCollection, of features one a line, of one feature, of one bare geometry,
    or of a list of plain records (which then need columns for their positions).
    """
    members: Json = {}
    try:
        entries = list(_features(_entries(text, members), name))
    except (ValueError, IndexError, RecursionError) as problem:
        at = getattr(problem, "pos", None)
        line = text.count("\n", 0, at) + 1 if at is not None else text.count("\n") + 1
        raise refused(
            name,
            f"不是完整的 GeoJSON，第 {line} 行处出错（嵌套过深，损坏或传输不完整）；请重新导出。",
            f"is no complete GeoJSON: broken at line {line}, nested too deep or cut off.",
        ) from None
    if title_is_marked(str(said) for said in members.values() if isinstance(said, str)):
        raise secret()
    if all(cells is None for cells, _ in entries):
        raise refused(
            name,
            "不是 GeoJSON FeatureCollection，或其中没有要素。",
            "is no GeoJSON FeatureCollection, or there is no feature in it.",
        )
    if all(geometry is _NONE for _, geometry in entries):
        return _records([cells for cells, _ in entries], name)
    draft = _table(entries, name)
    draft.crs = _stated_crs(members)
    draft.crs_by_default = not members.get("crs")
    if "geometryType" in members or "spatialReference" in members:
        draft.crs = crs_name(stated_system(members))
        draft.notes.append("Esri JSON，不是 GeoJSON · Esri's JSON, no GeoJSON")
    if "overpass" in members:
        bare = members["overpass"] - len(entries)
        draft.notes.append(
            f"OpenStreetMap（Overpass）导出；{bare} 个无标签的点线只作几何，不算行 · an Overpass "
            f"export; {bare} elements without tags only carry geometry and are no rows"
        )
    return draft


_NONE: Json = {}
"""Stands for the geometry of a plain record, which has none."""


def _entries(text: str, members: Json) -> Iterator[Any]:
    """The features or records of a JSON text; the collection's other members go to `members`."""
    at = _gap(text, 0)
    if at >= len(text):
        return
    if text[at] == "[":
        at = yield from _elements(text, at)
    elif text[at] == "{":
        at = yield from _members(text, at, members)
        if "features" not in members:
            yield _whole(members)
    else:
        raise ValueError
    while (at := _gap(text, at)) < len(text):
        value, at = _DECODER.raw_decode(text, at)
        yield value


def _whole(members: Json) -> Any:
    """A file that is one object and no collection: a feature, a geometry, or a wrapped list."""
    if members.get("type") in ("Feature", *_SHAPES):
        return dict(members)
    elements = members.get("elements")
    if isinstance(elements, list) and any(_is_element(one) for one in elements[:1000]):
        members["overpass"] = len(elements)
        return features_of_elements(elements)
    lists = [v for v in members.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
    if len(lists) == 1:
        return lists[0]
    raise ValueError


def _is_element(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("type") in ELEMENTS and "id" in entry


def _members(text: str, at: int, members: Json) -> Generator[Any, None, int]:
    at = _gap(text, at + 1)
    if text[at] == "}":
        return at + 1
    while True:
        key, at = _DECODER.raw_decode(text, at)
        at = _gap(text, at)
        if not isinstance(key, str) or text[at] != ":":
            raise ValueError
        at = _gap(text, at + 1)
        if key == "features" and text[at] == "[":
            members[key] = True
            at = yield from _elements(text, at)
        else:
            members[key], at = _DECODER.raw_decode(text, at)
        at = _gap(text, at)
        if text[at] == "}":
            return at + 1
        if text[at] != ",":
            raise ValueError
        at = _gap(text, at + 1)


def _elements(text: str, at: int) -> Generator[Any, None, int]:
    at = _gap(text, at + 1)
    if text[at] == "]":
        return at + 1
    while True:
        value, at = _DECODER.raw_decode(text, at)
        yield value
        at = _gap(text, at)
        if text[at] == "]":
            return at + 1
        if text[at] != ",":
            raise ValueError
        at = _gap(text, at + 1)


def _gap(text: str, at: int) -> int:
    found = _GAP.match(text, at)
    return found.end() if found else at


def _features(entries: Iterator[Any], name: str) -> Iterator[tuple[dict[str, str] | None, Any]]:
    """(cells, geometry) of each entry; cells None where the entry is no feature at all."""
    seen: set[str] = set()
    for entry in entries:
        for one in entry if isinstance(entry, list) else (entry,):
            cells, geometry = _parts(one)
            if cells is not None and not cells.keys() <= seen:
                seen |= cells.keys()
                if len(seen) > MAX_COLUMNS:
                    refuse_too_wide(name, len(seen))
            yield cells, geometry


def _parts(entry: Any) -> tuple[dict[str, str] | None, Any]:
    if not isinstance(entry, dict):
        return None, None
    entry = as_feature(entry)
    kind = entry.get("type")
    if kind in _SHAPES and ("coordinates" in entry or "geometries" in entry):
        return {}, entry
    if kind == "Feature" or "geometry" in entry:
        properties = entry.get("properties") or {}
        if not isinstance(properties, dict):
            return None, None
        cells = {text_of(key).strip(): _cell(value) for key, value in properties.items()}
        if "id" in entry and "id" not in cells:
            cells["id"] = text_of(entry["id"])
        return cells, entry.get("geometry")
    return {text_of(key).strip(): _cell(value) for key, value in entry.items()}, _NONE


def _cell(value: Any) -> str:
    """A member as text; an empty list stands for nothing, as phone maps write it."""
    return "" if value == [] or value == {} else text_of(value)


def _records(records: list[dict[str, str] | None], name: str) -> Draft:
    columns = list(dict.fromkeys(key for record in records for key in record or ()))
    rows: list[Row] = []
    draft = Draft(columns, rows)
    for number, record in enumerate(records, 1):
        cells = [(record or {}).get(column, "") for column in columns]
        problem = oversized(number, columns, cells) if record else no_feature(number, _NO_FEATURE)
        if problem:
            draft.unreadable.append(problem)
        else:
            rows.append(Row(number, cells))
    return draft


def _table(entries: list[tuple[dict[str, str] | None, Any]], name: str) -> Draft:
    columns = list(dict.fromkeys(key for cells, _ in entries for key in cells or ()))
    shapes = np.empty(len(entries), dtype=object)
    faults: dict[int, str] = {}
    positions: dict[int, tuple[str, str]] = {}
    for n, (_, geometry) in enumerate(entries):
        if geometry is None or geometry is _NONE:
            continue
        try:
            if geometry["type"] == "Point":
                x, y = _pair(geometry["coordinates"])[:2]
                positions[n] = (text_of(x), text_of(y))
            shapes[n] = shape_of(geometry)
        except (LookupError, TypeError, ValueError, RecursionError, shapely.errors.ShapelyError):
            faults[n] = NOT_FINITE if n in positions else NO_SHAPE
    cells = [[(found or {}).get(column, "") for column in columns] for found, _ in entries]
    draft = with_shapes(name, columns, cells, shapes, faults=faults, positions=positions)
    lost = {n for n, (found, _) in enumerate(entries, 1) if found is None}
    if lost:
        kept = [n for n, row in enumerate(draft.rows) if row.number not in lost]
        draft.rows = [draft.rows[n] for n in kept]
        draft.geometry = None if draft.geometry is None else draft.geometry[kept]
        draft.unreadable += [no_feature(n, _NO_FEATURE) for n in sorted(lost)]
    if positions and LON not in draft.columns:
        raise AssertionError(f"points without the columns {LON} and {LAT}")
    return draft


def shape_of(geometry: Json) -> Any:
    """The shapely geometry of a GeoJSON one whose numbers may be text; ValueError if it is none."""
    kind = geometry["type"]
    if kind == "GeometryCollection":
        return shapely.GeometryCollection([shape_of(part) for part in geometry["geometries"]])
    given = geometry["coordinates"]
    if kind == "Point":
        return shapely.Point(_position(given))
    if kind == "LineString":
        return shapely.LineString(_line(given))
    if kind == "Polygon":
        return _polygon(given)
    if kind == "MultiPoint":
        return shapely.MultiPoint(_line(given))
    if kind == "MultiLineString":
        return shapely.MultiLineString([_line(line) for line in given])
    if kind == "MultiPolygon":
        return shapely.MultiPolygon([_polygon(rings) for rings in given])
    raise ValueError(kind)


def _polygon(rings: list[Any]) -> Any:
    lines = [_line(ring) for ring in rings]
    return shapely.Polygon(lines[0], lines[1:]) if lines else shapely.Polygon()


def _line(positions: list[Any]) -> list[tuple[float, ...]]:
    line = [_position(position) for position in positions]
    # A line of which some positions have a height and some not: the unknown heights are left off.
    flat = min((len(position) for position in line), default=2)
    return [position[:flat] for position in line]


def _position(position: Any) -> tuple[float, ...]:
    return tuple(float(number) for number in _pair(position)[:3])


def _pair(position: Any) -> list[Any]:
    """The two or three numbers of a position that may be one text 「121.4,31.2」."""
    if isinstance(position, str):
        position = re.split(r"\s*[,，;\s]\s*", position.strip())
    if not isinstance(position, list) or len(position) < 2:
        raise ValueError("no position")
    return position


def _stated_crs(whole: Json) -> str:
    """The `crs` member of old GeoJSON; without one RFC 7946 says WGS 84."""
    try:
        return str(whole["crs"]["properties"]["name"])
    except (KeyError, TypeError):
        return "EPSG:4326"
