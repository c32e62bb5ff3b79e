"""Between which junctions does each edge run, how long is it, and which edges come twice?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from geo.loaders.columns import codes_of
from geo.loaders.reading.parting import part_lines
from geo.loaders.roads.rows import MICROMETRE, Bools, Meaning, Rows, Shapes

GRID = 1e-7
"""Degrees to which vertices are rounded when they are compared: about a centimetre."""
MOST_APART_M = 20.0
"""A node whose edges end farther apart than this is no node but, say, the name of a place."""
MOST_APART_SHARE = 0.01
_GRS80 = Geod(ellps="GRS80")
_SEVERAL = 5  # a MultiLineString
Ids = NDArray[np.object_]
Lengths = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges in EPSG:4490: the index of the row each comes from, its nodes, line and direction.

    `part` counts the parts of a row from 1 where it was parted, else 0. `is_turned` edges run
    against the line of their row.
    """

    of: NDArray[np.intp]
    part: NDArray[np.int64]
    tails: Ids
    heads: Ids
    shapes: Shapes
    oneway: NDArray[np.object_]
    length_m: Lengths
    is_turned: Bools

    def take(self, kept: NDArray[Any]) -> Edges:
        """Some of the edges, by truth or by place."""
        return Edges(
            self.of[kept], self.part[kept], self.tails[kept], self.heads[kept],
            self.shapes[kept], self.oneway[kept], self.length_m[kept], self.is_turned[kept],
        )  # fmt: skip


def lengths_m(shapes: Shapes) -> Lengths:
    """The geodesic lengths of lines in degrees, on the ellipsoid of CGCS2000, in metres."""
    at, owner = shapely.get_coordinates(shapes, return_index=True)
    same = owner[1:] == owner[:-1]
    start, end = at[:-1][same], at[1:][same]
    _, _, metres = _GRS80.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    sums = np.bincount(owner[1:][same], weights=metres, minlength=len(shapes))
    return np.asarray(np.round(sums, MICROMETRE), dtype=float)


def edges_of(rows: Rows, shapes: Shapes, meaning: Meaning) -> Edges:
    """The edges of the rows that are left; `shapes` are all rows' lines in EPSG:4490.

    Where the file names both nodes of each row they are taken at their word, as long as edges of
    one node meet. Else lines are parted at the vertices that they share and nodes are places.
    Edges without length and loops that are but a point are refused.
    """
    tails, heads = rows.text("from_node"), rows.text("to_node")
    if tails is None or heads is None:
        return _parted(rows, shapes, meaning)
    ends = [np.array(column.to_pylist(), dtype=object) for column in (tails, heads)]
    unnamed = (ends[0] == "") | (ends[1] == "")
    if unnamed[rows.is_left].all():
        return _parted(rows, shapes, meaning)
    merged = shapes.copy()
    several = shapely.get_type_id(shapes) == _SEVERAL
    merged[several] = shapely.line_merge(shapes[several])
    is_line = shapely.get_type_id(merged) == 1
    if not _nodes_meet(rows, merged, ends, ~unnamed & is_line):
        return _parted(rows, shapes, meaning)
    message = "起点或终点编号为空 · the id of a node is missing"
    rows.refuse(unnamed, "from_node", "unknown_node", message)
    message = "有几段不相连的线，请拆成几行 · several lines that do not join: one row each"
    rows.refuse(~is_line, None, "geometry_type", message)
    is_loop = (ends[0] == ends[1]) & (shapely.get_num_points(merged) < 3)
    message = "起点与终点相同 · an edge from a node to itself"
    rows.refuse(is_loop, "from_node", "self_loop", message)
    of = np.flatnonzero(rows.is_left)
    nothing = np.zeros(len(of), dtype=np.int64)
    return _measured(rows, Edges(
        of, nothing, ends[0][of], ends[1][of], merged[of], meaning.oneway[of], np.empty(0),
        nothing.astype(bool),
    ), meaning)  # fmt: skip


