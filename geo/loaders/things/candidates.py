"""What is a delivery of candidate sites: idle buildings and planned land that could be used?"""

from __future__ import annotations

import re
from datetime import date

from geo.loaders.staging import Target
from geo.loaders.things.parsers import integer_of, number_of, word_of
from geo.loaders.things.planning import settle, yuan
from geo.loaders.things.rows import code_of, merge_repeats
from geo.loaders.things.spec import POINTS, POLYGONS, UNIT_HEADINGS, Batch, Field, Options, Spec
from geo.loaders.things.stage import fill_unit_by_position
from geo.loaders.versions import Destination

_KINDS = {
    "闲置用房": "idle_building", "闲置房屋": "idle_building", "闲置": "idle_building",
    "存量用房": "idle_building", "房屋": "idle_building", "idle_building": "idle_building",
    "规划用地": "planned_land", "规划地块": "planned_land", "储备用地": "planned_land",
    "用地": "planned_land", "地块": "planned_land", "planned_land": "planned_land",
}  # fmt: skip
_DIGITS = {sign: number for number, sign in enumerate("一二三四五六七八九", 1)}
_ENDING = re.compile(r"(楼?层|楼|F)$", re.IGNORECASE)
_HALF = str.maketrans("０１２３４５６７８９－～", "0123456789-~")
_RANGE = re.compile(r"(.+?)[-~—至到、,,](.+)")


def floor_of(cell: str) -> str:
    """The storey of a cell: `1`, `-1` (basement), `1-3`, `M` (mezzanine).

    Raises ValueError for what is none.
    """
    plain = re.sub(r"\s", "", cell).translate(_HALF)
    if "夹" in plain or plain.upper() in ("M", "MEZZANINE"):
        return "M"
    if re.fullmatch(r"地下室|半地下(室|层)?|地下", plain):
        return "-1"
    span = None if plain.startswith("-") and plain.count("-") == 1 else _RANGE.fullmatch(plain)
    if span is None or not span[1].strip("-"):
        return str(_storey(plain))
    low, high = sorted((_storey(span[1]), _storey(span[2])))
    return str(low) if low == high else f"{low}-{high}"


def _storey(said: str) -> int:
    """One storey as a number, below ground negative; there is no storey 0."""
    bare = _ENDING.sub("", said.removeprefix("第"))
    below = re.match(r"(地下|负|B|-)", bare, re.IGNORECASE)
    bare = bare[below.end() :] if below else bare.removeprefix("地上")
    number = 1 if bare in ("首", "底", "地面") else _number(bare)
    if not 1 <= number <= 120:
        raise ValueError("不是楼层，例如 1、B1、夹层、1-3 · no storey: 1, B1, M, 1-3")
    return -number if below else number


def _number(said: str) -> int:
    """A whole number in digits or in Chinese up to 99; 0 for anything else."""
    if re.fullmatch(r"\d{1,3}", said, re.ASCII):
        return int(said)
    found = re.fullmatch(r"([一二三四五六七八九])?(十)?([一二三四五六七八九])?", said)
    if not found or not said or (found[1] and found[3] and not found[2]):
        return 0
    tens = _DIGITS.get(found[1] or "一", 1) * 10 if found[2] else 0
    return tens + _DIGITS.get(found[3] or ("" if found[2] else found[1] or ""), 0)


FIELDS = (
    Field("code", ("候选点编码", "候选编码", "地块编码", "地块编号", "房源编号", "资产编号", "编码",
                   "编号", "sitecode")),
    Field("name", ("名称", "候选点名称", "房屋名称", "地块名称", "资产名称", "name", "title"),
          is_needed=True),
    Field("candidate_kind", ("候选类型", "候选点类型", "来源类型", "类型", "类别", "kind", "type"),
          parse=word_of(_KINDS), rule="candidate_kind"),
    Field("floor", ("楼层", "所在楼层", "层数位置", "floor", "storey"), parse=floor_of,
          rule="floor"),
    Field("land_use", ("用途", "规划用途", "土地用途", "用地性质", "现状用途", "房屋用途",
                       "landuse", "use")),
    Field("area_m2", ("面积", "建筑面积", "使用面积", "用地面积", "可用面积", "area"),
          parse=number_of(most=1e7, units="平方米|m2|m²|㎡|平米"), sql="float8", rule="number"),
    Field("use_right", ("使用权", "权属", "产权", "权属性质", "使用权属", "产权单位", "useright")),
    Field("build_cost_cny", ("改造费用", "建设费用", "估算费用", "投资估算", "造价", "cost"),
          parse=yuan, sql="numeric", rule="number"),
    Field("capacity", ("服务能力", "可服务人数", "可设床位", "capacity"),
          parse=integer_of(most=1_000_000, units="人|张|份"), sql="int", rule="number"),
    Field("address", ("地址", "坐落", "详细地址", "位置", "address")),
    Field("stated_unit", UNIT_HEADINGS, is_stored=False),
)  # fmt: skip


def identify(session: Target, batch: Batch, on: date, options: Options) -> None:
    """Told by its own code, else by its stated division, name and storey."""
    for thing in batch.things:
        said = thing.values
        said["stated_unit"] = said["stated_unit"] or options.within
        thing.code = said["code"] or code_of("K", said["stated_unit"], said["name"], said["floor"])
    merge_repeats(batch, is_own_code="code" in batch.mapping.fields)


def check(session: Target, batch: Batch, on: date) -> None:
    """Find the division of each row."""
    fill_unit_by_position(session, "admin_code", on)


CANDIDATES = Spec(
    kind="candidates",
    zh="候选点",
    table="candidate_site",
    fields=FIELDS,
    shape_types=(*POINTS, *POLYGONS),
    settle=settle,
    identify=identify,
    derived=(("admin_code", "text"),),
    check=check,
    destination=lambda told: Destination(
        "candidate_site", tuple(name for name in told if name != "code"), derived=("admin_code",)
    ),
    example={
        "code": "示例-K01",
        "name": "示例闲置用房",
        "candidate_kind": "闲置用房",
        "floor": "1",
        "land_use": "商业",
        "area_m2": "120",
        "use_right": "国有，可无偿使用",
        "build_cost_cny": "30 万元",
        "stated_unit": "示例区",
    },
    notes={
        "code": "各次交付不变的编码 · a code that stays the same",
        "stated_unit": "所在区县 · county, checked against the position",
        "floor": "1、1-3、B1、地下一层、夹层 · storey",
        "use_right": "写单位，不写个人 · an office, no person",
        "build_cost_cny": "元；也可写 万元、亿元 · yuan",
    },
)
