"""What are deliveries of residential estates and of construction projects?"""

from __future__ import annotations

from datetime import date

from geo.loaders.staging import Target
from geo.loaders.things.parsers import integer_of, number_of, word_of
from geo.loaders.things.rows import code_of, merge_repeats
from geo.loaders.things.spec import POINTS, POLYGONS, UNIT_HEADINGS, Batch, Field, Options, Spec
from geo.loaders.things.stage import fill_unit_by_position
from geo.loaders.values import day
from geo.loaders.versions import Destination

_AREA = number_of(most=1e7, units="平方米|m2|m²|㎡|平米")
_MONEY = number_of(most=1e12, units="元")
_TYPES = {
    "新建": "new", "新建小区": "new", "new": "new", "已建": "built", "已建成": "built",
    "建成": "built", "老旧小区": "built", "built": "built",
}  # fmt: skip


def yuan(cell: str) -> float:
    """Yuan from a number of 元, 万元 or 亿元."""
    plain = cell.strip()
    for unit, times in (("亿元", 1e8), ("亿", 1e8), ("万元", 1e4), ("万", 1e4)):
        if plain.endswith(unit):
            return _MONEY(plain.removesuffix(unit)) * times
    return _MONEY(plain)


def _percent(cell: str) -> float:
    """A share from 0 to 100, with or without its sign."""
    return number_of(most=100, units="%|％")(cell)


ESTATE_FIELDS = (
    Field("code", ("小区编码", "小区代码", "项目编号", "编码", "estatecode")),
    Field("name", ("名称", "小区名称", "楼盘名称", "住宅小区", "name", "title"), is_needed=True),
    Field("estate_type", ("小区类型", "类型", "新建或已建", "type"), parse=word_of(_TYPES),
          rule="estate_type", is_needed=True),
    Field("households", ("户数", "总户数", "住宅户数", "households"),
          parse=integer_of(most=1_000_000, units="户"), sql="int", rule="number", is_needed=True),
    Field("approved_on", ("批准日期", "规划批准日期", "许可日期"), parse=day, sql="date",
          rule="date"),
    Field("handed_over_m2", ("移交面积", "养老用房面积", "养老服务用房面积", "移交建筑面积"),
          parse=_AREA, sql="float8", rule="number"),
    Field("largest_room_m2", ("最大单处面积", "最大单间面积"), parse=_AREA, sql="float8",
          rule="number"),
    Field("handed_over_on", ("移交日期", "移交时间"), parse=day, sql="date", rule="date"),
    Field("pool_code", ("统筹编码", "统筹片区", "合并配建")),
    Field("stated_unit", UNIT_HEADINGS, is_stored=False),
)  # fmt: skip

PROJECT_FIELDS = (
    Field("code", ("项目编码", "项目代码", "项目编号", "编码", "projectcode")),
    Field("name", ("名称", "项目名称", "工程名称", "name", "title"), is_needed=True),
    Field("project_class", ("项目类别", "建设性质", "类型", "类别", "type")),
    Field("lead_role", ("牵头单位", "责任单位", "建设单位", "牵头部门", "leadrole")),
    Field("stage", ("项目阶段", "阶段", "进展阶段", "stage")),
    Field("progress_percent", ("进度", "形象进度", "工程进度", "完成比例", "progress"),
          parse=_percent, sql="float8", rule="number"),
    Field("funding_planned_cny", ("计划投资", "总投资", "概算", "计划资金", "planned"),
          parse=yuan, sql="numeric", rule="number"),
    Field("funding_paid_cny", ("已拨付", "完成投资", "已支付", "到位资金", "paid"),
          parse=yuan, sql="numeric", rule="number"),
    Field("funding_source", ("资金来源", "经费来源")),
    Field("started_on", ("开工日期", "开工时间"), parse=day, sql="date", rule="date"),
    Field("due_on", ("计划完工", "计划完工日期", "完成期限", "计划竣工日期"), parse=day,
          sql="date", rule="date"),
    Field("finished_on", ("完工日期", "竣工日期"), parse=day, sql="date", rule="date"),
    Field("facility_code", ("设施编码", "设施代码")),
    Field("stated_unit", UNIT_HEADINGS, is_stored=False),
)  # fmt: skip


