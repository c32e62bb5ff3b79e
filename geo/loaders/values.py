"""What number, date, state or code does the text of one cell say?

A parser answers the value or raises ValueError with what is wrong, in words for the report.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geo.loaders import care, ratings
from geo.loaders.columns import to_numpy
from geo.loaders.hours import weekly_hours
from geo.loaders.kinds import STATE_WORDS
from geo.loaders.prices import PRICE_FIELDS, prices_in

UNKNOWN = {"", "-", "--", "—", "/", "\\", "无", "未知", "不详", "null", "none", "n/a", "na", "nan"}
"""What cells say that say nothing."""
MAX_COUNT = 1_000_000


def whole_number(text: str) -> int:
    """A count as offices write it: 12, 1,200, 12张, full width too."""
    found = re.fullmatch(r"(\d+)(?:\.0+)?(?:张|人|人次|份|客)?", _plain(text).replace(",", ""))
    if not found or int(found[1]) > MAX_COUNT:
        raise ValueError("不是合理的整数，原文保留在 extra · no believable whole number")
    return int(found[1])


def _area(text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(?:m2|m²|㎡|平方米|平米)?", _plain(text).replace(",", ""))
    if not found or float(found[1]) > MAX_COUNT * 10:
        raise ValueError("不是合理的面积（平方米） · no believable area in square metres")
    return float(found[1])


_FIRST_SERIAL, _LAST_SERIAL = 25_569, 54_789
"""Of 1970-01-01 and 2050-01-01: other numbers are no days of a spreadsheet."""


def day(text: str) -> date:
    """A date as offices write it: 2025-06-30, 2025年6月30日, 20250630.

    Also a spreadsheet's number of a day (44317 is 2021-05-01), where a cell lost its format.
    """
    serial = re.fullmatch(r"(\d{5})(?:\.\d+)?", text.strip())
    if serial and _FIRST_SERIAL <= int(serial[1]) <= _LAST_SERIAL:
        return date(1899, 12, 30) + timedelta(days=int(serial[1]))
    found = re.match(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(?:日|\b)", _plain(text)) or re.match(
        r"(\d{4})(\d\d)(\d\d)$", _plain(text)
    )
    if not found:
        raise ValueError("不是日期，请写成 2025-06-30 · no date: write 2025-06-30")
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise ValueError("没有这一天 · there is no such day") from None


def _state(text: str) -> str:
    if text in STATE_WORDS:
        return STATE_WORDS[text]
    raise ValueError(f"不认识的状态，可用：{' '.join(STATE_WORDS)} · unknown state")


_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc_problem(code: str) -> str | None:
    """Why a unified social credit code cannot be right (GB 32100-2015), or None."""
    if len(code) != 18 or any(c not in _USCC_ALPHABET for c in code):
        return "信用代码应为 18 位，不含 I O S V Z · 18 characters without I O S V Z"
    total = sum(_USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    right = _USCC_ALPHABET[-total % 31]
    return None if code[17] == right else "校验位不符 · the check character does not fit"


def _uscc(text: str) -> str:
    code = _plain(text).upper()
    problem = uscc_problem(code)
    if problem:
        raise ValueError(problem)
    return code


_WEIGHTS = np.array([pow(3, i, 31) for i in range(17)])
_VALUE_OF = np.zeros(256, dtype=np.int64)
_VALUE_OF[np.frombuffer(_USCC_ALPHABET.encode(), dtype=np.uint8)] = np.arange(31)


def right_usccs(texts: pa.Array) -> NDArray[np.bool_]:
    """Which texts are unified social credit codes with a fitting check character as they stand."""
    right = to_numpy(pc.match_substring_regex(texts, f"^[{_USCC_ALPHABET}]{{18}}$"), False)
    right = np.array(right, dtype=bool)
    whole = pc.filter(texts, pa.array(right))
    if len(whole):
        codes = np.frombuffer("".join(whole.to_pylist()).encode(), dtype=np.uint8).reshape(-1, 18)
        figures = _VALUE_OF[codes]
        right[right] = (figures[:, :17] @ _WEIGHTS + figures[:, 17]) % 31 == 0
    return right


# Area code and number, mobile, 400, short numbers, with country code or extension; several parted.
_DIGITS = r"[+＋]?[(（]?[0-9０-９](?:[-－–—.\s()（）]*[0-9０-９]){2,14}[)）]?"
_EXTENSION = r"(?:\s*(?:转|分机|ext\.?|x|#|\*)\s*[0-9０-９]{1,6})?"
_PHONE = f"{_DIGITS}{_EXTENSION}"
_PHONES = rf"(?i)^\s*{_PHONE}(?:[\s,，、;；/|或]+{_PHONE})*\s*$"


def has_form_of_phones(texts: pa.Array) -> pa.Array:
    """Which texts are one or several phone numbers of 3 to 15 digits, of any country; null stays.

    More is not asked: a form that is wrong in China is right elsewhere.
    """
    return pc.match_substring_regex(texts, _PHONES)


def _services(text: str) -> list[str]:
    return [part for part in (p.strip() for p in re.split(r"[、,，;；|/]", text)) if part]


def _plain(text: str) -> str:
    """Half-width digits and letters without inner spaces."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def _rated(text: str) -> str:
    """The day, month or year of a rating: 2025-06-30, 2025-06, 2025."""
    try:
        return day(text).isoformat()
    except ValueError:
        return ratings.when_rated(text)


