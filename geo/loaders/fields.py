"""Which column means what, and which must never be stored because it is personal?"""

from __future__ import annotations

import re
from collections.abc import Mapping as Mapped
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.errors import DeliveryRefused
from geo.loaders import prices, ratings
from geo.loaders.columns import column_of, to_numpy
from geo.loaders.kinds import STATE_WORDS
from geo.loaders.personal import (
    REDACTED,
    SUSPECT,
    holds_persons,
    is_personal_name,
    public_text,
)
from geo.loaders.tables import LAT, LON, Row, Table
from geo.text import pinyin, pinyin_key, search_key

# Field → what its column may be called; compared after `search_key`, so width, case, brackets and
# spaces do not matter. In Chinese surveying X (纵坐标) is north and Y (横坐标) is east.
ALIASES: dict[str, tuple[str, ...]] = {
    # A bare 编号 or id mostly counts the rows of one file: no stable code of a site.
    "code": ("机构编码", "设施编码", "设施代码", "facility_code", "site_code"),
    "name": (
        "名称", "机构名称", "设施名称", "单位名称", "站点名称", "食堂名称", "养老机构名称",
        "中文名称", "name", "title", "name_zh", "name_tc", "name_sc", "name_cn",
        "施設名", "施設の名称", "事業所名", "事業所名称", "事業所の名称", "시설명", "기관명",
        "시설명칭", "english name", "name_en", "nom", "nombre", "denominazione", "naam", "nazwa",
        "наименование", "название", "tên", "name der einrichtung", "einrichtungsname",
        "einrichtung", "nom etablissement", "nom de l'établissement", "raison sociale", "rs",
    ),
    "kind": (
        "类型", "类别", "机构类型", "机构类别", "设施类型", "设施类别", "kind", "type", "category",
        "施設種別", "施設の種類", "サービス種別", "サービスの種類", "시설종류", "시설유형",
        "care service", "einrichtungsart", "catégorie", "libcategetab",
    ),
    "state": ("状态", "运营状态", "营业状态", "state", "status"),
    "stated_unit": (
        "区", "区县", "县区", "所属区", "所在区", "行政区", "所属区县", "district", "county",
        "区域", "县市区", "行政区划", "市区町村名", "市区町村", "시군구명", "시군구", "adname",
        "政区", "行政区名称", "xzqmc", "district_tc", "district_en", "council area name",
        "local authority", "county/parish",
        "区划代码", "行政区划代码", "区县代码", "区代码", "adcode", "xzqdm",
    ),
    "stated_city": (
        "市", "城市", "所属市", "所在市", "city", "县市", "city/town", "town", "cityname", "ville",
        "commune", "ort", "municipio",
    ),
    "address": (
        "地址", "详细地址", "机构地址", "所在地址", "address", "addr", "通讯地址", "住所", "所在地",
        "现地址",
        "中文地址", "address_tc", "address_sc", "소재지도로명주소", "도로명주소", "주소", "소재지",
        "소재지지번주소", "street address", "address line 1", "english address", "address_en",
        "addr:full", "adresse", "anschrift", "straße", "dirección", "indirizzo", "adres", "адрес",
        "địa chỉ",
    ),
    "lon": (
        "经度", "东经", "lon", "lng", "long", "longitude", "x坐标东", "経度", "경도", "längengrad",
        "longitud", "longitudine", "długość", "долгота", "kinh độ", "经度坐标", "坐标经度", "x经度",
        "经度x", LON,
    ),
    "lat": (
        "纬度", "北纬", "lat", "latitude", "緯度", "위도", "breitengrad", "latitud", "latitudine",
        "szerokość", "широта", "vĩ độ", "纬度坐标", "坐标纬度", "y纬度", "纬度y", LAT,
    ),
    "east": ("横坐标", "东坐标", "y坐标横", "easting", "eastings", "east"),
    "north": ("纵坐标", "北坐标", "x坐标纵", "northing", "northings", "north"),
    "x": ("x", "x坐标", "coordx", "xcoord", "x coordinate", "coordxet", "twd97x", "x twd97"),
    "y": ("y", "y坐标", "coordy", "ycoord", "y coordinate", "coordyet", "twd97y", "y twd97"),
    "phone": (
        "电话", "联系电话", "机构电话", "咨询电话", "服务电话", "固定电话",
        "phone", "tel", "telephone", "联络电话", "電話番号", "전화번호", "phone number",
        "telephone number", "telefon", "téléphone", "teléfono", "telefono", "телефон",
    ),
    "website": ("网址", "网站", "website", "url", "web address", "homepage", "홈페이지주소",
                "홈페이지"),
    "hours": ("营业时间", "开放时间", "服务时间", "运营时间", "供餐时间", "就餐时间",
              "营业时段", "opening hours", "opening_hours", "business hours", "hours"),
    # A capacity in persons (定員, places, capacity) is not a number of beds: it stays in `extra`.
    "beds_total": (
        "床位", "床位数", "总床位", "总床位数", "核定床位数", "beds", "beds_total", "核定床数",
        "total beds", "number of beds", "number of certified beds", "certified beds",
        "care homes beds", "num beds", "bed count", "床数", "开放床数",
    ),
    "beds_nursing": ("护理型床位", "护理床位", "护理型床位数", "护理床位数", "beds_nursing"),
    "beds_free": ("空床", "空余床位", "空床数", "剩余床位", "beds_free", "vacancies"),
    "beds_on": ("床位统计日期", "床位日期", "空床填报日期", "beds_on"),
    "meals_per_day": ("日供餐量", "日均供餐", "供餐能力", "meals_per_day"),
    "floor_area_m2": ("建筑面积", "面积", "建筑面积平方米", "floor_area", "floor_area_m2"),
    "services": ("服务内容", "服务项目", "services"),
    "uscc": ("统一社会信用代码", "信用代码", "uscc"),
    "filing_no": ("备案编号", "备案号", "filing_no"),
    "filed_on": ("备案日期", "备案时间", "filed_on"),
    "checked_on": ("核实日期", "核查日期", "checked_on"),
    "care_levels": ("接收对象", "收住对象", "可接收对象", "收住老人类型", "care_levels"),
    "has_lift": ("电梯", "有无电梯", "是否有电梯", "has_lift"),
    "has_ramp": ("无障碍坡道", "坡道", "有无坡道", "是否有坡道", "has_ramp"),
    "ownership": ("机构性质", "公办民办", "举办性质", "办别", "ownership"),
    "medical_link": ("医养结合方式", "医养结合", "医养结合情况", "medical_link"),
    "fire_state": ("消防检查结果", "消防验收", "消防情况", "消防安全", "消防", "fire_state"),
    "fire_checked_on": ("消防检查日期", "消防验收日期", "fire_checked_on"),
    "operation": ("运营方式", "运营性质", "经营性质", "operation"),
    **prices.HEADINGS,
    **ratings.HEADINGS,
}  # fmt: skip


