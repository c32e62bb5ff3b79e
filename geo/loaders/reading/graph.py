"""Which edges does a graph file hold: GraphML, or a list of edges with a list of coordinates?"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import numpy as np
import pyarrow as pa
import shapely
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from numpy.typing import NDArray

from geo.loaders.columns import TextRows
from geo.loaders.reading.drafts import (
    MAX_CELL,
    MAX_COLUMNS,
    Draft,
    refuse_too_long,
    refuse_too_wide,
    refused,
)
from geo.loaders.storable import storable
from geo.loaders.tables import Row

MAX_DEPTH = 50
FROM, TO, LENGTH = "from", "to", "length_m"
UNKNOWN_NODE = "找不到节点 {} · there is no node {}"
NO_NUMBER = "节点 {} 的坐标不是有限的数 · the coordinates of node {} are no finite numbers"
_LON, _LAT = ("x", "lon", "lng", "longitude", "经度"), ("y", "lat", "latitude", "纬度")
_IDS = ("id", "node", "node_id", "nodeid", "osmid", "编号", "节点", "节点编号")
Place = tuple[float, float]


def is_graphml(head: bytes) -> bool:
    """Whether a file begins like GraphML."""
    return re.search(rb"<(?:\w+:)?graphml[\s>]", head) is not None


def read_graphml(path: Path, name: str) -> Draft:
    """The edges of a GraphML file as OSMnx and networkx write it, with all their attributes.

    An edge has its own line (attribute `geometry`, WKT), or runs straight between its nodes. Read
    as a stream, with entities forbidden. Raises DeliveryRefused for what is no usable graph.
    """
    graph = _Graph(name)
    try:
        with path.open("rb") as file:
            for event, element in iterparse(
                file, events=("start", "end"), forbid_dtd=True, forbid_external=True
            ):
                graph.take(event, element)
    except DefusedXmlException:
        raise refused(
            name, "含有 XML 实体定义（DTD），正常的文件没有；未读取。",
            "it defines XML entities (a DTD), which no honest file does: not read.",
        ) from None  # fmt: skip
    except (ParseError, ValueError, LookupError) as problem:
        raise refused(
            name, f"XML 不完整或有错（{str(problem)[:80]}）；请重新导出。",
            f"its XML is cut off or broken ({str(problem)[:80]}): export it again.",
        ) from None  # fmt: skip
    return graph.draft()


class _Graph:
    """Nodes and edges as they come along in the stream."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.names: dict[str, str] = {}
        self.places: dict[str, Place] = {}
        self.edges: list[tuple[str, str, dict[str, str]]] = []
        self.columns: dict[str, None] = {}
        self.about: dict[str, str] = {}
        self.is_directed = True
        self._open: list[Element] = []

    def take(self, event: str, element: Element) -> None:
        tag = element.tag.rpartition("}")[2]
        if event == "start":
            self._open.append(element)
            if len(self._open) > MAX_DEPTH:
                raise refused(self.name, "XML 嵌套过深。", "its XML is nested too deep.")
            if tag == "graph":
                self.is_directed = element.get("edgedefault") != "undirected"
            return
        self._open.pop()
        if tag == "key":
            self.names[element.get("id", "")] = storable(element.get("attr.name", ""))[:80]
        elif tag == "node":
            self._node(element)
        elif tag == "edge":
            self._edge(element)
        elif tag == "data" and self._open and self._open[-1].tag.endswith("graph"):
            self.about[self._name(element)] = (element.text or "").strip()[:200]
        if tag in ("node", "edge", "key") and self._open:
            element.clear()
            self._open[-1].remove(element)

    def _name(self, data: Element) -> str:
        key = data.get("key", "")
        return self.names.get(key) or key[:80]

    def _data(self, element: Element) -> dict[str, str]:
        return {
            self._name(data): storable(data.text.strip())
            for data in element
            if data.text and data.tag.endswith("data")
        }

    def _node(self, element: Element) -> None:
        said = {key.casefold(): value for key, value in self._data(element).items()}
        x, y = (next((said[n] for n in names if n in said), "") for names in (_LON, _LAT))
        self.places[storable(element.get("id", ""))] = (_number(x), _number(y))
        refuse_too_long(self.name, len(self.places))

    def _edge(self, element: Element) -> None:
        said = self._data(element)
        self.edges.append(
            (storable(element.get("source", "")), storable(element.get("target", "")), said)
        )
        self.columns.update(dict.fromkeys(said))
        refuse_too_wide(self.name, len(self.columns))
        refuse_too_long(self.name, len(self.edges))

    def draft(self) -> Draft:
        """Rows from, to and the attributes; `reversed` only repeats what the ends say."""
        if not self.edges:
            raise refused(self.name, "图中没有边。", "there is no edge in the graph.")
        if not any(math.isfinite(x) and math.isfinite(y) for x, y in self.places.values()):
            raise refused(
                self.name, "节点没有坐标（x, y）；请连同坐标导出。",
                "its nodes have no coordinates (x, y): export them too.",
            )  # fmt: skip
        columns = [column for column in self.columns if column not in ("geometry", "reversed")]
        rows = [
            Row(n, [tail, head, *(_plain(said.get(column, "")) for column in columns)])
            for n, (tail, head, said) in enumerate(self.edges, 1)
        ]
        ends = [(tail, head) for tail, head, _ in self.edges]
        drawn = shapely.from_wkt(
            [said.get("geometry") for _, _, said in self.edges], on_invalid="ignore"
        )
        shapes, faults = chords(ends, self.places)
        for n, (line, (_, _, said)) in enumerate(zip(drawn, self.edges, strict=True)):
            if n + 1 in faults:
                continue
            if line is not None:
                shapes[n] = _as_stated(shapely.force_2d(line), shapes[n])
            elif said.get("geometry"):
                shapes[n], faults[n + 1] = None, "几何无法读取 · the geometry cannot be read"
        draft = Draft([FROM, TO, *columns], rows, geometry=shapes, faults=faults)
        draft.evidence = "XML 自述编码 · as the XML states"
        draft.crs = self.about.get("crs") or None
        made_by = self.about.get("created_with", "")
        if made_by:
            draft.notes.append(f"由 {made_by} 生成 · made by {made_by}")
        if not self.is_directed:
            draft.notes.append("无向图 · an undirected graph")
        return draft


