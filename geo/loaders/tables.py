"""What rows does a delivered file hold, whatever its format?

Every format becomes a `Table` of text cells; a new format is one more function in `_READERS`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import BadInput, DeliveryRefused
from geo.loaders.report import Problem
from geo.text import decode

MAX_BYTES = 512 * 1024 * 1024
MAX_COLUMNS = 500
MAX_CELL = 20_000
LON, LAT = "geometry.lon", "geometry.lat"
"""Columns that a GeoJSON point fills; no property can be mistaken for them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One data row: its number in the file (1 = first) and its cells, one per column."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file as text, and those that could not even be read as rows.

    `geometry` holds one shapely geometry (2D, in the file's own axes and CRS) or None per row, in
    the order of `rows`; it is None when the file has no geometry column. Files of points also fill
    the cells `LON` and `LAT` as text. `layer` is the layer or sheet that was read.
    """

    columns: list[str]
    rows: list[Row]
    unreadable: list[Problem]
    encoding: str
    evidence: str
    crs: str | None
    sha256: str
    size_bytes: int
    geometry: NDArray[np.object_] | None = None
    layer: str | None = None


def read_table(path: Path) -> Table:
    """Read a CSV, TSV or GeoJSON file.

    Raises DeliveryRefused when the file as a whole cannot be used, with what to do.
    """
    data = _bytes_of(path)
    reader = _READERS.get(path.suffix.casefold())
    if reader is None:
        known = " ".join(sorted(_READERS))
        raise DeliveryRefused(
            f"{path.name}: 暂不支持 {path.suffix or '没有扩展名'} 文件, 可用: {known}。\n"
            f"{path.name}: this format cannot be read yet; use one of {known}."
        )
    try:
        decoded = decode(data)
    except BadInput as problem:
        raise DeliveryRefused(f"{path.name}: {problem}") from None
    columns, rows, unreadable, crs = reader(decoded.text, path.name)
    if not rows and not unreadable:
        raise DeliveryRefused(
            f"{path.name}: 没有数据行。\n{path.name}: there are no data rows in it."
        )
    if len(columns) > MAX_COLUMNS:
        raise DeliveryRefused(
            f"{path.name}: {len(columns)} 列, 超过 {MAX_COLUMNS} 列; 请只交付需要的列。\n"
            f"{path.name} has {len(columns)} columns, over {MAX_COLUMNS}: deliver what is needed."
        )
    return Table(
        columns, rows, unreadable, decoded.encoding, decoded.evidence, crs,
        hashlib.sha256(data).hexdigest(), len(data),
    )  # fmt: skip


def _bytes_of(path: Path) -> bytes:
    """The bytes of the file; DeliveryRefused when it is missing, empty or too large."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise DeliveryRefused(
                f"{path.name}: {size / 1e6:.0f} MB, 超过 {MAX_BYTES / 1e6:.0f} MB, 请分批交付。\n"
                f"{path.name} is larger than {MAX_BYTES / 1e6:.0f} MB: deliver it in parts."
            )
        data = path.read_bytes()
    except OSError as problem:
        raise DeliveryRefused(
            f"{path}: 无法读取 ({problem.strerror})。\n{path} cannot be read: {problem.strerror}."
        ) from None
    if not data.strip():
        raise DeliveryRefused(f"{path.name}: 文件是空的。\n{path.name} is empty.")
    return data


Read = tuple[list[str], list[Row], list[Problem], str | None]


def _read_delimited(text: str, name: str) -> Read:
    """Rows of a CSV or TSV: the first line that is not blank is the heading."""
    delimiter = sniff_delimiter(text)
    csv.field_size_limit(MAX_BYTES)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: list[str] = []
    rows: list[Row] = []
    unreadable: list[Problem] = []
    number = 0
    try:
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = _headings(cells, name)
                continue
            number += 1
            problem = _cell_problem(number, cells, columns)
            if problem:
                unreadable.append(problem)
                continue
            cells = cells[: len(columns)]
            rows.append(Row(number, cells + [""] * (len(columns) - len(cells))))
    except csv.Error as problem:
        raise DeliveryRefused(
            f"{name}: 第 {lines.line_num} 行引号不成对或格式错误 ({problem}); 请另存为 CSV。\n"
            f"{name}: line {lines.line_num} is not well-formed ({problem}); save it again as CSV."
        ) from None
    return columns, rows, unreadable, None