# Whose name, address or phone it is: 「Location Name」 before 「Provider Name」.
_OWNERS = (
    "location", "facility", "site", "centre", "center", "service", "institution",
    "establishment", "organisation", "organization", "provider",
    "设施", "机构", "单位", "站点", "养老机构", "geo", "gps", "map", "addr",
)  # fmt: skip
_SYSTEM = re.compile(
    r"(wgs_?84|wgs|gps)|(gcj_?-?0?2|gcj|高德|腾讯|火星|gaode|amap|tencent)|(bd_?-?09|bd|百度|baidu)"
    r"|(cgcs_?2000|国家2000|2000坐标系?)", re.IGNORECASE,
)  # fmt: skip
_SYSTEMS = ("EPSG:4326", "GCJ-02", "BD-09", "CGCS2000")
_HAN = re.compile(r"[一-鿿]+")
_BRACKETS = re.compile(r"\s*[(（\[【][^)）\]】]*[)）\]】]\s*")
_POSITION = ("lon", "lat", "east", "north", "x", "y")


def claims_of(columns: Sequence[str]) -> list[tuple[str, int] | None]:
    """Which field each heading speaks of and how likely (0 is surest), None for none.

    Compared are the heading, the heading without brackets (経度（十進）), without the name of a
    coordinate system (百度经度, lng_gcj02), and without whose it is (Location Name).
    """
    return [_claim(column) for column in columns]


