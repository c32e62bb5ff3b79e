"""How do markers, their register and their deviations look on a terminal, and read aloud?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.survey.deviations.compare import METHOD, VERDICTS_ZH
from geo.survey.deviations.line_check import LineCheck
from geo.survey.deviations.of_line import Standing
from geo.survey.lines import MEASURED
from geo.survey.markers.kept import EVENTS_ZH, METHODS_ZH, MarkerRecord
from geo.survey.markers.numbers import ReadNumber
from geo.survey.markers.positions import Position
from geo.survey.markers.register import STATES_ZH, Marker
from geo.survey.markers.sequence import KINDS_ZH
from geo.survey.register import BASES_ZH

INTERNAL = "内部资料：界桩坐标不得公开 · internal: coordinates of markers are never public"
STATUS_ZH = {"verified": "已核实", "second_hand": "二手，待核实", "unverified": "未核实"}
UNKNOWN = "未知"


def say(value: float | None, digits: int = 2, sign: bool = False) -> str:
    """A number, or 未知."""
    if value is None:
        return UNKNOWN
    rounded = round(value, digits) + 0.0  # no minus before zero
    return f"{rounded:{'+' if sign else ''}.{digits}f}"


def print_number(found: ReadNumber) -> None:
    """What a number says, or why it says nothing."""
    console = Console()
    if found.number is None:
        console.print(
            f"{found.text or '（空）'}：不是界桩编号 · no number of a marker", markup=False
        )
    else:
        console.print(f"{found.number.text}：{found.number.words}", markup=False, highlight=False)
        status = STATUS_ZH[found.number.rule_status]
        console.print(f"规则 · rule：{found.number.rule}（{status}）", markup=False)
    for words in (*found.problems, *found.doubts):
        console.print(f"  {words}", markup=False, highlight=False)


def print_markers(rows: Sequence[Marker], day: date) -> None:
    """Numbers, lines and states, with what is known of the archived place in a word."""
    table = _table(
        f"界桩登记簿 {day} · Register of markers", "编号 number", "界线 lines", "状态 state",
        "材质 material", "档案坐标 archive", "方位物",
    )  # fmt: skip
    for one in rows:
        table.add_row(
            escape(one.number), "、".join(one.line_codes), STATES_ZH[one.state],
            escape(one.material or UNKNOWN), _archive_words(one.archived), str(len(one.objects)),
        )  # fmt: skip
    console = Console()
    console.print(table)
    console.print(f"共 {len(rows)} 座 · {len(rows)} markers", highlight=False)
    if any(one.is_synthetic for one in rows):
        console.print("含合成演示数据 · holds made-up rows")


def _archive_words(place: Position | None) -> str:
    if place is None:
        return "无"
    name = place.crs or "坐标系未知"
    return name if place.is_firm else f"{name}，近似或存疑"


def print_record(record: MarkerRecord) -> None:
    """The whole record, one fact a line, so that it can be read aloud."""
    one, console = record.marker, Console()
    facts = {
        "编号": one.number, "界线": "、".join(one.line_codes), "状态": STATES_ZH[one.state],
        "级别": one.level, "类型码": one.type_code, "材质": one.material, "面数": one.faces,
        "位置": one.position_text, "托管单位": one.custodian, "三交点协议": one.agreement_no,
        "空间数据标识码": one.data_id, "档案坐标": _place_words(one.archived),
        "可公开": "是（仅编号、界线、状态）" if one.is_published else "否",
        "来源": one.source, "合成数据": "是" if one.is_synthetic else None,
    }  # fmt: skip
    for name, value in facts.items():
        if name != "合成数据" or value:
            console.print(f"{name}：{UNKNOWN if value is None else value}", markup=False)
    for each in one.objects:
        console.print(
            f"方位物 {each.order}：{each.name or UNKNOWN}，坐标方位角 {say(each.azimuth_deg, 4)}°，"
            f"距离 {say(each.distance_m)} 米", markup=False,
        )  # fmt: skip
    for seen in record.observations:
        console.print(
            f"{seen.measured_at:%Y-%m-%d %H:%M%z} 实测，{METHODS_ZH[seen.method]}，"
            f"{_place_words(seen.position)}，{seen.role}", markup=False,
        )  # fmt: skip
    for photo in record.photos:
        bearing = f"方位 {say(photo.bearing_deg, 1)}°（{photo.bearing_from}）"
        console.print(f"照片 {photo.path}，{photo.view}，{bearing}", markup=False)
    for event in record.events:
        state = f" {STATES_ZH[event.state_before or 'unknown']}→{STATES_ZH[event.state]}" \
            if event.state else ""  # fmt: skip
        console.print(f"{event.on_date} {EVENTS_ZH[event.kind]}{state}，{event.role}", markup=False)
    console.print(INTERNAL)


def _place_words(place: Position | None) -> str | None:
    if place is None:
        return None
    sigma = f"中误差 {say(place.sigma_m, 3)} 米"
    height = f"高程 {say(place.height_m, 3)} 米（{place.height_datum or '基准未知'}）"
    doubt = f"，{place.doubt}" if place.doubt else ""
    return f"{place.crs or '坐标系未知'} 北 {place.x} 东 {place.y}，{sigma}，{height}{doubt}"


def print_check(found: LineCheck) -> None:
    """What does not fit in a line's register."""
    console = Console()
    basis = "未登记" if found.line is None else BASES_ZH[found.line.basis]
    console.print(
        f"界线 {found.line_code}（{basis}）：{found.markers} 座界桩，{found.placed} 座可核次序 · "
        "markers, and those placed along the line", markup=False, highlight=False,
    )  # fmt: skip
    for rule in found.rules[:1]:
        console.print(f"编号规则：{rule.title}（{STATUS_ZH[rule.status]}）", markup=False)
    for one in found.findings:
        console.print(f"{KINDS_ZH[one.kind]}：{one.words}", markup=False, highlight=False)
    if found.unplaced:
        console.print(f"未核次序：{'、'.join(found.unplaced)} · not placed", markup=False)
    summed = f"共 {len(found.findings)} 项，须人工核实 · to be confirmed by a person"
    console.print(summed if found.findings else "没有发现问题 · nothing found", highlight=False)


