"""How are measures, canteens, isochrones and series asked for on the command line?"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.access.canteens import canteens, title_of
from geo.access.measures import SUPPLIES, measures
from geo.access.radius.answer import STATUS_ZH, AreaCoverage, OnFoot
from geo.access.radius.question import AREAS, kind_name
from geo.access.series import days_of, series
from geo.access.walking.around import around_facility, around_geojson
from geo.access.walking.pace import metres_in
from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.queries.filters import kind_code
from geo.validity import today_in_china

STAFF = "内部口径，含未公开的设施，不得直接对外发布 · for staff: unpublished facilities count too"
SYNTHETIC = "[yellow]含合成数据 · contains synthetic data[/]"

City = Annotated[str, typer.Option(help="城市代码 · code of the city")]
Kind = Annotated[str, typer.Option(help="设施类别或大类 · kind or group of facilities")]
Radius = Annotated[float, typer.Option(help="半径（米）· radius in metres")]
Minutes = Annotated[
    float | None, typer.Option(help="分钟，代替半径 · minutes, not metres", show_default=False)
]
Pace = Annotated[str, typer.Option(help="elder 老年人步速（设置）· planning 规划口径 60 米/分")]
Measure = Annotated[str, typer.Option(help="line 直线 · walk 沿路网步行")]
Network = Annotated[str | None, typer.Option(help="路网名称 · road network", show_default=False)]
Fallback = Annotated[str, typer.Option(help="无路网的区域：none 未知 · line 按直线")]
On = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期，默认今天 · day, default today")
]


def register(app: typer.Typer) -> None:
    """Add the commands to an app."""
    app.command("measures")(show_measures)
    app.command("canteens")(show_canteens)
    app.command("isochrone")(save_isochrone)


def show_measures(
    city: City = "320400",
    areas: Annotated[
        str, typer.Option(help="district 区县 · township 乡镇街道 · zone 片区")
    ] = "district",
    kind: Kind = "elder_home",
    radius: Radius = 1000,
    minutes: Minutes = None,
    pace: Pace = "elder",
    measure: Measure = "line",
    network: Network = None,
    fallback: Fallback = "none",
    supply: Annotated[
        str | None, typer.Option(help="beds 床位 · meals 日供餐份数", show_default=False)
    ] = None,
    method: Annotated[str, typer.Option(help="2sfca · e2sfca · gaussian …")] = "2sfca",
    on: On = None,
) -> None:
    """服务水平：重复覆盖、容量覆盖、千人床位、可达性、基尼系数、跨界增益 · Measures by area.

    内部口径：未公开的设施也计入，人数不取整。For staff: unpublished facilities count too.
    """
    kind = kind_code(kind)
    radius = radius if minutes is None else metres_in(minutes, pace)
    with open_session() as session:
        found = measures(
            session, city=city, areas=areas, kind=kind, radius_m=radius, on=_day(on),
            measure=measure, network=network, fallback=fallback, supply=supply, method=method,
        )  # fmt: skip
    console = Console()
    console.print(
        f"[bold]{kind_name(kind)} {radius:g} 米服务水平 · {AREAS[areas]} · "
        f"{SUPPLIES[found.supply]}[/]"
    )
    for row in (*found.rows, found.total):
        console.print(f"[bold]{escape(row.area_name)}[/] {STATUS_ZH[row.status]}")
        by = {"data": "数据", "rate": "按设定比例", "mixed": "数据与比例"}.get(
            row.disabled_by or ""
        )
        console.print(
            f"  60+ {_number(row.people_60)} 65+ {_number(row.people_65)} "
            f"80+ {_number(row.people_80)} 失能（估计） {_number(row.disabled)}"
            + (f"({by})" if by else "")
        )
        console.print(
            f"  覆盖 {_number(row.covered_60)} 二处以上 {_number(row.served_2)} "
            f"三处以上 {_number(row.served_3)} 容量内 {_number(row.seated_60)}"
        )
        console.print(
            f"  {SUPPLIES[found.supply]} {_number(row.supply)} 每千名老人 "
            f"{_number(row.per_thousand, 1)} 可达性 {_number(row.access, 1)} "
            f"未注明容量 {_number(row.supply_unknown)} 处"
        )
        console.print(f"  仅本区域 {_number(row.own_60)} 跨界增益 {_number(row.gain_60)}")
    console.print(f"基尼系数 Gini {_number(found.gini, 3)}")
    console.print(found.rule)
    console.print(STAFF)
    if found.has_synthetic:
        console.print(SYNTHETIC)


def show_canteens(
    city: City = "320400",
    radius: Radius = 500,
    measure: Measure = "line",
    network: Network = None,
    month: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m"], help="月份，默认本月 · month", show_default=False),
    ] = None,
    meals: Annotated[
        Path | None,
        typer.Option(help="当月供餐份数：CSV，列 code,meals", show_default=False),
    ] = None,
    on: On = None,
) -> None:
    """供餐：各助餐点当月份数、能力与服务人口 · Canteens: meals, capacity and catchment in a month.

    内部口径：未公开的设施也计入。没有交付的份数为未知。Meals that nobody delivered are unknown.
    """
    served = None if meals is None else read_meals(meals)
    with open_session() as session:
        found = canteens(
            session, city=city, radius_m=radius, on=_day(on), meals=served, measure=measure,
            network=network, month=None if month is None else month.date(),
        )  # fmt: skip
    console = Console()
    table = Table(title=title_of(found) + ("（含合成数据）" if found.has_synthetic else ""))
    table.add_column("名称 name", overflow="fold")
    for head in ("天数", "能力", "份数", "利用率", "服务人口 60+", "就近 60+", "每人份数"):
        table.add_column(head, justify="right")
    for row in found.rows:
        name = escape(row.name) + ("（合成）" if row.is_synthetic else "")
        table.add_row(
            name, f"{row.days_open}{'*' if row.days_assumed else ''}", _number(row.capacity),
            _number(row.meals), "未知" if row.used is None else f"{row.used:.0%}",
            _number(row.catchment_60), _number(row.nearest_60), _number(row.meals_per_elder, 1),
        )  # fmt: skip
    console.print(table)
    console.print("* 营业时间未知，按每日营业计 · hours unknown: every day counts")
    console.print(found.method)
    console.print(STAFF)


def save_isochrone(
    facility: Annotated[str, typer.Argument(help="设施编码 · code of the facility")],
    out: Annotated[Path, typer.Option(help="GeoJSON 文件 · file to write")],
    minutes: Annotated[str, typer.Option(help="分钟 · minutes")] = "5,10,15",
    pace: Pace = "elder",
    network: Network = None,
    fallback: Fallback = "none",
    on: On = None,
) -> None:
    """步行等时圈：从一处设施步行 5、10、15 分钟可达 · Areas within minutes on foot, as GeoJSON."""
    try:
        asked = tuple(float(word) for word in minutes.split(","))
    except ValueError:
        raise BadInput(
            both("分钟数写作 5,10,15。", "minutes are written 5,10,15"), parameter="minutes"
        ) from None
    with open_session() as session:
        found = around_facility(
            session, facility, minutes=asked, pace=pace, on=_day(on), network=network,
            fallback=fallback,
        )  # fmt: skip
    out.write_bytes(around_geojson(found))
    console = Console()
    for area in found.areas:
        console.print(
            f"{area.minutes:g} 分钟 {area.metres:.0f} 米 · "
            + ("无法计算 · unknown" if area.shape is None else area.measured_by or "")
        )
    if found.is_too_far:
        console.print(f"设施距最近道路 {found.beside_m:.0f} 米，超过上限 · too far from any way")
    console.print(found.method)
    console.print(f"{out}")


def show_series(years: str, asked: Mapping[str, Any]) -> None:
    """Print coverage at the end of each year, or on days, one column each."""
    with open_session() as session:
        found = series(session, days_of(years, today=today_in_china()), **asked)
    table = Table(title=f"{kind_name(asked['kind'])} {asked['radius_m']:g} 米覆盖 · 60+ 历年")
    table.add_column("日期 day", no_wrap=True)
    for head in ("60+ 人数", "覆盖", "比例", "设施", "人口基准年"):
        table.add_column(head, justify="right")
    for each in found.answers:
        total, question = each.total, each.question
        share = "未知" if total.share_60 is None else f"{total.share_60:.1%}"
        year = "未知" if question.base_year is None else str(question.base_year)
        table.add_row(
            question.on.isoformat(), _number(total.people_60), _number(total.covered_60), share,
            _number(each.facilities), year,
        )  # fmt: skip
    console = Console()
    console.print(table)
    console.print(found.note)
    console.print(found.answers[-1].method)
    console.print(STAFF)
    if found.has_synthetic:
        console.print(SYNTHETIC)


def print_beside(console: Console, on_foot: OnFoot, total: AreaCoverage) -> None:
    """Who and what stands beside the ways."""
    console.print(f"路网 network: {escape(on_foot.network or 'none')}")
    console.print(
        f"距道路超过 {on_foot.snap_limit_m:g} 米的格网 {on_foot.too_far_cells} 个"
        f"（60+ {_number(total.too_far_60)} 人），未覆盖且位于孤立路段的 {on_foot.island_cells} 个"
        f"（60+ {_number(total.island_60)} 人） · too far from any way; on ways apart"
    )
    for each in on_foot.facilities:
        why = "距道路过远" if each.why == "too_far" else "位于孤立路段"
        away = "未知" if each.beside_m is None else f"{each.beside_m:.0f} 米"
        console.print(f"  {escape(each.code)} {escape(each.name)}:{why}({away})")


def read_meals(path: Path) -> dict[str, float]:
    """Code → meals from a CSV with the columns code and meals; codes come once.

    Raises BadInput that names the row at fault.
    """
    found: dict[str, float] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as problem:
        raise BadInput(
            both(f"无法读取 {path}（须为 UTF-8 的 CSV）。", f"cannot read {path} as UTF-8 CSV"),
            parameter="meals",
        ) from problem
    for number, row in enumerate(rows, start=2):
        code, count = (row.get("code") or "").strip(), (row.get("meals") or "").strip()
        try:
            if not code or code in found:
                raise ValueError
            found[code] = float(count)
        except ValueError:
            raise BadInput(
                both(
                    f"{path} 第 {number} 行须有不重复的 code 和数字 meals。",
                    f"row {number} of {path} needs a code of its own and a number of meals",
                ),
                parameter="meals",
            ) from None
    return found


def _number(value: float | None, digits: int = 0) -> str:
    return "未知" if value is None else f"{value:,.{digits}f}"


def _day(on: datetime | None) -> date:
    return on.date() if on is not None else today_in_china()
