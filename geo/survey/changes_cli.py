"""What does an officer type about divisions through time? Changes, life lines, crosswalks."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.queries.admin import code_of
from geo.queries.succession import history
from geo.survey.changes.between import changed, changed_geojson
from geo.survey.changes.crosswalk.files import read_figures, write_restated
from geo.survey.changes.crosswalk.links import crosswalk
from geo.survey.changes.crosswalk.series import restate
from geo.survey.changes.law import STATES_ZH, rules, terms
from geo.survey.changes.lifeline import ROLES_ZH, life_line
from geo.survey.changes.printed import print_changed, print_links, print_restated, said, table, told
from geo.survey.changes.record import record_change
from geo.survey.changes.today import code_today
from geo.validity import today_in_china

DAYS = ["%Y-%m-%d"]
On = Annotated[
    datetime | None, typer.Option(formats=DAYS, help="日期，默认今天 · day, default today")
]
Since = Annotated[datetime, typer.Option("--from", formats=DAYS, help="起始日期 · first day")]
Until = Annotated[
    datetime | None, typer.Option("--to", formats=DAYS, help="目标日期，默认今天 · default today")
]
Within = Annotated[str, typer.Option(help="所属区划，名称或代码 · division, by name or code")]
Level = Annotated[int, typer.Option(min=1, max=5, help="3 县级 · 4 乡级 · 5 村级")]
Code = Annotated[str, typer.Argument(metavar="代码", help="区划代码 · code of the division")]
Name = Annotated[
    str | None, typer.Option(help="代码曾易主时的名称 · name, where a code changed hands")
]

changes = typer.Typer(no_args_is_help=True, help="区划变更 · Changes of divisions.")


def register(survey: typer.Typer) -> None:
    """Add the commands of this file to `atlas survey`."""
    changes.command("list")(list_changes)
    changes.command("record")(record)
    changes.command("terms")(show_terms)
    survey.add_typer(changes, name="changes")
    survey.command("lifeline")(show_life_line)
    survey.command("code")(show_code)
    survey.command("crosswalk")(show_crosswalk)


def list_changes(
    since: Since,
    until: Until = None,
    within: Within = "320400",
    level: Level = 3,
    unchanged: Annotated[bool, typer.Option("--all", help="也列出未变的 · unchanged too")] = False,
    out: Annotated[Path | None, typer.Option(help="写成 GeoJSON · write a map to")] = None,
) -> None:
    """两个日期之间的区划变化 · What changed in the divisions between two days."""
    end = _day(until)
    with open_session("atlas survey changes list") as session:
        found = changed(
            session, since=since.date(), until=end, within=code_of(session, within, end),
            level=level, unchanged=unchanged,
        )  # fmt: skip
    print_changed(found)
    if out is not None:
        _write(out, changed_geojson(found))


def record(
    file: Annotated[Path, typer.Argument(help="变更资料 JSON · file of changes")],
    public: Annotated[bool, typer.Option("--public", help="可公开 · may be published")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只核对不保存 · store nothing")
    ] = False,
) -> None:
    """登记变更：种类、日期、文号、前后区划、份额 · Put changes on record as they are told.

    文件为 {"changes": [...]}；登记不改动任何区划版本。Versions of divisions stay as they are.
    """
    given = _read(file).get("changes")
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise BadInput(
            both("文件须为 {\"changes\": [ … ]}。", "the file holds {\"changes\": [ … ]}"),
            parameter="file",
        )  # fmt: skip
    console = Console()
    with open_session("atlas survey changes record") as session:
        for one in given:
            made = record_change(session, one, is_public=public)
            console.print(told(made.event), markup=False, highlight=False)
            for doubt in made.doubts:
                console.print(f"  待核 · to check：{doubt}", markup=False, highlight=False)
        if dry_run:
            session.rollback()
    done = "试运行，未保存 · dry run" if dry_run else f"已登记 {len(given)} 项 · recorded"
    console.print(done)


def show_terms(code: Code, on: On = None) -> None:
    """变更的法定期限 · By when the changes of a division had to be carried out."""
    day = _day(on)
    with open_session("atlas survey changes terms") as session:
        events = history(session, code).events
        held = rules(session, "division_change_term", day)
    rows = table("法定期限 · terms", "变更 change", "期限 term", "到期 due", "最迟 latest", "状态")
    for event in events:
        for term in terms(event, held, day):
            rows.add_row(
                escape(told(event)), escape(term.title), said(term.due_on),
                said(term.latest_on), STATES_ZH[term.state],
            )  # fmt: skip
    console = Console()
    console.print(rows if events and held else "没有变更记录或期限规则 · no change or no rule")
    for rule in held:
        console.print(f"依据 · source：{rule.source}（{rule.status}）", markup=False)


def show_life_line(code: Code, on: On = None, name: Name = None) -> None:
    """一个单位历来的名称与代码 · All names and codes of a unit through time."""
    with open_session("atlas survey lifeline") as session:
        line = life_line(session, code, on=_day(on), name=name)
    console = Console()
    heads = ("代码 code", "名称 name", "自 from", "至 until", "关系 role", "图形", "来源 source")
    rows = table(f"沿革 · {line.name}", *heads)
    for one in line.stages:
        rows.add_row(
            one.code, escape(one.name), said(one.valid_from), said(one.valid_until, "今"),
            ROLES_ZH[one.role], "有" if one.has_geometry else "无", escape(one.source or "未知"),
        )  # fmt: skip
    console.print(rows)
    for event in line.events:
        console.print(told(event), markup=False, highlight=False)
    for other in line.others:
        console.print(f"该代码也曾属于 · the code also belonged to：{other.name}", markup=False)


def show_code(
    code: Code,
    on: On = None,
    since: Annotated[
        datetime | None, typer.Option(formats=DAYS, help="代码使用的日期 · day of its use")
    ] = None,
    name: Name = None,
) -> None:
    """旧代码今天是什么 · What an old code is today, with path, year and share."""
    with open_session("atlas survey code") as session:
        found = code_today(
            session, code, on=_day(on), since=since.date() if since else None, name=name
        )
    console = Console()
    for one in found.answers:
        share = "份额未知" if one.share_area is None else f"面积份额 {one.share_area:.2%}"
        state = "" if one.in_force else "，当日不在用 · not in force"
        console.print(f"{one.code} {one.name}（{share}，{one.share_basis}）{state}", markup=False)
        for step in one.path:
            console.print(f"  {step}", markup=False, highlight=False)
        if one.note:
            console.print(f"  {one.note}", markup=False)


def show_crosswalk(
    since: Since,
    until: Until = None,
    within: Within = "320400",
    level: Level = 3,
    by: Annotated[str, typer.Option(help="area 面积 · people 人口 · people_60 老年人口")] = "area",
    closed: Annotated[
        bool, typer.Option("--closed", help="全域两日相同 · the whole did not change")
    ] = False,
    figures: Annotated[
        Path | None, typer.Option(help="旧数 CSV，两列：区划代码 数值 · figures of the first day")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="结果写成 CSV · write the parts to")] = None,
) -> None:
    """两个日期的区划对应与旧数换算，合计一个不差 · Links of two days; figures restated."""
    if by not in ("area", "people", "people_60"):
        raise BadInput(
            both("by 为 area、people、people_60。", "area, people or people_60"), parameter="by"
        )
    weigh: Literal["area", "people", "people_60"] = by  # type: ignore[assignment]
    day, end = since.date(), _day(until)
    given = read_figures(figures, day) if figures else {}
    made = []
    with open_session("atlas survey crosswalk") as session:
        code = code_of(session, within, end)
        for first in sorted(given) or [day]:
            walk = crosswalk(
                session, since=first, until=end, within=code, level=level, by=weigh, closed=closed
            )
            print_links(walk)
            if given:
                made.append(restate(walk, given[first]))
                print_restated(made[-1])
    if out is not None:
        write_restated(out, made)
        Console().print(f"已写入 · written: {out}", markup=False, highlight=False, soft_wrap=True)


def _read(path: Path) -> dict[str, Any]:
    try:
        made = orjson.loads(path.read_bytes())
    except OSError as problem:
        raise BadInput(
            both(f"读不到 {path}：{problem.strerror}。", f"cannot read {path}"), parameter="file"
        ) from None
    except json.JSONDecodeError as problem:
        raise BadInput(
            both(f"{path} 不是 JSON：{problem}。", f"{path} is no JSON: {problem}"),
            parameter="file",
        ) from None
    if not isinstance(made, dict):
        raise BadInput(both("文件须为 JSON 对象。", "a JSON object is needed"), parameter="file")
    return made


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as problem:
        raise BadInput(
            both(f"写不到 {path}：{problem.strerror}。", f"cannot write {path}"), parameter="out"
        ) from None
    Console().print(f"已写入 · written: {path}", markup=False, highlight=False, soft_wrap=True)


def _day(on: datetime | None) -> date:
    return on.date() if on is not None else today_in_china()
