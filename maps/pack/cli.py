"""How does a team get its offline pack? `atlas survey pack`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from geo.db.engine import open_session
from geo.settings import MapSettings, read
from geo.survey.inspections.progress import progress_of
from geo.validity import CHINA_TIME, today_in_china
from maps.pack.bundle import make_pack
from maps.writing import write_whole


def register(survey: typer.Typer) -> None:
    """Add the command to `atlas survey`."""
    survey.command("pack")(save_pack)


def save_pack(
    number: Annotated[str, typer.Argument(help="联检编号 · number of the campaign")],
    out: Annotated[Path, typer.Option("--out", help="文件 .zip · the file to write")],
) -> None:
    """离线包：地图、手机表单、记录表、GeoPackage、GPX、KML，不用网络 · The offline pack (zip)."""
    with open_session("atlas survey pack") as session:
        found = progress_of(session, number, on=today_in_china())
    content = make_pack(
        found, made_at=datetime.now(CHINA_TIME), approval=read(MapSettings).map_approval_number
    )
    write_whole(out, content)
    Console().print(
        f"已存 · saved {out} ({len(content) / 1e6:.1f} MB)：内部资料，不得外传 · internal",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip
