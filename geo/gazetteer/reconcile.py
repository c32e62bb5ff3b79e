"""Which places do the queries of a reconciliation client mean, and what is known of them?

Reconciliation Service API 0.2 (W3C Entity Reconciliation Community Group): queries, candidates with
features, suggestions and data extension, without anything of HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from geo.errors import BadInput, both
from geo.gazetteer.exchange.read import ids_of, read
from geo.gazetteer.exchange.record import NEVER_PUBLIC, PlaceRecord
from geo.gazetteer.places import PlaceFacts, facts_of
from geo.gazetteer.search import FEATURE_CLASSES, LONGEST_TEXT, Hit, search
from geo.gazetteer.years import names_in_year
from geo.text import search_key

Reader = Session | Connection
Json = dict[str, Any]
BATCH = 50
"""Most queries in one batch."""
MOST_IDS = 1_000
DEFAULT_LIMIT, MOST_CANDIDATES = 5, 50
SURE, CLEAR = 95.0, 3.0
"""A candidate matches for certain with this score, and so much more than the next one."""
PLACE = {"id": "place", "name": "地名 · place"}


@dataclass(frozen=True, slots=True)
class Query:
    """One query: a name, the types wanted, and values of properties that should agree."""

    text: str
    types: tuple[str, ...] = ()
    limit: int = DEFAULT_LIMIT
    strict: str = "any"
    properties: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Property:
    """A property: its name, the values of a place, and whether queries may compare with it."""

    name: str
    values: Callable[[PlaceRecord, PlaceFacts], list[Json]]
    is_compared: bool = True


def _texts(*found: str | None) -> list[Json]:
    return [{"str": text} for text in dict.fromkeys(found) if text]


def _of_kind(*kinds: str) -> Callable[[PlaceRecord, PlaceFacts], list[Json]]:
    return lambda place, _: _texts(*(name.name for name in place.names if name.kind in kinds))


def _told(kind: str) -> Callable[[PlaceRecord, PlaceFacts], list[Json]]:
    return lambda place, _: _texts(*(text.value for text in place.texts if text.kind == kind))


def _number(name: str) -> Callable[[PlaceRecord, PlaceFacts], list[Json]]:
    def values(_: PlaceRecord, facts: PlaceFacts) -> list[Json]:
        value = getattr(facts, name)
        return [] if value is None else [{"float": value}]

    return values


def _around(_: PlaceRecord, facts: PlaceFacts) -> list[Json]:
    if facts.in_unit_code is None:
        return []
    return [{"id": f"unit:{facts.in_unit_code}", "name": facts.in_unit_name or facts.in_unit_code}]


PROPERTIES: dict[str, Property] = {
    "name": Property("标准名称 · standard name", lambda _, facts: _texts(facts.name)),
    "pinyin": Property("汉语拼音 · pinyin", lambda _, facts: _texts(facts.pinyin)),
    "former_name": Property("曾用名 · former names", _of_kind("former", "vanished")),
    "other_name": Property("别名 · other names", _of_kind("alias", "short", "popular", "minority")),
    "class": Property(
        "类别 · class", lambda p, _: _texts(FEATURE_CLASSES.get(p.feature_class, p.feature_class))
    ),
    "category": Property("类别代码 · category code", lambda place, _: _texts(place.category)),
    "division": Property("所在区划 · division around it", _around),
    "division_code": Property("区划代码 · its own division code", lambda p, _: _texts(p.unit_code)),
    "lon": Property("经度 · longitude", _number("lon"), False),
    "lat": Property("纬度 · latitude", _number("lat"), False),
    "called_in": Property("某年名称 · name in a year (setting: year)", lambda *_: [], False),
    "origin": Property("来历 · origin", _told("origin"), False),
    "meaning": Property("含义 · meaning", _told("meaning"), False),
    "history": Property("沿革 · history", _told("history"), False),
    "list": Property(
        "名录 · lists", lambda place, _: _texts(*(one.list_name for one in place.listings))
    ),
    "source": Property("来源 · source", lambda place, _: _texts(place.source), False),
}  # fmt: skip


# --- reading what was sent -----------------------------------------------------------------


def read_queries(written: str) -> dict[str, Query]:
    """The queries of a batch by their keys. Raises BadInput (parameter `queries`) for a wrong one.

    More than BATCH queries raise it too, with `too_many` as the parameter.
    """
    batch = _object(written, "queries")
    if len(batch) > BATCH:
        raise BadInput(
            both(
                f"一批最多 {BATCH} 条，现有 {len(batch)} 条。", f"at most {BATCH} queries a batch"
            ),
            parameter="too_many",
        )
    return {key: _query(key, one) for key, one in batch.items()}


def _query(key: str, one: Any) -> Query:
    if not isinstance(one, dict):
        raise _wrong("queries", f"{key}：须为对象", f"{key!r} is no object")
    properties = tuple(_compared(key, entry) for entry in _list(key, one, "properties"))
    asked = one.get("query")
    if asked is None and not properties:
        raise _wrong("queries", f"{key}：缺少 query", f"{key!r} lacks query and properties")
    if asked is not None and not isinstance(asked, str):
        raise _wrong("queries", f"{key}：query 须为文本", f"query of {key!r} is no text")
    types = one.get("type") or []
    types = [types] if isinstance(types, str | dict) else types
    if not isinstance(types, list):
        raise _wrong("queries", f"{key}：type 有误", f"type of {key!r} is wrong")
    named = tuple(str(t.get("id")) if isinstance(t, dict) else str(t) for t in types)
    limit = one.get("limit", DEFAULT_LIMIT)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not limit >= 1:
        raise _wrong("queries", f"{key}：limit 须为正整数", f"limit of {key!r} is not positive")
    strict = one.get("type_strict", "any")
    if strict not in ("any", "should", "all"):
        raise _wrong("queries", f"{key}：type_strict 有误", f"type_strict of {key!r} is wrong")
    return Query(asked or "", named, int(min(limit, MOST_CANDIDATES)), strict, properties)


def _compared(key: str, entry: Any) -> tuple[str, tuple[str, ...]]:
    if not isinstance(entry, dict) or not isinstance(entry.get("pid"), str) or "v" not in entry:
        raise _wrong("queries", f"{key}：properties 有误", f"a property of {key!r} is wrong")
    values = entry["v"] if isinstance(entry["v"], list) else [entry["v"]]
    told = [v.get("id") or v.get("name") if isinstance(v, dict) else v for v in values]
    return entry["pid"], tuple(str(value) for value in told if value not in (None, ""))


def _list(key: str, one: Json, name: str) -> list[Any]:
    found = [] if one.get(name) is None else one[name]
    if not isinstance(found, list):
        raise _wrong("queries", f"{key}：{name} 须为数组", f"{name} of {key!r} is no array")
    return found


def _object(written: str, parameter: str) -> Json:
    try:
        whole = orjson.loads(written)
    except orjson.JSONDecodeError as problem:
        raise _wrong(
            parameter, f"不是有效的 JSON（第 {problem.colno} 字处）", f"not valid JSON: {problem}"
        ) from None
    if not isinstance(whole, dict):
        raise _wrong(parameter, "须为 JSON 对象", "it is no JSON object")
    return whole


def _wrong(parameter: str, zh: str, en: str) -> BadInput:
    return BadInput(both(f"参数 {parameter}：{zh[:200]}。", en[:200]), parameter=parameter)


# --- candidates --------------------------------------------------------------------------


def reconcile(session: Reader, queries: Mapping[str, Query], *, on: date) -> dict[str, Json]:
    """Answer the candidates of every query, the likeliest first; scores lie in 0 to 100."""
    return {key: {"result": candidates(session, query, on=on)} for key, query in queries.items()}


def candidates(session: Reader, query: Query, *, on: date) -> list[Json]:
    """Answer the candidates of one query with score, features and whether one matches for sure."""
    hits = _hits(session, query, on)
    if query.properties and hits:
        keys = ids_of(session, [hit.code for hit in hits])
        known = {r.code: r for r in read(session, list(keys.values())).values()}
    else:
        known = {}
    scored = []
    for hit in hits:
        share = _agreement(query, known.get(hit.code), hit)
        of_type = not _classes(query) or hit.feature_class in _classes(query)
        score = hit.score * (0.5 + 0.5 * share) * (1.0 if of_type else 0.7)
        scored.append((round(min(score, 100.0), 1), share, of_type, hit))
    scored.sort(key=lambda one: -one[0])
    best = scored[0][0] if scored else 0.0
    second = scored[1][0] if len(scored) > 1 else 0.0
    return [
        _candidate(one, is_sure=n == 0 and best >= SURE and best - second >= CLEAR)
        for n, one in enumerate(scored[: query.limit])
    ]


def _hits(session: Reader, query: Query, on: date) -> list[Hit]:
    """What the search finds, of the types wanted; a place's own code finds that place."""
    typed = query.text.strip() or next(
        (v for pid, values in query.properties if pid in ("name", "former_name") for v in values),
        "",
    )
    typed = "".join(c for c in typed if c.isprintable())[:LONGEST_TEXT]
    classes = _classes(query)
    one_class = classes[0] if len(classes) == 1 and query.strict != "should" else None
    found = [] if not search_key(typed) else search(
        session, typed, on=on, limit=max(query.limit * 2, 10), feature_class=one_class
    )  # fmt: skip
    own = ids_of(session, [typed]) if typed else {}
    facts = facts_of(session, list(own.values()), on)
    exact = [
        Hit(**vars(one), matched_name=one.name, matched_kind="standard", how="code",
            how_zh="代码相同", how_en="same code", score=100.0)
        for one in facts.values()
    ]  # fmt: skip
    hits = [*exact, *(hit for hit in found if hit.code not in own)]
    if classes and query.strict != "should":
        hits = [hit for hit in hits if hit.feature_class in classes]
    return [hit for hit in hits if not (hit.category or "").startswith(NEVER_PUBLIC)]


