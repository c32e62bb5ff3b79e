"""What does an empty workbook look like that the loader reads without a change of headings?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from geo.errors import BadInput
from geo.loaders.care import WORDS
from geo.loaders.fields import ALIASES
from geo.loaders.kinds import STATE_WORDS
from geo.loaders.prices import ITEM_OF
from geo.loaders.reading.grid import EXAMPLE, FOR_PEOPLE
from geo.loaders.things import SPECS, Spec
from geo.loaders.things.parsers import Number, WholeNumber, Word, list_of
from geo.loaders.values import day
from geo.models.kinds import KINDS

_ROWS = 5_000
"""Rows below the heading that get drop-downs and the format of text."""
_LONGEST_LIST = 255
"""Characters that a drop-down may list within its own cell range."""
_NOT_OFFERED = ("east", "north", "x", "y", "stated_city", "ratings")
_NEEDED_NOTE = "必填 · needed"
_DEGREES = "十进制度，如 119.981234 · decimal degrees"
_LEAVE = f"{EXAMPLE}，不导入；请从下一行填起 · an example, not read: fill in below"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a template: heading, what to write in it, what may be chosen, an example."""

    heading: str
    note: str = ""
    choices: tuple[str, ...] = ()
    is_needed: bool = False
    example: str = ""

    @property
    def told(self) -> str:
        """All that is said of the column."""
        chosen = f"可选：{' '.join(self.choices)}" if self.choices else ""
        return "；".join(part for part in (self.note, chosen) if part)


_NOTES = {
    "name": _NEEDED_NOTE,
    "kind": "必填，从列表中选 · needed, choose",
    "state": "空白 = 运营 · blank: open",
    "stated_unit": "如 天宁区；用于核对位置 · checked against the position",
    "address": "详细地址 · postal address",
    "lon": f"必填，{_DEGREES}",
    "lat": "必填，十进制度，如 31.781234 · needed, decimal degrees",
    "phone": "机构公开电话，不填个人手机 · published phone, no personal one",
    "hours": "如 周一至周五 08:30-12:00、13:30-17:00；周六 09:00-12:00，或 每天 10:30-12:30，"
    "或 24小时 · the days and HH:MM-HH:MM",
    "beds_total": "整数，张 · whole number",
    "beds_nursing": "整数，不大于床位 · not more than the beds",
    "beds_free": "整数，不大于床位 · not more than the beds",
    "beds_on": "如 2025-06-30 · date",
    "meals_per_day": "整数，份 · whole number",
    "floor_area_m2": "平方米 · square metres",
    "services": "用顿号分开 · parted by 、",
    "uscc": "18 位 · 18 characters",
    "filed_on": "如 2025-06-30 · date",
    "checked_on": "如 2025-06-30 · date",
    "care_levels": "能自理、半失能、失能、认知症，用顿号分开 · parted by 、",
    "fire_checked_on": "如 2025-06-30 · date",
    **dict.fromkeys(ITEM_OF, "元，如 2600-4800、2600以上、10以下 · yuan: one price or a range"),
    "prices": "各项没有分列时填，写明元和月、天、餐或次，如 2600-4800元/月、自理2600元/月；"
    "半失能3200元/月 · where items have no columns of their own: yuan and period are needed",
    "price_includes": "如 床位、护理、伙食 · what the price includes",
    "priced_on": "如 2025-06-30 · date",
    "rating_level": "如 三级、三星级、AAA · as its scheme writes it",
    "rating_scheme": "如 GB/T 37276；不写则等级不参加筛选 · else the level is not compared",
    "rated_on": "如 2025-06-30、2025-06 或 2025 · day, month or year",
    "rating_until": "如 2028-06-29 · date",
    "code": "各次交付不变的编码 · a code that stays the same",
}
_EXAMPLE_FACILITY = {
    "name": "示例养老院", "kind": "养老院", "state": "运营", "stated_unit": "示例区",
    "address": "示例路 1 号", "lon": "119.981234", "lat": "31.781234", "hours": "24小时",
    "beds_total": "50", "beds_nursing": "30", "beds_free": "5", "beds_on": "2025-06-30",
    "services": "助餐、助浴", "care_levels": "能自理、半失能", "has_lift": "有", "has_ramp": "有",
    "price_partial": "2600-4800", "price_includes": "床位、护理、伙食", "priced_on": "2025-06-30",
    "rating_level": "三级", "rating_scheme": "GB/T 37276", "rated_on": "2024",
}  # fmt: skip
_NEEDED = ("name", "kind", "lon", "lat")
_RULES = (
    "一行一处；第一行是表头，请勿改动 · one row each; the first line is the heading, leave it",
    f"以「{EXAMPLE}」开头的行是示例，不会导入 · rows that begin with {EXAMPLE} are not read",
    "不知道的留空，不要填 0 · leave blank what is not known, never 0",
    "不要填写个人信息（姓名、身份证、手机） · no personal data (names, identity numbers, mobiles)",
    "导入时用 --crs 说明坐标系（如 cgcs2000、gcj02） · state the CRS by --crs when loading",
    f"表头以「{FOR_PEOPLE}」开头的列不会被读取 · "
    f"a column whose heading begins with {FOR_PEOPLE} is not read",
)
_SHAPE_EXAMPLES = {
    "LineString": "LINESTRING (119.95 31.77, 119.96 31.78)",
    "Polygon": "POLYGON ((119.95 31.77, 119.96 31.77, 119.96 31.78, 119.95 31.77))",
}