def heading_key(heading: str) -> str:
    """What headings are compared by: `search_key`, and 座標, as Taiwan writes it, is 坐标."""
    return search_key(heading).replace("座标", "坐标")


def _claim(column: str) -> tuple[str, int] | None:
    key = heading_key(column)
    if found := _RANK.get(key):
        return found
    bare = _BRACKETS.sub("", column)
    if found := _RANK.get(heading_key(bare)):
        return found[0], found[1] + 100
    found = _RANK.get(heading_key(_SYSTEM.sub("", column)) or key)
    if found and found[0] in _POSITION:
        return found[0], found[1] + 200
    for order, owner in enumerate(_OWNERS):
        if key.startswith(owner) and (found := _RANK.get(key.removeprefix(owner))):
            return found[0], found[1] + 300 + 100 * order
    return _in_pinyin().get(key) if key.isascii() else None


def system_in_heading(column: str) -> str | None:
    """The coordinate system that the heading of a position names: lng_gcj02, 百度经度."""
    claim = _claim(column)
    found = _SYSTEM.search(column)
    if claim is None or claim[0] not in _POSITION or found is None:
        return None
    return next(name for name, said in zip(_SYSTEMS, found.groups(), strict=True) if said)


_RANK = {
    heading_key(alias): (field, order)
    for field, names in ALIASES.items()
    for order, alias in reversed(list(enumerate(names)))
}
PINYIN_RANK = 5_000
"""From here on a claim rests on the heading's sound: di_zhi is 地址, 地质 as well."""
_SHORT_PINYIN = {"区": "qu"}
"""Words of one syllable that are understood in pinyin all the same."""


def pinyin_headings(fields: Mapped[str, Sequence[str]]) -> dict[str, tuple[str, int]]:
    """Every Chinese heading of some fields in plain pinyin, with its field and its low rank.

    What could be the pinyin of two fields is neither, nor is what is a heading by itself.
    """
    found: dict[str, tuple[str, int]] = {}
    doubtful = {search_key(alias) for names in fields.values() for alias in names}
    for field, names in fields.items():
        for order, alias in enumerate(names):
            if not _HAN.fullmatch(alias) or (len(alias) < 2 and alias not in _SHORT_PINYIN):
                continue
            key = _SHORT_PINYIN.get(alias) or pinyin_key(pinyin(alias))
            if found.setdefault(key, (field, PINYIN_RANK + order))[0] != field:
                doubtful.add(key)
    return {key: claim for key, claim in found.items() if key not in doubtful}


@lru_cache(maxsize=1)
def _in_pinyin() -> dict[str, tuple[str, int]]:
    return pinyin_headings(ALIASES)


def is_idle_claim(field: str | None, order: int, table: Table, index: int) -> bool:
    """Whether a heading in pinyin speaks of divisions, but its cells are no words: ids of rows."""
    if field != "stated_unit" or order < PINYIN_RANK:
        return False
    cells = [cell for cell in pc.unique(column_of(table.rows, index)).to_pylist() if cell.strip()]
    return sum(bool(_HAN.search(cell)) for cell in cells) * 2 <= len(cells)


_MOST_JUDGED = 20_000
"""Cells of a column that are looked at to tell whether it is about persons."""


