"""What does an officer type to give lines to a survey team or a draughtsman?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import text

from geo.approvals import approval_of
from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.queries.admin import code_of, unit
from geo.survey.exports import Sheet, write_sheet
from geo.survey.register import lines_on_record, markers_on_record
from geo.validity import today_in_china


def register(survey: typer.Typer) -> None:
    """Add the command to `atlas survey`."""
    survey.command("export")(export)


def export(
    out: Annotated[Path, typer.Option(help="文件 · file: .gpkg .gpx .kml .xlsx .dxf")],
    city: Annotated[
        str, typer.Option(help="区划名称或代码 · division, by name or code")
    ] = "320400",
    level: Annotated[
        int | None, typer.Option(min=1, max=5, help="只要一级 · only lines of this level")
    ] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期 · day, default today")
    ] = None,
    internal: Annotated[
        bool,
        typer.Option("--internal", help="含争议段和界桩坐标，内部用 · disputed stretches, markers"),
    ] = False,
) -> None:
    """导出界线 · Export boundary lines as GeoPackage, GPX, KML, XLSX or DXF."""
    day = on.date() if on else today_in_china()
    layer = "lines" if day >= today_in_china() else "old-lines"
    with open_session("atlas survey export") as session:
        if not internal:  # through the public's eyes: its views hold nothing else
            session.execute(text("SET LOCAL search_path = atlas_public, public"))
        code = code_of(session, city, day)
        name = unit(session, code, day).name
        lines = lines_on_record(session, code, on=day, level=level, internal=internal)
        codes = [one.code for one in lines]
        markers = markers_on_record(session, codes, on=day) if internal else ()
    approved = approval_of(layer)
    words = approved.words if approved else None
    sheet = Sheet(f"{name}界线", day, lines, markers, words, internal=internal)
    try:
        write_sheet(sheet, out)
    except OSError as problem:
        raise BadInput(
            both(f"写不到 {out}：{problem.strerror}。", f"cannot write {out}: {problem.strerror}"),
            parameter="out",
        ) from None
    said = f"已写入 {out}：界线 {len(lines)} 条，界桩 {len(markers)} 个 · written"
    Console().print(said, markup=False, highlight=False, soft_wrap=True)
