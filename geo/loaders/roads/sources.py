"""In which of the formats of road networks is a delivery, and which rows does it hold?"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path

from geo.errors import BadInput, DeliveryRefused
from geo.loaders.columns import column_of
from geo.loaders.personal import safe_file_name, safe_headings
from geo.loaders.reading import read_table
from geo.loaders.reading.drafts import MAX_BYTES, Draft, refused
from geo.loaders.reading.graph import (
    chords,
    has_heading,
    is_graphml,
    places_of,
    read_graphml,
    read_pair,
)
from geo.loaders.reading.pbf import LICENCE, is_pbf, read_pbf
from geo.loaders.tables import Table
from geo.loaders.things.headings import map_headings
from geo.loaders.things.roads import ROADS
from geo.text import decode

PLACES = ".co"
"""Ending of a file with the coordinates of nodes, which stands beside a list of edges."""
_NODES = ("node", "节点", "结点")
_EDGES = ("edge", "link", "路段", "边")
_NOT_EDGES = (".md", ".pdf", ".html", ".zip", ".xml", ".json", ".prj")


@dataclass(frozen=True, slots=True)
class Delivered:
    """The rows of a road network, the licence of its data, and the words of its format.

    `is_osm`: tags follow OpenStreetMap, where an absent `oneway` means traffic both ways.
    `needs_length`: edges have no line of their own, so that each must state its length.
    """

    table: Table
    stem: str
    licence: str | None = None
    is_osm: bool = False
    needs_length: bool = False


def read_roads(path: Path, layer: str | None = None) -> Delivered:
    """Read an .osm.pbf, GraphML, a pair of edges and coordinates, or a table or layer of lines.

    Content decides, not the name. Of a pair either file or the folder is given; the coordinates of
    nodes are the `.co`, or the table named nodes, beside the edges. Raises DeliveryRefused when the
    file cannot be used.
    """
    name = safe_file_name(path.name)
    try:
        pair = _pair_of(path)
        if pair is not None:
            return _read_pair(*pair)
        if path.is_dir():
            return Delivered(read_table(path, layer), path.stem)
        with path.open("rb") as file:
            head = file.read(8192)
            size = path.stat().st_size
            if is_pbf(head) or is_graphml(head):
                _refuse_large(size, name)
                file.seek(0)
                sha = hashlib.file_digest(file, "sha256").hexdigest()
                if is_pbf(head):
                    draft = read_pbf(path, name)
                    table = _table(draft, "OSM PBF", sha, size)
                    return Delivered(table, _stem(path), LICENCE, is_osm=True)
                draft = read_graphml(path, name)
                is_osm = "osmid" in draft.columns
                table = _table(draft, "GraphML", sha, size)
                return Delivered(table, _stem(path), LICENCE if is_osm else None, is_osm)
    except OSError as problem:
        raise DeliveryRefused(
            f"{name}：无法读取（{problem.strerror}）。\n{name} cannot be read: {problem.strerror}."
        ) from None
    if b"<osm" in head[:1024]:
        raise refused(
            name, "是 OSM XML；请转为 .osm.pbf（osmium cat 文件 -o 文件.osm.pbf）。",
            "is OSM XML: convert it to .osm.pbf (osmium cat FILE -o FILE.osm.pbf).",
        )  # fmt: skip
    return Delivered(read_table(path, layer), path.stem)


def _stem(path: Path) -> str:
    return path.name.removesuffix(".pbf").removesuffix(".graphml").removesuffix(".osm")


def _refuse_large(size: int, name: str) -> None:
    if size > MAX_BYTES:
        raise refused(
            name, f"{size / 1e6:.0f} MB，超过 {MAX_BYTES / 1e6:.0f} MB；请按市裁切后交付。",
            f"is larger than {MAX_BYTES / 1e6:.0f} MB: cut it to the city.",
        )  # fmt: skip


def _pair_of(path: Path) -> tuple[Path, Path] | None:
    """The list of edges and the coordinates of its nodes, given as either of them or the folder."""
    if path.is_dir():
        inside = sorted(one for one in path.iterdir() if one.is_file() and one.name[0] != ".")
        found = [one for one in inside if one.suffix.casefold() == PLACES]
        if len(found) > 1:
            raise refused(
                safe_file_name(path.name), "文件夹中有几个 .co 文件；请指定其中一个。",
                "there are several .co files in the folder: name one of them.",
            )  # fmt: skip
        if not found:
            return _edges_and_nodes(inside)
        path = found[0]
    if path.suffix.casefold() == PLACES:
        return _edges_beside(path), path
    beside = path.with_suffix(PLACES)
    return (path, beside) if path.suffix and beside.is_file() else None


def _edges_and_nodes(inside: list[Path]) -> tuple[Path, Path] | None:
    """Two tables of a folder that call themselves edges and nodes."""
    nodes = [one for one in inside if any(word in one.stem.casefold() for word in _NODES)]
    edges = [one for one in inside if any(word in one.stem.casefold() for word in _EDGES)]
    if len(inside) == 2 and len(nodes) == len(edges) == 1 and nodes != edges:
        return edges[0], nodes[0]
    return None


def _edges_beside(places: Path) -> Path:
    found = sorted(
        one for one in places.parent.iterdir()
        if one.is_file() and one != places and one.suffix.casefold() not in _NOT_EDGES
        and one.stem == places.stem
    )  # fmt: skip
    if len(found) != 1:
        shown = ", ".join(safe_file_name(one.name) for one in found[:5]) or "–"
        raise refused(
            safe_file_name(places.name),
            f"旁边应有一个同名的边表（每行 起点 终点 长度）；现有：{shown}。",
            f"one list of edges (from to length) of the same name should stand beside it: {shown}.",
        )
    return found[0]


def _read_pair(edges: Path, places: Path) -> Delivered:
    """Two text files as one delivery; its checksum is that of both."""
    name, places_name = safe_file_name(edges.name), safe_file_name(places.name)
    texts, digest, size = [], hashlib.sha256(), 0
    for one, shown in ((edges, name), (places, places_name)):
        _refuse_large(one.stat().st_size, shown)
        data = one.read_bytes()
        digest.update(data)
        size += len(data)
        try:
            texts.append(decode(data))
        except BadInput as problem:
            raise DeliveryRefused(f"{shown}: {problem}") from None
    begin = next((line for line in texts[0].text.splitlines() if line and line[0] != "#"), "")
    if has_heading(re.split(r"[\s,;|]+", begin.strip("\ufeff "))):
        return _with_places(read_table(edges), texts[1].text, name, places_name, edges.stem)
    draft = read_pair(texts[0].text, texts[1].text, name, places_name)
    draft.encoding, draft.evidence = texts[0].encoding, texts[0].evidence
    table = _table(draft, "边表 edge list", digest.hexdigest(), size)
    return Delivered(table, edges.stem, needs_length=True)


def _with_places(table: Table, places: str, name: str, places_name: str, stem: str) -> Delivered:
    """A table of edges by headings, each straight from node to node."""
    fields = map_headings(table, ROADS).fields
    if "from_node" not in fields or "to_node" not in fields:
        raise refused(
            name, "边表需要起点和终点的编号（from, to）。",
            "a list of edges needs the ids of its nodes (from, to).",
        )  # fmt: skip
    tails, heads = (
        [cell.strip() for cell in column_of(table.rows, fields[end]).to_pylist()]
        for end in ("from_node", "to_node")
    )
    ends = list(zip(tails, heads, strict=True))
    known, note = places_of(places, places_name, ends)
    shapes, faults = chords(ends, known)
    by_number = dict(enumerate((row.number for row in table.rows), 1))
    faults = {by_number[n]: why for n, why in faults.items()}
    return Delivered(
        replace(table, geometry=shapes, faults=faults, notes=[*table.notes, note]), stem
    )


def _table(draft: Draft, found: str, sha: str, size: int) -> Table:
    return Table(
        safe_headings(draft.columns), draft.rows, draft.unreadable, draft.encoding, draft.evidence,
        draft.crs, sha, size, draft.geometry, draft.layer, found, draft.faults, draft.notes,
        draft.titles,
    )  # fmt: skip
