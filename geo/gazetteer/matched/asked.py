"""What does a row of a delivered table ask: which name, in which division, where, on which day?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from geo.errors import BadInput, both
from geo.gazetteer.search import FEATURE_CLASSES, LONGEST_TEXT
from geo.loaders.tables import LAT, LON, Table
from geo.text import search_key

TITLES: dict[str, tuple[str, ...]] = {
    "name": ("名称", "地名", "地名名称", "标准名称", "标准地名", "name", "title", "place"),
    "division": (
        "区划", "所在区划", "区划代码", "所在政区", "行政区划", "所属区划", "division", "unit_code",
        "in_unit_code",
    ),
    "feature_class": ("类别", "地名类别", "feature_class", "class"),
    "lon": ("经度", "lon", "lng", "longitude", "x", LON),
    "lat": ("纬度", "lat", "latitude", "y", LAT),
    "on": ("日期", "年份", "查询日期", "date", "year", "on"),
}  # fmt: skip
"""Headings by which a column is known when nobody names it."""
ROLES = tuple(TITLES)


@dataclass(frozen=True, slots=True)
class Asked:
    """One row: its number in the file, the name, and what narrows it; `problem`: why not asked.

    `division` is a code or a name as written, `feature_class` one of A H L P R S T, lon and lat
    degrees of CGCS2000, `on` the day on which the name was used.
    """

    number: int
    name: str
    division: str | None = None
    feature_class: str | None = None
    lon: float | None = None
    lat: float | None = None
    on: date | None = None
    problem: str | None = None


def columns_of(table: Table, said: Sequence[str] = ()) -> dict[str, int]:
    """Answer in which column stands what. `said`: `名称` or `division=所属区县`, over the headings.

    Raises BadInput for a heading or role that does not exist, and without a column of names.
    """
    plain = [title.strip().casefold() for title in table.columns]
    found: dict[str, int] = {}
    for role, titles in TITLES.items():
        at = next((plain.index(title) for title in titles if title in plain), None)
        if at is not None:
            found[role] = at
    for one in said:
        role, equals, title = one.partition("=")
        role, title = (role.strip(), title.strip()) if equals else ("name", one.strip())
        if role not in TITLES or title.casefold() not in plain:
            raise BadInput(
                both(
                    f"没有「{one[:60]}」：列为 {'、'.join(table.columns)[:300]}；"
                    f"用途为 {' '.join(ROLES)}。",
                    f"no {one[:60]!r}: roles are {' '.join(ROLES)}, columns are listed above",
                ),
                parameter="column",
            )
        found[role] = plain.index(title.casefold())
    if "name" not in found:
        raise BadInput(
            both(
                f"没有名称列；请用 --column 指明。现有：{'、'.join(table.columns)[:300]}。",
                "no column of names: state it with --column",
            ),
            parameter="column",
        )
    return found


def asked_in(table: Table, said: Sequence[str] = ()) -> Iterator[Asked]:
    """Answer what every row of a table asks, in the order of the file, each row once.

    A row that could not be read as one, or has no name, comes with its problem.
    """
    columns = columns_of(table, said)
    unread = {one.row: one.message for one in table.unreadable if one.row is not None}
    waiting = sorted(unread, reverse=True)
    for row in table.rows:
        while waiting and waiting[-1] < row.number:
            yield Asked(waiting[-1], "", problem=unread[waiting.pop()])
        said_here = {
            role: row.cells[at].strip() if at < len(row.cells) else ""
            for role, at in columns.items()
        }
        yield asked(row.number, said_here)
    while waiting:
        yield Asked(waiting[-1], "", problem=unread[waiting.pop()])


def asked(number: int, said: Mapping[str, str]) -> Asked:
    """Answer what one row asks by its cells; what cannot be read is told, not guessed."""
    name = said.get("name", "")
    problem = bad_name(name)
    lon, lat = _number(said.get("lon", "")), _number(said.get("lat", ""))
    on = _day(said.get("on", ""))
    kind = said.get("feature_class", "").upper()
    if problem is None and (said.get("lon") or said.get("lat")) and not _is_spot(lon, lat):
        problem = "经纬度无法读取 · longitude and latitude cannot be read"
    if problem is None and said.get("on") and on is None:
        problem = "日期须为 2026-01-31 或年份 · a date or a year is needed"
    return Asked(
        number, name, said.get("division") or None,
        kind if kind in FEATURE_CLASSES else None, lon, lat, on, problem,
    )  # fmt: skip


def bad_name(name: str) -> str | None:
    """Answer why a name cannot be looked up, or None."""
    if not search_key(name):
        return "没有名称 · no name"
    if len(name) > LONGEST_TEXT:
        return f"名称超过 {LONGEST_TEXT} 字 · the name is too long"
    return None


def _is_spot(lon: float | None, lat: float | None) -> bool:
    return lon is not None and lat is not None and abs(lon) <= 180 and abs(lat) <= 90


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _day(cell: str) -> date | None:
    """A day, or the middle of a year: names are dated by years."""
    plain = cell.removesuffix("年").removesuffix(".0")
    if plain.isascii() and plain.isdigit() and 1 <= int(plain) <= 9999:
        return date(int(plain), 7, 1)
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(cell, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None
