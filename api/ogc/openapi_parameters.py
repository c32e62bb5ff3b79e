"""Which parameters do the OGC doors take, as their OpenAPI document tells?"""

from __future__ import annotations

from typing import Any

from api.ogc.asked import FARTHEST, MOST
from api.ogc.features import offered
from geo.queries.collections import COLLECTIONS
from geo.queries.reference_systems import CRS84_URI, SYSTEMS

Json = dict[str, Any]


def _parameter(name: str, words: str, schema: Json, where: str = "query") -> Json:
    made: Json = {"name": name, "in": where, "description": words, "schema": schema}
    if where == "path":
        made["required"] = True
    elif schema.get("type") == "array":
        made |= {"style": "form", "explode": False}
    return made


_NUMBERS = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
_SYSTEM = {"type": "string", "format": "uri", "enum": list(SYSTEMS), "default": CRS84_URI}


def parameters() -> dict[str, Json]:
    """Every query parameter by name."""
    text = {"type": "string"}
    return {
        "f": _parameter("f", "格式 · format", {"type": "string", "enum": ["json", "html"]}),
        "f-items": _parameter("f", "格式 · format", {"type": "string", "enum": [*offered()]}),
        "f-item": _parameter(
            "f", "格式 · format", {"type": "string", "enum": ["json", "geojson", "html"]}
        ),
        "limit": _parameter(
            "limit", f"每页条数，超过 {MOST} 按 {MOST} · features on a page",
            {"type": "integer", "minimum": 1, "maximum": MOST, "default": 10},
        ),
        "offset": _parameter(
            "offset", "先跳过的条数；翻页请用 next · features left out first; `next` is better",
            {"type": "integer", "minimum": 0, "maximum": FARTHEST, "default": 0},
        ),
        "cursor": _parameter("cursor", "下一页的位置，取自 next · taken from `next`", text),
        "bbox": _parameter("bbox", "范围：西、南、东、北 · box", _NUMBERS),
        "bbox-crs": _parameter("bbox-crs", "bbox 的坐标系 · system of bbox", _SYSTEM),
        "crs": _parameter("crs", "输出坐标系 · system of the answer", _SYSTEM),
        "datetime": _parameter(
            "datetime", "日期、时刻或闭区间，缺省为今天 · day or interval; default today", text
        ),
        "filter": _parameter("filter", "CQL2 条件 · a CQL2 filter", text),
        "filter-lang": _parameter(
            "filter-lang", "条件的语言 · its language",
            {"type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"},
        ),
        "filter-crs": _parameter("filter-crs", "条件图形的坐标系 · system of its shapes", _SYSTEM),
        "sortby": _parameter(
            "sortby", "排序，- 为降序 · properties to sort by",
            {"type": "array", "minItems": 1, "maxItems": 4, "items": text},
        ),
        "properties": _parameter(
            "properties", "只要这些属性 · only these properties", {"type": "array", "items": text}
        ),
        "skipGeometry": _parameter(
            "skipGeometry", "不要图形 · without shapes", {"type": "boolean", "default": False}
        ),
        "q": _parameter(
            "q", "标题、说明、关键词中的词 · words of title, description, keywords", text
        ),
        "collectionId": _parameter(
            "collectionId", "集合 · collection", {"type": "string", "enum": [*COLLECTIONS]}, "path"
        ),
        "featureId": _parameter("featureId", "要素标识 · id of the feature", text, "path"),
        "If-Match": _parameter("If-Match", "要素的 ETag · its ETag", text, "header"),
    }  # fmt: skip
