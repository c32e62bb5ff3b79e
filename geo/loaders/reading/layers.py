"""Which rows does a layer of a GeoPackage, FlatGeobuf or shapefile hold?"""

from __future__ import annotations

import os
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.loaders.reading.drafts import (
    MAX_CELL,
    Draft,
    refuse_too_long,
    refuse_too_wide,
    refused,
    text_of,
)
from geo.loaders.reading.shapes import shapes_of_wkb, with_shapes

# GDAL's own errors are RuntimeErrors. It is imported where it is needed: it brings pandas with it.
_GDAL = (RuntimeError, ValueError, OSError, pa.ArrowException)
_COMPUTED = re.compile(
    r"\bGENERATED\s+ALWAYS\b|\bAS\s*\(|^\s*CREATE\s+VIRTUAL\s+TABLE\s+[\"'`\[]?(?!rtree_)",
    re.IGNORECASE,
)


def read_geopackage(path: Path, name: str, layer: str | None) -> Draft:
    """Rows of the layer asked for, else of the only one that has any."""
    computed = _computed_tables(path, name)
    evidence = "GeoPackage 规定为 UTF-8 · UTF-8 by the standard"
    with named_rightly(path, ".gpkg") as own:
        return read_layer(own, name, layer, evidence, skipped=computed)


def read_flatgeobuf(path: Path, name: str, layer: str | None) -> Draft:
    """Rows of the one layer of a FlatGeobuf."""
    evidence = "FlatGeobuf 规定为 UTF-8 · UTF-8 by the standard"
    with named_rightly(path, ".fgb") as own:
        return read_layer(own, name, layer, evidence)


@contextmanager
def named_rightly(path: Path, ending: str) -> Iterator[Path]:
    """The file under a name with the ending of its format: GDAL chooses its driver by that."""
    if path.suffix == ending:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="atlas-") as folder:
        link = Path(folder) / f"{path.stem[:80]}{ending}"
        os.symlink(path.absolute(), link)
        yield link


def read_layer(
    path: Path,
    name: str,
    layer: str | None,
    evidence: str,
    *,
    encoding: str | None = None,
    skipped: frozenset[str] = frozenset(),
) -> Draft:
    """Rows of a layer by GDAL; DeliveryRefused says what is wrong with file or layer.

    Layers in `skipped` are not even counted.
    """
    import pyogrio

    try:
        chosen = _choose(path, name, layer, skipped)
        info = pyogrio.read_info(path, layer=chosen, encoding=encoding, force_feature_count=True)
        refuse_too_wide(f"{name} [{chosen}]", len(info["fields"]))
        refuse_too_long(f"{name} [{chosen}]", info["features"])
        meta, table = pyogrio.read_arrow(path, layer=chosen, encoding=encoding)
        draft = _draft_of(table, meta, f"{name} [{chosen}]")
    except UnicodeDecodeError as problem:
        raise refused(
            name,
            f"文字不是 UTF-8（{problem.reason}）；请重新导出。",
            f"its text is not UTF-8 ({problem.reason}): export it again.",
        ) from None
    except _GDAL as problem:
        said = str(problem).replace(str(path), name).splitlines()[0][:200]
        raise refused(
            name,
            f"文件已损坏，传输不完整或不是该格式；请重新导出（{said}）。",
            f"the file is damaged, cut off, or not of this format: export it again ({said}).",
        ) from None
    draft.layer, draft.evidence = chosen, evidence
    return draft


def _choose(path: Path, name: str, layer: str | None, skipped: frozenset[str]) -> str:
    """The layer asked for, else the only one that has rows."""
    import pyogrio

    names = [str(row[0]) for row in pyogrio.list_layers(path) if row[0] not in skipped]
    shown = ", ".join(names[:20])
    if layer is not None:
        if layer not in names:
            raise refused(
                name,
                f"没有图层「{layer}」；现有：{shown}。",
                f"there is no layer {layer!r}; there are: {shown}.",
            )
        return layer
    filled = [
        one
        for one in names[:200]
        if pyogrio.read_info(path, layer=one, force_feature_count=True)["features"]
    ]
    if len(filled) > 1:
        raise refused(
            name,
            f"有几个图层：{', '.join(filled[:20])}；请用 --layer 指定一个。",
            f"there are several layers, {', '.join(filled[:20])}: choose one by --layer.",
        )
    if not filled:
        raise refused(name, "没有数据行。", "there are no data rows in it.")
    return filled[0]


