"""What does the report of a joint inspection say, from its heading to the signatures?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from geo.survey.inspections.measured import Measured
from geo.survey.inspections.progress import Progress
from geo.survey.inspections.words import NORTHS, NOTICE, VIEWS
from maps.inspection.tables import (
    deviation_table,
    fault_table,
    gap_table,
    line_table,
    marker_counts,
    minutes,
    open_table,
    stretch_table,
)
from maps.inspection.word import CENTRE, HEI, SONG, Paper
from maps.pack.told import day_zh

MOST_PHOTOS = 60


def as_report(
    found: Progress, measured: Sequence[Measured], photos: Mapping[str, bytes], *, made: date,
    approval: str = "",
) -> bytes:  # fmt: skip
    """The report as .docx. photos: checksum → JPEG, of those that the forms name."""
    one = found.campaign
    paper = Paper(f"{one.title}报告", NOTICE)
    paper.line(NOTICE, font=HEI)
    if found.has_synthetic:
        paper.line("含合成数据，仅供演示", font=HEI, size=14)
    paper.line(f"{one.title}报告", font=SONG, size=22, bold=True, align=CENTRE, before=18, after=6)
    paper.line(f"（{one.code}  {day_zh(made)}）", size=14, align=CENTRE, after=10)
    paper.heading("一、联检概况")
    paper.line(_summary(found), indent=True)
    paper.pairs(minutes(found))
    paper.table(line_table(found))
    paper.heading("二、检查情况")
    paper.table(marker_counts(found))
    paper.table(stretch_table(found))
    paper.table(deviation_table(measured))
    paper.heading("三、发现的问题和处理")
    paper.table(fault_table(found))
    paper.heading("四、双方不一致和未确认的事项")
    paper.table(open_table(found))
    paper.heading("五、走线情况")
    paper.table(gap_table(found))
    # Loaded here: matplotlib takes half a second of each start, and only a report needs it.
    from maps.inspection.drawing import draw_inspection

    paper.picture(draw_inspection(found), "图 1  界线和界桩示意图", _summary(found))
    paper.note(
        f"{approval or '未经地图审核，仅限内部使用'}；示意，不作为划界依据。坐标系 CGCS2000；来源："
        f"{'、'.join(found.ground.sources) or '未知'}；界线为 {found.ground.on} 的状态。"
    )
    paper.heading("六、界桩照片")
    shots = _shots(found, photos)
    if shots:
        paper.photos(shots)
    else:
        paper.line("无照片。", indent=True)
    paper.heading("七、各方签署")
    paper.signatures([side.label for side in one.sides], made)
    return paper.content()


def _summary(found: Progress) -> str:
    """The report in one paragraph; every count comes from the log."""
    one = found.campaign
    lines = "、".join(line.label for line in found.ground.lines)
    units = "、".join(side.unit_name or side.unit_code for side in one.sides)
    markers = [s for s in found.standings if s.kind == "marker"]
    filed = sum(bool(s.forms) for s in markers)
    open_ = sum(s.state != "settled" for s in found.standings)
    closed = sum(w.state == "verified" for w in found.works.values())
    done = sum(line.state == "concluded" for line in found.lines)
    return (
        f"{units}对{lines}进行联合检查。应检界桩 {len(markers)} 颗，已检 {filed} 颗；"
        f"发现问题 {len(found.faults)} 个，已登记事项 {len(found.works)} 个，已销号 {closed} 个；"
        f"双方不一致或未确认的 {open_} 项。{len(found.lines)} 条界线中已完成联检 {done} 条。"
    )


def _shots(found: Progress, photos: Mapping[str, bytes]) -> list[tuple[bytes, str]]:
    made: list[tuple[bytes, str]] = []
    for standing in found.standings:
        for form in standing.forms.values():
            for photo in form.data.get("photos") or []:
                content = photos.get(photo["sha256"])
                if content is None or len(made) >= MOST_PHOTOS:
                    continue
                bearing = photo.get("bearing_deg")
                turned = "" if bearing is None else (
                    f"，方位角 {bearing:g}°（{NORTHS[photo['bearing_from']]}）"
                )  # fmt: skip
                words = f"{standing.label} {VIEWS[photo['view']]}{turned}，{form.on_date}"
                made.append((content, words))
    return made
