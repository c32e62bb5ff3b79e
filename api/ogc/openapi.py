"""What does the OpenAPI 3.0 document of the OGC doors say? Every address, parameter and answer."""

from __future__ import annotations

from typing import Any

from starlette.types import ASGIApp

from api.ogc import pages
from api.ogc.answers import HTML, Answer, Call, as_json
from api.ogc.features import offered
from api.ogc.landing import ABOUT, OPENAPI_JSON, TITLE
from api.ogc.negotiation import format_of
from api.ogc.openapi_parameters import parameters

Json = dict[str, Any]


def refusals(*statuses: str) -> Json:
    """The responses that say no."""
    words = {
        "400": "请求有误 · the request cannot be used", "401": "令牌无效 · no valid token",
        "403": "无权限 · not allowed", "404": "没有找到 · not found",
        "405": "方法不可用 · method not allowed", "406": "没有所要的格式 · not acceptable",
        "409": "与现状冲突 · conflict", "412": "已被他人修改 · changed meanwhile",
        "413": "请求过大 · too large", "415": "内容类型不支持 · unsupported type",
        "422": "未通过核对 · refused by the checks", "428": "须有 If-Match · If-Match is needed",
        "500": "服务出错 · fault", "503": "暂不可用 · not available now",
    }  # fmt: skip
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": words[status],
            "content": {"application/problem+json": {"schema": schema}},
        }
        for status in statuses
    }


def answered(words: str, *media: str, schema: str = "Document") -> Json:
    """A response in one or more media types."""
    reference = {"$ref": f"#/components/schemas/{schema}"}
    return {
        "description": words,
        "content": {
            one.split(";")[0]: {
                "schema": {"type": "string"} if one.startswith("text/html") else reference
            }
            for one in media
        },
    }


def reading(summary: str, id: str, answer: Json, *names: str, more: Json | None = None) -> Json:
    """An operation that reads."""
    references = [{"$ref": f"#/components/parameters/{name}"} for name in names]
    has_id = "collectionId" in names
    faults = refusals("400", "401", "406", "500", "503")
    if has_id:
        faults |= refusals("403", "404")
    return {
        "summary": summary, "operationId": id, "description": summary, "tags": ["OGC API"],
        "parameters": references, "responses": {"200": answer, **faults, **(more or {})},
        "security": [{}, {"bearer": []}],
    }  # fmt: skip


def _write(summary: str, id: str, done: Json, *names: str, has_body: bool = True) -> Json:
    made = {
        "summary": summary, "operationId": id, "description": summary, "tags": ["OGC API"],
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in names],
        "responses": done
        | refusals("400", "401", "403", "404", "405", "409", "412", "413", "415", "422", "428",
                    "500", "503"),
        "security": [{"bearer": []}],
    }  # fmt: skip
    if has_body:
        schema = {"$ref": "#/components/schemas/Feature"}
        media = (
            "application/merge-patch+json" if id.startswith("update") else "application/geo+json"
        )
        made["requestBody"] = {"required": True, "content": {media: {"schema": schema}}}
    return made


PATHS: dict[str, Json] = {}
"""Paths that other doors add (tiles)."""


