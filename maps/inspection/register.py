"""What does the new register of markers look like after an inspection: results and entry forms?"""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from geo.survey.bearings import zone_meridian
from geo.survey.inspections.ground import Marker
from geo.survey.inspections.progress import Progress
from geo.survey.inspections.words import METHODS, NOTICE, STATES, UNKNOWN
from geo.survey.markers.positions import gauss_kruger
from geo.text.cells import clean
from maps.inspection.tables import Sheet, fault_table

RESULTS = (
    "序号", "界桩编号", "界线", "类型", "状态", "纵坐标 X（米）", "横坐标 Y（米，含带号）", "带号",
    "经度", "纬度", "高程（米）", "高程基准", "中误差（米）", "位置依据", "日期",
)  # fmt: skip
ENTRIES = (
    "界桩编号", "类型", "材质", "面数", "等级", "所在地", "位置描述", "方位物 1",
    "方位物 2", "方位物 3", "档案坐标系", "档案 X", "档案 Y", "转换方法", "托管单位", "状态",
    "字迹清晰", "方位物齐全", "处理", "备注",
)  # fmt: skip


def as_register(found: Progress) -> bytes:
    """The register as .xlsx: 成果表, 登记表, 问题清单. What is not settled stays as archived."""
    raw = io.BytesIO()
    book = xlsxwriter.Workbook(
        raw, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )  # fmt: skip
    agreed = {s.subject: s.agreed for s in found.standings if s.kind == "marker"}
    markers = [(marker, agreed.get(marker.number)) for marker in found.ground.markers]
    results = [_result(n, m, form, found) for n, (m, form) in enumerate(markers, 1)]
    _write(book, found, "界桩成果表", RESULTS, results)
    _write(book, found, "界桩登记表", ENTRIES, [_entry(m, form) for m, form in markers])
    faults: Sheet = fault_table(found)
    _write(book, found, "问题清单", faults.heads, [list(row) for row in faults.rows])
    book.close()
    return raw.getvalue()


def _result(number: int, marker: Marker, form: Any, found: Progress) -> list[Any]:
    values = form.data["values"] if form else {}
    position = values.get("position")
    about = marker.about
    lon, lat = (position["lon"], position["lat"]) if position else (marker.lon, marker.lat)
    plane: list[Any] = [None, None, None]
    if lon is not None and lat is not None:
        at = gauss_kruger(lon, lat, int(zone_meridian(lon)))
        plane = [round(float(at.north_m), 3), round(float(at.zoned_m), 3), at.zone]
    basis = f"本次实测（{METHODS[position['method']]}）" if position else "档案"
    if not position and about["is_approximate"]:
        basis = "档案（近似）"
    height, datum = about["height_m"], about["height_datum"]
    if position and position.get("height_m") is not None:
        height, datum = position["height_m"], "本次实测，基准未说明"
    labels = "、".join(
        line.label for line in found.ground.lines if line.code in marker.chainage_m
    )  # fmt: skip
    return [
        number, marker.number, labels, about["type_code"],
        STATES[values.get("state", about["state"])], *plane, lon, lat, height, datum,
        position.get("sigma_m") if position else about["archived_sigma_m"], basis,
        str(form.on_date) if form else None,
    ]  # fmt: skip


def _entry(marker: Marker, form: Any) -> list[Any]:
    values = form.data["values"] if form else {}
    about = marker.about
    told = [_reference(one) for one in about["reference_objects"] or []][:3]
    objects = [*told, *[None] * (3 - len(told))]
    return [
        marker.number, about["type_code"], about["material"], about["faces"], about["level"],
        "、".join(about["place_codes"] or []) or None, about["position_text"], *objects,
        about["archived_crs"], about["archived_x"], about["archived_y"], about["transformation"],
        about["custodian"], STATES[values.get("state", about["state"])],
        _yes(values.get("legible")), _yes(values.get("references_seen")), values.get("action"),
        values.get("note"),
    ]  # fmt: skip


def _reference(told: Any) -> str:
    if not isinstance(told, dict):
        return str(told)
    name = told.get("name") or told.get("position") or UNKNOWN
    azimuth, distance = told.get("azimuth_deg"), told.get("distance_m")
    return "，".join(
        [str(name)]
        + ([f"坐标方位角 {azimuth:g}°"] if isinstance(azimuth, int | float) else [])
        + ([f"{distance:g} 米"] if isinstance(distance, int | float) else [])
    )


def _yes(value: bool | None) -> str | None:
    return None if value is None else "是" if value else "否"


def _write(
    book: Any, found: Progress, name: str, heads: tuple[str, ...], rows: list[list[Any]]
) -> None:
    page = book.add_worksheet(name)
    base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "border": 1,
            "text_wrap": True}  # fmt: skip
    head = book.add_format(base | {"bold": True, "align": "center", "bg_color": "#F2F2F2"})
    cell = book.add_format(base)
    title = book.add_format({"font_name": "宋体", "font_size": 16, "bold": True, "align": "center"})
    small = book.add_format({"font_name": "宋体", "font_size": 10})
    page.hide_gridlines(2)
    page.set_landscape()
    page.set_paper(8)
    page.set_margins(0.4, 0.4, 0.5, 0.6)
    page.fit_to_pages(1, 0)
    page.merge_range(0, 0, 0, len(heads) - 1, clean(f"{found.campaign.title} {name}"), title)
    synthetic = "；含合成数据，仅供演示" if found.has_synthetic else ""
    page.write_string(1, 0, f"{NOTICE}；{found.campaign.code}；CGCS2000{synthetic}", small)
    page.set_row(0, 28)
    for at, words in enumerate(heads):
        wide = max([len(words) * 2, *(len(str(row[at] or "")) * 1.4 for row in rows)])
        page.set_column(at, at, min(max(8, wide + 1), 34))
        page.write_string(2, at, words, head)
    for number, row in enumerate(rows, 3):
        for at, value in enumerate(row):
            if isinstance(value, int | float) and not isinstance(value, bool):
                page.write_number(number, at, value, cell)
            else:
                page.write_string(number, at, clean(str(value)) if value else UNKNOWN, cell)
    page.freeze_panes(3, 2)
    page.repeat_rows(2)
    page.set_footer(f"&L{NOTICE}&R&P / &N")
