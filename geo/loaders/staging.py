"""How do columns reach a temporary table as fast as COPY can take them?"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from geo.crs import Array

Target = Session | Connection
ROWS_AT_A_TIME = 20_000
_ESCAPED = r'["\\\x00-\x1f]'
_EWKB_POINT = np.dtype(
    [("order", "u1"), ("type", "<u4"), ("srid", "<u4"), ("x", "<f8"), ("y", "<f8")]
)
_POINT_WITH_SRID = 0x20000001


def driver_connection(target: Target) -> Any:
    """The psycopg connection below a session or connection, for COPY; never committed here."""
    connection = target.connection() if isinstance(target, Session) else target
    return connection.connection.driver_connection


def count_anew(target: Target, *tables: str) -> None:
    """Have the planner look again at tables that it takes for empty.

    It does so after a loading that was rolled back, and would pair every row with every row. It
    costs milliseconds where a table is small, and nothing where rows were counted before.
    """
    thought = target.execute(
        text("SELECT relname FROM pg_class WHERE reltuples <= 0 "
             "AND oid = ANY(CAST(CAST(:tables AS text[]) AS regclass[]))"),
        {"tables": list(tables)},
    ).scalars()  # fmt: skip
    if names := ", ".join(thought):
        target.execute(text(f"ANALYZE {names}"))


def copy_batches(
    target: Target, table: str, names: list[str], batches: Iterable[Mapping[str, pa.Array]]
) -> None:
    """COPY batches of columns into a table; null becomes NULL, '' stays ''.

    Columns are texts, numbers, truths, dates or lists of texts; geometries are hexadecimal EWKB.
    """
    options = csv.WriteOptions(include_header=False, quoting_style="all_valid")
    statement = f"COPY {table} ({', '.join(names)}) FROM STDIN (FORMAT csv)"
    with driver_connection(target).cursor() as cursor, cursor.copy(statement) as copy:
        for batch in batches:
            columns = [_plain(batch[name]) for name in names]
            written = io.BytesIO()
            csv.write_csv(pa.table(columns, names=names), written, options)
            copy.write(written.getbuffer())


def copy_columns(target: Target, table: str, columns: Mapping[str, pa.Array]) -> None:
    """COPY whole columns of one length into a table."""
    size = max((len(column) for column in columns.values()), default=0)
    copy_batches(
        target, table, list(columns),
        ({name: column.slice(start, ROWS_AT_A_TIME) for name, column in columns.items()}
         for start in range(0, size, ROWS_AT_A_TIME)),
    )  # fmt: skip


def _plain(array: pa.Array) -> pa.Array:
    """The array in a form that CSV can hold: lists as PostgreSQL writes its arrays."""
    if not pa.types.is_list(array.type):
        return array
    texts = pc.replace_substring_regex(array.flatten(), r'(["\\])', r"\\\1")
    quoted = pc.binary_join_element_wise('"', texts, '"', "")
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32))
    joined = pc.binary_join(pa.ListArray.from_arrays(offsets, quoted), ",")
    literal = pc.binary_join_element_wise("{", joined, "}", "")
    return pc.if_else(pc.is_valid(array), literal, pa.scalar(None, pa.string()))


def points_as_ewkb(lon: Array, lat: Array, srid: int) -> pa.Array:
    """Points as hexadecimal EWKB texts."""
    points = np.empty(len(lon), dtype=_EWKB_POINT)
    points["order"], points["type"], points["srid"] = 1, _POINT_WITH_SRID, srid
    points["x"], points["y"] = lon, lat
    width = 2 * _EWKB_POINT.itemsize
    offsets = np.arange(0, width * (len(lon) + 1), width, dtype=np.int32)
    written = points.tobytes().hex().encode()
    return pa.StringArray.from_buffers(len(lon), pa.py_buffer(offsets), pa.py_buffer(written))


def hexadecimal(binary: Sequence[bytes | None]) -> pa.Array:
    """Binary values as texts of hexadecimal digits; None becomes null."""
    values = pa.array(binary, pa.binary())
    offsets = np.frombuffer(values.buffers()[1], dtype=np.int32)[: len(values) + 1]
    start, end = int(offsets[0]), int(offsets[-1])
    written = b"" if start == end else bytes(values.buffers()[2][start:end]).hex().encode()
    return pa.StringArray.from_buffers(
        len(values), pa.py_buffer((offsets - start) * 2), pa.py_buffer(written),
        values.buffers()[0], values.null_count,
    )  # fmt: skip


def json_objects(columns: Mapping[str, pa.Array]) -> pa.Array | None:
    """One JSON object per row from text columns, without what is null; null for an empty one."""
    parts = [
        pc.binary_join_element_wise(f"{json.dumps(name, ensure_ascii=False)}: ", _quoted(texts), "")
        for name, texts in columns.items()
    ]
    if not parts:
        return None
    # Arrow loses rows in which all parts are null: each begins with a part that is not.
    first = pa.array(np.full(len(parts[0]), ""), pa.string())
    joined = pc.binary_join_element_wise(first, *parts, ", ", null_handling="skip")
    whole = pc.binary_join_element_wise("{", pc.utf8_slice_codeunits(joined, 2), "}", "")
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), whole)


def _quoted(texts: pa.Array) -> pa.Array:
    """Texts as JSON strings."""
    plain = pc.binary_join_element_wise('"', texts, '"', "")
    special = pc.fill_null(pc.match_substring_regex(texts, _ESCAPED), False)
    if not pc.any(special).as_py():
        return plain
    escaped = [json.dumps(t, ensure_ascii=False) for t in pc.filter(texts, special).to_pylist()]
    return pc.replace_with_mask(plain, special, pa.array(escaped, pa.string()))
