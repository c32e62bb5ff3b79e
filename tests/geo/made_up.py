"""What may a delivery look like? Makes one up: a kind, rows with defects, a format, a CRS.

Nothing here knows the loader. Truths (positions in EPSG:4490, which values are personal) are kept
beside what is written, conversions are made from published formulas and by PROJ.
"""

from __future__ import annotations

import csv
import io
import json
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import opencc
import pyogrio.raw
import shapely
import xlsxwriter
from hypothesis import strategies as st
from pyproj import Transformer

WEST, SOUTH = 119.9, 31.7
"""Corner of the division 天宁区 (320402) with sides of 0.1°, in which true positions lie."""
_TO_TRADITIONAL = opencc.OpenCC("s2tw")
_CHECKS = "10X98765432"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SIGNS = "和平安康大中小山水文光明天地人日月"
Cells = dict[str, str]


@dataclass(slots=True)
class MadeRow:
    """One row: cells by heading, the shape as delivered and as it truly is (None: not told).

    A sound row must be stored; any other may be, or be refused.
    """

    serial: str
    cells: Cells
    shape: Any
    truth: Any
    is_sound: bool = True
    x: str = ""
    y: str = ""


@dataclass(slots=True)
class Made:
    """A made-up delivery: what to load, and what must hold of it."""

    kind: str
    path: Path
    crs: str
    rows: list[MadeRow]
    personal: set[str]
    tolerance_m: float
    told: str = ""


# --- systems ------------------------------------------------------------------