def public_column(texts: pa.Array, field: str | None) -> tuple[pa.Array, list[int]]:
    """A column after `public_text`, and the places where that changed a cell."""
    suspects = to_numpy(pc.match_substring_regex(texts, SUSPECT), False).nonzero()[0]
    changed: list[int] = []
    clean: list[str | None] = []
    for index in suspects.tolist():
        text = texts[index].as_py()
        public = public_text(text, field)
        if public != text:
            changed.append(index)
            clean.append(public)
    if not changed:
        return texts, changed
    return replaced_at(texts, changed, clean), changed


def replaced_at(texts: pa.Array, places: list[int], values: list[str | None]) -> pa.Array:
    """A string array with other values at some places."""
    mask = np.zeros(len(texts), dtype=bool)
    mask[places] = True
    return pc.replace_with_mask(texts, pa.array(mask), pa.array(values, pa.string()))


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column is which field; personal columns by name; the rest is kept as `extra`."""

    fields: dict[str, int]
    personal: dict[int, str]
    extra: dict[int, str]

    def field_of(self, index: int) -> str | None:
        """The field that a column is read as, if any."""
        return next((field for field, at in self.fields.items() if at == index), None)

    def named(self, columns: list[str]) -> dict[str, str]:
        """Column → field, for the report; personal and extra columns say so."""
        known = {columns[index]: field for field, index in self.fields.items()}
        personal = dict.fromkeys(self.personal.values(), "personal, not stored")
        return {**known, **personal, **dict.fromkeys(self.extra.values(), "extra")}


_AXES = ("lon", "lat", "east", "north", "x", "y")


EXTRA = "extra"
"""What a mapping says of a column that is no field."""


def map_columns(table: Table, given: Mapped[str, str] | None = None) -> Mapping:
    """Tell the columns of a table apart: fields, personal columns, and others.

    `given` says of some headings which field they are, or `EXTRA`; it wins over every guess.
    Where two columns claim one field, the likelier heading wins and the other is kept in `extra`.
    Raises DeliveryRefused when there is no name or no position among them, or two positions.
    """
    rank = claims_of(table.columns)
    claims: dict[str, list[tuple[int, int]]] = {}
    personal: dict[int, str] = {}
    extra: dict[int, str] = {}
    given = given or {}
    for index, column in enumerate(table.columns):
        field, order = rank[index] or (None, 0)
        if field == "state" and not _is_state(table, index):
            field = None  # the State of an address
        if is_idle_claim(field, order, table, index):
            field = None
        if field is not None and order >= _WEAK and is_personal_name(column):
            field = None
        if column in given and not is_personal_name(column):
            field, order = given[column], -1
        if field == EXTRA and not holds_persons_below(table, index):
            extra[index] = column
        elif field in _AXES and LON in table.columns and column not in (LON, LAT):
            extra[index] = column  # the geometry is the position; these columns repeat it
        elif field is not None and field != EXTRA:
            claims.setdefault(field, []).append((order, index))
        elif holds_persons_below(table, index):
            personal[index] = column
        else:
            extra[index] = column
    fields = {field: min(claim)[1] for field, claim in claims.items()}
    spare = [index for claim in claims.values() for _, index in sorted(claim)[1:]]
    spare += _settle_axes(fields, table.rows)
    for index in sorted(spare):
        kept_as = personal if holds_persons_below(table, index) else extra
        kept_as[index] = table.columns[index]
    settled = {*given.values()}
    _refuse_two_positions(
        [at for at in spare if (rank[at] or ("", 0))[0] not in settled], rank, table.columns
    )
    if "name" not in fields:
        raise _lacking("名称", "a name", table.columns)
    if "lon" not in fields or "lat" not in fields:
        raise _lacking("坐标（经度/纬度 或 纵坐标/横坐标）", "coordinates", table.columns)
    return Mapping(fields, personal, extra)


def _refuse_two_positions(
    spare: list[int], rank: list[tuple[str, int] | None], columns: list[str]
) -> None:
    """Two columns may claim a name, and the likelier one wins; two positions need a decision."""
    for index in spare:
        if (rank[index] or ("", 0))[0] in ("lon", "lat"):
            raise DeliveryRefused(
                f"有两列都像是坐标，其中「{columns[index]}」；请去掉或改名一列。\n"
                f"Two columns claim one coordinate, {columns[index]!r} among them: drop one."
            )


_WEAK = 300
"""From here on a claim rests on a part of the heading."""


def _is_state(table: Table, index: int) -> bool:
    """Whether a column called state or status holds any state of operation that is understood."""
    if search_key(table.columns[index]) != "state":
        return True
    cells = pc.unique(column_of(table.rows, index)).to_pylist()
    return any(cell.strip() in STATE_WORDS for cell in cells[:1000])


def holds_persons_below(table: Table, index: int) -> bool:
    """Whether a column without a field is about persons, judged by rows spread over the file."""
    cells = column_of(table.rows, index)
    written = cells.filter(pc.not_equal(pc.utf8_trim_whitespace(cells), ""))
    step = max(1, len(written) // _MOST_JUDGED)
    return holds_persons(table.columns[index], written[::step].to_pylist())


def _settle_axes(fields: dict[str, int], rows: Sequence[Row]) -> list[int]:
    """Say which column is east (`lon`) and which north (`lat`), also for X and Y.

    纵坐标 and 横坐标 are plain. A bare X is east for software and north for Chinese surveyors: the
    values decide, for longitudes and projected coordinates of China do not look like latitudes.
    Answers the columns of a second pair of coordinates, which are not used.
    """
    if "lon" not in fields and "lat" not in fields:
        if "east" in fields and "north" in fields:
            fields["lon"], fields["lat"] = fields.pop("east"), fields.pop("north")
        elif "x" in fields and "y" in fields:
            x, y = fields.pop("x"), fields.pop("y")
            votes = [_x_is_north(row.cells[x], row.cells[y]) for row in rows[:1000]]
            north_first = votes.count(True) > votes.count(False)
            fields["lon"], fields["lat"] = (y, x) if north_first else (x, y)
    return [fields.pop(name) for name in ("east", "north", "x", "y") if name in fields]


def _x_is_north(x_text: str, y_text: str) -> bool | None:
    """Whether X is the north axis of one row: by degrees, by zone number, or by false easting.

    None where the numbers do not tell; then X is east, as software has it.
    """
    try:
        x, y = abs(float(x_text)), abs(float(y_text))
    except ValueError:
        return None
    if max(x, y) <= 360:
        if not (3 <= min(x, y) <= 54 and 73 <= max(x, y) <= 136):
            return None  # abroad the values say nothing
        return x < y  # anywhere in China the longitude is the larger one
    if max(x, y) > 10_000_000:
        return y > x  # the zone number stands before the easting
    if (x >= 1_000_000) == (y >= 1_000_000):
        return None  # Hong Kong and Britain count both axes by six digits
    return x > y  # northings have seven digits, eastings without a zone number six


def _lacking(zh: str, en: str, columns: list[str]) -> DeliveryRefused:
    shown = ", ".join(column[:40] for column in columns[:30])
    if any(REDACTED in column for column in columns):  # then the first line is one of persons
        shown = f"{len(columns)} 列，疑似没有表头 · {len(columns)} columns, it seems no headings"
    elif any(_IS_NUMBER.fullmatch(column) for column in columns):
        shown = (
            f"{len(columns)} 列，第一行像是数据，疑似没有表头，请加一行列名 · "
            f"{len(columns)} columns, the first line seems to be data: put headings above it"
        )
    return DeliveryRefused(
        f"没有找到{zh}列；现有列：{shown}。请按 docs/loading.md 改列名，或用 --mapping 说明。\n"
        f"No column holds {en}; there are: {shown}. Rename them (docs/loading.md) or say by "
        "--mapping which they are."
    )


_IS_NUMBER = re.compile(r"-?\d{1,8}\.\d+")
