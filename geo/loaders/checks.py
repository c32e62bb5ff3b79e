"""Is what a row says believable: its numbers, dates, codes and coordinates?

A row is refused only when it cannot be a facility: no name, no kind, no position on the earth.
Any other value that cannot be read is kept as delivered in `extra` and reported.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.crs import Array, Stored
from geo.loaders.fields import Mapping
from geo.loaders.kinds import STATE_WORDS, kind_in_name, kind_of_words
from geo.loaders.personal import public_text
from geo.loaders.report import Problem
from geo.loaders.tables import Row, Table

_UNKNOWN = {"", "-", "--", "—", "/", "\\", "无", "未知", "不详", "null", "none", "n/a", "na", "nan"}
MAX_COUNT = 1_000_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that may become a facility: values by field, other columns, and what was odd."""

    number: int
    values: dict[str, Any]
    extra: dict[str, str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that cannot be a facility, with its cells but never a personal one."""

    problem: Problem
    data: dict[str, str]


@dataclass(frozen=True, slots=True)
class Readings:
    """What the rows of a table say, field by field, before their coordinates are looked at."""

    candidates: list[Candidate]
    refused: list[Refusal]
    problems: list[Problem]


def read_rows(table: Table, mapping: Mapping, kind: str | None) -> Readings:
    """Read every row's values; `kind` is the kind of all rows, None where each says its own."""
    readings = Readings([], [], [])
    refused = [Refusal(problem, {}) for problem in table.unreadable]
    readings.refused.extend(refused)
    for row in table.rows:
        candidate, problems = _read_row(row, table.columns, mapping)
        refusal = _settle_identity(candidate, kind)
        readings.problems.extend(problems)
        if refusal:
            readings.refused.append(Refusal(refusal, public_cells(row, table.columns, mapping)))
        else:
            readings.candidates.append(candidate)
    return readings


def public_cells(row: Row, columns: list[str], mapping: Mapping) -> dict[str, str]:
    """A row's cells by column, without personal columns and values, as refused rows keep them."""
    return {
        column: public_text(cell, mapping.field_of(index))
        for index, (column, cell) in enumerate(zip(columns, row.cells, strict=True))
        if index not in mapping.personal
    }


def _read_row(row: Row, columns: list[str], mapping: Mapping) -> tuple[Candidate, list[Problem]]:
    values: dict[str, Any] = {}
    extra: dict[str, str] = {}
    problems: list[Problem] = []
    for field, index in mapping.fields.items():
        text = public_text(row.cells[index].strip(), field)
        if text != row.cells[index].strip():
            problems.append(
                Problem(row.number, columns[index], None, "personal_value",
                        "单元格中的个人信息已去除 · a personal value was taken out")
            )  # fmt: skip
        if text.casefold() in _UNKNOWN:
            values[field] = None
            continue
        try:
            values[field] = _PARSERS.get(field, str)(text)
        except ValueError as problem:
            values[field] = None
            extra[columns[index]] = text
            problems.append(
                Problem(row.number, columns[index], text[:80], _RULES.get(field, "value"),
                        str(problem))
            )  # fmt: skip
    if values.get("stated_city"):  # tells sites apart; a facility has no column of its own for it
        extra[columns[mapping.fields["stated_city"]]] = values["stated_city"]
    for index, column in mapping.extra.items():
        text = public_text(row.cells[index].strip(), None)
        if text.casefold() not in _UNKNOWN:
            extra[column] = text
    problems.extend(_beds_problems(row.number, values))
    return Candidate(row.number, values, extra), problems


def _beds_problems(number: int, values: dict[str, Any]) -> list[Problem]:
    """Parts of the beds cannot exceed their total: such a part is not stored."""
    total = values.get("beds_total")
    found = []
    for field in ("beds_nursing", "beds_free"):
        part = values.get(field)
        if part is not None and total is not None and part > total:
            values[field] = None
            message = f"大于总床位 {total}, 未采用 · more than the {total} beds, not stored"
            found.append(Problem(number, field, str(part), "beds", message))
    return found


def _settle_identity(candidate: Candidate, kind: str | None) -> Problem | None:
    """Give the row its kind; answer why it cannot be a facility, or None."""
    values = candidate.values
    if not values.get("name"):
        return Problem(
            candidate.number, "name", None, "name", "没有名称, 请补上 · no name: fill it in"
        )
    stated = values.pop("kind", None)
    found = kind_of_words(stated) if stated else None
    values["kind"] = (
        found or (None if stated else kind) or (None if stated else kind_in_name(values["name"]))
    )
    if values["kind"] is None:
        message = (
            "不知道是哪类设施, 请用 --kind 或「类型」列说明 · unknown kind: state it by --kind"
        )
        return Problem(candidate.number, "kind", stated or values["name"][:80], "kind", message)
    return None


def numbers_of(candidates: list[Candidate], field: str) -> Array:
    """The coordinates of one axis as numbers; NaN where the text is none."""
    return np.array([_coordinate(c.values.get(field)) for c in candidates], dtype=np.float64)


def _coordinate(text: str | None) -> float:
    try:
        return float(unicodedata.normalize("NFKC", text or "").rstrip("°EN "))
    except ValueError:
        return float("nan")


@dataclass(frozen=True, slots=True)
class PositionRule:
    """Why positions are refused: a rule, its words, and which rows break it."""

    rule: str
    message: str
    broken: NDArray[np.bool_]


def position_rules(given_x: Array, given_y: Array, stored: Stored) -> list[PositionRule]:
    """Which rows have no believable position, by the first rule that each breaks."""
    lon, lat = stored.lon, stored.lat
    swapped = (lat >= 73) & (lat <= 136) & (lon >= 3) & (lon <= 54)
    return [
        PositionRule(
            "coordinate_number",
            "坐标不是有限的数, 请补上 · coordinates are missing or no finite numbers",
            ~(np.isfinite(given_x) & np.isfinite(given_y)),
        ),
        PositionRule(
            "zero_position",
            "坐标为 0,0, 等于没有 · 0,0 stands for a missing position",
            (given_x == 0) & (given_y == 0),
        ),
        PositionRule(
            "axes_swapped",
            "经纬度疑似颠倒, 请对调两列 · longitude and latitude look swapped",
            swapped,
        ),
        PositionRule(
            "coordinate_range",
            "坐标超出地球或所声明坐标系的范围 · outside the earth or the stated CRS",
            ~(np.isfinite(lon) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)),
        ),
    ]