def _paths() -> dict[str, Json]:
    json, geo = "application/json", "application/geo+json"
    html, schema = "text/html", "application/schema+json"
    one, item = "/collections/{collectionId}", "/collections/{collectionId}/items/{featureId}"
    asked = ("limit", "offset", "cursor", "bbox", "bbox-crs", "crs", "datetime", "filter",
             "filter-lang", "filter-crs", "sortby", "properties", "skipGeometry",
             "f-items")  # fmt: skip
    created = {"201": {"description": "已建立 · created"}}
    done = {"204": {"description": "已完成 · done"}}
    return {
        "/": {"get": reading("入口 · Landing page", "landing", answered("入口", json, html), "f")},
        "/conformance": {
            "get": reading("符合性 · Conformance", "conformance",
                           answered("符合性", json, html), "f")
        },
        "/api": {
            "get": reading("接口描述 · This document", "api",
                           answered("接口", OPENAPI_JSON, html), "f")
        },
        "/collections": {
            "get": reading("集合 · Collections", "collections", answered("集合", json, html), "f")
        },
        one: {
            "get": reading("一个集合 · One collection", "collection", answered("集合", json, html),
                        "collectionId", "f")
        },
        **{
            f"{one}/{name}": {
                "get": reading(words, name, answered(words, schema, html), "collectionId", "f")
            }
            for name, words in (
                ("queryables", "可查询属性 · Queryables"), ("sortables", "可排序属性 · Sortables"),
                ("schema", "属性 · Schema"),
            )
        },
        f"{one}/items": {
            "get": reading("要素 · Features", "items",
                        answered("要素", *offered().values(), schema="FeatureCollection"),
                        "collectionId", *asked),
            "post": _write("新建要素 · Create a feature", "create", created, "collectionId"),
        },
        item: {
            "get": reading("一个要素 · One feature", "item",
                        answered("要素", geo, html, schema="Feature"), "collectionId", "featureId",
                        "crs", "datetime", "properties", "skipGeometry", "f-item"),
            "put": _write("替换要素 · Replace a feature", "replace", done, "collectionId",
                          "featureId", "If-Match"),
            "patch": _write("修改要素 · Update a feature", "update", done, "collectionId",
                            "featureId", "If-Match"),
            "delete": _write("终止要素 · End a feature", "delete", done, "collectionId",
                             "featureId", "If-Match", has_body=False),
        },
        "/catalogue": {
            "get": reading("目录 · Catalogue", "catalogue", answered("目录", json, html), "f")
        },
        "/catalogue/items": {
            "get": reading("目录记录 · Records", "records",
                        answered("记录", geo, html, schema="FeatureCollection"), "limit", "offset",
                        "bbox", "datetime", "q", "f-item")
        },
        "/catalogue/items/{collectionId}": {
            "get": reading("一条记录 · One record", "record",
                        answered("记录", geo, html, schema="Feature"), "collectionId", "f-item")
        },
        **PATHS,
    }  # fmt: skip


def _schemas() -> dict[str, Json]:
    geometry = {"type": "object", "nullable": True, "required": ["type"],
                "properties": {"type": {"type": "string"}}}  # fmt: skip
    feature = {
        "type": "object", "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"}, "geometry": geometry,
            "properties": {"type": "object", "nullable": True},
            "links": {"type": "array", "items": {"type": "object"}},
        },
    }  # fmt: skip
    return {
        "Document": {"type": "object"},
        "Feature": feature,
        "FeatureCollection": {
            "type": "object", "required": ["type", "features"],
            "properties": {
                "type": {"type": "string", "enum": ["FeatureCollection"]},
                "features": {
                    "type": "array", "items": {"$ref": "#/components/schemas/Feature"}
                },
                "numberMatched": {"type": "integer", "minimum": 0},
                "numberReturned": {"type": "integer", "minimum": 0},
                "numberMatchedIsEstimate": {"type": "boolean"},
                "has_synthetic": {"type": "boolean"},
                "timeStamp": {"type": "string", "format": "date-time"},
                "links": {"type": "array", "items": {"type": "object"}},
            },
        },
        "Problem": {
            "type": "object", "required": ["type", "title", "status", "detail"],
            "properties": {
                "type": {"type": "string"}, "title": {"type": "string"},
                "status": {"type": "integer"}, "detail": {"type": "string"},
                "instance": {"type": "string"}, "parameter": {"type": "string"},
                "request_id": {"type": "string"},
            },
        },
    }  # fmt: skip


def document(call: Call) -> ASGIApp:
    """The document, or a page of it."""
    call.only("f")
    chosen = format_of(call, {"json": OPENAPI_JSON, "html": HTML})
    body = {
        "openapi": "3.0.3",
        "info": {
            "title": TITLE, "description": ABOUT, "version": call.scope["app"].version,
            "license": {"name": "Apache-2.0"},
        },
        "servers": [{"url": call.base}],
        "tags": [{"name": "OGC API"}],
        "paths": _paths(),
        "components": {
            "parameters": parameters(),
            "schemas": _schemas(),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }  # fmt: skip
    if chosen == "html":
        return Answer(pages.operations(call, body), HTML)
    return as_json(body, OPENAPI_JSON)
