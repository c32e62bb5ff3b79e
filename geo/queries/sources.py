"""Which loaded files may the public know of, and under which licence?"""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from geo.queries.admin import Reader

_REGISTER = text(
    """SELECT kind, file_name, sha256, size_bytes, licence, received_at, crs_stated, crs_used,
           about
    FROM source_register ORDER BY kind, file_name, received_at"""
)


def source_register(session: Reader) -> list[dict[str, Any]]:
    """Answer every loaded file whose secrecy is public, for the public role."""
    return [dict(row._mapping) for row in session.execute(_REGISTER)]
