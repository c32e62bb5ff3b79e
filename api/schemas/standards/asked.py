"""Which parameters do indicators, estates, projects and work have of their own?"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import Path, Query
from pydantic import BeforeValidator

from api.schemas.parameters import Number, Text, Whole, read_day
from geo.access.work_items import KINDS

ByAreas = Annotated[
    Literal["city", "district", "township", "zone"],
    Query(description="统计单元 · areas: the whole city, district, township or planning zone"),
]
ByLevel = Annotated[
    Literal["city", "district", "township", "zone"] | None,
    Query(description="统计单元 · areas; default: districts, or the first level of the indicator"),
]
Since = Annotated[
    Annotated[date, BeforeValidator(read_day)] | None,
    Query(description="比较日或起始日 · the day compared with, or the first day of the period"),
]
WorkKind = Annotated[
    Text | None,
    Query(description="事项类别 · kind of work item: " + " ".join(KINDS), examples=["fire_hazard"]),
]
YearAsked = Annotated[
    Whole | None, Query(ge=2000, le=2100, description="年份 · year; default: of the asked day")
]
TotalStated = Annotated[
    Whole | None,
    Query(ge=0, description="文件所称项目总数 · projects by the programme, to be checked"),
]
PlannedStated = Annotated[
    Number | None,
    Query(ge=0, le=1e13, description="文件所称计划资金（元）· money by the programme, yuan"),
]
OverdueOnly = Annotated[bool, Query(description="只列逾期 · overdue ones only")]
ItemNumber = Annotated[int, Path(ge=1, le=2**62, description="事项编号 · number of the item")]