def to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """WGS 84 to GCJ-02 by the formula that is generally known (Krasovsky 1940)."""
    a, ee = 6378245.0, 0.00669342162296594323
    x, y = lon - 105.0, lat - 35.0
    wave = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += (wave + 20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += (wave + 20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    radians = math.radians(lat)
    magic = 1 - ee * math.sin(radians) ** 2
    north = north * 180 / ((a * (1 - ee)) / (magic * math.sqrt(magic)) * math.pi)
    return lon + east * 180 / (a / math.sqrt(magic) * math.cos(radians) * math.pi), lat + north


def to_bd09(lon: float, lat: float) -> tuple[float, float]:
    """WGS 84 to BD-09 by way of GCJ-02."""
    x, y = to_gcj02(lon, lat)
    turn = math.pi * 3000 / 180
    far = math.hypot(x, y) + 0.00002 * math.sin(y * turn)
    angle = math.atan2(y, x) + 0.000003 * math.cos(x * turn)
    return far * math.cos(angle) + 0.0065, far * math.sin(angle) + 0.006


def _projected(number: int) -> Callable[[float, float], tuple[float, float]]:
    into = Transformer.from_crs(4490, number, always_xy=True)

    def project(lon: float, lat: float) -> tuple[float, float]:
        x, y = into.transform(lon, lat)
        return round(x, 4), round(y, 4)

    return project


SYSTEMS: dict[str, tuple[Callable[[float, float], tuple[float, float]], float]] = {
    "cgcs2000": (lambda lon, lat: (lon, lat), 1.0),
    "gcj02": (to_gcj02, 3.0),
    "bd09": (to_bd09, 3.0),
    "EPSG:4528": (_projected(4528), 1.0),  # zone 40 with its prefix
    "EPSG:4549": (_projected(4549), 1.0),  # central meridian 120° without a zone number
}


# --- what rows say ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KindMade:
    """How rows of a kind are made: cells for the n-th one, its needed heading, its shape."""

    cells: Callable[[int, str], Cells]
    needed: str
    shape: str
    column: str = "extra"


def _facility(n: int, word: str) -> Cells:
    return {"名称": f"{word}养老院{n}", "类型": "养老院", "区": "天宁区", "地址": f"{word}路{n}号",
            "床位": str(20 + n), "统一社会信用代码": "91350100M000100Y43" if n == 0 else "",
            "电话": "0519-81234567"}  # fmt: skip


KINDS: dict[str, KindMade] = {
    "facilities": KindMade(_facility, "名称", "Point"),
    "estates": KindMade(
        lambda n, word: {"小区名称": f"{word}苑{n}", "小区类型": "新建", "户数": str(100 + n),
                         "区": "天宁区"}, "小区名称", "Point"),
    "projects": KindMade(
        lambda n, word: {"项目名称": f"{word}中心{n}", "计划投资": f"{n + 1}万元"}, "项目名称",
        "Point"),
    "candidates": KindMade(
        lambda n, word: {"名称": f"{word}闲置用房{n}", "类型": "闲置用房", "楼层": str(n + 1),
                         "面积": str(100 + n), "区": "天宁区"}, "名称", "Point"),
    "demand": KindMade(
        lambda n, word: {"格网编码": f"G{n}{word}", "60岁及以上": str(50 + n), "口径": "常住",
                         "年份": "2020"}, "60岁及以上", "Polygon"),
    "boundary-markers": KindMade(
        lambda n, word: {"界桩编号": f"3204{n:03d}A", "界线代码": "3204", "高程": "12.5"},
        "界桩编号", "Point"),
    "place-names": KindMade(
        lambda n, word: {"名称": f"{word}路{n}", "名称类型": "standard", "区": "天宁区"}, "名称",
        "LineString"),
    "zones": KindMade(
        lambda n, word: {"片区编码": f"Z{n}", "名称": f"{word}片区{n}", "类型": "分析片区"}, "名称",
        "Polygon"),
    "boundary-lines": KindMade(
        lambda n, word: {"界线代码": f"L{n}", "左侧行政区": "320402", "右侧行政区": "320411",
                         "依据": "推导"}, "依据", "LineString"),
    "admin-units": KindMade(
        lambda n, word: {"区划代码": f"320402{900 + n}", "名称": f"{word}镇{n}", "上级": "320402"},
        "名称", "Polygon"),
}  # fmt: skip
PEOPLE = ("王小明", "李建国", "张秀英", "刘志强")
DEFECTS = (
    "none", "none", "none", "no needed", "bad coordinate", "repeat", "bad uscc", "swapped", "nan",
    "far", "mobile", "identity", "quotes", "infinite", "zero",
)  # fmt: skip


HARMLESS = ("none", "repeat", "bad uscc", "mobile", "identity", "quotes")
"""What does not keep a row out."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What hypothesis chooses; a delivery is made from it alone."""

    kind: str
    form: str
    encoding: str
    crs: str
    word: str
    defects: tuple[str, ...]
    spots: tuple[tuple[float, float], ...] = field(repr=False)
    traditional: bool = False
    surveyed: bool = False
    has_earlier: bool = False
    saying: str = "的说法"


@st.composite
def plans(draw: st.DrawFn, kinds: tuple[str, ...]) -> Plan:
    """A plan of up to eight rows."""
    count = draw(st.integers(1, 8))
    form = draw(st.sampled_from(["csv", "tsv", "xlsx", "geojson", "gpkg"]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16"]))
    place = st.integers(1000, 8000).map(lambda n: n * 1e-5)
    return Plan(
        draw(st.sampled_from(kinds)), form, encoding, draw(st.sampled_from(list(SYSTEMS))),
        draw(st.text(_SIGNS, min_size=2, max_size=4)),
        tuple(draw(st.lists(st.sampled_from(DEFECTS), min_size=count, max_size=count))),
        tuple(draw(st.lists(st.tuples(place, place), min_size=count, max_size=count,
                            unique=True))),
        encoding == "big5" and form in ("csv", "tsv", "geojson"), draw(st.booleans()),
        draw(st.booleans()),
    )  # fmt: skip


def identity_number(n: int) -> str:
    """A number with a right check digit, of nobody."""
    first = f"32040219{40 + n % 40}0101{n % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True))
    return first + _CHECKS[total % 11]


def make(plan: Plan, folder: Path) -> Made:
    """The file of a plan."""
    kind = KINDS[plan.kind]
    tolerance = SYSTEMS[plan.crs][1]
    made = Made(plan.kind, folder / f"给.{plan.form}", plan.crs, [], set(), tolerance)
    for n, (defect, spot) in enumerate(zip(plan.defects, plan.spots, strict=True)):
        if defect == "repeat" and made.rows:
            made.rows.append(made.rows[-1])
            continue
        made.rows.append(_row(plan, kind, n, defect, spot, made.personal))
    if plan.traditional:
        for row in {id(row): row for row in made.rows}.values():
            row.cells = {_TO_TRADITIONAL.convert(k): _TO_TRADITIONAL.convert(v)
                         for k, v in row.cells.items()}  # fmt: skip
    _WRITERS[plan.form](made, plan)
    return made


def _row(
    plan: Plan, kind: KindMade, n: int, defect: str, spot: tuple[float, float], personal: set[str]
) -> MadeRow:
    project = SYSTEMS[plan.crs][0]
    serial = f"S{n:03d}"
    cells = {**kind.cells(n, plan.word), "流水号": serial, "说法": f"{plan.word}{plan.saying}{n}",
             "联系人": PEOPLE[n % 4]}  # fmt: skip
    personal.add(PEOPLE[n % 4])
    lon, lat = WEST + spot[0], SOUTH + spot[1]
    if defect == "far":
        lon, lat = (121.2, 30.9) if plan.crs.startswith("EPSG") else (2.35, 48.86)
    truth = _drawn(kind.shape, lon, lat)
    shape = shapely.transform(
        truth, lambda points: np.array([project(*point) for point in points.tolist()])
    )
    if defect == "far":
        truth = None
    if defect == "no needed":
        cells[kind.needed] = ""
    elif defect == "bad uscc" and "统一社会信用代码" in cells:
        cells["统一社会信用代码"] = "91350100M000100Y44"
    elif defect == "mobile":
        number = f"138{n:04d}{len(plan.word):04d}"
        cells["说法"] = f"请找{number[:3]}-{number[3:7]}-{number[7:]}或{number}"
        personal |= {number, f"{number[:3]}-{number[3:7]}-{number[7:]}"}
    elif defect == "identity":
        number = identity_number(n)
        cells["说法"] = f"证号{number}"
        personal.add(number)
    elif defect == "quotes":
        cells["说法"] = 'a "b", c\t;|\n=第二行 \' '
    elif defect == "swapped":
        shape = shapely.set_coordinates(shape, shapely.get_coordinates(shape)[:, ::-1])
    x, y = (repr(v) for v in shapely.get_coordinates(shape)[0].tolist())
    if defect in ("bad coordinate", "nan", "infinite", "zero"):
        truth = None
        value = {"bad coordinate": math.nan, "nan": math.nan, "infinite": math.inf, "zero": 0.0}
        coordinates = shapely.get_coordinates(shape)
        coordinates[len(coordinates) // 2] = value[defect]  # no end of a ring
        if defect == "zero":
            coordinates[:] = 0.0
        shape = shapely.set_coordinates(shape, coordinates)
        x = {"bad coordinate": "某", "nan": "NaN", "infinite": "inf", "zero": "0"}[defect]
        y = "0" if defect == "zero" else y
    return MadeRow(serial, cells, shape, truth, defect in HARMLESS, x, y)


def _drawn(shape: str, lon: float, lat: float) -> Any:
    if shape == "Point":
        return shapely.Point(lon, lat)
    if shape == "LineString":
        return shapely.LineString([(lon, lat), (lon + 0.0002, lat + 0.0001)])
    return shapely.box(lon, lat, lon + 0.0002, lat + 0.0002)


# --- formats ------------------------------------------------------------------


def _grid(made: Made, plan: Plan) -> list[list[str]]:
    """Heading and lines; points in two columns, other shapes as text."""
    headings = list(made.rows[0].cells)
    if KINDS[made.kind].shape == "Point":
        projected = plan.crs.startswith("EPSG")
        axes = ("横坐标", "纵坐标") if plan.surveyed and projected else ("经度", "纬度")
        if plan.traditional:
            axes = tuple(_TO_TRADITIONAL.convert(axis) for axis in axes)
        return [[*headings, *axes], *([*row.cells.values(), row.x, row.y] for row in made.rows)]
    return [[*headings, "WKT"], *([*row.cells.values(), _wkt(row)] for row in made.rows)]


def _wkt(row: MadeRow) -> str:
    return str(shapely.to_wkt(row.shape, rounding_precision=-1))


def _delimited(made: Made, plan: Plan) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t" if plan.form == "tsv" else ",")
    writer.writerows(_grid(made, plan))
    made.path.write_bytes(text.getvalue().encode(plan.encoding))


def _workbook(made: Made, plan: Plan) -> None:
    with xlsxwriter.Workbook(made.path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for n, line in enumerate(_grid(made, plan)):
            for at, cell in enumerate(line):
                sheet.write_string(n, at, cell)


def _geojson(made: Made, plan: Plan) -> None:
    features = [
        {"type": "Feature", "properties": row.cells, "geometry": _mapping(row.shape)}
        for row in made.rows
    ]
    whole = {"type": "FeatureCollection", "features": features}
    made.path.write_bytes(json.dumps(whole, ensure_ascii=False).encode(plan.encoding))


def _mapping(shape: Any) -> dict[str, Any]:
    pairs = shapely.get_coordinates(shape).tolist()
    nested = {"Point": lambda: pairs[0], "LineString": lambda: pairs, "Polygon": lambda: [pairs]}
    return {"type": shape.geom_type, "coordinates": nested[shape.geom_type]()}


def _geopackage(made: Made, plan: Plan) -> None:
    cells = [list(row.cells.values()) for row in made.rows]
    fields = list(made.rows[0].cells)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'crs' was not provided")
        _write_layer(made, plan, cells, fields)


def _write_layer(made: Made, plan: Plan, cells: list[list[str]], fields: list[str]) -> None:
    pyogrio.raw.write(
        made.path, np.array([shapely.to_wkb(row.shape) for row in made.rows], dtype=object),
        [np.array(column, dtype=object) for column in zip(*cells, strict=True)],
        np.array(fields), geometry_type=KINDS[made.kind].shape,
        crs=plan.crs if plan.crs.startswith("EPSG") else None, driver="GPKG",
    )  # fmt: skip


_WRITERS: dict[str, Callable[[Made, Plan], None]] = {
    "csv": _delimited, "tsv": _delimited, "xlsx": _workbook, "geojson": _geojson,
    "gpkg": _geopackage,
}  # fmt: skip