def _classes(query: Query) -> list[str]:
    """The classes that the types mean; the generic type and unknown ones restrict nothing."""
    return [one for one in query.types if one in FEATURE_CLASSES]


def _agreement(query: Query, place: PlaceRecord | None, hit: Hit) -> float:
    """The share of the properties given of which a value agrees; 1 where none was given."""
    asked = [(pid, values) for pid, values in query.properties if values and pid in PROPERTIES]
    if not asked or place is None:
        return 1.0
    agree = 0
    for pid, values in asked:
        mine = PROPERTIES[pid].values(place, hit)
        keys = {search_key(str(v)) for one in mine for v in one.values()}
        if pid == "division":
            keys |= {search_key(hit.in_unit_code or ""), search_key(hit.unit_code or "")}
        agree += any(_agrees(search_key(value), keys) for value in values)
    return agree / len(asked)


def _agrees(value: str, keys: set[str]) -> bool:
    """The same, or the same without what comes after: 天宁 for 天宁区, 320402 for 320402000000."""
    return bool(value) and any(key == value or key.startswith(value) for key in keys if key)


def _candidate(scored: tuple[float, float, bool, Hit], *, is_sure: bool) -> Json:
    score, share, of_type, hit = scored
    return {
        "id": hit.code,
        "name": hit.name,
        "description": f"{hit.in_unit_name or '所在未知'}；{hit.how_zh}",
        "type": [_type(hit.feature_class)],
        "score": score,
        "features": [
            {"id": "name_score", "value": hit.score},
            {"id": "properties_share", "value": round(share, 3)},
            {"id": "type_match", "value": of_type},
            {"id": "same_name", "value": hit.how in ("exact", "code")},
        ],
        "match": is_sure and share == 1.0 and of_type and hit.how in ("exact", "code"),
    }


