"""Is something that was made from rows still right, or has a commit since then touched its box?

Triggers write the boxes of changed rows; a commit is numbered under a lock that ends after it is
visible (see docs/decisions/009). So who has seen number n has seen everything up to n, and what was
made after reading n stays right while no later box touches it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from geo.queries.admin import Reader
from geo.queries.matrices import Box


@dataclass(frozen=True, slots=True)
class Seen:
    """The last commit that a reader has seen: its number and its time.

    Both, because a restored database counts the same numbers again.
    """

    seq: int
    at: datetime


_STATE = """SELECT last.seq, last.committed_at, {still} AS still
FROM (SELECT c.seq, c.committed_at FROM change_commit c WHERE c.seq IS NOT NULL
      ORDER BY c.seq DESC LIMIT 1) AS last"""
_LAST = text(_STATE.format(still="false"))
# A number that is no longer in the log has been pruned, and what came since then with it.
_SINCE = text(
    _STATE.format(
        still="""EXISTS (SELECT FROM change_commit k
        WHERE k.seq = :seq AND k.committed_at = :at)
    AND NOT EXISTS (
        SELECT FROM change_commit k JOIN change_box b ON b.commit_id = k.id
        WHERE k.seq > :seq AND b.table_name = ANY(:tables) AND (b.west IS NULL OR (
            b.west <= :east AND b.east >= :west AND b.south <= :north AND b.north >= :south)))"""
    )
)


def last_seen(connection: Reader) -> Seen:
    """The last commit that this connection sees. Read it before the rows that you keep."""
    row = connection.execute(_LAST).one()
    return Seen(row.seq, row.committed_at)


def untouched_since(
    connection: Reader, before: Seen, tables: Sequence[str], box: Box
) -> tuple[bool, Seen]:
    """Whether no commit after `before` touched the box (degrees) in one of the tables.

    Also the last commit seen now: what is still right is right as of that one. A log that no
    longer reaches back to `before` answers False.
    """
    values = {
        "seq": before.seq, "at": before.at, "tables": list(tables),
        "west": box.west, "south": box.south, "east": box.east, "north": box.north,
    }  # fmt: skip
    row = connection.execute(_SINCE, values).one()
    return bool(row.still), Seen(row.seq, row.committed_at)
