"""What did a team fill into the XLSX forms of its pack?

The columns are the contract between the workbook that the pack holds and the one that comes back:
`maps/pack` writes them, this file reads them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from geo.errors import BadInput, both

GUIDE, MARKERS, SEGMENTS = "说明", "界桩记录表", "界线段记录表"
CAMPAIGN_LABEL, SIDE_LABEL, ROLE_LABEL = "联检编号", "填报方", "填报岗位"
MARKER_COLUMNS = {
    "界桩编号": "subject", "状态": "state", "字迹清晰": "legible", "已描红": "repainted",
    "方位物齐全": "references_seen", "坐标系": "crs", "纵坐标 X 或纬度": "x",
    "横坐标 Y 或经度": "y", "高程（米）": "height_m", "测量方法": "method",
    "中误差（米）": "sigma_m", "时间": "at", "单方标志": "one_sided_marks", "险情": "danger",
    "处理": "action", "备注": "note", "甲方确认岗位": "A", "乙方确认岗位": "B",
    "丙方确认岗位": "C",
}  # fmt: skip
SEGMENT_COLUMNS = {
    "段号": "subject", "界线清楚": "visible", "地物变化": "feature_changed",
    "跨界建筑": "cross_border_building", "单方标志": "one_sided_marks", "时间": "at",
    "处理": "action", "备注": "note", "甲方确认岗位": "A", "乙方确认岗位": "B",
    "丙方确认岗位": "C",
}  # fmt: skip
_POSITION = ("crs", "x", "y", "height_m", "method", "sigma_m")
_FILLED = {"marker": "state", "segment": "visible"}


def read_workbook(content: bytes) -> tuple[str, Iterator[tuple[str, dict[str, Any]]]]:
    """The campaign's number, and each filled row as (where, what `checked_form` takes).

    Rows whose state is empty were not inspected and are passed over when nothing else is filled.
    Raises BadInput for a workbook that is none of ours.
    """
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        guide = {
            str(row[0]).strip(): str(row[1]).strip() for row in _rows(book, GUIDE) if len(row) > 1
        }
        sheets = [("marker", MARKERS, MARKER_COLUMNS), ("segment", SEGMENTS, SEGMENT_COLUMNS)]
        tables = [(kind, name, columns, _rows(book, name)) for kind, name, columns in sheets]
    except (CalamineError, OSError, ValueError):
        raise _bad("不是离线包中的记录表（XLSX）。", "this is no workbook of a pack") from None
    code = guide.get(CAMPAIGN_LABEL, "")
    if not code:
        raise _bad("说明页没有联检编号。", "the guide sheet states no campaign")
    signed = {"side": guide.get(SIDE_LABEL, "")[:1], "role": guide.get(ROLE_LABEL, "")}
    return code, _told(tables, signed)


def _rows(book: Any, name: str) -> list[list[Any]]:
    rows: list[list[Any]] = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return rows


def _told(tables: Any, signed: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind, sheet, columns, rows in tables:
        head_at = next((n for n, row in enumerate(rows) if next(iter(columns)) in row), None)
        if head_at is None:
            continue
        head = [columns.get(str(cell).strip()) for cell in rows[head_at]]
        for number, row in enumerate(rows[head_at + 1 :], head_at + 2):
            cells = {
                name: _plain(cell)
                for name, cell in zip(head, row, strict=False)
                if name is not None and _plain(cell) != ""
            }
            if _is_filled(kind, cells):
                yield f"{sheet} 第 {number} 行", _form(kind, cells, signed)


def _is_filled(kind: str, cells: dict[str, Any]) -> bool:
    """Whether somebody wrote into a row: its key, CRS and method were in the form already."""
    written = set(cells) - {"subject", "crs", "method"}
    return "subject" in cells and (bool(written) or _FILLED[kind] in cells)


def _form(kind: str, cells: dict[str, Any], signed: dict[str, str]) -> dict[str, Any]:
    position = {name: cells.pop(name) for name in _POSITION if name in cells}
    confirmed = {side: cells.pop(side) for side in "ABC" if side in cells}
    told = {
        "kind": kind, "subject": cells.pop("subject"), "at": cells.pop("at", None), **signed,
        "confirmed": confirmed, "values": cells,
    }  # fmt: skip
    if "x" in position or "y" in position:
        cells["position"] = {**position, "crs": str(position.get("crs", "4490")).split(" ")[0]}
    return told


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    return cell.strip() if isinstance(cell, str) else cell


def _bad(zh: str, en: str) -> BadInput:
    return BadInput(both(zh, en), parameter="file")
