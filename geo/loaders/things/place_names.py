"""What is a delivery of place names: places with their names, positions and listings?"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from typing import Any

from sqlalchemy import text

from geo.errors import BadInput
from geo.loaders.fields import Mapping
from geo.loaders.staging import Target
from geo.loaders.things.parsers import integer_of, list_of, word_of
from geo.loaders.things.rows import code_of, merge_repeats
from geo.loaders.things.spec import (
    LINES,
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
from geo.loaders.things.written_names import write_names
from geo.loaders.versions import Destination
from geo.models.placename import NAME_KINDS

_KINDS = {
    "标准名称": "standard", "标准名": "standard", "标准地名": "standard", "简称": "short",
    "别名": "alias", "又名": "alias", "曾用名": "former", "旧名": "former", "历史地名": "former",
    "俗称": "popular", "少数民族语": "minority", "消失": "vanished", "消失地名": "vanished",
    "派生地名": "reused_in_place", "移用地名": "reused_moved",
    **{kind: kind for kind in NAME_KINDS},
}  # fmt: skip
_CLASSES = {
    "政区": "A", "水系": "H", "区域": "L", "居民点": "P", "道路": "R", "建筑设施": "S", "地形": "T",
    **{letter: letter for letter in "AHLPRST"},
}  # fmt: skip
_BY_CATEGORY = {
    "11": "H", "12": "H", "13": "T", "212": "A", "213": "A", "214": "A", "215": "A", "216": "A",
    "21": "L", "22": "P", "23": "R", "24": "S", "25": "S", "26": "S", "27": "S",
}  # fmt: skip
_BY_ENDING = (
    (re.compile(r"(路|街|巷|弄|里弄|道|桥|胡同|大街|马路)$"), "R"),
    (re.compile(r"(河|江|浦|浜|湖|塘|泾|溪|港|水库)$"), "H"),
    (re.compile(r"(山|岭|峰|岗|谷)$"), "T"),
    (re.compile(r"(村|庄|屯|寨)$"), "P"),
)
_BY_SHAPE = {"Line": "R", "Mult": "R", "Poly": "L", "Poin": "S"}
_LEVELS = {
    "国家级": "national", "全国": "national", "national": "national", "省级": "province",
    "province": "province", "市级": "city", "city": "city", "区级": "district", "县级": "district",
    "district": "district",
}  # fmt: skip
_YEAR = integer_of(least=-4000, most=2200, units="年")
_OTHER_NAMES = {"short": "short", "alias": "alias", "former": "former", "popular": "popular"}

FIELDS = (
    Field("place_code", ("地名代码", "地名编码", "地名编号", "placecode", "_id", "id"),
          is_stored=False),
    Field("name", ("标准名称", "标准地名", "地名", "名称", "地名名称", "title", "name"),
          is_needed=True, is_stored=False),
    Field("name_kind", ("名称类型", "名称性质", "地名类型", "namekind"), parse=word_of(_KINDS),
          rule="name_kind", is_stored=False),
    Field("short", ("简称",), parse=list_of, sql="text[]", is_stored=False),
    Field("alias", ("别名", "又名", "别称"), parse=list_of, sql="text[]", is_stored=False),
    Field("former", ("曾用名", "旧名", "历史名称", "原名"), parse=list_of, sql="text[]",
          is_stored=False),
    Field("popular", ("俗称", "俗名"), parse=list_of, sql="text[]", is_stored=False),
    Field("start_year", ("启用年份", "设立年份", "命名年份", "起始年"), parse=_YEAR, sql="int",
          rule="year", is_stored=False),
    Field("end_year", ("废止年份", "停用年份", "终止年"), parse=_YEAR, sql="int", rule="year",
          is_stored=False),
    Field("category", ("类别代码", "地名类别代码", "分类代码"),),
    Field("feature_class", ("要素类别", "featureclass"), parse=word_of(_CLASSES),
          rule="feature_class"),
    Field("origin", ("来历", "地名来历", "含义", "地名含义", "来历含义", "由来")),
    Field("attribution", ("署名", "版权", "attribution")),
    Field("list_name", ("名录", "名录名称", "保护名录"), is_stored=False),
    Field("family", ("名录种类",), parse=word_of({"红色": "red", "red": "red", "文化": "heritage",
          "历史": "heritage", "heritage": "heritage"}), rule="family", is_stored=False),
    Field("list_class", ("名录类别", "保护类别"), is_stored=False),
    Field("list_level", ("保护级别", "名录级别"), parse=word_of(_LEVELS), rule="list_level",
          is_stored=False),
    Field("batch", ("批次",), is_stored=False),
    Field("listed_year", ("公布年份", "列入年份"), parse=_YEAR, sql="int", rule="year",
          is_stored=False),
    Field("era", ("时代", "历史时期", "所属时代"), is_stored=False),
    Field("stated_unit", UNIT_HEADINGS, is_stored=False),
    Field("address", ("地址", "详细地址", "现地址", "所在地址", "地理位置", "address"),
          is_stored=False),
)  # fmt: skip


def asks(mapping: Mapping, options: Options) -> list[str]:
    """Nothing is missing by itself; options must be words that are known."""
    if options.name_kind is not None and options.name_kind not in _KINDS:
        known = " ".join(NAME_KINDS)
        raise BadInput(
            f"--name-kind {options.name_kind!r} 无效，可用：{known}。\n"
            f"--name-kind {options.name_kind!r} is not one of {known}.",
            parameter="name_kind",
        )
    if options.list_level is not None and options.list_level not in _LEVELS:
        raise BadInput(
            f"--list-level {options.list_level!r} 无效，可用：national province city district。\n"
            f"--list-level {options.list_level!r} is not a level.",
            parameter="list_level",
        )
    return []


def settle(batch: Batch, options: Options) -> None:
    """Give every row its names with their kind, its class of feature and its listing."""
    heading = batch.heading("name") or ""
    says_standard = heading in ("标准名称", "标准地名")
    kind = _KINDS[options.name_kind] if options.name_kind else None
    unsaid = 0
    for thing, shape in zip(batch.things, batch.shapes, strict=True):
        said = thing.values
        said["stated_unit"] = said["stated_unit"] or options.within
        if said["address"]:
            thing.extra["address"] = said["address"]  # evidence of where other files lie
        own = said["name_kind"] or kind or ("standard" if says_standard else None)
        unsaid += own is None
        _settle_class(thing, shape)
        if said["name"]:
            thing.values["names"] = _names(said, own)
        said["list_name"] = said["list_name"] or options.list_name
        level = said["list_level"] or (_LEVELS[options.list_level] if options.list_level else None)
        said["list_level"] = level
        said["family"] = said["family"] or "heritage"
        if said["list_name"] and not level:
            message = "名录没有级别，未记入名录，请用 --list-level 说明 · the list lacks its level"
            batch.report(thing, "list_name", "list_level", message)
    if unsaid:
        message = (
            f"{unsaid} 行未说明名称性质，按别名存疑保存；请用 --name-kind 说明 · "
            "kind of name not stated: kept as uncertain aliases"
        )
        first = next((t for t in batch.things if t.values.get("names")), None)
        if first is not None:
            batch.report(first, "name_kind", "name_kind", message)


def _settle_class(thing: Thing, shape: Any) -> None:
    """The class of the feature: as stated, by its category, by the name's ending, by its shape."""
    said = thing.values
    if said["feature_class"] or not said["name"]:
        said["method"] = None
        return
    category = said["category"] or ""
    found = next((_BY_CATEGORY[category[:n]] for n in (3, 2) if category[:n] in _BY_CATEGORY), None)
    if found is None:
        found = next((c for ending, c in _BY_ENDING if ending.search(said["name"])), None)
        if found is None:
            kind = "Poin" if shape is None else shape.geom_type.replace("Multi", "")[:4]
            found = _BY_SHAPE[kind]
        said["method"] = "要素类别由名称或图形推定 · class of feature derived from name or shape"
    said["feature_class"] = found


