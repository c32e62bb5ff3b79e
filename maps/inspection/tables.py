"""Which tables does the report of a joint inspection hold? Plain rows of text, for any format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from geo.survey.inspections.desk import AGREES
from geo.survey.inspections.measured import Measured
from geo.survey.inspections.progress import Progress
from geo.survey.inspections.words import (
    BASES,
    FEATURES,
    LINE_STATES,
    REASONS,
    SIDES,
    STATES,
    UNKNOWN,
)
from maps.pack.told import day_zh

WORK_WORDS = {
    "found": "已登记", "assigned": "已交办", "returned": "已退回", "done": "已整改",
    "verified": "已销号",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its heading; widths are shares of the page."""

    title: str
    heads: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def minutes(found: Progress) -> tuple[tuple[str, str], ...]:
    """What the first table of the report states, label and words."""
    one, ground = found.campaign, found.ground
    offices = {
        side.side: sorted({e.role for e in found.entries if e.side == side.side})
        for side in one.sides
    }
    days = [e.on_date for e in found.entries if e.kind in ("marker", "segment", "track")]
    field = f"{day_zh(min(days))}至{day_zh(max(days))}" if days else "未进行"
    until = day_zh(one.until_on) if one.until_on else "未定"
    rows = [
        ("联检编号", one.code), ("联检原因", REASONS[one.reason]),
        ("界线", "；".join(f"{li.label}（{li.code}，{BASES[li.basis]}）" for li in ground.lines)),
        ("计划时间", f"{day_zh(one.opened_on)}至{until}"), ("外业时间", field),
    ]  # fmt: skip
    for side in one.sides:
        lead = "（牵头）" if side.side == one.lead_side else ""
        there = "、".join(offices[side.side]) or side.office or "未填"
        rows.append(
            (f"{SIDES[side.side]}{lead}", f"{side.unit_name or side.unit_code}；参加：{there}")
        )
    walked = [line.walked for line in found.lines if line.walked]
    total = sum(w.total_m for w in walked)
    share = f"{sum(w.walked_m for w in walked) / total:.1%}" if total else UNKNOWN
    rows += [
        ("界桩和界线段", f"界桩 {len(ground.markers)} 颗，界线段 {len(ground.stretches)} 段"),
        ("走线比例", f"{share}（有轨迹的 {len(walked)} 条界线）" if walked else "没有轨迹，未知"),
        ("组织单位", one.role),
    ]  # fmt: skip
    return tuple(rows)


def marker_counts(found: Progress) -> Sheet:
    """Markers by line and by the state that was found; forms that differ count as 不一致."""
    kinds = [*STATES, "differs", "not_filed"]
    rows = []
    for one in found.lines:
        counts: Counter[str] = Counter()
        for standing in (s for s in one.standings if s.kind == "marker"):
            states = {form.data["values"]["state"] for form in standing.forms.values()}
            if standing.agreed:
                counts[standing.agreed.data["values"]["state"]] += 1
            elif not states:
                counts["not_filed"] += 1
            else:
                counts[states.pop() if len(states) == 1 else "differs"] += 1
        total = sum(counts.values())
        rows.append((one.line.label, str(total), *(str(counts[kind]) for kind in kinds)))
    heads = ("界线", "界桩数", *STATES.values(), "不一致", "未检查")
    return Sheet("界桩检查统计（颗）", heads, (2.2, *[1.0] * (len(heads) - 1)), tuple(rows))


def stretch_table(found: Progress) -> Sheet:
    """Stretches with what the desk and the field found."""
    desk = {e.subject: e for e in found.entries if e.kind == "desk"}
    parts = {s.id: s for s in found.ground.stretches}
    rows = []
    for standing in (s for s in found.standings if s.kind == "segment"):
        part, checked = parts[standing.subject], desk.get(standing.subject)
        form = standing.agreed or next(iter(standing.forms.values()), None)
        values = form.data["values"] if form else {}
        rows.append(
            (
                f"{found.ground.line(part.line_code).label} {part.label}",
                f"{part.from_m:.0f}–{part.to_m:.0f}",
                AGREES[checked.data["agrees"]] if checked else "未核对",
                {"clear": "清楚", "partly": "部分清楚", "unclear": "不清楚"}.get(
                    values.get("visible", ""), "未检查"
                ),
                FEATURES.get(values.get("feature_changed", ""), "未填"),
                _yes(values.get("cross_border_building")),
                "一致" if standing.agreed else standing.why_open.partition("：")[2],
            )
        )  # fmt: skip
    return Sheet(
        "界线段检查情况",
        ("界线段", "里程（米）", "内业核对", "界线", "地物", "跨界建筑", "各方意见"),
        (3.0, 1.6, 1.6, 1.2, 1.2, 1.2, 2.0), tuple(rows), "里程为量算值，自界线起点起算。",
    )  # fmt: skip


