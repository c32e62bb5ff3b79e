"""What do the commands of joint inspections share: their options, and how they speak?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.survey.inspections.words import UNKNOWN
from geo.validity import today_in_china

Number = Annotated[str, typer.Argument(help="联检编号，如 LJ2026-001 · number of the campaign")]
Role = Annotated[str, typer.Option(help="签署单位和岗位，不写个人 · office or role that signs")]
On = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期，默认今天 · day, default today")
]
Note = Annotated[str, typer.Option(help="备注，不写个人 · remarks without persons")]


def table_of(title: str, *heads: str) -> Table:
    """An empty table with its headings."""
    table = Table(title=escape(title))
    for head in heads:
        table.add_column(head)
    return table


def or_unknown(value: object) -> str:
    """The value in words; None is 未知."""
    return UNKNOWN if value is None else str(value)


def say(line: str) -> None:
    """One line as it is, without markup."""
    Console().print(line, markup=False, highlight=False, soft_wrap=True)


def day_of(on: datetime | None) -> date:
    """The day that was given, default today in China."""
    return on.date() if on else today_in_china()
