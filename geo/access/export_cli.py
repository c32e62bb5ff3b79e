"""How is a result asked for as a file on the command line? `atlas export`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from geo.access.export import RESULTS, Wanted, check_format, result, write
from geo.access.series import days_of
from geo.db.engine import open_session
from geo.errors import BadInput, Unavailable, both
from geo.queries.admin import code_of
from geo.settings import CitySettings, MapSettings, read
from geo.validity import today_in_china

STAFF = "内部口径，人数不取整，不得直接对外发布 · for staff: exact counts, not for publication"

NO_SHAPES = (
    "未设审图号 ATLAS_MAP_APPROVAL_NUMBER，公开导出不含图形，只有数值 · "
    "no 审图号 is set: a public export holds no shapes"
)


def register(app: typer.Typer) -> None:
    """Add `export` to an app."""
    app.command("export")(save_result)


def save_result(
    name: Annotated[
        str, typer.Argument(metavar="RESULT", help="结果 · " + ", ".join(RESULTS) + ".")
    ],
    out: Annotated[
        list[Path],
        typer.Option("--out", help="文件 .gpkg .geojson .parquet .csv，可重复 · file, repeatable."),
    ],
    city: Annotated[
        str | None, typer.Option(help="城市名或代码 · city, default ATLAS_CITY.")
    ] = None,
    kind: Annotated[str, typer.Option(help="设施类别 · kind of facility.")] = "canteen",
    radius: Annotated[float, typer.Option(help="半径（米）· radius in metres.")] = 500,
    areas: Annotated[
        str, typer.Option(help="district 区县 · township 乡镇街道 · zone 片区 · city 全市")
    ] = "district",
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="日期，默认今天 · day, default today."),
    ] = None,
    walk: Annotated[bool, typer.Option("--walk", help="按步行路网计 · along the roads.")] = False,
    network: Annotated[str | None, typer.Option(help="路网名称 · which road network.")] = None,
    years: Annotated[
        str | None, typer.Option(help="历年：2020-2026（series 用）· years, for series.")
    ] = None,
    indicator: Annotated[
        str, typer.Option(help="指标编号，默认全部（indicators 用）· id of an indicator.")
    ] = "",
    facility: Annotated[str, typer.Option(help="设施编码（isochrones 用）· facility.")] = "",
    scenario: Annotated[int, typer.Option(help="方案编号（scenario 用）· scenario.")] = 0,
    sites: Annotated[int, typer.Option(help="新建处数（sites 用）· how many new ones.")] = 5,
    public: Annotated[
        bool, typer.Option("--public", help="公开口径：已公开、取整 · published rows, rounded.")
    ] = False,
) -> None:
    """把一项结果存成 GeoPackage、GeoJSON、GeoParquet 或 CSV · Save a result as a file.

    默认内部口径：含未公开的设施，人数不取整。For staff unless --public.
    """
    endings = [check_format(file) for file in out]
    day = on.date() if on else today_in_china()
    days = days_of(years or str(day.year), today=day) if name == "series" else ()
    with open_session("atlas export") as session:
        wanted = Wanted(
            city=code_of(session, city or read(CitySettings).city, day), on=day, kind=kind,
            radius_m=radius, areas=areas, measure="walk" if walk else "line", network=network,
            published_only=public, rounded_to=_rounding() if public else 0.0, days=days,
            indicator=indicator, facility=facility, scenario=scenario, sites=sites,
        )  # fmt: skip
        layer = result(session, name, wanted)
    console = Console()
    if public and not read(MapSettings).map_approval_number.strip():
        layer = layer.without_shapes()
        console.print(NO_SHAPES)
    for file, ending in zip(out, endings, strict=True):
        _save(file, write(layer, ending))
        console.print(f"已存 · saved {file} ({len(layer.shapes)} 行 rows)", markup=False)
    if not public:
        console.print(STAFF)
    if layer.has_synthetic:
        console.print("[yellow]含合成数据，仅供演示 · contains synthetic data[/]")


def _rounding() -> float:
    """What public counts are rounded to. Raises BadInput where small numbers are unprotected."""
    base = float(read(CitySettings).small_count_threshold)
    if base <= 0:
        raise BadInput(
            both(
                "公开导出须设小数保护 ATLAS_SMALL_COUNT_THRESHOLD（如 10）。",
                "a public export needs ATLAS_SMALL_COUNT_THRESHOLD above 0",
            ),
            parameter="public",
        )
    return base


def _save(file: Path, content: bytes) -> None:
    """Write beside the file and move over it: nobody ever sees half a file."""
    draft = file.with_name(f".{file.name}.part")
    try:
        draft.write_bytes(content)
        draft.replace(file)
    except OSError as problem:
        draft.unlink(missing_ok=True)
        raise Unavailable(
            both(f"无法写入 {file}：{problem.strerror}。", f"{file} cannot be written")
        ) from None