PARSERS: dict[str, Callable[[str], Any]] = {
    "beds_total": whole_number,
    "beds_nursing": whole_number,
    "beds_free": whole_number,
    "meals_per_day": whole_number,
    "floor_area_m2": _area,
    "beds_on": day,
    "filed_on": day,
    "checked_on": day,
    "state": _state,
    "services": _services,
    "hours": weekly_hours,
    "uscc": _uscc,
    "care_levels": care.care_levels,
    "has_lift": care.yes_or_no,
    "has_ramp": care.yes_or_no,
    "ownership": care.ownership,
    "medical_link": care.medical_link,
    "fire_state": care.fire_state,
    "fire_checked_on": day,
    "operation": care.operation,
    "priced_on": day,
    "rating_level": ratings.rating_level,
    "rated_on": _rated,
    "rating_until": day,
    "ratings": ratings.ratings_in,
}


def parser_of(name: str, heading: str) -> Callable[[str], Any] | None:
    """What reads the cells of a field under a heading, which may state the unit of a price."""
    if name in PRICE_FIELDS:
        return lambda text: prices_in(text, heading, name)
    return PARSERS.get(name)


RULES = {
    **dict.fromkeys(PRICE_FIELDS, "price"),
    **dict.fromkeys(("rating_level", "ratings", "operation"), "word"),
    **dict.fromkeys(("priced_on", "rated_on", "rating_until"), "date"),
    **dict.fromkeys(("beds_total", "beds_nursing", "beds_free", "meals_per_day"), "number"),
    **dict.fromkeys(("beds_on", "filed_on", "checked_on", "fire_checked_on"), "date"),
    **dict.fromkeys(("has_lift", "has_ramp", "ownership", "medical_link", "fire_state"), "word"),
    "care_levels": "word",
    "floor_area_m2": "number",
    "state": "state",
    "hours": "hours",
    "uscc": "uscc",
}
TYPES: dict[str, pa.DataType] = {
    **dict.fromkeys(("priced_on", "rating_until"), pa.date32()),
    **dict.fromkeys(("beds_total", "beds_nursing", "beds_free", "meals_per_day"), pa.int32()),
    **dict.fromkeys(("beds_on", "filed_on", "checked_on", "fire_checked_on"), pa.date32()),
    **dict.fromkeys(("has_lift", "has_ramp"), pa.bool_()),
    "floor_area_m2": pa.float64(),
    **dict.fromkeys(("services", "care_levels"), pa.list_(pa.string())),
}
"""Types of the fields that are no text."""
