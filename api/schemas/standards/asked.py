"""Which parameters do indicators, estates, projects and work have of their own?"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import Path, Query
from pydantic import BeforeValidator

from api.schemas.parameters import Text, read_day
from geo.access.work_items import KINDS

ByAreas = Annotated[
    Literal["city", "district", "township", "zone"],
    Query(description="统计单元 · areas: the whole city, district, township or planning zone"),
]
Since = Annotated[
    Annotated[date, BeforeValidator(read_day)] | None,
    Query(description="比较日或起始日 · the day compared with, or the first day of the period"),
]
WorkKind = Annotated[
    Text | None,
    Query(description="事项类别 · kind of work item: " + " ".join(KINDS), examples=["fire_hazard"]),
]
OverdueOnly = Annotated[bool, Query(description="只列逾期 · overdue ones only")]
ItemNumber = Annotated[int, Path(ge=1, le=2**62, description="事项编号 · number of the item")]
