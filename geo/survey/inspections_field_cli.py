"""What does a team type for its desk and field work? `atlas survey desk`, `import`, `walked` …"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.survey.inspections.both_sides import confirm as enter_confirmation
from geo.survey.inspections.campaign import (
    campaign,
    take_step,
)
from geo.survey.inspections.desk import enter_desk_check
from geo.survey.inspections.files.keep import Imported, import_file
from geo.survey.inspections.ground import ground_of
from geo.survey.inspections.progress import progress_of
from geo.survey.inspections.words import (
    NOTICE,
    SIDES,
    STEPS,
    UNKNOWN,
)
from geo.survey.inspections_shared import Note, Number, On, Role, day_of, say, table_of
from geo.survey.written import write_features
from geo.validity import today_in_china


def register(survey: typer.Typer) -> None:
    """Add the commands to `atlas survey`."""
    for name, command in (
        ("desk", enter_desk),
        ("step", go_on),
        ("import", bring_in),
        ("differences", show_differences),
        ("confirm", agree),
        ("walked", show_walked),
    ):
        survey.command(name)(command)


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
            role=role, on=day_of(on), note=note,
        )  # fmt: skip
    say(f"已登记内业核对，记录 {entry} · entry {entry}")


def go_on(
    number: Number,
    line: Annotated[str, typer.Argument(help="界线代码 · code of the line")],
    step: Annotated[str, typer.Argument(help="、".join(STEPS))],
    role: Role,
    on: On = None,
    note: Note = "",
) -> None:
    """一条界线进入下一步；未解决的不能完成 · Bring a line one step on."""
    day = day_of(on)
    with open_session("atlas survey step") as session:
        found = progress_of(session, number, on=day)
        own = found.line(line)
        entry = take_step(
            session, found.campaign, found.entries, line, step, role=role, on=day, note=note,
            still_open=own.still_open if own else (), desk=own.desk if own else (0, 0),
        )  # fmt: skip
    say(f"{line}：{STEPS[step]}，记录 {entry} · entry {entry}")


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
            reports += import_file(session, one, ground, path.name, body, role=role, on=day_of(on))
    for report in reports:
        _tell_import(report)
    if any(report.refused for report in reports):
        raise typer.Exit(3)


def _tell_import(report: Imported) -> None:
    if report.was_known:
        say(f"{report.file_name}：已导入过，没有变化 · known already")
        return
    say(
        f"{report.file_name}：新增表 {report.forms}、轨迹 {report.tracks}、照片 {report.photos}，"
        f"不变 {report.unchanged}，退回 {len(report.refused)} · forms, tracks, photos, refused"
    )
    for note in report.notes:
        say(f"  {note}")
    for where, reason in report.refused:
        say(f"  × {where}：{reason}")


def show_differences(number: Number) -> None:
    """双方不一致和待确认的项目 · What both sides tell differently or have not confirmed."""
    with open_session("atlas survey differences") as session:
        found = progress_of(session, number, on=today_in_china())
    table = table_of(f"{number} 未解决项目（{NOTICE}）", "界线 line", "对象 subject", "项 field",
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
    day = day_of(on)
    with open_session("atlas survey confirm") as session:
        found = progress_of(session, number, on=day)
        entry = enter_confirmation(
            session, found.campaign, found.standings, subject, side=side, take=take, role=role,
            on=day, note=note,
        )  # fmt: skip
        after = progress_of(session, number, on=day)
    state = next(s for s in after.standings if s.subject == subject.strip())
    say(f"已确认，记录 {entry}；{state.why_open or '各方已一致'} · entry {entry}")


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
    table = table_of(f"{number} 走线（{NOTICE}）", "界线 line", "里程 chainage m", "走到 walked",
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
        say(method)
    if out is not None:
        write_features(out, places, f"{NOTICE}；{method}")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise BadInput(
            both(f"读不到 {path}：{problem.strerror}。", f"cannot read {path}"), parameter="files"
        ) from None
