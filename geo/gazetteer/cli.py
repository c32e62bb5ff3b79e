"""What does an officer type to find a name and to see which readings are uncertain?"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.db.engine import open_session
from geo.gazetteer import exchange_cli, finding_cli, naming_cli, readings_cli
from geo.gazetteer.index import refresh_keys
from geo.gazetteer.places import EXACT_ENOUGH, POSITION_WORDS
from geo.gazetteer.search import FEATURE_CLASSES, Hit, search
from geo.queries.admin import code_of
from geo.validity import today_in_china

names = typer.Typer(
    help="地名读音与索引 · Readings and index of place names.", no_args_is_help=True
)

_CLASSES = " ".join(code + word for code, word in FEATURE_CLASSES.items())


def register(app: typer.Typer) -> None:
    """Add `find` and `names` to the command line."""
    app.command("find")(find)
    app.add_typer(names, name="names")


naming_cli.add_to(names)
exchange_cli.add_to(names)
readings_cli.add_to(names)
finding_cli.add_to(names)


def find(
    name: Annotated[str, typer.Argument(help="汉字、拼音、首字母、旧名 · Chinese or pinyin.")],
    limit: Annotated[int, typer.Option(help="最多条数 · Most hits shown.")] = 10,
    within: Annotated[
        str | None, typer.Option(help="区划名称或代码 · Only inside this division.")
    ] = None,
    feature_class: Annotated[
        str | None, typer.Option("--class", help=f"{_CLASSES} · Only this class.")
    ] = None,
    family: Annotated[
        str | None, typer.Option(help="heritage 遗产、red 红色地名 · Only names on such a list.")
    ] = None,
    level: Annotated[
        str | None,
        typer.Option(help="national province city district 名录级别 · Only lists of this level."),
    ] = None,
    in_use: Annotated[
        bool, typer.Option("--in-use", help="只要当日在用的名称 · Only names in use on the day.")
    ] = False,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期 · Date, default today.")
    ] = None,
) -> None:
    """查地名 · Find a place by any of its names."""
    day = on.date() if on else today_in_china()
    with open_session() as session:
        inside = None if within is None else code_of(session, within, day)
        hits = search(
            session, name, on=day, limit=limit, within=inside,
            feature_class=feature_class, family=family, level=level, in_use=in_use,
        )  # fmt: skip
    console = Console()
    if not hits:
        filters = (
            "；或去掉 --within、--class、--family、--level、--in-use 的限制"
            if within or feature_class or family or level or in_use
            else ""
        )
        console.print(
            f"没有找到「{name}」；可换用简称、拼音或旧名{filters}。\nnothing found for “{name}”",
            markup=False,
        )
        return
    console.print(_hits_table(hits))


def _hits_table(hits: list[Hit]) -> Table:
    table = Table(title="地名 · Places")
    for heading in ("名称 · Name", "拼音 · Pinyin", "所在 · In", "位置 · Position", "匹配 · Match"):
        table.add_column(heading)
    table.add_column("代码 · Code", overflow="fold")
    for hit in hits:
        cells = (
            hit.name + ("（合成）" if hit.is_synthetic else ""), hit.pinyin or "未知",
            hit.in_unit_name or "未知", _position(hit), hit.how_zh, hit.code,
        )  # fmt: skip
        table.add_row(*(escape(cell) for cell in cells))
    return table


def _position(hit: Hit) -> str:
    """Where a place lies and how surely; a point taken from a division's outline says so."""
    if hit.lon is None or hit.lat is None:
        return "该区划无图形" if hit.unit_code else POSITION_WORDS[hit.position_quality]
    where = f"{hit.lon:.5f}, {hit.lat:.5f}"
    if hit.position_quality not in EXACT_ENOUGH:
        return f"{where}（区划图形推算的代表点）"
    return f"{where}({POSITION_WORDS[hit.position_quality]})"


@names.command("refresh")
def refresh(
    everything: Annotated[
        bool, typer.Option("--all", help="全部重做 · Do all names again, not only new ones.")
    ] = False,
) -> None:
    """更新拼音与检索键 · Fill pinyin and search keys of new names."""
    with open_session() as session:
        done = refresh_keys(session, everything=everything)
    Console().print(f"{done} 个名称已更新 · {done} names done")
