"""What are deliveries of boundary lines and of boundary markers (界桩)?"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import text

from geo.loaders.staging import Target
from geo.loaders.things.parsers import YES_OR_NO, integer_of, list_of, number_of, word_of
from geo.loaders.things.rows import code_of, merge_repeats
from geo.loaders.things.spec import LINES, POINTS, Batch, Field, Options, Spec, Thing
from geo.loaders.things.units import Unit, UnitNames, find_codes, units_in_force
from geo.loaders.values import day
from geo.loaders.versions import Destination

_BASES = {
    "协议": "agreement", "协议书": "agreement", "勘界协议": "agreement", "agreement": "agreement",
    "详图": "detailed_map", "detailed_map": "detailed_map", "推导": "derived", "导出": "derived",
    "derived": "derived",
}  # fmt: skip
_LEVELS = {
    "省": 1, "省级": 1, "1": 1, "市": 2, "市级": 2, "2": 2, "县": 3, "县级": 3, "3": 3,
    "乡": 4, "乡级": 4, "乡镇": 4, "4": 4, "村": 5, "村级": 5, "5": 5,
}  # fmt: skip
_STATES = {
    "完好": "intact", "正常": "intact", "intact": "intact", "倾斜": "leaning", "leaning": "leaning",
    "损坏": "damaged", "破损": "damaged", "damaged": "damaged", "丢失": "lost", "缺失": "lost",
    "lost": "lost", "移位": "moved", "移动": "moved", "moved": "moved", "掩埋": "buried",
    "buried": "buried", "未知": "unknown", "unknown": "unknown",
}  # fmt: skip
_FACES = {
    "单面": 1, "1": 1, "双面": 2, "单立双面型": 2, "2": 2, "三面": 3, "单立三面型": 3, "3": 3,
}  # fmt: skip


def _own_sides(cell: str) -> list[str]:
    """One to three division codes, the marker's own side first, filled up to 12 digits."""
    codes = list_of(cell)
    if len(codes) > 3 or not all(re.fullmatch(r"\d{6}(\d{3}){0,2}", one) for one in codes):
        raise ValueError("须为一至三个区划代码 · one to three division codes")
    return [one.ljust(12, "0") for one in codes]


LINE_FIELDS = (
    Field("code", ("界线代码", "界线编号", "界线编码", "linecode", "代码")),
    Field("name", ("界线名称", "名称", "name")),
    Field("level", ("界线等级", "等级", "级别", "level"), parse=word_of(_LEVELS), sql="int",
          rule="level"),
    Field("left_code", ("左侧行政区", "左侧区划代码", "左侧", "行政区1", "甲方", "left"),
          is_needed=True, rule="unit"),
    Field("right_code", ("右侧行政区", "右侧区划代码", "右侧", "行政区2", "乙方", "right"),
          is_needed=True, rule="unit"),
    Field("basis", ("依据", "划界依据", "basis"), parse=word_of(_BASES), rule="basis",
          is_needed=True),
    Field("document_no", ("文号", "协议书文号", "批准文号")),
    Field("archive_scale", ("比例尺", "档案比例尺", "比例尺分母"), parse=lambda cell: integer_of(
        least=100, most=10**8)(re.sub(r"^1[::]", "", cell.replace(" ", ""))), sql="int",
        rule="number"),
    Field("published_length_m", ("公布长度", "公布长度米"), parse=number_of(most=1e8, units="米|m"),
          sql="float8", rule="number"),
    Field("is_disputed", ("是否争议", "争议"), parse=YES_OR_NO, sql="bool", rule="yes_or_no",
          default=False),
    Field("last_inspected_on", ("上次联检", "联检日期", "最近联检日期"), parse=day, sql="date",
          rule="date"),
)  # fmt: skip

