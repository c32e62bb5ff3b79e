"""What do the XLSX forms of a pack look like: one workbook a side, with lists to choose from?"""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from geo.survey.inspections.campaign import Campaign, Side
from geo.survey.inspections.files.workbook import (
    CAMPAIGN_LABEL,
    GUIDE,
    MARKER_COLUMNS,
    MARKERS,
    ROLE_LABEL,
    SEGMENT_COLUMNS,
    SEGMENTS,
    SIDE_LABEL,
)
from geo.survey.inspections.ground import Ground
from geo.survey.inspections.words import ACTIONS, FEATURES, METHODS, SIDES, STATES, VISIBLE
from geo.text.cells import clean
from maps.pack.told import INTERNAL

LISTS = {
    "state": list(STATES.values()), "visible": list(VISIBLE.values()),
    "feature_changed": list(FEATURES.values()), "action": list(ACTIONS.values()),
    "method": list(METHODS.values()),
    **{
        name: ["是", "否"]
        for name in (
            "legible", "repainted", "references_seen", "one_sided_marks", "cross_border_building",
        )
    },
}  # fmt: skip
WIDTHS = {"subject": 14, "note": 20, "danger": 14, "crs": 18, "at": 16, "A": 15, "B": 15, "C": 15}
GREEN, SOFT = "#12695C", "#E4EFEC"


def as_workbook(one: Campaign, ground: Ground, side: Side) -> bytes:
    """The forms of one side. Text is never a formula."""
    raw = io.BytesIO()
    book = xlsxwriter.Workbook(
        raw,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )  # fmt: skip
    looks = _looks(book)
    _guide(book.add_worksheet(GUIDE), looks, one, side)
    markers = [
        {"subject": m.number, "crs": _zone(m), "note_fixed": m.about["position_text"] or ""}
        for m in ground.markers
    ]
    stretches = [
        {"subject": s.id, "note_fixed": f"{ground.line(s.line_code).label} {s.label}"}
        for s in ground.stretches
    ]
    kept = [s.side for s in one.sides]
    _sheet(book, looks, MARKERS, MARKER_COLUMNS, markers, kept, "位置描述（档案）")
    _sheet(book, looks, SEGMENTS, SEGMENT_COLUMNS, stretches, kept, "界线和起止")
    book.close()
    return raw.getvalue()


def _zone(marker: Any) -> str:
    """The CRS that a team's receiver writes: the 3° zone of the marker, or degrees."""
    if marker.lon is None:
        return "4490 经纬度"
    zone = int((marker.lon + 1.5) // 3)
    return f"{4488 + zone} 三度带第 {zone} 带"


def _looks(book: Any) -> dict[str, Any]:
    base = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
    cell = base | {"border": 1, "border_color": "#B9C8C5"}
    return {
        "title": book.add_format(base | {"bold": True, "font_size": 16}),
        "notice": book.add_format(base | {"bold": True, "font_color": "#8A1C1C"}),
        "plain": book.add_format(base | {"text_wrap": True}),
        "label": book.add_format(cell | {"bold": True, "bg_color": SOFT}),
        "head": book.add_format(
            cell | {"bold": True, "bg_color": SOFT, "text_wrap": True, "align": "center"}
        ),
        "fixed": book.add_format(cell | {"bg_color": "#F3F5F6", "text_wrap": True}),
        "open": book.add_format(cell | {"text_wrap": True, "locked": False}),
    }


def _guide(page: Any, looks: dict[str, Any], one: Campaign, side: Side) -> None:
    page.hide_gridlines(2)
    page.set_column(0, 0, 14)
    page.set_column(1, 1, 70)
    page.write_string(0, 0, clean(one.title), looks["title"])
    page.write_string(1, 0, INTERNAL, looks["notice"])
    rows = (
        (CAMPAIGN_LABEL, one.code), (SIDE_LABEL, f"{side.side} {side.label}"),
        (ROLE_LABEL, side.office or ""),
    )  # fmt: skip
    for at, (label, value) in enumerate(rows, 3):
        page.write_string(at, 0, label, looks["label"])
        page.write_string(at, 1, clean(value), looks["open" if label == ROLE_LABEL else "fixed"])
    for at, text in enumerate(
        (
            "填写办法", "1. 各方各填一本；未到现场的行留空，不填状态。",
            "2. 填报岗位写单位和岗位，不写个人姓名。",
            "3. 坐标系已按界桩所在三度带填好：纵坐标 X 为北，横坐标 Y 为东、含带号；"
            "用经纬度时改为 4490，X 填纬度、Y 填经度。不能填手机地图（GCJ-02、BD-09）坐标。",
            "4. 时间写作 2026-05-06 10:30。",
            "5. 现场双方一致的，在对方确认岗位栏写明对方岗位。",
            "6. 填好后交回：atlas survey import 本文件 --campaign 联检编号 --role 岗位。",
        ), 8,
    ):  # fmt: skip
        page.set_row(at, 18 if len(text) < 55 else 34)
        page.merge_range(at, 0, at, 1, text, looks["notice" if at == 8 else "plain"])
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer(f"&L{INTERNAL}&R&P / &N")


def _sheet(
    book: Any, looks: dict[str, Any], name: str, columns: dict[str, str],
    rows: list[dict[str, str]], sides: list[str], fixed: str,
) -> None:  # fmt: skip
    page = book.add_worksheet(name)
    shown = {
        zh: key for zh, key in columns.items() if key not in SIDES or key in sides
    }  # fmt: skip
    page.hide_gridlines(2)
    page.set_landscape()
    page.set_paper(8)
    page.set_margins(0.4, 0.4, 0.5, 0.6)
    page.fit_to_pages(1, 0)
    page.write_string(0, 0, f"{name}（{INTERNAL}）", looks["notice"])
    for at, (zh, key) in enumerate(shown.items()):
        page.set_column(at, at, WIDTHS.get(key, 9.5))
        page.write_string(2, at, zh, looks["head"])
    page.set_column(len(shown), len(shown), 30)
    page.write_string(2, len(shown), fixed, looks["head"])
    page.set_row(2, 32)
    for number, row in enumerate(rows, 3):
        page.set_row(number, 24)
        for at, key in enumerate(shown.values()):
            look = looks["fixed" if key == "subject" else "open"]
            page.write_string(number, at, clean(row.get(key, "")), look)
        page.write_string(number, len(shown), clean(row["note_fixed"]), looks["fixed"])
    last = 2 + max(len(rows), 1)
    for at, key in enumerate(shown.values()):
        if key in LISTS:
            page.data_validation(
                3, at, last, at,
                {"validate": "list", "source": LISTS[key], "error_title": "请从列表中选择",
                 "error_message": "、".join(LISTS[key])},
            )  # fmt: skip
    page.freeze_panes(3, 1)
    page.repeat_rows(2)
    page.set_footer(f"&L{INTERNAL}&R&P / &N")
