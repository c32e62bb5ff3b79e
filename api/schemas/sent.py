"""What do all bodies that are sent to us have in common?"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from api.schemas.parameters import read_day

Dated = Annotated[date, BeforeValidator(read_day)]


class Sent(BaseModel):
    """A body holds what it says here and nothing else."""

    model_config = ConfigDict(extra="forbid")
