"""What is a delivery of divisions: polygons with a code, or with a name within a stated superior?

A file without codes is matched to the stored units: by exact name below the stated superior (or
below the county that the shape lies in), else by the end of a name there. A name alone is never
enough, for names occur twice. What cannot be matched is refused by name: a division without a code
is none.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import text

from geo.loaders.staging import Target
from geo.loaders.things.parsers import unit_code, word_of
from geo.loaders.things.rows import merge_repeats
from geo.loaders.things.spec import POLYGONS, UNIT_HEADINGS, Batch, Field, Options, Spec, Thing
from geo.loaders.things.units import (
    CodeFinding,
    Unit,
    UnitNames,
    find_codes,
    is_same_but_ending,
    units_in_force,
)
from geo.loaders.versions import Destination
from geo.models import STORED_SRID
from geo.settings import LoadSettings, read
from geo.text import core, generic_part

_LEVELS = {
    "省": 1, "省级": 1, "province": 1, "1": 1, "市": 2, "地级": 2, "市级": 2, "city": 2, "2": 2,
    "区": 3, "县": 3, "县级": 3, "区县": 3, "county": 3, "district": 3, "3": 3, "乡": 4, "乡级": 4,
    "镇": 4, "街道": 4, "乡镇": 4, "乡镇街道": 4, "township": 4, "4": 4, "村": 5, "村级": 5,
    "社区": 5, "village": 5, "5": 5,
}  # fmt: skip
NO_BASIS = "交付资料的范围, 不作划界依据 · as delivered, no basis for demarcation"
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
    Field("stated_unit", (*UNIT_HEADINGS, "上级区划", "上级名称", "上级代码", "parent",
                          "parentcode", "父级代码"), is_stored=False),
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
    around = _counties_around(session, batch, on)
    why: list[tuple[Thing, str | None, str, str]] = []
    nameless = _NameMatch(names, around)
    for thing in batch.things:
        if thing.values["code"]:
            problem = _by_code(thing, batch, findings, units, names)
        else:
            problem = nameless.settle_exactly(thing)
        if problem:
            why.append((thing, *problem))
    why += nameless.settle_by_ending(batch)
    batch.refuse(why)
    _describe(batch)
    merge_repeats(batch, is_own_code=True)


Why = tuple[str | None, str, str]


def _by_code(
    thing: Thing, batch: Batch, findings: dict[str, CodeFinding], units: dict[str, Unit],
    names: UnitNames,
) -> Why | None:  # fmt: skip
    """Settle a row by its code; an old one is followed to today's, with the path in the report."""
    code: str = thing.values["code"]
    finding = findings[code]
    if finding.code is None and finding.choices:
        choices = ", ".join(finding.choices)
        message = f"该代码已由多个单位取代: {choices}; 请指明 · replaced by several: say which"
        return "code", "old_code", message
    if finding.code is None:
        new = {one for one, found in findings.items() if found.code is None and not found.choices}
        return _new_unit(thing, code, names, new)
    if finding.path:
        batch.report(thing, "code", "old_code", f"旧代码, 沿革: {finding.path} · an old code")
    thing.code = finding.code
    unit = units[finding.code]
    level = thing.values["level"]
    if level is not None and level != unit.level:
        message = f"级别 {level} 与在册级别 {unit.level} 不符 · the level on record is {unit.level}"
        return "level", "level", message
    thing.values["level"] = unit.level
    thing.values["parent_code"] = unit.parent_code
    return _check_parent(thing, unit, names) or _check_name(thing, batch, unit, finding)


def _check_name(thing: Thing, batch: Batch, unit: Unit, finding: CodeFinding) -> Why | None:
    """A code with another name is either a renaming, which is reported, or a wrong code."""
    name = thing.values["name"]
    if not name or finding.path:
        thing.values["name"] = unit.name
    elif name != unit.name:
        if core(name) == core(unit.name) or unit.name.endswith(name) or name.endswith(unit.name):
            thing.values["name"] = unit.name
        message = f"该代码在册名称为「{unit.name}」 · on record as {unit.name}"
        batch.report(thing, "name", "other_name", message)
    return None


