"""Which columns hold positions in a manner of their own: both in one cell, or with decimal commas?

Phone maps write 「121.47,31.23」 in one cell, databases `POINT (121.47 31.23)`, services
`{"lat": …, "lng": …}`; German and French sheets write 31,23.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.loaders.columns import TextRows, column_of, to_numpy
from geo.loaders.fields import claims_of, system_in_heading
from geo.loaders.reading.drafts import Draft, refused
from geo.loaders.tables import LAT, LON, Row
from geo.text import search_key

_NUM = r"[+-]?[0-9]{1,9}(?:\.[0-9]+)?"
# RE2: each names the two numbers; in a pair their order is still to be found.
_PAIR = rf"^\s*[\[(（]?\s*(?P<a>{_NUM})\s*°?\s*[,，;；、|\s]\s*(?P<b>{_NUM})\s*°?\s*[\])）]?\s*$"
_WKT = (
    rf"(?i)^\s*(?:SRID\s*=\s*[0-9]+\s*;)?\s*POINT\s*(?:Z|M|ZM)?\s*\(\s*(?P<a>{_NUM})\s+(?P<b>{_NUM})"
    r"(?:\s+[0-9.+-]+)*\s*\)\s*$"
)
_GEOJSON = rf'"coordinates"\s*:\s*\[\s*"?(?P<a>{_NUM})"?\s*,\s*"?(?P<b>{_NUM})"?'
_LAT_KEY, _LON_KEY = '"lat(?:itude)?"', '"(?:lng|lon|longitude)"'
_LON_FIRST = rf'(?i){_LON_KEY}\s*:\s*"?(?P<a>{_NUM})"?.*{_LAT_KEY}\s*:\s*"?(?P<b>{_NUM})"?'
_LAT_FIRST = rf'(?i){_LAT_KEY}\s*:\s*"?(?P<b>{_NUM})"?.*{_LON_KEY}\s*:\s*"?(?P<a>{_NUM})"?'
_SURE = (_WKT, _GEOJSON, _LON_FIRST, _LAT_FIRST)
_HEADING = re.compile(
    r"坐标|经纬|位置|定位|location|position|point|coord|lnglat|latlng|lonlat|latlon|geo|wkt|shape|gps"
)
_LAT_BEFORE = re.compile(r"^(?:gps)?(?:lat(?:itude)?(?:lng|lon|long|longitude)|纬经度?|纬度经度)")
_LON_BEFORE = re.compile(r"(?:lng|lon|longitude)lat|经纬|经度纬度")
_JUDGED = 500
_MOSTLY = 0.8
_DECIMAL_COMMA = r"^\s*[+-]?[0-9]{1,9},[0-9]+\s*$"
_PAIRS = (("lon", "lat"), ("east", "north"), ("x", "y"))
_DEGREES = 400.0


def settle_places(draft: Draft, name: str) -> None:
    """Give the draft plain columns of positions, where its own need to be understood first.

    Adds `LON` and `LAT` for one column that holds both, writes decimal commas as points, and takes
    a coordinate system that the headings name (lng_gcj02) for the stated one. Raises
    DeliveryRefused where nobody can tell which of two numbers in one cell is the longitude.
    """
    if draft.geometry is not None or LON in draft.columns or not len(draft.rows):
        return
    claims = claims_of(draft.columns)
    held = {claim[0] for claim in claims if claim}
    if not any(first in held and second in held for first, second in _PAIRS):
        _part_one_column(draft, name)
        return
    for index, claim in enumerate(claims):
        if claim and claim[0] in ("lon", "lat", "east", "north", "x", "y"):
            _point_decimals(draft, index, degrees=claim[0] in ("lon", "lat"))
    _take_system(draft)


def _take_system(draft: Draft) -> None:
    """The one coordinate system that the headings of the positions name is what the file states."""
    claims = claims_of(draft.columns)
    said = {
        system_in_heading(column)
        for column, claim in zip(draft.columns, claims, strict=True)
        if claim and claim[0] in ("lon", "lat", "east", "north", "x", "y")
    }
    if draft.crs is None and len(said) == 1 and (system := said.pop()):
        draft.crs = system
        draft.notes.append(f"列名说明了坐标系：{system} · the headings name the CRS: {system}")


def _point_decimals(draft: Draft, index: int, *, degrees: bool) -> None:
    """Write 31,23 as 31.23; not where the comma may part thousands (652,000)."""
    cells = column_of(draft.rows, index)
    judged = _written(cells)
    if not len(judged):
        return
    commas = to_numpy(pc.match_substring_regex(judged, _DECIMAL_COMMA), False)
    thousands = to_numpy(pc.match_substring_regex(judged, r",[0-9]{3}\s*$"), False)
    if commas.mean() < 0.5 or (not degrees and thousands[commas].all()):
        return
    is_comma = pc.match_substring_regex(cells, _DECIMAL_COMMA)
    _replace(draft, index, pc.if_else(is_comma, pc.replace_substring(cells, ",", "."), cells))
    column = draft.columns[index]
    draft.notes.append(
        f"「{column}」的小数点写作逗号，已按小数读取 · {column!r} is written with decimal commas"
    )


def _written(cells: pa.Array) -> pa.Array:
    """Some cells, spread over the column, that are not empty."""
    written = cells.filter(pc.not_equal(pc.utf8_trim_whitespace(cells), ""))
    return written[:: max(1, len(written) // _JUDGED)]


def _part_one_column(draft: Draft, name: str) -> None:
    """Part the one column that holds both coordinates, if there is just one that is likely."""
    found = [n for n in range(len(draft.columns)) if _holds_both(draft, n)]
    if len(found) > 1:
        found = [n for n in found if _HEADING.search(search_key(draft.columns[n]))]
    if len(found) != 1:
        return
    column, cells = draft.columns[found[0]], column_of(draft.rows, found[0])
    lon, lat = (
        pc.coalesce(*axis) for axis in zip(*(_numbers(cells, p) for p in _SURE), strict=True)
    )
    if lon.null_count == len(lon):
        lon, lat = _numbers(cells, _PAIR)
        if _is_lat_first(lon, lat, column, name):
            lon, lat = lat, lon
    # A cell that is no position stays what it is, so that its row says what is wrong.
    lon, lat = pc.coalesce(lon, cells), pc.fill_null(lat, "")
    _prepend(draft, [LON, LAT], [lon, lat])
    draft.notes.append(
        f"「{column}」一列含经纬度两个数，已分开 · both coordinates were taken from {column!r}"
    )


def _numbers(cells: pa.Array, pattern: str) -> tuple[pa.Array, pa.Array]:
    """What a pattern calls a and b in each cell, null where it does not fit."""
    found = pc.extract_regex(cells, pattern)
    return pc.struct_field(found, "a"), pc.struct_field(found, "b")


def _holds_both(draft: Draft, index: int) -> bool:
    judged = _written(column_of(draft.rows, index))
    if not len(judged):
        return False
    for pattern in (_PAIR, *_SURE):
        if to_numpy(pc.match_substring_regex(judged, pattern), False).mean() >= _MOSTLY:
            points = to_numpy(pc.match_substring(judged, "."), False).mean()
            return bool(points >= _MOSTLY or _HEADING.search(search_key(draft.columns[index])))
    return False


def _is_lat_first(first: pa.Array, second: pa.Array, column: str, name: str) -> bool:
    """Whether the latitude stands before the longitude: by the values, else by the heading."""
    a, b = (
        np.abs(to_numpy(pc.cast(pc.utf8_ltrim(axis.drop_null(), "+"), pa.float64())))
        for axis in (first, second)
    )
    if not a.size or max(a.max(), b.max()) > _DEGREES:
        return False
    over_a, over_b = int((a > 90).sum()), int((b > 90).sum())
    if over_a != over_b:
        return over_b > over_a
    key = search_key(column)
    if _LAT_BEFORE.search(key):
        return True
    if _LON_BEFORE.search(key):
        return False
    raise refused(
        name,
        f"「{column}」一列有两个数，看不出哪个是经度；"
        "请把列名改为 lnglat（先经度）或 latlng（先纬度）。",
        f"{column!r} holds two numbers and nothing tells which is the longitude: call the column "
        "lnglat (longitude first) or latlng.",
    )


def _replace(draft: Draft, index: int, cells: pa.Array) -> None:
    columns = [column_of(draft.rows, n) for n in range(len(draft.columns))]
    columns[index] = cells
    _set_columns(draft, columns)


def _prepend(draft: Draft, names: list[str], columns: list[pa.Array]) -> None:
    own = [column_of(draft.rows, n) for n in range(len(draft.columns))]
    draft.columns = [*names, *draft.columns]
    _set_columns(draft, [*columns, *own])


def _set_columns(draft: Draft, columns: list[pa.Array]) -> None:
    if isinstance(draft.rows, TextRows):
        draft.rows = TextRows(draft.rows.numbers, columns)
        return
    cells = zip(*(column.to_pylist() for column in columns), strict=True)
    draft.rows = [Row(row.number, list(c)) for row, c in zip(draft.rows, cells, strict=True)]
