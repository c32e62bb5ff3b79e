"""What is a delivery of divisions: polygons with a code, or with a name within a stated superior?

A file without codes is matched to the stored units: by exact name below the stated superior (or
below the county that the shape lies in), else by the end of a name there. A name alone is never
enough, for names occur twice. What cannot be matched is refused by name: a division without a code
is none.
"""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import text

from geo.loaders.staging import Target
from geo.loaders.things.parsers import unit_code, word_of
from geo.loaders.things.rows import merge_repeats
from geo.loaders.things.spec import POLYGONS, UNIT_HEADINGS, Batch, Field, Options, Spec, Thing
from geo.loaders.things.unit_codes import level_of, settle_by_code
from geo.loaders.things.unit_names import NameMatch, counties_around
from geo.loaders.things.units import (
    UnitNames,
    find_codes,
    units_in_force,
)
from geo.loaders.versions import Destination
from geo.settings import LoadSettings, read
from geo.text import core, generic_part

_OWN = ("行政区名称", "行政区代码", "xzqmc", "xzqdm")
"""Headings of the division itself here, of the superior in every other kind."""
_LEVELS = {
    "省": 1, "省级": 1, "province": 1, "1": 1, "市": 2, "地级": 2, "市级": 2, "city": 2, "2": 2,
    "区": 3, "县": 3, "县级": 3, "区县": 3, "county": 3, "district": 3, "3": 3, "乡": 4, "乡级": 4,
    "镇": 4, "街道": 4, "乡镇": 4, "乡镇街道": 4, "township": 4, "4": 4, "村": 5, "村级": 5,
    "社区": 5, "village": 5, "5": 5,
}  # fmt: skip
NO_BASIS = "交付资料的范围，不作划界依据 · as delivered, no basis for demarcation"
_GEOMETRY_NOTE = f"'{NO_BASIS}' || coalesce('; ' || CAST(:note AS text), '')"

FIELDS = (
    Field(
        "code",
        ("区划代码", "行政区划代码", "行政区代码", "统计用区划代码", "代码", "编码", "adcode",
         "xzqdm", "code", "gb", "区划码", "pac", "ref", "统计用区划代码和城乡划分代码"),
        parse=unit_code, rule="code", is_stored=False,
    ),
    Field(
        "name",
        ("标准名称", "行政区名称", "区划名称", "单位名称", "xzqmc", "adminname",
         "referenceadminname", "名称", "name_zh", "地名", "qhmc", "nl_name_3",
         "nl_name_2", "nl_name_1", "name", "name:zh"),
    ),
    Field("level", ("级别", "行政级别", "层级", "level"), parse=word_of(_LEVELS), sql="int",
          rule="level"),
    Field("stated_unit", (*(h for h in UNIT_HEADINGS if h not in _OWN), "上级区划", "上级名称",
                          "上级代码", "parent", "parentcode", "父级代码"), is_stored=False),
    Field("note", ("备注", "说明", "note"), is_stored=True),
)  # fmt: skip


def settle(batch: Batch, options: Options) -> None:
    """Take what the deliverer states for all rows: the superior, or the code as the file's name."""
    only_code = re.fullmatch(r"\d{6}(\d{3}|\d{6})?", batch.stem)
    for thing in batch.things:
        said = thing.values
        said["stated_unit"] = said["stated_unit"] or options.within
        if only_code and len(batch.things) == 1 and not said["code"] and not said["name"]:
            said["code"] = unit_code(batch.stem)


def identify(session: Target, batch: Batch, on: date, options: Options) -> None:
    """Give each row the code of its division, by its own code or by its name within a superior."""
    units = units_in_force(session, on)
    names = UnitNames(units)
    given = {t.values["code"] for t in batch.things if t.values["code"]}
    findings = find_codes(session, given, on, units)
    new = {code for code, found in findings.items() if found.code is None and not found.choices}
    around = counties_around(session, batch, on)
    why: list[tuple[Thing, str | None, str, str]] = []
    nameless = NameMatch(names, around)
    for thing in batch.things:
        if thing.values["code"]:
            problem = settle_by_code(thing, batch, findings, units, names, new)
        else:
            problem = nameless.settle_exactly(thing)
        if problem:
            why.append((thing, *problem))
    why += nameless.settle_by_ending(batch)
    batch.refuse(why)
    _describe(batch)
    merge_repeats(batch, is_own_code=True)


