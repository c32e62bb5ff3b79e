"""Which loaded files may the public know of, and under which licence?"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

_REGISTER = text(
    """SELECT kind, file_name, sha256, size_bytes, licence, received_at, crs_stated, crs_used,
           about
    FROM source_register ORDER BY kind, file_name, received_at"""
)


def source_register(connection: Connection) -> list[dict[str, Any]]:
    """Answer every loaded file whose secrecy is public, on a connection of the public role."""
    return [dict(row._mapping) for row in connection.execute(_REGISTER)]
