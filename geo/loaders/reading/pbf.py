"""Which roads does an OpenStreetMap extract (.osm.pbf) hold, parted where they meet?

Only ways with the key `highway` that people may walk or drive on are taken; military and private
ones never, nor anything else of the extract.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from geo.loaders.columns import TextRows
from geo.loaders.reading.drafts import MAX_ROWS, Draft, refused
from geo.loaders.reading.parting import Bools, Ints, Parts, part_lines
from geo.loaders.storable import storable

MAX_NODES = 30_000_000
"""Vertices of roads that one extract may hold: a province has a few millions."""
LICENCE = "ODbL 1.0 © OpenStreetMap contributors"
KEPT_TAGS = (
    "highway", "name", "oneway", "junction", "access", "foot", "motor_vehicle", "motorroad",
    "maxspeed", "incline", "bridge", "tunnel", "layer", "covered", "indoor", "service", "surface",
    "sidewalk", "wheelchair", "handrail", "ramp", "lit", "ref", "area",
)  # fmt: skip
NOT_BUILT = frozenset((
    "construction", "proposed", "planned", "abandoned", "razed", "demolished", "disused", "no",
    "raceway", "rest_area", "services", "bus_stop", "emergency_bay", "escape", "virtual",
))  # fmt: skip
"""Values of `highway` on which nobody walks or drives."""
_MAGIC = b"OSMHeader"


def is_pbf(head: bytes) -> bool:
    """Whether a file begins like an extract of OpenStreetMap in protocol buffers."""
    return _MAGIC in head[:64]


@dataclass(slots=True)
class _Ways:
    """The roads of an extract: their tags and nodes, and how many others there were and why."""

    ids: array[int] = field(default_factory=lambda: array("q"))
    refs: array[int] = field(default_factory=lambda: array("q"))
    lengths: array[int] = field(default_factory=lambda: array("q"))
    tags: dict[str, list[str]] = field(default_factory=lambda: {key: [] for key in KEPT_TAGS})
    not_taken: Counter[str] = field(default_factory=Counter)


def read_pbf(path: Path, name: str) -> Draft:
    """The roads of an extract as edges between the nodes where they meet; WGS 84.

    A way that leaves the extract is cut, and the notes say how often. A ring that meets others at
    one node only is parted in its middle, so that no edge ends where it begins.
    Raises DeliveryRefused for damaged files, without roads, or above the limits.
    """
    try:
        ways = _read_ways(path, name)
        if not ways.ids:
            raise refused(name, "其中没有道路。", "there are no roads in it.")
        refs = np.array(ways.refs, dtype=np.int64)
        lon, lat = _places(path, refs)
        military = _military_areas(path)
    except (RuntimeError, OSError, ValueError) as problem:
        said = str(problem).replace(str(path), name).splitlines()[0][:120]
        raise refused(
            name, f"文件已损坏或传输不完整（{said}）；请重新下载。",
            f"the file is damaged or cut off ({said}): fetch it again.",
        ) from None  # fmt: skip
    way_of = np.repeat(np.arange(len(ways.ids)), np.array(ways.lengths, dtype=np.int64))
    parts = part_lines(refs, way_of, np.isfinite(lon) & np.isfinite(lat))
    shapes = _lines(parts, lon, lat)
    open_to_all = ~_within(shapes, military)
    ways.not_taken["military"] += int((~open_to_all).sum())
    return _draft(name, ways, refs, way_of, parts.only(open_to_all), shapes[open_to_all])


def _read_ways(path: Path, name: str) -> _Ways:
    import osmium

    ways = _Ways()
    roads = osmium.FileProcessor(str(path), osmium.osm.WAY).with_filter(
        osmium.filter.KeyFilter("highway")
    )
    way: Any
    for way in roads:
        tags = {tag.k: tag.v for tag in way.tags}
        why = _why_not(tags)
        nodes = [node.ref for node in way.nodes]
        if why is None and len(nodes) < 2:
            why = "one_node"
        if why:
            ways.not_taken[why] += 1
            continue
        if "motor_vehicle" not in tags:
            tags["motor_vehicle"] = tags.get("motorcar") or tags.get("vehicle") or ""
        ways.ids.append(way.id)
        ways.lengths.append(len(nodes))
        ways.refs.extend(nodes)
        for key, values in ways.tags.items():
            values.append(storable(tags.get(key, ""))[:1000])
        if len(ways.refs) > MAX_NODES:
            raise refused(
                name, f"道路节点超过 {MAX_NODES}；请按市裁切后交付。",
                f"its roads have over {MAX_NODES} nodes: cut the extract to the city.",
            )  # fmt: skip
    return ways


def _why_not(tags: dict[str, str]) -> str | None:
    """Why a way is not taken at all."""
    if (
        tags.get("military")
        or tags.get("landuse") == "military"
        or tags.get("access") == "military"
    ):
        return "military"
    if tags.get("access") == "private":
        return "private"
    return "not_built" if tags["highway"] in NOT_BUILT else None


def _places(path: Path, refs: Ints) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitude and latitude of each reference, NaN where the extract does not hold the node."""
    import osmium

    wanted = np.unique(refs)
    ids, lons, lats = array("q"), array("d"), array("d")
    nodes = osmium.FileProcessor(str(path), osmium.osm.NODE).with_filter(
        osmium.filter.IdFilter(wanted.tolist())
    )
    node: Any
    for node in nodes:
        if node.location.valid():
            ids.append(node.id)
            lons.append(node.lon)
            lats.append(node.lat)
    found = np.array(ids, dtype=np.int64)
    order = np.argsort(found, kind="stable")
    found = found[order]
    at = np.searchsorted(found, refs)
    is_there = at < len(found)
    is_there[is_there] = found[at[is_there]] == refs[is_there]
    made = []
    for values in (lons, lats):
        axis = np.full(len(refs), np.nan)
        axis[is_there] = np.array(values)[order][at[is_there]]
        made.append(axis)
    return made[0], made[1]


