"""What does a survey team type about joint inspections? `atlas survey due`, `campaign`, `import` …"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.queries.admin import code_of
from geo.survey.inspections.both_sides import confirm as enter_confirmation
from geo.survey.inspections.campaign import (
    campaign,
    campaigns,
    open_campaign,
    take_step,
)
from geo.survey.inspections.desk import enter_desk_check
from geo.survey.inspections.due import STATUS_WORDS, due_lines, report_change
from geo.survey.inspections.files.keep import Imported, import_file
from geo.survey.inspections.ground import ground_of
from geo.survey.inspections.log import undo, whole_log
from geo.survey.inspections.progress import progress_of
from geo.survey.inspections.words import (
    BASES,
    CHANGES,
    LINE_STATES,
    NOTICE,
    REASONS,
    SIDES,
    STEPS,
    UNKNOWN,
)
from geo.survey.written import MOST_SHOWN, write_features
from geo.validity import today_in_china

Number = Annotated[str, typer.Argument(help="联检编号，如 LJ2026-001 · number of the campaign")]
Role = Annotated[str, typer.Option(help="签署单位和岗位，不写个人 · office or role that signs")]
On = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期，默认今天 · day, default today")
]
Note = Annotated[str, typer.Option(help="备注，不写个人 · remarks without persons")]


def register(survey: typer.Typer) -> None:
    """Add the commands to `atlas survey`."""
    for name, command in (
        ("due", show_due), ("changed", enter_change), ("campaign", begin),
        ("campaigns", show_campaigns), ("progress", show_progress), ("desk", enter_desk),
        ("step", go_on), ("import", bring_in), ("differences", show_differences),
        ("confirm", agree), ("walked", show_walked), ("log", show_log), ("undo", take_back),
    ):  # fmt: skip
        survey.command(name)(command)


def show_due(
    within: Annotated[str | None, typer.Option(help="城市名称或代码 · only lines of it")] = None,
    on: On = None,
) -> None:
    """到期清单：上次联检满五年，未检过的为未知、列在最前 · Lines due for joint inspection."""
    day = _day(on)
    with open_session("atlas survey due") as session:
        found = due_lines(session, on=day, within=code_of(session, within, day) if within else None)
    table = _table(
        f"联检到期清单 {day}（{NOTICE}）", "界线 line", "代码 code", "依据 basis", "上次 last",
        "到期 due", "剩余天数 days left", "牵头方 lead", "状态 status",
    )  # fmt: skip
    for one in found[:MOST_SHOWN]:
        changes = "、".join(CHANGES[str(c.data["change"])] for c in one.changes)
        table.add_row(
            escape(one.label) + ("（合成）" if one.is_synthetic else ""), one.code,
            BASES[one.basis], _told(one.last_on), _told(one.due_on), _told(one.days_left),
            escape(one.lead_name or UNKNOWN),
            STATUS_WORDS[one.status] + (f"：{changes}" if changes else ""),
        )  # fmt: skip
    if len(found) > MOST_SHOWN:
        table.caption = f"另有 {len(found) - MOST_SHOWN} 条 · more"
    Console().print(table)


def enter_change(
    line: Annotated[str, typer.Argument(help="界线代码 · code of the line")],
    change: Annotated[str, typer.Option(help="disaster、river、road、other")],
    role: Role,
    on: On = None,
    note: Note = "",
) -> None:
    """登记界线变化（灾害、河流改道、道路改线），须临时联检 · Report a change along a line."""
    with open_session("atlas survey changed") as session:
        number = report_change(session, line, change=change, on=_day(on), role=role, note=note)
    _say(f"已登记变化，记录 {number}；界线本身不变，须联检 · reported as entry {number}")


def begin(
    title: Annotated[str, typer.Argument(help="联检名称 · title")],
    line: Annotated[list[str], typer.Option(help="界线代码，可重复 · line, repeatable")],
    role: Role,
    side: Annotated[
        list[str] | None, typer.Option(help="各方单位：区划代码=单位岗位 · CODE=OFFICE, repeatable")
    ] = None,
    lead: Annotated[str | None, typer.Option(help="牵头方区划代码 · side that leads")] = None,
    reason: Annotated[str, typer.Option(help="、".join(REASONS))] = "five_year",
    on: On = None,
    until: On = None,
) -> None:
    """组织一次联检：界线、各方、起止日期 · Open a joint inspection."""
    with open_session("atlas survey campaign") as session:
        made = open_campaign(
            session, title=title, line_codes=line, opened_on=_day(on), role=role, reason=reason,
            until_on=until.date() if until else None, offices=_offices(side or []), lead_code=lead,
        )  # fmt: skip
    sides = "；".join(f"{one.label}（{one.office or '岗位未填'}）" for one in made.sides)
    _say(f"已建立联检 {made.code}：{len(made.line_codes)} 条界线；{sides} · opened {made.code}")


def show_campaigns() -> None:
    """联检列表 · Joint inspections, the newest first."""
    with open_session("atlas survey campaigns") as session:
        found = campaigns(session)
    table = _table(f"联检（{NOTICE}）", "编号 no.", "名称 title", "原因 reason", "界线 lines",
                   "各方 sides", "起 from", "止 to")  # fmt: skip
    for one in found:
        table.add_row(
            one.code, escape(one.title) + ("（合成）" if one.is_synthetic else ""),
            REASONS[one.reason], str(len(one.line_codes)),
            escape("；".join(side.label for side in one.sides)), str(one.opened_on),
            _told(one.until_on),
        )  # fmt: skip
    Console().print(table)


def show_progress(number: Number, on: On = None) -> None:
    """联检进度：各线状态、界桩、线段、走线比例、问题 · How far a joint inspection is."""
    with open_session("atlas survey progress") as session:
        found = progress_of(session, number, on=_day(on))
    table = _table(f"{found.campaign.code} {found.campaign.title}（{NOTICE}）", "界线 line",
                   "状态 state", "内业 desk", "界桩 markers", "线段 stretches", "走线 walked",
                   "未解决 open")  # fmt: skip
    for one in found.lines:
        done = f"{one.walked.share:.1%}" if one.walked else UNKNOWN
        table.add_row(
            escape(one.line.label), LINE_STATES[one.state], "{} / {}".format(*one.desk),
            "{} / {}".format(*one.counted("marker")), "{} / {}".format(*one.counted("segment")),
            done, str(len(one.still_open)),
        )  # fmt: skip
    console = Console()
    console.print(table)
    for fault in found.faults:
        work = found.works.get(fault.code)
        state = f"事项 {work.item_id} {work.state}" if work else "未建事项"
        _say(f"  · {fault.title}（{fault.told_zh}；{state}）")
    for file, place, reason in found.refused:
        _say(f"  × {file} {place}：{reason.partition(chr(10))[0]}")


def enter_desk(
    number: Number,
    stretch: Annotated[str, typer.Argument(help="段号，如 L1#01 · stretch")],
    agrees: Annotated[str, typer.Option(help="agrees、differs、unclear：图、文、数是否一致")],
    role: Role,
    changed: Annotated[
        str, typer.Option(help="none、river、road、building、other：地物变化")
    ] = "none",
    on: On = None,
    note: Note = "",
) -> None:
    """内业核对一段：图、走向说明与登记表 · Enter the desk check of a stretch."""
    with open_session("atlas survey desk") as session:
        one = campaign(session, number)
        entry = enter_desk_check(
            session, one, ground_of(session, one), stretch, agrees=agrees, feature_changed=changed,
            role=role, on=_day(on), note=note,
        )  # fmt: skip
    _say(f"已登记内业核对，记录 {entry} · entry {entry}")


def go_on(
    number: Number,
    line: Annotated[str, typer.Argument(help="界线代码 · code of the line")],
    step: Annotated[str, typer.Argument(help="、".join(STEPS))],
    role: Role,
    on: On = None,
    note: Note = "",
) -> None:
    """一条界线进入下一步；未解决的不能完成 · Bring a line one step on."""
    day = _day(on)
    with open_session("atlas survey step") as session:
        found = progress_of(session, number, on=day)
        own = found.line(line)
        entry = take_step(
            session, found.campaign, found.entries, line, step, role=role, on=day, note=note,
            still_open=own.still_open if own else (),
        )  # fmt: skip
    _say(f"{line}：{STEPS[step]}，记录 {entry} · entry {entry}")


def bring_in(
    files: Annotated[list[Path], typer.Argument(help="GPX、KML、KMZ、XLSX、JSON、ZIP")],
    campaign_number: Annotated[str, typer.Option("--campaign", help="联检编号 · campaign")],
    role: Role,
    on: On = None,
) -> None:
    """导入轨迹和填好的表；重复导入不产生变化；不能用的行保留原因 · Bring files of the field in."""
    reports: list[Imported] = []
    with open_session("atlas survey import") as session:
        one = campaign(session, campaign_number)
        ground = ground_of(session, one)
        for path in files:
            body = _content(path)
            reports += import_file(session, one, ground, path.name, body, role=role, on=_day(on))
    for report in reports:
        _tell_import(report)
    if any(report.refused for report in reports):
        raise typer.Exit(3)


def _tell_import(report: Imported) -> None:
    if report.was_known:
        _say(f"{report.file_name}：已导入过，没有变化 · known already")
        return
    _say(
        f"{report.file_name}：新增表 {report.forms}、轨迹 {report.tracks}、照片 {report.photos}，"
        f"不变 {report.unchanged}，退回 {len(report.refused)} · forms, tracks, photos, refused"
    )
    for note in report.notes:
        _say(f"  {note}")
    for where, reason in report.refused:
        _say(f"  × {where}：{reason}")


def show_differences(number: Number) -> None:
    """双方不一致和待确认的项目 · What both sides tell differently or have not confirmed."""
    with open_session("atlas survey differences") as session:
        found = progress_of(session, number, on=today_in_china())
    table = _table(f"{number} 未解决项目（{NOTICE}）", "界线 line", "对象 subject", "项 field",
                   "各方填写 said")  # fmt: skip
    for standing in found.standings:
        if standing.state == "settled":
            continue
        label = found.ground.line(standing.line_code).label
        if not standing.differences:
            table.add_row(escape(label), standing.subject, "", escape(standing.why_open))
        for one in standing.differences:
            said = "；".join(f"{SIDES[side]} {word}" for side, word in one.said.items())
            table.add_row(escape(label), standing.subject, one.field_zh, escape(said))
    Console().print(table)


def agree(
    number: Number,
    subject: Annotated[str, typer.Argument(help="界桩编号或段号 · marker or stretch")],
    side: Annotated[str, typer.Option(help="确认方 A、B、C · side that confirms")],
    take: Annotated[str, typer.Option(help="以哪方的表为准 A、B、C · whose form holds")],
    role: Role,
    on: On = None,
    note: Note = "",
) -> None:
    """一方确认以哪方的表为准；各方确认同一份才算解决 · One side confirms whose form holds."""
    day = _day(on)
    with open_session("atlas survey confirm") as session:
        found = progress_of(session, number, on=day)
        entry = enter_confirmation(
            session, found.campaign, found.standings, subject, side=side, take=take, role=role,
            on=day, note=note,
        )  # fmt: skip
        after = progress_of(session, number, on=day)
    state = next(s for s in after.standings if s.subject == subject.strip())
    _say(f"已确认，记录 {entry}；{state.why_open or '各方已一致'} · entry {entry}")


def show_walked(
    number: Number,
    within: Annotated[
        float | None, typer.Option(min=1, max=5000, help="米，默认 ATLAS_WALKED_WITHIN_M")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="未走到的段写成 GeoJSON · write the gaps")
    ] = None,
) -> None:
    """走线：界线距轨迹 x 米以内的比例，以及没有走到的段 · What was walked and what was not."""
    with open_session("atlas survey walked") as session:
        found = progress_of(session, number, on=today_in_china(), within_m=within)
    table = _table(f"{number} 走线（{NOTICE}）", "界线 line", "里程 chainage m", "走到 walked",
                   "未走到 from–to m")  # fmt: skip
    places = []
    for one in found.lines:
        if one.walked is None:
            table.add_row(escape(one.line.label), "", UNKNOWN, "没有轨迹 · no track")
            continue
        for n, gap in enumerate(one.walked.gaps or (None,)):
            told = f"{gap.from_m:.0f}–{gap.to_m:.0f}" if gap else "无"
            first = (escape(one.line.label), f"{one.walked.total_m:.0f}", f"{one.walked.share:.1%}")
            table.add_row(*(first if n == 0 else ("", "", "")), told)
            if gap:
                told_of = {"line": one.line.code, "label": one.line.label,
                           "from_m": round(gap.from_m, 1), "to_m": round(gap.to_m, 1),
                           "length_m": round(gap.length_m, 1), "notice": NOTICE}  # fmt: skip
                places.append((gap.geom, told_of))
    Console().print(table)
    method = next((one.walked.method for one in found.lines if one.walked), "")
    if method:
        _say(method)
    if out is not None:
        write_features(out, places, f"{NOTICE}；{method}")


def show_log(number: Number) -> None:
    """联检日志：每一条记录、签署岗位和时间 · Every entry of a campaign, also the undone ones."""
    with open_session("atlas survey log") as session:
        entries = whole_log(session, campaign(session, number).id)
    table = _table(f"{number} 日志（{NOTICE}）", "记录 entry", "种类 kind", "对象 subject", "方 side",
                   "日期 day", "签署 role", "登记时间 entered")  # fmt: skip
    undone = {entry.undoes_id: entry.id for entry in entries if entry.undoes_id}
    for one in entries:
        mark = f"（由 {undone[one.id]} 撤销）" if one.id in undone else ""
        kind = f"撤销 {one.undoes_id}" if one.undoes_id else one.kind
        table.add_row(f"{one.id}{mark}", kind, one.subject or one.line_code or "",
                      SIDES.get(one.side or "", ""), str(one.on_date), escape(one.role),
                      f"{one.recorded_at:%Y-%m-%d %H:%M}")  # fmt: skip
    Console().print(table)


def take_back(
    entry: Annotated[int, typer.Argument(help="记录编号，见 survey log · number of the entry")],
    role: Role,
    on: On = None,
    note: Note = "",
) -> None:
    """撤销一条记录（新增撤销记录，原记录保留）· Undo an entry by a new one; nothing is deleted."""
    with open_session("atlas survey undo") as session:
        number = undo(session, entry, role=role, on=_day(on), note=note)
    _say(f"已撤销记录 {entry}，撤销记录 {number} · undone by entry {number}")


def _offices(given: list[str]) -> dict[str, str]:
    made = {}
    for one in given:
        code, found, office = one.partition("=")
        if not found:
            raise BadInput(
                both("--side 写作 320402000000=天宁区民政局区划地名科。", "--side is CODE=OFFICE"),
                parameter="side",
            )
        made[code.strip().ljust(12, "0")] = office.strip()
    return made


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise BadInput(
            both(f"读不到 {path}：{problem.strerror}。", f"cannot read {path}"), parameter="files"
        ) from None


def _table(title: str, *heads: str) -> Table:
    table = Table(title=escape(title))
    for head in heads:
        table.add_column(head)
    return table


def _told(value: object) -> str:
    return UNKNOWN if value is None else str(value)


def _say(line: str) -> None:
    Console().print(line, markup=False, highlight=False, soft_wrap=True)


def _day(on: datetime | None) -> date:
    return on.date() if on else today_in_china()
