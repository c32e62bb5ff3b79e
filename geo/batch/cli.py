"""How is a question on a whole nation asked on the command line? `atlas batch coverage`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.table import Table

from geo.errors import BadInput, both
from geo.progress import Progress

if TYPE_CHECKING:
    from distributed import Client

    from geo.batch.run import BatchCoverage

app = typer.Typer(no_args_is_help=True, help="分块计算 · A nation, piece by piece")

MOST_SHOWN = 40
STAFF = "内部口径，含未公开的设施，不得直接对外发布 · for staff: unpublished facilities count too"


def register(wing: typer.Typer) -> None:
    """Add the commands of this wing to an app."""
    wing.add_typer(app, name="batch")


@app.callback()
def _batch() -> None:
    """分块计算 · A nation, piece by piece, on the workers of this machine or of a cluster."""


@app.command("coverage")
def show_coverage(
    radius: Annotated[float, typer.Option(help="半径（米）· radius in metres")] = 1000,
    kind: Annotated[str, typer.Option(help="设施类别 · kind (stored data)")] = "canteen",
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期 · day (stored data)")
    ] = None,
    people: Annotated[
        str | None,
        typer.Option(help="人数列 · people_60, people_65, people_80, people_total；文件中的列名"),
    ] = None,
    basis: Annotated[str, typer.Option(help="口径 · resident, registered")] = "resident",
    base_year: Annotated[int | None, typer.Option(help="人口年份 · year of the count")] = None,
    demand: Annotated[
        Path | None, typer.Option(help="需求点 GeoParquet · demand, instead of stored data")
    ] = None,
    sites: Annotated[
        Path | None, typer.Option(help="设施点 GeoParquet · facilities, with --demand")
    ] = None,
    area: Annotated[str | None, typer.Option(help="区域列 · area column of --demand")] = None,
    cut: Annotated[str, typer.Option(help="切块：度数或 division · degrees, or division")] = "0.5",
    measure: Annotated[
        str, typer.Option(help="距离：line 直线，walk 步行 · by line, or on foot (stored data)")
    ] = "line",
    network: Annotated[
        str | None, typer.Option(help="路网名称 · road network, where several are stored")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="本机工作进程数 · workers on this machine")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="已有 Dask 调度器 · tcp://host:8786")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="结果文件夹（空）· empty folder for Parquet and summary")
    ] = None,
) -> None:
    """全国或大范围的覆盖 · Coverage of a nation, by straight lines or on foot.

    内部口径：未公开的设施也计入，人数不取整。For staff: unpublished facilities count too, and
    counts are exact. 结果与切块方式无关 · The answer does not depend on the cut.
    """
    from geo.batch.cluster import open_cluster

    if (demand is None) != (sites is None):
        raise BadInput(
            both("--demand 与 --sites 须一起给出。", "--demand and --sites go together"),
            parameter="sites",
        )
    if demand is not None and (measure != "line" or network is not None):
        raise BadInput(
            both("文件只算直线距离；步行请用已入库的数据。",
                 "files are measured by straight lines; walks need stored data"),
            parameter="measure",
        )  # fmt: skip
    console = Console()
    with open_cluster(workers, scheduler) as client, _bar(console) as progress:
        if demand is not None and sites is not None:
            found = _of_files(demand, sites, radius, people, area, client, out, progress)
        else:
            day = on.date() if on else None
            found = _stored(
                (kind, day, people or "people_60", basis, base_year), radius, cut,
                (measure, network), scheduler, client, out, progress,
            )  # fmt: skip
    _show(console, found)
    if out is not None:
        console.print(f"已写入 · written to {out}", markup=False, highlight=False)


@contextmanager
def _bar(console: Console) -> Iterator[Progress]:
    """A line that moves while pieces are done; nothing on what is no terminal."""
    columns = (BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task("", total=None)

        def tell(done: int, total: int | None, text: str) -> None:
            bars.update(task, completed=done, total=total)

        yield tell


def _of_files(
    demand: Path, sites: Path, radius_m: float, people: str | None, area: str | None,
    client: Client, out: Path | None, progress: Progress,
) -> BatchCoverage:  # fmt: skip
    from geo.batch.run import coverage_of_files

    return coverage_of_files(
        demand.absolute(), sites.absolute(), radius_m=radius_m, people=people, area=area,
        client=client, out=out, progress=progress,
    )  # fmt: skip


def _stored(
    asked: tuple[str, date | None, str, str, int | None], radius_m: float, cut: str,
    how: tuple[str, str | None], scheduler: str | None, client: Client, out: Path | None,
    progress: Progress,
) -> BatchCoverage:  # fmt: skip
    from geo.batch.run import coverage_stored
    from geo.batch.stored import BY_DIVISION, Asked
    from geo.db.engine import open_session
    from geo.queries.filters import kind_code
    from geo.validity import today_in_china

    kind, day, people, basis, base_year = asked
    question = Asked(kind_code(kind), day or today_in_china(), people, basis, base_year)
    try:
        size: float | str = cut if cut == BY_DIVISION else float(cut)
    except ValueError:
        raise BadInput(
            both(f"--cut 须为度数或 division，不是 {cut}。",
                 f"--cut must be degrees or division, not {cut}"),
            parameter="cut",
        ) from None  # fmt: skip
    with open_session("atlas batch coverage") as session:
        url = session.get_bind().engine.url
        _check_reachable(str(url.query.get("host", url.host or "")), scheduler)
        return coverage_stored(
            url.render_as_string(hide_password=False), question, radius_m=radius_m, cut=size,
            measure=how[0], network=how[1], client=client, out=out, progress=progress,
        )  # fmt: skip


def _check_reachable(host: str, scheduler: str | None) -> None:
    """Workers on other machines cannot reach a database behind a socket of this one."""
    if scheduler is None or not host.startswith("/"):
        return
    if urlsplit(scheduler).hostname not in ("localhost", "127.0.0.1", "::1"):
        raise BadInput(
            both("私有数据库只在本机可用，远程工作进程读不到；请用 ATLAS_DATABASE_URL 指定服务器，"
                 "或用 --demand 与 --sites 给出文件。",
                 "the private database can be reached on this machine only; name a server in "
                 "ATLAS_DATABASE_URL, or give files with --demand and --sites"),
            parameter="scheduler",
        )  # fmt: skip


def _show(console: Console, found: BatchCoverage) -> None:
    """The total and the areas with most people who are not covered."""
    whole = found.as_json()
    title = "直线覆盖" if found.network is None else f"步行覆盖 · {found.network}"
    title += "（合成数据）" if found.has_synthetic else ""
    table = Table(title=f"{title} · {found.radius_m:g} m")
    for head in ("区域 area", "点 points", "人数 people", "覆盖 covered", "比例 share"):
        table.add_column(head, justify="left" if "area" in head else "right", overflow="fold")
    shown = range(min(MOST_SHOWN, len(found.area_codes)))
    for i in shown:
        people, covered = float(found.people[i]), float(found.covered[i])
        code = found.area_codes[i] or "未知 unknown"
        table.add_row(code, f"{found.places[i]:,}", *_numbers(people, covered))
    table.add_row(
        "合计 total", f"{whole['places']:,}",
        *_numbers(float(found.people.sum()), float(found.covered.sum())), style="bold",
    )  # fmt: skip
    console.print(table)
    if len(found.area_codes) > MOST_SHOWN:
        console.print(f"共 {len(found.area_codes)} 个区域，全部见 areas.parquet（--out） · "
                      "all areas: areas.parquet", highlight=False)  # fmt: skip
    console.print(f"{whole['pieces']} 块 pieces · {whole['seconds']:.1f} s · {found.note}",
                  markup=False, highlight=False)  # fmt: skip
    if found.too_far is not None:
        console.print(f"{int(found.too_far.sum()):,} 点离任何道路过远，不计为覆盖 · "
                      "points too far from any way", highlight=False)  # fmt: skip
    console.print(found.method, markup=False, highlight=False)
    for source in found.sources:
        console.print(source, markup=False, highlight=False)
    console.print(STAFF, markup=False, highlight=False)


def _numbers(people: float, covered: float) -> tuple[str, str, str]:
    """Two counts and their share; unknown as 未知."""
    unknown = people != people
    share = "—" if not people else f"{covered / people:.1%}"
    return ("未知",) * 3 if unknown else (f"{people:,.0f}", f"{covered:,.0f}", share)