MARKER_FIELDS = (
    Field("number", ("界桩编号", "界桩号", "桩号", "markernumber", "number"), is_needed=True),
    Field("line_codes", ("界线代码", "所在界线", "界线编号"), parse=list_of, sql="text[]"),
    Field("serial", ("序号", "顺序号"), parse=integer_of(most=9999), sql="int", rule="number"),
    Field("type_code", ("类型码", "界桩类型码"), parse=word_of(dict(zip("QABCDE", "QABCDE",
          strict=True))), rule="type_code"),
    Field("level", ("界桩等级", "等级"), parse=word_of(_LEVELS), sql="int", rule="level"),
    Field("material", ("界桩材质", "材质", "质地")),
    Field("faces", ("界桩类型", "面数", "桩面"), parse=word_of(_FACES), sql="int", rule="faces"),
    Field("state", ("界桩状态", "现状", "状态"), parse=word_of(_STATES), rule="state",
          default="unknown"),
    Field("height_m", ("高程", "高程米", "海拔"), parse=number_of(least=-500, most=9000,
          units="米|m"), sql="float8", rule="number"),
    Field("height_datum", ("高程基准", "高程系统")),
    Field("archived_sigma_m", ("点位中误差", "平面中误差", "中误差"), parse=number_of(least=0.0001,
          most=10_000, units="米|m"), sql="float8", rule="number"),
    Field("data_id", ("空间数据标识码", "标识码")),
    Field("place_codes", ("所在地代码", "所在地区划代码"), parse=_own_sides, sql="text[]",
          rule="unit"),
    Field("position_text", ("位置描述", "桩位描述")),
    Field("custodian", ("托管单位", "保管单位")),
    Field("agreement_no", ("三交点协议", "三交点协议书文号")),
)  # fmt: skip


def identify_lines(session: Target, batch: Batch, on: date, options: Options) -> None:
    """A line is told by its code, else by its two sides; both must be divisions of that day."""
    names = UnitNames(units_in_force(session, on))
    codes = {
        cell.ljust(12, "0")
        for thing in batch.things
        for cell in (thing.values["left_code"], thing.values["right_code"])
        if re.fullmatch(r"\d+", cell)
    }
    findings = find_codes(session, codes, on, names.units)
    why: list[tuple[Thing, str | None, str, str]] = []
    for thing in batch.things:
        sides = []
        for side in ("left_code", "right_code"):
            unit, problem = _side(thing, side, batch, names, findings)
            if problem:
                why.append((thing, side, "unit", problem))
            if unit:
                sides.append(unit)
                thing.values[side] = unit.code
        if len(sides) == 2:
            why += _two_sides(thing, sides, batch)
            ordered = sorted(unit.code for unit in sides)
            thing.code = thing.values["code"] or code_of("L", *ordered)
            thing.values["level"] = thing.values["level"] or min(u.level for u in sides)
    batch.refuse(why)
    merge_repeats(batch, is_own_code=True)


def _side(
    thing: Thing, side: str, batch: Batch, names: UnitNames, findings: dict[str, Any]
) -> tuple[Unit | None, str | None]:
    cell: str = thing.values[side]
    if re.fullmatch(r"\d+", cell):
        finding = findings[cell.ljust(12, "0")]
        if finding.path:
            batch.report(thing, side, "old_code", f"旧代码，沿革：{finding.path} · an old code")
        if finding.code:
            return names.units[finding.code], None
        several = f"，后继有 {', '.join(finding.choices)}" if finding.choices else ""
        return None, f"该代码在该日期不在用{several} · the code is not in force on that day"
    found = names.named(cell)
    if len(found) == 1:
        return found[0], None
    if found:
        choices = ", ".join(f"{unit.code} {unit.name}" for unit in found[:5])
        return None, f"「{cell}」可指 {choices}；请给代码 · fits more than one: give the code"
    return None, f"库中没有「{cell}」 · no such division is on record"


def _two_sides(
    thing: Thing, sides: list[Unit], batch: Batch
) -> list[tuple[Thing, str | None, str, str]]:
    """A line parts two divisions of one level; its own level is theirs or a higher one."""
    level, levels = thing.values["level"], sorted(unit.level for unit in sides)
    if levels[0] != levels[1] or (level is not None and level > levels[0]):
        message = (
            f"两侧单位的级别为 {levels[0]} 和 {levels[1]}，界线等级为 {level or '未知'}，请核对 · "
            "the levels of the line and of its sides do not fit: check"
        )
        batch.report(thing, "level", "level", message)
    if sides[0].code == sides[1].code:
        return [(thing, "right_code", "two_sides", "两侧是同一单位 · both sides are one unit")]
    return []


_NUMBER = re.compile(r"(\d{4})(\d{3})([QABCDE]?)")


def settle_markers(batch: Batch, options: Options) -> None:
    """Keep the archived coordinates; read line, serial and type from a number in the usual form."""
    for thing, shape in zip(batch.things, batch.shapes, strict=True):
        said = thing.values
        said["archived_x"] = said["archived_y"] = None
        if shape is not None and shape.geom_type == "Point" and not shape.is_empty:
            said["archived_x"], said["archived_y"] = shape.y, shape.x  # X is north
        form = _NUMBER.fullmatch(said["number"] or "")
        if form:
            said["serial"] = int(form[2]) if said["serial"] is None else said["serial"]
            said["type_code"] = said["type_code"] or form[3] or None
        if form and not said["line_codes"]:
            said["line_codes"] = [form[1]]
            message = f"界线代码取自编号前四位 {form[1]} · line code taken from the number"
            batch.report(thing, "number", "line_code", message)
        objects = _reference_objects(thing)
        said["reference_objects"] = objects or None


