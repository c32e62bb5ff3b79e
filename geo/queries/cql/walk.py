"""Which SQL condition says the same as a CQL2 tree? Operators and properties by allow-list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from geo.queries.collections import Collection
from geo.queries.cql.operands import (
    GEOMETRY_NAMES,
    Operand,
    Scope,
    Span,
    args_of,
    as_days,
    operand,
    property_of,
    shape,
    span,
    text_of,
)
from geo.queries.cql.reading import DEEPEST, refused, too_deep
from geo.queries.reference_systems import CRS84, ReferenceSystem

COMPARISONS = {"=": "=", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
SPATIAL = {
    "s_intersects": "ST_Intersects({0}, {1})",
    "s_disjoint": "NOT ST_Intersects({0}, {1})",
    "s_within": "ST_Within({0}, {1})",
    "s_contains": "ST_Contains({0}, {1})",
    "s_touches": "ST_Touches({0}, {1})",
    "s_crosses": "ST_Crosses({0}, {1})",
    "s_overlaps": "ST_Overlaps({0}, {1})",
    "s_equals": "ST_Equals({0}, {1})",
}
TEMPORAL = {
    "t_after": "{a} > {d}",
    "t_before": "{b} < {c}",
    "t_contains": "{a} < {c} AND {b} > {d}",
    "t_disjoint": "({b} < {c} OR {a} > {d})",
    "t_during": "{a} > {c} AND {b} < {d}",
    "t_equals": "{a} = {c} AND {b} = {d}",
    "t_finishedby": "{a} < {c} AND {b} = {d}",
    "t_finishes": "{a} > {c} AND {b} = {d}",
    "t_intersects": "{a} <= {d} AND {b} >= {c}",
    "t_meets": "{b} = {c}",
    "t_metby": "{a} = {d}",
    "t_overlappedby": "{a} > {c} AND {a} < {d} AND {b} > {d}",
    "t_overlaps": "{a} < {c} AND {b} > {c} AND {b} < {d}",
    "t_startedby": "{a} = {c} AND {b} > {d}",
    "t_starts": "{a} = {c} AND {b} < {d}",
}
"""Operator → condition on the first (a, b) and second (c, d) span of days, ends inside."""
ARRAYS = {"a_contains": "@>", "a_containedby": "<@", "a_equals": "=", "a_overlaps": "&&"}


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition in SQL and the values that it binds."""

    sql: str
    values: dict[str, Any]


def condition(tree: Any, collection: Collection, crs: ReferenceSystem = CRS84) -> Condition:
    """The condition of a parsed filter on a collection; shapes of the filter are in `crs`.

    Raises BadInput (parameter `filter`) for properties, functions and operators that are not
    offered, and for sides that cannot be compared.
    """
    scope = Scope(collection, crs)
    return Condition(_walk(tree, scope, 0), scope.values)


def _walk(node: Any, scope: Scope, depth: int) -> str:
    if depth > DEEPEST:
        raise too_deep()
    if isinstance(node, bool):
        return "TRUE" if node else "FALSE"
    if (found := property_of(node, scope)) is not None and found.kind == "boolean":
        return found.sql
    if not (isinstance(node, dict) and isinstance(node.get("op"), str)):
        raise refused("这里须为条件", "a condition is needed here")
    op = node["op"].lower()
    if op in ("and", "or"):
        return _joined(op, node, scope, depth)
    if op == "not":
        return f"(NOT {_walk(args_of(node, 1)[0], scope, depth + 1)})"
    written = _WRITERS.get(op)
    if written is None:
        raise refused(
            f"不支持函数或运算「{node['op'][:60]}」",
            f"the function or operator {node['op'][:60]!r} is not offered",
        )
    return f"({written(op, node, scope)})"


def _joined(op: str, node: dict[str, Any], scope: Scope, depth: int) -> str:
    args = node.get("args")
    if not isinstance(args, list) or len(args) < 2:
        raise refused(f"{op.upper()} 至少有两个条件", f"{op.upper()} joins two conditions or more")
    return "(" + f" {op.upper()} ".join(_walk(one, scope, depth + 1) for one in args) + ")"


def _compared(op: str, node: dict[str, Any], scope: Scope) -> str:
    left, right = _alike(args_of(node, 2), scope)
    return f"{left.sql} {COMPARISONS[op]} {right.sql}"


def _alike(nodes: list[Any], scope: Scope) -> list[Operand]:
    """Operands that can be compared with one another. Raises BadInput where they cannot."""
    given = [operand(node, scope) for node in as_days(nodes, scope)]
    groups = {one.group for one in given}
    if len(groups) > 1 or groups & {"texts", "object"}:
        raise refused(
            f"两侧类型不同或不可比较（{'、'.join(sorted(groups))}）；列表请用 A_CONTAINS",
            f"the sides cannot be compared ({', '.join(sorted(groups))}); lists: A_CONTAINS",
        )
    return given


def _is_null(_: str, node: dict[str, Any], scope: Scope) -> str:
    (inner,) = args_of(node, 1)
    if _is_geometry(inner):
        return f"{scope.collection.geom} IS NULL"
    found = property_of(inner, scope)
    if found is None:
        raise refused("IS NULL 须用于属性", "IS NULL asks of a property")
    return f"{found.sql} IS NULL"


def _like(_: str, node: dict[str, Any], scope: Scope) -> str:
    subject, pattern = args_of(node, 2)
    asked = operand(subject, scope)
    if asked.group != "text":
        raise refused("LIKE 只用于文字", "LIKE takes text")
    folded = isinstance(pattern, dict) and pattern.get("op") == "casei"
    written = text_of(args_of(pattern, 1)[0] if folded else pattern)
    if (len(written) - len(written.rstrip("\\"))) % 2:
        raise refused("LIKE 的模式不能以 \\ 结尾", "a pattern cannot end with a backslash")
    bound = scope.bind(written, "text")
    return f"{asked.sql} LIKE {f'lower({bound})' if folded else bound}"


def _between(_: str, node: dict[str, Any], scope: Scope) -> str:
    one, low, high = _alike(args_of(node, 3), scope)
    return f"{one.sql} BETWEEN {low.sql} AND {high.sql}"


def _in(_: str, node: dict[str, Any], scope: Scope) -> str:
    subject, listed = args_of(node, 2)
    if not isinstance(listed, list) or not listed:
        raise refused("IN 后须有列表", "IN takes a list")
    one, *others = _alike([subject, *listed], scope)
    return f"{one.sql} IN ({', '.join(other.sql for other in others)})"


def _spatial(op: str, node: dict[str, Any], scope: Scope) -> str:
    first, second = args_of(node, 2)
    if _is_geometry(first) == _is_geometry(second):
        raise refused(
            "空间条件须为 geometry 与一个图形", "a spatial condition has `geometry` and one shape"
        )
    own = scope.collection.geom
    sides = [own if _is_geometry(one) else _drawn(op, one, scope) for one in (first, second)]
    return SPATIAL[op].format(*sides)


def _drawn(op: str, node: Any, scope: Scope) -> str:
    is_mixed = isinstance(node, dict) and node.get("type") == "GeometryCollection"
    if is_mixed and op not in ("s_intersects", "s_disjoint"):
        raise refused(
            "GEOMETRYCOLLECTION 只用于 S_INTERSECTS 和 S_DISJOINT",
            "a GEOMETRYCOLLECTION goes with S_INTERSECTS and S_DISJOINT only",
        )
    return shape(node, scope)


def _is_geometry(node: Any) -> bool:
    return isinstance(node, dict) and node.get("property") in GEOMETRY_NAMES


def _temporal(op: str, node: dict[str, Any], scope: Scope) -> str:
    first, second = args_of(node, 2)
    one: Span = span(first, scope)
    other: Span = span(second, scope)
    return TEMPORAL[op].format(a=one.first, b=one.last, c=other.first, d=other.last)


def _array(op: str, node: dict[str, Any], scope: Scope) -> str:
    return f" {ARRAYS[op]} ".join(_list(one, scope) for one in args_of(node, 2))


def _list(node: Any, scope: Scope) -> str:
    if isinstance(node, list):
        return scope.bind([text_of(one) for one in node], "text[]")
    found = property_of(node, scope)
    if found is None or found.kind != "texts":
        raise refused("这里须为列表", "a list is needed here")
    return found.sql


_Writer = Callable[[str, dict[str, Any], Scope], str]
_WRITERS: dict[str, _Writer] = {
    **dict.fromkeys(COMPARISONS, _compared), "isnull": _is_null, "like": _like,
    "between": _between, "in": _in, **dict.fromkeys(SPATIAL, _spatial),
    **dict.fromkeys(TEMPORAL, _temporal), **dict.fromkeys(ARRAYS, _array),
}  # fmt: skip