def _nodes_meet(rows: Rows, shapes: Shapes, ends: list[Ids], known: Bools) -> bool:
    """Whether edges that name one node end at one place; names of places do not."""
    at = np.flatnonzero(known & rows.is_left)
    if not at.size:
        return True
    nodes = codes_of(pa.array(np.concatenate([ends[0][at], ends[1][at]]).tolist(), pa.string()))
    places = np.concatenate([
        shapely.get_coordinates(shapely.get_point(shapes[at], end)) for end in (0, -1)
    ])  # fmt: skip
    first = np.full((nodes.max() + 1, 2), np.nan)
    first[nodes[::-1]] = places[::-1]
    there = first[nodes]
    _, _, away = _GRS80.inv(there[:, 0], there[:, 1], places[:, 0], places[:, 1])
    apart = np.unique(nodes[away > MOST_APART_M])
    if not apart.size:
        return True
    share = apart.size / len(first)
    if share > MOST_APART_SHARE:
        rows.say(
            "nodes_ignored",
            f"{apart.size} 个「节点」（{share:.0%}）的路段并不相接，可能是地名；"
            "改按线的共用顶点连接 · what should be nodes are not places where edges meet; "
            "lines are joined where they "
            "share a vertex instead",
        )  # fmt: skip
        return False
    rows.say(
        "nodes_apart",
        f"{apart.size} 个节点的路段端点相距超过 {MOST_APART_M:g} 米，请核对 · "
        f"{apart.size} nodes whose edges end more than {MOST_APART_M:g} m apart: please check",
    )
    return True


def _parted(rows: Rows, shapes: Shapes, meaning: Meaning) -> Edges:
    """Part lines where they share a vertex; the nodes are the places where they meet."""
    left = np.flatnonzero(rows.is_left)
    lines, owner = shapely.get_parts(shapes[left], return_index=True)
    at, line_of = shapely.get_coordinates(lines, return_index=True)
    cells = np.round(at / GRID).astype(np.int64)
    fresh = np.ones(len(at), dtype=bool)  # a vertex that repeats the one before it joins nothing
    fresh[1:] = (line_of[1:] != line_of[:-1]) | (cells[1:] != cells[:-1]).any(axis=1)
    at, line_of, cells = at[fresh], line_of[fresh], cells[fresh]
    _, nodes = np.unique(cells, axis=0, return_inverse=True)
    parts = part_lines(np.ravel(nodes), line_of, np.ones(len(at), dtype=bool))
    vertices, edge_of = parts.vertices()
    made = np.full(len(parts.first), None, dtype=object)
    if len(made):
        made[:] = shapely.linestrings(at[vertices], indices=edge_of)
    of = left[owner[line_of[parts.first]]]
    _refuse_pointlike(rows, of)
    counts = np.bincount(of, minlength=len(shapes))
    order = np.arange(len(of)) - np.concatenate([[0], np.cumsum(counts)])[of]
    names = [_places_named(cells[place]) for place in (parts.first, parts.last)]
    if len(of) != len(left):
        rows.say(
            "parted",
            f"{len(left)} 条线在共用顶点处分为 {len(of)} 条路段，行号是线的行号 · {len(left)} "
            f"lines parted at shared vertices into {len(of)} edges; row numbers are of the lines",
        )
    return _measured(rows, Edges(
        of, np.where(counts[of] > 1, order + 1, 0), names[0], names[1], made, meaning.oneway[of],
        np.empty(0), np.zeros(len(of), dtype=bool),
    ), meaning)  # fmt: skip


def _refuse_pointlike(rows: Rows, of: NDArray[np.intp]) -> None:
    """Lines of which no edge is left."""
    has_edges = np.zeros(len(rows.numbers), dtype=bool)
    has_edges[of] = True
    message = "线的长度为零 · the line has no length"
    rows.refuse(~has_edges, None, "length", message)


