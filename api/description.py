"""What does the OpenAPI document of the service say, and who waits while it is made?"""

from __future__ import annotations

from itertools import count
from threading import Lock
from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import JSONResponse

from api.routes import identifiers
from api.schemas.deliveries import SCHEMAS
from api.schemas.exported import EXPORTED_SCHEMAS
from api.schemas.heritage import SCHEMAS as HERITAGE_SCHEMAS
from api.schemas.inspections import SCHEMAS as INSPECTION_SCHEMAS
from api.schemas.lines import SCHEMAS as LINE_SCHEMAS
from api.schemas.problem import Problem, problems
from api.schemas.walks import SCHEMAS as WALK_SCHEMAS

ADDRESS = "/api/openapi.json"


def describe(app: FastAPI) -> None:
    """Give a service its document: made once, at the first question for it, in a thread.

    It takes seconds, during which the framework's own address would let nobody else be answered.
    """
    lock = Lock()

    def openapi() -> dict[str, Any]:
        with lock:
            if not app.openapi_schema:
                app.openapi_schema = document(app)
            return app.openapi_schema

    def answer(request: Request) -> JSONResponse:
        told, prefix = app.openapi(), request.scope.get("root_path", "")
        return JSONResponse({**told, "servers": [{"url": prefix}]} if prefix else told)

    app.openapi = openapi  # type: ignore[method-assign]
    app.add_route(ADDRESS, answer, include_in_schema=False)


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the schema of problems that every refusal refers to."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        license_info=app.license_info,
        routes=app.routes,
    )
    schemas = document["components"]["schemas"]
    written = EXPORTED_SCHEMAS | LINE_SCHEMAS | INSPECTION_SCHEMAS | WALK_SCHEMAS
    schemas.update(SCHEMAS | written | HERITAGE_SCHEMAS | identifiers.FORM_SCHEMAS)
    schemas["Problem"] = Problem.model_json_schema()
    schemas["Exposition"] = {"type": "string", "description": "Prometheus's text format"}
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)  # the framework's own form of refusal: never sent here
    for methods in document["paths"].values():
        for operation in methods.values():
            operation["responses"].pop("422", None)
            operation["responses"] |= {str(k): v for k, v in problems(429).items()}
            _only_references(operation["responses"])
    _share_problems(document)
    return document


def _only_references(responses: dict[str, Any]) -> None:
    """Drop the `type` that the framework writes beside a reference to another schema."""
    for response in responses.values():
        for content in response.get("content", {}).values():
            if "$ref" in content.get("schema", {}):
                content["schema"].pop("type", None)


def _share_problems(document: dict[str, Any]) -> None:
    """Write each refusal once and refer to it: operations repeat the same dozen, 390 of 900 KB."""
    shared = document["components"].setdefault("responses", {})
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, told in operation["responses"].items():
                if list(told.get("content", {})) != ["application/problem+json"]:
                    continue
                name = next(
                    name for at in count()
                    for name in [f"Problem{status}" + (f"_{at}" if at else "")]
                    if shared.setdefault(name, told) == told
                )  # fmt: skip
                operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
