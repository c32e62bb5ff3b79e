"""Which query and path parameters exist, and what may stand in each? One short type apiece.

A route names its parameters by these types and nothing else, so that one name means one thing
everywhere. A value that does not fit is answered with 400 by `api/problems.py`; a parameter that a
route does not name, or that comes twice, by `api/deps.py`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Path, Query
from pydantic import AfterValidator, BeforeValidator, StringConstraints

from api.schemas.written import (
    full_division as full_division,
)
from api.schemas.written import (
    plain_text,
    read_area,
    read_bbox,
    read_category,
    read_kind,
    read_kinds,
    read_minute,
    read_minutes,
    read_month,
    read_number,
    read_spot,
    read_whole,
    read_years,
    reader_of_list,
)
from api.schemas.written import (
    read_day as read_day,
)
from geo.access.floating import METHODS
from geo.models.facility import CARE_LEVELS, FIRE_STATES, STATES
from geo.models.kinds import GROUPS, KINDS

TEXT_CAP = 100
"""Longest text parameter, in characters: longer than any place name or facility code."""

# The cap stands before the reader of the text: nothing long is ever parsed.
_SHORT = StringConstraints(max_length=TEXT_CAP)
_LIST = StringConstraints(max_length=600)

Text = Annotated[str, _SHORT, AfterValidator(plain_text)]
Whole = Annotated[int, BeforeValidator(read_whole)]
Number = Annotated[float, BeforeValidator(read_number)]
Division = Annotated[str, _SHORT, AfterValidator(full_division)]

On = Annotated[
    Annotated[date, BeforeValidator(read_day)] | None,
    Query(description="查询日期 · the day asked about; default today", examples=["2026-01-31"]),
]
Lon = Annotated[
    Number,
    Query(ge=-180, le=180, description="经度 · longitude, degrees, CGCS2000", examples=[119.97]),
]
Lat = Annotated[
    Number,
    Query(ge=-90, le=90, description="纬度 · latitude, degrees, CGCS2000", examples=[31.78]),
]
BBox = Annotated[
    Annotated[str, _LIST, AfterValidator(read_bbox)] | None,
    Query(
        description="范围 · west,south,east,north in degrees", examples=["119.9,31.7,120.1,31.9"]
    ),
]
KindsWanted = Annotated[
    Annotated[str, _LIST, AfterValidator(read_kinds)] | None,
    Query(
        description="设施种类 · kinds or groups, comma-separated; see /api/kinds",
        examples=["canteen", "elder_home,day_care"],
    ),
]
KindAsked = Annotated[
    Annotated[str, _SHORT, AfterValidator(read_kind)],
    Query(
        description="设施种类 · one kind or group; see /api/kinds",
        json_schema_extra={"enum": [*GROUPS, *KINDS]},
        examples=["canteen"],
    ),
]
States = Annotated[
    Annotated[str, _SHORT, AfterValidator(reader_of_list(STATES))] | None,
    Query(
        description="状态 · comma-separated, default open: " + " ".join(STATES),
        examples=["open,paused"],
    ),
]
Within = Annotated[
    Division | None,
    Query(description="所在区划 · division: 6, 9 or 12 digits", examples=["320402"]),
]
WithinArea = Annotated[
    Annotated[str, _SHORT, AfterValidator(read_area)] | None,
    Query(
        description="所在区划或片区 · division (6, 9 or 12 digits) or code of a planning zone",
        examples=["320402"],
    ),
]
City = Annotated[
    Division | None,
    Query(
        description="城市代码 · city, 6 or 12 digits; default: the city that is loaded",
        examples=["320400"],
    ),
]
Parent = Annotated[
    Division | None, Query(description="上级代码 · superior division", examples=["320400"])
]
Level = Annotated[
    Whole | None,
    Query(ge=1, le=5, description="级别 · 1 province, 2 city, 3 county, 4 township, 5 village"),
]
RadiusM = Annotated[
    Number, Query(ge=1, le=50_000, description="半径（米）· radius in metres", examples=[500])
]
Measure = Annotated[
    Literal["line", "walk"],
    Query(description="距离 · line: straight line; walk: along the stored roads"),
]
TravelledHow = Annotated[
    Literal["line", "drive", "walk"],
    Query(
        description="行程 · line: straight line, lengthened; drive or walk: along the stored roads"
    ),
]
Minutes = Annotated[
    Number | None,
    Query(
        gt=0, le=120, description="分钟（代替 radius_m）· minutes instead of metres", examples=[15]
    ),
]
Pace = Annotated[
    Literal["elder", "planning"],
    Query(description="步速 · elder: the setting, 0.8 m/s; planning: 60 m a minute"),
]
NetworkAsked = Annotated[
    Text | None,
    Query(description="路网 · road network, where several lie there; only with measure=walk"),
]
Fallback = Annotated[
    Literal["none", "line"],
    Query(description="无路网的区域 · areas without roads: none = unknown, line = straight line"),
]
MinutesList = Annotated[
    Annotated[str, _SHORT, AfterValidator(read_minutes)],
    Query(description="分钟 · up to six numbers up to 60, separated by commas"),
]
FacilityAsked = Annotated[Text, Query(description="设施编码 · code of the facility")]
SupplyAsked = Annotated[
    Literal["beds", "meals"] | None,
    Query(description="容量 · beds, or meals a day; default: meals for canteens, else beds"),
]
FloatingMethod = Annotated[
    Literal[METHODS],  # type: ignore[valid-type]
    Query(description="可达性方法 · method of the floating catchment"),
]
Years = Annotated[
    Annotated[str, _SHORT, AfterValidator(read_years)],
    Query(
        description="年份或日期 · years (their last day) or days: 2020-2026 or 2020,2026-06-30",
        examples=["2020-2026"],
    ),
]
Month = Annotated[
    Annotated[date, BeforeValidator(read_month)] | None,
    Query(description="月份 · month; default: of the asked day", examples=["2026-06"]),
]
CareLevel = Annotated[
    Literal[CARE_LEVELS] | None,  # type: ignore[valid-type]
    Query(description="照护等级 · care level that is offered"),
]
MaxPrice = Annotated[
    Number | None,
    Query(ge=0, le=1_000_000, description="最低价不高于（元）· lowest price at most, yuan"),
]
WithFreeBeds = Annotated[bool, Query(description="有空床 · has free beds")]
WithMedical = Annotated[bool, Query(description="医养结合 · linked with medical care")]
BarrierFree = Annotated[bool, Query(description="无障碍 · has a ramp and a lift")]
FireState = Annotated[
    Literal[FIRE_STATES] | None,  # type: ignore[valid-type]
    Query(description="消防状态 · state of the fire inspection"),
]
Ownership = Annotated[
    Literal["public", "private"] | None, Query(description="所有制 · who owns it")
]
OpenAt = Annotated[
    Annotated[datetime, BeforeValidator(read_minute)] | None,
    Query(
        description="营业时间 · open at this local time; unknown hours do not count as open",
        examples=["2026-01-31T11:30"],
    ),
]
TextWanted = Annotated[Text | None, Query(description="名称含有 · text in the name")]
TextAsked = Annotated[
    Text,
    Query(
        description="地名、拼音、首字母或旧名 · name, pinyin, initials or old name",
        examples=["毗陵", "changzhou", "cz"],
    ),
]
AddressLine = Annotated[
    Text,
    Query(
        description="一行地址 · one address line; levels may be missing, names may be old",
        examples=["江苏省常州市天宁区延陵西路12号"],
    ),
]
Family = Annotated[
    Literal["heritage", "red"] | None,
    Query(description="名录 · heritage (地名文化遗产) or red (红色地名)"),
]
Near = Annotated[
    Annotated[str, _SHORT, AfterValidator(read_spot)] | None,
    Query(
        description="附近优先 · longitude,latitude: nearer places first", examples=["119.97,31.78"]
    ),
]
FeatureClass = Annotated[
    Literal["A", "H", "L", "P", "R", "S", "T"] | None,
    Query(
        description="类别 · A division, H water, L area, P settlement, R road, S site, T terrain"
    ),
]
CategoryAsked = Annotated[
    Annotated[str, _SHORT, AfterValidator(read_category)] | None,
    Query(description="地名分类代码（开头）· category code or its beginning", examples=["2161"]),
]
ListLevel = Annotated[
    Literal["national", "province", "city", "district"] | None,
    Query(description="名录级别 · level of the list"),
]
InUse = Annotated[
    bool, Query(description="只要当日在用的名称 · only names in use on the day asked about")
]
SuggestionLimit = Annotated[Whole, Query(ge=1, le=20, description="最多条数 · how many at most")]
Language = Annotated[
    Literal["zh", "en"], Query(description="语言 · language of the words of an answer")
]
Year = Annotated[
    Whole | None,
    Query(ge=-4000, le=2200, description="年份 · year, astronomical: 0 = 1 BCE", examples=[1930]),
]
Areas = Annotated[
    Literal["district", "township", "zone"],
    Query(description="统计单元 · areas: district, township or planning zone"),
]
MustHave = Annotated[
    Literal["township", "zone"], Query(description="统计单元 · areas: township or planning zone")
]
AcrossBorder = Annotated[
    bool, Query(description="跨界设施计入 · facilities beyond an area's border count for it")
]
Offset = Annotated[Whole, Query(ge=0, le=1_000_000, description="跳过条数 · how many to skip")]
LimitToHundred = Annotated[Whole, Query(ge=1, le=100, description="最多条数 · how many at most")]
LimitToThousand = Annotated[Whole, Query(ge=1, le=1_000, description="最多条数 · how many at most")]
LimitToMany = Annotated[Whole, Query(ge=1, le=10_000, description="最多条数 · how many at most")]
DivisionCode = Annotated[
    Division, Path(description="区划代码 · division code", examples=["320402"])
]
ThingCode = Annotated[Text, Path(description="编码 · code of the facility or place")]
