"""What does an officer type to give place names away and to take some in?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.gazetteer.exchange import lpf_out, tables
from geo.gazetteer.exchange.addresses import URN, Addresses
from geo.gazetteer.exchange.files import import_places
from geo.gazetteer.exchange.read import records
from geo.gazetteer.places import units_within
from geo.loaders.report import Report
from geo.queries.admin import code_of
from geo.settings import ServeSettings, read
from geo.validity import today_in_china

ENDINGS = (".json", ".jsonld", *tables.WRITERS)
Base = Annotated[
    str | None,
    typer.Option(help="标识的前缀，默认 ATLAS_PUBLIC_URL · Address before /id/ in identifiers."),
]


def add_to(names: typer.Typer) -> None:
    """Add `export` and `import` to the commands of names."""
    names.command("export")(export)
    names.command("import")(take_in)


def export(
    out: Annotated[Path, typer.Option(help=f"{' '.join(ENDINGS)}（.json：Linked Places）· File.")],
    within: Annotated[
        str | None, typer.Option(help="区划名称或代码 · Only inside this division.")
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help="只含已公开的 · Published places only.")
    ] = False,
    base: Base = None,
) -> None:
    """导出地名 · Write places as Linked Places, GeoJSON, CSV, GeoPackage or XLSX."""
    ending = out.suffix.lower()
    if ending not in ENDINGS:
        raise BadInput(
            both(f"文件名应以 {'、'.join(ENDINGS)} 结尾。", f"a file ends in {', '.join(ENDINGS)}"),
            parameter="out",
        )
    day = today_in_china()
    addresses = addresses_of(base)
    with open_session("atlas names export") as session:
        units = None
        if within is not None:
            units = units_within(session, code_of(session, within, day), day)
        found = records(session, units=units, public=public)
        if ending in tables.WRITERS:
            count = tables.WRITERS[ending](found, addresses, out)
        else:
            with out.open("wb") as file:
                written = [file.write(part) for part in lpf_out.written(found, addresses, on=day)]
            count = len(written) - 2  # the head and the end are no places
    Console().print(f"{count} 个地名写入 {out} · {count} places written", markup=False)


def take_in(
    path: Annotated[Path, typer.Argument(help="Linked Places、LP-TSV、国家库 JSON · The file.")],
    secrecy: Annotated[
        str, typer.Option(help="密级 public internal unknown · Only public is published.")
    ] = "unknown",
    by: Annotated[str | None, typer.Option(help="交付单位或岗位 · Office or role.")] = None,
    licence: Annotated[str | None, typer.Option(help="许可 · Licence of the data.")] = None,
    source: Annotated[str | None, typer.Option(help="来源 · Source, default the file.")] = None,
    source_date: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="来源日期 · Date of the source.")
    ] = None,
    feature_class: Annotated[
        str | None, typer.Option("--class", help="未写类别的记为 · Class of places without one.")
    ] = None,
    base: Base = None,
) -> None:
    """导入地名 · Load places from Linked Places, LP-TSV or national JSON; undo takes it back."""
    with open_session("atlas names import") as session:
        report = import_places(
            session, path, addresses=addresses_of(base), secrecy=secrecy, by=by, licence=licence,
            source=source, source_date=source_date.date() if source_date else None,
            default_class=feature_class,
        )  # fmt: skip
    _tell(report)
    if report.exit_code:
        raise typer.Exit(report.exit_code)


def addresses_of(base: str | None) -> Addresses:
    """The addresses below a base, else below ATLAS_PUBLIC_URL, else names below a URN."""
    said = (base or read(ServeSettings).public_url).strip().rstrip("/")
    return Addresses(f"{said}/id/" if said else URN)


def _tell(report: Report) -> None:
    counts = report.counts
    console = Console()
    console.print(
        f"{report.format}：读 {counts.rows_read} = 新增 {counts.kept} + 补充 {counts.updated} + "
        f"相同 {counts.unchanged} + 拒绝 {counts.refused}（交付 {report.delivery_id}）\n"
        f"{counts.rows_read} read: {counts.kept} new, {counts.updated} widened, "
        f"{counts.unchanged} unchanged, {counts.refused} refused (delivery {report.delivery_id})",
        markup=False,
    )
    if report.problems:
        number = len(report.problems)
        console.print(
            f"{number} 处与已存的不同，已存的保留 · {number} values differ from what is stored, "
            "which was kept",
            markup=False,
        )
    if counts.refused:
        console.print(
            f"拒绝的行：./atlas deliveries refused {report.delivery_id} --out 拒绝.xlsx",
            markup=False,
        )