def print_deviations(rows: Sequence[Standing], day: date) -> None:
    """Deviations with verdict, reasons, and the place along each line."""
    table = _table(
        f"界桩偏差 {day} · Deviations", "编号 number", "判定 verdict", "平面 d", "ΔN", "ΔE", "ΔH",
        "限差 T", "σ", "里程", "离线",
    )  # fmt: skip
    for one in rows:
        off = one.deviation
        feet = [(on.measured or on.archived) for on in one.on_lines]
        table.add_row(
            escape(one.marker.number), off.verdict_zh, say(off.distance_m),
            say(off.d_north_m, sign=True), say(off.d_east_m, sign=True),
            say(off.d_height_m, sign=True),
            say(off.tolerance.metres if off.tolerance else None), say(off.sigma_m),
            "、".join(say(foot.chainage_m if foot else None, 1) for foot in feet) or UNKNOWN,
            "、".join(say(foot.offset_m if foot else None, sign=True) for foot in feet) or UNKNOWN,
        )  # fmt: skip
    console = Console()
    console.print(table)
    for one in rows:
        for reason in one.deviation.reasons:
            console.print(f"{one.marker.number}：{reason}", markup=False, highlight=False)
    counts = dict.fromkeys(VERDICTS_ZH, 0)
    for one in rows:
        counts[one.deviation.verdict] += 1
    summed = "，".join(f"{VERDICTS_ZH[word]} {count}" for word, count in counts.items())
    console.print(
        f"共 {len(rows)} 座：{summed}。单位为米；里程、离线为{MEASURED}，离线正值在左。",
        markup=False,
        highlight=False,
    )
    if statuses := {row.deviation.tolerance.status for row in rows if row.deviation.tolerance}:
        words = "、".join(STATUS_ZH[one] for one in sorted(statuses))
        console.print(
            f"限差为设置（{words}），不是标准原文 · tolerances are settings", markup=False
        )
    console.print(METHOD, INTERNAL, sep="\n", markup=False)


def told(one: Standing) -> dict[str, Any]:
    """The properties of a marker in a file."""
    off = one.deviation
    return {
        "number": one.marker.number, "line_codes": list(one.marker.line_codes),
        "state": one.marker.state, "verdict": off.verdict, "verdict_zh": off.verdict_zh,
        "reasons": list(off.reasons), "d_north_m": off.d_north_m, "d_east_m": off.d_east_m,
        "d_height_m": off.d_height_m, "distance_m": off.distance_m, "sigma_m": off.sigma_m,
        "tolerance_m": off.tolerance.metres if off.tolerance else None,
        "tolerance_status": off.tolerance.status if off.tolerance else None,
        "is_synthetic": one.marker.is_synthetic,
    }  # fmt: skip


def _table(title: str, *heads: str) -> Table:
    made = Table(title=title)
    for head in heads:
        made.add_column(head)
    return made