def _draft_of(table: pa.Table, meta: dict[str, Any], name: str) -> Draft:
    geometry = meta.get("geometry_name") or "wkb_geometry"
    at = table.schema.get_field_index(geometry)
    columns = [column for column in table.column_names if column != geometry]
    cells = text_cells(table.select(columns), table.num_rows)
    if at < 0:
        return with_positions_only(name, columns, cells)
    shapes, faults = shapes_of_wkb(table.column(at).to_pylist())
    draft = with_shapes(name, columns, cells, shapes, faults=faults)
    draft.crs = crs_name(meta.get("crs"))
    return draft


def with_positions_only(name: str, columns: list[str], cells: list[list[str]]) -> Draft:
    """Rows of a table without geometry: its columns may hold positions."""
    draft = with_shapes(name, columns, cells, np.empty(len(cells), dtype=object))
    draft.geometry = None
    return draft


def clipped(table: pa.Table) -> pa.Table:
    """The table with its texts no longer than shows that they are too long.

    A dictionary of one long text may stand for it in a million rows.
    """

    def short(texts: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
        return pc.utf8_slice_codeunits(texts, 0, MAX_CELL + 1)

    columns = []
    for column in table.columns:
        if pa.types.is_dictionary(column.type):
            parts = [
                pa.DictionaryArray.from_arrays(
                    part.indices,
                    short(part.dictionary) if _is_text(part.dictionary.type) else part.dictionary,
                ).dictionary_decode()
                for part in column.chunks
            ]
            column = pa.chunked_array(parts, column.type.value_type)
        elif _is_text(column.type):
            column = short(column)
        columns.append(column)
    return pa.table(columns, names=table.column_names)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def text_cells(table: pa.Table, rows: int) -> list[list[str]]:
    """The cells of an Arrow table as text, row by row."""
    columns = [_texts(column) for column in table.columns]
    return [list(cells) for cells in zip(*columns, strict=True)] if columns else [[]] * rows


def _texts(column: pa.ChunkedArray) -> list[str]:
    """The values of a column as text; plain texts need no look at each of them."""
    values = column.to_pylist()
    if _is_text(column.type) and not pc.any(pc.match_substring(column, "\x00")).as_py():
        return [value or "" for value in values]
    return [text_of(value) for value in values]


def crs_name(stated: str | None) -> str | None:
    """A CRS as GDAL tells it (authority code or WKT) in the words that `known_crs` understands.

    A CRS without an EPSG number keeps its own name; None where the file states none.
    """
    if not stated:
        return None
    try:
        crs = CRS.from_user_input(stated)
        code = crs.to_epsg(min_confidence=60)
    except CRSError:
        return stated[:80]
    if crs.name.casefold().startswith("undefined"):
        return None
    if code is not None:
        return f"EPSG:{code}"
    authority = crs.to_authority(min_confidence=60)
    return ":".join(authority) if authority else crs.name


def _computed_tables(path: Path, name: str) -> frozenset[str]:
    """The views and computed tables of a database: they run code of the deliverer when read.

    Raises DeliveryRefused when one of them stands for a table of the standard itself.
    """
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            found = database.execute(
                "SELECT type, name, coalesce(sql, '') FROM sqlite_master"
            ).fetchall()
    except (sqlite3.Error, OverflowError, UnicodeDecodeError):
        raise refused(
            name,
            "数据库文件已损坏或传输不完整；请重新导出。",
            "the database is damaged or cut off: export it again.",
        ) from None
    if not any(kind == "table" and table == "gpkg_contents" for kind, table, _ in found):
        raise refused(
            name,
            "是 SQLite 数据库，但不是 GeoPackage；请导出为 GeoPackage。",
            "is an SQLite database but no GeoPackage: export it as one.",
        )
    computed = frozenset(
        str(table)
        for kind, table, sql in found
        if kind == "view" or (kind == "table" and _COMPUTED.search(sql))
    )
    for table in computed:
        if table.casefold().startswith("gpkg_"):
            raise refused(
                name,
                f"「{table[:60]}」是视图或计算表，规范不允许；未读取。",
                f"{table[:60]!r} is a view or computed, against the standard: not read.",
            )
    return computed