def sniff_delimiter(text: str) -> str:
    """Comma, tab, semicolon or bar: whichever parts the heading into most cells."""
    heading = next((line for line in text.splitlines() if line.strip()), "")
    return max(",\t;|", key=lambda mark: len(next(csv.reader([heading], delimiter=mark), [])))


def _headings(cells: list[str], name: str) -> list[str]:
    """The column names, trimmed; a nameless column gets a number, a repeated one is refused."""
    named = [cell.strip() or f"列{n}" for n, cell in enumerate(cells, 1)]
    repeated = sorted({column for column in named if named.count(column) > 1})
    if repeated:
        raise DeliveryRefused(
            f"{name}: 列名重复: {', '.join(repeated)}; 请改名后再交付。\n"
            f"{name}: columns occur twice: {', '.join(repeated)}; rename them."
        )
    return named


def _cell_problem(number: int, cells: list[str], columns: list[str]) -> Problem | None:
    """Why the cells are no row of these columns, or None."""
    surplus = [cell for cell in cells[len(columns) :] if cell.strip()]
    if surplus:
        return Problem(
            number, None, None, "cells",
            f"有 {len(cells)} 个单元格, 表头只有 {len(columns)} 列; 请检查引号和分隔符 · "
            f"{len(cells)} cells under {len(columns)} headings: check quotes and delimiters",
        )  # fmt: skip
    for column, cell in zip(columns, cells, strict=False):
        if len(cell) > MAX_CELL:
            return Problem(
                number, column, None, "cell_size",
                f"单元格有 {len(cell)} 个字符, 超过 {MAX_CELL} · longer than {MAX_CELL} characters",
            )  # fmt: skip
    return None


def _read_geojson(text: str, name: str) -> Read:
    """Rows of a GeoJSON FeatureCollection of points; other geometries are refused row by row."""
    try:
        # Numbers stay as the text that was delivered: nothing is rounded on the way.
        whole = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
        features = whole["features"]
        if not isinstance(features, list):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DeliveryRefused(
            f"{name}: 不是 GeoJSON FeatureCollection。\n{name} is no GeoJSON FeatureCollection."
        ) from None
    columns = {LON: None, LAT: None}
    found: list[tuple[int, dict[str, str]]] = []
    unreadable: list[Problem] = []
    for number, feature in enumerate(features, 1):
        try:
            cells = _feature_cells(feature)
        except (AttributeError, KeyError, TypeError, ValueError):
            message = "不是带坐标的点要素; 设施需要 Point · not a point with coordinates"
            unreadable.append(Problem(number, "geometry", None, "geometry_type", message))
            continue
        columns.update(dict.fromkeys(cells))
        found.append((number, cells))
    named = list(columns)
    rows = [Row(number, [cells.get(column, "") for column in named]) for number, cells in found]
    return named, rows, unreadable, _stated_crs(whole)


def _feature_cells(feature: Any) -> dict[str, str]:
    geometry = feature["geometry"]
    if geometry["type"] != "Point":
        raise ValueError
    if not isinstance(geometry["coordinates"], list):
        raise TypeError
    lon, lat = geometry["coordinates"][:2]
    cells = {LON: storable(str(lon)), LAT: storable(str(lat))}
    for key, value in (feature.get("properties") or {}).items():
        if isinstance(value, list | dict):
            value = json.dumps(value, ensure_ascii=False)
        cells[storable(key.strip())] = "" if value is None else storable(str(value))
    return cells


def storable(cell: str) -> str:
    """The text without what a database cannot hold: zero characters and half surrogate pairs."""
    return cell.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _stated_crs(whole: dict[str, Any]) -> str:
    """The `crs` member of old GeoJSON; without one RFC 7946 says WGS 84."""
    try:
        return str(whole["crs"]["properties"]["name"])
    except (KeyError, TypeError):
        return "EPSG:4326"


_READERS: dict[str, Callable[[str, str], Read]] = {
    ".csv": _read_delimited,
    ".tsv": _read_delimited,
    ".txt": _read_delimited,
    ".geojson": _read_geojson,
    ".json": _read_geojson,
}
