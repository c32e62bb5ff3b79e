"""How does the record of writes and readings look in an answer?"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class RecordEntry(BaseModel):
    """One request with a token, one write by the public, or one command that wrote."""

    id: int
    at: datetime
    action: Literal["write", "read", "refused"]
    token_id: int | None = Field(description="null: the public, or a command on the machine")
    role: str | None
    division_code: str | None
    what: str = Field(description="method and path, or the command; names of parameters only")
    status: int | None
    request_id: str | None


class Record(BaseModel):
    """Entries of the record, the newest first."""

    entries: list[RecordEntry]
