"""Which collections of features are served, and what is there to know of each? Declared here.

A collection that is not named here is not served, whatever tables there are. Each says from which
rows it is read (the public's views and the staff's tables carry the same names, so one text serves
both), which columns leave as properties, and which may be filtered and sorted by.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from geo.errors import NotFound, both

Kind = Literal["text", "integer", "number", "boolean", "day", "texts", "object"]
LINE_DIGITS, POINT_DIGITS = 6, 7


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a feature: its name, kind, titles and the SQL that gives it."""

    name: str
    kind: Kind
    zh: str
    en: str
    sql: str

    @property
    def is_plain(self) -> bool:
        """Whether it can be compared and sorted by: lists and objects cannot."""
        return self.kind not in ("texts", "object")


@dataclass(frozen=True, slots=True)
class Days:
    """Features are true during a half-open range of days."""

    sql: str = "t.validity"


@dataclass(frozen=True, slots=True)
class Years:
    """Features are true from a first to a last year, both of them inside; NULL is unknown."""

    first: str
    last: str | None


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection of features.

    source: what follows FROM; the alias `t` has `is_synthetic`, `source`, `source_date`.
    key: SQL of a bigint that is unique, indexed and grows: the order of paging.
    identity, lookup: SQL of a feature's id as text, and the condition that finds it by `:id`.
    geom: SQL of the geometry, an indexed column in EPSG:4490. version: SQL of the row version.
    layer: the map layer of `geo.approvals` whose 审图号 it needs, None where it needs none.
    divisions: SQL of the division codes of a feature, for tokens that are limited to one.
    tables: tables whose rows decide what is in it; the first one holds the geometry.
    """

    id: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    source: str
    tables: tuple[str, ...]
    properties: tuple[Property, ...]
    geometry: Literal["Point", "MultiLineString", "MultiPolygon", "Geometry", "LineString"]
    key: str = "t.id"
    identity: str = "t.code"
    lookup: str = "t.code = :id"
    geom: str = "t.geom"
    version: str = "t.row_version"
    time: Days | Years | None = field(default_factory=Days)
    layer: str | None = None
    divisions: tuple[str, ...] = ("t.admin_code",)
    digits: int = POINT_DIGITS
    keywords: tuple[str, ...] = ()

    @property
    def by_name(self) -> dict[str, Property]:
        """Its properties by name."""
        return {one.name: one for one in self.properties}


def _of(alias: str, *lines: str) -> tuple[Property, ...]:
    """Properties from lines `name kind zh|en` that are columns of an alias."""
    made = []
    for line in lines:
        name, kind, titles = line.split(" ", 2)
        zh, en = titles.split("|")
        made.append(Property(name, kind, zh, en, f"{alias}.{name}"))  # type: ignore[arg-type]
    return tuple(made)


_SPAN = (
    Property("valid_from", "day", "起始日期", "in force from", "lower(t.validity)"),
    Property("valid_until", "day", "终止日期（不含）", "in force until, not included",
             "upper(t.validity)"),
)  # fmt: skip
_SOURCED = _of(
    "t", "source text 来源|source", "source_date day 来源日期|date of the source",
    "is_synthetic boolean 合成数据|made up for demonstration",
    "method text 方法|how it was made",
)  # fmt: skip

FACILITIES = Collection(
    "facilities", "养老设施", "Elder-care facilities",
    "机构、日间照料、助餐等设施；每个设施以编码为标识，取所问日期有效的版本。",
    "Homes, day care, canteens and others; the version in force on the day asked about.",
    "facility t", ("facility",),
    (
        *_of(
            "t", "code text 编码|code", "name text 名称|name", "kinds texts 类别|kinds",
            "state text 状态|state", "address text 地址|address",
            "admin_code text 所在区划|division", "position_quality text 位置质量|position quality",
            "position_note text 位置说明|note on the position", "phone text 电话|published phone",
            "website text 网址|website", "hours object 开放时间|opening times",
            "services texts 服务|services", "care_levels texts 照护等级|levels of care",
            "beds_total integer 床位|beds", "beds_nursing integer 护理型床位|nursing beds",
            "beds_free integer 空床|free beds", "beds_on day 床位日期|date of the beds",
            "meals_per_day integer 日供餐|meals a day",
            "floor_area_m2 number 建筑面积（平方米）|floor area in m²",
            "ownership text 所有制|ownership", "operation text 运营方式|operation",
            "fire_state text 消防|fire check", "fire_checked_on day 消防检查日期|fire checked on",
            "has_lift boolean 电梯|lift", "has_ramp boolean 坡道|ramp",
            "medical_link text 医养结合|medical link", "uscc text 统一社会信用代码|credit code",
            "filing_no text 备案编号|filing number", "filed_on day 备案日期|filed on",
            "hub_code text 所属中心|hub", "checked_on day 核实日期|checked on",
        ),
        *_SPAN, *_SOURCED,
    ),
    "Point", keywords=("养老", "设施", "elder care"),
)  # fmt: skip

UNITS = Collection(
    "units", "行政区划", "Divisions",
    "省、市、县、乡、村各级区划，取所问日期有效的版本；没有公开图形的说明原因。",
    "Divisions of every level in force on the day; those without an open outline say why.",
    "admin_unit t", ("admin_unit",),
    (
        *_of(
            "t", "code text 代码|code", "name text 名称|name", "short_name text 简称|short name",
            "level integer 级别|level", "unit_type text 类型|type",
            "parent_code text 上级|superior", "geometry_note text 图形说明|note on the outline",
            "note text 备注|note",
        ),
        *_SPAN, *_SOURCED,
    ),
    "MultiPolygon", layer="units", divisions=("t.code",), digits=LINE_DIGITS,
    keywords=("区划", "divisions"),
)  # fmt: skip

LINES = Collection(
    "lines", "界线", "Boundary lines",
    "已公开的界线，写明依据；由图形推出的为示意线，不作为划界依据；争议段不公开。",
    "Public boundary lines with their basis; derived ones are sketches, no proof of a boundary.",
    "boundary_line t", ("boundary_line",),
    (
        *_of(
            "t", "code text 编号|code", "name text 名称|name", "level integer 级别|level",
            "left_code text 左侧区划|division on the left",
            "right_code text 右侧区划|division on the right", "basis text 依据|basis",
            "document_no text 文号|document", "archive_scale integer 档案比例尺分母|archive scale",
            "published_length_m number 公布长度（米）|published length in m",
            "last_inspected_on day 最近联检|last joint inspection",
        ),
        *_SPAN, *_SOURCED,
    ),
    "MultiLineString", layer="lines", divisions=("t.left_code", "t.right_code"),
    digits=LINE_DIGITS, keywords=("界线", "boundary"),
)  # fmt: skip

ZONES = Collection(
    "zones", "规划片区", "Planning zones",
    "规划或分析用的片区。", "Zones that are planned or analysed as one.",
    "planning_zone t", ("planning_zone",),
    (
        *_of(
            "t", "code text 编码|code", "name text 名称|name", "kind text 类别|kind",
            "status text 阶段|stage", "parent_code text 所属区划|division",
            "due_on day 期限|due on",
        ),
        *_SPAN, *_SOURCED,
    ),
    "MultiPolygon", layer="units", divisions=("t.parent_code",), digits=LINE_DIGITS,
    keywords=("片区", "zones"),
)  # fmt: skip

EXACT = "('surveyed', 'point', 'approximate')"
"""Qualities of positions that may be drawn; others say only in which division a place lies."""
_RANK = "array_position(ARRAY['surveyed', 'point', 'approximate'], {0}.quality), {0}.id"
# Written as a join, not as a subquery of the best one, so that a box can begin with the positions.
_POSITION = f"""LEFT JOIN place_position p ON p.place_id = t.id AND p.geom IS NOT NULL
    AND p.quality IN {EXACT} AND NOT EXISTS (SELECT FROM place_position q
        WHERE q.place_id = p.place_id AND q.geom IS NOT NULL AND q.quality IN {EXACT}
          AND ({_RANK.format("q")}) < ({_RANK.format("p")}))"""

PLACE_NAMES = Collection(
    "place-names", "地名", "Place names",
    "每条记录是一处地方的一个名称，有种类和使用年份；只知所在区划的没有点位。",
    "One feature for each name of a place, with its kind and years; some are known only to lie in "
    "a division and have no position.",
    f"place_name n JOIN place t ON t.id = n.place_id {_POSITION}",
    ("place_position", "place_name", "place"),
    (
        *_of(
            "n", "name text 名称|name", "kind text 名称种类|kind of name",
            "language text 语种|language", "script text 文字|script", "pinyin text 拼音|pinyin",
            "start_earliest integer 起始年（最早）|first year, earliest",
            "start_latest integer 起始年（最晚）|first year, latest",
            "end_earliest integer 终止年（最早）|last year, earliest",
            "end_latest integer 终止年（最晚）|last year, latest",
            "certainty text 确定程度|certainty", "citation text 出处|citation",
        ),
        Property("place_code", "text", "地方编码", "code of the place", "t.code"),
        *_of(
            "t", "category text 类别代码|category", "feature_class text 大类|class",
            "unit_code text 即为区划|is the division", "located_in text 所在区划|lies in",
            "attribution text 署名|attribution",
        ),
        Property("position_quality", "text", "位置质量", "position quality", "p.quality"),
        *_SOURCED,
    ),
    "Geometry", key="n.id", identity="n.id::text", lookup="n.id = CAST(:id AS bigint)",
    geom="p.geom", version="greatest(n.row_version, t.row_version, p.row_version)",
    time=Years("n.start_earliest", "n.end_latest"), divisions=("t.located_in", "t.unit_code"),
    keywords=("地名", "place names"),
)  # fmt: skip

HERITAGE_NAMES = Collection(
    "heritage-names", "地名文化遗产与红色地名", "Heritage and red names",
    "列入名录的地名，写明名录、级别、批次和年份；时间为列入年份之后。",
    "Names on lists of heritage and red names, with list, level, batch and year.",
    "heritage_listing h JOIN place t ON t.id = h.place_id JOIN LATERAL (SELECT n.name, n.pinyin,"
    " n.kind FROM place_name n WHERE n.place_id = t.id ORDER BY n.kind = 'standard' DESC, n.id"
    f" LIMIT 1) n ON true {_POSITION}",
    ("place_position", "heritage_listing", "place", "place_name"),
    (
        *_of(
            "n", "name text 名称|name", "pinyin text 拼音|pinyin",
        ),
        Property("name_kind", "text", "名称种类", "kind of name", "n.kind"),
        *_of(
            "h", "family text 名录类别|family", "list_name text 名录|list",
            "list_class text 类|class", "list_level text 级别|level of the list",
            "batch text 批次|batch", "listed_year integer 列入年份|year of listing",
            "era text 年代|era", "citation text 出处|citation",
        ),
        Property("place_code", "text", "地方编码", "code of the place", "t.code"),
        *_of("t", "located_in text 所在区划|lies in", "attribution text 署名|attribution"),
        Property("position_quality", "text", "位置质量", "position quality", "p.quality"),
        *_SOURCED,
    ),
    "Geometry", key="h.id", identity="h.id::text", lookup="h.id = CAST(:id AS bigint)",
    geom="p.geom", version="greatest(h.row_version, t.row_version, p.row_version)",
    time=Years("h.listed_year", None), divisions=("t.located_in", "t.unit_code"),
    keywords=("地名文化遗产", "红色地名", "heritage"),
)  # fmt: skip

COLLECTIONS = {
    one.id: one for one in (UNITS, LINES, FACILITIES, ZONES, PLACE_NAMES, HERITAGE_NAMES)
}
"""Every collection that is served, by id."""


def collection(id: str) -> Collection:
    """The collection of that id. Raises NotFound for any other."""
    if id not in COLLECTIONS:
        known = "、".join(COLLECTIONS)
        raise NotFound(
            both(f"没有集合「{id[:60]}」；可用：{known}。", f"no collection {id[:60]!r}")
        )
    return COLLECTIONS[id]
