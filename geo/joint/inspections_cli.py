"""What makes work items of an inspection's faults? `atlas survey mend`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console

from geo.db.engine import open_session
from geo.joint.inspection_work import open_work
from geo.survey.inspections.progress import progress_of
from geo.validity import today_in_china


def mend(
    number: Annotated[str, typer.Argument(help="联检编号 · number of the campaign")],
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期，默认今天 · day")
    ] = None,
) -> None:
    """把联检发现的问题转为待办事项，跟踪至销号 · Make work items of the faults that were found."""
    day = on.date() if on else today_in_china()
    with open_session("atlas survey mend") as session:
        found = progress_of(session, number, on=day)
        made = open_work(session, found, on=day)
    known = len(found.faults) - len(made)
    Console().print(
        f"问题 {len(found.faults)} 个，新建事项 {len(made)} 个，已有 {known} 个；"
        "后续见 atlas work list · faults, new work items, known ones",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip
