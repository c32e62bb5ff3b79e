"""What do the parameters of a question about features ask? Each read once, wrong ones named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from api.ogc.answers import Call
from geo.errors import BadInput, both
from geo.queries.collections import Collection, Property
from geo.queries.cql import Condition, condition, read_json, read_text
from geo.queries.items import Question
from geo.queries.moments import as_it_is, on_day, read_day, read_when
from geo.queries.paging import Cursor, read_cursor, read_order
from geo.queries.reference_systems import CRS84, ReferenceSystem, read_box, system
from geo.validity import today_in_china

DEFAULT_LIMIT, MOST = 10, 10_000
FARTHEST = 100_000
"""The most features that `offset` leaves out: it reads them all; `next` does not."""
PARAMETERS = (
    "limit", "offset", "cursor", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang",
    "filter-crs", "sortby", "properties", "skipGeometry", "f",
)  # fmt: skip
ONE = ("crs", "datetime", "properties", "skipGeometry", "f")
_TRUTH = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the page of it that is wanted; `limit` is None where none was given.

    A page begins after a cursor, or after the first `skip` features.
    """

    question: Question
    limit: int | None
    after: Cursor | None
    has_day: bool
    skip: int = 0

    @property
    def page(self) -> int:
        """Features on a page."""
        return DEFAULT_LIMIT if self.limit is None else self.limit


def asked_of(call: Call, collection: Collection) -> Asked:
    """Read the parameters of `items`. Raises BadInput that names the first wrong one."""
    by_name = collection.by_name
    if call.parameters:
        call.only(*PARAMETERS, *(n for n, one in by_name.items() if not one.is_nested))
    given = dict(call.parameters)
    order = read_order(given["sortby"], collection) if "sortby" in given else ()
    after = read_cursor(given["cursor"], order) if "cursor" in given else None
    has_day = "datetime" in given
    if has_day:
        when = read_when(given["datetime"])
    else:
        when = on_day(after.day if after is not None and after.day else today_in_china())
    question = Question(
        collection, when, _area(given), _filter(given, collection), order,
        _properties(given, by_name), not _truth(given, "skipGeometry"), _system(given, "crs"),
        equal=tuple(
            _equal(by_name[name], value, collection)
            for name, value in given.items()
            if name in by_name
        ),
    )  # fmt: skip
    skip = skip_of(given.get("offset"), after)
    return Asked(question, limit_of(given.get("limit")), after, has_day, skip)


def one_asked(call: Call, collection: Collection) -> Question:
    """Read the parameters of one feature. Raises BadInput."""
    call.only(*ONE)
    given = dict(call.parameters)
    said = given.get("datetime")
    return Question(
        collection,
        as_it_is(collection.time, today_in_china()) if said is None else on_day(read_day(said)),
        properties=_properties(given, collection.by_name),
        with_geometry=not _truth(given, "skipGeometry"),
        crs=_system(given, "crs"),
    )


def limit_of(said: str | None) -> int | None:
    """Features wanted; more than the most is no error, as the standard has it."""
    if said is None:
        return None
    if not re.fullmatch(r"\d{1,12}", said, re.ASCII) or int(said) < 1:
        raise BadInput(
            both(
                f"参数 limit 须为 1 到 {MOST} 的整数，现为「{said[:30]}」。",
                f"'limit' is a whole number from 1 to {MOST}, not {said[:30]!r}",
            ),
            parameter="limit",
        )
    return min(int(said), MOST)


def skip_of(said: str | None, after: Cursor | None) -> int:
    """How many features are left out first."""
    if said is None:
        return 0
    if not re.fullmatch(r"\d{1,12}", said, re.ASCII) or int(said) > FARTHEST:
        raise BadInput(
            both(
                f"参数 offset 须为 0 到 {FARTHEST} 的整数，现为「{said[:30]}」；"
                "更远请沿 next 翻页。",
                f"'offset' is a whole number from 0 to {FARTHEST}, not {said[:30]!r}; "
                "to go farther, follow 'next'",
            ),
            parameter="offset",
        )
    if int(said) and after is not None:
        raise BadInput(
            both("offset 与 cursor 只能用其一。", "give either 'offset' or 'cursor'"),
            parameter="offset",
        )
    return int(said)


def _area(given: dict[str, str]) -> Any:
    if "bbox" in given:
        return read_box(given["bbox"], _system(given, "bbox-crs"))
    if "bbox-crs" in given:
        _system(given, "bbox-crs")
    return None


def _system(given: dict[str, str], name: str) -> ReferenceSystem:
    return system(given[name], name) if name in given else CRS84


def _filter(given: dict[str, str], collection: Collection) -> Condition | None:
    language = given.get("filter-lang", "cql2-text")
    if language not in ("cql2-text", "cql2-json"):
        raise BadInput(
            both(
                "参数 filter-lang 须为 cql2-text 或 cql2-json。",
                "'filter-lang' is cql2-text or cql2-json",
            ),
            parameter="filter-lang",
        )
    crs = _system(given, "filter-crs")
    if "filter" not in given:
        return None
    read = read_text if language == "cql2-text" else read_json
    return condition(read(given["filter"]), collection, crs)


def _properties(given: dict[str, str], known: dict[str, Property]) -> tuple[str, ...] | None:
    """The properties that are wanted; that a row is made up is told all the same."""
    if "properties" not in given:
        return None
    names = [name for name in given["properties"].split(",") if name]
    for name in names:
        if name not in known:
            listed = "、".join(known)
            raise BadInput(
                both(
                    f"参数 properties：没有属性「{name[:60]}」；可用：{listed}。",
                    f"'properties': no property {name[:60]!r}",
                ),
                parameter="properties",
            )
    return tuple(dict.fromkeys([*names, "is_synthetic"]))


def _truth(given: dict[str, str], name: str) -> bool:
    if name not in given:
        return False
    if given[name] not in _TRUTH:
        raise BadInput(
            both(f"参数 {name} 须为 true 或 false。", f"{name!r} is true or false"),
            parameter=name,
        )
    return _TRUTH[given[name]]


def _equal(one: Property, value: str, collection: Collection) -> Condition:
    """The condition that a property has a value: a list holds it, any other is it."""
    try:
        node = _value(one, value)
    except ValueError:
        raise BadInput(
            both(
                f"参数 {one.name} 的值「{value[:40]}」不合类型 {one.kind}。",
                f"{one.name!r}: {value[:40]!r} is no {one.kind}",
            ),
            parameter=one.name,
        ) from None
    op = "a_contains" if one.kind == "texts" else "="
    tree = {"op": op, "args": [{"property": one.name}, node]}
    try:
        return condition(tree, collection)
    except BadInput as problem:
        raise BadInput(str(problem), parameter=one.name) from None


def _value(one: Property, value: str) -> Any:
    """A value as it stands in a filter. Raises ValueError."""
    match one.kind:
        case "integer":
            if not re.fullmatch(r"[-+]?\d{1,15}", value, re.ASCII):
                raise ValueError(value)
            return int(value)
        case "number":
            if not re.fullmatch(r"[-+]?\d{1,15}(\.\d{1,15})?", value, re.ASCII):
                raise ValueError(value)
            return float(value)
        case "boolean":
            if value not in _TRUTH:
                raise ValueError(value)
            return _TRUTH[value]
        case "day":
            return {"date": value}
        case "texts":
            return [value]
        case _:
            return value
