"""Which options do the commands about access share, and what do their tables have in common?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy.orm import Session

from geo.access.comparison import AreaDifference
from geo.access.league import MARK
from geo.access.walking.pace import metres_in
from geo.db.engine import open_session
from geo.queries.admin import code_of
from geo.settings import CitySettings, read
from geo.validity import today_in_china

STAFF = "内部口径，不得直接对外发布 · for staff, not for publication"
EXACT = "内部口径，含未公开的设施，不得直接对外发布 · for staff: unpublished facilities count too"
SYNTHETIC = "[yellow]含合成数据 · contains synthetic data[/]"

City = Annotated[
    str | None,
    typer.Option(
        help="城市或区划，名称或代码，默认 ATLAS_CITY · city or division, by name or code",
        show_default=False,
    ),
]
Areas = Annotated[str, typer.Option(help="district 区县 · township 乡镇街道 · zone 片区")]
By = Annotated[str, typer.Option(help="city 全市 · district 区县 · township 乡镇街道 · zone 片区")]
Kind = Annotated[str, typer.Option(help="设施类别或大类 · kind or group of facilities")]
Radius = Annotated[float, typer.Option(help="半径（米）· radius in metres")]
Minutes = Annotated[
    float | None, typer.Option(help="分钟，代替半径 · minutes, not metres", show_default=False)
]
Pace = Annotated[str, typer.Option(help="elder 老年人步速（设置）· planning 规划口径 60 米/分")]
Measure = Annotated[str, typer.Option(help="line 直线 · walk 沿路网步行")]
Network = Annotated[str | None, typer.Option(help="路网名称 · road network", show_default=False)]
Fallback = Annotated[str, typer.Option(help="无路网的区域：none 未知 · line 按直线")]
Across = Annotated[
    bool, typer.Option(help="区域外设施是否计入 · do facilities across the border count")
]
On = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期，默认今天 · day, default today")
]
Since = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="自何日起 · from this day on")
]


@contextmanager
def opened(what: str = "atlas") -> Iterator[Session]:
    """The session of a command that is about no city; committed at the end."""
    with open_session(what) as session:
        yield session


@contextmanager
def asked_of(
    city: str | None, on: datetime | None, what: str = "atlas"
) -> Iterator[tuple[Session, str, date]]:
    """A session, the code of the city (or division) and the day that a command is about."""
    day = day_of(on)
    with opened(what) as session:
        yield session, code_of(session, city or read(CitySettings).city, day), day


def day_of(on: datetime | None) -> date:
    """The day asked about; without one, today in China."""
    return on.date() if on is not None else today_in_china()


def radius_of(radius: float, minutes: float | None, pace: str) -> float:
    """Metres as they are given, or of so many minutes at a pace."""
    return radius if minutes is None else metres_in(minutes, pace)


def number(value: float | None, digits: int = 0) -> str:
    """A number for a table; what is unknown says so."""
    return "未知" if value is None else f"{value:,.{digits}f}"


def share(value: float | None) -> str:
    """A share in per cent."""
    return "未知" if value is None else f"{value:.1%}"


def wan(yuan: float | None) -> str:
    """Money in units of 10 000 yuan."""
    return "未知" if yuan is None else f"{yuan / 1e4:,.1f}"


def gain(before: float | None, after: float | None) -> float | None:
    """What has been gained, where both sides are known."""
    return None if before is None or after is None else after - before


def table_of(title: str, *heads: str) -> Table:
    """A table whose cells wrap: what is cut short would be wrong."""
    table = Table(title=title)
    for head in heads:
        table.add_column(head, overflow="fold")
    return table


def marked(title: str, synthetic: bool) -> str:
    """A title; synthetic data stands in front."""
    return f"【{MARK}】{title}" if synthetic else title


def mark_row(name: str, synthetic: bool) -> str:
    """The name of a row of a table, marked where the table rests on synthetic data."""
    return escape(name) + (f"（{MARK}）" if synthetic else "")


def add_difference(table: Table, row: AreaDifference, synthetic: bool) -> None:
    """One area before and after."""
    today, planned = row.today, row.planned
    gained = "未知" if row.gained_60 is None else f"{row.gained_60:+,.0f}"
    table.add_row(
        mark_row(today.area_name, synthetic), number(today.people_60), number(today.covered_60),
        number(planned.covered_60), gained,
    )  # fmt: skip


def print_notes(console: Console, method: str, synthetic: bool, whose: str = STAFF) -> None:
    """How it was counted, for whom it is meant, and whether something is made up."""
    console.print(escape(method))
    console.print(whose)
    if synthetic:
        console.print(SYNTHETIC)