def settle(batch: Batch, options: Options) -> None:
    """Money in a column headed 万元 is in ten thousands."""
    for name in (f for f in batch.mapping.fields if f.endswith("_cny")):
        heading = batch.heading(name) or ""
        if "万元" in heading:
            for thing in batch.things:
                if thing.values[name] is not None:
                    thing.values[name] *= 1e4


def identify(session: Target, batch: Batch, on: date, options: Options) -> None:
    """Told by its own code, else by its stated division and name; impossible dates are refused."""
    for thing in batch.things:
        said = thing.values
        said["stated_unit"] = said["stated_unit"] or options.within
        thing.code = said["code"] or code_of("N", said["stated_unit"], said["name"])
    orders = (
        ("started_on", "finished_on", "竣工早于开工 · finished before it was started"),
        ("approved_on", "handed_over_on", "移交早于批准 · handed over before it was approved"),
    )
    batch.refuse(
        [
            (thing, late, "date_order", message)
            for early, late, message in orders
            for thing in batch.things
            if thing.values.get(early) and thing.values.get(late)
            and thing.values[late] < thing.values[early]
        ]
    )  # fmt: skip
    merge_repeats(batch, is_own_code="code" in batch.mapping.fields)


def check(session: Target, batch: Batch, on: date) -> None:
    """Find the division of each row."""
    fill_unit_by_position(session, "admin_code", on)


_NOTES = {
    "code": "各次交付不变的编码 · a code that stays the same",
    "stated_unit": "所在区县 · county, checked against the position",
}


def _into(table: str, told: tuple[str, ...]) -> Destination:
    return Destination(
        table, tuple(name for name in told if name != "code"), derived=("admin_code",),
    )  # fmt: skip


ESTATES = Spec(
    kind="estates",
    zh="住宅小区",
    table="estate",
    fields=ESTATE_FIELDS,
    shape_types=(*POINTS, *POLYGONS),
    tiles=("overlap",),
    past=("approved_on", "handed_over_on"),
    parts=(("largest_room_m2", "handed_over_m2"),),
    identify=identify,
    derived=(("admin_code", "text"),),
    check=check,
    destination=lambda told: _into("estate", told),
    example={
        "name": "示例花园",
        "estate_type": "新建",
        "households": "500",
        "handed_over_m2": "150",
        "approved_on": "2024-03-01",
        "stated_unit": "示例区",
    },
    notes=_NOTES | {"pool_code": "几个小区合并配建时写同一编码 · one code for estates that share"},
)
PROJECTS = Spec(
    kind="projects",
    zh="建设项目",
    table="construction_project",
    fields=PROJECT_FIELDS,
    shape_types=POINTS,
    past=("finished_on",),
    parts=(("funding_paid_cny", "funding_planned_cny"),),
    stored_type="POINT",
    settle=settle,
    identify=identify,
    derived=(("admin_code", "text"),),
    check=check,
    destination=lambda told: _into("construction_project", told),
    example={
        "name": "示例养老服务中心",
        "project_class": "新建",
        "lead_role": "示例区民政局",
        "stage": "施工",
        "progress_percent": "45%",
        "funding_planned_cny": "1200 万元",
        "started_on": "2025-03-01",
        "stated_unit": "示例区",
    },
    notes=_NOTES
    | {
        "lead_role": "单位，不写个人 · an office, no person",
        "progress_percent": "0 – 100 %",
        "funding_planned_cny": "元；也可写 万元、亿元 · yuan",
        "funding_paid_cny": "元；也可写 万元、亿元 · yuan",
    },
)
