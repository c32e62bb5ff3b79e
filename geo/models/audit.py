"""Who wrote what, and who read what is not public? Kept for good."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base

ACTIONS = ("write", "read", "refused")


class AuditEntry(Base):
    """One request with a token, one write by the public, or one command that wrote."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        CheckConstraint(f"action IN {ACTIONS}", name="action"),
        Index("ix_audit_entry_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, doc="order of the entries")
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), doc="when")
    action: Mapped[str] = mapped_column(Text, doc="write, read (of what is not public), refused")
    token_id: Mapped[int | None] = mapped_column(
        BigInteger, doc="whose token; NULL = the public, or a command on the machine"
    )
    role: Mapped[str | None] = mapped_column(Text, doc="role of the token")
    division_code: Mapped[str | None] = mapped_column(Text, doc="division of the token")
    what: Mapped[str] = mapped_column(
        Text, doc="method and path, or the command; of a query the names of its parameters only"
    )
    status: Mapped[int | None] = mapped_column(SmallInteger, doc="status of the answer")
    request_id: Mapped[str | None] = mapped_column(Text, doc="as in the log and the answer")