def columns_of(kind: str) -> list[Column]:
    """The columns of a kind's template; BadInput lists the kinds that have one."""
    if kind == "facilities":
        return _columns_of_facilities()
    spec = SPECS.get(kind)
    if spec is None:
        known = " ".join(["facilities", *SPECS])
        raise BadInput(
            f"没有 {kind!r} 的模板，可用：{known}。\n"
            f"There is no template of {kind!r}; use {known}.",
            parameter="kind",
        )
    return [*_columns_of_fields(spec), *_columns_of_shape(spec)]


def _columns_of_facilities() -> list[Column]:
    choices = {
        "kind": tuple(one.zh for one in KINDS.values()),
        "state": tuple(dict.fromkeys(_first_words(STATE_WORDS))),
        **WORDS,
    }
    return [
        Column(
            names[0], _NOTES.get(field, ""), choices.get(field, ()), field in _NEEDED,
            _EXAMPLE_FACILITY.get(field, ""),
        )
        for field, names in ALIASES.items()
        if field not in _NOT_OFFERED
    ]  # fmt: skip


def _first_words(words: dict[str, str]) -> list[str]:
    """The first Chinese word for each state."""
    first: dict[str, str] = {}
    for word, state in words.items():
        if not word.isascii():
            first.setdefault(state, word)
    return list(first.values())


def _columns_of_fields(spec: Spec) -> list[Column]:
    """A column for each field that is not about persons; its parser says what may be written."""
    made = []
    for one in spec.fields:
        if one.is_personal:
            continue
        parse = one.parse
        said = spec.notes.get(one.name) or _said_by(parse)
        note = "；".join(part for part in (_NEEDED_NOTE if one.is_needed else "", said) if part)
        choices = parse.choices if isinstance(parse, Word) else ()
        example = spec.example.get(one.name, "")
        made.append(Column(one.headings[0], note, choices, one.is_needed, example))
    return made


def _said_by(parse: Any) -> str:
    """What a parser says of itself."""
    if isinstance(parse, Number | WholeNumber):
        return parse.note
    if parse is day:
        return "如 2025-06-30 · date"
    return "用顿号分开 · parted by 、" if parse is list_of else ""


def _columns_of_shape(spec: Spec) -> list[Column]:
    """Longitude and latitude for kinds of points, else the shape as text."""
    if not spec.shape_types:
        return []
    needed = spec.needs_shape
    must = f"{_NEEDED_NOTE}；" if needed else ""
    if "Point" in spec.shape_types:
        return [
            Column("经度", f"{must}{_DEGREES}", (), needed, "119.95"),
            Column("纬度", f"{must}十进制度 · decimal degrees", (), needed, "31.77"),
        ]
    kinds = "、".join(spec.shape_types)
    example = _SHAPE_EXAMPLES[spec.shape_types[0]]
    return [Column("WKT", f"{must}图形：{kinds} · the shape as text", (), needed, example)]


def write_template(kind: str, path: Path) -> list[Column]:
    """Write the template of a kind as XLSX: heading, notes, drop-downs, example, sheet of rules.

    The first column is for people; the example below the heading is marked in it and never read.
    Raises BadInput for an unknown kind or a path that cannot be written.
    """
    columns = columns_of(kind)
    with open_workbook(path) as book:
        text = book.add_format({"num_format": "@"})
        plain = book.add_format({"bold": True, "bg_color": "#E8EEF4", "num_format": "@"})
        needed = book.add_format({"bold": True, "bg_color": "#FCE4D6", "num_format": "@"})
        pale = book.add_format({"italic": True, "font_color": "#767676", "num_format": "@"})
        sheet = book.add_worksheet("数据")
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 24, text)
        sheet.write_string(0, 0, f"{FOR_PEOPLE}提示", plain)
        sheet.write_string(1, 0, _LEAVE, pale)
        for at, column in enumerate(columns, 1):
            sheet.set_column(at, at, max(10, 2 * len(column.heading) + 4), text)
            sheet.write_string(0, at, column.heading, needed if column.is_needed else plain)
            sheet.write_string(1, at, column.example, pale)
            if column.note:
                sheet.write_comment(0, at, column.note)
            if column.choices:
                _offer(sheet, at, column)
        _explain(book, columns)
    return columns


def _explain(book: Any, columns: list[Column]) -> None:
    """The sheet of rules and of what each column takes."""
    notes = book.add_worksheet("说明")
    notes.set_column(0, 0, 18)
    notes.set_column(1, 1, 90)
    for row, rule in enumerate(_RULES):
        notes.write_string(row, 1, rule)
    for row, column in enumerate(columns, len(_RULES) + 1):
        notes.write_string(row, 0, column.heading)
        notes.write_string(row, 1, column.told)


def _offer(sheet: Any, at: int, column: Column) -> None:
    if len(",".join(column.choices)) > _LONGEST_LIST:
        raise AssertionError(f"the choices of {column.heading} are too long for a drop-down")
    sheet.data_validation(
        1, at, _ROWS, at,
        {
            "validate": "list", "source": list(column.choices), "error_type": "warning",
            "error_title": "请从列表中选择", "error_message": "不在列表中的值可能无法识别。",
        },
    )  # fmt: skip


@contextmanager
def open_workbook(path: Path) -> Iterator[Any]:
    """A workbook that is written to `path` at the end; BadInput when it cannot be."""
    if path.suffix.casefold() != ".xlsx":
        raise BadInput(
            f"{path.name}：文件名应以 .xlsx 结尾。\n{path.name}: the name should end in .xlsx.",
            parameter="out",
        )
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    yield book
    try:
        book.close()
    except (OSError, FileCreateError) as problem:
        why = getattr(problem, "strerror", None) or str(problem)
        raise BadInput(
            f"写不到 {path}：{why}。\n{path} cannot be written: {why}.", parameter="out"
        ) from None