def _military_areas(path: Path) -> list[Any]:
    """The areas of military use; what lies in them is not taken either."""
    import osmium

    factory = osmium.geom.WKBFactory()
    areas: list[Any] = []
    found: Any
    for wanted in (
        osmium.filter.KeyFilter("military"), osmium.filter.TagFilter(("landuse", "military"))
    ):  # fmt: skip
        for found in osmium.FileProcessor(str(path)).with_areas(wanted).with_filter(
            osmium.filter.EntityFilter(osmium.osm.AREA)
        ).with_filter(wanted):  # fmt: skip
            try:
                areas.append(shapely.from_wkb(factory.create_multipolygon(found)))
            except (RuntimeError, shapely.errors.GEOSException):
                continue  # an area that closes nowhere has no inside
    return areas


def _within(shapes: NDArray[np.object_], areas: list[Any]) -> Bools:
    """Which lines run inside one of the areas."""
    inside = np.zeros(len(shapes), dtype=bool)
    if areas and len(shapes):
        valid = shapely.make_valid(np.array(areas, dtype=object))
        pairs = shapely.STRtree(shapes).query(valid, predicate="intersects")
        touching = shapely.touches(shapes[pairs[1]], valid[pairs[0]])
        inside[pairs[1][~touching]] = True
    return inside


def _lines(parts: Parts, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Any:
    at, owner = parts.vertices()
    shapes = np.full(len(parts.first), None, dtype=object)
    if len(shapes):
        shapes[:] = shapely.linestrings(np.column_stack([lon[at], lat[at]]), indices=owner)
    return shapes


def _draft(name: str, ways: _Ways, refs: Ints, way_of: Ints, parts: Parts, shapes: Any) -> Draft:
    if len(shapes) > MAX_ROWS:
        raise refused(
            name, f"{len(shapes)} 条路段，超过 {MAX_ROWS}；请按市裁切后交付。",
            f"{len(shapes)} edges are over {MAX_ROWS}: cut the extract to the city.",
        )  # fmt: skip
    ids = np.array(ways.ids, dtype=np.int64)
    of = way_of[parts.first]
    columns = {"edge_id": pa.array([
        f"w{way}:{a}-{b}" for way, a, b in zip(
            ids[of].tolist(), refs[parts.first].tolist(), refs[parts.last].tolist(), strict=True)
    ], pa.string())}  # fmt: skip
    columns["from"] = pa.array(refs[parts.first].astype(str), pa.string())
    columns["to"] = pa.array(refs[parts.last].astype(str), pa.string())
    columns["osm_way"] = pa.array(ids[of].astype(str), pa.string())
    for key, values in ways.tags.items():
        columns[key] = pa.array(values, pa.string()).take(pa.array(of))
    numbers = np.arange(1, len(shapes) + 1, dtype=np.int64)
    draft = Draft(list(columns), TextRows(numbers, list(columns.values())))
    draft.geometry, draft.crs = shapes, "EPSG:4326"
    draft.evidence = "OSM PBF 规定为 UTF-8 · UTF-8 by the format"
    words = {
        "military": "军事用地 military", "private": "不对外通行 private",
        "not_built": "未建成或不通行 not built or not for traffic",
        "one_node": "只有一个节点 one node",
    }  # fmt: skip
    left = "；".join(f"{words[why]} {count}" for why, count in ways.not_taken.items() if count)
    draft.notes = [
        f"{len(ids)} 条道路按共用节点分为 {len(shapes)} 条路段 · "
        f"{len(ids)} ways parted at shared nodes into {len(shapes)} edges",
        *([f"未采用的道路 · ways not taken: {left}"] if left else []),
    ]
    if parts.missing.size:
        cut = np.unique(ids[way_of[parts.missing]])
        shown = ", ".join(map(str, cut[:10].tolist()))
        draft.notes.append(
            f"{len(cut)} 条道路伸出文件范围，范围外的部分不在文件中，未导入 · {len(cut)} ways "
            f"leave the extract, which does not hold the rest: {shown}{' …' * (len(cut) > 10)}"
        )
    return draft
