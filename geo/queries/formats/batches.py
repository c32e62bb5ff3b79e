"""How do rows reach Arrow, a piece at a time? COPY as CSV, read by pyarrow; shapes as WKB.

A piece of half a megabyte is in memory, whatever the number of rows. Who stops before the
end has to close the generator: the connection is in the middle of a COPY until then.
"""

from __future__ import annotations

import binascii
import io
import select
from collections.abc import Generator
from contextlib import closing
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
from psycopg import ClientCursor
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from pyarrow import csv

from geo.queries.collections import Property
from geo.queries.formats.asked import MARK, Wanted
from geo.queries.items.statements import identity, written

PIECE = 500_000
"""Bytes of CSV that are read at one time: few rows are in memory, many share a call."""
GEOMETRY = "geometry"
_TYPES = {
    **dict.fromkeys(("text", "texts", "object", "objects"), pa.string()), "integer": pa.int64(),
    "number": pa.float64(), "boolean": pa.bool_(), "day": pa.date32(),
}  # fmt: skip
_SQL = {
    "texts": "array_to_string({}, ';')",
    "object": "CAST({} AS text)",
    "objects": "CAST({} AS text)",
}
WKB = pa.field(GEOMETRY, pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"})
_READ = csv.ParseOptions(newlines_in_values=True)


def fields(wanted: Wanted) -> list[tuple[str, pa.DataType, str]]:
    """Name, type and SQL of every column: id, properties, and the mark of a made-up row."""
    is_interval = wanted.question.when.is_interval
    id = identity(wanted.collection, is_interval=is_interval)
    mark = f"CASE WHEN t.is_synthetic THEN '{MARK}' END"
    return [
        ("id", pa.string(), id),
        *((one.name, _TYPES[one.kind], _sql(one)) for one in wanted.columns),
        ("mark", pa.string(), mark),
    ]


def _sql(one: Property) -> str:
    return _SQL.get(one.kind, "{}").format(one.sql)


def schema(wanted: Wanted) -> pa.Schema:
    """The schema of `batches`."""
    return pa.schema([*(pa.field(name, kind) for name, kind, _ in fields(wanted)), WKB])


def batches(driver: psycopg.Connection[Any], wanted: Wanted) -> Generator[pa.RecordBatch]:
    """Every row, with its shape as WKB (lon, lat, EPSG:4490)."""
    shape = f"encode(ST_AsBinary({wanted.geom}, 'NDR'), 'hex')"
    known = fields(wanted)
    with closing(read(driver, wanted, [*known, (GEOMETRY, pa.string(), shape)])) as parts:
        for part in parts:
            arrays = [*part.columns[:-1], unhexed(part.columns[-1])]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema(wanted))


def read(
    driver: psycopg.Connection[Any], wanted: Wanted, columns: list[tuple[str, pa.DataType, str]]
) -> Generator[pa.RecordBatch]:
    """Every row as batches of these columns: name, type, SQL."""
    told = ", ".join(f'{sql} AS "{name}"' for name, _, sql in columns)
    rows, values = wanted.rows()
    statement = written(f"COPY (SELECT {told} {rows}) TO STDOUT WITH (FORMAT csv)")
    options = csv.ConvertOptions(
        column_types={name: kind for name, kind, _ in columns},
        null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False,
        true_values=["t"], false_values=["f"],
    )  # fmt: skip
    names = [name for name, _, _ in columns]
    with closing(_pieces(driver, statement, values)) as pieces:
        for piece in pieces:
            reading = csv.ReadOptions(
                use_threads=False, column_names=names, block_size=len(piece) + 1
            )
            made = csv.read_csv(io.BytesIO(piece), reading, _READ, options)
            yield from made.combine_chunks().to_batches()


def _pieces(
    driver: psycopg.Connection[Any], statement: str, values: dict[str, Any]
) -> Generator[bytes]:
    """Whole rows of a COPY, half a megabyte at a time.

    By the driver's lower level: a row at a time through its generators takes longer than all the
    rest of the reading.
    """
    server = driver.pgconn
    _check(server.exec_(ClientCursor(driver).mogrify(statement, values).encode()))
    ready = select.poll()
    ready.register(server.socket, select.POLLIN)
    kept = bytearray()
    is_done = False
    try:
        while not is_done:
            size, row = server.get_copy_data(1)
            if size > 0:
                kept += row
            elif size == 0:
                ready.poll()
                server.consume_input()
            is_done = size < 0
            if len(kept) >= PIECE or (is_done and kept):
                yield bytes(kept)
                kept.clear()
    finally:
        if not is_done:
            driver.cancel_safe()
            while server.get_copy_data(0)[0] > 0:
                pass
        _finish(server, is_cancelled=not is_done)


def _finish(server: PGconn, *, is_cancelled: bool) -> None:
    """Take what the server says at the end. Raises what it says, unless we broke off ourselves."""
    failure = None
    while (result := server.get_result()) is not None:
        if result.status == ExecStatus.FATAL_ERROR and failure is None:
            failure = result
    if failure is not None and not is_cancelled:
        _check(failure)


def _check(result: PGresult) -> None:
    if result.status == ExecStatus.FATAL_ERROR:
        raise error_from_result(result)


def unhexed(texts: pa.Array) -> pa.Array:
    """Hexadecimal texts as the bytes that they write, all at once."""
    texts = pa.concat_arrays([texts])  # an array of its own, which begins at its first value
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    first, last = int(ends[0]), int(ends[-1])
    raw = binascii.unhexlify(memoryview(data)[first:last]) if data is not None else b""
    halved = ((ends - first) // 2).astype(np.int32)
    known = None if texts.null_count == 0 else _bits(texts.is_valid())
    return pa.Array.from_buffers(
        pa.binary(), len(texts), [known, pa.py_buffer(halved.tobytes()), pa.py_buffer(raw)]
    )


def _bits(truths: pa.Array) -> pa.Buffer:
    packed = np.packbits(truths.to_numpy(zero_copy_only=False), bitorder="little")
    return pa.py_buffer(packed.tobytes())