def _type(feature_class: str) -> Json:
    return {"id": feature_class, "name": FEATURE_CLASSES.get(feature_class, feature_class)}


# --- suggestions ---------------------------------------------------------------------------


def suggest_entities(session: Reader, prefix: str, *, cursor: int, on: date) -> list[Json]:
    """Answer places whose name begins so or is so, after skipping `cursor` of them."""
    hits = _hits(session, Query(prefix, limit=min(cursor + 10, MOST_CANDIDATES)), on)
    return [
        {"id": hit.code, "name": hit.name, "description": hit.in_unit_name or "所在未知",
         "notable": [_type(hit.feature_class)]}
        for hit in hits[cursor : cursor + 10]
    ]  # fmt: skip


def suggest_types(prefix: str, *, cursor: int = 0) -> list[Json]:
    """Answer the types whose id or name has what was typed."""
    return _fitting([PLACE, *map(_type, FEATURE_CLASSES)], prefix)[cursor:]


def suggest_properties(prefix: str, *, cursor: int = 0) -> list[Json]:
    """Answer the properties, comparable or not, whose id or name has what was typed."""
    known = [{"id": pid, "name": one.name} for pid, one in PROPERTIES.items()]
    return _fitting(known, prefix)[cursor:]


def _fitting(known: Sequence[Json], prefix: str) -> list[Json]:
    typed = prefix.casefold().strip()
    return [one for one in known if typed in f"{one['id']} {one['name']}".casefold()]


