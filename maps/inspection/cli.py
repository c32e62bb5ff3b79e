"""How does an office get the report and the register of an inspection? `atlas survey minutes`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.settings import MapSettings, read
from geo.survey.inspections.measured import measured_markers
from geo.survey.inspections.progress import progress_of
from geo.validity import today_in_china
from maps.inspection.photos import photos_of
from maps.inspection.register import as_register
from maps.inspection.report import as_report
from maps.writing import write_whole


def register(survey: typer.Typer) -> None:
    """Add the command to `atlas survey`."""
    survey.command("minutes")(save_minutes)


def save_minutes(
    number: Annotated[str, typer.Argument(help="联检编号 · number of the campaign")],
    out: Annotated[
        list[Path], typer.Option("--out", help=".docx 报告或 .xlsx 成果表、登记表，可重复")
    ],
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期，默认今天 · day")
    ] = None,
) -> None:
    """联检报告（Word）与新的界桩成果表、登记表（Excel）· The report, and the new register."""
    day = on.date() if on else today_in_china()
    if wrong := [file.name for file in out if file.suffix.lower() not in (".docx", ".xlsx")]:
        raise BadInput(
            both(f"文件名应以 .docx 或 .xlsx 结尾：{wrong[0][:60]}。", "ends in .docx or .xlsx"),
            parameter="out",
        )
    with open_session("atlas survey minutes") as session:
        found = progress_of(session, number, on=day)
        measured = measured_markers(session, found)
    for file in out:
        if file.suffix.lower() == ".xlsx":
            content = as_register(found)
        else:
            content = as_report(
                found, measured, photos_of(found), made=day,
                approval=read(MapSettings).map_approval_number,
            )  # fmt: skip
        write_whole(file, content)
        Console().print(f"已存 · saved {file}：内部资料 · internal", markup=False, soft_wrap=True)
