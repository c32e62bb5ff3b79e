"""What is a delivery of planning zones: polygons with a name, a kind and a superior?"""

from __future__ import annotations

from datetime import date

from geo.loaders.staging import Target
from geo.loaders.things.rows import code_of, merge_repeats
from geo.loaders.things.spec import POLYGONS, UNIT_HEADINGS, Batch, Field, Options, Spec
from geo.loaders.things.stage import fill_unit_by_position
from geo.loaders.values import day
from geo.loaders.versions import Destination

FIELDS = (
    Field("code", ("片区编码", "片区代码", "网格编码", "区片代码", "编码", "代码", "zonecode")),
    Field("name", ("名称", "片区名称", "网格名称", "标准名称", "name", "title"), is_needed=True),
    Field("kind", ("类型", "类别", "片区类型", "kind", "type"), default="片区"),
    Field("status", ("阶段", "状态", "规划阶段", "status")),
    Field("due_on", ("完成期限", "期限", "due_on"), parse=day, sql="date", rule="date"),
    Field("stated_unit", UNIT_HEADINGS, is_stored=False),
)


def identify(session: Target, batch: Batch, on: date, options: Options) -> None:
    """A zone is told by its own code, else by kind, stated superior and name."""
    has_codes = "code" in batch.mapping.fields
    for thing in batch.things:
        said = thing.values
        said["stated_unit"] = said["stated_unit"] or options.within
        thing.code = said["code"] or code_of("Z", said["kind"], said["stated_unit"], said["name"])
    merge_repeats(batch, is_own_code=has_codes)


def check(session: Target, batch: Batch, on: date) -> None:
    """Find the division that each zone belongs to: the stated one, else the one around it."""
    fill_unit_by_position(session, "parent_code", on, most_level=3)


ZONES = Spec(
    kind="zones",
    zh="片区",
    table="planning_zone",
    fields=FIELDS,
    shape_types=POLYGONS,
    stored_type="MULTIPOLYGON",
    needs_shape=True,
    tiles=("overlap", "gap"),
    layer_of=lambda thing: thing.values["kind"],
    identify=identify,
    derived=(("parent_code", "text"),),
    check=check,
    destination=lambda told: Destination(
        "planning_zone",
        tuple(name for name in told if name != "code"),
        derived=("parent_code",),
    ),
    example={"code": "示例-01", "name": "示例片区", "kind": "分析片区", "stated_unit": "示例区"},
    notes={"stated_unit": "所属区县 · superior, by name or code"},
)