def _as_stated(line: Any, chord: Any) -> Any:
    """The line from the edge's first node to its second, whichever way it was drawn."""
    if line.geom_type != "LineString" or line.is_empty:
        return line
    start, end = shapely.get_point(chord, 0), shapely.get_point(chord, 1)
    first, last = shapely.get_point(line, 0), shapely.get_point(line, -1)
    as_drawn = first.distance(start) + last.distance(end)
    return line if as_drawn <= first.distance(end) + last.distance(start) else line.reverse()


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _plain(cell: str) -> str:
    """A cell; of a list as Python writes it (`['a', 'b']`) the parts, joined by semicolons.

    They are in one order, for the two directions of a road list them in opposite orders.
    """
    if cell.startswith("[") and cell.endswith("]") and len(cell) <= MAX_CELL:
        try:
            parts = ast.literal_eval(cell)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return cell
        return ";".join(sorted(str(part) for part in parts))
    return cell[: MAX_CELL + 1]


def chords(
    ends: list[tuple[str, str]], places: dict[str, Place]
) -> tuple[NDArray[np.object_], dict[int, str]]:
    """A straight line from node to node for each edge, and by row (from 1) why there is none."""
    nowhere = (math.nan, math.nan)
    flat = [places.get(node, nowhere) for pair in ends for node in pair]
    pairs = np.array(flat, dtype=float).reshape(-1, 2, 2)
    shapes = np.full(len(ends), None, dtype=object)
    there = np.isfinite(pairs).all(axis=(1, 2))
    shapes[there] = shapely.linestrings(pairs[there])
    faults: dict[int, str] = {}
    for n in np.flatnonzero(~there).tolist():
        finite = np.isfinite(pairs[n]).all(axis=1)
        node = ends[n][1] if finite[0] else ends[n][0]
        faults[n + 1] = (NO_NUMBER if node in places else UNKNOWN_NODE).format(node[:40], node[:40])
    return shapes, faults


def read_pair(edges: str, nodes: str, name: str, nodes_name: str) -> Draft:
    """Edges `from to length` a line, whose nodes have coordinates a line in a second file.

    Lines are parted by blanks, tabs or commas; `#` begins a comment; a first line with the count is
    passed over. Nodes are `id, a, b`, or `a b` numbered by their lines.
    """
    lines = list(_lines(edges))
    if lines and len(lines[0]) < 3 and all(cell.isdecimal() for cell in lines[0]):
        lines = lines[1:]
    if not lines:
        raise refused(name, "没有数据行。", "there are no data rows in it.")
    refuse_too_long(name, len(lines))
    columns = [[cells[n] if len(cells) > n else "" for cells in lines] for n in range(3)]
    ends = list(zip(columns[0], columns[1], strict=True))
    places, note = places_of(nodes, nodes_name, ends)
    shapes, faults = chords(ends, places)
    numbers = np.arange(1, len(lines) + 1, dtype=np.int64)
    rows = TextRows(numbers, [pa.array(cells, pa.string()) for cells in columns])
    draft = Draft([FROM, TO, LENGTH], rows, geometry=shapes, faults=faults)
    draft.notes.append(note)
    return draft


