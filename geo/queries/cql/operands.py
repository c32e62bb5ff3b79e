"""What stands on either side of an operator: a property, a value, a day or interval, a shape?

Everything that a filter brings becomes a bound value with its type; what becomes SQL are our own
words alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import shapely

from geo.errors import BadInput
from geo.queries.collections import Collection, Days, Property
from geo.queries.cql.reading import refused
from geo.queries.moments import read_day
from geo.queries.reference_systems import CRS84, ReferenceSystem, read_box, to_degrees

GEOMETRY_NAMES = ("geometry", "geom")
GROUPS = {
    "text": "text", "integer": "number", "number": "number", "boolean": "boolean", "day": "day",
    "texts": "texts", "object": "object", "objects": "object",
}  # fmt: skip
"""Kind of a property → what it may be compared with."""


@dataclass
class Scope:
    """What a filter may speak of, and the values that it has bound so far."""

    collection: Collection
    crs: ReferenceSystem = CRS84
    values: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: Any, type_: str) -> str:
        """SQL of a value, bound under a name of ours."""
        name = f"f{len(self.values)}"
        self.values[name] = value
        return f"CAST(:{name} AS {type_})"


@dataclass(frozen=True, slots=True)
class Operand:
    """One side of a comparison: its SQL, what it may be compared with, whether it is a property."""

    sql: str
    group: str
    is_property: bool = False


def property_of(node: Any, scope: Scope) -> Property | None:
    """The property that a node names, None where it is none. Raises BadInput for unknown ones."""
    if not (isinstance(node, dict) and set(node) == {"property"}):
        return None
    name = node["property"]
    found = scope.collection.by_name.get(name) if isinstance(name, str) else None
    if found is None:
        known = "、".join(one.name for one in scope.collection.properties)
        raise refused(
            f"没有属性「{str(name)[:60]}」；可用：{known}、geometry",
            f"no property {str(name)[:60]!r}; see the queryables",
        )
    return found


def operand(node: Any, scope: Scope) -> Operand:
    """A property or a value. Raises BadInput for anything else, functions above all."""
    if (found := property_of(node, scope)) is not None:
        return Operand(found.sql, GROUPS[found.kind], True)
    if isinstance(node, bool):
        return Operand("TRUE" if node else "FALSE", "boolean")
    if isinstance(node, int | float):
        return _number(node, scope)
    if isinstance(node, str):
        return Operand(scope.bind(_encodable(node), "text"), "text")
    if isinstance(node, dict) and len(node) == 1 and set(node) <= {"date", "timestamp"}:
        return Operand(scope.bind(day_of(node), "date"), "day")
    if isinstance(node, dict) and node.get("op") == "casei":
        inner = [operand(one, scope) for one in _args(node, 1)]
        if inner[0].group != "text":
            raise refused("CASEI 只用于文字", "CASEI takes text")
        return Operand(f"lower({inner[0].sql})", "text", inner[0].is_property)
    if isinstance(node, dict) and "op" in node:
        raise refused(
            f"不支持函数或运算「{str(node['op'])[:60]}」",
            f"the function or operator {str(node['op'])[:60]!r} is not offered",
        )
    raise refused("这里须为属性或值", "a property or a value is needed here")


def _number(value: float, scope: Scope) -> Operand:
    """A number; a whole one stays whole, so that an index on whole numbers serves."""
    if not math.isfinite(value):
        raise refused("数须有限", "numbers must be finite")
    if float(value).is_integer() and abs(value) < 2**53:
        return Operand(scope.bind(int(value), "bigint"), "number")
    return Operand(scope.bind(float(value), "float8"), "number")


def _encodable(value: str) -> str:
    """The text, if the database can hold it."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise refused("文字不是有效的 Unicode", "a text is no valid Unicode") from None
    if "\0" in value:
        raise refused("文字不能有空字符", "a text holds a NUL")
    return value


def text_of(node: Any) -> str:
    """A text that must be a plain value. Raises BadInput."""
    if not isinstance(node, str):
        raise refused("这里须为文字", "a text is needed here")
    return _encodable(node)


