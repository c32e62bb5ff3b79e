"""What does somebody with the right type about planned changes? `atlas survey planned …`."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import shapely
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.access.radius.answer import Coverage
from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.joint.planned_effects import Effects, planned_effects
from geo.queries.filters import kind_code
from geo.survey.changes.law import LAW_KINDS
from geo.survey.changes.planned import NOT_IN_FORCE, drop_plan, keep_plan, plan, plans
from geo.survey.changes.sketch import PlannedUnit, sketch, sketch_geojson
from geo.validity import today_in_china

planned = typer.Typer(
    no_args_is_help=True, help="规划中的区划变更（默认关闭）· Planned changes; off by default."
)
Number = Annotated[int, typer.Argument(help="方案编号 · number of the plan")]
PARTS = {"title", "within", "level", "law_kinds", "note", "units"}


@planned.command("keep")
def keep(
    file: Annotated[Path, typer.Argument(help="方案 JSON · file of the plan")],
    role: Annotated[str, typer.Option(help="所有者角色 · role of the owner")] = "planner",
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="基准日期 · day it begins with")
    ] = None,
) -> None:
    """保存方案，与现行区划分开存放 · Keep a plan, apart from everything in force."""
    told = _read(file)
    with open_session("atlas survey planned keep") as session:
        made = keep_plan(
            session, title=str(told.get("title", "")), within=str(told.get("within", "")),
            level=_level(told.get("level", 3)), law_kinds=_list(told.get("law_kinds"), "law_kinds"),
            units=[_unit(one, n) for n, one in enumerate(_list(told.get("units"), "units"), 1)],
            on=on.date() if on else today_in_china(), owner_role=role, note=told.get("note"),
        )  # fmt: skip
    Console().print(escape(f"已保存方案 {made.id}「{made.title}」 · kept as {made.id}"))
    Console().print(NOT_IN_FORCE)


@planned.command("list")
def show_all(
    within: Annotated[str | None, typer.Option(help="所在区划代码 · division")] = None,
) -> None:
    """方案列表 · Plans that are kept, the newest first."""
    with open_session("atlas survey planned list") as session:
        found = plans(session, within=within)
    table = _table(
        "规划中的区划变更 · planned", "编号 no.", "名称 title", "种类 kinds", "基准日 day"
    )
    for one in found:
        kinds = "、".join(LAW_KINDS[kind] for kind in one.law_kinds)
        table.add_row(str(one.id), escape(one.title), kinds, one.on_date.isoformat())
    Console().print(table)
    Console().print(NOT_IN_FORCE)


@planned.command("show")
def show(
    number: Number,
    out: Annotated[
        Path | None, typer.Option(help="前后图写成 GeoJSON · write both maps to")
    ] = None,
) -> None:
    """现状图与方案图 · The before-map and the plan sketch."""
    with open_session("atlas survey planned show") as session:
        one = plan(session, number)
        found = sketch(session, one.units, within=one.within_code, level=one.level, on=one.on_date)
    console = Console()
    for label, areas in (("现状 before", found.before), ("方案 after", found.after)):
        names = "、".join(f"{area.name}（{area.code}）" for area in areas)
        console.print(f"{label}：{names}", markup=False, highlight=False)
    console.print(NOT_IN_FORCE)
    if out is not None:
        try:
            out.write_bytes(sketch_geojson(found))
        except OSError as problem:
            raise _bad(
                "out", f"写不到 {out}：{problem.strerror}。", f"cannot write {out}"
            ) from None
        console.print(f"已写入 · written: {out}", markup=False, soft_wrap=True)


@planned.command("effects")
def show_effects(
    number: Number,
    kind: Annotated[str, typer.Option(help="设施类型 · kind or group")] = "elder_home",
    radius: Annotated[float, typer.Option(help="半径（米）· metres")] = 1000.0,
) -> None:
    """方案对设施、老人和覆盖的影响 · What a plan does to facilities, elders and coverage."""
    with open_session("atlas survey planned effects") as session:
        found = planned_effects(
            session, plan(session, number), kind=kind_code(kind), radius_m=radius
        )
    _print_effects(found)


@planned.command("drop")
def drop(number: Number) -> None:
    """删除方案 · Delete a plan."""
    with open_session("atlas survey planned drop") as session:
        drop_plan(session, number)
    Console().print(f"已删除方案 {number} · deleted")


def _print_effects(found: Effects) -> None:
    console = Console()
    heads = ("由 from", "到 to", "设施 facilities", "60 岁及以上 elders 60+")
    table = _table(found.plan.title, *heads)
    for one in found.moved:
        table.add_row(
            escape(one.from_name), escape(one.to_name), str(len(one.facilities)),
            _number(one.elders_60),
        )  # fmt: skip
    console.print(table)
    for label, before, after in (
        ("跨界设施计入 · across borders", found.open_before, found.open_after),
        ("仅计本区域设施 · own facilities only", found.own_before, found.own_after),
    ):
        console.print(f"{label}：现状 {_covered(before)}，方案 {_covered(after)}", markup=False)
        for row in after.rows if after else ():
            console.print(
                f"  {row.area_name}：{_number(row.covered_60)} / {_number(row.people_60)}",
                markup=False, highlight=False,
            )  # fmt: skip
    for source in found.sources:
        console.print(f"来源 · source：{source}", markup=False, highlight=False)
    if found.has_synthetic:
        console.print("含合成数据 · rests on synthetic data")
    console.print(found.warning)


def _covered(found: Coverage | None) -> str:
    if found is None:
        return "未知"
    return f"{_number(found.total.covered_60)} / {_number(found.total.people_60)}"


def _number(value: float | None) -> str:
    return "未知" if value is None else f"{value:,.0f}"


def _read(path: Path) -> dict[str, Any]:
    try:
        told = orjson.loads(path.read_bytes())
    except OSError as problem:
        raise _bad("file", f"读不到 {path}：{problem.strerror}。", f"cannot read {path}") from None
    except json.JSONDecodeError as problem:
        raise _bad("file", f"{path} 不是 JSON：{problem}。", f"{path} is no JSON") from None
    if not isinstance(told, dict) or set(told) - PARTS:
        known = ", ".join(sorted(PARTS))
        raise _bad("file", f"文件为 JSON 对象，字段：{known}。", f"an object with: {known}")
    return told


def _unit(told: Any, number: int) -> PlannedUnit:
    where = f"units.{number}"
    if not isinstance(told, dict) or set(told) - {"name", "made_of", "geometry"}:
        raise _bad(where, "字段为 name、made_of 或 geometry。", "name, and made_of or geometry")
    outline = None
    if told.get("geometry") is not None:
        try:
            outline = shapely.from_geojson(orjson.dumps(told["geometry"]))
        except shapely.errors.GEOSException:
            raise _bad(where, "geometry 不是 GeoJSON 图形。", "geometry is no GeoJSON") from None
    codes = [str(code) for code in _list(told.get("made_of") or [], where)]
    return PlannedUnit(str(told.get("name", "")), tuple(codes), outline)


def _list(told: Any, where: str) -> list[Any]:
    if not isinstance(told, list):
        raise _bad(where, "须为列表。", "a list is needed")
    return told


def _level(told: Any) -> int:
    if isinstance(told, bool) or not isinstance(told, int):
        raise _bad("level", "须为整数。", "a whole number is needed")
    return told


def _table(title: str, *heads: str) -> Table:
    table = Table(title=escape(title))
    for head in heads:
        table.add_column(head, overflow="fold")
    return table


def _bad(parameter: str, zh: str, en: str) -> BadInput:
    return BadInput(both(f"{parameter}：{zh}", f"{parameter}: {en}"), parameter=parameter)
