"""How do features leave as text while they are read: GeoJSON, GeoJSON sequences, CSV?

Each is a generator: nothing but the rows under way is in memory, and closing it ends the reading.
"""

from __future__ import annotations

import io
from collections.abc import Generator
from contextlib import closing
from typing import Any

import orjson
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from geo.queries.formats.asked import Told, Wanted
from geo.queries.formats.batches import fields, read
from geo.queries.items.question import Shape
from geo.queries.items.statements import columns, feature, written

ROWS_AT_A_TIME = 2_000
FORMULA = r"^[\s\x00]*[=+\-@\t\r\n]"
"""What a spreadsheet may take for a formula when a cell begins like this."""


def geojson(driver: psycopg.Connection[Any], wanted: Wanted, known: Told) -> Generator[bytes]:
    """One FeatureCollection; what it rests on stands before the features."""
    head = {
        "type": "FeatureCollection", "name": wanted.collection.id,
        "numberReturned": known.rows, "has_synthetic": known.has_synthetic,
        "sources": list(known.sources), "note": wanted.about,
    }  # fmt: skip
    yield orjson.dumps(head)[:-1] + b',"features":['
    before = b"\n"
    with closing(_features(driver, wanted)) as pieces:
        for piece in pieces:
            yield before + b",\n".join(piece)
            before = b",\n"
    yield b"\n]}\n"


def geojson_sequence(
    driver: psycopg.Connection[Any], wanted: Wanted, known: Told
) -> Generator[bytes]:
    """A feature on each line, with the separator of RFC 8142 before it."""
    with closing(_features(driver, wanted)) as pieces:
        for piece in pieces:
            yield b"\x1e" + b"\n\x1e".join(piece) + b"\n"


def _features(driver: psycopg.Connection[Any], wanted: Wanted) -> Generator[list[bytes]]:
    """Features as JSON texts that PostGIS made, some at a time, through a server-side cursor."""
    question = wanted.question
    names = tuple(one.name for one in wanted.columns)
    shape = Shape(
        wanted.collection, (), (), names, question.with_geometry, question.crs,
        question.when.is_interval,
    )  # fmt: skip
    rows, values = wanted.rows()
    source = wanted.collection.source
    joined = f"FROM {source} CROSS JOIN LATERAL (SELECT {columns(shape)}) AS own"
    statement = written(f"SELECT {feature(shape)} {joined}{rows.removeprefix(f'FROM {source}')}")
    with driver.cursor(name="atlas_features") as cursor:
        cursor.execute(statement, values)
        while found := cursor.fetchmany(ROWS_AT_A_TIME):
            yield [row[0].encode() for row in found]


def as_csv(driver: psycopg.Connection[Any], wanted: Wanted, known: Told) -> Generator[bytes]:
    """UTF-8 with a mark, so that spreadsheets read Chinese; unknown is an empty cell.

    A point leaves as lon and lat, any shape as `wkt` too. A text that a spreadsheet would take for
    a formula begins with an apostrophe.
    """
    digits = wanted.collection.digits
    geom = wanted.geom
    placed = [
        ("lon", pa.float64(), f"round(ST_X(ST_PointOnSurface({geom}))::numeric, {digits})"),
        ("lat", pa.float64(), f"round(ST_Y(ST_PointOnSurface({geom}))::numeric, {digits})"),
        ("wkt", pa.string(), f"ST_AsText({geom}, {digits})"),
    ]
    told = [*fields(wanted), *placed]
    made = io.BytesIO()
    head = pa.schema([pa.field(name, kind) for name, kind, _ in told])
    options = csv.WriteOptions(include_header=False, quoting_style="needed")
    yield "\ufeff".encode() + ",".join(head.names).encode() + b"\r\n"
    with closing(read(driver, wanted, told)) as parts:
        for batch in parts:
            made.seek(0)
            made.truncate()
            csv.write_csv(harmless(batch), made, options)
            yield made.getvalue()


def harmless(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with an apostrophe before every text that a spreadsheet may compute."""
    arrays = []
    for array in batch.columns:
        if array.type == pa.string():
            risky = pc.match_substring_regex(array, FORMULA)
            if pc.any(risky).as_py():
                marked = pc.binary_join_element_wise(pa.scalar("'"), array, pa.scalar(""))
                array = pc.if_else(risky, marked, array)
        arrays.append(array)
    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)