# --- data extension --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Extension:
    """Which properties of which places are wanted; `years` holds the year of `called_in`."""

    ids: tuple[str, ...]
    properties: tuple[str, ...]
    years: dict[str, int] = field(default_factory=dict)


def read_extension(written: str) -> Extension:
    """The extension that a client asks for. Raises BadInput (parameter `extend`)."""
    whole = _object(written, "extend")
    ids, wanted = whole.get("ids"), whole.get("properties")
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise _wrong("extend", "ids 须为文本数组", "ids is no array of texts")
    if len(ids) > MOST_IDS:
        raise _wrong("extend", f"一次最多 {MOST_IDS} 个地名", f"at most {MOST_IDS} ids")
    if not isinstance(wanted, list) or not all(
        isinstance(one, dict) and one.get("id") in PROPERTIES for one in wanted
    ):
        known = "、".join(PROPERTIES)
        raise _wrong("extend", f"properties 有误，可用：{known}", f"unknown property: {known}")
    years = {}
    for one in wanted:
        settings = one.get("settings")
        year = settings.get("year") if isinstance(settings, dict) else None
        if one["id"] == "called_in":
            try:
                years["called_in"] = int(year if year not in (None, "") else 0)
            except (TypeError, ValueError):
                raise _wrong("extend", "year 须为整数", "year is no whole number") from None
    return Extension(tuple(ids), tuple(one["id"] for one in wanted), years)


def extend(session: Reader, wanted: Extension, *, on: date) -> Json:
    """Answer the values of properties of places; a place that is unknown has none."""
    keys = ids_of(session, [one for one in wanted.ids if "\x00" not in one])
    places = {key: p for key, p in read(session, list(keys.values())).items() if p.may_be_public}
    facts = facts_of(session, list(places), on)
    year = wanted.years.get("called_in")
    called = {} if not year else names_in_year(session, list(places), year)
    rows: dict[str, Json] = {}
    for code in wanted.ids:
        key = keys.get(code, 0)
        rows[code] = {
            pid: [] if key not in facts or key not in places
            else _texts(*(name.name for name in called.get(key, []))) if pid == "called_in"
            else PROPERTIES[pid].values(places[key], facts[key])
            for pid in wanted.properties
        }  # fmt: skip
    meta = [_meta(pid) for pid in wanted.properties]
    return {"meta": meta, "rows": rows}


def _meta(pid: str) -> Json:
    told = {"id": pid, "name": PROPERTIES[pid].name}
    return told | ({"type": _type("A")} if pid == "division" else {})


def propose(type_id: str, limit: int | None = None) -> Json:
    """Answer the properties that may be fetched for places of a type."""
    known = [{"id": pid, "name": one.name} for pid, one in PROPERTIES.items()]
    told = {"type": type_id, "properties": known if limit is None else known[:limit]}
    return told if limit is None else told | {"limit": limit}
