"""Which query and path parameters exist, and what may stand in each? One short type apiece.

A route names its parameters by these types and nothing else, so that one name means one thing
everywhere. A value that does not fit is answered with 400 by `api/problems.py`; a parameter that a
route does not name, or that comes twice, by `api/deps.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Path, Query
from pydantic import AfterValidator, BeforeValidator, StringConstraints

from geo.access.floating import METHODS
from geo.access.series import days_of
from geo.access.walking.around import LONGEST_MIN, MOST_AREAS
from geo.errors import BadInput, both
from geo.models.facility import CARE_LEVELS, FIRE_STATES, STATES
from geo.models.kinds import GROUPS, KINDS, kinds_of
from geo.queries.filters import VALUE_WORDS, swapped_hint
from geo.validity import today_in_china

TEXT_CAP = 100
"""Longest text parameter, in characters: longer than any place name or facility code."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MINUTE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}", re.ASCII)
_CODE = re.compile(r"\d{6}(\d{3})?(\d{3})?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,2})?", re.ASCII)


def _whole(value: object) -> object:
    """A whole number as people write it: pydantic alone would also take `1_0` and `1.0`."""
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise BadInput(both("需要整数。", "a whole number is needed"))
    return value


def _number(value: object) -> object:
    """A finite decimal number: no `nan`, no `inf`, no digits of other scripts."""
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise BadInput(both("需要有限的数字。", "a finite number is needed"))
    return value


def read_day(value: object) -> object:
    """A date written out: pydantic alone would take `86400` for the second of January 1970."""
    if not isinstance(value, str):
        return value
    if not _DAY.fullmatch(value):
        raise BadInput(both("日期须写作 2026-01-31。", "a date is written 2026-01-31"))
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadInput(both(f"没有这一天:{value}。", f"there is no such day: {value}")) from None


def _minute(value: object) -> object:
    """A local date and time to the minute, without an offset: opening hours are local."""
    if not isinstance(value, str):
        return value
    if not _MINUTE.fullmatch(value):
        raise BadInput(both("时间须写作 2026-01-31T09:30。", "a time is written 2026-01-31T09:30"))
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise BadInput(both(f"没有这一时刻:{value}。", f"there is no such time: {value}")) from None


def _plain(value: str) -> str:
    """Text without control characters (PostgreSQL has no NUL) that is not only spaces."""
    if not value.strip():
        raise BadInput(both("内容为空。", "it is empty"))
    if any(ord(character) < 32 or ord(character) == 127 for character in value):
        raise BadInput(both("含有控制字符。", "it holds control characters"))
    return value


def full_division(value: str) -> str:
    """A division code of 6, 9 or 12 digits, filled up to 12."""
    if not _CODE.fullmatch(value):
        raise BadInput(
            both("区划代码为 6、9 或 12 位数字。", "a division code has 6, 9 or 12 digits")
        )
    return value.ljust(12, "0")


def _area(value: str) -> str:
    """The code of a division, filled up to 12 digits, or of a planning zone as it is written."""
    return full_division(value) if value.isascii() and value.isdigit() else _plain(value)


