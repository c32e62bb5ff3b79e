"""How is what stands in an address or a body read: numbers, days, codes, lists?

Readers refuse what pydantic alone would let pass, in words that a person can follow.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime

from geo.access.series import days_of
from geo.access.walking.around import LONGEST_MIN, MOST_AREAS
from geo.errors import BadInput, both
from geo.models.kinds import kinds_of
from geo.queries.filters import VALUE_WORDS, swapped_hint
from geo.validity import today_in_china

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MINUTE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}", re.ASCII)
_CATEGORY = re.compile(r"\d{1,5}", re.ASCII)
_CODE = re.compile(r"\d{6}(\d{3})?(\d{3})?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,2})?", re.ASCII)


def read_whole(value: object) -> object:
    """A whole number as people write it: pydantic alone would also take `1_0` and `1.0`."""
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise BadInput(both("需要整数。", "a whole number is needed"))
    return value


def read_number(value: object) -> object:
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
        raise BadInput(both(f"没有这一天：{value}。", f"there is no such day: {value}")) from None


def read_minute(value: object) -> object:
    """A local date and time to the minute, without an offset: opening hours are local."""
    if not isinstance(value, str):
        return value
    if not _MINUTE.fullmatch(value):
        raise BadInput(both("时间须写作 2026-01-31T09:30。", "a time is written 2026-01-31T09:30"))
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise BadInput(both(f"没有这一刻：{value}。", f"there is no such time: {value}")) from None


def plain_text(value: str) -> str:
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


def read_area(value: str) -> str:
    """The code of a division, filled up to 12 digits, or of a planning zone as it is written."""
    return full_division(value) if value.isascii() and value.isdigit() else plain_text(value)


def read_spot(value: str) -> tuple[float, float]:
    """Longitude and latitude in degrees."""
    parts = value.split(",")
    if len(parts) != 2 or not all(_NUMBER.fullmatch(part) for part in parts):
        raise BadInput(
            both("须为经度、纬度，以半角逗号隔开。", "two numbers are needed: longitude,latitude")
        )
    lon, lat = float(parts[0]), float(parts[1])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise BadInput(
            both(
                "经度须在 ±180、纬度在 ±90 之内。" + swapped_hint(lon, lat)[0],
                "longitude within ±180, latitude within ±90." + swapped_hint(lon, lat)[1],
            )
        )
    return lon, lat


def read_category(value: str) -> str:
    """A category code of place names, or its beginning."""
    if not _CATEGORY.fullmatch(value):
        raise BadInput(both("分类代码为一至五位数字。", "a category code has one to five digits"))
    return value


def read_bbox(value: str) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees; no box across the antimeridian (none is needed here)."""
    parts = value.split(",")
    if len(parts) != 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        raise BadInput(
            both(
                "须为四个数字，依次为西、南、东、北，以半角逗号隔开。",
                "four numbers are needed: west,south,east,north",
            )
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


def reader_of_list(known: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    """Makes the reader of a comma-separated list of known words."""

    def read(value: str) -> tuple[str, ...]:
        words = tuple(dict.fromkeys(value.split(",")))
        strange = [word for word in words if word not in known]
        if strange:
            raise BadInput(
                both(
                    f"没有「{strange[0]}」这个值；可用："
                    + "、".join(f"{VALUE_WORDS[word]} {word}" for word in known)
                    + "。",
                    f"unknown value {strange[0]!r}; known: {', '.join(known)}",
                )
            )
        return words

    return read


def read_kinds(value: str) -> tuple[str, ...]:
    """Kinds and groups, separated by commas, as the kinds they stand for."""
    return tuple(dict.fromkeys(kind for word in value.split(",") for kind in kinds_of(word)))


def read_kind(value: str) -> str:
    """One kind or group that exists."""
    kinds_of(value)
    return value


def read_minutes(value: str) -> tuple[float, ...]:
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


def read_years(value: str) -> str:
    """Years or days that can be read."""
    days_of(value, today=today_in_china())
    return value


def read_month(value: object) -> object:
    """A month written out, as its first day."""
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"\d{4}-\d{2}", value, re.ASCII):
        raise BadInput(both("月份须写作 2026-06。", "a month is written 2026-06"))
    return read_day(f"{value}-01")