def _check_parent(thing: Thing, unit: Unit, names: UnitNames) -> Why | None:
    """The stated superior must stand above the unit; the code's prefix is no proof of it."""
    stated = thing.values["stated_unit"]
    found = _superiors(stated, names) if stated else []
    if found and not any(names.is_below(unit, superior) for superior in found):
        above = "、".join(u.name for u in names.above(unit)) or "无 none"
        message = f"在册上级为 {above}, 不是 {stated} · its superiors on record are {above}"
        return "stated_unit", "parent", message
    return None


def _superiors(stated: str, names: UnitNames) -> list[Unit]:
    """The divisions that a cell means by code or by name."""
    if re.fullmatch(r"\d+", stated):
        unit = names.units.get(stated.ljust(12, "0"))
        return [unit] if unit else []
    return names.named(stated)


def _new_unit(thing: Thing, code: str, names: UnitNames, new: set[str]) -> Why | None:
    """A code that is not on record begins a unit, if the row says enough to hold one.

    `new` are the codes that begin with this file: a roster brings villages with their townships.
    """
    if not thing.values["name"]:
        message = (
            "库中没有该代码, 文件也没有名称, 不能建立区划 · "
            "the code is not on record and the file gives no name"
        )
        return "code", "unknown_code", message
    thing.code = code
    level = level_of(code)
    if thing.values["level"] not in (None, level):
        message = f"级别与代码不符, 代码为 {level} 级 · the code has level {level}"
        return "level", "level", message
    stated = thing.values["stated_unit"]
    found = [u for u in (_superiors(stated, names) if stated else []) if u.level < level]
    own = stated.ljust(12, "0") if stated and stated.isdecimal() else None
    if own in new and own != code and level_of(own) < level:
        thing.values |= {"level": level, "parent_code": own}
        return None
    if stated and not found:
        message = f"库中没有上级「{stated}」 · the superior {stated} is not on record"
        return "stated_unit", "parent", message
    thing.values["level"] = level
    thing.values["parent_code"] = found[0].code if found else _prefix_parent(code, names, new)
    return None


def level_of(code: str) -> int:
    """The level that the zeros of a 12-digit code speak of."""
    for level, zeros in ((1, 10), (2, 8), (3, 6), (4, 3)):
        if code.endswith("0" * zeros):
            return level
    return 5


def _prefix_parent(code: str, names: UnitNames, new: set[str]) -> str | None:
    """The nearest unit, on record or new with this file, under whose prefix the code stands."""
    for digits in (9, 6, 4, 2):
        above = code[:digits].ljust(12, "0")
        if above != code and (above in names.units or above in new):
            return above
    return None