def _bbox(value: str) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees; no box across the antimeridian (none is needed here)."""
    parts = value.split(",")
    if len(parts) != 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        raise BadInput(
            both("须为四个数字:西,南,东,北。", "four numbers are needed: west,south,east,north")
        )
    west, south, east, north = (float(part) for part in parts)
    if not (
        -180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90 and -90 <= north <= 90
    ):
        raise BadInput(
            both(
                "经度须在 ±180、纬度在 ±90 之内。" + swapped_hint(west, south)[0],
                "longitude within ±180, latitude within ±90." + swapped_hint(west, south)[1],
            )
        )
    if west > east or south > north:
        raise BadInput(
            both("次序须为 西<=东、南<=北。", "the order is west <= east, south <= north")
        )
    return west, south, east, north


def _listed(known: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    """Makes the reader of a comma-separated list of known words."""

    def read(value: str) -> tuple[str, ...]:
        words = tuple(dict.fromkeys(value.split(",")))
        strange = [word for word in words if word not in known]
        if strange:
            raise BadInput(
                both(
                    f"没有「{strange[0]}」这个值;可用:"
                    + "、".join(f"{VALUE_WORDS[word]} {word}" for word in known)
                    + "。",
                    f"unknown value {strange[0]!r}; known: {', '.join(known)}",
                )
            )
        return words

    return read


def _kinds(value: str) -> tuple[str, ...]:
    """Kinds and groups, separated by commas, as the kinds they stand for."""
    return tuple(dict.fromkeys(kind for word in value.split(",") for kind in kinds_of(word)))


def _kind(value: str) -> str:
    """One kind or group that exists."""
    kinds_of(value)
    return value


def _minutes(value: str) -> tuple[float, ...]:
    """Some minutes, separated by commas."""
    words = value.split(",")
    if not all(_NUMBER.fullmatch(word) for word in words):
        raise BadInput(both("分钟数写作 5,10,15。", "minutes are written 5,10,15"))
    found = tuple(float(word) for word in words)
    if len(found) > MOST_AREAS or not all(0 < each <= LONGEST_MIN for each in found):
        raise BadInput(
            both(
                f"最多 {MOST_AREAS} 个大于 0、不超过 {LONGEST_MIN:g} 的数。",
                f"up to {MOST_AREAS} numbers above 0 and up to {LONGEST_MIN:g}",
            )
        )
    return found


def _years(value: str) -> str:
    """Years or days that can be read."""
    days_of(value, today=today_in_china())
    return value


def _month(value: object) -> object:
    """A month written out, as its first day."""
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"\d{4}-\d{2}", value, re.ASCII):
        raise BadInput(both("月份须写作 2026-06。", "a month is written 2026-06"))
    return read_day(f"{value}-01")


# The cap stands before the reader of the text: nothing long is ever parsed.
_SHORT = StringConstraints(max_length=TEXT_CAP)
_LIST = StringConstraints(max_length=600)

Text = Annotated[str, _SHORT, AfterValidator(_plain)]
Whole = Annotated[int, BeforeValidator(_whole)]
Number = Annotated[float, BeforeValidator(_number)]
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
    Annotated[str, _LIST, AfterValidator(_bbox)] | None,
    Query(
        description="范围 · west,south,east,north in degrees", examples=["119.9,31.7,120.1,31.9"]
    ),
]
KindsWanted = Annotated[
    Annotated[str, _LIST, AfterValidator(_kinds)] | None,
    Query(
        description="设施种类 · kinds or groups, comma-separated; see /api/kinds",
        examples=["canteen", "elder_home,day_care"],
    ),
]
KindAsked = Annotated[
    Annotated[str, _SHORT, AfterValidator(_kind)],
    Query(
        description="设施种类 · one kind or group; see /api/kinds",
        json_schema_extra={"enum": [*GROUPS, *KINDS]},
        examples=["canteen"],
    ),
]
States = Annotated[
    Annotated[str, _SHORT, AfterValidator(_listed(STATES))] | None,
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
    Annotated[str, _SHORT, AfterValidator(_area)] | None,
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
    Number, Query(ge=1, le=50_000, description="半径(米)· radius in metres", examples=[500])
]
Measure = Annotated[
    Literal["line", "walk"],
    Query(description="距离 · line: straight line; walk: along the stored roads"),
]
Minutes = Annotated[
    Number | None,
    Query(
        gt=0, le=120, description="分钟(代替 radius_m)· minutes instead of metres", examples=[15]
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
    Annotated[str, _SHORT, AfterValidator(_minutes)],
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
    Annotated[str, _SHORT, AfterValidator(_years)],
    Query(
        description="年份或日期 · years (their last day) or days: 2020-2026 or 2020,2026-06-30",
        examples=["2020-2026"],
    ),
]
Month = Annotated[
    Annotated[date, BeforeValidator(_month)] | None,
    Query(description="月份 · month; default: of the asked day", examples=["2026-06"]),
]
CareLevel = Annotated[
    Literal[CARE_LEVELS] | None,  # type: ignore[valid-type]
    Query(description="照护等级 · care level that is offered"),
]
MaxPrice = Annotated[
    Number | None,
    Query(ge=0, le=1_000_000, description="最低价不高于(元)· lowest price at most, yuan"),
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
    Annotated[datetime, BeforeValidator(_minute)] | None,
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
Family = Annotated[
    Literal["heritage", "red"] | None,
    Query(description="名录 · heritage (地名文化遗产) or red (红色地名)"),
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
