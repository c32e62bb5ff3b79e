"""What do the rows of a table say, read by the fields of one kind, before the database is asked?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geo.errors import DeliveryRefused
from geo.loaders.angles import EAST, NORTH, numbers
from geo.loaders.checks import Refusal, public_cells
from geo.loaders.columns import column_of
from geo.loaders.crs_settled import is_packed
from geo.loaders.fields import (
    Mapping,
)
from geo.loaders.personal import safe_file_name
from geo.loaders.shapes import Shapes
from geo.loaders.tables import HEIGHT, LAT, LON, WKT, Table
from geo.loaders.things.cells import read_things
from geo.loaders.things.headings import MOST_PARTS
from geo.loaders.things.spec import Batch, Options, Spec, Thing
from geo.text import search_key


def lacking(spec: Spec, what: list[str], table: Table, path: Path) -> DeliveryRefused:
    """The refusal of a file that lacks something that every row needs."""
    name = safe_file_name(path.name)
    shown = ", ".join(column[:20] for column in table.columns[:20]) or "–"
    return DeliveryRefused(
        f"{name}：导入{spec.zh}（{spec.kind}）缺少：{'；'.join(what)}。现有列：{shown}。"
        "列名见 docs/loading.md。\n"
        f"{name}: {spec.kind} lack {'; '.join(what)}. Columns there are: {shown}. See "
        "docs/loading.md."
    )


def read_batch(
    table: Table, mapping: Mapping, spec: Spec, path: Path, options: Options, crs: str | None = None
) -> Batch:
    """Read every row's values and shape; rows that lack what they need are refused by name."""
    where = {row.number: index for index, row in enumerate(table.rows)}

    def cells(number: int) -> dict[str, str]:
        at = where[number]
        kept = public_cells(table.rows[at], table.columns, mapping)
        if table.geometry is None:
            return kept
        shape = table.geometry[at]
        as_text = "" if shape is None else shapely.to_wkt(shape, rounding_precision=-1)
        return {n: c for n, c in kept.items() if n not in (LON, LAT, HEIGHT)} | {WKT: as_text}

    batch = Batch(mapping, table.columns, path.stem, cells)
    batch.refused = [Refusal(problem, {}) for problem in table.unreadable]
    shapes = _shapes_of(table, mapping, crs)
    batch.has_shapes = shapes is not None
    batch.faults = table.faults
    missing = spec.asks(mapping, options) if spec.asks else []
    if spec.needs_shape and shapes is None:
        kinds = "/".join(spec.shape_types)
        missing.insert(0, f"图形或坐标 · geometry or coordinates ({kinds})")
    if missing:
        raise lacking(spec, missing, table, path)
    batch.things = read_things(table, spec, batch)
    batch.shapes = np.full(len(batch.things), None, dtype=object) if shapes is None else shapes
    if spec.settle:
        spec.settle(batch, options)
    _refuse_incomplete(batch, spec)
    _refuse_unread(batch, table)
    _refuse_shapes(batch, spec)
    return batch


def _shapes_of(table: Table, mapping: Mapping, crs: str | None) -> Shapes | None:
    """One shape or None per row: the file's own geometry, else WKT, else points of two columns."""
    if table.geometry is not None:
        return np.asarray(shapely.force_2d(table.geometry), dtype=object)
    if "wkt" in mapping.fields:
        parts = ["wkt", *(f"wkt{n}" for n in range(2, MOST_PARTS + 1))]
        at = [mapping.fields[part] for part in parts if part in mapping.fields]
        texts = ["".join(row.cells[n] for n in at) or None for row in table.rows]
        shapes = shapely.force_2d(shapely.from_wkt(texts, on_invalid="ignore"))
        return _finite(np.asarray(shapes, dtype=object))
    if "lon" in mapping.fields and "lat" in mapping.fields:
        (x, says_x), (y, says_y) = (
            numbers(column_of(table.rows, mapping.fields[axis]), packed=is_packed(crs))
            for axis in ("lon", "lat")
        )
        turned = ((says_x == NORTH) | (says_y == EAST)) & (says_x != says_y)
        pairs = np.column_stack([np.where(turned, y, x), np.where(turned, x, y)])
        points = np.full(len(pairs), None, dtype=object)
        there = np.isfinite(pairs).all(axis=1)
        points[there] = shapely.points(pairs[there])
        return points
    return None


def _finite(shapes: Shapes) -> Shapes:
    """The shapes but those with a coordinate that is no finite number."""
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    shapes[np.unique(owner[~np.isfinite(coordinates).all(axis=1)])] = None
    return shapes


def _refuse_incomplete(batch: Batch, spec: Spec) -> None:
    """A row without a value that the kind cannot do without has no place."""
    why = []
    for thing in batch.things:
        for f in spec.fields:
            if f.is_needed and thing.values.get(f.name) is None:
                heading = f.headings[0]
                message = f"没有可用的「{heading}」，请补上 · no usable {f.name}: fill it in"
                why.append((thing, f.name, f.rule if f.rule != "value" else f.name, message))
    batch.refuse(why)