def _reference_objects(thing: Thing) -> list[dict[str, str]]:
    """方位物 one to three from columns such as 一号方位物名称, 一号方位物方位角, 一号方位物距离."""
    found = []
    for order in "一二三":
        parts = {
            column.removeprefix(f"{order}号方位物").strip("_- ") or "名称": cell
            for column, cell in thing.extra.items()
            if column.startswith(f"{order}号方位物")
        }
        if parts:
            found.append(parts)
            thing.extra = {
                column: cell for column, cell in thing.extra.items()
                if not column.startswith(f"{order}号方位物")
            }  # fmt: skip
    return found


def identify_markers(session: Target, batch: Batch, on: date, options: Options) -> None:
    """A marker is told by its full number and stands on one to three lines."""
    why: list[tuple[Thing, str | None, str, str]] = []
    for thing in batch.things:
        thing.code = thing.values["number"]
        lines = thing.values["line_codes"]
        if not lines or len(lines) > 3:
            message = "界桩应在一至三条界线上，请给「界线代码」 · a marker stands on 1–3 lines"
            why.append((thing, "line_codes", "line_codes", message))
    batch.refuse(why)
    _compare_lines(session, batch)
    merge_repeats(batch, is_own_code=True)


def _compare_lines(session: Target, batch: Batch) -> None:
    """Tell of markers on lines that are not on record; with no line there, nothing is to compare.

    A marker may come before its line, so that it is kept.
    """
    known = set(session.execute(text("SELECT code FROM boundary_line")).scalars())
    for thing in batch.things if known else ():
        missing = [code for code in thing.values["line_codes"] or () if code not in known]
        if missing:
            shown = "、".join(missing)
            message = f"库中没有界线 {shown}，请核对代码或补交界线 · no such line on record: check"
            batch.report(thing, "line_codes", "unknown_line", message)


def _markers_into(told: tuple[str, ...]) -> Destination:
    extras = ("archived_x", "archived_y", "reference_objects")
    given = tuple(name for name in told if name not in ("number",))
    position = "geom" in told
    return Destination(
        "boundary_marker",
        (*given, *(extras if position else extras[2:])),
        keys=("number",),
        fixed={
            "archived_crs": "d.crs_used",
            "is_approximate": "coalesce(CAST(:note AS text) LIKE '%近似%', false)",
            "transformation": "CAST(:note AS text)",
        } if position else {},
    )  # fmt: skip


BOUNDARY_LINES = Spec(
    kind="boundary-lines",
    zh="界线",
    table="boundary_line",
    fields=LINE_FIELDS,
    shape_types=LINES,
    past=("last_inspected_on",),
    stored_type="MULTILINESTRING",
    needs_shape=True,
    identify=identify_lines,
    destination=lambda told: Destination(
        "boundary_line", tuple(name for name in told if name != "code")
    ),
    example={
        "code": "示例-01",
        "name": "示例线",
        "level": "县",
        "left_code": "990101",
        "right_code": "示例区",
        "basis": "推导",
        "archive_scale": "50000",
    },
    notes={
        "left_code": "区划代码或名称 · code or name of a division",
        "right_code": "区划代码或名称 · code or name of a division",
        "archive_scale": "比例尺分母 · denominator",
    },
)
BOUNDARY_MARKERS = Spec(
    kind="boundary-markers",
    zh="界桩",
    table="boundary_marker",
    fields=MARKER_FIELDS,
    shape_types=POINTS,
    stored_type="POINT",
    marks_approximate=True,
    settle=settle_markers,
    identify=identify_markers,
    extra_stage=(("archived_x", "float8"), ("archived_y", "float8"),
                 ("reference_objects", "jsonb")),
    destination=_markers_into,
    example={
        "number": "9901001A", "line_codes": "9901", "material": "石质", "faces": "双面",
        "state": "完好", "height_m": "12.3", "height_datum": "1985 国家高程基准",
    },
    notes={
        "number": "线号四位、序号三位、类型码 · line, serial, type",
        "line_codes": "一至三条，用顿号分开 · one to three, parted by 、",
    },
)  # fmt: skip