def _names(said: dict[str, Any], own: str | None) -> list[dict[str, Any]]:
    """Every name of a row with its kind and its years."""
    years = {"start": said["start_year"], "end": said["end_year"]}
    certainty = None if own else "uncertain"
    first = {"name": said["name"], "kind": own or "alias", "certainty": certainty, **years}
    others = [
        {"name": name, "kind": kind, "certainty": None, "start": None, "end": None}
        for column, kind in _OTHER_NAMES.items()
        for name in said[column] or []
        if name != said["name"]
    ]
    return [first, *others]


def identify(session: Target, batch: Batch, on: date, options: Options) -> None:
    """A place is told by its own code; short numbers count the rows of a file and tell nothing."""
    ids = [thing.values["place_code"] for thing in batch.things]
    is_own = bool(ids) and all(i and len(i) >= 6 for i in ids) and len(set(ids)) == len(ids)
    why: list[tuple[Thing, str | None, str, str]] = []
    for thing in batch.things:
        said = thing.values
        start, end = said["start_year"], said["end_year"]
        if start is not None and end is not None and end < start:
            why.append((thing, "end_year", "year", "废止早于启用 · it ended before it began"))
        thing.code = (
            f"id:{said['place_code']}"
            if is_own
            else code_of("P", said["stated_unit"], said["feature_class"], said["name"])
        )
    batch.refuse(why)
    merge_repeats(batch, is_own_code=is_own)
    for thing, shape in zip(batch.things, batch.shapes, strict=True):
        content = json.dumps(
            [thing.values, None if shape is None else shape.wkb_hex], ensure_ascii=False,
            sort_keys=True, default=str,
        )  # fmt: skip
        thing.extra["digest"] = hashlib.sha256(content.encode()).hexdigest()[:16]


