"""Which rows does a KML or GPX file hold?

Both are read here as a stream, with entities forbidden: a file of a thousand bytes can otherwise
unfold to gigabytes. GDAL's KML driver would drop the columns of ExtendedData.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import numpy as np
import shapely
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from geo.loaders.reading.drafts import MAX_COLUMNS, Draft, refuse_too_wide, refused
from geo.loaders.reading.shapes import NO_SHAPE, with_shapes
from geo.loaders.storable import storable

MAX_DEPTH = 100
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
Cells = dict[str, str]
Feature = tuple[Cells, Any, str | None, tuple[str, str] | None]


def read_kml(text: str, name: str) -> Draft:
    """Rows of all placemarks, with their folders, extended data and heights; WGS 84."""
    empty = ("文件中没有地标。", "there is no placemark in it.")
    return _draft(_placemarks(text, name), name, empty)


def read_gpx(text: str, name: str, layer: str | None) -> Draft:
    """Rows of the waypoints, routes or tracks of a GPX file, whichever it has; WGS 84."""
    found: dict[str, list[Feature]] = {"waypoints": [], "routes": [], "tracks": []}
    kinds = {"wpt": "waypoints", "rte": "routes", "trk": "tracks"}
    for element, path in _elements(text, name, set(kinds)):
        if len(path) == 1:
            found[kinds[_tag(element)]].append(_gpx_feature(element))
    filled = [kind for kind, features in found.items() if features]
    if layer is not None and layer not in filled:
        raise refused(
            name,
            f"没有图层「{layer}」；现有：{', '.join(filled)}。",
            f"there is no layer {layer!r}; there are: {', '.join(filled)}.",
        )
    if layer is None and len(filled) > 1:
        raise refused(
            name,
            f"有几个图层：{', '.join(filled)}；请用 --layer 指定一个。",
            f"there are several layers, {', '.join(filled)}: choose one by --layer.",
        )
    chosen = layer or (filled[0] if filled else "waypoints")
    draft = _draft(iter(found[chosen]), name, ("没有点、路线或轨迹。", "it holds no way or point."))
    draft.layer = chosen
    return draft


def _draft(features: Iterator[Feature], name: str, empty: tuple[str, str]) -> Draft:
    cells, shapes = [], []
    faults, positions = {}, {}
    columns: dict[str, None] = {}
    for n, (own, shape, fault, position) in enumerate(features):
        columns.update(dict.fromkeys(own))
        if len(columns) > MAX_COLUMNS:
            refuse_too_wide(name, len(columns))
        cells.append(own)
        shapes.append(shape)
        if fault:
            faults[n] = fault
        if position:
            positions[n] = position
    if not cells:
        raise refused(name, *empty)
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    rows = [[own.get(column, "") for column in columns] for own in cells]
    draft = with_shapes(name, list(columns), rows, array, faults=faults, positions=positions)
    draft.crs = "EPSG:4326"
    return draft


def _elements(text: str, name: str, wanted: set[str]) -> Iterator[tuple[Element, list[str]]]:
    """Each wanted element as it ends, with the names of the folders around it; then forgotten."""
    source = io.BytesIO(_DECLARATION.sub("", text, count=1).lstrip("\ufeff \r\n\t").encode())
    stack: list[Element] = []
    try:
        for event, element in iterparse(
            source, events=("start", "end"), forbid_dtd=True, forbid_external=True
        ):
            if event == "start":
                stack.append(element)
                if len(stack) > MAX_DEPTH:
                    raise refused(name, "XML 嵌套过深。", "its XML is nested too deep.")
                continue
            stack.pop()
            if _tag(element) in wanted and not any(_tag(above) in wanted for above in stack):
                yield element, [_child_text(above, "name") for above in stack]
                element.clear()
                if stack:
                    stack[-1].remove(element)
    except DefusedXmlException:
        raise refused(
            name,
            "含有 XML 实体定义（DTD），正常的文件没有；未读取。",
            "it defines XML entities (a DTD), which no honest file does: not read.",
        ) from None
    except (ParseError, ValueError, LookupError) as problem:
        line = getattr(problem, "position", (0, 0))[0]
        raise refused(
            name,
            f"XML 在第 {line} 行处出错，已损坏或传输不完整；请重新导出。",
            f"its XML is broken at line {line}, damaged or cut off: export it again.",
        ) from None


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _child_text(element: Element, tag: str) -> str:
    for child in element:
        if _tag(child) == tag:
            return storable((child.text or "").strip())
    return ""


def _all(element: Element, *tags: str) -> list[Element]:
    return [one for one in element.iter() if _tag(one) in tags]


_KML_TEXTS = ("name", "description", "address", "phoneNumber", "Snippet")
_KML_SHAPES = (
    "Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Track", "MultiTrack",
)  # fmt: skip


def _placemarks(text: str, name: str) -> Iterator[Feature]:
    for mark, folders in _elements(text, name, {"Placemark"}):
        cells = {tag: value for tag in _KML_TEXTS if (value := _child_text(mark, tag))}
        folder = " / ".join(part for part in folders[1:] if part)
        if folder:
            cells["folder"] = folder
        for time in _all(mark, "when", "begin", "end"):
            cells.setdefault(_tag(time), storable((time.text or "").strip()))
        for data in _all(mark, "Data"):
            cells[storable(data.get("name") or "data").strip()] = _child_text(data, "value")
        for data in _all(mark, "SimpleData"):
            key = storable(data.get("name") or "data").strip()
            cells[key] = storable((data.text or "").strip())
        own = next((child for child in mark if _tag(child) in _KML_SHAPES), None)
        yield cells, *_kml_shape(own)


def _kml_shape(own: Element | None) -> tuple[Any, str | None, tuple[str, str] | None]:
    """The geometry, why there is none, and the position of a point as text."""
    if own is None:
        return None, None, None
    position = None
    try:
        if _tag(own) == "Point":
            given = _child_text(own, "coordinates").split()[0].split(",")
            position = (given[0], given[1])
        return _kml_geometry(own), None, position
    except (ValueError, IndexError, RecursionError, shapely.errors.ShapelyError):
        return None, NO_SHAPE, position


def _kml_geometry(own: Element) -> Any:
    tag = _tag(own)
    if tag == "Point":
        return shapely.Point(_kml_line(own)[0])
    if tag in ("LineString", "LinearRing"):
        return shapely.LineString(_kml_line(own))
    if tag == "Polygon":
        outer = [r for side in own if _tag(side) == "outerBoundaryIs" for r in side]
        inner = [r for side in own if _tag(side) == "innerBoundaryIs" for r in side]
        return shapely.Polygon(_kml_line(outer[0]), [_kml_line(ring) for ring in inner])
    if tag == "Track":
        given = [(one.text or "").split() for one in own if _tag(one) == "coord"]
        return shapely.LineString([[float(number) for number in one] for one in given])
    parts = [_kml_geometry(part) for part in own if _tag(part) in _KML_SHAPES]
    return _gathered(parts)


def _gathered(parts: list[Any]) -> Any:
    """One multi-part geometry where all parts are of one type, else a collection."""
    many: dict[str, Any] = {
        "Point": shapely.MultiPoint,
        "LineString": shapely.MultiLineString,
        "Polygon": shapely.MultiPolygon,
    }
    types = {part.geom_type for part in parts}
    maker = many.get(types.pop()) if len(types) == 1 else None
    return maker(parts) if maker else shapely.GeometryCollection(parts)


def _kml_line(element: Element) -> list[tuple[float, ...]]:
    given = _child_text(element, "coordinates").split()
    line = [tuple(float(number) for number in one.split(",")[:3]) for one in given]
    flat = min((len(position) for position in line), default=2)
    return [position[:flat] for position in line]


_GPX_TEXTS = ("name", "desc", "cmt", "type", "sym", "time", "src", "number")


def _gpx_feature(element: Element) -> Feature:
    cells = {tag: value for tag in _GPX_TEXTS if (value := _child_text(element, tag))}
    try:
        if _tag(element) == "wpt":
            given = (element.get("lon") or "", element.get("lat") or "")
            try:
                return cells, shapely.Point(_gpx_point(element)), None, given
            except ValueError:
                return cells, None, NO_SHAPE, given
        if _tag(element) == "rte":
            return cells, shapely.LineString(_gpx_line(element, "rtept")), None, None
        parts = [_gpx_line(part, "trkpt") for part in element if _tag(part) == "trkseg"]
        lines = [shapely.LineString(part) for part in parts if len(part) > 1]
        shape = lines[0] if len(lines) == 1 else shapely.MultiLineString(lines)
        return cells, shape, None, None
    except (ValueError, shapely.errors.ShapelyError):
        return cells, None, NO_SHAPE, None


def _gpx_line(element: Element, tag: str) -> list[tuple[float, ...]]:
    line = [_gpx_point(point) for point in element if _tag(point) == tag]
    flat = min((len(position) for position in line), default=2)
    return [position[:flat] for position in line]


def _gpx_point(element: Element) -> tuple[float, ...]:
    flat = (float(element.get("lon") or ""), float(element.get("lat") or ""))
    height = _child_text(element, "ele")
    return (*flat, float(height)) if height else flat
