"""How is a map saved as one file that opens anywhere without a network?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import typer
from rich.console import Console

from geo.db import read_engine, session_factory
from geo.db.opening import open_database
from geo.errors import BadInput
from geo.loaders.city import resolve_city
from geo.models.kinds import kinds_of
from geo.queries.admin import Reader
from geo.settings import CitySettings, MapSettings, ServeSettings, read
from geo.validity import today_in_china
from maps.access import draw_access
from maps.base import Page
from maps.elder_care import draw_elder_care
from maps.gathering import (
    Answer,
    Asked,
    boundaries_data,
    city_of_page,
    coverage_data,
    elder_care_data,
    heritage_data,
    names_data,
)
from maps.gazetteer import draw_names
from maps.heritage import draw_saved
from maps.survey import draw_boundaries
from maps.writing import write_whole


def register(app: typer.Typer) -> None:
    """Add `map` to an app."""
    app.command("map")(save_map)


@dataclass(frozen=True, slots=True)
class Saved:
    """How one kind of map is made: what it holds and how it is drawn."""

    gather: Callable[[Reader, Reader, Asked], Answer]
    draw: Callable[[Page, Mapping[str, Any] | None], str]


KINDS = {
    "elder-care": Saved(elder_care_data, draw_elder_care),
    "coverage": Saved(coverage_data, draw_access),
    "boundaries": Saved(boundaries_data, draw_boundaries),
    "names": Saved(names_data, draw_names),
    "heritage": Saved(heritage_data, draw_saved),
}


def save_map(
    kind: Annotated[str, typer.Argument(help=f"地图 · which map: {', '.join(KINDS)}.")],
    out: Annotated[Path, typer.Option("--out", help="文件 · the file to write.")],
    city: Annotated[
        str | None, typer.Option(help="城市名或代码 · city, default ATLAS_CITY.")
    ] = None,
    lang: Annotated[str, typer.Option(help="zh 或 en · language.")] = "zh",
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期 · day, default today.")
    ] = None,
    facility: Annotated[
        str, typer.Option("--kind", help="设施种类（coverage 用）· kind of facility, for coverage.")
    ] = "canteen",
    radius: Annotated[
        float, typer.Option(min=1, max=50_000, help="半径（米，coverage 用）· radius in metres.")
    ] = 500,
) -> None:
    """把一张地图存成一个文件，离线可开 · Save a map as one file that opens without a network."""
    if kind not in KINDS:
        raise BadInput(
            f"没有名为 {kind} 的地图，可选：{', '.join(KINDS)}。\n"
            f"There is no map {kind!r}; choose one of {', '.join(KINDS)}.",
            parameter="kind",
        )
    if lang not in ("zh", "en"):
        raise BadInput("语言只有 zh 与 en。\nThe language is zh or en.", parameter="lang")
    kinds_of(facility)
    asked = Asked(
        city=_code_of(city or read(CitySettings).city),
        on=on.date() if on else today_in_china(),
        kind=facility,
        radius_m=radius,
        threshold=read(CitySettings).small_count_threshold,
    )
    html = _drawn(KINDS[kind], asked, cast(Literal["zh", "en"], lang))
    write_whole(out, html.encode())
    Console().print(f"已存 · saved {out} ({len(html.encode()) / 1e6:.1f} MB)", markup=False)


def _drawn(saved: Saved, asked: Asked, lang: Literal["zh", "en"]) -> str:
    """Ask the database and draw; public rows by the public role, counts by the owner."""
    with open_database("atlas map") as opened:
        engine = read_engine(opened.database)
        try:
            with engine.connect() as public, session_factory(opened.database)() as owner:
                place = city_of_page(public, asked)
                data = saved.gather(public, owner, asked)
        finally:
            engine.dispose()
    page = Page(
        lang=lang,
        city_code=asked.city,
        city_name=place.name,
        bounds=place.bounds,
        on=asked.on.isoformat(),
        approval_number=read(MapSettings).map_approval_number,
        public_mode=read(ServeSettings).public_mode,
    )
    return saved.draw(page, data)


def _code_of(city: str) -> str:
    """The 12-digit code of a city given by code or name."""
    if city.isascii() and city.isdigit():
        if len(city) not in (6, 9, 12):
            raise BadInput(
                f"城市代码 {city} 应为 6、9 或 12 位。\nA code has 6, 9 or 12 digits, not {city}.",
                parameter="city",
            )
        return city.ljust(12, "0")
    return resolve_city(city).code.ljust(12, "0")
