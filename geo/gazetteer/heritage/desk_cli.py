"""What does an officer type to nominate a name, take a step, score it, and enter its state?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.gazetteer.heritage.nominated import (
    STATE_WORDS,
    STEP_WORDS,
    VERDICT_WORDS,
    Nomination,
    nomination,
    nominations,
)
from geo.gazetteer.heritage.protection import KIND_WORDS, record, withdraw, words_of
from geo.gazetteer.heritage.sheets import STATUS_WORDS, Scored, score, scored, sheet_named, sheets
from geo.gazetteer.heritage.steps import Proposed, nominate, take_step
from geo.gazetteer.heritage.words import levels
from geo.gazetteer.search import FAMILIES
from geo.queries.admin import code_of
from geo.settings import NamingSettings, read
from geo.validity import today_in_china

RoleOption = Annotated[str, typer.Option(help="单位或岗位，不写个人 · Office or role.")]
ReasonsOption = Annotated[str, typer.Option(help="理由 · Reasons.")]
OnOption = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期 · Date, default today.")
]


def add_to(heritage: typer.Typer) -> None:
    """Add the commands of the desk to the group `heritage`."""
    heritage.command("nominate")(propose)
    heritage.command("step")(step)
    heritage.command("nominations")(show_nominations)
    heritage.command("sheets")(show_sheets)
    heritage.command("score")(enter_marks)
    heritage.command("record")(enter_record)
    heritage.command("withdraw")(withdraw_record)


def propose(
    place: Annotated[str, typer.Argument(help="地名代码 · Code of the place.")],
    list_name: Annotated[str, typer.Option("--list", help="名录名称 · Name of the list.")],
    level: Annotated[str, typer.Option(help="national province city district · Level.")],
    division: Annotated[str, typer.Option(help="提名的区划 · Division that proposes.")],
    role: RoleOption,
    reasons: ReasonsOption,
    family: Annotated[str, typer.Option(help="heritage 遗产、red 红色地名 · Family.")] = "red",
    list_class: Annotated[str | None, typer.Option("--class", help="名录类别 · Class.")] = None,
    era: Annotated[str | None, typer.Option(help="时代 · Era, in words.")] = None,
    batch: Annotated[str | None, typer.Option(help="批次 · Batch.")] = None,
    on: OnOption = None,
) -> None:
    """提名一个地名 · Nominate a place for a list."""
    day = day_of(on)
    with open_session() as session:
        found = nominate(
            session,
            Proposed(place, family, list_name, level, code_of(session, division, day), list_class,
                     era, batch),
            on=day, role=role, reasons=reasons,
        )  # fmt: skip
    _show(found)


def step(
    code: Annotated[str, typer.Argument(help="提名编号 · R-0001 …")],
    what: Annotated[str, typer.Argument(help=" ".join(STEP_WORDS))],
    role: RoleOption,
    reasons: ReasonsOption,
    verdict: Annotated[
        str | None, typer.Option(help="意见结论 agree disagree abstain · Of an opinion.")
    ] = None,
    on: OnOption = None,
) -> None:
    """登记一步：意见、公布、退回、撤回 · Take a step; only those that may follow."""
    with open_session() as session:
        found = take_step(
            session, code, what, on=day_of(on), role=role, reasons=reasons, verdict=verdict
        )
    _show(found)


def show_nominations(
    code: Annotated[str | None, typer.Argument(help="提名编号 · One of them.")] = None,
    state: Annotated[str | None, typer.Option(help=" ".join(STATE_WORDS))] = None,
) -> None:
    """提名及其经过 · Nominations and their history."""
    with open_session() as session:
        found = [nomination(session, code)] if code else nominations(session, state=state)
    if not found:
        say("没有提名。 · no nominations")
    for one in found:
        _show(one)


def show_sheets() -> None:
    """评分表 · Score sheets, each marked official or example."""
    for one in sheets(read(NamingSettings).heritage_sheets).values():
        say(f"{one.code} {one.zh}（{STATUS_WORDS[one.status][0]}），满分 {one.whole:g}")
        for criterion in one.criteria:
            say(
                f"  {criterion.code} {criterion.zh} 0–{criterion.most:g}，权重 {criterion.weight:g}"
            )
        say(f"  {one.source}")


def enter_marks(
    code: Annotated[str, typer.Argument(help="提名编号 · R-0001 …")],
    marks: Annotated[
        list[str] | None, typer.Argument(help="指标=分数；不写则只显示 · criterion=mark …")
    ] = None,
    sheet: Annotated[str, typer.Option(help="评分表 · Score sheet.")] = "example",
    role: Annotated[str, typer.Option(help="评分岗位，不写个人 · Assessor's role.")] = "",
    on: OnOption = None,
) -> None:
    """登记或显示评分；缺分为未知 · Enter or show marks; a missing one is unknown."""
    chosen = sheet_named(sheet, read(NamingSettings).heritage_sheets)
    with open_session() as session:
        if marks:
            given = dict(_mark(one) for one in marks)
            found = score(session, code, chosen, given, on=day_of(on), role=role)
        else:
            nomination(session, code)
            found = scored(session, code, chosen)
    say(_scores_table(found))
    known = "未知" if found.mean is None else f"{found.mean:g}（{found.least:g}–{found.most:g}）"
    say(f"总分（{found.sheet.zh}，满分 {found.sheet.whole:g}）：{known}")


def enter_record(
    code: Annotated[str, typer.Argument(help="地名代码 · Code of the place.")],
    kind: Annotated[str, typer.Argument(help=" ".join(KIND_WORDS))],
    value: Annotated[str, typer.Argument(help="状况、措施或新名 · State, measure or new name.")],
    role: RoleOption,
    on: OnOption = None,
    due: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="下次调查 · Next survey.")
    ] = None,
    note: Annotated[str | None, typer.Option(help="备注，不对外 · Remarks, internal.")] = None,
    source: Annotated[str | None, typer.Option(help="来源 · Source.")] = None,
) -> None:
    """登记状况、标志、调查、措施、更名 · Enter a state, sign, survey, measure or change of name."""
    with open_session() as session:
        told = record(
            session, code, kind, value, on=day_of(on), role=role,
            due_on=due.date() if due else None, note=note, source=source,
        )  # fmt: skip
    made = max(told, key=lambda one: one.id)
    what = f"{KIND_WORDS[kind][0]} {words_of(kind, made.value)[0]}"
    say(f"记录 {made.id}：{made.on_date} {what} · entered")


def withdraw_record(
    code: Annotated[str, typer.Argument(help="地名代码 · Code of the place.")],
    entry: Annotated[int, typer.Argument(help="记录编号，见 show · Number of the entry.")],
    role: RoleOption,
    reasons: ReasonsOption,
    on: OnOption = None,
) -> None:
    """撤回登记有误的记录；记录保留并注明 · Withdraw a mistaken entry, which stays in the record."""
    with open_session() as session:
        told = withdraw(session, code, entry, on=day_of(on), role=role, reasons=reasons)
    one = next(one for one in told if one.id == entry)
    what = f"{KIND_WORDS[one.kind][0]} {words_of(one.kind, one.value)[0]}"
    say(f"记录 {one.id}：{one.on_date} {what}，已撤回 · withdrawn")


def _show(one: Nomination) -> None:
    state = STATE_WORDS[one.state][0]
    say(f"{one.code} {one.name} → {one.list_name}（{levels()[one.list_level].zh}，"
         f"{FAMILIES[one.family]}）：{state}")  # fmt: skip
    for done in one.steps:
        verdict = VERDICT_WORDS[done.verdict][0] if done.verdict else ""
        say(f"  {done.on_date} {STEP_WORDS[done.step][0]} {verdict} {done.role}：{done.reasons}")
    following: Sequence[str] = [f"{STEP_WORDS[name][0]} {name}" for name in one.next]
    say(f"  下一步：{'、'.join(following) or '无'}")


def _scores_table(found: Scored) -> Table:
    table = Table(title=f"{found.sheet.zh}（{STATUS_WORDS[found.sheet.status][0]}）")
    for heading in ("指标 · Criterion", *found.by_role, "平均 · Mean"):
        table.add_column(heading)
    for one in found.criteria:
        marks = [f"{one.by_role[r]:g}" if r in one.by_role else "未知" for r in found.by_role]
        table.add_row(one.criterion.zh, *marks, "未知" if one.mean is None else f"{one.mean:g}")
    sums = ["未知" if value is None else f"{value:g}" for value in found.by_role.values()]
    table.add_row("合计", *sums, "未知" if found.mean is None else f"{found.mean:g}")
    return table


def _mark(written: str) -> tuple[str, float]:
    criterion, _, value = written.partition("=")
    try:
        return criterion.strip(), float(value)
    except ValueError:
        raise BadInput(
            both(f"「{written[:40]}」应写作 指标=分数。", "write criterion=mark"), parameter="marks"
        ) from None


def day_of(on: datetime | None) -> date:
    """The day that was typed; without one, today in China."""
    return on.date() if on else today_in_china()


def say(words: str | Table) -> None:
    """Print a table, or words just as they are."""
    if isinstance(words, Table):
        Console().print(words)
    else:
        Console().print(words, markup=False, highlight=False)
