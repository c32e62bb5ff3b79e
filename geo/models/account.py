"""Who may come in? Tokens are stored hashed, scoped, dated and revocable."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Keyed

ROLES = ("public", "planner", "surveyor", "names_officer", "administrator")


class ApiToken(Keyed, Base):
    """A bearer token of a role, limited to a division and a time."""

    __tablename__ = "api_token"
    __table_args__ = (CheckConstraint(f"role IN {ROLES}", name="role"),)

    label: Mapped[str] = mapped_column(Text, doc="what the token is for")
    role: Mapped[str] = mapped_column(
        Text, doc="public, planner, surveyor, names_officer or administrator"
    )
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, doc="SHA-256")
    division_code: Mapped[str | None] = mapped_column(Text, doc="12 digits; NULL = everywhere")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), doc="when it was made")
    expires_at: Mapped[datetime | None] = mapped_column(doc="NULL = never")
    revoked_at: Mapped[datetime | None] = mapped_column(doc="NULL = valid")
