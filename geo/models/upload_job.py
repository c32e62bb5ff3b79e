"""How far are the loadings that were asked for over HTTP? For every process of the service."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base


class UploadJob(Base):
    """A loading, as the process that runs it told last; rows are removed after a day."""

    __tablename__ = "upload_job"

    id: Mapped[str] = mapped_column(Text, primary_key=True, doc="random; stands in its address")
    token_id: Mapped[int] = mapped_column(BigInteger, doc="the token that asked for it")
    told: Mapped[dict[str, Any]] = mapped_column(JSONB, doc="what its address answers")
    is_over: Mapped[bool] = mapped_column(doc="nothing more will happen to it")
    beat_at: Mapped[datetime] = mapped_column(
        server_default=func.now(), doc="when its process told last; silence means that it ended"
    )
