"""What is a delivery of demand: people of 60 and over per point, polygon or grid cell?

A list of persons becomes counts per cell while it is read: nothing of a person is stored, neither
in the cells nor among the refused rows.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from geo.errors import BadInput
from geo.loaders.fields import Mapping
from geo.loaders.staging import Target
from geo.loaders.things.parsers import integer_of, number_of, word_of
from geo.loaders.things.rows import code_of, merge_repeats
from geo.loaders.things.spec import (
    POINTS,
    POLYGONS,
    UNIT_HEADINGS,
    Batch,
    Field,
    Options,
    Spec,
    Thing,
)
from geo.loaders.things.stage import fill_unit_by_position
from geo.loaders.values import day
from geo.loaders.versions import Destination

CELL_DEGREES = 0.005
"""Side of the cells into which a list of persons is counted: about 500 m."""
BASES = {
    "常住": "resident", "常住人口": "resident", "resident": "resident",
    "户籍": "registered", "户籍人口": "registered", "registered": "registered",
}  # fmt: skip
_PEOPLE = number_of(most=1e9, units="人")
_COUNTS = ("people_total", "people_60", "people_65", "people_80")

FIELDS = (
    Field("code", ("格网编码", "网格编码", "格网代码", "单元编码", "cellcode", "gridid")),
    Field("people_total", ("总人口", "人口", "人口总数", "pop", "population", "poptotal"),
          parse=_PEOPLE, sql="float8", rule="number"),
    Field("people_60", ("60岁及以上", "60岁以上", "60岁及以上人口", "60+", "老年人口", "pop60"),
          parse=_PEOPLE, sql="float8", rule="number", is_needed=True),
    Field("people_65", ("65岁及以上", "65岁以上", "65岁及以上人口", "65+", "pop65"),
          parse=_PEOPLE, sql="float8", rule="number"),
    Field("people_80", ("80岁及以上", "80岁以上", "80岁及以上人口", "80+", "pop80"),
          parse=_PEOPLE, sql="float8", rule="number"),
    Field("disabled_est", ("失能", "失能老人", "失能人数"), parse=_PEOPLE, sql="float8",
          rule="number"),
    Field("alone_est", ("独居", "独居老人", "独居人数"), parse=_PEOPLE, sql="float8",
          rule="number"),
    Field("basis", ("口径", "人口口径", "统计口径"), parse=word_of(BASES), rule="basis",
          is_needed=True),
    Field("base_year", ("年份", "基准年", "统计年份", "数据年份", "year"),
          parse=integer_of(least=1950, most=2100, units="年"), sql="int", rule="base_year",
          is_needed=True),
    Field("projection", ("预测方案", "方案"), default="none"),
    Field("age", ("年龄", "周岁"), parse=integer_of(most=130, units="岁"), rule="age",
          is_stored=False, is_personal=True),
    Field("birth", ("出生日期", "出生年月日", "生日", "birthdate", "dateofbirth"), parse=day,
          rule="birth", is_stored=False, is_personal=True),
    Field("identity", ("身份证号", "身份证号码", "公民身份号码", "证件号码", "idcard"),
          is_stored=False, is_personal=True),
    Field("stated_unit", UNIT_HEADINGS, is_stored=False),
)  # fmt: skip

RASTER_FIELDS = {f.name: (f.name, *f.headings) for f in FIELDS if f.name in _COUNTS}
"""The names that a band of a raster may have, by what it counts."""


def asks(mapping: Mapping, options: Options) -> list[str]:
    """What the file as a whole still has to say: whose count, of which year, of whom."""
    fields = mapping.fields
    missing = []
    if options.basis is not None and options.basis not in BASES:
        raise BadInput(
            f"--basis {options.basis!r} 无效，可用：resident（常住），registered（户籍）。\n"
            f"--basis {options.basis!r} is not one of resident, registered.",
            parameter="basis",
        )
    if "people_60" not in fields and not _is_list(mapping):
        missing.append("60 岁及以上人数 · people of 60 and over (60岁及以上)")
    if "basis" not in fields and options.basis is None:
        missing.append("口径 · basis: 「口径」列或 --basis resident|registered")
    if "base_year" not in fields and options.base_year is None:
        missing.append("年份 · year: 「年份」列或 --base-year")
    return missing


def _is_list(mapping: Mapping) -> bool:
    """Whether the rows are persons instead of counts."""
    return "people_60" not in mapping.fields and any(
        name in mapping.fields for name in ("age", "birth", "identity")
    )


def settle(batch: Batch, options: Options) -> None:
    """Take basis and year from the options where no column says them; count persons as one each."""
    why: list[tuple[Thing, str | None, str, str]] = []
    stated = BASES[options.basis] if options.basis else None
    for thing in batch.things:
        said = thing.values
        if said["basis"] and stated and said["basis"] != stated:
            message = "与声明的口径不同，口径不得混用 · another basis than stated: never mixed"
            why.append((thing, "basis", "basis", message))
        said["basis"] = said["basis"] or stated
        said["base_year"] = said["base_year"] or options.base_year
    if _is_list(batch.mapping):
        why += _count_persons(batch)
    batch.refuse(why)


def _count_persons(batch: Batch) -> list[tuple[Thing, str | None, str, str]]:
    """Turn each person into counts of one; forget everything else of the row."""
    batch.cells = _nothing
    why: list[tuple[Thing, str | None, str, str]] = []
    seen: set[str] = set()
    twice = []
    for index, thing in enumerate(batch.things):
        said = thing.values
        age = _age(said)
        identity = said["identity"]
        thing.extra = {}
        for name in ("age", "birth", "identity", "code"):
            said[name] = None
        if identity and identity in seen:
            batch.merged += 1
            twice.append(index)
            message = "同一人出现两次，只计一次 · the same person twice, counted once"
            batch.report(thing, None, "repeat", message)
            continue
        seen.add(identity or "")
        if age is None:
            why.append((thing, None, "age", "没有可用的年龄或出生日期 · no usable age"))
        elif age < 60:
            why.append((thing, None, "under_60", "未满 60 周岁，不计入 · not yet 60: not counted"))
        else:
            said |= {"people_60": 1.0, "people_65": float(age >= 65), "people_80": float(age >= 80)}
    gone = set(twice)
    batch.keep([index for index in range(len(batch.things)) if index not in gone])
    return why


def _nothing(number: int) -> dict[str, str]:
    """What is kept of a refused person: nothing."""
    return {}


def _age(said: dict[str, Any]) -> int | None:
    """Age at the end of the base year, or as the list says it."""
    if said["age"] is not None:
        return int(said["age"])
    born: date | None = said["birth"]
    if born is None and said["identity"]:
        try:
            born = day(said["identity"][6:14])
        except ValueError:
            return None
    return None if born is None or not said["base_year"] else said["base_year"] - born.year


def identify(session: Target, batch: Batch, on: date, options: Options) -> None:
    """Check that the ages nest, give each cell its point and its code; count persons per cell."""
    batch.refuse(
        [(thing, "people_60", "ages", message) for thing in batch.things
         if (message := _ages_problem(thing.values))]
    )  # fmt: skip
    if _is_list(batch.mapping):
        _gather(batch)
    for index, thing in enumerate(batch.things):
        shape = batch.shapes[index]
        parts = shapely.get_parts(shape)
        is_area = parts[0].geom_type == "Polygon"
        thing.values.setdefault("area", parts[0] if is_area and len(parts) == 1 else None)
        if is_area:
            if len(parts) > 1:
                message = "有多个部分，只保存代表点 · several parts: only its point is stored"
                batch.report(thing, None, "several_parts", message)
            batch.shapes[index] = shapely.point_on_surface(shape)
        point = batch.shapes[index]
        thing.code = thing.values["code"] or code_of("C", f"{point.x:.6f}", f"{point.y:.6f}")
    merge_repeats(batch, is_own_code=True, key=_key)


def _key(thing: Thing) -> tuple[Any, ...]:
    """What must be one of a kind: the cell, counted on one basis in one year."""
    said = thing.values
    return thing.code, said["basis"], said["base_year"], said["projection"]


def _ages_problem(said: dict[str, Any]) -> str | None:
    """Each age group is part of the one before it."""
    known = [(name, said[name]) for name in _COUNTS if said[name] is not None]
    for (wider, more), (narrower, fewer) in pairwise(known):
        if fewer > more:
            return f"{narrower} {fewer:g} 大于 {wider} {more:g} · a part exceeds its whole"
    return None


def _gather(batch: Batch) -> None:
    """One row per cell in place of its persons; who made up a cell is not kept."""
    cells: dict[Any, Thing] = {}
    kept: list[int] = []
    sizes: dict[int, int] = {}
    for index, thing in enumerate(batch.things):
        point = shapely.point_on_surface(batch.shapes[index])
        at = (int(np.floor(point.x / CELL_DEGREES)), int(np.floor(point.y / CELL_DEGREES)))
        said = thing.values
        key = (at, said["basis"], said["base_year"])
        cell = cells.get(key)
        if cell is None:
            cells[key] = thing
            kept.append(index)
            sizes[thing.number] = 1
            west, south = at[0] * CELL_DEGREES, at[1] * CELL_DEGREES
            box = shapely.box(west, south, west + CELL_DEGREES, south + CELL_DEGREES)
            thing.values |= {"area": box, "code": f"P{CELL_DEGREES:g}:{at[0]}:{at[1]}"}
            batch.shapes[index] = box.centroid
        else:
            for name in _COUNTS[1:]:
                cell.values[name] += said[name]
            sizes[cell.number] += 1
            batch.merged += 1
    batch.keep(kept)
    for thing in batch.things:
        thing.values["stated_unit"] = None
        thing.values["method"] = f"由 {sizes[thing.number]} 人名单汇总 · counted from a list"


def check(session: Target, batch: Batch, on: date) -> None:
    """Find the county of each cell."""
    fill_counties(session, on)


def fill_counties(session: Target, on: date) -> None:
    """Fill `admin_code` of the staged cells with the county around each."""
    fill_unit_by_position(session, "admin_code", on, most_level=3)


def _destination(told: tuple[str, ...]) -> Destination:
    keys = ("code", "basis", "base_year", "projection")
    return Destination(
        "demand_cell", (*(name for name in told if name not in keys), "area"), keys=keys,
        derived=("admin_code",), fixed={"method": "coalesce(s.method, CAST(:note AS text))"},
        versioned=False,
    )  # fmt: skip


DEMAND = Spec(
    kind="demand",
    zh="需求（老年人口）",
    table="demand_cell",
    fields=FIELDS,
    shape_types=(*POINTS, *POLYGONS),
    stored_type="POINT",
    needs_shape=True,
    tiles=("overlap",),
    layer_of=lambda thing: tuple(thing.values[n] for n in ("basis", "base_year", "projection")),
    parts=(("disabled_est", "people_60"), ("alone_est", "people_60")),
    asks=asks,
    settle=settle,
    identify=identify,
    derived=(("admin_code", "text"),),
    extra_stage=(("area", "geometry(Polygon,4490)"), ("method", "text")),
    check=check,
    destination=_destination,
    example={
        "code": "示例-01",
        "people_total": "400",
        "people_60": "100",
        "people_65": "60",
        "people_80": "10",
        "basis": "常住",
        "base_year": "2020",
    },
    notes={
        "code": "各次交付不变的编码 · a code that stays the same",
        "basis": "不得混用 · never mixed",
        "projection": "实际人口留空 · blank for counted people",
        "stated_unit": "所在区县 · county, checked against the position",
    },
)