def _whole_number(text: str) -> int:
    found = re.fullmatch(r"(\d+)(?:\.0+)?(?:张|人|人次|份|客)?", _plain(text).replace(",", ""))
    if not found or int(found[1]) > MAX_COUNT:
        raise ValueError("不是合理的整数, 原文保留在 extra · no believable whole number")
    return int(found[1])


def _area(text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(?:m2|m²|㎡|平方米|平米)?", _plain(text).replace(",", ""))
    if not found or float(found[1]) > MAX_COUNT * 10:
        raise ValueError("不是合理的面积 (平方米) · no believable area in square metres")
    return float(found[1])


def _date(text: str) -> date:
    found = re.match(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(?:日|\b)", _plain(text)) or re.match(
        r"(\d{4})(\d\d)(\d\d)$", _plain(text)
    )
    if not found:
        raise ValueError("不是日期, 请写成 2025-06-30 · no date: write 2025-06-30")
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise ValueError("没有这一天 · there is no such day") from None


def _state(text: str) -> str:
    if text in STATE_WORDS:
        return STATE_WORDS[text]
    raise ValueError(f"不认识的状态, 可用: {' '.join(STATE_WORDS)} · unknown state")


_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc_problem(code: str) -> str | None:
    """Why a unified social credit code cannot be right (GB 32100-2015), or None."""
    if len(code) != 18 or any(c not in _USCC_ALPHABET for c in code):
        return "信用代码应为 18 位, 不含 I O S V Z · 18 characters without I O S V Z"
    total = sum(_USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    right = _USCC_ALPHABET[-total % 31]
    return None if code[17] == right else "校验位不符 · the check character does not fit"


def _uscc(text: str) -> str:
    code = _plain(text).upper()
    problem = uscc_problem(code)
    if problem:
        raise ValueError(problem)
    return code


def _services(text: str) -> list[str]:
    return [part for part in (p.strip() for p in re.split(r"[、,，;；|/]", text)) if part]


def _plain(text: str) -> str:
    """Half-width digits and letters without inner spaces."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


_PARSERS: dict[str, Callable[[str], Any]] = {
    "beds_total": _whole_number,
    "beds_nursing": _whole_number,
    "beds_free": _whole_number,
    "meals_per_day": _whole_number,
    "floor_area_m2": _area,
    "beds_on": _date,
    "filed_on": _date,
    "checked_on": _date,
    "state": _state,
    "services": _services,
    "uscc": _uscc,
}
_RULES = {
    **dict.fromkeys(("beds_total", "beds_nursing", "beds_free", "meals_per_day"), "number"),
    **dict.fromkeys(("beds_on", "filed_on", "checked_on"), "date"),
    "floor_area_m2": "number",
    "state": "state",
    "uscc": "uscc",
}
