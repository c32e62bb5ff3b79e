"""How are figures by division read from a table, and restated ones written?"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from geo.errors import BadInput, both
from geo.survey.changes.crosswalk.answer import BASES_ZH
from geo.survey.changes.crosswalk.series import Restated
from geo.text import decode
from geo.text.cells import harmless

CODE = ("区划代码", "代码", "code")
VALUE = ("数值", "人数", "人口", "value", "count")
DAY = ("日期", "年份", "on", "year")


def read_figures(path: Path, day: date | None = None) -> dict[date, dict[str, int]]:
    """Whole numbers by day and division code, from a CSV with headings 区划代码, 数值 (日期).

    day: that of rows without one; a year alone means its last day. Raises BadInput with the row at
    fault.
    """
    try:
        content = decode(path.read_bytes()).text
    except OSError as problem:
        raise _bad(f"读不到 {path}：{problem.strerror}。", f"cannot read {path}") from None
    rows = csv.DictReader(io.StringIO(content))
    heads = [head.strip() for head in rows.fieldnames or ()]
    code, value = _column(heads, CODE), _column(heads, VALUE)
    when = next((head for head in DAY if head in heads), None)
    found: dict[date, dict[str, int]] = defaultdict(dict)
    for number, row in enumerate(rows, start=2):
        told = {(key or "").strip(): (cell or "").strip() for key, cell in row.items() if key}
        on = _day(told[when], number) if when and told.get(when) else day
        if on is None:
            raise _bad(f"第 {number} 行没有日期。", f"row {number} has no day")
        if told[code] in found[on]:
            raise _bad(f"第 {number} 行：{told[code]} 重复。", f"row {number} repeats a code")
        found[on][told[code]] = _whole(told[value], number)
    return dict(found)


def write_restated(path: Path, made: Sequence[Restated]) -> None:
    """Write every part of every row as CSV (UTF-8 with a mark, for spreadsheets)."""
    heads = ("原日期", "原代码", "原名称", "原数值", "新日期", "新代码", "新名称", "分得", "份额",
             "依据", "新区划合计", "合计是否完整", "说明")  # fmt: skip
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(heads)
            for one in made:
                writer.writerows(
                    [harmless(cell) if isinstance(cell, str) else cell for cell in line]
                    for line in _lines(one)
                )
    except OSError as problem:
        raise _bad(f"写不到 {path}：{problem.strerror}。", f"cannot write {path}") from None


def _lines(made: Restated) -> list[tuple[object, ...]]:
    walk = made.walk
    return [
        (walk.since, part.from_code, part.from_name, part.figure, walk.until, row.code or "",
         row.name, part.value, "未知" if part.share is None else f"{part.share:.6f}",
         BASES_ZH[part.basis], row.value, "是" if row.is_complete else "否", part.note or "")
        for row in (*made.rows, made.unallocated)
        for part in row.parts
    ]  # fmt: skip


def _column(heads: list[str], names: tuple[str, ...]) -> str:
    for name in names:
        if name in heads:
            return name
    raise _bad(f"缺少列「{names[0]}」；现有：{'、'.join(heads[:10])}。", f"no column {names[-1]!r}")


def _day(said: str, number: int) -> date:
    try:
        return date(int(said), 12, 31) if len(said) == 4 else date.fromisoformat(said)
    except ValueError:
        raise _bad(
            f"第 {number} 行：日期「{said[:20]}」无法识别。", f"row {number}: no day"
        ) from None


def _whole(said: str, number: int) -> int:
    plain = said.replace(",", "")
    if not (plain.isascii() and plain.isdigit()):
        raise _bad(
            f"第 {number} 行：「{said[:20]}」不是不小于 0 的整数。",
            f"row {number}: {said[:20]!r} is no whole number ≥ 0",
        )
    return int(plain)


def _bad(zh: str, en: str) -> BadInput:
    return BadInput(both(zh, en), parameter="figures")
