"""How is a hot read asked without the cost of a result object, and with the same errors?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

Rows = Any
"""What libpq holds: `ntuples`, `get_value(row, column)`."""


def rows_of(
    reader: Connection,
    statement: str,
    values: Mapping[str, Any],
    *,
    binary: bool = False,
    prepare: bool | None = None,
) -> Rows:
    """The rows of a statement as the server sent them, each value as bytes.

    The statement is in the driver's own form (`%(name)s`). Saves some 60 µs of a read. `binary`:
    values in the server's own form, and not as texts. `prepare`: False has each call planned for
    its own values; None leaves it to the driver, which keeps the plan of what is asked often.
    Raises DBAPIError as the connection itself would.
    """
    driver: Any = reader.connection.driver_connection
    try:
        found: Rows = driver.execute(statement, values, binary=binary, prepare=prepare).pgresult
        return found
    except psycopg.Error as problem:
        if driver.closed:  # asked again it fails at once, and the pool learns that it is gone
            again: Any = reader.exec_driver_sql(statement, dict(values)).cursor
            return again.pgresult
        raise DBAPIError.instance(
            None, None, problem, psycopg.Error, hide_parameters=True, dialect=reader.dialect
        ) from problem