def deviation_table(measured: Sequence[Measured]) -> Sheet:
    """Measured against archived places, with verdicts and reasons."""
    rows = []
    for one in measured:
        d = one.deviation
        limit = f"{d.tolerance.metres:g}" if d.tolerance else "未定"
        who = "各方认可" if one.agreed else SIDES[one.side]
        said = "；".join(reason.partition(" · ")[0] for reason in d.reasons)
        rows.append(
            (one.number, who, *(_m(v) for v in (d.d_north_m, d.d_east_m, d.d_height_m,
                                                 d.distance_m, d.sigma_m)),
             limit, d.verdict_zh + (f"（{said}）" if said else ""))
        )  # fmt: skip
    return Sheet(
        "界桩位置偏差（米）",
        ("界桩编号", "测量方", "ΔN", "ΔE", "ΔH", "水平偏差", "中误差", "限差", "结论"),
        (1.6, 1.5, 1.0, 1.0, 1.0, 1.2, 1.0, 0.9, 3.2), tuple(rows),
        "CGCS2000 三度带高斯平面，实测减档案；限差为设定值，不是规范条文。",
    )  # fmt: skip


def fault_table(found: Progress) -> Sheet:
    """What has to be mended, by which side, and how far it is."""
    names = {side.unit_code: side.unit_name or side.unit_code for side in found.campaign.sides}
    rows = []
    for number, fault in enumerate(found.faults, 1):
        work = found.works.get(fault.code)
        state = "未登记事项"
        if work:
            due = f"，限 {work.due_on}" if work.due_on else ""
            state = f"事项 {work.item_id} {WORK_WORDS.get(work.state or '', UNKNOWN)}{due}"
        rows.append((str(number), fault.title, fault.told_zh,
                     names.get(fault.admin_code, fault.admin_code), state))  # fmt: skip
    return Sheet("发现的问题和处理", ("序号", "问题", "认定", "责任方", "处理"),
                 (0.6, 3.6, 1.2, 1.5, 2.2), tuple(rows))  # fmt: skip


def open_table(found: Progress) -> Sheet:
    """What is not settled between the sides, field by field."""
    rows = []
    for standing in found.standings:
        if standing.state == "settled":
            continue
        for one in standing.differences:
            said = "；".join(f"{SIDES[side]}：{word}" for side, word in one.said.items())
            rows.append((standing.label, one.field_zh, said))
        if not standing.differences:
            rows.append((standing.label, "填报", standing.why_open.partition("：")[2]))
    return Sheet("双方不一致和未确认的事项", ("对象", "项目", "各方填写"), (2.4, 1.2, 5.0),
                 tuple(rows))  # fmt: skip


def gap_table(found: Progress) -> Sheet:
    """Stretches that no track came near."""
    rows = []
    for one in found.lines:
        if one.walked is None:
            rows.append((one.line.label, "没有轨迹", UNKNOWN, UNKNOWN))
        for gap in one.walked.gaps if one.walked else ():
            rows.append(
                (
                    one.line.label,
                    f"{gap.from_m:.0f}–{gap.to_m:.0f}",
                    f"{gap.length_m:.0f}",
                    f"{one.walked.share:.1%}" if one.walked else "",
                )
            )
    method = next((one.walked.method for one in found.lines if one.walked), "")
    return Sheet("没有走到的界线", ("界线", "里程（米）", "长度（米）", "全线走到比例"),
                 (2.4, 2.0, 1.4, 1.6), tuple(rows), method)  # fmt: skip


def line_table(found: Progress) -> Sheet:
    """The lines with their state and who signed it."""
    rows = tuple(
        (one.line.label, LINE_STATES[one.state], str(one.step.on_date) if one.step else "",
         one.step.role if one.step else "")
        for one in found.lines
    )  # fmt: skip
    return Sheet("界线联检状态", ("界线", "状态", "日期", "签署岗位"), (2.2, 1.2, 1.3, 3.0), rows)


def _m(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:+.2f}" if value < 0 else f"{value:.2f}"


def _yes(value: bool | None) -> str:
    return "未填" if value is None else "有" if value else "无"
