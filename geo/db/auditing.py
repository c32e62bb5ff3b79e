"""How is it put on record who wrote, and who read what is not public?

The entry of a write stands in the write's own transaction: neither is there without the other.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

_NOTE = text(
    "INSERT INTO atlas.audit_entry"
    " (action, token_id, role, division_code, what, status, request_id)"
    " VALUES (:action, :token_id, :role, :division_code, :what, :status, :request_id)"
)
_HAS_WRITTEN = text("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")


@dataclass(frozen=True)
class Entry:
    """What is put on record; see the table `audit_entry`."""

    action: str
    what: str
    token_id: int | None = None
    role: str | None = None
    division_code: str | None = None
    status: int | None = None
    request_id: str | None = None


def note(connection: Session | Connection, entry: Entry) -> None:
    """Put an entry on record in the transaction under way."""
    connection.execute(_NOTE, asdict(entry))


def note_if_written(session: Session, entry: Entry) -> bool:
    """The same where the transaction has written something; answer whether it has."""
    session.flush()
    has_written = bool(session.scalar(_HAS_WRITTEN))
    if has_written:
        note(session, entry)
    return has_written
