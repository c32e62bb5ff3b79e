"""Which commands speak to the database: load, demo, and those of the wings?

What they raise is told by `api.door`: a GeoError is one red sentence and exit code 2.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.crs import DatumShift
from geo.errors import BadInput
from geo.loaders.report import Report

console = Console()
app = typer.Typer(no_args_is_help=True, add_completion=False, help="民政一张图 · Minzheng Atlas")


@app.command()
def load(
    kind: Annotated[str, typer.Argument(help="导入什么 · facilities, zones, admin-units …")],
    file: Annotated[Path, typer.Argument(help="CSV, XLSX, GeoJSON, Shapefile, GPKG … · the file")],
    crs: Annotated[
        str | None, typer.Option(help="坐标系 · cgcs2000, wgs84, gcj02, bd09, 4549 …, auto 按证据")
    ] = None,
    facility_kind: Annotated[
        str | None, typer.Option("--kind", help="全部行的设施类型 · canteen, 养老院 …")
    ] = None,
    on: Annotated[str | None, typer.Option(help="数据截至日期 · true from, YYYY-MM-DD")] = None,
    secrecy: Annotated[
        str, typer.Option(help="密级 · public 公开, internal 内部, unknown 未知 (不公开)")
    ] = "unknown",
    datum_shift: Annotated[
        str | None, typer.Option(help="西安80/北京54 七参数 · dx,dy,dz,rx,ry,rz,ppm")
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="交付单位或岗位, 不写个人 · office or role that delivers")
    ] = None,
    layer: Annotated[str | None, typer.Option(help="图层或工作表 · layer or sheet to read")] = None,
    within: Annotated[
        str | None, typer.Option(help="全部行所属的上级区划 · superior division of all rows")
    ] = None,
    basis: Annotated[
        str | None, typer.Option(help="人口口径 · resident 常住 or registered 户籍 (demand)")
    ] = None,
    base_year: Annotated[
        int | None, typer.Option(help="人口年份 · year of the counts (demand)")
    ] = None,
    name_kind: Annotated[
        str | None, typer.Option(help="名称性质 · standard, former, alias … (place-names)")
    ] = None,
    list_name: Annotated[
        str | None, typer.Option(help="所属名录 · heritage list of all rows (place-names)")
    ] = None,
    list_level: Annotated[
        str | None, typer.Option(help="名录级别 · national, province, city, district")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="列名对应 JSON · JSON file: heading → field; is remembered")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只核对不保存 · store nothing")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="把报告写成 JSON · write the report to this file")
    ] = None,
) -> None:
    """导入一份数据文件 · Load a delivered file; exit code 3 when some rows were refused."""
    from geo.db.engine import open_session
    from geo.gazetteer.index import refresh_keys
    from geo.loaders.load import load_delivery
    from geo.loaders.things import Options

    stated = Options(basis, base_year, within, name_kind, list_name, list_level)
    options = {
        "crs": crs, "on": _day(on), "dry_run": dry_run, "secrecy": secrecy,
        "facility_kind": facility_kind, "datum_shift": _shift(datum_shift), "by": by,
        "layer": layer, "mapping": mapping, "options": stated,
    }  # fmt: skip
    if report is not None and not report.absolute().parent.is_dir():
        raise _unwritable(report, "没有这个文件夹 · no such folder")
    with open_session("atlas load") as session:
        made = load_delivery(session, kind, file, **options)  # type: ignore[arg-type]
        if kind == "place-names" and not dry_run:
            refresh_keys(session)
    if report is not None:
        _write(report, made.dumps())
    _show(made)
    raise typer.Exit(made.exit_code)


@app.command()
def undo(
    delivery: Annotated[int, typer.Argument(help="交付编号 · id, as ./atlas deliveries lists it")],
) -> None:
    """撤销一次交付 · Take a delivery back whole, as if it had never come."""
    from geo.db.engine import open_session
    from geo.loaders.undo import undo_delivery

    with open_session("atlas undo") as session:
        undone = undo_delivery(session, delivery)
    console.print(
        f"已撤销交付 {delivery} ({escape(undone.file_name)}): 删除 {undone.removed}, "
        f"恢复生效 {undone.reopened}, 改回原值 {undone.restored} · undone: {undone.removed} "
        f"removed, {undone.reopened} in force again, {undone.restored} with their former values"
    )


@app.command()
def demo(
    city: Annotated[
        str, typer.Argument(help="已载入的城市代码 · code of a loaded city")
    ] = "320400",
    seed: Annotated[int, typer.Option(help="随机种子 · same seed, same rows")] = 20221,
) -> None:
    """生成合成演示数据 · Make the synthetic part of a loaded city; every row is flagged."""
    from geo.db.engine import open_session
    from geo.demo import build_demo

    with open_session("atlas demo") as session:
        built = build_demo(session, city, seed=seed)
    if built.skipped:
        console.print("合成数据已是最新 · the synthetic data is up to date")
    else:
        console.print(
            f"合成数据: {built.facilities} 处设施, {built.cells} 个格网, {built.zones} 个片区 · "
            f"synthetic: {built.facilities} facilities, {built.cells} cells, {built.zones} zones"
        )


def _day(given: str | None) -> date | None:
    """A date option; BadInput says how to write it."""
    if given is None:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise BadInput(
            f"--on {given!r} 不是日期, 请写成 2026-01-31。\n--on {given!r} is no date: write "
            "2026-01-31.",
            parameter="on",
        ) from None


def _shift(given: str | None) -> DatumShift | None:
    """Three or seven numbers parted by commas; BadInput says how to write them."""
    if given is None:
        return None
    try:
        numbers = [float(part) for part in given.split(",")]
        if len(numbers) not in (3, 7):
            raise ValueError
    except ValueError:
        raise BadInput(
            "--datum-shift 需要 3 或 7 个数: dx,dy,dz[,rx,ry,rz,ppm] (米, 角秒, 百万分率)。\n"
            "--datum-shift takes 3 or 7 numbers: dx,dy,dz[,rx,ry,rz,ppm].",
            parameter="datum_shift",
        ) from None
    return DatumShift(*numbers)


def _write(path: Path, content: str) -> None:
    try:
        path.write_text(content + "\n", encoding="utf-8")
    except OSError as problem:
        raise _unwritable(path, str(problem.strerror)) from None


def _unwritable(path: Path, why: str) -> BadInput:
    return BadInput(
        f"报告写不到 {path}: {why}。\nThe report cannot be written to {path}: {why}.",
        parameter="report",
    )


def _show(made: Report) -> None:
    """The report on a screen: the counts, where the rows lie, and the first ten problems."""
    counts = made.counts
    shown = Table(title=f"{escape(made.file_name)} · {made.crs.used} · {made.encoding}")
    for heading, number in (
        ("读入\nread", counts.rows_read), ("新增\nkept", counts.kept),
        ("合并\nmerged", counts.merged), ("更新\nupdated", counts.updated),
        ("未变\nunchanged", counts.unchanged), ("拒绝\nrefused", counts.refused),
        ("待核\nreview", counts.review),
    ):  # fmt: skip
        shown.add_column(heading, footer=str(number), justify="right")
    shown.add_row(*(str(column.footer) for column in shown.columns))
    console.print(shown)
    placed = made.placement
    console.print(
        f"在所述区划内 in stated division: {placed.inside} · 之外 outside: {placed.outside} · "
        f"无法核对 not checked: {placed.not_checked}"
    )
    for note in made.notes:
        console.print(note, markup=False, highlight=False)
    if made.personal_columns:
        console.print("个人信息列未保存 · personal columns not stored: ", end="")
        console.print(", ".join(made.personal_columns), markup=False)
    for problem in made.problems[:10]:
        where = f"第 {problem.row} 行 row {problem.row}" if problem.row else "文件 file"
        column = f" [{problem.column}]" if problem.column else ""
        console.print(f"{where}{column}: {problem.message}", markup=False, highlight=False)
    if len(made.problems) > 10:
        console.print(f"… 另有 {len(made.problems) - 10} 条 · {len(made.problems) - 10} more")
    if made.dry_run:
        console.print("试运行, 未保存 · dry run, nothing was stored")


def _join_wings() -> None:
    """Add the wings' own commands."""
    from geo.access import cli as access
    from geo.gazetteer import cli as gazetteer
    from geo.loaders import cli as loaders
    from geo.queries import cli as queries

    for wing in (loaders, access, queries, gazetteer):
        wing.register(app)


_join_wings()
