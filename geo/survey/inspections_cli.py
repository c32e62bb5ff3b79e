"""Which lines are due, which campaigns are there, and how far is each? `atlas survey due` …"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.queries.admin import code_of
from geo.survey.inspections.campaign import (
    campaign,
    campaigns,
    open_campaign,
)
from geo.survey.inspections.due import STATUS_WORDS, due_lines, report_change
from geo.survey.inspections.log import undo, whole_log
from geo.survey.inspections.progress import progress_of
from geo.survey.inspections.words import (
    BASES,
    CHANGES,
    LINE_STATES,
    NOTICE,
    REASONS,
    SIDES,
    UNKNOWN,
)
from geo.survey.inspections_shared import Note, Number, On, Role, day_of, or_unknown, say, table_of
from geo.survey.written import MOST_SHOWN


def register(survey: typer.Typer) -> None:
    """Add the commands to `atlas survey`."""
    for name, command in (
        ("due", show_due),
        ("changed", enter_change),
        ("campaign", begin),
        ("campaigns", show_campaigns),
        ("progress", show_progress),
        ("log", show_log),
        ("undo", take_back),
    ):
        survey.command(name)(command)


def show_due(
    within: Annotated[str | None, typer.Option(help="城市名称或代码 · only lines of it")] = None,
    on: On = None,
) -> None:
    """到期清单：上次联检满五年，未检过的为未知、列在最前 · Lines due for joint inspection."""
    day = day_of(on)
    with open_session("atlas survey due") as session:
        found = due_lines(session, on=day, within=code_of(session, within, day) if within else None)
    table = table_of(
        f"联检到期清单 {day}（{NOTICE}）", "界线 line", "代码 code", "依据 basis", "上次 last",
        "到期 due", "剩余天数 days left", "牵头方 lead", "状态 status",
    )  # fmt: skip
    for one in found[:MOST_SHOWN]:
        changes = "、".join(CHANGES[str(c.data["change"])] for c in one.changes)
        table.add_row(
            escape(one.label) + ("（合成）" if one.is_synthetic else ""), one.code,
            BASES[one.basis], or_unknown(one.last_on), or_unknown(one.due_on),
            or_unknown(one.days_left),
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
        number = report_change(session, line, change=change, on=day_of(on), role=role, note=note)
    say(f"已登记变化，记录 {number}；界线本身不变，须联检 · reported as entry {number}")


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
            session, title=title, line_codes=line, opened_on=day_of(on), role=role, reason=reason,
            until_on=until.date() if until else None, offices=_offices(side or []),
            lead_code=lead.strip().ljust(12, "0") if lead else None,
        )  # fmt: skip
    sides = "；".join(f"{one.label}（{one.office or '岗位未填'}）" for one in made.sides)
    say(f"已建立联检 {made.code}：{len(made.line_codes)} 条界线；{sides} · opened {made.code}")


def show_campaigns() -> None:
    """联检列表 · Joint inspections, the newest first."""
    with open_session("atlas survey campaigns") as session:
        found = campaigns(session)
    table = table_of(f"联检（{NOTICE}）", "编号 no.", "名称 title", "原因 reason", "界线 lines",
                   "各方 sides", "起 from", "止 to")  # fmt: skip
    for one in found:
        table.add_row(
            one.code, escape(one.title) + ("（合成）" if one.is_synthetic else ""),
            REASONS[one.reason], str(len(one.line_codes)),
            escape("；".join(side.label for side in one.sides)), str(one.opened_on),
            or_unknown(one.until_on),
        )  # fmt: skip
    Console().print(table)


def show_progress(number: Number, on: On = None) -> None:
    """联检进度：各线状态、界桩、线段、走线比例、问题 · How far a joint inspection is."""
    with open_session("atlas survey progress") as session:
        found = progress_of(session, number, on=day_of(on))
    table = table_of(f"{found.campaign.code} {found.campaign.title}（{NOTICE}）", "界线 line",
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
        say(f"  · {fault.title}（{fault.told_zh}；{state}）")
    for file, place, reason in found.refused:
        say(f"  × {file} {place}：{reason.partition(chr(10))[0]}")


def show_log(number: Number) -> None:
    """联检日志：每一条记录、签署岗位和时间 · Every entry of a campaign, also the undone ones."""
    with open_session("atlas survey log") as session:
        entries = whole_log(session, campaign(session, number).id)
    table = table_of(f"{number} 日志（{NOTICE}）", "记录 entry", "种类 kind", "对象 subject",
                   "方 side",
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
        number = undo(session, entry, role=role, on=day_of(on), note=note)
    say(f"已撤销记录 {entry}，撤销记录 {number} · undone by entry {number}")


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