def check(session: Target, batch: Batch, on: date) -> None:
    """Find the smallest division around each place."""
    fill_unit_by_position(session, "located_in", on)
    session.execute(text(_KNOWN_BEFORE))


# A row that says neither division nor position takes nothing away from what is stored.
_KNOWN_BEFORE = """
UPDATE stage s SET located_in = p.located_in FROM place p
WHERE s.located_in IS NULL AND s.geom IS NULL AND p.code = s.code"""


def _destination(told: tuple[str, ...]) -> Destination:
    written = tuple(n for n in told if n in ("category", "feature_class", "origin", "attribution"))
    return Destination(
        "place", written, derived=("located_in",), fixed={"method": "s.method"}, versioned=False,
    )  # fmt: skip


PLACE_NAMES = Spec(
    kind="place-names",
    zh="地名",
    table="place",
    fields=FIELDS,
    shape_types=(*POINTS, "MultiPoint", *LINES, *POLYGONS),
    past=("start_year", "end_year", "listed_year"),
    asks=asks,
    settle=settle,
    identify=identify,
    derived=(("located_in", "text"),),
    extra_stage=(("names", "jsonb"), ("method", "text")),
    check=check,
    destination=_destination,
    finish=write_names,
    example={
        "name": "示例路",
        "name_kind": "标准名称",
        "former": "示例旧路",
        "start_year": "1950",
        "feature_class": "道路",
        "origin": "示例来历",
        "stated_unit": "示例区",
    },
    notes={
        "place_code": "各次交付不变的编码，六位以上 · a code that stays the same",
        "name_kind": "空白 = 存疑的别名 · blank: an uncertain alias",
        "feature_class": "空白则由名称或图形推定 · blank: derived from name or shape",
        "list_level": "写了名录就要写级别 · needed with a list",
        "stated_unit": "所在区县 · county, checked against the position",
    },
)