def _lines(text: str) -> Iterator[list[str]]:
    """The cells of each line that is neither empty nor a comment."""
    marks = str.maketrans(",;\t", "   ")
    for line in text.translate(marks).splitlines():
        cells = line.split(None, MAX_COLUMNS)
        if cells and not cells[0].startswith("#"):
            yield [cell[:MAX_CELL] for cell in cells] if len(line) > MAX_CELL else cells


def places_of(text: str, name: str, ends: list[tuple[str, str]]) -> tuple[dict[str, Place], str]:
    """The coordinates of nodes by id as (lon, lat) or (east, north), and how they were read."""
    lines = list(_lines(text))
    if lines and len(lines[0]) == 1:
        lines = lines[1:]
    refuse_too_long(name, len(lines))
    if lines and has_heading(lines[0]):
        return _places_by_heading(lines, name)
    width = len(lines[0]) if lines else 0
    if width not in (2, 3):
        raise refused(
            name, "每行应是两个坐标，或编号加两个坐标。",
            "each line should hold two coordinates, or an id and two coordinates.",
        )  # fmt: skip
    pairs = np.array(
        [[_number(cell) for cell in [*cells, "", ""][width - 2 : width]] for cells in lines]
    )
    is_lat_first = _latitude_first(text, pairs, name)
    if is_lat_first:
        pairs = pairs[:, ::-1]
    if width == 3:
        ids, how = [cells[0] for cells in lines], "按编号 · by id"
    else:
        first = _first_id(ends, len(lines))
        ids = [str(n) for n in range(first, first + len(lines))]
        how = f"按行号，自 {first} 起 · by line, from {first}"
    order = "纬度在前 · latitude first" if is_lat_first else "经度在前 · longitude first"
    note = f"节点坐标 {name}：{len(ids)} 个，{how}；{order}"
    return dict(zip(ids, map(tuple, pairs.tolist()), strict=True)), note


def has_heading(cells: list[str]) -> bool:
    """Whether the first line of a table names its columns: none of its cells is a number."""
    return all(math.isnan(_number(cell)) for cell in cells)


def _places_by_heading(lines: list[list[str]], name: str) -> tuple[dict[str, Place], str]:
    headings = [cell.strip("\"'\ufeff").casefold() for cell in lines[0]]
    at = [next((headings.index(word) for word in words if word in headings), None)
          for words in (_IDS, _LON, _LAT)]  # fmt: skip
    if None in at:
        raise refused(
            name, f"需要列 id、lon、lat；现有：{'、'.join(headings[:10])}。",
            f"it needs columns id, lon, lat; there are: {', '.join(headings[:10])}.",
        )  # fmt: skip
    node, x, y = (place or 0 for place in at)
    width = max(node, x, y) + 1
    places = {
        cells[node].strip("\"'"): (_number(cells[x]), _number(cells[y]))
        for cells in lines[1:] if len(cells) >= width
    }  # fmt: skip
    return places, f"节点坐标 {name}：{len(places)} 个，按编号 · by id"


def _latitude_first(text: str, pairs: NDArray[np.float64], name: str) -> bool:
    """Whether the first column is the latitude: as a comment says, else as only can be."""
    comments = [line for line in text[:4096].splitlines() if line.startswith("#")]
    said = " ".join(comments).casefold()
    words = (("latitude", "lat", "纬度"), ("longitude", "lon", "lng", "经度"))
    at = [[said.find(word) for word in axis if word in said] for axis in words]
    if all(at):
        return min(at[0]) < min(at[1])
    with np.errstate(invalid="ignore"):
        first, second = np.nanmax(np.abs(pairs), axis=0) if len(pairs) else (0.0, 0.0)
    if max(first, second) > 90 and min(first, second) <= 90:
        return bool(second > 90)
    if min(first, second) > 90:
        return False  # projected: east, north
    raise refused(
        name, "分不清哪一列是纬度；请加一行注释，如「# latitude, longitude」。",
        "which column is the latitude cannot be told: add a line '# latitude, longitude' or "
        "'# longitude, latitude'.",
    )  # fmt: skip


def _first_id(ends: list[tuple[str, str]], count: int) -> int:
    """0 or 1: the number of the first node where nodes are told by their line."""
    ids = {int(node) for pair in ends for node in pair if node.isdecimal()}
    return 1 if ids and 0 not in ids and count in ids else 0
