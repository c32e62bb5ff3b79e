"""How are measures, canteens and isochrones asked for on the command line?"""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.access.canteens import canteens, title_of
from geo.access.cli.asking import (
    EXACT,
    City,
    Fallback,
    Kind,
    Measure,
    Minutes,
    Network,
    On,
    Pace,
    Radius,
    asked_of,
    day_of,
    mark_row,
    marked,
    number,
    opened,
    print_notes,
    radius_of,
    share,
)
from geo.access.measures import SUPPLIES, measures
from geo.access.radius.answer import STATUS_ZH
from geo.access.radius.question import AREAS, kind_name
from geo.access.walking.around import around_facility, around_geojson
from geo.errors import BadInput, both
from geo.queries.filters import kind_code


def register(app: typer.Typer) -> None:
    """Add the commands to an app."""
    app.command("measures")(show_measures)
    app.command("canteens")(show_canteens)
    app.command("isochrone")(save_isochrone)


def show_measures(
    city: City = None,
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
    radius = radius_of(radius, minutes, pace)
    with asked_of(city, on) as (session, place, day):
        found = measures(
            session, city=place, areas=areas, kind=kind, radius_m=radius, on=day,
            measure=measure, network=network, fallback=fallback, supply=supply, method=method,
        )  # fmt: skip
    console = Console()
    how = "步行 " if measure == "walk" else ""
    title = (
        f"{kind_name(kind)} {how}{radius:g} 米服务水平 · {AREAS[areas]} · {SUPPLIES[found.supply]}"
    )
    console.print(f"[bold]{escape(marked(title, found.has_synthetic))}[/]")
    for row in (*found.rows, found.total):
        name = mark_row(row.area_name, found.has_synthetic)
        console.print(f"[bold]{name}[/] {STATUS_ZH[row.status]}")
        by = {"data": "数据", "rate": "按设定比例", "mixed": "数据与比例"}.get(
            row.disabled_by or ""
        )
        console.print(
            f"  60+ {number(row.people_60)} 65+ {number(row.people_65)} "
            f"80+ {number(row.people_80)} 失能（估计） {number(row.disabled)}"
            + (f"({by})" if by else "")
        )
        console.print(
            f"  覆盖 {number(row.covered_60)} 二处以上 {number(row.served_2)} "
            f"三处以上 {number(row.served_3)} 容量内 {number(row.seated_60)}"
        )
        console.print(
            f"  {SUPPLIES[found.supply]} {number(row.supply)} 每千名老人 "
            f"{number(row.per_thousand, 1)} 可达性 {number(row.access, 1)} "
            f"未注明容量 {number(row.supply_unknown)} 处"
        )
        console.print(f"  仅本区域 {number(row.own_60)} 跨界增益 {number(row.gain_60)}")
    console.print(f"基尼系数 Gini {number(found.gini, 3)}")
    print_notes(console, found.rule, found.has_synthetic, EXACT)


def show_canteens(
    city: City = None,
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
    with asked_of(city, on) as (session, place, day):
        found = canteens(
            session, city=place, radius_m=radius, on=day, meals=served, measure=measure,
            network=network, month=None if month is None else month.date(),
        )  # fmt: skip
    console = Console()
    table = Table(title=marked(title_of(found), found.has_synthetic))
    table.add_column("名称 name", overflow="fold")
    for head in ("天数", "能力", "份数", "利用率", "服务人口 60+", "就近 60+", "每人份数"):
        table.add_column(head, justify="right")
    for row in found.rows:
        name = mark_row(row.name, row.is_synthetic)
        table.add_row(
            name, f"{row.days_open}{'*' if row.days_assumed else ''}", number(row.capacity),
            number(row.meals), share(row.used),
            number(row.catchment_60), number(row.nearest_60), number(row.meals_per_elder, 1),
        )  # fmt: skip
    console.print(table)
    console.print("* 营业时间未知，按每日营业计 · hours unknown: every day counts")
    print_notes(console, found.method, found.has_synthetic, EXACT)


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
    with opened() as session:
        found = around_facility(
            session, facility, minutes=asked, pace=pace, on=day_of(on), network=network,
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
    for line, row in enumerate(rows, start=2):
        code, count = (row.get("code") or "").strip(), (row.get("meals") or "").strip()
        try:
            if not code or code in found:
                raise ValueError
            found[code] = float(count)
        except ValueError:
            raise BadInput(
                both(
                    f"{path} 第 {line} 行须有不重复的 code 和数字 meals。",
                    f"row {line} of {path} needs a code of its own and a number of meals",
                ),
                parameter="meals",
            ) from None
    return found