class _NameMatch:
    """Finds the units of rows without codes: exact names first, then names that end differently.

    A unit that one row names exactly is not given to another that only resembles it.
    """

    def __init__(self, names: UnitNames, around: dict[int, str]) -> None:
        self.names = names
        self.around = around
        self.claimed: set[str] = set()
        self.waiting: list[tuple[Thing, list[Unit]]] = []

    def settle_exactly(self, thing: Thing) -> Why | None:
        """Match by the exact name below the stated superior, or the county around the shape."""
        name, stated = thing.values["name"], thing.values["stated_unit"]
        if not name:
            return "name", "name", "既无代码也无名称 · neither a code nor a name"
        superiors = _superiors(stated, self.names) if stated else []
        if stated and not superiors:
            message = f"库中没有上级「{stated}」, 无法确认 · the superior is not on record"
            return "stated_unit", "parent", message
        if not superiors and thing.number in self.around:
            superiors = [self.names.units[self.around[thing.number]]]
        below = self._nearer(
            thing, [unit for superior in superiors for unit in self.names.below(superior)]
        )
        found = [unit for unit in below if unit.name == name]
        if not stated and not found and superiors:  # the county around may be what is meant
            county = superiors[0]
            found = [unit for unit in (county, *self.names.above(county)) if unit.name == name]
        if len(found) == 1:
            self._take(thing, found[0])
        elif found:
            return "name", "no_code", _choices(name, found)
        else:
            self.waiting.append((thing, below))
        return None

    def settle_by_ending(self, batch: Batch) -> list[tuple[Thing, str | None, str, str]]:
        """Match what is left by names that differ in their ending; refuse what has no one unit."""
        why: list[tuple[Thing, str | None, str, str]] = []
        for thing, below in self.waiting:
            name = thing.values["name"]
            found = [
                unit for unit in below
                if unit.code not in self.claimed and is_same_but_ending(name, unit.name)
            ]  # fmt: skip
            if len(found) == 1:
                said = f"「{found[0].name}」{found[0].code}"
                message = f"按名称主体对应{said} · matched but for its ending"
                batch.report(thing, "name", "matched_by_suffix", message)
                self._take(thing, found[0])
            else:
                message = _choices(name, found) if found else self._unmatched(thing)
                why.append((thing, "name", "no_code", message))
        return why

    def _nearer(self, thing: Thing, units: list[Unit]) -> list[Unit]:
        """Where the superior spans several counties, those units in the county around the shape."""
        distinct = list({unit.code: unit for unit in units}.values())
        if thing.number not in self.around:
            return distinct
        county = self.names.units[self.around[thing.number]]
        same_name = [u for u in distinct if u.name == thing.values["name"]]
        if len(same_name) < 2:
            return distinct
        return [u for u in distinct if self.names.is_below(u, county)]

    def _take(self, thing: Thing, unit: Unit) -> None:
        self.claimed.add(unit.code)
        thing.code = unit.code
        thing.values |= {"name": unit.name, "level": unit.level, "parent_code": unit.parent_code}

    def _unmatched(self, thing: Thing) -> str:
        name = thing.values["name"]
        elsewhere = [
            f"{unit.code} {'/'.join(a.name for a in self.names.above(unit)[:1])}{unit.name}"
            for unit in self.names.named(name)[:5]
        ]
        hint = f"; 别处有 {', '.join(elsewhere)} · elsewhere there is one" if elsewhere else ""
        stated = thing.values["stated_unit"]
        where = f"{stated}内" if stated else "图形所在的区县内"
        return (
            f"{where}没有名为「{name}」的在册单位; 请给代码或正式名称 · "
            f"no unit on record has this name there: give its code{hint}"
        )


def _choices(name: str, found: list[Unit]) -> str:
    choices = ", ".join(f"{unit.code} {unit.name}" for unit in found[:5])
    return f"「{name}」可指 {choices}; 请给代码 · fits more than one: give the code"


def _counties_around(session: Target, batch: Batch, on: date) -> dict[int, str]:
    """The county-level unit on whose ground each shape without a code mostly lies, by row."""
    wanted = [
        (thing, shape) for thing, shape in zip(batch.things, batch.shapes, strict=True)
        if shape is not None and not thing.values["code"]
    ]  # fmt: skip
    if not wanted:
        return {}
    rows: list[dict[str, Any]] = [
        {"row": thing.number, "x": point.x, "y": point.y}
        for thing, shape in wanted
        for point in (shape.representative_point(),)
    ]
    found = session.execute(
        text(f"""
SELECT p.row, (SELECT u.code FROM admin_unit u
    WHERE u.level = 3 AND u.validity @> CAST(:on AS date) AND u.geom IS NOT NULL
      AND ST_Covers(u.geom, ST_SetSRID(ST_MakePoint(p.x, p.y), {STORED_SRID}))
    ORDER BY u.code LIMIT 1) AS code
FROM unnest(CAST(:rows AS int[]), CAST(:xs AS float8[]), CAST(:ys AS float8[])) AS p(row, x, y)"""),
        {"on": on, "rows": [r["row"] for r in rows], "xs": [r["x"] for r in rows],
         "ys": [r["y"] for r in rows]},
    )  # fmt: skip
    return {row.row: row.code for row in found if row.code}


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
             f"该代码在 {on} 不在用 (在册 {row.since or '?'} 至 {row.until or '今'}) · "
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
                f"与在册的「{row.name}」{row.code} 重叠 {row.area_m2 / 1e4:.2f} ha (量算值) · "
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
