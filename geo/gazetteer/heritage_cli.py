"""What does an officer type to keep the lists of heritage and red names?"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.gazetteer.heritage import desk_cli
from geo.gazetteer.heritage.desk_cli import OnOption, day_of, say
from geo.gazetteer.heritage.due import by_urgency, survey_state
from geo.gazetteer.heritage.files import as_csv, as_xlsx
from geo.gazetteer.heritage.places import (
    ListedPlace,
    Wanted,
    counts_of,
    listed_place,
    listed_places,
)
from geo.gazetteer.heritage.protection import ARTICLE_25, KIND_WORDS, records, words_of
from geo.gazetteer.heritage.taken import take_in
from geo.gazetteer.heritage.words import UNKNOWN, classes, eras, levels
from geo.queries.admin import code_of
from geo.validity import today_in_china

heritage = typer.Typer(
    help="地名文化遗产与红色地名 · Lists of heritage and red names.", no_args_is_help=True
)

FamilyOption = Annotated[str | None, typer.Option(help="heritage 遗产、red 红色地名 · Family.")]
LevelOption = Annotated[
    str | None, typer.Option(help="national province city district · Level of the list.")
]
WithinOption = Annotated[str | None, typer.Option(help="区划名称或代码 · Inside this division.")]


def register(app: typer.Typer) -> None:
    """Add `heritage` to the command line."""
    app.add_typer(heritage, name="heritage")


desk_cli.add_to(heritage)


@heritage.command("list")
def show_list(
    family: FamilyOption = None,
    level: LevelOption = None,
    era: Annotated[str | None, typer.Option(help="时代代码 · Code of an era.")] = None,
    within: WithinOption = None,
) -> None:
    """列出名录中的地名 · List the places on lists, each once, with the numbers by level."""
    places = _places(family, level, era, within)
    table = Table(title="名录 · Lists")
    for heading in ("地名 · Name", "时代 · Era", "名录 · Lists", "所在 · In", "代码 · Code"):
        table.add_column(heading, overflow="fold")
    known = {**eras(), UNKNOWN.code: UNKNOWN}
    for one in places:
        lists = "\n".join(f"{entry.list_name}（{levels()[entry.level].zh}）" for entry in one.lists)
        name = one.name + ("（合成）" if one.is_synthetic else "")
        cells = (name, one.era_said or known[one.era].zh, lists, one.unit_name or "未知", one.code)
        table.add_row(*(escape(cell) for cell in cells))
    say(table)
    counts = counts_of(places)
    by_level = "，".join(f"{levels()[code].zh} {n}" for code, n in counts.by_level.items())
    say(
        f"{counts.places} 个地名（一地一计）；{by_level or '无'}；"
        f"{counts.on_several_levels} 个列入多级，"
        "各级数量不相加。"
        f" · {counts.places} places, each counted once; levels are not added"
    )


@heritage.command("show")
def show(code: Annotated[str, typer.Argument(help="地名代码 · Code of the place.")]) -> None:
    """一个地名：名录、状况与保护记录 · One name: its lists, states and record."""
    with open_session() as session:
        place, told = listed_place(session, code), records(session, code)
    say(f"{place.name}（{place.code}）")
    for one in place.lists:
        batch, year = one.batch or "批次未知", one.year or "年份未知"
        say(f"  {one.list_name}，{levels()[one.level].zh}，{batch}，{year}")
    state, sign = words_of("protection", place.protection), words_of("sign", place.sign)
    say(f"  存续状况 {state[0]}；标志 {sign[0]}")
    say(f"  调查 {place.surveyed_on or '未知'}；下次 {place.survey_due or '未知'}")
    for entry in told:
        say(
            f"  [{entry.id}] {entry.on_date} {KIND_WORDS[entry.kind][0]} "
            f"{words_of(entry.kind, entry.value)[0]} {entry.role or ''} {entry.note or ''}"
        )
        if entry.withdrawn:
            back = entry.withdrawn
            say(f"      已撤回 · withdrawn：{back.on_date} {back.role}：{back.reasons}")
    say(ARTICLE_25[0])


@heritage.command("classes")
def show_classes() -> None:
    """各体系的名录类别，逐条注明是否核实 · Classes by system, each with its status and source."""
    table = Table(title="名录类别 · Classes")
    for heading in ("体系 · System", "类别 · Class", "核实 · Status", "来源 · Source"):
        table.add_column(heading, overflow="fold")
    for one in classes():
        status = "已核实" if one.status == "verified" else "未核实"
        table.add_row(one.system_zh, one.zh, status, escape(one.source))
    say(table)


@heritage.command("due")
def show_due(within: WithinOption = None, on: OnOption = None) -> None:
    """应调查的地名；从未调查的列在后面 · Surveys that are due; never surveyed ones after them."""
    day = day_of(on)
    places = _places(None, None, None, within, day)
    late, never = (
        [one for one in by_urgency(places, day) if survey_state(one, day) == state]
        for state in ("due", "never")
    )
    for one in late:
        say(f"{one.survey_due} {one.name}（{one.code}）")
    for one in never:
        say(f"未调查 {one.name}（{one.code}） · never surveyed")
    say(f"到期 {len(late)}，未调查 {len(never)} · due {len(late)}, never surveyed {len(never)}")


@heritage.command("export")
def export(
    out: Annotated[Path, typer.Option(help=".csv .xlsx · The file.")],
    family: FamilyOption = None,
    level: LevelOption = None,
    within: WithinOption = None,
) -> None:
    """导出名录 · Write the directory with sources, levels and dates."""
    places = _places(family, level, None, within)
    if out.suffix.lower() not in (".csv", ".xlsx"):
        raise BadInput(both("文件名应以 .csv 或 .xlsx 结尾。", "a file ends in .csv or .xlsx"))
    is_csv = out.suffix.lower() == ".csv"
    out.write_bytes(as_csv(places) if is_csv else as_xlsx(places, on=today_in_china()))
    say(f"{len(places)} 个地名写入 {out} · {len(places)} places written")


@heritage.command("import")
def take(
    path: Annotated[Path, typer.Argument(help="名录表 .csv .xlsx · The table.")],
    secrecy: Annotated[str, typer.Option(help="密级，须为 public · Must be public.")] = "unknown",
    by: Annotated[str | None, typer.Option(help="交付单位或岗位 · Office or role.")] = None,
) -> None:
    """导入名录；拒收的行连同原因保留 · Load a table of lists; undo takes it back."""
    with open_session("atlas heritage import") as session:
        done = take_in(session, path, secrecy=secrecy, by=by)
    for one in done.refused[:20]:
        say(f"第 {one.number} 行 {one.column}：{one.reason}")
    say(
        f"交付 {done.delivery_id}：{done.rows} 行，名录 {done.entries}，记录 {done.records}，"
        f"已有 {done.unchanged}，拒收 {len(done.refused)} · refused {len(done.refused)}"
    )


def _places(
    family: str | None, level: str | None, era: str | None, within: str | None,
    on: date | None = None,
) -> list[ListedPlace]:  # fmt: skip
    day = on or today_in_china()
    with open_session() as session:
        inside = None if within is None else code_of(session, within, day)
        wanted = Wanted(family=family, level=level, era=era, within=inside)
        return listed_places(session, wanted, on=day)