def _refuse_unread(batch: Batch, table: Table) -> None:
    """A coordinate or geometry that was delivered but cannot be read is not simply left out."""
    given = [batch.mapping.fields[n] for n in ("lon", "lat", "wkt") if n in batch.mapping.fields]
    if table.geometry is not None or not batch.has_shapes:
        return
    lost = {thing.number for thing, shape in zip(batch.things, batch.shapes, strict=True)
            if shape is None}  # fmt: skip
    unread = {
        row.number for row in table.rows
        if row.number in lost and any(row.cells[at].strip() for at in given)
    }  # fmt: skip
    message = "坐标或图形无法读取，请改正 · coordinates that cannot be read: correct them"
    batch.refuse(
        [(thing, None, "coordinate_number", message) for thing in batch.things
         if thing.number in unread]
    )  # fmt: skip


def _refuse_shapes(batch: Batch, spec: Spec) -> None:
    """Shapes of a type that the kind does not take, and missing ones where it needs one."""
    if not batch.has_shapes:
        return
    types = "/".join(spec.shape_types)
    why: list[tuple[Thing, str | None, str, str]] = []
    for thing, shape in zip(batch.things, batch.shapes, strict=True):
        if shape is None or shape.is_empty:
            if spec.needs_shape:
                fault = batch.faults.get(thing.number)
                message = fault or f"没有图形，需要 {types} · no geometry: {types} is needed"
                why.append((thing, None, "no_geometry", message))
        elif shape.geom_type not in spec.shape_types:
            message = f"图形是 {shape.geom_type}，需要 {types} · {types} is needed"
            why.append((thing, None, "geometry_type", message))
    batch.refuse(why)
    for index, shape in enumerate(batch.shapes):
        if shape is not None and shape.is_empty:
            batch.shapes[index] = None


def merge_repeats(
    batch: Batch, *, is_own_code: bool, key: Callable[[Thing], Any] = lambda thing: thing.code
) -> None:
    """Merge rows that agree in all they say; part or refuse those that share a code.

    Where codes are the deliverer's own two rows of one code contradict each other: both are
    refused. Where the code was made from the name they stay apart, told by their order.
    """
    by_code: dict[Any, list[int]] = {}
    for index, thing in enumerate(batch.things):
        by_code.setdefault(key(thing), []).append(index)
    gone: set[int] = set()
    for code, group in by_code.items():
        if len(group) > 1:
            by_code[code] = _distinct(batch, group)
            gone |= set(group) - set(by_code[code])
    why: list[tuple[Thing, str | None, str, str]] = []
    for group in by_code.values():
        things = [batch.things[index] for index in group]
        if len(things) > 1 and is_own_code:
            rows = ", ".join(str(thing.number) for thing in things)
            message = (
                f"第 {rows} 行指向同一代码 {things[0].code} 而内容不同，请只留一行 · "
                f"rows {rows} speak of one code and differ: leave one"
            )
            why += [(thing, "code", "same_code", message) for thing in things]
        for order, thing in enumerate(things[1:], 2):
            if not is_own_code:
                _keep_apart(batch, thing, things[0], order)
    batch.keep([index for index in range(len(batch.things)) if index not in gone])
    batch.refuse(why)


def _distinct(batch: Batch, group: list[int]) -> list[int]:
    """Of rows with one code the first of each content; the repeats are merged and reported."""
    first: dict[Any, Thing] = {}
    kept = []
    for index in group:
        thing, shape = batch.things[index], batch.shapes[index]
        values = repr(sorted(thing.values.items(), key=lambda value: value[0]))
        drawn = None if shape is None else shape.wkb
        said = (values, tuple(sorted(thing.extra.items())), drawn)
        known = first.setdefault(said, thing)
        if known is thing:
            kept.append(index)
            continue
        batch.merged += 1
        message = f"与第 {known.number} 行完全相同，已合并 · same as row {known.number}, merged"
        batch.report(thing, None, "repeat", message)
    return kept


def _keep_apart(batch: Batch, thing: Thing, other: Thing, order: int) -> None:
    thing.code = f"{thing.code}-{order}"
    batch.review += 1
    message = (
        f"与第 {other.number} 行同名而内容不同，分别保留，请核对 · "
        f"same name as row {other.number}, other content; both kept: please check"
    )
    batch.report(thing, "name", "same_name", message)


def code_of(prefix: str, *parts: str | None) -> str:
    """A stable code from what tells a thing: the same words give the same code."""
    said = "\x1f".join(search_key(part or "") for part in parts)
    return f"{prefix}{hashlib.blake2b(said.encode(), digest_size=8).hexdigest()}"
