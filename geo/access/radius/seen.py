"""Whose eyes read the inputs of a question: those of staff, or those of the public?

Counts need cells of people, which only the owner may read, but what the public is told must rest on
what the public sees. So the owner reads a public question with the public views first on the search
path: facilities and areas are then the views' rows, by the views' one definition, and what has no
view (cells, stored runs) is still found behind them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from geo.queries.admin import Reader

PUBLIC_SCHEMA = "atlas_public"

_PATH = text("SELECT current_setting('search_path')")
_SET_PATH = text("SELECT set_config('search_path', :path, true)")
_FIRST = text("SELECT current_schema()")


@contextmanager
def as_seen(session: Reader, *, published_only: bool) -> Iterator[None]:
    """Within the block, `session` (the owner's, in a transaction) reads as the asker may.

    Raises RuntimeError on a connection without transactions, where the path would not last.
    """
    if not published_only:
        yield
        return
    path = session.execute(_PATH).scalar_one()
    session.execute(_SET_PATH, {"path": f"{PUBLIC_SCHEMA}, {path}"})
    if session.execute(_FIRST).scalar_one() != PUBLIC_SCHEMA:
        raise RuntimeError("a public question needs a transaction and the public views")
    try:
        yield
    finally:
        with suppress(DBAPIError):  # a failed transaction takes the path back by itself
            session.execute(_SET_PATH, {"path": path})