def as_days(nodes: list[Any], scope: Scope) -> list[Any]:
    """The nodes; texts beside a day are dates that somebody wrote without DATE()."""
    if not any(_is_day(node, scope) for node in nodes):
        return nodes
    return [{"date": node} if isinstance(node, str) else node for node in nodes]


def _is_day(node: Any, scope: Scope) -> bool:
    found = property_of(node, scope)
    return found is not None and found.kind == "day"


def day_of(node: dict[str, Any]) -> date:
    """The day of `{"date": …}` or `{"timestamp": …}`. Raises BadInput."""
    value = next(iter(node.values()))
    if not isinstance(value, str):
        raise refused("日期须为文字", "a date is written as text")
    return read_day(value, "filter")


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day of a moment, as SQL."""

    first: str
    last: str


def span(node: Any, scope: Scope) -> Span:
    """A day, a property of days, an interval, or `validity`. Raises BadInput."""
    if node == {"property": "validity"} and isinstance(scope.collection.time, Days):
        whole = scope.collection.time.sql
        return Span(
            f"coalesce(lower({whole}), '-infinity')", f"coalesce(upper({whole}) - 1, 'infinity')"
        )
    if isinstance(node, dict) and set(node) == {"interval"}:
        ends = node["interval"]
        if not (isinstance(ends, list) and len(ends) == 2):
            raise refused("INTERVAL 有两端", "an INTERVAL has two ends")
        return Span(
            _end(ends[0], scope, "-infinity"), _end(ends[1], scope, "infinity", is_last=True)
        )
    one = operand({"date": node} if isinstance(node, str) else node, scope)
    if one.group != "day":
        raise refused("这里须为日期或区间", "a date or an interval is needed here")
    return Span(one.sql, one.sql)


def _end(node: Any, scope: Scope, open_end: str, *, is_last: bool = False) -> str:
    """SQL of one end of an interval."""
    if node == ".." or node == "":
        return f"CAST('{open_end}' AS date)"
    one = operand({"date": node} if isinstance(node, str) else node, scope)
    if one.group != "day":
        raise refused("区间两端须为日期", "the ends of an interval are dates")
    if not one.is_property:
        return one.sql
    day_before = " - 1" if is_last and node == {"property": "valid_until"} else ""
    return f"coalesce({one.sql}{day_before}, '{open_end}')"


def shape(node: Any, scope: Scope) -> str:
    """SQL of a shape that a filter brings, in stored degrees. Raises BadInput."""
    try:
        if isinstance(node, dict) and set(node) == {"bbox"}:
            area = read_box(",".join(repr(float(n)) for n in node["bbox"]), scope.crs, "filter")
            made: Any = (
                shapely.from_wkb(area.polygon)
                if area.polygon
                else shapely.union_all([shapely.box(*box) for box in area.boxes])
            )
        else:
            made = to_degrees(_shape(node, scope.crs), scope.crs, "filter")
    except BadInput:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, shapely.errors.ShapelyError):
        raise refused("图形无效", "the shape cannot be read") from None
    if made.is_empty or not made.is_valid:
        raise refused("图形为空或自相交", "the shape is empty or crosses itself")
    return scope.bind(
        shapely.to_wkb(shapely.set_srid(made, 4490), hex=True, include_srid=True), "geometry"
    )


def _shape(node: Any, crs: ReferenceSystem) -> Any:
    """A GeoJSON geometry with east first."""
    made: Any = shapely.force_2d(shapely.geometry.shape(node))
    if crs.north_first:
        made = shapely.transform(made, lambda points: points[:, ::-1])
    if not all(map(math.isfinite, shapely.get_coordinates(made).ravel())):
        raise ValueError("not finite")
    return made


def _args(node: dict[str, Any], count: int) -> list[Any]:
    """The arguments of an operator, of which there must be so many."""
    args = node.get("args")
    if not isinstance(args, list) or len(args) != count:
        op = str(node.get("op"))[:60]
        raise refused(f"「{op}」须有 {count} 个参数", f"{op!r} takes {count} arguments")
    return args


args_of = _args