def _places_named(cells: NDArray[np.int64]) -> Ids:
    texts = [f"{x * GRID:.7f},{y * GRID:.7f}" for x, y in cells.tolist()]
    return np.array(texts, dtype=object)


def _measured(rows: Rows, edges: Edges, meaning: Meaning) -> Edges:
    """The edges with lengths, those without refused, and all in the direction of traffic."""
    metres = lengths_m(edges.shapes)
    none = np.zeros(len(rows.numbers), dtype=bool)
    none[edges.of[~(metres > 0)]] = True
    none &= rows.is_left
    whole = np.ones(len(none), dtype=bool)
    whole[edges.of[metres > 0]] = False
    rows.refuse(none & whole, None, "length", "线的长度为零 · the line has no length")
    edges = replace(edges, length_m=metres).take(np.flatnonzero(metres > 0))
    return turned(edges, meaning.is_backwards[edges.of])


def turned(edges: Edges, which: Bools) -> Edges:
    """The edges, some of them from their end to their beginning."""
    shapes = edges.shapes.copy()
    shapes[which] = shapely.reverse(shapes[which])
    return replace(
        edges, shapes=shapes, tails=np.where(which, edges.heads, edges.tails),
        heads=np.where(which, edges.tails, edges.heads), is_turned=edges.is_turned ^ which,
    )  # fmt: skip


def in_one_direction(edges: Edges) -> Edges:
    """Edges of traffic both ways, or unknown, from the lesser node to the greater.

    So an edge that is stored once in either direction is the same edge twice.
    """
    keys: dict[str, tuple[int, int, str]] = {}
    for node in {*edges.tails.tolist(), *edges.heads.tolist()}:
        keys[node] = (0, int(node), "") if node.isdecimal() else (1, 0, node)
    free = edges.oneway != True  # noqa: E712 - an array of True, False and None
    greater = np.array(
        [keys[tail] > keys[head] for tail, head in zip(edges.tails, edges.heads, strict=True)],
        dtype=bool,
    )
    is_loop = edges.tails == edges.heads
    if is_loop.any():
        greater |= is_loop & _wound_back(edges.shapes)
    return turned(edges, free & greater)


def _wound_back(shapes: Shapes) -> Bools:
    """Which loops begin with the greater of their two next vertices."""
    second, last = (shapely.get_coordinates(shapely.get_point(shapes, n)) for n in (1, -2))
    return np.asarray(
        (second[:, 0] > last[:, 0]) | ((second[:, 0] == last[:, 0]) & (second[:, 1] > last[:, 1]))
    )


def first_of_each(edges: Edges, told: list[pa.Array]) -> NDArray[np.intp]:
    """The first of each set of edges that agree in nodes, line, direction and what is `told`."""
    drawn = pa.array(shapely.to_wkb(edges.shapes).tolist(), pa.binary())
    traffic = pa.array(edges.oneway.tolist(), pa.bool_())
    texts = [pa.array(ids.tolist(), pa.string()) for ids in (edges.tails, edges.heads)]
    codes = np.column_stack([codes_of(column) for column in (*texts, traffic, drawn, *told)])
    _, first = np.unique(codes, axis=0, return_index=True)
    return np.sort(first)


def codes_by_nodes(edges: Edges, stated_m: Lengths) -> Ids:
    """A code from the nodes of each edge; edges between the same nodes are counted by length."""
    codes = np.array(
        [
            f"{tail}{'>' if oneway is True else '-'}{head}"
            for tail, head, oneway in zip(edges.tails, edges.heads, edges.oneway, strict=True)
        ],
        dtype=object,
    )
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for index, code in enumerate(codes.tolist()):
        groups[code].append(index)
    for group in groups.values():
        if len(group) > 1:
            group.sort(key=lambda at: (
                edges.length_m[at], np.nan_to_num(stated_m[at]), shapely.to_wkb(edges.shapes[at])
            ))  # fmt: skip
            for order, index in enumerate(group[1:], 2):
                codes[index] += f"#{order}"
    return codes
