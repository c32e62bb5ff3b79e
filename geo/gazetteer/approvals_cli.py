"""What does an officer type to keep the days of approved names and to see what is due?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.validity import today_in_china

if TYPE_CHECKING:
    from geo.gazetteer.naming.approvals import Approval

DAYS = ["%Y-%m-%d"]
RoleOption = Annotated[
    str, typer.Option(help="经办单位或岗位，不写个人 · Office or role that enters it, no person.")
]
NoteOption = Annotated[str | None, typer.Option(help="说明，不写个人信息 · Remark.")]


def add_to(names: typer.Typer) -> None:
    """Add the commands to the group `names`."""
    names.command("approvals")(show_approvals)
    names.command("approve")(approve)
    names.command("approval-step")(step)


def show_approvals(
    number: Annotated[
        int | None, typer.Argument(help="编号：看一条的全部登记 · Number: all entries of one.")
    ] = None,
    within: Annotated[str | None, typer.Option(help="区划 · Only inside this division.")] = None,
    only: Annotated[
        str | None, typer.Option(help="overdue 已逾期，due_soon 即将到期，open 未到期，done 已办。")
    ] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=DAYS, help="按哪天计算 · As of, default today.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="写入 .csv 或 .xlsx · Write a table.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · Print JSON.")] = False,
) -> None:
    """备案与公告期限 · Approved names: what is overdue or soon due, filing, notice, signs."""
    from geo.gazetteer.naming.approvals import approvals, entries
    from geo.queries.admin import code_of

    day = on.date() if on else today_in_china()
    with open_session() as session:
        inside = None if within is None else code_of(session, within, day)
        found = approvals(session, within=inside, number=number, today=day)
        kept = [] if number is None else entries(session, number)
    if only is not None:
        found = [one for one in found if one.state == _known_state(only)]
    if out is not None:
        _write(out, found)
    if as_json:
        told = [{**asdict(one), "state": one.state, "due_on": one.due_on} for one in found]
        print(json.dumps(told, ensure_ascii=False, indent=2, default=str))
        return
    _show(found, day)
    for entry in kept:
        print(f"  {entry.recorded_at:%Y-%m-%d %H:%M} {_words(entry.step)} "
              f"{entry.on_date or '撤回'} {entry.role} {entry.note or ''}".rstrip())  # fmt: skip


def approve(
    name: Annotated[str, typer.Argument(help="批准的名称 · The approved name.")],
    kind: Annotated[str, typer.Option(help="类别，如 street、街路巷 · Kind.")],
    division: Annotated[str, typer.Option(help="所在区划，名称或代码 · Division.")],
    on: Annotated[datetime, typer.Option(formats=DAYS, help="批准日期 · Day of approval.")],
    role: RoleOption,
    document: Annotated[str | None, typer.Option(help="批准文号 · Number of the document.")] = None,
    approver: Annotated[str | None, typer.Option(help="批准机关 · Approving authority.")] = None,
    place_code: Annotated[str | None, typer.Option(help="已入库的地名代码 · Place code.")] = None,
    note: NoteOption = None,
) -> None:
    """登记一个批准的地名 · Enter an approved name; filing and notice are then due."""
    from geo.gazetteer.naming import rule_book
    from geo.gazetteer.naming.approvals import approval
    from geo.gazetteer.naming.approving import Named, enter
    from geo.gazetteer.naming.listing import kind_said
    from geo.queries.admin import code_of

    today = today_in_china()
    with open_session() as session:
        named = Named(
            name, kind_said(kind, rule_book()), code_of(session, division, today), on.date(),
            place_code, document, approver,
        )  # fmt: skip
        number = enter(session, named, role=role, note=note, today=today)
        found = approval(session, number, today=today)
        session.commit()
    _show([found], today)


def step(
    number: Annotated[int, typer.Argument(help="编号 · Number.")],
    what: Annotated[
        str,
        typer.Argument(
            help="filed 备案，noticed 公告，signed 设标，approved 批准，withdrawn 撤销登记。"
        ),
    ],
    role: RoleOption,
    on: Annotated[
        datetime | None, typer.Option(formats=DAYS, help="日期，默认今天 · Day, default today.")
    ] = None,
    take_back: Annotated[
        bool, typer.Option("--take-back", help="撤回这一步 · Take the step back.")
    ] = False,
    note: NoteOption = None,
) -> None:  # fmt: skip
    """登记、更正或撤回备案、公告、设标的日期 · Enter, correct or take back a day."""
    from geo.gazetteer.naming.approving import record

    today = today_in_china()
    day = None if take_back else (on.date() if on else today)
    with open_session() as session:
        found = record(session, number, what, on_date=day, role=role, note=note, today=today)
        session.commit()
    _show([found], today)


HEADINGS = (
    "编号", "名称", "类别", "区划", "文号", "批准日期", "状态", "备案期限", "备案", "公告期限",
    "公告", "设标期限", "设标", "合成",
)  # fmt: skip


def rows_of(found: Sequence[Approval]) -> list[list[str]]:
    """Answer the cells under `HEADINGS`."""
    from geo.gazetteer.naming import rule_book

    book, rows = rule_book(), []
    for one in found:
        by_what = {due.what: due for due in one.duties}
        days = [
            str(day or "") for what in ("filing", "notice", "sign")
            for due in [by_what.get(what)] for day in (due and due.due_on, due and due.done_on)
        ]  # fmt: skip
        rows.append([
            str(one.number), one.name, book.kinds[one.kind].zh, one.admin_name or one.admin_code,
            one.document_no or "", str(one.approved_on or ""), _state_words(one.state), *days,
            "合成" if one.is_synthetic else "",
        ])  # fmt: skip
    return rows


def _write(out: Path, found: Sequence[Approval]) -> None:
    from geo.gazetteer.naming.tables import as_csv, as_xlsx

    writers = {".csv": as_csv, ".xlsx": as_xlsx}
    if out.suffix.casefold() not in writers:
        raise BadInput(
            both("输出文件须为 .csv 或 .xlsx。", "write to .csv or .xlsx"), parameter="out"
        )
    out.write_bytes(writers[out.suffix.casefold()](rows_of(found), HEADINGS))


def _show(found: Sequence[Approval], day: date) -> None:
    table = Table(title=f"备案与公告 · {day}")
    shown = (0, 1, 2, 3, 5, 6)
    for at in shown:
        table.add_column(HEADINGS[at], overflow="fold")
    table.add_column("期限 · Terms", overflow="fold")
    for one, cells in zip(found, rows_of(found), strict=True):
        said = "".join(due.zh for due in one.duties)
        table.add_row(*(escape(cells[at]) for at in shown), escape(said))
    console = Console()
    console.print(table)
    states = [one.state for one in found]
    console.print(
        f"{len(found)} 条，逾期 {states.count('overdue')}，即将到期 {states.count('due_soon')} · "
        f"{len(found)} names; days are calendar days from the day after approval",
        markup=False, soft_wrap=True,
    )  # fmt: skip


def _state_words(state: str) -> str:
    from geo.gazetteer.naming.deadlines import STATES

    return {**STATES, "withdrawn": "已撤销登记"}[state]


def _words(step: str) -> Any:
    from geo.gazetteer.naming.approvals import STEP_WORDS

    return STEP_WORDS[step][0]


def _known_state(said: str) -> str:
    known = ("overdue", "due_soon", "contradictory", "open", "done", "withdrawn")
    if said not in known:
        raise BadInput(
            both(f"可用：{'、'.join(known)}。", f"known: {', '.join(known)}"), parameter="only"
        )
    return said
