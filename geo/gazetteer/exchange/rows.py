"""How do the rows of records reach their tables as fast as COPY takes them, with the journal?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pyarrow as pa
import shapely
from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, Boolean, Date, Integer, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from geo.loaders.staging import copy_columns, hexadecimal
from geo.models import STORED_SRID, Base

Rows = list[dict[str, Any]]
_ARRAYS = ((BigInteger, pa.int64()), (Integer, pa.int64()), (Boolean, pa.bool_()),
           (Date, pa.date32()))  # fmt: skip
_MOST = {SmallInteger: 2**15, Integer: 2**31}

_KEYS = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :many)")
_JOURNAL = """
INSERT INTO delivery_change (delivery_id, table_name, row_id, action, version_after)
SELECT :delivery, '{table}', t.id, 'began', t.row_version FROM {table} t
WHERE t.id = ANY(CAST(:ids AS bigint[]))"""


def insert_rows(session: Session, delivery_id: int, table: str, rows: Rows) -> list[int]:
    """Insert rows of the same columns in their order, with the journal; answer their keys.

    A shape is hexadecimal WKB in degrees of CGCS2000. The keys are drawn first: COPY answers none,
    and an INSERT of some thousand rows with values costs ten times as much as COPY, most of it for
    the text of the statement.
    """
    if not rows:
        return []
    ids = list(session.execute(_KEYS, {"table": table, "many": len(rows)}).scalars())
    arrays = {"id": pa.array(ids, pa.int64())}
    for name in rows[0]:
        arrays[name] = _array(table, name)([row[name] for row in rows])
    copy_columns(session, table, arrays)
    session.execute(text(_JOURNAL.format(table=table)), {"delivery": delivery_id, "ids": ids})
    return ids


def _array(table: str, name: str) -> Callable[[list[Any]], pa.Array]:
    """What makes the values of a column an array that COPY can write."""
    kind = Base.metadata.tables[table].c[name].type
    if isinstance(kind, JSONB):
        return lambda values: pa.array(
            [None if value is None else orjson.dumps(value).decode() for value in values],
            pa.string(),
        )
    if isinstance(kind, Geometry):
        return _ewkb
    found = next((made for given, made in _ARRAYS if isinstance(kind, given)), pa.string())
    return lambda values: pa.array(values, found)


def _ewkb(written: list[str | None]) -> pa.Array:
    """Shapes with their system, to the last digit."""
    shapes = shapely.set_srid(shapely.from_wkb(written), STORED_SRID)
    return hexadecimal(list(shapely.to_wkb(shapes, include_srid=True)))
