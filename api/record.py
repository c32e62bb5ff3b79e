"""What stands on record: who wrote, and who read what is not public?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from geo.models.audit import AuditEntry


@dataclass(frozen=True)
class Kept:
    """One entry of the record; see the table `audit_entry`."""

    id: int
    at: datetime
    action: str
    token_id: int | None
    role: str | None
    division_code: str | None
    what: str
    status: int | None
    request_id: str | None


def on_record(
    connection: Session | Connection,
    *,
    since: date | None = None,
    until: date | None = None,
    action: str | None = None,
    token_id: int | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[Kept]:
    """Answer entries of the record, the newest first, from `since` to `until` (both days count).

    `before`: only entries older than that id, to turn the page.
    """
    wanted = select(*(getattr(AuditEntry, name) for name in Kept.__dataclass_fields__))
    if since is not None:
        wanted = wanted.where(AuditEntry.at >= since)
    if until is not None:
        wanted = wanted.where(AuditEntry.at < until + timedelta(days=1))
    if action is not None:
        wanted = wanted.where(AuditEntry.action == action)
    if token_id is not None:
        wanted = wanted.where(AuditEntry.token_id == token_id)
    if before is not None:
        wanted = wanted.where(AuditEntry.id < before)
    rows = connection.execute(wanted.order_by(AuditEntry.id.desc()).limit(limit))
    return [Kept(*row) for row in rows]