def _destination(told: tuple[str, ...]) -> Destination:
    written = tuple(name for name in told if name in ("name", "geom", "note"))
    return Destination(
        "admin_unit", written,
        derived=(),
        fixed={"geometry_note": _GEOMETRY_NOTE} if "geom" in told else {},
        fixed_when_new={
            "level": "s.level", "parent_code": "s.parent_code", "short_name": "s.short_name",
            "unit_type": "s.unit_type",
            **({} if "geom" in told else {"geometry_note": "'未交付图形 · no geometry delivered'"}),
        },
        editions=True,
    )  # fmt: skip


def _describe(batch: Batch) -> None:
    """Derive the short name and the type of each unit from its name."""
    for thing in batch.things:
        name = thing.values["name"]
        short = core(name)
        thing.values["short_name"] = short if short != name else None
        kind = generic_part(name, divisions_only=True).replace("·", "")
        thing.values["unit_type"] = kind or None


def check(session: Target, batch: Batch, on: date) -> None:
    """Refuse codes that are not in force; report overlaps with stored units of the same level.

    A code is never used again: one whose last version has ended cannot begin anew.
    """
    ended = session.execute(
        text("""
SELECT s.row_number, max(upper(u.validity)) AS until, min(lower(u.validity)) AS since
FROM stage s JOIN admin_unit u ON u.code = s.code
GROUP BY s.row_number HAVING NOT bool_or(u.validity @> CAST(:on AS date))"""),
        {"on": on},
    ).all()
    things = {thing.number: thing for thing in batch.things}
    batch.refuse(
        [
            (things[row.row_number], "code", "code_not_in_force",
             f"该代码在 {on} 不在用（在册 {row.since or '?'} 至 {row.until or '今'}） · "
             f"the code is not in force on {on}")
            for row in ended
        ]
    )  # fmt: skip
    _report_stored_neighbours(session, batch, on)


def _report_stored_neighbours(session: Target, batch: Batch, on: date) -> None:
    """List stored units of the same level, not in this delivery, that share ground with a row."""
    rows = session.execute(
        text("""
SELECT s.row_number, u.code, u.name,
       ST_Area(ST_CollectionExtract(ST_Intersection(s.geom, u.geom), 3)::geography) AS area_m2
FROM stage s JOIN admin_unit u ON u.level = s.level AND u.geom && s.geom
     AND u.validity @> CAST(:on AS date) AND ST_Overlaps(u.geom, s.geom)
WHERE NOT EXISTS (SELECT FROM stage o WHERE o.code = u.code) ORDER BY 4 DESC"""),
        {"on": on},
    )
    least = read(LoadSettings).overlap_m2
    things = {thing.number: thing for thing in batch.things}
    for row in rows:
        if row.area_m2 > least and row.row_number in things:
            message = (
                f"与在册的「{row.name}」{row.code} 重叠 {row.area_m2 / 1e4:.2f} ha（量算值） · "
                f"overlaps the stored unit {row.code}"
            )
            batch.report(things[row.row_number], "name", "overlap_stored", message)


def _layer_of(thing: Thing) -> int | None:
    """The level of a division as far as its row tells it: townships lie within their counties."""
    said = thing.values
    return said["level"] or (level_of(said["code"]) if said["code"] else None)


ADMIN_UNITS = Spec(
    kind="admin-units",
    zh="行政区划",
    table="admin_unit",
    fields=FIELDS,
    shape_types=POLYGONS,
    stored_type="MULTIPOLYGON",
    tiles=("overlap", "gap"),
    layer_of=_layer_of,
    settle=settle,
    identify=identify,
    extra_stage=(("parent_code", "text"), ("short_name", "text"), ("unit_type", "text")),
    check=check,
    destination=_destination,
    example={
        "code": "990101001",
        "name": "示例街道",
        "level": "乡",
        "stated_unit": "示例区",
    },
    notes={
        "code": "6、9 或 12 位；没有代码时按名称和上级对应 · else matched by name and superior",
        "stated_unit": "上级的名称或代码 · superior, by name or code",
    },
)
