"""Which commands bring data in and take them out again? `load`, `undo`, `demo`.

What they raise is told by `api.door`: a GeoError is one red sentence and exit code 2.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from geo.errors import BadInput

if TYPE_CHECKING:
    from geo.loaders.several import Loaded, Said

console = Console()


def register(app: typer.Typer) -> None:
    """Add the commands that no single wing owns."""
    app.command("load")(load)
    app.command("undo")(undo)
    app.command("demo")(demo)


def load(
    kind: Annotated[str, typer.Argument(help="导入什么 · facilities, zones, admin-units …")],
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="文件、文件夹或通配符 · files, folders or patterns"),
    ],
    crs: Annotated[
        list[str] | None,
        typer.Option(
            help="坐标系 · cgcs2000、wgs84、gcj02、bd09、4549 …，auto 按证据；"
            "写一次用于全部，或按文件次序各写一次 · once, or once per file in order"
        ),
    ] = None,
    facility_kind: Annotated[
        str | None, typer.Option("--kind", help="全部行的设施类型 · canteen、养老院 …")
    ] = None,
    on: Annotated[str | None, typer.Option(help="数据截至日期 · true from, YYYY-MM-DD")] = None,
    secrecy: Annotated[
        str, typer.Option(help="密级 · public 公开、internal 内部、unknown 未知（不公开）")
    ] = "unknown",
    datum_shift: Annotated[
        str | None, typer.Option(help="西安80/北京54 七参数 · dx,dy,dz,rx,ry,rz,ppm")
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="交付单位或岗位，不写个人 · office or role that delivers")
    ] = None,
    layer: Annotated[str | None, typer.Option(help="图层或工作表 · layer or sheet to read")] = None,
    within: Annotated[
        str | None, typer.Option(help="全部行所属的上级区划 · superior division of all rows")
    ] = None,
    basis: Annotated[
        str | None, typer.Option(help="人口口径 · resident 常住 or registered 户籍（demand）")
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
    network: Annotated[
        str | None, typer.Option(help="路网名称，默认用文件名 · name of the road network (roads)")
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
    yes: Annotated[
        bool, typer.Option("--yes", help="不再询问，直接保存 · save without asking")
    ] = False,
) -> None:
    """导入数据文件，全部或全不 · Load delivered files, all or none; exit code 3: rows refused."""
    from geo.loaders.several import Said, day_of, shift_of
    from geo.loaders.things import Options

    said = Said(
        on=day_of(on), secrecy=secrecy, facility_kind=facility_kind,
        datum_shift=shift_of(datum_shift), by=by, layer=layer, mapping=mapping,
        options=Options(basis, base_year, within, name_kind, list_name, list_level, network),
    )  # fmt: skip
    if report is not None and not report.absolute().parent.is_dir():
        raise _unwritable(report, "没有这个文件夹 · no such folder")
    _load(kind, files, crs or [], said, dry_run=dry_run, yes=yes, report=report)


def _load(
    kind: str, paths: list[Path], crs: list[str], said: Said, *, dry_run: bool, yes: bool,
    report: Path | None,
) -> None:  # fmt: skip
    """Load, show the report, ask where a person should look; a No takes all of it back."""
    from geo.db.engine import open_session
    from geo.gazetteer.index import refresh_keys
    from geo.loaders.chosen import chosen
    from geo.loaders.screen import progress_on, show, worth_asking
    from geo.loaders.several import load_several

    found = chosen(paths, layer=said.layer)
    with open_session("atlas load") as session:
        with progress_on(console) as progress:
            loaded = load_several(
                session, kind, found.files, crs=crs, said=said, dry_run=dry_run, progress=progress
            )
            if kind == "place-names" and not dry_run:
                refresh_keys(session)
        show(console, loaded)
        reasons = worth_asking(loaded)
        is_wanted = (
            yes or dry_run or not reasons or not _person_is_there()
            or _says_yes(f"请核对：{'，'.join(reasons)}。\n保存吗？")
        )  # fmt: skip
        if not is_wanted:
            session.rollback()
            loaded = loaded.unstored()
    if found.left_out:
        console.print(f"未读取的其他文件 · other files, not read: {', '.join(found.left_out)}",
                      markup=False, highlight=False)  # fmt: skip
    if report is not None:
        _write(report, loaded.dumps())
    if not is_wanted:
        console.print("没有保存，数据库未作任何改动 · not saved, nothing was changed")
        raise typer.Exit(NOT_WANTED)
    _tell_ids(loaded)
    raise typer.Exit(loaded.exit_code)


NOT_WANTED = 2
"""Exit code when a person, asked whether to save, says no: the files were refused whole."""


def _person_is_there() -> bool:
    """Whether someone at a terminal can answer a question."""
    return sys.stdin.isatty()


def _says_yes(question: str) -> bool:
    """Ask; anything but yes is No, also Ctrl-C and the end of input."""
    try:
        return typer.confirm(question, default=False)
    except typer.Abort:
        return False


def _tell_ids(loaded: Loaded) -> None:
    """Under which numbers the deliveries are kept, and what can be done with them next."""
    ids = [str(report.delivery_id) for report in loaded.reports if report.delivery_id]
    if not ids:
        console.print("试运行，未保存 · dry run, nothing was stored")
        return
    console.print(f"已保存为交付 {', '.join(ids)} · saved as delivery {', '.join(ids)}")
    first = next((r for r in loaded.reports if r.counts.refused), None)
    if first:
        console.print(f"  退回的行 · refused rows:  ./atlas deliveries refused {first.delivery_id} "
                      "--out 退回.xlsx", highlight=False, soft_wrap=True)  # fmt: skip
    first = next((r for r in loaded.reports if r.counts.review and r.review_list), None)
    if first:
        console.print(f"  待核的行 · to review:     ./atlas deliveries review {first.delivery_id}",
                      highlight=False)  # fmt: skip
    console.print(f"  撤销 · take it back:      ./atlas undo {ids[-1]}", highlight=False)


def undo(
    delivery: Annotated[int, typer.Argument(help="交付编号 · id, as ./atlas deliveries lists it")],
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 · without asking")] = False,
) -> None:
    """撤销一次交付 · Take a delivery back whole, as if it had never come."""
    from geo.db.engine import open_session
    from geo.loaders.undo import undo_delivery

    with open_session("atlas undo") as session:
        undone = undo_delivery(session, delivery)
        console.print(
            f"交付 {delivery}（{undone.file_name}）\n"
            f"  删除新增的 {undone.removed} 条 · removes {undone.removed} that it brought\n"
            f"  恢复它结束的 {undone.reopened} 条 · puts {undone.reopened} in force again\n"
            f"  改回它改过的 {undone.restored} 条 · gives {undone.restored} their former values",
            markup=False, highlight=False,
        )  # fmt: skip
        is_wanted = yes or not _person_is_there() or _says_yes("撤销这次交付吗？")
        if not is_wanted:
            session.rollback()
    if not is_wanted:
        console.print("没有撤销，数据库未作任何改动 · not undone, nothing was changed")
        raise typer.Exit(NOT_WANTED)
    console.print(
        f"已撤销交付 {delivery}；报告和被拒绝的行仍保留 · delivery {delivery} is undone; its "
        "report and refused rows stay"
    )


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
            f"合成数据：{built.facilities} 处设施，{built.cells} 个格网，{built.zones} 个片区 · "
            f"synthetic: {built.facilities} facilities, {built.cells} cells, {built.zones} zones"
        )


def _write(path: Path, content: str) -> None:
    try:
        path.write_text(content + "\n", encoding="utf-8")
    except OSError as problem:
        raise _unwritable(path, str(problem.strerror)) from None


def _unwritable(path: Path, why: str) -> BadInput:
    return BadInput(
        f"报告写不到 {path}：{why}。\nThe report cannot be written to {path}: {why}.",
        parameter="report",
    )
